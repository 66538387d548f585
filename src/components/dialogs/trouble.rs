//! Something from outside cannot be used: what, why, what to do, and the thing itself.

use yew::prelude::*;

use crate::i18n::{Lang, Text};
use crate::tasks::{FileKind, Task};
use crate::view_model::app::Trouble;

/// The content of the dialog.
pub fn trouble(lang: Lang, trouble: &Trouble, on_task: &Callback<Task>) -> Html {
    let (on_task, save) = (
        on_task.clone(),
        Task::Save(FileKind::Kept, trouble.text.clone()),
    );
    html! {
        <div role="alert">
            <p><b>{ trouble.words.clone() }</b></p>
            <p class="problem"><code lang="en">{ trouble.reason.clone() }</code></p>
            <p>{ trouble.remedy.clone() }</p>
            if !trouble.text.is_empty() {
                <div class="row">
                    <button type="button" class="button quiet" onclick={move |_| on_task.emit(save.clone())}>{ lang.say(Text::Download) }</button>
                </div>
            }
        </div>
    }
}
