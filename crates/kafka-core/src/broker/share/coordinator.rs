//! The share coordinator's place in the broker: loading, requests, its writes.

use crate::broker::purgatory::Waiter;
use crate::broker::{Broker, Cx};
use crate::error::ErrorCode;
use crate::note::Note;
use crate::protocol::{ProducePartitionResponse, Request};
use crate::share::{ShareAppend, ShareReply};
use crate::topic_name::SHARE_GROUP_STATE_TOPIC;
use crate::types::{Duration, NodeId, Offset, RequestId, Sequence, TopicPartition};

impl Broker {
    fn is_state_partition(&self, id: TopicPartition) -> bool {
        self.image.topics_by_name.get(SHARE_GROUP_STATE_TOPIC) == Some(&id.topic)
    }

    /// This broker leads the partition: load the states in it.
    pub(in crate::broker) fn share_coordinator_gained(&mut self, id: TopicPartition) {
        if !self.is_state_partition(id) {
            return;
        }
        if let Some(partition) = self.partitions.get(id) {
            let batches = &mut partition.log.disk().batches();
            let epoch = partition.leader_epoch;
            self.share.coordinator.load(id.partition, epoch, batches);
        }
    }

    /// This broker no longer leads the partition.
    pub(in crate::broker) fn share_coordinator_lost(&mut self, id: TopicPartition) {
        let topic = self.image.topics.get(&id.topic);
        let was_state = topic.is_none_or(|topic| &*topic.name == SHARE_GROUP_STATE_TOPIC);
        if was_state && self.share.coordinator.leads(id.partition) {
            let replies = &mut self.share.replies;
            self.share.coordinator.unload(id.partition, replies);
        }
    }

    pub(in crate::broker) fn on_share_state_request(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &Request,
    ) {
        let mut appends = Vec::new();
        self.share.coordinator.on_request(
            cx.now,
            (from, id),
            request,
            &self.image,
            &mut appends,
            &mut self.share.replies,
        );
        self.append_for_share(cx, appends);
    }

    /// Topics are gone: their share partitions are forgotten (TOP-9).
    pub(in crate::broker) fn share_topics_deleted(&mut self, cx: &mut Cx<'_>) {
        let mut appends = Vec::new();
        let image = &self.image;
        self.share
            .coordinator
            .on_topics_deleted(cx.now, image, &mut appends);
        self.append_for_share(cx, appends);
    }

    /// Appends with the care of acks=all; a ticket ends when the high watermark has
    /// passed, or at once if nothing could be appended.
    fn append_for_share(&mut self, cx: &mut Cx<'_>, appends: Vec<ShareAppend>) {
        let timeout = self.share.write_timeout_ms;
        for append in appends {
            let ticket = append.ticket;
            let topic = self.image.topics_by_name.get(SHARE_GROUP_STATE_TOPIC);
            let topic = topic.copied().unwrap_or_default();
            let id = TopicPartition::new(topic, append.state_partition);
            match self.append_coordinator_records(cx, id, (append.records, Sequence(0)), None) {
                Ok(required) => {
                    let outcome = ProducePartitionResponse {
                        partition: id,
                        error: ErrorCode::None,
                        base_offset: Offset::UNKNOWN,
                        log_start_offset: Offset::UNKNOWN,
                        current_leader: None,
                        record_errors: None,
                    };
                    let deadline = cx.now + Duration::from_ms(timeout);
                    let waiter = Waiter::ShareCoordinator(ticket);
                    self.wait_for_append(cx, waiter, deadline, vec![outcome], &[Some(required)]);
                }
                Err(error) => {
                    cx.fx.note(Note::ProduceRefused(id, error));
                    let replies = &mut self.share.replies;
                    let result = Err(error);
                    (self.share.coordinator).on_append_result(ticket, result, false, replies);
                }
            }
        }
    }

    /// A write of the share coordinator ended.
    pub(in crate::broker) fn share_appended(&mut self, ticket: u64, error: ErrorCode) {
        let result = if error.is_error() { Err(error) } else { Ok(()) };
        let replies = &mut self.share.replies;
        (self.share.coordinator).on_append_result(ticket, result, true, replies);
    }

    /// Hands the coordinator's answers out: to other brokers, or to this one.
    pub(super) fn deliver_replies(&mut self, cx: &mut Cx<'_>) -> bool {
        let replies = std::mem::take(&mut self.share.replies);
        let any = !replies.is_empty();
        for ShareReply { to, id, response } in replies {
            if to == self.me() {
                self.on_share_state_response(cx, id, &response);
            } else {
                cx.fx.respond(to, id, response);
            }
        }
        any
    }

    /// Hands this broker's own requests to its share coordinator.
    pub(super) fn serve_local(&mut self, cx: &mut Cx<'_>) -> bool {
        let local = std::mem::take(&mut self.share.local);
        let any = !local.is_empty();
        for (id, request) in local {
            let me = self.me();
            self.on_share_state_request(cx, me, id, &request);
        }
        any
    }
}
