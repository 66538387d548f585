//! The columns that are not Kafka: heads, cells and feet.

use kafka_lessons::TwinKind;
use kafka_lessons::twin::Ending;
use yew::prelude::*;

use crate::i18n::{Lang, Text, matrix as words};
use crate::view_model::matrix::{TwinCell, TwinColumn};

/// Receivers drawn in a cell at most.
const DOTS: usize = 4;

/// The head over all of them, for the first row of the table's head.
pub fn caption(lang: Lang, twins: &[TwinColumn]) -> Html {
    if twins.is_empty() {
        return Html::default();
    }
    html! {
        <th scope="colgroup" colspan={twins.len().to_string()} class="group twin">
            { lang.say(Text::TwinTitle) }<small>{ lang.say(Text::TwinNotKafka) }</small><i class="bracket"></i>
        </th>
    }
}

/// One head each, for the second row.
pub fn heads(lang: Lang, twins: &[TwinColumn]) -> Html {
    let head = |twin: &TwinColumn| {
        let (name, note) = match twin.kind {
            TwinKind::Queue => (Text::TwinQueue, Text::TwinQueueNote),
            TwinKind::Push => (Text::TwinPush, Text::TwinPushNote),
        };
        html! { <th scope="col" class="member twin" title={lang.say(note)}>{ lang.say(name) }</th> }
    };
    html! { { for twins.iter().map(head) } }
}

/// A record in each of them.
pub fn cells(lang: Lang, heads: &[TwinKind], cells: &[TwinCell]) -> Html {
    let cell = |(kind, cell): (&TwinKind, &TwinCell)| {
        let told = words::twin(lang, *kind, cell);
        let drawn = match kind {
            TwinKind::Queue => queue(cell),
            TwinKind::Push => push(cell),
        };
        html! {
            <td tabindex="-1" class="twin" title={told.clone()}>
                <span aria-hidden="true">{ drawn }</span><span class="aloud">{ told }</span>
            </td>
        }
    };
    html! { { for heads.iter().zip(cells).map(cell) } }
}

/// A place that is filled while the queue stores the message, and whoever got it.
fn queue(cell: &TwinCell) -> Html {
    if !cell.arrived {
        return html! { <i class="dot"></i> };
    }
    let box_ = if cell.stored {
        "place-of stored"
    } else {
        "place-of"
    };
    let given = cell.given.iter().map(|(to, end)| {
        let class = match end {
            Ending::Open => "taker open",
            Ending::Returned(_) => "taker gone",
            Ending::Acknowledged(_) | Ending::Pushed => "taker",
        };
        html! { <span class={class}>{ to.clone() }</span> }
    });
    html! { <><i class={box_}></i>{ for given }</> }
}

/// A dot for each receiver; nothing is kept.
fn push(cell: &TwinCell) -> Html {
    match (cell.arrived, cell.given.len()) {
        (false, _) => html! { <i class="dot"></i> },
        (true, 0) => html! { <i class="nobody">{ "×" }</i> },
        (true, count) => html! {
            <>
                { for (0..count.min(DOTS)).map(|_| html! { <i class="pushed"></i> }) }
                if count > DOTS { <span class="words">{ format!("+{}", count - DOTS) }</span> }
            </>
        },
    }
}

/// What they still store.
pub fn feet(lang: Lang, twins: &[TwinColumn]) -> Html {
    let foot = |twin: &TwinColumn| html! { <td class={classes!("twin", (twin.left == 0).then_some("none"))}>{ words::left(lang, twin.left) }</td> };
    html! { { for twins.iter().map(foot) } }
}
