//! Commits: automatic ones inside `poll`, before a rebalance and at the end, and
//! `commitSync` (CON-8 to CON-11).

use super::assignment::AssignedPartition;
use super::group::{MemberState, Prepare};
use super::{Consumer, Purpose};
use crate::client::backoff::backoff;
use crate::client::{ClientEvent, ClientFailure, NamedPartition};
use crate::error::ErrorCode;
use crate::node::{Effects, Prng};
use crate::protocol::{OffsetCommitRequest, OffsetCommitResponse, OffsetToCommit, Request};
use crate::types::{Duration, Generation, LeaderEpoch, Offset, Time};

/// Why offsets are committed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CommitKind {
    /// The interval is over.
    Auto,
    /// Before partitions are given up in a rebalance.
    BeforeRejoin,
    /// `commitSync`.
    Sync,
    /// `close`.
    Closing,
}

/// A commit on its way.
#[derive(Clone, Debug)]
pub(super) struct CommitJob {
    kind: CommitKind,
    offsets: Vec<(NamedPartition, Offset, LeaderEpoch)>,
}

/// A call of `commitSync` that has not returned; the application is blocked.
#[derive(Clone, Debug)]
pub(super) struct SyncCommit {
    job: CommitJob,
    deadline: Time,
    retry_at: Time,
    /// Failed attempts; the newest one has not got its back-off yet.
    attempts: u32,
    failed: bool,
    in_flight: bool,
}

const NOT_MEMBER: &str = "Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group.";
const REBALANCING: &str = "Offset commit cannot be completed since the consumer is undergoing a rebalance for auto partition assignment. You can try completing the rebalance by calling poll() and then retry the operation.";
const REBALANCED: &str = "Commit cannot be completed since the group has already rebalanced and assigned the partitions to another member. This means that the time between subsequent calls to poll() was longer than the configured max.poll.interval.ms, which typically implies that the poll loop is spending too much time message processing. You can address this either by increasing max.poll.interval.ms or by reducing the maximum size of batches returned in poll() with max.poll.records.";

fn commit_failed(text: &str) -> ClientFailure {
    let mut failure = ClientFailure::new(ErrorCode::UnknownMemberId, text);
    failure.exception = "CommitFailedException";
    failure
}

/// CON-11: what `commitSync` of a member of a `consumer` group throws.
fn modern_commit_failed(error: ErrorCode) -> ClientFailure {
    let what = match error {
        ErrorCode::StaleMemberEpoch => "stale member epoch",
        _ => "unknown member ID",
    };
    let text = format!("OffsetCommit failed with {what}. {}", error.message());
    let mut failure = ClientFailure::new(error, &text);
    failure.exception = "CommitFailedException";
    failure
}

/// Where the commit before a reconciliation stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CommitStep {
    Done,
    Waits,
}

impl Consumer {
    fn positions(&self) -> Vec<(NamedPartition, Offset, LeaderEpoch)> {
        let all = self.assigned.iter();
        let known = all.filter(|p| AssignedPartition::has_position(p));
        known
            .map(|p| (p.named(), p.offset, p.offset_epoch))
            .collect()
    }

    fn auto_commit_interval(&self) -> Duration {
        Duration::from_ms(u64::from(self.config.auto_commit_interval_ms))
    }

    /// The interval begins anew (a rebalance is over).
    pub(super) fn reset_auto_commit(&mut self, now: Time) {
        self.auto_commit_at = now + self.auto_commit_interval();
    }

    /// CON-8: inside `poll`, when the interval is over, all positions.
    pub(super) fn auto_commit(&mut self, now: Time, fx: &mut Effects) {
        if !self.config.auto_commit || self.config.group.is_none() || now < self.auto_commit_at {
            return;
        }
        self.reset_auto_commit(now);
        self.send_auto_commit(now, fx);
    }

    /// Sends all positions without waiting.
    pub(super) fn send_auto_commit(&mut self, now: Time, fx: &mut Effects) {
        let job = CommitJob {
            kind: CommitKind::Auto,
            offsets: self.positions(),
        };
        if !job.offsets.is_empty() && self.may_commit().is_ok() {
            self.send_commit(job, now, fx);
        }
    }

    /// CON-9: before a rejoin. Returns whether something is to be waited for.
    pub(super) fn commit_before_rejoin(&mut self, now: Time, fx: &mut Effects) -> bool {
        let job = CommitJob {
            kind: CommitKind::BeforeRejoin,
            offsets: self.positions(),
        };
        self.config.auto_commit
            && !job.offsets.is_empty()
            && self.may_commit().is_ok()
            && self.send_commit(job, now, fx)
    }

    /// CON-10: one step of the commit that a member of a `consumer` group makes before it
    /// takes over an assignment.
    pub(super) fn step_commit_before_rejoin(&mut self, now: Time, fx: &mut Effects) -> CommitStep {
        match self.member.prepare {
            Prepare::Committing => return CommitStep::Waits,
            Prepare::Committed | Prepare::Done => return CommitStep::Done,
            Prepare::Needed => {}
        }
        if self.positions().is_empty() {
            return CommitStep::Done;
        }
        if now < self.modern.commit_retry_at {
            let at = self.modern.commit_retry_at;
            self.retry_at(at, fx);
        } else if self.commit_before_rejoin(now, fx) {
            self.member.prepare = Prepare::Committing;
        } else {
            // The coordinator is being looked for.
            let at = now + self.retry_backoff();
            self.retry_at(at, fx);
        }
        CommitStep::Waits
    }

    /// CON-9: at `close`.
    pub(super) fn commit_for_closing(&mut self, now: Time, fx: &mut Effects) {
        let job = CommitJob {
            kind: CommitKind::Closing,
            offsets: self.positions(),
        };
        if !job.offsets.is_empty() && self.may_commit().is_ok() {
            self.member.closing_commit = self.send_commit(job, now, fx);
        }
    }

    /// The application calls `commitSync`.
    pub(super) fn commit_sync(
        &mut self,
        offsets: Option<&[(NamedPartition, Offset)]>,
        now: Time,
        fx: &mut Effects,
    ) {
        let offsets = match offsets {
            None => self.positions(),
            Some(list) => list
                .iter()
                .map(|(p, offset)| (p.clone(), *offset, LeaderEpoch::NONE))
                .collect(),
        };
        let job = CommitJob {
            kind: CommitKind::Sync,
            offsets,
        };
        if self.config.group.is_none() {
            let text = "To use the group management or offset commit APIs, you must provide a valid group.id in the consumer configuration.";
            let failure = ClientFailure::new(ErrorCode::InvalidGroupId, text);
            self.commit_ended(&job, Some(failure), fx);
            return;
        }
        if job.offsets.is_empty() {
            self.commit_ended(&job, None, fx);
            return;
        }
        let timeout = u64::from(self.config.client.default_api_timeout_ms);
        self.sync_commit = Some(SyncCommit {
            job,
            deadline: now + Duration::from_ms(timeout),
            retry_at: now,
            attempts: 0,
            failed: false,
            in_flight: false,
        });
    }

    /// Goes on with a blocked `commitSync`: sends it when it can be sent, ends it
    /// when its time is over.
    pub(super) fn step_sync_commit(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        let client = &self.config.client;
        let (initial, max) = (client.retry_backoff_ms, client.retry_backoff_max_ms);
        let Some(commit) = &mut self.sync_commit else {
            return;
        };
        if std::mem::take(&mut commit.failed) {
            commit.retry_at = now + backoff(prng, initial, max, commit.attempts);
            commit.attempts += 1;
        }
        let commit = commit.clone();
        if now >= commit.deadline {
            self.sync_commit = None;
            let timeout = self.config.client.default_api_timeout_ms;
            let text = format!(
                "Timeout of {timeout}ms expired before successfully committing the current consumed offsets"
            );
            let failure = ClientFailure::new(ErrorCode::RequestTimedOut, &text);
            self.commit_ended(&commit.job, Some(failure), fx);
            return;
        }
        self.retry_at(commit.deadline, fx);
        if commit.in_flight {
            return;
        }
        if now < commit.retry_at {
            self.retry_at(commit.retry_at, fx);
            return;
        }
        if let Err(failure) = self.may_commit() {
            self.sync_commit = None;
            self.commit_ended(&commit.job, Some(failure), fx);
            return;
        }
        if self.ready_coordinator(now, prng, fx).is_some()
            && self.send_commit(commit.job, now, fx)
            && let Some(commit) = &mut self.sync_commit
        {
            commit.in_flight = true;
        }
    }

    /// A member commits only while its generation stands.
    fn may_commit(&self) -> Result<(), ClientFailure> {
        if self.config.group.is_none() {
            return Err(ClientFailure::code(ErrorCode::InvalidGroupId));
        }
        let stands = self.is_modern() || self.member.state == MemberState::Stable;
        if !self.is_subscribed() || stands {
            return Ok(());
        }
        if self.member.state == MemberState::Unjoined {
            Err(commit_failed(NOT_MEMBER))
        } else {
            let error = ErrorCode::RebalanceInProgress;
            Err(ClientFailure::new(error, REBALANCING))
        }
    }

    fn send_commit(&mut self, job: CommitJob, now: Time, fx: &mut Effects) -> bool {
        let (Some(conn), Some(group)) = (self.coordinator, self.config.group.clone()) else {
            return false;
        };
        if !self.net.ready(conn, now, fx) {
            return false;
        }
        let mut offsets = Vec::with_capacity(job.offsets.len());
        for (named, offset, leader_epoch) in &job.offsets {
            if let Some(topic) = self.net.view.topic_id(&named.topic) {
                offsets.push(OffsetToCommit {
                    partition: crate::types::TopicPartition::new(topic, named.partition),
                    topic_name: named.topic.clone(),
                    offset: *offset,
                    leader_epoch: *leader_epoch,
                    metadata: self.empty.clone(),
                });
            }
        }
        let manual = !self.is_subscribed();
        let request = Request::OffsetCommit(OffsetCommitRequest {
            group,
            generation: if manual {
                Generation(-1)
            } else {
                self.member.generation
            },
            member_id: if manual {
                self.empty.clone()
            } else {
                self.member.id.clone()
            },
            group_instance_id: self.config.group_instance_id.clone(),
            offsets,
        });
        let purpose = Purpose::Commit(Box::new(job));
        self.net.send(conn, request, purpose, now, fx);
        true
    }

    /// The coordinator answered a commit.
    pub(super) fn commit_answered(
        &mut self,
        job: CommitJob,
        answer: &OffsetCommitResponse,
        now: Time,
        fx: &mut Effects,
    ) {
        let errors = answer.partitions.iter().map(|(_, error)| *error);
        let error = errors.into_iter().find(|e| e.is_error());
        let Some(error) = error else {
            for (named, offset, _) in &job.offsets {
                if let Some(at) = self.position_of(named) {
                    self.assigned[at].committed = *offset;
                }
            }
            self.finish_commit(job, None, now, fx);
            return;
        };
        self.coordinator_error(error, now, fx);
        let failure = match error {
            ErrorCode::UnknownMemberId | ErrorCode::StaleMemberEpoch if self.is_modern() => {
                modern_commit_failed(error)
            }
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => {
                self.member
                    .reset(error == ErrorCode::UnknownMemberId, &self.empty);
                commit_failed(REBALANCED)
            }
            ErrorCode::RebalanceInProgress => {
                self.member.rejoin = true;
                let text = "Offset commit cannot be completed since the consumer group is executing a rebalance at the moment. You can try completing the rebalance by calling poll() and then retry commit again";
                ClientFailure::new(error, text)
            }
            ErrorCode::FencedInstanceId => {
                if matches!(job.kind, CommitKind::Auto | CommitKind::BeforeRejoin) {
                    // Nobody waits for it: every later `poll` throws.
                    let instance = self.config.group_instance_id.as_deref();
                    let text = format!(
                        "Get fenced exception for group.instance.id {}",
                        instance.unwrap_or_default()
                    );
                    self.fatal = Some(ClientFailure::new(error, &text));
                }
                ClientFailure::code(error)
            }
            _ => ClientFailure::code(error),
        };
        self.finish_commit(job, Some(failure), now, fx);
    }

    /// The connection broke before an answer.
    pub(super) fn commit_lost(&mut self, job: CommitJob, now: Time, fx: &mut Effects) {
        let failure = ClientFailure::code(ErrorCode::NetworkException);
        self.finish_commit(job, Some(failure), now, fx);
    }

    fn finish_commit(
        &mut self,
        job: CommitJob,
        failure: Option<ClientFailure>,
        now: Time,
        fx: &mut Effects,
    ) {
        let retriable = failure.as_ref().is_some_and(|f| f.error.is_retriable());
        let stale = failure
            .as_ref()
            .is_some_and(|f| f.error == ErrorCode::StaleMemberEpoch);
        match job.kind {
            CommitKind::Sync if retriable => {
                if let Some(commit) = &mut self.sync_commit {
                    commit.in_flight = false;
                    commit.failed = true;
                }
                return;
            }
            CommitKind::Sync => self.sync_commit = None,
            CommitKind::Auto if retriable => self.auto_commit_at = now + self.retry_backoff(),
            CommitKind::Auto => {}
            CommitKind::BeforeRejoin if self.is_modern() && (retriable || stale) => {
                self.member.prepare = Prepare::Needed;
                self.modern.commit_retry_at = now + self.retry_backoff();
                return;
            }
            CommitKind::BeforeRejoin => self.member.commit_before_join_done(),
            CommitKind::Closing => self.member.closing_commit = false,
        }
        self.commit_ended(&job, failure, fx);
    }

    fn commit_ended(&mut self, job: &CommitJob, failure: Option<ClientFailure>, fx: &mut Effects) {
        let offsets = job
            .offsets
            .iter()
            .map(|(p, offset, _)| (p.clone(), *offset));
        fx.event(ClientEvent::Committed {
            offsets: offsets.collect(),
            failure,
            auto: job.kind != CommitKind::Sync,
        });
    }
}
