//! `kafka-reassign-partitions.sh`: moving replicas between brokers.
//!
//! Kafka's own way of failing: everything but usage goes to standard output, either as
//! `Error: ...` with a trace or, for a failed reassignment, as a bare text.

mod cluster;
mod execute;
mod generate;
mod log_dirs;
mod options;
mod plan;
mod verify;

use kafka_core::types::Name;

use self::cluster::Cluster;
use super::{Stop, exit_status};
use crate::admin::{Admin, interruption};
use crate::java::{Exception, NO_MESSAGE};
use crate::jopt::Parsed;
use crate::process::Ctx;

pub(super) use options::OPTIONS;
pub(super) use plan::duplicates;

/// A topic's partition.
type Tp = (Name, u32);

/// Why an action failed.
enum Failure {
    /// A text, printed as it is.
    Terse(String),
    /// An exception, printed with its trace.
    Thrown(Exception),
}

impl From<Exception> for Failure {
    fn from(exception: Exception) -> Failure {
        Failure::Thrown(exception)
    }
}

impl From<crate::jopt::OptionError> for Failure {
    fn from(error: crate::jopt::OptionError) -> Failure {
        Failure::Thrown(error.into())
    }
}

/// `topic-0,topic-1`.
fn names(partitions: &[Tp]) -> String {
    let names: Vec<String> = partitions.iter().map(|(t, p)| format!("{t}-{p}")).collect();
    names.join(",")
}

/// `0,1,2`.
fn ids<T: ToString>(ids: &[T]) -> String {
    let ids: Vec<String> = ids.iter().map(T::to_string).collect();
    ids.join(",")
}

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let options = match options::check(&ctx, &words) {
        Ok(options) => options,
        Err(Stop::Throw(exception)) => {
            ctx.err(format!(
                "Exception in thread \"main\" {}",
                exception.trace()
            ));
            return 1;
        }
        Err(stop) => return exit_status(&ctx, Err(stop), OPTIONS, |_| 1),
    };
    match act(&ctx, &options).await {
        Ok(()) => 0,
        Err(Failure::Terse(text)) => {
            ctx.out(format!("{text}\n"));
            1
        }
        Err(Failure::Thrown(exception)) => {
            if let Some(exit) = interruption(&exception) {
                return exit;
            }
            let (message, trace) = (exception.message(), exception.trace());
            ctx.out(format!("Error: {message}\n{trace}\n"));
            1
        }
    }
}

async fn act(ctx: &Ctx, options: &Parsed) -> Result<(), Failure> {
    let servers = options.one("bootstrap-server")?;
    let servers = servers.or(options.one("bootstrap-controller")?);
    let nothing = || Exception::new("java.lang.NullPointerException", NO_MESSAGE);
    let servers = servers.ok_or_else(nothing)?;
    let file = options.one("command-config")?;
    let admin = Admin::connect(ctx, servers, file).await?;
    let cluster = Cluster { admin: &admin };
    if options.has("list") {
        list(ctx, &cluster).await
    } else if options.has("generate") {
        generate::generate(ctx, &cluster, options).await
    } else if options.has("execute") {
        execute::execute(ctx, &cluster, options).await
    } else if options.has("cancel") {
        verify::cancel(ctx, &cluster, options).await
    } else {
        verify::verify(ctx, &cluster, options).await
    }
}

async fn list(ctx: &Ctx, cluster: &Cluster<'_>) -> Result<(), Failure> {
    let ongoing = cluster.ongoing().await?;
    if ongoing.is_empty() {
        ctx.out("No partition reassignments found.\n");
        return Ok(());
    }
    ctx.out("Current partition reassignments:\n");
    for ((topic, partition), ongoing) in &ongoing {
        let part = |what: &str, brokers: &[_]| match brokers {
            [] => String::new(),
            brokers => format!(" {what}: {}.", ids(brokers)),
        };
        ctx.out(format!(
            "{topic}-{partition}: replicas: {}.{}{}\n",
            ids(&ongoing.replicas),
            part("adding", &ongoing.adding),
            part("removing", &ongoing.removing)
        ));
    }
    Ok(())
}
