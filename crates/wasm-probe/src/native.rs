//! The native side of the gate: runs every scenario under seeds 1 to N and prints a line for each,
//! `number seed digest events name`, for `tests/determinism/compare.mjs` to compare with wasm.

use std::process::ExitCode;

use wasm_probe::scenarios::SCENARIOS;

/// Fewer events than this, and nothing worth comparing happened.
const EVENTS_MIN: u64 = 1_000;

fn main() -> ExitCode {
    let seeds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse::<u64>().ok());
    let Some(seeds) = seeds else {
        eprintln!("usage: probe-native SEEDS");
        return ExitCode::FAILURE;
    };
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        for seed in 1..=seeds {
            let world = scenario.run(seed);
            let (digest, events, name) = (world.digest(), world.events(), scenario.name);
            if events < EVENTS_MIN {
                eprintln!("{name}, seed {seed}: only {events} events, which proves nothing");
                return ExitCode::FAILURE;
            }
            println!("{number} {seed} {digest:016x} {events} {name}");
        }
    }
    ExitCode::SUCCESS
}
