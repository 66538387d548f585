//! Becoming leader or follower (MET-2, REP-23, REP-24).

use std::rc::Rc;

use super::partition::Partition;
use super::{Broker, Cx};
use crate::config::Truncation;
use crate::error::ErrorCode;
use crate::log::{Log, LogDisk};
use crate::metadata::PartitionRegistration;
use crate::note::Note;
use crate::types::{Duration, Offset, TopicPartition};

impl Broker {
    /// Acts on the image's state of one partition (MET-2).
    pub(super) fn act_on_partition(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        let image = Rc::clone(&self.image);
        let Some(state) = image.partition(id) else {
            return;
        };
        if !state.replicas.contains(&self.me()) {
            self.drop_replica(cx, id);
            return;
        }
        if self.partitions.is_offline(id) {
            return;
        }
        if self.partitions.get(id).is_none() {
            self.open_replica(cx, id);
        }
        self.check_assignment(cx, id);
        let Some(partition) = self.partitions.get(id) else {
            return;
        };
        if state.partition_epoch < partition.partition_epoch {
            return;
        }
        if state.leader_epoch > partition.leader_epoch {
            if state.leader == Some(self.me()) {
                self.become_leader(cx, id, state);
            } else {
                self.become_follower(cx, id, state);
            }
        } else if state.partition_epoch > partition.partition_epoch {
            self.update_in_place(cx, id, state);
        }
    }

    fn open_replica(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        let Some(dir) = self.directory_for(cx, id) else {
            self.partitions.set_offline(id, true);
            return;
        };
        self.put_in_dir(id, dir);
        self.settle_checkpoints(cx.now);
        let disk = self.unopened.remove(&id);
        let mut disk = disk.unwrap_or_else(|| LogDisk::new(cx.now));
        disk.drop_stray_snapshots();
        let checkpoint = self.checkpoints.files.high_watermark(id);
        let mut log = Log::open(disk, checkpoint.unwrap_or(Offset::ZERO));
        log.snapshot_producers();
        let config = self.topic_log_config(id.topic);
        self.partitions.insert(Partition::new(id, log, config));
        self.wake_cleaner(cx, id);
    }

    fn become_leader(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        state: &PartitionRegistration,
    ) {
        self.fetchers.unassign(id);
        let me = self.me();
        let Some(partition) = self.partitions.get_mut(id) else {
            return;
        };
        partition.become_leader(state, me, cx.now);
        let start = partition.log.log_end_offset();
        cx.fx
            .note(Note::BecameLeader(id, state.leader_epoch, start));
        self.alter.forget(id);
        self.sessions.role_changed(id);
        self.consumers.look_at(id);
        self.share_role_changed(cx, id);
        self.try_advance_high_watermark(cx, id);
        self.coordinator_gained(cx, id);
        self.share_coordinator_gained(id);
        self.txn_coordinator_gained(cx, id);
    }

    fn become_follower(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        state: &PartitionRegistration,
    ) {
        if self.config.truncation == Truncation::HighWatermark {
            self.truncate_to_high_watermark(cx, id);
        }
        let Some(partition) = self.partitions.get_mut(id) else {
            return;
        };
        let was_leader = partition.is_leader();
        partition.become_follower(state);
        cx.fx
            .note(Note::BecameFollower(id, state.leader_epoch, state.leader));
        self.alter.forget(id);
        self.sessions.role_changed(id);
        self.consumers.look_at(id);
        self.fetchers.unassign(id);
        if let Some(leader) = state.leader {
            self.fetchers.assign(id, leader);
        }
        if was_leader {
            self.fail_appends(cx, id, ErrorCode::NotLeaderOrFollower);
            self.coordinator_lost(cx, id);
            self.share_coordinator_lost(id);
            self.txn_coordinator_lost(cx, id);
            self.share_role_changed(cx, id);
        }
    }

    fn update_in_place(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        state: &PartitionRegistration,
    ) {
        let me = self.me();
        if let Some(partition) = self.partitions.get_mut(id) {
            partition.update_in_place(state, me);
            self.alter.forget(id);
            self.sessions.isr_changed(id);
            self.try_advance_high_watermark(cx, id);
        }
    }

    /// This broker has no replica of it any more: the log goes too (TOP-9).
    pub(super) fn drop_replica(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        self.settle_checkpoints(cx.now);
        self.partitions.set_offline(id, false);
        self.cancel_move(cx, id);
        let Some(partition) = self.partitions.remove(id) else {
            return;
        };
        self.checkpoints.gone();
        self.consumers.look_at(id);
        if partition.is_leader() {
            let error = match self.image.partition(id) {
                Some(_) => ErrorCode::NotLeaderOrFollower,
                None => ErrorCode::UnknownTopicOrPartition,
            };
            self.fail_appends(cx, id, error);
        }
        self.release(cx, &partition);
        let dir = self.dirs.disk.place(id);
        self.forget_place(id);
        self.delete_log(cx.now, id, dir, partition.log.into_disk());
    }

    /// Nothing is done for a replica any more that is no longer among the partitions.
    pub(super) fn release(&mut self, cx: &mut Cx<'_>, partition: &Partition) {
        let id = partition.id;
        self.fetchers.unassign(id);
        self.alter.forget(id);
        self.sessions.role_changed(id);
        if partition.is_leader() {
            self.coordinator_lost(cx, id);
            self.share_coordinator_lost(id);
            self.txn_coordinator_lost(cx, id);
            self.share_role_changed(cx, id);
        }
    }

    /// REP-8, REP-10, REP-13: moves a led partition's high watermark if it may.
    pub(super) fn try_advance_high_watermark(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        let lag_max = Duration::from_ms(self.config.replica_lag_time_max_ms.into());
        let Some(partition) = self.partitions.get_mut(id) else {
            return;
        };
        let strict = self.config.strict_min_isr;
        if partition.maybe_advance_high_watermark(&self.image, cx.now, lag_max, strict) {
            let to = partition.log.high_watermark();
            cx.fx.note(Note::HighWatermarkAdvanced(id, to));
            self.sessions.high_watermark_moved(id);
            self.moved.push(id);
        }
    }
}
