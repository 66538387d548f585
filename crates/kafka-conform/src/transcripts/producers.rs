//! Transactional producers of a recorded story. Each lives from its first `! begin` to the
//! end of the story.

use kafka_core::client::{
    ClientCommand, Producer, RecordToSend, TransactionCall, TransactionState,
};
use kafka_core::config::ProducerConfig;
use kafka_core::types::NodeId;
use kafka_sim::{Action, World};

use super::actors::{Actors, command, start};
use super::scene::LIMIT;

impl Actors {
    /// `! begin ID TIMEOUT TOPIC PARTITION`: a transaction with one record, `tx`, left open.
    ///
    /// # Errors
    /// What could not be done.
    pub(super) fn begin(
        &mut self,
        world: &mut World,
        id: &str,
        timeout_ms: &str,
        (topic, partition): (&str, &str),
    ) -> Result<(), String> {
        let number = |text: &str| text.parse().map_err(|_| format!("{text} is no number"));
        let client = match self.transactional.get(id) {
            Some(client) => *client,
            None => self.initialize(world, id, number(timeout_ms)?)?,
        };
        call(world, client, TransactionCall::Begin)?;
        let record = RecordToSend {
            topic: topic.into(),
            partition: Some(number(partition)?),
            key: None,
            value: Some(b"tx"[..].into()),
            headers: Vec::new(),
            timestamp_ms: None,
        };
        let acked = |world: &World| {
            world
                .producer(client)
                .map_or(0, |producer| producer.counts().acked)
        };
        let before = acked(world);
        command(world, client, ClientCommand::Send(record, 0))?;
        wait(
            world,
            |world| acked(world) > before,
            "its record is not acknowledged",
        )
    }

    fn initialize(
        &mut self,
        world: &mut World,
        id: &str,
        timeout_ms: u32,
    ) -> Result<NodeId, String> {
        let mut config = ProducerConfig {
            transactional_id: Some(id.into()),
            transaction_timeout_ms: timeout_ms,
            ..ProducerConfig::default()
        };
        config.client.client_id = id.into();
        let client = start(world, &Action::AddProducer(Box::new(config)))?;
        self.transactional.insert(id.to_string(), client);
        call(world, client, TransactionCall::Init)?;
        until_ready(world, client)?;
        Ok(client)
    }

    /// `! txcommit ID`, `! txabort ID`.
    ///
    /// # Errors
    /// What could not be done.
    pub(super) fn end_transaction(
        &self,
        world: &mut World,
        id: &str,
        commit: bool,
    ) -> Result<(), String> {
        let client = self.transactional.get(id);
        let client = *client.ok_or_else(|| format!("{id} has not begun"))?;
        match commit {
            true => command(world, client, ClientCommand::Commit(None))?,
            false => call(world, client, TransactionCall::Abort)?,
        }
        until_ready(world, client)
    }
}

pub(super) fn call(world: &mut World, client: NodeId, call: TransactionCall) -> Result<(), String> {
    command(world, client, ClientCommand::Transaction(call))
}

pub(super) fn until_ready(world: &mut World, client: NodeId) -> Result<(), String> {
    // The command itself is an event of this moment.
    let now = world.now();
    while world.step_until(now) {}
    let ready = |world: &World| {
        let producer = world.producer(client);
        producer.and_then(Producer::transaction_state) == Some(TransactionState::Ready)
    };
    wait(world, ready, "the producer does not become ready")
}

pub(super) fn wait(
    world: &mut World,
    arrived: impl Fn(&World) -> bool,
    otherwise: &str,
) -> Result<(), String> {
    let until = world.now() + LIMIT;
    while !arrived(world) {
        if !world.step_until(until) {
            return Err(otherwise.to_string());
        }
    }
    Ok(())
}
