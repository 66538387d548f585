//! AlterReplicaLogDirs: an administrator has replicas move to other log directories (KIP-113).
//!
//! Each replica for itself, as `ReplicaManager.alterReplicaLogDirs` of 4.3.1 goes about it. Not
//! here: the move itself (`moves`). Invariant: a replica has at most one future replica, in
//! another directory than its own.

use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::protocol::{AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse, Response};
use crate::types::{Name, NodeId, RequestId, TopicPartition};

/// Longest name of a folder.
const FOLDER_NAME_MAX: usize = 255;
/// What the name of a future replica's folder has besides topic and partition: a dash, a dot, 32
/// digits and `-future`.
const FUTURE_NAME_EXTRA: usize = 1 + 1 + 32 + 7;

impl Broker {
    pub(super) fn on_alter_replica_log_dirs(
        &mut self,
        cx: &mut Cx<'_>,
        (from, id): (NodeId, RequestId),
        request: &AlterReplicaLogDirsRequest,
    ) {
        let asked = request.replicas.iter();
        let replicas = asked.map(|(topic, partition, path)| {
            let moved = self.alter_log_dir(cx, topic, *partition, path);
            let error = moved.err().unwrap_or(ErrorCode::None);
            (topic.clone(), *partition, error)
        });
        let replicas = replicas.collect();
        let response = Response::AlterReplicaLogDirs(AlterReplicaLogDirsResponse { replicas });
        cx.fx.respond(from, id, response);
    }

    fn alter_log_dir(
        &mut self,
        cx: &mut Cx<'_>,
        topic: &Name,
        partition: u32,
        path: &Name,
    ) -> Result<(), ErrorCode> {
        let digits = partition.checked_ilog10().unwrap_or(0) as usize + 1;
        if topic.len() + digits + FUTURE_NAME_EXTRA > FOLDER_NAME_MAX {
            return Err(ErrorCode::InvalidTopicException);
        }
        let mut dirs = (0..).zip(self.config.log_dirs());
        let found = dirs.find(|(_, known)| known == path);
        let (dir, _) = found.ok_or(ErrorCode::LogDirNotFound)?;
        let known = self.image.topic(topic);
        let exists = known.filter(|known| (partition as usize) < known.partitions.len());
        let id = exists.map(|known| TopicPartition::new(known.topic, partition));
        let is_offline = id.is_some_and(|id| self.partitions.is_offline(id));
        if self.dirs.is_offline(dir) || is_offline {
            return Err(ErrorCode::KafkaStorageError);
        }
        let here = id.filter(|id| self.partitions.get(*id).is_some());
        if let Some(id) = here
            && (self.future_replica(id)).is_some_and(|future| future.dir != dir)
        {
            self.cancel_move(cx, id);
        }
        let Some(id) = here else {
            // Once the replica comes it is made there.
            let replica = (topic.clone(), partition);
            self.moves.preferred.insert(replica, dir);
            return Err(match id {
                Some(_) => ErrorCode::ReplicaNotAvailable,
                None => ErrorCode::UnknownTopicOrPartition,
            });
        };
        if self.dirs.disk.place(id) == dir || self.future_replica(id).is_some() {
            return Ok(());
        }
        // With a directory missing nobody can say that it holds no future replica already.
        if self.dirs.any_offline() || self.write_to_dir_fails(cx, dir) {
            return Err(ErrorCode::KafkaStorageError);
        }
        self.begin_move(cx, id, dir);
        Ok(())
    }

    /// The directory a replica that comes now was asked to be in; asked for once.
    pub(super) fn take_preferred_dir(&mut self, id: TopicPartition) -> Option<u32> {
        if self.moves.preferred.is_empty() {
            return None;
        }
        let topic = self.image.topics.get(&id.topic)?.name.clone();
        let dir = self.moves.preferred.remove(&(topic, id.partition))?;
        (!self.dirs.is_offline(dir)).then_some(dir)
    }
}
