//! ListOffsets and OffsetForLeaderEpoch (LOG-13, REP-27).

use super::answers::leader_in_epoch;
use super::partition::Partition;
use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::log::FoundOffset;
use crate::protocol::{
    ListOffsetsPartitionResponse, ListOffsetsRequest, ListOffsetsResponse,
    OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse, OffsetSpec, Response,
};
use crate::types::{LeaderEpoch, NodeId, Offset, RequestId, TopicPartition};

impl Broker {
    pub(super) fn on_list_offsets(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &ListOffsetsRequest,
    ) {
        let questions = request.partitions.iter();
        let visible = |client| match (client, request.read_committed) {
            (false, _) => Visible::Everything,
            (true, false) => Visible::Committed,
            (true, true) => Visible::Stable,
        };
        let partitions = questions.map(|(partition, epoch, spec)| {
            let found = leader_in_epoch(&self.partitions, &self.image, *partition, *epoch)
                .and_then(|led| list_offset(led, *spec, visible(request.replica.is_none())));
            let (error, found) = match found {
                Ok(found) => (ErrorCode::None, found),
                Err(error) => (error, None),
            };
            ListOffsetsPartitionResponse {
                partition: *partition,
                error,
                offset: found.map_or(Offset::UNKNOWN, |found| found.offset),
                timestamp_ms: found.map_or(-1, |found| found.timestamp_ms),
                leader_epoch: found.map_or(LeaderEpoch::NONE, |found| found.leader_epoch),
            }
        });
        let partitions = partitions.collect();
        let response = Response::ListOffsets(ListOffsetsResponse { partitions });
        cx.fx.respond(from, id, response);
    }

    pub(super) fn on_offset_for_leader_epoch(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &OffsetForLeaderEpochRequest,
    ) {
        let questions = request.partitions.iter();
        let partitions = questions.map(|&(partition, current, asked)| {
            let led = leader_in_epoch(&self.partitions, &self.image, partition, current);
            match led.map(|led| led.log.end_offset_for(asked)) {
                Ok(Some((epoch, end))) => (partition, ErrorCode::None, epoch, end),
                Ok(None) => undefined(partition, ErrorCode::None),
                Err(error) => undefined(partition, error),
            }
        });
        let partitions = partitions.collect();
        let response = Response::OffsetForLeaderEpoch(OffsetForLeaderEpochResponse { partitions });
        cx.fx.respond(from, id, response);
    }
}

fn undefined(
    id: TopicPartition,
    error: ErrorCode,
) -> (TopicPartition, ErrorCode, LeaderEpoch, Offset) {
    (id, error, LeaderEpoch::NONE, Offset::UNKNOWN)
}

/// How far the asker sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Visible {
    /// Followers: the whole log.
    Everything,
    /// read_uncommitted: up to the high watermark.
    Committed,
    /// read_committed: up to the last stable offset (LOG-2).
    Stable,
}

/// LOG-13.
fn list_offset(
    partition: &Partition,
    spec: OffsetSpec,
    visible: Visible,
) -> Result<Option<FoundOffset>, ErrorCode> {
    let log = &partition.log;
    let client = visible != Visible::Everything;
    let visible_end = match visible {
        Visible::Everything => log.log_end_offset(),
        Visible::Committed => log.high_watermark(),
        Visible::Stable => log.last_stable_offset(),
    };
    let epoch_start = partition
        .leadership()
        .map_or(Offset::ZERO, |leadership| leadership.epoch_start_offset);
    // The new leader does not know yet how far the last one had committed.
    let unsettled = client && log.high_watermark() < epoch_start;
    let at = |offset: Offset| {
        let epoch = log.disk().epochs().epoch_at(offset);
        FoundOffset {
            offset,
            timestamp_ms: -1,
            leader_epoch: epoch.unwrap_or(LeaderEpoch::NONE),
        }
    };
    let found = match spec {
        OffsetSpec::Earliest => return Ok(Some(at(log.log_start_offset()))),
        OffsetSpec::Latest if unsettled => return Err(ErrorCode::OffsetNotAvailable),
        OffsetSpec::Latest => {
            return Ok(Some(FoundOffset {
                leader_epoch: partition.leader_epoch,
                ..at(visible_end)
            }));
        }
        OffsetSpec::MaxTimestamp => log.offset_of_max_time(),
        OffsetSpec::Timestamp(stamp) => log.offset_for_time(stamp),
    };
    match found {
        Some(found) if found.offset < visible_end => Ok(Some(found)),
        _ if unsettled => Err(ErrorCode::OffsetNotAvailable),
        _ => Ok(None),
    }
}
