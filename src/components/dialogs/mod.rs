//! Dialogs: shortcuts, share, open, trouble.

mod gallery;
mod import;
mod lessons;
mod share;
mod trouble;

use yew::prelude::*;

use super::glossary::page::GlossaryPage;
use super::icon::Icon;
use crate::i18n::Text;
use crate::platform::HtmlDialogElement;
use crate::session::preferences::Preferences;
use crate::tasks::{Preference, Task};
use crate::view_model::app::Dialog;
use crate::view_model::fetched::Fetched;
use gallery::Gallery;
use import::Import;
use kafka_lessons::glossary::Glossary;
use lessons::Lessons;
use share::Share;

/// What a dialog shows.
#[derive(Properties, PartialEq)]
pub struct DialogsProps {
    /// Language and the like.
    pub preferences: Preferences,
    /// The glossary, for its dialog.
    pub glossary: Fetched<Glossary>,
    /// Which dialog.
    pub dialog: Dialog,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The open dialog, modal.
#[component]
pub fn Dialogs(props: &DialogsProps) -> Html {
    let node = use_node_ref();
    use_effect_with(node.clone(), |node| {
        if let Some(dialog) = node.cast::<HtmlDialogElement>() {
            // Refused only when it is open already.
            let _ = dialog.show_modal();
        }
    });
    let lang = props.preferences.lang;
    let close = {
        let on_task = props.on_task.clone();
        Callback::from(move |_: Event| on_task.emit(Task::CloseDialog))
    };
    let (title, body) = match &props.dialog {
        Dialog::Shortcuts => (Text::Shortcuts, shortcuts(props)),
        Dialog::Glossary(entry) => (
            Text::Glossary,
            html! {
                <GlossaryPage lang={lang} glossary={props.glossary.clone()} entry={entry.clone()} on_task={props.on_task.clone()} />
            },
        ),
        Dialog::Share(share) => (
            Text::Share,
            html! { <Share lang={lang} share={share.clone()} on_task={props.on_task.clone()} /> },
        ),
        Dialog::Import(import) => (
            Text::Import,
            html! { <Import lang={lang} import={import.clone()} on_task={props.on_task.clone()} /> },
        ),
        Dialog::Gallery(gallery) => (
            Text::Gallery,
            html! { <Gallery lang={lang} gallery={gallery.clone()} on_task={props.on_task.clone()} /> },
        ),
        Dialog::Lessons(list) => (
            Text::Lessons,
            html! { <Lessons lang={lang} list={list.clone()} on_task={props.on_task.clone()} /> },
        ),
        Dialog::Trouble(told) => (
            Text::TroubleTitle,
            trouble::trouble(lang, told, &props.on_task),
        ),
    };
    let press = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(Task::CloseDialog)
    };
    html! {
        <dialog ref={node} onclose={close} aria-labelledby="dialog-title">
            <header>
                <h2 id="dialog-title">{ lang.say(title) }</h2>
                <button type="button" class="close" aria-label={lang.say(Text::Close)} onclick={press}>{ Icon::Close.html() }</button>
            </header>
            <div class="content">{ body }</div>
        </dialog>
    }
}

const KEYS: [(&str, Text); 25] = [
    ("Space  .", Text::KeyPlay),
    ("← →  [ ]", Text::KeyStep),
    ("Shift ← →", Text::KeyInteresting),
    ("Home End", Text::KeyEnds),
    ("+ −", Text::KeySpeed),
    ("C", Text::KeyCrash),
    ("R", Text::KeyRestart),
    ("P", Text::KeyProduce),
    ("Ctrl `", Text::KeyTerminal),
    ("1 5", Text::KeyLens),
    ("G", Text::PresenterTitle),
    ("H", Text::Glossary),
    ("L", Text::Lessons),
    ("F", Text::Gallery),
    ("A B C D", Text::LessonKeys),
    ("E", Text::KeyEverything),
    ("K", Text::KeyKeyLine),
    ("I D", Text::KeyPanels),
    ("T", Text::KeyTextView),
    ("F6", Text::KeyRegion),
    ("O", Text::KeyOpen),
    ("S", Text::KeyShare),
    ("Ctrl Z", Text::Undo),
    ("Esc", Text::KeyLeave),
    ("?", Text::KeyShortcuts),
];

fn shortcuts(props: &DialogsProps) -> Html {
    let lang = props.preferences.lang;
    let glossary = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(Task::OpenGlossary(None))
    };
    let toggle = |text: Text, checked: bool, preference: Preference| {
        let on_task = props.on_task.clone();
        html! {
            <label>
                <input type="checkbox" checked={checked} onchange={move |_| on_task.emit(Task::Set(preference))} />
                { lang.say(text) }
            </label>
        }
    };
    html! {
        <>
            <div class="row">
                <button type="button" class="button quiet" onclick={glossary}>{ lang.say(Text::Glossary) }</button>
            </div>
            <ul class="keys">
                { for KEYS.iter().map(|(keys, text)| html! {
                    <li>
                        <span>{ for keys.split_whitespace().map(|k| html! { <><kbd>{ k.to_owned() }</kbd>{ " " }</> }) }</span>
                        <span>{ lang.say(*text) }</span>
                    </li>
                }) }
            </ul>
            <div class="row">
                { toggle(Text::SingleKeys, props.preferences.single_keys, Preference::SingleKeys) }
                { toggle(Text::ReducedMotion, props.preferences.reduced_motion, Preference::ReducedMotion) }
            </div>
        </>
    }
}
