//! The records' bytes, against those of real clusters.

use kafka_core::schema::json;
use kafka_core::types::{BrokerEpoch, IncarnationId, ProducerId};

use super::*;

const A: NodeId = NodeId(0);
const B: NodeId = NodeId(1);

fn change(change: PartitionChange) -> MetadataRecord {
    MetadataRecord::PartitionChange {
        topic: TopicId(0),
        partition: 0,
        change,
    }
}

fn registration(fenced: Option<bool>, stopping: bool) -> MetadataRecord {
    MetadataRecord::BrokerRegistrationChange {
        broker: A,
        broker_epoch: BrokerEpoch(13),
        fenced,
        in_controlled_shutdown: stopping,
        directories: None,
    }
}

fn config(of: &str, value: Option<&str>) -> MetadataRecord {
    let resource = match of {
        "" => ConfigResource::Broker(None),
        topic => ConfigResource::Topic(topic.into()),
    };
    MetadataRecord::Config {
        resource,
        name: "min.insync.replicas".into(),
        value: value.map(Into::into),
    }
}

fn partition(state: PartitionRegistration) -> MetadataRecord {
    MetadataRecord::Partition {
        topic: TopicId(0),
        partition: 0,
        state,
    }
}

/// Records about the cluster and its servers, with their recorded sizes.
fn of_the_cluster() -> Vec<(MetadataRecord, usize)> {
    use MetadataRecord as Record;
    let feature = |name: &str| Record::FeatureLevel {
        name: name.into(),
        level: 1,
    };
    let broker = |directories| Record::RegisterBroker {
        broker: A,
        incarnation: IncarnationId(5),
        broker_epoch: BrokerEpoch(13),
        rack: None,
        host: "localhost".into(),
        port: 9_092,
        directories,
    };
    let (only, two) = (vec![directory_id(A)], vec![directory_id(A), Uuid(7)]);
    let one_left = Record::BrokerRegistrationChange {
        broker: A,
        broker_epoch: BrokerEpoch(13),
        fenced: None,
        in_controlled_shutdown: false,
        directories: Some(vec![directory_id(A)]),
    };
    let controller = NodeId(100);
    let broker_epoch = BrokerEpoch(13);
    let next = ProducerId(1_000);
    vec![
        (Record::BeginTransaction("Bootstrap records".into()), 24),
        (feature("metadata.version"), 23),
        (feature("eligible.leader.replicas.version"), 39),
        (config("", Some("1")), 28),
        (Record::EndTransaction, 4),
        (Record::NoOp, 4),
        (Record::RegisterController { controller }, 216),
        (broker(only), 245),
        (broker(two), 261),
        (one_left, 35),
        (registration(None, false), 19),
        (registration(Some(false), false), 19),
        (
            Record::UnregisterBroker {
                broker: A,
                broker_epoch,
            },
            16,
        ),
        (
            Record::ProducerIds {
                broker: A,
                broker_epoch,
                next,
            },
            24,
        ),
    ]
}

/// Records about topics and partitions, with their recorded sizes.
fn of_topics() -> Vec<(MetadataRecord, usize)> {
    let two = PartitionRegistration {
        replicas: vec![A, B],
        isr: vec![A, B],
        leader: Some(A),
        ..PartitionRegistration::default()
    };
    let one = PartitionRegistration {
        replicas: vec![A],
        isr: vec![A],
        ..two.clone()
    };
    let none = PartitionChange::default;
    let grown = PartitionChange {
        isr: Some(vec![A, B]),
        ..none()
    };
    let shrunk = PartitionChange {
        isr: Some(vec![A]),
        elr: Some(vec![B]),
        ..none()
    };
    let placed = PartitionChange {
        directories: Some(vec![Uuid(1), directory_id(B)]),
        ..none()
    };
    let cleared = PartitionChange {
        elr: Some(vec![]),
        ..none()
    };
    let moved = PartitionChange {
        isr: Some(vec![B]),
        leader: Some(Some(B)),
        replicas: Some(vec![B]),
        ..none()
    };
    let moving = PartitionChange {
        replicas: Some(vec![A, B]),
        adding: Some(vec![A]),
        ..none()
    };
    let topic = TopicId(0);
    vec![
        (config("t", Some("2")), 29),
        (config("t", None), 28),
        (partition(one), 65),
        (partition(two), 89),
        (change(grown), 35),
        (change(shrunk), 38),
        (change(placed), 59),
        (change(cleared), 27),
        (change(moved), 63),
        (change(moving), 77),
        (
            MetadataRecord::ClearElr {
                topic: Some("t".into()),
            },
            6,
        ),
        (MetadataRecord::RemoveTopic { topic }, 20),
    ]
}

/// The value sizes that `kafka-dump-log.sh --cluster-metadata-decoder` printed for the same
/// records of real 4.3.1 clusters (REP-28: a change says only what changes).
#[test]
fn records_have_the_recorded_sizes() {
    let mut writer = Writer::new(QuorumConfig::default());
    for (record, size) in of_the_cluster().into_iter().chain(of_topics()) {
        let bytes = writer.bytes(&record, 10).expect("a data record");
        assert_eq!(bytes.len(), size, "{record:?}");
        let (_, version, _, schema) = KINDS
            .iter()
            .find(|kind| [kind.0, kind.1] == [bytes[1].into(), bytes[2].into()])
            .expect("a known kind");
        assert!(
            json(schema, &bytes[3..], 0).is_some(),
            "{record:?} v{version}"
        );
    }
}

/// A change of a registration as the recorded log tells it.
#[test]
fn what_changed_is_told() {
    let mut writer = Writer::new(QuorumConfig::default());
    for (record, told) in [
        (registration(None, false), "\"cordonedLogDirs\":[]"),
        (registration(Some(true), false), "\"fenced\":1"),
        (registration(Some(false), false), "\"fenced\":-1"),
        (registration(None, true), "\"inControlledShutdown\":1"),
    ] {
        let bytes = writer.bytes(&record, 0).expect("a data record");
        let expected = format!("{{\"brokerId\":0,\"brokerEpoch\":13,{told}}}");
        assert_eq!(
            json(BROKER_REGISTRATION_CHANGE, &bytes[3..], 0),
            Some(expected)
        );
    }
}
