//! `brokerscope swarm`: many random runs, each with every invariant.

use std::io::{IsTerminal, Write};
use std::ops::Range;

use kafka_core::types::Duration;
use kafka_swarm::Sweep;

use super::{Finding, Outcome};

/// Reads `A..B`.
///
/// # Errors
/// What is wrong with it and how it must look.
pub fn seeds(text: &str) -> Result<Range<u64>, String> {
    let wrong = || format!("`{text}` is no range of seeds; write `1..1001`");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let from: u64 = from.parse().map_err(|_| wrong())?;
    let to: u64 = to.parse().map_err(|_| wrong())?;
    if from >= to {
        return Err(format!("`{text}` holds no seed; the end must be larger"));
    }
    Ok(from..to)
}

/// Runs the seeds; prints each failure with what repeats it, then the closing line and the
/// paths through the protocol that no seed took.
pub fn swarm(seeds: Range<u64>, seconds: u64, shrink: u32) -> Outcome {
    let all = seeds.end - seeds.start;
    let shows_progress = std::io::stderr().is_terminal();
    let mut done = 0_u64;
    let sweep = Sweep {
        shrink_runs: shrink,
        ..Sweep::new(seeds, Duration::from_secs(seconds))
    };
    let summary = sweep.run(&mut |outcome| {
        done += 1;
        if let Some(failure) = &outcome.failure {
            println!("{failure}");
        }
        if shows_progress {
            eprint!("\r{done} of {all} seeds");
            let _ = std::io::stderr().flush();
        }
    });
    if shows_progress {
        eprintln!();
    }
    println!("{summary}");
    println!("{}", summary.reached);
    Ok(match summary.failed.is_empty() {
        true => Finding::Nothing,
        false => Finding::Something,
    })
}
