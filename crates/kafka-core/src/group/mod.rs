//! The group coordinator that lives inside a broker: classic groups (section 7) and,
//! in `modern`, groups of the newer protocols (sections 9 and 10).
//!
//! It coordinates the groups whose partition of `__consumer_offsets` the broker
//! leads: members, generations, assignments, offsets. It is not a node: the broker
//! hands it requests and timers, appends the records it wants stored, and reports
//! what became of them. FindCoordinator is the broker's. Invariant: what a client is
//! told is committed, or was never promised.
//!
//! Duties of the broker:
//! 1. [`Coordinator::load`] when it begins to lead a partition of
//!    `__consumer_offsets`, [`Coordinator::unload`] when it ceases to.
//! 2. Append each [`GroupAppend`] as one batch with the semantics of acks=all (and
//!    `offsets.commit.timeout.ms`), and report its ticket once to
//!    [`Coordinator::on_append_result`]; not after `unload` of that partition.
//! 3. Forward timers that are not its own to [`Coordinator::on_timer`].

mod admin;
mod answers;
pub(crate) mod bytes;
pub mod codec;
mod groups;
mod join;
mod load;
pub mod modern;
mod offsets;
mod outcome;
mod rebalance;
mod state;
mod sync;
#[cfg(test)]
mod tests;
mod txn;
mod writes;

use std::collections::BTreeMap;

use admin::Deletions;
use answers::{answer_after_writes, group_of, ready, refusal, refused};
pub use codec::StoredOffset;
use groups::Groups;
pub use modern::share::ShareWork;
pub use modern::share_offsets::ShareEdit;
use modern::{ModernKind, describe, edit, heartbeat, share};
use state::Asker;
pub use state::{Group, GroupState, Member};
use writes::{Deferred, Env, Writes};

use crate::config::BrokerConfig;
use crate::error::ErrorCode;
use crate::hash::coordinator_partition;
use crate::metadata::ClusterImage;
use crate::node::{Effects, Prng, TimerKey};
use crate::protocol::{
    ConsumerGroupDescribeResponse, DeleteGroupsRequest, DescribeGroupsRequest,
    DescribeGroupsResponse, DescribedConsumerGroup, Request, Response, ShareGroupDescribeResponse,
};
use crate::record::{Batch, Record};
use crate::types::{
    Duration, LeaderEpoch, Name, NodeId, ProducerEpoch, ProducerId, RequestId, Time,
};

/// Name of the topic the coordinator stores its state in.
pub const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// Records the coordinator wants appended, all or none, to its topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupAppend {
    /// To be repeated in [`Coordinator::on_append_result`].
    pub ticket: u64,
    /// Partition of `__consumer_offsets`.
    pub offsets_partition: u32,
    /// The records, at least one.
    pub records: Vec<Record>,
    /// The transaction they belong to, if any (TXN-6).
    pub producer: Option<(ProducerId, ProducerEpoch)>,
}

/// The coordinator of one broker process life.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coordinator {
    config: BrokerConfig,
    /// Partitions of `__consumer_offsets` it coordinates, with the epoch it leads in.
    led: BTreeMap<u32, LeaderEpoch>,
    groups: Groups,
    writes: Writes,
    deletions: Deletions,
    share_work: Vec<ShareWork>,
}

impl Coordinator {
    /// A coordinator of nothing yet.
    pub fn new(config: &BrokerConfig) -> Coordinator {
        Coordinator {
            config: config.clone(),
            led: BTreeMap::new(),
            groups: Groups::default(),
            writes: Writes::default(),
            deletions: Deletions::default(),
            share_work: Vec::new(),
        }
    }

    /// The groups it coordinates, by id.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter()
    }

    /// One group.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(name)
    }

    /// Partitions of `__consumer_offsets` it coordinates, with the epoch it leads in.
    pub fn partitions(&self) -> &BTreeMap<u32, LeaderEpoch> {
        &self.led
    }

    /// Whether it coordinates that partition of `__consumer_offsets`.
    pub fn leads(&self, offsets_partition: u32) -> bool {
        self.led.contains_key(&offsets_partition)
    }

    /// The broker leads a partition of `__consumer_offsets` now, with that log. A
    /// newer epoch of a partition already loaded changes nothing else (GRP-26).
    pub fn load(
        &mut self,
        now: Time,
        offsets_partition: u32,
        leader_epoch: LeaderEpoch,
        image: &ClusterImage,
        batches: &mut dyn Iterator<Item = &Batch>,
        fx: &mut Effects,
    ) {
        if self.led.is_empty() {
            self.set_expiry_timer(now, fx);
        }
        if self.led.insert(offsets_partition, leader_epoch).is_none() {
            let replay = load::Replay::new(now, offsets_partition, image, &self.config);
            replay.run(&mut self.groups, batches, fx);
        }
    }

    /// The broker leads that partition no more: whoever waits is sent away, and
    /// writes on their way are forgotten (GRP-27).
    pub fn unload(&mut self, _now: Time, offsets_partition: u32, fx: &mut Effects) {
        if self.led.remove(&offsets_partition).is_none() {
            return;
        }
        load::forget(&mut self.groups, offsets_partition, fx);
        for write in self.writes.drop_partition(offsets_partition) {
            outcome::abandon(&mut self.deletions, write, fx);
        }
        if self.led.is_empty() {
            fx.cancel_timer(TimerKey::GroupOffsetExpiry);
        }
    }

    /// Handles a request about groups. Requests of other kinds are ignored.
    #[expect(clippy::too_many_arguments, reason = "the seam to the broker")]
    pub fn on_request(
        &mut self,
        now: Time,
        from: NodeId,
        id: RequestId,
        request: &Request,
        image: &ClusterImage,
        prng: &mut Prng,
        fx: &mut Effects,
        appends: &mut Vec<GroupAppend>,
    ) {
        let asker = (from, id);
        let home = group_of(request).map(|group| self.partition_of(group, image));
        if let Some(partition) = home
            && !self.led.contains_key(&partition)
        {
            if let Some(response) = refusal(request, ErrorCode::NotCoordinator) {
                fx.respond(from, id, response);
            }
            return;
        }
        let partition = home.unwrap_or(0);
        if let Request::DeleteGroups(request) = request {
            return self.delete_groups(now, asker, request, image, fx, appends);
        }
        if let Request::DescribeGroups(request) = request {
            let response = self.describe_groups(request, image);
            return fx.respond(from, id, Response::DescribeGroups(response));
        }
        if let Request::ConsumerGroupDescribe(request) = request {
            let groups = self.describe_modern(&request.groups, ModernKind::Consumer, image);
            let response = ConsumerGroupDescribeResponse { groups };
            return fx.respond(from, id, Response::ConsumerGroupDescribe(response));
        }
        if let Request::ShareGroupDescribe(request) = request {
            let groups = self.describe_modern(&request.groups, ModernKind::Share, image);
            let response = ShareGroupDescribeResponse { groups };
            return fx.respond(from, id, Response::ShareGroupDescribe(response));
        }
        let groups = &mut self.groups;
        let env = &mut Env::new(now, &self.config, image, fx, &mut self.writes, appends);
        match request {
            Request::ConsumerGroupHeartbeat(r) => {
                let response = heartbeat::heartbeat(groups, env, r, partition);
                let deferred = Deferred::ConsumerHeartbeat(response);
                answer_after_writes(groups, env, partition, asker, deferred);
            }
            Request::ShareGroupHeartbeat(r) => {
                let work = &mut self.share_work;
                let response = share::heartbeat(groups, env, r, partition, work);
                let deferred = Deferred::ShareHeartbeat(response);
                answer_after_writes(groups, env, partition, asker, deferred);
            }
            Request::JoinGroup(r) => join::join(groups, env, prng, asker, r, partition),
            Request::SyncGroup(r) => sync::sync(groups, env, asker, r),
            Request::Heartbeat(r) => {
                let deferred = Deferred::Heartbeat(sync::heartbeat(groups, env, r));
                answer_after_writes(groups, env, partition, asker, deferred);
            }
            Request::LeaveGroup(r) => {
                let deferred = Deferred::Leave(sync::leave(groups, env, r));
                answer_after_writes(groups, env, partition, asker, deferred);
            }
            Request::OffsetCommit(r) => offsets::commit(groups, env, asker, r, partition),
            Request::TxnOffsetCommit(r) => txn::commit(groups, env, asker, r, partition),
            Request::OffsetFetch(r) if r.require_stable => {
                let deferred = Deferred::Fetch(r.clone());
                answer_after_writes(groups, env, partition, asker, deferred);
            }
            Request::OffsetFetch(r) => {
                env.respond(asker, Response::OffsetFetch(offsets::fetch(groups, r)));
            }
            Request::OffsetDelete(r) => offsets::delete(groups, env, asker, r),
            Request::ListGroups(_) => {
                env.respond(asker, Response::ListGroups(admin::list(groups)));
            }
            _ => {}
        }
    }

    /// A timer is due. `false` if it is not one of the coordinator's.
    pub fn on_timer(
        &mut self,
        now: Time,
        key: TimerKey,
        image: &ClusterImage,
        _prng: &mut Prng,
        fx: &mut Effects,
        appends: &mut Vec<GroupAppend>,
    ) -> bool {
        if key == TimerKey::GroupOffsetExpiry {
            self.set_expiry_timer(now, fx);
        }
        let groups = &mut self.groups;
        let env = &mut Env::new(now, &self.config, image, fx, &mut self.writes, appends);
        match key {
            TimerKey::GroupOffsetExpiry => offsets::expire(groups, env),
            TimerKey::GroupJoin(number) => {
                if let Some(group) = groups.by_number(number) {
                    rebalance::on_join_timer(group, env);
                }
            }
            TimerKey::GroupSync(number) => {
                if let Some(group) = groups.by_number(number) {
                    rebalance::on_sync_timer(group, env);
                }
            }
            TimerKey::GroupSession(number, member) => {
                if let Some(group) = groups.by_number(number) {
                    rebalance::on_session_timer(group, env, member);
                }
            }
            TimerKey::GroupRevocation(number, member) => {
                if let Some(group) = groups.by_number(number) {
                    edit::on_revocation_timer(group, env, member);
                }
            }
            _ => return false,
        }
        true
    }

    /// What became of an append: committed, or why not (GRP-22, GRP-23). Unknown
    /// tickets are ignored.
    #[expect(clippy::too_many_arguments, reason = "the seam to the broker")]
    pub fn on_append_result(
        &mut self,
        now: Time,
        ticket: u64,
        result: Result<(), ErrorCode>,
        image: &ClusterImage,
        _prng: &mut Prng,
        fx: &mut Effects,
        appends: &mut Vec<GroupAppend>,
    ) {
        let Some(write) = self.writes.finish(ticket) else {
            return;
        };
        let env = &mut Env::new(now, &self.config, image, fx, &mut self.writes, appends);
        outcome::finish(
            &mut self.groups,
            &mut self.deletions,
            env,
            &write.group,
            write.done,
            result,
        );
        for (asker, deferred) in write.deferred {
            let response = match result {
                Ok(()) => ready(&self.groups, deferred),
                Err(error) => refused(deferred, error.when_not_stored()),
            };
            env.respond(asker, response);
        }
    }

    /// A marker was committed in a partition of `__consumer_offsets` (TXN-6).
    pub fn on_transaction_decided(
        &mut self,
        offsets_partition: u32,
        producer: ProducerId,
        commit: bool,
        image: &ClusterImage,
        fx: &mut Effects,
    ) {
        let groups = &mut self.groups;
        txn::decide(
            groups,
            offsets_partition,
            producer,
            commit,
            |group, topic, number, stored| {
                txn::note_committed(image, fx, group, (topic, number), stored)
            },
        );
    }

    /// What the share coordinator has to do for share groups since the last call.
    pub fn take_share_work(&mut self) -> Vec<ShareWork> {
        std::mem::take(&mut self.share_work)
    }

    /// A topic is gone: so are its offsets (TOP-9).
    pub fn on_topic_deleted(
        &mut self,
        now: Time,
        name: &str,
        image: &ClusterImage,
        fx: &mut Effects,
        appends: &mut Vec<GroupAppend>,
    ) {
        let env = &mut Env::new(now, &self.config, image, fx, &mut self.writes, appends);
        offsets::remove_topic(&self.groups, env, name);
    }

    /// The partition of `__consumer_offsets` a group belongs to (GRP-1).
    fn partition_of(&self, group: &str, image: &ClusterImage) -> u32 {
        let topic = image.topic(OFFSETS_TOPIC);
        let count = topic.map_or(
            self.config.offsets_topic_partitions.max(1) as u32,
            |topic| topic.partitions.len().max(1) as u32,
        );
        coordinator_partition(group, count)
    }

    fn set_expiry_timer(&self, now: Time, fx: &mut Effects) {
        let interval = u64::from(self.config.offsets_retention_check_interval_ms);
        fx.set_timer(
            TimerKey::GroupOffsetExpiry,
            now + Duration::from_ms(interval),
        );
    }

    fn describe_groups(
        &self,
        request: &DescribeGroupsRequest,
        image: &ClusterImage,
    ) -> DescribeGroupsResponse {
        let describe = |name: &Name| {
            if self.led.contains_key(&self.partition_of(name, image)) {
                admin::describe(&self.groups, name)
            } else {
                admin::undescribed(name, ErrorCode::NotCoordinator)
            }
        };
        DescribeGroupsResponse {
            groups: request.groups.iter().map(describe).collect(),
        }
    }

    fn describe_modern(
        &self,
        names: &[Name],
        kind: ModernKind,
        image: &ClusterImage,
    ) -> Vec<DescribedConsumerGroup> {
        let default = self.config.modern_groups.default_assignor();
        let describe = |name: &Name| {
            if self.led.contains_key(&self.partition_of(name, image)) {
                describe::describe(&self.groups, name, kind, image, default)
            } else {
                describe::undescribed(name, ErrorCode::NotCoordinator, None)
            }
        };
        names.iter().map(describe).collect()
    }

    fn delete_groups(
        &mut self,
        now: Time,
        asker: Asker,
        request: &DeleteGroupsRequest,
        image: &ClusterImage,
        fx: &mut Effects,
        appends: &mut Vec<GroupAppend>,
    ) {
        let mut waiting = 0;
        let mut outcomes = Vec::with_capacity(request.groups.len());
        let homes: Vec<u32> = request
            .groups
            .iter()
            .map(|name| self.partition_of(name, image))
            .collect();
        let env = &mut Env::new(now, &self.config, image, fx, &mut self.writes, appends);
        for (name, home) in request.groups.iter().zip(homes) {
            let share_state = self.groups.get(name).map(Group::share_partitions);
            let begun = if self.led.contains_key(&home) {
                admin::delete(&mut self.groups, env, asker, name)
            } else {
                Err(ErrorCode::NotCoordinator)
            };
            waiting += u32::from(begun.is_ok());
            if let Some(forgotten) = share_state.filter(|it| begun.is_ok() && !it.is_empty()) {
                self.share_work
                    .push(ShareWork::Forget(name.clone(), forgotten));
            }
            outcomes.push((name.clone(), begun.err().unwrap_or(ErrorCode::None)));
        }
        self.deletions.begin(env.fx, asker, waiting, outcomes);
    }
}
