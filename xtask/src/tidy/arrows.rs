//! The rule of the arrows: a room depends only on rooms below it.

use super::{Breach, Source};

/// The rooms, lowest first. A room may depend on those before it; those in one row not on each other.
const ROOMS: [&[&str]; 9] = [
    &["kafka-core", "lesson-format"],
    &["kafka-sim"],
    &["kafka-check"],
    &["kafka-scenario"],
    &["kafka-shell"],
    &["kafka-lessons"],
    &["kafka-conform", "kafka-model", "kafka-swarm"],
    &["kafka-bench"],
    &[
        "kafka-cli",
        "wasm-probe",
        "brokerscope",
        "xtask",
        "xtask-glue",
    ],
];

/// Checks one manifest; other sources have no arrows.
pub fn check(source: &Source) -> Vec<Breach> {
    if !source.path.ends_with("Cargo.toml") {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    let mut section = "";
    let mut row = None;
    for (index, line) in source.text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line;
        }
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        if section == "[package]" && name == "name" {
            let package = line.split('"').nth(1).unwrap_or_default();
            row = row_of(package);
            if row.is_none() {
                let message =
                    format!("`{package}` has no place among the rooms of xtask/src/tidy/arrows.rs");
                breaches.push(source.breach(index + 1, message));
            }
        }
        let depends = section.ends_with("dependencies]") && !section.contains("workspace");
        if let (true, Some(row), Some(below)) = (depends, row, row_of(name))
            && below >= row
        {
            let message = format!("`{name}` is not below this room: arrows point down only");
            breaches.push(source.breach(index + 1, message));
        }
    }
    breaches
}

fn row_of(package: &str) -> Option<usize> {
    ROOMS.iter().position(|row| row.contains(&package))
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;

    fn manifest(name: &str, dependency: &str) -> Vec<Breach> {
        let text = format!(
            "[package]\nname = \"{name}\"\n\n[dependencies]\n{dependency}.workspace = true\n"
        );
        check(&source("crates/x/Cargo.toml", &text))
    }

    #[test]
    fn down_is_allowed_up_and_sideways_are_not() {
        assert_eq!(manifest("kafka-sim", "kafka-core"), []);
        assert_eq!(manifest("kafka-core", "kafka-sim").len(), 1);
        assert_eq!(manifest("kafka-cli", "brokerscope").len(), 1);
        assert_eq!(manifest("kafka-sim", "rand"), []);
    }

    #[test]
    fn dev_dependencies_obey_too() {
        let text = "[package]\nname = \"kafka-core\"\n[dev-dependencies]\nkafka-check = { path = \"x\" }\n";
        assert_eq!(
            check(&source("crates/kafka-core/Cargo.toml", text)).len(),
            1
        );
    }

    #[test]
    fn the_list_of_a_workspace_is_not_a_dependency() {
        let text = "[workspace.dependencies]\nkafka-core = { path = \"a\" }\n[package]\nname = \"kafka-core\"\n";
        assert_eq!(check(&source("Cargo.toml", text)), []);
    }

    #[test]
    fn a_room_nobody_placed_is_a_breach() {
        assert_eq!(manifest("kafka-new", "rand").len(), 1);
    }
}
