//! What pictures, checks and tools may see of a share consumer.

use super::ShareConsumer;
use super::fetch::Buffered;
use super::membership::MemberState;
use crate::config::ShareConsumerConfig;
use crate::error::ErrorCode;
use crate::types::{GroupEpoch, Name, NodeId, Offset, TopicPartition};

impl ShareConsumer {
    /// This process.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Its settings.
    pub fn config(&self) -> &ShareConsumerConfig {
        &self.config
    }

    /// Member id, empty before it joins.
    pub fn member_id(&self) -> &Name {
        &self.member.id
    }

    /// Member epoch.
    pub fn member_epoch(&self) -> GroupEpoch {
        self.member.epoch
    }

    /// State of its membership as Kafka's client names it.
    pub fn state_name(&self) -> &'static str {
        match self.member.state {
            MemberState::Unsubscribed => "UNSUBSCRIBED",
            MemberState::Joining => "JOINING",
            MemberState::Stable => "STABLE",
            MemberState::Left => "LEAVING",
        }
    }

    /// The broker it knows as its group's coordinator.
    pub fn coordinator(&self) -> Option<NodeId> {
        self.coordinator.map(|conn| self.net.peer(conn))
    }

    /// The topics it subscribes to, sorted.
    pub fn subscription(&self) -> &[Name] {
        &self.subscribed
    }

    /// The partitions it fetches from; other members may do so too.
    pub fn assignment(&self) -> &[TopicPartition] {
        &self.assigned
    }

    /// Name of a topic it knows.
    pub fn topic_name(&self, id: TopicPartition) -> Option<&Name> {
        Some(&self.net.view.topic(id.topic)?.name)
    }

    /// What it throws from now on, if anything.
    pub fn fatal_error(&self) -> Option<ErrorCode> {
        self.fatal.as_ref().map(|failure| failure.error)
    }

    /// Whether the application polls.
    pub fn is_polling(&self) -> bool {
        self.looping || self.in_poll
    }

    /// Records returned by `poll` so far.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Records acquired and not returned yet.
    pub fn buffered(&self) -> u64 {
        self.buffer.iter().map(Buffered::len).sum()
    }

    /// Records returned and not acknowledged yet.
    pub fn held(&self) -> impl Iterator<Item = (TopicPartition, Offset)> + '_ {
        self.held.keys().copied()
    }
}
