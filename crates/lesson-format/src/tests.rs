//! What a mistake in a lesson is answered with.

use crate::cursor::Cursor;
use crate::expr_read;
use crate::{Entries, Lang, Lesson, Problem};

const SMALL: &str = r#"lesson 1 L99
title en "A title" zh "标题"
group en "G" zh "组"
minutes 5
goal en "g" zh "目标"
idea
  en "One sentence,"
     "in two lines."
  zh "一句话，"
     "两行。"
start
  | scenario 1
  | cluster brokers=1 controllers=1
poke en "poke" zh "试试"
step S1
  title en "t" zh "题"
  say en "s" zh "说"
  asked en "a" zh "答"
  type 0 "kafka-topics.sh --list"
    blank "--list"
  quiet 10s
  question P1 number
    ask en "how many?" zh "几个？"
    answer topic("t").stored
    option 0 golden
    option 1 tag M01
    option part("t", 0).leo + 1
      reason en "counts from one" zh "从一数起"
    why en "w" zh "因为"
end en "e" zh "终"
  holds topic("t").stored >= 3
solution
  run 1s
"#;

fn mistake(find: &str, replace: &str) -> (usize, usize, Problem) {
    assert!(SMALL.contains(find), "{find}");
    let error = Lesson::read(&SMALL.replacen(find, replace, 1)).expect_err(replace);
    for lang in Lang::ALL {
        assert!(!error.text(lang).is_empty());
    }
    (error.line, error.column, error.problem)
}

#[test]
fn a_small_lesson_is_read() {
    let lesson = Lesson::read(SMALL).expect("a lesson");
    assert_eq!(lesson.idea.en, "One sentence, in two lines.");
    assert_eq!(lesson.idea.zh, "一句话，两行。");
    assert_eq!(
        lesson.start,
        "scenario 1\ncluster brokers=1 controllers=1\n"
    );
    assert_eq!(lesson.start_line, 12);
    assert_eq!(lesson.steps[0].questions[0].options.len(), 3);
}

#[test]
fn a_missing_translation_is_refused_where_it_is_missing() {
    let (line, _, problem) = mistake("title en \"A title\" zh \"标题\"", "title en \"A title\"");
    assert_eq!((line, problem), (2, Problem::MissingTranslation(Lang::Zh)));
    let (line, _, problem) = mistake("zh \"因为\"", "");
    assert_eq!((line, problem), (29, Problem::MissingTranslation(Lang::Zh)));
    let (_, _, problem) = mistake("zh \"因为\"", "zh \"\"");
    assert_eq!(problem, Problem::MissingTranslation(Lang::Zh));
}

#[test]
fn mistakes_are_told_with_their_place() {
    let (line, column, problem) = mistake("quiet 10s", "quite 10s");
    assert_eq!((line, column), (21, 3));
    assert!(matches!(problem, Problem::UnknownWord(word, _) if word == "quite"));
    let (line, column, problem) = mistake("quiet 10s", "quiet ten");
    assert_eq!(
        (line, column, problem),
        (21, 9, Problem::NotASpan("ten".into()))
    );
    let (line, _, problem) = mistake("  quiet 10s\n", "");
    assert_eq!((line, problem), (21, Problem::NoTime));
    let (_, _, problem) = mistake("option 0 golden", "option 0 tag M04");
    assert_eq!(problem, Problem::Golden(0));
    let (_, column, problem) = mistake("tag M01", "tag M21");
    assert_eq!(
        (column, problem),
        (18, Problem::BadValue("M21".into(), "M01 to M20"))
    );
    let (_, _, problem) = mistake("blank \"--list\"", "blank \"--lost\"");
    assert_eq!(problem, Problem::NotInLine("--lost".into()));
    let (line, _, problem) = mistake("lesson 1", "lesson 2");
    assert_eq!((line, problem), (1, Problem::UnknownVersion("2".into())));
    let (line, _, problem) = mistake("minutes 5\n", "");
    assert_eq!((line, problem), (1, Problem::MissingPart("minutes")));
}

#[test]
fn an_unknown_accessor_is_refused_with_the_nearest() {
    let (line, column, problem) = mistake("topic(\"t\").stored\n", "topic(\"t\").storred\n");
    assert_eq!((line, column), (24, 23));
    assert!(
        matches!(problem, Problem::UnknownAccessor(_, Some("stored"), _)),
        "{problem:?}"
    );
    let (_, _, problem) = mistake("part(\"t\", 0).leo", "part(\"t\").leo");
    assert_eq!(problem, Problem::Arity("part(topic, number)".into()));
    let (_, _, problem) = mistake(">= 3", ">= \"3\"");
    assert_eq!(problem, Problem::WrongType("a text", "a number"));
    let (_, _, problem) = mistake("holds topic(\"t\").stored >= 3", "holds before(clock) > 3s");
    assert_eq!(problem, Problem::OnlyInQuestions("before".into()));
    let (_, _, problem) = mistake(">= 3", ">=");
    assert_eq!(problem, Problem::OpenExpression);
}

#[test]
fn expressions_of_every_form_are_read() {
    for text in [
        "any(g in groups, group(g).members.length >= 2)",
        "all(m in group(\"g\").members, group(\"g\").assign(m).length > 0) and not (1 = 2)",
        "count(b in brokers, part(\"t\", 0).isr contains b) * 2 - 1",
        "if(part(\"t\", 0).leader = none, \"none\", \"some\")",
        "cons(last).received.length",
        "cons(last).offsets = [0, 1, 2]",
        "round(spent(part(\"t\", 0).leader = none), 1s)",
        "highest(group(\"g\").lag)",
        "ledger.lostAcked = 0 and ledger(5).acked",
        "sum(o in range(3), record(\"t\", 0, o).effects)",
        "trace(\"fetch\").first.from",
        "prod(\"p\").ackMs(0) < 1.5s",
        "before(part(\"t\", 0).hw) = 3",
    ] {
        let mut line = Cursor::new(1, text);
        let read = expr_read::read(&mut line, true);
        assert!(read.is_ok() && line.is_end(), "{text}: {read:?}");
    }
}

#[test]
fn deep_nesting_is_refused_and_does_not_overflow() {
    for text in ["(".repeat(5_000), "not ".repeat(5_000), "-".repeat(5_000)] {
        let mut line = Cursor::new(1, &text);
        assert!(expr_read::read(&mut line, true).is_err());
    }
}

/// Whatever is cut or replaced, reading gives a lesson or a mistake, never a panic.
#[test]
fn damaged_lessons_never_panic() {
    let chars: Vec<char> = SMALL.chars().collect();
    for at in 0..chars.len() {
        let cut: String = chars[..at].iter().collect();
        let _ = Lesson::read(&cut);
        for c in ['"', '(', '\\', 'x', '\n', '|'] {
            let mut damaged = chars.clone();
            damaged[at] = c;
            let _ = Lesson::read(&damaged.iter().collect::<String>());
        }
    }
}

#[test]
fn entries_need_both_languages_and_stand_once() {
    let good = "entry M01\nname en \"n\" zh \"名\"\nmeaning en \"m\" zh \"义\"\nalso \"x\"\n";
    assert_eq!(Entries::read(good).map(|e| e.0.len()), Ok(1));
    assert!(Entries::read(&good.repeat(2)).is_err());
    assert!(Entries::read(&good.replace("zh \"义\"", "")).is_err());
}

/// The page for authors names every accessor there is.
#[test]
fn the_authors_page_names_every_accessor() {
    let page = include_str!("../../../docs/lessons.md");
    let names = crate::accessors::names();
    let missing: Vec<_> = names.iter().filter(|name| !page.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
