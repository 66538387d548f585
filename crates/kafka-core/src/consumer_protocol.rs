//! The bytes that consumers put into JoinGroup and SyncGroup.
//!
//! The coordinator carries them unread; the group leader, `DescribeGroups` and
//! the tools read them. Kafka's `ConsumerProtocolSubscription` and
//! `ConsumerProtocolAssignment`, version 3. Invariant: decoding any bytes gives a
//! value or `None`, never a panic.

use crate::types::{Bytes, Generation, Name};

/// Topic name and partitions.
pub type TopicPartitions = Vec<(Name, Vec<u32>)>;

const VERSION: i16 = 3;

/// What a member tells the group leader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subscription {
    /// Topics, sorted.
    pub topics: Vec<Name>,
    /// The assignor's own data.
    pub user_data: Option<Bytes>,
    /// Partitions the member owns (cooperative assignors).
    pub owned: TopicPartitions,
    /// Generation in which it owned them; -1 = none.
    pub generation: Generation,
    /// `client.rack`.
    pub rack: Option<Name>,
}

/// Writes a subscription.
pub fn encode_subscription(subscription: &Subscription) -> Bytes {
    let mut out = Vec::new();
    out.extend(VERSION.to_be_bytes());
    put_len(&mut out, subscription.topics.len());
    for topic in &subscription.topics {
        put_name(&mut out, topic);
    }
    put_bytes(&mut out, subscription.user_data.as_deref());
    put_partitions(&mut out, &subscription.owned);
    out.extend(subscription.generation.0.to_be_bytes());
    match &subscription.rack {
        Some(rack) => put_name(&mut out, rack),
        None => out.extend((-1_i16).to_be_bytes()),
    }
    out.into()
}

/// Reads a subscription of any version from 0 to 3.
pub fn decode_subscription(bytes: &[u8]) -> Option<Subscription> {
    let mut reader = Reader(bytes);
    let version = reader.i16()?;
    let topics = (0..reader.len()?)
        .map(|_| reader.name())
        .collect::<Option<Vec<Name>>>()?;
    let user_data = reader.bytes()?;
    let owned = if version >= 1 {
        reader.partitions()?
    } else {
        Vec::new()
    };
    let generation = if version >= 2 { reader.i32()? } else { -1 };
    let rack = if version >= 3 {
        reader.nullable_name()?
    } else {
        None
    };
    Some(Subscription {
        topics,
        user_data,
        owned,
        generation: Generation(generation),
        rack,
    })
}

/// Writes an assignment.
pub fn encode_assignment(partitions: &TopicPartitions, user_data: Option<&[u8]>) -> Bytes {
    let mut out = Vec::new();
    out.extend(VERSION.to_be_bytes());
    put_partitions(&mut out, partitions);
    put_bytes(&mut out, user_data);
    out.into()
}

/// Reads an assignment; no bytes at all are an empty one.
pub fn decode_assignment(bytes: &[u8]) -> Option<TopicPartitions> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    let mut reader = Reader(bytes);
    reader.i16()?;
    reader.partitions()
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    out.extend((len as i32).to_be_bytes());
}

fn put_name(out: &mut Vec<u8>, name: &str) {
    out.extend((name.len() as i16).to_be_bytes());
    out.extend(name.as_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => {
            put_len(out, bytes.len());
            out.extend(bytes);
        }
        None => out.extend((-1_i32).to_be_bytes()),
    }
}

fn put_partitions(out: &mut Vec<u8>, topics: &TopicPartitions) {
    put_len(out, topics.len());
    for (topic, partitions) in topics {
        put_name(out, topic);
        put_len(out, partitions.len());
        for partition in partitions {
            out.extend((*partition as i32).to_be_bytes());
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn i16(&mut self) -> Option<i16> {
        Some(i16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn i32(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Length of a list: never more than the bytes that are left.
    fn len(&mut self) -> Option<usize> {
        let len = usize::try_from(self.i32()?).ok()?;
        (len <= self.0.len()).then_some(len)
    }

    fn name(&mut self) -> Option<Name> {
        let len = usize::try_from(self.i16()?).ok()?;
        Some(std::str::from_utf8(self.take(len)?).ok()?.into())
    }

    fn nullable_name(&mut self) -> Option<Option<Name>> {
        match self.i16()? {
            -1 => Some(None),
            len => {
                let text = self.take(usize::try_from(len).ok()?)?;
                Some(Some(std::str::from_utf8(text).ok()?.into()))
            }
        }
    }

    fn bytes(&mut self) -> Option<Option<Bytes>> {
        match self.i32()? {
            -1 => Some(None),
            len => Some(Some(self.take(usize::try_from(len).ok()?)?.into())),
        }
    }

    fn partitions(&mut self) -> Option<TopicPartitions> {
        let mut topics = Vec::new();
        for _ in 0..self.len()? {
            let topic = self.name()?;
            let partitions = (0..self.len()?)
                .map(|_| u32::try_from(self.i32()?).ok())
                .collect::<Option<Vec<u32>>>()?;
            topics.push((topic, partitions));
        }
        Some(topics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_subscription_is_byte_for_byte_what_kafka_sent() {
        // Recorded: JOIN_GROUP of client c1 in the story consume-first.
        let recorded: Vec<i8> = vec![
            0, 3, 0, 0, 0, 1, 0, 15, 99, 111, 110, 115, 117, 109, 101, 45, 102, 105, 114, 115, 116,
            45, 97, -1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1,
        ];
        let recorded: Vec<u8> = recorded.into_iter().map(|byte| byte as u8).collect();
        let subscription = Subscription {
            topics: vec!["consume-first-a".into()],
            user_data: None,
            owned: Vec::new(),
            generation: Generation(-1),
            rack: None,
        };
        assert_eq!(*encode_subscription(&subscription), *recorded);
        assert_eq!(decode_subscription(&recorded), Some(subscription));
    }

    #[test]
    fn assignments_survive_the_wire_and_cut_bytes_are_refused() {
        let partitions: TopicPartitions = vec![("a".into(), vec![0, 2]), ("b".into(), vec![7])];
        let bytes = encode_assignment(&partitions, None);
        assert_eq!(decode_assignment(&bytes), Some(partitions));
        assert_eq!(decode_assignment(&[]), Some(Vec::new()));
        for cut in 1..bytes.len() - 4 {
            assert_eq!(decode_assignment(&bytes[..cut]), None, "cut at {cut}");
        }
    }
}
