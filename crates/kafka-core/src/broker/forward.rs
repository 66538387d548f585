//! Handing requests that only the active controller can answer to it, and the
//! answers back (Kafka's Envelope).

use std::collections::BTreeMap;

use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::node::TimerKey;
use crate::protocol::{ConfigResource, Outcome, Request, Response, refusal};
use crate::types::{Duration, NodeId, RequestId, Time};

/// Pause before a request goes to another controller.
const RETRY: Duration = Duration::from_ms(100);
/// How long a controller may take before it is asked again (`request.timeout.ms`).
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long it is tried before the client is told REQUEST_TIMED_OUT, whatever the settings are.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
struct Forward {
    /// The client; `None` for a request of this broker (TOP-10).
    asker: Option<(NodeId, RequestId)>,
    request: Request,
    /// Parts of the request that this broker has refused itself.
    refused: Vec<(ConfigResource, Outcome)>,
    deadline: Time,
    sent_to: Option<NodeId>,
}

/// Requests on their way, by this broker's number of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Forwards {
    open: BTreeMap<RequestId, Forward>,
}

impl Broker {
    /// Forwards a client's request.
    pub(super) fn forward(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        request: Request,
    ) {
        self.start_forward(cx, Some(asker), request, Vec::new());
    }

    /// Forwards what is left of a client's request; the answer tells of both parts.
    pub(super) fn forward_with_refused(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        request: Request,
        refused: Vec<(ConfigResource, Outcome)>,
    ) {
        self.start_forward(cx, Some(asker), request, refused);
    }

    /// Sends a request of this broker to the controller.
    pub(super) fn forward_own(&mut self, cx: &mut Cx<'_>, request: Request) {
        self.start_forward(cx, None, request, Vec::new());
    }

    fn start_forward(
        &mut self,
        cx: &mut Cx<'_>,
        asker: Option<(NodeId, RequestId)>,
        request: Request,
        refused: Vec<(ConfigResource, Outcome)>,
    ) {
        let id = self.ids.next_id();
        let forward = Forward {
            asker,
            request,
            refused,
            deadline: cx.now + PATIENCE,
            sent_to: None,
        };
        self.forwards.open.insert(id, forward);
        self.try_forward(cx, id);
    }

    fn try_forward(&mut self, cx: &mut Cx<'_>, id: RequestId) {
        let controller = self.raft.leader();
        let Some(forward) = self.forwards.open.get_mut(&id) else {
            return;
        };
        forward.sent_to = controller;
        let wake = match controller {
            Some(controller) => {
                cx.fx.request(controller, id, forward.request.clone());
                forward.deadline.min(cx.now + REQUEST_TIMEOUT)
            }
            None => forward.deadline.min(cx.now + RETRY),
        };
        cx.fx.set_timer(TimerKey::RequestTimeout(id), wake);
    }

    fn retry_forward(&mut self, cx: &mut Cx<'_>, id: RequestId) {
        if let Some(forward) = self.forwards.open.get_mut(&id) {
            forward.sent_to = None;
            let wake = forward.deadline.min(cx.now + RETRY);
            cx.fx.set_timer(TimerKey::RequestTimeout(id), wake);
        }
    }

    /// The controller answered.
    pub(super) fn on_forwarded(&mut self, cx: &mut Cx<'_>, id: RequestId, response: &Response) {
        if !self.forwards.open.contains_key(&id) {
            return;
        }
        if is_not_controller(response) {
            self.retry_forward(cx, id);
            return;
        }
        cx.fx.cancel_timer(TimerKey::RequestTimeout(id));
        if let Some(forward) = self.forwards.open.remove(&id) {
            self.end_forward(cx, forward, Some(response.clone()));
        }
    }

    fn end_forward(&mut self, cx: &mut Cx<'_>, forward: Forward, response: Option<Response>) {
        let Some((to, asked)) = forward.asker else {
            self.own_forward_ended(&forward.request);
            return;
        };
        let Some(mut response) = response else {
            return;
        };
        if let Response::IncrementalAlterConfigs(answer) = &mut response {
            answer.results.extend(forward.refused);
        }
        cx.fx.respond(to, asked, response);
    }

    /// The creation is over, well or not: the next need may ask again.
    fn own_forward_ended(&mut self, request: &Request) {
        if let Request::CreateTopics(request) = request {
            for topic in &request.topics {
                self.creating.remove(&topic.name);
            }
        }
    }

    /// Time to try again, or to give up.
    pub(super) fn on_forward_timer(&mut self, cx: &mut Cx<'_>, id: RequestId) {
        let Some(forward) = self.forwards.open.get(&id) else {
            return;
        };
        if forward.deadline > cx.now {
            self.try_forward(cx, id);
        } else if let Some(forward) = self.forwards.open.remove(&id) {
            let timed_out = refusal(&forward.request, ErrorCode::RequestTimedOut);
            self.end_forward(cx, forward, timed_out);
        }
    }

    pub(super) fn forwards_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        let open = self.forwards.open.iter();
        let lost = open.filter(|(_, forward)| forward.sent_to == Some(peer));
        let lost: Vec<RequestId> = lost.map(|(id, _)| *id).collect();
        for id in lost {
            self.retry_forward(cx, id);
        }
        // A client that is gone gets no answer.
        self.forwards
            .open
            .retain(|_, forward| forward.asker.is_none_or(|(to, _)| to != peer));
    }
}

/// Whether the node asked was not the active controller: in a field of its own, or
/// in every element.
fn is_not_controller(response: &Response) -> bool {
    let code = |error: ErrorCode| error == ErrorCode::NotController;
    let outcome = |outcome: Option<&Outcome>| outcome.is_some_and(|o| code(o.error));
    match response {
        Response::CreateTopics(r) => outcome(r.topics.first().map(|topic| &topic.1)),
        Response::DeleteTopics(r) => outcome(r.topics.first().map(|topic| &topic.1)),
        Response::CreatePartitions(r) => outcome(r.topics.first().map(|topic| &topic.1)),
        Response::IncrementalAlterConfigs(r) => outcome(r.results.first().map(|r| &r.1)),
        Response::ElectLeaders(r) => code(r.error),
        Response::AlterPartitionReassignments(r) => code(r.error),
        Response::ListPartitionReassignments(r) => code(r.error),
        Response::UnregisterBroker(r) => code(r.outcome.error),
        Response::DescribeQuorum(r) => r.error == ErrorCode::NotLeaderOrFollower,
        _ => false,
    }
}
