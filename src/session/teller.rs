//! From trace entries to facts with names.

use std::collections::BTreeMap;

use kafka_core::client::{ClientCommand, ClientEvent, TransactionCall};
use kafka_core::note::{MemberRemoval, Note};
use kafka_core::types::{NodeId, TopicPartition};
use kafka_sim::{Action, Detail, DiskState, Entry, EntryKind, KafkaProcess, NodeIndex, World};

use crate::i18n::sentence::place;
use crate::i18n::story::{Change, Fact, Removal};
use crate::i18n::story_logs::LogFact;
use crate::i18n::story_quorum::QuorumFact;
use crate::i18n::story_transactions::TransactionFact;
use crate::view_model::flight;
use crate::view_model::object::ObjectId;
use crate::view_model::time::TickKind;
use crate::view_model::world::number;

/// A told entry.
pub struct Told {
    /// What happened.
    pub fact: Fact,
    /// How it looks.
    pub kind: TickKind,
    /// Leader, ISR, group, error and the like.
    pub important: bool,
    /// What it is about.
    pub object: Option<ObjectId>,
}

impl Told {
    fn minor(kind: TickKind, fact: Fact, object: Option<ObjectId>) -> Told {
        Told {
            fact,
            kind,
            important: false,
            object,
        }
    }

    fn major(kind: TickKind, fact: Fact, object: Option<ObjectId>) -> Told {
        Told {
            important: true,
            ..Told::minor(kind, fact, object)
        }
    }
}

/// Names things of one world.
pub struct Teller<'a> {
    world: &'a World,
    clients: BTreeMap<NodeId, String>,
}

impl<'a> Teller<'a> {
    /// A teller for that world; `clients` are the names of its client processes.
    pub fn new(world: &'a World, clients: BTreeMap<NodeId, String>) -> Teller<'a> {
        Teller { world, clients }
    }

    /// The fact of an entry; `None` when it is not worth a row (traffic, timers).
    /// `action` is what was recorded for an entry from outside.
    pub fn tell(
        &self,
        entry: &Entry,
        detail: Option<&Detail>,
        action: Option<&Action>,
    ) -> Option<Told> {
        match (entry.kind, detail) {
            (EntryKind::Action, _) => self.action(action?),
            (EntryKind::Lost, _) => {
                let api = entry.api.map_or("", |api| api.name());
                let fact = Fact::Lost(api.into(), self.index_name(entry.peer));
                Some(Told::major(TickKind::Failure, fact, None))
            }
            (EntryKind::Note, Some(Detail::Note(note))) => self.note(entry.node, note),
            (EntryKind::Client, Some(Detail::History(item))) => self.client(entry.node, *item),
            _ => None,
        }
    }

    fn name(&self, id: NodeId) -> String {
        place(&flight::place(self.world, id, &self.clients))
    }

    fn index_name(&self, node: NodeIndex) -> String {
        self.world
            .id_of(node)
            .map(|id| self.name(id))
            .unwrap_or_default()
    }

    fn object(&self, id: NodeId) -> Option<ObjectId> {
        use kafka_sim::Role;
        Some(match self.world.node(id)?.role {
            Role::Broker => ObjectId::Broker(number(id)),
            Role::Controller => ObjectId::Controller(number(id)),
            Role::Producer | Role::Consumer | Role::Admin => ObjectId::Client(self.name(id)),
        })
    }

    fn partition(&self, partition: TopicPartition) -> (String, Option<ObjectId>) {
        match flight::partition_name(self.world, partition) {
            Some(name) => (name.to_string(), Some(ObjectId::Partition(name))),
            None => (format!("{}-{}", partition.topic, partition.partition), None),
        }
    }

    /// What became of a partition's log.
    fn of_log(
        &self,
        partition: TopicPartition,
        fact: impl FnOnce(String) -> LogFact,
    ) -> Option<Told> {
        let (name, object) = self.partition(partition);
        let fact = Fact::Log(fact(name));
        Some(Told::major(TickKind::Control, fact, object))
    }

    fn action(&self, action: &Action) -> Option<Told> {
        let failure =
            |fact, id: NodeId| Some(Told::major(TickKind::Failure, fact, self.object(id)));
        let done = |fact, id: NodeId| Some(Told::major(TickKind::Action, fact, self.object(id)));
        let plain = |fact| Some(Told::major(TickKind::Action, fact, None));
        match action {
            Action::Crash(id) => failure(Fact::Crashed(self.name(*id)), *id),
            Action::PowerLoss(id) => failure(Fact::PowerLost(self.name(*id)), *id),
            Action::FailLogDir(id, dir) => failure(self.disk(*id, *dir, DiskState::Broken), *id),
            Action::FillDisk(id, dir) => failure(self.disk(*id, *dir, DiskState::Full), *id),
            Action::RepairDisk(id, dir) => done(self.disk(*id, *dir, DiskState::Good), *id),
            Action::Terminate(id) => done(Fact::AskedToStop(self.name(*id)), *id),
            Action::Start(id) => done(Fact::Started(self.name(*id)), *id),
            Action::Pause(id) => done(Fact::Paused(self.name(*id)), *id),
            Action::Resume(id) => done(Fact::Resumed(self.name(*id)), *id),
            Action::SetLink { from, to, .. } | Action::SetLossRate { from, to, .. } => {
                plain(Fact::LinkChanged(self.name(*from), self.name(*to)))
            }
            Action::Partition(one, other) => {
                plain(Fact::CutApart(self.names(one), self.names(other)))
            }
            Action::Heal => plain(Fact::Healed),
            Action::AddBroker(config) => done(Fact::Started(self.name(config.node)), config.node),
            Action::AddProducer(config) => {
                plain(Fact::ClientAdded(config.client.client_id.to_string()))
            }
            Action::AddConsumer(config) => {
                plain(Fact::ClientAdded(config.client.client_id.to_string()))
            }
            Action::AddShareConsumer(config) => {
                plain(Fact::ClientAdded(config.client.client_id.to_string()))
            }
            Action::AddAdmin(config) => Some(Told::minor(
                TickKind::Action,
                Fact::ClientAdded(config.client_id.to_string()),
                None,
            )),
            Action::RemoveClient(id) => {
                let name = self
                    .clients
                    .get(id)
                    .cloned()
                    .unwrap_or_else(|| id.to_string());
                Some(Told::minor(
                    TickKind::Action,
                    Fact::ClientRemoved(name),
                    None,
                ))
            }
            Action::Command { client, command } => {
                let fact = Fact::Asked(self.name(*client), command_name(command));
                Some(Told::minor(TickKind::Action, fact, self.object(*client)))
            }
            Action::DropMessage(_) => plain(Fact::MessageDropped),
            Action::DelayMessage(..)
            | Action::DuplicateMessage(_)
            | Action::HoldMessage(_)
            | Action::DeliverNow(_) => plain(Fact::MessageTouched),
        }
    }

    fn disk(&self, id: NodeId, dir: u32, state: DiskState) -> Fact {
        Fact::Log(match dir {
            0 => LogFact::Disk(self.name(id), state),
            _ => LogFact::DiskOf(self.name(id), dir, state),
        })
    }

    fn names(&self, ids: &[NodeId]) -> String {
        ids.iter()
            .map(|id| self.name(*id))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn note(&self, node: NodeIndex, note: &Note) -> Option<Told> {
        self.server_note(node, note)
            .or_else(|| self.group_note(node, note))
    }

    fn server_note(&self, node: NodeIndex, note: &Note) -> Option<Told> {
        let who = self.index_name(node);
        let me = self.world.id_of(node).and_then(|id| self.object(id));
        let control = |fact| Some(Told::major(TickKind::Control, fact, me.clone()));
        let quorum = |fact| control(Fact::Quorum(fact));
        let about = |id: &NodeId, fact: fn(String) -> Fact| {
            Some(Told::major(
                TickKind::Control,
                fact(self.name(*id)),
                self.object(*id),
            ))
        };
        let minor = |kind, fact: Fact, object| Some(Told::minor(kind, fact, object));
        match note {
            Note::BecameCandidate(epoch) => quorum(QuorumFact::Candidate(who, epoch.0)),
            Note::BecameQuorumLeader(epoch) => quorum(QuorumFact::Leader(who, epoch.0)),
            Note::ResignedQuorum(epoch) => quorum(QuorumFact::Resigned(who, epoch.0)),
            Note::VotersChanged(voters) => quorum(QuorumFact::Voters(self.names(voters))),
            Note::VotingChanged(votes) => quorum(QuorumFact::Voting(who, *votes)),
            Note::BrokerRegistered(id, _) => about(id, Fact::Registered),
            Note::BrokerFenced(id) => about(id, Fact::Fenced),
            Note::BrokerUnfenced(id) => about(id, Fact::Unfenced),
            Note::ControlledShutdownBegan(id) => about(id, Fact::ShutdownBegan),
            Note::StoppedCleanly => control(Fact::StoppedCleanly(who)),
            Note::LogDirFailed(dir, replicas) => {
                let fact = Fact::Log(LogFact::DirFailed(who, *dir, *replicas));
                Some(Told::major(TickKind::Failure, fact, me.clone()))
            }
            Note::TopicCreated(name, count) => {
                control(Fact::TopicCreated(name.to_string(), *count))
            }
            Note::TopicDeleted(name) => control(Fact::TopicDeleted(name.to_string())),
            Note::PartitionChanged { .. } => self.change(note),
            Note::BecameLeader(p, epoch, offset) => {
                let (name, object) = self.partition(*p);
                minor(
                    TickKind::Control,
                    Fact::BecameLeader(who, name, epoch.0, offset.0),
                    object,
                )
            }
            Note::BecameFollower(p, _, leader) => {
                let (name, object) = self.partition(*p);
                minor(
                    TickKind::Control,
                    Fact::BecameFollower(who, name, leader.map(|l| self.name(l))),
                    object,
                )
            }
            Note::LeaderAppended(p, from, to) => {
                let (name, object) = self.partition(*p);
                minor(
                    TickKind::Records,
                    Fact::LeaderAppended(who, name, from.0, to.0),
                    object,
                )
            }
            Note::FollowerAppended(p, from, to) => {
                let (name, object) = self.partition(*p);
                minor(
                    TickKind::Records,
                    Fact::FollowerAppended(who, name, from.0, to.0),
                    object,
                )
            }
            Note::HighWatermarkAdvanced(p, offset) => {
                let (name, object) = self.partition(*p);
                minor(TickKind::Records, Fact::Committed(name, offset.0), object)
            }
            _ => self.trouble_note(who, note),
        }
    }

    fn trouble_note(&self, who: String, note: &Note) -> Option<Told> {
        let failure = |fact: Fact, object| Some(Told::major(TickKind::Failure, fact, object));
        match note {
            Note::Truncated {
                partition,
                from,
                to,
            } => {
                let (name, object) = self.partition(*partition);
                failure(Fact::Truncated(who, name, from.0, to.0), object)
            }
            Note::LogStartMoved(p, from, to) => {
                self.of_log(*p, |name| LogFact::Start(who, name, from.0, to.0))
            }
            Note::ReplicaMoveBegan(p, dir) => {
                self.of_log(*p, |name| LogFact::MoveBegan(who, name, *dir))
            }
            Note::ReplicaMoveCancelled(p, dir) => {
                self.of_log(*p, |name| LogFact::MoveCancelled(who, name, *dir))
            }
            Note::ReplicaMoved(p, from, to) => {
                self.of_log(*p, |name| LogFact::Moved(who, name, *from, *to))
            }
            Note::LogCleaned {
                partition,
                clean_until,
                records_before: before,
                records_after: after,
            } => {
                let (until, before, after) = (clean_until.0, *before, *after);
                self.of_log(*partition, |name| {
                    LogFact::Cleaned(who, name, until, before, after)
                })
            }
            Note::IsrProposed(p, isr) => {
                let (name, object) = self.partition(*p);
                let isr: Vec<i32> = isr.iter().map(|id| number(*id)).collect();
                let fact = Fact::IsrProposed(who, name, crate::i18n::sentence::ids(&isr));
                Some(Told::major(TickKind::Control, fact, object))
            }
            Note::ProduceRefused(p, error) => {
                let (name, object) = self.partition(*p);
                failure(Fact::ProduceRefused(who, name, error.name()), object)
            }
            Note::DuplicateBatch(p, offset) => {
                let (name, object) = self.partition(*p);
                Some(Told::major(
                    TickKind::Records,
                    Fact::Duplicate(who, name, offset.0),
                    object,
                ))
            }
            Note::ProducerRetry(p, error) => {
                let (name, object) = self.partition(*p);
                failure(Fact::Retry(who, name, error.name()), object)
            }
            _ => None,
        }
    }

    fn change(&self, note: &Note) -> Option<Told> {
        let Note::PartitionChanged {
            partition,
            leader,
            old_leader,
            leader_epoch,
            isr,
            unclean,
            ..
        } = note
        else {
            return None;
        };
        let (name, object) = self.partition(*partition);
        let change = Change {
            partition: name,
            from: old_leader.map(number),
            to: leader.map(number),
            epoch: leader_epoch.0,
            isr: isr.iter().map(|id| number(*id)).collect(),
            unclean: *unclean,
        };
        let bad = change.unclean || change.to.is_none();
        let kind = if bad {
            TickKind::Failure
        } else {
            TickKind::Control
        };
        Some(Told::major(
            kind,
            Fact::PartitionChanged(Box::new(change)),
            object,
        ))
    }

    fn group_note(&self, node: NodeIndex, note: &Note) -> Option<Told> {
        let group_object = |group: &str| Some(ObjectId::Group(group.to_owned()));
        let major = |fact, object| Some(Told::major(TickKind::Group, fact, object));
        match note {
            Note::GroupStateChanged(group, state, generation) => major(
                Fact::GroupState(group.to_string(), state, generation.0),
                group_object(group),
            ),
            Note::MemberJoined(group, member) => major(
                Fact::MemberJoined(group.to_string(), member.to_string()),
                group_object(group),
            ),
            Note::MemberRemoved(group, member, why) => {
                let fact =
                    Fact::MemberRemoved(group.to_string(), member.to_string(), removal(*why));
                major(fact, group_object(group))
            }
            Note::OffsetsCommitted(group, p, offset) => {
                let fact =
                    Fact::OffsetsCommitted(group.to_string(), self.partition(*p).0, offset.0);
                Some(Told::minor(TickKind::Group, fact, group_object(group)))
            }
            Note::ShareAcquired { .. }
            | Note::ShareLockExpired(..)
            | Note::ShareReleased(..)
            | Note::ShareArchived(..)
            | Note::ShareAcknowledged { .. }
            | Note::ShareStartMoved(..) => self.share_note(note),
            Note::TransactionStateChanged {
                transactional_id,
                state,
                producer_epoch,
                ..
            } => {
                let id = transactional_id.to_string();
                let fact = TransactionFact::State(id, state.name(), producer_epoch.0);
                let fact = Fact::Transaction(fact);
                major(fact, None)
            }
            Note::TransactionMarkerAppended {
                partition,
                commit,
                offset,
                ..
            } => {
                let (at, object) = self.partition(*partition);
                let fact = TransactionFact::Marker(at, *commit, offset.0);
                let fact = Fact::Transaction(fact);
                Some(Told::minor(TickKind::Records, fact, object))
            }
            Note::PartitionsAssigned(_, count) => {
                let who = self.index_name(node);
                major(
                    Fact::Assigned(who.clone(), *count),
                    Some(ObjectId::Client(who)),
                )
            }
            Note::PartitionsRevoked(_, count) if *count > 0 => {
                let who = self.index_name(node);
                major(
                    Fact::Revoked(who.clone(), *count),
                    Some(ObjectId::Client(who)),
                )
            }
            _ => None,
        }
    }

    fn share_note(&self, note: &Note) -> Option<Told> {
        let told = |major: bool, fact, group: &str| {
            let object = Some(ObjectId::Group(group.to_owned()));
            Some(if major {
                Told::major(TickKind::Group, fact, object)
            } else {
                Told::minor(TickKind::Group, fact, object)
            })
        };
        let named = |p: &TopicPartition| self.partition(*p).0;
        match note {
            Note::ShareAcquired {
                group,
                member,
                partition,
                first,
                last,
                delivery_count,
            } => {
                let (who, at) = (self.share_member(member), named(partition));
                let again = *delivery_count > 1;
                let (first, last, count) = (first.0, last.0, *delivery_count);
                let fact = Fact::ShareAcquired(who, group.to_string(), at, first, last, count);
                told(again, fact, group)
            }
            Note::ShareLockExpired(group, partition, first, last) => {
                let at = named(partition);
                let fact = Fact::ShareLockExpired(group.to_string(), at, first.0, last.0);
                told(true, fact, group)
            }
            Note::ShareReleased(group, member, partition, first, last) => {
                let (who, at) = (self.share_member(member), named(partition));
                let fact = Fact::ShareReleased(who, group.to_string(), at, first.0, last.0);
                told(true, fact, group)
            }
            Note::ShareArchived(group, partition, first, last, count) => {
                let at = named(partition);
                let fact = Fact::ShareArchived(group.to_string(), at, first.0, last.0, *count);
                told(true, fact, group)
            }
            Note::ShareStartMoved(group, partition, to) => {
                let fact = Fact::ShareStart(group.to_string(), named(partition), to.0);
                told(false, fact, group)
            }
            _ => None,
        }
    }

    /// A member as people call it; its id if its client does not run any more.
    fn share_member(&self, member: &str) -> String {
        let mut nodes = self.world.nodes();
        let found = nodes.find(|node| match node.process {
            KafkaProcess::ShareConsumer(consumer) => &**consumer.member_id() == member,
            _ => false,
        });
        found.map_or_else(|| member.to_owned(), |node| self.name(node.id))
    }

    fn client(&self, node: NodeIndex, item: u32) -> Option<Told> {
        let who = self.index_name(node);
        let me = Some(ObjectId::Client(who.clone()));
        let event = &self.world.history().get(item as usize)?.event;
        match event {
            ClientEvent::Acked {
                partition, offset, ..
            } => {
                let fact = Fact::Acknowledged(who, self.partition(*partition).0, offset.0);
                Some(Told::minor(TickKind::Records, fact, me))
            }
            ClientEvent::SendFailed { topic, failure, .. } => {
                let fact = Fact::SendFailed(who, topic.to_string(), failure.error.name());
                Some(Told::major(TickKind::Failure, fact, me))
            }
            ClientEvent::Delivered(records) => {
                let first = records.first()?;
                let partition = format!("{}-{}", first.topic, first.partition.partition);
                let fact = Fact::Delivered(who, records.len(), partition, first.offset.0);
                Some(Told::minor(TickKind::Records, fact, me))
            }
            ClientEvent::ShareDelivered(records) => {
                let first = &records.first()?.delivered;
                let partition = format!("{}-{}", first.topic, first.partition.partition);
                let fact = Fact::Delivered(who, records.len(), partition, first.offset.0);
                Some(Told::minor(TickKind::Records, fact, me))
            }
            ClientEvent::PollFailed(failure) => Some(Told::major(
                TickKind::Failure,
                Fact::PollFailed(who, failure.exception),
                me,
            )),
            _ => None,
        }
    }
}

fn removal(why: MemberRemoval) -> Removal {
    match why {
        MemberRemoval::Left => Removal::Left,
        MemberRemoval::SessionExpired => Removal::Session,
        MemberRemoval::RebalanceTimeout | MemberRemoval::SyncTimeout => Removal::Rebalance,
        MemberRemoval::Fenced => Removal::Fenced,
    }
}

/// Kafka's name of what an application calls.
fn command_name(command: &ClientCommand) -> &'static str {
    match command {
        ClientCommand::Send(..) => "send",
        ClientCommand::Flush => "flush",
        ClientCommand::StartLoad(_) | ClientCommand::StopLoad => "send",
        ClientCommand::Subscribe(_) | ClientCommand::SubscribeTo(_) => "subscribe",
        ClientCommand::Assign(_) => "assign",
        ClientCommand::Poll | ClientCommand::StopPolling | ClientCommand::ResumePolling => "poll",
        ClientCommand::Commit(_) => "commitSync",
        ClientCommand::Transaction(call) => call.name(),
        ClientCommand::SendOffsets(_) => TransactionCall::SendOffsets.name(),
        ClientCommand::CommitAsync => "commitAsync",
        ClientCommand::Seek(..) | ClientCommand::SeekTo(..) => "seek",
        ClientCommand::Pause(..) => "pause",
        ClientCommand::Acknowledge(_) => "acknowledge",
        ClientCommand::Call(_, _, request) => request.api().name(),
        ClientCommand::Close { .. } | ClientCommand::CloseLeaving => "close",
    }
}
