//! Stories of followers that cut their logs: the rules Kafka gave up, and today's.

use crate::story::Story;

const BEFORE: &str = "truncation high-watermark\n";

/// FAIL-9, INV-12: in mode HW broker 2's log goes 2->1 and it leads without a committed record; by
/// epochs it keeps both.
#[test]
fn cutting_at_the_high_watermark_loses_a_record() {
    let mut story = Story::open("FAIL-09");
    story.at(
        "crash 1",
        "leader 1 epoch 1 isr 1,2 | 0: down, 2 | 1: 2/1* | 2: 1/1",
    );
    story.play_out();
    let told = story.broken();
    story.expect("broken", &told, "INV-12 LeaderComplete: broker 2 became leader of orders-0 in epoch 2 without the committed records 1 to 2");
    story.end();
    let mut story = Story::changed("FAIL-09", BEFORE, "");
    story.at(
        "crash 1",
        "leader 1 epoch 1 isr 1,2 | 0: down, 2 | 1: 2/1* | 2: 2/1",
    );
    story.ends_with("leader 2 epoch 2 isr 2 elr 1 | 0: down, 2 | 1: down, 2 | 2: 2/1*");
    story.permits("");
    story.end();
}

/// FAIL-10, INV-2: in mode HW offset 1 is another record on each broker, below the high watermark;
/// by epochs broker 0 cuts at 1 and fetches what the leader has.
#[test]
fn two_logs_that_differ_for_ever() {
    let mut story = Story::open("FAIL-10");
    story.at("start 0", "leader 1 epoch 3 isr 1 | 0: down, 2 | 1: 2/2*");
    story.play_out();
    let told = story.record("orders-0", 1);
    story.expect("offset 1", &told, "0: m1 e0 | 1: m2 e3");
    story.says("orders-0", "leader 1 epoch 3 isr 0,1 | 0: 2/2 | 1: 2/2*");
    story.permits("INV-2 LogMatching by min.insync.replicas=1; INV-12 LeaderComplete by min.insync.replicas=1; INV-16 TrueHwMonotone by min.insync.replicas=1");
    story.end();
    let mut story = Story::changed("FAIL-10", BEFORE, "");
    story.ends_with("leader 1 epoch 3 isr 0,1 | 0: 2/2 | 1: 2/2*");
    let told = story.record("orders-0", 1);
    story.expect("offset 1", &told, "0: m2 e3 | 1: m2 e3");
    story.permits("INV-12 LeaderComplete by min.insync.replicas=1; INV-13 NoCommittedLost by min.insync.replicas=1; INV-16 TrueHwMonotone by min.insync.replicas=1");
    story.end();
}

/// FAIL-11, INV-3: answered without the epoch, broker 1's log goes 12->10 and it keeps two records
/// that its leader never had; with it (KIP-279) 12->8, and both logs are the same.
#[test]
fn a_fast_double_change_of_leader() {
    let mut story = Story::open("FAIL-11");
    story.at(
        "start 1",
        "leader 0 epoch 2 isr 0 | 0: 11/11* | 1: down, 12",
    );
    story.play_out();
    let told = story.record("orders-0", 8);
    story.expect("offset 8", &told, "0: A e0 | 1: 0 e1");
    story.permits("INV-2 LogMatching by unclean.leader.election.enable=true; INV-3 EpochPrefix by VIOLATED; INV-12 LeaderComplete by unclean.leader.election.enable=true; INV-13 NoCommittedLost by acks=1; INV-16 TrueHwMonotone by unclean.leader.election.enable=true");
    let told = story.broken();
    story.expect("broken", &told, "INV-3 EpochPrefix: broker 1 holds a batch of epoch 2 at offset 10 of orders-0 behind another history than that epoch's leader");
    story.end();
    let mut story = Story::changed("FAIL-11", "truncation epoch-end\n", "");
    story.play_out();
    let told = story.record("orders-0", 8);
    story.expect("offset 8", &told, "0: A e0 | 1: A e0");
    story.says(
        "orders-0",
        "leader 0 epoch 2 isr 0,1 | 0: 11/11* | 1: 11/11",
    );
    story.permits("INV-12 LeaderComplete by unclean.leader.election.enable=true; INV-13 NoCommittedLost by acks=1; INV-16 TrueHwMonotone by unclean.leader.election.enable=true");
    story.end();
}

/// KIP-966, REP-9, INV-23: before strict min ISR the high watermark moved on with one replica in
/// sync although two were demanded; the check finds it. With the rule it stands.
#[test]
fn a_high_watermark_without_enough_replicas() {
    let elr = "elr off\n";
    let mut story = Story::changed("FAIL-03", elr, "elr off\nstrict-min-isr off\n");
    story.play_out();
    let told = story.broken();
    story.expect("broken", &told, "INV-23 StrictMinIsr: leader 0 moved the high watermark of orders-0 with 1 in-sync replicas, although 2 are needed");
    story.end();
    let mut story = Story::open("FAIL-03");
    story.play_out();
    let told = story.broken();
    story.expect("broken", &told, "");
    story.permits("");
    story.end();
}
