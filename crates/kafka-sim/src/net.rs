//! The network's settings: latency of the whole net and the state of each
//! directed link.
//!
//! Latency is `latency + 0..jitter`, drawn from the sender's own network stream,
//! so that a new sender does not move the others' draws (B-2). Messages of one
//! directed pair arrive in the order they were sent (B-1), as on a connection.

use kafka_core::types::{Duration, NodeId, Time};

/// Latency of every link that nobody slowed down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NetworkSpec {
    /// Shortest time on the way.
    pub latency: Duration,
    /// Upper bound (exclusive) of what is added at random; at most 2^32 us.
    pub jitter: Duration,
}

impl Default for NetworkSpec {
    /// A data centre: 500 us and up to 200 us more.
    fn default() -> NetworkSpec {
        NetworkSpec {
            latency: Duration::from_us(500),
            jitter: Duration::from_us(200),
        }
    }
}

/// What a directed link does with the messages sent on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum LinkState {
    /// Carries them.
    #[default]
    Up,
    /// Loses them silently: no disconnect, only timeouts notice.
    Dropped,
    /// Keeps them until the link is up again.
    Held,
    /// Carries them, that much later.
    Slow(Duration),
}

/// One directed link as the world keeps it, at the sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Link {
    /// Arrival of the newest message on it.
    pub last_arrival: Time,
    pub state: LinkState,
    /// Messages lost at random, in millionths.
    pub loss_ppm: u32,
    /// Requests sent and not answered. Losses make it too high, never too low:
    /// the worst is a disconnect told to a peer that waits for nothing.
    pub unanswered: u32,
    /// The sender has a connection open: it has sent a request since the last break.
    pub open: bool,
    /// The connection broke and the news is on its way to the sender: what is
    /// sent until then is lost with it.
    pub reset_pending: bool,
    /// A single message is held: those behind it on the connection wait too.
    pub stuck: bool,
}

/// A directed link as others see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkView {
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// What it does.
    pub state: LinkState,
    /// Messages lost at random, in millionths.
    pub loss_ppm: u32,
    /// Requests sent and not answered.
    pub unanswered: u32,
}
