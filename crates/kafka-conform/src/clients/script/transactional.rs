//! Transactional producers: their calls, at the moments of their requests.
//!
//! The recordings say how calls ended; a request says when one was made. A record
//! outside a transaction begins one, as every story of theirs does.

use kafka_core::client::{ClientCommand, NamedPartition, OffsetsToSend, TransactionCall};
use kafka_core::config::ProducerConfig;
use kafka_core::types::Offset;

use super::producers::{record, set};
use super::{Deed, Step, ToSend, topic_at};
use crate::clients::recording::{Line, Recording, Sent};

/// Whether the client has a transactional id.
pub(super) fn is_transactional(recording: &Recording, client: &str) -> bool {
    transactional_id(recording, client).is_some()
}

fn transactional_id(recording: &Recording, client: &str) -> Option<String> {
    let mut asked = recording.sent_by(client);
    let init = asked.find(|sent| sent.api == "INIT_PRODUCER_ID")?;
    Some(quoted(&init.body, "transactionalId")?.to_string())
}

/// `NAME='VALUE'`.
fn quoted<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("{name}='"))?;
    Some(rest.split_once('\'')?.0)
}

/// A transactional producer's steps while they are told.
struct Teller<'a> {
    recording: &'a Recording,
    client: &'a str,
    topic: String,
    steps: &'a mut Vec<Step>,
    /// What came before this moment is told.
    from_ms: u64,
    is_open: bool,
}

pub(super) fn steps(
    recording: &Recording,
    client: &str,
    steps: &mut Vec<Step>,
) -> Result<(), String> {
    let lines: Vec<&Line> = recording.of(client).collect();
    let begun = recording.sent_by(client).next();
    let at_ms = begun.map_or(0, |sent| sent.at_ms);
    let last_ms = lines.last().map_or(at_ms, |line| line.at_ms);
    let mut teller = Teller {
        recording,
        client,
        topic: topic_at(recording, last_ms)?,
        steps,
        from_ms: at_ms,
        is_open: false,
    };
    let config = Box::new(config(recording, client));
    teller.step(
        at_ms,
        Deed::Produce {
            config,
            sends: Vec::new(),
        },
    );
    teller.call(at_ms, TransactionCall::Init);
    let is_record = |line: &Line| matches!(line.event.as_str(), "acked" | "failed");
    for group in lines.chunk_by(|a, b| is_record(a) && a.event == b.event) {
        match group[0].event.as_str() {
            "acked" | "failed" => teller.records(group)?,
            "commitTransaction" => teller.ended(TransactionCall::Commit)?,
            "abortTransaction" => teller.ended(TransactionCall::Abort)?,
            // Called at once after the records that failed.
            "commit_threw" => {
                let at_ms = teller.from_ms;
                teller.call(at_ms, TransactionCall::Commit);
                teller.is_open = false;
            }
            "initTransactions" => {}
            other => return Err(format!("a producer's `{other}` is not simulated yet")),
        }
        let told_ms = group.last().map_or(0, |line| line.at_ms);
        let threw = group[0].event == "failed";
        if !threw {
            teller.from_ms = teller.from_ms.max(told_ms);
        }
    }
    Ok(())
}

fn config(recording: &Recording, client: &str) -> ProducerConfig {
    let mut config = ProducerConfig::default();
    config.client.client_id = client.into();
    config.transactional_id = transactional_id(recording, client).map(|id| id.as_str().into());
    let mut asked = recording.sent_by(client);
    if let Some(init) = asked.find(|sent| sent.api == "INIT_PRODUCER_ID") {
        let timeout = &mut config.transaction_timeout_ms;
        set(timeout, &init.body, "transactionTimeoutMs=");
    }
    config
}

impl Teller<'_> {
    fn step(&mut self, at_ms: u64, deed: Deed) {
        let who = self.client.to_string();
        self.steps.push(Step { at_ms, who, deed });
    }

    fn call(&mut self, at_ms: u64, call: TransactionCall) {
        let command = ClientCommand::Transaction(call);
        self.step(at_ms, Deed::Call(command));
    }

    /// The first such request that is not told yet.
    fn next(&self, api: &str) -> Option<&Sent> {
        let mut sent = self.recording.sent_by(self.client);
        sent.find(|sent| sent.api == api && sent.at_ms >= self.from_ms)
    }

    fn records(&mut self, group: &[&Line]) -> Result<(), String> {
        let until_ms = group[0].at_ms;
        let produced = self.next("PRODUCE").ok_or("records without a request")?;
        let (mut at_ms, body) = (produced.at_ms, produced.body.clone());
        // The first `send` waited for the metadata of its topic.
        let mut asked = self.recording.sent_by(self.client);
        let topic = format!("name='{}'", self.topic);
        let first = asked.find(|sent| sent.api == "METADATA" && sent.body.contains(&topic));
        if let Some(first) = first.filter(|sent| sent.at_ms >= self.from_ms) {
            at_ms = at_ms.min(first.at_ms);
        }
        let offsets = self.next("TXN_OFFSET_COMMIT");
        let offsets = offsets.filter(|sent| sent.at_ms <= until_ms);
        let offsets = offsets.map(|sent| offsets_of(&sent.body).map(|it| (sent.at_ms, it)));
        let offsets = offsets.transpose()?;
        // The application sent its offsets before the group's coordinator was known.
        let found = self.next("FIND_COORDINATOR").map(|sent| sent.at_ms);
        let offsets = offsets.map(|(at_ms, it)| (found.unwrap_or(at_ms), it));
        if !self.is_open {
            let begun_ms = offsets.as_ref().map_or(at_ms, |(at_ms, _)| *at_ms);
            self.call(begun_ms.min(at_ms), TransactionCall::Begin);
            self.is_open = true;
        }
        if let Some((at_ms, offsets)) = offsets {
            self.step(at_ms, Deed::Call(ClientCommand::SendOffsets(offsets)));
        }
        let named = |number: u32| body.contains(&format!("{}-{number}=", self.topic));
        let only = (0..16).find(|number| named(*number));
        let send = |line: &&Line| ToSend {
            partition: line.number("partition").map(|it| it as u32).or(only),
            ..record(line.text("value"), &self.topic)
        };
        let sends = group.iter().map(send).collect();
        self.step(at_ms, Deed::SendInTransaction(sends));
        self.from_ms = at_ms;
        Ok(())
    }

    fn ended(&mut self, call: TransactionCall) -> Result<(), String> {
        let asked = self.next("END_TXN").ok_or("an end without a request")?;
        let at_ms = asked.at_ms;
        self.call(at_ms, call);
        self.is_open = false;
        Ok(())
    }
}

/// The offsets of a TXN_OFFSET_COMMIT of one partition.
fn offsets_of(body: &str) -> Result<OffsetsToSend, String> {
    let text = |name: &str| {
        let found = quoted(body, name);
        found.ok_or_else(|| format!("TXN_OFFSET_COMMIT without {name}"))
    };
    let (mut partition, mut offset) = (0, 0);
    set(&mut partition, body, "partitionIndex=");
    set(&mut offset, body, "committedOffset=");
    let named = NamedPartition {
        topic: text("name")?.into(),
        partition,
    };
    Ok(OffsetsToSend {
        group: text("groupId")?.into(),
        member: None,
        offsets: vec![(named, Offset(i64::from(offset)))],
    })
}
