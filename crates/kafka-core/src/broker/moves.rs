//! Moving replicas between the log directories of one broker (AlterReplicaLogDirs, KIP-113).
//!
//! A future replica in the new directory copies the current one, which goes on leading or
//! following. Once it has everything the controller is told of the new directory (KIP-858), and
//! once that is confirmed the two change places; the old log is deleted like a dropped replica's.
//! A future replica survives the process, as its folder does. Copying takes no time but what
//! `replica.alter.log.dirs.io.max.bytes.per.second` makes it take. Not here: who asks for a move
//! (`alter_log_dirs`). Invariant: a future replica is never read by anybody but its own copying,
//! and holds nothing that the current one does not after each input.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::checkpoints::DeletedLog;
use super::future_replica::{FutureLog, FutureReplica, MoveStage};
use super::timer::LazyTimer;
use super::{Broker, Cx};
use crate::log::LogDisk;
use crate::node::TimerKey;
use crate::note::Note;
use crate::types::{Duration, Name, Time, TopicPartition, Uuid};

/// Number of the timer.
pub(super) const RETRY_MOVES: u32 = 4;

/// The moves of a broker.
#[derive(Clone, Debug)]
pub(super) struct Moves {
    /// Future replicas on the disk whose partition is not started yet.
    pub(super) unopened: BTreeMap<TopicPartition, FutureLog>,
    pub(super) futures: BTreeMap<TopicPartition, FutureReplica>,
    /// Where replicas were asked for before they were there, by topic name and partition.
    pub(super) preferred: BTreeMap<(Name, u32), u32>,
    /// The limit holds the copying back until then.
    not_before: Time,
    timer: LazyTimer,
}

impl Moves {
    /// As an earlier process left them.
    pub(super) fn new(unopened: BTreeMap<TopicPartition, FutureLog>) -> Moves {
        Moves {
            unopened,
            futures: BTreeMap::new(),
            preferred: BTreeMap::new(),
            not_before: Time::ZERO,
            timer: LazyTimer::new(TimerKey::Retry(RETRY_MOVES)),
        }
    }

    /// What stays when the process ends.
    pub(super) fn into_disk(self) -> BTreeMap<TopicPartition, FutureLog> {
        let open = self.futures.into_iter();
        let open = open.map(|(id, future)| (id, future.into_disk()));
        self.unopened.into_iter().chain(open).collect()
    }

    /// The directory the controller is told a replica is in, if that is not the one it is in.
    pub(super) fn told_dir(&self, id: TopicPartition) -> Option<u32> {
        let future = self.futures.get(&id)?;
        future.is_told().then_some(future.dir)
    }

    /// What is copied and told next rests on this.
    pub(super) fn hash_state(&self, state: &mut impl Hasher) {
        for (id, future) in &self.futures {
            (id, future.dir, future.stage).hash(state);
            super::state_hash::hash_log(future.log.disk(), state);
        }
        for preferred in &self.preferred {
            preferred.hash(state);
        }
    }
}

impl Broker {
    /// A future replica is made in that directory; nothing is in it yet.
    pub(super) fn begin_move(&mut self, cx: &mut Cx<'_>, id: TopicPartition, dir: u32) {
        let future = FutureLog {
            dir,
            since: cx.now,
            log: LogDisk::new(cx.now),
        };
        let future = FutureReplica::open(future, MoveStage::Copying);
        self.moves.futures.insert(id, future);
        cx.fx.note(Note::ReplicaMoveBegan(id, dir));
    }

    /// The replica stays where it is, and the copy is deleted; the controller is told if it may
    /// know otherwise.
    pub(super) fn cancel_move(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        let Some(future) = self.moves.futures.remove(&id) else {
            return;
        };
        cx.fx.note(Note::ReplicaMoveCancelled(id, future.dir));
        if future.is_told() {
            self.check_assignment(cx, id);
        }
        if self.dirs.is_offline(future.dir) {
            // Its folder cannot be renamed: nobody sees it again before another disk is there.
            return;
        }
        let FutureLog { dir, log, .. } = future.into_disk();
        self.delete_log(cx.now, id, dir, log);
    }

    /// The folder of a log is renamed to be deleted (TOP-9).
    pub(super) fn delete_log(&mut self, now: Time, id: TopicPartition, dir: u32, log: LogDisk) {
        let deleted = DeletedLog {
            id,
            dir,
            at: now,
            log,
        };
        self.checkpoints.keep_deleted(deleted);
    }

    /// A directory has failed: moves from it and to it stop, and the controller is told again
    /// where the replicas are, if it may know otherwise.
    pub(super) fn halt_moves(&mut self, cx: &mut Cx<'_>, dir: u32) {
        let (me, disk) = (self.me(), &self.dirs.disk);
        let mut back = Vec::new();
        for (id, future) in &mut self.moves.futures {
            let place = disk.place(*id);
            if future.stage == MoveStage::Halted || (future.dir != dir && place != dir) {
                continue;
            }
            if future.is_told() {
                back.push((*id, disk.id(me, place)));
            }
            future.stage = MoveStage::Halted;
            cx.fx.note(Note::ReplicaMoveCancelled(*id, future.dir));
        }
        for (id, directory) in back {
            self.assign(cx, id, directory);
        }
    }

    /// At the end of an input: every future replica takes what is new, and what is complete goes
    /// on to its next stage.
    pub(super) fn settle_moves(&mut self, cx: &mut Cx<'_>) {
        if self.moves.futures.is_empty() {
            return;
        }
        let ids: Vec<TopicPartition> = self.moves.futures.keys().copied().collect();
        for id in ids {
            if self.copy_future(cx, id) {
                self.advance_move(cx, id);
            }
        }
    }

    /// Returns whether the future replica has everything.
    fn copy_future(&mut self, cx: &mut Cx<'_>, id: TopicPartition) -> bool {
        let max_bytes = self.config.replica_fetch_max_bytes;
        loop {
            let (Some(future), Some(current)) =
                (self.moves.futures.get_mut(&id), self.partitions.get(id))
            else {
                return false;
            };
            if future.stage == MoveStage::Halted {
                return false;
            }
            future.reconcile(&current.log, cx.now);
            if future.catches_up(&current.log) {
                return true;
            }
            if self.copying_waits(cx) || self.dir_fails(cx, id) {
                return false;
            }
            let (Some(future), Some(current)) =
                (self.moves.futures.get_mut(&id), self.partitions.get(id))
            else {
                return false;
            };
            let bytes = future.copy(current, max_bytes, cx.now);
            if bytes == 0 {
                return false;
            }
            if let Some(throttle) = &mut self.throttles.alter {
                throttle.record(cx.now, bytes.into());
            }
        }
    }

    /// Whether the limit holds the copying back.
    fn copying_waits(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(throttle) = &self.throttles.alter else {
            return false;
        };
        if cx.now >= self.moves.not_before && throttle.is_exceeded(cx.now) {
            let backoff = Duration::from_ms(self.config.replica_fetch_backoff_ms.into());
            self.moves.not_before = cx.now + backoff;
        }
        let waits = cx.now < self.moves.not_before;
        if waits {
            self.moves.timer.need(self.moves.not_before, cx.fx);
        }
        waits
    }

    fn dir_fails(&mut self, cx: &mut Cx<'_>, id: TopicPartition) -> bool {
        let dir = self.moves.futures.get(&id).map(|future| future.dir);
        dir.is_some_and(|dir| self.write_to_dir_fails(cx, dir))
    }

    pub(super) fn on_moves_timer(&mut self) {
        // The input's end copies on.
        self.moves.timer.fired();
    }

    /// The copy has everything: the controller is told, or the replica goes to its place.
    fn advance_move(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        let me = self.me();
        let Some(future) = self.moves.futures.get_mut(&id) else {
            return;
        };
        match future.stage {
            MoveStage::Copying => {
                future.stage = MoveStage::Assigning;
                let directory = self.dirs.disk.id(me, future.dir);
                self.assign(cx, id, directory);
            }
            MoveStage::Confirmed => self.finish_move(cx, id),
            MoveStage::Assigning | MoveStage::Halted => {}
        }
    }

    /// The controller has taken over that the replica is in that directory.
    pub(super) fn move_confirmed(&mut self, id: TopicPartition, directory: Uuid) {
        let me = self.me();
        if let Some(future) = self.moves.futures.get_mut(&id)
            && future.stage == MoveStage::Assigning
            && self.dirs.disk.id(me, future.dir) == directory
        {
            future.stage = MoveStage::Confirmed;
        }
    }

    /// The folders change their names: what was the future replica is the replica.
    fn finish_move(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        self.settle_checkpoints(cx.now);
        let Some(partition) = self.partitions.get_mut(id) else {
            return;
        };
        let Some(future) = self.moves.futures.remove(&id) else {
            return;
        };
        let old = std::mem::replace(&mut partition.log, future.log).into_disk();
        self.change_place(cx, id, future.dir, Some(old));
        // The next fetch of a follower reads the new log, which may lack the leader's epoch.
        self.sessions.high_watermark_moved(id);
        self.wake_cleaner(cx, id);
    }

    fn change_place(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        dir: u32,
        old: Option<LogDisk>,
    ) {
        let from = self.dirs.disk.place(id);
        self.put_in_dir(id, dir);
        self.checkpoints.gone();
        if let Some(old) = old {
            self.delete_log(cx.now, id, from, old);
        }
        cx.fx.note(Note::ReplicaMoved(id, from, dir));
    }

    /// At the start: where the controller knows the replica to be in the future replica's
    /// directory, that is the replica, and another log goes (`recoverAbandonedFutureLogs`).
    pub(super) fn recover_moves(&mut self, cx: &mut Cx<'_>) {
        if self.moves.unopened.is_empty() {
            return;
        }
        let (me, image) = (self.me(), Rc::clone(&self.image));
        let (dirs, unopened) = (&self.dirs, &self.moves.unopened);
        let is_there = |(id, future): &(&TopicPartition, &FutureLog)| {
            let known = image.partition(**id).and_then(|state| state.directory(me));
            known == Some(dirs.disk.id(me, future.dir)) && !dirs.is_offline(future.dir)
        };
        let there: Vec<_> = unopened
            .iter()
            .filter(is_there)
            .map(|(id, _)| *id)
            .collect();
        for id in there {
            let Some(future) = self.moves.unopened.remove(&id) else {
                continue;
            };
            // Of two logs of one partition Kafka would not start; the one on the failed disk is
            // as good as gone.
            self.dirs.lost.remove(&id);
            let old = self.unopened.insert(id, future.log);
            self.change_place(cx, id, future.dir, old);
        }
    }

    /// After the replicas were started: the moves of an earlier process go on. A copy of what
    /// this broker has no replica of is deleted, and so is one in the directory where the replica
    /// was made anew.
    pub(super) fn resume_moves(&mut self, cx: &mut Cx<'_>) {
        let unopened = std::mem::take(&mut self.moves.unopened);
        for (id, future) in unopened {
            let failed = self.dirs.is_offline(future.dir);
            let has_replica = self.partitions.get(id).is_some();
            let is_missing = !has_replica && !self.partitions.is_offline(id);
            let is_there = has_replica && self.dirs.disk.place(id) == future.dir;
            if (is_missing || is_there) && !failed {
                self.delete_log(cx.now, id, future.dir, future.log);
                self.checkpoints.gone();
                continue;
            }
            let stage = match has_replica && !failed {
                true => MoveStage::Copying,
                false => MoveStage::Halted,
            };
            let future = FutureReplica::open(future, stage);
            self.moves.futures.insert(id, future);
        }
    }

    /// The future replica of a partition, if its replica is being moved.
    pub fn future_replica(&self, id: TopicPartition) -> Option<&FutureReplica> {
        self.moves.futures.get(&id)
    }

    /// The future replicas, by partition; those that are not started yet, as on the disk.
    pub fn future_logs(&self) -> impl Iterator<Item = (TopicPartition, u32, Time, &LogDisk)> {
        let open = self.moves.futures.iter();
        let open = open.map(|(id, it)| (*id, it.dir, it.since, it.log.disk()));
        let unopened = self.moves.unopened.iter();
        open.chain(unopened.map(|(id, it)| (*id, it.dir, it.since, &it.log)))
    }
}
