//! `kafka-server-start.sh` and `kafka-server-stop.sh`.

use kafka_core::types::NodeId;

use crate::hints::Hint;
use crate::host::{Server, ServerAction, ServerState};
use crate::java::log_line;
use crate::jopt::OptionSpec;
use crate::process::{Ctx, Wake};

/// These scripts read no options of the usual kind.
pub(super) const OPTIONS: &[OptionSpec] = &[];

const USAGE: &str =
    "USAGE: ./kafka-server-start.sh [-daemon] server.properties [--override property=value]*\n";

/// The server whose file is named: `config/server-1.properties`, `server1.properties`;
/// plain `server.properties` is broker 0.
pub(crate) fn server_of_file(servers: &[Server], path: &str) -> Option<NodeId> {
    let file = path.rsplit('/').next()?;
    let stem = file.strip_suffix(".properties")?;
    let number = ["server-", "server", "broker-", "controller-", "kafka-"]
        .iter()
        .find_map(|prefix| stem.strip_prefix(prefix))?;
    let id: u32 = if number.is_empty() {
        0
    } else {
        number.parse().ok()?
    };
    servers
        .iter()
        .map(|server| server.node)
        .find(|node| node.0 == id)
}

/// Starts the server of a properties file. In the foreground it holds the
/// terminal until it ends; Ctrl-C stops it cleanly.
pub(super) async fn start(ctx: Ctx, words: Vec<String>) -> i32 {
    let daemon = words.iter().any(|word| word == "-daemon");
    let Some(file) = words.iter().find(|word| word.ends_with(".properties")) else {
        ctx.err(USAGE);
        return 1;
    };
    let servers = ctx.servers();
    let Some(node) = server_of_file(&servers, file) else {
        let known: Vec<String> = servers
            .iter()
            .map(|server| format!("config/server-{}.properties", server.node))
            .collect();
        ctx.err(format!(
            "Exception in thread \"main\" java.nio.file.NoSuchFileException: {file}\n"
        ));
        ctx.hint(&Hint::ServerFiles(known.join(", ")));
        return 1;
    };
    if running(&ctx, node) {
        let port = servers
            .iter()
            .find(|s| s.node == node)
            .map_or(0, |s| s.endpoint.port);
        let message = "Exiting Kafka due to fatal exception";
        ctx.out(log_line(ctx.wall_ms(), "ERROR", message, "kafka.Kafka$"));
        ctx.out(format!("org.apache.kafka.common.KafkaException: Socket server failed to bind to localhost:{port}: Address already in use.\n"));
        return 1;
    }
    if let Err(text) = ctx.act_on_server(node, ServerAction::Start).await {
        ctx.err(format!("{text}\n"));
        return 1;
    }
    if daemon {
        return 0;
    }
    let logger = "org.apache.kafka.common.utils.AppInfoParser";
    ctx.out(log_line(
        ctx.wall_ms(),
        "INFO",
        "Kafka version: 4.3.1",
        logger,
    ));
    let message = format!("[KafkaRaftServer nodeId={node}] Kafka Server started");
    ctx.out(log_line(
        ctx.wall_ms(),
        "INFO",
        &message,
        "kafka.server.KafkaRaftServer",
    ));
    hold(&ctx, node).await
}

fn running(ctx: &Ctx, node: NodeId) -> bool {
    let servers = ctx.servers();
    let found = servers.iter().find(|server| server.node == node);
    found.is_some_and(|server| server.state != ServerState::Stopped)
}

/// Looks once in a while whether the server still runs.
async fn hold(ctx: &Ctx, node: NodeId) -> i32 {
    const LOOK_EVERY: kafka_core::types::Duration = kafka_core::types::Duration::from_ms(100);
    let mut exit = 137;
    while running(ctx, node) {
        if let Wake::Signal(signal) = ctx.wait(false, Some(ctx.now() + LOOK_EVERY)).await {
            exit = signal.exit();
            if let Err(text) = ctx.act_on_server(node, ServerAction::Terminate).await {
                ctx.err(format!("{text}\n"));
                return 1;
            }
        }
    }
    exit
}

/// Stops all brokers and controllers cleanly, or one (`--node-id=N`).
pub(super) async fn stop(ctx: Ctx, words: Vec<String>) -> i32 {
    let only = words
        .iter()
        .find_map(|word| word.strip_prefix("--node-id="))
        .map(|id| id.parse::<u32>());
    if let Some(Err(_)) = only {
        ctx.hint(&Hint::NodeIdUsage);
        return 1;
    }
    let role = words
        .iter()
        .find_map(|word| word.strip_prefix("--process-role="));
    let targets: Vec<NodeId> = ctx
        .servers()
        .iter()
        .filter(|server| server.state != ServerState::Stopped)
        .filter(|server| only.as_ref().is_none_or(|id| *id == Ok(server.node.0)))
        .filter(|server| role.is_none_or(|role| (role == "broker") == server.is_broker))
        .map(|server| server.node)
        .collect();
    if targets.is_empty() {
        ctx.out("No kafka server to stop\n");
        return 1;
    }
    for node in targets {
        if let Err(text) = ctx.act_on_server(node, ServerAction::Terminate).await {
            ctx.err(format!("{text}\n"));
            return 1;
        }
    }
    0
}
