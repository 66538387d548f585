//! How fast the simulator is, measured beside reference loops in the same run.
//!
//! Each bench is a function from parameters and a [`Meter`] to [`Report`]s; a
//! report is one line of JSON. What it is not: a test; nothing here fails on a
//! time. No clock is read here: the caller brings it, so that the same benches run
//! wherever there is one. Absolute times move with the machine; the reports
//! therefore carry ratios to references of the same run.

mod kernel;
mod options;
mod reference;
mod report;

pub use kernel::kernel;
pub use report::{Meter, Report};

use options::Options;

/// The benches there are.
pub const BENCHES: &str = "kernel";

/// Runs the bench that the arguments name, as `kernel --in-flight 300`; without
/// options it takes the figures of `performance.md`. The error is one line.
pub fn run(args: &[String], meter: Meter<'_>) -> Result<Vec<Report>, String> {
    let options = Options::parse(args)?;
    match options.name.as_str() {
        "kernel" => {
            let in_flight = options.number("in-flight")?;
            let in_flight = in_flight.map_or(vec![3, 300, 3_000, 30_000], |k| vec![k]);
            let events = options.number("events")?.unwrap_or(2_000_000);
            Ok(kernel(meter, &in_flight, events))
        }
        name => Err(format!("there is no bench `{name}`: {BENCHES}")),
    }
}
