//! `kafka-metadata-quorum.sh`: the controller quorum as its leader sees it, and changing its
//! voters.

mod change;
mod usage;

use kafka_core::client::AdminTarget;
use kafka_core::protocol::{
    DescribeClusterRequest, DescribeQuorumRequest, DescribeQuorumResponse, QuorumReplica, Request,
    Response,
};
use kafka_core::types::Uuid;

use super::sub_commands::{Command, Line, Mistake, read, wrapped};
use crate::admin::{Admin, interruption};
use crate::java::Exception;
use crate::jopt::{OptionSpec, flag, text};
use crate::process::Ctx;

/// The options, for completion.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text("bootstrap-server", "host:port", "A broker to begin with."),
    text(
        "bootstrap-controller",
        "host:port",
        "A controller to begin with.",
    ),
    text(
        "command-config",
        "file",
        "Properties: of the admin client, or of the controller to add.",
    ),
    text("controller-id", "id", "The controller to remove."),
    text("controller-directory-id", "id", "Its directory's id."),
    flag("dry-run", "Say what would be done."),
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

/// Why the tool ends with status 1.
enum Failure {
    /// A line for people.
    Terse(String),
    /// An exception with its trace.
    Exception(Exception),
}

impl Failure {
    fn terse(text: &str) -> Failure {
        Failure::Terse(text.to_string())
    }
}

impl From<Exception> for Failure {
    fn from(exception: Exception) -> Failure {
        Failure::Exception(exception)
    }
}

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    if words.iter().any(|word| word == "--help" || word == "-h") {
        let named = |word: &&String| COMMANDS.iter().any(|it| it.name == word.as_str());
        ctx.out(usage::help(words.iter().find(named).map(String::as_str)));
        return 0;
    }
    let line = match read(OWN, COMMANDS, &words).and_then(check) {
        Ok(line) => line,
        Err(mistake) => {
            let usage = match mistake.command {
                Some(command) => usage::of_command(command),
                None => usage::USAGE.to_string(),
            };
            let error = format!("kafka-metadata-quorum: error: {}", mistake.text);
            ctx.err(format!("{usage}{}\n", wrapped(&error)));
            return 1;
        }
    };
    match act(&ctx, &line).await {
        Ok(()) => 0,
        Err(Failure::Terse(text)) => {
            ctx.err(format!("{text}\n"));
            1
        }
        Err(Failure::Exception(exception)) => {
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
    let servers = (
        line.has("bootstrap-server"),
        line.has("bootstrap-controller"),
    );
    let (command, text) = match servers {
        (false, false) => (
            None,
            "one of the arguments --bootstrap-server --bootstrap-controller is required",
        ),
        (true, true) => (
            None,
            "argument --bootstrap-controller: not allowed with argument --bootstrap-server",
        ),
        _ if line.command == "remove-controller" && !line.has("controller-directory-id") => (
            Some(line.command),
            "argument --controller-directory-id/-d is required",
        ),
        _ if line.command == "remove-controller" && !line.has("controller-id") => (
            Some(line.command),
            "argument --controller-id/-i is required",
        ),
        _ => return check_id(line),
    };
    let text = text.to_string();
    Err(Mistake { command, text })
}

fn check_id(line: Line) -> Result<Line, Mistake> {
    match line.get("controller-id") {
        Some(id) if id.parse::<i32>().is_err() => Err(Mistake {
            command: Some(line.command),
            text: format!(
                "argument --controller-id/-i: could not convert '{id}' to Integer (For input string: \"{id}\")"
            ),
        }),
        _ => Ok(line),
    }
}

async fn act(ctx: &Ctx, line: &Line) -> Result<(), Failure> {
    let wrong = || {
        (line.command == "describe")
            .then(|| wrong_choice(line))
            .flatten()
    };
    if let Some(wrong) = wrong() {
        return Err(Failure::terse(wrong));
    }
    let properties = match line.command {
        "add-controller" => change::controller_file(ctx, line).await?,
        _ => Vec::new(),
    };
    // A server's file sets nothing that an admin client would take.
    let file = line.get("command-config").filter(|_| properties.is_empty());
    let admin = match line.get("bootstrap-controller") {
        Some(controllers) => Admin::connect_to_controllers(ctx, controllers, file).await?,
        None => {
            let servers = line.get("bootstrap-server").unwrap_or_default();
            Admin::connect(ctx, servers, file).await?
        }
    };
    match line.command {
        "describe" => Ok(describe(ctx, &admin, line).await?),
        "add-controller" => change::add(ctx, &admin, line, &properties).await,
        _ => change::remove(ctx, &admin, line).await,
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

async fn describe(ctx: &Ctx, admin: &Admin, line: &Line) -> Result<(), Exception> {
    if line.has("replication") {
        let quorum = described_quorum(admin).await?;
        ctx.out(replication(ctx, &quorum, line.has("human-readable")));
        return Ok(());
    }
    let request = Request::DescribeCluster(DescribeClusterRequest::default());
    let Response::DescribeCluster(cluster) = admin.get(AdminTarget::AnyBroker, request).await?
    else {
        return Err(wrong_answer());
    };
    let quorum = described_quorum(admin).await?;
    ctx.out(status(&quorum, cluster.cluster_id));
    Ok(())
}

async fn described_quorum(admin: &Admin) -> Result<DescribeQuorumResponse, Exception> {
    let request = Request::DescribeQuorum(DescribeQuorumRequest {});
    match admin.get(AdminTarget::AnyBroker, request).await? {
        Response::DescribeQuorum(quorum) if quorum.error.is_error() => {
            Err(Exception::of_code(quorum.error).executed())
        }
        Response::DescribeQuorum(quorum) => Ok(quorum),
        _ => Err(wrong_answer()),
    }
}

fn wrong_answer() -> Exception {
    Exception::new("java.lang.IllegalStateException", "unexpected response")
}

fn leader_of(quorum: &DescribeQuorumResponse) -> Option<&QuorumReplica> {
    let mut voters = quorum.voters.iter();
    voters.find(|voter| Some(voter.replica) == quorum.leader)
}

fn status(quorum: &DescribeQuorumResponse, cluster: Uuid) -> String {
    let voter = |(voter, port): (&QuorumReplica, &u16)| {
        let id = voter.replica;
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
    let voters = quorum.voters.iter().zip(&quorum.ports);
    let voters: Vec<String> = voters.map(voter).collect();
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
