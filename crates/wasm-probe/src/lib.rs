//! A bare wasm module for the native == wasm gate: runs a scenario and returns the trace's digest.
//!
//! It imports nothing, so a script can call it without glue, and a clock or an entropy source that
//! slipped into the simulation would show as an import. What it is not: part of the page.

pub mod scenarios;

use scenarios::SCENARIOS;

/// How many scenarios there are.
#[expect(unsafe_code, reason = "gives the function its name in the module")]
#[unsafe(no_mangle)]
pub extern "C" fn probe_scenarios() -> u32 {
    SCENARIOS.len() as u32
}

/// Runs a scenario and returns the digest of its trace; traps if there is no such scenario.
#[expect(unsafe_code, reason = "gives the function its name in the module")]
#[unsafe(no_mangle)]
pub extern "C" fn probe_run(scenario: u32, seed: u64) -> u64 {
    SCENARIOS[scenario as usize].run(seed).digest()
}
