//! All steps as a list; a press goes to one.

use yew::prelude::*;

use crate::i18n::{Lang, Text, sentence};
use crate::platform::{Element, document};
use crate::tasks::Task;
use crate::tasks::presenter::Present;
use crate::view_model::presenter::StepRow;

/// What the overview shows.
#[derive(Properties, PartialEq)]
pub struct OverviewProps {
    /// Language.
    pub lang: Lang,
    /// The steps.
    pub steps: Vec<StepRow>,
    /// Number of the one shown; 0 = before the first.
    pub step: usize,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The list.
#[component]
pub fn Overview(props: &OverviewProps) -> Html {
    let list = use_node_ref();
    use_effect_with((list.clone(), props.step), |(list, _)| {
        if let Some(list) = list.cast::<Element>() {
            document::reveal(&list, "[aria-current]");
            document::focus_within(&list, "[aria-current]");
        }
    });
    html! {
        <section class="over overview" aria-label={props.lang.say(Text::PresenterOverview)}>
            <h2>{ props.lang.say(Text::PresenterOverview) }</h2>
            <ol ref={list} tabindex="0">
                if props.steps.is_empty() {
                    <li>{ props.lang.say(Text::PresenterStart) }</li>
                }
                { for props.steps.iter().enumerate().map(|(at, row)| {
                    let (on_task, event) = (props.on_task.clone(), row.to);
                    html! {
                        <li key={row.to}>
                            <button type="button" aria-current={(at + 1 == props.step).then_some("step")}
                                onclick={move |_| on_task.emit(Task::Present(Present::Visit(event)))}>
                                <span class="mono">{ row.at.map_or_else(|| (at + 1).to_string(), sentence::clock) }</span>
                                <span>{ row.words.clone() }</span>
                            </button>
                        </li>
                    }
                }) }
            </ol>
        </section>
    }
}
