//! The group coordinator's place in the broker: loading, requests, its writes.

use std::rc::Rc;

use super::purgatory::Waiter;
use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::group::{GroupAppend, OFFSETS_TOPIC};
use crate::node::TimerKey;
use crate::note::Note;
use crate::protocol::{ProducePartitionResponse, Request};
use crate::record::{BatchBody, BatchKind, Record};
use crate::types::{
    Duration, NodeId, Offset, ProducerEpoch, ProducerId, RequestId, Sequence, TopicPartition,
};

/// How long a write of the coordinator may take (`offsets.commit.timeout.ms`).
const WRITE_TIMEOUT: Duration = Duration::from_ms(5_000);

impl Broker {
    fn is_offsets_partition(&self, id: TopicPartition) -> bool {
        self.image.topics_by_name.get(OFFSETS_TOPIC) == Some(&id.topic)
    }

    /// This broker leads the partition: load the groups in it.
    pub(super) fn coordinator_gained(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        if !self.is_offsets_partition(id) {
            return;
        }
        if let Some(partition) = self.partitions.get(id) {
            let batches = &mut partition.log.disk().batches();
            let epoch = partition.leader_epoch;
            self.coordinator
                .load(cx.now, id.partition, epoch, &self.image, batches, cx.fx);
        }
    }

    /// This broker no longer leads the partition.
    pub(super) fn coordinator_lost(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        if self.coordinator.leads(id.partition) && self.was_offsets_partition(id) {
            self.coordinator.unload(cx.now, id.partition, cx.fx);
        }
    }

    /// A deleted offsets topic is in no image any more.
    fn was_offsets_partition(&self, id: TopicPartition) -> bool {
        let topic = self.image.topics.get(&id.topic);
        topic.is_none_or(|topic| &*topic.name == OFFSETS_TOPIC)
    }

    pub(super) fn on_group_request(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &Request,
    ) {
        let mut appends = Vec::new();
        let image = &self.image;
        self.coordinator.on_request(
            cx.now,
            from,
            id,
            request,
            image,
            cx.prng,
            cx.fx,
            &mut appends,
        );
        self.append_for_coordinator(cx, appends);
    }

    pub(super) fn on_group_timer(&mut self, cx: &mut Cx<'_>, key: TimerKey) {
        let mut appends = Vec::new();
        let image = &self.image;
        self.coordinator
            .on_timer(cx.now, key, image, cx.prng, cx.fx, &mut appends);
        self.append_for_coordinator(cx, appends);
    }

    /// A write of the coordinator ended.
    pub(super) fn coordinator_appended(&mut self, cx: &mut Cx<'_>, ticket: u64, error: ErrorCode) {
        let result = if error.is_error() { Err(error) } else { Ok(()) };
        let mut appends = Vec::new();
        let image = &self.image;
        self.coordinator.on_append_result(
            cx.now,
            ticket,
            result,
            image,
            cx.prng,
            cx.fx,
            &mut appends,
        );
        self.append_for_coordinator(cx, appends);
    }

    /// A topic is gone: its stored offsets go too (TOP-9).
    pub(super) fn topic_deleted(&mut self, cx: &mut Cx<'_>, name: &str) {
        let mut appends = Vec::new();
        let image = &self.image;
        self.coordinator
            .on_topic_deleted(cx.now, name, image, cx.fx, &mut appends);
        self.append_for_coordinator(cx, appends);
        self.share_topics_deleted(cx);
    }

    /// Appends with the care of acks=all (REP-39); the ticket ends when the high
    /// watermark has passed, or at once if nothing could be appended.
    pub(super) fn append_for_coordinator(&mut self, cx: &mut Cx<'_>, appends: Vec<GroupAppend>) {
        self.do_share_work(cx);
        for append in appends {
            let waiter = Waiter::Coordinator(append.ticket);
            let topic = self.image.topics_by_name.get(OFFSETS_TOPIC);
            let topic = topic.copied().unwrap_or_default();
            let id = TopicPartition::new(topic, append.offsets_partition);
            let records = append.records;
            let result =
                self.append_coordinator_records(cx, id, (records, Sequence(0)), append.producer);
            let (error, required) = match result {
                Ok(required) => (ErrorCode::None, Some(required)),
                Err(error) => {
                    cx.fx.note(Note::ProduceRefused(id, error));
                    (error, None)
                }
            };
            let mut outcome = ProducePartitionResponse::pending(id);
            outcome.error = error;
            let deadline = cx.now + WRITE_TIMEOUT;
            self.wait_for_append(cx, waiter, deadline, vec![outcome], &[required]);
        }
    }

    /// A marker was committed: pending offsets of the transaction take effect, or not.
    pub(super) fn offsets_decided(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        producer: ProducerId,
        commit: bool,
    ) {
        if self.is_offsets_partition(id) {
            let number = id.partition;
            let image = &self.image;
            self.coordinator
                .on_transaction_decided(number, producer, commit, image, cx.fx);
        }
    }

    /// Appends a coordinator's records to its topic, as part of a transaction if a
    /// producer is given; the high watermark that commits them. The coordinators of groups and
    /// of share groups number the records of each batch from 0, whoever's they are, and nobody
    /// checks that; the transaction coordinator does not number them.
    pub(super) fn append_coordinator_records(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        (records, sequence): (Vec<Record>, Sequence),
        producer: Option<(ProducerId, ProducerEpoch)>,
    ) -> Result<Offset, ErrorCode> {
        let partition = self.partitions.get(id);
        let partition = partition.filter(|partition| partition.is_leader());
        let partition = partition.ok_or(ErrorCode::NotLeaderOrFollower)?;
        if partition.is_under_min_isr() {
            return Err(ErrorCode::NotEnoughReplicas);
        }
        let kind = match producer {
            Some(_) => BatchKind::Transactional,
            None => BatchKind::Data,
        };
        let (producer, epoch) = producer.unwrap_or((ProducerId::NONE, ProducerEpoch::NONE));
        let mut body = BatchBody::new(kind, producer, epoch, Sequence::NONE, records);
        partition.log.check_producer(&body)?;
        body.base_sequence = sequence;
        if body.size_bytes > partition.config.max_message_bytes {
            return Err(ErrorCode::RecordListTooLarge);
        }
        let count = i64::from(body.count());
        let base = self.append_as_leader(cx, id, Rc::new(body));
        Ok(base.ok_or(ErrorCode::NotLeaderOrFollower)?.plus(count))
    }
}
