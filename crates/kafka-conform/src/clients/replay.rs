//! A script played on a simulated cluster.

use std::collections::BTreeMap;

use kafka_core::client::{
    AdminTarget, ClientCommand, ClientEvent, NamedPartition, RecordToSend, SharedRecord,
};
use kafka_core::config::{
    ClientConfig, ConsumerConfig, GroupProtocol, ProducerConfig, ShareConsumerConfig,
};
use kafka_core::protocol::{
    AlterOp, ConfigResource, CreatableTopic, CreatePartitionsRequest, CreatePartitionsTopic,
    CreateTopicsRequest, DeleteRecordsRequest, IncrementalAlterConfigsRequest, ListOffsetsRequest,
    OffsetCommitRequest, OffsetFetchRequest, OffsetSpec, OffsetToCommit, Request,
};
use kafka_core::types::{
    Duration, Generation, LeaderEpoch, Name, NodeId, Offset, Time, TopicId, TopicPartition,
};
use kafka_sim::{Action, ClusterSpec, HistoryItem, World};

use super::groups::GroupStates;
use super::observe;
use super::script::{Acknowledgements, Deed, Given, Script, ToSend};

const SEED: u64 = 1;
const BROKERS: u32 = 3;
const OFFSETS_TOPIC: &str = "__consumer_offsets";
/// Pause of the recorded applications after an exception.
const NAP: Duration = Duration::from_ms(300);
/// The application is given this long to finish what it was told.
const PATIENCE: Duration = Duration::from_secs(120);

/// A story that was played to its end.
pub(super) struct Played {
    /// The world at the end.
    pub world: World,
    /// Clients by name.
    pub clients: BTreeMap<String, NodeId>,
    /// Labels of records by tag.
    pub labels: BTreeMap<u64, String>,
    /// By number of the script's step: what admin calls were made for it.
    pub calls: BTreeMap<usize, Vec<u64>>,
    /// What the groups went through.
    pub groups: GroupStates,
    /// Member epochs of consumers of the `consumer` protocol, each with the time from
    /// which on it held.
    pub epochs: BTreeMap<NodeId, Vec<(Time, Generation)>>,
    admin: NodeId,
    next_call: u64,
    begin: Time,
    /// Applications that do not poll until then, soonest first.
    naps: Vec<(Time, NodeId)>,
    acknowledgements: Acknowledgements,
    /// Items of the history that were looked at.
    seen: usize,
}

/// Plays a script.
///
/// # Errors
/// The step that could not be played.
pub(super) fn replay(script: &Script) -> Result<Played, String> {
    let mut world = World::new(spec(script), SEED);
    if !world.boot(Duration::from_secs(60)) {
        return Err("the cluster did not start within a minute".to_string());
    }
    let admin = world.apply(&Action::AddAdmin(Box::<ClientConfig>::default()));
    let admin = admin.map_err(|e| e.to_string())?.node;
    let mut played = Played {
        begin: world.now(),
        world,
        clients: BTreeMap::new(),
        labels: BTreeMap::new(),
        calls: BTreeMap::new(),
        groups: GroupStates::new(&script.groups),
        epochs: BTreeMap::new(),
        admin: admin.ok_or("no admin client was made")?,
        next_call: 0,
        naps: Vec::new(),
        acknowledgements: script.acknowledgements.clone(),
        seen: 0,
    };
    for (number, step) in script.steps.iter().enumerate() {
        played.run_until(step.at_ms);
        played
            .play(script, number, &step.who, &step.deed)
            .map_err(|reason| format!("at {} ms: {reason}", step.at_ms))?;
    }
    // What was asked last is answered a moment later.
    played.run_until(script.end_ms + 1_000);
    Ok(played)
}

/// Three brokers and one controller, as the recordings' README says.
fn spec(script: &Script) -> ClusterSpec {
    let mut spec = ClusterSpec::quick(BROKERS, 1);
    let lists = script.drawn.offsets_replicas(BROKERS);
    let lists: Vec<Vec<NodeId>> = lists.into_iter().map(nodes).collect();
    for controller in &mut spec.controllers {
        controller
            .placements
            .push((OFFSETS_TOPIC.into(), lists.clone()));
        controller.topic_ids.extend(script.drawn.topic_ids());
    }
    spec
}

fn nodes(ids: Vec<u32>) -> Vec<NodeId> {
    ids.into_iter().map(NodeId).collect()
}

impl Played {
    fn run_until(&mut self, at_ms: u64) {
        let until = self.begin + Duration::from_ms(at_ms);
        while self.step_until(until) {}
        self.world.run_until(until);
    }

    fn step_until(&mut self, until: Time) -> bool {
        let nap = self.naps.first().copied().filter(|(end, _)| *end <= until);
        let limit = nap.map_or(until, |(end, _)| end);
        let mut stepped = self.world.step_until(limit);
        if let (false, Some((end, client))) = (stepped, nap) {
            self.world.run_until(end);
            self.naps.remove(0);
            self.tell(client, ClientCommand::ResumePolling);
            stepped = true;
        }
        self.groups.look(&self.world);
        self.look_at_epochs();
        self.acknowledge();
        self.after_errors();
        stepped
    }

    fn look_at_epochs(&mut self) {
        for node in self.clients.values() {
            let Some(consumer) = self.world.consumer(*node) else {
                continue;
            };
            if consumer.config().protocol == GroupProtocol::Consumer {
                let known = self.epochs.entry(*node).or_default();
                let now = consumer.generation();
                if known.last().is_none_or(|(_, last)| *last != now) {
                    known.push((self.world.now(), now));
                }
            }
        }
    }

    /// The recorded applications acknowledged at once what they were given.
    fn acknowledge(&mut self) {
        let news = self.world.history().iter_from(self.seen);
        let given = news.filter_map(|item| match &item.event {
            ClientEvent::ShareDelivered(records) => Some((item.client, records.clone())),
            _ => None,
        });
        let given: Vec<(NodeId, Vec<SharedRecord>)> = given.collect();
        for (client, records) in given {
            let mut commit = None;
            let mut acknowledged = Vec::new();
            for shared in &records {
                let place = &shared.delivered;
                let key = Given {
                    partition: place.partition.partition,
                    offset: place.offset.0,
                    delivery: shared.delivery_count,
                };
                let Some((with, command)) = self.acknowledgements.get(&key) else {
                    continue;
                };
                let partition = NamedPartition {
                    topic: place.topic.clone(),
                    partition: place.partition.partition,
                };
                acknowledged.push((partition, place.offset, *with));
                commit = Some(command.clone());
            }
            if let Some(commit) = commit {
                self.tell(client, ClientCommand::Acknowledge(acknowledged));
                self.tell(client, commit);
            }
        }
    }

    /// The recorded applications paused after an exception of `poll`.
    fn after_errors(&mut self) {
        let news = self.world.history().iter_from(self.seen);
        let threw = |item: &&HistoryItem| matches!(item.event, ClientEvent::PollFailed(_));
        let clients: Vec<NodeId> = news.filter(threw).map(|item| item.client).collect();
        self.seen = self.world.history().len();
        for client in clients {
            self.tell(client, ClientCommand::StopPolling);
            self.naps.push((self.world.now() + NAP, client));
        }
    }

    fn tell(&mut self, client: NodeId, command: ClientCommand) {
        let command = Box::new(command);
        // A client that has closed meanwhile takes no command.
        let _ = self.world.apply(&Action::Command { client, command });
    }

    fn play(
        &mut self,
        script: &Script,
        number: usize,
        who: &str,
        deed: &Deed,
    ) -> Result<(), String> {
        match deed {
            Deed::Produce { config, sends } => return self.produce(who, config, sends),
            Deed::SendMore(sends) => {
                let node = self.client(who)?;
                return self.send_all(who, node, sends);
            }
            Deed::SendInTransaction(sends) => {
                let node = self.client(who)?;
                return self.send_records(who, node, sends);
            }
            Deed::Subscribe { config, topics } => return self.subscribe(who, config, topics),
            Deed::Share { config, topics } => return self.share(who, config, topics),
            Deed::Call(command) => return self.command(who, command.clone()),
            Deed::Kill => {
                let client = self.client(who)?;
                self.apply(Action::Crash(client))?;
                return Ok(());
            }
            _ => {}
        }
        let requests = self.admin_requests(script, deed)?;
        for (target, request) in requests {
            self.next_call += 1;
            let call = ClientCommand::Call(self.next_call, target, Box::new(request));
            self.calls.entry(number).or_default().push(self.next_call);
            let (client, command) = (self.admin, Box::new(call));
            self.apply(Action::Command { client, command })?;
        }
        self.wait_for_calls()
    }

    /// Admin calls block the story, as they blocked the recorded one.
    fn wait_for_calls(&mut self) -> Result<(), String> {
        let until = self.world.now() + PATIENCE;
        let now = self.world.now();
        while self.step_until(now) {}
        let pending = |world: &World, admin| world.admin(admin).map_or(0, |admin| admin.pending());
        while pending(&self.world, self.admin) > 0 {
            if !self.step_until(until) {
                return Err("an admin call is not answered".to_string());
            }
        }
        Ok(())
    }

    fn admin_requests(
        &self,
        script: &Script,
        deed: &Deed,
    ) -> Result<Vec<(AdminTarget, Request)>, String> {
        let any = |request| vec![(AdminTarget::AnyBroker, request)];
        Ok(match deed {
            Deed::Create {
                topic,
                partitions,
                configs,
            } => any(create(script, topic, *partitions, configs)),
            Deed::Grow { topic, to } => {
                let (_, now) = self.topic(topic)?;
                let lists = script.drawn.replicas(topic, *to, BROKERS);
                let topic = CreatePartitionsTopic {
                    name: topic.as_str().into(),
                    count: *to as i32,
                    assignments: lists.into_iter().skip(now as usize).map(nodes).collect(),
                };
                any(Request::CreatePartitions(CreatePartitionsRequest {
                    topics: vec![topic],
                    validate_only: false,
                }))
            }
            Deed::DeleteBefore { topic, offset } => {
                let (id, _) = self.topic(topic)?;
                let request = Request::DeleteRecords(DeleteRecordsRequest {
                    partitions: vec![(TopicPartition::new(id, 0), Offset(*offset))],
                    timeout_ms: 30_000,
                });
                vec![(leader(topic, 0), request)]
            }
            Deed::SetOffset {
                topic,
                group,
                offset,
            } => {
                let (id, _) = self.topic(topic)?;
                let group = Name::from(group.as_str());
                let request = set_offset(group.clone(), topic, id, *offset);
                vec![(AdminTarget::Coordinator(group), request)]
            }
            Deed::GroupConfig { group, name, value } => any(group_config(group, name, value)),
            Deed::EndOffsets {
                topic,
                read_committed,
            } => self.end_offsets(topic, *read_committed)?,
            Deed::CommittedOffsets { group } => {
                let group = Name::from(group.as_str());
                let request = Request::OffsetFetch(OffsetFetchRequest {
                    group: group.clone(),
                    member: None,
                    partitions: None,
                    require_stable: false,
                });
                vec![(AdminTarget::Coordinator(group), request)]
            }
            _ => Vec::new(),
        })
    }

    fn end_offsets(
        &self,
        topic: &str,
        read_committed: bool,
    ) -> Result<Vec<(AdminTarget, Request)>, String> {
        let (id, partitions) = self.topic(topic)?;
        let ask = |partition: u32| {
            let what = TopicPartition::new(id, partition);
            let request = Request::ListOffsets(ListOffsetsRequest {
                replica: None,
                read_committed,
                partitions: vec![(what, LeaderEpoch::NONE, OffsetSpec::Latest)],
            });
            (leader(topic, partition), request)
        };
        Ok((0..partitions).map(ask).collect())
    }

    /// Number and size of a topic, as brokers know it.
    fn topic(&self, name: &str) -> Result<(TopicId, u32), String> {
        let mut images = self.world.brokers().map(|broker| broker.image());
        let found = images.find_map(|image| image.topic(name));
        let topic = found.ok_or_else(|| format!("no broker knows the topic {name}"))?;
        Ok((topic.topic, topic.partitions.len() as u32))
    }

    fn produce(
        &mut self,
        who: &str,
        config: &ProducerConfig,
        sends: &[ToSend],
    ) -> Result<(), String> {
        let node = self.apply(Action::AddProducer(Box::new(config.clone())))?;
        let node = node.ok_or("no producer was made")?;
        self.clients.insert(who.to_string(), node);
        self.send_all(who, node, sends)
    }

    fn send_all(&mut self, who: &str, node: NodeId, sends: &[ToSend]) -> Result<(), String> {
        self.send_records(who, node, sends)?;
        self.command(who, ClientCommand::Flush)
    }

    fn send_records(&mut self, who: &str, node: NodeId, sends: &[ToSend]) -> Result<(), String> {
        for send in sends {
            let tag = self.labels.len() as u64 + 1;
            self.labels.insert(tag, send.label.clone());
            let record = RecordToSend {
                topic: send.topic.as_str().into(),
                partition: send.partition,
                key: send.key.as_ref().map(|key| key.as_bytes().into()),
                value: Some(send.value.as_slice().into()),
                headers: Vec::new(),
                timestamp_ms: None,
            };
            self.command(who, ClientCommand::Send(record, tag))?;
            if send.flush {
                self.command(who, ClientCommand::Flush)?;
            }
            if send.flush || send.pause_ms > 0 {
                self.wait_for(node, send.flush)?;
                let until = self.world.now() + Duration::from_ms(send.pause_ms);
                while self.step_until(until) {}
            }
        }
        Ok(())
    }

    /// Lets time pass until the producer's calls have returned, or all its records
    /// have ended.
    fn wait_for(&mut self, producer: NodeId, ended: bool) -> Result<(), String> {
        let until = self.world.now() + PATIENCE;
        // The commands themselves are events of this moment.
        let now = self.world.now();
        while self.step_until(now) {}
        loop {
            let Some(process) = self.world.producer(producer) else {
                return Err("the producer has ended".to_string());
            };
            let counts = process.counts();
            let waits = if ended {
                counts.acked + counts.failed < counts.sent
            } else {
                process.is_blocked()
            };
            if !waits {
                return Ok(());
            }
            if !self.step_until(until) {
                return Err("the producer's call does not return".to_string());
            }
        }
    }

    fn subscribe(
        &mut self,
        who: &str,
        config: &ConsumerConfig,
        topics: &[String],
    ) -> Result<(), String> {
        let node = self.apply(Action::AddConsumer(Box::new(config.clone())))?;
        let node = node.ok_or("no consumer was made")?;
        self.clients.insert(who.to_string(), node);
        let topics = topics.iter().map(|topic| topic.as_str().into()).collect();
        self.command(who, ClientCommand::Subscribe(topics))
    }

    fn share(
        &mut self,
        who: &str,
        config: &ShareConsumerConfig,
        topics: &[String],
    ) -> Result<(), String> {
        let node = self.apply(Action::AddShareConsumer(Box::new(config.clone())))?;
        let node = node.ok_or("no share consumer was made")?;
        self.clients.insert(who.to_string(), node);
        let topics = topics.iter().map(|topic| topic.as_str().into()).collect();
        self.command(who, ClientCommand::Subscribe(topics))
    }

    fn client(&self, who: &str) -> Result<NodeId, String> {
        let known = self.clients.get(who).copied();
        known.ok_or_else(|| format!("{who} was not started"))
    }

    fn command(&mut self, who: &str, command: ClientCommand) -> Result<(), String> {
        let client = self.client(who)?;
        let command = Box::new(command);
        let acted = self.apply(Action::Command { client, command });
        acted.map(|_| ()).map_err(|error| format!("{who}: {error}"))
    }

    fn apply(&mut self, action: Action) -> Result<Option<NodeId>, String> {
        let applied = self.world.apply(&action);
        applied.map(|a| a.node).map_err(|error| error.to_string())
    }

    /// What admin calls of a step found, if anything comparable.
    pub fn found(&self, step: usize) -> Result<BTreeMap<String, i64>, String> {
        observe::offsets(
            &self.world,
            self.calls.get(&step).map_or(&[], Vec::as_slice),
        )
    }
}

fn leader(topic: &str, partition: u32) -> AdminTarget {
    AdminTarget::Leader(NamedPartition {
        topic: topic.into(),
        partition,
    })
}

fn create(script: &Script, topic: &str, partitions: u32, configs: &[(String, String)]) -> Request {
    let lists = script.drawn.replicas(topic, partitions, BROKERS);
    let configs = configs.iter();
    let topic = CreatableTopic {
        name: topic.into(),
        num_partitions: -1,
        replication_factor: -1,
        assignments: (0..).zip(lists.into_iter().map(nodes)).collect(),
        configs: configs
            .map(|(name, value)| (name.as_str().into(), Some(value.as_str().into())))
            .collect(),
    };
    Request::CreateTopics(CreateTopicsRequest {
        topics: vec![topic],
        validate_only: false,
    })
}

fn group_config(group: &str, name: &str, value: &str) -> Request {
    let op = AlterOp::Set(value.into());
    Request::IncrementalAlterConfigs(IncrementalAlterConfigsRequest {
        resources: vec![(ConfigResource::Group(group.into()), vec![(name.into(), op)])],
        validate_only: false,
    })
}

fn set_offset(group: Name, topic: &str, id: TopicId, offset: i64) -> Request {
    Request::OffsetCommit(OffsetCommitRequest {
        group,
        generation: Generation(-1),
        member_id: "".into(),
        group_instance_id: None,
        offsets: vec![OffsetToCommit {
            partition: TopicPartition::new(id, 0),
            topic_name: topic.into(),
            offset: Offset(offset),
            leader_epoch: LeaderEpoch::NONE,
            metadata: "".into(),
        }],
    })
}
