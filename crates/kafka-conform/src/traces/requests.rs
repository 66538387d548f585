//! What a story asks of the cluster with tools that have no command line here.

use kafka_core::client::{AdminTarget, ClientCommand, ClientEvent};
use kafka_core::config::ClientConfig;
use kafka_core::protocol::{
    AlterOp, AlterPartitionReassignmentsRequest, ConfigResource, IncrementalAlterConfigsRequest,
    Request, Response, UnregisterBrokerRequest,
};
use kafka_core::types::{BrokerId, Duration, NodeId};
use kafka_sim::{Action, World};

/// Longest virtual time until the answer.
const LIMIT: Duration = Duration::from_secs(60);

/// The request a command line comes to; `None` if it is not known here.
pub(super) fn of_line(line: &str) -> Option<Request> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["kafka-configs.sh", ..] => config_change(&words),
        ["kafka-cluster.sh", "unregister", "--id", id] => {
            let broker = NodeId(id.parse().ok()?);
            Some(Request::UnregisterBroker(UnregisterBrokerRequest {
                broker,
            }))
        }
        _ => None,
    }
}

/// Changes settings of a topic.
fn config_change(words: &[&str]) -> Option<Request> {
    let option = |name: &str| {
        let at = words.iter().position(|word| *word == name)?;
        words.get(at + 1).copied()
    };
    if option("--entity-type") != Some("topics") {
        return None;
    }
    let topic = option("--entity-name")?;
    let mut ops = Vec::new();
    for pair in option("--add-config").unwrap_or_default().split(',') {
        if let Some((name, value)) = pair.split_once('=') {
            ops.push((name.into(), AlterOp::Set(value.into())));
        }
    }
    for name in option("--delete-config").unwrap_or_default().split(',') {
        if !name.is_empty() {
            ops.push((name.into(), AlterOp::Delete));
        }
    }
    let request = IncrementalAlterConfigsRequest {
        resources: vec![(ConfigResource::Topic(topic.into()), ops)],
        validate_only: false,
    };
    Some(Request::IncrementalAlterConfigs(request))
}

/// `TOPIC-PARTITION` to a target like `[1, 2]`.
pub(super) fn reassignment(partition: &str, target: &str) -> Option<Request> {
    let (topic, number) = partition.rsplit_once('-')?;
    let ids = target.trim().strip_prefix('[')?.strip_suffix(']')?;
    let ids: Option<Vec<BrokerId>> = (ids.split(','))
        .map(|id| id.trim().parse().ok().map(NodeId))
        .collect();
    let request = AlterPartitionReassignmentsRequest {
        partitions: vec![(topic.into(), number.parse().ok()?, Some(ids?))],
    };
    Some(Request::AlterPartitionReassignments(request))
}

/// Sends a request as an AdminClient does and waits for the answer.
///
/// # Errors
/// What the answer says.
pub(super) fn call(world: &mut World, request: Request) -> Result<(), String> {
    let added = world.apply(&Action::AddAdmin(Box::<ClientConfig>::default()));
    let added = added.map_err(|error| error.to_string())?;
    let client = added.node.ok_or("no tool was made")?;
    let seen = world.history().len();
    let command = ClientCommand::Call(1, AdminTarget::AnyBroker, Box::new(request));
    command_of(world, client, command)?;
    let limit = world.now() + LIMIT;
    while world.step_until(limit) {
        let news = world.history().iter_from(seen);
        let end = news
            .filter(|item| item.client == client)
            .find_map(|item| match &item.event {
                ClientEvent::Answer { response, .. } => Some(refusal(response)),
                ClientEvent::CallFailed { failure, .. } => Some(Some(failure.message.to_string())),
                _ => None,
            });
        if let Some(refused) = end {
            command_of(world, client, ClientCommand::Close { leave: true })?;
            return refused.map_or(Ok(()), Err);
        }
    }
    Err("there was no answer".to_string())
}

/// Gives a client a command.
///
/// # Errors
/// The client does not run.
pub(super) fn command_of(
    world: &mut World,
    client: NodeId,
    command: ClientCommand,
) -> Result<(), String> {
    let command = Box::new(command);
    let done = world.apply(&Action::Command { client, command });
    done.map(drop).map_err(|error| error.to_string())
}

/// The first error of an answer.
fn refusal(response: &Response) -> Option<String> {
    let outcomes: Vec<_> = match response {
        Response::IncrementalAlterConfigs(answer) => {
            answer.results.iter().map(|(_, outcome)| outcome).collect()
        }
        Response::AlterPartitionReassignments(answer) => answer
            .partitions
            .iter()
            .map(|(_, _, outcome)| outcome)
            .collect(),
        Response::UnregisterBroker(answer) => vec![&answer.outcome],
        _ => Vec::new(),
    };
    let refused = outcomes
        .into_iter()
        .find(|outcome| outcome.error.is_error());
    refused.map(|outcome| format!("{}: {}", outcome.error.name(), outcome.text()))
}
