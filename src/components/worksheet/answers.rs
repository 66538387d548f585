//! The answers, on pages of their own: computed by running the lesson.

use std::rc::Rc;

use yew::prelude::*;

use super::paper::{letter, say, table};
use crate::i18n::{Lang, Text};
use crate::view_model::worksheet::Filled;

/// What is answered.
#[derive(Properties, PartialEq)]
pub struct AnswersProps {
    /// Language.
    pub lang: Lang,
    /// The worksheet.
    pub filled: Rc<Filled>,
}

/// The answers.
#[component]
pub fn Answers(props: &AnswersProps) -> Html {
    let (lang, filled) = (props.lang, &props.filled);
    let lesson = &filled.lesson;
    let questions = lesson.steps.iter().zip(&filled.offered);
    let pairs = questions.flat_map(|(step, offered)| step.questions.iter().zip(offered));
    html! {
        <>
            <h1>{ format!("{} {}", lesson.id, lang.say(Text::WorksheetAnswers)) }</h1>
            <p>{ lang.say(Text::WorksheetComputed) }</p>
            <dl>
                { for pairs.map(|(question, offered)| {
                    let right = offered.options.iter().enumerate().filter(|(_, option)| option.right);
                    let words: Vec<String> = right.map(|(at, option)| format!("{} {}", letter(at), say(lang, &option.label))).collect();
                    html! {
                        <div>
                            <dt>{ &question.id }</dt>
                            <dd><b>{ words.join(", ") }</b>{ " " }{ say(lang, &question.why) }</dd>
                        </div>
                    }
                }) }
            </dl>
            { for filled.sheets.iter().map(|sheet| table(lang, sheet, true)) }
            <p class="idea">{ say(lang, &lesson.idea) }</p>
        </>
    }
}
