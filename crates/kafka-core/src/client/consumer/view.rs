//! What pictures, checks and tools may see of a consumer.

use super::assignment::AssignedPartition;
use super::fetcher::Buffered;
use super::group::MemberState;
use super::{Consumer, ConsumerPartition};
use crate::config::ConsumerConfig;
use crate::error::ErrorCode;
use crate::types::{Generation, Name, NodeId};

impl Consumer {
    /// This process.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Its settings.
    pub fn config(&self) -> &ConsumerConfig {
        &self.config
    }

    /// Member id, empty without one.
    pub fn member_id(&self) -> &str {
        &self.member.id
    }

    /// Generation, -1 without one.
    pub fn generation(&self) -> Generation {
        self.member.generation
    }

    /// State of its membership as Kafka's client names it.
    pub fn state_name(&self) -> &'static str {
        if self.is_modern() {
            return self.modern_state_name();
        }
        match self.member.state {
            MemberState::Unjoined => "UNJOINED",
            MemberState::Joining => "PREPARING_REBALANCE",
            MemberState::Syncing => "COMPLETING_REBALANCE",
            MemberState::Stable => "STABLE",
        }
    }

    /// The error that every `poll` throws from now on, if there is one.
    pub fn fatal_error(&self) -> Option<ErrorCode> {
        self.fatal.as_ref().map(|failure| failure.error)
    }

    /// The broker it knows as its group coordinator.
    pub fn coordinator(&self) -> Option<NodeId> {
        self.coordinator.map(|conn| self.net.peer(conn))
    }

    /// The topics it subscribes to, sorted.
    pub fn subscription(&self) -> &[Name] {
        &self.subscribed
    }

    /// Whether the application polls.
    pub fn is_polling(&self) -> bool {
        self.looping || self.in_poll
    }

    /// Records returned by `poll` so far.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Records fetched and not returned yet.
    pub fn buffered(&self) -> u64 {
        self.buffer.iter().map(Buffered::remaining).sum()
    }

    /// Its partitions, in assignment order.
    pub fn assignment(&self) -> impl Iterator<Item = ConsumerPartition> + '_ {
        self.assigned.iter().map(AssignedPartition::picture)
    }
}
