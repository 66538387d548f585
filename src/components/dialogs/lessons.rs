//! The list of lessons: what each is about, how long it takes, how far one is.

use yew::prelude::*;

use crate::i18n::{Lang, Text};
use crate::session::lesson::progress::Place;
use crate::tasks::Task;
use crate::tasks::lesson::Learn;
use crate::view_model::lesson::{LessonRow, ListView};

/// What the list needs.
#[derive(Properties, PartialEq)]
pub struct LessonsProps {
    /// Language.
    pub lang: Lang,
    /// The list.
    pub list: ListView,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The list.
#[component]
pub fn Lessons(props: &LessonsProps) -> Html {
    let (lang, list) = (props.lang, &props.list);
    let retry = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(Task::Learn(Learn::Retry))
    };
    html! {
        <>
            if let Some(words) = &list.failed {
                <p class="problem" role="alert">{ words.clone() }</p>
                <div class="row"><button type="button" class="button primary" onclick={retry}>{ lang.say(Text::TryAgain) }</button></div>
            }
            <ul class="lesson-list" aria-busy={list.loading.is_some().then_some("true")}>
                { for list.rows.iter().map(|lesson| row(props, lesson)) }
            </ul>
        </>
    }
}

fn row(props: &LessonsProps, lesson: &LessonRow) -> Html {
    let lang = props.lang;
    let place = Place {
        lesson: lesson.id.clone(),
        ..Place::default()
    };
    let on_task = props.on_task.clone();
    let loading = props.list.loading.as_ref() == Some(&lesson.id);
    let state = match (loading, lesson.finished) {
        (true, _) => lang.say(Text::LessonLoading).to_owned(),
        (false, true) => format!("✓ {}", lang.say(Text::LessonDone)),
        (false, false) => lesson.progress.clone(),
    };
    html! {
        <li key={lesson.id.clone()}>
            <button type="button" onclick={move |_| on_task.emit(Task::Learn(Learn::Open(place.clone())))}>
                <small>{ format!("{} · {}", lesson.group, lesson.id) }</small>
                <b>{ lesson.title.clone() }</b>
                <span>{ lesson.idea.clone() }</span>
                <span class="facts">{ lesson.facts.clone() }</span>
                <span class="state">{ state }</span>
            </button>
        </li>
    }
}
