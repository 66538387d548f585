//! Stories of replicas that fall behind, are moved, or lag by a limit.

use crate::story::Story;

/// FAIL-6: ISR 3->2->3, partition epoch +2, leader epoch the same.
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

/// FAIL-37, REP-41: replicas 3->4->3; the move completes when the new replica joins the ISR. The
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
