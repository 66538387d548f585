//! Being a member of a share group: joining, heartbeats, being thrown out (SHG-1).

use super::{Purpose, ShareConsumer};
use crate::client::{ClientFailure, network::ConnId};
use crate::config::ShareConsumerConfig;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, TimerKey};
use crate::note::Note;
use crate::protocol::{Request, ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse};
use crate::types::{Duration, GroupEpoch, Name, Time, TopicPartition};

/// Where the membership stands; the names are those of Kafka's client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum MemberState {
    Unsubscribed,
    Joining,
    Stable,
    Left,
}

/// The membership.
#[derive(Clone, Debug)]
pub(super) struct Membership {
    pub(super) id: Name,
    pub(super) epoch: GroupEpoch,
    pub(super) state: MemberState,
    interval: Duration,
    in_flight: bool,
    /// The last heartbeat failed or was lost: the next says everything, and is answered
    /// with the whole assignment.
    tells_all: bool,
    /// The next heartbeat; now or earlier: at once.
    due: Time,
    armed: Option<Time>,
    /// Counts the lives as a member: answers to an earlier one mean nothing.
    era: u32,
}

impl Membership {
    pub(super) fn new(config: &ShareConsumerConfig) -> Membership {
        Membership {
            id: "".into(),
            epoch: GroupEpoch::JOIN,
            state: MemberState::Unsubscribed,
            interval: Duration::from_ms(u64::from(config.heartbeat_interval_ms)),
            in_flight: false,
            tells_all: false,
            due: Time::ZERO,
            armed: None,
            era: 0,
        }
    }

    pub(super) fn timer_fired(&mut self) {
        self.armed = None;
    }

    fn is_member(&self) -> bool {
        matches!(self.state, MemberState::Joining | MemberState::Stable)
    }
}

impl ShareConsumer {
    pub(super) fn join(&mut self, prng: &mut Prng) {
        if self.member.id.is_empty() {
            let drawn = prng.uuid().to_string();
            let known = self.config.member_id.clone();
            self.member.id = known.unwrap_or_else(|| drawn.as_str().into());
        }
        self.rejoin();
    }

    /// Joins (again) under the same id, from nothing.
    fn rejoin(&mut self) {
        self.member.state = MemberState::Joining;
        self.member.epoch = GroupEpoch::JOIN;
        self.member.era += 1;
        self.member.due = Time::ZERO;
    }

    /// Sends a heartbeat if one is due; else makes sure to be woken for it.
    pub(super) fn heartbeat_step(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        if !self.member.is_member() || self.member.in_flight || self.fatal.is_some() {
            return;
        }
        if self.member.due > now {
            let due = self.member.due;
            if self.member.armed.is_none_or(|armed| due < armed) {
                self.member.armed = Some(due);
                fx.set_timer(TimerKey::Heartbeat, due);
            }
            return;
        }
        let Some(conn) = self.ready_coordinator(now, prng, fx) else {
            return;
        };
        let joins = self.member.state == MemberState::Joining;
        let is_full = joins || std::mem::take(&mut self.member.tells_all);
        let topics = is_full.then(|| self.subscribed.clone());
        let request = self.heartbeat_request(self.member.epoch, topics);
        self.member.in_flight = true;
        self.member.due = now + self.member.interval;
        let purpose = Purpose::Heartbeat(self.member.era);
        self.net.send(conn, request, purpose, now, fx);
    }

    fn heartbeat_request(&self, epoch: GroupEpoch, topics: Option<Vec<Name>>) -> Request {
        Request::ShareGroupHeartbeat(ShareGroupHeartbeatRequest {
            group: self.config.group.clone(),
            member_id: self.member.id.clone(),
            member_epoch: epoch,
            rack: self.config.rack.clone(),
            subscribed_topics: topics,
            client_id: self.config.client.client_id.clone(),
            client_host: "/127.0.0.1".into(),
        })
    }

    pub(super) fn heartbeat_answered(
        &mut self,
        era: u32,
        answer: &ShareGroupHeartbeatResponse,
        now: Time,
        fx: &mut Effects,
    ) {
        self.member.in_flight = false;
        if era != self.member.era {
            return;
        }
        self.member.tells_all = answer.error.is_error();
        match answer.error {
            ErrorCode::None => self.heartbeat_accepted(answer, now, fx),
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.coordinator = None;
                self.member.due = now + self.retry_backoff();
            }
            ErrorCode::CoordinatorLoadInProgress => {
                self.member.due = now + self.retry_backoff();
            }
            // Fenced: everything is lost, and it begins anew.
            ErrorCode::UnknownMemberId | ErrorCode::FencedMemberEpoch => {
                self.set_assignment(&[], fx);
                self.rejoin();
            }
            error => {
                self.set_assignment(&[], fx);
                self.fatal = Some(ClientFailure::code(error));
            }
        }
    }

    fn heartbeat_accepted(
        &mut self,
        answer: &ShareGroupHeartbeatResponse,
        now: Time,
        fx: &mut Effects,
    ) {
        self.member.state = MemberState::Stable;
        self.member.epoch = answer.member_epoch;
        self.member.interval = Duration::from_ms(u64::from(answer.heartbeat_interval_ms));
        if let Some(partitions) = &answer.assignment
            && self.set_assignment(partitions, fx)
        {
            // What it has now is acknowledged at once.
            self.member.due = now;
        }
    }

    /// The heartbeat was lost with its connection.
    pub(super) fn heartbeat_lost(&mut self, now: Time) {
        self.member.in_flight = false;
        self.member.tells_all = true;
        self.member.due = now + self.retry_backoff();
    }

    fn set_assignment(&mut self, partitions: &[TopicPartition], fx: &mut Effects) -> bool {
        if self.assigned == partitions {
            return false;
        }
        self.assigned = partitions.to_vec();
        let count = partitions.len() as u32;
        fx.note(Note::PartitionsAssigned(self.config.group.clone(), count));
        true
    }

    /// Epoch -1: the last heartbeat. Returns whether it went out.
    pub(super) fn leave(&mut self, now: Time, fx: &mut Effects) -> bool {
        let was_member = self.member.is_member() && self.member.epoch != GroupEpoch::JOIN;
        self.member.state = MemberState::Left;
        let Some(conn) = self.coordinator.filter(|_| was_member) else {
            return false;
        };
        if !self.net.ready(conn, now, fx) {
            return false;
        }
        let request = self.heartbeat_request(GroupEpoch::LEAVE, Some(Vec::new()));
        self.net.send(conn, request, Purpose::Leave, now, fx);
        true
    }

    fn retry_backoff(&self) -> Duration {
        Duration::from_ms(u64::from(self.config.client.retry_backoff_ms))
    }

    /// A connection is lost; if it was the coordinator's, it is looked for again.
    pub(super) fn connection_lost(&mut self, conn: ConnId) {
        if self.coordinator == Some(conn) {
            self.coordinator = None;
        }
    }
}
