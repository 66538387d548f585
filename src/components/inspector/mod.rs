//! The inspector: facts, timers, why, configuration, actions, title block.

mod start;

use kafka_lessons::glossary::Glossary;
use yew::prelude::*;

use super::glossary::terms::Terms;
use crate::components::icon::Icon;
use crate::i18n::{Lang, Text, sentence};
use crate::platform::{HtmlInputElement, SubmitEvent};
use crate::tasks::Task;
use crate::tasks::action::Action;
use crate::view_model::app::{CardView, Locks, TitleView};
use crate::view_model::checks::CheckRow;
use crate::view_model::cluster::ClusterView;
use crate::view_model::inspector::{Fact, InspectorView, TimerView, WhyStep};
use crate::view_model::levers::{ActionView, Tone};
use crate::view_model::object::ObjectId;
use start::Start;
use std::rc::Rc;

/// What the inspector shows.
#[derive(Properties, PartialEq)]
pub struct InspectorProps {
    /// Language.
    pub lang: Lang,
    /// The terms, for the cards beside them.
    pub glossary: Option<Rc<Glossary>>,
    /// The object.
    pub inspector: Rc<InspectorView>,
    /// The cluster.
    pub cluster: Rc<ClusterView>,
    /// The run.
    pub title: TitleView,
    /// What is locked.
    pub locks: Locks,
    /// It lies over the picture and can be closed.
    pub over: bool,
    /// What to look at, when a story is open.
    pub card: Option<CardView>,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

fn fact(props: &InspectorProps, fact: &Fact) -> Html {
    html! {
        <>
            <dt><Terms lang={props.lang} text={fact.name.clone()} glossary={props.glossary.clone()} on_task={props.on_task.clone()} /></dt>
            <dd class={fact.words.then_some("words")}>
                if let Some(was) = &fact.was {
                    <mark>{ fact.value.clone() }</mark>
                    <span class="was">{ was.clone() }</span>
                } else {
                    { fact.value.clone() }
                }
            </dd>
        </>
    }
}

fn timer(timer: &TimerView) -> Html {
    const AROUND: f64 = std::f64::consts::TAU * 8.0;
    let share = timer
        .whole
        .map_or(1.0, |whole| timer.left as f64 / whole.max(1) as f64)
        .clamp(0.0, 1.0);
    let edge = if share < 0.2 {
        "var(--caution)"
    } else {
        "var(--ink)"
    };
    html! {
        <li>
            <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
                <circle cx="11" cy="11" r="8" fill="none" stroke="var(--rule)" stroke-width="3" />
                <circle cx="11" cy="11" r="8" fill="none" stroke={edge} stroke-width="3"
                    stroke-dasharray={format!("{:.1} {AROUND:.1}", share * AROUND)} transform="rotate(-90 11 11)" />
            </svg>
            <code>{ timer.name.clone() }</code>
            <span class="mono">{ sentence::duration(timer.left) }</span>
        </li>
    }
}

fn why(number: usize, step: &WhyStep, on_task: &Callback<Task>) -> Html {
    let (on_task, event) = (on_task.clone(), step.event);
    html! {
        // An event may stand for what is left out before it, too.
        <li key={number}>
            <span class="number" aria-hidden="true">{ number }</span>
            <button type="button" onclick={move |_| on_task.emit(Task::SeekEvent(event))}>
                <span class="at">{ sentence::clock(step.at) }</span>
                <span class="words">{ step.words.clone() }</span>
            </button>
        </li>
    }
}

fn record(object: &ObjectId, words: &str, on_task: &Callback<Task>) -> Html {
    let (on_task, task) = (on_task.clone(), Task::Select(Some(object.clone())));
    html! {
        <li key={object.key()}>
            <button type="button" onclick={move |_| on_task.emit(task.clone())}>
                <span class="words mono">{ words.to_owned() }</span>
            </button>
        </li>
    }
}

fn file(name: &str, size: u64) -> Html {
    html! {
        <>
            <dt><code>{ name.to_owned() }</code></dt>
            <dd>{ format!("{size} B") }</dd>
        </>
    }
}

/// A checked rule, how it stands and where to look.
fn check(lang: Lang, row: &CheckRow, on_task: &Callback<Task>) -> Html {
    let jump = row.evidence.last().map(|event| {
        let (on_task, event) = (on_task.clone(), *event);
        html! { <button type="button" class="button quiet" onclick={move |_| on_task.emit(Task::SeekEvent(event))}>{ lang.say(Text::ShowEvent) }</button> }
    });
    html! {
        <li key={row.id} class={(!row.holds).then_some("broken")}>
            <b class="mono">{ row.id }</b>{ " " }{ row.rule }{ " " }<i>{ row.outcome.clone() }</i>
            if let Some(found) = &row.found {
                <p>{ found.clone() }</p>
            }
            { jump.unwrap_or_default() }
        </li>
    }
}

/// The rules that were broken though no setting permits it: above everything else.
fn broken(lang: Lang, rows: &[CheckRow], on_task: &Callback<Task>) -> Html {
    let broken = rows.iter().filter(|row| !row.holds);
    html! {
        <ul class="checks broken-rules">{ for broken.map(|row| check(lang, row, on_task)) }</ul>
    }
}

/// The checked rules: folded, unless one was broken.
fn checks(lang: Lang, rows: &[CheckRow], on_task: &Callback<Task>) -> Html {
    let holding = rows.iter().filter(|row| !row.seen).count();
    let rest = rows.iter().filter(|row| row.holds);
    html! {
        <details class="checks" open={rows.iter().any(|row| row.holds && row.seen)}>
            <summary>{ lang.say(Text::Checks) }{ format!(" ({holding}/{})", rows.len()) }</summary>
            <ul>{ for rest.map(|row| check(lang, row, on_task)) }</ul>
        </details>
    }
}

/// A button for an action; also used by the context menu.
pub fn action_button(action: &ActionView, on_task: &Callback<Task>) -> Html {
    let class = match action.tone {
        Tone::Primary => "button primary",
        Tone::Plain => "button quiet",
        Tone::Danger => "button danger",
    };
    let (on_task, task) = (on_task.clone(), action.task.clone());
    // A press on a locked button tells why, too: the task is refused with the reason.
    html! {
        <button type="button" class={class} aria-disabled={action.off.map(|_| "true")} title={action.off} aria-description={action.off}
            onclick={move |_| on_task.emit(task.clone())}>{ action.words.clone() }</button>
    }
}

/// A field and a button that send one record.
#[derive(Properties, PartialEq)]
struct SendProps {
    lang: Lang,
    topic: String,
    off: Option<&'static str>,
    on_task: Callback<Task>,
}

#[component]
fn Send(props: &SendProps) -> Html {
    let field = use_node_ref();
    let submit = {
        let (field, topic, on_task) = (field.clone(), props.topic.clone(), props.on_task.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(field) = field.cast::<HtmlInputElement>() {
                let value = field.value();
                let topic = topic.clone();
                on_task.emit(Task::Act(Action::Send { topic, value }));
                field.set_value("");
            }
        })
    };
    let lang = props.lang;
    html! {
        <form class="send" onsubmit={submit}>
            <input ref={field} type="text" aria-label={lang.say(Text::MessageText)} placeholder={lang.say(Text::MessageText)} autocomplete="off" />
            <button type="submit" class="button primary" aria-disabled={props.off.map(|_| "true")} title={props.off} aria-description={props.off}>{ lang.say(Text::ActSend) }</button>
        </form>
    }
}

/// The inspector.
#[component]
pub fn Inspector(props: &InspectorProps) -> Html {
    let (lang, view) = (props.lang, &props.inspector);
    let whole = view.object.is_none();
    let close = props.on_task.reform(|_| Task::Select(None));
    html! {
        <aside class="inspector" id="inspector" aria-label={lang.say(Text::Inspector)} tabindex="-1">
            if props.over {
                <button type="button" class="close" aria-label={lang.say(Text::InspectorClose)} title={lang.say(Text::InspectorClose)} onclick={close}>{ Icon::Close.html() }</button>
            }
            <div class="body" tabindex="0" role="region" aria-label={lang.say(Text::Inspector)}>
                if view.checks.iter().any(|row| !row.holds) {
                    { broken(lang, &view.checks, &props.on_task) }
                }
                if let Some(card) = props.card.as_ref().filter(|_| whole) {
                    <div class="story-card">
                        <h2>{ card.title.clone() }</h2>
                        <h3>{ lang.say(Text::GalleryLook) }</h3>
                        <p>{ card.look.clone() }</p>
                    </div>
                } else if whole {
                    <Start lang={lang} cluster={props.cluster.clone()} on_task={props.on_task.clone()} />
                }
                <div class="caption">{ lang.say(view.kind) }</div>
                if !whole {
                    <h2>{ view.name.clone() }</h2>
                }
                if !view.exists {
                    <p>{ lang.say(Text::ObjectGone) }</p>
                }
                <dl class="facts">{ for view.facts.iter().map(|f| fact(props, f)) }</dl>
                if whole {
                    <p class="hint">{ lang.say(Text::NothingSelected) }</p>
                }
                if !view.timers.is_empty() {
                    <h3>{ lang.say(Text::Timers) }</h3>
                    <ul class="timers">{ for view.timers.iter().map(timer) }</ul>
                }
                if !view.why.is_empty() {
                    <h3>{ lang.say(Text::Why) }</h3>
                    <ol class="why">{ for view.why.iter().enumerate().map(|(i, s)| why(i + 1, s, &props.on_task)) }</ol>
                }
                if !view.fate.is_empty() {
                    <h3>{ lang.say(Text::Fate) }</h3>
                    <ol class="why">{ for view.fate.iter().enumerate().map(|(i, s)| why(i + 1, s, &props.on_task)) }</ol>
                }
                if !view.records.is_empty() {
                    <h3>{ lang.say(Text::Records) }</h3>
                    <ul class="why">{ for view.records.iter().map(|(object, words)| record(object, words, &props.on_task)) }</ul>
                }
                if !view.files.is_empty() {
                    <h3>{ lang.say(Text::Files) }</h3>
                    <dl class="facts">{ for view.files.iter().map(|(name, size)| file(name, *size)) }</dl>
                }
                if !view.checks.is_empty() {
                    { checks(lang, &view.checks, &props.on_task) }
                }
                if !view.configs.is_empty() {
                    <h3>{ lang.say(Text::Configs) }</h3>
                    <dl class="facts">
                        { for view.configs.iter().map(|(name, value)| html! { <><dt><code>{ name.clone() }</code></dt><dd>{ value.clone() }</dd></> }) }
                    </dl>
                }
            </div>
            if !view.actions.is_empty() || view.sends.is_some() {
                <div class="actions" role="group" aria-label={lang.say(Text::Actions)}>
                    if let Some(topic) = &view.sends {
                        <Send lang={lang} topic={topic.clone()} off={props.locks.clients} on_task={props.on_task.clone()} />
                    }
                    { for view.actions.iter().map(|a| action_button(a, &props.on_task)) }
                </div>
            }
            { title_block(lang, &props.title) }
        </aside>
    }
}

fn title_block(lang: Lang, title: &TitleView) -> Html {
    html! {
        <div class="title-block">
            <div><small>{ lang.say(Text::Seed) }</small><span class="mono">{ title.seed }</span></div>
            <div><small>{ lang.say(Text::Profile) }</small>{ title.profile.clone() }</div>
            <div><small>{ lang.say(Text::StateHash) }</small><span class="mono" data-digest="">{ title.digest.clone() }</span></div>
        </div>
    }
}
