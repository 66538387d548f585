//! "Sometimes" properties: paths through the protocol that a sweep must have taken.
//!
//! A sweep that breaks nothing says little if it never got anywhere. Each path here is
//! counted from what the trace says; one that no seed of many took is reported, and is a
//! fault of the swarm or a dead part of the protocol.

use std::fmt;

use kafka_core::broker::Broker;
use kafka_core::error::ErrorCode;
use kafka_core::node::Message;
use kafka_core::note::{ChangeReason, MemberRemoval, Note};
use kafka_core::protocol::{FetchPartitionResponse, Request, Response};
use kafka_core::transaction::TxnState;
use kafka_core::types::NodeId;
use kafka_sim::{Detail, Seq, World};

macro_rules! paths {
    ($($name:ident = $text:literal;)*) => {
        /// A path through the protocol.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[expect(missing_docs, reason = "each one's text says what it is")]
        pub enum Path {
            $($name,)*
        }

        impl Path {
            /// All of them.
            pub const ALL: &'static [Path] = &[$(Path::$name,)*];

            /// What it is, in a few words.
            pub fn text(self) -> &'static str {
                match self { $(Path::$name => $text,)* }
            }
        }
    };
}

paths! {
    QuorumElection = "a controller asked for votes";
    QuorumResigned = "a controller resigned";
    BrokerFenced = "a broker was fenced";
    BrokerUnfenced = "a broker was unfenced";
    ControlledShutdown = "a controlled shutdown began";
    UncleanRegistration = "a broker came back after an unclean stop";
    Leaderless = "a partition lost its leader";
    UncleanElection = "an unclean election";
    ElectionByHand = "an election somebody asked for";
    Reassignment = "a reassignment changed a partition";
    AlterPartition = "the controller changed an ISR at a leader's word";
    AlterPartitionFenced = "AlterPartition answered FENCED_LEADER_EPOCH or INVALID_UPDATE_VERSION";
    AlterPartitionIneligible = "AlterPartition answered INELIGIBLE_REPLICA";
    Truncated = "a follower truncated";
    Diverged = "a leader told a follower where its log diverges";
    FollowerUnknownEpoch = "a follower was ahead of its leader: UNKNOWN_LEADER_EPOCH";
    FollowerFenced = "a follower was fenced: FENCED_LEADER_EPOCH";
    OutOfRange = "a fetch was answered OFFSET_OUT_OF_RANGE";
    LogStartMoved = "a log start moved";
    Compacted = "the cleaner removed records";
    ReplicaMoved = "a replica moved to another log directory";
    ReplicaMoveCancelled = "a move to another log directory came to nothing";
    NotEnoughReplicas = "a produce was refused: NOT_ENOUGH_REPLICAS";
    NotLeader = "a produce was refused: NOT_LEADER_OR_FOLLOWER";
    DuplicateBatch = "a repeated batch was recognised";
    OutOfOrderSequence = "a produce was refused: OUT_OF_ORDER_SEQUENCE_NUMBER";
    FollowerRead = "a consumer was sent to a follower";
    FollowerServed = "a follower served a consumer";
    ValidatedPosition = "a consumer validated its position";
    ClassicRebalance = "a member's assignment was handed out";
    SessionExpired = "a member's session expired";
    MemberLeft = "a member left";
    IllegalGeneration = "a group request was refused: ILLEGAL_GENERATION";
    UnknownMember = "a heartbeat was refused: UNKNOWN_MEMBER_ID";
    NotCoordinator = "a heartbeat was refused: NOT_COORDINATOR";
    ModernMember = "a member got an assignment of a `consumer` group";
    ModernFenced = "a member of a `consumer` group was fenced";
    ShareAcquired = "a share group's member acquired records";
    ShareRedelivered = "a record of a share group was delivered again";
    ShareAcknowledged = "records of a share group were acknowledged";
    ShareLockExpired = "an acquisition lock expired";
    ShareReleased = "a share session ended and gave records back";
    ShareArchived = "a record was delivered too often and archived";
    ShareStartMoved = "a share partition's start moved";
    TxnCommitted = "a transaction was committed";
    TxnAborted = "a transaction was aborted";
    TxnMarker = "a marker was written";
    TxnOffsets = "offsets were stored in a transaction";
    TxnFenced = "a transactional producer was fenced";
    TxnConcurrent = "an answer was CONCURRENT_TRANSACTIONS";
    AbortedRead = "a read_committed consumer was told of aborted transactions";
}

/// How often each path was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached(Vec<u64>);

impl Default for Reached {
    fn default() -> Reached {
        Reached(vec![0; Path::ALL.len()])
    }
}

impl Reached {
    /// How often a path was taken.
    pub fn times(&self, path: Path) -> u64 {
        self.0[path as usize]
    }

    /// The paths nobody took.
    pub fn never(&self) -> Vec<Path> {
        let never = |path: &&Path| self.times(**path) == 0;
        Path::ALL.iter().filter(never).copied().collect()
    }

    /// Adds what another run took.
    pub(crate) fn add(&mut self, other: &Reached) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine += theirs;
        }
    }

    fn take(&mut self, path: Path) {
        self.0[path as usize] += 1;
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (never, all) = (self.never(), Path::ALL.len());
        write!(f, "paths: {} of {all} taken", all - never.len())?;
        for path in never {
            write!(f, "\n  never: {}", path.text())?;
        }
        Ok(())
    }
}

/// Reads a world's trace as it grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    next: u32,
    pub(crate) reached: Reached,
}

impl Watch {
    /// Looks at what happened since the last call.
    pub(crate) fn after_event(&mut self, world: &World) {
        for (seq, entry) in world.trace().iter_from(Seq(self.next)) {
            self.next = seq.0 + 1;
            match world.detail(seq) {
                Some(Detail::Note(note)) => self.note(note),
                Some(Detail::Message(message)) => {
                    let (to, from) = (world.id_of(entry.node), world.id_of(entry.peer));
                    let is_client = |id: Option<NodeId>| id.is_some_and(NodeId::is_client);
                    match &**message {
                        Message::Request(_, request) => self.request(request, is_client(from)),
                        Message::Response(_, Response::Fetch(fetch)) => {
                            let server = from.and_then(|from| world.broker(from));
                            for answer in &fetch.partitions {
                                self.fetched(answer, server, is_client(to));
                            }
                        }
                        Message::Response(_, response) => self.response(response),
                    }
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, path: Path) {
        self.reached.take(path);
    }

    fn take_if(&mut self, path: Path, is_taken: bool) {
        if is_taken {
            self.take(path);
        }
    }

    fn note(&mut self, note: &Note) {
        match note {
            Note::BecameCandidate(_) => self.take(Path::QuorumElection),
            Note::ResignedQuorum(_) => self.take(Path::QuorumResigned),
            Note::BrokerFenced(_) => self.take(Path::BrokerFenced),
            Note::BrokerUnfenced(_) => self.take(Path::BrokerUnfenced),
            Note::ControlledShutdownBegan(_) => self.take(Path::ControlledShutdown),
            Note::PartitionChanged {
                leader,
                old_leader,
                unclean,
                reason,
                ..
            } => {
                self.take_if(Path::Leaderless, leader.is_none() && old_leader.is_some());
                self.take_if(Path::UncleanElection, *unclean);
                self.changed(*reason);
            }
            Note::Truncated { .. } => self.take(Path::Truncated),
            Note::LogStartMoved(..) => self.take(Path::LogStartMoved),
            Note::LogCleaned {
                records_before,
                records_after,
                ..
            } => self.take_if(Path::Compacted, records_after < records_before),
            Note::ReplicaMoved(..) => self.take(Path::ReplicaMoved),
            Note::ReplicaMoveCancelled(..) => self.take(Path::ReplicaMoveCancelled),
            Note::DuplicateBatch(..) => self.take(Path::DuplicateBatch),
            Note::MemberRemoved(_, _, why) => match why {
                MemberRemoval::SessionExpired => self.take(Path::SessionExpired),
                MemberRemoval::Left => self.take(Path::MemberLeft),
                _ => {}
            },
            _ => self.modern_note(note),
        }
    }

    /// Share groups and transactions.
    fn modern_note(&mut self, note: &Note) {
        match note {
            Note::ShareAcquired { delivery_count, .. } => {
                self.take(Path::ShareAcquired);
                self.take_if(Path::ShareRedelivered, *delivery_count > 1);
            }
            Note::ShareAcknowledged { .. } => self.take(Path::ShareAcknowledged),
            Note::ShareLockExpired(..) => self.take(Path::ShareLockExpired),
            Note::ShareReleased(..) => self.take(Path::ShareReleased),
            Note::ShareArchived(..) => self.take(Path::ShareArchived),
            Note::ShareStartMoved(..) => self.take(Path::ShareStartMoved),
            Note::TransactionStateChanged { state, .. } => {
                self.take_if(Path::TxnCommitted, *state == TxnState::CompleteCommit);
                self.take_if(Path::TxnAborted, *state == TxnState::CompleteAbort);
            }
            Note::TransactionMarkerAppended { .. } => self.take(Path::TxnMarker),
            _ => {}
        }
    }

    fn changed(&mut self, reason: ChangeReason) {
        match reason {
            ChangeReason::UncleanRegistration(_) => self.take(Path::UncleanRegistration),
            ChangeReason::ElectLeaders => self.take(Path::ElectionByHand),
            ChangeReason::Reassignment => self.take(Path::Reassignment),
            ChangeReason::AlterPartition(_) => self.take(Path::AlterPartition),
            _ => {}
        }
    }

    fn request(&mut self, request: &Request, from_client: bool) {
        let is_validation = matches!(request, Request::OffsetForLeaderEpoch(_));
        self.take_if(Path::ValidatedPosition, is_validation && from_client);
    }

    fn response(&mut self, response: &Response) {
        match response {
            Response::AlterPartition(answer) => {
                for partition in &answer.partitions {
                    use ErrorCode::{FencedLeaderEpoch, IneligibleReplica, InvalidUpdateVersion};
                    match partition.error {
                        FencedLeaderEpoch | InvalidUpdateVersion => {
                            self.take(Path::AlterPartitionFenced);
                        }
                        IneligibleReplica => self.take(Path::AlterPartitionIneligible),
                        _ => {}
                    }
                }
            }
            Response::Produce(answer) => {
                for partition in &answer.partitions {
                    self.produced(partition.error);
                }
            }
            Response::SyncGroup(answer) => {
                self.take_if(Path::ClassicRebalance, !answer.assignment.is_empty());
            }
            Response::Heartbeat(answer) => match answer.error {
                ErrorCode::IllegalGeneration => self.take(Path::IllegalGeneration),
                ErrorCode::UnknownMemberId => self.take(Path::UnknownMember),
                ErrorCode::NotCoordinator => self.take(Path::NotCoordinator),
                _ => {}
            },
            Response::ConsumerGroupHeartbeat(answer) => {
                let fenced = [ErrorCode::FencedMemberEpoch, ErrorCode::UnknownMemberId];
                self.take_if(Path::ModernMember, answer.assignment.is_some());
                self.take_if(Path::ModernFenced, fenced.contains(&answer.error));
            }
            Response::InitProducerId(answer) => self.transactional(answer.error),
            Response::EndTxn(answer) => self.transactional(answer.error),
            Response::TxnOffsetCommit(answer) => {
                for (_, error) in &answer.partitions {
                    self.take_if(Path::TxnOffsets, !error.is_error());
                }
            }
            _ => {}
        }
    }

    fn produced(&mut self, error: ErrorCode) {
        match error {
            ErrorCode::NotEnoughReplicas => self.take(Path::NotEnoughReplicas),
            ErrorCode::NotLeaderOrFollower => self.take(Path::NotLeader),
            ErrorCode::OutOfOrderSequenceNumber => self.take(Path::OutOfOrderSequence),
            _ => self.transactional(error),
        }
    }

    fn transactional(&mut self, error: ErrorCode) {
        match error {
            ErrorCode::ProducerFenced | ErrorCode::InvalidProducerEpoch => {
                self.take(Path::TxnFenced);
            }
            ErrorCode::ConcurrentTransactions => self.take(Path::TxnConcurrent),
            _ => {}
        }
    }

    fn fetched(
        &mut self,
        answer: &FetchPartitionResponse,
        server: Option<&Broker>,
        to_client: bool,
    ) {
        let follower_error = (!to_client).then_some(answer.error);
        match follower_error {
            Some(ErrorCode::UnknownLeaderEpoch) => self.take(Path::FollowerUnknownEpoch),
            Some(ErrorCode::FencedLeaderEpoch) => self.take(Path::FollowerFenced),
            _ => {}
        }
        let diverges = answer.diverging_epoch.is_some();
        self.take_if(Path::Diverged, diverges && !to_client);
        let out_of_range = answer.error == ErrorCode::OffsetOutOfRange;
        self.take_if(Path::OutOfRange, out_of_range);
        let preferred = answer.preferred_read_replica.is_some();
        self.take_if(Path::FollowerRead, preferred);
        let replica = server.and_then(|broker| broker.partition(answer.partition));
        let follows = replica.is_some_and(|replica| !replica.is_leader());
        let is_read = to_client && !answer.batches.is_empty();
        self.take_if(Path::FollowerServed, is_read && follows);
        self.take_if(Path::AbortedRead, to_client && !answer.aborted.is_empty());
    }
}
