//! The leader's side of followers' incremental fetch sessions (KIP-227).
//!
//! A session remembers what each follower asked last, and which partitions may
//! have news for it. So a fetch costs what changed, not what exists. Invariant: a
//! partition with news for the follower (records, another high watermark or log
//! start, an error) is in the session's list of changed partitions.

use std::hash::{Hash, Hasher};

use super::partition::Partition;
use crate::error::ErrorCode;
use crate::protocol::{FetchPartition, FetchPartitionResponse};
use crate::types::{BrokerEpoch, BrokerId, NodeId, Offset, RequestId, Time, TopicPartition};

/// A partition of a session.
#[derive(Clone, Debug)]
pub(super) struct SessionPartition {
    /// What the follower asked last.
    pub(super) wanted: FetchPartition,
    /// What it was told last; `None` = nothing yet.
    told: Option<(Offset, Offset)>,
    changed: bool,
}

impl SessionPartition {
    /// Whether this answer tells the follower anything.
    pub(super) fn is_news(&self, answer: &FetchPartitionResponse) -> bool {
        answer.error.is_error()
            || answer.diverging_epoch.is_some()
            || !answer.batches.is_empty()
            || self.told != Some((answer.high_watermark, answer.log_start_offset))
    }
}

/// A follower's fetch that waits for records (REP-6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ParkedFetch {
    pub(super) asker: (NodeId, RequestId),
    pub(super) deadline: Time,
    pub(super) min_bytes: u32,
    pub(super) max_bytes: u32,
}

/// One follower's session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) replica: BrokerId,
    pub(super) broker_epoch: BrokerEpoch,
    next_epoch: i32,
    partitions: Vec<SessionPartition>,
    pub(super) changed: Vec<TopicPartition>,
    /// Partitions whose ISR does not hold the follower: each fetch may admit it.
    pub(super) outside_isr: Vec<TopicPartition>,
    pub(super) parked: Option<ParkedFetch>,
    /// Something happened that may end the parked fetch.
    pub(super) look: bool,
    pub(super) last_fetch: Time,
}

impl Session {
    fn find(&self, id: TopicPartition) -> Result<usize, usize> {
        self.partitions
            .binary_search_by(|partition| partition.wanted.partition.cmp(&id))
    }

    pub(super) fn get(&self, id: TopicPartition) -> Option<&SessionPartition> {
        self.find(id).ok().map(|index| &self.partitions[index])
    }

    /// Takes over what the follower asks now.
    pub(super) fn want(&mut self, wanted: FetchPartition) {
        match self.find(wanted.partition) {
            Ok(index) => self.partitions[index].wanted = wanted,
            Err(index) => self.partitions.insert(
                index,
                SessionPartition {
                    wanted,
                    told: None,
                    changed: false,
                },
            ),
        }
        self.mark(wanted.partition);
    }

    /// The follower no longer asks for it.
    pub(super) fn forget(&mut self, id: TopicPartition) {
        if let Ok(index) = self.find(id) {
            self.partitions.remove(index);
            self.changed.retain(|changed| *changed != id);
            self.outside_isr.retain(|outside| *outside != id);
        }
    }

    fn mark(&mut self, id: TopicPartition) -> bool {
        let Ok(index) = self.find(id) else {
            return false;
        };
        let partition = &mut self.partitions[index];
        if !partition.changed {
            partition.changed = true;
            self.changed.push(id);
        }
        true
    }

    /// The follower is told `answers`; what they leave open stays marked because
    /// the follower's next request asks from a new offset.
    pub(super) fn told(&mut self, answers: &[FetchPartitionResponse]) {
        for answer in answers {
            if let Ok(index) = self.find(answer.partition) {
                let partition = &mut self.partitions[index];
                partition.told = Some((answer.high_watermark, answer.log_start_offset));
            }
        }
    }

    /// Unmarks a partition that has no news left.
    pub(super) fn unmark(&mut self, id: TopicPartition) {
        if let Ok(index) = self.find(id) {
            self.partitions[index].changed = false;
        }
    }
}

/// All followers' sessions.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    pub(super) list: Vec<Session>,
}

impl Sessions {
    /// Finds or begins the session a request belongs to.
    pub(super) fn enter(
        &mut self,
        replica: BrokerId,
        broker_epoch: BrokerEpoch,
        session_epoch: i32,
    ) -> Result<&mut Session, ErrorCode> {
        let index = self.list.iter().position(|s| s.replica == replica);
        if session_epoch > 0 {
            let index = index.ok_or(ErrorCode::FetchSessionIdNotFound)?;
            let session = &mut self.list[index];
            if session.next_epoch != session_epoch || session.broker_epoch != broker_epoch {
                return Err(ErrorCode::InvalidFetchSessionEpoch);
            }
            session.next_epoch = session_epoch.checked_add(1).unwrap_or(1);
            return Ok(session);
        }
        let session = Session {
            replica,
            broker_epoch,
            next_epoch: 1,
            partitions: Vec::new(),
            changed: Vec::new(),
            outside_isr: Vec::new(),
            parked: None,
            look: false,
            last_fetch: Time::ZERO,
        };
        match index {
            Some(index) => {
                self.list[index] = session;
                Ok(&mut self.list[index])
            }
            None => {
                self.list.push(session);
                let last = self.list.len() - 1;
                Ok(&mut self.list[last])
            }
        }
    }

    /// Before the leader appends: a follower that had everything was caught up
    /// until its last fetch, even if that fetch did not name the partition.
    pub(super) fn note_caught_up(&self, partition: &mut Partition) {
        let end = partition.log.log_end_offset();
        for session in &self.list {
            if session.get(partition.id).is_some()
                && let Some(follower) = partition.follower_mut(session.replica)
                && follower.log_end_offset == end
            {
                follower.caught_up_at(session.last_fetch);
                follower.last_fetch_time = follower.last_fetch_time.max(Some(session.last_fetch));
                follower.last_fetch_leader_end = end;
            }
        }
    }

    /// The leader appended: parked fetches may end (REP-6).
    pub(super) fn appended(&mut self, id: TopicPartition) {
        for session in &mut self.list {
            session.look |= session.mark(id);
        }
    }

    /// The high watermark moved: told with the next answer, which it does not
    /// bring about (REP-6).
    pub(super) fn high_watermark_moved(&mut self, id: TopicPartition) {
        for session in &mut self.list {
            session.mark(id);
        }
    }

    /// Leadership or its epoch changed: parked fetches end (REP-6).
    pub(super) fn role_changed(&mut self, id: TopicPartition) {
        for session in &mut self.list {
            if session.mark(id) {
                session.look = true;
                session.note_outside(id);
            }
        }
    }

    /// The ISR changed: followers outside it are watched again (REP-17).
    pub(super) fn isr_changed(&mut self, id: TopicPartition) {
        for session in &mut self.list {
            if session.find(id).is_ok() {
                session.note_outside(id);
            }
        }
    }

    /// What the leader answers next rests on this; the sessions' numbers are names.
    pub(super) fn hash_state(&self, state: &mut impl Hasher) {
        self.list.len().hash(state);
        for session in &self.list {
            (session.replica, session.broker_epoch).hash(state);
            session.partitions.len().hash(state);
            for partition in &session.partitions {
                (partition.wanted, partition.told, partition.changed).hash(state);
            }
            (&session.changed, &session.outside_isr).hash(state);
            session.parked.is_some().hash(state);
        }
    }

    /// The follower's process is gone.
    pub(super) fn drop_parked(&mut self, peer: NodeId) {
        for session in &mut self.list {
            if session.replica == peer {
                session.parked = None;
            }
        }
    }
}

impl Session {
    /// Looks at each fetch whether the follower may enter the partition's ISR.
    pub(super) fn note_outside(&mut self, id: TopicPartition) {
        if !self.outside_isr.contains(&id) {
            self.outside_isr.push(id);
        }
    }
}
