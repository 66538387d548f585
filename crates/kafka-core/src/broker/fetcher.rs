//! The follower's side: one fetcher a leader broker, one fetch outstanding (REP-1).
//!
//! What to do with the answers is `replicate`. Invariant: a partition is in the
//! list of changed partitions of its fetcher iff the leader has not been told what
//! this broker wants of it now.

use std::hash::{Hash, Hasher};

use super::partitions::Partitions;
use super::timer::LazyTimer;
use crate::config::{BrokerConfig, Truncation};
use crate::node::{Effects, TimerKey};
use crate::protocol::{FetchPartition, FetchRequest};
use crate::types::{
    BrokerEpoch, BrokerId, Duration, LeaderEpoch, Offset, RequestId, Time, TopicPartition,
};

/// How long an answer may take before the fetch is given up
/// (`replica.socket.timeout.ms`).
const PATIENCE: Duration = Duration::from_secs(30);

/// What a fetcher does with a partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FetchPhase {
    /// Fetches.
    Fetching,
    /// Waits after an error (`replica.fetch.backoff.ms`).
    Delayed(Time),
    /// Asks the leader where its log begins and ends (REP-7).
    AskingOffsets(RequestId),
    /// Fenced; waits for new metadata (REP-7).
    Stopped,
}

/// A partition of a fetcher.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchState {
    /// The partition.
    pub id: TopicPartition,
    /// What happens with it.
    pub phase: FetchPhase,
    /// Epoch and log end of the last request that named it.
    pub sent: (LeaderEpoch, Offset),
    /// Leader epoch in which the log was last brought into line (only for the rules before
    /// KIP-320).
    reconciled: LeaderEpoch,
    listed: bool,
    changed: bool,
}

/// Copies all partitions that one broker leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fetcher {
    /// The leader's broker.
    pub leader: BrokerId,
    /// Its partitions, sorted.
    pub partitions: Vec<FetchState>,
    /// The fetch on its way and when it was sent.
    pub outstanding: Option<(RequestId, Time)>,
    session_epoch: i32,
    changed: Vec<TopicPartition>,
    forgotten: Vec<TopicPartition>,
    listed: u32,
    timer: LazyTimer,
}

impl Fetcher {
    fn new(leader: BrokerId) -> Fetcher {
        Fetcher {
            leader,
            partitions: Vec::new(),
            outstanding: None,
            session_epoch: 0,
            changed: Vec::new(),
            forgotten: Vec::new(),
            listed: 0,
            timer: LazyTimer::new(TimerKey::ReplicaFetch(leader)),
        }
    }

    fn find(&self, id: TopicPartition) -> Result<usize, usize> {
        self.partitions.binary_search_by(|state| state.id.cmp(&id))
    }

    pub(super) fn get_mut(&mut self, id: TopicPartition) -> Option<&mut FetchState> {
        let index = self.find(id).ok()?;
        Some(&mut self.partitions[index])
    }

    /// The leader of that epoch has told where its log and ours part.
    pub(super) fn reconciled(&mut self, id: TopicPartition, epoch: LeaderEpoch) {
        if let Some(state) = self.get_mut(id) {
            state.reconciled = epoch;
        }
    }

    /// Whether the leader of that epoch has told so.
    pub(super) fn is_reconciled(&self, id: TopicPartition, epoch: LeaderEpoch) -> bool {
        let state = self.find(id).map(|index| &self.partitions[index]);
        state.is_ok_and(|state| state.reconciled == epoch)
    }

    /// The next fetch shall name this partition.
    pub(super) fn mark(&mut self, id: TopicPartition) {
        if let Ok(index) = self.find(id) {
            let state = &mut self.partitions[index];
            if !state.changed {
                state.changed = true;
                self.changed.push(id);
            }
        }
    }

    /// Sets what happens with a partition; one that is not fetched leaves the
    /// session.
    pub(super) fn set_phase(&mut self, id: TopicPartition, phase: FetchPhase, fx: &mut Effects) {
        let Some(state) = self.get_mut(id) else {
            return;
        };
        state.phase = phase;
        match phase {
            FetchPhase::Fetching => self.mark(id),
            FetchPhase::Delayed(until) => {
                self.unlist(id);
                self.timer.need(until, fx);
            }
            FetchPhase::AskingOffsets(_) | FetchPhase::Stopped => self.unlist(id),
        }
    }

    fn unlist(&mut self, id: TopicPartition) {
        let Some(state) = self.get_mut(id) else {
            return;
        };
        if std::mem::take(&mut state.listed) {
            self.listed -= 1;
            self.forgotten.push(id);
        }
    }

    /// The session is lost: the next fetch names everything.
    pub(super) fn reset_session(&mut self) {
        self.session_epoch = 0;
        self.listed = 0;
        self.forgotten.clear();
        for state in &mut self.partitions {
            state.listed = false;
        }
    }

    /// The leader answered in the session.
    pub(super) fn session_continues(&mut self) {
        self.session_epoch = self.session_epoch.checked_add(1).unwrap_or(1);
    }

    /// Every partition waits: the leader could not be reached.
    pub(super) fn delay_all(&mut self, until: Time, fx: &mut Effects) {
        self.reset_session();
        for state in &mut self.partitions {
            if state.phase != FetchPhase::Stopped {
                state.phase = FetchPhase::Delayed(until);
            }
        }
        self.timer.need(until, fx);
    }

    /// Partitions of which that is true are not fetched until then.
    pub(super) fn hold(
        &mut self,
        until: Time,
        is_held: impl Fn(TopicPartition) -> bool,
        fx: &mut Effects,
    ) {
        for index in 0..self.partitions.len() {
            let state = &self.partitions[index];
            if state.phase == FetchPhase::Fetching && is_held(state.id) {
                self.set_phase(state.id, FetchPhase::Delayed(until), fx);
            }
        }
    }

    /// The timer fired: partitions whose wait is over fetch again. Returns true if
    /// the outstanding fetch has to be given up.
    pub(super) fn on_timer(&mut self, now: Time, fx: &mut Effects) -> bool {
        self.timer.fired();
        let mut next: Option<Time> = None;
        for index in 0..self.partitions.len() {
            if let FetchPhase::Delayed(until) = self.partitions[index].phase {
                if until <= now {
                    self.partitions[index].phase = FetchPhase::Fetching;
                    let id = self.partitions[index].id;
                    self.mark(id);
                } else {
                    next = Some(next.map_or(until, |next| next.min(until)));
                }
            }
        }
        let lost = self
            .outstanding
            .is_some_and(|(_, sent)| sent + PATIENCE <= now);
        if let Some((_, sent)) = self.outstanding
            && !lost
        {
            let limit = sent + PATIENCE;
            next = Some(next.map_or(limit, |next| next.min(limit)));
        }
        if let Some(next) = next {
            self.timer.need(next, fx);
        }
        lost
    }

    /// What it does next rests on this. The session's number is a name: the leader's
    /// session has the same, or the fetcher begins anew.
    pub(super) fn hash_state(&self, state: &mut impl Hasher) {
        (self.leader, self.partitions.len()).hash(state);
        for partition in &self.partitions {
            partition.id.hash(state);
            match partition.phase {
                FetchPhase::Fetching => 0,
                FetchPhase::Delayed(_) => 1,
                FetchPhase::AskingOffsets(_) => 2,
                FetchPhase::Stopped => 3_u8,
            }
            .hash(state);
            (partition.sent, partition.reconciled).hash(state);
            (partition.listed, partition.changed).hash(state);
        }
        (self.outstanding.is_some(), self.session_epoch == 0).hash(state);
        (&self.changed, &self.forgotten).hash(state);
    }

    /// Whether there is anything to send.
    pub(super) fn is_idle(&self) -> bool {
        self.outstanding.is_none()
    }

    /// Whether a partition waits for the leader's offsets.
    pub(super) fn is_asking_offsets(&self) -> bool {
        let asking = |state: &FetchState| matches!(state.phase, FetchPhase::AskingOffsets(_));
        self.partitions.iter().any(asking)
    }

    /// Notes that a fetch is on its way.
    pub(super) fn sent(&mut self, id: RequestId, now: Time, fx: &mut Effects) {
        self.outstanding = Some((id, now));
        self.timer.need(now + PATIENCE, fx);
    }

    /// The next fetch, if any partition is to be fetched.
    pub(super) fn next_fetch(
        &mut self,
        partitions: &Partitions,
        config: &BrokerConfig,
        broker_epoch: BrokerEpoch,
    ) -> Option<FetchRequest> {
        if self.session_epoch == 0 {
            for index in 0..self.partitions.len() {
                let id = self.partitions[index].id;
                self.mark(id);
            }
        }
        let mut wanted = Vec::with_capacity(self.changed.len());
        let mut changed = std::mem::take(&mut self.changed);
        for id in changed.drain(..) {
            let Ok(index) = self.find(id) else {
                continue;
            };
            let state = &mut self.partitions[index];
            state.changed = false;
            let Some(partition) = partitions.get(id) else {
                continue;
            };
            if state.phase != FetchPhase::Fetching {
                continue;
            }
            let log = &partition.log;
            state.sent = (partition.leader_epoch, log.log_end_offset());
            if !state.listed {
                state.listed = true;
                self.listed += 1;
                self.forgotten.retain(|forgotten| *forgotten != id);
            }
            wanted.push(FetchPartition {
                partition: id,
                current_leader_epoch: match config.truncation {
                    Truncation::Unfenced => LeaderEpoch::NONE,
                    _ => partition.leader_epoch,
                },
                fetch_offset: log.log_end_offset(),
                last_fetched_epoch: match config.truncation {
                    Truncation::Epochs => log.latest_epoch(),
                    Truncation::Unfenced | Truncation::EpochEnd
                        if state.reconciled != partition.leader_epoch =>
                    {
                        log.latest_epoch()
                    }
                    _ => LeaderEpoch::NONE,
                },
                log_start_offset: log.log_start_offset(),
                max_bytes: config.replica_fetch_max_bytes,
            });
        }
        self.changed = changed;
        if self.listed == 0 {
            self.reset_session();
            return None;
        }
        Some(FetchRequest {
            replica: Some((config.node, broker_epoch)),
            max_wait_ms: config.replica_fetch_wait_max_ms,
            min_bytes: config.replica_fetch_min_bytes,
            max_bytes: config.replica_fetch_response_max_bytes,
            read_committed: false,
            rack: None,
            session_epoch: self.session_epoch,
            forgotten: std::mem::take(&mut self.forgotten),
            partitions: wanted,
        })
    }
}

/// All fetchers of a broker, by leader.
#[derive(Clone, Debug, Default)]
pub(super) struct Fetchers {
    pub(super) list: Vec<Fetcher>,
}

impl Fetchers {
    pub(super) fn of(&mut self, leader: BrokerId) -> Option<&mut Fetcher> {
        self.list.iter_mut().find(|f| f.leader == leader)
    }

    /// Begins to copy a partition from that leader.
    pub(super) fn assign(&mut self, id: TopicPartition, leader: BrokerId) {
        let index = match self.list.iter().position(|f| f.leader == leader) {
            Some(index) => index,
            None => {
                self.list.push(Fetcher::new(leader));
                self.list.len() - 1
            }
        };
        let fetcher = &mut self.list[index];
        if let Err(index) = fetcher.find(id) {
            let state = FetchState {
                id,
                phase: FetchPhase::Fetching,
                sent: (LeaderEpoch::NONE, Offset::UNKNOWN),
                reconciled: LeaderEpoch::NONE,
                listed: false,
                changed: false,
            };
            fetcher.partitions.insert(index, state);
        }
        fetcher.mark(id);
    }

    /// Stops copying a partition.
    pub(super) fn unassign(&mut self, id: TopicPartition) {
        for fetcher in &mut self.list {
            if let Ok(index) = fetcher.find(id) {
                fetcher.unlist(id);
                fetcher.partitions.remove(index);
                fetcher.changed.retain(|changed| *changed != id);
            }
        }
    }
}
