//! Text to lesson: a step, its acts and its questions.

use crate::cursor::Cursor;
use crate::error::{LessonError, Problem};
use crate::expr::Type;
use crate::expr_read::{read, read_as};
use crate::lesson::{Act, Choice, Control, Kind, Notes, Question, Show, Statement, Step, Tag};
use crate::read::Lines;
use crate::text::Text;

/// Terminals a lesson may use.
const TERMINALS: u8 = 8;
/// Options a question has at least, as written; yes-no gets its others by rule.
const OPTIONS_MIN: usize = 2;

/// Words that begin a line of a step.
const WORDS: [&str; 20] = [
    "title",
    "body",
    "notice",
    "hint",
    "say",
    "point",
    "asked",
    "lock",
    "spotlight",
    "goal",
    "question",
    "do",
    "type",
    "input",
    "interrupt",
    "run",
    "until",
    "quiet",
    "event",
    "holds",
];

/// Words that begin an act.
const ACTS: [&str; 8] = [
    "do",
    "type",
    "input",
    "interrupt",
    "run",
    "until",
    "quiet",
    "event",
];

#[derive(Default)]
struct Draft {
    title: Option<Text>,
    body: Option<Text>,
    notice: Option<Text>,
    say: Option<Text>,
    asked: Option<Text>,
}

pub(crate) fn step(lines: &mut Lines<'_>, line: &mut Cursor) -> Result<Step, LessonError> {
    let (id, _) = line.word("the step's id, as S1,")?;
    line.finish()?;
    let begin = line.number;
    let mut draft = Draft::default();
    let mut step = Step {
        id,
        title: Text::same(""),
        body: None,
        acts: Vec::new(),
        questions: Vec::new(),
        notice: None,
        hints: Vec::new(),
        notes: Notes {
            say: Text::same(""),
            point_at: Vec::new(),
            if_asked: Text::same(""),
        },
        locked: Vec::new(),
        spotlight: Vec::new(),
        goals: Vec::new(),
        line: begin,
    };
    while let Some(mut line) = lines.peek() {
        let (word, column) = line.word("a word")?;
        if !WORDS.contains(&word.as_str()) {
            break;
        }
        lines.take();
        let twice = |line: &Cursor| line.error_at(column, Problem::Twice(word.clone()));
        let slot = match word.as_str() {
            "title" => Some(&mut draft.title),
            "body" => Some(&mut draft.body),
            "notice" => Some(&mut draft.notice),
            "say" => Some(&mut draft.say),
            "asked" => Some(&mut draft.asked),
            _ => None,
        };
        match slot {
            Some(Some(_)) => return Err(twice(&line)),
            Some(slot) => *slot = Some(lines.text(&mut line)?),
            None => part(&mut step, lines, &mut line, &word, column)?,
        }
    }
    finish(step, draft, line)
}

fn part(
    step: &mut Step,
    lines: &mut Lines<'_>,
    line: &mut Cursor,
    word: &str,
    column: usize,
) -> Result<(), LessonError> {
    match word {
        "hint" => step.hints.push(lines.text(line)?),
        "point" => step.notes.point_at.append(&mut objects(line)?),
        "spotlight" => step.spotlight.append(&mut objects(line)?),
        "lock" => {
            while !line.is_end() {
                step.locked.push(control(line)?);
            }
        }
        "goal" => step.goals.push(lines.predicate(line)?),
        "question" => {
            let question = question(lines, line)?;
            if step.questions.iter().any(|known| known.id == question.id) {
                return Err(line.error_at(column, Problem::Twice(question.id)));
            }
            step.questions.push(question);
        }
        _ => step.acts.push(act(lines, line, word, column)?),
    }
    Ok(())
}

fn finish(mut step: Step, draft: Draft, line: &Cursor) -> Result<Step, LessonError> {
    let missing = |part| line.error_at(1, Problem::MissingPart(part));
    step.title = draft.title.ok_or_else(|| missing("title"))?;
    step.body = draft.body;
    step.notice = draft.notice;
    step.notes.say = draft.say.ok_or_else(|| missing("say"))?;
    step.notes.if_asked = draft.asked.ok_or_else(|| missing("asked"))?;
    let asks = step.questions.iter().find(|q| q.kind != Kind::Action);
    let passes = matches!(
        step.acts.last(),
        Some(Act::Run(_) | Act::RunUntil { .. } | Act::Quiet { .. } | Act::Step)
    );
    match asks {
        Some(question) if !passes && !step.acts.is_empty() => Err(LessonError {
            line: question.line,
            column: 1,
            problem: Problem::NoTime,
        }),
        _ => Ok(step),
    }
}

/// Objects as the page names them: `broker:1`, `partition:t-0`.
fn objects(line: &mut Cursor) -> Result<Vec<String>, LessonError> {
    let kinds = [
        "broker",
        "controller",
        "partition",
        "replica",
        "record",
        "client",
        "group",
        "terminal",
        "twin",
    ];
    let mut objects = Vec::new();
    while !line.is_end() {
        let (word, column) = line.word("an object")?;
        let kind = word.split_once(':').map_or("", |(kind, _)| kind);
        if !kinds.contains(&kind) {
            let known = "an object as broker:1, partition:orders-0, client:w1 or group:workers";
            return Err(line.error_at(column, Problem::BadValue(word, known)));
        }
        objects.push(word);
    }
    Ok(objects)
}

fn control(line: &mut Cursor) -> Result<Control, LessonError> {
    let (word, column) = line.word("a control")?;
    Ok(match word.as_str() {
        "terminal" => Control::Terminal,
        "servers" => Control::Servers,
        "clients" => Control::Clients,
        "network" => Control::Network,
        "time" => Control::Time,
        _ => {
            let known = "terminal, servers, clients, network or time";
            return Err(line.error_at(column, Problem::BadValue(word, known)));
        }
    })
}

fn terminal(line: &mut Cursor) -> Result<u8, LessonError> {
    let column = line.column();
    let number = line.number::<u8>("the terminal's number, from 0,")?;
    if number < TERMINALS {
        return Ok(number);
    }
    Err(line.error_at(column, Problem::BadValue(number.to_string(), "0 to 7")))
}

fn act(
    lines: &mut Lines<'_>,
    line: &mut Cursor,
    word: &str,
    column: usize,
) -> Result<Act, LessonError> {
    let act = match word {
        "do" => {
            let (number, column) = (line.number, line.column());
            let text = line.rest();
            if text.is_empty() {
                return Err(line.error(Problem::Missing("a statement of the scenario language")));
            }
            Act::Scenario(Statement {
                line: number,
                column,
                text,
            })
        }
        "type" => shell(lines, line)?,
        "input" => Act::Input {
            terminal: terminal(line)?,
            line: line.quoted("the line in quotes")?,
        },
        "interrupt" => Act::Interrupt {
            terminal: terminal(line)?,
        },
        "run" => Act::Run(line.span("how long")?),
        "quiet" => Act::Quiet {
            limit: line.span("how long at most")?,
        },
        "event" => Act::Step,
        "until" => {
            let condition = read_as(line, false, Type::Bool)?;
            let (word, column) = line.word("`limit`")?;
            if word != "limit" {
                return Err(line.error_at(column, Problem::BadValue(word, "limit")));
            }
            Act::RunUntil {
                condition,
                limit: line.span("how long at most")?,
            }
        }
        _ => {
            let known = "do, type, input, interrupt, run, until, quiet or event";
            return Err(line.error_at(column, Problem::UnknownWord(word.to_owned(), known)));
        }
    };
    line.finish()?;
    Ok(act)
}

fn shell(lines: &mut Lines<'_>, line: &mut Cursor) -> Result<Act, LessonError> {
    let terminal = terminal(line)?;
    let command = line.quoted("the command line in quotes")?;
    line.finish()?;
    let mut show = Show::Full;
    if let Some(mut blank) = lines.take_word("blank") {
        let column = blank.column();
        let part = blank.quoted("the part to leave blank, in quotes,")?;
        blank.finish()?;
        if part.is_empty() || !command.contains(&part) {
            return Err(blank.error_at(column, Problem::NotInLine(part)));
        }
        show = Show::Blank(part);
    } else if let Some(mut described) = lines.take_word("described") {
        show = Show::Described(lines.text(&mut described)?);
    }
    Ok(Act::Shell {
        terminal,
        line: command,
        show,
    })
}

fn kind(line: &mut Cursor) -> Result<Kind, LessonError> {
    let (word, column) = line.word("the kind of answer")?;
    Ok(match word.as_str() {
        "number" => Kind::Number,
        "yes-no" => Kind::YesNo,
        "broker" => Kind::Broker,
        "partition" => Kind::Partition,
        "client" => Kind::Client,
        "words" => Kind::Words,
        "action" => Kind::Action,
        _ => {
            let known = "number, yes-no, broker, partition, client, words or action";
            return Err(line.error_at(column, Problem::BadValue(word, known)));
        }
    })
}

fn question(lines: &mut Lines<'_>, line: &mut Cursor) -> Result<Question, LessonError> {
    let (id, _) = line.word("the question's id, as P1,")?;
    let kind = kind(line)?;
    line.finish()?;
    let number = line.number;
    let need = |lines: &mut Lines<'_>, word, what| {
        let found = lines.take_word(word);
        found.ok_or_else(|| line.error_at(1, Problem::Missing(what)))
    };
    let mut ask = need(lines, "ask", "`ask` on the next line")?;
    let ask = lines.text(&mut ask)?;
    let mut answer = need(lines, "answer", "`answer EXPRESSION`")?;
    let column = answer.column();
    let (expr, is) = read(&mut answer, true)?;
    answer.finish()?;
    let wanted = match kind {
        Kind::YesNo | Kind::Action => Type::Bool,
        Kind::Words => is,
        Kind::Number if is == Type::Span => Type::Span,
        Kind::Number | Kind::Broker | Kind::Partition => Type::Number,
        Kind::Client => Type::Text,
    };
    if !is.fits(wanted) {
        let problem = Problem::WrongType(is.name(), wanted.name());
        return Err(answer.error_at(column, problem));
    }
    let mut within = 0;
    if let Some(mut near) = lines.take_word("within") {
        let is_span = near.peek_word().ends_with('s');
        within = if is_span {
            near.span("how near")?
        } else {
            near.number("how near")?
        };
        near.finish()?;
    }
    let mut options = Vec::new();
    while let Some(mut option) = lines.take_word("option") {
        options.push(choice(lines, &mut option, kind, is)?);
    }
    let mut why = need(lines, "why", "`why` after the options")?;
    let why = lines.text(&mut why)?;
    let golden = options.iter().filter(|option| option.golden).count();
    if options.len() < OPTIONS_MIN {
        let problem = Problem::FewOptions(options.len(), OPTIONS_MIN);
        return Err(line.error_at(1, problem));
    }
    if golden != 1 {
        return Err(line.error_at(1, Problem::Golden(golden)));
    }
    Ok(Question {
        id,
        ask,
        kind,
        answer: expr,
        within,
        options,
        why,
        line: number,
    })
}

/// `option VALUE golden`, `option VALUE tag M03 at client:w2`, and the lines that belong to it.
fn choice(
    lines: &mut Lines<'_>,
    line: &mut Cursor,
    kind: Kind,
    is: Type,
) -> Result<Choice, LessonError> {
    let mut choice = Choice {
        value: None,
        golden: false,
        tag: None,
        reason: None,
        label: None,
        target: None,
        acts: Vec::new(),
    };
    if kind != Kind::Action {
        let column = line.column();
        let (value, value_is) = read(line, true)?;
        // A text among numbers is an option in words that is never equal: "it depends".
        if !value_is.fits(is) && value_is != Type::Text {
            let problem = Problem::WrongType(value_is.name(), is.name());
            return Err(line.error_at(column, problem));
        }
        choice.value = Some(value);
    }
    while !line.is_end() {
        let (word, column) = line.word("a word")?;
        match word.as_str() {
            "golden" => choice.golden = true,
            "tag" => choice.tag = Some(tag(line)?),
            "at" => choice.target = objects(line)?.pop(),
            _ => {
                let known = "golden, tag or at";
                return Err(line.error_at(column, Problem::UnknownWord(word, known)));
            }
        }
    }
    if let Some(mut label) = lines.take_word("label") {
        choice.label = Some(lines.text(&mut label)?);
    }
    if let Some(mut reason) = lines.take_word("reason") {
        choice.reason = Some(lines.text(&mut reason)?);
    }
    if kind == Kind::Action {
        action(lines, line, &mut choice)?;
    }
    if !choice.golden && choice.tag.is_none() && choice.reason.is_none() {
        return Err(line.error(Problem::Missing("`tag M..` or a `reason`")));
    }
    Ok(choice)
}

fn action(lines: &mut Lines<'_>, option: &Cursor, choice: &mut Choice) -> Result<(), LessonError> {
    choice.acts = acts(lines)?;
    if choice.label.is_none() {
        return Err(option.error(Problem::Missing("`label` of the action")));
    }
    if choice.acts.is_empty() {
        return Err(option.error(Problem::Missing("what the action does")));
    }
    Ok(())
}

/// The lines that follow as long as they are acts.
pub(crate) fn acts(lines: &mut Lines<'_>) -> Result<Vec<Act>, LessonError> {
    let mut acts = Vec::new();
    while let Some(mut line) = lines.peek() {
        let (word, column) = line.word("a word")?;
        if !ACTS.contains(&word.as_str()) {
            break;
        }
        lines.take();
        acts.push(act(lines, &mut line, &word, column)?);
    }
    Ok(acts)
}

fn tag(line: &mut Cursor) -> Result<Tag, LessonError> {
    let (word, column) = line.word("a misconception, M01 to M20,")?;
    let number = word.strip_prefix('M').and_then(|n| n.parse().ok());
    match number.filter(|n| (1..=20).contains(n)) {
        Some(number) => Ok(Tag(number)),
        None => Err(line.error_at(column, Problem::BadValue(word, "M01 to M20"))),
    }
}
