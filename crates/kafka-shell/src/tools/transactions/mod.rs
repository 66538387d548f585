//! `kafka-transactions.sh`: transactional ids, producers of a partition, hanging
//! transactions and how to end them (section 5.4).

mod arguments;
mod ending;
mod hanging;
mod show;

use kafka_core::client::{AdminTarget, NamedPartition};
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    DescribeProducersRequest, DescribeTransactionsRequest, DescribedProducer, DescribedTransaction,
    ListTransactionsRequest, ListedTransaction, MetadataRequest, MetadataTopic, Request, Response,
};
use kafka_core::types::{Name, NodeId, TopicPartition};
use regex_lite::Regex;

use self::arguments::{Asked, HELP, Line};
use super::VERSION;
use crate::admin::{Admin, interruption};
use crate::java::Exception;
use crate::jopt::{OptionSpec, text};
use crate::process::Ctx;

/// The options, for completion; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    text("bootstrap-server", "host:port", "A broker to begin with."),
    text("command-config", "FILE", "Properties for the admin client."),
    text("transactional-id", "id", "describe: the transactional id."),
    text("topic", "topic", "The topic of a partition."),
    text("partition", "number", "Its number."),
    text("broker-id", "id", "Ask this broker."),
    text(
        "start-offset",
        "offset",
        "abort: where the transaction begins.",
    ),
    text("duration-filter", "ms", "list: only those open for longer."),
];

/// How a run ends before its work is done.
enum End {
    /// Printed on standard error, exit status 1.
    Message(String),
    /// Told in a line, exit status 1.
    Throw(Exception),
    /// What Kafka's tool does not expect: printed with its trace, exit status 1.
    Uncaught(Exception),
}

impl End {
    fn kafka(text: String) -> End {
        End::Throw(Exception::new(
            "org.apache.kafka.common.KafkaException",
            text,
        ))
    }
}

impl From<Exception> for End {
    fn from(exception: Exception) -> End {
        End::Throw(exception)
    }
}

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let line = match arguments::read(&words) {
        Err(message) => {
            ctx.err(message);
            return 1;
        }
        Ok(Asked::Help) => {
            ctx.out(HELP);
            return 1;
        }
        Ok(Asked::CommandHelp(command)) => {
            ctx.out(command.usage());
            return 1;
        }
        Ok(Asked::Version) => {
            ctx.out(format!("{VERSION} (Commit:26b251a451ce941d)\n"));
            return 0;
        }
        Ok(Asked::Run(line)) => line,
    };
    match execute(&ctx, &line).await {
        Ok(()) => 0,
        Err(End::Message(message)) => {
            ctx.err(format!("{message}\n"));
            1
        }
        Err(End::Uncaught(exception)) => interruption(&exception).unwrap_or_else(|| {
            ctx.err(format!(
                "Exception in thread \"main\" {}",
                exception.trace()
            ));
            1
        }),
        Err(End::Throw(exception)) => {
            if let Some(exit) = interruption(&exception) {
                return exit;
            }
            ctx.err(format!(
                "{}. Enable debug logging for additional detail.\n",
                exception.message
            ));
            1
        }
    }
}

async fn execute(ctx: &Ctx, line: &Line) -> Result<(), End> {
    if line.command.name == "find-hanging" && line.value("--broker-id").is_none() {
        // Asked before anything is connected.
        line.value("--topic").ok_or_else(hanging::scope_missing)?;
    }
    if line.command.name == "abort" && line.value("--start-offset").is_none() {
        ending::by_producer(line)?;
    }
    let admin = Admin::connect(ctx, &line.servers, line.config.as_deref()).await;
    let admin = admin.map_err(End::Uncaught)?;
    let tool = Transactions { ctx, admin, line };
    match line.command.name {
        "list" => tool.list().await,
        "describe" => tool.describe().await,
        "describe-producers" => tool.describe_producers().await,
        "abort" => tool.abort().await,
        "find-hanging" => tool.find_hanging().await,
        _ => tool.force_terminate().await,
    }
}

struct Transactions<'a> {
    ctx: &'a Ctx,
    admin: Admin,
    line: &'a Line,
}

fn number(line: &Line, name: &str) -> Result<Option<i64>, End> {
    let Some(text) = line.value(name) else {
        return Ok(None);
    };
    let parsed = text.parse().map(Some);
    parsed.map_err(|_| {
        let kind = "could not convert";
        let message = format!("argument {name}: {kind} '{text}' to Integer");
        End::Message(
            arguments::error(line.command.usage(), &message)
                .trim_end()
                .to_string(),
        )
    })
}

fn unexpected() -> End {
    End::Throw(Exception::new(
        "java.lang.IllegalStateException",
        "unexpected response",
    ))
}

impl Transactions<'_> {
    async fn list(&self) -> Result<(), End> {
        let filter = number(self.line, "--duration-filter")?;
        let failed = |why: String| {
            let text = format!("Failed to list transactions: {why}");
            End::kafka(text)
        };
        // Asks for a whole id.
        let pattern = self.line.value("--transactional-id-pattern");
        let pattern = pattern.map(|pattern| Regex::new(&format!("^(?:{pattern})$")));
        let pattern = pattern
            .transpose()
            .map_err(|error| failed(error.to_string()))?;
        let listed = self.listed(filter).await?;
        let rows = listed.iter().filter(|(_, it)| {
            let pattern = pattern.as_ref();
            pattern.is_none_or(|pattern| pattern.is_match(&it.transactional_id))
        });
        let rows = rows.map(|(broker, it)| {
            vec![
                it.transactional_id.to_string(),
                broker.to_string(),
                it.producer_id.to_string(),
                it.state.to_string(),
            ]
        });
        let heads = [
            "TransactionalId",
            "Coordinator",
            "ProducerId",
            "TransactionState",
        ];
        self.ctx.out(show::table(&heads, &rows.collect::<Vec<_>>()));
        Ok(())
    }

    async fn listed(&self, filter: Option<i64>) -> Result<Vec<(NodeId, ListedTransaction)>, End> {
        let request = Request::ListTransactions(ListTransactionsRequest {
            duration_filter_ms: filter,
        });
        let answers = self
            .admin
            .call_many(AdminTarget::AllBrokers, request)
            .await?;
        let mut listed = Vec::new();
        for (broker, answer) in answers {
            let Response::ListTransactions(answer) = answer else {
                return Err(unexpected());
            };
            listed.extend(answer.transactions.into_iter().map(|it| (broker, it)));
        }
        Ok(listed)
    }

    async fn describe(&self) -> Result<(), End> {
        let id = self.line.value("--transactional-id").unwrap_or_default();
        let (broker, txn) = self.described(id).await?;
        if txn.error.is_error() {
            return Err(undescribed(id, txn.error));
        }
        let topics = self.topics(None).await?;
        let now_ms = self.ctx.wall_ms();
        let begun_ms = (txn.start_ms >= 0).then(|| self.wall(txn.start_ms));
        let or_none = |ms: Option<i64>| ms.map_or("None".to_string(), |ms| ms.to_string());
        let mut partitions: Vec<String> = (txn.partitions.iter())
            .map(|id| format!("{}-{}", name_of(&topics, *id), id.partition))
            .collect();
        partitions.sort_unstable();
        let row = vec![
            broker.to_string(),
            id.to_string(),
            txn.producer_id.to_string(),
            txn.producer_epoch.to_string(),
            txn.state.to_string(),
            txn.timeout_ms.to_string(),
            or_none(begun_ms),
            or_none(begun_ms.map(|begun| now_ms - begun)),
            partitions.join(","),
        ];
        let heads = [
            "CoordinatorId",
            "TransactionalId",
            "ProducerId",
            "ProducerEpoch",
            "TransactionState",
            "TransactionTimeoutMs",
            "CurrentTransactionStartTimeMs",
            "TransactionDurationMs",
            "TopicPartitions",
        ];
        self.ctx.out(show::table(&heads, &[row]));
        Ok(())
    }

    async fn described(&self, id: &str) -> Result<(NodeId, DescribedTransaction), End> {
        let request = Request::DescribeTransactions(DescribeTransactionsRequest {
            transactional_ids: vec![id.into()],
        });
        let target = AdminTarget::TransactionCoordinator(id.into());
        let answers = self.admin.call_many(target, request).await?;
        let answer = answers.into_iter().next().ok_or_else(unexpected)?;
        match answer {
            (broker, Response::DescribeTransactions(answer)) => {
                let found = answer.transactions.into_iter().next();
                Ok((broker, found.ok_or_else(unexpected)?))
            }
            _ => Err(unexpected()),
        }
    }

    /// Milliseconds of virtual time as the wall clock shows them.
    fn wall(&self, ms: i64) -> i64 {
        self.ctx.wall_ms() - (self.ctx.now().as_ms() as i64 - ms)
    }

    async fn describe_producers(&self) -> Result<(), End> {
        let topic = self.line.value("--topic").unwrap_or_default();
        let partition = self.partition()?;
        let broker = number(self.line, "--broker-id")?;
        let producers = self.producers(topic, partition, broker).await?;
        let rows = producers.iter().map(|it| {
            let begins = it.current_txn_start_offset;
            vec![
                it.producer_id.to_string(),
                it.producer_epoch.to_string(),
                it.coordinator_epoch.to_string(),
                it.last_sequence.to_string(),
                self.wall(it.last_timestamp_ms).to_string(),
                show::offset(begins),
            ]
        });
        let heads = [
            "ProducerId",
            "ProducerEpoch",
            "LatestCoordinatorEpoch",
            "LastSequence",
            "LastTimestamp",
            "CurrentTransactionStartOffset",
        ];
        self.ctx.out(show::table(&heads, &rows.collect::<Vec<_>>()));
        Ok(())
    }

    fn partition(&self) -> Result<u32, End> {
        let partition = number(self.line, "--partition")?.unwrap_or_default();
        Ok(u32::try_from(partition).unwrap_or(u32::MAX))
    }

    /// What the leader of a partition, or that broker, knows of its producers.
    async fn producers(
        &self,
        topic: &str,
        partition: u32,
        broker: Option<i64>,
    ) -> Result<Vec<DescribedProducer>, End> {
        let topics = self.topics(Some(topic)).await?;
        let known = topics.first().filter(|it| !it.error.is_error());
        let failed = |error: ErrorCode| {
            End::Throw(Exception::new(
                "org.apache.kafka.common.KafkaException",
                format!(
                    "Failed to describe producers for partition {topic}-{partition} on broker {}: {}",
                    broker.map_or("leader".to_string(), |it| it.to_string()),
                    error.message()
                ),
            ))
        };
        let known = known.ok_or_else(|| failed(ErrorCode::UnknownTopicOrPartition))?;
        let id = TopicPartition::new(known.topic, partition);
        let request = Request::DescribeProducers(DescribeProducersRequest {
            partitions: vec![id],
        });
        let target = match broker {
            Some(id) => AdminTarget::Broker(NodeId(u32::try_from(id).unwrap_or(u32::MAX))),
            None => AdminTarget::Leader(NamedPartition {
                topic: topic.into(),
                partition,
            }),
        };
        let Response::DescribeProducers(answer) = self.admin.call(target, request).await? else {
            return Err(unexpected());
        };
        match answer.partitions.into_iter().next() {
            Some((_, ErrorCode::None, producers)) => Ok(producers),
            Some((_, error, _)) => Err(failed(error)),
            None => Err(unexpected()),
        }
    }

    async fn topics(&self, name: Option<&str>) -> Result<Vec<MetadataTopic>, End> {
        let request = Request::Metadata(MetadataRequest {
            topics: name.map(|name| vec![Name::from(name)]),
            allow_auto_topic_creation: false,
        });
        match self.admin.call(AdminTarget::AnyBroker, request).await? {
            Response::Metadata(answer) => Ok(answer.topics),
            _ => Err(unexpected()),
        }
    }
}

fn undescribed(id: &str, error: ErrorCode) -> End {
    let why = match error {
        ErrorCode::TransactionalIdNotFound => format!(
            "DescribeTransactions request for transactionalId `{id}` failed because the ID could not be found"
        ),
        error => error.message().to_string(),
    };
    End::kafka(format!(
        "Failed to describe transaction state of transactional-id `{id}`: {why}"
    ))
}

/// The name of a partition's topic; its number if it is gone.
fn name_of(topics: &[MetadataTopic], id: TopicPartition) -> String {
    let found = topics
        .iter()
        .find(|it| it.topic == id.topic && !it.error.is_error());
    found.map_or_else(|| id.topic.to_string(), |it| it.name.to_string())
}
