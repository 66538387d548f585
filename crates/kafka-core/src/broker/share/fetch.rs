//! Fetching for share groups, with the long poll (SHG-2, SHG-3, SHG-8).

use crate::broker::answers::{known_leader, leader_in_epoch};
use crate::broker::{Broker, Cx};
use crate::error::ErrorCode;
use crate::log::Log;
use crate::note::Note;
use crate::protocol::{
    AcquiredRecords, ShareAcquireMode, ShareFetchPartitionResponse, ShareFetchRequest,
};
use crate::record::Batch;
use crate::share::{Acquire, LogBatch, Phase, SharePartition, ShareSettings};
use crate::types::{Duration, LeaderEpoch, Name, NodeId, Offset, RequestId, Time, TopicPartition};

/// A fetch that waits for records it may acquire.
#[derive(Clone, Debug)]
pub(super) struct ParkedFetch {
    pub(super) asker: (NodeId, RequestId),
    open: u64,
    group: Name,
    member: Name,
    deadline: Time,
    max_bytes: u32,
    max_records: u32,
    batch_size: u32,
    mode: ShareAcquireMode,
    /// The session's partitions, in the order of this fetch.
    partitions: Vec<TopicPartition>,
    /// Share partitions whose state could not be read.
    pub(super) failed: Vec<(TopicPartition, ErrorCode)>,
    pub(super) look: bool,
}

impl ParkedFetch {
    pub(super) fn wants(&self, id: TopicPartition) -> bool {
        self.partitions.contains(&id)
    }

    pub(super) fn is_of(&self, group: &Name) -> bool {
        self.group == *group
    }
}

impl Broker {
    pub(super) fn begin_share_fetch(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        open: u64,
        request: &ShareFetchRequest,
    ) {
        let (group, member) = (&request.group, &request.member_id);
        let session = self.share.sessions.get(group, member);
        let partitions = session.map_or_else(Vec::new, |session| session.rotated());
        let fetch = ParkedFetch {
            asker,
            open,
            group: group.clone(),
            member: member.clone(),
            deadline: cx.now + Duration::from_ms(request.max_wait_ms.into()),
            max_bytes: request.max_bytes,
            max_records: request.max_records,
            batch_size: request.batch_size,
            mode: request.acquire_mode,
            partitions,
            failed: Vec::new(),
            look: false,
        };
        let (answers, enough) = self.try_share_fetch(cx, &fetch);
        if enough || request.max_wait_ms == 0 || fetch.partitions.is_empty() {
            self.request_fetched(cx, open, answers);
            return;
        }
        self.share.waits.need(fetch.deadline, cx.fx);
        self.share.parked.push(fetch);
    }

    /// Ends waiting fetches for which enough happened.
    pub(super) fn answer_share_fetches(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::take(&mut self.share.look) {
            return;
        }
        for mut fetch in std::mem::take(&mut self.share.parked) {
            if std::mem::take(&mut fetch.look) {
                let (answers, enough) = self.try_share_fetch(cx, &fetch);
                if enough {
                    self.request_fetched(cx, fetch.open, answers);
                    continue;
                }
            }
            self.share.parked.push(fetch);
        }
    }

    /// Ends waiting fetches that waited long enough.
    pub(in crate::broker) fn on_share_fetch_timer(&mut self, cx: &mut Cx<'_>) {
        self.share.waits.fired();
        for fetch in std::mem::take(&mut self.share.parked) {
            if fetch.deadline > cx.now {
                self.share.waits.need(fetch.deadline, cx.fx);
                self.share.parked.push(fetch);
                continue;
            }
            let (answers, _) = self.try_share_fetch(cx, &fetch);
            self.request_fetched(cx, fetch.open, answers);
        }
    }

    /// Acquires what there is; whether the answer need not wait.
    fn try_share_fetch(
        &mut self,
        cx: &mut Cx<'_>,
        fetch: &ParkedFetch,
    ) -> (Vec<ShareFetchPartitionResponse>, bool) {
        let settings = self.share_settings(&fetch.group);
        let mut answers = Vec::new();
        let (mut records, mut bytes) = (0_u32, 0_u32);
        for id in &fetch.partitions {
            let failed = fetch.failed.iter().find(|(known, _)| known == id);
            let ready = match failed {
                Some((_, error)) => Err(*error),
                None => self.ready_share_partition(cx, &fetch.group, *id, &settings),
            };
            match ready {
                Err(error) => {
                    let mut answer = ShareFetchPartitionResponse::empty(*id, error);
                    if error == ErrorCode::NotLeaderOrFollower {
                        answer.current_leader = known_leader(&self.image, *id);
                    }
                    answers.push(answer);
                }
                Ok(true) if records < fetch.max_records && bytes < fetch.max_bytes => {
                    let left = (fetch.max_records - records, fetch.max_bytes - bytes);
                    let read = self.acquire_from(cx, fetch, *id, &settings, left);
                    if let Some(answer) = read {
                        records += count(&answer.acquired);
                        bytes += answer.batches.iter().map(Batch::size_bytes).sum::<u32>();
                        answers.push(answer);
                    }
                }
                Ok(_) => {}
            }
        }
        let enough = !answers.is_empty();
        (answers, enough)
    }

    /// Whether the share partition serves; it is begun if it is new here.
    fn ready_share_partition(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        id: TopicPartition,
        settings: &ShareSettings,
    ) -> Result<bool, ErrorCode> {
        let led = leader_in_epoch(&self.partitions, &self.image, id, LeaderEpoch::NONE)?;
        let (epoch, log_start) = (led.leader_epoch, led.log.log_start_offset());
        let key = (group.clone(), id);
        if let Some(known) = self.share.partitions.get_mut(&key)
            && known.leader_epoch() == epoch
        {
            if known.phase() != Phase::Active {
                return Ok(false);
            }
            let moved = known.log_starts_at(log_start);
            let ready = known.can_acquire(settings.max_record_locks);
            self.note_start(cx, group, id, moved);
            return Ok(ready);
        }
        let stored = self.share_key(group, id);
        let stored = stored.ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let partition = SharePartition::new(stored.clone(), id, epoch);
        self.share.partitions.insert(key, partition);
        self.read_state(cx, stored, id, epoch);
        Ok(false)
    }

    fn acquire_from(
        &mut self,
        cx: &mut Cx<'_>,
        fetch: &ParkedFetch,
        id: TopicPartition,
        settings: &ShareSettings,
        (max_records, max_bytes): (u32, u32),
    ) -> Option<ShareFetchPartitionResponse> {
        let log = &self.partitions.get(id)?.log;
        let partition = self.share.partitions.get_mut(&(fetch.group.clone(), id))?;
        let from = partition.next_fetch_offset();
        let mut batches = Vec::new();
        let until = visible_end(log, settings);
        log.read(from, until, max_bytes, true, &mut batches);
        let bounds: Vec<LogBatch> = batches.iter().map(bounds).collect();
        let how = Acquire {
            member: &fetch.member,
            mode: fetch.mode,
            batch_size: fetch.batch_size,
            max_records,
            settings,
            now: cx.now,
        };
        let acquired = partition.acquire(&how, from, &bounds);
        if acquired.is_empty() {
            return None;
        }
        if let Some(at) = partition.next_lock_expiry() {
            self.share.locks.need(at, cx.fx);
        }
        for run in &acquired {
            cx.fx.note(Note::ShareAcquired {
                group: fetch.group.clone(),
                member: fetch.member.clone(),
                partition: id,
                first: run.first,
                last: run.last,
                delivery_count: run.delivery_count,
            });
        }
        let holds = |batch: &Batch| {
            let last = batch.last_offset();
            let mut runs = acquired.iter();
            runs.any(|run| run.first <= last && run.last >= batch.base_offset)
        };
        batches.retain(holds);
        let mut answer = ShareFetchPartitionResponse::empty(id, ErrorCode::None);
        answer.batches = batches;
        answer.acquired = acquired;
        Some(answer)
    }
}

/// SHG-8.
fn visible_end(log: &Log, settings: &ShareSettings) -> Offset {
    if settings.read_committed {
        log.last_stable_offset()
    } else {
        log.high_watermark()
    }
}

fn bounds(batch: &Batch) -> LogBatch {
    LogBatch {
        first: batch.base_offset,
        last: batch.last_offset(),
    }
}

fn count(acquired: &[AcquiredRecords]) -> u32 {
    let counts = acquired.iter().map(|run| run.last.0 - run.first.0 + 1);
    counts.sum::<i64>() as u32
}
