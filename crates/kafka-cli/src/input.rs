//! Scenario files, read within bounds.

use std::path::Path;

use kafka_scenario::{Scenario, parse, spec};
use kafka_sim::World;

/// Largest scenario file, in bytes.
const LARGEST: u64 = 1 << 20;

/// Reads and parses a scenario file.
///
/// # Errors
/// A message with the file, the line and column where they are known, and the remedy.
pub fn scenario(file: &Path) -> Result<Scenario, String> {
    let place = file.display();
    let size = std::fs::metadata(file)
        .map_err(|error| format!("{place}: {error}"))?
        .len();
    if size > LARGEST {
        return Err(format!(
            "{place}: {size} bytes are more than a scenario may have ({LARGEST}); split it"
        ));
    }
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("{place}: {error}; a scenario is UTF-8 text"))?;
    parse(&text).map_err(|error| format!("{place}: {error}"))
}

/// The world a scenario begins with.
///
/// # Errors
/// A setting that Kafka refuses.
pub fn world(scenario: &Scenario, seed: u64) -> Result<World, String> {
    let spec = spec(&scenario.setup).map_err(|error| error.to_string())?;
    Ok(World::new(spec, seed))
}
