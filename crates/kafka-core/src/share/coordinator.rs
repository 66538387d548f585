//! The share coordinator: keeps the states of share partitions in
//! `__share_group_state` (SHG-7).
//!
//! It lives in a broker and coordinates the share partitions whose key belongs to a
//! partition of that topic which the broker leads. It is not a node: the broker hands
//! it requests, appends what it wants stored and reports what became of that.
//! Invariant: what it answers is committed; epochs of states and leaders never go
//! back (FENCED_STATE_EPOCH, FENCED_LEADER_EPOCH).

mod merge;
mod requests;

use std::collections::BTreeMap;

use super::ShareKey;
use super::codec::{self, Snapshot, StateRecord};
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::protocol::{
    ReadShareGroupStateResponse, Response, ShareGroupStateResponse, StateOfSharePartition,
};
use crate::record::{Batch, Record};
use crate::topic_name::SHARE_GROUP_STATE_TOPIC;
use crate::types::{Bytes, LeaderEpoch, NodeId, RequestId, Time};

/// Records the coordinator wants appended, all or none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareAppend {
    /// To be repeated in [`ShareCoordinator::on_append_result`].
    pub ticket: u64,
    /// Partition of `__share_group_state`.
    pub state_partition: u32,
    /// The records.
    pub records: Vec<Record>,
}

/// An answer of the coordinator; the asker may be its own broker.
#[derive(Clone, PartialEq, Debug)]
pub struct ShareReply {
    /// Who asked.
    pub to: NodeId,
    /// The request.
    pub id: RequestId,
    /// The answer.
    pub response: Response,
}

/// What is stored of a share partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredState {
    /// The state.
    pub state: StateOfSharePartition,
    /// Partition of `__share_group_state`.
    pub state_partition: u32,
    snapshot_epoch: i32,
    create_timestamp_ms: i64,
    updates: u32,
}

/// Which request an answer belongs to, and what is known of it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Pending {
    asker: (NodeId, RequestId),
    kind: Kind,
    waiting: u32,
    outcomes: Vec<(ShareKey, ErrorCode)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Kind {
    Initialize,
    Write,
    Delete,
    Read(StateOfSharePartition),
}

/// One append on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Write {
    state_partition: u32,
    key: ShareKey,
    before: Option<StoredState>,
    pending: Option<u64>,
}

/// The share coordinator of one broker process life.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareCoordinator {
    /// `share.coordinator.snapshot.update.records.per.snapshot`.
    updates_per_snapshot: u32,
    /// `share.coordinator.state.topic.num.partitions`, until the topic exists.
    partitions: u32,
    led: BTreeMap<u32, LeaderEpoch>,
    states: BTreeMap<ShareKey, StoredState>,
    writes: BTreeMap<u64, Write>,
    pending: BTreeMap<u64, Pending>,
    next: u64,
}

impl ShareCoordinator {
    /// A coordinator of nothing yet.
    pub fn new(partitions: u32, updates_per_snapshot: u32) -> ShareCoordinator {
        ShareCoordinator {
            updates_per_snapshot,
            partitions: partitions.max(1),
            led: BTreeMap::new(),
            states: BTreeMap::new(),
            writes: BTreeMap::new(),
            pending: BTreeMap::new(),
            next: 0,
        }
    }

    /// What it stores, by share partition.
    pub fn states(&self) -> impl Iterator<Item = (&ShareKey, &StoredState)> {
        self.states.iter()
    }

    /// Whether it coordinates that partition of `__share_group_state`.
    pub fn leads(&self, state_partition: u32) -> bool {
        self.led.contains_key(&state_partition)
    }

    /// The partition of `__share_group_state` that holds a share partition.
    pub fn home(&self, key: &ShareKey, image: &ClusterImage) -> u32 {
        let topic = image.topic(SHARE_GROUP_STATE_TOPIC);
        let count = topic.map_or(self.partitions, |topic| topic.partitions.len() as u32);
        key.state_partition(count.max(1))
    }

    /// The broker leads a partition of the topic now, with that log.
    pub fn load(
        &mut self,
        state_partition: u32,
        epoch: LeaderEpoch,
        batches: &mut dyn Iterator<Item = &Batch>,
    ) {
        if self.led.insert(state_partition, epoch).is_some() {
            return;
        }
        for batch in batches.filter(|batch| !batch.body.is_control()) {
            for record in &batch.body.records {
                let key = record.key.as_deref();
                let read = key.and_then(|key| codec::decode(key, record.value.as_deref()));
                if let Some(read) = read {
                    self.replay(state_partition, read);
                }
            }
        }
    }

    fn replay(&mut self, state_partition: u32, record: StateRecord) {
        match record {
            StateRecord::Snapshot(key, None) => {
                self.states.remove(&key);
            }
            StateRecord::Snapshot(key, Some(snapshot)) => {
                let stored = StoredState {
                    state: snapshot.state,
                    state_partition,
                    snapshot_epoch: snapshot.epoch,
                    create_timestamp_ms: snapshot.create_timestamp_ms,
                    updates: 0,
                };
                self.states.insert(key, stored);
            }
            StateRecord::Update(key, epoch, update) => {
                if let Some(stored) = self.states.get_mut(&key)
                    && stored.snapshot_epoch == epoch
                {
                    stored.updates += 1;
                    merge::apply(&mut stored.state, &update);
                }
            }
        }
    }

    /// The broker leads that partition no more: whoever waits is sent away.
    pub fn unload(&mut self, state_partition: u32, replies: &mut Vec<ShareReply>) {
        if self.led.remove(&state_partition).is_none() {
            return;
        }
        self.states
            .retain(|_, stored| stored.state_partition != state_partition);
        let of_partition = |_: &u64, write: &mut Write| write.state_partition == state_partition;
        let dropped: Vec<Write> = self
            .writes
            .extract_if(.., of_partition)
            .map(|(_, write)| write)
            .collect();
        for write in dropped {
            self.resolve(
                write.pending,
                &write.key,
                ErrorCode::NotCoordinator,
                replies,
            );
        }
    }

    /// What became of an append. Records that are in the log although their commit
    /// was not seen in time stay; others never happened.
    pub fn on_append_result(
        &mut self,
        ticket: u64,
        result: Result<(), ErrorCode>,
        in_log: bool,
        replies: &mut Vec<ShareReply>,
    ) {
        let Some(write) = self.writes.remove(&ticket) else {
            return;
        };
        let error = match result {
            Ok(()) => ErrorCode::None,
            Err(error) => error.when_not_stored(),
        };
        if !in_log {
            match write.before {
                Some(before) => self.states.insert(write.key.clone(), before),
                None => self.states.remove(&write.key),
            };
        }
        self.resolve(write.pending, &write.key, error, replies);
    }

    fn resolve(
        &mut self,
        pending: Option<u64>,
        key: &ShareKey,
        error: ErrorCode,
        replies: &mut Vec<ShareReply>,
    ) {
        let Some(number) = pending else {
            return;
        };
        if let Some(pending) = self.pending.get_mut(&number) {
            pending.waiting = pending.waiting.saturating_sub(1);
            let mut outcomes = pending.outcomes.iter_mut();
            if let Some(outcome) = outcomes.find(|(known, _)| known == key) {
                outcome.1 = error;
            }
        }
        self.reply_if_complete(number, replies);
    }

    fn reply_if_complete(&mut self, number: u64, replies: &mut Vec<ShareReply>) {
        let complete = |pending: &Pending| pending.waiting == 0;
        if !self.pending.get(&number).is_some_and(complete) {
            return;
        }
        let Some(pending) = self.pending.remove(&number) else {
            return;
        };
        let partitions = pending.outcomes;
        let response = match pending.kind {
            Kind::Initialize => {
                Response::InitializeShareGroupState(ShareGroupStateResponse { partitions })
            }
            Kind::Write => Response::WriteShareGroupState(ShareGroupStateResponse { partitions }),
            Kind::Delete => Response::DeleteShareGroupState(ShareGroupStateResponse { partitions }),
            Kind::Read(state) => {
                let error = partitions.first().map_or(ErrorCode::None, |one| one.1);
                Response::ReadShareGroupState(ReadShareGroupStateResponse { error, state })
            }
        };
        let (to, id) = pending.asker;
        replies.push(ShareReply { to, id, response });
    }

    /// Stores a state: as an update, or as a snapshot if there were enough updates or
    /// `afresh` says so.
    fn store(
        &mut self,
        now: Time,
        key: &ShareKey,
        home: u32,
        change: Change<'_>,
        pending: Option<u64>,
        appends: &mut Vec<ShareAppend>,
    ) {
        let before = self.states.get(key).cloned();
        let pair = self.change(now, key, home, change);
        let ticket = self.next;
        self.next += 1;
        let record = Record {
            key: Some(pair.0),
            value: pair.1,
            timestamp_ms: now.as_ms() as i64,
            ..Record::default()
        };
        appends.push(ShareAppend {
            ticket,
            state_partition: home,
            records: vec![record],
        });
        self.writes.insert(
            ticket,
            Write {
                state_partition: home,
                key: key.clone(),
                before,
                pending,
            },
        );
    }

    /// Changes what is held in memory; the record that says so.
    fn change(
        &mut self,
        now: Time,
        key: &ShareKey,
        home: u32,
        change: Change<'_>,
    ) -> (Bytes, Option<Bytes>) {
        let now_ms = now.as_ms() as i64;
        match change {
            Change::Remove => {
                self.states.remove(key);
                (codec::snapshot_key(key), None)
            }
            Change::Begin(state) => {
                let known = self.states.get(key);
                let stored = StoredState {
                    state,
                    state_partition: home,
                    snapshot_epoch: known.map_or(0, |known| known.snapshot_epoch + 1),
                    create_timestamp_ms: known.map_or(now_ms, |known| known.create_timestamp_ms),
                    updates: 0,
                };
                let value = snapshot_of(&stored, now_ms);
                self.states.insert(key.clone(), stored);
                (codec::snapshot_key(key), Some(value))
            }
            Change::Update(update) => {
                let most = self.updates_per_snapshot;
                let Some(stored) = self.states.get_mut(key) else {
                    // Only a known share partition is updated.
                    return (codec::update_key(key), None);
                };
                merge::apply(&mut stored.state, update);
                if stored.updates >= most {
                    stored.updates = 0;
                    stored.snapshot_epoch += 1;
                    let value = snapshot_of(stored, now_ms);
                    return (codec::snapshot_key(key), Some(value));
                }
                stored.updates += 1;
                let value = codec::update_value(stored.snapshot_epoch, update);
                (codec::update_key(key), Some(value))
            }
        }
    }
}

enum Change<'a> {
    Begin(StateOfSharePartition),
    Update(&'a StateOfSharePartition),
    Remove,
}

fn snapshot_of(stored: &StoredState, now_ms: i64) -> Bytes {
    codec::snapshot_value(&Snapshot {
        epoch: stored.snapshot_epoch,
        state: stored.state.clone(),
        create_timestamp_ms: stored.create_timestamp_ms,
        write_timestamp_ms: now_ms,
    })
}
