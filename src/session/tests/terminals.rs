//! Several terminals in one run: a consumer waits in one while a producer types in another.

use kafka_lessons::Play;

use super::*;
use crate::session::script::{Deed, Entry};
use crate::session::terminal::Terminal;
use crate::session::terminals::Terminals;

const CREATE: &str = "kafka-topics.sh --create --topic talk --partitions 1 \
                      --replication-factor 3 --bootstrap-server localhost:9092";
const CONSUME: &str = "kafka-console-consumer.sh --topic talk --bootstrap-server localhost:9092";
const PRODUCE: &str = "kafka-console-producer.sh --topic talk --bootstrap-server localhost:9092";

/// Both tools run, and the consumer has its partition.
fn talking() -> Session {
    let session = open(Example::RunningCluster);
    let mut session = perform_and_settle(session, Task::TerminalLine(0, CREATE.into()));
    session.type_line_in(0, CONSUME);
    run(&mut session, 3_000_000);
    session.type_line_in(1, PRODUCE);
    run(&mut session, 1_000_000);
    assert_eq!(session.shells.busy(), [0, 1]);
    session
}

/// A leader dies between two lines, and both tools end.
fn talked() -> Session {
    let mut session = talking();
    session.type_line_in(1, "hello");
    run(&mut session, 700_000);
    perform(&mut session, Task::Act(Action::Crash(Server::Broker(1))));
    session.type_line_in(1, "again");
    run(&mut session, 20_000_000);
    session.interrupt_in(0);
    session.end_input_in(1);
    run(&mut session, 3_000_000);
    assert_eq!(session.shells.busy(), [0_u8; 0]);
    session
}

fn screen(session: &Session, terminal: u8) -> Vec<String> {
    let view = session.shells.get(terminal).map(Terminal::view);
    let lines = view.unwrap_or_default().lines.into_iter();
    lines.map(|line| line.text).collect()
}

fn digest(session: &Session) -> (u64, u64) {
    (session.now(), session.timeline.world().digest())
}

fn replayed(session: &Session) -> Play {
    let play = Play::replay(&session.script(), &[]);
    play.expect("what was done can be done again")
}

fn opened(session: Result<Session, String>) -> Session {
    settled(session.expect("what was kept opens"))
}

#[test]
fn what_is_typed_in_one_terminal_is_printed_in_the_other() {
    let session = talked();
    let printed = screen(&session, 0);
    for word in ["hello", "again"] {
        assert!(printed.iter().any(|line| line == word), "{printed:?}");
        assert!(screen(&session, 1).iter().any(|l| l.ends_with(word)));
    }
}

/// The rule of `kafka_lessons`: each busy terminal goes on after each event, in the order of their
/// numbers, and quiet time moves at most to the nearest deadline of any of them.
#[test]
fn two_busy_terminals_give_the_same_run_as_a_play() {
    let session = talked();
    let play = replayed(&session);
    assert_eq!((play.world().now().0, play.digest()), digest(&session));
    assert_eq!(play.script(), session.script());
    assert!(play.output(0).contains("hello\nagain\n"));
}

/// The other way round: what was done headless is the same run in the page.
#[test]
fn a_play_with_two_terminals_is_the_same_run_in_the_page() {
    let start = open(Example::RunningCluster).script();
    let mut play = Play::replay(&start, &[]).expect("an example of the page");
    let pass = |play: &mut Play, span: u64| {
        let until = play.world().now() + Duration(span);
        while play.step_event(until) || play.world().now() < until {}
    };
    play.type_line(3, CREATE);
    pass(&mut play, 12_000_000);
    play.type_line(3, CONSUME);
    play.type_line(0, PRODUCE);
    pass(&mut play, 4_000_000);
    play.type_line(0, "hello");
    pass(&mut play, 1_500_000);
    play.close(3);
    pass(&mut play, 1_500_000);
    let page = opened(Session::from_script(&play.script(), Preferences::default()));
    assert_eq!(digest(&page), (play.world().now().0, play.digest()));
    assert_eq!(page.script(), play.script());
    let tabs: Vec<u8> = page.terminals().iter().map(|tab| tab.number).collect();
    assert_eq!(tabs, [0], "the closed one is not shown");
}

#[test]
fn two_terminals_survive_a_reload_and_a_link() {
    for first in [talking(), talked()] {
        let saved = Saved::read(&first.saved().write()).expect("what was written is read");
        let link = Script::from_link(&first.script().link()).expect("what was written is read");
        let reloaded = opened(Session::from_saved(&saved, Preferences::default()));
        let linked = opened(Session::from_script(&link, Preferences::default()));
        assert_eq!(reloaded.saved(), first.saved());
        for mut again in [reloaded, linked] {
            assert_eq!(digest(&again), digest(&first));
            assert_eq!(again.shells.busy(), first.shells.busy());
            for terminal in [0, 1] {
                assert_eq!(screen(&again, terminal), screen(&first, terminal));
            }
            assert!(again.terminals().iter().all(|tab| !tab.fresh));
            if !first.shells.busy().is_empty() {
                again.type_line_in(1, "after it");
                run(&mut again, 3_000_000);
                assert!(screen(&again, 0).contains(&"after it".to_owned()));
            }
        }
    }
}

/// A look at the past changes nothing; something done there leaves both commands behind, and is
/// told so that it can be done again.
#[test]
fn a_branch_from_under_two_busy_terminals_can_be_done_again() {
    let session = talked();
    let (whole, script) = (digest(&session), session.script());
    let typed = |e: &&Entry| e.deed == Deed::Input("hello".into());
    let middle = script.deeds.iter().find(typed).map_or(0, |e| e.at) + 500_000;
    let session = perform_and_settle(session, Task::Seek(middle));
    let session = perform_and_settle(session, Task::ToEnd);
    assert_eq!((digest(&session), session.script()), (whole, script));

    let mut session = talking();
    session.type_line_in(1, "hello");
    run(&mut session, 2_000_000);
    let back = session.now() - 1_000_000;
    let mut session = perform_and_settle(session, Task::Seek(back));
    assert_eq!(session.shells.busy(), [0_u8; 0]);
    perform(&mut session, Task::Act(Action::Crash(Server::Broker(2))));
    run(&mut session, 15_000_000);
    let deeds = session.script().deeds;
    let left: Vec<u8> = deeds
        .iter()
        .filter(|e| e.deed == Deed::Leave)
        .map(|e| e.terminal)
        .collect();
    assert_eq!(left, [0, 1], "{deeds:?}");
    let reloaded = opened(Session::from_saved(
        &session.saved(),
        Preferences::default(),
    ));
    assert_eq!(digest(&reloaded), digest(&session));
    assert_eq!(reloaded.saved(), session.saved());
    let play = replayed(&session);
    assert_eq!((play.world().now().0, play.digest()), digest(&session));
}

#[test]
fn a_closed_terminal_ends_its_tool_and_its_number_is_used_again() {
    let mut session = talking();
    perform(&mut session, Task::TerminalShow(0));
    let mut session = perform_and_settle(session, Task::TerminalClose(0));
    assert_eq!(session.shells.busy(), [1]);
    assert_eq!(session.shells.shown(), 1);
    perform(&mut session, Task::TerminalClose(1));
    assert_eq!(session.terminals().len(), 1, "the last one stays");
    let mut session = settled(session);
    perform(&mut session, Task::TerminalOpen);
    assert_eq!(session.shells.shown(), 0);
    assert_eq!(screen(&session, 0), Vec::<String>::new());
    for _ in 0..10 {
        perform(&mut session, Task::TerminalOpen);
    }
    assert_eq!(session.terminals().len(), 6);
    let play = replayed(&session);
    assert_eq!((play.world().now().0, play.digest()), digest(&session));
}

#[test]
fn output_of_a_hidden_terminal_marks_its_tab() {
    let mut session = talking();
    let fresh = |s: &Session| -> Vec<u8> {
        let tabs = s.terminals().into_iter().filter(|tab| tab.fresh);
        tabs.map(|tab| tab.number).collect()
    };
    assert_eq!(fresh(&session), [0_u8; 0]);
    session.type_line_in(1, "hello");
    run(&mut session, 3_000_000);
    assert_eq!(fresh(&session), [0]);
    let tool = session.terminals()[0].tool.clone();
    assert_eq!(tool.as_deref(), Some("kafka-console-consumer.sh"));
    perform(&mut session, Task::TerminalShow(0));
    assert_eq!(fresh(&session), [0_u8; 0]);
}

#[test]
fn each_terminal_has_its_own_history_also_after_a_reload() {
    let mut session = talking();
    session.type_line_in(2, "help");
    let kept = serde_json::to_string(&session.shells.histories()).unwrap_or_default();
    let mut fresh = open(Example::RunningCluster);
    let read = Terminals::read_histories(&kept);
    fresh.shells.restore_histories(read);
    for (number, typed) in [(0, &[CREATE, CONSUME][..]), (1, &[PRODUCE]), (2, &["help"])] {
        assert_eq!(fresh.shells.get_mut(number).history(), typed);
    }
    assert_eq!(Terminals::read_histories(r#"["ls"]"#), [["ls"]]);
    assert!(Terminals::read_histories("{").is_empty());
}

/// An exported run that a scenario cannot tell says so, and where it begins.
#[test]
fn an_export_of_two_busy_terminals_says_that_it_is_another_run() {
    let alone = perform_and_settle(
        open(Example::RunningCluster),
        Task::TerminalLine(2, CREATE.into()),
    );
    assert!(!alone.scenario_text().contains("not the same run"));
    let text = talked().scenario_text();
    for terminal in ["terminal 1 ran on", "terminal 2 ran on"] {
        assert!(text.contains(terminal), "{text}");
    }
    let scenario = kafka_scenario::parse(&text).expect("it is still a scenario");
    let typed = scenario.steps.iter().find_map(|step| match &step.what {
        kafka_scenario::Statement::Shell(line, input) if line == PRODUCE => Some(input.clone()),
        _ => None,
    });
    assert_eq!(typed, Some(vec!["hello".to_owned(), "again".to_owned()]));
}

/// Statements of the scenario language are deeds; a client that one of them introduces is known by
/// its name to the next, and after a reload.
#[test]
fn a_statement_knows_the_clients_of_the_statements_before_it() {
    let mut session = open(Example::RunningCluster);
    let state = |session: &mut Session, text: &str| {
        perform(session, Task::Act(Action::Statement(text.into())));
        let toast = session.overlays.toast.take();
        assert!(toast.is_none_or(|t| !t.error), "{text} was refused");
        run(session, 1_000_000);
    };
    state(&mut session, "producer w1");
    state(&mut session, "send w1 orders \"one\"");
    let reloaded = Session::from_saved(&session.saved(), Preferences::default());
    let mut session = opened(reloaded);
    state(&mut session, "send w1 orders \"two\"");
    let play = replayed(&session);
    assert_eq!((play.world().now().0, play.digest()), digest(&session));
    perform(
        &mut session,
        Task::Act(Action::Statement("send nobody orders \"x\"".into())),
    );
    assert!(session.overlays.toast.as_ref().is_some_and(|t| t.error));
}
