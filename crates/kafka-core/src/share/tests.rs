//! The rules of a share partition and of the share coordinator.

mod coordinator;
mod partition;

use super::*;
use crate::protocol::{AcknowledgeType, AcknowledgementBatch, ShareAcquireMode};
use crate::types::{Duration, Offset};

fn key() -> ShareKey {
    ShareKey {
        group: "workers".into(),
        topic: Uuid(7),
        partition: 0,
    }
}

fn settings() -> ShareSettings {
    ShareSettings {
        delivery_count_limit: 5,
        record_lock: Duration::from_secs(30),
        max_record_locks: 2_000,
        offset_reset: ShareOffsetReset::Earliest,
        read_committed: false,
        session_timeout_ms: 45_000,
        heartbeat_interval_ms: 5_000,
        assignment_interval_ms: 1_000,
        max_size: 200,
    }
}

fn ack(first: i64, last: i64, types: &[AcknowledgeType]) -> AcknowledgementBatch {
    AcknowledgementBatch {
        first: Offset(first),
        last: Offset(last),
        types: types.to_vec(),
    }
}

const STRICT: ShareAcquireMode = ShareAcquireMode::RecordLimit;
const WHOLE: ShareAcquireMode = ShareAcquireMode::BatchOptimized;
