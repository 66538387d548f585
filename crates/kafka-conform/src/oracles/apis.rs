//! The APIs of Kafka 4.3: keys, versions and listeners.

use super::fields::{Fields, Trouble, same};
use super::{Part, outcome};
use crate::Outcome;
use kafka_core::protocol::{ApiDefinition, ApiKey};
use serde_json::Value;

/// A case for every API of the table, and one for every request of the simulation that the
/// table does not have.
pub fn replay(table: &Value) -> Vec<Part> {
    let rows = table.as_array().map_or(&[][..], Vec::as_slice);
    let mut known = Vec::new();
    let mut cases = Vec::new();
    for row in rows {
        let fields = Fields::new(row);
        let name = fields.text("name").unwrap_or("?").to_string();
        known.extend(fields.int::<i16>("id"));
        cases.push((Some(name), outcome(api(&fields))));
    }
    let invented = ApiKey::ALL.iter();
    let invented = invented.filter(|api| !known.contains(&api.definition().id));
    cases.extend(invented.map(|api| {
        let why = format!("Kafka has no API {}", api.definition().id);
        (Some(api.name().to_string()), Outcome::Fail(why))
    }));
    cases
}

fn api(row: &Fields) -> Result<(), Trouble> {
    let (id, name): (i16, _) = (row.int("id")?, row.text("apiName")?);
    let ours = ApiKey::ALL.iter().filter(|api| api.definition().id == id);
    let mut ours = ours.peekable();
    if ours.peek().is_none() {
        return match left_out(name) {
            Some(why) => Err(Trouble::Unsupported(why.to_string())),
            None => Err(Trouble::Different("not simulated".to_string())),
        };
    }
    for api in ours {
        same("apiName", name, api.name())?;
        same_definition(row, &api.definition())?;
    }
    Ok(())
}

fn same_definition(row: &Fields, ours: &ApiDefinition) -> Result<(), Trouble> {
    same(
        "minVersion",
        row.int::<i16>("minVersion")?,
        ours.min_version,
    )?;
    same(
        "maxVersion",
        row.int::<i16>("maxVersion")?,
        ours.max_version,
    )?;
    let stable: i16 = row.int("maxStableVersion")?;
    same("maxStableVersion", stable, ours.max_stable_version)?;
    let listeners = row.find("listeners").and_then(Value::as_array);
    let listeners = listeners.into_iter().flatten().filter_map(Value::as_str);
    let listeners: Vec<&str> = listeners.collect();
    let ours_on = [
        (ours.on_brokers, "BROKER"),
        (ours.on_controllers, "CONTROLLER"),
    ];
    let ours_on = ours_on.into_iter().filter(|(is_on, _)| *is_on);
    let ours_on: Vec<&str> = ours_on.map(|(_, name)| name).collect();
    same("listeners", listeners, ours_on)?;
    same(
        "clusterAction",
        row.flag("clusterAction")?,
        ours.cluster_action,
    )?;
    same("forwardable", row.flag("forwardable")?, ours.forwardable)
}

/// Why the simulation does not have an API.
fn left_out(name: &str) -> Option<&'static str> {
    Some(match name {
        "LeaderAndIsr" | "StopReplica" | "UpdateMetadata" | "ControlledShutdown" => {
            "an API of ZooKeeper eras, with no version in 4.3"
        }
        "DescribeClientQuotas" | "AlterClientQuotas" => "quotas are not simulated",
        "SaslHandshake"
        | "SaslAuthenticate"
        | "DescribeAcls"
        | "CreateAcls"
        | "DeleteAcls"
        | "CreateDelegationToken"
        | "RenewDelegationToken"
        | "ExpireDelegationToken"
        | "DescribeDelegationToken"
        | "DescribeUserScramCredentials"
        | "AlterUserScramCredentials" => "users and their rights are not simulated",
        "StreamsGroupHeartbeat" | "StreamsGroupDescribe" => "streams are not simulated",
        "GetTelemetrySubscriptions" | "PushTelemetry" => "telemetry of clients is not simulated",
        "AlterConfigs" => "no tool of 4.3 sends it: IncrementalAlterConfigs took its place",
        "UpdateFeatures" => "only kafka-features sends it, which is not simulated",
        "Envelope" => "brokers hand the request on itself, which carries no principal here",
        "FetchSnapshot" => "the metadata log is never cut, so nobody needs a snapshot of it",
        "UpdateRaftVoter" => {
            "what it tells of a voter, its endpoint and versions, never changes here"
        }
        _ => return None,
    })
}
