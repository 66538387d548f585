//! The quorum leader: appending, serving fetches, the high watermark, and
//! noticing that nobody follows (RAFT-7 to RAFT-11).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::progress::Progress;
use super::voter_change::VoterChange;
use super::{Question, Raft, RaftDisk, RaftIo, State};
use crate::config::QuorumConfig;
use crate::error::ErrorCode;
use crate::metadata::{MetadataBatch, MetadataRecord, ReplicaKey, hash_order};
use crate::node::{Effects, TimerKey};
use crate::protocol::{
    BeginQuorumEpochRequest, DescribeQuorumResponse, Outcome, QuorumFetchRequest,
    QuorumFetchResponse, QuorumReplica, Request, Response,
};
use crate::types::{Duration, NodeId, Offset, QuorumEpoch, RequestId, Time};

/// An observer that did not fetch for this long is forgotten.
const OBSERVER_SESSION: Duration = Duration::from_secs(300);

/// What only a leader keeps.
#[derive(Clone, Debug)]
pub(super) struct LeaderState {
    /// Log end when the epoch began (RAFT-7).
    pub epoch_start: Offset,
    /// The other voters.
    pub voters: BTreeMap<NodeId, Progress>,
    /// Brokers and other nodes that fetch but do not vote.
    pub observers: BTreeMap<NodeId, Progress>,
    /// Voters that fetched since the check-quorum period began (RAFT-9).
    fetched: BTreeSet<NodeId>,
    /// When the leader resigns unless a majority fetches.
    pub check_quorum_at: Time,
    /// When to announce the epoch again to silent voters.
    pub begin_at: Time,
    /// Batches waiting for the end of the linger.
    pub accumulated: Vec<Rc<MetadataBatch>>,
    /// Long polls.
    parked: BTreeMap<NodeId, Parked>,
    /// The leader votes: false once its log says that it was removed (RAFT-15).
    pub votes: bool,
    /// The change of voters under way.
    pub change: Option<VoterChange>,
    /// Voters without this leader are committed: it has to go (RAFT-15).
    pub must_resign: bool,
}

#[derive(Clone, Debug)]
struct Parked {
    id: RequestId,
    request: QuorumFetchRequest,
}

impl LeaderState {
    pub(super) fn new(
        now: Time,
        config: &QuorumConfig,
        others: impl Iterator<Item = NodeId>,
        disk: &RaftDisk,
    ) -> LeaderState {
        LeaderState {
            epoch_start: disk.log.end_offset(),
            voters: others.map(|voter| (voter, Progress::default())).collect(),
            observers: BTreeMap::new(),
            fetched: BTreeSet::new(),
            check_quorum_at: now + check_quorum_period(config),
            begin_at: now,
            accumulated: Vec::new(),
            parked: BTreeMap::new(),
            votes: true,
            change: None,
            must_resign: false,
        }
    }

    /// Offset the next queued batch begins at.
    pub(super) fn next_offset(&self, disk: &RaftDisk) -> Offset {
        (self.accumulated.last()).map_or(disk.log.end_offset(), |batch| batch.next_offset())
    }

    /// Every voter's log end, the leader's own included if it votes; unknown ones are -1.
    pub(super) fn end_offsets(
        &self,
        node: NodeId,
        disk: &RaftDisk,
    ) -> impl Iterator<Item = (NodeId, Offset)> + '_ {
        let own = self.votes.then(|| (node, disk.log.end_offset()));
        let others = (self.voters.iter())
            .map(|(voter, progress)| (*voter, progress.end_offset.unwrap_or(Offset::UNKNOWN)));
        own.into_iter().chain(others)
    }

    /// RAFT-10: other voters by descending fetch offset.
    pub(super) fn successors(&self) -> Vec<NodeId> {
        let mut voters: Vec<(NodeId, Offset)> = (self.voters.iter())
            .map(|(voter, progress)| (*voter, progress.end_offset.unwrap_or(Offset::UNKNOWN)))
            .collect();
        voters.sort_by_key(|(voter, end)| (std::cmp::Reverse(*end), *voter));
        voters.into_iter().map(|(voter, _)| voter).collect()
    }

    /// Observers in the order of Kafka's hash map of them, which they come into as they first
    /// fetch; that is forgotten here, so by number.
    fn describe_observers(&self) -> Vec<QuorumReplica> {
        let observers: Vec<(ReplicaKey, &Progress)> = (self.observers.iter())
            .map(|(id, progress)| (ReplicaKey::of(*id), progress))
            .collect();
        let keys: Vec<ReplicaKey> = observers.iter().map(|(key, _)| *key).collect();
        let order = hash_order(&keys).into_iter();
        order.map(|at| observers[at].1.describe(keys[at])).collect()
    }

    pub(super) fn forget_parked(&mut self, fx: &mut Effects, peer: NodeId) {
        if self.parked.remove(&peer).is_some() {
            fx.cancel_timer(TimerKey::RaftParkedFetch(peer));
        }
    }

    /// The epoch is over: whoever waits is sent on.
    pub(super) fn abandon(&mut self, io: &mut RaftIo<'_>, leader: Option<NodeId>) {
        io.fx.cancel_timer(TimerKey::RaftLeaderCheck);
        if let Some(change) = self.change.take() {
            change.finish(io, Outcome::code(ErrorCode::NotLeaderOrFollower));
        }
        if !self.accumulated.is_empty() {
            io.fx.cancel_timer(TimerKey::RaftAppendLinger);
        }
        for (peer, parked) in std::mem::take(&mut self.parked) {
            io.fx.cancel_timer(TimerKey::RaftParkedFetch(peer));
            let response = refusal(io.disk, leader, ErrorCode::NotLeaderOrFollower);
            io.fx
                .respond(peer, parked.id, Response::QuorumFetch(response));
        }
    }
}

/// 1.5 x the fetch timeout (RAFT-9).
fn check_quorum_period(config: &QuorumConfig) -> Duration {
    Duration::from_us(u64::from(config.fetch_timeout_ms) * 1_500)
}

fn refusal(disk: &RaftDisk, leader: Option<NodeId>, error: ErrorCode) -> QuorumFetchResponse {
    QuorumFetchResponse {
        error,
        leader,
        epoch: disk.epoch,
        high_watermark: Offset::UNKNOWN,
        diverging: None,
        batches: Vec::new(),
    }
}

/// Where the fetcher's log leaves this one, if it does (RAFT-11).
fn divergence(disk: &RaftDisk, request: &QuorumFetchRequest) -> Option<(QuorumEpoch, Offset)> {
    let (epoch, end) = disk.log.end_offset_for_epoch(request.last_fetched_epoch);
    let agrees = epoch == request.last_fetched_epoch && end >= request.fetch_offset;
    (!agrees && request.fetch_offset > Offset::ZERO).then_some((epoch, end))
}

impl Raft {
    /// RAFT-7: the epoch's first record, and the news for the other voters.
    pub(super) fn begin_leading(&mut self, io: &mut RaftIo<'_>, granting: Vec<NodeId>) {
        let leader = self.node;
        let mut records = vec![MetadataRecord::LeaderChange { leader, granting }];
        records.extend(self.first_voters(io.disk));
        self.append(io, records);
        // A control record does not linger.
        self.drain(io);
        self.on_leader_check(io);
    }

    /// Ends the linger: queued batches reach the log and the waiting fetches.
    pub(super) fn drain(&mut self, io: &mut RaftIo<'_>) {
        let State::Leader(leader) = &mut self.state else {
            return;
        };
        io.fx.cancel_timer(TimerKey::RaftAppendLinger);
        for batch in std::mem::take(&mut leader.accumulated) {
            io.disk.log.append(batch);
        }
        self.follow_voters(io);
        self.advance(io);
        self.answer_parked(io);
    }

    /// RAFT-8: the largest offset a majority holds, once it covers a record of
    /// this epoch.
    fn advance(&mut self, io: &mut RaftIo<'_>) {
        let State::Leader(leader) = &self.state else {
            return;
        };
        let mut ends: Vec<Offset> = (leader.end_offsets(self.node, io.disk))
            .map(|(_, end)| end)
            .collect();
        ends.sort_unstable_by_key(|end| std::cmp::Reverse(*end));
        let held = ends[ends.len() / 2];
        if held > leader.epoch_start && self.set_high_watermark(io, held) {
            self.voter_change_committed(io);
        }
    }

    /// RAFT-11. Answers at once or parks.
    pub(super) fn handle_fetch(
        &mut self,
        io: &mut RaftIo<'_>,
        from: NodeId,
        id: RequestId,
        request: &QuorumFetchRequest,
    ) {
        let error = if request.current_leader_epoch < io.disk.epoch {
            ErrorCode::FencedLeaderEpoch
        } else if request.current_leader_epoch > io.disk.epoch {
            ErrorCode::UnknownLeaderEpoch
        } else if !self.is_leader() {
            ErrorCode::NotLeaderOrFollower
        } else {
            ErrorCode::None
        };
        if error != ErrorCode::None {
            let response = refusal(io.disk, self.leader(), error);
            io.fx.respond(from, id, Response::QuorumFetch(response));
            return;
        }
        if divergence(io.disk, request).is_none() {
            self.record_progress(io, request);
        }
        self.answer_or_park(
            io,
            from,
            Parked {
                id,
                request: request.clone(),
            },
        );
        self.answer_parked(io);
    }

    /// The fetcher holds everything below its fetch offset.
    fn record_progress(&mut self, io: &mut RaftIo<'_>, request: &QuorumFetchRequest) {
        let voters = self.voters.len();
        let period = check_quorum_period(&self.config);
        let State::Leader(leader) = &mut self.state else {
            return;
        };
        let end = io.disk.log.end_offset();
        let Some(progress) = leader.voters.get_mut(&request.replica) else {
            let silent = |progress: &Progress| {
                let last = progress.last_fetch.unwrap_or_default();
                io.now.since(last) > OBSERVER_SESSION
            };
            leader.observers.retain(|_, progress| !silent(progress));
            let progress = leader.observers.entry(request.replica).or_default();
            progress.fetched(io.now, request.fetch_offset, end);
            return;
        };
        let moved = progress.fetched(io.now, request.fetch_offset, end);
        leader.fetched.insert(request.replica);
        // The leader itself counts, if it votes.
        let needed = voters / 2 + usize::from(!leader.votes);
        if leader.fetched.len() >= needed {
            leader.fetched.clear();
            leader.check_quorum_at = io.now + period;
        }
        if moved {
            self.advance(io);
        }
    }

    /// DescribeQuorum: `None` unless this node leads.
    pub fn describe(&self, now: Time, disk: &RaftDisk) -> Option<DescribeQuorumResponse> {
        let State::Leader(leader) = &self.state else {
            return None;
        };
        let mut own = Progress::default();
        let end = disk.log.end_offset();
        own.fetched(now, end, end);
        let progress = |key: &ReplicaKey| match leader.voters.get(&key.node) {
            Some(progress) => progress.describe(*key),
            None => own.describe(*key),
        };
        let voters: Vec<QuorumReplica> = self.voters.keys().iter().map(progress).collect();
        let mut observers = leader.describe_observers();
        if !leader.votes {
            observers.push(own.describe(ReplicaKey::of(self.node)));
        }
        let ports = voters.iter().map(|voter| self.config.port(voter.replica));
        Some(DescribeQuorumResponse {
            ports: ports.collect(),
            error: ErrorCode::None,
            leader: Some(self.node),
            epoch: disk.epoch,
            high_watermark: self.high_watermark,
            voters,
            observers,
        })
    }

    fn read(&self, io: &RaftIo<'_>, request: &QuorumFetchRequest) -> QuorumFetchResponse {
        let diverging = divergence(io.disk, request);
        let batches = match diverging {
            Some(_) => Vec::new(),
            None => (io.disk.log.read_from(request.fetch_offset))
                .cloned()
                .collect(),
        };
        QuorumFetchResponse {
            error: ErrorCode::None,
            leader: Some(self.node),
            epoch: io.disk.epoch,
            high_watermark: self.high_watermark,
            diverging,
            batches,
        }
    }

    fn answer_or_park(&mut self, io: &mut RaftIo<'_>, from: NodeId, parked: Parked) {
        let response = self.read(io, &parked.request);
        let has_news = !response.batches.is_empty()
            || response.diverging.is_some()
            || response.high_watermark > parked.request.high_watermark
            || parked.request.max_wait_ms == 0;
        let State::Leader(leader) = &mut self.state else {
            return;
        };
        if has_news {
            leader.forget_parked(io.fx, from);
            io.fx
                .respond(from, parked.id, Response::QuorumFetch(response));
            return;
        }
        let id = parked.id;
        let wait = Duration::from_ms(parked.request.max_wait_ms.into());
        let known = leader.parked.insert(from, parked);
        if known.is_none_or(|known| known.id != id) {
            io.fx
                .set_timer(TimerKey::RaftParkedFetch(from), io.now + wait);
        }
    }

    /// Answers every parked fetch for which there is news.
    fn answer_parked(&mut self, io: &mut RaftIo<'_>) {
        let State::Leader(leader) = &self.state else {
            return;
        };
        let end = io.disk.log.end_offset();
        let due: Vec<NodeId> = (leader.parked.iter())
            .filter(|(_, parked)| {
                parked.request.fetch_offset < end
                    || parked.request.high_watermark < self.high_watermark
            })
            .map(|(peer, _)| *peer)
            .collect();
        for peer in due {
            self.answer_now(io, peer);
        }
    }

    /// The long poll ends without news.
    pub(super) fn on_parked_fetch_due(&mut self, io: &mut RaftIo<'_>, peer: NodeId) {
        self.answer_now(io, peer);
    }

    fn answer_now(&mut self, io: &mut RaftIo<'_>, peer: NodeId) {
        let State::Leader(leader) = &mut self.state else {
            return;
        };
        let Some(parked) = leader.parked.get(&peer).cloned() else {
            return;
        };
        leader.forget_parked(io.fx, peer);
        let response = self.read(io, &parked.request);
        io.fx
            .respond(peer, parked.id, Response::QuorumFetch(response));
    }

    /// RAFT-9, and BeginQuorumEpoch again for voters that do not fetch (RAFT-7).
    pub(super) fn on_leader_check(&mut self, io: &mut RaftIo<'_>) {
        let period = Duration::from_us(u64::from(self.config.fetch_timeout_ms) * 500);
        let State::Leader(leader) = &mut self.state else {
            return;
        };
        if leader.voters.is_empty() {
            return;
        }
        let expires = self.voters.len() > 1;
        if expires && io.now >= leader.check_quorum_at {
            self.resign(io);
            return;
        }
        if io.now >= leader.begin_at {
            leader.begin_at = io.now + period;
            let silent: Vec<NodeId> = (leader.voters.iter())
                .filter(|(_, progress)| {
                    (progress.last_fetch).is_none_or(|last| io.now.since(last) >= period)
                })
                .map(|(voter, _)| *voter)
                .collect();
            self.announce_epoch(io, &silent);
        }
        if let State::Leader(leader) = &self.state {
            let check = expires.then_some(leader.check_quorum_at);
            let at = check.map_or(leader.begin_at, |check| check.min(leader.begin_at));
            io.fx.set_timer(TimerKey::RaftLeaderCheck, at);
        }
    }

    /// The first other voter came: from now on a majority has to fetch (RAFT-9).
    pub(super) fn watch_voters(&mut self, io: &mut RaftIo<'_>) {
        if let State::Leader(leader) = &mut self.state {
            leader.check_quorum_at = io.now + check_quorum_period(&self.config);
            leader.begin_at = io.now;
            self.on_leader_check(io);
        }
    }

    fn announce_epoch(&mut self, io: &mut RaftIo<'_>, voters: &[NodeId]) {
        // Unanswered announcements are forgotten: this one replaces them.
        self.asked
            .retain(|_, asked| asked.question != Question::Begin);
        for voter in voters {
            let request = BeginQuorumEpochRequest {
                leader: self.node,
                epoch: io.disk.epoch,
            };
            let request = Request::BeginQuorumEpoch(request);
            self.ask(io, *voter, Question::Begin, request);
        }
    }
}
