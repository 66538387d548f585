//! Dynamic configs: IncrementalAlterConfigs and the configs of new topics (TOP-6,
//! REP-37).

use std::collections::BTreeMap;

use super::event::{Event, View};
use crate::config::check;
use crate::config::definitions::{self, ConfigType, Section};
use crate::config::parsed::{Parsed, Properties};
use crate::error::ErrorCode;
use crate::hash::java_string_hash;
use crate::java_hash_table::put_order;
use crate::metadata::MetadataRecord;
use crate::protocol::{
    AlterOp, ConfigResource, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
    Outcome,
};
use crate::topic_name;
use crate::types::Name;

const MIN_ISR: &str = "min.insync.replicas";

/// The records for a new topic's configs.
pub(super) fn for_new_topic(
    view: View<'_>,
    topic: &Name,
    configs: &[(Name, Option<Name>)],
) -> Result<Vec<MetadataRecord>, Outcome> {
    let mut ops = Vec::new();
    for (name, value) in configs {
        let Some(value) = value else {
            let text = format!("Null value not supported for topic configs: {name}");
            return Err(Outcome::fail(ErrorCode::InvalidConfig, &text));
        };
        ops.push((name.clone(), AlterOp::Set(value.clone())));
    }
    changes(view, &ConfigResource::Topic(topic.clone()), &ops)
}

/// IncrementalAlterConfigs: each resource for itself, all in one batch.
pub(super) fn alter(
    view: View<'_>,
    request: &IncrementalAlterConfigsRequest,
) -> (Event, IncrementalAlterConfigsResponse) {
    let mut event = Event::default();
    let mut results = Vec::new();
    for (resource, ops) in &request.resources {
        let changed = check_exists(view, resource).and_then(|()| changes(view, resource, ops));
        let outcome = match changed {
            Ok(records) => {
                event.records.extend(records);
                Outcome::ok()
            }
            Err(outcome) => outcome,
        };
        results.push((resource.clone(), outcome));
    }
    if request.validate_only {
        event = Event::default();
    }
    (event, IncrementalAlterConfigsResponse { results })
}

fn check_exists(view: View<'_>, resource: &ConfigResource) -> Result<(), Outcome> {
    match resource {
        ConfigResource::Topic(name) => {
            if let Err(text) = topic_name::validate(name) {
                return Err(Outcome::fail(ErrorCode::InvalidTopicException, &text));
            }
            if view.image.topic(name).is_none() {
                let text = format!("The topic '{name}' does not exist.");
                return Err(Outcome::fail(ErrorCode::UnknownTopicOrPartition, &text));
            }
            Ok(())
        }
        ConfigResource::Broker(Some(broker)) if !view.image.brokers.contains_key(broker) => {
            let text = format!("No broker with id {broker} found.");
            Err(Outcome::fail(ErrorCode::BrokerIdNotRegistered, &text))
        }
        ConfigResource::Broker(_) | ConfigResource::Group(_) => Ok(()),
    }
}

/// The records one resource's changes make, in the order Kafka's table gives.
fn changes(
    view: View<'_>,
    resource: &ConfigResource,
    ops: &[(Name, AlterOp)],
) -> Result<Vec<MetadataRecord>, Outcome> {
    let current = view.image.configs.get(resource);
    let mut after = current.cloned().unwrap_or_default();
    let mut records = Vec::new();
    let mut clears_elr = false;
    let hashes: Vec<i32> = ops.iter().map(|op| java_string_hash(&op.0)).collect();
    for position in put_order(&hashes) {
        let (name, op) = &ops[position];
        let old = current.and_then(|current| current.get(name));
        let new = new_value(resource, name, op, old)?;
        let always = matches!(resource, ConfigResource::Broker(_));
        if new.as_ref() == old && !always {
            continue;
        }
        check_min_isr(view, resource, name, new.as_ref())?;
        match &new {
            Some(value) => after.insert(name.clone(), value.clone()),
            None => after.remove(name),
        };
        clears_elr |= name.as_ref() == MIN_ISR;
        records.push(MetadataRecord::Config {
            resource: resource.clone(),
            name: name.clone(),
            value: new,
        });
    }
    check_values(resource, &after)?;
    if clears_elr && view.image.elr_enabled() {
        records.push(MetadataRecord::ClearElr {
            topic: match resource {
                ConfigResource::Topic(name) => Some(name.clone()),
                ConfigResource::Broker(_) | ConfigResource::Group(_) => None,
            },
        });
    }
    Ok(records)
}

/// The value after one operation; `None` = back to the default.
fn new_value(
    resource: &ConfigResource,
    name: &Name,
    op: &AlterOp,
    old: Option<&Name>,
) -> Result<Option<Name>, Outcome> {
    let change = match op {
        AlterOp::Set(value) => return Ok(Some(value.clone())),
        AlterOp::Delete => return Ok(None),
        AlterOp::Append(change) | AlterOp::Subtract(change) => change,
    };
    let adds = matches!(op, AlterOp::Append(_));
    let section = match resource {
        ConfigResource::Topic(_) => Section::Topic,
        ConfigResource::Broker(_) => Section::Broker,
        ConfigResource::Group(_) => Section::Group,
    };
    let definition = definitions::find(section, name);
    let is_list = (definition.as_ref()).is_some_and(|it| it.config_type == ConfigType::List);
    if !is_list {
        let verb = if adds { "APPEND" } else { "SUBTRACT" };
        let text = format!("Can't {verb} to key {name} because its type is not LIST.");
        return Err(Outcome::fail(ErrorCode::InvalidConfig, &text));
    }
    let default = definition.and_then(|definition| definition.default);
    let old = old.map(|old| old.as_ref()).or(default).unwrap_or_default();
    let mut list: Vec<&str> = old.split(',').filter(|it| !it.is_empty()).collect();
    for element in change.split(',') {
        list.retain(|known| adds || *known != element);
        if adds && !list.contains(&element) {
            list.push(element);
        }
    }
    Ok(Some(list.join(",").into()))
}

/// REP-37.
fn check_min_isr(
    view: View<'_>,
    resource: &ConfigResource,
    name: &Name,
    new: Option<&Name>,
) -> Result<(), Outcome> {
    if name.as_ref() != MIN_ISR || !view.image.elr_enabled() {
        return Ok(());
    }
    let text = match (resource, new) {
        (ConfigResource::Broker(Some(_)), _) => {
            "Broker-level min.insync.replicas cannot be altered while ELR is enabled."
        }
        (ConfigResource::Broker(None), None) => {
            "Cluster-level min.insync.replicas cannot be removed while ELR is enabled."
        }
        _ => return Ok(()),
    };
    Err(Outcome::fail(ErrorCode::InvalidConfig, text))
}

/// TOP-6: whether all configs of a topic or group together make sense. Brokers check
/// their own before they forward a change.
fn check_values(resource: &ConfigResource, configs: &BTreeMap<Name, Name>) -> Result<(), Outcome> {
    let properties: Properties<'_> = (configs.iter())
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .collect();
    let checked = match resource {
        ConfigResource::Topic(_) => check::topic(&properties).map(drop),
        ConfigResource::Group(_) => Parsed::defaults(Section::Broker)
            .and_then(|broker| check::group(&properties, &broker))
            .map(drop),
        ConfigResource::Broker(_) => Ok(()),
    };
    checked.map_err(|error| Outcome::fail(ErrorCode::InvalidConfig, &error.message))
}
