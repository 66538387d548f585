//! What an operator does to the cluster meanwhile: moves replicas, asks for elections,
//! deletes records; and disks that fail and are replaced.

use kafka_core::client::{AdminTarget, ClientCommand, NamedPartition};
use kafka_core::protocol::{
    AlterPartitionReassignmentsRequest, DeleteRecordsRequest, ElectLeadersRequest, ElectionType,
    Request,
};
use kafka_core::types::{BrokerId, Duration, Offset, Time, TopicId, TopicPartition};
use kafka_sim::workload::Workload;
use kafka_sim::{Action, ClusterSpec};

use crate::dice::Dice;
use crate::faults::ADMIN;

/// The workload's topic is the first that is made.
const TOPIC: TopicId = TopicId(0);

/// Numbers of the operator's calls, above those of the growing topic.
const FIRST_CALL: u64 = 1_000;

/// The operator of a run.
struct Operator<'a> {
    brokers: Vec<BrokerId>,
    workload: &'a Workload,
    may_be_unclean: bool,
    at: Time,
    deeds: Vec<(Time, Action)>,
}

/// Draws what the operator does within `length`.
pub(crate) fn draw(
    dice: &mut Dice,
    spec: &ClusterSpec,
    workload: &Workload,
    length: Duration,
) -> Vec<(Time, Action)> {
    // Most clusters are left alone.
    let longest_gap = *dice.pick(&[0, 0, 4_000, 12_000]);
    let fails_disks = dice.chance(20);
    let may_be_unclean = dice.chance(15);
    let mut operator = Operator {
        brokers: spec.brokers.iter().map(|broker| broker.node).collect(),
        workload,
        may_be_unclean,
        at: Time::ZERO,
        deeds: Vec::new(),
    };
    if longest_gap > 0 {
        operator.at = Time::ZERO + dice.ms(500, longest_gap);
        while operator.at < Time::ZERO + length {
            operator.act(dice);
            operator.at = operator.at + dice.ms(500, longest_gap);
        }
    }
    if fails_disks {
        operator.at = Time::ZERO + dice.ms(1_000, length.0 / 1_000);
        operator.fail_disk(dice);
    }
    operator.deeds
}

impl Operator<'_> {
    fn act(&mut self, dice: &mut Dice) {
        match dice.number(0, 99) {
            0..40 => self.reassign(dice),
            40..60 => self.elect(dice),
            _ => self.delete_records(dice),
        }
    }

    fn push(&mut self, action: Action) {
        self.deeds.push((self.at, action));
    }

    fn call(&mut self, target: AdminTarget, request: Request) {
        let number = FIRST_CALL + self.deeds.len() as u64;
        let call = ClientCommand::Call(number, target, Box::new(request));
        let (client, command) = (ADMIN, Box::new(call));
        self.push(Action::Command { client, command });
    }

    fn partition(&self, dice: &mut Dice) -> u32 {
        dice.number(0, u64::from(self.workload.partitions) - 1) as u32
    }

    /// Moves a partition to other brokers, or takes that back (REP-41, REP-42).
    fn reassign(&mut self, dice: &mut Dice) {
        let mut free = self.brokers.clone();
        let wanted = (0..self.workload.replication)
            .map(|_| free.swap_remove(dice.number(0, free.len() as u64 - 1) as usize));
        let wanted: Vec<BrokerId> = wanted.collect();
        let target = dice.chance(80).then_some(wanted);
        let partitions = vec![(self.workload.topic.clone(), self.partition(dice), target)];
        let request = AlterPartitionReassignmentsRequest { partitions };
        let request = Request::AlterPartitionReassignments(request);
        self.call(AdminTarget::AnyBroker, request);
    }

    /// Asks for preferred leaders, or, where that is risked, for any (REP-32).
    fn elect(&mut self, dice: &mut Dice) {
        let is_unclean = self.may_be_unclean && dice.chance(60);
        let election_type = match is_unclean {
            true => ElectionType::Unclean,
            false => ElectionType::Preferred,
        };
        let one = vec![(self.workload.topic.clone(), self.partition(dice))];
        let partitions = dice.chance(50).then_some(one);
        let request = Request::ElectLeaders(ElectLeadersRequest {
            election_type,
            partitions,
        });
        self.call(AdminTarget::AnyBroker, request);
    }

    /// Deletes up to an offset, or everything committed (LOG-11).
    fn delete_records(&mut self, dice: &mut Dice) {
        let number = self.partition(dice);
        let up_to = match dice.chance(30) {
            true => Offset(-1),
            false => Offset(dice.number(0, 400) as i64),
        };
        let leader = AdminTarget::Leader(NamedPartition {
            topic: self.workload.topic.clone(),
            partition: number,
        });
        let request = DeleteRecordsRequest {
            partitions: vec![(TopicPartition::new(TOPIC, number), up_to)],
            timeout_ms: 10_000,
        };
        self.call(leader, Request::DeleteRecords(request));
    }

    /// A disk breaks or fills up; somebody repairs it and starts the broker (LOG-16).
    fn fail_disk(&mut self, dice: &mut Dice) {
        let broker = *dice.pick(&self.brokers);
        self.push(match dice.chance(50) {
            true => Action::FailLogDir(broker, 0),
            false => Action::FillDisk(broker, 0),
        });
        self.at = self.at + dice.ms(1_000, 15_000);
        self.push(Action::RepairDisk(broker, 0));
        self.push(Action::Start(broker));
    }
}
