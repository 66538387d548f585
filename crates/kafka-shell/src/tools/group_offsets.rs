//! What the tools of groups share: stored offsets, a partition's first and last offset,
//! and the topics a command line names.

use std::collections::BTreeMap;

use kafka_core::client::{AdminTarget, NamedPartition};
use kafka_core::error::ErrorCode;
use kafka_core::hash::java_string_hash;
use kafka_core::java_hash_table::put_order;
use kafka_core::protocol::{
    ListOffsetsRequest, MetadataRequest, MetadataTopic, OffsetFetchRequest, OffsetSpec, Request,
    Response,
};
use kafka_core::types::{LeaderEpoch, Name, Offset, TopicPartition};

use super::Stop;
use crate::admin::Admin;
use crate::java::Exception;

/// A partition as tools name it.
pub(super) type Named = (Name, u32);

/// A stored offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stored {
    pub offset: Offset,
    pub leader_epoch: LeaderEpoch,
    pub metadata: Name,
}

impl Stored {
    /// An offset of which nothing else is known.
    pub fn plain(offset: Offset) -> Stored {
        Stored {
            offset,
            leader_epoch: LeaderEpoch::NONE,
            metadata: "".into(),
        }
    }
}

/// All offsets a group has stored.
pub(super) async fn committed(
    admin: &Admin,
    group: &Name,
) -> Result<BTreeMap<Named, Stored>, Exception> {
    let request = Request::OffsetFetch(OffsetFetchRequest {
        group: group.clone(),
        member: None,
        partitions: None,
        require_stable: false,
    });
    let target = AdminTarget::Coordinator(group.clone());
    let Response::OffsetFetch(answer) = admin.call(target, request).await? else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError));
    };
    let known = answer
        .offsets
        .into_iter()
        .filter(|found| found.offset != Offset::UNKNOWN);
    let stored = known.map(|found| {
        let stored = Stored {
            offset: found.offset,
            leader_epoch: found.leader_epoch,
            metadata: found.metadata,
        };
        ((found.topic_name, found.partition), stored)
    });
    Ok(stored.collect())
}

/// These topics as a broker knows them, each with its error if there is none.
pub(super) async fn topics(
    admin: &Admin,
    mut names: Vec<Name>,
) -> Result<Vec<MetadataTopic>, Exception> {
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let request = Request::Metadata(MetadataRequest {
        topics: Some(names),
        allow_auto_topic_creation: false,
    });
    match admin.call(AdminTarget::AnyBroker, request).await? {
        Response::Metadata(metadata) => Ok(metadata.topics),
        _ => Err(Exception::of_code(ErrorCode::UnknownServerError)),
    }
}

/// A partition's number in the protocol, if a broker knows it.
pub(super) fn number(
    topics: &[MetadataTopic],
    (name, partition): &Named,
) -> Option<TopicPartition> {
    let found = topics.iter().find(|topic| topic.name == *name)?;
    let exists = (found.partitions.iter()).any(|known| known.partition == *partition);
    let exists = exists && !found.error.is_error();
    exists.then(|| TopicPartition::new(found.topic, *partition))
}

/// The offset each partition's leader gives for the question; none where it has none.
pub(super) async fn list_offsets(
    admin: &Admin,
    topics: &[MetadataTopic],
    partitions: &[Named],
    spec: OffsetSpec,
) -> Result<BTreeMap<Named, Offset>, Exception> {
    let mut found = BTreeMap::new();
    for named in partitions {
        let Some(partition) = number(topics, named) else {
            continue;
        };
        let request = Request::ListOffsets(ListOffsetsRequest {
            replica: None,
            read_committed: false,
            partitions: vec![(partition, LeaderEpoch::NONE, spec)],
        });
        let leader = AdminTarget::Leader(NamedPartition {
            topic: named.0.clone(),
            partition: named.1,
        });
        if let Response::ListOffsets(answer) = admin.call(leader, request).await? {
            let offset = answer.partitions.first().filter(|it| !it.error.is_error());
            let offset = offset.map(|it| it.offset);
            if let Some(offset) = offset.filter(|offset| *offset != Offset::UNKNOWN) {
                found.insert(named.clone(), offset);
            }
        }
    }
    Ok(found)
}

/// What `--topic` arguments name: `topic` or `topic:0,2`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct TopicArgs {
    /// Named with partitions.
    pub partitions: Vec<Named>,
    /// Named as a whole.
    pub whole: Vec<Name>,
}

impl TopicArgs {
    /// Reads the arguments.
    ///
    /// # Errors
    /// Kafka's complaint about one of them.
    pub fn read<'a>(arguments: impl Iterator<Item = &'a str>) -> Result<TopicArgs, Stop> {
        let mut read = TopicArgs::default();
        for argument in arguments {
            let parts: Vec<&str> = argument.split(':').collect();
            match parts.as_slice() {
                [topic] => read.whole.push((*topic).into()),
                [topic, list] => {
                    for number in list.split(',') {
                        let Ok(partition) = number.parse::<u32>() else {
                            return Err(Stop::Usage(format!(
                                "Invalid partition '{number}' specified in topic arg '{argument}''"
                            )));
                        };
                        read.partitions.push(((*topic).into(), partition));
                    }
                }
                _ => {
                    return Err(Stop::Usage(format!(
                        "Invalid topic arg '{argument}', expected topic name and partitions"
                    )));
                }
            }
        }
        Ok(read)
    }
}

/// The order in which Kafka's tools, which keep partitions in hash tables, print them.
pub(super) fn hash_order<T>(mut entries: Vec<T>, partition: impl Fn(&T) -> &Named) -> Vec<T> {
    let hashes: Vec<i32> = (entries.iter())
        .map(|entry| {
            let (topic, number) = partition(entry);
            let number = 31i32.wrapping_add(i32::try_from(*number).unwrap_or(i32::MAX));
            let hash = java_string_hash(topic);
            number.wrapping_mul(31).wrapping_add(hash)
        })
        .collect();
    reorder(&mut entries, &hashes)
}

/// The same for groups by id.
pub(super) fn group_hash_order(mut groups: Vec<Name>) -> Vec<Name> {
    let hashes: Vec<i32> = groups.iter().map(|id| java_string_hash(id)).collect();
    reorder(&mut groups, &hashes)
}

fn reorder<T>(entries: &mut Vec<T>, hashes: &[i32]) -> Vec<T> {
    let mut taken: Vec<Option<T>> = entries.drain(..).map(Some).collect();
    let order = put_order(hashes).into_iter();
    order
        .filter_map(|position| taken[position].take())
        .collect()
}
