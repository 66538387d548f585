//! `kafka-cluster.sh`: the cluster's id, where its brokers are, and forgetting one.

use kafka_core::client::AdminTarget;
use kafka_core::protocol::{
    DescribeClusterRequest, DescribeClusterResponse, Request, Response, UnregisterBrokerRequest,
};
use kafka_core::types::NodeId;

use super::sub_commands::{Command, Line, Mistake, read, wrapped};
use crate::admin::{Admin, interruption};
use crate::java::Exception;
use crate::jopt::{OptionSpec, flag, integer, text};
use crate::process::Ctx;

/// The options, for completion.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text("bootstrap-server", "host:port", "A broker to begin with."),
    text(
        "bootstrap-controller",
        "host:port",
        "A controller to begin with.",
    ),
    text("command-config", "file", "Properties for the admin client."),
    integer("id", "broker id", "The broker to forget."),
    flag(
        "include-fenced-brokers",
        "Whether to include fenced brokers when listing broker endpoints",
    ),
];

const SERVERS: &[(&str, &str)] = &[
    ("bootstrap-server", "b"),
    ("bootstrap-controller", "C"),
    ("command-config", ""),
    ("config", "c"),
];

const COMMANDS: &[Command] = &[
    Command {
        name: "cluster-id",
        values: SERVERS,
        flags: &[],
    },
    Command {
        name: "unregister",
        values: &[
            ("bootstrap-server", "b"),
            ("bootstrap-controller", "C"),
            ("command-config", ""),
            ("config", "c"),
            ("id", "i"),
        ],
        flags: &[],
    },
    Command {
        name: "list-endpoints",
        values: SERVERS,
        flags: &["include-fenced-brokers"],
    },
];

const USAGE: &str = "usage: kafka-cluster [-h] {cluster-id,unregister,list-endpoints} ...\n";

/// What argparse4j prints before a mistake in the options of a command.
fn usage_of(command: &str) -> String {
    let own = match command {
        "unregister" => " --id ID",
        "list-endpoints" => " [--include-fenced-brokers]",
        _ => "",
    };
    let indent = " ".repeat(21);
    format!(
        "usage: kafka-cluster {command} [-h] [--config CONFIG]\n{indent}[--command-config COMMAND_CONFIG]{own}\n{indent}(--bootstrap-server BOOTSTRAP_SERVER |\n{indent}--bootstrap-controller BOOTSTRAP_CONTROLLER)\n"
    )
}

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    if words
        .first()
        .is_some_and(|word| word == "--help" || word == "-h")
    {
        ctx.out(format!(
            "{USAGE}\nThe Kafka cluster tool.\n\npositional arguments:\n  {{cluster-id,unregister,list-endpoints}}\n    cluster-id           Get information about the ID of a cluster.\n    unregister           Unregister a broker.\n    list-endpoints       List endpoints\n\noptional arguments:\n  -h, --help             show this help message and exit\n"
        ));
        return 1;
    }
    let line = match read(&[], COMMANDS, &words).and_then(check) {
        Ok(line) => line,
        Err(mistake) => {
            let usage = mistake.command.map_or(USAGE.to_string(), usage_of);
            let error = format!("kafka-cluster: error: {}", mistake.text);
            ctx.err(format!("{usage}{}\n", wrapped(&error)));
            return 1;
        }
    };
    if line.has("include-fenced-brokers") && line.has("bootstrap-controller") {
        let wrong = Exception::illegal_argument(
            "The option --include-fenced-brokers is only supported with --bootstrap-server option",
        );
        ctx.err(format!("{}\n{}\n", wrong.message, wrong.trace()));
        return 1;
    }
    match act(&ctx, &line).await {
        Ok(()) => 0,
        Err(exception) => {
            if let Some(exit) = interruption(&exception) {
                return exit;
            }
            ctx.err(format!("{}\n{}\n", exception.message, exception.trace()));
            1
        }
    }
}

/// What argparse asks of the options together.
fn check(line: Line) -> Result<Line, Mistake> {
    let text = if line.command == "unregister" && !line.has("id") {
        "argument --id/-i is required"
    } else if !line.has("bootstrap-server") && !line.has("bootstrap-controller") {
        "one of the arguments --bootstrap-server/-b --bootstrap-controller/-C is required"
    } else {
        return Ok(line);
    };
    Err(Mistake {
        command: Some(line.command),
        text: text.to_string(),
    })
}

async fn act(ctx: &Ctx, line: &Line) -> Result<(), Exception> {
    let file = line.get("command-config").or(line.get("config"));
    let admin = match line.get("bootstrap-controller") {
        Some(controllers) => Admin::connect_to_controllers(ctx, controllers, file).await?,
        None => {
            let servers = line.get("bootstrap-server").unwrap_or_default();
            Admin::connect(ctx, servers, file).await?
        }
    };
    if line.command == "unregister" {
        return unregister(ctx, &admin, line.get("id").unwrap_or_default()).await;
    }
    let request = Request::DescribeCluster(DescribeClusterRequest {
        include_fenced: line.has("include-fenced-brokers"),
        ..DescribeClusterRequest::default()
    });
    let Response::DescribeCluster(cluster) = admin.get(AdminTarget::AnyBroker, request).await?
    else {
        return Err(Exception::new(
            "java.lang.IllegalStateException",
            "unexpected response",
        ));
    };
    match line.command {
        "cluster-id" => ctx.out(format!("Cluster ID: {}\n", cluster.cluster_id)),
        _ => ctx.out(endpoints(&cluster, !line.has("bootstrap-controller"))),
    }
    Ok(())
}

/// Brokers with their states, or controllers, which have none.
fn endpoints(cluster: &DescribeClusterResponse, are_brokers: bool) -> String {
    let hosts = cluster.brokers.iter().map(|broker| broker.host.len());
    let racks = cluster.brokers.iter().map(|broker| broker.rack.as_ref());
    let host = hosts.max().unwrap_or(0).max(9);
    let rack = racks.flatten().map(|rack| rack.len()).max().unwrap_or(0);
    let rack = rack.max(10);
    let row = |cells: [&str; 6]| {
        let [id, name, port, place, state, kind] = cells;
        let state = match are_brokers {
            true => format!("{state:<10} "),
            false => String::new(),
        };
        format!("{id:<10} {name:<host$} {port:<10} {place:<rack$} {state}{kind:<15}\n")
    };
    let mut brokers: Vec<_> = cluster.brokers.iter().collect();
    brokers.sort_by_key(|broker| broker.id);
    let mut table = row(["ID", "HOST", "PORT", "RACK", "STATE", "ENDPOINT_TYPE"]);
    for broker in brokers {
        let (id, port) = (broker.id.to_string(), broker.port.to_string());
        let place = broker.rack.as_deref().unwrap_or("null");
        table.push_str(&row([
            &id,
            &broker.host,
            &port,
            place,
            if cluster.fenced.contains(&broker.id) {
                "fenced"
            } else {
                "unfenced"
            },
            if are_brokers { "broker" } else { "controller" },
        ]));
    }
    table
}

async fn unregister(ctx: &Ctx, admin: &Admin, id: &str) -> Result<(), Exception> {
    let broker = id.parse().map_err(|_| {
        let text = format!("For input string: \"{id}\"");
        Exception::new("java.lang.NumberFormatException", text)
    })?;
    let request = Request::UnregisterBroker(UnregisterBrokerRequest {
        broker: NodeId(broker),
    });
    let Response::UnregisterBroker(answer) = admin.get(AdminTarget::AnyBroker, request).await?
    else {
        return Err(Exception::new(
            "java.lang.IllegalStateException",
            "unexpected response",
        ));
    };
    if answer.outcome.error.is_error() {
        let why = answer.outcome.text();
        let text = format!("Unregister broker request for broker ID {broker} failed: {why}");
        admin.log_error(&text, "KafkaAdminClient");
        let cause = Exception::of_outcome(&answer.outcome);
        return Err(cause.executed());
    }
    ctx.out(format!("Broker {broker} is no longer registered.\n"));
    Ok(())
}
