//! The inspector: facts, timers, why, and actions of one object.

use super::checks::CheckRow;
use super::cluster::*;
use super::levers::{ActionView, levers};
use super::object::{ObjectId, PartitionName};
use crate::i18n::{Lang, Text, sentence};
use crate::scene::broker::{controller_words, state_words};

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// True when the value is words, not Kafka's own notation.
    pub words: bool,
    /// Value before the last step, when it changed in it.
    pub was: Option<String>,
}

/// A running timer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimerView {
    /// Kafka's configuration name behind it, or what it waits for.
    pub name: String,
    /// What is left, µs.
    pub left: u64,
    /// The whole of it, µs, when known.
    pub whole: Option<u64>,
}

/// One link of the chain of causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyStep {
    /// Event in the trace.
    pub event: u64,
    /// When.
    pub at: u64,
    /// What happened.
    pub words: String,
}

/// The panel.
#[derive(Clone, Debug, PartialEq)]
pub struct InspectorView {
    /// The object; `None` = the cluster as a whole.
    pub object: Option<ObjectId>,
    /// Its kind.
    pub kind: Text,
    /// Its name.
    pub name: String,
    /// False when it does not exist at this time.
    pub exists: bool,
    /// Facts.
    pub facts: Vec<Fact>,
    /// Timers.
    pub timers: Vec<TimerView>,
    /// Why it is as it is; the root cause first.
    pub why: Vec<WhyStep>,
    /// Configuration that differs from the default: name, value.
    pub configs: Vec<(String, String)>,
    /// The newest records of the partition, newest first: offset and what it says.
    pub records: Vec<(ObjectId, String)>,
    /// The files of the replica's log, as they lie on its broker's disk: name, size in bytes.
    pub files: Vec<(String, u64)>,
    /// What became of the record so far, as the ledger knows it.
    pub fate: Vec<WhyStep>,
    /// The checked rules, for the cluster as a whole.
    pub checks: Vec<CheckRow>,
    /// Actions.
    pub actions: Vec<ActionView>,
    /// Name of the producer that a typed record would be sent with.
    pub sends: Option<String>,
}

/// Facts and actions of `object`; timers, why and configuration are added by who knows the run.
pub fn inspect(view: &ClusterView, object: Option<&ObjectId>, lang: Lang) -> InspectorView {
    let mut panel = Panel::new(object.cloned(), lang);
    let found = panel.fill(view, object);
    panel.out.exists = found.is_some();
    panel.out.actions = object.map_or_else(Vec::new, |object| levers(view, object, lang));
    panel.out
}

struct Panel {
    lang: Lang,
    out: InspectorView,
}

impl Panel {
    fn new(object: Option<ObjectId>, lang: Lang) -> Panel {
        let out = InspectorView {
            kind: kind_of(object.as_ref()),
            name: object.as_ref().map(plain_name).unwrap_or_default(),
            object,
            exists: true,
            facts: Vec::new(),
            timers: Vec::new(),
            why: Vec::new(),
            configs: Vec::new(),
            records: Vec::new(),
            files: Vec::new(),
            fate: Vec::new(),
            checks: Vec::new(),
            actions: Vec::new(),
            sends: None,
        };
        Panel { lang, out }
    }

    /// Fills in what belongs to the object; `None` when it does not exist.
    fn fill(&mut self, view: &ClusterView, object: Option<&ObjectId>) -> Option<()> {
        match object {
            None => self.whole(view),
            Some(ObjectId::Broker(id)) => self.broker(view.broker(*id)?),
            Some(ObjectId::Controller(id)) => self.controller(view, *id)?,
            Some(ObjectId::Partition(name)) => self.partition(name, view.partition(name)?.1),
            Some(ObjectId::Replica(name, broker)) => self.replica(view, name, *broker)?,
            Some(ObjectId::Client(name)) => self.client(view, name)?,
            Some(ObjectId::Group(name)) => self.group(view, name)?,
            Some(ObjectId::Message(id)) => {
                self.message(view.messages.iter().find(|m| m.id == *id)?)
            }
            Some(ObjectId::Record(name, offset)) => self.record(view, name, *offset)?,
            Some(ObjectId::Event(_)) => {}
        }
        Some(())
    }

    fn kind(&mut self, kind: Text) {
        self.out.kind = kind;
    }

    fn fact(&mut self, name: Text, value: impl Into<String>) {
        self.push(name, value.into(), false);
    }

    fn words(&mut self, name: Text, value: impl Into<String>) {
        self.push(name, value.into(), true);
    }

    fn push(&mut self, name: Text, value: String, words: bool) {
        let empty = value.is_empty();
        self.out.facts.push(Fact {
            name: self.lang.say(name).to_owned(),
            value: if empty {
                self.lang.say(Text::None).to_owned()
            } else {
                value
            },
            words: words || empty,
            was: None,
        });
    }

    fn whole(&mut self, view: &ClusterView) {
        let active = view
            .quorum
            .controllers
            .iter()
            .find(|c| c.active)
            .map(|c| c.id.to_string());
        self.fact(
            Text::FactBrokers,
            format!("{}/{}", view.running(), view.brokers.len()),
        );
        self.fact(Text::KindController, active.unwrap_or_default());
        self.fact(Text::FactQuorumEpoch, view.quorum.epoch.to_string());
        self.fact(Text::FactPartitions, view.partitions().count().to_string());
        self.fact(
            Text::FactUnderReplicated,
            view.under_replicated().to_string(),
        );
        self.fact(Text::FactWithoutLeader, view.leaderless().to_string());
    }

    fn broker(&mut self, broker: &BrokerView) {
        self.words(
            Text::FactState,
            state_words(self.lang, broker.process, broker.fenced),
        );
        if let Process::Crashed { at } | Process::Stopped { at } = broker.process {
            self.fact(Text::FactAt, sentence::clock(at));
        }
        self.fact(Text::FactAddress, &*broker.address);
        for dir in &broker.dirs {
            let state = match dir.disk {
                Disk::Good if dir.online => Text::DirOnline,
                Disk::Good => Text::DirOffline,
                Disk::Full => Text::DirFull,
                Disk::Broken => Text::DirBroken,
            };
            let words = format!("{}: {}", dir.path, self.lang.say(state));
            self.words(Text::FactLogDir, words);
        }
        self.fact(Text::FactLeads, broker.leads.to_string());
        if let (Some(was), Some(fact)) = (broker.led, self.out.facts.last_mut()) {
            fact.was = Some(was.to_string());
        }
        if let Some((left, whole)) = broker.session {
            self.out.timers.push(TimerView {
                name: "broker.session.timeout.ms".into(),
                left,
                whole: Some(whole),
            });
        }
    }

    fn controller(&mut self, view: &ClusterView, id: i32) -> Option<()> {
        let controller = view.quorum.controllers.iter().find(|c| c.id == id)?;
        self.words(Text::FactState, controller_words(self.lang, controller));
        let vote = match &controller.vote {
            Vote::Observer => Text::Observer,
            Vote::Fixed | Vote::Voter(_) => Text::Voter,
        };
        self.words(Text::FactVote, self.lang.say(vote));
        self.fact(Text::FactQuorumEpoch, view.quorum.epoch.to_string());
        self.fact(
            Text::FactEnds,
            format!("{}, {}", view.quorum.high_watermark, view.quorum.log_end),
        );
        Some(())
    }

    fn partition(&mut self, name: &PartitionName, partition: &PartitionView) {
        self.fact(
            Text::FactLeader,
            partition.leader.map(|l| l.to_string()).unwrap_or_default(),
        );
        self.fact(Text::FactLeaderEpoch, partition.leader_epoch.to_string());
        self.fact(Text::FactReplicas, sentence::ids(&partition.replicas));
        self.fact(Text::FactIsr, sentence::ids(&partition.isr));
        self.fact(Text::FactElr, sentence::ids(&partition.elr));
        if let Some((hw, leo)) = partition.ends() {
            self.fact(Text::FactEnds, format!("{hw}, {leo}"));
        }
        self.out.sends = Some(name.topic.clone());
    }

    fn replica(&mut self, view: &ClusterView, name: &PartitionName, broker: i32) -> Option<()> {
        let (_, partition) = view.partition(name)?;
        let replica = partition.log(broker)?;
        let role = match replica.role {
            ReplicaRole::Leader => Text::Leader,
            ReplicaRole::Follower => Text::Follower,
            ReplicaRole::Led => Text::Led,
            ReplicaRole::Followed => Text::Followed,
        };
        let role = format!(
            "{}, {}",
            self.lang.say(role),
            sentence::sync(self.lang, replica.sync)
        );
        self.words(Text::FactRole, role);
        self.fact(
            Text::FactLeader,
            partition.leader.map(|l| l.to_string()).unwrap_or_default(),
        );
        self.fact(Text::FactLeaderEpoch, replica.leader_epoch.to_string());
        self.fact(Text::FactReplicas, sentence::ids(&partition.replicas));
        self.fact(Text::FactIsr, sentence::ids(&partition.isr));
        self.fact(Text::FactElr, sentence::ids(&partition.elr));
        self.fact(Text::FactLogStart, replica.log_start.to_string());
        self.fact(Text::FactHighWatermark, replica.high_watermark.to_string());
        self.fact(Text::FactLogEnd, replica.log_end.to_string());
        let dirs = &view.broker(broker)?.dirs;
        let path = |number: u32| dirs.iter().find(|dir| dir.number == number);
        if let Some(dir) = replica.dir.and_then(path) {
            self.fact(Text::FactLogDir, &*dir.path);
        }
        if let Some((number, end)) = replica.moves_to
            && let Some(dir) = path(number)
        {
            self.fact(Text::FactMovesTo, format!("{} ({end})", dir.path));
        }
        if let Some((_, leader_end)) = partition.ends() {
            self.fact(
                Text::FactBehind,
                leader_end.saturating_sub(replica.log_end).to_string(),
            );
        }
        self.out.sends = Some(name.topic.clone());
        Some(())
    }

    fn client(&mut self, view: &ClusterView, name: &str) -> Option<()> {
        if let Some(client) = view.clients.iter().find(|c| c.name == name) {
            self.producer(client);
            return Some(());
        }
        let (group, member) = view
            .groups
            .iter()
            .find_map(|g| g.members.iter().find(|m| m.name == name).map(|m| (g, m)))?;
        self.kind(Text::KindConsumer);
        self.fact(Text::KindGroup, &*group.name);
        for assigned in &member.assignment {
            let number = |n: Option<u64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
            let value = format!(
                "{} · {} {} · {}",
                assigned.partition,
                number(assigned.position),
                number(assigned.committed),
                number(assigned.lag)
            );
            let name = format!(
                "{}, {}, {}",
                self.lang.say(Text::FactPosition),
                self.lang.say(Text::FactCommitted),
                self.lang.say(Text::FactLag)
            );
            self.out.facts.push(Fact {
                name,
                value,
                words: false,
                was: None,
            });
        }
        Some(())
    }

    fn producer(&mut self, client: &ClientView) {
        let tool = client.kind == ClientKind::Tool;
        self.kind(if tool {
            Text::KindTool
        } else {
            Text::KindProducer
        });
        if !tool {
            self.fact(Text::FactTopic, client.topic.clone().unwrap_or_default());
            self.fact(Text::FactAcks, &*client.acks);
            self.fact(Text::FactSent, client.sent.to_string());
            self.fact(Text::FactAcked, client.acked.to_string());
            self.fact(Text::FactFailed, client.failed.to_string());
            self.out.sends.clone_from(&client.topic);
        }
    }

    fn group(&mut self, view: &ClusterView, name: &str) -> Option<()> {
        let group = view.groups.iter().find(|g| g.name == name)?;
        self.fact(Text::FactState, group.state.name());
        self.fact(
            Text::FactCoordinator,
            group.coordinator.map(|c| c.to_string()).unwrap_or_default(),
        );
        self.fact(Text::FactGeneration, group.generation.to_string());
        self.fact(Text::FactAssignor, &*group.assignor);
        let members: Vec<&str> = group.members.iter().map(|m| m.name.as_str()).collect();
        self.fact(Text::FactMembers, members.join(", "));
        self.fact(Text::FactLag, group.lag().to_string());
        Some(())
    }

    /// A record exists while some replica's log reaches over its offset.
    fn record(&mut self, view: &ClusterView, name: &PartitionName, offset: u64) -> Option<()> {
        let (_, partition) = view.partition(name)?;
        partition.holder(offset)?;
        self.fact(Text::KindPartition, name.to_string());
        self.fact(Text::FactOffset, offset.to_string());
        Some(())
    }

    fn message(&mut self, message: &MessageView) {
        self.out.name = message.label();
        self.fact(Text::FactApi, &*message.api);
        let (key, version) = (message.api_key, message.api_version);
        self.fact(Text::FactApiVersion, format!("{key}, v{version}"));
        self.words(Text::FactFrom, sentence::place(&message.from));
        self.words(Text::FactTo, sentence::place(&message.to));
        if let Some(partition) = &message.partition {
            self.fact(Text::KindPartition, partition.to_string());
        }
        if let Some(offset) = message.offset {
            self.fact(Text::FactOffset, offset.to_string());
        }
        if let Some(error) = &message.error {
            self.fact(Text::FactError, &**error);
        }
        self.fact(Text::FactSentAt, sentence::clock(message.sent));
        if message.passage == Passage::Flying {
            self.fact(Text::FactArrives, sentence::clock(message.arrives));
        }
    }
}

fn kind_of(object: Option<&ObjectId>) -> Text {
    match object {
        None => Text::KindCluster,
        Some(ObjectId::Broker(_)) => Text::KindBroker,
        Some(ObjectId::Controller(_)) => Text::KindController,
        Some(ObjectId::Partition(_)) => Text::KindPartition,
        Some(ObjectId::Replica(..)) => Text::KindReplica,
        Some(ObjectId::Client(_)) => Text::KindProducer,
        Some(ObjectId::Group(_)) => Text::KindGroup,
        Some(ObjectId::Record(..)) => Text::KindRecord,
        Some(ObjectId::Message(_)) => Text::KindMessage,
        Some(ObjectId::Event(_)) => Text::KindEvent,
    }
}

fn plain_name(object: &ObjectId) -> String {
    match object {
        ObjectId::Broker(id) => format!("Broker {id}"),
        ObjectId::Controller(id) => format!("Controller {id}"),
        ObjectId::Partition(p) => p.to_string(),
        ObjectId::Replica(p, broker) => format!("{p} @ broker {broker}"),
        ObjectId::Client(name) | ObjectId::Group(name) => name.clone(),
        ObjectId::Record(p, offset) => format!("{p} @ {offset}"),
        ObjectId::Message(n) | ObjectId::Event(n) => format!("#{n}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::Task;
    use crate::tasks::action::{Action, Server};
    use crate::view_model::sample;

    fn facts(panel: &InspectorView) -> Vec<String> {
        panel
            .facts
            .iter()
            .map(|f| format!("{}: {}", f.name, f.value))
            .collect()
    }

    #[test]
    fn a_partition_after_its_failover() {
        let id = ObjectId::parse("partition:my-replicated-topic-0");
        let panel = inspect(&sample::failover(), id.as_ref(), Lang::En);
        assert_eq!(
            facts(&panel),
            [
                "Leader: 2",
                "Leader epoch: 1",
                "Replicas: 1,2,0",
                "Isr: 0,2",
                "Elr: none",
                "HW, LEO: 5, 6"
            ]
        );
        assert_eq!(
            panel.actions[0].task,
            Task::Act(Action::Crash(Server::Broker(2)))
        );
    }

    #[test]
    fn what_does_not_exist_at_this_time_says_so() {
        for id in [
            "broker:9",
            "partition:orders-7",
            "message:999",
            "client:nobody",
            "group:none",
            "controller:1",
        ] {
            let panel = inspect(&sample::failover(), ObjectId::parse(id).as_ref(), Lang::Zh);
            assert!(
                !panel.exists && panel.facts.is_empty() && panel.actions.is_empty(),
                "{id}"
            );
        }
    }
}
