//! The story's producers: `kafka-verifiable-producer` with `retries=0`.

use kafka_core::client::{ClientCommand, ClientEvent, RecordToSend};
use kafka_core::config::ProducerConfig;
use kafka_core::protocol::Acks;
use kafka_core::types::{Name, NodeId};
use kafka_sim::{Action, World};
use std::collections::BTreeSet;

use super::requests::command_of;
use super::story::{Pace, Step, Story};

/// A producer that sends what the recorded one sent, when it could send it.
pub(super) struct Sender {
    node: NodeId,
    topic: Name,
    interval_ms: i64,
    pace: Pace,
    next: usize,
    stopped: bool,
}

/// What became of the values of one producer.
#[derive(Default)]
pub(super) struct Fate {
    /// Values acknowledged.
    pub acknowledged: BTreeSet<String>,
    /// Simple names of the exceptions.
    pub errors: BTreeSet<String>,
}

impl Sender {
    /// Starts the producer of a `producer NAME to TOPIC acks=A rate=R/s {...}` step.
    ///
    /// # Errors
    /// A setting that cannot be read.
    pub(super) fn new(
        world: &mut World,
        story: &Story,
        name: &str,
        topic: &str,
        acks: &str,
        rate: &str,
        step: &Step,
    ) -> Result<Sender, String> {
        let config = config(name, acks, &step.text)?;
        let rate = rate
            .strip_prefix("rate=")
            .and_then(|rate| rate.strip_suffix("/s"));
        let rate: i64 = rate
            .and_then(|rate| rate.parse().ok())
            .filter(|rate| (1..=1_000).contains(rate))
            .ok_or_else(|| format!("`{}` names no rate of 1 to 1000 a second", step.text))?;
        let interval_ms = 1_000 / rate;
        let delivery_ms = config.delivery_timeout_ms.into();
        let added = world.apply(&Action::AddProducer(Box::new(config)));
        let node = added.map_err(|error| error.to_string())?.node;
        Ok(Sender {
            node: node.ok_or("no producer was made")?,
            topic: topic.into(),
            interval_ms,
            pace: story.pace(name, interval_ms, delivery_ms),
            next: 0,
            stopped: false,
        })
    }

    /// When its next value goes, in milliseconds of the story; `None` = it is done.
    pub(super) fn next_ms(&self) -> Option<i64> {
        if self.stopped || self.next >= self.pace.partitions.len() {
            return None;
        }
        let due = self.pace.throttle_ms + self.next as i64 * self.interval_ms;
        Some(due.max(self.pace.first_ms))
    }

    /// Sends its next value; gives when the one after it goes.
    pub(super) fn send(&mut self, world: &mut World) -> Option<i64> {
        self.next_ms()?;
        let value = self.next.to_string();
        let record = RecordToSend {
            topic: self.topic.clone(),
            partition: Some(self.pace.partitions[self.next]),
            key: None,
            value: Some(value.as_bytes().into()),
            headers: Vec::new(),
            timestamp_ms: None,
        };
        self.next += 1;
        let tag = self.next as u64;
        command_of(world, self.node, ClientCommand::Send(record, tag)).ok()?;
        self.next_ms()
    }

    /// Sends nothing more and closes.
    ///
    /// # Errors
    /// It does not run.
    pub(super) fn stop(&mut self, world: &mut World) -> Result<(), String> {
        self.stopped = true;
        command_of(world, self.node, ClientCommand::Close { leave: true })
    }

    /// Whether it waits for an answer of that server.
    pub(super) fn waits_for(&self, world: &World, server: NodeId) -> bool {
        let mut links = world.links();
        links.any(|link| link.from == self.node && link.to == server && link.unanswered > 0)
    }

    /// What became of its values.
    pub(super) fn fate(&self, world: &World) -> Fate {
        let mut fate = Fate::default();
        let mine = world.history().iter_from(0);
        for item in mine.filter(|item| item.client == self.node) {
            match &item.event {
                ClientEvent::Acked { tag, .. } => {
                    fate.acknowledged.insert((tag - 1).to_string());
                }
                ClientEvent::SendFailed { failure, .. } => {
                    fate.errors.insert(failure.exception.to_string());
                }
                _ => {}
            }
        }
        fate
    }
}

fn config(name: &str, acks: &str, step: &str) -> Result<ProducerConfig, String> {
    let acks = match acks {
        "acks=-1" | "acks=all" => Acks::All,
        "acks=1" => Acks::Leader,
        "acks=0" => Acks::None,
        other => return Err(format!("{other} is no setting of acks")),
    };
    // `retries=0` not set explicitly together with idempotence disables it (PRO-12).
    let mut config = ProducerConfig {
        acks,
        retries: 0,
        idempotence: false,
        ..ProducerConfig::default()
    };
    config.client.client_id = name.into();
    let overrides = step.split_once('{').map_or("", |(_, rest)| rest);
    for setting in overrides.trim_end_matches('}').split(',') {
        let Some((key, value)) = setting.split_once(':') else {
            continue;
        };
        let value = value.trim().parse();
        let value = value.map_err(|_| format!("`{setting}` is not a number"))?;
        match key.trim().trim_matches('\'') {
            "linger_ms" => config.linger_ms = value,
            "delivery_timeout_ms" => config.delivery_timeout_ms = value,
            "request_timeout_ms" => config.client.request_timeout_ms = value,
            other => return Err(format!("the producer setting {other} is not simulated")),
        }
    }
    Ok(config)
}
