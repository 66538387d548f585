//! ShareFetch and ShareAcknowledge: sessions, acknowledgements, and when to answer.

use crate::broker::{Broker, Cx};
use crate::error::ErrorCode;
use crate::protocol::{
    AcknowledgementBatch, Response, ShareAcknowledgeRequest, ShareAcknowledgeResponse,
    ShareFetchPartitionResponse, ShareFetchRequest, ShareFetchResponse,
};
use crate::share::{FINAL_EPOCH, INITIAL_EPOCH};
use crate::types::{Name, NodeId, RequestId, TopicPartition};

/// A request that is not answered yet.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) asker: (NodeId, RequestId),
    pub(super) group: Name,
    pub(super) member: Name,
    /// Outcomes of the acknowledgements.
    pub(super) acknowledged: Vec<(TopicPartition, ErrorCode)>,
    /// Stores that are on their way.
    pub(super) waiting: u32,
    /// Its session ends once they have arrived: what is given back then is stored with the
    /// start offset that the acknowledgements moved.
    ends: bool,
    pub(super) answer: Answer,
}

/// What the answer is besides acknowledgements.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Acknowledge,
    /// Fetching goes on.
    Fetching,
    Fetched(Vec<ShareFetchPartitionResponse>),
}

impl Broker {
    pub(in crate::broker) fn on_share_fetch(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        request: &ShareFetchRequest,
    ) {
        let (group, member) = (&request.group, &request.member_id);
        let acks: Vec<_> = (request.partitions.iter())
            .filter(|(_, batches)| !batches.is_empty())
            .cloned()
            .collect();
        if let Err(error) = self.enter_session(asker.0, request, !acks.is_empty()) {
            respond_fetch(cx, asker, error, 0, Vec::new());
            return;
        }
        let is_final = request.session_epoch == FINAL_EPOCH;
        let fetches = !is_final && !request.is_renew_ack && request.max_records > 0;
        let answer = if fetches {
            Answer::Fetching
        } else {
            Answer::Fetched(Vec::new())
        };
        let open = self.open_request(asker, (group, member), is_final, answer);
        self.acknowledge_all(cx, open, &acks);
        if fetches {
            self.begin_share_fetch(cx, asker, open, request);
        }
        self.answer_if_done(cx, open);
    }

    pub(in crate::broker) fn on_share_acknowledge(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        request: &ShareAcknowledgeRequest,
    ) {
        let (group, member) = (&request.group, &request.member_id);
        let entered = if request.session_epoch == INITIAL_EPOCH {
            Err(ErrorCode::InvalidShareSessionEpoch)
        } else {
            let sessions = &mut self.share.sessions;
            let entered = sessions.enter(asker.0, group, member, request.session_epoch, 0);
            entered.map(|_| ())
        };
        if let Err(error) = entered {
            let response = ShareAcknowledgeResponse {
                error,
                partitions: Vec::new(),
            };
            cx.fx
                .respond(asker.0, asker.1, Response::ShareAcknowledge(response));
            return;
        }
        let is_final = request.session_epoch == FINAL_EPOCH;
        let answer = Answer::Acknowledge;
        let open = self.open_request(asker, (group, member), is_final, answer);
        self.acknowledge_all(cx, open, &request.partitions);
        self.answer_if_done(cx, open);
    }

    fn enter_session(
        &mut self,
        client: NodeId,
        request: &ShareFetchRequest,
        acknowledges: bool,
    ) -> Result<(), ErrorCode> {
        if request.session_epoch == INITIAL_EPOCH && acknowledges {
            return Err(ErrorCode::InvalidRequest);
        }
        let (group, member) = (&request.group, &request.member_id);
        let most = self.share.max_sessions;
        let sessions = &mut self.share.sessions;
        let session = sessions.enter(client, group, member, request.session_epoch, most)?;
        let new = request.partitions.iter().map(|(id, _)| *id);
        session.update(new, &request.forgotten);
        Ok(())
    }

    fn open_request(
        &mut self,
        asker: (NodeId, RequestId),
        (group, member): (&Name, &Name),
        ends: bool,
        answer: Answer,
    ) -> u64 {
        let number = self.share.next_open;
        self.share.next_open += 1;
        let open = Open {
            asker,
            group: group.clone(),
            member: member.clone(),
            acknowledged: Vec::new(),
            waiting: 0,
            ends,
            answer,
        };
        self.share.open.insert(number, open);
        number
    }

    fn acknowledge_all(
        &mut self,
        cx: &mut Cx<'_>,
        number: u64,
        partitions: &[(TopicPartition, Vec<AcknowledgementBatch>)],
    ) {
        for (id, batches) in partitions {
            let begun = self.acknowledge_one(cx, number, *id, batches);
            if let Some(open) = self.share.open.get_mut(&number) {
                let error = begun.err().unwrap_or(ErrorCode::None);
                open.acknowledged.push((*id, error));
            }
        }
    }

    /// What a request changed in a share partition is stored, or could not be.
    pub(super) fn request_stored(
        &mut self,
        cx: &mut Cx<'_>,
        number: u64,
        id: TopicPartition,
        error: ErrorCode,
    ) {
        if let Some(open) = self.share.open.get_mut(&number) {
            open.waiting = open.waiting.saturating_sub(1);
            let mut outcomes = open.acknowledged.iter_mut();
            if let Some(outcome) = outcomes.find(|(known, _)| *known == id) {
                outcome.1 = error;
            }
        }
        self.answer_if_done(cx, number);
    }

    /// A fetch has found records, or has waited long enough.
    pub(super) fn request_fetched(
        &mut self,
        cx: &mut Cx<'_>,
        number: u64,
        partitions: Vec<ShareFetchPartitionResponse>,
    ) {
        if let Some(open) = self.share.open.get_mut(&number) {
            open.answer = Answer::Fetched(partitions);
        }
        self.answer_if_done(cx, number);
    }

    fn answer_if_done(&mut self, cx: &mut Cx<'_>, number: u64) {
        let done = |open: &Open| open.waiting == 0 && !matches!(open.answer, Answer::Fetching);
        if !self.share.open.get(&number).is_some_and(done) {
            return;
        }
        let ending = self.share.open.get_mut(&number).filter(|open| open.ends);
        if let Some(open) = ending {
            open.ends = false;
            let (group, member) = (open.group.clone(), open.member.clone());
            self.end_session(cx, &group, &member, number);
            self.forget_if_idle(cx, &group);
            return self.answer_if_done(cx, number);
        }
        let Some(open) = self.share.open.remove(&number) else {
            return;
        };
        match open.answer {
            Answer::Acknowledge => {
                let response = ShareAcknowledgeResponse {
                    error: ErrorCode::None,
                    partitions: open.acknowledged,
                };
                let (to, id) = open.asker;
                cx.fx.respond(to, id, Response::ShareAcknowledge(response));
            }
            Answer::Fetching => {}
            Answer::Fetched(mut partitions) => {
                for (id, error) in open.acknowledged {
                    match partitions.iter_mut().find(|one| one.partition == id) {
                        Some(one) => one.acknowledge_error = error,
                        None => partitions.push(ShareFetchPartitionResponse {
                            acknowledge_error: error,
                            ..ShareFetchPartitionResponse::empty(id, ErrorCode::None)
                        }),
                    }
                }
                let lock = self.share_settings(&open.group).record_lock.as_ms() as u32;
                respond_fetch(cx, open.asker, ErrorCode::None, lock, partitions);
            }
        }
    }
}

impl ShareFetchPartitionResponse {
    /// Nothing acquired, and perhaps why.
    pub(super) fn empty(
        partition: TopicPartition,
        error: ErrorCode,
    ) -> ShareFetchPartitionResponse {
        ShareFetchPartitionResponse {
            partition,
            error,
            acknowledge_error: ErrorCode::None,
            current_leader: None,
            batches: Vec::new(),
            acquired: Vec::new(),
        }
    }
}

fn respond_fetch(
    cx: &mut Cx<'_>,
    asker: (NodeId, RequestId),
    error: ErrorCode,
    acquisition_lock_timeout_ms: u32,
    partitions: Vec<ShareFetchPartitionResponse>,
) {
    let response = ShareFetchResponse {
        error,
        acquisition_lock_timeout_ms,
        partitions,
    };
    cx.fx
        .respond(asker.0, asker.1, Response::ShareFetch(response));
}
