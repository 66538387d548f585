//! Stories of transactions: fencing, what holds the last stable offset, and the late write
//! that KIP-890 refuses.

use kafka_core::client::ClientEvent;
use kafka_core::types::{Duration, Time};
use kafka_scenario::{Player, parse, spec};
use kafka_shell::script::run_line;
use kafka_sim::World;

use crate::story::{Story, folder};

const OLD_PROTOCOL: &str = "transaction-version 0\n";
const UNVERIFIED: &str = "set transaction.partition.verification.enable=false\n";

/// What a client's calls and records came to, in order.
fn told(story: &Story, client: &str) -> String {
    let client = story.client(client);
    let items = story.world().history().iter_from(0);
    let mine = items.filter(|item| item.client == client);
    let told = mine.filter_map(|item| match &item.event {
        ClientEvent::TransactionReturned { call, failure } => Some(match failure {
            None => call.name().to_string(),
            Some(failure) => format!("{} threw {}", call.name(), failure.exception),
        }),
        ClientEvent::Acked { offset, .. } => Some(format!("acked {offset}")),
        ClientEvent::SendFailed { failure, .. } => Some(format!("failed {}", failure.exception)),
        _ => None,
    });
    told.collect::<Vec<_>>().join(", ")
}

/// The values a consumer was given.
fn read(story: &Story, client: &str) -> Vec<String> {
    let client = story.client(client);
    let items = story.world().history().iter_from(0);
    let mine = items.filter(|item| item.client == client);
    let values = mine.flat_map(|item| match &item.event {
        ClientEvent::Delivered(records) => {
            let values = records.iter().map(|it| it.record.value.as_deref());
            let texts = values.map(|it| String::from_utf8_lossy(it.unwrap_or_default()).into());
            texts.collect()
        }
        _ => Vec::new(),
    });
    values.collect()
}

/// High watermark and last stable offset at the leader of a topic's first partition.
fn ends(world: &World) -> String {
    let all = world.brokers().flat_map(|broker| broker.partitions());
    let mut leaders = all.filter(|it| it.is_leader() && it.id.partition == 0);
    let orders = world.brokers().find_map(|it| it.image().topic("orders"));
    let orders = orders.expect("the topic exists").topic;
    let leader = leaders.find(|it| it.id.topic == orders).expect("a leader");
    let (high, stable) = (leader.log.high_watermark(), leader.log.last_stable_offset());
    format!("HW {high} LSO {stable}")
}

/// FAIL-28, TXN-1: the next instance fences the one before: its record and its commit are
/// refused, and nobody who reads committed data sees what it left open.
#[test]
fn a_zombie_is_fenced() {
    let mut story = Story::open("FAIL-28");
    story.until("producer p2 transactional.id=pay");
    let before = ends(story.world());
    story.expect("open", &before, "HW 1 LSO 0");
    story.play_out();
    let (p1, p2) = (told(&story, "p1"), told(&story, "p2"));
    let late = "failed InvalidProducerEpochException, commitTransaction threw InvalidProducerEpochException";
    let expected = format!("initTransactions, beginTransaction, acked 0, {late}");
    story.expect("p1", &p1, &expected);
    let calls = "initTransactions, beginTransaction, acked 2, commitTransaction";
    story.expect("p2", &p2, calls);
    let seen = read(&story, "c").join(" ");
    story.expect("read", &seen, "from-p2");
    let is_third = story.printed().contains("\t3            \tCompleteCommit");
    story.expect("epoch 3", &is_third.to_string(), "true");
    story.permits("");
    story.end();
}

/// FAIL-29, TXN-10, TXN-4, INV-36: an open transaction holds the last stable offset until
/// its timeout; a record that comes behind the end of its transaction holds it for ever,
/// and the check says so. Verified, or with the epochs of KIP-890, it is refused.
#[test]
fn a_late_write_hangs_unless_it_is_verified() {
    let mut story = Story::open("FAIL-29");
    story.until("wait 10s");
    let held = ends(story.world());
    story.expect("held", &held[held.len() - 5..], "LSO 0");
    story.until("hold q -> 0");
    let free = ends(story.world());
    let stands = free.split(' ').nth(1) == free.split(' ').nth(3);
    story.expect("free", &stands.to_string(), "true");
    story.play_out();
    let broken = story.broken();
    let expected = "INV-36 TxnAtomic: broker 0 appended a record of producer 2, epoch 0, to orders-0 at offset 79, behind the end of its transaction: nobody will end it";
    story.expect("broken", &broken, expected);
    story.end();
    let both = format!("{OLD_PROTOCOL}{UNVERIFIED}");
    for (from, to) in [(UNVERIFIED, ""), (&both, ""), (OLD_PROTOCOL, "")] {
        let mut story = Story::changed("FAIL-29", from, to);
        story.play_out();
        story.permits("");
        let q = told(&story, "q");
        let calls = "initTransactions, beginTransaction, acked 53, commitTransaction, beginTransaction, failed TimeoutException, abortTransaction";
        story.expect("q", &q, calls);
        let seen = read(&story, "c");
        let late = ["hangs", "second"].map(|value| seen.contains(&value.to_string()));
        story.expect("read", &format!("{late:?}"), "[false, false]");
        let free = ends(story.world());
        let stands = free.split(' ').nth(1) == free.split(' ').nth(3);
        story.expect(&free, &stands.to_string(), "true");
        story.end();
    }
}

/// FAIL-29, TXN-12: `find-hanging` finds it after twenty minutes, and an abort marker at
/// its first offset lets everybody read on.
#[test]
fn a_hanging_transaction_is_found_and_aborted() {
    let text = std::fs::read_to_string(folder().join("FAIL-29.scenario")).expect("the story");
    let text = text.replace("load r orders every=500ms\n", "");
    let scenario = parse(&text).expect("a scenario");
    let spec = spec(&scenario.setup).expect("a good setup");
    let mut world = World::new(spec, scenario.setup.seed);
    let mut player = Player::default();
    let limit = Duration::from_secs(60);
    for step in &scenario.steps {
        let mut shell = |world: &mut World, command: &str, input: &str| {
            run_line(world, command, input, limit);
        };
        player.play(&mut world, step, &mut shell).expect("it plays");
    }
    let tool = "kafka-transactions.sh --bootstrap-server localhost:9092";
    let find = format!("{tool} find-hanging --topic orders");
    let run = |world: &mut World, line: &str| run_line(world, line, "", limit);
    let hung = ends(&world);
    let start = hung.rsplit(' ').next().expect("an offset").to_string();
    assert_ne!(hung, format!("HW {start} LSO {start}"));
    let rows = |out: &str| out.lines().count() - 1;
    assert_eq!(rows(&run(&mut world, &find).out), 0, "not old enough");
    while world.step_until(Time(1_300 * 1_000_000)) {}
    world.run_until(Time(1_300 * 1_000_000));
    assert_eq!(ends(&world), hung);
    let found = run(&mut world, &find).out;
    let row = found.lines().nth(1).expect("the hanging one");
    assert!(
        row.starts_with("orders\t0        \t2         \t0"),
        "{found}"
    );
    assert_eq!(row.split('\t').nth(5).map(str::trim), Some(start.as_str()));
    let abort = format!("{tool} abort --topic orders --partition 0 --start-offset {start}");
    assert_eq!(run(&mut world, &abort).exit, Some(0));
    assert_eq!(rows(&run(&mut world, &find).out), 0);
    let free = ends(&world);
    assert_eq!(free.split(' ').nth(1), free.split(' ').nth(3), "{free}");
}

/// TXN-4: the answer of a coordinator that has stood still since comes after the marker of
/// the next one. It says nothing any more: the write is refused.
#[test]
fn a_verification_that_was_overtaken_counts_for_nothing() {
    let text = "scenario 1\ncluster brokers=4 controllers=3\ntransaction-version 1\n\
        set transaction.state.log.num.partitions=1\n\
        placement __transaction_state 0=1,2,3\nplacement orders 0=0,2,3\nwait 1s\n\
        $ kafka-topics.sh --create --topic orders --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092\n\
        producer p transactional.id=pay request.timeout.ms=4000 delivery.timeout.ms=5000\nwait 8s\n\
        begin p\nhold 1 -> 0\nsend p orders late\nwait 2s\npause 1\nwait 6s\nabort p\nwait 18s\n\
        link-up 1 -> 0\nwait 10s\n";
    let mut story = Story::told(text);
    story.until("link-up 1 -> 0");
    let before = ends(story.world());
    story.expect("the marker", &before, "HW 1 LSO 1");
    story.play_out();
    let p = told(&story, "p");
    let calls = "initTransactions, beginTransaction, failed TimeoutException, abortTransaction";
    story.expect("p", &p, calls);
    let after = ends(story.world());
    story.expect("nothing behind it", &after, "HW 1 LSO 1");
    story.permits("");
    story.end();
}

/// FAIL-30, TXN-7, TXN-8, TXN-11: the commit was decided and promised; the next
/// coordinator has the marker written, and the old one's, which comes later, is refused.
#[test]
fn a_decision_outlives_its_coordinator() {
    let mut story = Story::open("FAIL-30");
    story.until("crash 1");
    let p = told(&story, "p");
    let calls = "initTransactions, beginTransaction, acked 0, commitTransaction";
    story.expect("p", &p, calls);
    let held = ends(story.world());
    story.expect("held", &held, "HW 1 LSO 0");
    story.until("link-up 1 -> 0");
    let free = ends(story.world());
    story.expect("free", &free, "HW 2 LSO 2");
    story.play_out();
    let same = ends(story.world());
    story.expect("one marker", &same, "HW 2 LSO 2");
    let seen = read(&story, "c").join(" ");
    story.expect("read", &seen, "paid");
    let done = story.printed().contains("CompleteCommit");
    story.expect("complete", &done.to_string(), "true");
    story.permits("");
    story.end();
}
