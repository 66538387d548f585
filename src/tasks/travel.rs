//! Moving in time: steps, seeks, branches, undo.

use kafka_core::types::Time;
use kafka_sim::{BranchId, EntryKind, Moment, Seq, Target};

use crate::session::Session;
use crate::session::work::Work;
use crate::view_model::object::ObjectId;
use crate::view_model::story::StoryRow;
use std::rc::Rc;

/// Events passed over at most in search of one that changes the picture.
const STEP_EVENTS_MAX: usize = 5_000;

/// Virtual time a step may take when nothing is due.
const STEP_SPAN: u64 = 60_000_000;

/// To the next event that changes the picture.
pub fn step(session: &mut Session) {
    session.cancel_work();
    session.playing = false;
    session.before = Some(Rc::new(session.cluster()));
    for _ in 0..STEP_EVENTS_MAX {
        let limit = Time(session.now() + STEP_SPAN);
        if !session.step_event(limit) || last_event_shows(session) {
            break;
        }
    }
    session.world_changed();
    session.narrate_last();
}

/// To the event before that changed the picture.
pub fn step_back(session: &mut Session) {
    session.cancel_work();
    session.playing = false;
    session.leave_terminals();
    session.before = None;
    for _ in 0..STEP_EVENTS_MAX {
        if !session.timeline.step_back() || last_event_shows(session) {
            break;
        }
    }
    session.world_changed();
    session.narrate_last();
}

/// True when the last delivered event is anything but a timer that sent nothing.
fn last_event_shows(session: &Session) -> bool {
    let world = session.timeline.world();
    let trace = world.trace();
    let mut seq = trace.len();
    while seq > 0 {
        seq -= 1;
        let Some(entry) = trace.get(Seq(seq)) else {
            return true;
        };
        match entry.kind {
            EntryKind::Timer => return world.in_flight().any(|m| m.cause == Seq(seq)),
            EntryKind::Note if entry.note.is_some_and(|note| !note.is_idle_traffic()) => {
                return true;
            }
            EntryKind::Note => {}
            _ => return true,
        }
    }
    true
}

/// To the next important event: known ones are gone to, unknown ones are searched.
pub fn next_interesting(session: &mut Session) {
    let next = session
        .story
        .important_after(session.timeline.moment())
        .map(|item| item.moment);
    session.before = Some(Rc::new(session.cluster()));
    match next {
        Some(moment) => go_to(session, moment),
        None => {
            let work = Work::search(&session.timeline, &session.story);
            session.begin(work);
        }
    }
}

/// To the important event before.
pub fn previous_interesting(session: &mut Session) {
    let origin = session.timeline.origin();
    let before = session
        .story
        .important_before(session.timeline.moment())
        .map_or(origin, |item| item.moment);
    go_to(session, before);
}

/// To the beginning.
pub fn to_start(session: &mut Session) {
    let origin = session.timeline.origin();
    go_to(session, origin);
}

/// To the end of what has been computed.
pub fn to_end(session: &mut Session) {
    let here = session.timeline.current();
    if let Some(tip) = session.timeline.branch(here).map(|b| b.tip()) {
        go_to(session, tip);
    }
}

/// To a time; beyond the end the run goes on.
pub fn seek(session: &mut Session, at: u64) {
    session.before = None;
    if at >= session.end() {
        if session.now() < session.end() {
            to_end(session);
        } else {
            let work = Work::run(&session.timeline, at);
            session.begin(work);
        }
        return;
    }
    session.leave_terminals();
    let here = session.timeline.current();
    let work = Work::seek(&mut session.timeline, here, Target::Time(Time(at)));
    session.begin(work);
}

/// Lets time pass up to a time.
pub fn run_on(session: &mut Session, to: u64) {
    session.before = None;
    let work = Work::run(&session.timeline, to);
    session.begin(work);
}

fn go_to(session: &mut Session, moment: Moment) {
    if moment != session.timeline.moment() {
        session.leave_terminals();
    }
    let here = session.timeline.current();
    let work = Work::seek(&mut session.timeline, here, Target::Moment(moment));
    session.begin(work);
}

/// To the moment right after a trace entry, and selects what it is about.
pub fn visit(session: &mut Session, entry: u64) {
    let Some(item) = u32::try_from(entry)
        .ok()
        .and_then(|seq| session.story.item(Seq(seq)))
    else {
        return visit_untold(session, entry);
    };
    let (moment, object) = (item.moment, item.object.clone());
    session.before = None;
    if object.is_some() {
        session.selected = object;
    } else {
        session.selected = Some(ObjectId::Event(entry));
    }
    go_to(session, moment);
}

/// To a trace entry that the story does not tell.
fn visit_untold(session: &mut Session, entry: u64) {
    let trace = session.timeline.full_trace();
    let found = u32::try_from(entry)
        .ok()
        .and_then(|seq| trace.get(Seq(seq)));
    let Some(events) = found.map(|entry| u64::from(entry.event)) else {
        return;
    };
    session.before = None;
    session.leave_terminals();
    let here = session.timeline.current();
    let work = Work::seek(&mut session.timeline, here, Target::Event(events));
    session.begin(work);
}

/// To a row of the story.
pub fn visit_row(session: &mut Session, row: &StoryRow) {
    visit(session, row.event);
}

/// To the tip of another branch.
pub fn switch_branch(session: &mut Session, branch: u32) {
    let id = BranchId(branch);
    let Some(tip) = session.timeline.branch(id).map(|b| b.tip()) else {
        return;
    };
    session.leave_terminals();
    session.before = None;
    let work = Work::seek(&mut session.timeline, id, Target::Moment(tip));
    session.begin(work);
}

/// To where the present was before the last action; what was done since stays reachable.
pub fn undo(session: &mut Session) {
    let Some((branch, moment)) = session.undo.pop() else {
        return;
    };
    session.leave_terminals();
    session.before = None;
    session.overlays.toast = None;
    let work = Work::seek(&mut session.timeline, branch, Target::Moment(moment));
    session.begin(work);
}
