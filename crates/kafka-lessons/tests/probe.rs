//! Questions on a small lesson of their own: what forks, actions and other seeds make of answers.

use kafka_lessons::{Lesson, Offered, Play, Probe};

/// A lesson of one step with these acts and this question.
fn lesson(acts: &str, question: &str) -> Lesson {
    let t = "en \"t\" zh \"t\"";
    let text = format!(
        "lesson 1 L99\ntitle {t}\ngroup {t}\nminutes 1\ngoal {t}\nidea {t}\nstart\n\
         | scenario 1\n| seed 3\n| cluster brokers=3 controllers=3\n| placement t 0=1,2,0\n\
         | $ kafka-topics.sh --create --topic t --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092\n\
         | $ kafka-topics.sh --create --topic spread --partitions 3 --replication-factor 1 --bootstrap-server localhost:9092\n\
         | producer p\npoke {t}\nstep S1\ntitle {t}\nsay {t}\nasked {t}\n{acts}\n{question}\nwhy {t}\n\
         end {t}\nholds true\nsolution\nrun 1s\n"
    );
    Lesson::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn offered(lesson: &Lesson) -> Offered {
    let play = Play::open(lesson, None).expect("the start");
    let before = play.digest();
    let probe = Probe::step(lesson, &play.script(), 0).expect("a step");
    let mut all = probe.finish().expect("answers");
    assert_eq!(play.digest(), before, "a probe does nothing to the run");
    all.remove(0)
}

fn right(offered: &Offered) -> Vec<&str> {
    offered.right().map(|offer| offer.key.as_str()).collect()
}

const ASK: &str = "ask en \"?\" zh \"?\"";

/// Rule (g): a yes that needs a session time-out is "only after a time-out".
#[test]
fn a_yes_after_more_than_five_seconds_is_late() {
    let question = format!(
        "question P1 yes-no\n{ASK}\nanswer part(\"t\", 0).leader = 2\noption true golden\noption false tag M15"
    );
    let late = offered(&lesson("do crash 1\nrun 20s", &question));
    assert_eq!(right(&late), ["later"]);
    let never = offered(&lesson("do crash 1\nrun 2s", &question));
    assert_eq!(right(&never), ["no"]);
    let soon = offered(&lesson("do stop 1\nrun 20s", &question));
    assert_eq!(right(&soon), ["yes"]);
}

/// Rule (g): "differs from run to run" is right exactly when other seeds disagree: the partition of
/// a record without key is drawn.
#[test]
fn what_is_drawn_differs_from_seed_to_seed() {
    let question = |partition: &str| {
        format!(
            "question P1 yes-no\n{ASK}\nanswer part(\"spread\", {partition}).leo = 1\noption true golden\noption false tag M06"
        )
    };
    let drawn = offered(&lesson("do send p spread x\nrun 2s", &question("0")));
    assert_eq!(right(&drawn), ["varies"]);
    let chosen = offered(&lesson(
        "do send p spread x partition=0\nrun 2s",
        &question("0"),
    ));
    assert_eq!(right(&chosen), ["yes"]);
}

/// Rule (b): each action is done on a fork of its own, and several may be right.
#[test]
fn actions_are_done_on_forks_of_their_own() {
    let label = |n: u32| format!("label en \"{n}\" zh \"{n}\"");
    let question = format!(
        "question P1 action\n{ASK}\nanswer part(\"t\", 0).leader != 1\n\
         option golden\n{}\ndo crash 1\nrun 15s\n\
         option\n{}\nreason en \"r\" zh \"r\"\ndo crash 0\nrun 15s\n\
         option\n{}\nreason en \"r\" zh \"r\"\ndo crash 2\nrun 15s",
        label(1),
        label(2),
        label(3)
    );
    let offered = offered(&lesson("", &question));
    assert_eq!(right(&offered), ["action 0"]);
    assert!(offered.golden);
    assert_eq!(offered.options.len(), 3);
}

/// `before`, `lowest`, `highest` and `spent` look at the whole step.
#[test]
fn a_step_is_watched_as_a_whole() {
    let number = |answer: &str| {
        let question = format!(
            "question P1 number\n{ASK}\nanswer {answer}\noption {answer} golden\noption \"other\" tag M01"
        );
        let acts = "do send p t a\ndo send p t b\nrun 2s\ndo crash 1\nrun 20s\ndo start 1\nrun 30s";
        offered(&lesson(acts, &question)).value.key()
    };
    assert_eq!(
        number("part(\"t\", 0).leo - before(part(\"t\", 0).leo)"),
        "2"
    );
    assert_eq!(number("lowest(part(\"t\", 0).isr.length)"), "2");
    assert_eq!(number("highest(part(\"t\", 0).isr.length)"), "3");
    assert_eq!(number("part(\"t\", 0).isr.length"), "3");
    let down = number("round(spent(runningBrokers.length < 3), 1s)");
    assert_eq!(down, "20000000us");
}

/// A run that another person goes on with from a script offers the same.
#[test]
fn a_probe_goes_on_from_what_was_done() {
    let question = format!(
        "question P1 number\n{ASK}\nanswer topic(\"t\").stored\noption 1 golden\noption 0 tag M01\noption 3 tag M06"
    );
    let lesson = lesson("do send p t a\nrun 2s", &question);
    let mut play = Play::open(&lesson, None).expect("the start");
    play.act(&lesson.steps[0].acts[0]).expect("an act");
    play.act(&lesson.steps[0].acts[1]).expect("an act");
    let probe = Probe::new(&lesson, &play.script(), 0, 0).expect("a question");
    let offered = probe.finish().expect("answers").remove(0);
    assert!(!offered.golden, "one record was there already");
    assert_eq!(right(&offered), ["2"]);
    assert!(offered.find("3").is_none(), "the last distractor gave way");
}
