//! A scenario as data: the cluster it begins with and what happens to it.

use crate::card::Card;
use kafka_core::config::Truncation;
use kafka_core::types::{Duration, NodeId};

/// A whole scenario.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scenario {
    /// What the cluster is at its beginning.
    pub setup: Setup,
    /// What happens, in order, each with its line.
    pub steps: Vec<Step>,
}

/// One step and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Line of the file, from 1.
    pub line: usize,
    /// What happens.
    pub what: Statement,
}

/// The cluster at its beginning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setup {
    /// What the gallery shows of it.
    pub card: Option<Card>,
    /// A title for people.
    pub title: Option<String>,
    /// Seed of the run.
    pub seed: u64,
    /// Number of brokers.
    pub brokers: u32,
    /// Number of controllers.
    pub controllers: u32,
    /// How many of the controllers vote at first, if the voters can change (RAFT-15); `None`:
    /// all of them for ever.
    pub voters: Option<u32>,
    /// How many log directories each broker has (LOG-16).
    pub log_dirs: u32,
    /// Start with nothing running.
    pub cold: bool,
    /// Whether eligible leader replicas are on (KIP-966).
    pub elr: bool,
    /// `transaction.version` of the cluster: below 2 the protocol before KIP-890 (TXN-2).
    pub transaction_version: i16,
    /// How followers truncate (REP-26).
    pub truncation: Truncation,
    /// Whether the high watermark obeys `min.insync.replicas` (REP-9).
    pub strict_min_isr: bool,
    /// Broker settings, by Kafka's names.
    pub settings: Vec<(String, String)>,
    /// `broker.rack` of brokers, by number.
    pub racks: Vec<(u32, String)>,
    /// Replica lists for topics the placer would draw.
    pub placements: Vec<(String, Vec<Vec<u32>>)>,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            card: None,
            title: None,
            seed: 1,
            brokers: 3,
            controllers: 3,
            voters: None,
            log_dirs: 1,
            cold: false,
            elr: true,
            transaction_version: 2,
            truncation: Truncation::Epochs,
            strict_min_isr: true,
            settings: Vec::new(),
            racks: Vec::new(),
            placements: Vec::new(),
        }
    }
}

/// What can be done to a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerVerb {
    /// kill -9.
    Crash,
    /// The machine loses power.
    PowerLoss,
    /// Clean stop.
    Stop,
    /// Start.
    Start,
    /// Stand still.
    Pause,
    /// Go on.
    Resume,
    /// Its log directory of that number fails.
    FailLogDir(u32),
    /// The disk of that directory is full.
    FillDisk(u32),
    /// The disk works again, emptied by replacement if it was broken.
    RepairDisk(u32),
}

/// What becomes of a controller's vote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoterVerb {
    /// It shall vote.
    Add,
    /// It shall vote no more.
    Remove,
}

/// What a directed link does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkVerb {
    /// Works.
    Up,
    /// Loses everything.
    Cut,
    /// Holds everything.
    Hold,
    /// Takes longer.
    Slow(Duration),
}

/// One end of a link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// A server, by its number.
    Server(NodeId),
    /// A client of the scenario, by its name.
    Client(String),
}

/// Offsets that become part of a producer's transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TxnOffsets {
    /// All positions of that consumer, as a member of its group.
    Of(String),
    /// One, by whoever it was.
    At {
        /// Group.
        group: String,
        /// Topic.
        topic: String,
        /// Partition.
        partition: u32,
        /// Next record to process.
        offset: u64,
    },
}

/// One statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Statement {
    /// `wait 5s`.
    Wait(Duration),
    /// `step 10`: that many events.
    Events(u64),
    /// `crash 1` and the like.
    Server(ServerVerb, NodeId),
    /// `add-voter 103` or `remove-voter 101`: as `kafka-metadata-quorum` does it (RAFT-15).
    Voter(VoterVerb, NodeId),
    /// `move-replica orders 0 broker=1 dir=1`: as `kafka-reassign-partitions` does it (KIP-113).
    MoveReplica {
        /// Topic.
        topic: String,
        /// Partition.
        partition: u32,
        /// Which replica: that of this broker.
        broker: NodeId,
        /// The number of the broker's log directory it shall be in.
        dir: u32,
    },
    /// `cut 0 -> 1`, or both ways `cut 0 - 1`; an end may be a client's name.
    Link {
        /// What it does.
        verb: LinkVerb,
        /// One end.
        from: End,
        /// The other end.
        to: End,
        /// Both directions.
        both: bool,
    },
    /// `partition 0 | 1,2`.
    Partition(Vec<NodeId>, Vec<NodeId>),
    /// `heal`: all links up.
    Heal,
    /// `producer NAME setting=value ...`.
    Producer(String, Vec<(String, String)>),
    /// `consumer NAME topic=T setting=value ...`.
    Consumer(String, Vec<(String, String)>),
    /// `share-consumer NAME topic=T group=G setting=value ...`.
    ShareConsumer(String, Vec<(String, String)>),
    /// `send NAME TOPIC value [key=K] [partition=N]`.
    Send {
        /// The producer's name.
        producer: String,
        /// Topic.
        topic: String,
        /// Value; `None` is a tombstone.
        value: Option<String>,
        /// Key.
        key: Option<String>,
        /// Explicit partition.
        partition: Option<u32>,
    },
    /// `load NAME TOPIC every=50ms [count=N] [keys=N] [size=BYTES]`.
    Load {
        /// The producer's name.
        producer: String,
        /// Topic.
        topic: String,
        /// Pause between sends.
        every: Duration,
        /// How many records; `None` = no end.
        count: Option<u64>,
        /// Number of keys; 0 = none.
        keys: u32,
        /// These keys in turn, instead of numbered ones.
        key_names: Vec<String>,
        /// Bytes of each value at least; shorter ones are filled up.
        size: u32,
    },
    /// `stop-load NAME`.
    StopLoad(String),
    /// `stop-polling NAME`.
    StopPolling(String),
    /// `resume-polling NAME`.
    ResumePolling(String),
    /// `commit NAME`: a consumer's positions, or a producer's transaction.
    Commit(String),
    /// `begin NAME`: a producer's transaction.
    Begin(String),
    /// `abort NAME`: a producer's transaction.
    Abort(String),
    /// `send-offsets NAME group=G topic=T partition=N offset=N`, or
    /// `send-offsets NAME consumer=C`.
    SendOffsets(String, TxnOffsets),
    /// `seek NAME TOPIC PARTITION OFFSET`: the next record it reads.
    Seek {
        /// The consumer's name.
        consumer: String,
        /// Topic.
        topic: String,
        /// Partition.
        partition: u32,
        /// Offset.
        offset: u64,
    },
    /// `close NAME`.
    Close(String),
    /// `kill NAME`: the client crashes.
    Kill(String),
    /// `$ COMMAND`, with the lines of its standard input.
    Shell(String, Vec<String>),
}
