//! Hands counted without devices: a press or a typed number for each option.

use yew::prelude::*;

use crate::i18n::{Lang, Text, presenter as words};
use crate::platform::HtmlInputElement;
use crate::tasks::Task;
use crate::tasks::presenter::{Present, letter};
use crate::view_model::presenter::VotesView;

/// What the vote shows.
#[derive(Properties, PartialEq)]
pub struct VotesProps {
    /// Language.
    pub lang: Lang,
    /// Question and hands.
    pub votes: VotesView,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// Question, options, hands.
#[component]
pub fn Votes(props: &VotesProps) -> Html {
    let lang = props.lang;
    let options = &props.votes.options;
    let most = options.iter().map(|o| o.hands).max().unwrap_or(0).max(1);
    html! {
        <section class={classes!("over", "votes", props.votes.told.is_some().then_some("answered"))} aria-label={lang.say(Text::PresenterVotes)}>
            { head(lang, &props.votes) }
            <ul>
                { for options.iter().enumerate().map(|(at, option)| {
                    let set = |hands: u32| {
                        let on_task = props.on_task.clone();
                        move || on_task.emit(Task::Present(Present::Hands(at, hands)))
                    };
                    let (more, fewer) = (set(option.hands + 1), set(option.hands.saturating_sub(1)));
                    let typed = {
                        let on_task = props.on_task.clone();
                        move |event: Event| {
                            let field = event.target_unchecked_into::<HtmlInputElement>();
                            let hands = field.value().trim().parse().unwrap_or(0);
                            on_task.emit(Task::Present(Present::Hands(at, hands)));
                        }
                    };
                    let letter = letter(at);
                    let hands = words::hands(lang, letter, option.hands);
                    let right = option.right.map(|right| if right { "right" } else { "wrong" });
                    html! {
                        <li key={at} class={right}>
                            <button type="button" class="option" onclick={move |_| more()} title={lang.say(Text::VoteMore)} aria-keyshortcuts={letter.to_string()}>
                                <kbd>{ letter }</kbd>
                                <span>
                                    { option.words.clone() }
                                    if !option.other.is_empty() { <small lang={lang.other().tag()}>{ option.other.clone() }</small> }
                                </span>
                                if option.right == Some(true) { <b class="tick">{ format!("✓ {}", lang.say(Text::LessonRight)) }</b> }
                                <span class="aloud">{ hands.clone() }</span>
                            </button>
                            <meter min="0" max={most.to_string()} value={option.hands.to_string()} aria-label={hands}></meter>
                            <button type="button" class="fewer" aria-label={format!("{letter}: {}", lang.say(Text::VoteFewer))} onclick={move |_| fewer()}>{ "−" }</button>
                            <input type="text" inputmode="numeric" maxlength="3" aria-label={format!("{letter}: {}", lang.say(Text::VoteHands))} value={option.hands.to_string()} onchange={typed} />
                        </li>
                    }
                }) }
            </ul>
            if let Some(told) = &props.votes.told {
                <p class="why">{ told.why.clone() }</p>
                if let Some((letter, belief)) = &told.belief {
                    <p class="belief"><kbd>{ *letter }</kbd>{ " " }{ belief.clone() }</p>
                }
            }
            { for props.votes.remarks.iter().map(|words| html! { <p>{ words.clone() }</p> }) }
        </section>
    }
}

/// The question, in both languages when it is a lesson's.
fn head(lang: Lang, votes: &VotesView) -> Html {
    let [own, other] = &votes.ask;
    html! {
        <>
            <h2>{ own.clone() }</h2>
            if !other.is_empty() { <p class="other" lang={lang.other().tag()}>{ other.clone() }</p> }
        </>
    }
}
