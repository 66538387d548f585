//! The recorded terminal sessions in `tests/real-kafka/transcripts`, replayed.

use kafka_conform::{Case, Outcome, transcripts};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/real-kafka/transcripts")
}

/// What is kept in the tree is what we claim: the quick start, `kafka-topics`, and the
/// console tools at a terminal print what Kafka printed, byte for byte after masking.
#[test]
fn every_kept_session_passes() {
    let cases = transcripts(&folder());
    let passes = |case: &&Case| case.outcome == Outcome::Pass;
    let wrong: Vec<&Case> = cases.iter().filter(|case| !passes(case)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        cases.len() >= 11,
        "only {} sessions were found",
        cases.len()
    );
}

/// A replay must be able to fail: one word of a recorded answer changed, and the case
/// fails at that line.
#[test]
fn a_changed_answer_is_noticed() {
    let source = folder().join("4.3/quickstart-failover.txt");
    let text = std::fs::read_to_string(source).unwrap_or_else(|error| panic!("{error}"));
    let changed = text.replacen(
        "Leader: 2\tReplicas: 1,2,0",
        "Leader: 0\tReplicas: 1,2,0",
        1,
    );
    assert_ne!(changed, text);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changed-transcript");
    std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{error}"));
    std::fs::write(folder.join("x.txt"), changed).unwrap_or_else(|error| panic!("{error}"));
    let cases = transcripts(&folder);
    assert!(
        matches!(&cases[..], [Case { outcome: Outcome::Fail(text), .. }] if text.contains("Leader: 0")),
        "{cases:#?}"
    );
}
