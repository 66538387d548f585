//! Records as text, to be compared with the recordings.

use crate::metadata::{MetadataRecord, PartitionChange};
use crate::types::BrokerId;

/// A record in the recordings' words, short.
pub(super) fn show(record: &MetadataRecord) -> Option<String> {
    Some(match record {
        MetadataRecord::NoOp => return None,
        MetadataRecord::RegisterBroker { broker, .. } => format!("register {broker}"),
        MetadataRecord::BrokerRegistrationChange {
            broker,
            fenced,
            in_controlled_shutdown,
            directories,
            ..
        } => {
            let fenced = match fenced {
                Some(true) => " fenced",
                Some(false) => " unfenced",
                None => "",
            };
            let stopping = if *in_controlled_shutdown {
                " stopping"
            } else {
                ""
            };
            let left = directories.as_ref().map(Vec::len);
            let left = left.map_or(String::new(), |left| format!(" {left} directories"));
            format!("broker {broker}{fenced}{stopping}{left}")
        }
        MetadataRecord::PartitionChange {
            partition, change, ..
        } => show_change(*partition, change),
        MetadataRecord::Partition {
            partition, state, ..
        } => format!(
            "partition {partition} replicas {} isr {} leader {}",
            ids(&state.replicas),
            ids(&state.isr),
            leader(state.leader)
        ),
        MetadataRecord::Topic { name, .. } => format!("topic {name}"),
        MetadataRecord::Config { name, value, .. } => {
            format!("config {name}={}", value.as_deref().unwrap_or("null"))
        }
        MetadataRecord::ClearElr { topic } => {
            format!("clear elr {}", topic.as_deref().unwrap_or("all"))
        }
        other => format!("{other:?}"),
    })
}

fn ids(brokers: &[BrokerId]) -> String {
    let ids: Vec<u32> = brokers.iter().map(|broker| broker.0).collect();
    format!("{ids:?}")
}

fn leader(leader: Option<BrokerId>) -> String {
    leader.map_or("-1".to_owned(), |leader| leader.to_string())
}

fn show_change(partition: u32, change: &PartitionChange) -> String {
    let mut text = format!("change {partition}");
    let mut list = |name: &str, value: &Option<Vec<BrokerId>>| {
        if let Some(value) = value {
            text += &format!(" {name} {}", ids(value));
        }
    };
    list("isr", &change.isr);
    list("replicas", &change.replicas);
    list("removing", &change.removing);
    list("adding", &change.adding);
    list("elr", &change.elr);
    list("last", &change.last_known_elr);
    if let Some(new) = change.leader {
        text += &format!(" leader {}", leader(new));
    }
    if change.directories.is_some() {
        text += " directories";
    }
    if let Some(recovering) = change.recovering {
        text += &format!(" recovering {}", i32::from(recovering));
    }
    text
}
