//! A hand-made cluster for tests: the moment of `cluster.png`, one second after a failover.

use kafka_core::protocol::ApiKey;

use super::cluster::*;
use super::object::PartitionName;

fn name(topic: &str, partition: i32) -> PartitionName {
    PartitionName {
        topic: topic.into(),
        partition,
    }
}

fn log(broker: i32, role: ReplicaRole, sync: Sync, hw: u64, records: &[(u64, i32)]) -> ReplicaView {
    let last = records.last().copied().unwrap_or((0, 0));
    ReplicaView {
        broker,
        role,
        sync,
        log_start: 0,
        high_watermark: hw,
        log_end: records.len() as u64,
        leader_epoch: last.1,
        dir: Some(0),
        moves_to: None,
        tail: records
            .iter()
            .map(|&(offset, epoch)| RecordView { offset, epoch })
            .collect(),
    }
}

fn run(count: u64, epoch: i32) -> Vec<(u64, i32)> {
    (0..count).map(|o| (o, epoch)).collect()
}

fn broker(id: i32, leads: usize) -> BrokerView {
    BrokerView {
        id,
        address: format!("localhost:{}", 9092 + id),
        process: Process::Running,
        fenced: false,
        disk: Disk::Good,
        dirs: Vec::new(),
        session: Some((7_000_000, 9_000_000)),
        leads,
        led: None,
    }
}

fn partition(
    partition: i32,
    leader: i32,
    replicas: &[i32],
    logs: Vec<ReplicaView>,
) -> PartitionView {
    PartitionView {
        partition,
        leader: Some(leader),
        leader_epoch: 1,
        replicas: replicas.to_vec(),
        isr: logs
            .iter()
            .filter(|l| l.sync == Sync::InSync)
            .map(|l| l.broker)
            .collect(),
        elr: Vec::new(),
        leaderless_since: None,
        changed: false,
        logs,
    }
}

fn failed_over() -> PartitionView {
    let mut with_epoch_1 = run(5, 0);
    with_epoch_1.push((5, 1));
    let mut p = partition(
        0,
        2,
        &[1, 2, 0],
        vec![
            log(0, ReplicaRole::Follower, Sync::InSync, 5, &run(5, 0)),
            log(1, ReplicaRole::Led, Sync::Out, 5, &run(6, 0)),
            log(2, ReplicaRole::Leader, Sync::InSync, 5, &with_epoch_1),
        ],
    );
    p.changed = true;
    p
}

fn orders() -> Vec<PartitionView> {
    use ReplicaRole::{Followed, Follower, Leader, Led};
    let full = |n| run(n, 0);
    let mut late = partition(
        1,
        2,
        &[1, 2],
        vec![
            log(1, Led, Sync::Out, 7, &full(7)),
            log(2, Leader, Sync::InSync, 7, &full(7)),
        ],
    );
    late.changed = true;
    vec![
        partition(
            0,
            0,
            &[0, 1],
            vec![
                log(0, Leader, Sync::InSync, 8, &full(8)),
                log(1, Followed, Sync::Out, 8, &full(8)),
            ],
        ),
        late,
        partition(
            2,
            2,
            &[2, 0],
            vec![
                log(0, Follower, Sync::InSync, 9, &full(9)),
                log(2, Leader, Sync::InSync, 9, &full(9)),
            ],
        ),
    ]
}

fn assigned(
    topic: &str,
    partition: i32,
    position: u64,
    committed: u64,
    lag: u64,
    source: i32,
) -> AssignedView {
    AssignedView {
        partition: name(topic, partition),
        position: Some(position),
        committed: Some(committed),
        lag: Some(lag),
        source: Some(source),
    }
}

fn member(name: &str, assignment: Vec<AssignedView>) -> MemberView {
    MemberView {
        name: name.into(),
        alive: true,
        polling: Some(true),
        assignment,
    }
}

fn groups() -> Vec<GroupView> {
    let group = |name: &str, assignor: &str, generation, coordinator, members| GroupView {
        kind: GroupKind::Classic,
        topic: Some("orders".into()),
        name: name.into(),
        state: GroupState::Stable,
        assignor: assignor.into(),
        generation,
        coordinator: Some(coordinator),
        members,
    };
    vec![
        group(
            "workers",
            "range",
            3,
            0,
            vec![
                member("w1", vec![assigned("orders", 0, 8, 8, 0, 0)]),
                member("w2", vec![assigned("orders", 1, 5, 5, 2, 2)]),
                member("w3", vec![assigned("orders", 2, 9, 9, 0, 2)]),
            ],
        ),
        group(
            "billing",
            "uniform",
            1,
            2,
            vec![member(
                "b1",
                vec![
                    assigned("orders", 0, 8, 6, 2, 0),
                    assigned("orders", 1, 5, 5, 2, 2),
                    assigned("orders", 2, 9, 9, 0, 2),
                ],
            )],
        ),
    ]
}

fn producer(name: &str, topic: &str, sent: u64, acked: u64, target: i32) -> ClientView {
    ClientView {
        name: name.into(),
        kind: ClientKind::Producer,
        topic: Some(topic.into()),
        acks: "all".into(),
        transaction: None,
        loaded: false,
        sent,
        acked,
        failed: 0,
        waiting: None,
        targets: vec![target],
    }
}

fn message(id: u64, api: ApiKey, family: Family, from: Place, to: Place) -> MessageView {
    MessageView {
        id,
        api: api.name().into(),
        api_key: api.definition().id,
        api_version: api.definition().max_stable_version,
        family,
        request: true,
        from,
        to,
        partition: None,
        offset: None,
        epoch: None,
        error: None,
        sent: 21_055_000,
        arrives: 21_057_000,
        passage: Passage::Flying,
    }
}

fn messages() -> Vec<MessageView> {
    let mut records = message(
        11,
        ApiKey::Fetch,
        Family::Records,
        Place::Broker(2),
        Place::Broker(0),
    );
    records.request = false;
    records.partition = Some(name("my-replicated-topic", 0));
    (records.offset, records.epoch) = (Some(5), Some(1));
    let mut fetch = message(
        12,
        ApiKey::Fetch,
        Family::Data,
        Place::Broker(0),
        Place::Broker(2),
    );
    fetch.partition = Some(name("orders", 2));
    fetch.offset = Some(9);
    vec![
        message(
            9,
            ApiKey::BrokerHeartbeat,
            Family::Control,
            Place::Broker(2),
            Place::Controller(101),
        ),
        message(
            10,
            ApiKey::Heartbeat,
            Family::Group,
            Place::Client("w1".into()),
            Place::Broker(0),
        ),
        records,
        fetch,
        message(
            13,
            ApiKey::Produce,
            Family::Records,
            Place::Client("shop".into()),
            Place::Broker(0),
        ),
    ]
}

/// Broker 1 crashed, broker 2 leads `my-replicated-topic-0` in epoch 1, five messages fly.
pub fn failover() -> ClusterView {
    let mut crashed = broker(1, 0);
    crashed.process = Process::Crashed { at: 12_386_000 };
    crashed.fenced = true;
    crashed.session = None;
    let mut winner = broker(2, 3);
    winner.led = Some(1);
    let mut waiting = producer("p1", "my-replicated-topic", 6, 5, 2);
    waiting.waiting = Some(WaitingView {
        partition: Some(name("my-replicated-topic", 0)),
        needs_high_watermark: Some(6),
    });
    let controller = |id, active| ControllerView {
        id,
        process: Process::Running,
        active,
        vote: Vote::Fixed,
    };
    ClusterView {
        now: 21_056_000,
        quorum: QuorumView {
            epoch: 3,
            controllers: vec![
                controller(100, false),
                controller(101, true),
                controller(102, false),
            ],
            high_watermark: 231,
            log_end: 231,
        },
        brokers: vec![broker(0, 1), crashed, winner],
        topics: vec![
            TopicView {
                name: "my-replicated-topic".into(),
                internal: false,
                replication_factor: 3,
                partitions: vec![failed_over()],
            },
            TopicView {
                name: "orders".into(),
                internal: false,
                replication_factor: 2,
                partitions: orders(),
            },
        ],
        clients: vec![producer("shop", "orders", 25, 24, 0), waiting],
        groups: groups(),
        messages: messages(),
    }
}

/// A cluster with as many brokers and partitions as told; every replica is in sync.
pub fn grid(brokers: i32, partitions: i32) -> ClusterView {
    let all: Vec<i32> = (0..brokers).collect();
    let one = |p: i32| {
        let leader = p % brokers;
        let logs = all
            .iter()
            .map(|&b| {
                let role = if b == leader {
                    ReplicaRole::Leader
                } else {
                    ReplicaRole::Follower
                };
                log(b, role, Sync::InSync, 12_345, &[])
            })
            .map(|mut l| {
                l.log_end = 12_345;
                l
            })
            .collect();
        partition(p, leader, &all, logs)
    };
    ClusterView {
        brokers: all.iter().map(|&b| broker(b, 1)).collect(),
        topics: vec![TopicView {
            name: "wide".into(),
            internal: false,
            replication_factor: all.len(),
            partitions: (0..partitions).map(one).collect(),
        }],
        ..failover()
    }
}
