//! Settings of one topic's logs, resolved to numbers.

use crate::compress::Compression;

/// Effective topic settings that a log obeys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogConfig {
    /// `segment.bytes` (LOG-6).
    pub segment_bytes: u64,
    /// `segment.ms` (LOG-6).
    pub segment_ms: i64,
    /// `segment.index.bytes`: size of an index file that is being written.
    pub segment_index_bytes: u64,
    /// `index.interval.bytes` (LOG-7).
    pub index_interval_bytes: u64,
    /// `retention.bytes`, -1 = no limit (LOG-9).
    pub retention_bytes: i64,
    /// `retention.ms`, -1 = for ever (LOG-9).
    pub retention_ms: i64,
    /// `cleanup.policy` contains `delete`.
    pub delete: bool,
    /// `cleanup.policy` contains `compact`.
    pub compact: bool,
    /// `min.cleanable.dirty.ratio` in millionths (CMP-2).
    pub min_cleanable_dirty_ppm: u32,
    /// `delete.retention.ms` (CMP-4).
    pub delete_retention_ms: i64,
    /// `min.compaction.lag.ms` (CMP-1).
    pub min_compaction_lag_ms: i64,
    /// `max.compaction.lag.ms` (CMP-2).
    pub max_compaction_lag_ms: i64,
    /// `max.message.bytes` (LOG-4).
    pub max_message_bytes: u32,
    /// `compression.type`: how the leader compresses what it appends; `None` as it came
    /// (`producer`).
    pub compression: Option<Compression>,
    /// `message.timestamp.type` is LogAppendTime (LOG-12).
    pub log_append_time: bool,
    /// `message.timestamp.before.max.ms` (LOG-12).
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms` (LOG-12).
    pub timestamp_after_max_ms: i64,
    /// `min.insync.replicas` as configured (REP-9).
    pub min_insync_replicas: u32,
}

impl Default for LogConfig {
    fn default() -> LogConfig {
        LogConfig {
            segment_bytes: 1 << 30,
            segment_ms: 604_800_000,
            segment_index_bytes: 10 << 20,
            index_interval_bytes: 4_096,
            retention_bytes: -1,
            retention_ms: 604_800_000,
            delete: true,
            compact: false,
            min_cleanable_dirty_ppm: 500_000,
            delete_retention_ms: 86_400_000,
            min_compaction_lag_ms: 0,
            max_compaction_lag_ms: i64::MAX,
            max_message_bytes: 1_048_588,
            compression: None,
            log_append_time: false,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: 3_600_000,
            min_insync_replicas: 1,
        }
    }
}
