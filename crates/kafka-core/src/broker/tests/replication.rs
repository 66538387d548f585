//! Sections 4.1 to 4.4: fetching, high watermark, ISR, failover, truncation.

use super::{Bench, Event, plain};
use crate::error::ErrorCode;
use crate::node::Message;
use crate::note::Note;
use crate::protocol::{Acks, Request, Response};
use crate::types::{Duration, NodeId, Offset};

/// REP-8, REP-6: the leader's high watermark moves with the followers' next fetch;
/// a follower hears of it one round later, at most 500 ms on an idle partition.
#[test]
fn the_high_watermark_reaches_followers_one_round_late() {
    let mut bench = Bench::new(3);
    let partition = bench.create("t", &[1, 2, 3]);
    bench.produce(1, partition, Acks::All, plain(2), 10);
    assert_eq!(bench.high_watermark(1, partition), 2);
    assert_eq!(bench.log_end(2, partition), 2);
    assert_eq!(bench.high_watermark(2, partition), 0, "not told yet");
    bench.run_ms(510);
    assert_eq!(bench.high_watermark(2, partition), 2);
    assert_eq!(bench.high_watermark(3, partition), 2);
}

/// KIP-227, REP-6: an idle follower fetches twice a second and names nothing.
#[test]
fn idle_fetches_are_empty_and_rare() {
    let mut bench = Bench::new(2);
    bench.create("t", &[1, 2]);
    bench.run_ms(1_000);
    let before = bench.sent.len();
    bench.run_ms(5_000);
    let fetches = bench.sent[before..]
        .iter()
        .filter_map(|(_, _, message)| match &**message {
            Message::Request(_, Request::Fetch(fetch)) => Some(fetch),
            _ => None,
        });
    let fetches: Vec<_> = fetches.collect();
    assert!((9..=10).contains(&fetches.len()), "{}", fetches.len());
    assert!(fetches.iter().all(|fetch| fetch.partitions.is_empty()));
}

/// REP-14, REP-15: a follower that stopped fetching leaves the ISR when it has
/// lagged for more than 30 s; the check comes every 15 s. Without new records it
/// stays for ever.
#[test]
fn a_lagging_follower_leaves_the_isr() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.kill(NodeId(2));
    bench.run_ms(60_000);
    assert_eq!(
        bench.partition(1, partition).isr.len(),
        2,
        "nothing to lag behind"
    );
    bench.produce(1, partition, Acks::Leader, plain(1), 10);
    bench.run_ms(16_000);
    assert_eq!(bench.partition(1, partition).isr, [NodeId(1)]);
    assert_eq!(bench.high_watermark(1, partition), 1, "REP-10");
}

/// REP-17, REP-18: a follower that caught up and is unfenced comes back, also when
/// it was unfenced only after it had caught up.
#[test]
fn a_follower_that_caught_up_enters_the_isr() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.fence(2, true);
    bench.set_isr(partition, &[1]);
    bench.produce(1, partition, Acks::All, plain(1), 1_100);
    assert_eq!(bench.log_end(2, partition), 1);
    assert_eq!(bench.partition(1, partition).isr, [NodeId(1)], "fenced");
    bench.fence(2, false);
    bench.run_ms(600);
    assert_eq!(bench.partition(1, partition).isr, [NodeId(1), NodeId(2)]);
}

/// REP-16, REP-21: INELIGIBLE_REPLICA takes the change back and a later fetch tries
/// again; INVALID_UPDATE_VERSION leaves it pending until new metadata.
#[test]
fn refused_isr_changes() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.controller.refuse_isr = Some(ErrorCode::IneligibleReplica);
    bench.set_isr(partition, &[1]);
    bench.run_ms(1_100);
    let proposals = |bench: &Bench| {
        let notes = bench.notes.iter();
        notes
            .filter(|(_, note)| matches!(note, Note::IsrProposed(..)))
            .count()
    };
    assert!(proposals(&bench) >= 2, "tried again with each fetch");
    bench.controller.refuse_isr = Some(ErrorCode::InvalidUpdateVersion);
    bench.run_ms(600);
    let before = proposals(&bench);
    bench.run_ms(3_000);
    assert_eq!(proposals(&bench), before, "one change at a time");
    let leadership = bench.partition(1, partition).leadership().cloned();
    assert!(leadership.expect("leads").pending.is_some());
    bench.controller.refuse_isr = None;
    bench.set_isr(partition, &[1]);
    bench.run_ms(600);
    assert_eq!(bench.partition(1, partition).isr, [NodeId(1), NodeId(2)]);
}

/// REP-16, REP-21: the answer to a change that new metadata has overtaken says nothing
/// about the change that is pending now.
#[test]
fn a_late_answer_does_not_settle_a_newer_isr_change() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.controller.refuse_isr = Some(ErrorCode::InvalidUpdateVersion);
    bench.set_isr(partition, &[1]);
    let is_answer = |event: &Event| match event {
        Event::Message(_, _, message) => {
            matches!(
                &**message,
                Message::Response(_, Response::AlterPartition(_))
            )
        }
        _ => false,
    };
    let on_its_way = |bench: &Bench| {
        let mut events = bench.events.iter();
        events
            .find(|(_, event)| is_answer(event))
            .map(|(slot, _)| *slot)
    };
    while on_its_way(&bench).is_none() {
        bench.run_ms(1);
    }
    let slot = on_its_way(&bench).expect("just seen");
    let answer = bench.events.remove(&slot).expect("just seen");
    bench.push(Duration::from_ms(1_500), answer);
    bench.controller.refuse_isr = None;
    bench.set_isr(partition, &[1]);
    bench.run_ms(3_000);
    assert_eq!(bench.partition(1, partition).isr, [NodeId(1), NodeId(2)]);
}

/// REP-23, REP-12, REP-24: after a failover the new leader keeps everything it has
/// and writes in its own epoch; the old one comes back as a follower.
#[test]
fn failover_and_return() {
    let mut bench = Bench::new(3);
    let partition = bench.create("t", &[1, 2, 3]);
    bench.produce(1, partition, Acks::All, plain(2), 600);
    bench.kill(NodeId(1));
    bench.elect(partition, Some(2), &[2, 3]);
    bench.run_ms(600);
    let became = Note::BecameLeader(partition, crate::types::LeaderEpoch(1), Offset(2));
    assert!(bench.notes.contains(&(NodeId(2), became)));
    let response = bench.produce(2, partition, Acks::All, plain(1), 1_200);
    assert_eq!(super::offsets(&response.expect("answered")), [Offset(2)]);
    bench.start(NodeId(1));
    bench.run_ms(4_000);
    assert_eq!(bench.log_end(1, partition), 3);
    let epochs = bench.partition(1, partition).log.disk().epochs().clone();
    let entries: Vec<(i32, i64)> = epochs.entries().iter().map(|e| (e.0.0, e.1.0)).collect();
    assert_eq!(entries, [(0, 0), (1, 2)]);
    let isr = &bench.partition(2, partition).isr;
    assert_eq!(*isr, [NodeId(1), NodeId(2), NodeId(3)], "ascending");
}

/// REP-25, REP-3: two logs that diverged over several epochs are made equal in as
/// many rounds as it takes.
#[test]
fn diverged_logs_are_truncated_in_rounds() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.produce(1, partition, Acks::All, plain(2), 600);
    // The two lead in turns, each without the other hearing of it.
    for link in [(1, 2), (2, 1)] {
        bench.cut.insert((NodeId(link.0), NodeId(link.1)));
    }
    for (leader, count) in [(1, 1), (2, 2), (1, 3), (2, 1), (1, 2)] {
        bench.elect(partition, Some(leader), &[leader]);
        bench.run_ms(5);
        bench.produce(leader, partition, Acks::Leader, plain(count), 5);
    }
    assert_eq!(bench.log_end(1, partition), 8);
    assert_eq!(bench.log_end(2, partition), 5);
    bench.cut.clear();
    bench.elect(partition, Some(2), &[2]);
    bench.run_ms(35_000);
    let batches = |id| -> Vec<_> {
        let partition = bench.partition(id, partition);
        let disk = partition.log.disk();
        disk.batches().cloned().collect()
    };
    assert_eq!(batches(1), batches(2));
    let cuts = bench.notes.iter().filter_map(|(id, note)| match note {
        Note::Truncated { to, .. } if *id == NodeId(1) => Some(to.0),
        _ => None,
    });
    let cuts: Vec<i64> = cuts.collect();
    assert!(cuts.len() >= 2, "{cuts:?}");
    assert!(cuts.is_sorted_by(|a, b| a > b), "{cuts:?}");
}

/// REP-25, EPO-4: a leader that was deposed before it wrote anything has an epoch
/// entry at its log end that no other log has; one truncation of nothing removes it.
#[test]
fn an_epoch_without_records_does_not_stop_replication() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.produce(1, partition, Acks::All, plain(2), 600);
    bench.elect(partition, Some(1), &[1, 2]);
    bench.cut.insert((super::CONTROLLER, NodeId(2)));
    bench.elect(partition, Some(1), &[1, 2]);
    bench.run_ms(5);
    bench.cut.clear();
    bench.elect(partition, Some(2), &[1, 2]);
    // Broker 2 hears of it when its fetch of metadata has timed out and was repeated.
    bench.run_ms(5_000);
    let response = bench.produce(2, partition, Acks::All, plain(1), 3_000);
    assert_eq!(super::offsets(&response.expect("answered")), [Offset(2)]);
    assert_eq!(bench.log_end(1, partition), 3);
}

/// REP-2: a follower with an epoch the leader does not know yet waits and tries
/// again; one with an old epoch stops until it has new metadata (REP-7).
#[test]
fn fetches_of_other_epochs_are_refused() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.cut.insert((super::CONTROLLER, NodeId(2)));
    bench.elect(partition, Some(1), &[1, 2]);
    bench.run_ms(600);
    let answer = bench.sent.iter().rev().find_map(|(from, _, message)| {
        match (&**message, *from == NodeId(1)) {
            (Message::Response(_, Response::Fetch(fetch)), true) => fetch.partitions.first(),
            _ => None,
        }
    });
    let error = answer.expect("the epoch ended the parked fetch").error;
    assert_eq!(error, ErrorCode::FencedLeaderEpoch);
    let before = bench.sent.len();
    bench.run_ms(5_000);
    let fetches = bench.sent[before..].iter().filter(|(from, _, message)| {
        *from == NodeId(2) && matches!(&**message, Message::Request(_, Request::Fetch(_)))
    });
    assert_eq!(fetches.count(), 0);
}

/// TOP-9: a deleted topic's replicas are gone, also for a broker that was down.
#[test]
fn deleted_topics_leave_no_replica() {
    let mut bench = Bench::new(2);
    let partition = bench.create("t", &[1, 2]);
    bench.kill(NodeId(2));
    bench.append(vec![crate::metadata::MetadataRecord::RemoveTopic {
        topic: partition.topic,
    }]);
    bench.run_ms(600);
    assert!(bench.broker(1).partition(partition).is_none());
    bench.start(NodeId(2));
    bench.run_ms(3_000);
    assert!(bench.broker(2).partition(partition).is_none());
    bench.kill(NodeId(2));
    assert!(bench.disks[&NodeId(2)].logs.is_empty());
}
