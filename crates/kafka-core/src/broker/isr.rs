//! ISR changes on the leader's side: asking the controller (REP-14 to REP-21).

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::partition::PendingIsr;
use super::timer::LazyTimer;
use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::node::TimerKey;
use crate::note::Note;
use crate::protocol::{
    AlterPartitionData, AlterPartitionRequest, AlterPartitionResponse, AlterPartitionResult,
    Request,
};
use crate::types::{
    BrokerEpoch, BrokerId, Duration, LeaderEpoch, NodeId, PartitionEpoch, RequestId, Time,
    TopicPartition,
};

/// Pause before a refused or lost request is sent again.
const RETRY: Duration = Duration::from_ms(50);
/// How long an answer may take (`request.timeout.ms`).
const PATIENCE: Duration = Duration::from_secs(30);

/// The one AlterPartition request of a broker, and what waits for the next.
#[derive(Clone, Debug)]
pub(super) struct AlterPartitions {
    /// Partitions whose pending ISR the controller has not answered.
    unanswered: Vec<TopicPartition>,
    in_flight: Option<(RequestId, NodeId, Time)>,
    /// The states the request in flight asks to change: the answer means nothing for
    /// a state that came after.
    asked: Vec<(TopicPartition, LeaderEpoch, PartitionEpoch)>,
    not_before: Time,
    timer: LazyTimer,
}

impl Default for AlterPartitions {
    fn default() -> AlterPartitions {
        AlterPartitions {
            unanswered: Vec::new(),
            in_flight: None,
            asked: Vec::new(),
            not_before: Time::ZERO,
            timer: LazyTimer::new(TimerKey::AlterPartitionRetry),
        }
    }
}

impl AlterPartitions {
    /// New metadata or a new role has settled the partition's change.
    pub(super) fn forget(&mut self, id: TopicPartition) {
        self.unanswered.retain(|unanswered| *unanswered != id);
    }

    /// What is asked next rests on this.
    pub(super) fn hash_state(&self, state: &mut impl Hasher) {
        (&self.unanswered, self.in_flight.is_some(), &self.asked).hash(state);
        self.not_before.hash(state);
    }

    fn retry_at(&mut self, at: Time, cx: &mut Cx<'_>) {
        self.in_flight = None;
        self.not_before = at;
        self.timer.need(at, cx.fx);
    }
}

impl Broker {
    fn lag_max(&self) -> Duration {
        Duration::from_ms(self.config.replica_lag_time_max_ms.into())
    }

    /// REP-14: looks for followers that lag too long.
    pub(super) fn on_shrink_check(&mut self, cx: &mut Cx<'_>) {
        let lag_max = self.lag_max();
        let due = self
            .partitions
            .iter()
            .filter_map(|p| Some((p.id, p.shrunk_isr(cx.now, lag_max)?)));
        let due: Vec<(TopicPartition, Rc<[BrokerId]>)> = due.collect();
        for (id, isr) in due {
            self.propose_isr(cx, id, isr);
        }
        self.arm_shrink_check(cx);
    }

    pub(super) fn arm_shrink_check(&mut self, cx: &mut Cx<'_>) {
        let half = Duration(self.lag_max().0 / 2);
        cx.fx.set_timer(TimerKey::IsrShrinkCheck, cx.now + half);
    }

    /// REP-17: a follower has caught up.
    pub(super) fn maybe_expand_isr(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        follower: BrokerId,
    ) {
        let Some(partition) = self.partitions.get(id) else {
            return;
        };
        if let Some(isr) = partition.expanded_isr(follower, &self.image) {
            self.propose_isr(cx, id, isr);
        }
    }

    /// REP-16, REP-18: the change is pending from now on.
    fn propose_isr(&mut self, cx: &mut Cx<'_>, id: TopicPartition, isr: Rc<[BrokerId]>) {
        let partition = self.partitions.get_mut(id);
        let Some(leadership) = partition.and_then(|p| p.leadership_mut()) else {
            return;
        };
        cx.fx.note(Note::IsrProposed(id, Rc::clone(&isr)));
        leadership.pending = Some(PendingIsr {
            isr,
            awaits_metadata: false,
        });
        self.alter.unanswered.push(id);
        // The first change goes alone; those that follow wait for its answer.
        self.send_alter_partition(cx);
    }

    /// Sends what waits, if no request is in flight.
    pub(super) fn send_alter_partition(&mut self, cx: &mut Cx<'_>) {
        let alter = &self.alter;
        if alter.unanswered.is_empty() || alter.in_flight.is_some() {
            return;
        }
        if cx.now < alter.not_before {
            let at = alter.not_before;
            self.alter.timer.need(at, cx.fx);
            return;
        }
        let Some(controller) = self.raft.leader() else {
            self.alter.retry_at(cx.now + RETRY, cx);
            return;
        };
        let unanswered = self.alter.unanswered.iter();
        let partitions = unanswered.filter_map(|id| self.alter_partition_data(*id));
        let partitions: Vec<AlterPartitionData> = partitions.collect();
        if partitions.is_empty() {
            return;
        }
        let state = |data: &AlterPartitionData| {
            let id = TopicPartition::new(data.topic, data.partition);
            (id, data.leader_epoch, data.partition_epoch)
        };
        self.alter.asked = partitions.iter().map(state).collect();
        let request = AlterPartitionRequest {
            broker: self.config.node,
            broker_epoch: self.lifecycle.epoch,
            partitions,
        };
        let id = self.ids.next_id();
        cx.fx
            .request(controller, id, Request::AlterPartition(request));
        let limit = cx.now + PATIENCE;
        self.alter.in_flight = Some((id, controller, limit));
        self.alter.timer.need(limit, cx.fx);
    }

    fn alter_partition_data(&self, id: TopicPartition) -> Option<AlterPartitionData> {
        let partition = self.partitions.get(id)?;
        let pending = partition.leadership()?.pending.as_ref()?;
        let with_epoch = |broker: &BrokerId| {
            let epoch = if *broker == self.config.node {
                Some(self.lifecycle.epoch)
            } else {
                partition.follower(*broker).and_then(|f| f.broker_epoch)
            };
            (*broker, epoch.unwrap_or(BrokerEpoch::NONE))
        };
        Some(AlterPartitionData {
            topic: id.topic,
            partition: id.partition,
            leader_epoch: partition.leader_epoch,
            partition_epoch: partition.partition_epoch,
            new_isr: pending.isr.iter().map(with_epoch).collect(),
            recovering: false,
        })
    }

    pub(super) fn on_alter_partition(
        &mut self,
        cx: &mut Cx<'_>,
        id: RequestId,
        response: &AlterPartitionResponse,
    ) {
        if self.alter.in_flight.is_none_or(|(asked, _, _)| asked != id) {
            return;
        }
        self.alter.in_flight = None;
        if response.error.is_error() {
            self.alter.retry_at(cx.now + RETRY, cx);
            return;
        }
        for result in &response.partitions {
            self.on_isr_answer(cx, result);
        }
    }

    /// REP-21, one partition.
    fn on_isr_answer(&mut self, cx: &mut Cx<'_>, result: &AlterPartitionResult) {
        let id = TopicPartition::new(result.topic, result.partition);
        let Some(partition) = self.partitions.get_mut(id) else {
            return;
        };
        let (leader_epoch, partition_epoch) = (partition.leader_epoch, partition.partition_epoch);
        let Some(leadership) = partition.leadership_mut() else {
            return;
        };
        let Some(pending) = &mut leadership.pending else {
            return;
        };
        if !self
            .alter
            .asked
            .contains(&(id, leader_epoch, partition_epoch))
        {
            // Asked before new metadata came; the change that is pending now was not.
            return;
        }
        match result.error {
            ErrorCode::None => {
                if result.leader_epoch != leader_epoch || result.partition_epoch < partition_epoch {
                    pending.awaits_metadata = true;
                    self.alter.forget(id);
                    return;
                }
                leadership.pending = None;
                partition.isr.clone_from(&result.isr);
                partition.partition_epoch = result.partition_epoch;
                self.alter.forget(id);
                self.sessions.isr_changed(id);
                self.try_advance_high_watermark(cx, id);
            }
            ErrorCode::IneligibleReplica | ErrorCode::OperationNotAttempted => {
                leadership.pending = None;
                self.alter.forget(id);
                self.try_advance_high_watermark(cx, id);
            }
            ErrorCode::FencedLeaderEpoch
            | ErrorCode::InvalidUpdateVersion
            | ErrorCode::InvalidRequest
            | ErrorCode::NewLeaderElected
            | ErrorCode::UnknownTopicId
            | ErrorCode::UnknownTopicOrPartition => {
                pending.awaits_metadata = true;
                self.alter.forget(id);
            }
            // Stays unanswered: the same change is sent again.
            _ => self.alter.retry_at(cx.now + RETRY, cx),
        }
    }

    pub(super) fn alter_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        if self.alter.in_flight.is_some_and(|(_, to, _)| to == peer) {
            self.alter.retry_at(cx.now + RETRY, cx);
        }
    }

    /// Time to send again, or an answer did not come. What is due is sent when the
    /// input is settled.
    pub(super) fn on_alter_timer(&mut self, cx: &mut Cx<'_>) {
        self.alter.timer.fired();
        match self.alter.in_flight {
            Some((_, _, limit)) if limit <= cx.now => self.alter.in_flight = None,
            Some((_, _, limit)) => self.alter.timer.need(limit, cx.fx),
            None => {}
        }
    }
}
