//! Produce: checks, append, and when to answer (PRO-7, PRO-14, REP-39).

use std::rc::Rc;

use super::answers::{absent, known_leader, leader_in_epoch};
use super::partition::Partition;
use super::purgatory::Waiter;
use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::log::{LogConfig, ProducerCheck};
use crate::note::Note;
use crate::protocol::{Acks, ProducePartitionResponse, ProduceRequest, ProduceResponse, Response};
use crate::record::BatchBody;
use crate::topic_name;
use crate::types::{Duration, LeaderEpoch, Name, NodeId, Offset, RequestId, TopicPartition};

/// What became of one batch.
struct Appended {
    base_offset: Offset,
    /// The high watermark an acks=all request waits for.
    required: Offset,
}

impl Broker {
    pub(super) fn on_produce(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &ProduceRequest,
    ) {
        match &request.transactional_id {
            Some(txn) => self.on_transactional_produce(cx, (from, id), txn, request),
            None => self.produce(cx, (from, id), request, &[]),
        }
    }

    /// Appends the batches, but those of `refused` partitions.
    pub(super) fn produce(
        &mut self,
        cx: &mut Cx<'_>,
        (from, id): (NodeId, RequestId),
        request: &ProduceRequest,
        refused: &[(TopicPartition, ErrorCode)],
    ) {
        let mut outcomes = Vec::with_capacity(request.batches.len());
        let mut required = Vec::with_capacity(request.batches.len());
        for (partition, body) in &request.batches {
            let refusal = refused.iter().find(|(id, _)| id == partition);
            let result = match refusal {
                Some((_, error)) => Err(*error),
                None => self.append_produced(cx, *partition, body, request.acks),
            };
            let mut outcome = ProducePartitionResponse {
                partition: *partition,
                error: ErrorCode::None,
                base_offset: Offset::UNKNOWN,
                log_start_offset: self.log_start_of(*partition),
                current_leader: None,
                record_errors: None,
            };
            match result {
                Ok(appended) => {
                    outcome.base_offset = appended.base_offset;
                    required.push(Some(appended.required));
                }
                Err(error) => {
                    cx.fx.note(Note::ProduceRefused(*partition, error));
                    outcome.error = error;
                    outcome.record_errors = self.record_errors(*partition, body, error);
                    required.push(None);
                }
            }
            outcomes.push(outcome);
        }
        match request.acks {
            Acks::None => {}
            Acks::All if required.iter().any(Option::is_some) => {
                let deadline = cx.now + Duration::from_ms(request.timeout_ms.into());
                let waiter = Waiter::Producer(from, id);
                self.wait_for_append(cx, waiter, deadline, outcomes, &required);
            }
            Acks::Leader | Acks::All => {
                for outcome in &mut outcomes {
                    self.name_leader(outcome);
                }
                let partitions = outcomes;
                let response = Response::Produce(ProduceResponse { partitions });
                cx.fx.respond(from, id, response);
            }
        }
    }

    fn log_start_of(&self, id: TopicPartition) -> Offset {
        let partition = self.partitions.get(id);
        partition.map_or(Offset::UNKNOWN, |p| p.log.log_start_offset())
    }

    /// KIP-951: an answer "not me" says who.
    pub(super) fn name_leader(&self, outcome: &mut ProducePartitionResponse) {
        if outcome.error == ErrorCode::NotLeaderOrFollower {
            outcome.current_leader = known_leader(&self.image, outcome.partition);
        }
    }

    fn append_produced(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        body: &Rc<BatchBody>,
        acks: Acks,
    ) -> Result<Appended, ErrorCode> {
        if self.is_internal(id) {
            return Err(ErrorCode::InvalidTopicException);
        }
        let none = LeaderEpoch::NONE;
        let partition = leader_in_epoch(&self.partitions, &self.image, id, none)?;
        if acks == Acks::All && partition.is_under_min_isr() {
            return Err(ErrorCode::NotEnoughReplicas);
        }
        let now_ms = cx.now.as_ms() as i64;
        validate(body, &partition.config, now_ms)?;
        let stamped = stamp(body, partition, now_ms);
        let stored = as_stored(stamped, &partition.config)?;
        let count = i64::from(body.count());
        if let ProducerCheck::Duplicate(base_offset) = partition.log.check_producer(body)? {
            cx.fx.note(Note::DuplicateBatch(id, base_offset));
            let required = base_offset.plus(count);
            return Ok(Appended {
                base_offset,
                required,
            });
        }
        let appended = self.append_as_leader(cx, id, stored);
        let base_offset = appended.ok_or_else(|| absent(&self.partitions, &self.image, id))?;
        let required = base_offset.plus(count);
        Ok(Appended {
            base_offset,
            required,
        })
    }

    /// KIP-467: which records a compacted topic does not take.
    fn record_errors(
        &self,
        id: TopicPartition,
        body: &BatchBody,
        error: ErrorCode,
    ) -> Option<(Vec<u32>, Name)> {
        let topic = self.image.topics.get(&id.topic)?;
        if error != ErrorCode::InvalidRecord {
            return None;
        }
        let keyless = (0..).zip(&body.records).filter(|(_, r)| r.key.is_none());
        let text = format!(
            "Compacted topic cannot accept message without key in topic partition {}-{}",
            topic.name, id.partition
        );
        Some((keyless.map(|(at, _)| at).collect(), text.as_str().into()))
    }

    fn is_internal(&self, id: TopicPartition) -> bool {
        let topic = self.image.topics.get(&id.topic);
        topic.is_some_and(|topic| topic_name::is_internal(&topic.name))
    }
}

/// LOG-12: with LogAppendTime the leader's clock replaces the producer's.
fn stamp(body: &Rc<BatchBody>, partition: &Partition, now_ms: i64) -> Rc<BatchBody> {
    if !partition.config.log_append_time {
        return Rc::clone(body);
    }
    let mut stamped = BatchBody::clone(body);
    stamped.max_timestamp_ms = now_ms;
    for record in &mut stamped.records {
        record.timestamp_ms = now_ms;
    }
    Rc::new(stamped)
}

/// The batch as the log keeps it: compressed as the topic says (`compression.type`), if the
/// producer did it in another way. LOG-4: that may be too much for the log.
fn as_stored(body: Rc<BatchBody>, config: &LogConfig) -> Result<Rc<BatchBody>, ErrorCode> {
    let body = match config.compression {
        Some(codec) if codec != body.compression => {
            let body = BatchBody::clone(&body).compressed(codec);
            if body.size_bytes > config.max_message_bytes {
                return Err(ErrorCode::MessageTooLarge);
            }
            Rc::new(body)
        }
        _ => body,
    };
    if u64::from(body.size_bytes) > config.segment_bytes {
        return Err(ErrorCode::RecordListTooLarge);
    }
    Ok(body)
}

/// LOG-4, LOG-12: what the log does not take.
fn validate(body: &BatchBody, config: &LogConfig, now_ms: i64) -> Result<(), ErrorCode> {
    if body.records.is_empty() {
        return Err(ErrorCode::InvalidRecord);
    }
    if body.size_bytes > config.max_message_bytes {
        return Err(ErrorCode::MessageTooLarge);
    }
    let keyless = || body.records.iter().any(|record| record.key.is_none());
    if config.compact && keyless() {
        return Err(ErrorCode::InvalidRecord);
    }
    if !config.log_append_time {
        let earliest = now_ms.saturating_sub(config.timestamp_before_max_ms);
        let latest = now_ms.saturating_add(config.timestamp_after_max_ms);
        let stamps = body.records.iter().map(|record| record.timestamp_ms);
        let mut outside = stamps.filter(|stamp| *stamp < earliest || *stamp > latest);
        if outside.next().is_some() {
            return Err(ErrorCode::InvalidTimestamp);
        }
    }
    Ok(())
}
