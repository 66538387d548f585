//! A scenario played on a world.

use std::collections::BTreeMap;
use std::fmt;

use kafka_core::client::{
    ClientCommand, Consumer, NamedPartition, OffsetsToSend, ProducerLoad, RecordToSend,
    TransactionCall,
};
use kafka_core::config::ProducerConfig;
use kafka_core::config::check::is_idempotent;
use kafka_core::types::{Name, NodeId, Offset};
use kafka_sim::{Action, ActionError, ClusterSpec, LinkState, StartState, World};

use crate::ast::{End, LinkVerb, ServerVerb, Setup, Statement, Step, TxnOffsets};
use crate::clients::{ConsumerPlan, consumer_setting, producer_setting};
use crate::command;
use crate::driver::{Driver, Runs};
use crate::parse::statement;
use crate::properties::{self, PropertyError};
use crate::share::{ShareConsumerPlan, share_consumer_setting};

/// The cluster a setup describes.
///
/// # Errors
/// A setting that Kafka refuses.
pub fn spec(setup: &Setup) -> Result<ClusterSpec, PropertyError> {
    let mut spec = ClusterSpec::quick(setup.brokers, setup.controllers);
    if let Some(voters) = setup.voters {
        spec = spec.with_voters(voters as usize);
    }
    if setup.cold {
        spec.start = StartState::Cold;
    }
    for (name, value) in &setup.settings {
        properties::set(&mut spec, name, value)?;
    }
    for broker in &mut spec.brokers {
        broker.truncation = setup.truncation;
        broker.strict_min_isr = setup.strict_min_isr;
        if setup.log_dirs > 1 {
            broker.set_log_dirs(setup.log_dirs);
        }
        let rack = setup.racks.iter().find(|(id, _)| *id == broker.node.0);
        if let Some((_, rack)) = rack {
            broker.rack = Some(rack.as_str().into());
            broker
                .properties
                .retain(|(known, _)| **known != *"broker.rack");
            broker
                .properties
                .push(("broker.rack".into(), rack.as_str().into()));
        }
    }
    for controller in &mut spec.controllers {
        controller.elr_version = i16::from(setup.elr);
        controller.transaction_version = setup.transaction_version;
        for (topic, lists) in &setup.placements {
            let lists = lists
                .iter()
                .map(|list| list.iter().copied().map(NodeId).collect());
            controller
                .placements
                .push((topic.as_str().into(), lists.collect()));
        }
    }
    Ok(spec)
}

/// Why a step could not be played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunError {
    /// Line of the step.
    pub line: usize,
    /// Why.
    pub reason: String,
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for RunError {}

/// Does at once what a statement of the scenario language says to the clients and servers there
/// are. What takes time (`wait`, a command line) is no such statement.
///
/// # Errors
/// The mistake in the text, or what the world refuses.
pub fn state<D: Driver>(driver: &mut D, text: &str) -> Result<(), String> {
    let mut player = Player::of(driver.world());
    let brokers = driver.world().spec().brokers.len();
    let controllers = driver.world().spec().controllers.len();
    let setup = Setup {
        brokers: u32::try_from(brokers).unwrap_or(u32::MAX),
        controllers: u32::try_from(controllers).unwrap_or(u32::MAX),
        ..Setup::default()
    };
    let known: Vec<String> = player.clients.keys().cloned().collect();
    let statement =
        statement(1, text, &setup, &known).map_err(|error| error.problem.to_string())?;
    player.act(driver, &statement)
}

/// Plays steps one by one; knows the clients by their names.
#[derive(Clone, Debug, Default)]
pub struct Player {
    clients: BTreeMap<String, NodeId>,
}

impl Player {
    /// One that knows the clients that run in a world, by their `client.id`; of two with one name
    /// the newer.
    pub fn of(world: &World) -> Player {
        let running = world.nodes().filter(|node| node.status.is_alive());
        let named = running.filter_map(|node| Some((node.config.client()?, node.id)));
        Player {
            clients: named.map(|(c, id)| (c.client_id.to_string(), id)).collect(),
        }
    }

    /// The process of a named client.
    pub fn client(&self, name: &str) -> Option<NodeId> {
        self.clients.get(name).copied()
    }

    /// Plays one step. `shell` runs a command line with its input to its end.
    ///
    /// # Errors
    /// What the world refuses, with the step's line.
    pub fn play<D: Runs>(
        &mut self,
        driver: &mut D,
        step: &Step,
        shell: &mut dyn FnMut(&mut D, &str, &str),
    ) -> Result<(), RunError> {
        let fail = |reason: String| RunError {
            line: step.line,
            reason,
        };
        match &step.what {
            Statement::Wait(span) => {
                let until = driver.world().now() + *span;
                while driver.step_until(until) {}
                Ok(())
            }
            Statement::Events(count) => {
                let end = driver.world().now() + kafka_core::types::Duration::from_secs(86_400);
                for _ in 0..*count {
                    if !driver.step_until(end) {
                        break;
                    }
                }
                Ok(())
            }
            other => match command::of(other, driver.world()) {
                Some((line, input)) => {
                    shell(driver, &line, &input);
                    Ok(())
                }
                None => self.act(driver, other).map_err(fail),
            },
        }
    }

    fn act<D: Driver>(&mut self, driver: &mut D, what: &Statement) -> Result<(), String> {
        match what {
            Statement::Producer(name, settings) => self.producer(driver, name, settings),
            Statement::Consumer(name, settings) => self.consumer(driver, name, settings),
            Statement::ShareConsumer(name, settings) => self.share_consumer(driver, name, settings),
            Statement::SendOffsets(name, offsets) => self.send_offsets(driver, name, offsets),
            Statement::Kill(name) => {
                let client = self.named(name)?;
                apply(driver, Action::Crash(client))
            }
            Statement::Link {
                verb,
                from,
                to,
                both,
            } => {
                let (from, to) = (self.end(from)?, self.end(to)?);
                apply(driver, set_link(*verb, from, to))?;
                if *both {
                    apply(driver, set_link(*verb, to, from))?;
                }
                Ok(())
            }
            Statement::Server(verb, node) => apply(driver, server(*verb, *node)),
            Statement::Partition(one, other) => {
                apply(driver, Action::Partition(one.clone(), other.clone()))
            }
            Statement::Heal => apply(driver, Action::Heal),
            other => match client_command(other) {
                Some((name, command)) => {
                    let client = self.named(name)?;
                    let command = Box::new(command);
                    apply(driver, Action::Command { client, command })
                }
                None => Ok(()),
            },
        }
    }

    fn end(&self, end: &End) -> Result<NodeId, String> {
        match end {
            End::Server(node) => Ok(*node),
            End::Client(name) => self.named(name),
        }
    }

    fn named(&self, name: &str) -> Result<NodeId, String> {
        let found = self.clients.get(name).copied();
        found.ok_or_else(|| format!("there is no client {name}"))
    }

    fn producer<D: Driver>(
        &mut self,
        driver: &mut D,
        name: &str,
        settings: &[(String, String)],
    ) -> Result<(), String> {
        let mut config = ProducerConfig::default();
        config.client.client_id = name.into();
        for (key, value) in settings {
            producer_setting(&mut config, key, value).map_err(|p| p.to_string())?;
        }
        let set = settings.iter().map(|(name, value)| (&**name, &**value));
        config.idempotence = is_idempotent(set).map_err(|error| error.message)?;
        let transactional = config.transactional_id.is_some();
        let added = driver.act(Action::AddProducer(Box::new(config)));
        self.added(name, added)?;
        if transactional {
            // What every application with a transactional id does first.
            let client = self.named(name)?;
            let command = Box::new(ClientCommand::Transaction(TransactionCall::Init));
            apply(driver, Action::Command { client, command })?;
        }
        Ok(())
    }

    fn send_offsets<D: Driver>(
        &mut self,
        driver: &mut D,
        name: &str,
        offsets: &TxnOffsets,
    ) -> Result<(), String> {
        let client = self.named(name)?;
        let sent = match offsets {
            TxnOffsets::Of(consumer) => {
                let node = self.named(consumer)?;
                let process = driver.world().consumer(node);
                let process = process.ok_or_else(|| format!("{consumer} is no consumer"))?;
                positions(process).ok_or_else(|| format!("{consumer} is in no group"))?
            }
            TxnOffsets::At {
                group,
                topic,
                partition,
                offset,
            } => OffsetsToSend {
                group: group.as_str().into(),
                member: None,
                offsets: vec![(named_partition(topic, *partition), position(*offset))],
            },
        };
        let command = Box::new(ClientCommand::SendOffsets(sent));
        apply(driver, Action::Command { client, command })
    }

    fn consumer<D: Driver>(
        &mut self,
        driver: &mut D,
        name: &str,
        settings: &[(String, String)],
    ) -> Result<(), String> {
        let mut plan = ConsumerPlan::default();
        plan.config.client.client_id = name.into();
        for (key, value) in settings {
            consumer_setting(&mut plan, key, value).map_err(|p| p.to_string())?;
        }
        let added = driver.act(Action::AddConsumer(Box::new(plan.config)));
        self.added(name, added)?;
        let client = self.named(name)?;
        let command = match plan.pattern {
            Some(pattern) => ClientCommand::SubscribeTo(pattern),
            None => ClientCommand::Subscribe(plan.topics),
        };
        let command = Box::new(command);
        apply(driver, Action::Command { client, command })
    }

    fn share_consumer<D: Driver>(
        &mut self,
        driver: &mut D,
        name: &str,
        settings: &[(String, String)],
    ) -> Result<(), String> {
        let mut plan = ShareConsumerPlan::default();
        plan.config.client.client_id = name.into();
        for (key, value) in settings {
            share_consumer_setting(&mut plan, key, value).map_err(|p| p.to_string())?;
        }
        let added = driver.act(Action::AddShareConsumer(Box::new(plan.config)));
        self.added(name, added)?;
        let client = self.named(name)?;
        let command = Box::new(ClientCommand::Subscribe(plan.topics));
        apply(driver, Action::Command { client, command })
    }

    fn added(
        &mut self,
        name: &str,
        added: Result<kafka_sim::Applied, ActionError>,
    ) -> Result<(), String> {
        let node = added.map_err(|error| error.to_string())?.node;
        let node = node.ok_or("the world gave the client no number")?;
        self.clients.insert(name.to_string(), node);
        Ok(())
    }
}

fn apply<D: Driver>(driver: &mut D, action: Action) -> Result<(), String> {
    driver
        .act(action)
        .map(|_| ())
        .map_err(|error| error.to_string())
}

fn server(verb: ServerVerb, node: NodeId) -> Action {
    match verb {
        ServerVerb::Crash => Action::Crash(node),
        ServerVerb::PowerLoss => Action::PowerLoss(node),
        ServerVerb::Stop => Action::Terminate(node),
        ServerVerb::Start => Action::Start(node),
        ServerVerb::Pause => Action::Pause(node),
        ServerVerb::Resume => Action::Resume(node),
        ServerVerb::FailLogDir(dir) => Action::FailLogDir(node, dir),
        ServerVerb::FillDisk(dir) => Action::FillDisk(node, dir),
        ServerVerb::RepairDisk(dir) => Action::RepairDisk(node, dir),
    }
}

fn set_link(verb: LinkVerb, from: NodeId, to: NodeId) -> Action {
    let state = match verb {
        LinkVerb::Up => LinkState::Up,
        LinkVerb::Cut => LinkState::Dropped,
        LinkVerb::Hold => LinkState::Held,
        LinkVerb::Slow(by) => LinkState::Slow(by),
    };
    Action::SetLink { from, to, state }
}

fn named_partition(topic: &str, partition: u32) -> NamedPartition {
    NamedPartition {
        topic: topic.into(),
        partition,
    }
}

fn position(offset: u64) -> Offset {
    Offset(i64::try_from(offset).unwrap_or(i64::MAX))
}

/// What an application gives to `sendOffsetsToTransaction`: the positions and the group
/// metadata of its consumer.
fn positions(consumer: &Consumer) -> Option<OffsetsToSend> {
    let known = consumer.assignment();
    let known = known.filter(|it| it.position != Offset::UNKNOWN);
    let known = known.map(|it| (named_partition(&it.topic, it.partition), it.position));
    Some(OffsetsToSend {
        group: consumer.config().group.clone()?,
        member: Some((consumer.member_id().into(), consumer.generation())),
        offsets: known.collect(),
    })
}

/// Statements that are a command to one client.
fn client_command(what: &Statement) -> Option<(&str, ClientCommand)> {
    let bytes = |text: &String| text.as_bytes().into();
    Some(match what {
        Statement::Send {
            producer,
            topic,
            value,
            key,
            partition,
        } => {
            let record = RecordToSend {
                topic: topic.as_str().into(),
                partition: *partition,
                key: key.as_ref().map(bytes),
                value: value.as_ref().map(bytes),
                headers: Vec::new(),
                timestamp_ms: None,
            };
            (producer, ClientCommand::Send(record, 0))
        }
        Statement::Load {
            producer,
            topic,
            every,
            count,
            keys,
            key_names,
            size,
        } => {
            let load = ProducerLoad {
                topic: Name::from(topic.as_str()),
                partition: None,
                every: *every,
                remaining: *count,
                keys: *keys,
                key_names: key_names.iter().map(bytes).collect(),
                value_bytes: *size,
                next: 0,
            };
            (producer, ClientCommand::StartLoad(load))
        }
        Statement::StopLoad(name) => (name, ClientCommand::StopLoad),
        Statement::StopPolling(name) => (name, ClientCommand::StopPolling),
        Statement::ResumePolling(name) => (name, ClientCommand::ResumePolling),
        Statement::Commit(name) => (name, ClientCommand::Commit(None)),
        Statement::Begin(name) => (name, ClientCommand::Transaction(TransactionCall::Begin)),
        Statement::Abort(name) => (name, ClientCommand::Transaction(TransactionCall::Abort)),
        Statement::Seek {
            consumer,
            topic,
            partition,
            offset,
        } => {
            let partition = named_partition(topic, *partition);
            (consumer, ClientCommand::Seek(partition, position(*offset)))
        }
        Statement::Close(name) => (name, ClientCommand::Close { leave: true }),
        _ => return None,
    })
}
