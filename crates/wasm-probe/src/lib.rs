//! A bare wasm module for the native == wasm gate.
