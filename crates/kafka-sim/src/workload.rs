//! A small cluster's everyday work, for tests, benches and the swarm: a topic,
//! producers with a steady load, a group that reads.
//!
//! Not here: what lessons and scenarios do; they say it in their own language.

use kafka_core::client::{AdminTarget, ClientCommand, ProducerLoad};
use kafka_core::config::{ClientConfig, ConsumerConfig, ProducerConfig};
use kafka_core::protocol::{CreatableTopic, CreateTopicsRequest, Request};
use kafka_core::types::{Duration, Name, NodeId};

use crate::action::{Action, ActionError, Applied};
use crate::timeline::Timeline;
use crate::world::World;

/// Where actions are applied and time passes: a world, or a timeline that
/// records them.
pub trait Stage {
    /// Applies an action.
    fn act(&mut self, action: Action) -> Result<Applied, ActionError>;
    /// Lets virtual time pass.
    fn pass(&mut self, span: Duration);
}

impl Stage for World {
    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        self.apply(&action)
    }
    fn pass(&mut self, span: Duration) {
        self.run_for(span);
    }
}

impl Stage for Timeline {
    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        Timeline::act(self, action)
    }
    fn pass(&mut self, span: Duration) {
        self.run_for(span);
    }
}

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Workload {
    /// The topic.
    pub topic: Name,
    /// Its partitions.
    pub partitions: u32,
    /// Its replication factor.
    pub replication: u16,
    /// Its configs.
    pub configs: Vec<(Name, Name)>,
    /// Settings of the producers, one each.
    pub producers: Vec<ProducerConfig>,
    /// Pause between a producer's records.
    pub every: Duration,
    /// Records a producer sends; `None` = no end.
    pub records: Option<u64>,
    /// Distinct keys; 0 = null keys.
    pub keys: u32,
    /// Value length in bytes.
    pub value_bytes: u32,
    /// Settings of the consumers, one each.
    pub consumers: Vec<ConsumerConfig>,
}

/// The processes that do it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Workers {
    /// The tool that made the topic.
    pub admin: NodeId,
    /// The producers.
    pub producers: Vec<NodeId>,
    /// The consumers.
    pub consumers: Vec<NodeId>,
}

/// Settings of a member of a group that reads from the beginning.
pub fn reader(group: &str) -> ConsumerConfig {
    ConsumerConfig {
        group: Some(group.into()),
        offset_reset: kafka_core::config::OffsetReset::To(
            kafka_core::protocol::OffsetSpec::Earliest,
        ),
        ..ConsumerConfig::default()
    }
}

impl Default for Workload {
    /// 12 partitions, RF 3, two producers of 500 records a second with acks=all,
    /// a group of three.
    fn default() -> Workload {
        Workload {
            topic: "orders".into(),
            partitions: 12,
            replication: 3,
            configs: Vec::new(),
            producers: vec![ProducerConfig::default(); 2],
            every: Duration::from_ms(2),
            records: None,
            keys: 0,
            value_bytes: 100,
            consumers: vec![reader("readers"); 3],
        }
    }
}

impl Workload {
    /// Makes the topic, waits three seconds for it, and starts the clients.
    pub fn start(&self, stage: &mut impl Stage) -> Result<Workers, ActionError> {
        let admin = add(stage, Action::AddAdmin(Box::<ClientConfig>::default()))?;
        command(stage, admin, self.create_topic())?;
        stage.pass(Duration::from_secs(3));
        let mut workers = Workers {
            admin,
            producers: Vec::new(),
            consumers: Vec::new(),
        };
        for config in &self.consumers {
            let id = add(stage, Action::AddConsumer(Box::new(config.clone())))?;
            workers.consumers.push(id);
            command(
                stage,
                id,
                ClientCommand::Subscribe(vec![self.topic.clone()]),
            )?;
        }
        for config in &self.producers {
            let id = add(stage, Action::AddProducer(Box::new(config.clone())))?;
            workers.producers.push(id);
            command(stage, id, ClientCommand::StartLoad(self.load()))?;
        }
        Ok(workers)
    }

    fn create_topic(&self) -> ClientCommand {
        let configs = self.configs.iter().cloned();
        let topic = CreatableTopic {
            name: self.topic.clone(),
            num_partitions: self.partitions as i32,
            replication_factor: self.replication as i16,
            assignments: Vec::new(),
            configs: configs.map(|(name, value)| (name, Some(value))).collect(),
        };
        let request = CreateTopicsRequest {
            topics: vec![topic],
            validate_only: false,
        };
        let request = Box::new(Request::CreateTopics(request));
        ClientCommand::Call(1, AdminTarget::AnyBroker, request)
    }

    fn load(&self) -> ProducerLoad {
        ProducerLoad {
            topic: self.topic.clone(),
            partition: None,
            every: self.every,
            remaining: self.records,
            keys: self.keys,
            key_names: Vec::new(),
            value_bytes: self.value_bytes,
            next: 0,
        }
    }
}

fn add(stage: &mut impl Stage, action: Action) -> Result<NodeId, ActionError> {
    stage.act(action)?.node.ok_or(ActionError::WorldFull)
}

fn command(
    stage: &mut impl Stage,
    client: NodeId,
    command: ClientCommand,
) -> Result<(), ActionError> {
    let command = Box::new(command);
    stage.act(Action::Command { client, command }).map(drop)
}
