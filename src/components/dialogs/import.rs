//! Open: an example, a pasted or chosen scenario file, a link, or the run before.

use yew::prelude::*;

use crate::i18n::{Lang, Text, open as words};
use crate::platform::{HtmlInputElement, HtmlTextAreaElement, SubmitEvent, files, fresh_seed};
use crate::session::library::Example;
use crate::tasks::Task;
use crate::view_model::app::ImportView;

/// What the dialog shows.
#[derive(Properties, PartialEq)]
pub struct ImportProps {
    /// Language.
    pub lang: Lang,
    /// Text and mistake.
    pub import: ImportView,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The content of the dialog.
#[component]
pub fn Import(props: &ImportProps) -> Html {
    let lang = props.lang;
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with(props.import.clone(), move |import| {
            if let Some(field) = field.cast::<HtmlTextAreaElement>() {
                field.set_value(&import.text);
                if let Some((from, to)) = import.place {
                    // Refused only by fields without text.
                    let _ = field.focus();
                    let _ = field.set_selection_range(from, to);
                }
            }
        });
    }
    let submit = {
        let (field, on_task) = (field.clone(), props.on_task.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(field) = field.cast::<HtmlTextAreaElement>() {
                on_task.emit(Task::Import(field.value()));
            }
        })
    };
    let choose = {
        let on_task = props.on_task.clone();
        Callback::from(move |event: Event| {
            let on_task = on_task.clone();
            let input = event.target_unchecked_into::<HtmlInputElement>();
            files::read_chosen(&input, move |text| on_task.emit(Task::Import(text)));
        })
    };
    html! {
        <>
            { examples(props) }
            <form onsubmit={submit}>
                <p>{ lang.say(Text::ImportIntro) }</p>
                <label for="import-text">{ lang.say(Text::ImportField) }</label>
                <textarea id="import-text" ref={field} rows="9" spellcheck="false"
                    aria-invalid={props.import.error.is_some().then_some("true")} aria-describedby="import-error" />
                <p id="import-error" class="problem" role="alert" hidden={props.import.error.is_none()}>{ props.import.error.clone() }</p>
                <div class="row">
                    <button type="submit" class="button primary">{ lang.say(Text::ImportRun) }</button>
                    <label class="file">{ lang.say(Text::ChooseFile) }{ " " }<input type="file" accept=".txt,.scenario,.lesson,text/plain" onchange={choose} /></label>
                </div>
            </form>
        </>
    }
}

fn examples(props: &ImportProps) -> Html {
    let emit = |task: Task| {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(task.clone())
    };
    let reseed = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(Task::Reseed(fresh_seed()))
    };
    html! {
        <>
            <ul class="suggestions">
                { for Example::ALL.into_iter().map(|example| {
                    let (name, note) = words::example(props.lang, example);
                    html! {
                        <li>
                            <button type="button" onclick={emit(Task::OpenExample(example))}>
                                <b>{ name }</b>
                                <span>{ note }</span>
                            </button>
                        </li>
                    }
                }) }
                <li>
                    <button type="button" onclick={emit(Task::OpenGallery)}>
                        <b>{ props.lang.say(Text::Gallery) }</b>
                        <span>{ props.lang.say(Text::GalleryNote) }</span>
                    </button>
                </li>
            </ul>
            <div class="row">
                <button type="button" class="button quiet" onclick={emit(Task::StartOver)}>{ props.lang.say(Text::StartOver) }</button>
                <button type="button" class="button quiet" onclick={reseed}>{ props.lang.say(Text::NewSeed) }</button>
                if props.import.previous {
                    <button type="button" class="button quiet" onclick={emit(Task::OpenPrevious)}>{ props.lang.say(Text::PreviousRun) }</button>
                }
            </div>
        </>
    }
}
