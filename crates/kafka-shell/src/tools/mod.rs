//! Kafka's tools. One file or folder each; [`find`] knows them by name.

use std::future::Future;
use std::pin::Pin;

use crate::java::{Exception, log_line};
use crate::jopt::{OptionSpec, Parsed, help_table, parse};
use crate::process::Ctx;

mod cluster;
mod config_check;
mod configs;
mod console_consumer;
mod console_producer;
mod console_reader;
mod console_share_consumer;
mod consumer_groups;
mod coordinator_records;
mod decoders;
mod delete_records;
mod dump_log;
mod get_offsets;
mod group_args;
mod group_offsets;
mod groups;
mod leader_election;
mod line_reader;
mod log_dirs;
mod message_formatter;
mod producer_config;
mod quorum;
mod reader_options;
mod reassign;
mod record_formatter;
mod servers;
mod share_groups;
mod sub_commands;
mod topics;
mod transactions;

/// A started tool.
pub type Running = Pin<Box<dyn Future<Output = i32>>>;

/// A tool: its name without `.sh`, and how to start it.
#[derive(Clone, Copy)]
pub struct Tool {
    /// Name without `.sh`.
    pub name: &'static str,
    /// Its options, for help and completion.
    pub options: &'static [OptionSpec],
    /// Starts it with the words after its name.
    pub start: fn(Ctx, Vec<String>) -> Running,
    /// The command line of its process, as `jps` names it.
    pub main_class: &'static str,
}

/// All tools, in the order learners meet them.
pub const TOOLS: &[Tool] = &[
    Tool {
        name: "kafka-topics",
        options: topics::OPTIONS,
        start: |ctx, words| Box::pin(topics::run(ctx, words)),
        main_class: "TopicCommand",
    },
    Tool {
        name: "kafka-console-producer",
        options: console_producer::OPTIONS,
        start: |ctx, words| Box::pin(console_producer::run(ctx, words)),
        main_class: "ConsoleProducer",
    },
    Tool {
        name: "kafka-console-consumer",
        options: console_consumer::OPTIONS,
        start: |ctx, words| Box::pin(console_consumer::run(ctx, words)),
        main_class: "ConsoleConsumer",
    },
    Tool {
        name: "kafka-console-share-consumer",
        options: console_share_consumer::OPTIONS,
        start: |ctx, words| Box::pin(console_share_consumer::run(ctx, words)),
        main_class: "ConsoleShareConsumer",
    },
    Tool {
        name: "kafka-consumer-groups",
        options: consumer_groups::OPTIONS,
        start: |ctx, words| Box::pin(consumer_groups::run(ctx, words)),
        main_class: "ConsumerGroupCommand",
    },
    Tool {
        name: "kafka-share-groups",
        options: share_groups::OPTIONS,
        start: |ctx, words| Box::pin(share_groups::run(ctx, words)),
        main_class: "ShareGroupCommand",
    },
    Tool {
        name: "kafka-groups",
        options: groups::OPTIONS,
        start: |ctx, words| Box::pin(groups::run(ctx, words)),
        main_class: "GroupsCommand",
    },
    Tool {
        name: "kafka-configs",
        options: configs::OPTIONS,
        start: |ctx, words| Box::pin(configs::run(ctx, words)),
        main_class: "ConfigCommand",
    },
    Tool {
        name: "kafka-leader-election",
        options: leader_election::OPTIONS,
        start: |ctx, words| Box::pin(leader_election::run(ctx, words)),
        main_class: "LeaderElectionCommand",
    },
    Tool {
        name: "kafka-get-offsets",
        options: get_offsets::OPTIONS,
        start: |ctx, words| Box::pin(get_offsets::run(ctx, words)),
        main_class: "GetOffsetShell",
    },
    Tool {
        name: "kafka-delete-records",
        options: delete_records::OPTIONS,
        start: |ctx, words| Box::pin(delete_records::run(ctx, words)),
        main_class: "DeleteRecordsCommand",
    },
    Tool {
        name: "kafka-dump-log",
        options: dump_log::OPTIONS,
        start: |ctx, words| Box::pin(dump_log::run(ctx, words)),
        main_class: "DumpLogSegments",
    },
    Tool {
        name: "kafka-reassign-partitions",
        options: reassign::OPTIONS,
        start: |ctx, words| Box::pin(reassign::run(ctx, words)),
        main_class: "ReassignPartitionsCommand",
    },
    Tool {
        name: "kafka-log-dirs",
        options: log_dirs::OPTIONS,
        start: |ctx, words| Box::pin(log_dirs::run(ctx, words)),
        main_class: "LogDirsCommand",
    },
    Tool {
        name: "kafka-metadata-quorum",
        options: quorum::OPTIONS,
        start: |ctx, words| Box::pin(quorum::run(ctx, words)),
        main_class: "MetadataQuorumCommand",
    },
    Tool {
        name: "kafka-cluster",
        options: cluster::OPTIONS,
        start: |ctx, words| Box::pin(cluster::run(ctx, words)),
        main_class: "ClusterTool",
    },
    Tool {
        name: "kafka-transactions",
        options: transactions::OPTIONS,
        start: |ctx, words| Box::pin(transactions::run(ctx, words)),
        main_class: "TransactionsCommand",
    },
    Tool {
        name: "kafka-server-start",
        options: servers::OPTIONS,
        start: |ctx, words| Box::pin(servers::start(ctx, words)),
        main_class: "Kafka",
    },
    Tool {
        name: "kafka-server-stop",
        options: servers::OPTIONS,
        start: |ctx, words| Box::pin(servers::stop(ctx, words)),
        main_class: "kafka-server-stop",
    },
];

/// Kafka's version, as tools print it.
pub const VERSION: &str = "4.3.1";

/// The tool a word names: with or without folder and `.sh` or `.bat`.
pub fn find(word: &str) -> Option<&'static Tool> {
    let file = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let name = file
        .strip_suffix(".sh")
        .or_else(|| file.strip_suffix(".bat"))
        .unwrap_or(file);
    TOOLS.iter().find(|tool| tool.name == name)
}

/// How a tool's run can end before its work is done.
pub(crate) enum Stop {
    /// It has said all there is to say.
    Exit(i32),
    /// Message and table on standard error, exit status 1.
    Usage(String),
    /// An exception the tool reports in its own way.
    Throw(Exception),
}

impl From<Exception> for Stop {
    fn from(exception: Exception) -> Stop {
        Stop::Throw(exception)
    }
}

impl From<crate::jopt::OptionError> for Stop {
    fn from(error: crate::jopt::OptionError) -> Stop {
        Stop::Throw(error.into())
    }
}

/// What the tools of the older option parser begin with: every mistake of the parser,
/// `--help` and a bare name end in the table, `--version` in Kafka's version.
pub(crate) fn opening(
    ctx: &Ctx,
    words: &[String],
    options: &[OptionSpec],
    help: &str,
) -> Result<Parsed, Stop> {
    let parsed = parse(options, words).map_err(|error| Stop::Usage(error.message))?;
    help_or_version(ctx, words, &parsed, help)?;
    Ok(parsed)
}

/// A bare name and `--help` end in the table, `--version` in Kafka's version.
pub(crate) fn help_or_version(
    ctx: &Ctx,
    words: &[String],
    parsed: &Parsed,
    help: &str,
) -> Result<(), Stop> {
    if words.is_empty() || parsed.has("help") {
        return Err(Stop::Usage(help.to_string()));
    }
    if parsed.has("version") {
        ctx.out(format!("{VERSION}\n"));
        return Err(Stop::Exit(0));
    }
    Ok(())
}

/// An exception that a tool's own code does not catch: Java prints it.
pub(crate) fn uncaught(ctx: &Ctx, exception: &Exception) -> Stop {
    let trace = exception.trace();
    ctx.err(format!("Exception in thread \"main\" {trace}"));
    Stop::Exit(1)
}

/// `Option(s) [a] are unavailable ...`: `option` needs one of `with` beside it.
pub(crate) fn unavailable(
    ctx: &Ctx,
    options: &Parsed,
    option: &str,
    with: &[&str],
) -> Result<(), Stop> {
    if !options.has(option) || with.iter().any(|other| options.has(other)) {
        return Ok(());
    }
    let text =
        format!("Option(s) [{option}] are unavailable given other options on the command line");
    let class = "joptsimple.UnavailableOptionException";
    Err(uncaught(ctx, &Exception::new(class, text)))
}

/// The exit status of a run; `throw` reports an exception and gives its status.
pub(crate) fn exit_status(
    ctx: &Ctx,
    outcome: Result<i32, Stop>,
    options: &[OptionSpec],
    throw: impl FnOnce(&Exception) -> i32,
) -> i32 {
    match outcome {
        Ok(exit) | Err(Stop::Exit(exit)) => exit,
        Err(Stop::Usage(message)) => usage(ctx, &message, options),
        Err(Stop::Throw(exception)) => throw(&exception),
    }
}

/// A consumer tool's exception: a line of its log, the trace, exit status 1.
pub(crate) fn consumer_failed(ctx: &Ctx, exception: &Exception, logger: &str) -> i32 {
    let message = "Unknown error when running consumer: ";
    ctx.err(log_line(ctx.wall_ms(), "ERROR", message, logger));
    ctx.err(exception.trace());
    1
}

/// Message line, then the help table; exit status 1.
fn usage(ctx: &Ctx, message: &str, options: &[OptionSpec]) -> i32 {
    ctx.err(format!("{message}\n{}", help_table(options)));
    1
}

/// The ERROR line with a trace that tools log.
pub(crate) fn log_exception(ctx: &Ctx, exception: &Exception, logger: &str) {
    ctx.err(log_line(ctx.wall_ms(), "ERROR", &exception.trace(), logger));
}

/// `Missing required argument "[name]"`.
pub(crate) fn require(options: &Parsed, names: &[&str]) -> Result<(), Stop> {
    match names.iter().find(|name| !options.has(name)) {
        Some(name) => Err(Stop::Usage(format!(
            "Missing required argument \"[{name}]\""
        ))),
        None => Ok(()),
    }
}

/// `Option "[a]" can't be used with option "[b]"`, the first pair that stands there.
pub(crate) fn refuse(options: &Parsed, used: &str, invalid: &[&str]) -> Result<(), Stop> {
    if !options.has(used) {
        return Ok(());
    }
    match invalid.iter().find(|name| options.has(name)) {
        Some(name) => Err(Stop::Usage(format!(
            "Option \"[{used}]\" can't be used with option \"[{name}]\""
        ))),
        None => Ok(()),
    }
}
