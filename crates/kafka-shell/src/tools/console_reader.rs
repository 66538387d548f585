//! What the console consumers do with their client: print what comes until enough was printed, time
//! or patience has run out, or somebody says stop; then close it.
//!
//! Not here: options, configs and where reading begins. Invariant: no more records are printed than
//! the limit.

use kafka_core::client::{
    ClientCommand, ClientEvent, DeliveredRecord, NamedPartition, SharedRecord,
};
use kafka_core::protocol::AcknowledgeType;
use kafka_core::types::{Duration, NodeId, Offset, Time};

use super::message_formatter::MessageFormatter;
use crate::java::{Exception, client_log, log_line};
use crate::process::{Ctx, Wake};

const SKIPPED: &str = "Error processing message, skipping this message: ";
const REJECTED: &str = "Error processing message, rejecting this message: ";
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
    /// Whether a record that cannot be printed is passed over (`--skip-message-on-error`,
    /// `--reject-message-on-error`).
    skips: bool,
    /// A share consumer that acknowledges each record when it is printed, with this.
    by_hand: Option<AcknowledgeType>,
    /// `--enable-systest-events`: the tool says when it has shut down.
    tells_end: bool,
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
            by_hand: None,
            tells_end: false,
            limit: None,
            processed: 0,
            closed: false,
        }
    }

    /// Acknowledges each record itself: with this if it was printed; one that cannot be printed
    /// is rejected if it is passed over, else nobody acknowledges it.
    pub(super) fn acknowledging(mut self, with: Option<AcknowledgeType>) -> Reader<'a> {
        self.by_hand = with;
        self
    }

    /// Says at the end that it has shut down, if so.
    pub(super) fn telling_end(mut self, tells_end: bool) -> Reader<'a> {
        self.tells_end = tells_end;
        self
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
        if self.tells_end {
            self.ctx.out("shutdown_complete\n");
        }
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
                    self.print_shared(&records).await?;
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
                outcome = self.print_one(record, None).map(|_| ());
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

    /// A share consumer that does not acknowledge by hand is never given more than it may have;
    /// what another one has beyond that is released when it closes.
    async fn print_shared(&mut self, records: &[SharedRecord]) -> Result<(), Exception> {
        for record in records {
            if !self.wants_more() {
                break;
            }
            let printed = self.print_one(&record.delivered, Some(record.delivery_count))?;
            if let Some(with) = self.by_hand {
                let with = if printed {
                    with
                } else {
                    AcknowledgeType::Reject
                };
                self.acknowledge(&record.delivered, with).await;
            }
        }
        Ok(())
    }

    async fn acknowledge(&self, record: &DeliveredRecord, with: AcknowledgeType) {
        let partition = NamedPartition {
            topic: record.topic.clone(),
            partition: record.partition.partition,
        };
        let command = ClientCommand::Acknowledge(vec![(partition, record.offset, with)]);
        self.ctx.command(self.client, command).await;
    }

    /// True if the record was printed whole, false if it is passed over.
    fn print_one(
        &mut self,
        record: &DeliveredRecord,
        delivery: Option<u16>,
    ) -> Result<bool, Exception> {
        self.processed += 1;
        let (text, exception) = self.formatter.format(record, delivery);
        self.ctx.out(text);
        match exception {
            Some(exception) if self.skips => {
                let is_shared = delivery.is_some();
                let text = if is_shared { REJECTED } else { SKIPPED };
                self.log(text, &exception.trace());
                Ok(false)
            }
            Some(exception) => Err(exception),
            None => Ok(true),
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
