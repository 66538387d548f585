//! `brokerscope bench`: the benches, with this machine's clock and memory gauge.

use std::time::Instant;

use kafka_bench::Meter;

use super::{Finding, Outcome};

/// Runs the bench the words name; one line of JSON a result.
pub fn bench(words: &[String]) -> Outcome {
    let start = Instant::now();
    let meter = Meter {
        seconds: &|| start.elapsed().as_secs_f64(),
        peak_bytes: &peak_bytes,
    };
    for report in kafka_bench::run(words, meter)? {
        println!("{}", report.to_json());
    }
    Ok(Finding::Nothing)
}

/// The most memory this process held, where the system tells (Linux); else 0.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.trim().parse::<u64>().ok())
        .map_or(0, |kib| kib * 1024)
}
