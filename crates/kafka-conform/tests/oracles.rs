//! Every recorded answer of a real Kafka class in `tests/real-kafka/oracles` against
//! ours. A case that we do not claim must say so by name here.

use kafka_conform::{Case, Outcome, oracles};
use std::path::Path;

fn recorded() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/real-kafka/oracles");
    oracles(&root)
}

/// The verdicts of one file: all passed, or the first few that did not.
fn must_pass(file: &str, cases: &[Case]) {
    let prefix = format!("oracles/{file}#");
    let mine: Vec<&Case> = cases
        .iter()
        .filter(|case| case.name.starts_with(&prefix))
        .collect();
    assert!(!mine.is_empty(), "no case of {file} was replayed");
    let troubled: Vec<&&Case> = mine
        .iter()
        .filter(|case| case.outcome != Outcome::Pass)
        .collect();
    let first: Vec<_> = troubled.iter().take(5).collect();
    assert!(
        troubled.is_empty(),
        "{file}: {} of {} cases differ: {first:#?}",
        troubled.len(),
        mine.len()
    );
}

/// Hashes PRO-2, coordinator lookup, names TOP-1 and TOP-2, varints, Java's generator.
#[test]
fn the_oracles_pass() {
    let cases = recorded();
    for file in [
        "murmur2.jsonl",
        "coordinator-partition.jsonl",
        "topic-name.jsonl",
        "topic-collision.jsonl",
        "varint.jsonl",
        "java-random.jsonl",
        "striped-placer.jsonl",
        "admin-utils.jsonl",
    ] {
        must_pass(file, &cases);
    }
}
