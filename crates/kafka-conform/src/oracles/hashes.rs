//! murmur2 of keys and the coordinator partition of names.

use super::fields::{Fields, Trouble, as_int, number_of, same};
use kafka_core::hash;
use kafka_core::partitioner::partition_for_key;
use kafka_core::share_partition_key::SharePartitionKey;
use kafka_core::types::Uuid;

/// `murmur2.jsonl`.
pub fn murmur2(case: &Fields) -> Result<(), Trouble> {
    let key = case.bytes("hex")?;
    if let Some(text) = case.find("text").and_then(|text| text.as_str()) {
        same(
            "hex",
            case.text("hex")?,
            super::fields::to_hex(text.as_bytes()),
        )?;
    }
    let hash = hash::murmur2(&key);
    same("len", case.int::<usize>("len")?, key.len())?;
    same("murmur2", case.int::<i32>("murmur2")?, hash)?;
    same(
        "positive",
        case.int::<i32>("positive")?,
        hash::to_positive(hash),
    )?;
    for (partitions, partition) in case.table("partition")? {
        let ours = partition_for_key(&key, number_of(partitions)?);
        same(partitions, as_int::<u32>(partition), Some(ours))?;
    }
    Ok(())
}

/// `coordinator-partition.jsonl`.
pub fn coordinator_partition(case: &Fields) -> Result<(), Trouble> {
    match case.text("kind")? {
        "name" => coordinator_of_name(case),
        "share" => coordinator_of_share_partition(case),
        "shareParse" => share_key_parsed(case),
        kind => Err(Trouble::Unsupported(format!("kind {kind}"))),
    }
}

fn coordinator_of_name(case: &Fields) -> Result<(), Trouble> {
    let name = case.text("name")?;
    let hash = hash::java_string_hash(name);
    same("hash", case.int::<i32>("hash")?, hash)?;
    same("abs", case.int::<i32>("abs")?, hash::java_abs(hash))?;
    for partitions in [50, 10, 3] {
        let field = format!("partitionOf{partitions}");
        let ours = hash::coordinator_partition(name, partitions);
        same(&field, case.int::<u32>(&field)?, ours)?;
    }
    Ok(())
}

fn coordinator_of_share_partition(case: &Fields) -> Result<(), Trouble> {
    let key = SharePartitionKey {
        group: case.text("group")?.to_string(),
        topic_id: Uuid::parse(case.text("topicId")?)
            .ok_or_else(|| Trouble::Malformed("topicId".to_string()))?,
        partition: case.int("partition")?,
    }
    .as_coordinator_key();
    same("key", case.text("key")?, key.as_str())?;
    same(
        "hash",
        case.int::<i32>("hash")?,
        hash::java_string_hash(&key),
    )?;
    let ours = hash::coordinator_partition(&key, 50);
    same("partitionOf50", case.int::<u32>("partitionOf50")?, ours)
}

fn share_key_parsed(case: &Fields) -> Result<(), Trouble> {
    match SharePartitionKey::parse(case.text("text")?) {
        Ok(key) => {
            same("exception", case.find("exception"), None)?;
            same("group", case.text("group")?, key.group.as_str())?;
            same("topicId", case.text("topicId")?, key.topic_id.to_string())?;
            same("partition", case.int::<i32>("partition")?, key.partition)
        }
        Err(message) => same(
            "message",
            case.find("message").and_then(|text| text.as_str()),
            Some(message.as_str()),
        ),
    }
}
