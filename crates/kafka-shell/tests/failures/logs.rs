//! What is deleted, and what is compacted away.

use kafka_core::client::ClientEvent;
use kafka_core::types::NodeId;

use crate::story::Story;

/// Offsets and values that a client was given; `-` is a tombstone.
fn read(story: &Story, name: &str) -> String {
    let client = story.client(name);
    let history = story.world().history();
    let given = history.iter_from(0).filter(|item| item.client == client);
    let records = given.flat_map(|item| match &item.event {
        ClientEvent::Delivered(records) => records.iter().collect(),
        _ => Vec::new(),
    });
    let told = records.map(|record| {
        let text = |bytes: Option<&[u8]>| {
            bytes.map_or("-".to_string(), |it| String::from_utf8_lossy(it).into())
        };
        let (key, value) = (&record.record.key, &record.record.value);
        let (key, value) = (text(key.as_deref()), text(value.as_deref()));
        format!("{}:{key}={value}", record.offset)
    });
    told.collect::<Vec<String>>().join(" ")
}

/// Log start of each replica of the first partition of that topic.
fn log_starts(story: &Story, topic: &str) -> String {
    let start = |broker: u32| {
        let broker = story.world().broker(NodeId(broker))?;
        let topic = broker.image().topic(topic)?.topic;
        let mut all = broker.partitions().filter(|p| p.id.topic == topic);
        all.next().map(|p| p.log.log_start_offset().to_string())
    };
    let starts: Vec<String> = (0..3).filter_map(start).collect();
    starts.join(" ")
}

/// FAIL-26, LOG-9, LOG-10: what is too old goes, read or not; the group goes on at the log start.
#[test]
fn retention_expires_unread_data() {
    let mut story = Story::open("FAIL-26");
    story.at(
        "wait 20s",
        "leader 0 epoch 0 isr 0,1,2 | 0: 150/150* | 1: 150/150 | 2: 150/150",
    );
    assert_eq!(log_starts(&story, "orders"), "0 0 0");
    story.until("send p orders A");
    assert_eq!(log_starts(&story, "orders"), "150 150 150");
    let delivered = read(&story, "c");
    assert!(delivered.ends_with(" 49:-=49"), "{delivered}");
    story.play_out();
    assert_eq!(read(&story, "d"), "150:-=A", "100 records were skipped");
    story.permits("");
    story.end();
}

/// FAIL-27, LOG-12: what is too far ahead is refused, what is far behind is deleted at once.
#[test]
fn a_producers_clock_is_wrong() {
    let mut story = Story::open("FAIL-27");
    story.until("send behind orders past");
    story.producer("ahead", "sent 1, acked 0, failed 1, retries 0");
    story.until("wait 10s");
    story.producer("behind", "sent 1, acked 1, failed 0, retries 0");
    assert_eq!(log_starts(&story, "orders"), "0 0 0");
    story.play_out();
    assert_eq!(
        log_starts(&story, "orders"),
        "1 1 1",
        "deleted although new"
    );
    story.end();
}

/// FAIL-27, LOG-12: the leader's clock instead of the producer's helps.
#[test]
fn log_append_time_helps_against_wrong_clocks() {
    let stamped = "--config message.timestamp.type=LogAppendTime --replication-factor 3";
    let mut story = Story::changed("FAIL-27", "--replication-factor 3", stamped);
    story.play_out();
    story.producer("ahead", "sent 1, acked 1, failed 0, retries 0");
    story.producer("behind", "sent 1, acked 1, failed 0, retries 0");
    assert_eq!(log_starts(&story, "orders"), "0 0 0");
    story.end();
}

/// FAIL-27, LOG-10: without the limit (as before 4.0) a record from the future is taken, and it
/// keeps its segment and all that comes behind it.
#[test]
fn a_record_from_the_future_pins_its_segment() {
    let old = "--config message.timestamp.after.max.ms=9223372036854775807 --config retention.ms=1000 --replication-factor 3";
    let mut story = Story::changed("FAIL-27", "--replication-factor 3", old);
    story.play_out();
    story.producer("ahead", "sent 1, acked 1, failed 0, retries 0");
    assert_eq!(log_starts(&story, "orders"), "0 0 0");
    story.end();
}

/// FAIL-32: the key's old records stay in partition 2, its new ones go to partition 5.
#[test]
fn adding_partitions_moves_a_key() {
    let mut story = Story::open("FAIL-32");
    story.play_out();
    let stands = |end: &str| {
        format!("leader 0 epoch 0 isr 0,1,2 | 0: {end}/{end}* | 1: {end}/{end} | 2: {end}/{end}")
    };
    story.says("orders-2", &stands("1"));
    story.says("orders-5", &stands("1"));
    let (before, after) = (story.record("orders-2", 0), story.record("orders-5", 0));
    story.expect(
        "partition 2",
        &before,
        "0: before e0 | 1: before e0 | 2: before e0",
    );
    story.expect(
        "partition 5",
        &after,
        "0: after e0 | 1: after e0 | 2: after e0",
    );
    story.end();
}

/// FAIL-34, CMP-4, CMP-6, LOG-3: every replica removes the tombstone on its own; a reader that comes
/// later than delete.retention.ms never hears of it, one that begins anew sees the right state.
#[test]
fn a_cache_misses_the_tombstone() {
    let mut story = Story::open("FAIL-34");
    story.until("wait 2s");
    assert_eq!(read(&story, "cache"), "0:a=1 1:b=1");
    story.play_out();
    assert_eq!(read(&story, "late"), "3:a=2 4:a=3", "offset 2 is a gap");
    assert_eq!(read(&story, "fresh"), "3:a=2 4:a=3", "b does not exist");
    for broker in 0..3 {
        let broker = story.world().broker(NodeId(broker)).expect("it runs");
        let topic = broker.image().topic("table").expect("it exists").topic;
        let mut all = broker.partitions().filter(|p| p.id.topic == topic);
        let log = &all.next().expect("a replica").log;
        assert_eq!(
            log.log_start_offset().to_string(),
            "0",
            "compaction does not move it"
        );
        let records = log.disk().batches().flat_map(|batch| batch.records());
        let offsets: Vec<String> = records.map(|(offset, _)| offset.to_string()).collect();
        assert_eq!(offsets.join(" "), "3 4");
    }
    story.permits("");
    story.end();
}
