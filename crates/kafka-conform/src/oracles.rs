//! The oracle files: one pure function of Kafka a file, one question and its real
//! answer a line. This module finds the right comparison for a file; the comparisons
//! live in the modules below it.

use crate::{Case, Outcome};
use fields::{Fields, Trouble};
use serde_json::Value;
use std::path::Path;

mod batches;
mod client_assignors;
mod fields;
mod hashes;
mod names;
mod numbers;
mod placement;

/// Compares one line with what our code computes from its inputs.
type Replay = fn(&Fields) -> Result<(), Trouble>;

/// The comparison for a file name, or the reason why there is none.
fn comparison(file: &str) -> Result<Replay, &'static str> {
    Ok(match file {
        "murmur2.jsonl" => hashes::murmur2,
        "coordinator-partition.jsonl" => hashes::coordinator_partition,
        "topic-name.jsonl" => names::topic_name,
        "topic-collision.jsonl" => names::topic_collision,
        "varint.jsonl" => numbers::varint,
        "java-random.jsonl" => numbers::java_random,
        "striped-placer.jsonl" => placement::striped,
        "admin-utils.jsonl" => placement::admin_utils,
        "client-assignors.jsonl" | "sticky-claims.jsonl" => client_assignors::one_round,
        "sticky-stories.jsonl" | "sticky-sequences.jsonl" => client_assignors::sequence,
        "record-batch.jsonl" => batches::record_batch,
        _ => return Err("no comparison for this file yet"),
    })
}

/// Replays one file: a case for every line, or one case for a file we do not compare.
pub fn replay(path: &Path) -> Vec<Case> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let whole_file = |outcome| {
        vec![Case {
            name: format!("oracles/{file}"),
            outcome,
        }]
    };
    let comparison = match comparison(&file) {
        Ok(comparison) => comparison,
        Err(reason) => return whole_file(Outcome::Unsupported(reason.to_string())),
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return whole_file(Outcome::Fail(format!("cannot read: {error}"))),
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| Case {
            name: format!("oracles/{file}#{}", at + 1),
            outcome: replay_line(comparison, line),
        })
        .collect()
}

fn replay_line(comparison: Replay, line: &str) -> Outcome {
    let value: Value = match serde_json::from_str(line) {
        Ok(value) => value,
        Err(error) => return Outcome::Fail(format!("not JSON: {error}")),
    };
    match comparison(&Fields::new(&value)) {
        Ok(()) => Outcome::Pass,
        Err(Trouble::Different(what)) => Outcome::Fail(what),
        Err(Trouble::Malformed(what)) => Outcome::Fail(format!("malformed case: {what}")),
        Err(Trouble::Unsupported(why)) => Outcome::Unsupported(why),
    }
}
