//! Answers to a consumer's requests, and requests that will never be answered.

use super::closing::Closing;
use super::group::MemberState;
use super::{Consumer, Purpose};
use crate::client::network::Broken;
use crate::node::{Effects, Prng};
use crate::protocol::Response;
use crate::types::Time;

impl Consumer {
    pub(super) fn answered(
        &mut self,
        purpose: Purpose,
        response: &Response,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        match (purpose, response) {
            (Purpose::Fetch(from, asked), Response::Fetch(answer)) => {
                self.fetching.remove(&from);
                self.fetched(&asked, answer, now);
            }
            (Purpose::ListOffsets, Response::ListOffsets(answer)) => {
                self.offsets_listed(answer, now);
            }
            (Purpose::Epochs(asked), Response::OffsetForLeaderEpoch(answer)) => {
                self.epochs_answered(&asked, answer, now);
            }
            (Purpose::OffsetFetch, Response::OffsetFetch(answer)) => {
                self.offsets_fetched(answer, now, fx);
            }
            (Purpose::Commit(job), Response::OffsetCommit(answer)) => {
                self.commit_answered(*job, answer, now, fx);
            }
            (Purpose::FindCoordinator, Response::FindCoordinator(answer)) => {
                self.coordinator_found(answer, now, prng, fx);
            }
            (Purpose::Join(era), Response::JoinGroup(answer)) if era == self.member.era => {
                self.joined(answer, now, prng, fx);
            }
            (Purpose::Sync(era), Response::SyncGroup(answer)) if era == self.member.era => {
                self.synced(answer, now);
            }
            (Purpose::Heartbeat(era), Response::Heartbeat(answer)) => {
                self.member.heartbeat_in_flight = false;
                if era == self.member.era {
                    self.heartbeat_answered(answer.error, now);
                }
            }
            (Purpose::ModernHeartbeat(era), Response::ConsumerGroupHeartbeat(answer)) => {
                self.modern_heartbeat_answered(era, answer, now, prng, fx);
            }
            (Purpose::Leave, _) if self.closing == Closing::Leaving => self.finish_close(fx),
            _ => {}
        }
    }

    pub(super) fn broken(
        &mut self,
        broken: Vec<Broken<Purpose>>,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        for Broken { conn, lost, .. } in broken {
            if self.coordinator == Some(conn) {
                self.coordinator = None;
            }
            for purpose in lost {
                self.lost(purpose, now, prng, fx);
            }
        }
    }

    pub(super) fn lost(&mut self, purpose: Purpose, now: Time, prng: &mut Prng, fx: &mut Effects) {
        match purpose {
            Purpose::Fetch(from, _) => {
                self.fetching.remove(&from);
                self.forget_preferred(from);
            }
            Purpose::ListOffsets | Purpose::Epochs(_) => {
                self.positions_asked = self.positions_asked.saturating_sub(1);
                self.positions_retry_at = now + self.retry_backoff();
            }
            Purpose::OffsetFetch => self.offsets_asked = false,
            Purpose::Commit(job) => self.commit_lost(*job, now, fx),
            Purpose::FindCoordinator => self.lookup_failed(now, prng, fx),
            Purpose::Join(era) | Purpose::Sync(era) if era == self.member.era => {
                self.member.state = MemberState::Unjoined;
                self.member.rejoin = true;
                self.join_retry(now, prng, fx);
            }
            Purpose::ModernHeartbeat(era) => self.modern_heartbeat_lost(era, now, prng, fx),
            Purpose::Heartbeat(_) => self.member.heartbeat_in_flight = false,
            Purpose::Leave if self.closing == Closing::Leaving => self.finish_close(fx),
            _ => {}
        }
    }
}
