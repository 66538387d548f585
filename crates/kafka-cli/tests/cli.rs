//! The binary as a person uses it: exit statuses, channels, messages.

use std::path::PathBuf;
use std::process::{Command, Output};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn brokerscope(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_brokerscope"))
        .args(words)
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| panic!("{error}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The main job of the sandbox: the tutorials' quick start with its leader killed. What
/// it must print is in the recordings; here it must get through and lose nothing.
#[test]
fn the_quick_start_survives_its_leader() {
    let ran = brokerscope(&["run", "scenarios/quick-start.scenario"]);
    let out = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(0), "{out}{}", text(&ran.stderr));
    let read = out
        .matches("my test message 1\nmy test message 2\n")
        .count();
    assert_eq!(read, 2, "read before and after the crash: {out}");
    assert!(
        out.contains("Leader: 1\tReplicas: 1,2,0\tIsr: 1,2,0"),
        "{out}"
    );
    assert!(
        out.contains("Leader: 2\tReplicas: 1,2,0\tIsr: 2,0"),
        "{out}"
    );
}

/// FAIL-9, REP-26: the truncation rule that KIP-101 replaced loses a committed record; the check
/// stops the run there with status 1. Today's rule goes through the same faults unharmed.
#[test]
fn the_rule_before_kip_101_loses_a_committed_record() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let begun = std::fs::read_to_string(root().join("scenarios/before-kip-101.txt"));
    let before = begun.unwrap_or_else(|error| panic!("{error}")) + "crash 1\nwait 15s\n";
    let today = before.replace("truncation high-watermark", "truncation epochs");
    let check = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap_or_else(|error| panic!("{error}"));
        brokerscope(&["check", &file.to_string_lossy()])
    };
    let ran = check("before-kip-101.scenario", &before);
    let out = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{out}{}", text(&ran.stderr));
    assert!(
        out.contains("stopped: INV-12 LeaderComplete: broker 2 became leader of orders-0 in epoch 2 without the committed records 1 to 2"),
        "{out}"
    );
    let ran = check("since-kip-101.scenario", &today);
    let out = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(0), "{out}{}", text(&ran.stderr));
    assert!(out.contains(" 0 lost"), "{out}");
}

/// KIP-966, REP-9, INV-23: a search through all states finds nothing by today's rule and the
/// shortest way to the breach by the one before; a search that is not there is a mistake.
#[test]
fn every_state_of_a_small_cluster_is_explored() {
    let ran = brokerscope(&["explore", "kip-966"]);
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    assert!(text(&ran.stdout).starts_with("40 states, 44 transitions"));
    let ran = brokerscope(&["explore", "kip-966", "--historic"]);
    let out = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{out}");
    assert!(out.contains("  2. broker 1 stops"), "{out}");
    assert!(out.contains("INV-23 StrictMinIsr: leader 0"), "{out}");
    assert!(text(&brokerscope(&["explore"]).stdout).contains("power-loss"));
    assert_eq!(brokerscope(&["explore", "nothing"]).status.code(), Some(2));
}

/// The same file and seed print the same bytes, digest included; another seed another run.
#[test]
fn a_run_repeats_itself() {
    let run = |seed: &str| {
        let ran = brokerscope(&["run", "scenarios/quick-start.scenario", "--seed", seed]);
        text(&ran.stdout)
    };
    let first = run("7");
    assert_eq!(first, run("7"));
    let digest = |out: &str| out.lines().last().map(str::to_owned);
    assert_ne!(digest(&first), digest(&run("8")));
}

/// Bad input names the place and the remedy, on the error channel, with status 2.
#[test]
fn bad_input_is_answered() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let bad = folder.join("bad.scenario");
    std::fs::write(&bad, "scenario 1\ncrush 1\n").unwrap_or_else(|error| panic!("{error}"));
    let bad = bad.to_string_lossy();
    let cases: [(&[&str], &str); 5] = [
        (&["run", "no-such-file"], "no-such-file: "),
        (&["run", &bad], "line 2, column 1"),
        (&["check", &bad], "line 2, column 1"),
        (&["conform", "no-such-folder"], "there is no such folder"),
        (
            &["bench", "no-such-bench"],
            "there is no bench `no-such-bench`",
        ),
    ];
    for (words, message) in cases {
        let ran = brokerscope(words);
        let error = text(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{words:?}: {error}");
        assert!(error.contains(message), "{words:?}: {error}");
        assert!(!error.contains("panicked"), "{words:?}: {error}");
    }
}

/// A swarm of a few short seeds holds every invariant, and repeats itself.
#[test]
fn a_small_swarm_passes_and_repeats() {
    let swarm = || brokerscope(&["swarm", "--seeds", "1..4", "--seconds", "5"]);
    let first = swarm();
    let out = text(&first.stdout);
    assert_eq!(first.status.code(), Some(0), "{out}");
    assert!(out.starts_with("swarm: 3 passed, 0 failed of 3; "), "{out}");
    assert_eq!(out, text(&swarm().stdout));
    let refused = brokerscope(&["swarm", "--seeds", "5"]);
    assert!(text(&refused.stderr).contains("`5` is no range of seeds; write `1..1001`"));
}

/// Lines given to the shell reach the command that reads them, as in a real shell.
#[test]
fn the_shell_reads_a_script() {
    use std::io::Write;
    use std::process::Stdio;
    let mut shell = Command::new(env!("CARGO_BIN_EXE_brokerscope"))
        .arg("shell")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{error}"));
    let script = "kafka-topics.sh --create --topic t --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092\n\
                  kafka-console-producer.sh --topic t --bootstrap-server localhost:9092\n\
                  hello\n";
    let mut stdin = shell.stdin.take().unwrap_or_else(|| panic!("piped"));
    stdin
        .write_all(script.as_bytes())
        .unwrap_or_else(|error| panic!("{error}"));
    drop(stdin);
    let ran = shell
        .wait_with_output()
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(text(&ran.stdout), "Created topic t.\n");
    assert_eq!(ran.status.code(), Some(0));
}

/// A result of L01's end, made as the page makes it.
fn result() -> String {
    use kafka_lessons::result::{LessonResult, Place, Reached};
    use kafka_lessons::{Lesson, Play, index};
    let source = index::text("L01").expect("a lesson");
    let lesson = Lesson::read(source).expect("a lesson");
    let mut play = Play::open(&lesson, None).expect("its start");
    for act in &lesson.solution {
        play.act(act).expect("an act");
    }
    let run = play.script();
    let mut result = LessonResult::new("L01", source);
    result.reached.push(Reached {
        step: None,
        place: Place {
            run: 0,
            events: run.events,
            at: run.at,
            deeds: run.deeds.len() as u32,
        },
    });
    result.runs.push(run);
    result.write()
}

/// Results are graded in bulk: one bad file among good ones decides the exit status, and each has
/// its line.
#[test]
fn results_are_graded_in_bulk() {
    let folder = std::env::temp_dir().join(format!("brokerscope-grade-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).expect("a file");
        file.to_string_lossy().into_owned()
    };
    let good = write("good.json", &result());
    let cut = write("cut.json", &result()[..300]);
    let missing = folder.join("missing.json").to_string_lossy().into_owned();
    let ran = brokerscope(&["grade", &good]);
    let out = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(0), "{out}");
    assert!(out.contains("holds  the lesson's end is reached"), "{out}");
    let ran = brokerscope(&["grade", &good, &cut, &missing]);
    let out = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{out}");
    assert!(
        out.contains("cut.json: it is not a result of a lesson"),
        "{out}"
    );
    assert!(
        out.contains("# 1 good, 0 with claims that do not hold, 2 refused"),
        "{out}"
    );
    std::fs::remove_dir_all(&folder).expect("the folder");
}

#[test]
fn a_lesson_is_played_in_both_languages_and_a_damaged_one_is_refused() {
    for (words, told) in [
        (vec!["lesson", "lessons/L01.lesson"], "L01 First message"),
        (
            vec!["lesson", "lessons/L01.lesson", "--zh", "--seed", "5"],
            "L01 第一条消息",
        ),
    ] {
        let ran = brokerscope(&words);
        let out = text(&ran.stdout);
        assert_eq!(ran.status.code(), Some(0), "{out}");
        assert!(out.starts_with(told) && !out.contains("[ ]"), "{out}");
    }
    let ran = brokerscope(&["lesson", "README.md"]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(text(&ran.stderr).contains("a lesson begins with `lesson 1 L01`"));
}
