//! Runs seeds without the command line tool:
//! `cargo run --release -p kafka-swarm --example swarm 1 100 60`.

use kafka_core::types::Duration;
use kafka_swarm::Sweep;

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).flat_map(|a| a.parse()).collect();
    let [from, to, seconds] = numbers[..] else {
        eprintln!("usage: swarm FROM TO SECONDS");
        std::process::exit(2);
    };
    let sweep = Sweep::new(from..to, Duration::from_secs(seconds));
    let summary = sweep.run(&mut |outcome| {
        if let Some(failure) = &outcome.failure {
            println!("{failure}");
        }
    });
    println!("{summary}");
    std::process::exit(i32::from(!summary.failed.is_empty()));
}
