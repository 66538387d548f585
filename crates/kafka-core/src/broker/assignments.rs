//! Telling the controller in which log directory replicas are (AssignReplicasToDirs, KIP-858).
//!
//! A broker with one directory has nothing to tell: the controller knows. One request at a time,
//! a tenth of a second after the first replica it is for. Invariant: a replica that is not where
//! the metadata says is told of until it is.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use super::timer::LazyTimer;
use super::{Broker, Cx};
use crate::node::TimerKey;
use crate::protocol::{AssignReplicasToDirsRequest, AssignReplicasToDirsResponse, Request};
use crate::types::{Duration, NodeId, RequestId, Time, TopicPartition, Uuid};

/// Number of the timer.
pub(super) const RETRY_ASSIGNMENTS: u32 = 3;
/// How long replicas are gathered for a request; also the first back-off, which doubles.
const GATHER: Duration = Duration::from_ms(100);
/// Largest back-off.
const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most replicas of one request.
const MOST: usize = 2_250;

/// What the controller has not confirmed.
#[derive(Clone, Debug)]
pub(super) struct Assignments {
    open: BTreeMap<TopicPartition, Uuid>,
    /// What the request in flight says.
    asked: BTreeMap<TopicPartition, Uuid>,
    in_flight: Option<(RequestId, NodeId, Time)>,
    failures: u32,
    timer: LazyTimer,
}

impl Default for Assignments {
    fn default() -> Assignments {
        Assignments {
            open: BTreeMap::new(),
            asked: BTreeMap::new(),
            in_flight: None,
            failures: 0,
            timer: LazyTimer::new(TimerKey::Retry(RETRY_ASSIGNMENTS)),
        }
    }
}

impl Assignments {
    /// What is told next rests on this.
    pub(super) fn hash_state(&self, state: &mut impl Hasher) {
        (&self.open, &self.asked).hash(state);
        (self.in_flight.is_some(), self.failures).hash(state);
    }
}

impl Broker {
    /// Whether the metadata knows where that replica is; else the controller is told.
    pub(super) fn check_assignment(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        if self.dirs.count == 1 || self.partitions.get(id).is_none() {
            return;
        }
        let me = self.me();
        let moves_to = self.moves.told_dir(id);
        let place = moves_to.unwrap_or_else(|| self.dirs.disk.place(id));
        let here = self.dirs.disk.id(me, place);
        let known = self
            .image
            .partition(id)
            .and_then(|state| state.directory(me));
        if known == Some(here) && moves_to.is_none() {
            self.assignments.open.remove(&id);
        } else if known != Some(here) {
            self.assign(cx, id, here);
        }
    }

    /// The controller is told that the replica is in that directory.
    pub(super) fn assign(&mut self, cx: &mut Cx<'_>, id: TopicPartition, directory: Uuid) {
        if self.assignments.open.insert(id, directory) != Some(directory) {
            self.assignments.timer.need(cx.now + GATHER, cx.fx);
        }
    }

    /// Sends what is open; an answer that has not come by now is given up.
    pub(super) fn on_assignments_timer(&mut self, cx: &mut Cx<'_>) {
        self.assignments.timer.fired();
        if let Some((_, _, limit)) = self.assignments.in_flight {
            if limit > cx.now {
                self.assignments.timer.need(limit, cx.fx);
            } else {
                self.assignment_failed(cx);
            }
            return;
        }
        let (me, image) = (self.me(), &self.image);
        let is_here = |id: &TopicPartition| {
            let state = image.partition(*id);
            state.is_some_and(|state| state.replicas.contains(&me))
        };
        self.assignments.open.retain(|id, _| is_here(id));
        if self.assignments.open.is_empty() {
            return;
        }
        let Some(controller) = self.raft.leader() else {
            self.assignments.timer.need(cx.now + GATHER, cx.fx);
            return;
        };
        let open = self.assignments.open.iter().take(MOST);
        self.assignments.asked = open.map(|(id, directory)| (*id, *directory)).collect();
        let asked = self.assignments.asked.iter();
        let request = AssignReplicasToDirsRequest {
            broker: me,
            broker_epoch: self.lifecycle.epoch,
            assignments: asked.map(|(id, directory)| (*directory, *id)).collect(),
        };
        let id = self.ids.next_id();
        let limit = cx.now + PATIENCE;
        self.assignments.in_flight = Some((id, controller, limit));
        let request = Request::AssignReplicasToDirs(request);
        cx.fx.request(controller, id, request);
        self.assignments.timer.need(limit, cx.fx);
    }

    fn assignment_failed(&mut self, cx: &mut Cx<'_>) {
        self.assignments.in_flight = None;
        let pause = GATHER.times(1 << self.assignments.failures.min(10));
        self.assignments.failures += 1;
        let pause = pause.min(BACKOFF_MAX);
        self.assignments.timer.need(cx.now + pause, cx.fx);
    }

    pub(super) fn on_assigned(
        &mut self,
        cx: &mut Cx<'_>,
        id: RequestId,
        response: &AssignReplicasToDirsResponse,
    ) {
        let expected = self.assignments.in_flight;
        if expected.is_none_or(|(asked, _, _)| asked != id) {
            return;
        }
        if response.error.is_error() {
            self.assignment_failed(cx);
            return;
        }
        self.assignments.in_flight = None;
        self.assignments.failures = 0;
        let asked = std::mem::take(&mut self.assignments.asked);
        for (partition, error) in &response.partitions {
            let Some(told) = asked.get(partition).filter(|_| !error.is_error()) else {
                continue;
            };
            // Told once and accepted: metadata that says so is on its way.
            if self.assignments.open.get(partition) == Some(told) {
                self.assignments.open.remove(partition);
            }
            self.move_confirmed(*partition, *told);
        }
        if !self.assignments.open.is_empty() {
            self.assignments.timer.need(cx.now + GATHER, cx.fx);
        }
    }

    pub(super) fn assignments_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        let waits_for = self.assignments.in_flight.map(|(_, to, _)| to);
        if waits_for == Some(peer) {
            self.assignment_failed(cx);
        }
    }
}
