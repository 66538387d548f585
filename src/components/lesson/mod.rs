//! The lesson's panel: where one is, the question or what came of it, and one main action.

mod question;

use std::rc::Rc;

use kafka_lessons::glossary::Glossary;
use yew::prelude::*;

use super::glossary::terms::Terms;
use crate::i18n::{Lang, Text};
use crate::platform::document;
use crate::tasks::lesson::Learn;
use crate::tasks::{Preference, Task};
use crate::view_model::lesson::{Both, Button, GoalView, LessonView};

/// What the panel needs.
#[derive(Properties, PartialEq)]
pub struct LessonProps {
    /// Language.
    pub lang: Lang,
    /// Both languages are shown.
    pub both: bool,
    /// The panel.
    pub lesson: Rc<LessonView>,
    /// The terms, for their cards.
    pub glossary: Option<Rc<Glossary>>,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// A text, and the same in the other language below it.
fn both(lang: Lang, words: &Both) -> Html {
    html! {
        <>
            { words.main.clone() }
            if let Some(other) = &words.other {
                <span class="other" lang={lang.other().tag()}>{ other.clone() }</span>
            }
        </>
    }
}

/// As `both`, and its terms have cards. Not for what is inside a button, or is read aloud.
fn prose(props: &LessonProps, words: &Both) -> Html {
    let (lang, glossary) = (props.lang, &props.glossary);
    html! {
        <>
            <Terms lang={lang} text={words.main.clone()} glossary={glossary.clone()} on_task={props.on_task.clone()} />
            if let Some(other) = &words.other {
                <span class="other" lang={lang.other().tag()}>{ other.clone() }</span>
            }
        </>
    }
}

/// The panel.
#[component]
pub fn Lesson(props: &LessonProps) -> Html {
    let (lang, view) = (props.lang, &props.lesson);
    let on_task = props.on_task.clone();
    use_effect_with((), move |_| on_task.emit(Task::NeedGlossary));
    // A new heading is read aloud and begins at its top.
    use_effect_with(view.heading.main.clone(), |_| {
        document::scroll_to_top("lesson-body");
    });
    html! {
        <section class="lesson" id="lesson" tabindex="-1" aria-label={lang.say(Text::Lesson)}>
            <div class="body" id="lesson-body" tabindex="0">
                <p class="kicker">{ view.kicker.clone() }</p>
                { bars(props) }
                <h2 aria-live="polite">{ both(lang, &view.heading) }</h2>
                { for view.body.iter().map(|words| html! { <p>{ prose(props, words) }</p> }) }
                if let Some(words) = &view.trouble {
                    <p class="problem" role="alert">{ words.clone() }</p>
                }
                { work(view) }
                if let Some(question) = &view.question {
                    { question::question(props, question) }
                }
                { for view.reveals.iter().map(|told| question::reveal(props, told)) }
                if let Some(words) = &view.notice {
                    <div class="notice"><h3>{ lang.say(Text::LessonNotice) }</h3><p>{ prose(props, words) }</p></div>
                }
                { goals(lang, &view.goals) }
                { commands(lang, view) }
                { hints(props) }
                { free(props) }
                { for view.cards.iter().map(|(claim, truth)| html! {
                    <div class="card">
                        <h3>{ lang.say(Text::LessonRead) }</h3><p class="claim">{ both(lang, claim) }</p>
                        <h3>{ lang.say(Text::LessonTrue) }</h3><p>{ prose(props, truth) }</p>
                    </div>
                }) }
                { tools(props) }
            </div>
            <div class="bottom">
                if let Some(words) = &view.lock {
                    <p class="lock">{ words.clone() }</p>
                }
                <div class="row">
                    if let Some(primary) = &view.primary {
                        { button(&props.on_task, primary, "button primary") }
                    }
                    { for view.others.iter().map(|other| button(&props.on_task, other, "button")) }
                </div>
            </div>
        </section>
    }
}

/// A button with its key; one that cannot be used says why.
fn button(on_task: &Callback<Task>, button: &Button, class: &'static str) -> Html {
    let (on_task, does, off) = (on_task.clone(), button.does.clone(), button.off.is_some());
    let press = move |_| {
        if !off {
            on_task.emit(Task::Learn(does.clone()));
        }
    };
    let key = Some(button.key).filter(|key| !key.is_empty());
    html! {
        <button key={button.words.clone()} type="button" class={class} title={button.off.clone()} aria-keyshortcuts={key}
            aria-disabled={off.then_some("true")} aria-description={button.off.clone()} onclick={press}>
            { button.words.clone() }
            if let Some(key) = key.filter(|key| key.len() == 1) {
                <kbd aria-hidden="true">{ key }</kbd>
            }
        </button>
    }
}

fn bars(props: &LessonProps) -> Html {
    let bars = props.lesson.bars.iter().enumerate().map(|(at, bar)| {
        let on_task = props.on_task.clone();
        html! {
            <li key={at}>
                <button type="button" aria-label={bar.words.clone()} title={bar.words.clone()}
                    aria-current={bar.now.then_some("step")} class={bar.done.then_some("done")}
                    onclick={move |_| on_task.emit(Task::Learn(Learn::Go(at)))} />
            </li>
        }
    });
    html! { <ol class="bars" aria-label={props.lang.say(Text::LessonSteps)}>{ for bars }</ol> }
}

fn work(view: &LessonView) -> Html {
    let Some((words, done, all)) = &view.work else {
        return Html::default();
    };
    html! {
        <div class="work" role="status">
            <p>{ words.clone() }</p>
            <progress aria-label={words.clone()} max={all.max(&1).to_string()} value={done.to_string()} />
        </div>
    }
}

fn goals(lang: Lang, goals: &[GoalView]) -> Html {
    if goals.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ lang.say(Text::LessonGoals) }</h3>
            <ul class="goals" aria-live="polite">
                { for goals.iter().map(|goal| {
                    let (mark, words) = if goal.holds { ("✓", Text::LessonHolds) } else { ("○", Text::LessonHoldsNot) };
                    html! {
                        <li class={goal.holds.then_some("holds")}>
                            <span class="mark" aria-hidden="true">{ mark }</span>
                            <span>{ both(lang, &goal.words) }<span class="aloud">{ format!(" ({})", lang.say(words)) }</span></span>
                        </li>
                    }
                }) }
            </ul>
        </>
    }
}

fn commands(lang: Lang, view: &LessonView) -> Html {
    if view.commands.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ lang.say(Text::LessonCommands) }</h3>
            <ul class="commands">{ for view.commands.iter().map(|line| html! { <li><code>{ line.clone() }</code></li> }) }</ul>
        </>
    }
}

fn hints(props: &LessonProps) -> Html {
    html! {
        <div class="hints" aria-live="polite">
            { for props.lesson.hints.iter().map(|(name, words)| html! { <p><b>{ name.clone() }</b>{ " " }{ prose(props, words) }</p> }) }
        </div>
    }
}

fn free(props: &LessonProps) -> Html {
    let (lang, all) = (props.lang, &props.lesson.free);
    if all.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ lang.say(Text::LessonTry) }</h3>
            <ul class="try">{ for all.iter().map(|words| html! { <li>{ prose(props, words) }</li> }) }</ul>
        </>
    }
}

fn tools(props: &LessonProps) -> Html {
    let on_task = props.on_task.clone();
    html! {
        <div class="lesson-tools">
            { for props.lesson.tools.iter().map(|tool| button(&props.on_task, tool, "tool")) }
            <button type="button" class="tool" aria-pressed={if props.both { "true" } else { "false" }}
                onclick={move |_| on_task.emit(Task::Set(Preference::BothLanguages))}>{ props.lang.say(Text::LessonBoth) }</button>
        </div>
    }
}
