//! Every recorded answer of a real Kafka class in `tests/real-kafka/oracles` against
//! ours. A case that we do not claim must say so by name here.

use kafka_conform::{Case, Outcome, oracles};
use std::collections::BTreeSet;
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

/// Nothing fails, and what we do not claim is known by name: a file of a later issue
/// cannot hide a case that we do claim.
#[test]
fn nothing_fails_and_only_later_work_is_unsupported() {
    let cases = recorded();
    let failed: Vec<&Case> = cases
        .iter()
        .filter(|case| matches!(case.outcome, Outcome::Fail(_)))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let unclaimed: BTreeSet<&str> = cases
        .iter()
        .filter(|case| matches!(case.outcome, Outcome::Unsupported(_)))
        .filter_map(|case| case.name.strip_prefix("oracles/")?.split('#').next())
        .collect();
    let later = [
        "apis-0.10.1.1.json",
        "apis-2.3.1.json",
        "apis-3.9.2.json",
        // Only APIs that the simulation does not have, each with its reason.
        "apis-4.3.1.json",
        "configs-0.10.1.1.json",
        "configs-2.3.1.json",
        "configs-3.9.2.json",
        // Only its sections about connectors.
        "configs-4.3.1.json",
        "errors-0.10.1.1.json",
        "errors-2.3.1.json",
        "errors-3.9.2.json",
    ];
    assert_eq!(unclaimed, BTreeSet::from(later));
}

/// Hashes PRO-2, coordinator lookup, names TOP-1 and TOP-2, varints, Java's generator,
/// placement (section 2.2, 2.3), the classic assignors (section 8), the assignors of the
/// coordinator (NGP-9, NGP-10).
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
        "server-assignors.jsonl",
        "share-assignor.jsonl",
        "config-errors.jsonl",
        "errors-4.3.1.json",
    ];
    let troubles: Vec<String> = files
        .iter()
        .filter_map(|file| trouble(file, &cases))
        .collect();
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}
