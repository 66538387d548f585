//! The matrix of runs of the page, and of the lessons.

use std::rc::Rc;

use super::*;
use crate::session::Session;
use crate::session::lesson::progress::Place;
use crate::session::preferences::Preferences;
use crate::tasks::action::Action;
use crate::tasks::lesson::Learn;
use crate::tasks::{Task, perform};
use crate::view_model::lens::LensKind;

const TWO_GROUPS: &str = "scenario 1
seed 7
cluster brokers=3 controllers=1
$ kafka-topics.sh --create --topic orders --partitions 3 --replication-factor 3 --bootstrap-server localhost:9092
consumer w1 topic=orders group=workers
consumer w2 topic=orders group=workers
consumer b1 topic=orders group=billing
wait 8s
producer shop acks=all
load shop orders every=300ms keys=9
wait 3s
";

fn session() -> Session {
    let scenario = kafka_scenario::parse(TWO_GROUPS).expect("a scenario");
    let session = Session::open(scenario, None, Preferences::default());
    let mut session = session.expect("a session");
    session.settle();
    session
}

fn now(session: &Session) -> MatrixView {
    let checker = session.checks.checker(session.timeline.current());
    matrix(session.timeline.world(), checker.expect("a checker"), &[])
}

fn seek(session: &mut Session, at: u64) {
    perform(session, Task::Seek(at));
    session.settle();
}

/// GRP: within a group each record goes to one member, each group gets all of them.
#[test]
fn a_group_shares_the_records_and_every_group_gets_all() {
    let view = now(&session());
    assert!(view.stored > 6 && view.sent >= view.stored, "{view:?}");
    let names: Vec<_> = view.groups.iter().map(|g| g.name.as_deref()).collect();
    assert_eq!(names, [Some("workers"), Some("billing")]);
    let read = view.rows.iter().filter(|row| row.deliveries == 2).count();
    assert!(read > 4, "{view:?}");
    for row in view.rows.iter().filter(|row| row.deliveries == 2) {
        let times: Vec<usize> = row
            .groups
            .iter()
            .map(|g| g.given.iter().map(Vec::len).sum())
            .collect();
        assert_eq!(times, [1, 1], "{row:?}");
    }
    let sums: usize = view
        .groups
        .iter()
        .flat_map(|g| &g.members)
        .map(|m| m.got)
        .sum();
    assert_eq!(sums, view.deliveries);
}

/// The ledger knows the future; a matrix of the past must not.
#[test]
fn a_moment_gone_back_to_shows_what_it_showed() {
    let mut session = session();
    let (then, shown) = (session.now(), now(&session));
    seek(&mut session, then + 4_000_000);
    let later = now(&session);
    assert!(later.sent > shown.sent && later.deliveries > shown.deliveries);
    seek(&mut session, then);
    assert_eq!(now(&session), shown);
}

/// Crashes w1 and waits until its session has run out and w2 has committed for its partitions.
fn crash_w1(session: &mut Session) -> MatrixView {
    let crash = Action::CrashClient("w1".into());
    perform(session, Task::Act(crash));
    let at = session.now();
    seek(session, at + 52_000_000);
    now(session)
}

/// A member that crashed keeps its column, and what it had not committed is given out again.
#[test]
fn a_crashed_member_keeps_its_column_and_its_records_come_twice() {
    let mut session = session();
    let at = session.now();
    seek(&mut session, at + 6_000_000);
    let view = crash_w1(&mut session);
    let workers = &view.groups[0];
    let alive: Vec<bool> = workers.members.iter().map(|m| m.alive).collect();
    assert_eq!(alive, [false, true]);
    assert!(workers.twice > 0, "{workers:?}");
    let again = view.rows.iter().find(|row| row.groups[0].twice);
    let cells = &again.expect("a record given twice").groups[0];
    let given = &cells.given;
    assert!(!given[0].is_empty() && !given[1].is_empty(), "{cells:?}");
}

/// Without a committed offset and with `auto.offset.reset=latest` the next member begins at
/// the end: records sent meanwhile are nobody's in that group.
#[test]
fn records_that_a_group_jumped_over_are_told() {
    let view = crash_w1(&mut session());
    let skipped = view.rows.iter().find(|row| row.groups[0].skipped);
    let cells = &skipped.expect("a record passed over").groups[0];
    assert!(cells.committed && cells.given.iter().all(Vec::is_empty));
}

/// A page in which a lesson stands before that step.
fn lesson(id: &str, step: &str) -> Session {
    let mut session = Session::empty(Preferences::default());
    let place = Place {
        lesson: id.into(),
        step: Some(step.into()),
        seed: None,
    };
    perform(&mut session, Task::Learn(Learn::Open(place.clone())));
    let text = kafka_lessons::index::text(id).expect("a lesson of the list");
    let loaded = Learn::Loaded(place, Ok(text.to_owned()));
    perform(&mut session, Task::Learn(loaded));
    session.settle();
    perform(&mut session, Task::Lens(LensKind::Matrix));
    session
}

fn shown(session: &Session) -> Rc<MatrixView> {
    session.view().matrix.expect("the lens is chosen")
}

/// L06: the group leaves all six where they are, the queue forgets each with its acknowledgement,
/// and the push topic had nobody to push them to.
#[test]
fn the_twins_of_a_lesson_have_columns_and_forget_what_kafka_keeps() {
    let before = shown(&lesson("L06", "S1"));
    let left: Vec<usize> = before.twins.iter().map(|twin| twin.left).collect();
    assert_eq!(
        (left, before.stored),
        (vec![6, 0], 6),
        "the queue waits, push keeps nothing"
    );
    let after = shown(&lesson("L06", "S2"));
    let left: Vec<usize> = after.twins.iter().map(|twin| twin.left).collect();
    assert_eq!((left, after.stored), (vec![0, 0], 6));
    for row in &after.rows {
        let [queue, push] = &row.twins[..] else {
            panic!("two models: {row:?}");
        };
        assert!(
            queue.arrived && !queue.stored && queue.given.len() == 1,
            "{row:?}"
        );
        assert!(push.arrived && push.given.is_empty(), "{row:?}");
    }
}

/// A moment gone back to shows the models as they were then.
#[test]
fn the_twins_are_cut_at_the_moment_shown() {
    let begin = lesson("L06", "S1").now();
    let mut session = lesson("L06", "S2");
    assert_eq!(shown(&session).twins[0].left, 0);
    // The open question locks the time bar, not time.
    crate::tasks::travel::seek(&mut session, begin - 1);
    session.settle();
    let then = shown(&session);
    assert_eq!((then.twins[0].left, then.twins[0].deliveries), (6, 0));
}

/// SHG: six members work record by record. The one without power had not acknowledged its record:
/// the lock runs out, and another member is given it.
#[test]
fn a_share_groups_cells_tell_what_became_of_each_delivery() {
    let mut session = lesson("L06", "S7");
    for _ in 0..2 {
        perform(&mut session, Task::Learn(Learn::Skip));
        session.settle();
    }
    let view = shown(&session);
    let at = view.groups.iter().position(|group| group.share);
    let at = at.expect("a share group");
    let mut outcomes = Vec::new();
    for row in &view.rows {
        let cells = &row.groups[at];
        assert!(
            !cells.skipped,
            "a share group has no committed offset: {row:?}"
        );
        outcomes.extend(cells.given.iter().flatten().map(|given| given.outcome));
    }
    let count = |wanted| outcomes.iter().filter(|o| **o == wanted).count();
    let counts = (count(Outcome::Done), count(Outcome::Lapsed), outcomes.len());
    assert_eq!(counts, (6, 1, 7), "{outcomes:?}");
}
