//! The key under which the share coordinator files a share partition:
//! `<group>:<topic id>:<partition>`, and its text parsed back.
//!
//! Text only; which coordinator owns the key is
//! [`coordinator_partition`](crate::hash::coordinator_partition)'s answer.

use crate::types::Uuid;

/// A share partition: one group's reading of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharePartitionKey {
    /// The share group; may itself contain colons.
    pub group: String,
    /// The topic id.
    pub topic_id: Uuid,
    /// The partition number; Kafka does not check its sign here.
    pub partition: i32,
}

impl SharePartitionKey {
    /// The text that is hashed: the topic id as 22 characters of URL-safe base64.
    pub fn as_coordinator_key(&self) -> String {
        format!("{}:{}:{}", self.group, self.topic_id, self.partition)
    }

    /// Parses such a text. `Err` is the message of Kafka's `IllegalArgumentException`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("Share partition key cannot be empty".to_string());
        }
        // Java's split drops empty pieces at the end, so "g:t:1:" has three.
        let trimmed = text.trim_end_matches(':');
        let mut pieces = trimmed.rsplitn(3, ':');
        let (Some(partition), Some(id), Some(group)) =
            (pieces.next(), pieces.next(), pieces.next())
        else {
            return Err(format!(
                "Invalid key format: expected - groupId:topicId:partition, found - {text}"
            ));
        };
        if group.trim().is_empty() {
            return Err("GroupId must not be empty".to_string());
        }
        let topic_id = Uuid::parse(id).ok_or_else(|| format!("Invalid topic ID: {id}"))?;
        let partition = partition
            .parse()
            .map_err(|_| format!("Invalid partition: {partition}"))?;
        Ok(SharePartitionKey {
            group: group.to_string(),
            topic_id,
            partition,
        })
    }
}
