//! How far each replica of the metadata log has come, as its leader knows
//! (RAFT-8, and what DescribeQuorum tells).

use crate::metadata::ReplicaKey;
use crate::protocol::QuorumReplica;
use crate::types::{Duration, Offset, Time};

/// One replica's fetches, seen from the leader.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// Its log end as its last fetch told; unknown until then.
    pub end_offset: Option<Offset>,
    /// When it last fetched.
    pub last_fetch: Option<Time>,
    /// When it last had everything the leader had.
    last_caught_up: Option<Time>,
    /// The leader's log end at its last fetch.
    leader_end: Offset,
}

impl Progress {
    /// Takes note of a fetch; returns whether the replica's log end moved.
    pub(super) fn fetched(&mut self, now: Time, fetch_offset: Offset, leader_end: Offset) -> bool {
        if fetch_offset >= leader_end {
            self.last_caught_up = Some(now);
        } else if self.leader_end > Offset::ZERO && fetch_offset >= self.leader_end {
            self.last_caught_up = self.last_caught_up.max(self.last_fetch);
        }
        self.leader_end = self.leader_end.max(leader_end);
        self.last_fetch = Some(now);
        self.end_offset.replace(fetch_offset) != Some(fetch_offset)
    }

    /// Whether it once had everything and has fetched within the last hour: what a new voter
    /// must have done (RAFT-15).
    pub(super) fn is_caught_up(&self, now: Time) -> bool {
        let lately = |last: Time| now.since(last) < Duration::from_secs(3_600);
        self.last_caught_up.is_some() && self.last_fetch.is_some_and(lately)
    }

    /// As DescribeQuorum tells it.
    pub(super) fn describe(&self, key: ReplicaKey) -> QuorumReplica {
        let ms = |time: Option<Time>| time.map_or(-1, |time| time.as_ms() as i64);
        QuorumReplica {
            replica: key.node,
            directory: key.directory,
            log_end_offset: self.end_offset.unwrap_or(Offset::UNKNOWN),
            last_fetch_ms: ms(self.last_fetch),
            last_caught_up_ms: ms(self.last_caught_up),
        }
    }
}
