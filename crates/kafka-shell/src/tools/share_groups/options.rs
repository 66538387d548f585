//! The options of `kafka-share-groups.sh` and which of them go together.

use crate::java::Exception;
use crate::jopt::{Arg, OptionSpec, Parsed, flag, long, parse, text};
use crate::process::Ctx;
use crate::tools::group_args::{check_action, check_describe, check_groups, complain};
use crate::tools::{Stop, help_or_version, refuse, require, uncaught};

const HELP: &str = "This tool helps to list, describe, reset and delete share groups.";
const ACTIONS: [&str; 5] = [
    "list",
    "describe",
    "delete",
    "reset-offsets",
    "delete-offsets",
];
const SCENARIOS: [&str; 3] = ["to-datetime", "to-earliest", "to-latest"];

/// The options; descriptions are our own.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    flag("all-groups", "All share groups."),
    flag("all-topics", "All topics of a group (reset-offsets)."),
    text(
        "bootstrap-server",
        "server to connect to",
        "REQUIRED: a broker to begin with, host:port.",
    ),
    text(
        "command-config",
        "command config property file",
        "Properties for the admin client.",
    ),
    flag("delete", "Delete empty share groups."),
    flag(
        "delete-offsets",
        "An empty group forgets its offsets of topics.",
    ),
    flag("describe", "Show members or state of share groups."),
    flag("dry-run", "Only show the new offsets."),
    flag("execute", "Store the new offsets."),
    text("group", "share group", "The group. May be repeated."),
    flag("help", "Print this table."),
    flag("list", "List share groups."),
    flag("members", "Describe the members."),
    flag("offsets", "Describe start offsets and lag. (default)"),
    flag(
        "reset-offsets",
        "Choose new start offsets of an empty group.",
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
    text("to-datetime", "datetime", "New offset: from then on."),
    flag("to-earliest", "New offset: the first that is kept."),
    flag("to-latest", "New offset: the end."),
    text("topic", "topic", "The topic. May be repeated."),
    flag("verbose", "More columns."),
    flag("version", "Print Kafka's version."),
];

/// Reads the words and checks what Kafka checks, in Kafka's order.
pub(super) fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = parse(OPTIONS, words).map_err(|error| uncaught(ctx, &Exception::from(error)))?;
    help_or_version(ctx, words, &options, HELP)?;
    require(&options, &["bootstrap-server"])?;
    if options.has("describe") {
        check_describe(&options)?;
    }
    if options.has("delete") {
        check_groups(
            &options,
            "Option [delete] takes the options [group] or [all-groups]",
        )?;
    }
    if options.has("reset-offsets") {
        check_reset(&options)?;
    }
    if options.has("delete-offsets") && !(options.has("group") && options.has("topic")) {
        return complain("Option [delete-offsets] takes the following options: [group], [topic]");
    }
    refuse(&options, "group", &["all-groups", "list"])?;
    check_action(&options, &ACTIONS, ".")?;
    Ok(options)
}

fn check_reset(options: &Parsed) -> Result<(), Stop> {
    match (options.has("dry-run"), options.has("execute")) {
        (true, true) => {
            return complain("Option [reset-offsets] only accepts one of [execute] and [dry-run]");
        }
        (false, false) => {
            return complain("Option [reset-offsets] takes the option: [execute] or [dry-run]");
        }
        _ => {}
    }
    if !options.has("topic") && !options.has("all-topics") {
        return complain(
            "Option [reset-offsets] takes one of these options: [all-topics], [topic]",
        );
    }
    if !SCENARIOS.iter().any(|scenario| options.has(scenario)) {
        return complain(
            "Option [reset-offsets] takes one of these options: [to-datetime], [to-earliest], [to-latest]",
        );
    }
    refuse(options, "to-earliest", &["to-latest", "to-datetime"])?;
    refuse(options, "to-latest", &["to-earliest", "to-datetime"])?;
    refuse(options, "to-datetime", &["to-earliest", "to-latest"])
}
