//! Locks that expire.

use crate::broker::{Broker, Cx};
use crate::note::Note;
use crate::share::RecordState;
use crate::types::{Name, TopicPartition};

impl Broker {
    /// Some locks may be due: their records go to others, or to nobody.
    pub(in crate::broker) fn on_share_locks_timer(&mut self, cx: &mut Cx<'_>) {
        self.share.locks.fired();
        let keys: Vec<(Name, TopicPartition)> = self.share.partitions.keys().cloned().collect();
        for (group, id) in keys {
            self.expire_locks(cx, &group, id);
        }
    }

    fn expire_locks(&mut self, cx: &mut Cx<'_>, group: &Name, id: TopicPartition) {
        let settings = self.share_settings(group);
        let Some(partition) = self.share.partitions.get_mut(&(group.clone(), id)) else {
            return;
        };
        let before = partition.start_offset();
        let writes = partition.expire_locks(&settings, cx.now);
        let moved = partition.start_offset() != before;
        if let Some(at) = partition.next_lock_expiry() {
            self.share.locks.need(at, cx.fx);
        }
        if writes.is_empty() {
            return;
        }
        for run in &writes {
            let group = group.clone();
            cx.fx.note(match run.state {
                RecordState::Archived => {
                    Note::ShareArchived(group, id, run.first, run.last, run.delivery_count)
                }
                _ => Note::ShareLockExpired(group, id, run.first, run.last),
            });
        }
        self.note_start(cx, group, id, moved);
        self.share.look_at(id);
        self.store_state(cx, group, id, writes, None, None);
    }
}
