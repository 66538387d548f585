//! Serving consumers' fetches, with the long poll (CON-3, LOG-8).

use super::answers::held;
use super::partitions::Partitions;
use super::timer::LazyTimer;
use super::{Broker, Cx, read_replica};
use crate::config::BrokerConfig;
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::node::TimerKey;
use crate::protocol::{
    FetchPartition, FetchPartitionResponse, FetchRequest, FetchResponse, Response,
};
use crate::types::{Duration, NodeId, RequestId, Time, TopicPartition};

/// A consumer's fetch that waits for records.
#[derive(Clone, Debug)]
struct Parked {
    asker: (NodeId, RequestId),
    deadline: Time,
    request: FetchRequest,
    /// Something happened that may end it.
    look: bool,
}

/// All parked fetches of consumers, oldest first.
#[derive(Clone, Debug)]
pub(super) struct ConsumerFetches {
    parked: Vec<Parked>,
    look: bool,
    /// Wakes for the earliest deadline of any parked fetch, followers' included.
    pub(super) timer: LazyTimer,
}

impl Default for ConsumerFetches {
    fn default() -> ConsumerFetches {
        ConsumerFetches {
            parked: Vec::new(),
            look: false,
            timer: LazyTimer::new(TimerKey::DelayedFetch(0)),
        }
    }
}

impl ConsumerFetches {
    /// How many fetches wait.
    pub(super) fn len(&self) -> u32 {
        self.parked.len() as u32
    }

    /// The partition's visible end or its leadership changed.
    pub(super) fn look_at(&mut self, id: TopicPartition) {
        for parked in &mut self.parked {
            let partitions = &parked.request.partitions;
            if partitions.iter().any(|wanted| wanted.partition == id) {
                parked.look = true;
                self.look = true;
            }
        }
    }

    /// The client is gone.
    pub(super) fn drop_parked(&mut self, peer: NodeId) {
        self.parked.retain(|parked| parked.asker.0 != peer);
    }
}

impl Broker {
    pub(super) fn on_consumer_fetch(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &FetchRequest,
    ) {
        let shelf = (&self.partitions, &*self.image, &*self.config);
        let (answers, enough) = read_all(shelf, request);
        if enough || request.max_wait_ms == 0 || request.partitions.is_empty() {
            respond(cx, (from, id), answers);
            return;
        }
        let deadline = cx.now + Duration::from_ms(request.max_wait_ms.into());
        self.consumers.timer.need(deadline, cx.fx);
        self.consumers.parked.push(Parked {
            asker: (from, id),
            deadline,
            request: request.clone(),
            look: false,
        });
    }

    /// Ends parked fetches for which enough happened.
    pub(super) fn answer_consumer_fetches(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::take(&mut self.consumers.look) {
            return;
        }
        let shelf = (&self.partitions, &*self.image, &*self.config);
        self.consumers.parked.retain_mut(|parked| {
            if !std::mem::take(&mut parked.look) {
                return true;
            }
            let (answers, enough) = read_all(shelf, &parked.request);
            if enough {
                respond(cx, parked.asker, answers);
            }
            !enough
        });
    }

    /// Ends parked fetches that waited long enough.
    pub(super) fn on_fetch_timer(&mut self, cx: &mut Cx<'_>) {
        self.consumers.timer.fired();
        self.expire_follower_fetches(cx);
        let shelf = (&self.partitions, &*self.image, &*self.config);
        let timer = &mut self.consumers.timer;
        self.consumers.parked.retain(|parked| {
            if parked.deadline > cx.now {
                timer.need(parked.deadline, cx.fx);
                return true;
            }
            let (answers, _) = read_all(shelf, &parked.request);
            respond(cx, parked.asker, answers);
            false
        });
    }
}

fn respond(cx: &mut Cx<'_>, asker: (NodeId, RequestId), partitions: Vec<FetchPartitionResponse>) {
    let error = ErrorCode::None;
    let response = FetchResponse { error, partitions };
    cx.fx.respond(asker.0, asker.1, Response::Fetch(response));
}

/// What reading needs to know.
type Shelf<'a> = (&'a Partitions, &'a ClusterImage, &'a BrokerConfig);

/// Reads every partition of the request; true if the answer need not wait: enough
/// bytes, an error, or a replica to read from instead.
fn read_all(shelf: Shelf<'_>, request: &FetchRequest) -> (Vec<FetchPartitionResponse>, bool) {
    let mut used = 0_u32;
    let mut failed = false;
    let mut answers = Vec::with_capacity(request.partitions.len());
    for wanted in &request.partitions {
        let left = request.max_bytes.saturating_sub(used);
        let answer = read_one(shelf, request, wanted, left, used == 0);
        failed |= answer.error.is_error()
            || answer.diverging_epoch.is_some()
            || answer.preferred_read_replica.is_some();
        let sizes = answer.batches.iter().map(|batch| batch.size_bytes());
        used = used.saturating_add(sizes.sum::<u32>());
        answers.push(answer);
    }
    (answers, failed || used >= request.min_bytes)
}

fn read_one(
    (partitions, image, config): Shelf<'_>,
    request: &FetchRequest,
    wanted: &FetchPartition,
    left: u32,
    at_least_one: bool,
) -> FetchPartitionResponse {
    let partition = match held(partitions, image, wanted) {
        Ok(partition) => partition,
        Err(refusal) => return *refusal,
    };
    let mut answer = FetchPartitionResponse::of(partition);
    let log = &partition.log;
    let from = wanted.fetch_offset;
    if from < log.log_start_offset() || from > log.log_end_offset() {
        answer.error = ErrorCode::OffsetOutOfRange;
        return answer;
    }
    answer.preferred_read_replica = (request.rack.as_deref())
        .and_then(|rack| read_replica::preferred(config, image, partition, from, rack));
    if answer.preferred_read_replica.is_some() {
        return answer;
    }
    let visible_end = if request.read_committed {
        log.last_stable_offset()
    } else {
        log.high_watermark()
    };
    let max_bytes = wanted.max_bytes.min(left);
    log.read(
        from,
        visible_end,
        max_bytes,
        at_least_one,
        &mut answer.batches,
    );
    if request.read_committed
        && let Some(last) = answer.batches.last()
    {
        let transactions = log.producers().transactions();
        answer.aborted = transactions.aborted_in(from, last.next_offset());
    }
    answer
}
