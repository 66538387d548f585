//! Transactions in a whole cluster (section 5.4), told as scenarios: what producers and
//! consumers see, in order.

use std::collections::BTreeMap;

use kafka_core::client::ClientEvent;
use kafka_core::protocol::ApiKey;
use kafka_core::types::{NodeId, Offset, TopicPartition};
use kafka_scenario::{Player, parse};
use kafka_sim::{EntryKind, Seq, World};

/// Plays a scenario; the world at its end.
fn play(text: &str) -> World {
    let scenario = parse(text).unwrap_or_else(|error| panic!("{error}"));
    let spec = kafka_scenario::spec(&scenario.setup).expect("a good setup");
    let mut world = World::new(spec, scenario.setup.seed);
    assert!(world.boot(kafka_core::types::Duration::from_secs(60)));
    let mut player = Player::default();
    for step in &scenario.steps {
        let played = player.play(&mut world, step, &mut |_, _, _| {});
        played.unwrap_or_else(|error| panic!("{error}"));
    }
    world
}

/// What one client's application saw.
fn saw(world: &World, name: &str) -> Vec<String> {
    let mut names: BTreeMap<NodeId, String> = BTreeMap::new();
    for node in world.nodes() {
        if let Some(config) = node.config.client() {
            names.insert(node.id, config.client_id.to_string());
        }
    }
    let items = world.history().iter_from(0);
    let mine = items.filter(|item| names.get(&item.client).is_some_and(|it| it == name));
    mine.filter_map(|item| told(&item.event)).collect()
}

fn told(event: &ClientEvent) -> Option<String> {
    Some(match event {
        ClientEvent::Acked { offset, .. } => format!("acked {offset}"),
        ClientEvent::SendFailed { failure, .. } => {
            format!("failed {}: {}", failure.exception, failure.message)
        }
        ClientEvent::TransactionReturned { call, failure } => match failure {
            None => format!("{call:?}"),
            Some(failure) => format!("{call:?} threw {}: {}", failure.exception, failure.message),
        },
        ClientEvent::Delivered(records) => {
            let shown = records.iter().map(|it| {
                let value = it.record.value.as_deref().unwrap_or_default();
                format!("{}={}", it.offset, String::from_utf8_lossy(value))
            });
            format!("got {}", shown.collect::<Vec<_>>().join(" "))
        }
        _ => return None,
    })
}

/// High watermark and last stable offset of the first partition of a topic.
fn ends(world: &World, topic: &str) -> (i64, i64) {
    let mut found = (Offset(-1), Offset(-1));
    for broker in world.brokers() {
        if let Some(topic) = broker.image().topic(topic)
            && let Some(it) = broker.partition(TopicPartition::new(topic.topic, 0))
            && it.is_leader()
        {
            found = (it.log.high_watermark(), it.log.last_stable_offset());
        }
    }
    (found.0.0, found.1.0)
}

const BEGIN: &str = "scenario 1\nseed 3\ncluster brokers=3 controllers=1\n";

/// The same by every protocol: `transaction.version` 2, 1 and 0.
fn protocols() -> [String; 3] {
    [2, 1, 0].map(|version| format!("{BEGIN}transaction-version {version}\n"))
}

/// TXN-1, TXN-3, TXN-7, TXN-8, TXN-12: records of an open transaction are in the log
/// and nobody who reads committed data sees them; the marker takes an offset.
#[test]
fn a_commit_makes_records_visible() {
    protocols()
        .iter()
        .for_each(|begin| commit_becomes_visible(begin));
}

fn commit_becomes_visible(begin: &str) {
    let text = format!(
        "{begin}\
         consumer rc topic=t group=rc from=earliest isolation.level=read_committed\n\
         consumer ru topic=t group=ru from=earliest\n\
         producer p transactional.id=tx\n\
         wait 10s\nbegin p\nsend p t a\nsend p t b\nwait 5s\n"
    );
    let world = play(&text);
    assert_eq!(saw(&world, "p"), ["Init", "Begin", "acked 0", "acked 1"]);
    assert_eq!(ends(&world, "t"), (2, 0));
    assert_eq!(saw(&world, "ru"), ["got 0=a 1=b"]);
    assert_eq!(saw(&world, "rc"), [""; 0]);
    let world = play(&format!(
        "{text}commit p\nwait 5s\nbegin p\nsend p t c\ncommit p\nwait 5s\n"
    ));
    let last = ["Commit", "Begin", "acked 3", "Commit"];
    assert_eq!(saw(&world, "p")[4..], last);
    assert_eq!(ends(&world, "t"), (5, 5));
    assert_eq!(saw(&world, "rc"), ["got 0=a 1=b", "got 3=c"]);
}

/// TXN-12, TXN-13: aborted records are dropped by who reads committed data, and the
/// producer goes on.
#[test]
fn an_abort_hides_records_for_ever() {
    protocols().iter().for_each(|begin| abort_hides(begin));
}

fn abort_hides(begin: &str) {
    let text = format!(
        "{begin}producer p transactional.id=tx\nwait 5s\n\
         begin p\nsend p t a\nwait 1s\nabort p\nwait 1s\n\
         begin p\nsend p t b\ncommit p\nwait 2s\n\
         consumer rc topic=t group=rc from=earliest isolation.level=read_committed\n\
         consumer ru topic=t group=ru from=earliest\nwait 10s\n"
    );
    let world = play(&text);
    let calls = [
        "Init", "Begin", "acked 0", "Abort", "Begin", "acked 2", "Commit",
    ];
    assert_eq!(saw(&world, "p"), calls);
    assert_eq!(saw(&world, "rc"), ["got 2=b"]);
    assert_eq!(saw(&world, "ru"), ["got 0=a 2=b"]);
}

/// FAIL-28, TXN-1, TXN-9: the next instance fences the one before, whose transaction is
/// aborted; epochs 0, marker 1, next instance 2.
#[test]
fn a_new_instance_fences_the_zombie() {
    protocols().iter().for_each(|begin| zombie_is_fenced(begin));
}

fn zombie_is_fenced(begin: &str) {
    let text = format!(
        "{begin}producer p1 transactional.id=tx\nwait 5s\nbegin p1\nsend p1 t a\nwait 1s\n\
         producer p2 transactional.id=tx\nwait 2s\n\
         send p1 t late\nwait 1s\ncommit p1\nwait 1s\n"
    );
    let world = play(&text);
    assert_eq!(saw(&world, "p2"), ["Init"]);
    let late = "Producer attempted to produce with an old epoch.";
    assert_eq!(
        saw(&world, "p1")[3..],
        [
            format!("failed InvalidProducerEpochException: {late}"),
            "Commit threw InvalidProducerEpochException: Producer with transactionalId 'tx' \
             attempted to produce with an old epoch"
                .to_string()
        ]
    );
    assert_eq!(ends(&world, "t"), (2, 2), "an abort marker");
    let mut coordinators = world.brokers();
    let txn = coordinators.find_map(|broker| broker.transaction_coordinator().transaction("tx"));
    assert_eq!(txn.map(|txn| txn.producer_epoch.0), Some(2));
}

/// FAIL-29, TXN-10: a producer that hangs holds the last stable offset until the
/// coordinator, which looks every ten seconds, aborts its transaction.
#[test]
fn a_hanging_transaction_times_out() {
    let text = format!(
        "{BEGIN}producer p transactional.id=tx transaction.timeout.ms=5000\nwait 5s\n\
         begin p\nsend p t a\nwait 1s\nproducer q\nsend q t other\nwait 3s\n"
    );
    let world = play(&text);
    assert_eq!(ends(&world, "t"), (2, 0));
    let world = play(&format!("{text}wait 12s\nsend p t late\nwait 1s\n"));
    assert_eq!(ends(&world, "t"), (3, 3));
    assert!(saw(&world, "p")[3].contains("old epoch"), "it is fenced");
}

/// TXN-6: offsets sent to a transaction count when it is committed, and not when it is
/// aborted.
#[test]
fn offsets_are_part_of_the_transaction() {
    let offsets_after = |begin: &str, end: &str| {
        let text = format!(
            "{begin}producer q\nsend q in x\nsend q in y\nproducer p transactional.id=tx\nwait 5s\n\
             begin p\nsend p out x\nsend-offsets p group=g topic=in offset=1\n{end} p\nwait 2s\n"
        );
        let world = play(&text);
        let calls = saw(&world, "p");
        assert!(calls.contains(&"SendOffsets".to_string()), "{calls:?}");
        let mut brokers = world.brokers();
        let group = brokers.find_map(|it| it.coordinator().group("g").cloned());
        let group = group.expect("the group exists");
        assert!(group.pending_offsets.is_empty());
        let stored = group.offsets.values().map(|it| it.offset.0);
        stored.collect::<Vec<_>>()
    };
    for begin in protocols() {
        assert_eq!(offsets_after(&begin, "commit"), [1]);
        assert_eq!(offsets_after(&begin, "abort"), [0; 0]);
    }
}

/// TXN-8, TXN-11: the coordinator dies between the decision and the markers; the next
/// one goes on where it stood.
#[test]
fn a_decision_survives_its_coordinator() {
    for at in [1, 4, 7, 10, 13, 16, 20, 25, 30, 40] {
        let text = format!(
            "{BEGIN}set default.replication.factor=3\nset min.insync.replicas=2\n\
             producer p transactional.id=tx\nwait 5s\nbegin p\nsend p t a\nwait 1s\n\
             commit p\nstep {at}\n"
        );
        let world = play(&text);
        let mut brokers = world.brokers();
        let coordinator = brokers.find(|broker| {
            let known = broker.transaction_coordinator();
            known.transaction("tx").is_some()
        });
        let id = coordinator.expect("somebody coordinates it").id();
        let world = play(&format!("{text}crash {id}\nwait 40s\n"));
        let calls = saw(&world, "p");
        assert_eq!(calls.last().map(String::as_str), Some("Commit"), "{at}");
        let survivors = world.brokers().filter(|broker| broker.id() != id);
        let logs = survivors.flat_map(|broker| broker.partitions());
        for partition in logs.filter(|partition| partition.is_leader()) {
            let open = partition.log.producers().transactions().open().count();
            assert_eq!(open, 0, "after {at} events: {:?}", partition.id);
        }
    }
}

/// The requests of a client that brokers got, folded where they repeat.
fn asked(world: &World, name: &str) -> Vec<&'static str> {
    let named = |id: NodeId| world.nodes().find(|node| node.id == id);
    let is_mine = |id: NodeId| {
        let config = named(id).and_then(|node| node.config.client());
        config.is_some_and(|config| *config.client_id == *name)
    };
    let mut apis = Vec::new();
    for (_, entry) in world.trace().iter_from(Seq(0)) {
        let from = world.id_of(entry.peer);
        if entry.kind == EntryKind::Request && from.is_some_and(is_mine) {
            apis.extend(entry.api.map(ApiKey::name));
        }
    }
    let noise = ["ApiVersions", "Metadata", "FindCoordinator"];
    apis.retain(|api| !noise.contains(api));
    apis.dedup();
    apis
}

/// TXN-2, TXN-3, TXN-6, TXN-9: before KIP-890 the producer makes partitions and offsets
/// part of the transaction itself, and keeps its epoch; since, the brokers do, and every
/// end brings the next epoch.
#[test]
fn the_producer_adds_partitions_before_kip_890() {
    let [today, one, zero] = protocols().map(|begin| {
        let text = format!(
            "{begin}producer q\nsend q in x\nconsumer c topic=in group=g\n\
             producer p transactional.id=tx\nwait 5s\n\
             begin p\nsend p t a\nwait 1s\n\
             send-offsets p group=g topic=in offset=1\ncommit p\nwait 1s\n\
             begin p\nsend p t c\nwait 1s\nabort p\nwait 1s\n"
        );
        let world = play(&text);
        let mut brokers = world.brokers();
        let txn = brokers.find_map(|it| it.transaction_coordinator().transaction("tx"));
        let epoch = txn.map_or(-1, |txn| txn.producer_epoch.0);
        (asked(&world, "p"), epoch)
    });
    let calls = [
        "InitProducerId",
        "Produce",
        "TxnOffsetCommit",
        "EndTxn",
        "Produce",
        "EndTxn",
    ];
    assert_eq!(today, (calls.to_vec(), 2));
    let calls = [
        "InitProducerId",
        "AddPartitionsToTxn",
        "Produce",
        "AddOffsetsToTxn",
        "TxnOffsetCommit",
        "EndTxn",
        "AddPartitionsToTxn",
        "Produce",
        "EndTxn",
    ];
    assert_eq!(one, (calls.to_vec(), 0));
    assert_eq!(zero, one);
}

/// Section 5.4, Dead: an id that nobody has used for `transactional.id.expiration.ms` is
/// forgotten, by the next coordinator too; one with an open transaction is not. Who used
/// it before is told that the mapping is invalid (TXN-13), and a new instance gets a new
/// producer id.
#[test]
fn an_unused_id_is_forgotten() {
    let text = format!(
        "{BEGIN}set transactional.id.expiration.ms=60000\n\
         set transaction.remove.expired.transaction.cleanup.interval.ms=30000\n\
         set transaction.state.log.num.partitions=1\nplacement __transaction_state 0=1,2,0\n\
         placement t 0=0,1,2\n\
         producer p transactional.id=tx\n\
         producer o transactional.id=open transaction.timeout.ms=600000\nwait 5s\n\
         begin p\nsend p t a\ncommit p\nbegin o\nsend o t b\nwait 50s\n"
    );
    let known = |world: &World| {
        let all = world
            .brokers()
            .flat_map(|it| it.transaction_coordinator().transactions());
        let ids = all.map(|txn| (txn.transactional_id.to_string(), txn.producer_id.0));
        ids.collect::<Vec<_>>()
    };
    let before = known(&play(&text));
    assert_eq!(before.len(), 2, "{before:?}");
    let text = format!("{text}wait 40s\n");
    let open = before.iter().find(|(id, _)| id == "open");
    let open = open.expect("it is known").clone();
    assert_eq!(known(&play(&text)), std::slice::from_ref(&open));
    let world = play(&format!("{text}crash 1\nwait 20s\n"));
    assert_eq!(
        known(&world),
        std::slice::from_ref(&open),
        "the next coordinator"
    );
    let world = play(&format!(
        "{text}begin p\nsend p t c\nwait 1s\ncommit p\nproducer p2 transactional.id=tx\nwait 1s\n"
    ));
    let mapping = "The producer attempted to use a producer id which is not currently assigned to its transactional id.";
    let calls = saw(&world, "p");
    assert_eq!(
        calls[5],
        format!("failed InvalidPidMappingException: {mapping}")
    );
    assert!(calls[6].starts_with("Commit threw"), "{calls:?}");
    let tx = |all: &[(String, i64)]| all.iter().find(|(id, _)| id == "tx").map(|(_, pid)| *pid);
    assert!(tx(&known(&world)).is_some_and(|pid| Some(pid) != tx(&before)));
}

/// TXN-13: calls at the wrong time throw, and change nothing.
#[test]
fn calls_at_the_wrong_time_throw() {
    let text = format!(
        "{BEGIN}producer p transactional.id=tx\nwait 5s\nsend p t a\ncommit p\n\
         begin p\nbegin p\ncommit p\nproducer q\nbegin q\nwait 2s\n"
    );
    let world = play(&text);
    let illegal = "threw java.lang.IllegalStateException: TransactionalId tx: Invalid transition attempted from state";
    assert_eq!(
        saw(&world, "p")[1..],
        [
            "failed java.lang.IllegalStateException: Cannot add partition t-0 to transaction \
             while in state  READY"
                .to_string(),
            format!("Commit {illegal} READY to state COMMITTING_TRANSACTION"),
            "Begin".to_string(),
            format!("Begin {illegal} IN_TRANSACTION to state IN_TRANSACTION"),
            "Commit".to_string(),
        ]
    );
    assert!(saw(&world, "q")[0].contains("Cannot use transactional methods"));
}
