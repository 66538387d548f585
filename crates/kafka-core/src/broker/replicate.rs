//! What a follower does with a leader's answers (REP-7, REP-24, REP-25).

use std::rc::Rc;

use super::fetcher::FetchPhase;
use super::{Broker, Cx};
use crate::config::Truncation;
use crate::error::ErrorCode;
use crate::log::Log;
use crate::node::Effects;
use crate::note::Note;
use crate::protocol::{
    FetchPartitionResponse, FetchResponse, ListOffsetsRequest, ListOffsetsResponse, OffsetSpec,
    Request,
};
use crate::record::Batch;
use crate::types::{
    BrokerEpoch, BrokerId, Duration, LeaderEpoch, NodeId, Offset, RequestId, Time, TopicPartition,
};

/// Notes a cut.
fn note_truncated(fx: &mut Effects, partition: TopicPartition, from: Offset, to: Offset) {
    if to < from {
        fx.note(Note::Truncated {
            partition,
            from,
            to,
        });
    }
}

/// Where a log has to be cut if another one's epoch ends there (REP-25).
pub(super) fn common_end(log: &Log, (epoch, its_end): (LeaderEpoch, Offset)) -> Offset {
    let end = log.log_end_offset();
    match log.end_offset_for(epoch) {
        None => its_end.min(end),
        Some((own, own_end)) if own != epoch => own_end.min(end),
        Some((_, own_end)) => own_end.min(its_end).min(end),
    }
}

impl Broker {
    /// Sends the next fetch of every fetcher that has none outstanding.
    pub(super) fn send_fetches(&mut self, cx: &mut Cx<'_>) {
        if self.lifecycle.epoch == BrokerEpoch::NONE {
            return;
        }
        if self.throttles.follower.is_some() {
            let idle = self.fetchers.list.iter().filter(|f| f.is_idle());
            let leaders: Vec<BrokerId> = idle.map(|fetcher| fetcher.leader).collect();
            for leader in leaders {
                self.hold_throttled(cx, leader);
            }
        }
        for fetcher in &mut self.fetchers.list {
            if !fetcher.is_idle() {
                continue;
            }
            let epoch = self.lifecycle.epoch;
            let request = fetcher.next_fetch(&self.partitions, &self.config, epoch);
            if let Some(request) = request {
                let id = self.ids.next_id();
                fetcher.sent(id, cx.now, cx.fx);
                cx.fx.request(fetcher.leader, id, Request::Fetch(request));
            }
        }
    }

    pub(super) fn on_fetch_response(
        &mut self,
        cx: &mut Cx<'_>,
        leader: NodeId,
        id: RequestId,
        response: &FetchResponse,
    ) {
        let Some(fetcher) = self.fetchers.of(leader) else {
            return;
        };
        if fetcher.outstanding.is_none_or(|(asked, _)| asked != id) {
            return;
        }
        fetcher.outstanding = None;
        match response.error {
            ErrorCode::None => fetcher.session_continues(),
            ErrorCode::FetchSessionIdNotFound | ErrorCode::InvalidFetchSessionEpoch => {
                fetcher.reset_session();
            }
            _ => {
                let until = self.backed_off(cx.now);
                if let Some(fetcher) = self.fetchers.of(leader) {
                    fetcher.delay_all(until, cx.fx);
                }
            }
        }
        for answer in &response.partitions {
            self.replicate(cx, leader, answer);
        }
    }

    fn backed_off(&self, now: Time) -> Time {
        now + Duration::from_ms(self.config.replica_fetch_backoff_ms.into())
    }

    fn replicate(&mut self, cx: &mut Cx<'_>, leader: BrokerId, answer: &FetchPartitionResponse) {
        let id = answer.partition;
        let until = self.backed_off(cx.now);
        let Some(fetcher) = self.fetchers.of(leader) else {
            return;
        };
        let Some(state) = fetcher.get_mut(id) else {
            return;
        };
        let sent = state.sent;
        let Some(partition) = self.partitions.get(id) else {
            return;
        };
        let unchanged = state.phase == FetchPhase::Fetching
            && sent == (partition.leader_epoch, partition.log.log_end_offset());
        if !unchanged {
            return;
        }
        match answer.error {
            ErrorCode::None => {
                // Since KIP-279 it may take several rounds.
                let once = self.config.truncation == Truncation::EpochEnd;
                if once || answer.diverging_epoch.is_none() {
                    fetcher.reconciled(id, sent.0);
                }
                match answer.diverging_epoch {
                    Some(diverging) => self.truncate_diverging(cx, leader, id, diverging),
                    None => self.append_as_follower(cx, leader, answer),
                }
            }
            // Before KIP-320: the leader knows no such epoch, so the log is cut at the high
            // watermark.
            ErrorCode::OffsetOutOfRange
                if self.config.truncation == Truncation::Unfenced
                    && !fetcher.is_reconciled(id, sent.0) =>
            {
                fetcher.reconciled(id, sent.0);
                fetcher.mark(id);
                self.truncate_to_high_watermark(cx, id);
            }
            ErrorCode::OffsetOutOfRange => self.ask_leader_offsets(cx, leader, id, sent.0),
            ErrorCode::FencedLeaderEpoch => fetcher.set_phase(id, FetchPhase::Stopped, cx.fx),
            _ => fetcher.set_phase(id, FetchPhase::Delayed(until), cx.fx),
        }
    }

    /// REP-7: append, then take over the leader's log start and high watermark.
    fn append_as_follower(
        &mut self,
        cx: &mut Cx<'_>,
        leader: BrokerId,
        answer: &FetchPartitionResponse,
    ) {
        let id = answer.partition;
        if !answer.batches.is_empty() && self.write_fails(cx, id) {
            return;
        }
        if let Some(first) = answer.batches.first() {
            self.begin_within_batch(cx, id, first);
        }
        let Some(partition) = self.partitions.get_mut(id) else {
            return;
        };
        let from = partition.log.log_end_offset();
        let misfits = |batch: &Batch| batch.base_offset < from;
        if answer.batches.first().is_some_and(misfits) {
            // UnexpectedAppendOffsetException: the replica failed, until a new leader epoch.
            if let Some(fetcher) = self.fetchers.of(leader) {
                fetcher.set_phase(id, FetchPhase::Stopped, cx.fx);
            }
            return;
        }
        let config = Rc::clone(&partition.config);
        for batch in &answer.batches {
            partition.log.append_as_follower(batch, &config, cx.now);
        }
        let to = partition.log.log_end_offset();
        if to > from {
            cx.fx.note(Note::FollowerAppended(id, from, to));
        }
        partition.log.set_high_watermark(answer.high_watermark);
        let behind = answer.log_start_offset > partition.log.log_start_offset();
        let start_moved = behind && self.raise_start_to(cx, id, answer.log_start_offset);
        if (to > from || start_moved)
            && let Some(fetcher) = self.fetchers.of(leader)
        {
            fetcher.mark(id);
        }
        if to > from && config.compact {
            self.wake_cleaner(cx, id);
        }
        if self.throttles.follower.is_some() {
            let sizes = answer.batches.iter().map(|batch| batch.size_bytes());
            self.count_fetched(cx.now, id, sizes.map(u64::from).sum());
        }
    }

    /// The leader's log start may stand within a batch (`delete-records`). An empty log that
    /// begins there begins at that batch instead, as `Partition` of 4.3.1 has it.
    fn begin_within_batch(&mut self, cx: &mut Cx<'_>, id: TopicPartition, first: &Batch) {
        let Some(partition) = self.partitions.get(id) else {
            return;
        };
        let (start, end) = (
            partition.log.log_start_offset(),
            partition.log.log_end_offset(),
        );
        let holds_end = first.base_offset < end && first.last_offset() >= end;
        if start != end || !holds_end {
            return;
        }
        self.about_to_cut(cx.now);
        if let Some(partition) = self.partitions.get_mut(id) {
            let log = &mut partition.log;
            log.truncate_fully_and_start_at(first.base_offset, cx.now);
        }
    }

    /// The leader's log begins later (LOG-11). Returns whether this one's start moved.
    fn raise_start_to(&mut self, cx: &mut Cx<'_>, id: TopicPartition, to: Offset) -> bool {
        self.settle_checkpoints(cx.now);
        let Some(partition) = self.partitions.get_mut(id) else {
            return false;
        };
        let start = partition.log.log_start_offset();
        let moved = partition.log.raise_log_start(to);
        if moved {
            let to = partition.log.log_start_offset();
            cx.fx.note(Note::LogStartMoved(id, start, to));
        }
        moved
    }

    /// Before a log is cut, and that it was, its recovery point with it.
    fn about_to_cut(&mut self, now: Time) {
        self.settle_checkpoints(now);
        self.checkpoints.cut();
    }

    /// REP-25: cut the log where it leaves the leader's, then fetch again; several
    /// rounds may be needed.
    fn truncate_diverging(
        &mut self,
        cx: &mut Cx<'_>,
        leader: BrokerId,
        id: TopicPartition,
        (leader_epoch, leader_end): (LeaderEpoch, Offset),
    ) {
        self.about_to_cut(cx.now);
        let Some(partition) = self.partitions.get_mut(id) else {
            return;
        };
        let end = partition.log.log_end_offset();
        let to = match self.config.truncation {
            Truncation::EpochEnd => leader_end.min(end),
            _ => common_end(&partition.log, (leader_epoch, leader_end)),
        };
        partition.log.truncate_to(to);
        note_truncated(cx.fx, id, end, to);
        if let Some(fetcher) = self.fetchers.of(leader) {
            fetcher.mark(id);
        }
    }

    /// REP-26, before KIP-101: a new follower forgets what it does not know to be committed.
    pub(super) fn truncate_to_high_watermark(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        self.about_to_cut(cx.now);
        let Some(partition) = self.partitions.get_mut(id) else {
            return;
        };
        let end = partition.log.log_end_offset();
        let to = partition.log.high_watermark();
        partition.log.truncate_to(to);
        note_truncated(cx.fx, id, end, to);
    }

    /// REP-7 on OFFSET_OUT_OF_RANGE: where does the leader's log begin and end?
    fn ask_leader_offsets(
        &mut self,
        cx: &mut Cx<'_>,
        leader: BrokerId,
        id: TopicPartition,
        epoch: LeaderEpoch,
    ) {
        let request = self.ids.next_id();
        if let Some(fetcher) = self.fetchers.of(leader) {
            fetcher.set_phase(id, FetchPhase::AskingOffsets(request), cx.fx);
        }
        let question = ListOffsetsRequest {
            replica: Some(self.me()),
            read_committed: false,
            partitions: vec![
                (id, epoch, OffsetSpec::Latest),
                (id, epoch, OffsetSpec::Earliest),
            ],
        };
        cx.fx
            .request(leader, request, Request::ListOffsets(question));
    }

    pub(super) fn on_leader_offsets(
        &mut self,
        cx: &mut Cx<'_>,
        leader: NodeId,
        id: RequestId,
        response: &ListOffsetsResponse,
    ) {
        let until = self.backed_off(cx.now);
        let [latest, earliest] = response.partitions.as_slice() else {
            return;
        };
        let partition_id = latest.partition;
        let Some(fetcher) = self.fetchers.of(leader) else {
            return;
        };
        let Some(state) = fetcher.get_mut(partition_id) else {
            return;
        };
        if state.phase != FetchPhase::AskingOffsets(id) {
            return;
        }
        if latest.error.is_error() || earliest.error.is_error() {
            fetcher.set_phase(partition_id, FetchPhase::Delayed(until), cx.fx);
            return;
        }
        fetcher.set_phase(partition_id, FetchPhase::Fetching, cx.fx);
        self.about_to_cut(cx.now);
        if let Some(partition) = self.partitions.get_mut(partition_id) {
            let end = partition.log.log_end_offset();
            if latest.offset < end {
                partition.log.truncate_to(latest.offset);
                note_truncated(cx.fx, partition_id, end, latest.offset);
            } else if earliest.offset > end {
                let old_start = partition.log.log_start_offset();
                let start = earliest.offset;
                partition.log.truncate_fully_and_start_at(start, cx.now);
                note_truncated(cx.fx, partition_id, end, old_start);
            }
        }
    }

    /// The leader's process is gone, or the connection broke.
    pub(super) fn fetcher_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        let until = self.backed_off(cx.now);
        if let Some(fetcher) = self.fetchers.of(peer)
            && (fetcher.outstanding.take().is_some() || fetcher.is_asking_offsets())
        {
            fetcher.delay_all(until, cx.fx);
        }
    }

    pub(super) fn on_fetcher_timer(&mut self, cx: &mut Cx<'_>, leader: BrokerId) {
        let until = self.backed_off(cx.now);
        if let Some(fetcher) = self.fetchers.of(leader)
            && fetcher.on_timer(cx.now, cx.fx)
        {
            fetcher.outstanding = None;
            fetcher.delay_all(until, cx.fx);
        }
    }
}
