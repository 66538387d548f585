//! Serving followers' fetches (REP-2 to REP-6).

use std::rc::Rc;

use super::partition::{FollowerFetch, Partition};
use super::partitions::Partitions;
use super::sessions::{ParkedFetch, Session};
use super::throttle::{Throttles, leader_is_throttled};
use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::protocol::{
    FetchPartition, FetchPartitionResponse, FetchRequest, FetchResponse, Response,
};
use crate::types::{
    BrokerEpoch, BrokerId, Duration, LeaderEpoch, NodeId, Offset, RequestId, Time, TopicPartition,
};

/// What is left of a response's size, and whether its first batch may exceed it.
struct Budget {
    bytes: u32,
    used: u32,
}

/// Answers gathered for one response.
struct Gathered {
    answers: Vec<FetchPartitionResponse>,
    bytes: u32,
    /// Of these, those that count against the leader's throttle.
    throttled_bytes: u64,
    urgent: bool,
}

/// The leader's throttle, if there is one.
#[derive(Clone, Copy)]
struct Brake {
    leader: BrokerId,
    exceeded: bool,
}

impl Broker {
    pub(super) fn on_follower_fetch(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        replica: BrokerId,
        epoch: BrokerEpoch,
        request: &FetchRequest,
    ) {
        let session = match self.sessions.enter(replica, epoch, request.session_epoch) {
            Ok(session) => session,
            Err(error) => {
                let partitions = Vec::new();
                let response = FetchResponse { error, partitions };
                cx.fx.respond(asker.0, asker.1, Response::Fetch(response));
                return;
            }
        };
        for id in &request.forgotten {
            session.forget(*id);
        }
        for wanted in &request.partitions {
            session.want(*wanted);
        }
        session.last_fetch = cx.now;
        session.parked = Some(ParkedFetch {
            asker,
            deadline: cx.now + Duration::from_ms(request.max_wait_ms.into()),
            min_bytes: request.min_bytes,
            max_bytes: request.max_bytes,
        });
        session.look = false;
        // The answer carries what was true before this fetch counted (REP-4).
        let brake = brake(&self.throttles, self.config.node, cx.now);
        let most = request.max_bytes;
        let gathered = gather(&self.partitions, &self.image, session, most, brake);
        for wanted in &request.partitions {
            self.note_progress(cx, replica, epoch, wanted);
        }
        self.admit_followers(cx, replica);
        self.answer_or_park(cx, replica, gathered);
    }

    /// Answers if there is enough, else leaves the fetch parked.
    fn answer_or_park(&mut self, cx: &mut Cx<'_>, replica: BrokerId, gathered: Gathered) {
        let sessions = &mut self.sessions.list;
        let Some(session) = sessions.iter_mut().find(|s| s.replica == replica) else {
            return;
        };
        let Some(parked) = session.parked else {
            return;
        };
        let due = cx.now >= parked.deadline;
        if due || gathered.urgent || gathered.bytes >= parked.min_bytes {
            session.parked = None;
            session.told(&gathered.answers);
            if let Some(throttle) = &mut self.throttles.leader
                && gathered.throttled_bytes > 0
            {
                throttle.record(cx.now, gathered.throttled_bytes);
            }
            let response = FetchResponse {
                error: ErrorCode::None,
                partitions: gathered.answers,
            };
            let (to, id) = parked.asker;
            cx.fx.respond(to, id, Response::Fetch(response));
        } else {
            self.consumers.timer.need(parked.deadline, cx.fx);
        }
    }

    /// Ends parked fetches for which something happened.
    pub(super) fn answer_follower_fetches(&mut self, cx: &mut Cx<'_>) {
        for index in 0..self.sessions.list.len() {
            let session = &mut self.sessions.list[index];
            if !std::mem::take(&mut session.look) {
                continue;
            }
            self.answer_parked(cx, index);
        }
    }

    /// Ends parked fetches that waited long enough.
    pub(super) fn expire_follower_fetches(&mut self, cx: &mut Cx<'_>) {
        for index in 0..self.sessions.list.len() {
            match self.sessions.list[index].parked {
                Some(parked) if parked.deadline <= cx.now => self.answer_parked(cx, index),
                Some(parked) => self.consumers.timer.need(parked.deadline, cx.fx),
                None => {}
            }
        }
    }

    fn answer_parked(&mut self, cx: &mut Cx<'_>, index: usize) {
        let session = &mut self.sessions.list[index];
        if let Some(parked) = session.parked {
            let brake = brake(&self.throttles, self.config.node, cx.now);
            let most = parked.max_bytes;
            let gathered = gather(&self.partitions, &self.image, session, most, brake);
            let replica = session.replica;
            self.answer_or_park(cx, replica, gathered);
        }
    }

    /// REP-4, REP-5: a fetch says what the follower has.
    fn note_progress(
        &mut self,
        cx: &mut Cx<'_>,
        replica: BrokerId,
        broker_epoch: BrokerEpoch,
        wanted: &FetchPartition,
    ) {
        let id = wanted.partition;
        if check(&self.partitions, &self.image, replica, broker_epoch, wanted).is_err() {
            return;
        }
        let Some(partition) = self.partitions.get_mut(id) else {
            return;
        };
        let end = partition.log.log_end_offset();
        let in_isr = partition.isr.contains(&replica);
        let Some(follower) = partition.follower_mut(replica) else {
            return;
        };
        let fetch = FollowerFetch {
            offset: wanted.fetch_offset,
            log_start: wanted.log_start_offset,
            broker_epoch,
        };
        let log_start_before = follower.log_start_offset;
        let moved = follower.fetched(&fetch, end, cx.now);
        if log_start_before != fetch.log_start {
            self.deletes.look_at(id);
        }
        if !in_isr {
            self.maybe_expand_isr(cx, id, replica);
            let sessions = &mut self.sessions.list;
            if let Some(session) = sessions.iter_mut().find(|s| s.replica == replica) {
                session.note_outside(id);
            }
        }
        if moved {
            self.try_advance_high_watermark(cx, id);
        }
    }

    /// REP-17 for partitions of the session that this fetch does not name.
    fn admit_followers(&mut self, cx: &mut Cx<'_>, replica: BrokerId) {
        let sessions = &mut self.sessions.list;
        let Some(session) = sessions.iter_mut().find(|s| s.replica == replica) else {
            return;
        };
        if session.outside_isr.is_empty() {
            return;
        }
        let mut outside = std::mem::take(&mut session.outside_isr);
        outside.retain(|id| {
            let partition = self.partitions.get(*id);
            partition.is_some_and(|p| p.is_leader() && !p.isr.contains(&replica))
        });
        for id in &outside {
            self.maybe_expand_isr(cx, *id, replica);
        }
        let sessions = &mut self.sessions.list;
        if let Some(session) = sessions.iter_mut().find(|s| s.replica == replica) {
            session.outside_isr = outside;
        }
    }
}

fn brake(throttles: &Throttles, leader: BrokerId, now: Time) -> Option<Brake> {
    let throttle = throttles.leader.as_ref()?;
    let exceeded = throttle.is_exceeded(now);
    Some(Brake { leader, exceeded })
}

/// Reads every partition of the session that may have news.
fn gather(
    partitions: &Partitions,
    image: &ClusterImage,
    session: &mut Session,
    max_bytes: u32,
    brake: Option<Brake>,
) -> Gathered {
    let mut gathered = Gathered {
        answers: Vec::new(),
        bytes: 0,
        throttled_bytes: 0,
        urgent: false,
    };
    let mut budget = Budget {
        bytes: max_bytes,
        used: 0,
    };
    let mut changed = std::mem::take(&mut session.changed);
    changed.retain(|id| {
        let Some(known) = session.get(*id) else {
            return false;
        };
        let wanted = known.wanted;
        let checked = check(
            partitions,
            image,
            session.replica,
            session.broker_epoch,
            &wanted,
        );
        let answer = match checked {
            Ok(partition) => {
                let brake = brake.filter(|b| leader_is_throttled(image, *id, b.leader));
                let is_behind = !partition.isr.contains(&session.replica);
                if brake.is_some_and(|brake| brake.exceeded) && is_behind {
                    FetchPartitionResponse::of(partition)
                } else {
                    let before = budget.used;
                    let answer = read(partition, &wanted, &mut budget);
                    if brake.is_some() {
                        gathered.throttled_bytes += u64::from(budget.used - before);
                    }
                    answer
                }
            }
            Err(refusal) => *refusal,
        };
        if known.is_news(&answer) {
            gathered.urgent |= answer.error.is_error() || answer.diverging_epoch.is_some();
            gathered.answers.push(answer);
            return true;
        }
        let behind = checked_end(partitions, *id) > wanted.fetch_offset;
        if !behind {
            session.unmark(*id);
        }
        behind
    });
    session.changed = changed;
    gathered.bytes = budget.used;
    gathered
}

fn checked_end(partitions: &Partitions, id: TopicPartition) -> Offset {
    let partition = partitions.get(id);
    partition.map_or(Offset::UNKNOWN, |partition| partition.log.log_end_offset())
}

/// REP-4's read: from the fetch offset up to the leader's log end.
fn read(
    partition: &Partition,
    wanted: &FetchPartition,
    budget: &mut Budget,
) -> FetchPartitionResponse {
    let mut answer = FetchPartitionResponse::of(partition);
    let log = &partition.log;
    let left = wanted
        .max_bytes
        .min(budget.bytes.saturating_sub(budget.used));
    budget.used += log.read(
        wanted.fetch_offset,
        log.log_end_offset(),
        left,
        budget.used == 0,
        &mut answer.batches,
    );
    answer
}

/// REP-2 and REP-3: whether this broker may serve that follower there.
fn check<'a>(
    partitions: &'a Partitions,
    image: &ClusterImage,
    replica: BrokerId,
    broker_epoch: BrokerEpoch,
    wanted: &FetchPartition,
) -> Result<&'a Partition, Box<FetchPartitionResponse>> {
    let partition = super::answers::led(partitions, image, wanted)?;
    let registered = image.brokers.get(&replica).map(|broker| broker.epoch);
    let refuse = |error| {
        Err(Box::new(FetchPartitionResponse::refusal(
            wanted.partition,
            error,
        )))
    };
    if !partition.replicas.contains(&replica) {
        return refuse(ErrorCode::UnknownLeaderEpoch);
    }
    if registered.is_some_and(|registered| broker_epoch < registered) {
        return refuse(ErrorCode::NotLeaderOrFollower);
    }
    let log = &partition.log;
    if wanted.last_fetched_epoch != LeaderEpoch::NONE {
        let Some(end) = log.end_offset_for(wanted.last_fetched_epoch) else {
            return refuse(ErrorCode::OffsetOutOfRange);
        };
        if wanted.fetch_offset < log.log_start_offset() {
            return refuse(ErrorCode::OffsetOutOfRange);
        }
        if end.0 < wanted.last_fetched_epoch || end.1 < wanted.fetch_offset {
            let mut answer = FetchPartitionResponse::of(partition);
            answer.diverging_epoch = Some(end);
            return Err(Box::new(answer));
        }
    }
    if wanted.fetch_offset < log.log_start_offset() || wanted.fetch_offset > log.log_end_offset() {
        return refuse(ErrorCode::OffsetOutOfRange);
    }
    Ok(partition)
}

impl Broker {
    /// The leader's append, on behalf of a client or of the coordinator. Returns
    /// the offset of the first record.
    pub(super) fn append_as_leader(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        body: Rc<crate::record::BatchBody>,
    ) -> Option<Offset> {
        if self.write_fails(cx, id) {
            return None;
        }
        let partition = self.partitions.get_mut(id)?;
        self.sessions.note_caught_up(partition);
        let (epoch, config) = (partition.leader_epoch, Rc::clone(&partition.config));
        let base = partition.log.append_as_leader(body, epoch, &config, cx.now);
        let end = partition.log.log_end_offset();
        cx.fx.note(crate::note::Note::LeaderAppended(id, base, end));
        if config.compact {
            self.wake_cleaner(cx, id);
        }
        self.sessions.appended(id);
        self.try_advance_high_watermark(cx, id);
        Some(base)
    }
}
