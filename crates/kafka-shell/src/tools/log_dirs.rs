//! `kafka-log-dirs.sh`: what lies in the brokers' log directories, as one line of JSON.

use std::collections::BTreeMap;

use kafka_core::client::AdminTarget;
use kafka_core::hash::java_string_hash;
use kafka_core::java_hash_table::put_order;
use kafka_core::protocol::{
    DescribeClusterRequest, DescribeLogDirsRequest, DescribeLogDirsResponse, DescribedLogDir,
    Request, Response,
};
use kafka_core::types::{Name, NodeId};

use super::{Stop, VERSION, exit_status, require};
use crate::admin::{Admin, interruption};
use crate::java::Exception;
use crate::jopt::{OptionSpec, Parsed, flag, parse, text};
use crate::process::Ctx;

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text(
        "bootstrap-server",
        "host:port",
        "REQUIRED: a broker to begin with.",
    ),
    text("broker-list", "brokers", "Only these brokers, as 0,1,2."),
    text(
        "command-config",
        "config file",
        "Properties for the admin client.",
    ),
    flag("describe", "Describe the log directories."),
    flag("help", "Print this table."),
    text("topic-list", "topics", "Only these topics, as a,b."),
    flag("version", "Print Kafka's version."),
];

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let outcome = match check(&ctx, &words) {
        Ok(options) => describe(&ctx, &options).await,
        Err(stop) => Err(stop),
    };
    exit_status(&ctx, outcome, OPTIONS, |exception| {
        if let Some(exit) = interruption(exception) {
            return exit;
        }
        ctx.err(format!("{}\n{}\n", exception.message, exception.trace()));
        1
    })
}

fn check(ctx: &Ctx, words: &[String]) -> Result<Parsed, Stop> {
    let options = parse(OPTIONS, words)?;
    if words.is_empty() || options.has("help") {
        let about = "This tool helps to query log directory usage on the specified brokers.";
        return Err(Stop::Usage(about.to_string()));
    }
    if options.has("version") {
        ctx.out(format!("{VERSION}\n"));
        return Err(Stop::Exit(0));
    }
    require(&options, &["bootstrap-server", "describe"])?;
    Ok(options)
}

/// The parts of a comma-separated list that are not empty.
fn items(list: Option<&str>) -> Vec<&str> {
    let parts = list.unwrap_or_default().split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).collect()
}

async fn describe(ctx: &Ctx, options: &Parsed) -> Result<i32, Stop> {
    let servers = options.one("bootstrap-server")?.unwrap_or_default();
    let admin = Admin::connect(ctx, servers, options.one("command-config")?).await?;
    let topics = items(options.one("topic-list")?);
    let asked = items(options.one("broker-list")?);
    let number = |id: &&str| {
        id.parse::<u32>().map_err(|_| {
            let text = format!("For input string: \"{id}\"");
            Exception::new("java.lang.NumberFormatException", text)
        })
    };
    let asked: Vec<u32> = asked.iter().map(number).collect::<Result<_, _>>()?;
    let up = brokers(&admin).await?;
    let ids = |ids: &[u32]| {
        let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
        ids.join(",")
    };
    let unknown: Vec<u32> = asked
        .iter()
        .filter(|id| !up.contains(id))
        .copied()
        .collect();
    if !unknown.is_empty() {
        ctx.err(format!(
            "ERROR: The given brokers do not exist from --broker-list: {}. Current existent brokers: {}\n",
            ids(&unknown),
            ids(&up)
        ));
        return Ok(1);
    }
    let mut wanted = if asked.is_empty() { up } else { asked };
    wanted.sort_unstable();
    wanted.dedup();
    ctx.out("Querying brokers for log directories information\n");
    let mut answers = BTreeMap::new();
    for id in &wanted {
        answers.insert(*id, of_broker(&admin, NodeId(*id)).await?);
    }
    ctx.out(format!(
        "Received log directory information from brokers {}\n{}\n",
        ids(&wanted),
        json(&answers, &topics)
    ));
    Ok(0)
}

fn wrong_answer() -> Exception {
    Exception::new("java.lang.IllegalStateException", "unexpected response")
}

/// The brokers that are up, ascending.
async fn brokers(admin: &Admin) -> Result<Vec<u32>, Exception> {
    let request = Request::DescribeCluster(DescribeClusterRequest::default());
    let Response::DescribeCluster(answer) = admin.call(AdminTarget::AnyBroker, request).await?
    else {
        return Err(wrong_answer());
    };
    let mut ids: Vec<u32> = answer.brokers.iter().map(|broker| broker.id.0).collect();
    ids.sort_unstable();
    Ok(ids)
}

async fn of_broker(admin: &Admin, broker: NodeId) -> Result<DescribeLogDirsResponse, Exception> {
    let request = Request::DescribeLogDirs(DescribeLogDirsRequest { partitions: None });
    match admin.call(AdminTarget::Broker(broker), request).await? {
        Response::DescribeLogDirs(answer) => Ok(answer),
        _ => Err(wrong_answer()),
    }
}

fn json(answers: &BTreeMap<u32, DescribeLogDirsResponse>, topics: &[&str]) -> String {
    let one = |(id, answer): (&u32, &DescribeLogDirsResponse)| {
        // In the order of the hash map Kafka's client puts their paths into.
        let hashes = answer.dirs.iter().map(|dir| java_string_hash(&dir.path));
        let order = put_order(&hashes.collect::<Vec<i32>>()).into_iter();
        let dirs: Vec<String> = order
            .map(|at| directory(&answer.dirs[at], topics))
            .collect();
        format!("{{\"broker\":{id},\"logDirs\":[{}]}}", dirs.join(","))
    };
    let all: Vec<String> = answers.iter().map(one).collect();
    format!("{{\"brokers\":[{}],\"version\":1}}", all.join(","))
}

fn directory(dir: &DescribedLogDir, topics: &[&str]) -> String {
    // In the order of the hash map Kafka's client puts them into.
    let hash = |topic: &Name, partition: u32| {
        let prime = 31_i32.wrapping_add_unsigned(partition);
        prime.wrapping_mul(31).wrapping_add(java_string_hash(topic))
    };
    let hashes = dir.replicas.iter();
    let hashes: Vec<i32> = hashes
        .map(|replica| hash(&replica.topic_name, replica.partition.partition))
        .collect();
    let in_order = put_order(&hashes).into_iter().map(|at| &dir.replicas[at]);
    let wanted =
        in_order.filter(|replica| topics.is_empty() || topics.contains(&&*replica.topic_name));
    let partitions: Vec<String> = wanted
        .map(|replica| {
            format!(
                "{{\"partition\":\"{}-{}\",\"size\":{},\"offsetLag\":{},\"isFuture\":{}}}",
                replica.topic_name,
                replica.partition.partition,
                replica.size_bytes,
                replica.offset_lag,
                replica.is_future
            )
        })
        .collect();
    let error = if dir.error.is_error() {
        format!("\"{}\"", dir.error.exception())
    } else {
        "null".to_string()
    };
    format!(
        "{{\"partitions\":[{}],\"error\":{error},\"logDir\":\"{}\"}}",
        partitions.join(","),
        dir.path
    )
}
