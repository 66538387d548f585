//! A question while it is open, and what is told of it afterwards.

use yew::prelude::*;

use super::{LessonProps, both, prose};
use crate::i18n::Text;
use crate::tasks::Task;
use crate::tasks::lesson::Learn;
use crate::view_model::lesson::{OptionView, QuestionView, RevealView};

/// The open question.
pub fn question(props: &LessonProps, question: &QuestionView) -> Html {
    let lang = props.lang;
    let option = |(at, option): (usize, &OptionView)| {
        let on_task = props.on_task.clone();
        html! {
            <li key={at}>
                <button type="button" class="option" aria-pressed={if option.chosen { "true" } else { "false" }}
                    aria-keyshortcuts={option.letter.to_string()}
                    onclick={move |_| on_task.emit(Task::Learn(Learn::Choose(at)))}>
                    <span class="letter">{ option.letter }</span>
                    <span class="label">{ both(lang, &option.label) }</span>
                    if option.chosen {
                        <span class="own">{ lang.say(Text::LessonYourAnswer) }</span>
                    }
                </button>
            </li>
        }
    };
    html! {
        <div class="question">
            if !question.number.is_empty() {
                <p class="number">{ question.number.clone() }</p>
            }
            <h3 id="lesson-ask" class="ask" aria-live="polite">{ both(lang, &question.ask) }</h3>
            <ul class="options" aria-labelledby="lesson-ask">{ for question.options.iter().enumerate().map(option) }</ul>
            <div class="confidence">
                <div class="switch" role="group" aria-label={lang.say(Text::LessonConfidence)}>
                    { half(props, Text::LessonSure, question.sure, !question.sure) }
                    { half(props, Text::LessonGuess, !question.sure, question.sure) }
                </div>
                <span>{ lang.say(Text::LessonComputed) }</span>
            </div>
        </div>
    }
}

/// One half of the switch; pressing the other half turns it.
fn half(props: &LessonProps, text: Text, pressed: bool, turns: bool) -> Html {
    let on_task = props.on_task.clone();
    let press = move |_| {
        if turns {
            on_task.emit(Task::Learn(Learn::Sure));
        }
    };
    html! {
        <button type="button" aria-pressed={if pressed { "true" } else { "false" }} onclick={press}>{ props.lang.say(text) }</button>
    }
}

/// A question after the step: the answer, the learner's own, and why.
pub fn reveal(props: &LessonProps, told: &RevealView) -> Html {
    let lang = props.lang;
    let option = |option: &OptionView| {
        let class = classes!(
            "option",
            option.right.then_some("right"),
            (option.chosen && !option.right).then_some("wrong")
        );
        html! {
            <li class={class}>
                <span class="letter">{ option.letter }</span>
                <span class="label">{ both(lang, &option.label) }</span>
                if option.chosen {
                    <span class="own">{ lang.say(Text::LessonYourAnswer) }</span>
                }
                if option.right {
                    <span class="answer">{ format!("✓ {}", lang.say(Text::LessonRight)) }</span>
                }
            </li>
        }
    };
    html! {
        <div class="reveal">
            <h3 class="ask">{ both(lang, &told.ask) }</h3>
            <ul class="options told">{ for told.options.iter().map(option) }</ul>
            <p class={classes!("verdict", told.right.then_some("right"))}>{ told.verdict.clone() }</p>
            if let Some((name, meaning)) = &told.belief {
                <p class="reason"><b>{ lang.say(Text::LessonBelief) }{ " " }{ both(lang, name) }</b>{ prose(props, meaning) }</p>
            }
            if let Some(reason) = &told.reason {
                <p class="reason">{ prose(props, reason) }</p>
            }
            <p>{ prose(props, &told.why) }</p>
        </div>
    }
}
