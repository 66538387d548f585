//! The options of `kafka-reassign-partitions.sh` and how they go together.

use crate::java::Exception;
use crate::jopt::{Arg, OptionSpec, Parsed, flag, parse, text};
use crate::process::Ctx;
use crate::tools::{Stop, VERSION, require};

const fn long(name: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        arg: Arg::Long,
        arg_text: "number",
        help,
    }
}

/// Kafka's parser lets these be without an argument, and the tool fails over it.
const fn servers(name: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        arg: Arg::OptionalText,
        arg_text: "host:port",
        help,
    }
}

/// The options; descriptions are our own.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    flag(
        "additional",
        "Execute in addition to what is running; also changes the throttle of it.",
    ),
    servers(
        "bootstrap-controller",
        "A controller to begin with; for --cancel and --list.",
    ),
    servers("bootstrap-server", "A broker to begin with."),
    text(
        "broker-list",
        "brokerlist",
        "Brokers the partitions may go to, as 0,1,2; for --generate.",
    ),
    flag("cancel", "Cancel the file's reassignments."),
    text(
        "command-config",
        "config file",
        "Properties for the admin client.",
    ),
    flag("disable-rack-aware", "Propose without regard to racks."),
    flag(
        "disallow-replication-factor-change",
        "Refuse a file that changes a replication factor.",
    ),
    flag("execute", "Start the file's reassignment."),
    flag("generate", "Propose a reassignment; nothing is moved."),
    flag("help", "Print this table."),
    flag("list", "List what is being reassigned."),
    flag("preserve-throttles", "Leave throttles as they are."),
    text(
        "reassignment-json-file",
        "file",
        "{\"version\":1,\"partitions\":[{\"topic\":\"t\",\"partition\":0,\"replicas\":[1,2]}]}",
    ),
    long(
        "replica-alter-log-dirs-throttle",
        "Limit for moves between log directories of one broker, in B/s.",
    ),
    long("throttle", "Limit for moves between brokers, in B/s."),
    long("timeout", "Longest wait for a log directory, in ms."),
    text(
        "topics-to-move-json-file",
        "file",
        "{\"version\":1,\"topics\":[{\"topic\":\"t\"}]}; for --generate.",
    ),
    flag(
        "verify",
        "Tell whether the file's reassignment is done; lifts throttles when nothing runs.",
    ),
    flag("version", "Print Kafka's version."),
];

/// Each action: what it needs, and what it takes besides.
const ACTIONS: [(&str, &[&str], &[&str]); 5] = [
    (
        "generate",
        &["topics-to-move-json-file", "broker-list"],
        &["disable-rack-aware"],
    ),
    (
        "execute",
        &["reassignment-json-file"],
        &[
            "additional",
            "disallow-replication-factor-change",
            "replica-alter-log-dirs-throttle",
            "throttle",
            "timeout",
        ],
    ),
    (
        "verify",
        &["reassignment-json-file"],
        &["preserve-throttles"],
    ),
    (
        "cancel",
        &["reassignment-json-file"],
        &["bootstrap-controller", "preserve-throttles", "timeout"],
    ),
    ("list", &[], &["bootstrap-controller"]),
];

/// Reads the command line.
///
/// # Errors
/// How the tool ends instead.
pub(super) fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = parse(OPTIONS, words)?;
    if options.has("help") || words.is_empty() {
        let about = "This tool helps to move topic partitions between replicas.";
        return Err(Stop::Usage(about.to_string()));
    }
    if options.has("version") {
        ctx.out(format!("{VERSION}\n"));
        return Err(Stop::Exit(0));
    }
    let mut wanted = ACTIONS.iter().filter(|(name, ..)| options.has(name));
    let (Some((action, needed, taken)), None) = (wanted.next(), wanted.next()) else {
        return Err(Stop::Usage(
            "Command must include exactly one action: --generate, --execute, --verify, --cancel, --list"
                .to_string(),
        ));
    };
    if options.has("bootstrap-server") == options.has("bootstrap-controller") {
        let told = if options.has("bootstrap-server") {
            "Please don't specify both --bootstrap-server and --bootstrap-controller"
        } else {
            "Please specify either --bootstrap-server or --bootstrap-controller"
        };
        return Err(Stop::Usage(told.to_string()));
    }
    require(&options, needed)?;
    for OptionSpec { name, .. } in OPTIONS {
        let fits = name == action
            || ["bootstrap-server", "command-config"].contains(name)
            || needed.contains(name)
            || taken.contains(name);
        if options.has(name) && !fits {
            return Err(Stop::Usage(format!(
                "Option \"[{name}]\" can't be used with action \"[{action}]\""
            )));
        }
    }
    Ok(options)
}

/// A number, such as a limit in bytes a second; `None` = none given, or a negative one.
///
/// # Errors
/// Java's exception for what is no number.
pub(super) fn number(options: &Parsed, name: &str) -> Result<Option<u64>, Exception> {
    let Some(value) = options.one(name)? else {
        return Ok(None);
    };
    let number: i64 = value.parse().map_err(|_| {
        let cause = format!("java.lang.NumberFormatException: For input string: \"{value}\"");
        Exception {
            causes: vec![
                format!("joptsimple.internal.ReflectionException: {cause}"),
                cause,
            ],
            ..Exception::new(
                "joptsimple.OptionArgumentConversionException",
                format!("Cannot parse argument '{value}' of option {name}"),
            )
        }
    })?;
    Ok(u64::try_from(number).ok())
}
