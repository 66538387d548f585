//! Stories of leaders, followers and records.

use crate::story::Story;

/// FAIL-1: acks=1, and the leader dies before anybody fetched: epoch 0->1, its log goes 12->10->12,
/// A and B are gone though acknowledged; only acks=1 permits that.
#[test]
fn acks_1_loses_what_no_follower_has() {
    let mut story = Story::open("FAIL-01");
    story.at(
        "crash 0",
        "leader 0 epoch 0 isr 0,1,2 | 0: 12/10* | 1: 10/10 | 2: 10/10",
    );
    story.at(
        "send p orders X",
        "leader 1 epoch 1 isr 1,2 | 0: down, 12 | 1: 10/10* | 2: 10/10",
    );
    story.at(
        "start 0",
        "leader 1 epoch 1 isr 1,2 | 0: down, 12 | 1: 12/12* | 2: 12/12",
    );
    story.ends_with("leader 1 epoch 1 isr 0,1,2 | 0: 12/12 | 1: 12/12* | 2: 12/12");
    story.counts("sent 14, acked 14, failed 0, lost 2, twice 0");
    story.permits("INV-13 NoCommittedLost by acks=1");
    story.end();
}

/// FAIL-2: ISR {0,1,2}->{0,1}->{0}; the high watermark is frozen while the log end grows.
#[test]
fn two_of_three_must_have_it() {
    let mut story = Story::open("FAIL-02");
    story.at(
        "crash 1",
        "leader 0 epoch 0 isr 0,1 | 0: 11/11* | 1: 11/11 | 2: down, 10",
    );
    story.at(
        "start 1",
        "leader 0 epoch 0 isr 0 | 0: 12/11* | 1: down, 11 | 2: down, 10",
    );
    story.producer("p", "sent 12, acked 11, failed 0, retries 4");
    story.producer("q", "sent 1, acked 1, failed 0, retries 0");
    story.ends_with("leader 0 epoch 0 isr 0,1 | 0: 13/13* | 1: 13/13 | 2: down, 10");
    story.producer("p", "sent 12, acked 12, failed 0, retries 5");
    story.permits("");
    story.end();
}

/// FAIL-3: the log end is 11, the high watermark 10, while the write waits; sent again without
/// idempotence C stands at 10 and 11, with idempotence at 10 alone.
#[test]
fn a_write_that_waits_for_a_dead_replica_is_sent_again() {
    let mut story = Story::open("FAIL-03");
    story.at(
        "start 1",
        "leader 0 epoch 0 isr 0 | 0: 11/10* | 1: down, 10",
    );
    story.ends_with("leader 0 epoch 0 isr 0,1 | 0: 12/12* | 1: 12/12");
    story.counts("sent 11, acked 11, failed 0, lost 0, twice 1");
    story.end();
    let mut story = Story::changed("FAIL-03", " enable.idempotence=false", "");
    story.ends_with("leader 0 epoch 0 isr 0,1 | 0: 11/11* | 1: 11/11");
    story.counts("sent 11, acked 11, failed 0, lost 0, twice 0");
    story.end();
}

/// FAIL-4: epoch +1, the high watermark falls 20->5, broker 0's log 20->5; 15 committed records are
/// lost. Without unclean elections nobody leads until broker 0 is back.
#[test]
fn an_unclean_election_forgets() {
    let mut story = Story::open("FAIL-04");
    story.at("crash 0", "leader 0 epoch 0 isr 0 | 0: 20/20* | 1: down, 5");
    story.at("start 0", "leader 1 epoch 1 isr 1 | 0: down, 20 | 1: 5/5*");
    story.ends_with("leader 1 epoch 1 isr 0,1 | 0: 5/5 | 1: 5/5*");
    story.counts("sent 20, acked 20, failed 0, lost 15, twice 0");
    story.permits("INV-12 LeaderComplete by unclean.leader.election.enable=true; INV-13 NoCommittedLost by unclean.leader.election.enable=true; INV-14 ConsistentRead by unclean.leader.election.enable=true; INV-16 TrueHwMonotone by unclean.leader.election.enable=true");
    story.end();
    let unclean = "set unclean.leader.election.enable=true\n";
    let mut story = Story::changed("FAIL-04", unclean, "");
    story.at(
        "start 0",
        "leader none epoch 1 isr 0 | 0: down, 20 | 1: 5/5",
    );
    story.ends_with("leader 0 epoch 2 isr 0,1 | 0: 20/20* | 1: 20/20");
    story.counts("sent 20, acked 20, failed 0, lost 0, twice 0");
    story.permits("");
    story.end();
}

/// FAIL-5: two leaders in two epochs; the old one's log end grows and its high watermark is frozen,
/// its acks=1 records are lost; who reads from it never sees them.
#[test]
fn a_leader_that_does_not_know_it_was_replaced() {
    let mut story = Story::open("FAIL-05");
    story.at(
        "heal",
        "leader 1 epoch 1 isr 1,2 | 0: 12/10* | 1: 11/11* | 2: 11/11",
    );
    let delivered = |story: &Story| {
        let consumer = story.world().consumer(story.client("d"));
        consumer.expect("it runs").delivered().to_string()
    };
    let told = delivered(&story);
    story.expect("delivered to d", &told, "10");
    story.ends_with("leader 1 epoch 1 isr 0,1,2 | 0: 11/11 | 1: 11/11* | 2: 11/11");
    story.producer("q", "sent 12, acked 12, failed 0, retries 0");
    story.counts("sent 13, acked 13, failed 0, lost 2, twice 0");
    story.permits("INV-13 NoCommittedLost by acks=1");
    story.end();
}

/// FAIL-7: an hour of silence on an idle partition changes nothing; within 15 s of the write the
/// ISR changes and the write completes.
#[test]
fn silence_is_no_lag_on_an_idle_partition() {
    let mut story = Story::open("FAIL-07");
    story.at(
        "send p orders A",
        "leader 0 epoch 0 isr 0,1,2 | 0: 10/10* | 1: 10/10 | 2: 10/10",
    );
    story.at(
        "wait 15s",
        "leader 0 epoch 0 isr 0,1,2 | 0: 11/10* | 1: 11/10 | 2: 10/10",
    );
    story.producer("p", "sent 11, acked 10, failed 0, retries 0");
    story.ends_with("leader 0 epoch 0 isr 0,1 | 0: 11/11* | 1: 11/11 | 2: 10/10");
    story.producer("p", "sent 11, acked 11, failed 0, retries 0");
    story.end();
}

/// FAIL-8: log end 16 without idempotence, 13 with it.
#[test]
fn the_answer_that_got_lost() {
    let mut story = Story::open("FAIL-08");
    story.ends_with("leader 0 epoch 0 isr 0,1,2 | 0: 16/16* | 1: 16/16 | 2: 16/16");
    story.counts("sent 13, acked 13, failed 0, lost 0, twice 3");
    story.end();
    let mut story = Story::changed("FAIL-08", " enable.idempotence=false", "");
    story.ends_with("leader 0 epoch 0 isr 0,1,2 | 0: 13/13* | 1: 13/13 | 2: 13/13");
    story.counts("sent 13, acked 13, failed 0, lost 0, twice 0");
    story.end();
}

/// FAIL-12: without ELR the high watermark is 0 in the end; with it broker 1 leads and nothing is
/// lost.
#[test]
fn the_last_replica_standing() {
    let mut story = Story::open("FAIL-12");
    story.at(
        "start 0",
        "leader none epoch 1 isr 0 | 0: down, 0 | 1: down, 10 | 2: down, 10",
    );
    story.at(
        "start 1",
        "leader 0 epoch 2 isr 0 | 0: 0/0* | 1: down, 10 | 2: down, 10",
    );
    story.ends_with("leader 0 epoch 2 isr 0,1,2 | 0: 0/0* | 1: 0/0 | 2: 0/0");
    story.counts("sent 10, acked 10, failed 0, lost 10, twice 0");
    story.permits("INV-12 LeaderComplete by eligible.leader.replicas.version=0; INV-13 NoCommittedLost by eligible.leader.replicas.version=0; INV-16 TrueHwMonotone by eligible.leader.replicas.version=0");
    story.end();
    let mut story = Story::changed("FAIL-12", "elr off", "elr on");
    story.at(
        "start 0",
        "leader none epoch 1 isr  elr 0,1 | 0: down, 0 | 1: down, 10 | 2: down, 10",
    );
    story.at(
        "start 1",
        "leader none epoch 1 isr  elr 1 | 0: 0/0 | 1: down, 10 | 2: down, 10",
    );
    story.ends_with("leader 1 epoch 2 isr 0,1,2 | 0: 10/10 | 1: 10/10* | 2: 10/10");
    story.counts("sent 10, acked 10, failed 0, lost 0, twice 0");
    story.permits("");
    story.end();
}

/// FAIL-35: with min.insync.replicas = replication factor one stopped broker stops acks=all; with 1
/// it does not.
#[test]
fn all_replicas_or_none() {
    let mut story = Story::open("FAIL-35");
    story.at(
        "start 2",
        "leader 0 epoch 0 isr 0,1 | 0: 10/10* | 1: 10/10 | 2: down, 10",
    );
    story.producer("p", "sent 11, acked 10, failed 0, retries 5");
    story.ends_with("leader 0 epoch 0 isr 0,1,2 | 0: 11/11* | 1: 11/11 | 2: 11/11");
    story.producer("p", "sent 11, acked 11, failed 0, retries 6");
    story.end();
    let (all, one) = ("min.insync.replicas=3", "min.insync.replicas=1");
    let mut story = Story::changed("FAIL-35", all, one);
    story.until("start 2");
    story.producer("p", "sent 11, acked 11, failed 0, retries 0");
    story.end();
}

/// FAIL-36: leadership gathers on the brokers that were restarted first; the preferred pass (every
/// 300 s, REP-38) moves it back, leader epoch +1 each.
#[test]
fn leaders_gather_after_a_rolling_restart() {
    let mut story = Story::open("FAIL-36");
    story.at(
        "wait 300s",
        "leader 0 epoch 2 isr 0,1,2 | 0: 0/0* | 1: 0/0 | 2: 0/0",
    );
    story.says(
        "orders-1",
        "leader 1 epoch 2 isr 0,1,2 | 1: 0/0* | 2: 0/0 | 0: 0/0",
    );
    story.says(
        "orders-2",
        "leader 0 epoch 1 isr 0,1,2 | 2: 0/0 | 0: 0/0* | 1: 0/0",
    );
    story.ends_with("leader 0 epoch 2 isr 0,1,2 | 0: 0/0* | 1: 0/0 | 2: 0/0");
    story.says(
        "orders-1",
        "leader 1 epoch 2 isr 0,1,2 | 1: 0/0* | 2: 0/0 | 0: 0/0",
    );
    story.says(
        "orders-2",
        "leader 2 epoch 2 isr 0,1,2 | 2: 0/0* | 0: 0/0 | 1: 0/0",
    );
    story.end();
}

/// FAIL-38: one send fails with a timeout, the log is one record longer; sent again it is two.
#[test]
fn failed_and_yet_written() {
    let mut story = Story::open("FAIL-38");
    story.at(
        "link-up 0 -> p",
        "leader 0 epoch 0 isr 0,1,2 | 0: 2/2* | 1: 2/2 | 2: 2/2",
    );
    story.producer("p", "sent 2, acked 1, failed 1, retries 1");
    story.ends_with("leader 0 epoch 0 isr 0,1,2 | 0: 3/3* | 1: 3/3 | 2: 3/3");
    story.producer("p", "sent 3, acked 2, failed 1, retries 1");
    story.end();
}

/// FAIL-39: the batch is refused, sent again after a refresh, and the only cost is time.
#[test]
fn yesterdays_metadata() {
    let mut story = Story::open("FAIL-39");
    story.ends_with("leader 1 epoch 1 isr 0,1,2 | 0: 2/2 | 1: 2/2* | 2: 2/2");
    story.producer("p", "sent 2, acked 2, failed 0, retries 1");
    story.end();
}

/// FAIL-41: 3 s after its restart the broker is still waiting to register; the broker epoch grows,
/// and it rejoins the ISR as a follower.
#[test]
fn a_broker_that_is_back_too_soon() {
    let mut story = Story::open("FAIL-41");
    story.until("crash 0");
    let before = story.broker_epoch(0);
    story.at(
        "wait 15s",
        "leader 0 epoch 0 isr 0,1,2 | 0: none | 1: 10/10 | 2: 10/10",
    );
    story.ends_with("leader 1 epoch 1 isr 0,1,2 | 0: 10/10 | 1: 10/10* | 2: 10/10");
    assert!(story.broker_epoch(0) > before);
    story.end();
}

/// FAIL-20: quorum epoch +1; no metadata changes for some seconds, and the sessions of brokers begin
/// again with the new controller.
#[test]
fn the_active_controller_dies() {
    let mut story = Story::open("FAIL-20");
    story.until("crash 102");
    story.quorum("leader 102 epoch 1");
    story.until("wait 12s");
    story.quorum("leader 100 epoch 2");
    story.says(
        "orders-0",
        "leader 0 epoch 0 isr 0,1,2 | 0: 70/30* | 1: 70/30 | 2: down, 30",
    );
    story.ends_with("leader 0 epoch 0 isr 0,1 | 0: 191/191* | 1: 191/191 | 2: down, 30");
    story.counts("sent 191, acked 191, failed 0, lost 0, twice 0");
    story.end();
}

/// FAIL-21, REP-11: a member that the leader wants out of the ISR stays in the maximal one until the
/// controller agrees. Without a majority nothing changes: acks=all hangs on a dead follower until the quorum
/// is back.
#[test]
fn the_controller_quorum_is_lost() {
    let mut story = Story::open("FAIL-21");
    story.until("crash 2");
    story.quorum("no leader");
    story.says(
        "orders-0",
        "leader 0 epoch 0 isr 0,1,2 | 0: 11/11* | 1: 11/11 | 2: 11/11",
    );
    story.producer("p", "sent 11, acked 11, failed 0, retries 0");
    story.at(
        "start 102",
        "leader 0 epoch 0 isr 0,1,2 | 0: 12/11* | 1: 12/11 | 2: down, 11",
    );
    story.producer("p", "sent 12, acked 11, failed 0, retries 0");
    story.ends_with("leader 0 epoch 0 isr 0,1 | 0: 12/12* | 1: 12/12 | 2: down, 11");
    story.producer("p", "sent 12, acked 12, failed 0, retries 1");
    story.end();
}

/// FAIL-22: the others elect a leader in a higher epoch, the old one resigns and follows later without raising
/// the epoch again.
#[test]
fn the_active_controller_is_cut_off() {
    let mut story = Story::open("FAIL-22");
    story.until("wait 6s");
    story.quorum("leader 101 epoch 1");
    story.until("heal");
    story.quorum("leader 102 epoch 3");
    let printed = story.printed().to_string();
    story.expect("tool", printed.trim(), "Created topic orders.");
    story.play_out();
    story.quorum("leader 102 epoch 3");
    story.end();
}

/// FAIL-33: without idempotence batches that were refused stand behind those sent after them; an
/// idempotent producer's are in order.
#[test]
fn batches_change_places() {
    let mut story = Story::open("FAIL-33");
    story.play_out();
    story.producer("p", "sent 31, acked 31, failed 0, retries 3");
    let values = story.values("orders-0");
    assert_eq!(values.len(), 31);
    assert!(!values[1..].is_sorted(), "{values:?}");
    story.end();
    let mut story = Story::changed("FAIL-33", " enable.idempotence=false", "");
    story.play_out();
    story.producer("p", "sent 31, acked 31, failed 0, retries 5");
    let values = story.values("orders-0");
    assert_eq!(values.len(), 31);
    assert!(values[1..].is_sorted(), "{values:?}");
    story.end();
}
