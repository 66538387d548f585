//! The key under which the share coordinator files a share partition:
//! `<group>:<topic id>:<partition>`, and its text parsed back.
//!
//! Text only; which coordinator owns the key is
//! [`coordinator_partition`](crate::hash::coordinator_partition)'s answer.

/// A share partition: one group's reading of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharePartitionKey {
    /// The share group; may itself contain colons.
    pub group: String,
    /// The topic id, all 128 bits.
    pub topic_id: u128,
    /// The partition number; Kafka does not check its sign here.
    pub partition: i32,
}

impl SharePartitionKey {
    /// The text that is hashed: the topic id as 22 characters of URL-safe base64.
    pub fn as_coordinator_key(&self) -> String {
        let id = topic_id_text(self.topic_id);
        format!("{}:{id}:{}", self.group, self.partition)
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
        let topic_id = parse_topic_id(id).ok_or_else(|| format!("Invalid topic ID: {id}"))?;
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

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A topic id as Kafka prints it: 22 characters, no padding.
pub fn topic_id_text(id: u128) -> String {
    // 22 characters carry 132 bits: the last has four zero bits at its end.
    (0..22)
        .map(|at| {
            let six = if at < 21 {
                id >> (122 - 6 * at)
            } else {
                id << 4
            };
            char::from(ALPHABET[(six & 0x3f) as usize])
        })
        .collect()
}

/// Reads a topic id as Kafka prints it, with or without `==` at its end.
pub fn parse_topic_id(text: &str) -> Option<u128> {
    let digits = text.strip_suffix("==").unwrap_or(text);
    if digits.len() != 22 {
        return None;
    }
    let mut id = 0u128;
    for (at, digit) in digits.bytes().enumerate() {
        let six = ALPHABET.iter().position(|known| *known == digit)? as u128;
        // The last character has only its top two bits inside the id.
        id = if at < 21 {
            (id << 6) | six
        } else {
            (id << 2) | (six >> 4)
        };
    }
    Some(id)
}
