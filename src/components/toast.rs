//! One short message over the page, with a way back when there is one.

use yew::prelude::*;

use crate::i18n::{Lang, Text};
use crate::tasks::Task;
use crate::view_model::app;

/// What the toast shows.
#[derive(Properties, PartialEq)]
pub struct ToastProps {
    /// Language.
    pub lang: Lang,
    /// The message.
    pub toast: app::Toast,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The toast.
#[component]
pub fn Toast(props: &ToastProps) -> Html {
    let emit = |task: Task| {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(task.clone())
    };
    let role = if props.toast.error { "alert" } else { "status" };
    html! {
        <div class={classes!("toast", props.toast.error.then_some("error"))} role={role}>
            <span>{ props.toast.words.clone() }</span>
            if props.toast.undo {
                <button type="button" onclick={emit(Task::Undo)}>{ props.lang.say(Text::Undo) }</button>
            }
            <button type="button" onclick={emit(Task::DismissToast)}>{ props.lang.say(Text::Dismiss) }</button>
        </div>
    }
}
