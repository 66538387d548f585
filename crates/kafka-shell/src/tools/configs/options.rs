//! The options of `kafka-configs.sh`: an action, an entity, and what to change.

use crate::java::Exception;
use crate::jopt::{OptionSpec, Parsed, flag, parse, text};
use crate::process::Ctx;
use crate::tools::{Stop, help_or_version, refuse};

const HELP: &str = "This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip, client-metrics or group";
const TYPES: [&str; 8] = [
    "topics",
    "clients",
    "users",
    "brokers",
    "ips",
    "client-metrics",
    "groups",
    "broker-loggers",
];
/// Short forms: the option, the entity type.
const FLAGS: [(&str, &str); 8] = [
    ("topic", "topics"),
    ("client", "clients"),
    ("user", "users"),
    ("broker", "brokers"),
    ("broker-logger", "broker-loggers"),
    ("ip", "ips"),
    ("client-metrics", "client-metrics"),
    ("group", "groups"),
];
/// Short forms for all entities of a type that have no settings of their own.
const DEFAULT_FLAGS: [(&str, &str); 4] = [
    ("client-defaults", "clients"),
    ("user-defaults", "users"),
    ("broker-defaults", "brokers"),
    ("ip-defaults", "ips"),
];

/// The options; descriptions are our own.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    text(
        "add-config",
        "",
        "Configs to set: k1=v1,k2=[v1,v2]. Brackets hold values with commas.",
    ),
    text(
        "add-config-file",
        "",
        "A properties file with configs to set.",
    ),
    flag("all", "Describe all configs, not only those set."),
    flag("alter", "Change the configs of the entity."),
    text(
        "bootstrap-controller",
        "controller to connect to",
        "A controller to begin with. Not in the simulation.",
    ),
    text(
        "bootstrap-server",
        "server to connect to",
        "A broker to begin with, host:port.",
    ),
    text("broker", "", "The broker of this id."),
    flag("broker-defaults", "What brokers go by that set nothing."),
    text("broker-logger", "", "The logger of the broker of this id."),
    text("client", "", "The client of this id."),
    flag("client-defaults", "What clients go by that set nothing."),
    text("client-metrics", "", "A subscription to clients' metrics."),
    text(
        "command-config",
        "command config property file",
        "Properties for the admin client.",
    ),
    text("delete-config", "", "Names of configs to unset: k1,k2."),
    flag("describe", "List the configs of the entity."),
    flag("entity-default", "The default entity of the type."),
    text("entity-name", "", "The entity's name."),
    text(
        "entity-type",
        "",
        "The entity's type: topics, brokers, groups, ...",
    ),
    text("group", "", "The group of this id."),
    flag("help", "Print this table."),
    text("ip", "", "The address."),
    flag("ip-defaults", "What addresses go by that set nothing."),
    text("topic", "", "The topic of this name."),
    text("user", "", "The user of this name."),
    flag("user-defaults", "What users go by that set nothing."),
    flag("version", "Print Kafka's version."),
];

/// The entity a line is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Entity<'a> {
    /// `topics`, `brokers`, ...
    pub kind: &'a str,
    /// `None` = not named; empty = the default.
    pub name: Option<&'a str>,
}

/// Kafka prints such a message alone.
fn complain<T>(text: impl Into<String>) -> Result<T, Stop> {
    Err(Exception::illegal_argument(text).into())
}

/// Reads the words and makes Kafka's checks, in Kafka's order.
pub(super) fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = parse(OPTIONS, words)?;
    help_or_version(ctx, words, &options, HELP)?;
    if options.has("alter") == options.has("describe") {
        let text = "Command must include exactly one action: --describe, --alter";
        return Err(Stop::Usage(text.to_string()));
    }
    refuse(&options, "describe", &["add-config", "delete-config"])?;
    let kinds = kinds(&options);
    let twice = (kinds.iter().enumerate()).find(|(at, kind)| kinds[..*at].contains(*kind));
    if let Some((_, kind)) = twice {
        return complain(format!("Duplicate entity type(s) specified: {kind}"));
    }
    if !options.has("bootstrap-server") && !options.has("bootstrap-controller") {
        return complain("Either --bootstrap-server or --bootstrap-controller must be specified.");
    }
    check_kinds(&options, &kinds)?;
    let entity = entity(&options)?;
    if options.has("all") && options.has("alter") {
        return complain("--all must not be specified with --alter");
    }
    let is_broker = matches!(entity.kind, "brokers" | "broker-loggers");
    if let Some(name) = entity.name.filter(|name| is_broker && !name.is_empty())
        && name.parse::<i32>().is_err()
    {
        return complain(format!(
            "The entity name for {} must be a valid integer broker id, but it is: {name}",
            entity.kind
        ));
    }
    if options.has("describe") {
        check_describe(&options, &entity)?;
    } else {
        check_alter(&options, &entity)?;
    }
    Ok(options)
}

/// The entity types the line names, spelled out first.
fn kinds(options: &Parsed) -> Vec<&str> {
    let flags = FLAGS.iter().chain(&DEFAULT_FLAGS);
    let short = flags.filter(|(flag, _)| options.has(flag));
    let long = options.all("entity-type");
    long.chain(short.map(|(_, kind)| *kind)).collect()
}

fn check_kinds(options: &Parsed, kinds: &[&str]) -> Result<(), Stop> {
    if let Some(kind) = kinds.iter().find(|kind| !TYPES.contains(*kind)) {
        let all = TYPES.join(", ");
        return complain(format!(
            "Invalid entity type {kind}, the entity type must be one of {all} with a --bootstrap-server or --bootstrap-controller argument"
        ));
    }
    if kinds.is_empty() {
        return complain("At least one entity type must be specified");
    }
    let are_quotas = kinds
        .iter()
        .all(|kind| matches!(*kind, "users" | "clients"));
    if kinds.len() > 1 && !are_quotas {
        return complain("Only 'users' and 'clients' entity types may be specified together");
    }
    let long = ["entity-name", "entity-type", "entity-default"];
    let mut short = FLAGS.iter().chain(&DEFAULT_FLAGS);
    if long.iter().any(|name| options.has(name)) && short.any(|(flag, _)| options.has(flag)) {
        return complain(
            "--entity-{type,name,default} should not be used in conjunction with specific entity flags",
        );
    }
    if options.has("bootstrap-server") && options.has("bootstrap-controller") {
        return complain(
            "Only one of --bootstrap-server or --bootstrap-controller can be specified",
        );
    }
    Ok(())
}

/// The entity of a line that was checked.
pub(super) fn entity(options: &Parsed) -> Result<Entity<'_>, Stop> {
    let kind = kinds(options).first().copied().unwrap_or_default();
    let named = FLAGS.iter().find(|(flag, _)| options.has(flag));
    let has_default = |(flag, _): &(&str, &str)| options.has(flag);
    let name = if options.has("entity-default") || DEFAULT_FLAGS.iter().any(has_default) {
        Some("")
    } else {
        options.one(named.map_or("entity-name", |(flag, _)| flag))?
    };
    Ok(Entity { kind, name })
}

fn has_defaults(kind: &str) -> bool {
    matches!(kind, "users" | "clients" | "brokers" | "ips")
}

fn check_describe(options: &Parsed, entity: &Entity<'_>) -> Result<(), Stop> {
    let kind = entity.kind;
    if !has_defaults(kind) && options.has("entity-default") {
        return complain(format!(
            "--entity-default must not be specified with --describe of {kind}"
        ));
    }
    if kind == "broker-loggers" && entity.name.is_none() {
        return complain(format!(
            "An entity name must be specified with --describe of {kind}"
        ));
    }
    Ok(())
}

fn check_alter(options: &Parsed, entity: &Entity<'_>) -> Result<(), Stop> {
    let kind = entity.kind;
    if has_defaults(kind) && entity.name.is_none() {
        return complain(
            "An entity-name or default entity must be specified with --alter of users, clients, brokers or ips",
        );
    }
    if entity.name.is_none_or(str::is_empty) && !has_defaults(kind) {
        return complain(format!(
            "An entity name must be specified with --alter of {kind}"
        ));
    }
    let (line, file) = (options.has("add-config"), options.has("add-config-file"));
    if line && file {
        return complain("Only one of --add-config or --add-config-file must be specified");
    }
    if !line && !file && !options.has("delete-config") {
        return complain(
            "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter",
        );
    }
    Ok(())
}
