//! The transaction coordinator's place in the broker: loading, requests, its writes,
//! the clock of its timeouts.

use crate::broker::producer_ids::Purpose;
use crate::broker::purgatory::Waiter;
use crate::broker::{Broker, Cx};
use crate::error::ErrorCode;
use crate::group::OFFSETS_TOPIC;
use crate::note::Note;
use crate::protocol::{
    EndTxnRequest, InitProducerIdRequest, ListTransactionsResponse, ProducePartitionResponse,
    Request, Response,
};
use crate::topic_name::TRANSACTION_STATE_TOPIC;
use crate::transaction::{Asker, Progress, TransactionCoordinator, TxnAppend, TxnIo};
use crate::types::{Duration, Name, Offset, ProducerId, Sequence, Time, TopicPartition};

/// `transaction.abort.timed.out.transaction.cleanup.interval.ms`.
const TIMEOUT_CHECK: Duration = Duration::from_secs(10);

impl Broker {
    /// Lends the coordinator what it needs, and does what it wants done.
    pub(super) fn with_txn<T>(
        &mut self,
        cx: &mut Cx<'_>,
        call: impl FnOnce(&mut TransactionCoordinator, &mut TxnIo<'_>) -> T,
    ) -> T {
        let mut io = TxnIo {
            now: cx.now,
            image: &self.image,
            fx: cx.fx,
            appends: Vec::new(),
            replies: Vec::new(),
        };
        let result = call(&mut self.txn.coordinator, &mut io);
        let TxnIo {
            appends, replies, ..
        } = io;
        self.txn.replies.extend(replies);
        self.append_for_transactions(cx, appends);
        self.arm_txn_timers(cx);
        result
    }

    fn is_txn_state_partition(&self, id: TopicPartition) -> bool {
        self.image.topics_by_name.get(TRANSACTION_STATE_TOPIC) == Some(&id.topic)
    }

    /// This broker leads the partition: load the transactional ids in it (TXN-11).
    pub(in crate::broker) fn txn_coordinator_gained(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
    ) {
        if !self.is_txn_state_partition(id) {
            return;
        }
        if let Some(partition) = self.partitions.get(id) {
            let epoch = partition.leader_epoch;
            let batches: Vec<_> = partition.log.disk().batches().cloned().collect();
            self.with_txn(cx, |coordinator, io| {
                coordinator.load(io, id.partition, epoch, &mut batches.iter());
            });
        }
    }

    /// This broker no longer leads the partition.
    pub(in crate::broker) fn txn_coordinator_lost(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        let topic = self.image.topics.get(&id.topic);
        let was_state = topic.is_none_or(|topic| &*topic.name == TRANSACTION_STATE_TOPIC);
        if was_state && self.txn.coordinator.leads(id.partition) {
            self.with_txn(cx, |coordinator, io| coordinator.unload(io, id.partition));
        }
    }

    /// Requests to the coordinator.
    pub(in crate::broker) fn on_txn_request(
        &mut self,
        cx: &mut Cx<'_>,
        asker: Asker,
        request: &Request,
    ) {
        match request {
            Request::AddPartitionsToTxn(request) => {
                self.with_txn(cx, |it, io| it.add_partitions(io, asker, request));
            }
            Request::AddOffsetsToTxn(request) => {
                // Kafka names the partition before its topic exists; here partitions are
                // known by the topic's id, so the topic is created now, not when the
                // group's coordinator is looked for.
                if self.image.topic(OFFSETS_TOPIC).is_none() {
                    self.auto_create(cx, &Name::from(OFFSETS_TOPIC));
                }
                self.with_txn(cx, |it, io| it.add_offsets(io, asker, request));
            }
            Request::EndTxn(request) => {
                let next = self.with_txn(cx, |it, io| it.end_transaction(io, asker, request));
                if next == Progress::NeedsProducerId {
                    self.want_producer_id(cx, asker, Purpose::Ending(request.clone()));
                }
            }
            Request::WriteTxnMarkers(request) => self.on_write_txn_markers(cx, asker, request),
            Request::TxnOffsetCommit(request) => self.on_txn_offset_commit(cx, asker, request),
            Request::ListTransactions(request) => {
                let transactions = self.txn.coordinator.list(cx.now, request);
                let error = ErrorCode::None;
                let answer = ListTransactionsResponse {
                    error,
                    transactions,
                };
                self.txn_respond(asker, Response::ListTransactions(answer));
            }
            Request::DescribeTransactions(request) => {
                self.on_describe_transactions(asker, request);
            }
            Request::DescribeProducers(request) => self.on_describe_producers(asker, request),
            _ => {}
        }
    }

    /// InitProducerId of a transactional id (TXN-1).
    pub(in crate::broker) fn on_init_transactional(
        &mut self,
        cx: &mut Cx<'_>,
        asker: Asker,
        id: &Name,
        request: &InitProducerIdRequest,
    ) {
        let next = self.with_txn(cx, |it, io| it.init_producer_id(io, asker, id, request));
        if next == Progress::NeedsProducerId {
            self.want_producer_id(cx, asker, Purpose::Initialising(request.clone()));
        }
    }

    /// The producer id of the transaction after one that used up the epochs (TXN-9).
    pub(in crate::broker) fn end_transaction_with(
        &mut self,
        cx: &mut Cx<'_>,
        asker: Asker,
        request: &EndTxnRequest,
        producer: ProducerId,
    ) {
        self.with_txn(cx, |it, io| {
            it.end_with_producer(io, asker, request, producer)
        });
    }

    /// The producer id that a transactional id waited for.
    pub(in crate::broker) fn init_transactional_with(
        &mut self,
        cx: &mut Cx<'_>,
        asker: Asker,
        request: &InitProducerIdRequest,
        producer: ProducerId,
    ) {
        if let Some(id) = &request.transactional_id {
            self.with_txn(cx, |it, io| {
                it.init_with_producer(io, asker, id, request, producer);
            });
        }
    }

    /// Appends with the care of acks=all; a ticket ends when the high watermark has
    /// passed, or at once if nothing could be appended.
    fn append_for_transactions(&mut self, cx: &mut Cx<'_>, appends: Vec<TxnAppend>) {
        for append in appends {
            let ticket = append.ticket;
            let topic = self.image.topics_by_name.get(TRANSACTION_STATE_TOPIC);
            let topic = topic.copied().unwrap_or_default();
            let id = TopicPartition::new(topic, append.state_partition);
            match self.append_coordinator_records(
                cx,
                id,
                (vec![append.record], Sequence::NONE),
                None,
            ) {
                Ok(required) => {
                    let outcome = ProducePartitionResponse::pending(id);
                    let deadline = cx.now + Duration::from_ms(u64::from(append.timeout_ms));
                    let waiter = Waiter::TransactionCoordinator(ticket);
                    self.wait_for_append(cx, waiter, deadline, vec![outcome], &[Some(required)]);
                }
                Err(error) => {
                    cx.fx.note(Note::ProduceRefused(id, error));
                    self.txn_appended(cx, ticket, error);
                }
            }
        }
    }

    /// A write of the coordinator ended.
    pub(in crate::broker) fn txn_appended(
        &mut self,
        cx: &mut Cx<'_>,
        ticket: u64,
        error: ErrorCode,
    ) {
        let result = if error.is_error() { Err(error) } else { Ok(()) };
        self.with_txn(cx, |it, io| it.on_append_result(io, ticket, result));
        if self.txn.coordinator.has_unsent_markers() {
            self.txn.retries.need(cx.now + super::markers::RETRY, cx.fx);
        }
    }

    /// The clocks run only while a transaction is open, and for the next id to expire.
    fn arm_txn_timers(&mut self, cx: &mut Cx<'_>) {
        if self.txn.coordinator.has_ongoing() {
            let at = self.txn.round_after(TIMEOUT_CHECK, cx.now);
            self.txn.timeouts.need(at, cx.fx);
        }
        if let Some(due) = self.txn.coordinator.next_expiry() {
            let last_round = Time(due.0.saturating_sub(1)).max(cx.now);
            let at = self.txn.round_after(self.txn.expiry_check, last_round);
            self.txn.expiries.need(at, cx.fx);
        }
    }

    /// Transactional ids that nobody has used for long are forgotten.
    pub(in crate::broker) fn on_transactional_id_expiry(&mut self, cx: &mut Cx<'_>) {
        self.txn.expiries.fired();
        self.with_txn(cx, |it, io| it.expire(io));
    }

    /// TXN-10.
    pub(in crate::broker) fn on_txn_timeouts(&mut self, cx: &mut Cx<'_>) {
        self.txn.timeouts.fired();
        self.with_txn(cx, |it, io| it.abort_timed_out(io));
    }
}

impl ProducePartitionResponse {
    /// The outcome of an append that is not known yet.
    pub(in crate::broker) fn pending(partition: TopicPartition) -> ProducePartitionResponse {
        ProducePartitionResponse {
            partition,
            error: ErrorCode::None,
            base_offset: Offset::UNKNOWN,
            log_start_offset: Offset::UNKNOWN,
            current_leader: None,
            record_errors: None,
        }
    }
}
