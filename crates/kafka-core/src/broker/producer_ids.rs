//! InitProducerId from blocks of ids the controller hands out (PRO-13).

use std::collections::VecDeque;

use super::timer::LazyTimer;
use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::node::TimerKey;
use crate::protocol::{
    AllocateProducerIdsRequest, AllocateProducerIdsResponse, EndTxnRequest, InitProducerIdRequest,
    InitProducerIdResponse, Request, Response,
};
use crate::transaction::Asker;
use crate::types::{Duration, NodeId, ProducerEpoch, ProducerId, RequestId, Time};

/// Pause before the controller is asked again.
const RETRY: Duration = Duration::from_ms(100);
/// Number of the retry timer.
pub(super) const RETRY_PRODUCER_IDS: u32 = 2;

/// What a new producer id is for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// A producer without a transactional id.
    Idempotence,
    /// A transactional id that is new, or has used up its epochs (TXN-1).
    Initialising(InitProducerIdRequest),
    /// The transaction after one that used up the epochs (TXN-9).
    Ending(EndTxnRequest),
}

/// Who waits for an id, and what for.
type Waiting = (Asker, Purpose);

/// The current block, and who waits for the next.
#[derive(Clone, Debug)]
pub(super) struct ProducerIds {
    next: ProducerId,
    left: u32,
    waiting: VecDeque<Waiting>,
    in_flight: Option<(RequestId, NodeId)>,
    timer: LazyTimer,
}

impl Default for ProducerIds {
    fn default() -> ProducerIds {
        ProducerIds {
            next: ProducerId::NONE,
            left: 0,
            waiting: VecDeque::new(),
            in_flight: None,
            timer: LazyTimer::new(TimerKey::Retry(RETRY_PRODUCER_IDS)),
        }
    }
}

impl ProducerIds {
    /// The next id of the block and who gets it, if there is one and somebody waits.
    fn hand_out(&mut self) -> Option<(ProducerId, Waiting)> {
        if self.left == 0 {
            return None;
        }
        let waiting = self.waiting.pop_front()?;
        let id = self.next;
        self.next = ProducerId(self.next.0 + 1);
        self.left -= 1;
        Some((id, waiting))
    }
}

impl Broker {
    pub(super) fn on_init_producer_id(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &InitProducerIdRequest,
    ) {
        match &request.transactional_id {
            Some(txn) => self.on_init_transactional(cx, (from, id), txn, request),
            None => self.want_producer_id(cx, (from, id), Purpose::Idempotence),
        }
    }

    /// Waits for an id.
    pub(super) fn want_producer_id(&mut self, cx: &mut Cx<'_>, asker: Asker, purpose: Purpose) {
        self.producer_ids.waiting.push_back((asker, purpose));
        self.serve_producer_ids(cx);
    }

    /// Answers from the block; asks for another when it is used up.
    fn serve_producer_ids(&mut self, cx: &mut Cx<'_>) {
        while let Some((id, (asker, purpose))) = self.producer_ids.hand_out() {
            match purpose {
                Purpose::Initialising(request) => {
                    self.init_transactional_with(cx, asker, &request, id);
                }
                Purpose::Ending(request) => self.end_transaction_with(cx, asker, &request, id),
                Purpose::Idempotence => {
                    let response = InitProducerIdResponse {
                        error: ErrorCode::None,
                        producer_id: id,
                        producer_epoch: ProducerEpoch(0),
                    };
                    let response = Response::InitProducerId(response);
                    cx.fx.respond(asker.0, asker.1, response);
                }
            }
        }
        if self.producer_ids.waiting.is_empty() || self.producer_ids.in_flight.is_some() {
            return;
        }
        let patience = match self.raft.leader() {
            None => RETRY,
            Some(controller) => {
                let id = self.ids.next_id();
                let request = AllocateProducerIdsRequest {
                    broker: self.config.node,
                    broker_epoch: self.lifecycle.epoch,
                };
                self.producer_ids.in_flight = Some((id, controller));
                cx.fx
                    .request(controller, id, Request::AllocateProducerIds(request));
                Duration::from_secs(30)
            }
        };
        self.retry_producer_ids_at(cx, cx.now + patience);
    }

    fn retry_producer_ids_at(&mut self, cx: &mut Cx<'_>, at: Time) {
        self.producer_ids.timer.need(at, cx.fx);
    }

    pub(super) fn on_producer_id_block(
        &mut self,
        cx: &mut Cx<'_>,
        id: RequestId,
        response: &AllocateProducerIdsResponse,
    ) {
        if self
            .producer_ids
            .in_flight
            .is_none_or(|(asked, _)| asked != id)
        {
            return;
        }
        self.producer_ids.in_flight = None;
        if response.error.is_error() {
            self.retry_producer_ids_at(cx, cx.now + RETRY);
            return;
        }
        self.producer_ids.next = response.start;
        self.producer_ids.left = response.len;
        self.serve_producer_ids(cx);
    }

    pub(super) fn producer_ids_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        if self
            .producer_ids
            .in_flight
            .is_some_and(|(_, to)| to == peer)
        {
            self.producer_ids.in_flight = None;
            self.retry_producer_ids_at(cx, cx.now + RETRY);
        }
    }

    /// Asks again; an answer that has not come by now is given up.
    pub(super) fn on_producer_ids_timer(&mut self, cx: &mut Cx<'_>) {
        self.producer_ids.timer.fired();
        self.producer_ids.in_flight = None;
        self.serve_producer_ids(cx);
    }
}
