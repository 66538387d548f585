//! The folder `__cluster_metadata-0` of a server, and the file it was formatted with.

use kafka_core::config::{QuorumConfig, QuorumFormat};
use kafka_core::controller::bootstrap_records;
use kafka_core::log::{Log, LogConfig, LogDisk};
use kafka_core::metadata::{MetadataBatch, MetadataRecord, ReplicaKey, directory_id};
use kafka_core::raft::RaftDisk;
use kafka_core::record::{Batch, BatchBody, BatchKind, Record};
use kafka_core::schema::{Value, encode};
use kafka_core::types::{
    Bytes, LeaderEpoch, Name, NodeId, Offset, ProducerEpoch, ProducerId, QuorumEpoch, Sequence,
    Time, TopicId, Uuid,
};
use kafka_sim::{KafkaProcess, NodeConfig, World};

use super::metadata_records::Writer;

/// The file the first voters are formatted with.
pub(super) const FIRST_CHECKPOINT: &str = "00000000000000000000-0000000000.checkpoint";
/// The name of the folder.
pub(super) const NAME: &str = "__cluster_metadata-0";
/// `partition.metadata` of the one partition whose id is always the same.
pub(super) const PARTITION_METADATA: &str = "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ";

/// Control records by the type in their key: its number, what a tool calls it, its schema.
pub(crate) const CONTROL: [(i16, &str, &str); 5] = [
    (
        2,
        "LeaderChange:",
        "~ version:i2 leaderId:i4 voters:[{voterId:i4}] grantingVoters:[{voterId:i4}]",
    ),
    (
        3,
        "SnapshotHeader",
        "~ version:i2 lastContainedLogTimestamp:i8",
    ),
    (4, "SnapshotFooter", "~ version:i2"),
    (5, "KRaftVersion", "~ version:i2 kRaftVersion:i2"),
    (
        6,
        "KRaftVoters",
        "~ version:i2 voters:[{voterId:i4 voterDirectoryId:u endpoints:[{name:s host:s port:u2}] kRaftVersionFeature:{minSupportedVersion:i2 maxSupportedVersion:i2}}]",
    ),
];
const LEADER_CHANGE: usize = 0;
const HEADER: usize = 1;
const FOOTER: usize = 2;
const VERSION: usize = 3;
const VOTERS: usize = 4;

/// What a server that was ever started keeps of the quorum.
pub(super) fn raft_disk(world: &World, node: NodeId) -> Option<&RaftDisk> {
    let view = world.node(node)?;
    let disk = match view.process {
        KafkaProcess::Broker(broker) => broker.metadata_disk(),
        KafkaProcess::BrokerDisk(disk) => &disk.metadata,
        KafkaProcess::Controller(controller) => &controller.disk().raft,
        KafkaProcess::ControllerDisk(disk) => &disk.raft,
        _ => return None,
    };
    (view.life > 0).then_some(disk)
}

fn control(number: usize, values: &[Value], timestamp_ms: i64) -> Record {
    let (kind, _, schema) = CONTROL[number];
    let key = [0_i16.to_be_bytes(), kind.to_be_bytes()].concat();
    Record {
        key: Some(key.into()),
        value: Some(encode(schema, values).into()),
        timestamp_ms,
        ..Record::default()
    }
}

fn body(kind: BatchKind, records: Vec<Record>) -> BatchBody {
    let (id, epoch) = (ProducerId::NONE, ProducerEpoch::NONE);
    BatchBody::new(kind, id, epoch, Sequence::NONE, records)
}

fn batch(base: i64, epoch: i32, kind: BatchKind, records: Vec<Record>) -> Batch {
    Batch {
        base_offset: Offset(base),
        leader_epoch: LeaderEpoch(epoch),
        body: body(kind, records).into(),
    }
}

/// The quorum as the controllers' files say.
fn quorum(world: &World) -> QuorumConfig {
    let first = world.spec().controllers.first();
    first.map_or_else(QuorumConfig::default, |it| it.quorum.clone())
}

/// The voters before the log names any.
fn first_voters(world: &World) -> Vec<NodeId> {
    let mut formats = world.spec().controllers.iter().map(|it| &it.quorum.format);
    let initial = formats.find_map(|format| match format {
        QuorumFormat::Initial(voters) => Some(voters.clone()),
        QuorumFormat::Static | QuorumFormat::Joining => None,
    });
    initial.unwrap_or_else(|| quorum(world).voters)
}

fn leader_change(voters: &[NodeId], leader: NodeId, granting: &[NodeId], at_ms: i64) -> Record {
    let list = |ids: &[NodeId]| {
        let voters = ids
            .iter()
            .map(|id| Value::Struct(vec![Value::Int(id.0.into())]));
        Value::List(voters.collect())
    };
    let values = [
        Value::Int(0),
        Value::Int(leader.0.into()),
        list(voters),
        list(granting),
    ];
    control(LEADER_CHANGE, &values, at_ms)
}

/// The record of voters: each with its directory, where it listens, and what it supports.
fn voters_record(voters: &[ReplicaKey], quorum: &QuorumConfig, at_ms: i64) -> Record {
    let voter = |key: &ReplicaKey| {
        let text = |text: &str| Value::Text(text.to_string());
        let port = Value::Int(quorum.port(key.node).into());
        let endpoint = Value::Struct(vec![text("CONTROLLER"), text("localhost"), port]);
        Value::Struct(vec![
            Value::Int(key.node.0.into()),
            Value::Id(key.directory),
            Value::List(vec![endpoint]),
            Value::Struct(vec![Value::Int(0), Value::Int(1)]),
        ])
    };
    let list = Value::List(voters.iter().map(voter).collect());
    control(VOTERS, &[Value::Int(0), list], at_ms)
}

fn data(value: Bytes, timestamp_ms: i64) -> Record {
    Record {
        value: Some(value),
        timestamp_ms,
        ..Record::default()
    }
}

/// Writes the batches of a log one after the other.
struct Batches {
    writer: Writer,
    /// Who votes so far.
    voters: Vec<NodeId>,
}

impl Batches {
    fn new(world: &World) -> Batches {
        Batches {
            writer: Writer::new(quorum(world)),
            voters: first_voters(world),
        }
    }

    /// A control record; `None` for a data record.
    fn control(&mut self, record: &MetadataRecord, at_ms: i64) -> Option<Record> {
        Some(match record {
            MetadataRecord::LeaderChange { leader, granting } => {
                leader_change(&self.voters, *leader, granting, at_ms)
            }
            MetadataRecord::KRaftVersion(version) => {
                let values = [Value::Int(0), Value::Int((*version).into())];
                control(VERSION, &values, at_ms)
            }
            MetadataRecord::KRaftVoters(voters) => {
                self.voters = voters.nodes().collect();
                voters_record(voters.keys(), &self.writer.quorum, at_ms)
            }
            _ => return None,
        })
    }

    /// One appended batch in Kafka's bytes; control records are never in one with data.
    fn of(&mut self, appended: &MetadataBatch) -> Vec<Batch> {
        let at_ms = appended.append_time_ms as i64;
        let mut runs: Vec<(BatchKind, i64, Vec<Record>)> = Vec::new();
        for (record, at) in appended.records.iter().zip(appended.base_offset.0..) {
            let (kind, written) = match self.control(record, at_ms) {
                Some(record) => (BatchKind::Control, record),
                None => {
                    let bytes = self.writer.bytes(record, at).unwrap_or_default();
                    (BatchKind::Data, data(bytes.into(), at_ms))
                }
            };
            match runs.last_mut().filter(|run| run.0 == kind) {
                Some(run) => run.2.push(written),
                None => runs.push((kind, at, vec![written])),
            }
        }
        let epoch = appended.epoch.0;
        let runs = runs.into_iter();
        runs.map(|(kind, base, records)| batch(base, epoch, kind, records))
            .collect()
    }
}

/// The log of a server's folder.
pub(super) fn log(world: &World, disk: &RaftDisk) -> (Log, LogConfig) {
    let config = LogConfig::default();
    let mut log = Log::open(LogDisk::new(Time::ZERO), Offset::ZERO);
    let mut batches = Batches::new(world);
    for appended in disk.log.read_from(Offset::ZERO) {
        let at = Time(appended.append_time_ms * 1_000);
        for batch in batches.of(appended) {
            log.append_as_follower(&batch, &config, at);
        }
    }
    (log, config)
}

/// Name and id of a topic that was made some time.
pub(super) fn topic(disk: &RaftDisk, wanted: TopicId) -> Option<(&Name, Uuid)> {
    let mut batches = disk.log.read_from(Offset::ZERO);
    batches.find_map(|batch| {
        batch.records.iter().find_map(|record| match record {
            MetadataRecord::Topic { name, topic, uuid } if *topic == wanted => Some((name, *uuid)),
            _ => None,
        })
    })
}

/// What a node's directory was formatted for.
fn format_of(world: &World, node: NodeId) -> Option<&QuorumFormat> {
    match world.node(node)?.config {
        NodeConfig::Broker(config) => Some(&config.quorum.format),
        NodeConfig::Controller(config) => Some(&config.quorum.format),
        _ => None,
    }
}

/// `quorum-state`: epoch, vote and leader (RAFT-1). A leader has forgotten for whom it voted. A
/// node that had not read of voters when the epoch began writes the older form.
pub(super) fn quorum_state(world: &World, node: NodeId, disk: &RaftDisk) -> String {
    let QuorumEpoch(epoch) = disk.epoch;
    let id = |node: Option<NodeId>| node.map_or(-1, |node| i64::from(node.0));
    let (leader, voted) = (
        id(disk.leader),
        disk.voted.filter(|_| disk.leader != Some(node)),
    );
    let (_, begin) = disk.log.end_offset_for_epoch(QuorumEpoch(epoch - 1));
    let read = disk.log.voters().is_some_and(|(at, _)| *at < begin);
    let format = format_of(world, node);
    let voters = match format {
        Some(QuorumFormat::Initial(_)) => None,
        Some(QuorumFormat::Joining) if read => None,
        Some(QuorumFormat::Joining) => Some(Vec::new()),
        Some(QuorumFormat::Static) | None => Some(first_voters(world)),
    };
    let Some(voters) = voters else {
        let directory = voted.map_or(Uuid::default(), directory_id);
        let voted = id(voted);
        return format!(
            "{{\"leaderId\":{leader},\"leaderEpoch\":{epoch},\"votedId\":{voted},\"votedDirectoryId\":\"{directory}\",\"data_version\":1}}"
        );
    };
    let voters = voters.into_iter();
    let voters: Vec<String> = voters.map(|id| format!("{{\"voterId\":{id}}}")).collect();
    let (voted, voters) = (id(voted), voters.join(","));
    format!(
        "{{\"clusterId\":\"\",\"leaderId\":{leader},\"leaderEpoch\":{epoch},\"votedId\":{voted},\"appliedOffset\":0,\"currentVoters\":[{voters}],\"data_version\":0}}"
    )
}

/// `bootstrap.checkpoint`: the features the folder was formatted with, between the header and the
/// footer of a snapshot.
pub(super) fn bootstrap(world: &World) -> Vec<Batch> {
    let configs = world.spec().controllers.first();
    let records = configs.map(bootstrap_records).unwrap_or_default();
    let is_feature =
        |record: &MetadataRecord| matches!(record, MetadataRecord::FeatureLevel { .. });
    let mut writer = Writer::new(quorum(world));
    let features = records.iter().filter(|record| is_feature(record));
    let features = features.filter_map(|record| Some(data(writer.bytes(record, 0)?.into(), 0)));
    let features: Vec<Record> = features.collect();
    let end = 1 + features.len() as i64;
    let zero = Value::Int(0);
    let header = control(HEADER, &[zero.clone(), zero.clone()], 0);
    vec![
        batch(0, 0, BatchKind::Control, vec![header]),
        batch(1, 0, BatchKind::Data, features),
        batch(
            end,
            0,
            BatchKind::Control,
            vec![control(FOOTER, &[zero], 0)],
        ),
    ]
}

/// `00000000000000000000-0000000000.checkpoint`: the first voters, in the folder of each of them
/// (RAFT-15); `None` in other folders.
pub(super) fn first_checkpoint(world: &World, node: NodeId) -> Option<Vec<Batch>> {
    let Some(QuorumFormat::Initial(voters)) = format_of(world, node) else {
        return None;
    };
    let voters: Vec<ReplicaKey> = voters.iter().copied().map(ReplicaKey::of).collect();
    let zero = Value::Int(0);
    let formatted = Value::Int(world.spec().clock_epoch_ms as i64);
    let records = vec![
        control(HEADER, &[zero.clone(), formatted], 0),
        control(VERSION, &[zero.clone(), Value::Int(1)], 0),
        voters_record(&voters, &quorum(world), 0),
    ];
    Some(vec![
        batch(0, 0, BatchKind::Control, records),
        batch(3, 0, BatchKind::Control, vec![control(FOOTER, &[zero], 0)]),
    ])
}
