//! The header: name, document and branch, lens, tools.

use std::rc::Rc;

use yew::prelude::*;

use super::icon::{Icon, sign};
use crate::i18n::{Lang, Text};
use crate::platform::HtmlSelectElement;
use crate::session::preferences::Theme;
use crate::tasks::lesson::Learn;
use crate::tasks::presenter::Present;
use crate::tasks::{Preference, Task};
use crate::view_model::app::TitleView;
use crate::view_model::lens::LensKind;
use crate::view_model::time::TimeView;

/// What the header shows.
#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    /// Language.
    pub lang: Lang,
    /// Theme.
    pub theme: Theme,
    /// Lens.
    pub lens: LensKind,
    /// The run.
    pub title: TitleView,
    /// Its branches.
    pub time: Rc<TimeView>,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

fn theme_words(lang: Lang, theme: Theme) -> String {
    let name = match theme {
        Theme::Auto => Text::ThemeAuto,
        Theme::Light => Text::ThemeLight,
        Theme::Dark => Text::ThemeDark,
        Theme::Contrast => Text::ThemeContrast,
    };
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    format!("{}{colon}{}", lang.say(Text::Theme), lang.say(name))
}

/// The branch shown; a choice as soon as there are two.
fn branch(props: &HeaderProps) -> Html {
    let lang = props.lang;
    let name = |name: &str| match name {
        "" => lang.say(Text::MainBranch).to_owned(),
        name => name.to_owned(),
    };
    if props.time.branches.len() < 2 {
        return html! { <span class="branch">{ Icon::Branch.html() }{ name(&props.title.branch) }</span> };
    }
    let choose = {
        let on_task = props.on_task.clone();
        move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
            if let Ok(id) = chosen.parse() {
                on_task.emit(Task::SwitchBranch(id));
            }
        }
    };
    html! {
        <label class="branch">
            { Icon::Branch.html() }
            <span class="aloud">{ lang.say(Text::Branch) }</span>
            <select onchange={choose}>
                { for props.time.branches.iter().map(|b| html! {
                    <option key={b.id} value={b.id.to_string()} selected={b.current}>{ name(&b.name) }</option>
                }) }
            </select>
        </label>
    }
}

/// A tab for each lens.
fn lenses(props: &HeaderProps) -> Html {
    let lang = props.lang;
    html! {
        <nav class="lenses" aria-label={lang.say(Text::Lenses)}>
            { for LensKind::ALL.into_iter().map(|lens| {
                let on_task = props.on_task.clone();
                html! {
                    <button type="button" aria-current={(lens == props.lens).then_some("true")} aria-keyshortcuts={lens.key()}
                        onclick={move |_| on_task.emit(Task::Lens(lens))}>{ lang.say(lens.name()) }</button>
                }
            }) }
        </nav>
    }
}

/// The header.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let lang = props.lang;
    let tool = |class: &'static str, words: String, icon: Icon, task: Task, shown: bool| {
        let on_task = props.on_task.clone();
        html! {
            <button type="button" class={class} aria-label={words.clone()} title={words.clone()} onclick={move |_| on_task.emit(task.clone())}>
                { icon.html() }
                if shown {
                    <span class="word">{ words }</span>
                }
            </button>
        }
    };
    let say = |text: Text| lang.say(text).to_owned();
    let document = match props.title.document.as_str() {
        "" => say(Text::KindCluster),
        name => name.to_owned(),
    };
    let switch = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(Task::Set(Preference::Language))
    };
    html! {
        <header class="head">
            <div class="brand">{ sign() }<span>{ "Brokerscope" }</span></div>
            <div class="document">
                <h1>{ document }</h1>
                { branch(props) }
            </div>
            { lenses(props) }
            <div class="tools">
                { tool("lessons", say(Text::Lessons), Icon::Book, Task::Learn(Learn::List), true) }
                { tool("wide", say(Text::Import), Icon::Import, Task::OpenImport, true) }
                { tool("wide", say(Text::Share), Icon::Share, Task::OpenShare, true) }
                { tool("wide", say(Text::TextView), Icon::Text, Task::Set(Preference::TextView), true) }
                <span class="gap"></span>
                <button type="button" class="language" lang={lang.other().tag()} aria-label={say(Text::SwitchLanguage)} title={say(Text::SwitchLanguage)} onclick={switch}>
                    { if lang == Lang::En { "中文" } else { "EN" } }
                </button>
                { tool("icon", theme_words(lang, props.theme), Icon::Theme, Task::Set(Preference::Theme), false) }
                { tool("icon wide", say(Text::PresenterTitle), Icon::Screen, Task::Present(Present::Open), false) }
                { tool("icon wide", say(Text::Shortcuts), Icon::Help, Task::OpenShortcuts, false) }
            </div>
        </header>
    }
}
