//! `kafka-configs.sh`: configs of topics, brokers and groups, shown and changed.
//!
//! Quotas, users, loggers and metrics of clients are not simulated: the tool says so.

mod changes;
mod options;

use kafka_core::client::AdminTarget;
use kafka_core::protocol::{
    ConfigEntry, ConfigResource, ConfigSource, DescribeClusterRequest, DescribeConfigsRequest,
    IncrementalAlterConfigsRequest, ListConfigResourcesRequest, MetadataRequest, Request, Response,
};
use kafka_core::types::{Name, NodeId};

use super::{Stop, exit_status, groups};
use crate::admin::{Admin, interruption};
use crate::hints::Hint;
use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;
pub(super) use options::OPTIONS;
use options::{Entity, check, entity};

const ILLEGAL_ARGUMENT: &str = "java.lang.IllegalArgumentException";

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let outcome = execute(&ctx, &words).await.map(|()| 0);
    exit_status(&ctx, outcome, OPTIONS, |exception| {
        interruption(exception).unwrap_or_else(|| {
            let is_mistake = exception.class.starts_with("joptsimple.");
            if is_mistake || exception.class == ILLEGAL_ARGUMENT {
                ctx.err(format!("{}\n", exception.message));
            } else {
                let args = words.join(" ");
                let trace = exception.trace();
                ctx.err(format!(
                    "Error while executing config command with args '{args}'\n{trace}"
                ));
            }
            1
        })
    })
}

async fn execute(ctx: &Ctx, words: &[String]) -> Result<(), Stop> {
    let options = check(ctx, words)?;
    let entity = entity(&options)?;
    let known = matches!(entity.kind, "topics" | "brokers" | "groups");
    if !known || options.has("bootstrap-controller") {
        ctx.hint(&Hint::OptionMissing(match known {
            true => "bootstrap-controller".to_string(),
            false => format!("entity-type {}", entity.kind),
        }));
        return Err(Stop::Exit(1));
    }
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let admin = Admin::connect(ctx, servers, options.one("command-config")?).await?;
    if options.has("alter") {
        alter(ctx, &admin, &options, &entity).await
    } else {
        describe(ctx, &admin, &options, &entity).await
    }
}

fn wrong_answer() -> Exception {
    Exception::new("java.lang.IllegalStateException", "unexpected response")
}

/// The resource of an entity's name, and who must be asked about it.
fn resource(kind: &str, name: &str) -> (ConfigResource, AdminTarget) {
    match kind {
        "topics" => (ConfigResource::Topic(name.into()), AdminTarget::AnyBroker),
        "groups" => (ConfigResource::Group(name.into()), AdminTarget::AnyBroker),
        _ => {
            let broker = name.parse().ok().map(NodeId);
            let target = broker.map_or(AdminTarget::AnyBroker, AdminTarget::Broker);
            (ConfigResource::Broker(broker), target)
        }
    }
}

/// `topic` for `topics`.
fn one_of(kind: &str) -> &str {
    &kind[..kind.len() - 1]
}

async fn alter(
    ctx: &Ctx,
    admin: &Admin,
    options: &Parsed,
    entity: &Entity<'_>,
) -> Result<(), Stop> {
    let changes = changes::read(ctx, options)?;
    let name = entity.name.unwrap_or_default();
    let (resource, target) = resource(entity.kind, name);
    let request = Request::IncrementalAlterConfigs(IncrementalAlterConfigsRequest {
        resources: vec![(resource, changes)],
        validate_only: false,
    });
    let answer = admin.get(target, request).await?;
    let Response::IncrementalAlterConfigs(answer) = answer else {
        return Err(wrong_answer().into());
    };
    for (_, outcome) in &answer.results {
        if outcome.error.is_error() {
            return Err(Exception::of_outcome(outcome).executed().into());
        }
    }
    let kind = entity.kind;
    ctx.out(match name {
        "" => format!("Completed updating default config for {kind} in the cluster.\n"),
        name => format!("Completed updating config for {} {name}.\n", one_of(kind)),
    });
    Ok(())
}

async fn describe(
    ctx: &Ctx,
    admin: &Admin,
    options: &Parsed,
    entity: &Entity<'_>,
) -> Result<(), Stop> {
    let all = options.has("all");
    let kind = entity.kind;
    let names: Vec<Name> = match entity.name {
        Some(name) => {
            if !all
                && !name.is_empty()
                && !existing(admin, kind)
                    .await?
                    .iter()
                    .any(|known| **known == *name)
            {
                ctx.out(format!(
                    "The {} '{name}' doesn't exist and doesn't have dynamic config.\n",
                    one_of(kind)
                ));
                return Ok(());
            }
            vec![name.into()]
        }
        None => {
            let mut names = existing(admin, kind).await?;
            if kind == "brokers" {
                names.push("".into());
            }
            names
        }
    };
    for name in names {
        let scope = if all { "All" } else { "Dynamic" };
        ctx.out(match &*name {
            "" => format!("Default configs for {kind} in the cluster are:\n"),
            name => format!("{scope} configs for {} {name} are:\n", one_of(kind)),
        });
        let mut entries = entries(admin, kind, &name).await?;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        for entry in entries
            .iter()
            .filter(|entry| all || is_own(kind, &name, entry))
        {
            ctx.out(line(entry));
        }
    }
    Ok(())
}

/// Groups that have configs of their own; they need not exist.
async fn configured_groups(admin: &Admin) -> Result<Vec<Name>, Exception> {
    let request = Request::ListConfigResources(ListConfigResourcesRequest {});
    let Response::ListConfigResources(answer) = admin.get(AdminTarget::AnyBroker, request).await?
    else {
        return Err(wrong_answer());
    };
    let groups = answer.resources.into_iter();
    let groups = groups.filter_map(|resource| match resource {
        ConfigResource::Group(group) => Some(group),
        _ => None,
    });
    Ok(groups.collect())
}

/// The entities of a kind.
async fn existing(admin: &Admin, kind: &str) -> Result<Vec<Name>, Exception> {
    match kind {
        "groups" => {
            let groups = groups::all(admin).await?;
            let mut names: Vec<Name> = groups.into_iter().map(|group| group.group).collect();
            names.extend(configured_groups(admin).await?);
            names.sort();
            names.dedup();
            Ok(names)
        }
        "topics" => {
            let request = Request::Metadata(MetadataRequest {
                topics: None,
                allow_auto_topic_creation: false,
            });
            match admin.get(AdminTarget::AnyBroker, request).await? {
                Response::Metadata(answer) => {
                    Ok(answer.topics.into_iter().map(|topic| topic.name).collect())
                }
                _ => Err(wrong_answer()),
            }
        }
        _ => {
            let request = Request::DescribeCluster(DescribeClusterRequest::default());
            match admin.get(AdminTarget::AnyBroker, request).await? {
                Response::DescribeCluster(answer) => {
                    let ids = answer.brokers.iter().map(|broker| broker.id);
                    Ok(ids.map(|id| id.to_string().as_str().into()).collect())
                }
                _ => Err(wrong_answer()),
            }
        }
    }
}

async fn entries(admin: &Admin, kind: &str, name: &str) -> Result<Vec<ConfigEntry>, Exception> {
    let (resource, target) = resource(kind, name);
    let request = Request::DescribeConfigs(DescribeConfigsRequest {
        resources: vec![resource],
    });
    let answer = admin.get(target, request).await?;
    let Response::DescribeConfigs(answer) = answer else {
        return Err(wrong_answer());
    };
    match answer.results.into_iter().next() {
        Some((_, outcome, _)) if outcome.error.is_error() => {
            Err(Exception::of_outcome(&outcome).executed())
        }
        Some((_, _, entries)) => Ok(entries),
        None => Err(wrong_answer()),
    }
}

/// Whether the value was set on this very entity.
fn is_own(kind: &str, name: &str, entry: &ConfigEntry) -> bool {
    let wanted = match (kind, name) {
        ("topics", _) => ConfigSource::DynamicTopicConfig,
        ("groups", _) => ConfigSource::DynamicGroupConfig,
        (_, "") => ConfigSource::DynamicDefaultBrokerConfig,
        _ => ConfigSource::DynamicBrokerConfig,
    };
    entry.source == wanted
}

fn line(entry: &ConfigEntry) -> String {
    let text = |value: &Option<Name>| value.as_deref().unwrap_or("null").to_string();
    let synonyms: Vec<String> = (entry.synonyms.iter())
        .map(|(source, name, value)| format!("{}:{name}={}", source_name(*source), text(value)))
        .collect();
    format!(
        "  {}={} sensitive={} synonyms={{{}}}\n",
        entry.name,
        text(&entry.value),
        entry.is_sensitive,
        synonyms.join(", ")
    )
}

fn source_name(source: ConfigSource) -> &'static str {
    match source {
        ConfigSource::DynamicTopicConfig => "DYNAMIC_TOPIC_CONFIG",
        ConfigSource::DynamicBrokerConfig => "DYNAMIC_BROKER_CONFIG",
        ConfigSource::DynamicDefaultBrokerConfig => "DYNAMIC_DEFAULT_BROKER_CONFIG",
        ConfigSource::StaticBrokerConfig => "STATIC_BROKER_CONFIG",
        ConfigSource::DefaultConfig => "DEFAULT_CONFIG",
        ConfigSource::DynamicGroupConfig => "DYNAMIC_GROUP_CONFIG",
    }
}
