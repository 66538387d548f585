//! All terms, found by a word in either language.

use kafka_lessons::glossary::Glossary;
use yew::prelude::*;

use crate::i18n::{Lang, Text, open as words};
use crate::platform::HtmlInputElement;
use crate::tasks::Task;
use crate::view_model::fetched::Fetched;

/// What the page shows.
#[derive(Properties, PartialEq)]
pub struct GlossaryPageProps {
    /// Language.
    pub lang: Lang,
    /// The terms.
    pub glossary: Fetched<Glossary>,
    /// Entry to begin at.
    pub entry: Option<String>,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The page.
#[component]
pub fn GlossaryPage(props: &GlossaryPageProps) -> Html {
    let lang = props.lang;
    match &props.glossary {
        Fetched::Ready(glossary) => {
            html! { <Found lang={lang} glossary={glossary.clone()} entry={props.entry.clone()} /> }
        }
        Fetched::Failed(reason) => {
            let on_task = props.on_task.clone();
            html! {
                <>
                    <p class="problem" role="alert">{ reason.clone() }</p>
                    <button type="button" class="button primary" onclick={move |_| on_task.emit(Task::NeedGlossary)}>{ lang.say(Text::TryAgain) }</button>
                </>
            }
        }
        Fetched::NotAsked | Fetched::Asked => {
            html! { <p role="status">{ lang.say(Text::GlossaryLoading) }</p> }
        }
    }
}

#[derive(Properties, PartialEq)]
struct FoundProps {
    lang: Lang,
    glossary: std::rc::Rc<Glossary>,
    entry: Option<String>,
}

/// The search and what it finds.
#[component]
fn Found(props: &FoundProps) -> Html {
    let (lang, glossary) = (props.lang, &props.glossary);
    let query = use_state(String::new);
    let typed = {
        let query = query.clone();
        move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
        }
    };
    let mut found = glossary.search(&query);
    // The term that was asked for comes first.
    found.sort_by_key(|entry| props.entry.as_ref() != Some(&entry.id));
    html! {
        <>
            <input class="search" type="search" value={(*query).clone()} oninput={typed}
                placeholder={lang.say(Text::GlossarySearch)} aria-label={lang.say(Text::GlossarySearch)} />
            <p class="count" role="status">{ words::terms(lang, found.len()) }</p>
            if found.is_empty() {
                <p>{ lang.say(Text::GlossaryNone) }</p>
            }
            <dl class="glossary">
                { for found.into_iter().map(|entry| {
                    let (own, other) = lang.either((&entry.name.en, &entry.name.zh), (&entry.name.zh, &entry.name.en));
                    let meaning = lang.either(&entry.meaning.en, &entry.meaning.zh);
                    html! {
                        <div key={entry.id.clone()} class={(props.entry.as_ref() == Some(&entry.id)).then_some("at")}>
                            <dt>{ own.clone() }{ " " }<span lang={lang.other().tag()}>{ other.clone() }</span></dt>
                            <dd>{ meaning.clone() }</dd>
                        </div>
                    }
                }) }
            </dl>
        </>
    }
}
