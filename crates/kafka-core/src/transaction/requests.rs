//! InitProducerId, AddPartitionsToTxn, EndTxn and the timeout: which transition each of
//! them asks for, and why it may be refused (TXN-1 to TXN-3, TXN-7, TXN-9, TXN-10).

use super::state::{TransactionMetadata, TxnState};
use super::{Asker, Done, EndedBy, TransactionCoordinator, TxnIo};
use super::{added, added_offsets, ended, not_ended, uninitialised};
use crate::error::ErrorCode;
use crate::group::OFFSETS_TOPIC;
use crate::hash::coordinator_partition;
use crate::metadata::ClusterImage;
use crate::protocol::{
    AddOffsetsToTxnRequest, AddPartitionsToTxnRequest, AddPartitionsToTxnResponse, EndTxnRequest,
    InitProducerIdRequest, Response,
};
use crate::types::{Name, ProducerEpoch, ProducerId, TopicPartition};

/// What InitProducerId of a transactional id, or EndTxn, needs before it can go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Nothing: it is answered, or will be.
    Begun,
    /// A new producer id; then [`TransactionCoordinator::init_with_producer`] or
    /// [`TransactionCoordinator::end_with_producer`].
    NeedsProducerId,
}

/// What EndTxn leads to.
enum End {
    /// The decision is to be written.
    Decide,
    /// It was decided so before: the answer was lost.
    Again,
}

impl TransactionCoordinator {
    /// TXN-1.
    pub fn init_producer_id(
        &mut self,
        io: &mut TxnIo<'_>,
        asker: Asker,
        id: &Name,
        request: &InitProducerIdRequest,
    ) -> Progress {
        if let Err(error) = self.check_init(io, id, request) {
            io.reply(asker, uninitialised(error));
            return Progress::Begun;
        }
        match self.ids.get(id) {
            None => return Progress::NeedsProducerId,
            Some(txn) if txn.is_epoch_exhausted() && txn.state != TxnState::Ongoing => {
                return Progress::NeedsProducerId;
            }
            Some(_) => {}
        }
        self.init_known(io, asker, id, request);
        Progress::Begun
    }

    fn check_init(
        &self,
        io: &TxnIo<'_>,
        id: &Name,
        request: &InitProducerIdRequest,
    ) -> Result<(), ErrorCode> {
        if id.is_empty() {
            return Err(ErrorCode::InvalidRequest);
        }
        let timeout = request.transaction_timeout_ms;
        if timeout == 0 || timeout > self.max_timeout_ms {
            return Err(ErrorCode::InvalidTransactionTimeout);
        }
        self.check_led(id, io.image).map(|_| ())
    }

    /// A new producer id for a transactional id that is new, or has used up its epochs.
    pub fn init_with_producer(
        &mut self,
        io: &mut TxnIo<'_>,
        asker: Asker,
        id: &Name,
        request: &InitProducerIdRequest,
        producer: ProducerId,
    ) {
        // Leadership may have moved while the id was being fetched.
        let home = match self.check_led(id, io.image) {
            Ok(home) => home,
            Err(error) => return io.reply(asker, uninitialised(error)),
        };
        let timeout = request.transaction_timeout_ms;
        let now_ms = io.now_ms();
        match self.ids.get(id) {
            None => {
                let txn = TransactionMetadata::new(id, home, producer, timeout);
                self.ids.insert(id.clone(), txn);
                self.init_known(io, asker, id, request);
            }
            Some(txn) if txn.is_epoch_exhausted() && txn.pending.is_none() => {
                let expected = request.producer_epoch;
                let next = txn.with_new_producer(producer, timeout, expected, now_ms);
                self.store(io, next, Done::Initialised(asker));
            }
            Some(_) => self.init_known(io, asker, id, request),
        }
    }

    fn init_known(
        &mut self,
        io: &mut TxnIo<'_>,
        asker: Asker,
        id: &Name,
        request: &InitProducerIdRequest,
    ) {
        let Some(txn) = self.ids.get(id) else {
            return io.reply(asker, uninitialised(ErrorCode::InvalidProducerIdMapping));
        };
        if txn.pending.is_some() {
            return io.reply(asker, uninitialised(ErrorCode::ConcurrentTransactions));
        }
        if !is_instance(txn, request.producer_id, request.producer_epoch) {
            return io.reply(asker, uninitialised(ErrorCode::ProducerFenced));
        }
        match txn.state {
            TxnState::PrepareCommit | TxnState::PrepareAbort => {
                io.reply(asker, uninitialised(ErrorCode::ConcurrentTransactions));
            }
            TxnState::Ongoing => {
                let id = txn.transactional_id.clone();
                self.fence(io, &id, EndedBy::NextInstance(asker));
            }
            _ => {
                let timeout = request.transaction_timeout_ms;
                let next = txn.with_next_epoch(timeout, request.producer_epoch, io.now_ms());
                match next {
                    Ok(next) => self.store(io, next, Done::Initialised(asker)),
                    Err(error) => io.reply(asker, uninitialised(error)),
                }
            }
        }
    }

    /// Aborts an open transaction of somebody who is fenced by it: the epoch rises once
    /// (recorded of 4.3: 2, marker 3, next instance 4).
    fn fence(&mut self, io: &mut TxnIo<'_>, id: &Name, by: EndedBy) {
        if let Some(txn) = self.ids.get(id) {
            let version = txn.client_transaction_version;
            let next = txn.decided(false, version, true, io.now_ms());
            self.store(io, next, Done::Decided(by));
        }
    }

    /// TXN-10: aborts what has been open for too long.
    pub fn abort_timed_out(&mut self, io: &mut TxnIo<'_>) {
        let now_ms = io.now_ms();
        let late = self.ids.values().filter(|txn| txn.is_timed_out(now_ms));
        let late: Vec<Name> = late.map(|txn| txn.transactional_id.clone()).collect();
        for id in late {
            self.fence(io, &id, EndedBy::Timeout);
        }
    }

    /// TXN-2, TXN-3; TXN-4 for `verify_only`.
    pub fn add_partitions(
        &mut self,
        io: &mut TxnIo<'_>,
        asker: Asker,
        request: &AddPartitionsToTxnRequest,
    ) {
        let txn = match self.checked_for_adding(io, request) {
            Ok(txn) => txn,
            Err(error) => return io.reply(asker, added(&request.partitions, error)),
        };
        if request.verify_only {
            let outcome = |id: &_| {
                if txn.state == TxnState::Ongoing && txn.partitions.contains(id) {
                    (*id, ErrorCode::None)
                } else {
                    (*id, ErrorCode::TransactionAbortable)
                }
            };
            let partitions = request.partitions.iter().map(outcome).collect();
            let answer = AddPartitionsToTxnResponse { partitions };
            return io.reply(asker, Response::AddPartitionsToTxn(answer));
        }
        let known = |id| txn.partitions.contains(id);
        if txn.state == TxnState::Ongoing && request.partitions.iter().all(known) {
            return io.reply(asker, added(&request.partitions, ErrorCode::None));
        }
        let (partitions, version) = (&request.partitions, request.transaction_version);
        let next = txn.with_partitions(partitions, version, io.now_ms());
        self.store(io, next, Done::Added(asker, partitions.clone()));
    }

    /// TXN-6 before KIP-890: the partition with the group's offsets joins.
    pub fn add_offsets(
        &mut self,
        io: &mut TxnIo<'_>,
        asker: Asker,
        request: &AddOffsetsToTxnRequest,
    ) {
        let Some(home) = offsets_home(io.image, &request.group) else {
            return io.reply(asker, added_offsets(ErrorCode::CoordinatorLoadInProgress));
        };
        let adding = AddPartitionsToTxnRequest {
            transactional_id: request.transactional_id.clone(),
            producer_id: request.producer_id,
            producer_epoch: request.producer_epoch,
            verify_only: false,
            transaction_version: request.transaction_version,
            partitions: vec![home],
        };
        match self.checked_for_adding(io, &adding) {
            Err(error) => io.reply(asker, added_offsets(error)),
            Ok(txn) if txn.state == TxnState::Ongoing && txn.partitions.contains(&home) => {
                io.reply(asker, added_offsets(ErrorCode::None));
            }
            Ok(txn) => {
                let version = request.transaction_version;
                let next = txn.with_partitions(&[home], version, io.now_ms());
                self.store(io, next, Done::AddedOffsets(asker));
            }
        }
    }

    fn checked_for_adding(
        &self,
        io: &TxnIo<'_>,
        request: &AddPartitionsToTxnRequest,
    ) -> Result<&TransactionMetadata, ErrorCode> {
        let id = &request.transactional_id;
        self.check_led(id, io.image)?;
        let txn = self.ids.get(id);
        let txn = txn.filter(|txn| txn.producer_id == request.producer_id);
        let txn = txn.ok_or(ErrorCode::InvalidProducerIdMapping)?;
        if txn.producer_epoch != request.producer_epoch {
            return Err(ErrorCode::ProducerFenced);
        }
        if (txn.pending.is_some() && !request.verify_only) || txn.state.is_prepared() {
            return Err(ErrorCode::ConcurrentTransactions);
        }
        Ok(txn)
    }

    /// TXN-7, TXN-9.
    pub fn end_transaction(
        &mut self,
        io: &mut TxnIo<'_>,
        asker: Asker,
        request: &EndTxnRequest,
    ) -> Progress {
        self.end(io, asker, request, None)
    }

    /// The same, with the producer id of the next transaction: the epochs are used up.
    pub fn end_with_producer(
        &mut self,
        io: &mut TxnIo<'_>,
        asker: Asker,
        request: &EndTxnRequest,
        next: ProducerId,
    ) {
        self.end(io, asker, request, Some(next));
    }

    fn end(
        &mut self,
        io: &mut TxnIo<'_>,
        asker: Asker,
        request: &EndTxnRequest,
        next_producer: Option<ProducerId>,
    ) -> Progress {
        let id = &request.transactional_id;
        let end = match self.check_led(id, io.image) {
            Ok(_) => match self.ids.get(id) {
                Some(txn) => may_end(txn, request).map(|end| (txn, end)),
                None => Err(ErrorCode::InvalidProducerIdMapping),
            },
            Err(error) => Err(error),
        };
        match end {
            Err(error) => io.reply(asker, not_ended(error)),
            Ok((txn, End::Again)) => {
                let (id, epoch) = (txn.producer_id, txn.producer_epoch);
                io.reply(asker, ended(ErrorCode::None, id, epoch));
            }
            Ok((txn, End::Decide)) => {
                let version = request.transaction_version;
                let mut next = txn.decided(request.commit, version, false, io.now_ms());
                if version >= 2 && txn.is_epoch_exhausted() {
                    let Some(producer) = next_producer else {
                        return Progress::NeedsProducerId;
                    };
                    next.next_producer_id = producer;
                }
                self.store(io, next, Done::Decided(EndedBy::Producer(asker)));
            }
        }
        Progress::Begun
    }
}

/// The partition of `__consumer_offsets` of a group, if the topic exists.
pub fn offsets_home(image: &ClusterImage, group: &str) -> Option<TopicPartition> {
    let topic = image.topic(OFFSETS_TOPIC)?;
    let count = topic.partitions.len().max(1) as u32;
    let home = coordinator_partition(group, count);
    Some(TopicPartition::new(topic.topic, home))
}

/// TXN-1: a producer that says who it is must be the current instance, or the one that
/// has just been given the next epoch and did not hear of it.
fn is_instance(txn: &TransactionMetadata, id: ProducerId, epoch: ProducerEpoch) -> bool {
    id == ProducerId::NONE
        || txn.producer_epoch == ProducerEpoch::NONE
        || (txn.producer_id == id
            && (epoch == txn.producer_epoch || epoch == txn.last_producer_epoch))
        || (txn.prev_producer_id == id && epoch == txn.last_producer_epoch)
}

/// The table of TXN-7. With TXN-9 a repeated request carries the epoch before, whatever
/// is being written of what was decided.
fn may_end(txn: &TransactionMetadata, request: &EndTxnRequest) -> Result<End, ErrorCode> {
    let bumps = request.transaction_version >= 2;
    let before = ProducerEpoch(txn.producer_epoch.0.wrapping_sub(1));
    let decided = !matches!(txn.state, TxnState::Empty | TxnState::Ongoing);
    let again = bumps && decided && request.producer_epoch == before;
    if bumps && decided && has_moved_on(txn, request) {
        return match txn.state.is_commit() == request.commit {
            true => Ok(End::Again),
            false => Err(ErrorCode::InvalidTxnState),
        };
    }
    if txn.producer_id != request.producer_id {
        return Err(ErrorCode::InvalidProducerIdMapping);
    }
    if request.producer_epoch != txn.producer_epoch && !again {
        return Err(ErrorCode::ProducerFenced);
    }
    if txn.pending.is_some() {
        return Err(ErrorCode::ConcurrentTransactions);
    }
    match (txn.state, request.commit) {
        (TxnState::Ongoing, _) if !again => Ok(End::Decide),
        (TxnState::PrepareCommit, true) | (TxnState::PrepareAbort, false) => {
            Err(ErrorCode::ConcurrentTransactions)
        }
        (TxnState::CompleteCommit, true) | (TxnState::CompleteAbort, false) if again => {
            Ok(End::Again)
        }
        (TxnState::CompleteCommit, true) | (TxnState::CompleteAbort, false) if !bumps => {
            Ok(End::Again)
        }
        // An abort of nothing still brings the next epoch (KIP-890).
        (TxnState::Empty | TxnState::CompleteCommit | TxnState::CompleteAbort, false)
            if bumps && !again =>
        {
            Ok(End::Decide)
        }
        _ => Err(ErrorCode::InvalidTxnState),
    }
}

/// Whether the request ends the last transaction of the producer id before, which used up
/// its epochs, and the next producer id is in use already.
fn has_moved_on(txn: &TransactionMetadata, request: &EndTxnRequest) -> bool {
    txn.prev_producer_id == request.producer_id
        && request.producer_epoch.0 == i16::MAX - 1
        && txn.producer_epoch == ProducerEpoch(0)
}
