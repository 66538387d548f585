//! Runs seeds: `cargo run --release -p kafka-swarm --example swarm 1 100 60`.

use kafka_core::types::Duration;
use kafka_swarm::{Options, Plan, run, shrink};

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).flat_map(|a| a.parse()).collect();
    let [from, to, seconds] = numbers[..] else {
        eprintln!("usage: swarm FROM TO SECONDS");
        std::process::exit(2);
    };
    let mut failed = 0;
    for seed in from..to {
        let plan = Plan::new(seed, Duration::from_secs(seconds));
        let run = run(&plan, Options::default());
        if !run.passed() {
            failed += 1;
            println!(
                "seed {seed}: {} (at {} us, event {})",
                run.ending, run.at.0, run.events
            );
            if to - from == 1 {
                for (at, action) in shrink(&plan, Options::default(), 200).faults {
                    println!("  {:>9} ms {action:?}", at.as_ms());
                }
            }
        }
    }
    println!("{} seeds, {failed} failed", to - from);
}
