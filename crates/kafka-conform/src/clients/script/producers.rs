//! What a story's producer sends, and with which settings.
//!
//! The scripts are those of the recordings' README; settings that only an error text
//! or a request names are read there.

use kafka_core::config::ProducerConfig;
use kafka_core::protocol::Acks;

use super::{Deed, Step, ToSend, topic_at};
use crate::clients::recording::{Line, Recording};

/// The keys of the three records of `produce-first`.
const FIRST_KEYS: [&str; 3] = ["k1", "k1", "k2"];
/// `sticky-partitions` sends tens and pauses.
const TEN: usize = 10;
const PAUSE_MS: u64 = 10;
/// A share story sends its last records long after the first.
const LONG_AFTER_MS: u64 = 20_000;
/// Header of a batch, and what a record of a few bytes has beside its value.
pub(in crate::clients) const BATCH_HEADER: usize = 61;
pub(in crate::clients) const RECORD_OVERHEAD: usize = 7;

pub(super) fn steps(
    recording: &Recording,
    client: &str,
    steps: &mut Vec<Step>,
) -> Result<(), String> {
    let lines: Vec<&Line> = recording.of(client).collect();
    let known = |line: &&Line| matches!(line.event.as_str(), "acked" | "failed");
    if let Some(line) = lines.iter().find(|line| !known(line)) {
        return Err(format!(
            "a producer's `{}` is not simulated yet",
            line.event
        ));
    }
    let Some(first) = lines.first() else {
        return Ok(());
    };
    let begun = recording.sent_by(client).next();
    let at_ms = begun.map_or(first.at_ms.saturating_sub(500), |sent| sent.at_ms);
    let topic = topic_at(recording, at_ms)?;
    let (lines, late) = bursts(&lines);
    let sends = match numbered(&lines) {
        _ if is_first(recording) => one_by_one(recording, &topic, &lines)?,
        Some(("v", order)) => round_robin(recording, &topic, &order)?,
        Some((_, order)) => keyless(&topic, &order),
        None => one_by_one(recording, &topic, &lines)?,
    };
    let config = Box::new(config(recording, client, &lines, &sends));
    let mut step = |at_ms: u64, deed: Deed| {
        let who = client.to_string();
        steps.push(Step { at_ms, who, deed });
    };
    step(at_ms, Deed::Produce { config, sends });
    if let Some(first) = late.first() {
        let sent = recording.sent_by(client).filter(|s| s.api == "PRODUCE");
        let begun = sent.take_while(|sent| sent.at_ms <= first.at_ms).last();
        let at_ms = begun.map_or(first.at_ms, |sent| sent.at_ms);
        let send = |line: &&Line| ToSend {
            partition: line.number("partition").map(|number| number as u32),
            ..record(line.text("value"), &topic)
        };
        step(at_ms, Deed::SendMore(late.iter().map(send).collect()));
    }
    Ok(())
}

/// What was sent at first, and what long after (to a partition of its own, as the share
/// stories do).
fn bursts<'a>(lines: &[&'a Line]) -> (Vec<&'a Line>, Vec<&'a Line>) {
    let is_late = |pair: &[&Line]| pair[1].at_ms > pair[0].at_ms + LONG_AFTER_MS;
    let numbered = numbered(lines).is_some_and(|(prefix, _)| prefix == "v");
    let late = lines.windows(2).position(is_late).filter(|_| numbered);
    let (first, late) = lines.split_at(late.map_or(lines.len(), |at| at + 1));
    (first.to_vec(), late.to_vec())
}

/// Whether the script is that of `produce-first`.
fn is_first(recording: &Recording) -> bool {
    recording.name.starts_with("produce-first")
}

/// What stands before the numbers, and the values in order of their numbers, if all
/// are of one form.
fn numbered<'a>(lines: &[&'a Line]) -> Option<(&'a str, Vec<(u64, &'a str)>)> {
    let word = |value: &'a str| value.trim_end_matches(|c: char| c.is_ascii_digit());
    let prefix = word(lines.first()?.text("value"));
    let number = |line: &&'a Line| {
        let value = line.text("value");
        Some((value.strip_prefix(prefix)?.parse().ok()?, value))
    };
    let mut values: Vec<(u64, &str)> = lines.iter().map(number).collect::<Option<_>>()?;
    values.sort_unstable();
    Some((prefix, values))
}

pub(super) fn record(label: &str, topic: &str) -> ToSend {
    ToSend {
        label: label.to_string(),
        topic: topic.to_string(),
        partition: None,
        key: None,
        value: label.as_bytes().to_vec(),
        flush: false,
        pause_ms: 0,
    }
}

/// Value `vI` goes to partition I mod n, all at once.
fn round_robin(
    recording: &Recording,
    topic: &str,
    values: &[(u64, &str)],
) -> Result<Vec<ToSend>, String> {
    let mut created = recording.of("admin").filter(|line| line.event == "created");
    let created = created.find(|line| line.text("topic") == topic);
    let partitions = created.and_then(|line| line.number("partitions"));
    let partitions = partitions.filter(|count| *count > 0);
    let partitions = partitions.ok_or("the topic's size is not recorded")? as u64;
    let send = |(number, value): &(u64, &str)| ToSend {
        partition: Some((number % partitions) as u32),
        ..record(value, topic)
    };
    Ok(values.iter().map(send).collect())
}

fn keyless(topic: &str, values: &[(u64, &str)]) -> Vec<ToSend> {
    let send = |((_, value), number): (&(u64, &str), usize)| ToSend {
        pause_ms: if number.is_multiple_of(TEN) {
            PAUSE_MS
        } else {
            0
        },
        ..record(value, topic)
    };
    values.iter().zip(1..).map(send).collect()
}

/// Records whose outcome is waited for.
fn one_by_one(recording: &Recording, topic: &str, lines: &[&Line]) -> Result<Vec<ToSend>, String> {
    let mut sends: Vec<ToSend> = Vec::new();
    for line in lines {
        let label = line.text("value");
        let mut send = record(label, topic);
        send.flush = true;
        if let Some(bytes) = label.strip_suffix(" bytes") {
            let bytes = bytes.parse().map_err(|_| format!("`{label}` is no size"))?;
            send.value = vec![b'x'; bytes];
        }
        let message = line.text("message");
        if let Some((_, rest)) = message.split_once("Invalid topics: [") {
            send.topic = rest.trim_end_matches(']').to_string();
        }
        if let Some((_, rest)) = message.split_once("Partition ") {
            let digits = rest.split(' ').next().unwrap_or_default();
            send.partition = digits.parse().ok();
        }
        sends.push(send);
    }
    if is_first(recording) {
        if sends.len() != FIRST_KEYS.len() {
            return Err("produce-first sends three records".to_string());
        }
        for (send, key) in sends.iter_mut().zip(FIRST_KEYS) {
            send.key = Some(key.to_string());
        }
        sends[1].flush = false;
    }
    Ok(sends)
}

fn config(
    recording: &Recording,
    client: &str,
    lines: &[&Line],
    sends: &[ToSend],
) -> ProducerConfig {
    let mut config = ProducerConfig::default();
    config.client.client_id = client.into();
    for line in lines {
        let message = line.text("message");
        if message.contains("max.request.size configuration") {
            set(&mut config.max_request_size, message, "larger than ");
        }
        if message.contains("not present in metadata") {
            set(&mut config.max_block_ms, message, "after ");
        }
    }
    let mut produced = recording.sent_by(client).filter(|s| s.api == "PRODUCE");
    if let Some(first) = produced.next() {
        let timeout = &mut config.client.request_timeout_ms;
        set(timeout, &first.body, "timeout=");
        if first.body.contains("acks=1,") {
            config.acks = Acks::Leader;
        }
    }
    if sends.iter().any(|send| send.pause_ms > 0) {
        let values = sends.iter().map(|send| send.value.len());
        let record = values.max().unwrap_or(0) + RECORD_OVERHEAD;
        config.batch_size = batch_size(recording, client, record);
    }
    config
}

/// The batch size that explains the largest batch: room for its records, none for
/// another one; the roundest such number.
fn batch_size(recording: &Recording, client: &str, record: usize) -> u32 {
    let sizes = recording.sent_by(client).flat_map(|sent| {
        let words = sent.body.split(['[', ',', ']']);
        let sizes = words.filter_map(|word| word.rsplit_once('=')?.1.parse::<usize>().ok());
        sizes.collect::<Vec<usize>>()
    });
    let produced = sizes.filter(|size| *size > BATCH_HEADER && *size < 20_000);
    let largest = produced.max().unwrap_or(0);
    let range = largest..largest + record;
    let round = |step: usize| range.clone().find(|size| size.is_multiple_of(step));
    let found = [1_000, 100, 10].into_iter().find_map(round);
    found.unwrap_or(largest) as u32
}

/// Sets a number to the one that follows `before` in a text.
pub(super) fn set(number: &mut u32, text: &str, before: &str) {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    let digits = rest.find(|c: char| !c.is_ascii_digit());
    let digits = &rest[..digits.unwrap_or(rest.len())];
    if let Ok(found) = digits.parse() {
        *number = found;
    }
}
