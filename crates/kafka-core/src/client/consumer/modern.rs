//! Membership in a group of the `consumer` protocol (KIP-848): the state of the member
//! and its heartbeats (NGP-1, NGP-2, NGP-7, client side).
//!
//! Heartbeats go on without `poll`, in Kafka in a thread of their own; joining and
//! whatever changes the assignment happens in `poll` (`reconcile`). Not here: the classic
//! protocol (`group`, `heartbeat`). Invariant: at most one heartbeat is unanswered, and
//! an answer that belongs to a membership given up meanwhile is ignored (`era`).

use super::closing::Farewell;
use super::{AssignedPartition, Consumer, Purpose};
use crate::client::backoff::backoff;
use crate::client::network::ConnId;
use crate::client::{ClientFailure, NamedPartition};
use crate::config::GroupProtocol;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, Stream, TimerKey};
use crate::protocol::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, Request};
use crate::types::{Duration, Generation, GroupEpoch, Name, Time, TopicPartition, Uuid};

/// States of the member (NGP-7), with Kafka's names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum ModernState {
    /// Not a member, and not about to be.
    #[default]
    Unsubscribed,
    /// Will send, or has sent, epoch 0.
    Joining,
    /// Has an assignment to take over.
    Reconciling,
    /// Must say what it owns.
    Acknowledging,
    /// Owns what it was assigned.
    Stable,
    /// The coordinator knows it no more; the application will be told.
    Fenced,
    /// Has left because the application did not poll; joins with the next `poll`.
    Stale,
    /// Cannot be a member; every `poll` throws.
    Fatal,
}

impl ModernState {
    fn name(self) -> &'static str {
        match self {
            ModernState::Unsubscribed => "UNSUBSCRIBED",
            ModernState::Joining => "JOINING",
            ModernState::Reconciling => "RECONCILING",
            ModernState::Acknowledging => "ACKNOWLEDGING",
            ModernState::Stable => "STABLE",
            ModernState::Fenced => "FENCED",
            ModernState::Stale => "STALE",
            ModernState::Fatal => "FATAL",
        }
    }

    /// Whether the coordinator has, or may have, this member.
    pub fn is_in_group(self) -> bool {
        matches!(
            self,
            ModernState::Joining
                | ModernState::Reconciling
                | ModernState::Acknowledging
                | ModernState::Stable
        )
    }
}

/// What a heartbeat says only when it has changed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Said {
    subscribed: Option<Vec<Name>>,
    owned: Option<Vec<TopicPartition>>,
    /// The rest: it never changes.
    others: bool,
}

/// The member.
#[derive(Clone, Debug, Default)]
pub(super) struct Modern {
    pub state: ModernState,
    /// The assignment the coordinator sent last.
    pub target: Vec<TopicPartition>,
    /// What was taken over last; none before the first time since it joined.
    pub current: Option<Vec<TopicPartition>>,
    /// A reconciliation waits for its commit until then (CON-10).
    pub commit_until: Option<Time>,
    pub commit_retry_at: Time,
    said: Said,
    in_flight: bool,
    next_at: Time,
    retry_at: Time,
    attempts: u32,
    interval: Duration,
    armed: Option<Time>,
}

impl Consumer {
    pub(super) fn is_modern(&self) -> bool {
        self.config.protocol == GroupProtocol::Consumer
    }

    pub(super) fn modern_state_name(&self) -> &'static str {
        self.modern.state.name()
    }

    /// What happens whether the application polls or not: the coordinator is looked for
    /// and heartbeats are sent.
    pub(super) fn modern_background(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        if !self.is_modern() || !self.modern.state.is_in_group() {
            return;
        }
        let Some(conn) = self.ready_coordinator(now, prng, fx) else {
            return;
        };
        if self.modern.in_flight {
            return;
        }
        let is_urgent = matches!(
            self.modern.state,
            ModernState::Joining | ModernState::Acknowledging
        );
        let due = if is_urgent {
            self.modern.retry_at
        } else {
            self.modern.next_at.max(self.modern.retry_at)
        };
        if now < due {
            self.wake_for_heartbeat(due, fx);
            return;
        }
        self.send_modern_heartbeat(conn, now, prng, fx);
    }

    fn wake_for_heartbeat(&mut self, at: Time, fx: &mut Effects) {
        if self.modern.armed != Some(at) {
            self.modern.armed = Some(at);
            fx.set_timer(TimerKey::Heartbeat, at);
        }
    }

    /// The timer of the heartbeats is due: `pump` sends one.
    pub(super) fn modern_heartbeat_due(&mut self) {
        self.modern.armed = None;
    }

    fn send_modern_heartbeat(
        &mut self,
        conn: ConnId,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        if self.member.id.is_empty() {
            let fixed = self.config.member_id.clone();
            self.member.id = fixed.unwrap_or_else(|| member_id(prng));
        }
        let joins = self.modern.state == ModernState::Joining;
        if joins {
            self.modern.said = Said::default();
        }
        let all = !self.modern.said.others;
        let subscribed = Some(self.subscribed.clone());
        let owned = Some(self.modern.current.clone().unwrap_or_default());
        let changed = self.modern.said.owned != owned;
        let acknowledges = self.modern.state == ModernState::Acknowledging;
        let request = ConsumerGroupHeartbeatRequest {
            member_epoch: if joins {
                GroupEpoch::JOIN
            } else {
                GroupEpoch(self.member.generation.0)
            },
            rebalance_timeout_ms: all.then_some(self.config.max_poll_interval_ms),
            subscribed_topics: subscribed
                .clone()
                .filter(|_| self.modern.said.subscribed != subscribed),
            server_assignor: self.config.remote_assignor.clone().filter(|_| all),
            owned: owned.clone().filter(|_| changed || acknowledges),
            rack: self.config.rack.clone().filter(|_| all),
            ..self.modern_request(GroupEpoch::JOIN)
        };
        self.modern.said = Said {
            subscribed,
            owned,
            others: true,
        };
        self.modern.in_flight = true;
        self.modern.next_at = now + self.modern_interval();
        if acknowledges {
            self.modern.state = self.settled_state();
        }
        let purpose = Purpose::ModernHeartbeat(self.member.era);
        let request = Request::ConsumerGroupHeartbeat(request);
        self.net.send(conn, request, purpose, now, fx);
    }

    /// A heartbeat that says nothing but who sends it.
    fn modern_request(&self, member_epoch: GroupEpoch) -> ConsumerGroupHeartbeatRequest {
        ConsumerGroupHeartbeatRequest {
            group: self.config.group.clone().unwrap_or_default(),
            member_id: self.member.id.clone(),
            member_epoch,
            group_instance_id: self.config.group_instance_id.clone(),
            rack: None,
            rebalance_timeout_ms: None,
            subscribed_topics: None,
            server_assignor: None,
            owned: None,
            client_id: self.config.client.client_id.clone(),
            client_host: "/127.0.0.1".into(),
        }
    }

    /// The interval of the coordinator; before it has told one, soon again.
    fn modern_interval(&self) -> Duration {
        if self.modern.interval == Duration::ZERO {
            self.retry_backoff()
        } else {
            self.modern.interval
        }
    }

    /// Stable if everything assigned was taken over.
    pub(super) fn settled_state(&self) -> ModernState {
        if self.modern.current.as_ref() == Some(&self.modern.target) {
            ModernState::Stable
        } else {
            ModernState::Reconciling
        }
    }

    /// The coordinator answered a heartbeat.
    pub(super) fn modern_heartbeat_answered(
        &mut self,
        era: u32,
        answer: &ConsumerGroupHeartbeatResponse,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        if era != self.member.era {
            return;
        }
        self.modern.in_flight = false;
        if answer.error.is_error() {
            self.modern_error(answer.error, now, prng, fx);
            return;
        }
        self.modern.attempts = 0;
        self.modern.interval = Duration::from_ms(u64::from(answer.heartbeat_interval_ms));
        self.modern.next_at = self.modern.next_at.max(now + self.modern.interval);
        self.member.generation = Generation(answer.member_epoch.0);
        let joined = self.modern.state == ModernState::Joining;
        match &answer.assignment {
            Some(assignment) => {
                self.modern.target = assignment.clone();
                self.modern.state = self.settled_state();
            }
            None if joined => self.modern.state = self.settled_state(),
            None => {}
        }
    }

    /// NGP-2, seen by the member.
    fn modern_error(&mut self, error: ErrorCode, now: Time, prng: &mut Prng, fx: &mut Effects) {
        self.modern.said = Said::default();
        match error {
            ErrorCode::FencedMemberEpoch | ErrorCode::UnknownMemberId => {
                self.modern_gone(ModernState::Fenced);
            }
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.forget_coordinator();
            }
            other if other.is_retriable() => self.modern_retry(now, prng, fx),
            other => {
                self.modern_gone(ModernState::Fatal);
                self.fatal = Some(ClientFailure::code(other));
            }
        }
    }

    /// A heartbeat will not be answered.
    pub(super) fn modern_heartbeat_lost(
        &mut self,
        era: u32,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        if era == self.member.era {
            self.modern.in_flight = false;
            self.modern.said = Said::default();
            self.modern_retry(now, prng, fx);
        }
    }

    fn modern_retry(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let client = &self.config.client;
        let (initial, max) = (client.retry_backoff_ms, client.retry_backoff_max_ms);
        let wait = backoff(prng, initial, max, self.modern.attempts);
        self.modern.attempts += 1;
        self.modern.retry_at = now + wait;
        self.modern.next_at = self.modern.retry_at;
        self.wake_for_heartbeat(self.modern.retry_at, fx);
    }

    /// The membership is over; `poll` tells the application (`reconcile`).
    pub(super) fn modern_gone(&mut self, state: ModernState) {
        self.member.era += 1;
        self.member.generation = Generation(-1);
        self.modern = Modern {
            state,
            interval: self.modern.interval,
            armed: self.modern.armed,
            ..Modern::default()
        };
    }

    /// Leaves the group: for good, or as a static member for a while (NGP-11). Returns
    /// whether a request went out.
    pub(super) fn leave_modern(&mut self, farewell: Farewell, now: Time, fx: &mut Effects) -> bool {
        let is_member = self.modern.state.is_in_group() && !self.member.id.is_empty();
        let stays = self.config.group_instance_id.is_some() && farewell != Farewell::Leave;
        let epoch = if stays {
            GroupEpoch::LEAVE_STATIC
        } else {
            GroupEpoch::LEAVE
        };
        let Some(conn) = self.coordinator.filter(|_| is_member) else {
            return false;
        };
        if !self.net.ready(conn, now, fx) {
            return false;
        }
        let request = ConsumerGroupHeartbeatRequest {
            subscribed_topics: Some(Vec::new()),
            owned: Some(Vec::new()),
            ..self.modern_request(epoch)
        };
        let request = Request::ConsumerGroupHeartbeat(request);
        self.net.send(conn, request, Purpose::Leave, now, fx);
        true
    }

    /// All partitions it reads, as applications name them.
    pub(super) fn all_named(&self) -> Vec<NamedPartition> {
        self.assigned.iter().map(AssignedPartition::named).collect()
    }
}

/// A member id as Kafka's client makes it: a random UUID in its 22 characters.
fn member_id(prng: &mut Prng) -> Name {
    let high = u128::from(prng.bits64(Stream::Ids));
    let id = Uuid(high << 64 | u128::from(prng.bits64(Stream::Ids)));
    id.to_string().into()
}
