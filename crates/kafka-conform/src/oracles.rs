//! The oracle files: one pure function of Kafka a file, one question and its real
//! answer a line. This module finds the right comparison for a file; the comparisons
//! live in the modules below it.

use crate::{Case, Outcome};
use fields::{Fields, Trouble};
use serde_json::Value;
use std::path::Path;

mod apis;
mod batches;
mod client_assignors;
mod configs;
mod fields;
mod hashes;
mod names;
mod numbers;
mod placement;
mod server_assignors;
mod tables;

/// Compares one line with what our code computes from its inputs.
type Replay = fn(&Fields) -> Result<(), Trouble>;

/// The comparison for a file with a case a line, or the reason why there is none.
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
        "config-errors.jsonl" => configs::config_errors,
        "server-assignors.jsonl" | "share-assignor.jsonl" => server_assignors::sequence,
        _ => return Err("a file that nothing here compares"),
    })
}

/// Replays one file.
pub fn replay(path: &Path) -> Vec<Case> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            return vec![Case {
                name: format!("oracles/{file}"),
                outcome: Outcome::Fail(format!("cannot read: {error}")),
            }];
        }
    };
    let cases = match file.strip_suffix(".json") {
        Some(table) => tables::replay(table, &text),
        None => replay_lines(&file, &text),
    };
    let named = |(part, outcome)| Case {
        name: match part {
            Some(part) => format!("oracles/{file}#{part}"),
            None => format!("oracles/{file}"),
        },
        outcome,
    };
    cases.into_iter().map(named).collect()
}

/// A part of a file (a line, a row) and its verdict; no part is the whole file.
type Part = (Option<String>, Outcome);

/// A case for every line, or one case for a file we do not compare.
fn replay_lines(file: &str, text: &str) -> Vec<Part> {
    let comparison = match comparison(file) {
        Ok(comparison) => comparison,
        Err(reason) => return vec![(None, Outcome::Unsupported(reason.to_string()))],
    };
    let lines = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, number)| (Some(format!("{number}")), replay_line(comparison, line)))
        .collect()
}

fn replay_line(comparison: Replay, line: &str) -> Outcome {
    let value: Value = match serde_json::from_str(line) {
        Ok(value) => value,
        Err(error) => return Outcome::Fail(format!("not JSON: {error}")),
    };
    outcome(comparison(&Fields::new(&value)))
}

fn outcome(result: Result<(), Trouble>) -> Outcome {
    match result {
        Ok(()) => Outcome::Pass,
        Err(Trouble::Different(what)) => Outcome::Fail(what),
        Err(Trouble::Malformed(what)) => Outcome::Fail(format!("malformed case: {what}")),
        Err(Trouble::Unsupported(why)) => Outcome::Unsupported(why),
    }
}
