//! Rules of replication and fencing, watched event by event in a whole world.

mod common;

use std::collections::BTreeMap;

use kafka_core::broker::Follower;
use kafka_core::metadata::ClusterImage;
use kafka_core::node::Message;
use kafka_core::protocol::{FetchRequest, Request, Response};
use kafka_core::types::{BrokerEpoch, Duration, NodeId, Offset, Time, TopicPartition};
use kafka_sim::{Detail, EntryKind, Seq, World};

const BEGINNING: &str = "\
scenario 1
cluster brokers=3 controllers=3
elr off
set default.replication.factor=3
placement t 0=0,1,2
wait 1s
producer p acks=all
load p t every=50ms
wait 3s
";

/// A world in which these statements were played after the beginning.
fn played(rest: &str) -> World {
    common::played(&(BEGINNING.to_string() + rest))
}

fn partition(world: &World) -> TopicPartition {
    let topic = world.metadata().and_then(|image| image.topic("t"));
    TopicPartition::new(topic.expect("it was written to").topic, 0)
}

/// Lets each event happen and calls `look` after it, for so long.
fn watch(world: &mut World, seconds: u64, mut look: impl FnMut(&World)) {
    let until = world.now() + Duration::from_secs(seconds);
    while world.step_until(until) {
        look(world);
    }
}

/// BRK-7: the ISR loses a fenced broker in the same batch of records that fences it: nobody ever
/// sees it fenced and in sync, and it takes a session, not replica.lag.time.max.ms.
#[test]
fn fencing_takes_a_broker_out_of_the_isr_at_once() {
    let mut world = played("crash 2\n");
    let (id, begun) = (partition(&world), world.now());
    let mut left = None;
    watch(&mut world, 20, |world| {
        let image = world.metadata().expect("a controller runs");
        let in_isr = image
            .partition(id)
            .is_some_and(|p| p.isr.contains(&NodeId(2)));
        let fenced = image.brokers[&NodeId(2)].fenced;
        assert!(!(fenced && in_isr), "at {}", world.now().0);
        assert_eq!(fenced, !in_isr, "at {}", world.now().0);
        if fenced && left.is_none() {
            left = Some(world.now());
        }
    });
    let after = left.expect("it was fenced").since(begun);
    // The session runs from its last heartbeat, up to 2 s before.
    let session = Duration::from_secs(7)..Duration::from_secs(12);
    assert!(session.contains(&after), "{} us", after.0);
}

/// BRK-11: a fenced leader that hears of nothing believes to lead and to be unfenced; for the others
/// it is neither. When it hears of it, it keeps its log and follows.
#[test]
fn a_fenced_broker_does_not_know_it() {
    let world = played("partition 0 | 1,2,100,101,102\nwait 15s\n");
    let (id, zombie) = (partition(&world), NodeId(0));
    let own = world.broker(zombie).expect("it runs");
    assert!(own.image().is_active(zombie));
    assert!(
        own.partition(id)
            .is_some_and(|partition| partition.is_leader())
    );
    let others = world.broker(NodeId(1)).expect("it runs").image();
    assert!(!others.is_active(zombie));
    let state = others.partition(id).expect("it is there");
    assert_ne!(state.leader, Some(zombie));
    assert!(!state.isr.contains(&zombie));
    let world = played("partition 0 | 1,2,100,101,102\nwait 15s\nheal\nwait 10s\n");
    let own = world.broker(zombie).expect("it runs");
    let replica = own.partition(id).expect("it keeps its log");
    assert!(!replica.is_leader() && replica.log.log_end_offset() > Offset(50));
}

/// MET-1: each broker's image is what the controller's was at that offset, and at one instant they
/// differ.
#[test]
fn images_are_prefixes_and_differ_for_a_while() {
    let mut world = played("");
    let mut known: BTreeMap<Offset, ClusterImage> = BTreeMap::new();
    let mut apart = 0;
    world
        .apply(&kafka_sim::Action::Crash(NodeId(2)))
        .expect("it runs");
    watch(&mut world, 15, |world| {
        let newest = world.metadata().expect("a controller runs");
        known
            .entry(newest.next_offset)
            .or_insert_with(|| newest.clone());
        let offsets = world.brokers().map(|broker| {
            let image = broker.image();
            if let Some(then) = known.get(&image.next_offset) {
                assert_eq!(image, then);
            }
            image.next_offset
        });
        let offsets: Vec<Offset> = offsets.collect();
        assert!(offsets.iter().all(|offset| *offset <= newest.next_offset));
        apart += u32::from(offsets.windows(2).any(|pair| pair[0] != pair[1]));
    });
    assert!(apart > 0, "views never differed");
}

/// Followers' fetches and their answers that were delivered since, each with its follower.
fn fetches(world: &World, from: &mut u32) -> Vec<(NodeId, NodeId, Option<FetchRequest>)> {
    let entries = world.trace().iter_from(Seq(*from));
    let mut found = Vec::new();
    for (seq, entry) in entries {
        *from = seq.0 + 1;
        let (Some(to), Some(peer)) = (world.id_of(entry.node), world.id_of(entry.peer)) else {
            continue;
        };
        let Some(Detail::Message(message)) = world.detail(seq) else {
            continue;
        };
        match (&**message, entry.kind) {
            (Message::Request(_, Request::Fetch(fetch)), EntryKind::Request)
                if fetch.replica.is_some() =>
            {
                found.push((peer, to, Some(fetch.clone())));
            }
            (Message::Response(_, Response::Fetch(_)), EntryKind::Response)
                if world.broker(to).is_some() =>
            {
                found.push((to, peer, None));
            }
            _ => {}
        }
    }
    found
}

/// REP-1: a follower says who it is, in which life, and where its log ends and begins; it has one
/// fetch on its way to a leader.
#[test]
fn a_follower_has_one_fetch_on_its_way() {
    let mut world = played("");
    let id = partition(&world);
    let mut from = world.trace().len();
    let mut open: BTreeMap<(NodeId, NodeId), bool> = BTreeMap::new();
    let mut seen = 0;
    watch(&mut world, 5, |world| {
        for (follower, leader, fetch) in fetches(world, &mut from) {
            let Some(fetch) = fetch else {
                open.insert((follower, leader), false);
                continue;
            };
            let before = open.insert((follower, leader), true);
            assert_ne!(before, Some(true), "two fetches of {follower} at {leader}");
            let broker = world.broker(follower).expect("it runs");
            assert_eq!(fetch.replica, Some((follower, broker.broker_epoch())));
            let replica = broker.partition(id).expect("it has a replica");
            let wanted = fetch
                .partitions
                .iter()
                .find(|wanted| wanted.partition == id);
            let Some(wanted) = wanted else {
                continue;
            };
            seen += 1;
            assert_eq!(wanted.current_leader_epoch, replica.leader_epoch);
            assert_eq!(wanted.fetch_offset, replica.log.log_end_offset());
            assert_eq!(wanted.last_fetched_epoch, replica.log.latest_epoch());
            assert_eq!(wanted.log_start_offset, replica.log.log_start_offset());
        }
    });
    assert!(seen > 50, "{seen} fetches of t-0");
}

/// REP-4, REP-5: the high watermark moves with a follower's fetch, which acknowledges all below its
/// offset, and never beyond what all three have said to have.
#[test]
fn a_fetch_is_the_acknowledgement() {
    let mut world = played("");
    let id = partition(&world);
    let mut from = world.trace().len();
    let mut said: BTreeMap<NodeId, Offset> = BTreeMap::new();
    let mut moved = 0;
    let mut last = Offset::ZERO;
    watch(&mut world, 5, |world| {
        let mut fetched = false;
        for (follower, _, fetch) in fetches(world, &mut from) {
            for wanted in fetch.iter().flat_map(|fetch| &fetch.partitions) {
                if wanted.partition == id {
                    said.insert(follower, wanted.fetch_offset);
                    fetched = true;
                }
            }
        }
        let leader = world.broker(NodeId(0)).and_then(|b| b.partition(id));
        let high = leader.expect("it leads").log.high_watermark();
        if high > last && last > Offset::ZERO && said.len() == 2 {
            moved += 1;
            assert!(fetched, "it moved without a fetch");
            assert_eq!(Some(&high), said.values().min());
        }
        last = high;
    });
    assert!(moved > 50, "it moved {moved} times");
}

/// REP-4: when a follower last had everything: now, if it has; at its last fetch, if it now has what
/// there was then; else as before.
#[test]
fn a_follower_is_caught_up_when_it_has_what_there_was() {
    let mut follower = Follower {
        broker: NodeId(1),
        log_end_offset: Offset::UNKNOWN,
        log_start_offset: Offset::UNKNOWN,
        last_fetch_time: None,
        last_fetch_leader_end: Offset::UNKNOWN,
        last_caught_up_time: None,
        broker_epoch: None,
    };
    let mut fetch = |offset: i64, leader_end: i64, at: u64| {
        let fetch = kafka_core::broker::FollowerFetch {
            offset: Offset(offset),
            log_start: Offset::ZERO,
            broker_epoch: BrokerEpoch(7),
        };
        follower.fetched(&fetch, Offset(leader_end), Time(at));
        follower.last_caught_up_time
    };
    assert_eq!(fetch(5, 5, 10), Some(Time(10)), "it has everything");
    assert_eq!(fetch(5, 9, 20), Some(Time(10)), "4 records came meanwhile");
    assert_eq!(
        fetch(9, 12, 30),
        Some(Time(20)),
        "it has what there was at 20"
    );
    assert_eq!(
        fetch(10, 15, 40),
        Some(Time(20)),
        "it has not what there was at 30"
    );
    assert_eq!(fetch(15, 15, 50), Some(Time(50)));
}

/// REP-13: what waited for the high watermark ends in the event that moves it: the acks=all append
/// is answered and the consumer's parked fetch too.
#[test]
fn a_moved_high_watermark_ends_what_waited_for_it() {
    let mut world = played("consumer c topic=t group=g from=earliest\nwait 6s\n");
    let id = partition(&world);
    let mut waited = 0;
    let mut last = Offset::ZERO;
    let mut waiting = 0;
    watch(&mut world, 5, |world| {
        let leader = world.broker(NodeId(0)).expect("it runs");
        let replica = leader.partition(id).expect("it leads");
        let high = replica.log.high_watermark();
        let now = leader.waiting();
        if high > last && high == replica.log.log_end_offset() && waiting > 0 {
            waited += 1;
            assert_eq!(now.produce, 0, "an append below the high watermark waits");
        }
        last = high;
        waiting = now.produce;
    });
    assert!(waited > 20, "{waited}");
    let consumer = world.nodes().find_map(|node| world.consumer(node.id));
    let behind = last.0.unsigned_abs() - consumer.expect("c").delivered();
    assert!(behind < 5, "{behind}");
}
