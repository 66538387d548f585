//! Brokers with two log directories, of which the second may fail (LOG-16), and between which
//! replicas move (KIP-113).

use kafka_core::client::{AdminTarget, ClientCommand};
use kafka_core::protocol::{AlterReplicaLogDirsRequest, Request};
use kafka_core::types::{Duration, Name, Time};
use kafka_sim::workload::Workload;
use kafka_sim::{Action, ClusterSpec};

use crate::dice::Dice;
use crate::faults::ADMIN;

/// Numbers of the calls that move replicas, above those for voters.
const FIRST_CALL: u64 = 2_000_000;

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

/// Draws which replicas are moved when, where brokers have several directories. What is no
/// replica of the broker then is refused.
pub(crate) fn draw_moves(
    dice: &mut Dice,
    spec: &ClusterSpec,
    workload: &Workload,
    length: Duration,
) -> Vec<(Time, Action)> {
    let has_several = spec.brokers.iter().all(|it| it.log_dirs().len() > 1);
    if !has_several || !dice.chance(75) {
        return Vec::new();
    }
    let longest_gap = *dice.pick(&[500, 2_000, 6_000]);
    let internal: [Name; 2] = ["__consumer_offsets".into(), "__transaction_state".into()];
    let mut deeds = Vec::new();
    let mut at = Time::ZERO + dice.ms(500, 6_000);
    while at < Time::ZERO + length {
        let broker = dice.pick(&spec.brokers);
        let partition = dice.number(0, u64::from(workload.partitions) - 1) as u32;
        let (topic, partition) = match dice.chance(80) {
            true => (workload.topic.clone(), partition),
            false => (dice.pick(&internal).clone(), 0),
        };
        let path = dice.pick(&broker.log_dirs()).clone();
        let replicas = vec![(topic, partition, path)];
        let request = Request::AlterReplicaLogDirs(AlterReplicaLogDirsRequest { replicas });
        let number = FIRST_CALL + deeds.len() as u64;
        let target = AdminTarget::Broker(broker.node);
        let call = ClientCommand::Call(number, target, Box::new(request));
        let (client, command) = (ADMIN, Box::new(call));
        deeds.push((at, Action::Command { client, command }));
        at = at + dice.ms(50, longest_gap);
    }
    deeds
}
