//! A session without a browser: opened, acted on, kept and built up again.

pub mod classroom;
mod lesson_page;
mod terminals;

use kafka_core::types::Duration;
use kafka_scenario::Player;
use kafka_shell::files::Files;
use kafka_shell::script::run_line_patiently;
use kafka_sim::World;

use super::library::Example;
use super::preferences::Preferences;
use super::script::{Saved, Script};
use super::*;
use crate::i18n::Lang;
use crate::tasks::action::{Action, Server};
use crate::tasks::{Task, perform};
use crate::view_model::cluster::GroupState;

fn open(example: Example) -> Session {
    let session = Session::open(example.scenario(), None, Preferences::default());
    settled(session.expect("an example of the page"))
}

/// Lets frames pass until no work is left.
fn settled(mut session: Session) -> Session {
    let mut wall = 0.0;
    while session.work().is_some() {
        wall += 16.0;
        assert!(wall < 1e7, "the work never ends");
        session.frame(wall, &|| 0.0);
    }
    session.playing = false;
    session
}

fn perform_and_settle(session: Session, task: Task) -> Session {
    let mut session = session;
    perform(&mut session, task);
    settled(session)
}

fn run(session: &mut Session, span: u64) {
    let until = kafka_core::types::Time(session.now() + span);
    while !session.run_slice(until) {}
    session.world_changed();
}

#[test]
fn every_example_is_read_and_begins_with_its_title() {
    for example in Example::ALL {
        let scenario = kafka_scenario::parse(example.text());
        assert!(scenario.is_ok(), "{example:?}: {scenario:?}");
        let title = example.scenario().setup.title;
        assert_eq!(
            title.as_deref(),
            Some(crate::i18n::open::example(Lang::En, example).0),
            "the page tells the title of {example:?} in both languages by its name"
        );
    }
}

#[test]
fn the_page_opens_on_a_cluster_at_work() {
    let view = open(Example::RunningCluster).cluster();
    assert_eq!(view.running(), 3);
    assert!(
        view.partitions()
            .any(|(_, topic, _)| topic.name == "orders")
    );
    let group = view.groups.first().expect("a group");
    assert_eq!(
        (group.state, group.members.len()),
        (GroupState::Stable, 2),
        "{group:?}"
    );
    let producer = view.clients.iter().find(|c| c.name == "p1");
    assert!(producer.is_some_and(|p| p.acked > 2), "{producer:?}");
}

/// The page and a native run of the same scenario are the same run.
#[test]
fn a_scenario_opened_in_the_page_is_the_native_run() {
    for example in Example::ALL {
        let world = native(example.text());
        let session = open(example);
        let page = session.timeline.world();
        assert_eq!(
            (page.digest(), page.now()),
            (world.digest(), world.now()),
            "{example:?}"
        );
    }
}

/// A broker that starts again has its logs all the time, also before it may serve them
/// (BRK-2: it registers only when its old session has ended).
#[test]
fn a_starting_broker_shows_what_lies_on_its_disk() {
    let mut session = open(Example::RunningCluster);
    let replicas = |session: &Session| -> usize {
        let view = session.cluster();
        let all = view.partitions().map(|(_, _, p)| p.logs.len());
        all.sum()
    };
    let before = replicas(&session);
    perform(&mut session, Task::Act(Action::Crash(Server::Broker(2))));
    perform(&mut session, Task::Act(Action::Start(Server::Broker(2))));
    run(&mut session, 1_000_000);
    assert_eq!(session.cluster().running(), 3);
    assert_eq!(replicas(&session), before);
}

/// A run with a crash, a command, a step into the past and a branch there.
fn eventful() -> Session {
    let mut session = open(Example::RunningCluster);
    perform(&mut session, Task::Act(Action::Crash(Server::Broker(1))));
    run(&mut session, 3_000_000);
    let topics = "kafka-topics.sh --list --bootstrap-server localhost:9092";
    session = perform_and_settle(session, Task::TerminalLine(0, topics.into()));
    run(&mut session, 2_000_000);
    let back = session.now() - 1_000_000;
    session = perform_and_settle(session, Task::Seek(back));
    perform(&mut session, Task::Act(Action::Start(Server::Broker(1))));
    run(&mut session, 1_000_000);
    session
}

#[test]
fn a_kept_run_comes_back_with_all_its_branches() {
    let first = eventful();
    let saved = Saved::read(&first.saved().write()).expect("what was written is read");
    let again = Session::from_saved(&saved, Preferences::default()).map(settled);
    let again = again.expect("the kept run opens");
    assert_eq!(again.timeline.branches().count(), 2);
    for ((id, one), (_, other)) in first.timeline.branches().zip(again.timeline.branches()) {
        assert_eq!(one.tip(), other.tip(), "branch {id:?}");
        assert_eq!(one.name(), other.name());
    }
    assert_eq!(again.timeline.moment(), first.timeline.moment());
    assert_eq!(
        again.timeline.world().digest(),
        first.timeline.world().digest()
    );
    assert_eq!(again.saved(), first.saved());
}

#[test]
fn a_link_leads_to_the_same_moment_of_the_same_run() {
    let first = eventful();
    let script = Script::from_link(&first.script().link()).expect("what was written is read");
    let again = Session::from_script(&script, Preferences::default()).map(settled);
    let again = again.expect("the link opens");
    assert_eq!(
        again.timeline.world().digest(),
        first.timeline.world().digest()
    );
    assert_eq!(again.now(), first.now());
}

#[test]
fn a_run_whose_opening_was_cancelled_is_kept_as_far_as_it_came() {
    let session = Session::open(
        Example::RunningCluster.scenario(),
        None,
        Preferences::default(),
    );
    let mut session = session.expect("an example of the page");
    let calls = std::cell::Cell::new(0.0);
    let clock = || {
        calls.set(calls.get() + 100.0);
        calls.get()
    };
    for _ in 0..5 {
        session.frame(0.0, &clock);
    }
    assert!(session.is_opening(), "it was over too soon to be cancelled");
    perform(&mut session, Task::CancelWork);
    let saved = session.saved();
    let again = Session::from_saved(&saved, Preferences::default()).map(settled);
    let again = again.expect("the kept run opens");
    assert_eq!(
        again.timeline.world().digest(),
        session.timeline.world().digest()
    );
}

#[test]
fn nothing_is_done_to_a_run_that_is_being_built_up() {
    let session = Session::open(
        Example::RunningCluster.scenario(),
        None,
        Preferences::default(),
    );
    let mut session = session.expect("an example of the page");
    for task in [
        Task::Act(Action::Crash(Server::Broker(0))),
        Task::Step,
        Task::TerminalLine(0, "help".into()),
        Task::TogglePlay,
    ] {
        perform(&mut session, task.clone());
        assert!(session.is_opening(), "{task:?}");
    }
    let settled = settled(session);
    assert_eq!(
        settled.timeline.world().digest(),
        open(Example::RunningCluster).timeline.world().digest()
    );
}

/// Native run of a scenario's text.
fn native(text: &str) -> World {
    let scenario = kafka_scenario::parse(text).expect("what was exported is read");
    let spec = kafka_scenario::spec(&scenario.setup).expect("Kafka takes the settings");
    let mut world = World::new(spec, scenario.setup.seed);
    let (mut player, files) = (Player::default(), Files::default());
    for step in &scenario.steps {
        let patience = Duration::from_secs(60);
        let played = player.play(&mut world, step, &mut |world, line, input| {
            run_line_patiently(&files, world, line, input, patience);
        });
        assert!(played.is_ok(), "{played:?}");
    }
    world
}

#[test]
fn an_exported_run_is_the_same_run_natively() {
    let session = eventful();
    let world = native(&session.scenario_text());
    assert_eq!(
        (world.now(), world.digest()),
        (
            session.timeline.world().now(),
            session.timeline.world().digest()
        ),
        "{}",
        session.scenario_text()
    );
}

#[test]
fn a_run_with_steps_and_a_command_is_exported_exactly() {
    let mut session = open(Example::KillTheLeader);
    for _ in 0..7 {
        perform(&mut session, Task::Step);
    }
    perform(&mut session, Task::CrashLeader);
    run(&mut session, 12_000_000);
    let describe = "kafka-topics.sh --describe --bootstrap-server localhost:9092";
    let mut session = perform_and_settle(session, Task::TerminalLine(0, describe.into()));
    run(&mut session, 1_000_000);
    let world = native(&session.scenario_text());
    assert_eq!(
        (world.now(), world.digest()),
        (
            session.timeline.world().now(),
            session.timeline.world().digest()
        ),
        "{}",
        session.scenario_text()
    );
}

/// Runs as the page does for `window.brokerscope.run`: long work in slices.
fn run_as_work(mut session: Session, to: u64) -> Session {
    let work = Work::run(&session.timeline, to);
    session.begin(work);
    settled(session)
}

/// FAIL-9: with the truncation rule before KIP-101 a committed record is lost, INV-12 and INV-16 find it, and
/// the page stands still at the very event; stepping on is possible, the rule does not stop it twice.
#[test]
fn a_broken_rule_stops_the_run_at_its_event() {
    let mut session = open(Example::BeforeKip101);
    perform(&mut session, Task::Act(Action::Crash(Server::Broker(1))));
    let end = session.now() + 30_000_000;
    session = run_as_work(session, end);
    assert!(session.now() < end, "it ran on to the end");
    let broken: Vec<_> = session
        .check_rows()
        .into_iter()
        .filter(|row| !row.holds)
        .collect();
    // The election that lost it is the same event that shrank what was committed.
    let ids: Vec<_> = broken.iter().map(|row| row.id).collect();
    assert_eq!(ids, ["INV-12", "INV-16"], "{broken:?}");
    assert_eq!(broken[0].evidence, broken[1].evidence);
    let here = session.timeline.moment().events;
    let found = broken[0].evidence.last().copied();
    let last = u64::from(session.timeline.world().trace().len());
    assert!(found.is_some_and(|seq| seq < last), "{found:?} of {last}");
    let toast = session.overlays.toast.clone().expect("it is told");
    assert!(
        toast.words.contains("INV-12") && toast.words.contains("orders-0"),
        "{toast:?}"
    );
    session = run_as_work(session, end);
    assert_eq!(session.now(), end);
    assert!(session.timeline.moment().events > here);
}

/// A scenario that breaks a rule stops there while it is opened, too.
#[test]
fn a_broken_rule_stops_a_scenario_that_is_opened() {
    let text = format!("{}crash 1\nwait 30s\n", Example::BeforeKip101.text());
    let scenario = kafka_scenario::parse(&text).expect("two lines more");
    let session = Session::open(scenario, None, Preferences::default()).map(settled);
    let session = session.expect("the cluster starts");
    assert!(
        session.now() < native(&text).now().0,
        "it ran on to the end"
    );
    assert!(
        session
            .check_rows()
            .iter()
            .any(|row| row.id == "INV-12" && !row.holds)
    );
}
