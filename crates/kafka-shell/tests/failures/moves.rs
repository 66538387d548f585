//! Stories of replicas that fall behind, are moved, or lag by a limit.

use crate::story::Story;

/// FAIL-6, REP-20: ISR 3->2->3, partition epoch +2, leader epoch the same.
#[test]
fn a_slow_follower_leaves_and_rejoins() {
    let mut story = Story::open("FAIL-06");
    story.until("slow 2 -> 0 25s");
    let before = story.partition_epoch("orders-0");
    story.until("wait 35s");
    story.expect_isr("orders-0", "leader 0 epoch 0 isr 0,1,2");
    story.until("heal");
    story.expect_isr("orders-0", "leader 0 epoch 0 isr 0,1");
    story.play_out();
    story.expect_isr("orders-0", "leader 0 epoch 0 isr 0,1,2");
    assert_eq!(story.partition_epoch("orders-0"), before + 2);
    story.end();
}

/// FAIL-37, REP-41, REP-28 (a removed replica raises the leader epoch, although the leader stays):
/// replicas 3->4->3; the move completes when the new replica joins the ISR. The
/// recorded tool's words at each step; the throttle makes it last.
#[test]
fn a_replica_moves_under_load() {
    let mut story = Story::open("FAIL-37");
    story.until("wait 5s");
    let printed = story.printed().to_string();
    story.expect("execute", &printed, "Current partition replica assignment\n\n{\"version\":1,\"partitions\":[{\"topic\":\"orders\",\"partition\":0,\"replicas\":[0,1,2],\"log_dirs\":[\"/tmp/kafka-logs-0\",\"/tmp/kafka-logs-1\",\"/tmp/kafka-logs-2\"]}]}\n\nSave this to use as the --reassignment-json-file option during rollback\nWarning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.\nThe inter-broker throttle limit was set to 100000 B/s\nSuccessfully started partition reassignment for orders-0\n");
    story.until("wait 60s");
    let printed = story.printed().to_string();
    story.expect(
        "list",
        &printed,
        "Current partition reassignments:\norders-0: replicas: 0,1,3,2. adding: 3. removing: 2.\n",
    );
    story.expect_isr("orders-0", "leader 0 epoch 0 isr 0,1,2");
    story.play_out();
    let printed = story.printed().to_string();
    story.expect("verify", &printed, "Status of partition reassignment:\nReassignment of partition orders-0 is completed.\n\nClearing broker-level throttles on brokers 0,1,2,3\nClearing topic-level throttles on topic orders\n");
    story.expect_isr("orders-0", "leader 0 epoch 1 isr 0,1,3");
    story.permits("");
    story.end();
}

/// FAIL-23, LOG-16: the full directory alone goes offline, at its next append: the replica there
/// leaves the ISR, and where it led the leader epoch is one more; the replica in the other directory
/// leads on. After a restart the directory is used again, with what was in it.
#[test]
fn the_disk_of_one_log_directory_is_full() {
    let mut story = Story::open("FAIL-23");
    story.until("fill-disk 0 dir=1");
    story.expect_isr("orders-1", "leader 0 epoch 0 isr 0,2,1");
    story.until("wait 5s");
    let printed = story.printed().to_string();
    let offline = "{\"partitions\":[],\"error\":\"org.apache.kafka.common.errors.KafkaStorageException\",\"logDir\":\"/tmp/kafka-logs-0-1\"}";
    assert!(printed.contains(offline), "{printed}");
    story.expect_isr("orders-0", "leader 0 epoch 0 isr 0,1,2");
    story.expect_isr("orders-1", "leader 2 epoch 1 isr 2,1");
    story.play_out();
    let printed = story.printed().to_string();
    assert!(!printed.contains("KafkaStorageException"), "{printed}");
    story.expect_isr("orders-1", "leader 2 epoch 1 isr 0,1,2");
    story.counts("sent 300, acked 300, failed 0, lost 0, twice 0");
    story.permits("");
    story.end();
}

/// LOG-16: with the log directory of the metadata, here its only one, the broker halts; leader epoch
/// +1 where it led, ISR -1 everywhere. It cannot start on the broken disk, and copies everything to
/// the new one; a full disk keeps what is on it.
#[test]
fn the_log_directory_of_the_metadata_fails() {
    const ALONE: &str = "\
cluster brokers=3 controllers=3
set min.insync.replicas=2
placement orders 0=0,1,2 1=1,2,0
wait 1s
$ kafka-topics.sh --create --topic orders --partitions 2 --replication-factor 3 --bootstrap-server localhost:9092
producer p acks=all
load p orders every=20ms count=100 keys=9
wait 5s
fail-log-dir 0
wait 15s
repair-disk 0
start 0
wait 20s
";
    let mut story = Story::told(&format!("scenario 1\n{ALONE}"));
    story.at(
        "repair-disk 0",
        "leader 1 epoch 1 isr 1,2 | 0: down, 55 | 1: 55/55* | 2: 55/55",
    );
    story.says(
        "orders-1",
        "leader 1 epoch 0 isr 1,2 | 1: 45/45* | 2: 45/45 | 0: down, 45",
    );
    let refused = story.refuses("start 0");
    story.expect(
        "start",
        &refused,
        "the disk of broker 0 is broken: repair it first, which replaces it",
    );
    story.ends_with("leader 1 epoch 1 isr 0,1,2 | 0: 55/55 | 1: 55/55* | 2: 55/55");
    story.says(
        "orders-1",
        "leader 1 epoch 0 isr 0,1,2 | 1: 45/45* | 2: 45/45 | 0: 45/45",
    );
    story.permits("");
    story.end();
    // A full disk keeps what is on it.
    let mut story = Story::told(&format!(
        "scenario 1\n{}",
        ALONE.replace("fail-log-dir", "fill-disk")
    ));
    story.until("repair-disk 0");
    story.says(
        "orders-1",
        "leader 1 epoch 0 isr 1,2 | 1: 45/45* | 2: 45/45 | 0: down, 45",
    );
    story.play_out();
    story.says(
        "orders-1",
        "leader 1 epoch 0 isr 0,1,2 | 1: 45/45* | 2: 45/45 | 0: 45/45",
    );
    story.end();
}
