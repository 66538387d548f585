//! Interventions: what a button does to the world, in the simulation's own actions.

use kafka_core::client::{ClientCommand, RecordToSend};
use kafka_core::config::{ClientConfig, ProducerConfig};
use kafka_core::types::NodeId;
use kafka_sim::{self as sim, MessageId, NodeConfig};

use std::rc::Rc;

use super::action::{Action, Server};
use crate::i18n::sentence;
use crate::session::Session;
use crate::session::script::Deed;
use crate::session::terminal::TimelineDriver;
use crate::view_model::object::ObjectId;
use crate::view_model::world::client_names;

/// Name of the producer behind the page's send button.
pub const PAGE_PRODUCER: &str = "p1";

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
    let place = session.timeline.moment();
    let deed = Deed::Act(action.clone());
    match action {
        Action::Select(_) => return Ok(()),
        Action::Crash(server) => apply(session, sim::Action::Crash(node(server))),
        Action::Stop(server) => apply(session, sim::Action::Terminate(node(server))),
        Action::Pause(server) => apply(session, sim::Action::Pause(node(server))),
        Action::Resume(server) => apply(session, sim::Action::Resume(node(server))),
        Action::Start(server) => apply(session, sim::Action::Start(node(server))),
        Action::CutOff(server) => cut_off(session, node(server)),
        Action::Heal => apply(session, sim::Action::Heal),
        Action::DropMessage(id) => apply(session, sim::Action::DropMessage(MessageId(id))),
        Action::HoldMessage(id) => apply(session, sim::Action::HoldMessage(MessageId(id))),
        Action::ReleaseMessage(id) => apply(session, sim::Action::DeliverNow(MessageId(id))),
        Action::Send { topic, value } => send(session, &topic, &value),
        Action::Statement(text) => state(session, &text),
        Action::CloseClient(name) => with_client(session, &name, |client| sim::Action::Command {
            client,
            command: Box::new(ClientCommand::Close { leave: true }),
        }),
        Action::CrashClient(name) => with_client(session, &name, sim::Action::Crash),
    }?;
    session.keep_deed(place, deed);
    Ok(())
}

fn apply(session: &mut Session, action: sim::Action) -> Result<(), String> {
    session
        .timeline
        .act(action)
        .map(|_| ())
        .map_err(|error| error.to_string())
}

/// Does what a statement of the scenario language says.
fn state(session: &mut Session, text: &str) -> Result<(), String> {
    kafka_scenario::run::state(&mut TimelineDriver(&mut session.timeline), text)
}

fn node(server: Server) -> NodeId {
    NodeId(u32::try_from(server.id()).unwrap_or(u32::MAX))
}

fn cut_off(session: &mut Session, one: NodeId) -> Result<(), String> {
    let others = session
        .timeline
        .world()
        .nodes()
        .map(|n| n.id)
        .filter(|id| *id != one)
        .collect();
    apply(session, sim::Action::Partition(vec![one], others))
}

fn with_client(
    session: &mut Session,
    name: &str,
    action: impl FnOnce(NodeId) -> sim::Action,
) -> Result<(), String> {
    let id = client_names(session.timeline.world())
        .into_iter()
        .find(|(_, n)| n == name)
        .map(|(id, _)| id);
    let id = id.ok_or_else(|| sentence::no_such_client(session.preferences.lang, name))?;
    apply(session, action(id))
}

/// Sends one record with the page's own producer, which is started when there is none.
fn send(session: &mut Session, topic: &str, value: &str) -> Result<(), String> {
    let client = match page_producer(session) {
        Some(id) => id,
        None => start_producer(session)?,
    };
    let record = RecordToSend {
        topic: topic.into(),
        partition: None,
        key: None,
        value: Some(value.as_bytes().into()),
        headers: Vec::new(),
        timestamp_ms: None,
    };
    apply(
        session,
        sim::Action::Command {
            client,
            command: Box::new(ClientCommand::Send(record, 0)),
        },
    )
}

fn page_producer(session: &Session) -> Option<NodeId> {
    let world = session.timeline.world();
    let mut nodes = world.nodes();
    let mine = nodes.find(|n| {
        n.status.is_alive() && matches!(n.config, NodeConfig::Producer(config) if &*config.client.client_id == PAGE_PRODUCER)
    });
    mine.map(|n| n.id)
}

fn start_producer(session: &mut Session) -> Result<NodeId, String> {
    let config = ProducerConfig {
        client: ClientConfig {
            client_id: PAGE_PRODUCER.into(),
            ..ClientConfig::default()
        },
        ..ProducerConfig::default()
    };
    apply(session, sim::Action::AddProducer(Box::new(config)))?;
    page_producer(session)
        .ok_or_else(|| sentence::no_such_client(session.preferences.lang, PAGE_PRODUCER))
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
