//! Writes that wait until their partitions are part of the transaction (TXN-3, TXN-6):
//! the leader asks the coordinator before the first transactional write. Of producers
//! before KIP-890 it only asks whether they are (TXN-4), unless that is switched off.
//!
//! Invariant: the writes of one producer go on in the order they came.

use super::REQUEST_TIMEOUT;
use crate::broker::{Broker, Cx};
use crate::error::ErrorCode;
use crate::hash::coordinator_partition;
use crate::protocol::{
    AddPartitionsToTxnRequest, AddPartitionsToTxnResponse, ProduceRequest, Request, Response,
    TxnOffsetCommitRequest, TxnOffsetCommitResponse,
};
use crate::record::BatchKind;
use crate::topic_name::TRANSACTION_STATE_TOPIC;
use crate::transaction::{Asker, offsets_home};
use crate::types::{
    BrokerId, Duration, Name, NodeId, ProducerEpoch, ProducerId, RequestId, Time, TopicPartition,
};

/// `add.partitions.to.txn.retry.backoff.ms`.
const RETRY: Duration = Duration::from_ms(20);
/// `add.partitions.to.txn.retry.backoff.max.ms`.
const RETRY_MAX: Duration = Duration::from_ms(100);

/// `transaction.version` since which the leader adds partitions.
const KIP_890: i16 = 2;

/// What waits.
#[derive(Clone, Debug)]
enum Held {
    Produce(ProduceRequest),
    Offsets(TxnOffsetCommitRequest),
}

/// A write that waits.
#[derive(Clone, Debug)]
pub(super) struct Joining {
    asker: Asker,
    transactional_id: Name,
    producer: (ProducerId, ProducerEpoch),
    held: Held,
    /// `transaction.version` the producer works by.
    version: i16,
    /// The question on its way, to whom, until when.
    sent: Option<(RequestId, NodeId, Time)>,
    /// When it was first asked, and when it is asked again.
    since: Time,
    retry_at: Option<Time>,
    /// The partitions asked for.
    asked: Vec<TopicPartition>,
    /// Those of them whose transaction ended meanwhile: the answer says nothing of the
    /// next one (Kafka's `VerificationGuard`).
    overtaken: Vec<TopicPartition>,
}

impl Joining {
    /// What a produce request is refused for, partition by partition.
    fn refused(
        &self,
        request: &ProduceRequest,
        error: ErrorCode,
    ) -> Vec<(TopicPartition, ErrorCode)> {
        let told = produce_error(error);
        if !error.is_error() {
            let late = self.overtaken.iter();
            return late.map(|id| (*id, ErrorCode::InvalidTxnState)).collect();
        }
        if self.asked.is_empty() {
            let all = request.batches.iter();
            return all.map(|(id, _)| (*id, told)).collect();
        }
        self.asked.iter().map(|id| (*id, told)).collect()
    }
}

impl Broker {
    /// A producer's write inside a transaction.
    pub(in crate::broker) fn on_transactional_produce(
        &mut self,
        cx: &mut Cx<'_>,
        asker: Asker,
        id: &Name,
        request: &ProduceRequest,
    ) {
        let first = request.batches.first();
        let producer = first.map(|(_, body)| (body.producer_id, body.producer_epoch));
        let producer = producer.unwrap_or((ProducerId::NONE, ProducerEpoch::NONE));
        let asks = request.transaction_version >= KIP_890 || self.verifies_partitions();
        let must_wait = || !self.outside(producer, &request.batches).is_empty();
        if asks && (self.awaited(producer.0) || must_wait()) {
            let version = request.transaction_version;
            self.hold(
                cx,
                asker,
                (id, producer, version),
                Held::Produce(request.clone()),
            );
        } else {
            self.produce(cx, asker, request, &[]);
        }
    }

    /// Offsets as part of a transaction (TXN-6).
    pub(super) fn on_txn_offset_commit(
        &mut self,
        cx: &mut Cx<'_>,
        asker: Asker,
        request: &TxnOffsetCommitRequest,
    ) {
        let producer = (request.producer_id, request.producer_epoch);
        let (id, version) = (&request.transactional_id, request.transaction_version);
        if version >= KIP_890 || self.verifies_partitions() {
            self.hold(
                cx,
                asker,
                (id, producer, version),
                Held::Offsets(request.clone()),
            );
        } else {
            let (from, number) = asker;
            let request = Request::TxnOffsetCommit(request.clone());
            self.on_group_request(cx, from, number, &request);
        }
    }

    /// TXN-4: `transaction.partition.verification.enable`.
    fn verifies_partitions(&self) -> bool {
        let name = "transaction.partition.verification.enable";
        self.broker_setting(name).is_none_or(|it| **it != *"false")
    }

    fn awaited(&self, producer: ProducerId) -> bool {
        let mut waiting = self.txn.joining.values();
        waiting.any(|it| it.producer.0 == producer)
    }

    /// Partitions led here in which the producer has no open transaction.
    fn outside(
        &self,
        (producer, epoch): (ProducerId, ProducerEpoch),
        batches: &[(TopicPartition, std::rc::Rc<crate::record::BatchBody>)],
    ) -> Vec<TopicPartition> {
        let transactional = batches
            .iter()
            .filter(|(_, body)| body.kind == BatchKind::Transactional);
        let is_outside = |id: &TopicPartition| {
            self.partitions.get(*id).is_some_and(|partition| {
                let producers = partition.log.producers();
                partition.is_leader() && !producers.has_open_transaction(producer, epoch)
            })
        };
        let ids = transactional.map(|(id, _)| *id);
        ids.filter(is_outside).collect()
    }

    fn not_begun(
        &self,
        (producer, epoch): (ProducerId, ProducerEpoch),
        id: TopicPartition,
    ) -> Vec<TopicPartition> {
        let begun = self.partitions.get(id).is_some_and(|partition| {
            let producers = partition.log.producers();
            producers.has_open_transaction(producer, epoch)
        });
        if begun { Vec::new() } else { vec![id] }
    }

    fn hold(
        &mut self,
        cx: &mut Cx<'_>,
        asker: Asker,
        (id, producer, version): (&Name, (ProducerId, ProducerEpoch), i16),
        held: Held,
    ) {
        let is_next = !self.awaited(producer.0);
        let number = self.txn.number();
        let joining = Joining {
            asker,
            transactional_id: id.clone(),
            producer,
            held,
            version,
            sent: None,
            since: cx.now,
            retry_at: None,
            asked: Vec::new(),
            overtaken: Vec::new(),
        };
        self.txn.joining.insert(number, joining);
        if is_next {
            self.join(cx, number);
        }
    }

    /// Asks the coordinator, or goes on if there is nothing to ask.
    fn join(&mut self, cx: &mut Cx<'_>, number: u64) {
        let Some(joining) = self.txn.joining.get(&number) else {
            return;
        };
        let wanted = match &joining.held {
            Held::Produce(request) => self.outside(joining.producer, &request.batches),
            Held::Offsets(request) => match self.offsets_home(&request.group) {
                Ok(id) => self.not_begun(joining.producer, id),
                Err(error) => return self.joined(cx, number, error),
            },
        };
        if wanted.is_empty() {
            return self.joined(cx, number, ErrorCode::None);
        }
        let request = AddPartitionsToTxnRequest {
            transactional_id: joining.transactional_id.clone(),
            producer_id: joining.producer.0,
            producer_epoch: joining.producer.1,
            verify_only: joining.version < KIP_890,
            transaction_version: joining.version,
            partitions: wanted.clone(),
        };
        let Some(coordinator) = self.txn_coordinator_of(&request.transactional_id) else {
            return self.joined(cx, number, ErrorCode::CoordinatorNotAvailable);
        };
        let id = self.txn_request(cx, coordinator, Request::AddPartitionsToTxn(request));
        if let Some(joining) = self.txn.joining.get_mut(&number) {
            joining.sent = Some((id, coordinator, cx.now + REQUEST_TIMEOUT));
            joining.retry_at = None;
            joining.asked = wanted;
            joining.overtaken.clear();
        }
    }

    /// The partition of `__consumer_offsets` of a group, if this broker leads it.
    fn offsets_home(&self, group: &str) -> Result<TopicPartition, ErrorCode> {
        let id = offsets_home(&self.image, group).ok_or(ErrorCode::NotCoordinator)?;
        let partition = self.partitions.get(id).filter(|it| it.is_leader());
        partition.map(|_| id).ok_or(ErrorCode::NotCoordinator)
    }

    fn txn_coordinator_of(&self, id: &str) -> Option<BrokerId> {
        let topic = self.image.topic(TRANSACTION_STATE_TOPIC)?;
        let count = topic.partitions.len().max(1) as u32;
        let home = TopicPartition::new(topic.topic, coordinator_partition(id, count));
        self.image.partition(home)?.leader
    }

    /// The coordinator answered. While it is busy with the transaction before, it is
    /// asked again for a while (KIP-890).
    pub(super) fn on_joined(
        &mut self,
        cx: &mut Cx<'_>,
        id: RequestId,
        answer: &AddPartitionsToTxnResponse,
    ) {
        let mut waiting = self.txn.joining.iter_mut();
        let found = waiting.find(|(_, it)| it.sent.is_some_and(|(sent, ..)| sent == id));
        let Some((number, joining)) = found else {
            return;
        };
        let number = *number;
        let errors = answer.partitions.iter().map(|(_, error)| *error);
        let error = errors.max_by_key(|error| error.is_error());
        let error = error.unwrap_or(ErrorCode::None);
        joining.sent = None;
        if error == ErrorCode::ConcurrentTransactions && cx.now < joining.since + RETRY_MAX {
            let at = cx.now + RETRY;
            joining.retry_at = Some(at);
            self.txn.retries.need(at, cx.fx);
            return;
        }
        self.joined(cx, number, error);
    }

    /// A marker of that producer was written.
    pub(super) fn overtake(&mut self, id: TopicPartition, producer: ProducerId) {
        let waiting = self.txn.joining.values_mut();
        let verifying = waiting.filter(|it| it.producer.0 == producer && it.version < KIP_890);
        for joining in verifying.filter(|it| it.asked.contains(&id)) {
            joining.overtaken.push(id);
        }
    }

    /// The write goes on, or fails for the partitions that could not be added. Then the
    /// producer's next one has its turn.
    fn joined(&mut self, cx: &mut Cx<'_>, number: u64, error: ErrorCode) {
        let Some(joining) = self.txn.joining.remove(&number) else {
            return;
        };
        let error = match (error, &joining.held) {
            (ErrorCode::ProducerFenced, _) => ErrorCode::InvalidProducerEpoch,
            (ErrorCode::None, Held::Offsets(_)) if !joining.overtaken.is_empty() => {
                ErrorCode::InvalidTxnState
            }
            (other, _) => other,
        };
        match &joining.held {
            Held::Produce(request) => {
                let mut refused = joining.refused(request, error);
                // Led here since the coordinator was asked: no transaction would end there.
                let outside = self.outside(joining.producer, &request.batches);
                let unasked = outside.iter().filter(|id| !joining.asked.contains(id));
                refused.extend(unasked.map(|id| (*id, ErrorCode::NotLeaderOrFollower)));
                self.produce(cx, joining.asker, request, &refused);
            }
            Held::Offsets(request) if error.is_error() => {
                let error = offsets_error(error);
                let offsets = request.offsets.iter();
                let partitions = offsets.map(|it| (it.partition, error)).collect();
                let answer = TxnOffsetCommitResponse { partitions };
                self.txn_respond(joining.asker, Response::TxnOffsetCommit(answer));
            }
            Held::Offsets(request) => {
                let request = Request::TxnOffsetCommit(request.clone());
                let (from, id) = joining.asker;
                self.on_group_request(cx, from, id, &request);
            }
        }
        let mut waiting = self.txn.joining.iter();
        let next = waiting.find(|(_, it)| it.producer.0 == joining.producer.0);
        if let Some(next) = next.map(|(number, _)| *number) {
            self.join(cx, next);
        }
    }

    pub(super) fn joining_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        self.fail_joining(cx, |it| it.sent.is_some_and(|(_, to, _)| to == peer));
    }

    /// Asks again, and gives up what was asked too long ago.
    pub(super) fn retry_joining(&mut self, cx: &mut Cx<'_>) {
        let now = cx.now;
        self.fail_joining(cx, |it| it.sent.is_some_and(|(_, _, by)| by <= now));
        let due = |it: &Joining| it.retry_at.is_some_and(|at| at <= now);
        let waiting = self.txn.joining.iter().filter(|(_, it)| due(it));
        let due: Vec<u64> = waiting.map(|(number, _)| *number).collect();
        for number in due {
            self.join(cx, number);
        }
        let waiting = self.txn.joining.values();
        let next = waiting.filter_map(|it| it.retry_at.or(it.sent.map(|(_, _, by)| by)));
        if let Some(at) = next.min() {
            self.txn.retries.need(at, cx.fx);
        }
    }

    fn fail_joining(&mut self, cx: &mut Cx<'_>, is_lost: impl Fn(&Joining) -> bool) {
        let waiting = self.txn.joining.iter().filter(|(_, it)| is_lost(it));
        let lost: Vec<u64> = waiting.map(|(number, _)| *number).collect();
        for number in lost {
            self.joined(cx, number, ErrorCode::NetworkException);
        }
    }
}

/// What a producer is told: errors it would not retry become one that it does.
fn produce_error(error: ErrorCode) -> ErrorCode {
    match error {
        ErrorCode::ConcurrentTransactions
        | ErrorCode::NetworkException
        | ErrorCode::CoordinatorLoadInProgress
        | ErrorCode::CoordinatorNotAvailable
        | ErrorCode::NotCoordinator => ErrorCode::NotEnoughReplicas,
        other => other,
    }
}

/// What the sender of offsets is told.
fn offsets_error(error: ErrorCode) -> ErrorCode {
    match error {
        ErrorCode::NetworkException | ErrorCode::CoordinatorNotAvailable => {
            ErrorCode::CoordinatorLoadInProgress
        }
        other => other,
    }
}
