//! The story: one sentence an event, a press goes to it.

use yew::prelude::*;

use super::icon::mark;
use crate::i18n::{Lang, Text, sentence};
use crate::platform::{Element, HtmlSelectElement, document};
use crate::tasks::{Preference, Task};
use crate::view_model::story::{StoryRow, StoryView};
use crate::view_model::time::TickKind;
use std::rc::Rc;

/// What the story shows.
#[derive(Properties, PartialEq)]
pub struct StoryProps {
    /// Language.
    pub lang: Lang,
    /// Rows.
    pub story: Rc<StoryView>,
    /// False while another pane covers it.
    pub shown: bool,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

fn row(row: &StoryRow, now: bool, on_task: &Callback<Task>) -> Html {
    let class = classes!(
        now.then_some("now"),
        (row.kind == TickKind::Failure).then_some("error"),
        row.future.then_some("future")
    );
    let visit = {
        let (on_task, row) = (on_task.clone(), row.clone());
        move |_| on_task.emit(Task::Visit(row.clone()))
    };
    html! {
        <li key={row.event} class={class}>
            <button type="button" onclick={visit} aria-current={now.then_some("true")} title={row.words.clone()}>
                <span class="at">{ sentence::clock(row.at) }</span>
                { mark(row.kind) }
                <span class="words">{ row.words.clone() }</span>
            </button>
        </li>
    }
}

/// The story pane.
#[component]
pub fn Story(props: &StoryProps) -> Html {
    let lang = props.lang;
    let list = use_node_ref();
    let now_event = props
        .story
        .now
        .and_then(|i| props.story.rows.get(i))
        .map(|r| r.event);
    use_effect_with((now_event, props.shown, list.clone()), |(_, _, list)| {
        if let Some(list) = list.cast::<Element>() {
            document::reveal(&list, ".now");
        }
    });
    let filter = {
        let (on_task, important) = (props.on_task.clone(), props.story.important_only);
        Callback::from(move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value() == "important";
            if chosen != important {
                on_task.emit(Task::Set(Preference::ImportantOnly));
            }
        })
    };
    let important = props.story.important_only;
    html! {
        <section class="pane story-pane" aria-label={lang.say(Text::Story)}>
            <div class="tabs">
                <h2>{ lang.say(Text::Story) }</h2>
                <select aria-label={lang.say(Text::Story)} onchange={filter}>
                    <option value="all" selected={!important}>{ lang.say(Text::AllKinds) }</option>
                    <option value="important" selected={important}>{ lang.say(Text::ImportantOnly) }</option>
                </select>
            </div>
            <ol class="story" ref={list} tabindex="-1">
                if props.story.rows.is_empty() {
                    <li key="empty" class="empty">{ lang.say(Text::StoryEmpty) }</li>
                } else {
                    { for props.story.rows.iter().enumerate().map(|(i, r)| row(r, props.story.now == Some(i), &props.on_task)) }
                }
            </ol>
        </section>
    }
}
