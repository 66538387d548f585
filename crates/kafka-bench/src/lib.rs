//! How fast the simulator is, measured beside reference loops in the same run.
//!
//! Each bench is a function from parameters and a [`Meter`] to [`Report`]s; a
//! report is one line of JSON. What it is not: a test; nothing here fails on a
//! time. No clock is read here: the caller brings it, so that the same benches run
//! wherever there is one. Absolute times move with the machine; the reports
//! therefore carry ratios to references of the same run.

mod cluster;
mod kernel;
mod options;
mod records;
mod reference;
mod report;
mod snapshot;
mod swarm;

pub use cluster::{cluster, look};
pub use kernel::kernel;
pub use records::records;
pub use report::{Meter, Report};
pub use snapshot::snapshot;
pub use swarm::{chaos, swarm};

use options::Options;

/// The benches there are.
pub const BENCHES: &str = "kernel, cluster, records, look, chaos, swarm, snapshot";

/// Runs the bench that the arguments name, as `kernel --in-flight 300`; without
/// options it takes the figures of `performance.md`. The error is one line.
pub fn run(args: &[String], meter: Meter<'_>) -> Result<Vec<Report>, String> {
    let options = Options::parse(args)?;
    let number = |name: &str, default: u64| -> Result<u64, String> {
        Ok(options.number(name)?.unwrap_or(default))
    };
    let small = |name: &str, default: u32| -> Result<u32, String> {
        let given = number(name, u64::from(default))?;
        u32::try_from(given).map_err(|_| format!("--{name} {given}: that is too many"))
    };
    let one = |report: Result<Report, kafka_sim::ActionError>| {
        let report = report.map_err(|error| error.to_string())?;
        Ok(vec![report])
    };
    match options.name.as_str() {
        "kernel" => {
            let in_flight = options.number("in-flight")?;
            let in_flight = in_flight.map_or(vec![3, 300, 3_000, 30_000], |k| vec![k]);
            Ok(kernel(meter, &in_flight, number("events", 2_000_000)?))
        }
        "cluster" => one(cluster(
            meter,
            small("brokers", 3)?,
            number("events", 5_000_000)?,
        )),
        "look" => one(look(
            meter,
            small("brokers", 3)?,
            number("events", 1_000_000)?,
        )),
        "records" => one(records(meter, number("n", 100_000)?, small("linger", 5)?)),
        "chaos" => Ok(vec![chaos(
            meter,
            number("seed", 1)?,
            number("seconds", 60)?,
        )]),
        "swarm" => Ok(vec![swarm(
            meter,
            number("seeds", 1_000)?,
            number("seconds", 60)?,
        )]),
        "snapshot" => {
            let replicas = options.number("replicas")?;
            let replicas = replicas.map_or(vec![36, 3_000, 30_000], |n| vec![n]);
            let reports = replicas.into_iter().map(|n| snapshot(meter, n));
            let reports: Result<Vec<Report>, _> = reports.collect();
            reports.map_err(|error| error.to_string())
        }
        name => Err(format!("there is no bench `{name}`: {BENCHES}")),
    }
}
