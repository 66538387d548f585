//! Appends that wait for the high watermark (REP-39, REP-40).
//!
//! One entry a request (or a coordinator's write); each of its partitions waits
//! for its own offset. Invariant: every entry ends exactly once: by the high
//! watermark, by a change of leadership, or by its deadline.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};

use super::partition::Partition;
use super::timer::LazyTimer;
use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::node::TimerKey;
use crate::protocol::{ProducePartitionResponse, ProduceResponse, Response};
use crate::types::{NodeId, Offset, RequestId, Time, TopicPartition};

/// Who waits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Waiter {
    /// A producer's request.
    Producer(NodeId, RequestId),
    /// The coordinator's write of that ticket.
    Coordinator(u64),
    /// The share coordinator's write of that ticket.
    ShareCoordinator(u64),
    /// The transaction coordinator's write of that ticket.
    TransactionCoordinator(u64),
    /// The markers of that request.
    Markers(u64),
}

#[derive(Clone, Debug)]
struct Delayed {
    waiter: Waiter,
    deadline: Time,
    pending: u32,
    outcomes: Vec<ProducePartitionResponse>,
}

/// A partition of an entry waits until the high watermark reaches `required`.
#[derive(Clone, Copy, Debug)]
struct Wait {
    required: Offset,
    entry: u64,
    index: u32,
}

/// All waiting appends.
#[derive(Clone, Debug)]
pub(super) struct ProducePurgatory {
    next: u64,
    entries: BTreeMap<u64, Delayed>,
    waits: BTreeMap<TopicPartition, VecDeque<Wait>>,
    done: Vec<u64>,
    timer: LazyTimer,
}

impl Default for ProducePurgatory {
    fn default() -> ProducePurgatory {
        ProducePurgatory {
            next: 0,
            entries: BTreeMap::new(),
            waits: BTreeMap::new(),
            done: Vec::new(),
            timer: LazyTimer::new(TimerKey::DelayedProduce(0)),
        }
    }
}

impl ProducePurgatory {
    /// How many requests wait.
    pub(super) fn len(&self) -> u32 {
        self.entries.len() as u32
    }

    /// Who waits for what.
    pub(super) fn hash_state(&self, state: &mut impl Hasher) {
        self.entries.len().hash(state);
        for delayed in self.entries.values() {
            (delayed.waiter, delayed.pending).hash(state);
        }
        for (id, waits) in &self.waits {
            (id, waits.len()).hash(state);
            for wait in waits {
                wait.required.hash(state);
            }
        }
    }

    fn resolve(&mut self, wait: Wait, error: ErrorCode) {
        let Some(entry) = self.entries.get_mut(&wait.entry) else {
            return;
        };
        let outcome = &mut entry.outcomes[wait.index as usize];
        if error.is_error() {
            outcome.error = error;
            outcome.base_offset = Offset::UNKNOWN;
        }
        entry.pending -= 1;
        if entry.pending == 0 {
            self.done.push(wait.entry);
        }
    }
}

impl Broker {
    /// Waits until each partition without error holds everything below its
    /// `required` offset on every member of the maximal ISR.
    pub(super) fn wait_for_append(
        &mut self,
        cx: &mut Cx<'_>,
        waiter: Waiter,
        deadline: Time,
        outcomes: Vec<ProducePartitionResponse>,
        required: &[Option<Offset>],
    ) {
        let entry = self.produces.next;
        self.produces.next += 1;
        let mut pending = 0;
        for (index, required) in required.iter().enumerate() {
            let Some(required) = *required else {
                continue;
            };
            pending += 1;
            let id = outcomes[index].partition;
            let waits = self.produces.waits.entry(id).or_default();
            // Duplicates may wait for less than what was appended since.
            let at = waits.partition_point(|wait| wait.required <= required);
            let index = index as u32;
            waits.insert(
                at,
                Wait {
                    required,
                    entry,
                    index,
                },
            );
            self.moved.push(id);
        }
        let delayed = Delayed {
            waiter,
            deadline,
            pending,
            outcomes,
        };
        self.produces.entries.insert(entry, delayed);
        if pending == 0 {
            self.produces.done.push(entry);
        }
        self.produces.timer.need(deadline, cx.fx);
    }

    /// The high watermark of a partition may have reached some waits (REP-40).
    pub(super) fn complete_appends(&mut self, _cx: &mut Cx<'_>, id: TopicPartition) {
        let Some(partition) = self.partitions.get(id) else {
            return;
        };
        let high_watermark = partition.log.high_watermark();
        let Some(waits) = self.produces.waits.get_mut(&id) else {
            return;
        };
        let reached = waits.partition_point(|wait| wait.required <= high_watermark);
        if reached == 0 {
            return;
        }
        let error = after_append(partition);
        let reached: Vec<Wait> = waits.drain(..reached).collect();
        for wait in reached {
            self.produces.resolve(wait, error);
        }
    }

    /// Leadership of a partition is lost: its waits fail (REP-40).
    pub(super) fn fail_appends(&mut self, _cx: &mut Cx<'_>, id: TopicPartition, error: ErrorCode) {
        let waits = self.produces.waits.remove(&id).unwrap_or_default();
        for wait in waits {
            self.produces.resolve(wait, error);
        }
    }

    /// Answers what is complete. Returns whether there was anything.
    pub(super) fn finish_produces(&mut self, cx: &mut Cx<'_>) -> bool {
        if self.produces.done.is_empty() {
            return false;
        }
        let done = std::mem::take(&mut self.produces.done);
        for entry in done {
            if let Some(delayed) = self.produces.entries.remove(&entry) {
                self.finish(cx, delayed);
            }
        }
        true
    }

    fn finish(&mut self, cx: &mut Cx<'_>, mut delayed: Delayed) {
        match delayed.waiter {
            Waiter::Producer(to, id) => {
                for outcome in &mut delayed.outcomes {
                    self.name_leader(outcome);
                }
                let partitions = delayed.outcomes;
                let response = Response::Produce(ProduceResponse { partitions });
                cx.fx.respond(to, id, response);
            }
            Waiter::Coordinator(ticket) => {
                self.coordinator_appended(cx, ticket, first_error(&delayed.outcomes));
            }
            Waiter::ShareCoordinator(ticket) => {
                self.share_appended(ticket, first_error(&delayed.outcomes));
            }
            Waiter::TransactionCoordinator(ticket) => {
                self.txn_appended(cx, ticket, first_error(&delayed.outcomes));
            }
            Waiter::Markers(number) => self.markers_replicated(cx, number, &delayed.outcomes),
        }
    }

    /// REP-40: what waited too long fails, although the records are in the log.
    pub(super) fn on_produce_timer(&mut self, cx: &mut Cx<'_>) {
        self.produces.timer.fired();
        let mut late = Vec::new();
        for (entry, delayed) in &self.produces.entries {
            if delayed.deadline <= cx.now {
                late.push(*entry);
            } else {
                self.produces.timer.need(delayed.deadline, cx.fx);
            }
        }
        if late.is_empty() {
            return;
        }
        let purgatory = &mut self.produces;
        let mut open = Vec::new();
        for waits in purgatory.waits.values_mut() {
            waits.retain(|wait| {
                let is_late = late.binary_search(&wait.entry).is_ok();
                if is_late {
                    open.push(*wait);
                }
                !is_late
            });
        }
        for wait in open {
            purgatory.resolve(wait, ErrorCode::RequestTimedOut);
        }
    }
}

fn first_error(outcomes: &[ProducePartitionResponse]) -> ErrorCode {
    let mut errors = outcomes.iter().map(|outcome| outcome.error);
    errors
        .find(|error| error.is_error())
        .unwrap_or(ErrorCode::None)
}

fn after_append(partition: &Partition) -> ErrorCode {
    if partition.maximal_isr_len() < partition.effective_min_isr() {
        ErrorCode::NotEnoughReplicasAfterAppend
    } else {
        ErrorCode::None
    }
}
