//! The printed part: questions, tables to fill, and on pages of their own the answers.

use std::rc::Rc;

use kafka_lessons::worksheet::Sheet;
use kafka_lessons::{Offered, Question, Step, Text as Words};
use yew::prelude::*;

use super::answers::Answers;
use crate::i18n::{Lang, Text};
use crate::view_model::worksheet::Filled;

/// What is on the paper.
#[derive(Properties, PartialEq)]
pub struct PaperProps {
    /// Language.
    pub lang: Lang,
    /// `a4` or `letter`.
    pub class: &'static str,
    /// The worksheet.
    pub filled: Rc<Filled>,
}

/// The words in a language.
pub fn say(lang: Lang, words: &Words) -> &str {
    lang.either(&words.en, &words.zh)
}

/// The letter of an option.
pub fn letter(at: usize) -> char {
    ['A', 'B', 'C', 'D'].get(at).copied().unwrap_or('?')
}

/// The paper.
#[component]
pub fn Paper(props: &PaperProps) -> Html {
    let (lang, filled) = (props.lang, &props.filled);
    let lesson = &filled.lesson;
    html! {
        <>
            <article class={classes!("paper", props.class)}>
                <h1>{ format!("{} {}", lesson.id, say(lang, &lesson.title)) }</h1>
                <p class="person"><span>{ lang.say(Text::WorksheetName) }</span><span>{ lang.say(Text::WorksheetDate) }</span></p>
                <p>{ say(lang, &lesson.goal) }</p>
                { for lesson.steps.iter().zip(&filled.offered).enumerate().map(|(at, (step, offered))| part(lang, filled, at, step, offered)) }
            </article>
            <article class={classes!("paper", "answers", props.class)}>
                <Answers lang={lang} filled={filled.clone()} />
            </article>
        </>
    }
}

fn part(lang: Lang, filled: &Filled, at: usize, step: &Step, offered: &[Offered]) -> Html {
    let tables = filled
        .sheets
        .iter()
        .filter(|sheet| is_after(filled, sheet, step));
    html! {
        <section key={step.id.clone()}>
            <h2>{ format!("{}. {}", at + 1, say(lang, &step.title)) }</h2>
            if let Some(body) = &step.body {
                <p>{ say(lang, body) }</p>
            }
            { for step.questions.iter().zip(offered).map(|(question, offered)| ask(lang, question, offered)) }
            { for tables.map(|sheet| table(lang, sheet, false)) }
        </section>
    }
}

/// True when the table is computed after the step.
fn is_after(filled: &Filled, sheet: &Sheet, step: &Step) -> bool {
    let tables = filled.lesson.worksheet.iter();
    let mut own = tables.filter(|table| table.id == sheet.id);
    own.any(|table| table.after == step.id)
}

fn ask(lang: Lang, question: &Question, offered: &Offered) -> Html {
    html! {
        <div class="question">
            <p><b>{ &question.id }</b>{ " " }{ say(lang, &question.ask) }</p>
            <ul>
                { for offered.options.iter().enumerate().map(|(at, option)| html! {
                    <li><i class="box"></i>{ format!("{}  {}", letter(at), say(lang, &option.label)) }</li>
                }) }
            </ul>
        </div>
    }
}

/// A table, with its cells or to be filled.
pub fn table(lang: Lang, sheet: &Sheet, filled: bool) -> Html {
    html! {
        <table key={sheet.id.clone()}>
            <caption>{ say(lang, &sheet.title) }</caption>
            <thead><tr>{ for sheet.heads.iter().map(|head| html! { <th scope="col">{ say(lang, head) }</th> }) }</tr></thead>
            <tbody>
                { for sheet.rows.iter().map(|row| html! {
                    <tr>
                        <th scope="row">{ say(lang, &row.name) }</th>
                        { for row.cells.iter().map(|cell| html! {
                            <td>{ if filled { say(lang, cell).to_owned() } else { String::new() } }</td>
                        }) }
                    </tr>
                }) }
            </tbody>
        </table>
    }
}
