//! Every lesson, from its start through every step to its end, under three seeds.
//!
//! The golden answers of the lessons' files are asserted here: each is evaluated on a fork, never
//! read from the file, so a changed golden value fails, and so does a simulation that changes what
//! happens.

use kafka_lessons::index::{GLOSSARY, MISCONCEPTIONS, TEXTS};
use kafka_lessons::play::start_of;
use kafka_lessons::worksheet;
use kafka_lessons::{
    Act, Entries, Expr, Kind, Lang, Lesson, Literal, Offered, Play, Predicate, Probe, Tag, Text,
};

/// Seeds beside the lesson's own.
const SEEDS: [u64; 3] = [7, 4_242, 90_001];

fn lessons() -> Vec<Lesson> {
    let read = |(id, text): &(&str, &str)| {
        Lesson::read(text).unwrap_or_else(|error| panic!("{id}: {error}"))
    };
    TEXTS.iter().map(read).collect()
}

fn holds(play: &Play, predicates: &[Predicate]) -> Vec<bool> {
    let scene = play.scene();
    predicates.iter().map(|p| scene.holds(&p.holds)).collect()
}

/// What is offered is fit to be shown: three or four options, all with words of their own in both
/// languages, a right one and wrong ones, and each wrong one of the lesson says why.
fn check_offered(place: &str, kind: Kind, offered: &Offered) {
    let count = offered.options.len();
    assert!((3..=4).contains(&count), "{place}: {count} options");
    let right = offered.right().count();
    assert!(right == 1 || kind == Kind::Action, "{place}: {right} right");
    assert!((1..count).contains(&right), "{place}: {right} right");
    for lang in Lang::ALL {
        let mut words: Vec<&str> = offered.options.iter().map(|o| o.label.get(lang)).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count, "{place}: {words:?}");
        assert!(words.iter().all(|w| !w.trim().is_empty()), "{place}");
    }
}

/// Plays a lesson's steps; the golden option of every question is what happens.
fn play_steps(lesson: &Lesson, seed: u64) -> Play {
    let mut play = Play::open(lesson, Some(seed)).unwrap_or_else(|e| panic!("{}: {e}", lesson.id));
    for (number, step) in lesson.steps.iter().enumerate() {
        let probe = Probe::step(lesson, &play.script(), number).expect("a step of the lesson");
        let offered = probe.finish();
        let offered = offered.unwrap_or_else(|e| panic!("{}.{}: {e}", lesson.id, step.id));
        assert_eq!(offered.len(), step.questions.len());
        for (question, offered) in step.questions.iter().zip(&offered) {
            let place = format!("{}.{}.{} seed {seed}", lesson.id, step.id, question.id);
            check_offered(&place, question.kind, offered);
            assert!(
                offered.golden,
                "{place}: the answer is {:?}, offered {:#?}",
                offered.value, offered.options
            );
        }
        for act in &step.acts {
            let done = play.act(act);
            done.unwrap_or_else(|e| panic!("{}.{} {act:?}: {e}", lesson.id, step.id));
        }
        let ticks = holds(&play, &step.goals);
        assert!(
            ticks.iter().all(|tick| *tick),
            "{}.{} seed {seed}: goals {ticks:?}",
            lesson.id,
            step.id
        );
        assert_eq!(play.broken(), None, "{}.{}", lesson.id, step.id);
    }
    play
}

#[test]
fn every_golden_answer_is_what_happens_under_three_seeds() {
    for lesson in lessons() {
        for seed in SEEDS {
            play_steps(&lesson, seed);
        }
    }
}

/// The same deeds in the same places give the same run, so a link to a step is a link to this run.
#[test]
fn a_lesson_told_as_deeds_is_the_same_run() {
    for lesson in lessons() {
        let play = play_steps(&lesson, SEEDS[0]);
        let again = Play::replay(&play.script(), &lesson.twins);
        let again = again.unwrap_or_else(|e| panic!("{}: {e}", lesson.id));
        assert_eq!(again.digest(), play.digest(), "{}", lesson.id);
        assert_eq!(again.script(), play.script(), "{}", lesson.id);
    }
}

/// The end does not hold at the start; the solution, which is the last of the hints, reaches it
/// from there without any step.
#[test]
fn the_end_is_reached_without_the_steps() {
    for lesson in lessons() {
        for seed in SEEDS {
            let mut play = Play::open(&lesson, Some(seed)).expect("a lesson's start");
            let before = holds(&play, &lesson.end);
            assert!(before.contains(&false), "{}: nothing to do", lesson.id);
            for act in &lesson.solution {
                play.act(act)
                    .unwrap_or_else(|e| panic!("{} {act:?}: {e}", lesson.id));
            }
            let after = holds(&play, &lesson.end);
            assert!(
                !after.contains(&false),
                "{} seed {seed}: {after:?}",
                lesson.id
            );
        }
    }
}

/// A wrong golden value in a file is noticed: every option in turn is marked golden.
#[test]
fn a_changed_golden_value_is_noticed() {
    for lesson in lessons() {
        let mut play = Play::open(&lesson, None).expect("a lesson's start");
        for number in 0..lesson.steps.len() {
            let questions = lesson.steps[number].questions.len();
            for question in 0..questions {
                let mut changed = lesson.clone();
                let options = &mut changed.steps[number].questions[question].options;
                if tries_seeds(&lesson, number, question) {
                    continue;
                }
                let golden = options.iter().position(|o| o.golden).unwrap_or(0);
                options[golden].golden = false;
                let other = (golden + 1) % options.len();
                options[other].golden = true;
                let probe = Probe::new(&changed, &play.script(), number, question);
                let offered = probe.expect("a question").finish().expect("an answer");
                assert!(!offered[0].golden, "{} {number}.{question}", lesson.id);
            }
            for act in &lesson.steps[number].acts {
                play.act(act).expect("an act of the lesson");
            }
        }
    }
}

/// Questions that are probed under ten more seeds are checked once, above; this test would be slow.
fn tries_seeds(lesson: &Lesson, step: usize, question: usize) -> bool {
    let question = &lesson.steps[step].questions[question];
    let varies = Some(Expr::Literal(Literal::Varies));
    question.kind == Kind::YesNo || question.options.iter().any(|o| o.value == varies)
}

fn all_texts(lesson: &Lesson) -> Vec<&Text> {
    let mut texts = vec![
        &lesson.title,
        &lesson.group,
        &lesson.goal,
        &lesson.idea,
        &lesson.poke,
    ];
    texts.extend(lesson.opening.iter().chain(&lesson.close));
    texts.extend(lesson.end.iter().map(|p| &p.text));
    texts.extend(lesson.end_hints.iter().chain(&lesson.free_play));
    for card in &lesson.cards {
        texts.extend([&card.claim, &card.truth]);
    }
    for step in &lesson.steps {
        texts.extend([&step.title, &step.notes.say, &step.notes.if_asked]);
        texts.extend(step.body.iter().chain(&step.notice).chain(&step.hints));
        texts.extend(step.goals.iter().map(|p| &p.text));
        for question in &step.questions {
            texts.extend([&question.ask, &question.why]);
            for option in &question.options {
                texts.extend(option.label.iter().chain(&option.reason));
            }
        }
    }
    texts
}

/// Chinese is Chinese and English is English, and no text is a wall.
#[test]
fn texts_are_in_their_language_and_short() {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for lesson in lessons() {
        for text in all_texts(&lesson) {
            let names = ["李四", "张三", "钱七"];
            let mut en = text.en.clone();
            for name in names {
                en = en.replace(name, "");
            }
            assert!(!en.chars().any(is_han), "{}: {}", lesson.id, text.en);
            assert!(text.en.len() <= 420, "{}: {}", lesson.id, text.en);
            let plain = text.en.chars().all(|c| c.is_ascii() || is_han(c));
            assert!(plain, "{}: typographic marks in {}", lesson.id, text.en);
        }
        let chinese = all_texts(&lesson)
            .iter()
            .filter(|t| t.zh.chars().any(is_han))
            .count();
        assert!(
            chinese * 10 >= all_texts(&lesson).len() * 9,
            "{}",
            lesson.id
        );
    }
}

/// Every step teaches: a hint ladder of two rungs at least, and something to notice.
#[test]
fn every_step_helps_and_notices() {
    for lesson in lessons() {
        for step in &lesson.steps {
            assert!(step.hints.len() >= 2, "{}.{}", lesson.id, step.id);
            assert!(step.notice.is_some(), "{}.{}", lesson.id, step.id);
            assert!(!step.notes.point_at.is_empty(), "{}.{}", lesson.id, step.id);
        }
        assert!(lesson.end_hints.len() >= 2, "{}", lesson.id);
        assert!(!lesson.cards.is_empty(), "{}", lesson.id);
        assert!(start_of(&lesson, None).is_ok(), "{}", lesson.id);
    }
}

/// Statements of the scenario language in lessons are read before any run meets them.
#[test]
fn statements_of_lessons_are_statements() {
    for lesson in lessons() {
        let scenario = kafka_scenario::parse(&lesson.start).expect("a scenario");
        let option_acts = |s: &kafka_lessons::Step| {
            let options = s.questions.iter().flat_map(|q| q.options.clone());
            options.flat_map(|o| o.acts).collect::<Vec<Act>>()
        };
        let acts = lesson
            .steps
            .iter()
            .flat_map(|s| [s.acts.clone(), option_acts(s)].concat());
        for act in acts.chain(lesson.solution.iter().cloned()) {
            if let Act::Scenario(statement) = act {
                let known: Vec<String> = statement
                    .text
                    .split(' ')
                    .skip(1)
                    .map(str::to_owned)
                    .collect();
                let introduces = ["producer ", "consumer ", "share-consumer "];
                let known = if introduces.iter().any(|w| statement.text.starts_with(w)) {
                    Vec::new()
                } else {
                    known
                };
                let read = kafka_scenario::parse::statement(
                    statement.line,
                    &statement.text,
                    &scenario.setup,
                    &known,
                );
                assert!(read.is_ok(), "{}: {read:?}", lesson.id);
            }
        }
    }
}

/// The glossary has the words of the lessons, and every misconception a lesson names has an entry.
#[test]
fn words_and_misconceptions_are_complete() {
    let glossary = Entries::read(GLOSSARY).expect("the glossary");
    assert!(glossary.0.len() >= 60, "{} words", glossary.0.len());
    let beliefs = Entries::read(MISCONCEPTIONS).expect("the misconceptions");
    let ids: Vec<&str> = beliefs.0.iter().map(|entry| entry.id.as_str()).collect();
    let all: Vec<String> = (1..=20).map(|n| Tag(n).to_string()).collect();
    assert_eq!(ids, all);
    for lesson in lessons() {
        let questions = lesson.steps.iter().flat_map(|s| &s.questions);
        for tag in questions.flat_map(|q| &q.options).filter_map(|o| o.tag) {
            assert!(beliefs.get(&tag.to_string()).is_some(), "{tag}");
        }
    }
}

/// Worksheets are computed from the run, after the step they name.
#[test]
fn worksheets_are_filled_from_the_run() {
    let lesson = lessons().into_iter().find(|l| l.id == "L06").expect("L06");
    let sheets = worksheet::fill(&lesson, None).expect("a worksheet");
    assert_eq!(sheets.len(), lesson.worksheet.len());
    let cells = |id: &str| {
        let sheet = sheets.iter().find(|sheet| sheet.id == id).expect("a table");
        let rows = sheet.rows.iter();
        let said = |row: &worksheet::Row| {
            let cells = row.cells.iter().map(|cell| cell.en.clone());
            std::iter::once(row.name.en.clone())
                .chain(cells)
                .collect::<Vec<_>>()
        };
        rows.map(said).collect::<Vec<_>>()
    };
    assert_eq!(
        cells("W1"),
        [
            ["w1", "orders-0", "2"],
            ["w2", "orders-1", "2"],
            ["w3", "orders-2", "2"]
        ]
    );
    assert_eq!(
        cells("W3"),
        [
            ["workers", "3", "6", "1"],
            ["billing", "2", "6", "1"],
            ["email", "1", "6", "1"],
            ["audit", "1", "6", "1"]
        ]
    );
}
