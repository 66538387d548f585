//! What a terminal needs from the world it stands before.
//!
//! The native runner and the page implement it; the shell itself never sees a
//! queue or a timeline. Everything that changes the world goes through
//! [`Host::apply`] methods, so that it is recorded and can be replayed.

use kafka_core::client::{ClientCommand, ClientEvent};
use kafka_core::config::{
    ClientConfig, ConsumerConfig, Endpoint, ProducerConfig, ShareConsumerConfig,
};
use kafka_core::types::{NodeId, Time};

use crate::data_dir::{DataFile, Entry};

/// Whether a server process runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerState {
    /// Runs.
    Running,
    /// Runs but is held (SIGSTOP, long garbage collection).
    Paused,
    /// Does not run.
    Stopped,
}

/// A broker or controller process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Server {
    /// Its `node.id`.
    pub node: NodeId,
    /// Broker (true) or controller.
    pub is_broker: bool,
    /// Where clients find it.
    pub endpoint: Endpoint,
    /// Whether it runs.
    pub state: ServerState,
    /// How often it was started, from 1; tells its process id.
    pub starts: u32,
}

/// What can be done to a server process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerAction {
    /// SIGKILL.
    Kill,
    /// SIGTERM.
    Terminate,
    /// SIGSTOP.
    Pause,
    /// SIGCONT.
    Resume,
    /// Start it.
    Start,
}

/// A new client process.
#[derive(Clone, Debug)]
pub enum NewClient {
    /// Admin client.
    Admin(ClientConfig),
    /// Producer.
    Producer(ProducerConfig),
    /// Consumer.
    Consumer(ConsumerConfig),
    /// Share consumer.
    ShareConsumer(ShareConsumerConfig),
}

/// The world, as a terminal uses it.
pub trait Host {
    /// Virtual time.
    fn now(&self) -> Time;

    /// The world's wall clock at virtual time zero, milliseconds since 1970.
    fn wall_epoch_ms(&self) -> i64;

    /// All server processes, brokers first, by id.
    fn servers(&self) -> Vec<Server>;

    /// Starts a client process and gives its number.
    ///
    /// # Errors
    /// A text for people if the world refuses.
    fn add_client(&mut self, client: NewClient) -> Result<NodeId, String>;

    /// Ends a client process without ceremony.
    fn remove_client(&mut self, client: NodeId);

    /// Gives a client a command.
    fn command(&mut self, client: NodeId, command: ClientCommand);

    /// Signals or starts a server.
    ///
    /// # Errors
    /// A text for people if the world refuses.
    fn act_on_server(&mut self, node: NodeId, action: ServerAction) -> Result<(), String>;

    /// The entries of a folder of a broker's data; `None` if there is none.
    fn list_folder(&self, path: &str) -> Option<Vec<Entry>>;

    /// What a file of a broker's data holds; `None` if there is none.
    fn data_file(&self, path: &str) -> Option<DataFile>;

    /// Client events from number `cursor` on, each with its client, and the next
    /// cursor. The numbering survives replay: it is part of the history.
    fn events_since(&self, cursor: u64) -> (Vec<(NodeId, ClientEvent)>, u64);
}
