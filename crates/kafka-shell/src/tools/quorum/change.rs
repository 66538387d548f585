//! `add-controller` and `remove-controller`: changing the voters of the quorum (RAFT-15).

use kafka_core::client::AdminTarget;
use kafka_core::metadata::ReplicaKey;
use kafka_core::protocol::{AddRaftVoterRequest, RemoveRaftVoterRequest, Request, Response};
use kafka_core::types::{NodeId, Uuid};

use super::Failure;
use crate::admin::Admin;
use crate::data_dir::DataFile;
use crate::files;
use crate::java::Exception;
use crate::process::Ctx;
use crate::tools::sub_commands::Line;

/// Behind what is wrong with the file of the controller to be added.
const IS_IT_VALID: &str = "Is this a valid controller configuration file?";

/// The properties of the controller to be added.
pub(super) async fn controller_file(
    ctx: &Ctx,
    line: &Line,
) -> Result<Vec<(String, String)>, Failure> {
    let path = line.get("command-config").ok_or_else(|| {
        Failure::terse(
            "You must supply the configuration file of the controller you are adding when using \
             add-controller.",
        )
    })?;
    let text = match (ctx.files().read(path), ctx.data_file(path).await) {
        (Some(text), _) | (None, Some(DataFile::Text(text))) => text,
        _ => {
            let text = format!("Properties file {path} does not exists!");
            return Err(Failure::Terse(text));
        }
    };
    Ok(files::entries(&text))
}

/// The controller that a properties file describes, and where it listens.
async fn controller_of(
    ctx: &Ctx,
    properties: &[(String, String)],
) -> Result<(ReplicaKey, String), Failure> {
    let get = |name: &str| {
        let mut found = properties.iter().filter(|(known, _)| known == name);
        found.next_back().map(|(_, value)| value.as_str())
    };
    let wrong = |text: &str| Failure::Terse(format!("{text} {IS_IT_VALID}"));
    let node = get("node.id").ok_or_else(|| wrong("node.id not found in configuration file."))?;
    let node: u32 = node.parse().map_err(|_| {
        let text = format!("For input string: \"{node}\"");
        Exception::new("java.lang.NumberFormatException", text)
    })?;
    if !get("process.roles").is_some_and(|roles| roles.contains("controller")) {
        let text = "process.roles did not contain 'controller' in configuration file.";
        return Err(wrong(text));
    }
    let folder = get("metadata.log.dir")
        .or_else(|| get("log.dirs")?.split(',').next())
        .ok_or_else(|| wrong("Neither metadata.log.dir nor log.dirs were found."))?;
    let meta = match ctx.data_file(&format!("{folder}/meta.properties")).await {
        Some(DataFile::Text(text)) => files::entries(&text),
        _ => Vec::new(),
    };
    let directory = meta.iter().find(|(name, _)| name == "directory.id");
    let directory = directory
        .and_then(|(_, id)| Uuid::parse(id))
        .ok_or_else(|| Failure::Terse(format!("Unable to read meta.properties from {folder}")))?;
    let names = get("controller.listener.names")
        .ok_or_else(|| wrong("controller.listener.names was not found."))?;
    let listeners = get("advertised.listeners").or(get("listeners"));
    let mut endpoints = Vec::new();
    for name in names.split(',') {
        let begin = format!("{name}://");
        let all = listeners.unwrap_or_default().split(',');
        let endpoint = all.into_iter().find(|it| it.starts_with(&begin));
        endpoints.push(endpoint.ok_or_else(|| {
            let text = format!("Cannot find information about controller listener name: {name}");
            Failure::Terse(text)
        })?);
    }
    let node = NodeId(node);
    Ok((ReplicaKey { node, directory }, endpoints.join(",")))
}

/// Makes the controller of a properties file a voter.
pub(super) async fn add(
    ctx: &Ctx,
    admin: &Admin,
    line: &Line,
    properties: &[(String, String)],
) -> Result<(), Failure> {
    let (voter, endpoints) = controller_of(ctx, properties).await?;
    let ReplicaKey { node, directory } = voter;
    let which =
        format!("controller {node} with directory id {directory} and endpoints: {endpoints}");
    if line.has("dry-run") {
        ctx.out(format!("DRY RUN of adding {which}\n"));
        return Ok(());
    }
    ask(
        admin,
        Request::AddRaftVoter(AddRaftVoterRequest {
            voter,
            ack_when_committed: true,
        }),
    )
    .await?;
    ctx.out(format!("Added {which}\n"));
    Ok(())
}

/// Takes a voter out of the quorum.
pub(super) async fn remove(ctx: &Ctx, admin: &Admin, line: &Line) -> Result<(), Failure> {
    let id = line.get("controller-id").unwrap_or_default();
    let node = id.parse().map(NodeId).map_err(|_| {
        let text = format!("Invalid negative --controller-id: {id}");
        Failure::Terse(text)
    })?;
    let directory = line.get("controller-directory-id").unwrap_or_default();
    let directory = Uuid::parse(directory).ok_or_else(|| {
        let why = why_no_uuid(directory);
        Failure::Terse(format!("Failed to parse --controller-directory-id: {why}"))
    })?;
    let voter = ReplicaKey { node, directory };
    let which = format!(" KRaft controller {node} with directory id {directory}");
    if line.has("dry-run") {
        ctx.out(format!("DRY RUN of removing {which}\n"));
        return Ok(());
    }
    let request = RemoveRaftVoterRequest { voter };
    ask(admin, Request::RemoveRaftVoter(request)).await?;
    ctx.out(format!("Removed {which}\n"));
    Ok(())
}

/// What Java's decoder says of a text that is no id.
fn why_no_uuid(text: &str) -> String {
    let is_digit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let shown: String = text.chars().take(24).collect();
    if text.len() > 24 {
        return format!(
            "Input string with prefix `{shown}` is too long to be decoded as a base64 UUID"
        );
    }
    match text.trim_end_matches('=').chars().find(|c| !is_digit(c)) {
        Some(bad) => format!("Illegal base64 character {:x}", u32::from(bad)),
        None => format!(
            "Input string `{text}` decoded as {} bytes, which is not equal to the expected 16 \
             bytes of a base64-encoded UUID",
            text.trim_end_matches('=').len() * 3 / 4
        ),
    }
}

async fn ask(admin: &Admin, request: Request) -> Result<(), Failure> {
    match admin.get(AdminTarget::AnyBroker, request).await? {
        Response::AddRaftVoter(answer) | Response::RemoveRaftVoter(answer) => {
            if answer.outcome.error.is_error() {
                return Err(Exception::of_outcome(&answer.outcome).executed().into());
            }
            Ok(())
        }
        _ => Err(Exception::new("java.lang.IllegalStateException", "unexpected response").into()),
    }
}
