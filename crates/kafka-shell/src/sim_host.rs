//! The simulated world as a terminal's host.
//!
//! Everything goes through [`Driver::act`], so it is recorded where recording
//! happens.

use kafka_core::client::{ClientCommand, ClientEvent};
use kafka_core::config::Endpoint;
use kafka_core::types::{NodeId, Time};
use kafka_scenario::driver::Driver;
use kafka_sim::{Action, NodeConfig, Status, World};

use crate::data_dir::{self, DataFile, Entry};
use crate::host::{Host, NewClient, Server, ServerAction, ServerState};

/// A terminal's host over a driver.
#[derive(Debug)]
pub struct SimHost<'a, D: Driver>(pub &'a mut D);

impl<D: Driver> Host for SimHost<'_, D> {
    fn now(&self) -> Time {
        self.0.world().now()
    }

    fn wall_epoch_ms(&self) -> i64 {
        self.0.world().spec().clock_epoch_ms as i64
    }

    fn servers(&self) -> Vec<Server> {
        servers(self.0.world())
    }

    fn add_client(&mut self, client: NewClient) -> Result<NodeId, String> {
        let action = match client {
            NewClient::Admin(config) => Action::AddAdmin(Box::new(config)),
            NewClient::Producer(config) => Action::AddProducer(Box::new(config)),
            NewClient::Consumer(config) => Action::AddConsumer(Box::new(config)),
            NewClient::ShareConsumer(config) => Action::AddShareConsumer(Box::new(config)),
        };
        let applied = self.0.act(action).map_err(|error| error.to_string())?;
        applied
            .node
            .ok_or_else(|| "the world gave the client no number".to_string())
    }

    fn remove_client(&mut self, client: NodeId) {
        // A client that has closed itself may be gone already: that is the wish.
        let _ = self.0.act(Action::RemoveClient(client));
    }

    fn command(&mut self, client: NodeId, command: ClientCommand) {
        let command = Box::new(command);
        // A client that ended meanwhile takes no command; its tool sees its events.
        let _ = self.0.act(Action::Command { client, command });
    }

    fn act_on_server(&mut self, node: NodeId, action: ServerAction) -> Result<(), String> {
        let action = match action {
            ServerAction::Kill => Action::Crash(node),
            ServerAction::Terminate => Action::Terminate(node),
            ServerAction::Pause => Action::Pause(node),
            ServerAction::Resume => Action::Resume(node),
            ServerAction::Start => Action::Start(node),
        };
        let done = self.0.act(action).map(|_| ());
        done.map_err(|error| error.to_string())
    }

    fn list_folder(&self, path: &str) -> Option<Vec<Entry>> {
        data_dir::list(self.0.world(), path)
    }

    fn data_file(&self, path: &str) -> Option<DataFile> {
        data_dir::read(self.0.world(), path)
    }

    fn events_since(&self, cursor: u64) -> (Vec<(NodeId, ClientEvent)>, u64) {
        let history = self.0.world().history();
        let end = history.len() as u64;
        let from = usize::try_from(cursor.min(end)).unwrap_or(usize::MAX);
        let events = history
            .iter_from(from)
            .map(|item| (item.client, item.event.clone()))
            .collect();
        (events, end)
    }
}

/// The server processes, brokers first, by id.
fn servers(world: &World) -> Vec<Server> {
    let mut servers: Vec<Server> = world
        .nodes()
        .filter_map(|node| {
            let (is_broker, endpoint) = match node.config {
                NodeConfig::Broker(config) => (true, (config.host.clone(), config.port)),
                NodeConfig::Controller(config) => {
                    (false, ("localhost".into(), config.quorum.port(node.id)))
                }
                _ => return None,
            };
            let state = match node.status {
                Status::Running => ServerState::Running,
                Status::Paused => ServerState::Paused,
                Status::Down(_) | Status::New => ServerState::Stopped,
            };
            Some(Server {
                node: node.id,
                is_broker,
                endpoint: Endpoint {
                    node: node.id,
                    host: endpoint.0,
                    port: endpoint.1,
                },
                state,
                starts: node.life,
            })
        })
        .collect();
    servers.sort_by_key(|server| (!server.is_broker, server.node));
    servers
}
