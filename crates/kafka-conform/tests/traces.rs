//! Every recorded fault story in `tests/real-kafka/traces`, replayed; and recordings
//! with one thing changed, which must not pass: the comparison sees what it claims.

use std::fs;
use std::path::{Path, PathBuf};

use kafka_conform::{Case, Outcome, traces};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/real-kafka/traces")
}

/// REP-14 to REP-41, BRK-1 to BRK-9, TOP-5, MET-2: the controller's records, producers'
/// errors, losses and epochs of every recorded story. A story that is not claimed would
/// be unsupported and named here.
#[test]
fn every_recorded_story_comes_out_as_in_kafka() {
    let cases = traces(&folder());
    assert!(cases.len() >= 31, "{} stories", cases.len());
    let others: Vec<&Case> = cases
        .iter()
        .filter(|case| case.outcome != Outcome::Pass)
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}

fn story(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(name)).expect("the recording");
    serde_json::from_str(&text).expect("JSON")
}

/// Replays the story after the change.
fn changed(test: &str, name: &str, change: impl FnOnce(&mut Value)) -> Outcome {
    let mut json = story(name);
    change(&mut json);
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&dir).expect("a folder");
    fs::write(dir.join(name), json.to_string()).expect("a file");
    let mut cases = traces(&dir);
    assert_eq!(cases.len(), 1);
    cases.remove(0).outcome
}

fn fails(outcome: &Outcome, with: &str) {
    match outcome {
        Outcome::Fail(text) => assert!(text.contains(with), "{text:?} does not tell of {with:?}"),
        other => panic!("{other:?}"),
    }
}

/// The first record of a kind, from the last on.
fn last<'a>(json: &'a mut Value, kind: &str) -> &'a mut Value {
    let records = json["metadata"].as_array_mut().expect("records");
    let found = records
        .iter_mut()
        .rev()
        .find(|record| record["type"] == kind);
    &mut found.expect("such a record")["data"]
}

#[test]
fn another_leader_is_noticed() {
    let outcome = changed("leader", "kill-leader.json", |json| {
        let change = last(json, "PARTITION_CHANGE_RECORD");
        change["leader"] = 2.into();
    });
    fails(&outcome, "leader=2");
}

#[test]
fn another_order_of_an_isr_is_noticed() {
    let outcome = changed("isr", "kill-follower.json", |json| {
        let records = json["metadata"].as_array_mut().expect("records");
        let shrinks = records
            .iter_mut()
            .find(|it| it["data"]["isr"] == serde_json::json!([0, 1]));
        shrinks.expect("the ISR without broker 2")["data"]["isr"] = serde_json::json!([1, 0]);
    });
    fails(&outcome, "isr=[1,0]");
}

#[test]
fn a_missing_field_is_noticed() {
    let outcome = changed("field", "all-down.json", |json| {
        let records = json["metadata"].as_array_mut().expect("records");
        let elected = records
            .iter_mut()
            .find(|it| it["data"]["leaderRecoveryState"] == 1);
        let data = elected.expect("an unclean election")["data"].as_object_mut();
        data.expect("fields").remove("leaderRecoveryState");
    });
    fails(&outcome, "recovering=1");
}

#[test]
fn a_record_too_many_is_noticed() {
    let outcome = changed("extra", "pause-5s-all.json", |json| {
        let broker = serde_json::json!({"brokerId": 0, "brokerEpoch": 13, "fenced": 1});
        let record = serde_json::json!({"offset": 99_999, "batch": 99_999, "epoch": 1,
            "at_ms": 20_000, "type": "BROKER_REGISTRATION_CHANGE_RECORD", "data": broker});
        json["metadata"]
            .as_array_mut()
            .expect("records")
            .push(record);
    });
    fails(&outcome, "broker 0");
}

#[test]
fn an_event_torn_apart_is_noticed() {
    let outcome = changed("event", "kill-leader.json", |json| {
        let records = json["metadata"].as_array_mut().expect("records");
        let fenced = records.iter_mut().find(|it| it["data"]["fenced"] == 1);
        fenced.expect("the fencing")["batch"] = 99_999.into();
    });
    fails(&outcome, "one event");
}

#[test]
fn a_lost_acknowledged_value_is_noticed() {
    let outcome = changed("lost", "kill-follower.json", |json| {
        for log in json["logs"].as_object_mut().expect("logs").values_mut() {
            log["records"].as_array_mut().expect("records").remove(10);
        }
    });
    fails(&outcome, "acknowledged values lost");
}

#[test]
fn another_exception_is_noticed() {
    let outcome = changed("error", "kill-follower.json", |json| {
        json["producers"]["p0"][3]["error"] = "NotEnoughReplicasException".into();
    });
    fails(&outcome, "NotEnoughReplicasException");
}

#[test]
fn an_epoch_in_a_log_is_noticed() {
    let outcome = changed("epoch", "bounce-leader.json", |json| {
        let logs = json["logs"].as_object_mut().expect("logs");
        let log = logs.values_mut().next().expect("a log");
        log["leader_epochs"]
            .as_array_mut()
            .expect("epochs")
            .push("7 999".into());
    });
    fails(&outcome, "epochs");
}

#[test]
fn what_a_tool_prints_is_noticed() {
    let outcome = changed("tool", "kill-leader-acks1.json", |json| {
        for step in json["steps"].as_array_mut().expect("steps") {
            if step.get("out").is_some() {
                step["out"] = "Successfully completed nothing\n".into();
            }
        }
    });
    fails(&outcome, "Successfully completed nothing");
}

/// A topic of any name: nothing is looked up by name.
#[test]
fn another_topic_name_passes_too() {
    let outcome = changed("name", "kill-leader-acks1.json", |json| {
        let text = json.to_string();
        let text = text.replace("logs-", "jobs.of.2026-");
        let text = text.replace("topic logs ", "topic jobs.of.2026 ");
        let text = text.replace("to logs ", "to jobs.of.2026 ");
        let text = text.replace(r#""name":"logs""#, r#""name":"jobs.of.2026""#);
        *json = serde_json::from_str(&text).expect("JSON");
    });
    assert_eq!(outcome, Outcome::Pass);
}

/// What is not simulated is said, never passed; a broken file fails.
#[test]
fn unknown_steps_and_broken_files_are_told() {
    let outcome = changed("unknown", "rf1.json", |json| {
        json["steps"][2]["do"] = "set fire to 1".into();
    });
    let Outcome::Unsupported(reason) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(reason.contains("set fire to 1"), "{reason}");
    let outcome = changed("broken", "rf1.json", |json| *json = Value::Null);
    fails(&outcome, "no cluster");
}
