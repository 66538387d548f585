//! Records on their way into `__consumer_offsets`, and what waits for them.
//!
//! The broker appends and replicates; this is the coordinator's list of tickets.
//! As in Kafka, an answer that depends on nothing new still waits for the writes
//! before it, so that nobody is told of a state that may yet be lost. Invariant:
//! every ticket handed out is finished once, in any order.

use std::collections::BTreeMap;

use super::GroupAppend;
use super::codec::{self, PersistedGroup, StoredOffset};
use super::modern::ModernGroup;
use super::state::{Asker, Group, GroupState, Member};
use super::txn::TxnCommit;
use crate::config::BrokerConfig;
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::node::Effects;
use crate::note::Note;
use crate::protocol::{
    ConsumerGroupHeartbeatResponse, JoinGroupResponse, LeaveGroupResponse, OffsetCommitResponse,
    OffsetDeleteResponse, OffsetFetchRequest, Response, ShareGroupHeartbeatResponse,
};
use crate::record::Record;
use crate::types::{
    Bytes, Duration, Generation, Name, ProducerEpoch, ProducerId, Time, TopicPartition,
};

/// What to do once records are committed, or are known not to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Done {
    /// The first record of a group.
    Created,
    /// Nothing depends on it.
    Nothing,
    /// The leader's assignments of that generation (GRP-11).
    Synced(Generation, BTreeMap<Name, Bytes>),
    /// A static member came back under a new id; the member as it was (GRP-19).
    StaticRejoined { new_id: Name, before: Box<Member> },
    /// Offsets of an OffsetCommit (GRP-22).
    Committed {
        asker: Asker,
        response: OffsetCommitResponse,
        offsets: Vec<(TopicPartition, Name, StoredOffset)>,
    },
    /// Offsets inside a transaction (TXN-6).
    TxnCommitted(TxnCommit),
    /// Offsets removed by OffsetDelete.
    OffsetsDeleted {
        asker: Asker,
        response: OffsetDeleteResponse,
        gone: Vec<(Name, u32)>,
    },
    /// Expired offsets, or those of a deleted topic (GRP-25, TOP-9).
    OffsetsRemoved(Vec<(Name, u32)>),
    /// A group of a newer protocol changed; what it was before.
    ModernChanged(Box<ModernGroup>),
    /// A group went from one protocol to the other (NGP-12); what it was before.
    Converted(Box<Group>),
    /// A whole group: by DeleteGroups (who asked), or because it expired.
    GroupDeleted(Option<Asker>),
}

/// An answer that waits for the writes before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Deferred {
    Heartbeat(ErrorCode),
    Leave(LeaveGroupResponse),
    Join(JoinGroupResponse),
    ConsumerHeartbeat(ConsumerGroupHeartbeatResponse),
    ShareHeartbeat(ShareGroupHeartbeatResponse),
    Fetch(OffsetFetchRequest),
}

/// One append on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Write {
    pub(super) offsets_partition: u32,
    pub(super) group: Name,
    pub(super) done: Done,
    pub(super) deferred: Vec<(Asker, Deferred)>,
}

/// All appends on their way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Writes {
    next_ticket: u64,
    open: BTreeMap<u64, Write>,
}

impl Writes {
    /// Takes a ticket off the list; `None` if it is not known (any more).
    pub(super) fn finish(&mut self, ticket: u64) -> Option<Write> {
        self.open.remove(&ticket)
    }

    /// Takes all tickets of a partition off the list, oldest first.
    pub(super) fn drop_partition(&mut self, offsets_partition: u32) -> Vec<Write> {
        let of_partition =
            |_: &u64, write: &mut Write| write.offsets_partition == offsets_partition;
        let dropped = self.open.extract_if(.., of_partition);
        dropped.map(|(_, write)| write).collect()
    }

    fn last_of(&mut self, offsets_partition: u32) -> Option<&mut Write> {
        let mut newest_first = self.open.values_mut().rev();
        newest_first.find(|write| write.offsets_partition == offsets_partition)
    }
}

/// What a rule may use while it handles one input.
pub(super) struct Env<'a> {
    pub(super) now: Time,
    pub(super) config: &'a BrokerConfig,
    pub(super) image: &'a ClusterImage,
    pub(super) fx: &'a mut Effects,
    pub(super) writes: &'a mut Writes,
    pub(super) appends: &'a mut Vec<GroupAppend>,
}

impl<'a> Env<'a> {
    /// What one input may use; the groups themselves are borrowed beside it.
    pub(super) fn new(
        now: Time,
        config: &'a BrokerConfig,
        image: &'a ClusterImage,
        fx: &'a mut Effects,
        writes: &'a mut Writes,
        appends: &'a mut Vec<GroupAppend>,
    ) -> Env<'a> {
        Env {
            now,
            config,
            image,
            fx,
            writes,
            appends,
        }
    }

    /// The wall clock that goes into records: milliseconds of virtual time.
    pub(super) fn now_ms(&self) -> i64 {
        self.now.as_ms() as i64
    }

    pub(super) fn respond(&mut self, asker: Asker, response: Response) {
        self.fx.respond(asker.0, asker.1, response);
    }

    pub(super) fn in_ms(&self, ms: u32) -> Time {
        self.now + Duration::from_ms(u64::from(ms))
    }

    /// Moves a group to a state and says so.
    pub(super) fn transition(&mut self, group: &mut Group, state: GroupState) {
        group.previous_state = group.state;
        group.state = state;
        group.state_since_ms = Some(self.now_ms());
        let note = Note::GroupStateChanged(group.name.clone(), state.name(), group.generation);
        self.fx.note(note);
    }

    /// Restarts a member's session timer (GRP-13, GRP-14).
    pub(super) fn restart_session(&mut self, group: &Group, member_id: &str) {
        if let Some(member) = group.members.get(member_id) {
            let at = self.in_ms(member.session_timeout_ms);
            self.fx.set_timer(group.session_timer(member.number), at);
        }
    }

    /// Hands records to the broker; `done` happens when their fate is known.
    pub(super) fn append(&mut self, group: &Group, pairs: Vec<(Bytes, Option<Bytes>)>, done: Done) {
        self.append_in(group, pairs, None, done);
    }

    /// As [`Env::append`], as part of a producer's transaction if one is given.
    pub(super) fn append_in(
        &mut self,
        group: &Group,
        pairs: Vec<(Bytes, Option<Bytes>)>,
        producer: Option<(ProducerId, ProducerEpoch)>,
        done: Done,
    ) {
        let ticket = self.writes.next_ticket;
        self.writes.next_ticket += 1;
        let timestamp_ms = self.now_ms();
        let records = pairs.into_iter().map(|(key, value)| Record {
            key: Some(key),
            value,
            timestamp_ms,
            ..Record::default()
        });
        self.appends.push(GroupAppend {
            ticket,
            offsets_partition: group.offsets_partition,
            records: records.collect(),
            producer,
        });
        let write = Write {
            offsets_partition: group.offsets_partition,
            group: group.name.clone(),
            done,
            deferred: Vec::new(),
        };
        self.writes.open.insert(ticket, write);
    }

    /// Persists a group as given.
    pub(super) fn append_group(&mut self, group: &Group, value: &PersistedGroup, done: Done) {
        let pair = (
            codec::group_key(&group.name),
            Some(codec::group_value(value)),
        );
        self.append(group, vec![pair], done);
    }

    /// Parks an answer behind the newest write of that partition; gives it back if
    /// there is none.
    pub(super) fn defer(
        &mut self,
        offsets_partition: u32,
        asker: Asker,
        deferred: Deferred,
    ) -> Option<Deferred> {
        match self.writes.last_of(offsets_partition) {
            Some(write) => {
                write.deferred.push((asker, deferred));
                None
            }
            None => Some(deferred),
        }
    }
}

/// Whether the records are in the leader's log although they were not acknowledged:
/// they will be committed later, unless the leader changes first.
pub(super) fn may_still_commit(error: ErrorCode) -> bool {
    matches!(
        error,
        ErrorCode::RequestTimedOut | ErrorCode::NotEnoughReplicasAfterAppend
    )
}
