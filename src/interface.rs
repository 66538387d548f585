//! `window.brokerscope`: the page from JavaScript, for pages that embed it and for tests.
//!
//! Values are plain objects (serde-wasm-bindgen), times are microseconds of virtual time, and every
//! method throws an `Error` with a sentence when it cannot do what it was asked. Calls are answered
//! when their work is done: nothing has to be waited for. What it is not: another way to run a
//! world; every method is a task of the page, so it is shown, told, kept and undone like a click.
//!
//! | method | does | gives |
//! |---|---|---|
//! | `load(text)` | opens a scenario, a link or a kept run, to its end | summary |
//! | `run({ms})`, `run({events})`, `run({until: "command"})` | lets time pass | summary |
//! | `step()`, `stepBack()`, `seek(us)` | moves as the time bar does | summary |
//! | `act(action)` | intervenes, as in `{crash: {broker: 1}}`, `"heal"`, `{send: {topic, value}}` | summary |
//! | `terminal(line)`, `terminal({terminal, line})` | types a line into the shown terminal, or into one by its number from 0; time passes until the command ends or reads | `{lines, waits}` |
//! | `interrupt()`, `endInput()` | Ctrl-C, Ctrl-D in the shown terminal, or in one by its number | `{lines, waits}` |
//! | `terminals()` | | `[{terminal, shown, tool, fresh}]`, the open ones; `tool` runs there, `fresh`: it wrote since it was shown |
//! | `select(key)` | selects an object, as in `"broker:1"`; `null` for none | nothing |
//! | `play()`, `pause()` | time flows or not | nothing |
//! | `summary()` | | `{time, events, digest, branch, branches, playing, opening, seed}` |
//! | `state()` | | the whole picture as data |
//! | `digest()` | | 16 hexadecimal digits |
//! | `story()`, `why(key)`, `checks()` | | what happened, the chain of causes, the rules |
//! | `lesson()` | | `{lesson, step, phase, question, working}`: where the learner is; `null` without a lesson |
//! | `link()`, `scenario()` | | the run up to now as text |
//!
//! `version` is 1; it grows when a method changes its meaning.

use kafka_core::types::Time;
use kafka_lessons::play::TERMINALS_MAX;
use kafka_shell::terminal::TerminalStatus;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use crate::platform::address;
use crate::platform::embed::{self, Answer, Method};
use crate::session::Session;
use crate::session::handle::SessionHandle;
use crate::session::terminal::Terminal;
use crate::tasks::action::Action;
use crate::tasks::{Task, travel};
use crate::view_model::app::Dialog;
use crate::view_model::object::ObjectId;

/// The version of the interface.
const VERSION: u32 = 1;
/// Virtual time one call may let pass, in ms.
const RUN_MS_MAX: u64 = 3_600_000;
/// Events one call may deliver.
const RUN_EVENTS_MAX: u64 = 5_000_000;

#[derive(Serialize)]
struct Summary {
    time: u64,
    events: u64,
    digest: String,
    branch: u32,
    branches: usize,
    playing: bool,
    /// True while the run is being built up.
    opening: bool,
    seed: u64,
}

#[derive(Serialize)]
struct Printed {
    lines: Vec<PrintedLine>,
    /// `"command"`, `"input"` or `"busy"`.
    waits: &'static str,
}

#[derive(Serialize)]
struct PrintedLine {
    channel: String,
    text: String,
}

#[derive(Serialize)]
struct Told {
    event: u64,
    at: u64,
    words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typing {
    terminal: u8,
    line: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Span {
    Ms(u64),
    Events(u64),
    Until(Goal),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Goal {
    /// The terminal's command has ended or reads.
    Command,
}

/// Publishes the interface.
pub fn install(session: &SessionHandle) {
    let methods: Vec<Method> = [moving(session), acting(session), telling(session)]
        .into_iter()
        .flatten()
        .collect();
    embed::publish("brokerscope", VERSION, methods);
}

fn method(
    session: &SessionHandle,
    name: &'static str,
    call: impl Fn(&SessionHandle, JsValue) -> Answer + 'static,
) -> Method {
    let session = session.clone();
    Method::new(name, move |argument| call(&session, argument))
}

fn moving(session: &SessionHandle) -> Vec<Method> {
    let task = |name, task: Task| {
        method(session, name, move |session, _| {
            session.run(task.clone());
            settled(session)
        })
    };
    vec![
        method(session, "load", |session, text| {
            load(session, &embed::text(&text)?)
        }),
        method(session, "run", |session, span| {
            run(session, embed::read(span)?)
        }),
        method(session, "seek", |session, at| {
            session.run(Task::Seek(embed::read(at)?));
            settled(session)
        }),
        task("step", Task::Step),
        task("stepBack", Task::StepBack),
        method(session, "play", |session, _| {
            session.change(|s| s.playing = !s.is_opening());
            Ok(JsValue::UNDEFINED)
        }),
        method(session, "pause", |session, _| {
            session.change(|s| s.playing = false);
            Ok(JsValue::UNDEFINED)
        }),
    ]
}

fn acting(session: &SessionHandle) -> Vec<Method> {
    vec![
        method(session, "act", |session, action| {
            let action: Action = embed::read(action)?;
            session.change(Session::settle);
            let refused = session.change(|s| {
                s.overlays.toast = None;
                crate::tasks::perform(s, Task::Act(action));
                let toast = s.overlays.toast.as_ref();
                toast
                    .filter(|toast| toast.error)
                    .map(|toast| toast.words.clone())
            });
            refused.map_or_else(|| settled(session), Err)
        }),
        method(session, "terminal", |session, line| {
            let typing = if line.is_string() {
                Typing {
                    terminal: session.read(|s| s.shells.shown()),
                    line: embed::text(&line)?,
                }
            } else {
                embed::read(line)?
            };
            let number = existing(typing.terminal)?;
            typed(session, number, Task::TerminalLine(number, typing.line))
        }),
        method(session, "interrupt", |session, terminal| {
            let number = chosen(session, terminal)?;
            typed(session, number, Task::TerminalStop(number))
        }),
        method(session, "endInput", |session, terminal| {
            let number = chosen(session, terminal)?;
            typed(session, number, Task::TerminalEnd(number))
        }),
        method(session, "select", |session, key| {
            let object = match key.as_string() {
                Some(key) => Some(object(&key)?),
                None => None,
            };
            session.run(Task::Select(object));
            Ok(JsValue::UNDEFINED)
        }),
    ]
}

fn telling(session: &SessionHandle) -> Vec<Method> {
    vec![
        method(session, "summary", |session, _| summary(session)),
        method(session, "digest", |session, _| {
            Ok(JsValue::from_str(&session.read(digest)))
        }),
        method(session, "state", |session, _| {
            session.read(|s| embed::write(&s.cluster()))
        }),
        method(session, "story", |session, _| {
            let rows = session.view().story.rows.clone();
            let rows = rows.into_iter().filter(|row| !row.future);
            let told = rows.map(|row| Told {
                event: row.event,
                at: row.at,
                words: row.words,
            });
            embed::write(&told.collect::<Vec<_>>())
        }),
        method(session, "why", |session, key| {
            let object = object(&embed::text(&key)?)?;
            let steps = session.read(|s| s.why(&object));
            let told = steps.into_iter().map(|step| Told {
                event: step.event,
                at: step.at,
                words: step.words,
            });
            embed::write(&told.collect::<Vec<_>>())
        }),
        method(session, "checks", |session, _| {
            session.read(|s| embed::write(&s.check_rows()))
        }),
        method(session, "terminals", |session, _| {
            embed::write(&session.read(Session::terminals))
        }),
        method(session, "lesson", |session, _| {
            embed::write(&session.read(Session::learning_place))
        }),
        method(session, "link", |session, _| {
            let hash = session.read(|s| s.script().link());
            Ok(JsValue::from_str(&address::with_hash(&hash)))
        }),
        method(session, "scenario", |session, _| {
            Ok(JsValue::from_str(&session.read(Session::scenario_text)))
        }),
    ]
}

fn object(key: &str) -> Result<ObjectId, String> {
    ObjectId::parse(key)
        .ok_or_else(|| format!("\"{key}\" names no object; write it as in \"broker:1\""))
}

fn digest(session: &Session) -> String {
    format!("{:016x}", session.timeline.world().digest())
}

fn summary(session: &SessionHandle) -> Answer {
    session.read(|s| {
        embed::write(&Summary {
            time: s.now(),
            events: s.timeline.moment().events,
            digest: digest(s),
            branch: s.timeline.current().0,
            branches: s.timeline.branches().count(),
            playing: s.playing,
            opening: s.is_opening(),
            seed: s.timeline.world().seed(),
        })
    })
}

/// Finishes the work that a task began.
fn settled(session: &SessionHandle) -> Answer {
    session.change(|s| {
        s.settle();
        s.playing = false;
    });
    summary(session)
}

fn load(session: &SessionHandle, text: &str) -> Answer {
    session.change(Session::settle);
    session.run(Task::Import(text.to_owned()));
    let refused = session.read(|s| match &s.overlays.dialog {
        Some(Dialog::Import(view)) => view.error.clone(),
        _ => None,
    });
    if let Some(refused) = refused {
        session.run(Task::CloseDialog);
        return Err(refused);
    }
    session.change(|s| s.overlays.toast = None);
    settled(session)
}

fn run(session: &SessionHandle, span: Span) -> Answer {
    session.change(Session::settle);
    match span {
        Span::Ms(ms) if ms > RUN_MS_MAX => {
            return Err(format!("ms must be at most {RUN_MS_MAX} in one call"));
        }
        Span::Events(events) if events > RUN_EVENTS_MAX => {
            return Err(format!(
                "events must be at most {RUN_EVENTS_MAX} in one call"
            ));
        }
        Span::Ms(ms) => session.change(|s| {
            let until = s.now() + ms * 1_000;
            travel::run_on(s, until);
        }),
        Span::Events(events) => session.change(|s| {
            let far = Time(s.now() + RUN_MS_MAX * 1_000);
            s.run_events(events, far);
        }),
        Span::Until(Goal::Command) => session.change(|s| s.finish_command()),
    }
    settled(session)
}

/// A terminal's number as it can be used.
fn existing(number: u8) -> Result<u8, String> {
    if number < TERMINALS_MAX {
        return Ok(number);
    }
    Err(format!(
        "terminals have the numbers 0 to {}",
        TERMINALS_MAX - 1
    ))
}

/// The terminal of that number, or the shown one.
fn chosen(session: &SessionHandle, number: JsValue) -> Result<u8, String> {
    if number.is_undefined() || number.is_null() {
        return Ok(session.read(|s| s.shells.shown()));
    }
    existing(embed::read(number)?)
}

/// Types something and lets time pass until the command ends or reads.
fn typed(session: &SessionHandle, number: u8, task: Task) -> Answer {
    session.change(Session::settle);
    let printed = |s: &Session| s.shells.get(number).map_or(0, Terminal::printed);
    let before = session.read(printed);
    session.run(task);
    session.change(|s| {
        s.settle();
        s.playing = false;
    });
    session.read(|s| {
        let view = s.shells.get(number).map(Terminal::view).unwrap_or_default();
        let known = usize::try_from(before.saturating_sub(view.first)).unwrap_or(0);
        let lines = view.lines.iter().skip(known).map(|line| PrintedLine {
            channel: format!("{:?}", line.channel).to_ascii_lowercase(),
            text: line.text.clone(),
        });
        let waits = match s.shells.status(number) {
            TerminalStatus::Idle => "command",
            TerminalStatus::Running {
                wants_input: true, ..
            } => "input",
            TerminalStatus::Running { .. } => "busy",
        };
        embed::write(&Printed {
            lines: lines.collect(),
            waits,
        })
    })
}
