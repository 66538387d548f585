//! kafka-scenario
