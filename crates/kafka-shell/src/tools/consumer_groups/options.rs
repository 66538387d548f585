//! The options of `kafka-consumer-groups.sh` and which of them go together.

use crate::java::Exception;
use crate::jopt::{Arg, OptionSpec, Parsed, flag, long, parse, text};
use crate::process::Ctx;
use crate::tools::group_args::{check_action, check_describe, check_groups, complain};
use crate::tools::{Stop, help_or_version, refuse, require, unavailable, uncaught};

const HELP: &str = "This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, or reset consumer group offsets.";
const ACTIONS: [&str; 6] = [
    "list",
    "describe",
    "delete",
    "reset-offsets",
    "delete-offsets",
    "validate-regex",
];
/// Ways to choose new offsets, in the order Kafka looks at them.
const SCENARIOS: [&str; 8] = [
    "to-offset",
    "to-datetime",
    "by-duration",
    "to-earliest",
    "to-latest",
    "to-current",
    "shift-by",
    "from-file",
];
const NO_EXECUTE: &str = "WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.\n";

/// The options; descriptions are our own.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    flag("all-groups", "All groups."),
    flag("all-topics", "All topics of a group (reset-offsets)."),
    text(
        "bootstrap-server",
        "server to connect to",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    text(
        "by-duration",
        "duration",
        "New offset: the first record of this last span, PnDTnHnMnS.",
    ),
    text(
        "command-config",
        "command config property file",
        "Properties for the admin client.",
    ),
    flag("delete", "Delete empty groups with their offsets."),
    flag("delete-offsets", "Delete a group's offsets of topics."),
    flag(
        "describe",
        "Show offsets and lag, members or state of groups.",
    ),
    flag("dry-run", "Only show the new offsets."),
    flag("execute", "Store the new offsets."),
    flag("export", "Print the new offsets as a CSV file."),
    text(
        "from-file",
        "path to CSV file",
        "New offsets: from a file of lines topic,partition,offset.",
    ),
    text("group", "consumer group", "The group. May be repeated."),
    flag("help", "Print this table."),
    flag("list", "List groups."),
    flag("members", "Describe the members."),
    flag("offsets", "Describe offsets and lag. (default)"),
    flag("reset-offsets", "Choose new offsets for an inactive group."),
    long(
        "shift-by",
        "number-of-offsets",
        "New offset: this far from the stored one.",
    ),
    OptionSpec {
        name: "state",
        arg: Arg::OptionalText,
        arg_text: "",
        help: "With --describe: the state. With --list: show states, or only groups in these states.",
    },
    long(
        "timeout",
        "timeout (ms)",
        "Longest wait, in ms. (default: 30000)",
    ),
    flag("to-current", "New offset: the stored one."),
    text(
        "to-datetime",
        "datetime",
        "New offset: the first record from then on, YYYY-MM-DDThh:mm:ss.sss",
    ),
    flag("to-earliest", "New offset: the first that is kept."),
    flag("to-latest", "New offset: the end."),
    long("to-offset", "offset", "New offset: this one."),
    text(
        "topic",
        "topic",
        "The topic, or topic:0,2 for some partitions. May be repeated.",
    ),
    OptionSpec {
        name: "type",
        arg: Arg::OptionalText,
        arg_text: "",
        help: "With --list: show types, or only groups of these types.",
    },
    text("validate-regex", "regex", "Check a regular expression."),
    flag("verbose", "More columns."),
    flag("version", "Print Kafka's version."),
];

/// Reads the words and checks what Kafka checks, in Kafka's order.
pub(super) fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = parse(OPTIONS, words).map_err(|error| uncaught(ctx, &Exception::from(error)))?;
    for (option, with) in [
        ("members", &["describe"][..]),
        ("offsets", &["describe"]),
        ("verbose", &["describe"]),
        ("state", &["describe", "list"]),
        ("type", &["list"]),
    ] {
        unavailable(ctx, &options, option, with)?;
    }
    help_or_version(ctx, words, &options, HELP)?;
    if !options.has("validate-regex") {
        require(&options, &["bootstrap-server"])?;
    }
    if options.has("describe") {
        check_describe(&options)?;
    }
    if options.has("delete") {
        check_delete(&options)?;
    }
    if options.has("delete-offsets") && !(options.has("group") && options.has("topic")) {
        return complain("Option [delete-offsets] takes the following options: [group], [topic]");
    }
    if options.has("reset-offsets") {
        check_reset(ctx, &options)?;
    }
    refuse(&options, "group", &["all-groups", "list"])?;
    refuse(&options, "topic", &["list", "describe"])?;
    check_action(&options, &ACTIONS, "")?;
    Ok(options)
}

fn check_delete(options: &Parsed) -> Result<(), Stop> {
    check_groups(
        options,
        "Option [delete] takes one of these options: [all-groups], [group]",
    )?;
    if options.has("topic") {
        return complain(
            "The consumer does not support topic-specific offset deletion from a consumer group.",
        );
    }
    Ok(())
}

fn check_reset(ctx: &Ctx, options: &Parsed) -> Result<(), Stop> {
    match (options.has("dry-run"), options.has("execute")) {
        (true, true) => {
            return complain("Option [reset-offsets] only accepts one of [execute] and [dry-run]");
        }
        (false, false) => ctx.err(NO_EXECUTE),
        _ => {}
    }
    check_groups(
        options,
        "Option [reset-offsets] takes one of these options: [all-groups], [group]",
    )?;
    for scenario in SCENARIOS {
        let others: Vec<&str> = SCENARIOS
            .into_iter()
            .filter(|other| *other != scenario)
            .collect();
        refuse(options, scenario, &others)?;
    }
    Ok(())
}

/// No scenario was named.
pub(super) fn no_scenario() -> Stop {
    let list: Vec<String> = SCENARIOS.iter().map(|name| format!("[{name}]")).collect();
    Stop::Usage(format!(
        "Option '[reset-offsets]' requires one of the following scenarios: [{}]",
        list.join(", ")
    ))
}
