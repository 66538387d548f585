//! Every recorded client story in `tests/real-kafka/clients` replayed.

use kafka_conform::{Case, Outcome, clients};
use std::fs;
use std::path::{Path, PathBuf};

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/real-kafka/clients")
}

/// PRO-1 to PRO-3, PRO-13, CON-2, CON-5, CON-8 to CON-13, GRP-1 to GRP-24, NGP-1 to NGP-10,
/// SHG-1 to SHG-6, TXN-1, TXN-3, TXN-6 to TXN-10, TXN-12, TXN-13: every story passes.
#[test]
fn recorded_clients_behave_like_ours() {
    let cases = clients(&recordings());
    assert_eq!(cases.len(), 17, "{cases:#?}");
    for Case { name, outcome } in cases {
        assert_eq!(outcome, Outcome::Pass, "{name}");
    }
}

/// What becomes of a story when every `from` in its file becomes `to`.
fn altered(story: &str, suffix: &str, from: &str, to: &str) -> Outcome {
    let dir = std::env::temp_dir().join(format!(
        "clients-{story}-{}-{}",
        std::process::id(),
        from.bytes().chain(to.bytes()).fold(0_u32, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u32::from(byte))
        })
    ));
    fs::create_dir_all(&dir).expect("a temporary folder");
    for part in ["", ".requests"] {
        let name = format!("{story}{part}.jsonl");
        let text = fs::read_to_string(recordings().join(&name)).expect("the recording");
        let changed = if part == suffix {
            assert!(text.contains(from), "{name} lacks {from}");
            text.replace(from, to)
        } else {
            text
        };
        fs::write(dir.join(&name), changed).expect("a temporary file");
    }
    let cases = clients(&dir);
    fs::remove_dir_all(&dir).expect("the temporary folder");
    assert_eq!(cases.len(), 1);
    cases.into_iter().next().expect("one case").outcome
}

/// A recording that says something else than Kafka's rules is not passed: the
/// comparison looks at generations, partitions, offsets, texts, states and requests.
#[test]
fn a_changed_recording_fails() {
    let alterations = [
        (
            "group-range-a",
            "",
            "\"generation\": 4",
            "\"generation\": 7",
        ),
        (
            "group-range-a",
            "",
            "\"assigned\", \"partitions\": [\"group-range-a-4\", \"group-range-a-5\"]",
            "\"assigned\", \"partitions\": [\"group-range-a-5\"]",
        ),
        ("group-range-a", "", "\"to\": 3", "\"to\": 2"),
        (
            "group-range-a",
            "",
            "group-range-a-0=4",
            "group-range-a-0=5",
        ),
        (
            "group-range-a",
            "",
            "\"state\": \"Empty\"",
            "\"state\": \"Dead\"",
        ),
        (
            "group-range-a",
            ".requests",
            "OFFSET_FOR_LEADER_EPOCH",
            "LIST_OFFSETS",
        ),
        ("group-range-a", ".requests", "LEAVE_GROUP", "HEARTBEAT"),
        ("group-maxpoll-a", "", "\"lost\"", "\"revoked\""),
        (
            "produce-first-a",
            "",
            "\"partition\": 0",
            "\"partition\": 1",
        ),
        (
            "produce-errors-a",
            "",
            "server will accept",
            "server accepts",
        ),
        ("reset-none-a", "", "out of range for", "outside of"),
        (
            "consume-848-a",
            "",
            "\"generation\": 2",
            "\"generation\": 1",
        ),
        ("transaction-a", "", "0=4 1=2", "0=3 1=2"),
        ("transaction-a", "", "\"count\": 3", "\"count\": 4"),
        ("transaction-timeout-a", "", "with an old epoch", "too late"),
    ];
    for (story, suffix, from, to) in alterations {
        let outcome = altered(story, suffix, from, to);
        assert!(
            matches!(outcome, Outcome::Fail(_)),
            "{story}: `{from}` as `{to}`: {outcome:?}"
        );
    }
}
