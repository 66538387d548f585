//! A bare wasm module for the native == wasm gate: runs a scenario and returns the trace's digest.
//!
//! It imports nothing, so a script can call it without glue, and a clock or an entropy source that
//! slipped into the simulation would show as an import. What it is not: part of the page.

pub mod history;
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

/// Runs a busy cluster that remembers nothing for so many events; returns its digest, 0 if it cannot start.
#[expect(unsafe_code, reason = "gives the function its name in the module")]
#[unsafe(no_mangle)]
pub extern "C" fn probe_run_bare(seed: u64, events: u64) -> u64 {
    history::run_bare(seed, events).unwrap_or(0)
}

/// The same as a timeline, which is kept.
#[expect(unsafe_code, reason = "gives the function its name in the module")]
#[unsafe(no_mangle)]
pub extern "C" fn probe_record(seed: u64, events: u64) -> u64 {
    history::record(seed, events).unwrap_or(0)
}

/// Goes to a moment of the kept timeline and returns the digest there.
#[expect(unsafe_code, reason = "gives the function its name in the module")]
#[unsafe(no_mangle)]
pub extern "C" fn probe_seek(event: u64) -> u64 {
    history::seek(event)
}

/// Number of trace entries of the kept timeline.
#[expect(unsafe_code, reason = "gives the function its name in the module")]
#[unsafe(no_mangle)]
pub extern "C" fn probe_entries() -> u32 {
    history::entries()
}
