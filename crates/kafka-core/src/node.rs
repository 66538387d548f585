//! The contract between a process and the world.
//!
//! A node is a pure state machine: `handle(&mut self, now, input, prng, effects)`.
//! It cannot fail, knows no clock but `now`, draws only from the given [`Prng`],
//! and changes the outside only through [`Effects`]. One mutation, then all
//! effects are drained, then the next input.
//!
//! Duties of the caller (the world):
//! 1. After a node is made or restarted, give it [`Input::Started`] first.
//! 2. Deliver messages of one directed pair in the order they were sent (B-1).
//! 3. When a process dies or a connection breaks, give each live peer that has
//!    sent it a request since the last break (answered or not) exactly one
//!    [`Input::Disconnected`].
//! 4. Fire a timer once, at its time; a timer set again under the same key
//!    replaces the earlier one; timers die with the process.

use std::rc::Rc;

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg32;

use crate::client::{ClientCommand, ClientEvent};
use crate::java_random::NextInt;
use crate::note::Note;
use crate::protocol::{Request, Response};
use crate::types::{NodeId, RequestId, Time, TopicPartition, Uuid};

/// What happens to a node.
#[derive(Debug)]
pub enum Input<'a> {
    /// The process has just started (first start or restart).
    Started,
    /// A request arrived.
    Request {
        /// Sender.
        from: NodeId,
        /// To be repeated in the response.
        id: RequestId,
        /// The request.
        request: &'a Request,
    },
    /// The answer to a request of this node arrived.
    Response {
        /// Sender.
        from: NodeId,
        /// Id of the request.
        id: RequestId,
        /// The response.
        response: &'a Response,
    },
    /// The connection to `peer` broke: everything unanswered there is lost (there
    /// may be nothing unanswered).
    /// Also the answer to sending to a process that does not run.
    Disconnected {
        /// The other end.
        peer: NodeId,
    },
    /// A timer set earlier is due.
    Timer(TimerKey),
    /// The application (a person, a scenario, a tool) asks a client for something.
    Command(&'a ClientCommand),
    /// The operating system asks the process to stop cleanly (SIGTERM).
    Terminate,
}

/// What a message carries.
#[derive(Clone, Debug)]
pub enum Message {
    /// A request.
    Request(RequestId, Request),
    /// The answer to the request of that id.
    Response(RequestId, Response),
}

impl Message {
    /// What its receiver is given.
    pub fn input(&self, from: NodeId) -> Input<'_> {
        match self {
            Message::Request(id, request) => Input::Request {
                from,
                id: *id,
                request,
            },
            Message::Response(id, response) => Input::Response {
                from,
                id: *id,
                response,
            },
        }
    }
}

/// What a node wants done.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send a message over the network.
    Send {
        /// Receiver.
        to: NodeId,
        /// Shared so that the trace and the picture may keep it.
        message: Rc<Message>,
    },
    /// Set (or move) a timer.
    SetTimer {
        /// Its name within this node.
        key: TimerKey,
        /// When it is due; a time in the past means now.
        at: Time,
    },
    /// Drop a timer; nothing happens if it is not set.
    CancelTimer(TimerKey),
    /// A fact for the trace.
    Note(Note),
    /// Something the application of a client sees.
    Event(ClientEvent),
    /// The process ends by itself (a finished clean stop, a closed client).
    Exit,
}

/// Collects the effects of one mutation, in order.
#[derive(Debug, Default)]
pub struct Effects {
    /// The effects, oldest first.
    pub list: Vec<Effect>,
}

impl Effects {
    /// Sends a request.
    pub fn request(&mut self, to: NodeId, id: RequestId, request: Request) {
        let message = Rc::new(Message::Request(id, request));
        self.list.push(Effect::Send { to, message });
    }

    /// Answers a request.
    pub fn respond(&mut self, to: NodeId, id: RequestId, response: Response) {
        let message = Rc::new(Message::Response(id, response));
        self.list.push(Effect::Send { to, message });
    }

    /// Sets or moves a timer.
    pub fn set_timer(&mut self, key: TimerKey, at: Time) {
        self.list.push(Effect::SetTimer { key, at });
    }

    /// Drops a timer.
    pub fn cancel_timer(&mut self, key: TimerKey) {
        self.list.push(Effect::CancelTimer(key));
    }

    /// Records a fact.
    pub fn note(&mut self, note: Note) {
        self.list.push(Effect::Note(note));
    }

    /// Tells the application.
    pub fn event(&mut self, event: ClientEvent) {
        self.list.push(Effect::Event(event));
    }
}

/// Numbers the requests of one process life. Every part of a process draws from
/// the same counter, so that an answer finds its asker by number alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestIds(u64);

impl RequestIds {
    /// A number never used before in this life.
    pub fn next_id(&mut self) -> RequestId {
        self.0 += 1;
        RequestId(self.0)
    }
}

/// Name of a timer within one node. The world shows these with their due times.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TimerKey {
    // Controller quorum (voters and observers)
    /// Candidate, unattached, prospective or resigned timeout (RAFT-4).
    RaftElection,
    /// No successful fetch from the quorum leader (RAFT-2).
    RaftFetchTimeout,
    /// Time to fetch the metadata log again (observer or follower).
    RaftFetch,
    /// Resend BeginQuorumEpoch, check the quorum (RAFT-7, RAFT-9).
    RaftLeaderCheck,
    /// End of the append linger (25 ms).
    RaftAppendLinger,
    /// A parked metadata fetch of this node has waited long enough.
    RaftParkedFetch(NodeId),
    // Controllers
    /// Announce itself to the active controller again.
    ControllerRegistration,
    // Active controller
    /// Look for brokers whose session expired (BRK-6).
    ControllerSessions,
    /// Append a no-op record (`metadata.max.idle.interval.ms`).
    ControllerNoOp,
    /// Periodic preferred election (REP-38).
    ControllerPreferred,
    /// Periodic unclean election (REP-32).
    ControllerUnclean,
    // Broker
    /// Send the next heartbeat or registration (BRK-10).
    BrokerHeartbeat,
    /// Fetch from that leader again after a back-off or when newly assigned.
    ReplicaFetch(NodeId),
    /// ISR shrink check (REP-14).
    IsrShrinkCheck,
    /// Write the high-watermark checkpoint (LOG-5, 5 s).
    HighWatermarkCheckpoint,
    /// Retry of AlterPartition requests.
    AlterPartitionRetry,
    /// A parked produce request expires.
    DelayedProduce(u64),
    /// A parked fetch request expires.
    DelayedFetch(u64),
    /// Retention and other log upkeep.
    LogUpkeep,
    /// Local recovery after a start is done (BRK-3).
    LogRecovery,
    // Group coordinator (on brokers); the number is the coordinator's own dense group number
    /// Join phase ends (initial delay or rebalance timeout) (GRP-6, GRP-7).
    GroupJoin(u32),
    /// Sync phase ends (GRP-12).
    GroupSync(u32),
    /// A member's session (group number, member number) (GRP-14).
    GroupSession(u32, u32),
    /// Offset expiry pass (GRP-25).
    GroupOffsetExpiry,
    // Clients, and requests between servers
    /// No answer within the request timeout.
    RequestTimeout(RequestId),
    /// Try something again after the back-off (client-defined number).
    Retry(u32),
    /// Refresh metadata (`metadata.max.age.ms` or asked for).
    MetadataRefresh,
    /// A producer batch has lingered.
    Linger(TopicPartition),
    /// Something of the producer's delivery timeout is due.
    DeliveryTimeout,
    /// The application's next send of a producer load.
    ProducerLoad(u32),
    /// The application's next call of `poll`.
    Poll,
    /// Heartbeat thread of a group member.
    Heartbeat,
    /// `max.poll.interval.ms` (CON-13).
    MaxPollInterval,
    /// Automatic commit.
    AutoCommit,
    // Share groups (on brokers)
    /// The earliest acquisition lock expires (SHG-2).
    ShareLocks,
    /// A waiting ShareFetch expires.
    ShareFetch,
    /// Ask a share coordinator again.
    SharePersister,
    // Transactions (on brokers)
    /// Look for transactions that are open for too long (TXN-10).
    TransactionTimeouts,
    /// Send markers or questions to a coordinator again (TXN-3, TXN-8).
    TransactionRetry,
    // Group coordinator, newer protocols
    /// A member has to have given its partitions up (group number, member number)
    /// (NGP-6).
    GroupRevocation(u32, u32),
    // Logs
    /// The log cleaner looks for something to compact (section 3.1).
    LogCleaner,
    // Transactions
    /// Look for transactional ids that nobody has used for too long (section 5.4).
    TransactionalIdExpiry,
    // Controller quorum
    /// A change of the voters has taken too long (RAFT-15).
    RaftVoterChange,
}

/// The random streams of one node: one more draw in one stream does not move
/// the others (B-2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Stream {
    /// Election timeouts.
    Election = 0,
    /// Back-off jitter.
    Backoff = 1,
    /// Replica placement.
    Placement = 2,
    /// Ids: incarnations, member ids, topic UUIDs.
    Ids = 3,
    /// Sticky partitioner.
    Partitioner = 4,
    /// Everything else of the application level (which broker to ask first, ...).
    Choice = 5,
}

const STREAMS: usize = 6;

/// A node's seeded generator, split into named streams. PCG-32, a named and
/// portable algorithm; the same natively and in wasm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prng {
    streams: [Pcg32; STREAMS],
}

impl Prng {
    /// Makes the streams of `node` from the world's master seed.
    pub fn new(master_seed: u64, node: NodeId) -> Prng {
        let streams = std::array::from_fn(|stream| {
            let mut seed = [0_u8; 16];
            let state = mix(master_seed ^ mix(u64::from(node.0) << 8 | stream as u64));
            seed[..8].copy_from_slice(&state.to_le_bytes());
            seed[8..].copy_from_slice(&mix(state).to_le_bytes());
            Pcg32::from_seed(seed)
        });
        Prng { streams }
    }

    /// Draws bounded numbers from one stream.
    pub fn draw_from(&mut self, stream: Stream) -> StreamDraw<'_> {
        StreamDraw { prng: self, stream }
    }

    /// 32 random bits.
    pub fn bits32(&mut self, stream: Stream) -> u32 {
        self.streams[stream as usize].next_u32()
    }

    /// 64 random bits.
    pub fn bits64(&mut self, stream: Stream) -> u64 {
        self.streams[stream as usize].next_u64()
    }

    /// An id as Kafka draws it: version 4, and none whose text begins with a dash.
    pub fn uuid(&mut self) -> Uuid {
        loop {
            let high = self.bits64(Stream::Ids) & 0xffff_ffff_ffff_0fff | 0x4000;
            let low = self.bits64(Stream::Ids) & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
            // The first sextet 62 prints as a dash.
            if high >> 58 != 62 {
                return Uuid(u128::from(high) << 64 | u128::from(low));
            }
        }
    }

    /// A number in `0..bound`; 0 if `bound` is 0. Multiply-shift: the bias is
    /// below 2^-32 times the bound, which no rule can see.
    pub fn below(&mut self, stream: Stream, bound: u32) -> u32 {
        ((u64::from(self.bits32(stream)) * u64::from(bound)) >> 32) as u32
    }
}

/// One stream of a [`Prng`], as the placers and the sticky partitioner take it.
pub struct StreamDraw<'a> {
    prng: &'a mut Prng,
    stream: Stream,
}

impl NextInt for StreamDraw<'_> {
    fn next_int(&mut self, bound: i32) -> i32 {
        self.prng.below(self.stream, bound.unsigned_abs()) as i32
    }
}

/// SplitMix64's finaliser: spreads neighbouring seeds over all bits.
pub fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
