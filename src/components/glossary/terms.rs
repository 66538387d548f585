//! A text whose terms show a card: on hover, on focus, and when tapped. Escape puts it away.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use kafka_lessons::glossary::{Glossary, Piece};
use yew::prelude::*;

use crate::i18n::{Lang, Text};
use crate::platform::{Element, HtmlElement, document};
use crate::tasks::Task;

/// How long a pointer rests on a term before its card comes, in ms.
const REST_MS: u32 = 400;

/// What is shown.
#[derive(Properties, PartialEq)]
pub struct TermsProps {
    /// Language.
    pub lang: Lang,
    /// The text.
    pub text: AttrValue,
    /// The terms; without them the text is plain.
    #[prop_or_default]
    pub glossary: Option<Rc<Glossary>>,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The text.
#[component]
pub fn Terms(props: &TermsProps) -> Html {
    let Some(glossary) = &props.glossary else {
        return html! { { props.text.clone() } };
    };
    let pieces = glossary.cut(&props.text);
    let marks = |at: usize| match pieces.get(at) {
        Some(Piece::Plain(text)) => closing(text),
        _ => "",
    };
    html! {
        { for pieces.iter().enumerate().map(|(at, piece)| match *piece {
            Piece::Plain(text) => {
                let kept = if at == 0 { "" } else { marks(at) };
                html! { { text[kept.len()..].to_owned() } }
            }
            Piece::Term(text, entry) => {
                let (other, meaning) = props.lang.either(
                    (&entry.name.zh, &entry.meaning.en),
                    (&entry.name.en, &entry.meaning.zh),
                );
                html! {
                    <Term lang={props.lang} id={entry.id.clone()} text={text.to_owned()} after={marks(at + 1).to_owned()} other={other.clone()}
                        meaning={meaning.clone()} on_task={props.on_task.clone()} />
                }
            }
        }) }
    }
}

/// The marks a text begins with that no line may begin with. A term is a box in the line, and a
/// browser may break the line after it, so they stay with the term.
fn closing(text: &str) -> &str {
    let rest = text.trim_start_matches(|c| "，。；：、！？）」』》”’,.;:!?)".contains(c));
    &text[..text.len() - rest.len()]
}

/// Whether a card is shown, and what for.
#[derive(Clone, Copy, PartialEq)]
enum Card {
    Away,
    /// A pointer rests on the term: it goes with the pointer.
    Rested,
    /// The term was pressed or has the focus: it stays.
    Held,
}

#[derive(Properties, PartialEq)]
struct TermProps {
    lang: Lang,
    id: String,
    text: String,
    /// Marks that stay beside it.
    after: String,
    other: String,
    meaning: String,
    on_task: Callback<Task>,
}

/// One term. The card belongs to it, so the pointer may go onto the card.
#[component]
fn Term(props: &TermProps) -> Html {
    let lang = props.lang;
    let open = use_state(|| Card::Away);
    let rest = use_mut_ref(|| None::<Timeout>);
    let (term, card) = (use_node_ref(), use_node_ref());
    use_effect_with((*open, term.clone(), card.clone()), |(_, term, card)| {
        if let (Some(term), Some(card)) = (term.cast::<Element>(), card.cast::<HtmlElement>()) {
            document::place_below(&card, &term);
        }
    });
    let set = |to: Card| {
        let (open, rest) = (open.clone(), rest.clone());
        move || {
            rest.take();
            open.set(to);
        }
    };
    let (show, hide) = (set(Card::Held), set(Card::Away));
    let leave = {
        let (hide, rests) = (hide.clone(), *open != Card::Held);
        move |_: MouseEvent| {
            if rests {
                hide();
            }
        }
    };
    let enter = {
        let (open, rest) = (open.clone(), rest.clone());
        move |_: MouseEvent| {
            let open = open.clone();
            *rest.borrow_mut() = Some(Timeout::new(REST_MS, move || {
                if *open == Card::Away {
                    open.set(Card::Rested);
                }
            }));
        }
    };
    let tap = {
        let show = show.clone();
        move |event: MouseEvent| {
            event.stop_propagation();
            show();
        }
    };
    let key = {
        let (open, hide) = (*open != Card::Away, hide.clone());
        move |event: KeyboardEvent| {
            if open && event.key() == "Escape" {
                event.prevent_default();
                event.stop_propagation();
                hide();
            }
        }
    };
    let all = {
        let (on_task, id) = (props.on_task.clone(), props.id.clone());
        // Pressed before the term loses the focus, which puts the card away.
        move |event: MouseEvent| {
            event.prevent_default();
            event.stop_propagation();
            on_task.emit(Task::OpenGlossary(Some(id.clone())));
        }
    };
    html! {
        <span class="term" ref={term} onmouseenter={enter} onmouseleave={leave} onkeydown={key}>
            <button type="button" aria-expanded={if *open == Card::Away { "false" } else { "true" }} onclick={tap}
                onfocus={move |_| show()} onblur={move |_| hide()}>{ props.text.clone() }</button>{ props.after.clone() }
            if *open != Card::Away {
                <span class="gloss" role="tooltip" ref={card}>
                    <b lang={lang.other().tag()}>{ props.other.clone() }</b>
                    <span>{ props.meaning.clone() }</span>
                    <span class="all" onmousedown={all}>{ lang.say(Text::GlossaryAll) }</span>
                </span>
            }
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_no_line_begins_with_stay_with_the_term() {
        assert_eq!(closing("，也没有"), "，");
        assert_eq!(closing(".) Then"), ".)");
        assert_eq!(closing(" and"), "");
        assert_eq!(closing("。"), "。");
    }
}
