//! What the console consumers do with their client: print what comes until enough was printed, time
//! or patience has run out, or somebody says stop; then close it.
//!
//! Not here: options, configs and where reading begins. Invariant: no more records are printed than
//! the limit.

use kafka_core::client::{
    ClientCommand, ClientEvent, DeliveredRecord, NamedPartition, SharedRecord,
};
use kafka_core::types::{Duration, NodeId, Offset, Time};

use super::message_formatter::MessageFormatter;
use crate::java::{Exception, client_log, log_line};
use crate::process::{Ctx, Wake};

const SKIPPED: &str = "Error processing message, skipping this message: ";
const FAILED: &str = "Error processing message, terminating consumer process: ";

/// A console consumer at work.
pub(super) struct Reader<'a> {
    ctx: &'a Ctx,
    client: NodeId,
    /// The class it logs as.
    logger: &'static str,
    /// What Kafka's client puts before its own lines.
    prefix: String,
    formatter: MessageFormatter,
    /// Whether a record that cannot be printed is passed over (`--skip-message-on-error`).
    skips: bool,
    limit: Option<u64>,
    processed: u64,
    closed: bool,
}

impl<'a> Reader<'a> {
    /// A reader of that client's records.
    pub(super) fn new(
        ctx: &'a Ctx,
        client: NodeId,
        (logger, prefix): (&'static str, String),
        (formatter, skips): (MessageFormatter, bool),
    ) -> Reader<'a> {
        Reader {
            ctx,
            client,
            logger,
            prefix,
            formatter,
            skips,
            limit: None,
            processed: 0,
            closed: false,
        }
    }

    /// Reads until the end, or up to so many records; the exit status.
    ///
    /// # Errors
    /// What is wrong with the limit, or the exception of a record that could not be printed.
    pub(super) async fn read(
        &mut self,
        limit: Result<Option<u64>, Exception>,
        patience: Option<Duration>,
    ) -> Result<i32, Exception> {
        let outcome = match limit {
            Ok(limit) => {
                self.limit = limit;
                self.print_all(patience).await
            }
            Err(exception) => Err(exception),
        };
        self.close().await;
        let processed = self.processed;
        self.ctx
            .err(format!("Processed a total of {processed} messages\n"));
        outcome
    }

    async fn print_all(&mut self, patience: Option<Duration>) -> Result<i32, Exception> {
        let from_now = |ctx: &Ctx| -> Option<Time> { patience.map(|span| ctx.now() + span) };
        let mut deadline = from_now(self.ctx);
        while self.wants_more() {
            match self.ctx.wait(false, deadline).await {
                Wake::Event(_, ClientEvent::Delivered(records)) => {
                    self.print(&records).await?;
                    deadline = from_now(self.ctx);
                }
                Wake::Event(_, ClientEvent::ShareDelivered(records)) => {
                    self.print_shared(&records)?;
                    deadline = from_now(self.ctx);
                }
                Wake::Event(_, ClientEvent::PollFailed(failure)) => {
                    self.fail(&Exception::of_failure(&failure).trace());
                    return Ok(0);
                }
                Wake::Event(_, event) => self.seen(event),
                Wake::Time => {
                    self.fail("org.apache.kafka.common.errors.TimeoutException\n");
                    return Ok(0);
                }
                Wake::Signal(signal) => return Ok(signal.exit()),
                Wake::Line(_) | Wake::EndOfInput => {}
            }
        }
        Ok(0)
    }

    fn wants_more(&self) -> bool {
        self.limit.is_none_or(|limit| self.processed < limit)
    }

    /// Prints up to the limit; what was returned beyond it is given back by
    /// seeking, so that the commit at the end tells the truth (as Kafka does).
    async fn print(&mut self, records: &[DeliveredRecord]) -> Result<(), Exception> {
        let mut given_back: Vec<(NamedPartition, Offset)> = Vec::new();
        let mut outcome = Ok(());
        for record in records {
            if outcome.is_ok() && self.wants_more() {
                outcome = self.print_one(record, None);
                continue;
            }
            let partition = NamedPartition {
                topic: record.topic.clone(),
                partition: record.partition.partition,
            };
            if !given_back.iter().any(|(known, _)| *known == partition) {
                given_back.push((partition, record.offset));
            }
        }
        for (partition, offset) in given_back {
            let seek = ClientCommand::Seek(partition, offset);
            self.ctx.command(self.client, seek).await;
        }
        outcome
    }

    /// A share consumer is never given more than it may have.
    fn print_shared(&mut self, records: &[SharedRecord]) -> Result<(), Exception> {
        let mut records = records.iter();
        records.try_for_each(|it| self.print_one(&it.delivered, Some(it.delivery_count)))
    }

    fn print_one(
        &mut self,
        record: &DeliveredRecord,
        delivery: Option<u16>,
    ) -> Result<(), Exception> {
        self.processed += 1;
        let (text, exception) = self.formatter.format(record, delivery);
        self.ctx.out(text);
        match exception {
            Some(exception) if self.skips => {
                self.log(SKIPPED, &exception.trace());
                Ok(())
            }
            Some(exception) => Err(exception),
            None => Ok(()),
        }
    }

    fn fail(&self, trace: &str) {
        self.log(FAILED, trace);
    }

    fn log(&self, text: &str, trace: &str) {
        let line = log_line(self.ctx.wall_ms(), "ERROR", text, self.logger);
        self.ctx.err(line + trace);
    }

    fn seen(&mut self, event: ClientEvent) {
        match event {
            ClientEvent::Log(log) => {
                let line = client_log(self.ctx.wall_ms(), &self.prefix, &log);
                self.ctx.err(line);
            }
            ClientEvent::Closed => self.closed = true,
            _ => {}
        }
    }

    /// A share consumer acknowledges its last records itself, and closes by itself once it has as
    /// many as it may have.
    async fn close(&mut self) {
        let close = ClientCommand::Close { leave: true };
        self.ctx.command(self.client, close).await;
        while !self.closed {
            if let Wake::Event(_, event) = self.ctx.wait(false, None).await {
                self.seen(event);
            }
        }
    }
}
