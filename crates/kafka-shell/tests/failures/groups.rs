//! Stories of consumers and their groups.

use crate::story::Story;

/// Rows of `kafka-consumer-groups --describe`: partition, committed offset, log end, lag.
fn rows(story: &Story) -> String {
    let lines = story.printed().lines();
    let rows = lines.filter_map(|line| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let is_row = cells.first() == Some(&"workers");
        is_row.then(|| cells.get(2..6).map(|cells| cells.join(" ")))?
    });
    let mut rows: Vec<String> = rows.collect();
    rows.sort();
    rows.join(" | ")
}

/// What a consumer was given, and its generation.
fn consumer(story: &Story, name: &str) -> (u64, i32) {
    let consumer = story.world().consumer(story.client(name));
    let consumer = consumer.unwrap_or_else(|| panic!("{name} runs"));
    (consumer.delivered(), consumer.generation().0)
}

/// The next offset that a consumer reads of its first partition.
fn position(story: &Story, name: &str) -> String {
    let consumer = story.world().consumer(story.client(name));
    let first = consumer.and_then(|it| it.assignment().next());
    first.map_or(String::new(), |it| it.position.to_string())
}

/// FAIL-13: the new owner begins at the commit, 100; the 50 records that the dead one had are given
/// out again, generation +1.
#[test]
fn processed_and_not_committed_is_done_again() {
    let mut story = Story::open("FAIL-13");
    story.until("kill c1");
    let told = format!("{:?}", consumer(&story, "c1"));
    story.expect("c1", &told, "(150, 1)");
    story.play_out();
    let told = format!("{:?}", consumer(&story, "c2"));
    story.expect("c2", &told, "(50, 2)");
    let told = rows(&story);
    story.expect("group", &told, "0 100 150 50");
    story.end();
}

/// FAIL-14: the new owner begins at 50; lag 0, and it is given nothing.
#[test]
fn committed_and_not_processed_is_never_done() {
    let mut story = Story::open("FAIL-14");
    story.until("kill c1");
    let told = format!("{:?}", consumer(&story, "c1"));
    story.expect("c1", &told, "(50, 1)");
    story.play_out();
    let told = format!("{:?}", consumer(&story, "c2"));
    story.expect("c2", &told, "(0, 2)");
    let told = rows(&story);
    story.expect("group", &told, "0 50 50 0");
    story.end();
}

/// FAIL-15: with a pool of workers the commit runs ahead of the work; inside the loop it does not.
#[test]
fn automatic_commits_run_ahead_of_a_pool() {
    let mut story = Story::open("FAIL-15");
    story.play_out();
    let told = format!("{:?} {}", consumer(&story, "c2"), rows(&story));
    story.expect("pool", &told, "(0, 2) 0 100 100 0");
    story.end();
    let inside = "group=workers from=earliest capacity=10/s";
    let mut story = Story::changed("FAIL-15", "group=workers from=earliest", inside);
    story.play_out();
    let told = format!("{:?} {}", consumer(&story, "c2"), rows(&story));
    story.expect("loop", &told, "(100, 2) 0 100 100 0");
    story.end();
}

/// FAIL-16: generations go by, the committed offsets stand still; with smaller batches the same
/// workers get through.
#[test]
fn slow_batches_make_a_rebalance_storm() {
    let mut story = Story::open("FAIL-16");
    story.until("wait 150s");
    let before = story.generation("workers");
    story.play_out();
    let after = story.generation("workers");
    assert!(after >= before + 4, "{before} {after}");
    let told = rows(&story);
    story.expect("group", &told, "0 - 1960 - | 1 - 1900 - | 2 - 2140 -");
    story.end();
    let (large, small) = ("max.poll.records=500", "max.poll.records=50");
    let mut story = Story::changed("FAIL-16", large, small);
    story.until("wait 150s");
    let before = story.generation("workers");
    story.play_out();
    assert_eq!(story.generation("workers"), before);
    let told = rows(&story);
    story.expect(
        "group",
        &told,
        "0 1960 1960 0 | 1 1900 1900 0 | 2 2140 2140 0",
    );
    story.end();
}

/// FAIL-18: five restarts cost static members no generation, dynamic ones two each.
#[test]
fn static_members_are_restarted_in_silence() {
    let mut story = Story::open("FAIL-18");
    story.until("close c1");
    let before = story.generation("workers");
    story.play_out();
    assert_eq!(story.generation("workers"), before);
    story.end();
    let text = std::fs::read_to_string(crate::story::folder().join("FAIL-18.scenario"));
    let mut text = text.unwrap_or_else(|error| panic!("{error}"));
    for member in 1..=5 {
        text = text.replace(&format!(" group.instance.id=i{member}"), "");
    }
    let mut story = Story::told(&text);
    story.until("close c1");
    let before = story.generation("workers");
    story.play_out();
    assert_eq!(story.generation("workers"), before + 10);
    story.end();
}

/// FAIL-19: another coordinator, the same generation, no rebalance, and commits go on.
#[test]
fn a_group_outlives_its_coordinator() {
    let mut story = Story::open("FAIL-19");
    story.until("crash 1");
    let before = story.generation("workers");
    story.play_out();
    assert_eq!(story.generation("workers"), before);
    let told = rows(&story);
    story.expect("group", &told, "0 385 385 0 | 1 316 316 0");
    story.end();
}

/// FAIL-24, CON-1, CON-6, CON-7: every poll throws at record 57, the position stays and the lag
/// grows there only, until somebody seeks past it. A share group archives it after five deliveries.
#[test]
fn a_record_that_nobody_can_read() {
    let mut story = Story::open("FAIL-24");
    story.until("wait 8s");
    let told = format!("{:?}", consumer(&story, "c1"));
    story.expect("c1", &told, "(57, 1)");
    story.until("seek c1 orders 0 58");
    let told = rows(&story);
    story.expect("stuck", &told, "0 57 78 21 | 1 20 20 0");
    let position = position(&story, "c1");
    story.expect("position", &position, "57");
    let told = story.share_state("sharers");
    story.expect("share", &told, "start 78; start 20");
    story.play_out();
    let told = rows(&story);
    story.expect("free", &told, "0 78 78 0 | 1 20 20 0");
    story.permits("INV-50 AtLeastOnce by kafka-consumer-groups.sh --reset-offsets");
    story.end();
}

/// FAIL-25: the lag is where the hot key is.
#[test]
fn one_key_gets_all_the_work() {
    let mut story = Story::open("FAIL-25");
    story.play_out();
    let told = rows(&story);
    story.expect("group", &told, "0 739 800 61 | 1 194 200 6");
    story.end();
}

/// FAIL-31: neither the thousand nor the fifty records are ever given to this group, only what came
/// while somebody listened.
#[test]
fn a_new_group_begins_at_the_end() {
    let mut story = Story::open("FAIL-31");
    story.until("kill c1");
    let told = format!("{:?}", consumer(&story, "c1"));
    story.expect("c1", &told, "(0, 1)");
    story.play_out();
    let told = format!("{:?}", consumer(&story, "c2"));
    story.expect("c2", &told, "(7, 2)");
    story.end();
}

/// FAIL-40: what the dead worker held is locked for 30 s, then delivered to the other; the share
/// partition's start goes 0 -> what was acknowledged -> 10.
#[test]
fn a_worker_of_a_share_group_dies() {
    let mut story = Story::open("FAIL-40");
    story.until("kill w1");
    let told = story.share_state("workers");
    story.expect("before", &told, "start 4 | 4-8 Acquired x1");
    story.until("wait 30s");
    let told = story.share_state("workers");
    story.expect(
        "locked",
        &told,
        "start 4 | 4-8 Acquired x1 | 9-9 Acknowledged x1",
    );
    story.play_out();
    let told = story.share_state("workers");
    story.expect("after", &told, "start 10");
    let other = story.world().share_consumer(story.client("w2"));
    let told = other.expect("it runs").delivered().to_string();
    story.expect("delivered to w2", &told, "6");
    story.end();
}

/// The most partitions without an owner while a third member is taken in.
fn idle_at_most(mut story: Story) -> usize {
    story.until("wait 30s");
    let mut idle = 0;
    story.watch(30, |world| {
        let consumers = world.nodes().filter_map(|node| world.consumer(node.id));
        let owned: usize = consumers
            .map(|consumer| consumer.assignment().count())
            .sum();
        idle = idle.max(6_usize.saturating_sub(owned));
    });
    let third = story.world().consumer(story.client("c3"));
    assert_eq!(third.map(|third| third.assignment().count()), Some(2));
    story.end();
    idle
}

/// FAIL-17: eager members give up all six partitions, cooperative ones and those the broker assigns
/// only the two that move.
#[test]
fn one_more_member() {
    assert_eq!(idle_at_most(Story::open("FAIL-17")), 6);
    let cooperative = Story::changed("FAIL-17", "range", "cooperative-sticky");
    assert_eq!(idle_at_most(cooperative), 2);
    let modern = Story::changed("FAIL-17", "assignor=range", "protocol=consumer");
    assert_eq!(idle_at_most(modern), 2);
}
