//! Kafka's AdminClient: sends each call to the right broker and repeats it until
//! it is answered or `default.api.timeout.ms` is over.
//!
//! Not here: what a call means (the tools know) and outcomes of single topics or
//! groups, which are part of an answer. Invariant: every call ends with exactly
//! one answer or failure (one a broker for [`AdminTarget::AllBrokers`]).

mod call;

use std::collections::BTreeMap;

use self::call::{Call, call_name, is_not_leader, retriable_error};
use super::backoff::backoff;
use super::network::{Arrival, ConnId, Network};
use super::refresh::Refresh;
use super::{AdminTarget, ClientCommand, ClientEvent, ClientFailure};
use crate::config::ClientConfig;
use crate::error::ErrorCode;
use crate::node::{Effect, Effects, Input, Prng, TimerKey};
use crate::protocol::{
    CoordinatorKind, FindCoordinatorRequest, MetadataRequest, Request, Response,
};
use crate::types::{Duration, NodeId, RequestId, Time};

/// The next retry or deadline of any call.
const CALLS: TimerKey = TimerKey::Retry(1);

/// How late the client's thread, which sleeps until an answer comes or the call's time is over, sees
/// that a request is not answered. It does not wake up for `request.timeout.ms`. A call that had to
/// wait for the first connection keeps the thread awake and is given up in time (both measured).
const LATE: Duration = Duration::from_ms(100);

/// What an unanswered request is for.
#[derive(Clone, Copy, Debug)]
enum Purpose {
    /// The call itself.
    Call(u32),
    /// Where the call must go.
    Lookup(u32),
}

/// An AdminClient process.
#[derive(Clone, Debug)]
pub struct Admin {
    net: Network<Purpose>,
    /// By order of arrival.
    calls: BTreeMap<u32, Call>,
    next_key: u32,
    armed: Option<Time>,
    node: NodeId,
}

impl Admin {
    /// An AdminClient that has not connected yet.
    pub fn new(config: ClientConfig, node: NodeId) -> Admin {
        let refresh = Refresh::for_admin(&config);
        Admin {
            net: Network::new(config, 1, refresh),
            calls: BTreeMap::new(),
            next_key: 0,
            armed: None,
            node,
        }
    }

    /// This process.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Number of calls that have not ended.
    pub fn pending(&self) -> usize {
        self.calls.len()
    }

    /// Takes one input.
    pub fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects) {
        match input {
            Input::Command(ClientCommand::Call(number, target, request)) => {
                let timeout = u64::from(self.net.config().default_api_timeout_ms);
                let deadline = now + Duration::from_ms(timeout);
                let mut request = (**request).clone();
                if let Request::DescribeCluster(request) = &mut request {
                    request.endpoint_type = self.net.endpoint_type();
                }
                let mut call = Call::new(*number, target.clone(), request, deadline);
                call.waited_for_cluster = self.net.view.brokers().is_empty();
                self.add(call);
            }
            Input::Command(ClientCommand::Close { .. }) | Input::Terminate => {
                self.calls.clear();
                fx.event(ClientEvent::Closed);
                fx.list.push(Effect::Exit);
                return;
            }
            Input::Response { from, id, response } => {
                self.answered(from, id, response, now, prng, fx);
            }
            Input::Disconnected { peer } => {
                let broken = self.net.disconnected(peer, now, prng, fx);
                let lost = broken.into_iter().flat_map(|b| b.lost);
                lost.for_each(|purpose| self.lost(purpose, now, prng));
            }
            Input::Timer(key) => match self.net.timer_fired(key) {
                Some(true) => {
                    let broken = self.net.timed_out(now, prng, fx);
                    let lost = broken.into_iter().flat_map(|b| b.lost);
                    lost.for_each(|purpose| self.lost(purpose, now, prng));
                }
                Some(false) => {}
                None => self.armed = None,
            },
            Input::Started | Input::Command(_) | Input::Request { .. } => {}
        }
        self.pump(now, prng, fx);
    }

    fn add(&mut self, call: Call) -> u32 {
        self.next_key += 1;
        self.calls.insert(self.next_key, call);
        self.next_key
    }

    fn pump(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        self.expire(now, fx);
        self.net.poll(now, prng, fx);
        if let Some(refusal) = self.net.refusal().cloned() {
            self.fail_all(&refusal, fx);
        }
        if !self.net.view.brokers().is_empty() {
            let due = self.calls.iter().filter(|(_, c)| c.may_try(now));
            let due: Vec<u32> = due.map(|(key, _)| *key).collect();
            for key in due {
                self.try_call(key, now, prng, fx);
            }
        }
        self.arm(now, fx);
    }

    fn arm(&mut self, now: Time, fx: &mut Effects) {
        let wake = self
            .calls
            .values()
            .filter_map(|call| call.wake_at(now))
            .min();
        if wake != self.armed {
            self.armed = wake;
            match wake {
                Some(at) => fx.set_timer(CALLS, at),
                None => fx.cancel_timer(CALLS),
            }
        }
    }

    /// Sends the call, or first the question where it must go.
    fn try_call(&mut self, key: u32, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        // A broker found earlier has left the metadata: look again.
        let is_known = |id: NodeId| self.net.view.brokers().iter().any(|b| b.id == id);
        if call.node.is_some_and(|id| !is_known(id)) {
            call.forget_location();
        }
        let lookup = match (&call.target, call.node) {
            (AdminTarget::AnyBroker, _) | (_, Some(_)) => None,
            (AdminTarget::Broker(id), None) => {
                if !is_known(*id) {
                    self.net.request_update();
                    return;
                }
                call.node = Some(*id);
                None
            }
            (AdminTarget::AllBrokers, None) => Some(Request::Metadata(MetadataRequest {
                topics: Some(Vec::new()),
                allow_auto_topic_creation: true,
            })),
            (AdminTarget::Coordinator(group), None) => {
                Some(Request::FindCoordinator(FindCoordinatorRequest {
                    kind: CoordinatorKind::Group,
                    key: group.clone(),
                }))
            }
            (AdminTarget::TransactionCoordinator(id), None) => {
                Some(Request::FindCoordinator(FindCoordinatorRequest {
                    kind: CoordinatorKind::Transaction,
                    key: id.clone(),
                }))
            }
            (AdminTarget::Leader(partition), None) => Some(Request::Metadata(MetadataRequest {
                topics: Some(vec![partition.topic.clone()]),
                allow_auto_topic_creation: false,
            })),
        };
        let conn = match call.node {
            Some(id) => Some(ConnId::broker(id)),
            None if self.net.config().to_controllers => match self.net.view.controller() {
                Some(active) => Some(ConnId::broker(active)),
                None => {
                    self.net.request_update();
                    return;
                }
            },
            None => self.net.least_loaded(now, prng),
        };
        let Some(conn) = conn.filter(|conn| self.net.ready(*conn, now, fx)) else {
            return;
        };
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        call.in_flight = true;
        let deadline = match call.waited_for_cluster {
            true => call.deadline,
            false => call.deadline + LATE,
        };
        let (request, purpose) = match lookup {
            Some(question) => (question, Purpose::Lookup(key)),
            None => (call.request.clone(), Purpose::Call(key)),
        };
        self.net.send_until(conn, request, purpose, deadline, fx);
    }

    fn answered(
        &mut self,
        from: NodeId,
        id: RequestId,
        response: &Response,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        match self.net.answered(from, id, response, now, prng, fx) {
            Arrival::Own(Purpose::Call(key)) => {
                self.call_answered(key, from, response, now, prng, fx);
            }
            Arrival::Own(Purpose::Lookup(key)) => self.located(key, response, now, prng, fx),
            Arrival::Nothing | Arrival::Opened | Arrival::Metadata => {}
        }
    }

    fn call_answered(
        &mut self,
        key: u32,
        from: NodeId,
        response: &Response,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        let is_theirs = self.net.config().to_controllers;
        if is_theirs && is_not_leader(response) {
            self.net.view.set_controller(None);
            self.net.request_update();
            self.retry(key, now, prng);
            return;
        }
        if let Some(error) = retriable_error(response) {
            if matches!(
                error,
                ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable
            ) || error.refreshes_metadata()
            {
                call.forget_location();
            }
            if error.refreshes_metadata() || error == ErrorCode::NotController {
                self.net.request_update();
            }
            if error == ErrorCode::RequestTimedOut && call.deadline <= now {
                self.fail(key, error, error.message(), fx);
            } else {
                self.retry(key, now, prng);
            }
            return;
        }
        let number = call.number;
        self.calls.remove(&key);
        fx.event(ClientEvent::Answer {
            call: number,
            from,
            response: Box::new(response.clone()),
            last: !self.calls.values().any(|other| other.number == number),
        });
    }

    /// The broker to ask is known now, or the question must be asked again.
    fn located(
        &mut self,
        key: u32,
        response: &Response,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        call.in_flight = false;
        let mut failure = None;
        match (response, &call.target) {
            (Response::FindCoordinator(found), _) => {
                call.node = found.node.filter(|_| !found.error.is_error());
                failure =
                    (found.error.is_error() && !found.error.is_retriable()).then_some(found.error);
            }
            (Response::Metadata(answer), AdminTarget::Leader(wanted)) => {
                let topic = answer.topics.iter().find(|t| t.name == wanted.topic);
                let mut partitions = topic.iter().flat_map(|t| &t.partitions);
                let found = partitions.find(|p| p.partition == wanted.partition);
                call.node = found.and_then(|p| p.leader);
                let error = topic.map_or(ErrorCode::None, |t| t.error);
                failure = (error.is_error() && !error.is_retriable()).then_some(error);
            }
            (Response::Metadata(answer), AdminTarget::AllBrokers) => {
                let brokers: Vec<NodeId> = answer.brokers.iter().map(|b| b.id).collect();
                if !brokers.is_empty() {
                    self.split(key, &brokers);
                    return;
                }
            }
            _ => {}
        }
        if let Some(error) = failure {
            self.fail(key, error, error.message(), fx);
        } else if self.calls.get(&key).is_some_and(|c| c.node.is_none()) {
            self.retry(key, now, prng);
        }
    }

    /// A call to every broker becomes one call each.
    fn split(&mut self, key: u32, brokers: &[NodeId]) {
        let Some(whole) = self.calls.remove(&key) else {
            return;
        };
        for id in brokers {
            let mut part = whole.clone();
            part.target = AdminTarget::Broker(*id);
            self.add(part);
        }
    }

    fn lost(&mut self, purpose: Purpose, now: Time, prng: &mut Prng) {
        let (Purpose::Call(key) | Purpose::Lookup(key)) = purpose;
        if let Some(call) = self.calls.get_mut(&key) {
            call.forget_location();
            self.retry(key, now, prng);
        }
    }

    fn retry(&mut self, key: u32, now: Time, prng: &mut Prng) {
        let config = self.net.config();
        let (initial, max) = (config.retry_backoff_ms, config.retry_backoff_max_ms);
        if let Some(call) = self.calls.get_mut(&key) {
            call.in_flight = false;
            call.next_try = now + backoff(prng, initial, max, call.tries);
            call.tries += 1;
        }
    }

    fn fail(&mut self, key: u32, error: ErrorCode, message: &str, fx: &mut Effects) {
        let Some(call) = self.calls.remove(&key) else {
            return;
        };
        fx.event(ClientEvent::CallFailed {
            call: call.number,
            failure: ClientFailure::new(error, message),
        });
    }

    /// Nobody can be asked: every call ends with the reason.
    fn fail_all(&mut self, failure: &ClientFailure, fx: &mut Effects) {
        for call in std::mem::take(&mut self.calls).into_values() {
            fx.event(ClientEvent::CallFailed {
                call: call.number,
                failure: failure.clone(),
            });
        }
    }

    fn expire(&mut self, now: Time, fx: &mut Effects) {
        let over = self.calls.iter().filter(|(_, c)| c.is_over(now));
        let over: Vec<u32> = over.map(|(key, _)| *key).collect();
        for key in over {
            let Some(call) = self.calls.get(&key) else {
                continue;
            };
            let text = if call.tries == 0 && !call.in_flight {
                let name = call_name(&call.request);
                format!("Timed out waiting for a node assignment. Call: {name}")
            } else {
                call.timeout_text(now)
            };
            self.fail(key, ErrorCode::RequestTimedOut, &text, fx);
        }
    }
}

#[cfg(test)]
mod tests;
