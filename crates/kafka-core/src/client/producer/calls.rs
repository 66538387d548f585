//! The application's transactional calls: what each begins, and when it returns
//! (TXN-13). All but `beginTransaction` block up to `max.block.ms`.

use super::Producer;
use super::application::{Action, BLOCKED, PendingSend};
use super::transaction::{OffsetsToSend, TransactionState, illegal_state};
use crate::client::{ClientEvent, ClientFailure};
use crate::error::ErrorCode;
use crate::node::{Effects, Prng};
use crate::partitioner::partition_for_key;
use crate::types::{Duration, Time};

/// A transactional method of the producer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TransactionCall {
    /// `initTransactions`.
    Init,
    /// `beginTransaction`.
    Begin,
    /// `sendOffsetsToTransaction`.
    SendOffsets,
    /// `commitTransaction`.
    Commit,
    /// `abortTransaction`.
    Abort,
}

impl TransactionCall {
    /// Kafka's name of the method.
    pub fn name(self) -> &'static str {
        match self {
            TransactionCall::Init => "initTransactions",
            TransactionCall::Begin => "beginTransaction",
            TransactionCall::SendOffsets => "sendOffsetsToTransaction",
            TransactionCall::Commit => "commitTransaction",
            TransactionCall::Abort => "abortTransaction",
        }
    }

    /// What the producer says it waits for when the call takes too long.
    fn awaits(self) -> &'static str {
        match self {
            TransactionCall::Init => "InitProducerId",
            TransactionCall::Begin => "beginTransaction",
            TransactionCall::SendOffsets => "TxnOffsetCommitRequest",
            TransactionCall::Commit => "EndTxn(true)",
            TransactionCall::Abort => "EndTxn(false)",
        }
    }
}

/// A call that has not returned.
#[derive(Clone, Debug)]
pub(super) struct PendingCall {
    pub call: TransactionCall,
    pub offsets: Option<OffsetsToSend>,
    /// When it was made; `None` before.
    pub since: Option<Time>,
}

impl Producer {
    pub(super) fn command_transaction(
        &mut self,
        call: TransactionCall,
        offsets: Option<OffsetsToSend>,
    ) {
        self.actions.push_back(Action::Transaction(PendingCall {
            call,
            offsets,
            since: None,
        }));
    }

    /// Makes a call or goes on waiting for it: gives it back while it blocks.
    pub(super) fn call_transaction(
        &mut self,
        mut pending: PendingCall,
        now: Time,
        fx: &mut Effects,
    ) -> Option<PendingCall> {
        let call = pending.call;
        let max = Duration::from_ms(u64::from(self.config.max_block_ms));
        if pending.since.is_none() {
            if let Err(failure) = self.begin_call(call, pending.offsets.take()) {
                return_from(call, Some(failure), fx);
                return None;
            }
            pending.since = Some(now);
            fx.set_timer(BLOCKED, now + max);
        }
        match self.call_outcome(call) {
            Some(failure) => {
                fx.cancel_timer(BLOCKED);
                return_from(call, failure, fx);
                None
            }
            None if pending.since.is_some_and(|since| now >= since + max) => {
                let (ms, what) = (self.config.max_block_ms, call.awaits());
                let text = format!("Timeout expired after {ms}ms while awaiting {what}");
                let failure = ClientFailure::new(ErrorCode::RequestTimedOut, &text);
                return_from(call, Some(failure), fx);
                None
            }
            None => Some(pending),
        }
    }

    fn begin_call(
        &mut self,
        call: TransactionCall,
        offsets: Option<OffsetsToSend>,
    ) -> Result<(), ClientFailure> {
        use TransactionState as S;
        let Some(txn) = &mut self.txn else {
            let text = "Cannot use transactional methods without enabling transactions by setting the transactional.id configuration property";
            return Err(illegal_state(text));
        };
        let aborts = call == TransactionCall::Abort && txn.state == S::AbortableError;
        if let (Some(failure), false) = (txn.refusal(), aborts) {
            return Err(failure);
        }
        let to = match (call, txn.state) {
            (TransactionCall::Init, S::Uninitialized | S::Initializing) => S::Initializing,
            (TransactionCall::Begin, S::Ready) => S::InTransaction,
            (TransactionCall::Commit, S::InTransaction | S::Committing) => S::Committing,
            (TransactionCall::Abort, S::InTransaction | S::AbortableError | S::Aborting) => {
                S::Aborting
            }
            (TransactionCall::SendOffsets, S::InTransaction) => {
                txn.offsets = offsets.filter(|sent| !sent.offsets.is_empty());
                S::InTransaction
            }
            (TransactionCall::SendOffsets, state) => {
                let text = format!(
                    "Cannot send offsets if a transaction is not in progress (currentState= {})",
                    state.name()
                );
                return Err(illegal_state(&text));
            }
            (TransactionCall::Init, _) => return Err(txn.illegal(S::Initializing)),
            (TransactionCall::Begin, _) => return Err(txn.illegal(S::InTransaction)),
            (TransactionCall::Commit, _) => return Err(txn.illegal(S::Committing)),
            (TransactionCall::Abort, _) => return Err(txn.illegal(S::Aborting)),
        };
        txn.state = to;
        match call {
            TransactionCall::Begin => txn.version = self.net.transaction_version,
            TransactionCall::Abort => txn.forget_new_partitions(),
            _ => {}
        }
        if txn.is_completing() {
            self.ready_all();
        }
        Ok(())
    }

    /// Whether a call may return: with what it throws, if anything.
    fn call_outcome(&self, call: TransactionCall) -> Option<Option<ClientFailure>> {
        use TransactionState as S;
        let txn = self.txn.as_ref()?;
        let waits = match (call, txn.state) {
            (_, S::FatalError | S::AbortableError) => return Some(txn.error.clone()),
            (TransactionCall::Init, state) => state == S::Initializing,
            (TransactionCall::Begin, _) => false,
            (TransactionCall::SendOffsets, _) => txn.offsets.is_some(),
            (TransactionCall::Commit | TransactionCall::Abort, state) => {
                txn.is_completing() || state == S::Initializing
            }
        };
        (!waits).then_some(None)
    }

    /// `close` aborts the transaction that is open. Whether it has to wait for that.
    pub(super) fn aborts_before_close(&mut self) -> bool {
        use TransactionState as S;
        let Some(txn) = &mut self.txn else {
            return false;
        };
        if matches!(txn.state, S::InTransaction | S::AbortableError) {
            txn.state = S::Aborting;
            txn.forget_new_partitions();
            self.ready_all();
        }
        self.txn.as_ref().is_some_and(|txn| txn.is_completing())
    }

    /// What `send` throws outside a transaction.
    pub(super) fn refused_by_transaction(
        &mut self,
        pending: &PendingSend,
        prng: &mut Prng,
    ) -> Option<ClientFailure> {
        let txn = self.txn.as_ref()?;
        if let Some(failure) = txn.refusal() {
            return Some(failure);
        }
        let state = txn.state;
        if state == TransactionState::InTransaction {
            return None;
        }
        let topic = &self.acc.topics[pending.topic as usize];
        let count = topic.slots.len() as u32;
        // `send` waits for the metadata first.
        topic.id.filter(|_| count > 0)?;
        let name = topic.name.clone();
        let by_key = pending.record.key.as_ref();
        let by_key = by_key.filter(|_| !self.config.ignore_keys);
        let by_key = by_key.map(|key| partition_for_key(key, count));
        let partition = match pending.partition.or(by_key) {
            Some(partition) => partition,
            None => {
                let slot = self.sticky_slot(pending.topic, prng);
                self.acc.partitions[slot as usize].partition
            }
        };
        let when = match state {
            TransactionState::Uninitialized | TransactionState::Initializing => {
                "before completing a call to initTransactions".to_string()
            }
            state => format!("while in state  {}", state.name()),
        };
        let text = format!("Cannot add partition {name}-{partition} to transaction {when}");
        Some(illegal_state(&text))
    }
}

fn return_from(call: TransactionCall, failure: Option<ClientFailure>, fx: &mut Effects) {
    fx.event(ClientEvent::TransactionReturned { call, failure });
}
