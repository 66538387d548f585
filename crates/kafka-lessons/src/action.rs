//! What a person can do to the world, as data: the same from a button, a key, a menu and a script.

use kafka_core::client::{ClientCommand, RecordToSend};
use kafka_core::config::ProducerConfig;
use kafka_core::types::NodeId;
use kafka_scenario::driver::Driver;
use kafka_sim::{self as sim, MessageId, NodeConfig, World};

use crate::Control;
use crate::names::client_names;
use crate::object::ObjectId;

/// A server process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Server {
    /// A broker by its `node.id`.
    Broker(i32),
    /// A controller by its `node.id`.
    Controller(i32),
}

impl Server {
    /// The `node.id`.
    pub fn id(self) -> i32 {
        match self {
            Server::Broker(id) | Server::Controller(id) => id,
        }
    }
}

/// One action.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The process ends without warning.
    Crash(Server),
    /// Controlled shutdown.
    Stop(Server),
    /// The process runs no code for now.
    Pause(Server),
    /// It runs again.
    Resume(Server),
    /// A stopped or crashed process starts again.
    Start(Server),
    /// No message from or to this server arrives.
    CutOff(Server),
    /// All links work again.
    Heal,
    /// A message is lost.
    DropMessage(u64),
    /// A message stays where it is.
    HoldMessage(u64),
    /// A message arrives twice.
    DuplicateMessage(u64),
    /// A message, held or flying, arrives now, and those before it.
    ReleaseMessage(u64),
    /// A producer sends one record to a topic.
    Send {
        /// Topic.
        topic: String,
        /// Value.
        value: String,
    },
    /// A statement of the scenario language, as lessons use them: `consumer w1 topic=orders`.
    Statement(String),
    /// A client closes by itself.
    CloseClient(String),
    /// A client's process ends without warning.
    CrashClient(String),
    /// Selects an object; changes nothing in the world, so it is no deed to keep.
    #[serde(skip)]
    Select(ObjectId),
}

impl Action {
    /// The control it belongs to, as lessons lock them; a selection is never locked.
    pub fn control(&self) -> Option<Control> {
        Some(match self {
            Action::Select(_) => return None,
            Action::Crash(_)
            | Action::Stop(_)
            | Action::Pause(_)
            | Action::Resume(_)
            | Action::Start(_) => Control::Servers,
            Action::CutOff(_)
            | Action::Heal
            | Action::DropMessage(_)
            | Action::HoldMessage(_)
            | Action::DuplicateMessage(_)
            | Action::ReleaseMessage(_) => Control::Network,
            Action::Send { .. } | Action::CloseClient(_) | Action::CrashClient(_) => {
                Control::Clients
            }
            Action::Statement(text) => control_of(text),
        })
    }
}

/// The control of a statement of the scenario language, told by its verb.
fn control_of(statement: &str) -> Control {
    match statement.split_whitespace().next().unwrap_or_default() {
        "crash" | "power-loss" | "stop" | "start" | "pause" | "resume" | "fail-log-dir"
        | "fill-disk" | "repair-disk" => Control::Servers,
        "up" | "cut" | "hold" | "slow" | "partition" | "heal" => Control::Network,
        _ => Control::Clients,
    }
}

/// Name of the producer behind the page's send button.
pub const PAGE_PRODUCER: &str = "p1";

/// Why an action could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The world's refusal, or a mistake in a statement.
    World(String),
    /// No client has that name.
    NoSuchClient(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::World(reason) => f.write_str(reason),
            Refusal::NoSuchClient(name) => write!(f, "there is no client {name}"),
        }
    }
}

/// Does an action. A selection changes nothing in the world.
///
/// # Errors
/// Why it could not be done.
pub fn apply<D: Driver>(driver: &mut D, action: &Action) -> Result<(), Refusal> {
    match action {
        Action::Select(_) => Ok(()),
        Action::Crash(server) => act(driver, sim::Action::Crash(node(*server))),
        Action::Stop(server) => act(driver, sim::Action::Terminate(node(*server))),
        Action::Pause(server) => act(driver, sim::Action::Pause(node(*server))),
        Action::Resume(server) => act(driver, sim::Action::Resume(node(*server))),
        Action::Start(server) => act(driver, sim::Action::Start(node(*server))),
        Action::CutOff(server) => cut_off(driver, node(*server)),
        Action::Heal => act(driver, sim::Action::Heal),
        Action::DropMessage(id) => act(driver, sim::Action::DropMessage(MessageId(*id))),
        Action::HoldMessage(id) => act(driver, sim::Action::HoldMessage(MessageId(*id))),
        Action::ReleaseMessage(id) => act(driver, sim::Action::DeliverNow(MessageId(*id))),
        Action::DuplicateMessage(id) => act(driver, sim::Action::DuplicateMessage(MessageId(*id))),
        Action::Send { topic, value } => send(driver, topic, value),
        Action::Statement(text) => kafka_scenario::run::state(driver, text).map_err(Refusal::World),
        Action::CloseClient(name) => {
            let client = named(driver, name)?;
            let command = Box::new(ClientCommand::Close { leave: true });
            act(driver, sim::Action::Command { client, command })
        }
        Action::CrashClient(name) => {
            let client = named(driver, name)?;
            act(driver, sim::Action::Crash(client))
        }
    }
}

fn act<D: Driver>(driver: &mut D, action: sim::Action) -> Result<(), Refusal> {
    let done = driver.act(action).map(drop);
    done.map_err(|error| Refusal::World(error.to_string()))
}

fn node(server: Server) -> NodeId {
    NodeId(u32::try_from(server.id()).unwrap_or(u32::MAX))
}

fn cut_off<D: Driver>(driver: &mut D, one: NodeId) -> Result<(), Refusal> {
    let all = driver.world().nodes().map(|n| n.id);
    let others = all.filter(|id| *id != one).collect();
    act(driver, sim::Action::Partition(vec![one], others))
}

fn named<D: Driver>(driver: &D, name: &str) -> Result<NodeId, Refusal> {
    let names = client_names(driver.world());
    let found = names.into_iter().find(|(_, n)| n == name);
    let missing = || Refusal::NoSuchClient(name.to_owned());
    found.map(|(id, _)| id).ok_or_else(missing)
}

/// Sends one record with the page's own producer, which is started when there is none.
fn send<D: Driver>(driver: &mut D, topic: &str, value: &str) -> Result<(), Refusal> {
    if page_producer(driver.world()).is_none() {
        let mut config = ProducerConfig::default();
        config.client.client_id = PAGE_PRODUCER.into();
        act(driver, sim::Action::AddProducer(Box::new(config)))?;
    }
    let missing = || Refusal::NoSuchClient(PAGE_PRODUCER.to_owned());
    let client = page_producer(driver.world()).ok_or_else(missing)?;
    let record = RecordToSend {
        topic: topic.into(),
        partition: None,
        key: None,
        value: Some(value.as_bytes().into()),
        headers: Vec::new(),
        timestamp_ms: None,
    };
    let command = Box::new(ClientCommand::Send(record, 0));
    act(driver, sim::Action::Command { client, command })
}

fn page_producer(world: &World) -> Option<NodeId> {
    let mine = |config: &NodeConfig| matches!(config, NodeConfig::Producer(config) if &*config.client.client_id == PAGE_PRODUCER);
    let mut nodes = world.nodes();
    let found = nodes.find(|n| n.status.is_alive() && mine(n.config));
    found.map(|n| n.id)
}
