//! What the console consumers do with their client: print what comes until enough was printed, time
//! or patience has run out, or somebody says stop; then close it.
//!
//! Not here: options, configs and where reading begins. Invariant: no more records are printed than
//! the limit.

use kafka_core::client::{
    ClientCommand, ClientEvent, DeliveredRecord, NamedPartition, SharedRecord,
};
use kafka_core::types::{Duration, NodeId, Offset, Time};

use super::record_formatter::Formatter;
use crate::java::{Exception, client_log, log_line};
use crate::process::{Ctx, Wake};

const FAILED: &str = "Error processing message, terminating consumer process: ";

/// A console consumer at work.
pub(super) struct Reader<'a> {
    ctx: &'a Ctx,
    client: NodeId,
    /// The class it logs as.
    logger: &'static str,
    /// What Kafka's client puts before its own lines.
    prefix: String,
    formatter: Formatter,
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
        formatter: Formatter,
        limit: Option<u64>,
    ) -> Reader<'a> {
        Reader {
            ctx,
            client,
            logger,
            prefix,
            formatter,
            limit,
            processed: 0,
            closed: false,
        }
    }

    /// Reads until the end; the exit status.
    pub(super) async fn read(&mut self, patience: Option<Duration>) -> i32 {
        let exit = self.print_all(patience).await;
        self.close().await;
        let processed = self.processed;
        self.ctx
            .err(format!("Processed a total of {processed} messages\n"));
        exit
    }

    async fn print_all(&mut self, patience: Option<Duration>) -> i32 {
        let from_now = |ctx: &Ctx| -> Option<Time> { patience.map(|span| ctx.now() + span) };
        let mut deadline = from_now(self.ctx);
        while self.wants_more() {
            match self.ctx.wait(false, deadline).await {
                Wake::Event(_, ClientEvent::Delivered(records)) => {
                    self.print(&records).await;
                    deadline = from_now(self.ctx);
                }
                Wake::Event(_, ClientEvent::ShareDelivered(records)) => {
                    self.print_shared(&records);
                    deadline = from_now(self.ctx);
                }
                Wake::Event(_, ClientEvent::PollFailed(failure)) => {
                    self.fail(&Exception::of_failure(&failure).trace());
                    return 0;
                }
                Wake::Event(_, event) => self.seen(event),
                Wake::Time => {
                    self.fail("org.apache.kafka.common.errors.TimeoutException\n");
                    return 0;
                }
                Wake::Signal(signal) => return signal.exit(),
                Wake::Line(_) | Wake::EndOfInput => {}
            }
        }
        0
    }

    fn wants_more(&self) -> bool {
        self.limit.is_none_or(|limit| self.processed < limit)
    }

    /// Prints up to the limit; what was returned beyond it is given back by
    /// seeking, so that the commit at the end tells the truth (as Kafka does).
    async fn print(&mut self, records: &[DeliveredRecord]) {
        let mut given_back: Vec<(NamedPartition, Offset)> = Vec::new();
        for record in records {
            if self.wants_more() {
                self.ctx.out(self.formatter.format(record));
                self.processed += 1;
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
    }

    /// A share consumer is never given more than it may have.
    fn print_shared(&mut self, records: &[SharedRecord]) {
        for shared in records {
            self.ctx.out(self.formatter.format_shared(shared));
            self.processed += 1;
        }
    }

    fn fail(&self, trace: &str) {
        let line = log_line(self.ctx.wall_ms(), "ERROR", FAILED, self.logger);
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
