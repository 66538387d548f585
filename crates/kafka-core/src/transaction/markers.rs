//! Telling every partition of a decided transaction its outcome (TXN-8).
//!
//! Invariant: a decided transaction stays here until every partition has its marker, or
//! is gone, or says that somebody newer has taken over; then it is complete.

use std::collections::{BTreeMap, BTreeSet};

use super::state::TransactionMetadata;
use super::{Done, TransactionCoordinator, TxnIo};
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::protocol::{TxnMarker, WriteTxnMarkersResponse};
use crate::types::{BrokerId, Name, ProducerId, TopicPartition};

/// Markers for the partitions that one broker leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarkerBatch {
    /// The leader.
    pub leader: BrokerId,
    /// The markers.
    pub markers: Vec<TxnMarker>,
}

/// A decided transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Decided {
    producer_id: ProducerId,
    /// Partitions without an answer, and whether the marker is on its way.
    waiting: BTreeMap<TopicPartition, bool>,
    /// All markers are written; the record that says so is not.
    complete: bool,
}

/// All decided transactions that are not complete.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Markers {
    decided: BTreeMap<Name, Decided>,
    unsent: BTreeSet<Name>,
}

impl Markers {
    /// Its coordinator is another one now.
    pub(super) fn forget(&mut self, id: &Name) {
        self.decided.remove(id);
        self.unsent.remove(id);
    }

    /// The record of its completion could not be written: again at the next retry.
    pub(super) fn complete_later(&mut self, id: &Name) {
        let decided = Decided {
            producer_id: ProducerId::NONE,
            waiting: BTreeMap::new(),
            complete: true,
        };
        self.decided.insert(id.clone(), decided);
    }
}

impl TransactionCoordinator {
    /// Begins to tell the partitions.
    pub(super) fn send_markers(&mut self, io: &mut TxnIo<'_>, txn: &TransactionMetadata) {
        let id = txn.transactional_id.clone();
        let waiting = txn.partitions.iter().map(|id| (*id, false)).collect();
        let decided = Decided {
            producer_id: txn.producer_id,
            waiting,
            complete: false,
        };
        self.markers.decided.insert(id.clone(), decided);
        self.markers.unsent.insert(id.clone());
        self.complete_if_told(io, &id);
    }

    /// The markers to be sent now, by leader. Partitions without a leader wait;
    /// partitions that are gone need none.
    pub fn take_markers(&mut self, io: &mut TxnIo<'_>) -> Vec<MarkerBatch> {
        let mut by_leader: BTreeMap<BrokerId, Vec<TxnMarker>> = BTreeMap::new();
        for id in std::mem::take(&mut self.markers.unsent) {
            let Some(txn) = self.ids.get(&id) else {
                continue;
            };
            let Some(epoch) = self.led.get(&txn.state_partition) else {
                continue;
            };
            let Some(decided) = self.markers.decided.get_mut(&id) else {
                continue;
            };
            let image = io.image;
            decided
                .waiting
                .retain(|id, _| image.partition(*id).is_some());
            for (leader, partitions) in unsent(decided, image) {
                by_leader.entry(leader).or_default().push(TxnMarker {
                    producer_id: txn.producer_id,
                    producer_epoch: txn.producer_epoch,
                    commit: txn.state.is_commit(),
                    coordinator_epoch: epoch.0,
                    partitions,
                });
            }
            self.complete_if_told(io, &id);
        }
        let batches = by_leader.into_iter();
        batches
            .map(|(leader, markers)| MarkerBatch { leader, markers })
            .collect()
    }

    /// Whether markers wait for a retry.
    pub fn has_unsent_markers(&self) -> bool {
        let mut decided = self.markers.decided.values();
        decided.any(|it| it.complete || it.waiting.values().any(|sent| !sent))
    }

    /// Whether there is something to be sent at once.
    pub fn has_new_markers(&self) -> bool {
        !self.markers.unsent.is_empty()
    }

    /// Tries again what has not been sent, or not written.
    pub fn retry_markers(&mut self, io: &mut TxnIo<'_>) {
        let all: Vec<Name> = self.markers.decided.keys().cloned().collect();
        for id in all {
            self.markers.unsent.insert(id.clone());
            self.complete_if_told(io, &id);
        }
    }

    /// A leader answered.
    pub fn on_markers_written(&mut self, io: &mut TxnIo<'_>, answer: &WriteTxnMarkersResponse) {
        for (producer, partition, error) in &answer.markers {
            if let Some(id) = self.decided_of(*producer, *partition) {
                self.marker_answered(&id, *partition, *error);
                self.complete_if_told(io, &id);
            }
        }
    }

    /// Nobody knows whether these were written: they are sent again.
    pub fn on_markers_lost(&mut self, markers: &[TxnMarker]) {
        for marker in markers {
            for partition in &marker.partitions {
                if let Some(id) = self.decided_of(marker.producer_id, *partition) {
                    let error = ErrorCode::NetworkException;
                    self.marker_answered(&id, *partition, error);
                }
            }
        }
    }

    fn decided_of(&self, producer: ProducerId, partition: TopicPartition) -> Option<Name> {
        let mut decided = self.markers.decided.iter();
        let found = decided.find(|(_, it)| {
            it.producer_id == producer && it.waiting.get(&partition) == Some(&true)
        });
        found.map(|(id, _)| id.clone())
    }

    fn marker_answered(&mut self, id: &Name, partition: TopicPartition, error: ErrorCode) {
        let Some(decided) = self.markers.decided.get_mut(id) else {
            return;
        };
        match error {
            // Fenced: whoever fenced it answers for the partition.
            ErrorCode::None
            | ErrorCode::InvalidProducerEpoch
            | ErrorCode::TransactionCoordinatorFenced => {
                decided.waiting.remove(&partition);
            }
            _ => {
                decided.waiting.insert(partition, false);
            }
        }
    }

    fn complete_if_told(&mut self, io: &mut TxnIo<'_>, id: &Name) {
        let told = self.markers.decided.get(id);
        if !told.is_some_and(|decided| decided.waiting.is_empty()) {
            return;
        }
        self.markers.forget(id);
        let now_ms = io.now_ms();
        if let Some(txn) = self.ids.get(id).filter(|txn| txn.state.is_prepared()) {
            let next = txn.completed(now_ms);
            self.store(io, next, Done::Completed);
        }
    }
}

fn unsent(decided: &mut Decided, image: &ClusterImage) -> BTreeMap<BrokerId, Vec<TopicPartition>> {
    let mut by_leader: BTreeMap<BrokerId, Vec<TopicPartition>> = BTreeMap::new();
    for (id, sent) in decided.waiting.iter_mut().filter(|(_, sent)| !**sent) {
        let leader = image.partition(*id).and_then(|state| state.leader);
        if let Some(leader) = leader {
            *sent = true;
            by_leader.entry(leader).or_default().push(*id);
        }
    }
    by_leader
}
