//! Brokers with two log directories, of which the second may fail (LOG-16).

use kafka_core::types::{Duration, Time};
use kafka_sim::{Action, ClusterSpec};

use crate::dice::Dice;

/// Draws how many directories the brokers have, and what becomes of one of them.
pub(crate) fn draw(
    dice: &mut Dice,
    spec: &mut ClusterSpec,
    length: Duration,
) -> Vec<(Time, Action)> {
    if !dice.chance(25) {
        return Vec::new();
    }
    for broker in &mut spec.brokers {
        broker.set_log_dirs(2);
    }
    if !dice.chance(70) {
        return Vec::new();
    }
    let broker = dice.pick(&spec.brokers).node;
    let fails = match dice.chance(50) {
        true => Action::FailLogDir(broker, 1),
        false => Action::FillDisk(broker, 1),
    };
    let ends = match dice.chance(50) {
        true => Action::Crash(broker),
        false => Action::Terminate(broker),
    };
    let repaired = Action::RepairDisk(broker, 1);
    let start = Action::Start(broker);
    // The broker may be started anew on the bad disk first.
    let deeds = match dice.chance(30) {
        true => vec![fails, ends.clone(), start.clone(), repaired, ends, start],
        false => vec![fails, repaired, ends, start],
    };
    let mut at = Time::ZERO + dice.ms(500, length.0 / 2_000);
    let mut timed = Vec::new();
    for deed in deeds {
        timed.push((at, deed));
        at = at + dice.ms(500, 9_000);
    }
    timed
}
