//! Staying in the group and leaving it: heartbeats, which go on without `poll`
//! (GRP-16), the limit between two calls of `poll` (CON-13), LeaveGroup (GRP-15).

use super::closing::Farewell;
use super::group::MemberState;
use super::modern::ModernState;
use super::{Consumer, Purpose};
use crate::client::ClientFailure;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, TimerKey};
use crate::protocol::{HeartbeatRequest, LeaveGroupRequest, Request};
use crate::types::{Duration, Time};

impl Consumer {
    pub(super) fn heartbeat_interval(&self) -> Duration {
        Duration::from_ms(u64::from(self.config.heartbeat_interval_ms))
    }

    /// The heartbeat thread's turn (GRP-16); it does not need `poll`.
    pub(super) fn heartbeat_due(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        if !matches!(
            self.member.state,
            MemberState::Syncing | MemberState::Stable
        ) {
            return;
        }
        fx.set_timer(TimerKey::Heartbeat, now + self.heartbeat_interval());
        let session = Duration::from_ms(u64::from(self.config.session_timeout_ms));
        if now > self.member.last_heartbeat + session {
            // The session timed out without any answer.
            self.forget_coordinator();
            return;
        }
        let (Some(conn), Some(group)) = (self.coordinator, self.config.group.clone()) else {
            self.look_for_coordinator(now, prng, fx);
            return;
        };
        if self.member.heartbeat_in_flight || !self.net.ready(conn, now, fx) {
            return;
        }
        self.member.heartbeat_in_flight = true;
        let request = Request::Heartbeat(HeartbeatRequest {
            group,
            generation: self.member.generation,
            member_id: self.member.id.clone(),
            group_instance_id: self.config.group_instance_id.clone(),
        });
        let purpose = Purpose::Heartbeat(self.member.era);
        self.net.send(conn, request, purpose, now, fx);
    }

    /// GRP-16.
    pub(super) fn heartbeat_answered(&mut self, error: ErrorCode, now: Time) {
        match error {
            ErrorCode::None => self.member.last_heartbeat = now,
            ErrorCode::RebalanceInProgress => {
                self.member.last_heartbeat = now;
                if self.member.state == MemberState::Stable && !self.member.rejoin {
                    self.member.rejoin = true;
                    self.member.reason = Some("group is already rebalancing".into());
                }
            }
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.forget_coordinator();
            }
            ErrorCode::UnknownMemberId => self.member.reset(true, &self.empty),
            ErrorCode::IllegalGeneration => self.member.reset(false, &self.empty),
            ErrorCode::FencedInstanceId => {
                // The next `poll` throws; one after it joins anew (recorded).
                self.member.reset(true, &self.empty);
                self.member.failure = Some(ClientFailure::code(error));
            }
            _ => {}
        }
    }

    /// CON-13: the application has not polled for too long.
    pub(super) fn poll_interval_over(&mut self, now: Time, fx: &mut Effects) {
        let over = self.last_poll + self.poll_interval();
        if now < over {
            fx.set_timer(TimerKey::MaxPollInterval, over);
            return;
        }
        self.poll_interval_armed = false;
        if self.is_modern() {
            if self.modern.state.is_in_group() {
                self.leave_modern(Farewell::Default, now, fx);
                self.modern_gone(ModernState::Stale);
            }
            return;
        }
        if self.member.state != MemberState::Unjoined
            && self.leave_group(Farewell::Default, now, fx)
        {
            self.member.reset(true, &self.empty);
        }
    }

    /// GRP-15. Returns whether a request went out.
    pub(super) fn leave_group(&mut self, farewell: Farewell, now: Time, fx: &mut Effects) -> bool {
        if self.is_modern() {
            return self.leave_modern(farewell, now, fx);
        }
        let instance = self.config.group_instance_id.clone();
        let leaves = match farewell {
            Farewell::Default => instance.is_none(),
            Farewell::Leave => true,
            Farewell::Remain => false,
        };
        let (Some(conn), Some(group)) = (self.coordinator, self.config.group.clone()) else {
            return false;
        };
        if !leaves || self.member.id.is_empty() || !self.is_subscribed() {
            return false;
        }
        if !self.net.ready(conn, now, fx) {
            return false;
        }
        let request = Request::LeaveGroup(LeaveGroupRequest {
            group,
            members: vec![(self.member.id.clone(), instance)],
        });
        self.net.send(conn, request, Purpose::Leave, now, fx);
        true
    }
}
