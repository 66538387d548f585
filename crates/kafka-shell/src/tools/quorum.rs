//! `kafka-metadata-quorum.sh describe`: the controller quorum as its leader sees it.
//!
//! Not here: adding and removing controllers; the voters of this cluster are static.

use kafka_core::client::AdminTarget;
use kafka_core::protocol::{
    DescribeClusterRequest, DescribeQuorumRequest, DescribeQuorumResponse, QuorumReplica, Request,
    Response,
};
use kafka_core::types::Uuid;

use super::sub_commands::{Command, Line, read};
use crate::admin::{Admin, interruption};
use crate::hints::Hint;
use crate::java::Exception;
use crate::jopt::{OptionSpec, flag, text};
use crate::process::Ctx;

/// The options, for completion.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text("bootstrap-server", "host:port", "A broker to begin with."),
    text("command-config", "file", "Properties for the admin client."),
    flag("status", "A short general description."),
    flag("replication", "How far each replica of the log is."),
    flag("human-readable", "Times as `5 ms ago`."),
];

const OWN: &[(&str, &str)] = &[
    ("bootstrap-server", ""),
    ("bootstrap-controller", ""),
    ("command-config", ""),
];

const COMMANDS: &[Command] = &[
    Command {
        name: "describe",
        values: &[],
        flags: &["status", "replication", "human-readable"],
    },
    Command {
        name: "add-controller",
        values: &[],
        flags: &["dry-run"],
    },
    Command {
        name: "remove-controller",
        values: &[("controller-id", "i"), ("controller-directory-id", "d")],
        flags: &["dry-run"],
    },
];

const USAGE: &str = "\
usage: kafka-metadata-quorum [-h] [--command-config COMMAND_CONFIG]
                             (--bootstrap-server BOOTSTRAP_SERVER |
                             --bootstrap-controller BOOTSTRAP_CONTROLLER)
                             {describe,add-controller,remove-controller}
                             ...
";

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    if words.iter().any(|word| word == "--help" || word == "-h") {
        ctx.out(USAGE);
        return 0;
    }
    let line = read(OWN, COMMANDS, &words).and_then(|line| {
        match (
            line.get("bootstrap-server"),
            line.get("bootstrap-controller"),
        ) {
            (None, None) => {
                Err("one of the arguments --bootstrap-server --bootstrap-controller is required")
            }
            (Some(_), Some(_)) => {
                Err("argument --bootstrap-controller: not allowed with argument --bootstrap-server")
            }
            _ => Ok(line),
        }
        .map_err(str::to_string)
    });
    let line = match line {
        Ok(line) => line,
        Err(error) => {
            ctx.err(format!("{USAGE}kafka-metadata-quorum: error: {error}\n"));
            return 1;
        }
    };
    if line.command != "describe" || line.has("bootstrap-controller") {
        let option = if line.command == "describe" {
            "bootstrap-controller"
        } else {
            line.command
        };
        ctx.hint(&Hint::OptionMissing(option.to_string()));
        return 1;
    }
    if let Some(wrong) = wrong_choice(&line) {
        ctx.err(format!("{wrong}\n"));
        return 1;
    }
    match describe(&ctx, &line).await {
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

fn wrong_choice(line: &Line) -> Option<&'static str> {
    match (line.has("status"), line.has("replication")) {
        (true, true) => Some(
            "Only one of --status or --replication should be specified with describe sub-command",
        ),
        (false, false) => {
            Some("One of --status or --replication must be specified with describe sub-command")
        }
        (true, false) if line.has("human-readable") => {
            Some("The option --human-readable is only supported along with --replication")
        }
        _ => None,
    }
}

async fn describe(ctx: &Ctx, line: &Line) -> Result<(), Exception> {
    let servers = line.get("bootstrap-server").unwrap_or_default();
    let admin = Admin::connect(ctx, servers, line.get("command-config")).await?;
    let wrong = || Exception::new("java.lang.IllegalStateException", "unexpected response");
    let request = Request::DescribeQuorum(DescribeQuorumRequest {});
    let answer = admin.call(AdminTarget::AnyBroker, request).await;
    let answer = answer.map_err(|cause| cause.executed())?;
    let Response::DescribeQuorum(mut quorum) = answer else {
        return Err(wrong());
    };
    if quorum.error.is_error() {
        let cause = Exception::of_code(quorum.error);
        return Err(cause.executed());
    }
    quorum.voters.sort_by_key(|voter| voter.replica);
    if line.has("replication") {
        ctx.out(replication(ctx, &quorum, line.has("human-readable")));
        return Ok(());
    }
    let request = Request::DescribeCluster(DescribeClusterRequest {});
    match admin.call(AdminTarget::AnyBroker, request).await? {
        Response::DescribeCluster(cluster) => {
            ctx.out(status(&quorum, cluster.cluster_id));
            Ok(())
        }
        _ => Err(wrong()),
    }
}

fn leader_of(quorum: &DescribeQuorumResponse) -> Option<&QuorumReplica> {
    let mut voters = quorum.voters.iter();
    voters.find(|voter| Some(voter.replica) == quorum.leader)
}

fn status(quorum: &DescribeQuorumResponse, cluster: Uuid) -> String {
    // Controllers listen side by side, the first where the recorded cluster's does.
    let first = quorum.voters.iter().map(|voter| voter.replica.0).min();
    let voter = |voter: &QuorumReplica| {
        let id = voter.replica;
        let port = 9_192 + id.0 - first.unwrap_or(id.0);
        let directory = match voter.directory {
            // A static quorum has none.
            Uuid(0) => String::new(),
            directory => format!("\"directoryId\": \"{directory}\", "),
        };
        format!("{{\"id\": {id}, {directory}\"endpoints\": [\"CONTROLLER://localhost:{port}\"]}}")
    };
    let observer = |observer: &QuorumReplica| {
        let QuorumReplica {
            replica, directory, ..
        } = observer;
        format!("{{\"id\": {replica}, \"directoryId\": \"{directory}\"}}")
    };
    let voters: Vec<String> = quorum.voters.iter().map(voter).collect();
    let observers: Vec<String> = quorum.observers.iter().map(observer).collect();
    let leader = leader_of(quorum);
    let furthest = quorum
        .voters
        .iter()
        .min_by_key(|voter| voter.log_end_offset);
    let (mut lag, mut lag_ms) = (0, 0);
    if let (Some(leader), Some(behind)) = (leader, furthest) {
        lag = leader.log_end_offset.0 - behind.log_end_offset.0;
        let known = leader.last_caught_up_ms >= 0 && behind.last_caught_up_ms >= 0;
        lag_ms = match known {
            _ if leader.replica == behind.replica => 0,
            true => leader.last_caught_up_ms - behind.last_caught_up_ms,
            false => -1,
        };
    }
    let id = quorum.leader.map_or(-1, |leader| i64::from(leader.0));
    let lines = [
        ("ClusterId:", cluster.to_string()),
        ("LeaderId:", id.to_string()),
        ("LeaderEpoch:", quorum.epoch.to_string()),
        ("HighWatermark:", quorum.high_watermark.to_string()),
        ("MaxFollowerLag:", lag.to_string()),
        ("MaxFollowerLagTimeMs:", lag_ms.to_string()),
        ("CurrentVoters:", format!("[{}]", voters.join(", "))),
        ("CurrentObservers:", format!("[{}]", observers.join(", "))),
    ];
    let lines = lines.map(|(label, value)| format!("{label:<24}{value}\n"));
    lines.concat()
}

fn replication(ctx: &Ctx, quorum: &DescribeQuorumResponse, human: bool) -> String {
    let end = leader_of(quorum).map_or(0, |leader| leader.log_end_offset.0);
    let now_ms = i64::try_from(ctx.now().as_ms()).unwrap_or(i64::MAX);
    let time = |ms: i64| match (ms, human) {
        (..0, _) => "-1".to_string(),
        (ms, true) => format!("{} ms ago", now_ms - ms),
        (ms, false) => (ctx.wall_ms() - now_ms + ms).to_string(),
    };
    let row = |replica: &QuorumReplica, status: &str| {
        [
            replica.replica.to_string(),
            replica.directory.to_string(),
            replica.log_end_offset.to_string(),
            (end - replica.log_end_offset.0).to_string(),
            time(replica.last_fetch_ms),
            time(replica.last_caught_up_ms),
            status.to_string(),
        ]
    };
    let header = [
        "NodeId",
        "DirectoryId",
        "LogEndOffset",
        "Lag",
        "LastFetchTimestamp",
        "LastCaughtUpTimestamp",
        "Status",
    ];
    let mut rows = vec![header.map(String::from)];
    rows.extend(leader_of(quorum).map(|leader| row(leader, "Leader")));
    let followers = quorum.voters.iter();
    let followers = followers.filter(|voter| Some(voter.replica) != quorum.leader);
    rows.extend(followers.map(|voter| row(voter, "Follower")));
    let observers = quorum.observers.iter();
    rows.extend(observers.map(|o| row(o, "Observer")));
    table(&rows)
}

/// Every cell as wide as the widest of its column, a tab behind each.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut table = String::new();
    for row in rows {
        for (width, cell) in widths.iter().zip(row) {
            table.push_str(&format!("{cell:<width$}\t"));
        }
        table.push('\n');
    }
    table
}
