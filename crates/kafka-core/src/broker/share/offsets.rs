//! Start offsets of share groups at the group coordinator: described, set, forgotten.
//!
//! The group coordinator knows which share partitions there are; their states are with the
//! share coordinators, and the ends of the logs with the partitions' leaders. Invariant: a
//! request is answered once, when the last of its share partitions is settled.

use super::persister::Purpose;
use crate::broker::{Broker, Cx};
use crate::error::ErrorCode;
use crate::group::ShareEdit;
use crate::protocol::{
    AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse, DeleteShareGroupOffsetsRequest,
    DeleteShareGroupOffsetsResponse, DescribeShareGroupOffsetsRequest,
    DescribeShareGroupOffsetsResponse, ListOffsetsRequest, OffsetSpec, Outcome, Request, Response,
    SharePartitionOffset, StateOfSharePartition,
};
use crate::types::{LeaderEpoch, Name, NodeId, Offset, RequestId, TopicPartition};

const NOTHING_TO_DELETE: &str = "There is no offset information to delete.";

/// A request that waits for share coordinators.
#[derive(Clone, Debug)]
pub(super) struct OffsetsRequest {
    pub(super) asker: (NodeId, RequestId),
    group: Name,
    waiting: u32,
    answer: Answer,
}

#[derive(Clone, Debug)]
enum Answer {
    Describe(Vec<SharePartitionOffset>),
    Alter(Vec<(Name, u32, ErrorCode)>),
    /// Outcomes of the topics, and what is forgotten.
    Delete(Vec<(Name, Outcome)>, Vec<TopicPartition>),
}

impl OffsetsRequest {
    fn response(self) -> Response {
        match self.answer {
            Answer::Describe(partitions) => {
                Response::DescribeShareGroupOffsets(DescribeShareGroupOffsetsResponse {
                    error: ErrorCode::None,
                    partitions,
                })
            }
            Answer::Alter(partitions) => {
                let outcome = Outcome::ok();
                Response::AlterShareGroupOffsets(AlterShareGroupOffsetsResponse {
                    outcome,
                    partitions,
                })
            }
            Answer::Delete(topics, _) => deleted(Outcome::ok(), topics),
        }
    }
}

fn deleted(outcome: Outcome, topics: Vec<(Name, Outcome)>) -> Response {
    Response::DeleteShareGroupOffsets(DeleteShareGroupOffsetsResponse { outcome, topics })
}

impl Broker {
    /// Begins to answer; the number of the request.
    fn open_offsets(
        &mut self,
        asker: (NodeId, RequestId),
        group: &Name,
        waiting: usize,
        answer: Answer,
    ) -> u64 {
        let number = self.share.next_open;
        self.share.next_open += 1;
        let request = OffsetsRequest {
            asker,
            group: group.clone(),
            waiting: waiting as u32,
            answer,
        };
        self.share.offsets.insert(number, request);
        number
    }

    pub(super) fn describe_share_offsets(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        request: &DescribeShareGroupOffsetsRequest,
    ) {
        let ids = match self
            .coordinator
            .share_partitions(&request.group, &self.image)
        {
            Ok(ids) => ids,
            Err(error) => {
                let partitions = Vec::new();
                let response = DescribeShareGroupOffsetsResponse { error, partitions };
                let response = Response::DescribeShareGroupOffsets(response);
                return cx.fx.respond(asker.0, asker.1, response);
            }
        };
        let answer = Answer::Describe(Vec::new());
        let number = self.open_offsets(asker, &request.group, ids.len(), answer);
        for id in ids {
            self.read_summary(cx, &request.group, id, number);
        }
        self.answer_offsets(cx, number);
    }

    /// Sets start offsets of a share group that nobody is in; one that does not exist begins
    /// with them.
    pub(super) fn alter_share_offsets(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        request: &AlterShareGroupOffsetsRequest,
    ) {
        let known = |name: &Name, number: u32| {
            let topic = self.image.topic(name)?;
            let exists = (number as usize) < topic.partitions.len();
            exists.then(|| TopicPartition::new(topic.topic, number))
        };
        let mut found: Vec<(TopicPartition, Offset)> = Vec::new();
        let mut outcomes = Vec::new();
        for (name, number, offset) in &request.partitions {
            let id = known(name, *number);
            let error = id.map_or(ErrorCode::UnknownTopicOrPartition, |_| ErrorCode::None);
            outcomes.push((name.clone(), *number, error));
            found.extend(id.map(|id| (id, *offset)));
        }
        let ids = found.iter().map(|(id, _)| *id).collect();
        let epoch = match self.edit_share(cx, &request.group, ShareEdit::Begin(ids)) {
            Ok(epoch) => epoch,
            Err(error) => {
                let (outcome, partitions) = (Outcome::code(error), Vec::new());
                let response = AlterShareGroupOffsetsResponse {
                    outcome,
                    partitions,
                };
                let response = Response::AlterShareGroupOffsets(response);
                return cx.fx.respond(asker.0, asker.1, response);
            }
        };
        let answer = Answer::Alter(outcomes);
        let number = self.open_offsets(asker, &request.group, found.len(), answer);
        for (id, offset) in found {
            self.begin_state(cx, &request.group, id, (epoch, offset), Some(number));
        }
        self.answer_offsets(cx, number);
    }

    pub(super) fn delete_share_offsets(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        request: &DeleteShareGroupOffsetsRequest,
    ) {
        let begun = match self
            .coordinator
            .empty_share_group(&request.group, &self.image)
        {
            Ok(begun) => begun,
            Err(outcome) => {
                return cx
                    .fx
                    .respond(asker.0, asker.1, deleted(outcome, Vec::new()));
            }
        };
        let mut topics = Vec::new();
        let mut gone = Vec::new();
        for name in &request.topics {
            let topic = self.image.topic(name).map(|topic| topic.topic);
            let of_topic = begun.iter().filter(|id| Some(id.topic) == topic);
            let before = gone.len();
            gone.extend(of_topic.copied());
            let outcome = match (topic, gone.len() > before) {
                (None, _) => Outcome::code(ErrorCode::UnknownTopicOrPartition),
                (Some(_), true) => Outcome::ok(),
                (Some(_), false) => {
                    Outcome::fail(ErrorCode::UnknownTopicOrPartition, NOTHING_TO_DELETE)
                }
            };
            topics.push((name.clone(), outcome));
        }
        let answer = Answer::Delete(topics, gone.clone());
        let number = self.open_offsets(asker, &request.group, gone.len(), answer);
        for id in gone {
            self.forget_state(cx, &request.group, id, Some(number));
        }
        self.answer_offsets(cx, number);
    }

    /// A share coordinator has told where the group is in a partition; its leader is asked
    /// for the end.
    pub(super) fn summary_read(
        &mut self,
        cx: &mut Cx<'_>,
        (number, id): (u64, TopicPartition),
        result: Result<StateOfSharePartition, ErrorCode>,
    ) {
        match result {
            Ok(state) if state.start_offset != Offset::UNKNOWN => {
                let led = self.partitions.get(id).filter(|known| known.is_leader());
                match led.map(|led| led.log.high_watermark()) {
                    Some(end) => self.end_found(cx, (number, id), &state, Ok(end)),
                    None => self.ask_for_end(cx, (number, id), state),
                }
            }
            other => self.end_found(
                cx,
                (number, id),
                &other.clone().unwrap_or_default(),
                other.map(|_| Offset::UNKNOWN),
            ),
        }
    }

    fn ask_for_end(
        &mut self,
        cx: &mut Cx<'_>,
        (number, id): (u64, TopicPartition),
        state: StateOfSharePartition,
    ) {
        let group = self.share.offsets.get(&number).map(|open| &open.group);
        let Some(key) = group.cloned().and_then(|group| self.share_key(&group, id)) else {
            return;
        };
        let request = Request::ListOffsets(ListOffsetsRequest {
            replica: None,
            read_committed: false,
            partitions: vec![(id, LeaderEpoch::NONE, OffsetSpec::Latest)],
        });
        self.operate(cx, key, request, Purpose::End(number, id, state));
    }

    /// One row of a description is complete.
    pub(super) fn end_found(
        &mut self,
        cx: &mut Cx<'_>,
        (number, id): (u64, TopicPartition),
        state: &StateOfSharePartition,
        end: Result<Offset, ErrorCode>,
    ) {
        let topic = self.image.topics.get(&id.topic);
        let name = topic.map(|topic| topic.name.clone());
        if let Some(open) = self.share.offsets.get_mut(&number)
            && let Answer::Describe(partitions) = &mut open.answer
        {
            let done = i64::from(state.delivery_complete_count);
            let known = end.ok().filter(|end| *end != Offset::UNKNOWN);
            partitions.extend(name.map(|topic| SharePartitionOffset {
                topic,
                partition: id.partition,
                error: end.err().unwrap_or(ErrorCode::None),
                start_offset: state.start_offset,
                leader_epoch: state.leader_epoch,
                lag: known.map(|end| end.0 - state.start_offset.0 - done),
            }));
            partitions.sort_by(|a, b| (&a.topic, a.partition).cmp(&(&b.topic, b.partition)));
        }
        self.settle_offsets(cx, number);
    }

    /// A share partition of an alteration or a deletion is settled.
    pub(super) fn offsets_stored(
        &mut self,
        cx: &mut Cx<'_>,
        (number, id): (u64, TopicPartition),
        error: ErrorCode,
    ) {
        let topic = self.image.topics.get(&id.topic);
        let name = topic.map(|topic| topic.name.clone());
        if let Some(open) = self
            .share
            .offsets
            .get_mut(&number)
            .filter(|_| error.is_error())
        {
            match &mut open.answer {
                Answer::Describe(_) => {}
                Answer::Alter(outcomes) => {
                    let mut outcomes = outcomes.iter_mut();
                    let found = outcomes.find(|(topic, number, _)| {
                        name.as_ref() == Some(topic) && *number == id.partition
                    });
                    if let Some((_, _, outcome)) = found {
                        *outcome = error;
                    }
                }
                Answer::Delete(topics, gone) => {
                    gone.retain(|known| *known != id);
                    let mut topics = topics.iter_mut();
                    if let Some((_, outcome)) = topics.find(|(it, _)| Some(it) == name.as_ref()) {
                        *outcome = Outcome::code(error);
                    }
                }
            }
        }
        self.settle_offsets(cx, number);
    }

    fn settle_offsets(&mut self, cx: &mut Cx<'_>, number: u64) {
        if let Some(open) = self.share.offsets.get_mut(&number) {
            open.waiting = open.waiting.saturating_sub(1);
        }
        self.answer_offsets(cx, number);
    }

    fn answer_offsets(&mut self, cx: &mut Cx<'_>, number: u64) {
        let is_done = |open: &OffsetsRequest| open.waiting == 0;
        if !self.share.offsets.get(&number).is_some_and(is_done) {
            return;
        }
        let Some(open) = self.share.offsets.remove(&number) else {
            return;
        };
        if let Answer::Delete(_, gone) = &open.answer
            && !gone.is_empty()
        {
            // The group may be gone meanwhile, and with it what there was to forget.
            let _ = self.edit_share(cx, &open.group, ShareEdit::Forget(gone.clone()));
        }
        let (to, id) = open.asker;
        cx.fx.respond(to, id, open.response());
    }
}
