//! The gallery of failures: one row a story; a press fetches and opens it.

use kafka_scenario::gallery::{STORIES, Story};
use yew::prelude::*;

use crate::i18n::{Lang, Text};
use crate::tasks::Task;
use crate::view_model::app::GalleryView;

/// What the list needs.
#[derive(Properties, PartialEq)]
pub struct GalleryProps {
    /// Language.
    pub lang: Lang,
    /// What is under way.
    pub gallery: GalleryView,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The list.
#[component]
pub fn Gallery(props: &GalleryProps) -> Html {
    let (lang, gallery) = (props.lang, &props.gallery);
    html! {
        <>
            <p>{ lang.say(Text::GalleryIntro) }</p>
            if let Some((id, reason)) = &gallery.failed {
                <p class="problem" role="alert">{ format!("{id}: {reason}") }</p>
            }
            <ul class="suggestions" aria-busy={gallery.loading.is_some().then_some("true")}>
                { for STORIES.iter().map(|story| row(props, story)) }
            </ul>
        </>
    }
}

fn row(props: &GalleryProps, story: &Story) -> Html {
    let (lang, id, on_task) = (props.lang, story.id, props.on_task.clone());
    let note = if props.gallery.loading == Some(id) {
        lang.say(Text::GalleryLoading)
    } else {
        id
    };
    html! {
        <li key={id}>
            <button type="button" onclick={move |_| on_task.emit(Task::OpenStory(id))}>
                <b>{ lang.either(story.title_en, story.title_zh) }</b>
                <span>{ note }</span>
            </button>
        </li>
    }
}
