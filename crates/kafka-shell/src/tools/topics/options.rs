//! Options of `kafka-topics.sh` and which of them go together.

use super::super::{Stop, refuse, require};
use crate::java::Exception;
use crate::jopt::{OptionSpec, Parsed, flag, integer, text};
use crate::process::Ctx;

/// The options; descriptions are our own.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    flag(
        "alter",
        "Raise the number of partitions. Configs are changed with kafka-configs.",
    ),
    flag(
        "at-min-isr-partitions",
        "Describe only partitions whose ISR is exactly the configured minimum.",
    ),
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
    text(
        "config",
        "name=value",
        "A config of the topic to create. May be repeated.",
    ),
    flag("create", "Create a topic."),
    flag("delete", "Delete topics."),
    text(
        "delete-config",
        "name",
        "No longer supported; use kafka-configs.",
    ),
    flag("describe", "Show partitions, leaders and replicas."),
    flag(
        "exclude-internal",
        "Leave out internal topics such as __consumer_offsets.",
    ),
    flag("help", "Print this table."),
    flag(
        "if-exists",
        "Do nothing, without error, if the topic does not exist.",
    ),
    flag(
        "if-not-exists",
        "Do nothing, without error, if the topic exists.",
    ),
    flag("list", "Print the names of all topics."),
    integer(
        "partition-size-limit-per-response",
        "maximum number of partitions per response",
        "Largest number of partitions asked for at once.",
    ),
    integer(
        "partitions",
        "# of partitions",
        "Number of partitions. More partitions change where keys go.",
    ),
    text(
        "replica-assignment",
        "broker_id_for_part1_replica1 : broker_id_for_part1_replica2 , broker_id_for_part2_replica1 : broker_id_for_part2_replica2 , ...",
        "Brokers of each replica of each partition, chosen by hand.",
    ),
    integer(
        "replication-factor",
        "replication factor",
        "Number of replicas of each partition.",
    ),
    text(
        "topic",
        "topic",
        "Name of the topic; except with --create a regular expression.",
    ),
    text("topic-id", "topic-id", "Id of the topic to describe."),
    flag(
        "topics-with-overrides",
        "Describe only topics with configs of their own.",
    ),
    flag(
        "unavailable-partitions",
        "Describe only partitions without a live leader.",
    ),
    flag(
        "under-min-isr-partitions",
        "Describe only partitions whose ISR is below the configured minimum.",
    ),
    flag(
        "under-replicated-partitions",
        "Describe only partitions with replicas out of the ISR.",
    ),
    flag("version", "Print Kafka's version."),
];

const ACTIONS: [&str; 5] = ["create", "list", "alter", "describe", "delete"];
const REPORTS: [&str; 4] = [
    "under-replicated-partitions",
    "under-min-isr-partitions",
    "at-min-isr-partitions",
    "unavailable-partitions",
];

/// Kafka's checks in Kafka's order.
pub(super) fn check(ctx: &Ctx, options: &Parsed) -> Result<(), Stop> {
    if ACTIONS.iter().filter(|action| options.has(action)).count() != 1 {
        return Err(Stop::Usage(
            "Command must include exactly one action: --list, --describe, --create, --alter or --delete"
                .to_string(),
        ));
    }
    if options.has("delete-config") {
        ctx.err("delete-config option is no longer supported and deprecated since version 4.0. The config will be fully removed in future releases.\n");
    }
    check_required(ctx, options)?;
    check_combinations(options)
}

fn check_required(ctx: &Ctx, options: &Parsed) -> Result<(), Stop> {
    if !options.has("bootstrap-server") {
        return Err(Exception::illegal_argument("--bootstrap-server must be specified").into());
    }
    if options.has("describe") && options.has("if-exists") {
        match (options.has("topic"), options.has("topic-id")) {
            (false, false) => {
                return Err(Stop::Usage(
                    "--topic or --topic-id is required to describe a topic".to_string(),
                ));
            }
            (true, true) => ctx.out("Only topic id will be used when both --topic and --topic-id are specified and topicId is not Uuid.ZERO_UUID\n"),
            _ => {}
        }
    }
    if !options.has("list") && !options.has("describe") {
        require(options, &["topic"])?;
    }
    if options.has("alter") {
        if options.has("config") {
            return Err(Stop::Usage(
                "Option combination \"[[config], [bootstrap-server]]\" can't be used with option \"[alter]\" (To alter topic configurations, the kafka-configs tool can be used.)"
                    .to_string(),
            ));
        }
        require(options, &["partitions"])?;
    }
    Ok(())
}

/// Actions other than the given ones.
fn except(allowed: &[&str]) -> Vec<&'static str> {
    ["alter", "create", "describe", "list", "delete"]
        .into_iter()
        .filter(|action| !allowed.contains(action))
        .collect()
}

fn check_combinations(options: &Parsed) -> Result<(), Stop> {
    refuse(options, "config", &except(&["alter", "create"]))?;
    refuse(options, "delete-config", &except(&["alter"]))?;
    refuse(options, "partitions", &except(&["alter", "create"]))?;
    refuse(options, "replication-factor", &except(&["create"]))?;
    refuse(options, "replica-assignment", &except(&["create", "alter"]))?;
    if options.has("create") {
        refuse(
            options,
            "replica-assignment",
            &["partitions", "replication-factor"],
        )?;
    }
    for report in REPORTS {
        let mut invalid = except(&["describe"]);
        invalid.push("topics-with-overrides");
        refuse(options, report, &invalid)?;
    }
    let mut invalid = except(&["describe"]);
    invalid.extend(REPORTS);
    refuse(options, "topics-with-overrides", &invalid)?;
    refuse(
        options,
        "if-exists",
        &except(&["alter", "delete", "describe"]),
    )?;
    refuse(options, "if-not-exists", &except(&["create"]))?;
    refuse(options, "exclude-internal", &except(&["list", "describe"]))
}
