//! Share: the link of this moment, and the run as a scenario file.

use kafka_lessons::index::INDEX;
use yew::prelude::*;

use crate::i18n::{Lang, Text, open as words};
use crate::platform::address;
use crate::tasks::{FileKind, Task};
use crate::view_model::app::ShareView;

/// What the dialog shows.
#[derive(Properties, PartialEq)]
pub struct ShareProps {
    /// Language.
    pub lang: Lang,
    /// Link and scenario.
    pub share: ShareView,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The content of the dialog.
#[component]
pub fn Share(props: &ShareProps) -> Html {
    let lang = props.lang;
    let link = address::with_hash(&props.share.hash);
    let emit = |task: Task| {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(task.clone())
    };
    let worksheet = emit(Task::OpenWorksheet(
        INDEX.first().map(|lesson| lesson.id.to_owned()),
    ));
    let file = Task::Save(FileKind::Scenario, props.share.scenario.clone());
    html! {
        <>
            <p>{ lang.say(Text::ShareIntro) }</p>
            <label for="share-link">{ lang.say(Text::CopyLink) }{ " (" }{ words::link_length(lang, link.len()) }{ ")" }</label>
            <div class="row">
                <input id="share-link" class="link" type="text" readonly=true value={link.clone()} />
                <button type="button" class="button primary" onclick={emit(Task::Copy(link))}>{ lang.say(Text::CopyLink) }</button>
            </div>
            <label for="share-scenario">{ lang.say(Text::ShareScenario) }</label>
            <textarea id="share-scenario" rows="9" readonly=true value={props.share.scenario.clone()} />
            <div class="row">
                <button type="button" class="button quiet" onclick={worksheet}>{ lang.say(Text::Worksheet) }</button>
                <button type="button" class="button quiet" onclick={emit(file)}>{ lang.say(Text::Download) }</button>
                <button type="button" class="button quiet" onclick={emit(Task::Copy(props.share.scenario.clone()))}>{ lang.say(Text::CopyScenario) }</button>
            </div>
        </>
    }
}
