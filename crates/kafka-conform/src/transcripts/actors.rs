//! The clients of a story that are not tools: members of groups, and producers that
//! fill a partition.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::client::{ClientCommand, ClientEvent, NamedPartition, RecordToSend};
use kafka_core::config::{OffsetReset, ShareConsumerConfig};
use kafka_core::protocol::OffsetSpec;
use kafka_core::types::{Duration, Name, NodeId, Offset};
use kafka_scenario::clients::{ConsumerPlan, consumer_setting};
use kafka_sim::{Action, World};

use crate::clients::assignors;

/// How often the recorded members called `poll`.
const POLL: Duration = Duration::from_ms(100);

const JOIN_LIMIT: Duration = Duration::from_secs(20);

/// The members by their names in the story.
#[derive(Default)]
pub(super) struct Actors {
    /// Producers with a transactional id, by that id.
    pub(super) transactional: BTreeMap<String, NodeId>,
    members: BTreeMap<String, NodeId>,
    /// Those that have done nothing since they joined.
    fresh: BTreeSet<String>,
    /// Members of `! members GROUP`, by group.
    crowds: BTreeMap<String, Vec<NodeId>>,
}

/// What the story waits for after an actor's deed.
pub(super) enum Wait {
    /// Nothing.
    No,
    /// An event of this client from this place of the history on.
    For(NodeId, usize, fn(&ClientEvent) -> bool),
}

impl Wait {
    /// Whether it has come.
    pub fn is_over(&self, world: &World) -> bool {
        let Wait::For(client, from, is_it) = self else {
            return true;
        };
        let mut events = world.history().iter_from(*from);
        events.any(|item| item.client == *client && is_it(&item.event))
    }
}

pub(super) fn start(world: &mut World, action: &Action) -> Result<NodeId, String> {
    let applied = world.apply(action).map_err(|error| error.to_string())?;
    applied.node.ok_or_else(|| "no client was made".to_string())
}

pub(super) fn command(
    world: &mut World,
    client: NodeId,
    command: ClientCommand,
) -> Result<(), String> {
    let command = Box::new(command);
    let done = world.apply(&Action::Command { client, command });
    done.map(drop).map_err(|error| error.to_string())
}

fn names(list: &str) -> Vec<Name> {
    list.split(',').map(Name::from).collect()
}

impl Actors {
    /// Whether the story has a member of that name.
    pub fn knows(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    fn member(&self, name: &str) -> Result<NodeId, String> {
        let found = self.members.get(name).copied();
        found.ok_or_else(|| format!("there is no member {name}"))
    }

    /// `! member NAME key=value;... topics=a,b`: joins, polling all the time.
    pub fn join(
        &mut self,
        world: &mut World,
        name: &str,
        settings: &str,
        topics: &str,
    ) -> Result<Wait, String> {
        let mut plan = ConsumerPlan::default();
        plan.config.offset_reset = OffsetReset::To(OffsetSpec::Earliest);
        plan.config.auto_commit = false;
        for pair in settings.split(';') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            set(&mut plan, key, value)?;
        }
        let wait = subscribe(world, plan, names(topics))?;
        if let Wait::For(client, ..) = wait {
            self.members.insert(name.to_string(), client);
            self.fresh.insert(name.to_string());
        }
        Ok(wait)
    }

    /// `! members GROUP TOPIC KIND COUNT [instance=PREFIX]`: members `app-1`.. that
    /// commit every 500 ms.
    pub fn join_crowd(&mut self, world: &mut World, words: &[&str]) -> Result<Wait, String> {
        let [group, topic, kind, count, more @ ..] = words else {
            return Err(format!("members {} is not replayed", words.join(" ")));
        };
        let count: u32 = count.parse().map_err(|_| format!("{count} is no number"))?;
        let prefix = more.iter().find_map(|word| word.strip_prefix("instance="));
        let mut last = Wait::No;
        for number in 1..=count {
            let mut plan = ConsumerPlan::default();
            plan.config.offset_reset = OffsetReset::To(OffsetSpec::Earliest);
            plan.config.auto_commit_interval_ms = 500;
            set(&mut plan, "client.id", &format!("app-{number}"))?;
            set(&mut plan, "group.id", group)?;
            match *kind {
                "consumer" => set(&mut plan, "group.protocol", "consumer")?,
                "cooperative" => set(&mut plan, "assignor", "cooperative-sticky")?,
                other => set(&mut plan, "assignor", other)?,
            }
            // The recorded members' ids stood in the order of their names.
            let id = format!("AAAAAAAAAAAAAAAAAAAA{number:02}");
            plan.config.member_id = Some(id.as_str().into());
            if let Some(prefix) = prefix {
                set(&mut plan, "group.instance.id", &format!("{prefix}{number}"))?;
            }
            last = subscribe(world, plan, names(topic))?;
            if let Wait::For(client, ..) = last {
                self.crowds
                    .entry(group.to_string())
                    .or_default()
                    .push(client);
            }
            // The coordinator assigned them one by one.
            if *kind == "consumer" {
                let until = world.now() + JOIN_LIMIT;
                while !last.is_over(world) && world.step_until(until) {}
            }
        }
        Ok(last)
    }

    /// `! share-member NAME key=value;... topics=a,b`: reads and accepts all.
    pub fn share(
        &mut self,
        world: &mut World,
        name: &str,
        settings: &str,
        topics: &str,
    ) -> Result<(), String> {
        let mut config = ShareConsumerConfig::default();
        for pair in settings.split(';') {
            match pair.split_once('=') {
                Some(("group.id", group)) => config.group = group.into(),
                Some(("client.id", id)) => config.client.client_id = id.into(),
                _ => return Err(format!("the share consumer setting {pair} is not replayed")),
            }
        }
        let client = share(world, config, names(topics))?;
        self.members.insert(name.to_string(), client);
        Ok(())
    }

    /// `! share-members GROUP TOPIC COUNT`.
    pub fn share_crowd(
        &mut self,
        world: &mut World,
        group: &str,
        topic: &str,
        count: &str,
    ) -> Result<(), String> {
        let count: u32 = count.parse().map_err(|_| format!("{count} is no number"))?;
        for number in 1..=count {
            let mut config = ShareConsumerConfig {
                group: group.into(),
                ..ShareConsumerConfig::default()
            };
            config.client.client_id = format!("app-{number}").as_str().into();
            let client = share(world, config, names(topic))?;
            self.crowds
                .entry(group.to_string())
                .or_default()
                .push(client);
        }
        Ok(())
    }

    /// Time has passed: members have read what there is.
    pub fn waited(&mut self) {
        self.fresh.clear();
    }

    /// `! members killed GROUP`.
    pub fn kill_crowd(&mut self, world: &mut World, group: &str) -> Result<(), String> {
        let crowd = self.crowds.remove(group).unwrap_or_default();
        for client in crowd {
            let killed = world.apply(&Action::RemoveClient(client));
            killed.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// `! pause NAME`, `! resume NAME`: the application stops polling or goes on.
    pub fn poll(&self, world: &mut World, name: &str, goes_on: bool) -> Result<(), String> {
        let what = match goes_on {
            true => ClientCommand::ResumePolling,
            false => ClientCommand::StopPolling,
        };
        command(world, self.member(name)?, what)
    }

    /// `! close NAME`.
    pub fn close(&mut self, world: &mut World, name: &str) -> Result<Wait, String> {
        let client = self.member(name)?;
        let from = world.history().len();
        command(world, client, ClientCommand::Close { leave: true })?;
        Ok(Wait::For(client, from, |event| {
            matches!(event, ClientEvent::Closed)
        }))
    }

    /// `! commit NAME [topic:partition:offset,...]`.
    pub fn commit(
        &self,
        world: &mut World,
        name: &str,
        list: Option<&str>,
    ) -> Result<Wait, String> {
        let client = self.member(name)?;
        if list.is_none() && self.fresh.contains(name) {
            return Err(format!(
                "what `! commit {name}` stored depends on how far the recorded member had read"
            ));
        }
        let from = world.history().len();
        let offsets = list.map(|list| list.split(',').map(offset).collect());
        let offsets = offsets.transpose()?;
        command(world, client, ClientCommand::Commit(offsets))?;
        Ok(Wait::For(client, from, |event| {
            matches!(event, ClientEvent::Committed { auto: false, .. })
        }))
    }
}

fn set(plan: &mut ConsumerPlan, key: &str, value: &str) -> Result<(), String> {
    match key {
        "client.id" => {
            plan.config.client.client_id = value.into();
            return Ok(());
        }
        "group.id" => consumer_setting(plan, "group", value),
        "partition.assignment.strategy" => consumer_setting(plan, "assignor", &assignors(value)?),
        other => consumer_setting(plan, other, value),
    }
    .map_err(|problem| problem.to_string())
}

fn subscribe(world: &mut World, plan: ConsumerPlan, topics: Vec<Name>) -> Result<Wait, String> {
    let mut config = plan.config;
    config.poll_every = POLL;
    let from = world.history().len();
    let client = start(world, &Action::AddConsumer(Box::new(config)))?;
    command(world, client, ClientCommand::Subscribe(topics))?;
    Ok(Wait::For(client, from, |event| {
        matches!(event, ClientEvent::Assigned { .. })
    }))
}

fn share(
    world: &mut World,
    config: ShareConsumerConfig,
    topics: Vec<Name>,
) -> Result<NodeId, String> {
    let client = start(world, &Action::AddShareConsumer(Box::new(config)))?;
    command(world, client, ClientCommand::Subscribe(topics))?;
    Ok(client)
}

fn offset(text: &str) -> Result<(NamedPartition, Offset), String> {
    let bad = || format!("{text} is no offset of a partition");
    let parts: Vec<&str> = text.split(':').collect();
    let [topic, partition, offset] = parts.as_slice() else {
        return Err(bad());
    };
    let partition = NamedPartition {
        topic: (*topic).into(),
        partition: partition.parse().map_err(|_| bad())?,
    };
    Ok((partition, Offset(offset.parse().map_err(|_| bad())?)))
}

/// `! produce TOPIC PARTITION COUNT [FIRST STEP]`: records `m0`.. with these
/// timestamps (ms; `now-X` = that long ago).
pub(super) fn fill(world: &mut World, words: &[&str]) -> Result<Wait, String> {
    let bad = || format!("produce {} is not replayed", words.join(" "));
    let [topic, partition, count, times @ ..] = words else {
        return Err(bad());
    };
    let partition: u32 = partition.parse().map_err(|_| bad())?;
    let count: i64 = count.parse().map_err(|_| bad())?;
    // Records carry the time since the world's beginning.
    let epoch_ms = world.spec().clock_epoch_ms as i64;
    let now_ms = world.now().as_ms() as i64;
    let times = match times {
        [] => None,
        [first, step] => {
            let first: Result<i64, _> = match first.strip_prefix("now-") {
                Some(ago) => ago.parse().map(|ago: i64| now_ms - ago),
                None => first.parse().map(|moment: i64| moment - epoch_ms),
            };
            let step: i64 = step.parse().map_err(|_| bad())?;
            Some((first.map_err(|_| bad())?, step))
        }
        _ => return Err(bad()),
    };
    let client = start(world, &Action::AddProducer(Box::default()))?;
    let from = world.history().len();
    for number in 0..count {
        let record = RecordToSend {
            topic: (*topic).into(),
            partition: Some(partition),
            key: None,
            value: Some(format!("m{number}").into_bytes().into()),
            headers: Vec::new(),
            timestamp_ms: times.map(|(first, step)| first + number * step),
        };
        command(world, client, ClientCommand::Send(record, 0))?;
    }
    command(world, client, ClientCommand::Close { leave: true })?;
    Ok(Wait::For(client, from, |event| {
        matches!(event, ClientEvent::Closed)
    }))
}
