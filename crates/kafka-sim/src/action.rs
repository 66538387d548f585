//! What comes from outside: faults, clients, commands. Plain data, the same from
//! a learner's click, a scenario file and the swarm.

use std::fmt;

use kafka_core::client::ClientCommand;
use kafka_core::config::{
    BrokerConfig, ClientConfig, ConsumerConfig, ProducerConfig, ShareConsumerConfig,
};
use kafka_core::types::{Duration, NodeId};

use crate::engine::{MessageId, Status};
use crate::net::LinkState;
use crate::trace::Seq;

/// One intervention.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Kill the process (`kill -9`): the page cache of its machine survives.
    Crash(NodeId),
    /// Its machine loses power: what was not flushed is gone. Peers learn it as
    /// after a crash; a silent loss is a cut link and then this.
    PowerLoss(NodeId),
    /// Ask it to stop cleanly (SIGTERM).
    Terminate(NodeId),
    /// Start a process that does not run.
    Start(NodeId),
    /// Let it stand still (SIGSTOP, a long garbage collection).
    Pause(NodeId),
    /// Let it go on.
    Resume(NodeId),
    /// Set what one directed link does.
    SetLink {
        /// Sender.
        from: NodeId,
        /// Receiver.
        to: NodeId,
        /// What the link does from now on.
        state: LinkState,
    },
    /// Lose that many of a million messages on a directed link.
    SetLossRate {
        /// Sender.
        from: NodeId,
        /// Receiver.
        to: NodeId,
        /// 0..=1000000; more counts as all.
        ppm: u32,
    },
    /// Cut all links between the two sides, both ways.
    Partition(Vec<NodeId>, Vec<NodeId>),
    /// All links up and without loss.
    Heal,
    /// Add a broker and start it.
    AddBroker(Box<BrokerConfig>),
    /// Add a producer and start it. No bootstrap servers = all brokers.
    AddProducer(Box<ProducerConfig>),
    /// Add a consumer and start it. No bootstrap servers = all brokers.
    AddConsumer(Box<ConsumerConfig>),
    /// Add a share consumer and start it. No bootstrap servers = all brokers.
    AddShareConsumer(Box<ShareConsumerConfig>),
    /// Add an administrating tool and start it. No bootstrap servers = all brokers.
    AddAdmin(Box<ClientConfig>),
    /// Take a client away; if it runs, it is killed.
    RemoveClient(NodeId),
    /// Have a client's application do something.
    Command {
        /// The client.
        client: NodeId,
        /// What its application asks for.
        command: Box<ClientCommand>,
    },
    /// Lose one message in flight.
    DropMessage(MessageId),
    /// Let one message (and those behind it) arrive later.
    DelayMessage(MessageId, Duration),
    /// Let one message arrive twice.
    DuplicateMessage(MessageId),
    /// Hold one message and those behind it.
    HoldMessage(MessageId),
    /// Let one message, and those before it, arrive now.
    DeliverNow(MessageId),
    /// A log directory of a broker, by its number, cannot be used any more (LOG-16). Without the
    /// first, 0, which holds the metadata, the broker halts, and cannot start before the disk is
    /// replaced; any other it gives up at its next write there, and goes on.
    FailLogDir(NodeId, u32),
    /// The disk of that log directory is full (LOG-16): likewise, but what is on it stays.
    FillDisk(NodeId, u32),
    /// Make room on a full disk; put an empty, formatted one in the place of a broken one. A
    /// directory that a running broker has given up it uses again when it is started anew.
    RepairDisk(NodeId, u32),
}

/// What became of the disk under a log directory of a broker.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DiskState {
    /// It works.
    #[default]
    Good,
    /// Nothing more can be written.
    Full,
    /// Nothing can be read or written.
    Broken,
}

/// What an action did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Applied {
    /// Its entry in the trace.
    pub seq: Seq,
    /// The process it made, if it made one.
    pub node: Option<NodeId>,
}

/// Why an action could not be applied. Nothing was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActionError {
    /// No process has that id.
    NoSuchNode(NodeId),
    /// The action needs a process in another state.
    WrongStatus {
        /// The process.
        node: NodeId,
        /// The state it is in.
        status: Status,
        /// What the action needs.
        needs: Needs,
    },
    /// The process is not a client.
    NotAClient(NodeId),
    /// Another process has that id, or the id belongs to clients.
    IdTaken(NodeId),
    /// No message of that number is in flight.
    NoSuchMessage(MessageId),
    /// The world has as many processes as it can hold.
    WorldFull,
    /// The process is not a broker.
    NotABroker(NodeId),
    /// The broker's disk is not in a state for that.
    WrongDisk(NodeId, DiskState),
    /// The broker has no log directory of that number.
    NoSuchLogDir(NodeId, u32),
}

/// The state an action needs a process to be in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Running.
    Running,
    /// Running or paused.
    Alive,
    /// Not running.
    Down,
    /// Paused.
    Paused,
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ActionError::NoSuchNode(node) => write!(f, "there is no process {node}"),
            ActionError::WrongStatus {
                node,
                status,
                needs,
            } => {
                let is = match status {
                    Status::Running => "is running",
                    Status::Paused => "is paused",
                    Status::Down(_) => "is not running",
                    Status::New => "was never started",
                };
                let remedy = match needs {
                    Needs::Running | Needs::Alive if *status == Status::Paused => "resume it first",
                    Needs::Running | Needs::Alive => "start it first",
                    Needs::Down => "stop or crash it first",
                    Needs::Paused => "only a paused process can be resumed",
                };
                write!(f, "process {node} {is}: {remedy}")
            }
            ActionError::NotAClient(node) => write!(f, "process {node} is not a client"),
            ActionError::IdTaken(node) => {
                write!(
                    f,
                    "the id {node} is taken or not a server's: choose another"
                )
            }
            ActionError::NoSuchMessage(id) => write!(
                f,
                "message {} is not in flight: it has arrived or was lost",
                id.0
            ),
            ActionError::NotABroker(node) => write!(f, "process {node} is not a broker"),
            ActionError::WrongDisk(node, state) => {
                let (is, remedy) = match state {
                    DiskState::Good => ("works", "fail or fill it first"),
                    DiskState::Full => ("is full", "repair it first, which makes room"),
                    DiskState::Broken => ("is broken", "repair it first, which replaces it"),
                };
                write!(f, "the disk of broker {node} {is}: {remedy}")
            }
            ActionError::NoSuchLogDir(node, dir) => {
                write!(f, "broker {node} has no log directory {dir}")
            }
            ActionError::WorldFull => write!(f, "the world cannot hold more processes"),
        }
    }
}

impl std::error::Error for ActionError {}
