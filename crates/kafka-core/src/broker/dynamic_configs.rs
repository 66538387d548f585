//! What a broker checks of a change to brokers' configs before the controller gets it
//! (Kafka's `ConfigAdminManager`): only it knows its own file.
//!
//! Invariant: a resource that is refused here never reaches the controller; the others
//! of the request do.

use super::{Broker, Cx};
use crate::config::definitions::{self, Section};
use crate::config::parsed::read_value;
use crate::error::ErrorCode;
use crate::protocol::{
    AlterOp, ConfigResource, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
    Outcome, Request, Response,
};
use crate::types::{BrokerId, Name, NodeId, RequestId};

const CLEANER_THREADS: &str = "log.cleaner.threads";
const CLEANER_BUFFER: &str = "log.cleaner.dedupe.buffer.size";
/// Bytes of the key map that each cleaner thread needs.
const BUFFER_PER_THREAD: i64 = 1 << 20;

/// A resource with what is to change in it.
type Change = (ConfigResource, Vec<(Name, AlterOp)>);

impl Broker {
    pub(super) fn on_alter_configs(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        request: &IncrementalAlterConfigsRequest,
    ) {
        let mut refused: Vec<(ConfigResource, Outcome)> = Vec::new();
        let mut accepted: Vec<Change> = Vec::new();
        for (resource, ops) in &request.resources {
            match self.check_broker_change(resource, ops) {
                Ok(()) => accepted.push((resource.clone(), ops.clone())),
                Err(text) => {
                    let outcome = Outcome::fail(ErrorCode::InvalidRequest, &text);
                    refused.push((resource.clone(), outcome));
                }
            }
        }
        if accepted.is_empty() && !refused.is_empty() {
            let answer = IncrementalAlterConfigsResponse { results: refused };
            let response = Response::IncrementalAlterConfigs(answer);
            return cx.fx.respond(asker.0, asker.1, response);
        }
        let request = Request::IncrementalAlterConfigs(IncrementalAlterConfigsRequest {
            resources: accepted,
            validate_only: request.validate_only,
        });
        self.forward_with_refused(cx, asker, request, refused);
    }

    fn check_broker_change(
        &self,
        resource: &ConfigResource,
        ops: &[(Name, AlterOp)],
    ) -> Result<(), String> {
        let ConfigResource::Broker(broker) = resource else {
            return Ok(());
        };
        if let Some(broker) = broker.filter(|broker| *broker != self.me()) {
            let me = self.me();
            return Err(format!(
                "Unexpected broker id, expected {me}, but received {broker}"
            ));
        }
        check_modes(*broker, ops)?;
        for (name, op) in ops {
            if let (Some(definition), AlterOp::Set(value)) =
                (definitions::find(Section::Broker, name), op)
            {
                read_value(&definition, value).map_err(|error| error.message)?;
            }
        }
        self.check_cleaner_buffer(ops)
    }

    /// `log.cleaner.threads` and its buffer go together.
    fn check_cleaner_buffer(&self, ops: &[(Name, AlterOp)]) -> Result<(), String> {
        let number = |key: &str| -> Option<i64> {
            let op = ops.iter().find(|(name, _)| **name == *key);
            let default = || definitions::find(Section::Broker, key)?.default;
            match op {
                Some((_, AlterOp::Set(value))) => value.parse().ok(),
                _ => match self.broker_setting(key) {
                    Some(value) => value.parse().ok(),
                    None => default()?.parse().ok(),
                },
            }
        };
        let (Some(threads), Some(buffer)) = (number(CLEANER_THREADS), number(CLEANER_BUFFER))
        else {
            return Ok(());
        };
        if threads > 0 && buffer / threads <= BUFFER_PER_THREAD {
            return Err(format!(
                "requirement failed: {CLEANER_BUFFER} must be at least 1MB per cleaner thread."
            ));
        }
        Ok(())
    }
}

/// Some settings stand only in the file, some only with one broker.
fn check_modes(broker: Option<BrokerId>, ops: &[(Name, AlterOp)]) -> Result<(), String> {
    let with_mode = |mode: &str| {
        let set = (ops.iter()).filter(|(_, op)| !matches!(op, AlterOp::Delete));
        let named = set.filter(|(name, _)| {
            let definition = definitions::find(Section::Broker, name);
            definition.is_some_and(|found| found.update_mode == Some(mode))
        });
        let names: Vec<&str> = named.map(|(name, _)| name.as_ref()).collect();
        names.join(", ")
    };
    let fixed = with_mode("read-only");
    if !fixed.is_empty() {
        return Err(format!(
            "Cannot update these configs dynamically: [{fixed}]"
        ));
    }
    let own = with_mode("per-broker");
    if broker.is_none() && !own.is_empty() {
        return Err(format!(
            "Cannot update these configs at default cluster level: [{own}]"
        ));
    }
    Ok(())
}
