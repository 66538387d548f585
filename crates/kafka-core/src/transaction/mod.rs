//! The transaction coordinator (section 5.4): keeps the state of transactional ids in
//! `__transaction_state`, decides transactions, and has their markers written.
//!
//! It lives in a broker and coordinates the ids whose partition of that topic the
//! broker leads. It is not a node: the broker hands it requests, appends what it wants
//! stored, reports what became of that, and sends its markers. Invariant: a state takes
//! effect only when its record is committed, and while it is being written the id takes
//! no other transition (CONCURRENT_TRANSACTIONS).

pub mod codec;
mod describe;
mod expiry;
mod markers;
mod requests;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use markers::MarkerBatch;
pub use requests::{Progress, offsets_home};
pub use state::{TransactionMetadata, TxnState};

use markers::Markers;

use crate::error::ErrorCode;
use crate::hash::coordinator_partition;
use crate::metadata::ClusterImage;
use crate::node::Effects;
use crate::note::Note;
use crate::protocol::{
    AddOffsetsToTxnResponse, AddPartitionsToTxnResponse, EndTxnResponse, InitProducerIdResponse,
    Response,
};
use crate::record::{Batch, Record};
use crate::topic_name::TRANSACTION_STATE_TOPIC;
use crate::types::{
    LeaderEpoch, Name, NodeId, ProducerEpoch, ProducerId, RequestId, Time, TopicPartition,
};

/// Who asked; the coordinator's own broker too.
pub type Asker = (NodeId, RequestId);

/// A record the coordinator wants appended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TxnAppend {
    /// To be repeated in [`TransactionCoordinator::on_append_result`].
    pub ticket: u64,
    /// Partition of `__transaction_state`.
    pub state_partition: u32,
    /// The record.
    pub record: Record,
    /// How long its replication may take, in milliseconds.
    pub timeout_ms: u32,
}

/// What the coordinator uses while it handles one input, and what it wants done.
pub struct TxnIo<'a> {
    /// Now.
    pub now: Time,
    /// The cluster as the broker knows it.
    pub image: &'a ClusterImage,
    /// For notes.
    pub fx: &'a mut Effects,
    /// Records to be appended.
    pub appends: Vec<TxnAppend>,
    /// Answers.
    pub replies: Vec<(Asker, Response)>,
}

impl TxnIo<'_> {
    fn now_ms(&self) -> i64 {
        self.now.as_ms() as i64
    }

    fn reply(&mut self, asker: Asker, response: Response) {
        self.replies.push((asker, response));
    }
}

/// Whom the end of a transaction is reported to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum EndedBy {
    /// EndTxn of the producer.
    Producer(Asker),
    /// InitProducerId of the next instance, which shall try again (TXN-1).
    NextInstance(Asker),
    /// The timeout (TXN-10).
    Timeout,
}

/// What happens when a record is committed.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Done {
    Initialised(Asker),
    Added(Asker, Vec<TopicPartition>),
    AddedOffsets(Asker),
    Decided(EndedBy),
    Completed,
    Expired,
}

/// One append on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Write {
    next: Box<TransactionMetadata>,
    done: Done,
}

/// The transaction coordinator of one broker process life.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransactionCoordinator {
    max_timeout_ms: u32,
    /// `transactional.id.expiration.ms`.
    expiration_ms: u64,
    /// Partitions of the topic, until it exists.
    partitions: u32,
    led: BTreeMap<u32, LeaderEpoch>,
    ids: BTreeMap<Name, TransactionMetadata>,
    writes: BTreeMap<u64, Write>,
    next_ticket: u64,
    markers: Markers,
}

impl TransactionCoordinator {
    /// A coordinator of nothing yet. `max_timeout_ms` is `transaction.max.timeout.ms`,
    /// `partitions` is `transaction.state.log.num.partitions`, `expiration_ms` is
    /// `transactional.id.expiration.ms`.
    pub fn new(max_timeout_ms: u32, partitions: u32, expiration_ms: u64) -> Self {
        TransactionCoordinator {
            max_timeout_ms,
            expiration_ms,
            partitions: partitions.max(1),
            led: BTreeMap::new(),
            ids: BTreeMap::new(),
            writes: BTreeMap::new(),
            next_ticket: 0,
            markers: Markers::default(),
        }
    }

    /// The transactional ids it coordinates.
    pub fn transactions(&self) -> impl Iterator<Item = &TransactionMetadata> {
        self.ids.values()
    }

    /// One transactional id.
    pub fn transaction(&self, id: &str) -> Option<&TransactionMetadata> {
        self.ids.get(id)
    }

    /// Whether it coordinates that partition of `__transaction_state`.
    pub fn leads(&self, state_partition: u32) -> bool {
        self.led.contains_key(&state_partition)
    }

    /// Whether a transaction is open: only then somebody has to look at the clock.
    pub fn has_ongoing(&self) -> bool {
        self.ids.values().any(|txn| txn.state == TxnState::Ongoing)
    }

    /// The partition of `__transaction_state` that holds a transactional id (GRP-1).
    pub fn home(&self, id: &str, image: &ClusterImage) -> u32 {
        let topic = image.topic(TRANSACTION_STATE_TOPIC);
        let count = topic.map_or(self.partitions, |topic| topic.partitions.len() as u32);
        coordinator_partition(id, count.max(1))
    }

    /// The broker leads a partition of the topic now, with that log: what was decided
    /// goes on (TXN-11).
    pub fn load(
        &mut self,
        io: &mut TxnIo<'_>,
        state_partition: u32,
        epoch: LeaderEpoch,
        batches: &mut dyn Iterator<Item = &Batch>,
    ) {
        if self.led.insert(state_partition, epoch).is_some() {
            return;
        }
        let mut touched = Vec::new();
        for record in batches.flat_map(|batch| &batch.body.records) {
            let Some(id) = record.key.as_deref().and_then(codec::read_key) else {
                continue;
            };
            let read = record.value.as_deref();
            let read = read.and_then(|it| codec::read_value(&id, state_partition, it, io.image));
            match read {
                Some(txn) => {
                    self.ids.insert(id.clone(), txn);
                    touched.push(id);
                }
                None => {
                    self.ids.remove(&id);
                }
            }
        }
        touched.sort_unstable();
        touched.dedup();
        for id in touched {
            let prepared = self.ids.get(&id).filter(|txn| txn.state.is_prepared());
            if let Some(txn) = prepared.cloned() {
                self.send_markers(io, &txn);
            }
        }
    }

    /// The broker leads that partition no more: its ids are forgotten, and whoever
    /// waits is sent to the next coordinator.
    pub fn unload(&mut self, io: &mut TxnIo<'_>, state_partition: u32) {
        if self.led.remove(&state_partition).is_none() {
            return;
        }
        let of_partition =
            |_: &u64, write: &mut Write| write.next.state_partition == state_partition;
        let dropped: Vec<Write> = (self.writes.extract_if(.., of_partition))
            .map(|(_, write)| write)
            .collect();
        for write in dropped {
            refuse(io, write.done, ErrorCode::NotCoordinator);
        }
        let gone = |_: &Name, txn: &mut TransactionMetadata| txn.state_partition == state_partition;
        for (id, _) in self.ids.extract_if(.., gone) {
            self.markers.forget(&id);
        }
    }

    /// Whether this broker answers for the id.
    fn check_led(&self, id: &str, image: &ClusterImage) -> Result<u32, ErrorCode> {
        let home = self.home(id, image);
        if self.leads(home) {
            Ok(home)
        } else {
            Err(ErrorCode::NotCoordinator)
        }
    }

    /// Begins a transition: its record is written first.
    fn store(&mut self, io: &mut TxnIo<'_>, next: TransactionMetadata, done: Done) {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        if let Some(txn) = self.ids.get_mut(&next.transactional_id) {
            txn.pending = Some(next.state);
        }
        io.appends.push(TxnAppend {
            ticket,
            state_partition: next.state_partition,
            timeout_ms: next.timeout_ms,
            record: Record {
                key: Some(codec::key(&next.transactional_id)),
                value: (next.state != TxnState::Dead).then(|| codec::value(&next, io.image)),
                timestamp_ms: io.now_ms(),
                ..Record::default()
            },
        });
        let next = Box::new(next);
        self.writes.insert(ticket, Write { next, done });
    }

    /// What became of an append. Unknown tickets are ignored.
    pub fn on_append_result(
        &mut self,
        io: &mut TxnIo<'_>,
        ticket: u64,
        result: Result<(), ErrorCode>,
    ) {
        let Some(Write { next, done }) = self.writes.remove(&ticket) else {
            return;
        };
        let id = next.transactional_id.clone();
        if let Err(error) = result {
            if let Some(txn) = self.ids.get_mut(&id) {
                txn.pending = None;
            }
            if done == Done::Completed {
                self.markers.complete_later(&id);
            }
            refuse(io, done, error.when_not_stored());
            return;
        }
        io.fx.note(Note::TransactionStateChanged {
            transactional_id: id.clone(),
            state: next.state,
            producer_id: next.producer_id,
            producer_epoch: next.producer_epoch,
            transaction_version: next.client_transaction_version,
        });
        let next = *next;
        self.ids.insert(id, next.clone());
        self.took_effect(io, next, done);
    }

    fn took_effect(&mut self, io: &mut TxnIo<'_>, txn: TransactionMetadata, done: Done) {
        match done {
            Done::Initialised(asker) => {
                let (id, epoch) = (txn.producer_id, txn.producer_epoch);
                io.reply(asker, initialised(ErrorCode::None, id, epoch));
            }
            Done::Added(asker, partitions) => {
                io.reply(asker, added(&partitions, ErrorCode::None));
            }
            Done::AddedOffsets(asker) => io.reply(asker, added_offsets(ErrorCode::None)),
            Done::Decided(by) => {
                self.send_markers(io, &txn);
                report_end(io, by, &txn);
            }
            Done::Completed => {}
            Done::Expired => {
                self.ids.remove(&txn.transactional_id);
            }
        }
    }
}

/// TXN-7: the producer hears of the decision before the markers are written.
fn report_end(io: &mut TxnIo<'_>, by: EndedBy, txn: &TransactionMetadata) {
    match by {
        EndedBy::Producer(asker) if txn.client_transaction_version >= 2 => {
            let (id, epoch) = match txn.next_producer_id {
                ProducerId::NONE => (txn.producer_id, txn.producer_epoch),
                next => (next, ProducerEpoch(0)),
            };
            io.reply(asker, ended(ErrorCode::None, id, epoch));
        }
        EndedBy::Producer(asker) => {
            let (id, epoch) = (ProducerId::NONE, ProducerEpoch::NONE);
            io.reply(asker, ended(ErrorCode::None, id, epoch));
        }
        EndedBy::NextInstance(asker) => {
            io.reply(asker, uninitialised(ErrorCode::ConcurrentTransactions));
        }
        EndedBy::Timeout => {}
    }
}

fn refuse(io: &mut TxnIo<'_>, done: Done, error: ErrorCode) {
    match done {
        Done::Initialised(asker) => io.reply(asker, uninitialised(error)),
        Done::Added(asker, partitions) => io.reply(asker, added(&partitions, error)),
        Done::AddedOffsets(asker) => io.reply(asker, added_offsets(error)),
        Done::Decided(EndedBy::Producer(asker)) => io.reply(asker, not_ended(error)),
        Done::Decided(EndedBy::NextInstance(asker)) => io.reply(asker, uninitialised(error)),
        Done::Decided(EndedBy::Timeout) | Done::Completed | Done::Expired => {}
    }
}

fn initialised(error: ErrorCode, id: ProducerId, epoch: ProducerEpoch) -> Response {
    Response::InitProducerId(InitProducerIdResponse {
        error,
        producer_id: id,
        producer_epoch: epoch,
    })
}

fn uninitialised(error: ErrorCode) -> Response {
    initialised(error, ProducerId::NONE, ProducerEpoch::NONE)
}

fn added(partitions: &[TopicPartition], error: ErrorCode) -> Response {
    let partitions = partitions.iter().map(|id| (*id, error)).collect();
    Response::AddPartitionsToTxn(AddPartitionsToTxnResponse { partitions })
}

fn added_offsets(error: ErrorCode) -> Response {
    Response::AddOffsetsToTxn(AddOffsetsToTxnResponse { error })
}

fn ended(error: ErrorCode, id: ProducerId, epoch: ProducerEpoch) -> Response {
    Response::EndTxn(EndTxnResponse {
        error,
        producer_id: id,
        producer_epoch: epoch,
    })
}

fn not_ended(error: ErrorCode) -> Response {
    ended(error, ProducerId::NONE, ProducerEpoch::NONE)
}
