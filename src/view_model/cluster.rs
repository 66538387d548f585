//! The cluster as the picture needs it: plain data, already looked up, nothing borrowed.
//!
//! Times are microseconds of virtual time. The view holds no text of a language: words are
//! chosen by `i18n` when it is drawn. Invariant: it is a function of (world, now) alone.

use std::collections::BTreeMap;

pub use super::disks::{Disk, LogDirView};
use super::object::PartitionName;

/// Everything the cluster lens draws at one moment.
#[derive(Clone, Debug, PartialEq, Default, serde::Serialize)]
pub struct ClusterView {
    /// Virtual time of the view.
    pub now: u64,
    /// The controller quorum.
    pub quorum: QuorumView,
    /// Brokers by `node.id`.
    pub brokers: Vec<BrokerView>,
    /// Topics by name; internal ones last.
    pub topics: Vec<TopicView>,
    /// Producers and tools, in order of appearance.
    pub clients: Vec<ClientView>,
    /// Consumer groups by name.
    pub groups: Vec<GroupView>,
    /// Messages under way at `now`, oldest first.
    pub messages: Vec<MessageView>,
}

/// The KRaft controller quorum.
#[derive(Clone, Debug, PartialEq, Default, serde::Serialize)]
pub struct QuorumView {
    /// Leader epoch of the metadata log, as the newest controller knows it.
    pub epoch: i32,
    /// Controllers by `node.id`.
    pub controllers: Vec<ControllerView>,
    /// High watermark of the metadata log at the active controller.
    pub high_watermark: u64,
    /// Log end offset of the metadata log at the active controller.
    pub log_end: u64,
}

/// One controller.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ControllerView {
    /// `node.id`.
    pub id: i32,
    /// Its process.
    pub process: Process,
    /// True for the active controller (quorum leader).
    pub active: bool,
    /// Whether it votes, as the newest controller knows.
    pub vote: Vote,
}

/// Whether a controller votes, and whether that can change (KIP-853).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Vote {
    /// A voter of a static quorum.
    Fixed,
    /// A voter that may be removed; its directory id.
    Voter(String),
    /// It follows the log and may become a voter.
    Observer,
}

/// The life of a server process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Process {
    /// Runs.
    Running,
    /// Runs no code for now (long garbage collection, SIGSTOP).
    Paused,
    /// Performs a controlled shutdown.
    Stopping,
    /// Ended by a controlled shutdown.
    Stopped {
        /// When it ended.
        at: u64,
    },
    /// Ended without warning.
    Crashed {
        /// When it ended.
        at: u64,
    },
}

impl Process {
    /// True when no code of the process runs any more.
    pub fn is_down(self) -> bool {
        self.down_since().is_some()
    }

    /// Since when no code of the process runs any more.
    pub fn down_since(self) -> Option<u64> {
        match self {
            Process::Stopped { at } | Process::Crashed { at } => Some(at),
            Process::Running | Process::Paused | Process::Stopping => None,
        }
    }
}

/// One broker.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct BrokerView {
    /// `node.id`.
    pub id: i32,
    /// Client address, `host:port`.
    pub address: String,
    /// Its process.
    pub process: Process,
    /// True while the active controller has it fenced.
    pub fenced: bool,
    /// The disk of its log directory, of the first if it has several.
    pub disk: Disk,
    /// Its log directories by number, if it has several.
    pub dirs: Vec<LogDirView>,
    /// Session left at the active controller, and `broker.session.timeout.ms`, both in µs.
    pub session: Option<(u64, u64)>,
    /// Partitions it leads, in the controller's view.
    pub leads: usize,
    /// Partitions it led before the last step, when that differs.
    pub led: Option<usize>,
}

/// One topic.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct TopicView {
    /// Name.
    pub name: String,
    /// True for `__consumer_offsets` and its like.
    pub internal: bool,
    /// Replication factor of partition 0.
    pub replication_factor: usize,
    /// Partitions by number.
    pub partitions: Vec<PartitionView>,
}

/// One partition, in the controller's view, with its replicas as they are on disk.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PartitionView {
    /// Number in its topic.
    pub partition: i32,
    /// Leader's broker id; `None` = no leader.
    pub leader: Option<i32>,
    /// Leader epoch.
    pub leader_epoch: i32,
    /// Assigned replicas, preferred leader first.
    pub replicas: Vec<i32>,
    /// In-sync replicas.
    pub isr: Vec<i32>,
    /// Eligible leader replicas (KIP-966).
    pub elr: Vec<i32>,
    /// Since when it has had no leader.
    pub leaderless_since: Option<u64>,
    /// True when leader, epoch or ISR changed in the last step.
    pub changed: bool,
    /// Replica logs, by broker id.
    pub logs: Vec<ReplicaView>,
}

/// What a replica is to its partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ReplicaRole {
    /// Leads.
    Leader,
    /// Follows.
    Follower,
    /// Led when its broker went down.
    Led,
    /// Followed when its broker went down.
    Followed,
}

/// A replica's standing in ISR and ELR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Sync {
    /// In the ISR.
    InSync,
    /// Out of the ISR, eligible leader.
    Eligible,
    /// Out of the ISR.
    Out,
    /// An AlterPartition that lets it join is under way.
    Joining,
    /// An AlterPartition that drops it is under way.
    Leaving,
}

/// One replica's log.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ReplicaView {
    /// Broker that holds it.
    pub broker: i32,
    /// Role.
    pub role: ReplicaRole,
    /// Standing.
    pub sync: Sync,
    /// Log start offset.
    pub log_start: u64,
    /// High watermark this replica knows.
    pub high_watermark: u64,
    /// Log end offset.
    pub log_end: u64,
    /// Leader epoch the replica itself works in.
    pub leader_epoch: i32,
    /// The number of its log directory, if its broker runs.
    pub dir: Option<u32>,
    /// The log directory it is being moved to, and where the copy there ends (KIP-113).
    pub moves_to: Option<(u32, u64)>,
    /// The youngest records, oldest first; may be fewer than `log_end - log_start`.
    pub tail: Vec<RecordView>,
}

/// One offset of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RecordView {
    /// Offset.
    pub offset: u64,
    /// Leader epoch of its batch.
    pub epoch: i32,
}

/// What a client process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ClientKind {
    /// A producer.
    Producer,
    /// A command-line tool (admin client).
    Tool,
}

/// A producer or tool.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ClientView {
    /// Name of the process.
    pub name: String,
    /// What it is.
    pub kind: ClientKind,
    /// Topic it last wrote to.
    pub topic: Option<String>,
    /// `acks` as configured: `all`, `1` or `0`.
    pub acks: String,
    /// State of its transactions by Kafka's name; `None` without a `transactional.id`.
    pub transaction: Option<&'static str>,
    /// Whether a steady load runs.
    pub loaded: bool,
    /// Records given to `send`.
    pub sent: u64,
    /// Records acknowledged.
    pub acked: u64,
    /// Records given up with an error.
    pub failed: u64,
    /// A produce request that has no answer so far, and what it waits for.
    pub waiting: Option<WaitingView>,
    /// Brokers it last sent records to.
    pub targets: Vec<i32>,
}

/// A produce request without an answer so far.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct WaitingView {
    /// Partition it wrote to, when there is one.
    pub partition: Option<PartitionName>,
    /// High watermark that releases the answer, once the leader appended it.
    pub needs_high_watermark: Option<u64>,
}

/// A group state by Kafka's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum GroupState {
    /// `Empty`
    Empty,
    /// `PreparingRebalance`
    PreparingRebalance,
    /// `CompletingRebalance`
    CompletingRebalance,
    /// `Stable`
    Stable,
    /// `Dead`
    Dead,
    /// `Assigning`
    Assigning,
    /// `Reconciling`
    Reconciling,
}

impl GroupState {
    /// Kafka's exact name.
    pub fn name(self) -> &'static str {
        match self {
            GroupState::Empty => "Empty",
            GroupState::PreparingRebalance => "PreparingRebalance",
            GroupState::CompletingRebalance => "CompletingRebalance",
            GroupState::Stable => "Stable",
            GroupState::Dead => "Dead",
            GroupState::Assigning => "Assigning",
            GroupState::Reconciling => "Reconciling",
        }
    }
}

/// Which protocol a group follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize)]
pub enum GroupKind {
    /// JoinGroup and SyncGroup.
    #[default]
    Classic,
    /// The broker assigns (KIP-848).
    Consumer,
    /// A share group (KIP-932).
    Share,
}

impl GroupKind {
    /// Kafka's tool for groups of this kind.
    pub fn tool(self) -> &'static str {
        match self {
            GroupKind::Classic | GroupKind::Consumer => "kafka-consumer-groups.sh",
            GroupKind::Share => "kafka-share-groups.sh",
        }
    }

    /// The statement that starts a member of that name.
    pub fn joining(self, name: &str, topic: &str, group: &str) -> String {
        match self {
            GroupKind::Classic => format!("consumer {name} topic={topic} group={group}"),
            GroupKind::Consumer => {
                format!("consumer {name} topic={topic} group={group} protocol=consumer")
            }
            GroupKind::Share => format!("share-consumer {name} topic={topic} group={group}"),
        }
    }
}

/// A consumer group.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct GroupView {
    /// `group.id`; empty for consumers without a group.
    pub name: String,
    /// Its protocol.
    pub kind: GroupKind,
    /// A topic its members read, or whose offsets it has committed.
    pub topic: Option<String>,
    /// State at its coordinator.
    pub state: GroupState,
    /// Assignor in use.
    pub assignor: String,
    /// Generation.
    pub generation: i32,
    /// Coordinator's broker id.
    pub coordinator: Option<i32>,
    /// Members by name.
    pub members: Vec<MemberView>,
}

impl GroupView {
    /// How far it is behind in all that its members read, as far as it is known; what several
    /// members of a share group read counts once.
    pub fn lag(&self) -> u64 {
        let read = self.members.iter().flat_map(|member| &member.assignment);
        let lags = read.filter_map(|assigned| Some((&assigned.partition, assigned.lag?)));
        lags.collect::<BTreeMap<_, _>>().into_values().sum()
    }
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct MemberView {
    /// Client process that is the member.
    pub name: String,
    /// False once the process is gone and the coordinator does not know yet.
    pub alive: bool,
    /// Whether its application polls; `None` once the process is gone.
    pub polling: Option<bool>,
    /// Partitions assigned to it.
    pub assignment: Vec<AssignedView>,
}

impl MemberView {
    /// How far it is behind in all that it reads; `None` where nothing is known.
    pub fn lag(&self) -> Option<u64> {
        let known = self.assignment.iter().filter_map(|assigned| assigned.lag);
        known.reduce(|sum, lag| sum + lag)
    }
}

/// One assigned partition.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct AssignedView {
    /// Partition.
    pub partition: PartitionName,
    /// Next offset it will fetch.
    pub position: Option<u64>,
    /// Committed offset at the coordinator.
    pub committed: Option<u64>,
    /// High watermark less position.
    pub lag: Option<u64>,
    /// Broker it fetches from.
    pub source: Option<i32>,
}

/// What a message is about: decides the shape of its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub enum Family {
    /// Carries records: square.
    Records,
    /// Data request without records: circle.
    Data,
    /// Control plane: diamond.
    Control,
    /// Group membership and offsets: triangle.
    Group,
}

/// An end of a message's way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub enum Place {
    /// A broker.
    Broker(i32),
    /// A controller.
    Controller(i32),
    /// A client process by name.
    Client(String),
}

/// What the network does to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Passage {
    /// Flies.
    Flying,
    /// Has arrived at a process that stands still.
    AtDoor,
    /// Held until released.
    Held,
    /// Will be, or was, dropped at that time.
    Dropped {
        /// When.
        at: u64,
    },
}

/// A message under way.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct MessageView {
    /// Number in the run.
    pub id: u64,
    /// Kafka's API name, `Fetch`.
    pub api: String,
    /// Kafka's number of the API.
    pub api_key: i16,
    /// The version that clients and servers of this Kafka agree on.
    pub api_version: i16,
    /// What it is about.
    pub family: Family,
    /// True for requests.
    pub request: bool,
    /// Sender.
    pub from: Place,
    /// Receiver.
    pub to: Place,
    /// Column it runs in, for replica and client traffic about one partition.
    pub partition: Option<PartitionName>,
    /// First offset it carries or asks for.
    pub offset: Option<u64>,
    /// Leader epoch stamped on its records.
    pub epoch: Option<i32>,
    /// Error name of a response, `NOT_LEADER_OR_FOLLOWER`.
    pub error: Option<String>,
    /// When it was sent.
    pub sent: u64,
    /// When it arrives.
    pub arrives: u64,
    /// What the network does to it.
    pub passage: Passage,
}

impl MessageView {
    /// Where it is between sender (0) and receiver (1) at `now`; a dropped one stays where it was lost.
    pub fn progress(&self, now: u64) -> f64 {
        let now = match self.passage {
            Passage::Dropped { at } => now.min(at),
            Passage::Flying | Passage::AtDoor | Passage::Held => now,
        };
        let whole = self.arrives.saturating_sub(self.sent);
        if whole == 0 {
            return 1.0;
        }
        (now.saturating_sub(self.sent) as f64 / whole as f64).min(1.0)
    }

    /// The short label: `Fetch @5`, `Fetch [5]`, `Produce NOT_LEADER_OR_FOLLOWER`.
    pub fn label(&self) -> String {
        match (&self.error, self.offset, self.family) {
            (Some(error), _, _) => format!("{} {error}", self.api),
            (None, Some(offset), Family::Records) => format!("{} [{offset}]", self.api),
            (None, Some(offset), _) => format!("{} @{offset}", self.api),
            (None, None, _) => self.api.clone(),
        }
    }
}

impl ClusterView {
    /// The partition of that name.
    pub fn partition(&self, name: &PartitionName) -> Option<(&TopicView, &PartitionView)> {
        let topic = self.topics.iter().find(|t| t.name == name.topic)?;
        let partition = topic
            .partitions
            .iter()
            .find(|p| p.partition == name.partition)?;
        Some((topic, partition))
    }

    /// The partition of that name, to complete it.
    pub fn partition_mut(&mut self, name: &PartitionName) -> Option<&mut PartitionView> {
        let topic = self.topics.iter_mut().find(|t| t.name == name.topic)?;
        topic
            .partitions
            .iter_mut()
            .find(|p| p.partition == name.partition)
    }

    /// The broker with that id.
    pub fn broker(&self, id: i32) -> Option<&BrokerView> {
        self.brokers.iter().find(|b| b.id == id)
    }

    /// Brokers whose process runs.
    pub fn running(&self) -> usize {
        self.brokers.iter().filter(|b| !b.process.is_down()).count()
    }

    /// Every partition with its name, internal topics included.
    pub fn partitions(&self) -> impl Iterator<Item = (PartitionName, &TopicView, &PartitionView)> {
        self.topics.iter().flat_map(|topic| {
            topic.partitions.iter().map(move |p| {
                let name = PartitionName {
                    topic: topic.name.clone(),
                    partition: p.partition,
                };
                (name, topic, p)
            })
        })
    }

    /// Partitions whose ISR is smaller than their replica set.
    pub fn under_replicated(&self) -> usize {
        self.partitions()
            .filter(|(_, _, p)| p.isr.len() < p.replicas.len())
            .count()
    }

    /// Partitions without a leader.
    pub fn leaderless(&self) -> usize {
        self.partitions()
            .filter(|(_, _, p)| p.leader.is_none())
            .count()
    }
}

impl PartitionView {
    /// The replica on that broker.
    pub fn log(&self, broker: i32) -> Option<&ReplicaView> {
        self.logs.iter().find(|r| r.broker == broker)
    }

    /// A broker whose log has that offset.
    pub fn holder(&self, offset: u64) -> Option<i32> {
        let holds = |log: &&ReplicaView| (log.log_start..log.log_end).contains(&offset);
        self.logs.iter().find(holds).map(|log| log.broker)
    }

    /// High watermark and log end of the leader, or of the longest log when there is none.
    pub fn ends(&self) -> Option<(u64, u64)> {
        let log = match self.leader {
            Some(leader) => self.log(leader),
            None => self.logs.iter().max_by_key(|r| r.log_end),
        }?;
        Some((log.high_watermark, log.log_end))
    }
}
