//! The vocabulary: ids, offsets, epochs, virtual time.
//!
//! Every number that means something in Kafka has its own type, so that an
//! offset can never be passed where an epoch is wanted. Nothing here has
//! behaviour beyond arithmetic and display. Invariant: all types are plain
//! fixed-width integers, the same natively and in wasm.

use std::fmt;
use std::ops::{Add, Sub};
use std::rc::Rc;

/// A moment of virtual time in microseconds since the world began.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub u64);

/// A span of virtual time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Duration(pub u64);

impl Time {
    /// The beginning of the world.
    pub const ZERO: Time = Time(0);

    /// Whole milliseconds since the world began (rounded down).
    pub fn as_ms(self) -> u64 {
        self.0 / 1_000
    }

    /// The span since `earlier`; zero if `earlier` lies in the future.
    pub fn since(self, earlier: Time) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// A span of `us` microseconds.
    pub const fn from_us(us: u64) -> Duration {
        Duration(us)
    }

    /// A span of `ms` milliseconds.
    pub const fn from_ms(ms: u64) -> Duration {
        Duration(ms * 1_000)
    }

    /// A span of `s` seconds.
    pub const fn from_secs(s: u64) -> Duration {
        Duration(s * 1_000_000)
    }

    /// Whole milliseconds (rounded down).
    pub const fn as_ms(self) -> u64 {
        self.0 / 1_000
    }

    /// This span `n` times over; saturates.
    pub const fn times(self, n: u64) -> Duration {
        Duration(self.0.saturating_mul(n))
    }
}

impl Add<Duration> for Time {
    type Output = Time;
    fn add(self, rhs: Duration) -> Time {
        Time(self.0.saturating_add(rhs.0))
    }
}

impl Sub<Duration> for Time {
    type Output = Time;
    fn sub(self, rhs: Duration) -> Time {
        Time(self.0.saturating_sub(rhs.0))
    }
}

impl Add for Duration {
    type Output = Duration;
    fn add(self, rhs: Duration) -> Duration {
        Duration(self.0.saturating_add(rhs.0))
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(pub $inner);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id!(
    /// A process of the world. For brokers and controllers this is Kafka's
    /// `node.id` (0..=9999); clients are numbered from [`NodeId::FIRST_CLIENT`].
    NodeId(u32)
);
id!(
    /// A topic: a dense number that stands for the topic's UUID. The active
    /// controller numbers topics in order of creation and never reuses a number,
    /// so a deleted and recreated topic differs (TOP-9).
    TopicId(u32)
);
id!(
    /// A record's position in a partition's log. End offsets are exclusive.
    Offset(i64)
);
id!(
    /// Generation of a partition's leadership; counted by the controller (REP-22).
    LeaderEpoch(i32)
);
id!(
    /// Version of a partition's state; +1 on every partition record (REP-22).
    PartitionEpoch(i32)
);
id!(
    /// Metadata-log offset at which a broker incarnation registered (BRK-1).
    BrokerEpoch(i64)
);
id!(
    /// Term of the controller quorum (RAFT).
    QuorumEpoch(i32)
);
id!(
    /// Random 64-bit name of one life of a broker process (BRK-1).
    IncarnationId(u64)
);
id!(
    /// Number of a producer session, handed out in blocks (PRO-13).
    ProducerId(i64)
);
id!(
    /// Epoch of a producer id (PRO-13).
    ProducerEpoch(i16)
);
id!(
    /// Sequence number of a record within (producer, partition) (PRO-13).
    Sequence(i32)
);
id!(
    /// Generation of a classic group (GRP-8).
    Generation(i32)
);
id!(
    /// Epoch of a group of the `consumer` or `share` protocol. The group, its target
    /// assignment and its members count with the same epochs (NGP-3).
    GroupEpoch(i32)
);

impl GroupEpoch {
    /// What a new group begins with (recorded: the first member reaches 2).
    pub const INITIAL: GroupEpoch = GroupEpoch(1);
    /// In a request: the member joins.
    pub const JOIN: GroupEpoch = GroupEpoch(0);
    /// In a request: the member leaves.
    pub const LEAVE: GroupEpoch = GroupEpoch(-1);
    /// A static member that will come back (NGP-11).
    pub const LEAVE_STATIC: GroupEpoch = GroupEpoch(-2);

    /// The next one.
    pub fn next(self) -> GroupEpoch {
        GroupEpoch(self.0.saturating_add(1))
    }
}
id!(
    /// Correlation of a request with its response, unique per sending process life.
    RequestId(u64)
);

/// A broker is addressed by its node id.
pub type BrokerId = NodeId;

impl NodeId {
    /// First number given to client processes (producers, consumers, tools).
    pub const FIRST_CLIENT: NodeId = NodeId(10_000);

    /// Whether this process is a client rather than a broker or controller.
    pub fn is_client(self) -> bool {
        self >= NodeId::FIRST_CLIENT
    }
}

impl Offset {
    /// The start of an untouched log.
    pub const ZERO: Offset = Offset(0);
    /// "Not known yet" (-1), as Kafka writes it.
    pub const UNKNOWN: Offset = Offset(-1);

    /// The offset after this one.
    pub fn next(self) -> Offset {
        Offset(self.0 + 1)
    }

    /// This offset moved by `n` records (may be negative).
    pub fn plus(self, n: i64) -> Offset {
        Offset(self.0 + n)
    }
}

impl LeaderEpoch {
    /// "No epoch" (-1), as Kafka writes it.
    pub const NONE: LeaderEpoch = LeaderEpoch(-1);
    /// The following epoch.
    pub fn next(self) -> LeaderEpoch {
        LeaderEpoch(self.0 + 1)
    }
}

impl PartitionEpoch {
    /// The following version.
    pub fn next(self) -> PartitionEpoch {
        PartitionEpoch(self.0 + 1)
    }
}

impl BrokerEpoch {
    /// "Not registered" (-1).
    pub const NONE: BrokerEpoch = BrokerEpoch(-1);
}

impl QuorumEpoch {
    /// The following term.
    pub fn next(self) -> QuorumEpoch {
        QuorumEpoch(self.0 + 1)
    }
}

impl ProducerId {
    /// "No producer id" (-1): a batch without idempotence.
    pub const NONE: ProducerId = ProducerId(-1);
}

impl ProducerEpoch {
    /// "No producer epoch" (-1).
    pub const NONE: ProducerEpoch = ProducerEpoch(-1);
}

impl Sequence {
    /// "No sequence" (-1).
    pub const NONE: Sequence = Sequence(-1);

    /// The sequence `n` records later; wraps 2147483647 -> 0 (PRO-13).
    pub fn plus(self, n: u32) -> Sequence {
        Sequence(((i64::from(self.0) + i64::from(n)) % (1_i64 << 31)) as i32)
    }
}

/// One partition of one topic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TopicPartition {
    /// The topic.
    pub topic: TopicId,
    /// Partition number, from 0.
    pub partition: u32,
}

impl TopicPartition {
    /// Names a partition.
    pub const fn new(topic: TopicId, partition: u32) -> TopicPartition {
        TopicPartition { topic, partition }
    }
}

/// Shared immutable bytes of a key, a value or a group's metadata.
pub type Bytes = Rc<[u8]>;

/// A shared name (topic, group, client id, member id).
pub type Name = Rc<str>;

/// A 128-bit id as Kafka prints it: 22 characters of URL-safe base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Uuid(pub u128);

impl Uuid {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// Reads an id as Kafka prints it, with or without `==` at its end; `None` for
    /// anything else. Unused bits of the last character are ignored, as Java does.
    pub fn parse(text: &str) -> Option<Uuid> {
        let digits = text.strip_suffix("==").unwrap_or(text);
        if digits.len() != 22 {
            return None;
        }
        let mut id = 0_u128;
        for (at, digit) in digits.bytes().enumerate() {
            let sextet = Uuid::ALPHABET.iter().position(|known| *known == digit)? as u128;
            id = if at < 21 {
                (id << 6) | sextet
            } else {
                (id << 2) | (sextet >> 4)
            };
        }
        Some(Uuid(id))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 128 bits are 21 sextets and two bits; base64 pads those two on the right.
        for i in 0..22_u32 {
            let shift = 122_i32 - 6 * i as i32;
            let sextet = if shift >= 0 {
                (self.0 >> shift) & 63
            } else {
                (self.0 << -shift) & 63
            };
            write!(f, "{}", Uuid::ALPHABET[sextet as usize] as char)?;
        }
        Ok(())
    }
}
