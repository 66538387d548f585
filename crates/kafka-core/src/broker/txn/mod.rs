//! The broker's part in transactions (section 5.4): lodging the transaction
//! coordinator, writing the markers it is sent, and asking a coordinator before the
//! first write of a transaction to a partition (TXN-3).
//!
//! The coordinator's rules are in `crate::transaction`; this is what waits, for whom,
//! and what is sent. Invariant: every request is answered once, and a transactional
//! batch is appended only to a partition its coordinator knows to be in the transaction.

mod coordinator;
mod describe;
mod joining;
mod markers;

use std::collections::BTreeMap;

use self::joining::Joining;
use self::markers::{MarkerSend, MarkerWrite};
use super::timer::LazyTimer;
use super::{Broker, Cx};
use crate::config::BrokerConfig;
use crate::node::TimerKey;
use crate::protocol::{Request, Response};
use crate::share::broker_number;
use crate::transaction::{Asker, TransactionCoordinator};
use crate::types::{Duration, NodeId, RequestId, Time};

/// How long an answer of another broker is waited for (`request.timeout.ms`).
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Everything of transactions that one broker holds.
#[derive(Clone, Debug)]
pub(super) struct TxnManager {
    coordinator: TransactionCoordinator,
    /// When the process started: the timeouts are looked at every ten seconds from then.
    started: Time,
    /// Requests to this broker itself.
    local: Vec<(RequestId, Request)>,
    /// Answers on their way.
    replies: Vec<(Asker, Response)>,
    marker_sends: BTreeMap<RequestId, MarkerSend>,
    marker_writes: BTreeMap<u64, MarkerWrite>,
    /// Writes that wait until their partitions are in the transaction, oldest first.
    joining: BTreeMap<u64, Joining>,
    next: u64,
    timeouts: LazyTimer,
    expiries: LazyTimer,
    /// `transaction.remove.expired.transaction.cleanup.interval.ms`.
    expiry_check: Duration,
    retries: LazyTimer,
}

impl TxnManager {
    pub(super) fn new(config: &BrokerConfig) -> TxnManager {
        let number = |name| broker_number(config, name) as u32;
        let max_timeout_ms = number("transaction.max.timeout.ms");
        let partitions = number("transaction.state.log.num.partitions");
        let expiration_ms = broker_number(config, "transactional.id.expiration.ms");
        let expiry_check_ms = broker_number(
            config,
            "transaction.remove.expired.transaction.cleanup.interval.ms",
        );
        TxnManager {
            coordinator: TransactionCoordinator::new(max_timeout_ms, partitions, expiration_ms),
            started: Time::ZERO,
            local: Vec::new(),
            replies: Vec::new(),
            marker_sends: BTreeMap::new(),
            marker_writes: BTreeMap::new(),
            joining: BTreeMap::new(),
            next: 0,
            timeouts: LazyTimer::new(TimerKey::TransactionTimeouts),
            expiries: LazyTimer::new(TimerKey::TransactionalIdExpiry),
            expiry_check: Duration::from_ms(expiry_check_ms.max(1)),
            retries: LazyTimer::new(TimerKey::TransactionRetry),
        }
    }

    pub(super) fn coordinator(&self) -> &TransactionCoordinator {
        &self.coordinator
    }

    /// The first time after `now` at which something is done that is done every
    /// `interval` since the process started.
    fn round_after(&self, interval: Duration, now: Time) -> Time {
        let rounds = now.since(self.started).0 / interval.0 + 1;
        self.started + interval.times(rounds)
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

impl Broker {
    pub(super) fn start_transactions(&mut self, now: Time) {
        self.txn.started = now;
    }

    /// Sends a request to a broker, which may be this one. Returns its number.
    fn txn_request(&mut self, cx: &mut Cx<'_>, to: NodeId, request: Request) -> RequestId {
        let id = self.ids.next_id();
        if to == self.me() {
            self.txn.local.push((id, request));
        } else {
            cx.fx.request(to, id, request);
        }
        self.txn.retries.need(cx.now + REQUEST_TIMEOUT, cx.fx);
        id
    }

    /// Answers a request, which may be of this broker.
    fn txn_respond(&mut self, asker: Asker, response: Response) {
        self.txn.replies.push((asker, response));
    }

    /// What became due during this input. Returns whether there was anything.
    pub(super) fn settle_txn(&mut self, cx: &mut Cx<'_>) -> bool {
        let txn = &self.txn;
        let markers = txn.coordinator.has_new_markers();
        if txn.local.is_empty() && txn.replies.is_empty() && !markers {
            return false;
        }
        if markers {
            self.send_markers(cx);
        }
        for ((to, id), response) in std::mem::take(&mut self.txn.replies) {
            if to == self.me() {
                self.on_txn_response(cx, id, &response);
            } else {
                cx.fx.respond(to, id, response);
            }
        }
        for (id, request) in std::mem::take(&mut self.txn.local) {
            let me = self.me();
            self.on_request(cx, me, id, &request);
        }
        true
    }

    /// Another broker, or this one, answered.
    pub(super) fn on_txn_response(&mut self, cx: &mut Cx<'_>, id: RequestId, response: &Response) {
        match response {
            Response::AddPartitionsToTxn(answer) => self.on_joined(cx, id, answer),
            Response::WriteTxnMarkers(answer) => self.on_markers_answered(cx, id, answer),
            _ => {}
        }
    }

    /// Requests on their way to that broker are lost, and its own are nobody's.
    pub(super) fn txn_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        self.markers_disconnected(cx, peer);
        self.joining_disconnected(cx, peer);
    }

    /// Something has to be tried again, or has waited too long.
    pub(super) fn on_txn_retry_timer(&mut self, cx: &mut Cx<'_>) {
        self.txn.retries.fired();
        self.retry_markers(cx);
        self.retry_joining(cx);
    }
}
