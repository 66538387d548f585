//! Reading and writing states at the share coordinator (Kafka's persister).
//!
//! A request goes to the leader of the key's partition of `__share_group_state`, which
//! may be this broker; it is repeated while that is not known or not ready. Invariant:
//! an operation ends exactly once.

use crate::broker::{Broker, Cx};
use crate::error::ErrorCode;
use crate::group::{ShareEdit, ShareWork};
use crate::note::Note;
use crate::protocol::{
    DeleteShareGroupStateRequest, InitializeShareGroupStateRequest, ReadShareGroupStateRequest,
    ReadShareGroupStateSummaryRequest, Request, Response, StateOfSharePartition,
    WriteShareGroupStateRequest,
};
use crate::share::{ShareKey, ShareOffsetReset, StateWrite};
use crate::topic_name::SHARE_GROUP_STATE_TOPIC;
use crate::types::{
    Duration, GroupEpoch, LeaderEpoch, Name, NodeId, Offset, RequestId, Time, TopicPartition,
};

/// First pause before an operation is tried again; doubles.
const BACKOFF: Duration = Duration::from_ms(100);
/// Longest pause.
const BACKOFF_MAX: Duration = Duration::from_ms(1_000);
/// An operation is given up after so many attempts.
const ATTEMPTS_MAX: u32 = 60;
/// How long an unanswered request is waited for (`request.timeout.ms`).
const PATIENCE: Duration = Duration::from_secs(30);

/// A request to this broker's own share coordinator.
pub(super) type LocalRequest = (RequestId, Request);

/// A read or write on its way.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    key: ShareKey,
    request: Request,
    purpose: Purpose,
    sent_to: Option<NodeId>,
    attempts: u32,
    /// When it is tried again, or given up waiting for.
    due: Time,
}

#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// A new leader reads (SHG-7).
    Read(TopicPartition),
    /// The group coordinator begins a state, perhaps for the request of that number.
    Initialize(TopicPartition, Option<u64>),
    /// The group coordinator forgets a state.
    Forget(TopicPartition, Option<u64>),
    /// The group coordinator describes a state.
    Summary(u64, TopicPartition),
    /// The end of that partition, for the description of that state: its leader knows.
    End(u64, TopicPartition, StateOfSharePartition),
    /// A change of that number, for the request of that number.
    Write {
        id: TopicPartition,
        epoch: LeaderEpoch,
        ticket: Option<u64>,
        open: Option<u64>,
    },
}

impl Operation {
    /// Whether it stores a change that a leader made for the group.
    pub(super) fn is_write_of(&self, group: &Name) -> bool {
        matches!(self.purpose, Purpose::Write { .. }) && self.key.group == *group
    }
}

/// What an operation brought.
enum Reply {
    /// It is stored.
    Done,
    State(StateOfSharePartition),
    End(Offset),
}

impl Reply {
    fn state(self) -> StateOfSharePartition {
        match self {
            Reply::State(state) => state,
            Reply::Done | Reply::End(_) => StateOfSharePartition::default(),
        }
    }

    fn end(self) -> Offset {
        match self {
            Reply::End(offset) => offset,
            Reply::Done | Reply::State(_) => Offset::UNKNOWN,
        }
    }
}

impl Broker {
    pub(super) fn read_state(
        &mut self,
        cx: &mut Cx<'_>,
        key: ShareKey,
        id: TopicPartition,
        leader_epoch: LeaderEpoch,
    ) {
        let request = Request::ReadShareGroupState(ReadShareGroupStateRequest {
            key: key.clone(),
            leader_epoch,
        });
        self.operate(cx, key, request, Purpose::Read(id));
    }

    /// Stores a change of a share partition (SHG-4).
    pub(super) fn store_state(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        id: TopicPartition,
        batches: Vec<StateWrite>,
        ticket: Option<u64>,
        open: Option<u64>,
    ) {
        let Some(partition) = self.share.partitions.get(&(group.clone(), id)) else {
            return;
        };
        let (key, epoch) = (partition.key().clone(), partition.leader_epoch());
        let state = StateOfSharePartition {
            state_epoch: partition.state_epoch(),
            start_offset: partition.start_offset(),
            delivery_complete_count: partition.delivery_complete_count(),
            leader_epoch: epoch,
            batches,
        };
        let request = Request::WriteShareGroupState(WriteShareGroupStateRequest {
            key: key.clone(),
            state,
        });
        let purpose = Purpose::Write {
            id,
            epoch,
            ticket,
            open,
        };
        self.operate(cx, key, request, purpose);
    }

    /// What the group coordinator asks for.
    pub(in crate::broker) fn do_share_work(&mut self, cx: &mut Cx<'_>) {
        for work in self.coordinator.take_share_work() {
            match work {
                ShareWork::Initialize(group, epoch, ids) => {
                    for id in ids {
                        self.begin_state(cx, &group, id, (epoch, Offset::UNKNOWN), None);
                    }
                }
                ShareWork::Forget(group, ids) => {
                    for id in ids {
                        self.forget_state(cx, &group, id, None);
                    }
                }
            }
        }
    }

    pub(super) fn begin_state(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        id: TopicPartition,
        (epoch, start): (GroupEpoch, Offset),
        open: Option<u64>,
    ) {
        let Some(key) = self.share_key(group, id) else {
            return;
        };
        let partitions = vec![(key.clone(), epoch.0, start)];
        let request = InitializeShareGroupStateRequest { partitions };
        let request = Request::InitializeShareGroupState(request);
        self.operate(cx, key, request, Purpose::Initialize(id, open));
    }

    pub(super) fn forget_state(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        id: TopicPartition,
        open: Option<u64>,
    ) {
        if let Some(key) = self.share_key(group, id) {
            let keys = vec![key.clone()];
            let request = Request::DeleteShareGroupState(DeleteShareGroupStateRequest { keys });
            self.operate(cx, key, request, Purpose::Forget(id, open));
        }
    }

    /// Asks the share coordinator where the group is, for the request of that number.
    pub(super) fn read_summary(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        id: TopicPartition,
        open: u64,
    ) {
        if let Some(key) = self.share_key(group, id) {
            let keys = vec![key.clone()];
            let request = ReadShareGroupStateSummaryRequest { keys };
            let request = Request::ReadShareGroupStateSummary(request);
            self.operate(cx, key, request, Purpose::Summary(open, id));
        } else {
            self.summary_read(cx, (open, id), Err(ErrorCode::UnknownTopicOrPartition));
        }
    }

    /// Changes which share partitions a group has begun.
    pub(super) fn edit_share(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        change: ShareEdit,
    ) -> Result<GroupEpoch, ErrorCode> {
        let mut appends = Vec::new();
        let image = &self.image;
        let result = self
            .coordinator
            .edit_share(cx.now, group, change, image, cx.fx, &mut appends);
        self.append_for_coordinator(cx, appends);
        result
    }

    /// Whether a request of that number is one of these operations.
    pub(in crate::broker) fn is_share_operation(&self, number: RequestId) -> bool {
        self.share.operations.contains_key(&number)
    }

    pub(super) fn operate(
        &mut self,
        cx: &mut Cx<'_>,
        key: ShareKey,
        request: Request,
        purpose: Purpose,
    ) {
        let number = self.ids.next_id();
        let operation = Operation {
            key,
            request,
            purpose,
            sent_to: None,
            attempts: 0,
            due: cx.now,
        };
        self.share.operations.insert(number, operation);
        self.try_operation(cx, number);
    }

    /// The broker that holds a share partition's state, if there is one.
    fn share_coordinator_of(&mut self, cx: &mut Cx<'_>, key: &ShareKey) -> Option<NodeId> {
        let Some(topic) = self.image.topic(SHARE_GROUP_STATE_TOPIC) else {
            self.auto_create(cx, &Name::from(SHARE_GROUP_STATE_TOPIC));
            return None;
        };
        let home = key.state_partition(topic.partitions.len().max(1) as u32);
        let id = TopicPartition::new(topic.topic, home);
        let leader = self.image.partition(id)?.leader?;
        let registration = self.image.brokers.get(&leader)?;
        (!registration.fenced).then_some(leader)
    }

    fn try_operation(&mut self, cx: &mut Cx<'_>, number: RequestId) {
        let Some(operation) = self.share.operations.get(&number) else {
            return;
        };
        let key = operation.key.clone();
        let coordinator = match operation.purpose {
            Purpose::End(_, id, _) => self.image.partition(id).and_then(|it| it.leader),
            _ => self.share_coordinator_of(cx, &key),
        };
        let me = self.me();
        let Some(operation) = self.share.operations.get_mut(&number) else {
            return;
        };
        operation.sent_to = coordinator;
        match coordinator {
            None => self.retry_operation(cx, number),
            Some(to) => {
                operation.due = cx.now + PATIENCE;
                let request = operation.request.clone();
                self.share.retries.need(cx.now + PATIENCE, cx.fx);
                if to == me {
                    self.share.local.push((number, request));
                } else {
                    cx.fx.request(to, number, request);
                }
            }
        }
    }

    fn retry_operation(&mut self, cx: &mut Cx<'_>, number: RequestId) {
        let Some(operation) = self.share.operations.get_mut(&number) else {
            return;
        };
        operation.sent_to = None;
        operation.attempts += 1;
        if operation.attempts >= ATTEMPTS_MAX {
            self.end_operation(cx, number, Err(ErrorCode::CoordinatorNotAvailable));
            return;
        }
        let pause = BACKOFF
            .times(1 << operation.attempts.min(8))
            .min(BACKOFF_MAX);
        operation.due = cx.now + pause;
        self.share.retries.need(operation.due, cx.fx);
    }

    /// Time to try again what waits for that.
    pub(in crate::broker) fn on_share_persister_timer(&mut self, cx: &mut Cx<'_>) {
        self.share.retries.fired();
        let mut due = Vec::new();
        for (number, operation) in &self.share.operations {
            if operation.due <= cx.now {
                due.push((*number, operation.sent_to.is_some()));
            } else {
                self.share.retries.need(operation.due, cx.fx);
            }
        }
        for (number, unanswered) in due {
            if unanswered {
                self.retry_operation(cx, number);
            } else {
                self.try_operation(cx, number);
            }
        }
    }

    pub(super) fn persister_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        let lost: Vec<RequestId> = (self.share.operations.iter())
            .filter(|(_, operation)| operation.sent_to == Some(peer))
            .map(|(number, _)| *number)
            .collect();
        for number in lost {
            self.retry_operation(cx, number);
        }
    }

    /// A share coordinator answered.
    pub(in crate::broker) fn on_share_state_response(
        &mut self,
        cx: &mut Cx<'_>,
        number: RequestId,
        response: &Response,
    ) {
        let (error, reply) = match response {
            Response::ReadShareGroupState(r) => (r.error, Reply::State(r.state.clone())),
            Response::ReadShareGroupStateSummary(r) => match r.partitions.first() {
                Some((_, error, state)) => (*error, Reply::State(state.clone())),
                None => return,
            },
            Response::ListOffsets(r) => match r.partitions.first() {
                Some(found) => (found.error, Reply::End(found.offset)),
                None => return,
            },
            Response::WriteShareGroupState(r)
            | Response::InitializeShareGroupState(r)
            | Response::DeleteShareGroupState(r) => {
                let error = r.partitions.first().map_or(ErrorCode::None, |one| one.1);
                (error, Reply::Done)
            }
            _ => return,
        };
        let asks_leader = matches!(reply, Reply::End(_)) && error.is_retriable();
        let not_ready = matches!(
            error,
            ErrorCode::NotCoordinator
                | ErrorCode::CoordinatorNotAvailable
                | ErrorCode::CoordinatorLoadInProgress
        );
        if not_ready || asks_leader {
            self.retry_operation(cx, number);
        } else if error.is_error() {
            self.end_operation(cx, number, Err(error));
        } else {
            self.end_operation(cx, number, Ok(reply));
        }
    }

    fn end_operation(
        &mut self,
        cx: &mut Cx<'_>,
        number: RequestId,
        result: Result<Reply, ErrorCode>,
    ) {
        let Some(operation) = self.share.operations.remove(&number) else {
            return;
        };
        let group = operation.key.group;
        match operation.purpose {
            Purpose::Read(id) => self.state_read(cx, &group, id, result),
            Purpose::Initialize(id, open) => {
                let error = result.err().unwrap_or(ErrorCode::None);
                let change = ShareEdit::Begun(id, !error.is_error());
                // The group may be gone meanwhile.
                let _ = self.edit_share(cx, &group, change);
                if let Some(open) = open {
                    self.offsets_stored(cx, (open, id), error);
                }
            }
            Purpose::Forget(id, open) => {
                if let Some(open) = open {
                    let error = result.err().unwrap_or(ErrorCode::None);
                    self.offsets_stored(cx, (open, id), error);
                }
            }
            Purpose::Summary(open, id) => {
                self.summary_read(cx, (open, id), result.map(Reply::state));
            }
            Purpose::End(open, id, state) => {
                self.end_found(cx, (open, id), &state, result.map(Reply::end));
            }
            Purpose::Write {
                id,
                epoch,
                ticket,
                open,
            } => {
                let error = result.err().unwrap_or(ErrorCode::None);
                self.state_written(cx, &group, (id, epoch), ticket, error);
                if let Some(open) = open {
                    self.request_stored(cx, open, id, error);
                }
                self.forget_if_idle(cx, &group);
            }
        }
    }

    fn state_read(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        id: TopicPartition,
        result: Result<Reply, ErrorCode>,
    ) {
        let key = (group.clone(), id);
        match result.map(Reply::state) {
            Ok(state) => {
                let initial = self.initial_offset(cx, group, id);
                let Some(partition) = self.share.partitions.get_mut(&key) else {
                    return;
                };
                partition.initialize(&state, initial);
                let start = partition.start_offset();
                cx.fx.note(Note::ShareLoaded(group.clone(), id, start));
            }
            Err(error) => {
                self.share.partitions.remove(&key);
                for parked in &mut self.share.parked {
                    if parked.is_of(group) && parked.wants(id) {
                        parked.failed.push((id, error));
                    }
                }
            }
        }
        self.share.look_at(id);
    }

    /// Where a group begins that has no start offset (`share.auto.offset.reset`).
    fn initial_offset(&self, cx: &Cx<'_>, group: &Name, id: TopicPartition) -> Offset {
        let Some(partition) = self.partitions.get(id) else {
            return Offset::ZERO;
        };
        let log = &partition.log;
        match self.share_settings(group).offset_reset {
            ShareOffsetReset::Earliest => log.log_start_offset(),
            ShareOffsetReset::Latest => log.high_watermark(),
            ShareOffsetReset::ByDuration(ms) => {
                let now_ms = cx.now.as_ms() as i64;
                let since = now_ms.saturating_sub(i64::try_from(ms).unwrap_or(i64::MAX));
                let found = log.offset_for_time(since);
                found.map_or(log.high_watermark(), |found| found.offset)
            }
        }
    }

    fn state_written(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        (id, epoch): (TopicPartition, LeaderEpoch),
        ticket: Option<u64>,
        error: ErrorCode,
    ) {
        let settings = self.share_settings(group);
        let partition = self.share.partitions.get_mut(&(group.clone(), id));
        let Some(partition) = partition.filter(|known| known.leader_epoch() == epoch) else {
            return;
        };
        if let Some(ticket) = ticket {
            let stored = !error.is_error();
            let limit = settings.delivery_count_limit;
            let moved = partition.settle(ticket, stored, limit, cx.now);
            if let Some(at) = partition.next_lock_expiry() {
                self.share.locks.need(at, cx.fx);
            }
            self.note_start(cx, group, id, moved);
        }
        // Somebody set the start offset, or another leader is at work: read anew.
        let fenced = matches!(
            error,
            ErrorCode::FencedStateEpoch | ErrorCode::FencedLeaderEpoch | ErrorCode::InvalidRequest
        );
        if fenced {
            self.drop_share_partition(cx, group, id);
        }
        self.share.look_at(id);
    }

    /// The share partition is gone from here: nobody may be told that a change of it
    /// was stored.
    pub(super) fn abandon_writes(&mut self, cx: &mut Cx<'_>, group: &Name, id: TopicPartition) {
        let of_partition = |_: &RequestId, operation: &mut Operation| {
            let same = match operation.purpose {
                Purpose::Read(known) => known == id,
                Purpose::Initialize(..)
                | Purpose::Forget(..)
                | Purpose::Summary(..)
                | Purpose::End(..) => false,
                Purpose::Write { id: known, .. } => known == id,
            };
            same && operation.key.group == *group
        };
        let gone: Vec<Operation> = (self.share.operations)
            .extract_if(.., of_partition)
            .map(|(_, operation)| operation)
            .collect();
        for operation in gone {
            if let Purpose::Write {
                open: Some(open), ..
            } = operation.purpose
            {
                self.request_stored(cx, open, id, ErrorCode::NotLeaderOrFollower);
            }
        }
    }
}
