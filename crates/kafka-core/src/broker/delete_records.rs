//! DeleteRecords (LOG-11): raise the log start, answer when all replicas have.

use super::answers::leader_in_epoch;
use super::timer::LazyTimer;
use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::node::TimerKey;
use crate::note::Note;
use crate::protocol::{DeleteRecordsRequest, DeleteRecordsResponse, Response};
use crate::types::{Duration, LeaderEpoch, NodeId, Offset, RequestId, Time, TopicPartition};

#[derive(Clone, Debug)]
struct DelayedDelete {
    asker: (NodeId, RequestId),
    deadline: Time,
    /// Partition, error so far, and the offset all replicas have to reach.
    partitions: Vec<(TopicPartition, ErrorCode, Offset)>,
}

/// Requests that wait for the followers' log starts.
#[derive(Clone, Debug)]
pub(super) struct DelayedDeletes {
    waiting: Vec<DelayedDelete>,
    look: bool,
    timer: LazyTimer,
}

/// Number of the retry timer for these waits.
pub(super) const RETRY_DELETES: u32 = 1;

impl Default for DelayedDeletes {
    fn default() -> DelayedDeletes {
        DelayedDeletes {
            waiting: Vec::new(),
            look: false,
            timer: LazyTimer::new(TimerKey::Retry(RETRY_DELETES)),
        }
    }
}

impl DelayedDeletes {
    /// A follower's log start moved.
    pub(super) fn look_at(&mut self, id: TopicPartition) {
        let mut waiting = self.waiting.iter();
        self.look |= waiting.any(|delayed| delayed.partitions.iter().any(|p| p.0 == id));
    }
}

impl Broker {
    pub(super) fn on_delete_records(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &DeleteRecordsRequest,
    ) {
        let wanted = request.partitions.iter();
        let partitions = wanted.map(
            |&(partition, to)| match self.raise_start(cx, partition, to) {
                Ok(to) => (partition, ErrorCode::None, to),
                Err(error) => (partition, error, Offset::UNKNOWN),
            },
        );
        let partitions = partitions.collect();
        let deadline = cx.now + Duration::from_ms(request.timeout_ms.into());
        self.deletes.timer.need(deadline, cx.fx);
        self.deletes.look = true;
        self.deletes.waiting.push(DelayedDelete {
            asker: (from, id),
            deadline,
            partitions,
        });
    }

    fn raise_start(
        &mut self,
        cx: &mut Cx<'_>,
        id: TopicPartition,
        to: Offset,
    ) -> Result<Offset, ErrorCode> {
        let none = LeaderEpoch::NONE;
        let led = leader_in_epoch(&self.partitions, &self.image, id, none)?;
        if !led.config.delete {
            return Err(ErrorCode::PolicyViolation);
        }
        let high_watermark = led.log.high_watermark();
        let to = if to == Offset::UNKNOWN {
            high_watermark
        } else {
            to
        };
        if to < Offset::ZERO || to > high_watermark {
            return Err(ErrorCode::OffsetOutOfRange);
        }
        let before = led.log.log_start_offset();
        self.settle_checkpoints(cx.now);
        if let Some(partition) = self.partitions.get_mut(id)
            && partition.log.raise_log_start(to)
        {
            cx.fx.note(Note::LogStartMoved(id, before, to));
            self.sessions.appended(id);
        }
        Ok(to)
    }

    /// Smallest log start over the replicas whose broker is alive.
    fn low_watermark(&self, id: TopicPartition) -> Result<Offset, ErrorCode> {
        let none = LeaderEpoch::NONE;
        let led = leader_in_epoch(&self.partitions, &self.image, id, none)?;
        let own = led.log.log_start_offset();
        let followers = led.leadership().map_or(&[][..], |l| &l.followers);
        let alive = followers.iter().filter(|f| {
            let registration = self.image.brokers.get(&f.broker);
            registration.is_some_and(|registration| !registration.fenced)
        });
        Ok(alive.map(|f| f.log_start_offset).fold(own, Offset::min))
    }

    /// Answers requests whose partitions are all settled, or that are late.
    pub(super) fn finish_deletes(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::take(&mut self.deletes.look) {
            return;
        }
        let mut waiting = std::mem::take(&mut self.deletes.waiting);
        waiting.retain(|delayed| {
            let late = delayed.deadline <= cx.now;
            let mut settled = true;
            let answers = delayed.partitions.iter().map(|&(id, error, to)| {
                if error.is_error() {
                    return (id, error, Offset::UNKNOWN);
                }
                match self.low_watermark(id) {
                    Ok(low) if low >= to => (id, ErrorCode::None, low),
                    Ok(_) if late => (id, ErrorCode::RequestTimedOut, Offset::UNKNOWN),
                    Ok(low) => {
                        settled = false;
                        (id, ErrorCode::None, low)
                    }
                    Err(error) => (id, error, Offset::UNKNOWN),
                }
            });
            let partitions: Vec<_> = answers.collect();
            if settled {
                let response = Response::DeleteRecords(DeleteRecordsResponse { partitions });
                cx.fx.respond(delayed.asker.0, delayed.asker.1, response);
            }
            !settled
        });
        self.deletes.waiting = waiting;
    }

    /// A request may have waited long enough.
    pub(super) fn on_deletes_timer(&mut self, cx: &mut Cx<'_>) {
        self.deletes.timer.fired();
        self.deletes.look = true;
        for delayed in &self.deletes.waiting {
            if delayed.deadline > cx.now {
                self.deletes.timer.need(delayed.deadline, cx.fx);
            }
        }
    }
}
