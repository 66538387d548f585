//! The worksheet of a lesson: on the screen as it is printed, A4 or Letter.

mod answers;
mod paper;

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use kafka_lessons::index::INDEX;
use yew::prelude::*;

use crate::i18n::{Lang, Text, open as words};
use crate::platform::{HtmlSelectElement, document, fetch};
use crate::tasks::Task;
use crate::view_model::worksheet::{Filled, Filling};
use paper::Paper;

/// Events computed between two looks at the screen.
const SLICE: u64 = 4_000;

/// What the page shows.
#[derive(Properties, PartialEq)]
pub struct WorksheetProps {
    /// Language.
    pub lang: Lang,
    /// The lesson.
    pub lesson: String,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// How far the worksheet is.
#[derive(Clone, PartialEq)]
enum State {
    /// Steps computed, steps in all.
    Computing(usize, usize),
    Ready(Rc<Filled>),
    Failed(String),
}

/// The page.
#[component]
pub fn Worksheet(props: &WorksheetProps) -> Html {
    let lang = props.lang;
    let state = use_state(|| State::Computing(0, 0));
    let letter = use_state(|| false);
    use_effect_with(props.lesson.clone(), {
        let state = state.setter();
        move |lesson| {
            state.set(State::Computing(0, 0));
            let alive = Rc::new(());
            let watch = Rc::downgrade(&alive);
            fetch::text(&format!("./lessons/{lesson}.lesson"), move |text| {
                let text = text.map_err(|reason| words::not_fetched(lang, &reason));
                match text.and_then(|text| Filling::of(&text)) {
                    Ok(filling) => slice(filling, state, watch),
                    Err(reason) => state.set(State::Failed(reason)),
                }
            });
            // A lesson that was left is computed no further.
            move || drop(alive)
        }
    });
    let class = if *letter { "letter" } else { "a4" };
    html! {
        <main class="worksheet" id="worksheet" aria-label={lang.say(Text::Worksheet)}>
            { bar(props, &letter, matches!(*state, State::Ready(_))) }
            {
                match &*state {
                    State::Computing(done, all) => html! {
                        <p class="wait" role="status">{ lang.say(Text::WorksheetComputing) }{ format!(" {done}/{all}") }</p>
                    },
                    State::Failed(reason) => html! { <p class="wait problem" role="alert">{ reason.clone() }</p> },
                    State::Ready(filled) => html! { <Paper lang={lang} class={class} filled={filled.clone()} /> },
                }
            }
        </main>
    }
}

/// Computes a slice, then lets the browser breathe.
fn slice(mut filling: Filling, state: UseStateSetter<State>, alive: std::rc::Weak<()>) {
    if alive.upgrade().is_none() {
        return;
    }
    match filling.advance(SLICE) {
        Ok(true) => state.set(match filling.finish() {
            Ok(filled) => State::Ready(Rc::new(filled)),
            Err(reason) => State::Failed(reason),
        }),
        Ok(false) => {
            let (done, all) = filling.progress();
            state.set(State::Computing(done, all));
            Timeout::new(0, move || slice(filling, state, alive)).forget();
        }
        Err(reason) => state.set(State::Failed(reason)),
    }
}

/// Lesson, paper, print, back: not printed.
fn bar(props: &WorksheetProps, letter: &UseStateHandle<bool>, ready: bool) -> Html {
    let lang = props.lang;
    let choose = {
        let on_task = props.on_task.clone();
        move |event: Event| {
            let id = event.target_unchecked_into::<HtmlSelectElement>().value();
            on_task.emit(Task::OpenWorksheet(Some(id)));
        }
    };
    let paper = {
        let letter = letter.clone();
        move |event: Event| {
            letter.set(event.target_unchecked_into::<HtmlSelectElement>().value() == "letter");
        }
    };
    let close = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(Task::OpenWorksheet(None))
    };
    html! {
        <header class="bar">
            <button type="button" class="button quiet" onclick={close}>{ lang.say(Text::WorksheetBack) }</button>
            <label>{ lang.say(Text::WorksheetLesson) }{ " " }
                <select onchange={choose}>
                    { for INDEX.iter().map(|entry| html! {
                        <option key={entry.id} value={entry.id} selected={entry.id == props.lesson}>
                            { entry.id }{ " " }{ lang.either(entry.title.0, entry.title.1) }
                        </option>
                    }) }
                </select>
            </label>
            <label>{ lang.say(Text::WorksheetPaper) }{ " " }
                <select onchange={paper}>
                    <option value="a4" selected={!**letter}>{ "A4" }</option>
                    <option value="letter" selected={**letter}>{ "Letter" }</option>
                </select>
            </label>
            <button type="button" class="button primary" disabled={!ready} onclick={|_| document::print()}>{ lang.say(Text::WorksheetPrint) }</button>
        </header>
    }
}
