//! Interventions: what a button does to the world, in the simulation's own actions.

use kafka_lessons::action::{Refusal, apply};

use std::rc::Rc;

use super::action::{Action, Server};
use crate::i18n::sentence;
use crate::session::Session;
use crate::session::script::Deed;
use crate::session::terminal::TimelineDriver;
use crate::view_model::object::ObjectId;

pub use kafka_lessons::action::PAGE_PRODUCER;

/// Does something to the world and keeps it as a deed; a refusal is told.
pub fn act(session: &mut Session, action: Action) {
    if let Action::Select(object) = action {
        session.selected = Some(object);
        return;
    }
    session.cancel_work();
    let place = (session.timeline.current(), session.timeline.moment());
    session.before = Some(Rc::new(session.cluster()));
    let forks = !session.timeline.is_at_tip();
    if let Err(problem) = apply_action(session, action) {
        session.toast(problem, true, false);
        return;
    }
    session.undo.push(place);
    session.world_changed();
    session.narrate_last();
    if forks {
        let here = session.timeline.current();
        let name = sentence::branch_name(session.preferences.lang, here.0, session.now());
        session.timeline.rename(here, &name);
        let told = sentence::new_branch(session.preferences.lang, &name);
        session.toast(told, false, true);
    }
}

/// Applies an action and keeps it as a deed.
///
/// # Errors
/// The world's refusal, in words.
pub fn apply_action(session: &mut Session, action: Action) -> Result<(), String> {
    if let Action::Select(_) = action {
        return Ok(());
    }
    let place = session.timeline.moment();
    let applied = apply(&mut TimelineDriver(&mut session.timeline), &action);
    applied.map_err(|refusal| match refusal {
        Refusal::World(reason) => reason,
        Refusal::NoSuchClient(name) => sentence::no_such_client(session.preferences.lang, &name),
    })?;
    session.keep_deed(place, 0, Deed::Act(action));
    Ok(())
}

/// Crashes the leader of the selected partition, or of the first one.
pub fn crash_leader(session: &mut Session) {
    let view = session.cluster();
    let selected = session.selected.as_ref().and_then(ObjectId::partition);
    let chosen = selected
        .and_then(|name| view.partition(name))
        .map(|(_, p)| p);
    let first = || {
        view.partitions()
            .find(|(_, topic, _)| !topic.internal)
            .map(|(_, _, p)| p)
    };
    let Some(leader) = chosen.or_else(first).and_then(|p| p.leader) else {
        let words = sentence::no_leader_to_crash(session.preferences.lang);
        session.toast(words, true, false);
        return;
    };
    act(session, Action::Crash(Server::Broker(leader)));
}

/// Starts the server that went down last.
pub fn restart_last(session: &mut Session) {
    let view = session.cluster();
    let down = view
        .brokers
        .iter()
        .filter_map(|b| b.process.down_since().map(|at| (at, b.id)));
    let Some((_, id)) = down.max() else {
        let words = sentence::nothing_to_restart(session.preferences.lang);
        session.toast(words, true, false);
        return;
    };
    act(session, Action::Start(Server::Broker(id)));
}

/// Sends one record to the topic of the selection, or to the first one.
pub fn produce_one(session: &mut Session) {
    let view = session.cluster();
    let selected = session
        .selected
        .as_ref()
        .and_then(ObjectId::partition)
        .map(|p| p.topic.clone());
    let first = || {
        view.topics
            .iter()
            .find(|t| !t.internal)
            .map(|t| t.name.clone())
    };
    let Some(topic) = selected.or_else(first) else {
        let words = sentence::no_topic_to_write(session.preferences.lang);
        session.toast(words, true, false);
        return;
    };
    let value = sentence::record_value(session.now());
    act(session, Action::Send { topic, value });
}
