//! CON-2 to CON-12: positions, fetching, commits.

use super::*;
use crate::config::Deserializer;
use crate::protocol::OffsetForLeaderEpochResponse;
use crate::types::TopicId;

fn one() -> ConsumerConfig {
    ConsumerConfig {
        group: None,
        ..config()
    }
}

/// Reads partition 0 without a group, from offset 0.
fn assigned(config: ConsumerConfig) -> Fake<Consumer> {
    let mut fake = consumer(config);
    fake.command(ClientCommand::Assign(vec![named(0)]));
    fake.settle();
    list_offsets(&mut fake, 0);
    fake
}

fn fetch_offset(fake: &Fake<Consumer>) -> Vec<i64> {
    let of = |request: &Request| match request {
        Request::Fetch(fetch) => fetch.partitions.iter().map(|p| p.fetch_offset.0).collect(),
        _ => Vec::new(),
    };
    fake.sent.iter().flat_map(|s| of(&s.request)).collect()
}

/// CON-4: a poll returns at most `max.poll.records`; nothing is fetched of a
/// partition that is buffered; the next fetch follows the last record.
#[test]
fn poll_returns_at_most_max_poll_records() {
    let config = ConsumerConfig {
        max_poll_records: 4,
        ..one()
    };
    let mut fake = assigned(config);
    fetch(&mut fake, ErrorCode::None, &[batch(0, 3), batch(3, 3)]);
    assert_eq!(delivered(&fake.events).len(), 4);
    assert_eq!(fetch_offset(&fake), []);
    assert_eq!(fake.node.buffered(), 2);
    fake.advance(Duration::from_ms(100));
    assert_eq!(delivered(&fake.events).len(), 6);
    assert_eq!(fetch_offset(&fake), [6]);
}

/// The application of a consumer with a capacity polls again when it is through with what it
/// got: four records at four a second take a second.
#[test]
fn a_busy_application_polls_when_it_is_through() {
    let config = ConsumerConfig {
        max_poll_records: 4,
        capacity: 4,
        ..one()
    };
    let mut fake = assigned(config);
    fetch(&mut fake, ErrorCode::None, &[batch(0, 3), batch(3, 3)]);
    assert_eq!(delivered(&fake.events).len(), 4);
    fake.advance(Duration::from_ms(999));
    assert_eq!(delivered(&fake.events).len(), 4);
    fake.advance(Duration::from_ms(1));
    assert_eq!(delivered(&fake.events).len(), 6);
}

/// CON-4: records of a batch below the position are skipped.
#[test]
fn a_seek_into_a_batch_skips_its_head() {
    let mut fake = assigned(one());
    fake.command(ClientCommand::Seek(named(0), Offset(2)));
    // CON-3: the answer to the fetch from 0 is nobody's.
    fetch(&mut fake, ErrorCode::None, &[batch(0, 5)]);
    assert_eq!(delivered(&fake.events), []);
    assert_eq!(fetch_offset(&fake), [2]);
    fetch(&mut fake, ErrorCode::None, &[batch(0, 5)]);
    assert_eq!(delivered(&fake.events), [(0, 2), (0, 3), (0, 4)]);
}

/// CON-5: out of range follows the reset policy; with none the exception is the
/// recorded one (story reset-none), in every poll.
#[test]
fn out_of_range() {
    let mut fake = assigned(one());
    fetch(&mut fake, ErrorCode::OffsetOutOfRange, &[]);
    assert!(fake.apis().contains(&ApiKey::ListOffsets));
    let mut fake = consumer(ConsumerConfig {
        offset_reset: OffsetReset::None,
        auto_commit: false,
        ..config()
    });
    join(&mut fake, &[0]);
    committed(&mut fake, 1);
    fetch(&mut fake, ErrorCode::OffsetOutOfRange, &[]);
    let text = "OffsetOutOfRangeException: Fetch position FetchPosition{offset=1, offsetEpoch=Optional.empty, currentLeader=LeaderAndEpoch{leader=Optional[localhost:9092 (id: 0 rack: null isFenced: false)], epoch=0}} is out of range for partition t-0";
    assert_eq!(callbacks(&fake.events), ["assigned [0] 1", text]);
}

/// CON-2 and the story reset-none: no committed offset and no policy: every poll
/// throws, after asking again.
#[test]
fn no_offset_and_no_policy() {
    let mut fake = consumer(ConsumerConfig {
        offset_reset: OffsetReset::None,
        auto_commit: false,
        ..config()
    });
    join(&mut fake, &[0]);
    committed(&mut fake, -1);
    fake.advance(Duration::from_ms(100));
    committed(&mut fake, -1);
    let text = "NoOffsetForPartitionException: Undefined offset with no reset policy for partitions: [t-0]";
    assert_eq!(callbacks(&fake.events), ["assigned [0] 1", text, text]);
}

/// CON-8: inside poll, every `auto.commit.interval.ms`, positions of what earlier
/// polls returned; never between polls.
#[test]
fn auto_commit_has_its_period() {
    let mut fake = consumer(config());
    join(&mut fake, &[0]);
    committed(&mut fake, 5);
    fake.advance(Duration::from_ms(4_900));
    assert!(!fake.apis().contains(&ApiKey::OffsetCommit));
    fake.advance(Duration::from_ms(200));
    commit_answer(&mut fake, ErrorCode::None);
    let expected = ClientEvent::Committed {
        offsets: vec![(named(0), Offset(5))],
        failure: None,
        auto: true,
    };
    assert!(fake.events.contains(&expected));
    fake.command(ClientCommand::StopPolling);
    fake.advance(Duration::from_secs(20));
    assert!(!fake.apis().contains(&ApiKey::OffsetCommit));
}

/// CON-11: commitSync repeats retriable errors and blocks the application.
#[test]
fn commit_sync_retries() {
    let mut fake = consumer(ConsumerConfig {
        auto_commit: false,
        ..config()
    });
    join(&mut fake, &[0]);
    committed(&mut fake, 5);
    fake.command(ClientCommand::Commit(None));
    commit_answer(&mut fake, ErrorCode::CoordinatorLoadInProgress);
    fake.advance(Duration::from_ms(120));
    commit_answer(&mut fake, ErrorCode::None);
    let ended = |e: &&ClientEvent| matches!(e, ClientEvent::Committed { failure: None, .. });
    assert_eq!(fake.events.iter().filter(ended).count(), 1);
    let shown = fake.node.assignment().next().expect("one partition");
    assert_eq!(shown.committed, Offset(5));
}

/// CON-12: a new leader epoch: the position is validated; the log is shorter
/// there, so reading goes on at its end.
#[test]
fn a_new_leader_epoch_is_validated() {
    let mut fake = assigned(one());
    fetch(&mut fake, ErrorCode::None, &[batch(0, 10)]);
    fake.topics = vec![topic("t", 4, &[(2, 1), (2, 0)])];
    fake.advance(Duration::from_ms(100));
    fetch(&mut fake, ErrorCode::NotLeaderOrFollower, &[]);
    fake.advance(Duration::from_ms(200));
    fake.answer(ApiKey::OffsetForLeaderEpoch, |_| {
        let partition = TopicPartition::new(TopicId(4), 0);
        Response::OffsetForLeaderEpoch(OffsetForLeaderEpochResponse {
            partitions: vec![(partition, ErrorCode::None, LeaderEpoch(0), Offset(7))],
        })
    });
    fake.settle();
    assert_eq!(fetch_offset(&fake).last(), Some(&7));
}

/// CON-12: the next leader comes while the position is being validated with the one
/// before: its answer is dropped and the new leader is asked in its own epoch.
#[test]
fn validation_follows_the_leader() {
    let mut fake = assigned(one());
    fetch(&mut fake, ErrorCode::None, &[batch(0, 10)]);
    fake.topics = vec![topic("t", 4, &[(2, 1), (2, 0)])];
    fake.advance(Duration::from_ms(100));
    fetch(&mut fake, ErrorCode::NotLeaderOrFollower, &[]);
    fake.advance(Duration::from_ms(200));
    let partition = TopicPartition::new(TopicId(4), 0);
    let answer = |error| {
        Response::OffsetForLeaderEpoch(OffsetForLeaderEpochResponse {
            partitions: vec![(partition, error, LeaderEpoch(0), Offset(10))],
        })
    };
    let asked_epoch = |fake: &Fake<Consumer>| {
        let request = fake.sent.iter().find_map(|sent| match &sent.request {
            Request::OffsetForLeaderEpoch(request) => Some(request.partitions[0].1),
            _ => None,
        });
        request.map(|epoch| epoch.0)
    };
    assert_eq!(asked_epoch(&fake), Some(1));
    fake.topics = vec![topic("t", 4, &[(1, 2), (2, 0)])];
    fake.answer(ApiKey::OffsetForLeaderEpoch, |_| {
        answer(ErrorCode::FencedLeaderEpoch)
    });
    fake.advance(Duration::from_ms(2_000));
    assert_eq!(asked_epoch(&fake), Some(2));
    fake.answer(ApiKey::OffsetForLeaderEpoch, |_| answer(ErrorCode::None));
    fake.settle();
    assert_eq!(fetch_offset(&fake).last(), Some(&10));
}

/// KIP-899: with every server gone the client goes back to its bootstrap servers and
/// waits for their back-off to end, however long ago others failed.
#[test]
fn without_servers_the_client_waits() {
    let mut fake = assigned(one());
    let begin = fake.now;
    for _ in 0..2_000 {
        match fake.sent.front().map(|sent| sent.to) {
            Some(peer) => fake.disconnect(peer.0),
            None => drop(fake.step(Time(u64::MAX))),
        }
    }
    let waited = fake.now.since(begin);
    assert!(waited > Duration::from_secs(60), "{waited:?}");
}

/// CON-6: a paused partition is not fetched, what is buffered of it waits.
#[test]
fn a_paused_partition_waits() {
    let mut fake = assigned(one());
    fake.command(ClientCommand::Pause(vec![named(0)], true));
    fetch(&mut fake, ErrorCode::None, &[batch(0, 2)]);
    fake.advance(Duration::from_ms(300));
    assert_eq!(delivered(&fake.events), []);
    assert_eq!(fetch_offset(&fake), []);
    fake.command(ClientCommand::Pause(vec![named(0)], false));
    fake.advance(Duration::from_ms(100));
    assert_eq!(delivered(&fake.events).len(), 2);
}

/// A tool ends after its number of records and closes.
#[test]
fn max_records_ends_the_reading() {
    let config = ConsumerConfig {
        max_records: Some(3),
        ..one()
    };
    let mut fake = assigned(config);
    fetch(&mut fake, ErrorCode::None, &[batch(0, 5)]);
    assert_eq!(delivered(&fake.events).len(), 3);
    assert!(fake.exited);
}

/// FAIL-24, CON-1: a record whose value is no number is thrown at every poll, after what
/// stands before it. The position stays there; whoever seeks past it reads on.
#[test]
fn a_value_that_cannot_be_deserialized() {
    let config = ConsumerConfig {
        value_deserializer: Deserializer::Integer,
        ..one()
    };
    let mut fake = assigned(config);
    let valued = |offset: i64, value: &[u8]| {
        let value = Some(value.into());
        let record = Record {
            value,
            ..Record::default()
        };
        batch_of(offset, vec![record])
    };
    let batches = [
        valued(0, b"0001"),
        valued(1, b"no number"),
        valued(2, b"0003"),
    ];
    fetch(&mut fake, ErrorCode::None, &batches);
    assert_eq!(delivered(&fake.events), [(0, 0)]);
    fake.advance(Duration::from_ms(200));
    let text = "RecordDeserializationException: Error deserializing VALUE for partition t-0 at offset 1. If needed, please seek past the record to continue consumption.";
    assert_eq!(callbacks(&fake.events), [text, text]);
    assert_eq!(delivered(&fake.events).len(), 1);
    fake.command(ClientCommand::Seek(named(0), Offset(2)));
    fake.advance(Duration::from_ms(100));
    fetch(&mut fake, ErrorCode::None, &batches[2..]);
    assert_eq!(delivered(&fake.events), [(0, 0), (0, 2)]);
}
