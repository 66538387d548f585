//! Every recorded answer of a real Kafka class in `tests/real-kafka/oracles` against
//! ours. A case that we do not claim must say so by name here.

use kafka_conform::{Case, Outcome, oracles};
use std::path::Path;

fn recorded() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/real-kafka/oracles");
    oracles(&root)
}

/// What is wrong with one file: nothing, or how many cases and the first few of them.
fn trouble(file: &str, cases: &[Case]) -> Option<String> {
    let prefix = format!("oracles/{file}#");
    let mine: Vec<&Case> = cases
        .iter()
        .filter(|case| case.name.starts_with(&prefix))
        .collect();
    let mut troubled = mine.clone();
    troubled.retain(|case| case.outcome != Outcome::Pass);
    if mine.is_empty() {
        return Some(format!("{file}: no case was replayed"));
    }
    let first: Vec<_> = troubled.iter().take(5).collect();
    let (count, all) = (troubled.len(), mine.len());
    (count > 0).then(|| format!("{file}: {count} of {all} cases differ: {first:#?}"))
}

/// Hashes PRO-2, coordinator lookup, names TOP-1 and TOP-2, varints, Java's generator,
/// placement (section 2.2, 2.3), the classic assignors (section 8).
#[test]
fn the_oracles_pass() {
    let cases = recorded();
    let files = [
        "murmur2.jsonl",
        "coordinator-partition.jsonl",
        "topic-name.jsonl",
        "topic-collision.jsonl",
        "varint.jsonl",
        "java-random.jsonl",
        "striped-placer.jsonl",
        "admin-utils.jsonl",
        "record-batch.jsonl",
        "client-assignors.jsonl",
        "sticky-claims.jsonl",
        "sticky-stories.jsonl",
        "sticky-sequences.jsonl",
    ];
    let troubles: Vec<String> = files
        .iter()
        .filter_map(|file| trouble(file, &cases))
        .collect();
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}
