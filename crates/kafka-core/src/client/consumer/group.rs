//! Membership in a classic group: Kafka's `AbstractCoordinator` (GRP-3, GRP-11 to
//! GRP-16, client side).
//!
//! Not here: the coordinator's place (`coordinator`), heartbeats (`heartbeat`),
//! callbacks and assignors (`rebalance`). Invariant: an answer that
//! belongs to a membership given up meanwhile is ignored (`era`).

use super::{Consumer, Purpose};
use crate::client::ClientFailure;
use crate::client::backoff::backoff;
use crate::client::network::ConnId;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, TimerKey};
use crate::protocol::{
    JoinGroupRequest, JoinGroupResponse, Request, SyncGroupRequest, SyncGroupResponse,
};
use crate::types::{Bytes, Duration, Generation, Name, Time};

/// Where the membership stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum MemberState {
    /// Not a member, or knows that it must join again.
    #[default]
    Unjoined,
    /// JoinGroup is unanswered.
    Joining,
    /// SyncGroup is unanswered.
    Syncing,
    /// Has its assignment.
    Stable,
}

/// What must happen before JoinGroup is sent (onJoinPrepare).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Prepare {
    /// Everything.
    #[default]
    Needed,
    /// The commit before the rebalance is unanswered.
    Committing,
    /// That commit is done, callbacks are not.
    Committed,
    /// Nothing.
    Done,
}

/// This consumer as a member.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub id: Name,
    pub generation: Generation,
    pub state: MemberState,
    /// Counts memberships given up.
    pub era: u32,
    /// Must join (again) in the next `poll`.
    pub rejoin: bool,
    pub prepare: Prepare,
    pub is_leader: bool,
    /// An assignment that `poll` has not taken over (onJoinComplete).
    pub assignment: Option<Bytes>,
    /// Assignor of the generation.
    pub protocol: Option<Name>,
    pub join_attempts: u32,
    pub join_retry_at: Time,
    pub heartbeat_in_flight: bool,
    pub last_heartbeat: Time,
    pub closing_commit: bool,
    /// `poll` throws it before it does anything else for the group.
    pub failure: Option<ClientFailure>,
    /// Generation the sticky assignors remember, and what they had then.
    pub sticky_generation: i32,
    /// The answer that made it the leader, while it learns of the group's topics.
    pub leading: Option<JoinGroupResponse>,
    /// What the leader saw when it assigned: topics with partitions.
    pub snapshot: Option<Vec<(Name, u32)>>,
    /// Why it joins, for people.
    pub reason: Option<Name>,
}

impl Default for Member {
    fn default() -> Member {
        Member {
            id: "".into(),
            generation: Generation(-1),
            state: MemberState::Unjoined,
            era: 0,
            rejoin: false,
            prepare: Prepare::Needed,
            is_leader: false,
            assignment: None,
            protocol: None,
            join_attempts: 0,
            join_retry_at: Time::ZERO,
            heartbeat_in_flight: false,
            last_heartbeat: Time::ZERO,
            closing_commit: false,
            failure: None,
            sticky_generation: -1,
            leading: None,
            snapshot: None,
            reason: None,
        }
    }
}

impl Member {
    /// Forgets the generation, and the member id if it is worthless.
    pub fn reset(&mut self, forget_id: bool, empty: &Name) {
        if forget_id {
            self.id = empty.clone();
        }
        self.generation = Generation(-1);
        self.state = MemberState::Unjoined;
        self.rejoin = true;
        self.assignment = None;
        self.leading = None;
        self.era += 1;
    }

    /// The rebalance need not wait for the commit any more.
    pub fn commit_before_join_done(&mut self) {
        if self.prepare == Prepare::Committing {
            self.prepare = Prepare::Committed;
        }
    }
}

impl Consumer {
    /// JoinGroup goes out again after a back-off.
    pub(super) fn join_retry(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let client = &self.config.client;
        let (initial, max) = (client.retry_backoff_ms, client.retry_backoff_max_ms);
        self.member.join_retry_at = now + backoff(prng, initial, max, self.member.join_attempts);
        self.member.join_attempts += 1;
        let at = self.member.join_retry_at;
        self.retry_at(at, fx);
    }

    /// The part of `poll` that keeps the membership (GRP-17). Whether the membership
    /// stands: only then does `poll` commit and look after positions.
    pub(super) fn group_step(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) -> bool {
        if !self.is_subscribed() || self.config.group.is_none() {
            if self.config.group.is_some() && self.config.auto_commit {
                self.ready_coordinator(now, prng, fx);
            }
            return true;
        }
        if self.is_modern() {
            self.modern_step(now, fx);
            return true;
        }
        if self.member.state == MemberState::Stable && self.member.assignment.is_some() {
            self.join_complete(now, fx);
        }
        // Kafka looks for the coordinator in every poll, joined or not.
        let Some(conn) = self.ready_coordinator(now, prng, fx) else {
            return false;
        };
        let busy = matches!(
            self.member.state,
            MemberState::Joining | MemberState::Syncing
        );
        if busy || !self.member.rejoin {
            return !busy;
        }
        if self.awaits_topics() || !self.join_prepare(now, fx) {
            return false;
        }
        if now < self.member.join_retry_at {
            let at = self.member.join_retry_at;
            self.retry_at(at, fx);
            return false;
        }
        self.send_join(conn, now, fx);
        false
    }

    fn send_join(&mut self, conn: ConnId, now: Time, fx: &mut Effects) {
        let Some(group) = self.config.group.clone() else {
            return;
        };
        let request = Request::JoinGroup(JoinGroupRequest {
            group,
            client_id: self.config.client.client_id.clone(),
            client_host: "/127.0.0.1".into(),
            session_timeout_ms: self.config.session_timeout_ms,
            rebalance_timeout_ms: self.config.max_poll_interval_ms,
            member_id: self.member.id.clone(),
            group_instance_id: self.config.group_instance_id.clone(),
            protocol_type: "consumer".into(),
            protocols: self.protocols(),
            reason: self.member.reason.clone(),
        });
        // The coordinator answers within the rebalance timeout; 5 s on top.
        let timeout = u64::from(self.config.max_poll_interval_ms) + 5_000;
        let timeout = timeout.max(u64::from(self.config.client.request_timeout_ms));
        let deadline = now + Duration::from_ms(timeout);
        self.member.state = MemberState::Joining;
        let purpose = Purpose::Join(self.member.era);
        self.net.send_until(conn, request, purpose, deadline, fx);
    }

    /// JoinGroup was answered.
    pub(super) fn joined(
        &mut self,
        answer: &JoinGroupResponse,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        if answer.error.is_error() {
            self.member.state = MemberState::Unjoined;
            if answer.error == ErrorCode::MemberIdRequired {
                self.member.id = answer.member_id.clone();
                let text = format!(
                    "need to re-join with the given member-id: {}",
                    answer.member_id
                );
                self.member.reason = Some(text.into());
                return;
            }
            self.membership_error(answer.error, now, prng, fx);
            return;
        }
        self.member.id = answer.member_id.clone();
        self.member.generation = answer.generation;
        self.member.protocol = answer.protocol_name.clone();
        self.member.state = MemberState::Syncing;
        self.member.is_leader = answer.leader == answer.member_id;
        self.member.last_heartbeat = now;
        self.member.snapshot = None;
        self.member.leading = None;
        fx.set_timer(TimerKey::Heartbeat, now + self.heartbeat_interval());
        if self.member.is_leader {
            self.want_topics_of_group(answer);
            self.member.leading = Some(answer.clone());
            self.lead(now, fx);
        } else {
            self.send_sync(answer, Vec::new(), now, fx);
        }
    }

    /// The leader assigns when its metadata is fresh: it may have to ask for topics that
    /// only other members subscribe to.
    pub(super) fn lead(&mut self, now: Time, fx: &mut Effects) {
        if self.member.leading.is_none() || self.net.is_updating() {
            return;
        }
        if let Some(answer) = self.member.leading.take() {
            let assignments = self.assign_members(&answer);
            self.send_sync(&answer, assignments, now, fx);
        }
    }

    fn send_sync(
        &mut self,
        answer: &JoinGroupResponse,
        assignments: Vec<(Name, Bytes)>,
        now: Time,
        fx: &mut Effects,
    ) {
        let (Some(conn), Some(group)) = (self.coordinator, self.config.group.clone()) else {
            self.member.state = MemberState::Unjoined;
            return;
        };
        let request = Request::SyncGroup(SyncGroupRequest {
            group,
            generation: self.member.generation,
            member_id: self.member.id.clone(),
            group_instance_id: self.config.group_instance_id.clone(),
            protocol_type: answer.protocol_type.clone(),
            protocol_name: answer.protocol_name.clone(),
            assignments,
        });
        let purpose = Purpose::Sync(self.member.era);
        let timeout = u64::from(self.config.max_poll_interval_ms) + 5_000;
        let deadline = now + Duration::from_ms(timeout);
        self.net.send_until(conn, request, purpose, deadline, fx);
    }

    /// SyncGroup was answered: `poll` takes the assignment over.
    pub(super) fn synced(&mut self, answer: &SyncGroupResponse, now: Time) {
        if answer.error.is_error() {
            self.member.state = MemberState::Unjoined;
            self.member.rejoin = true;
            self.sync_error(answer.error);
            return;
        }
        self.member.state = MemberState::Stable;
        self.member.rejoin = false;
        self.member.reason = None;
        self.member.join_attempts = 0;
        self.member.prepare = Prepare::Needed;
        self.member.assignment = Some(answer.assignment.clone());
        self.member.last_heartbeat = now;
    }

    fn sync_error(&mut self, error: ErrorCode) {
        match error {
            ErrorCode::UnknownMemberId => self.member.reset(true, &self.empty),
            ErrorCode::IllegalGeneration => self.member.reset(false, &self.empty),
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.forget_coordinator();
            }
            ErrorCode::RebalanceInProgress => {}
            other if other.is_retriable() => {}
            other => self.member.failure = Some(ClientFailure::code(other)),
        }
    }

    fn membership_error(&mut self, error: ErrorCode, now: Time, prng: &mut Prng, fx: &mut Effects) {
        match error {
            ErrorCode::UnknownMemberId => self.member.reset(true, &self.empty),
            ErrorCode::IllegalGeneration => self.member.reset(false, &self.empty),
            ErrorCode::RebalanceInProgress => self.join_retry(now, prng, fx),
            other if other.is_retriable() => {
                self.coordinator_error(other, now, fx);
                self.join_retry(now, prng, fx);
            }
            other => self.member.failure = Some(ClientFailure::code(other)),
        }
    }
}
