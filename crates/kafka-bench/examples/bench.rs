//! Runs one bench: `cargo run --release -p kafka-bench --example bench kernel`.

use std::time::Instant;

use kafka_bench::Meter;

fn main() {
    let start = Instant::now();
    let seconds = || start.elapsed().as_secs_f64();
    let peak_bytes = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kib.unwrap_or(0) * 1024
    };
    let meter = Meter {
        seconds: &seconds,
        peak_bytes: &peak_bytes,
    };
    let args: Vec<String> = std::env::args().skip(1).collect();
    match kafka_bench::run(&args, meter) {
        Ok(reports) => {
            for report in reports {
                println!("{}", report.to_json());
            }
        }
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(2);
        }
    }
}
