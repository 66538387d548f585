//! Markers: sending them to the leaders of a decided transaction's partitions, and
//! writing them (TXN-8).

use std::rc::Rc;

use super::REQUEST_TIMEOUT;
use crate::broker::answers::leader_in_epoch;
use crate::broker::purgatory::Waiter;
use crate::broker::{Broker, Cx};
use crate::encode::marker_record;
use crate::error::ErrorCode;
use crate::note::Note;
use crate::protocol::{
    ProducePartitionResponse, Request, Response, TxnMarker, WriteTxnMarkersRequest,
    WriteTxnMarkersResponse,
};
use crate::record::{BatchBody, BatchKind};
use crate::transaction::Asker;
use crate::types::{
    Duration, LeaderEpoch, NodeId, Offset, ProducerId, RequestId, Sequence, Time, TopicPartition,
};

/// Pause before a marker is sent again.
pub(super) const RETRY: Duration = Duration::from_ms(100);

/// Markers on their way to a leader.
#[derive(Clone, Debug)]
pub(super) struct MarkerSend {
    to: NodeId,
    deadline: Time,
    markers: Vec<TxnMarker>,
}

/// A request whose markers are being replicated: who asked; producer and outcome.
#[derive(Clone, Debug)]
pub(super) struct MarkerWrite {
    asker: Asker,
    written: Vec<(ProducerId, bool)>,
}

impl Broker {
    /// Sends the markers that have not been sent, to this broker too.
    pub(super) fn send_markers(&mut self, cx: &mut Cx<'_>) {
        let batches = self.with_txn(cx, |coordinator, io| coordinator.take_markers(io));
        for batch in batches {
            let markers = batch.markers.clone();
            let request = Request::WriteTxnMarkers(WriteTxnMarkersRequest { markers });
            let id = self.txn_request(cx, batch.leader, request);
            let send = MarkerSend {
                to: batch.leader,
                deadline: cx.now + REQUEST_TIMEOUT,
                markers: batch.markers,
            };
            self.txn.marker_sends.insert(id, send);
        }
        self.retry_markers_later(cx);
    }

    fn retry_markers_later(&mut self, cx: &mut Cx<'_>) {
        if self.txn.coordinator.has_unsent_markers() {
            self.txn.retries.need(cx.now + RETRY, cx.fx);
        }
    }

    pub(super) fn on_markers_answered(
        &mut self,
        cx: &mut Cx<'_>,
        id: RequestId,
        answer: &WriteTxnMarkersResponse,
    ) {
        if self.txn.marker_sends.remove(&id).is_some() {
            self.with_txn(cx, |it, io| it.on_markers_written(io, answer));
            self.retry_markers_later(cx);
        }
    }

    pub(super) fn markers_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        self.lose_markers(cx, |send| send.to == peer);
    }

    pub(super) fn retry_markers(&mut self, cx: &mut Cx<'_>) {
        let now = cx.now;
        self.lose_markers(cx, |send| send.deadline <= now);
        if self.txn.coordinator.has_unsent_markers() {
            self.with_txn(cx, |it, io| it.retry_markers(io));
        }
        let deadlines = self.txn.marker_sends.values().map(|send| send.deadline);
        if let Some(at) = deadlines.min() {
            self.txn.retries.need(at, cx.fx);
        }
    }

    fn lose_markers(&mut self, cx: &mut Cx<'_>, is_lost: impl Fn(&MarkerSend) -> bool) {
        let sends = &mut self.txn.marker_sends;
        let lost = sends.extract_if(.., |_, send| is_lost(send));
        let lost: Vec<MarkerSend> = lost.map(|(_, send)| send).collect();
        for send in lost {
            self.txn.coordinator.on_markers_lost(&send.markers);
        }
        self.retry_markers_later(cx);
    }

    /// A coordinator, or a tool, wants markers written.
    pub(super) fn on_write_txn_markers(
        &mut self,
        cx: &mut Cx<'_>,
        asker: Asker,
        request: &WriteTxnMarkersRequest,
    ) {
        let (mut outcomes, mut required) = (Vec::new(), Vec::new());
        let mut written = Vec::new();
        for marker in &request.markers {
            for id in &marker.partitions {
                let mut outcome = ProducePartitionResponse::pending(*id);
                match self.append_marker(cx, *id, marker) {
                    Ok(end) => required.push(Some(end)),
                    Err(error) => {
                        outcome.error = error;
                        required.push(None);
                    }
                }
                outcomes.push(outcome);
                written.push((marker.producer_id, marker.commit));
            }
        }
        let number = self.txn.number();
        let write = MarkerWrite { asker, written };
        self.txn.marker_writes.insert(number, write);
        let (waiter, deadline) = (Waiter::Markers(number), cx.now + REQUEST_TIMEOUT);
        self.wait_for_append(cx, waiter, deadline, outcomes, &required);
    }

    /// Appends a marker if nobody newer has spoken; the high watermark that commits it.
    fn append_marker(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        marker: &TxnMarker,
    ) -> Result<Offset, ErrorCode> {
        let none = LeaderEpoch::NONE;
        let partition = leader_in_epoch(&self.partitions, &self.image, id, none)?;
        if partition.is_under_min_isr() {
            return Err(ErrorCode::NotEnoughReplicas);
        }
        let (producer, epoch) = (marker.producer_id, marker.producer_epoch);
        let producers = partition.log.producers();
        producers.check_marker(producer, epoch, marker.coordinator_epoch)?;
        let now_ms = cx.now.as_ms() as i64;
        let record = marker_record(marker.commit, marker.coordinator_epoch, now_ms);
        let kind = BatchKind::Marker(marker.commit);
        let body = BatchBody::new(kind, producer, epoch, Sequence::NONE, vec![record]);
        let offset = self.append_as_leader(cx, id, Rc::new(body));
        let offset = offset.ok_or(ErrorCode::NotLeaderOrFollower)?;
        self.overtake(id, producer);
        cx.fx.note(Note::TransactionMarkerAppended {
            partition: id,
            producer_id: producer,
            commit: marker.commit,
            offset,
        });
        Ok(offset.next())
    }

    /// The markers of a request are committed, or not: offsets of the transaction take
    /// effect, and whoever asked is told.
    pub(in crate::broker) fn markers_replicated(
        &mut self,
        cx: &mut Cx<'_>,
        number: u64,
        outcomes: &[ProducePartitionResponse],
    ) {
        let Some(write) = self.txn.marker_writes.remove(&number) else {
            return;
        };
        let mut markers = Vec::with_capacity(outcomes.len());
        for (outcome, (producer, commit)) in outcomes.iter().zip(write.written) {
            let (id, error) = (outcome.partition, outcome.error);
            if !error.is_error() {
                self.offsets_decided(cx, id, producer, commit);
            }
            markers.push((producer, id, error));
        }
        let answer = Response::WriteTxnMarkers(WriteTxnMarkersResponse { markers });
        self.txn_respond(write.asker, answer);
    }
}
