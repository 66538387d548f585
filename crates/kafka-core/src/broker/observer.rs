//! Following the metadata log (MET-1, MET-2).

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Broker, Cx};
use crate::metadata::{ImageDelta, MetadataBatch};
use crate::note::Note;
use crate::protocol::ConfigResource;
use crate::raft::{Raft, RaftIo};
use crate::types::{Name, Offset, TopicId, TopicPartition};

/// What a run of committed batches changed for this broker.
#[derive(Default)]
struct Changes {
    partitions: BTreeSet<TopicPartition>,
    removed: Vec<(TopicId, Name, u32)>,
    configs: BTreeSet<ConfigResource>,
}

impl Broker {
    /// Lends the Raft machine what it needs.
    pub(super) fn with_raft(
        &mut self,
        cx: &mut Cx<'_>,
        call: impl FnOnce(&mut Raft, &mut RaftIo<'_>),
    ) {
        let mut io = RaftIo {
            now: cx.now,
            disk: &mut self.metadata_disk,
            ids: &mut self.ids,
            prng: cx.prng,
            fx: cx.fx,
        };
        call(&mut self.raft, &mut io);
    }

    /// Applies what was committed since the last look and acts on it. Until local
    /// recovery is done nothing is acted on: what a restarted broker reads first is
    /// history, not an order.
    pub(super) fn follow_quorum(&mut self, cx: &mut Cx<'_>) {
        let committed = self.raft.high_watermark();
        if committed <= self.image.next_offset {
            return;
        }
        let from = self.image.next_offset;
        let batches: Vec<Rc<MetadataBatch>> = (self.metadata_disk.log.read_from(from))
            .take_while(|batch| batch.next_offset() <= committed)
            .map(Rc::clone)
            .collect();
        if batches.is_empty() {
            return;
        }
        let changes = self.apply(&batches);
        cx.fx.note(Note::MetadataApplied(self.image.next_offset));
        if self.serving {
            self.act_on(cx, changes);
        }
    }

    fn apply(&mut self, batches: &[Rc<MetadataBatch>]) -> Changes {
        let mut changes = Changes::default();
        let image = Rc::make_mut(&mut self.image);
        for record in batches.iter().flat_map(|batch| &batch.records) {
            match image.apply(record) {
                ImageDelta::Partition(id) => {
                    changes.partitions.insert(id);
                }
                ImageDelta::TopicRemoved(topic, name, partitions) => {
                    changes.partitions.retain(|id| id.topic != topic);
                    changes.removed.push((topic, name, partitions));
                }
                ImageDelta::Config(resource) => {
                    changes.configs.insert(resource);
                }
                ImageDelta::None | ImageDelta::Broker(_) => {}
            }
        }
        changes
    }

    fn act_on(&mut self, cx: &mut Cx<'_>, changes: Changes) {
        for (topic, name, partitions) in changes.removed {
            for partition in 0..partitions {
                self.drop_replica(cx, TopicPartition::new(topic, partition));
            }
            self.topic_deleted(cx, &name);
        }
        for resource in &changes.configs {
            self.refresh_topic_configs(cx, resource);
        }
        for id in changes.partitions {
            self.act_on_partition(cx, id);
        }
    }

    /// The controller has seen that the image is complete (its answer "caught up"
    /// began the recovery): start every replica of this broker, drop logs whose
    /// topic is gone (TOP-9), and answer what clients asked meanwhile.
    pub(super) fn start_replicas(&mut self, cx: &mut Cx<'_>) {
        self.serving = true;
        self.start_checkpoints(cx.now);
        self.recover_moves(cx);
        let image = Rc::clone(&self.image);
        for topic in image.topics.values() {
            for partition in 0..topic.partitions.len() as u32 {
                self.act_on_partition(cx, TopicPartition::new(topic.topic, partition));
            }
        }
        if !std::mem::take(&mut self.unopened).is_empty() {
            self.checkpoints.gone();
        }
        self.resume_moves(cx);
        for (from, id, request) in std::mem::take(&mut self.held) {
            self.on_request(cx, from, id, &request);
        }
    }

    /// Offset after the last applied metadata record.
    pub fn applied_metadata_offset(&self) -> Offset {
        self.image.next_offset
    }
}
