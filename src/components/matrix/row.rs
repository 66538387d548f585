//! One record's row. It is rendered again only when something about it changed.

use std::rc::Rc;

use kafka_lessons::TwinKind;
use yew::prelude::*;

use super::twin;
use crate::i18n::{Lang, Text, matrix as words};
use crate::tasks::Task;
use crate::view_model::matrix::{Given, GroupCells, Outcome, RecordRow, Standing};

/// What a row shows.
#[derive(Properties, PartialEq)]
pub struct RowProps {
    /// Language.
    pub lang: Lang,
    /// The record.
    pub row: Rc<RecordRow>,
    /// The columns: groups and their members.
    pub heads: Vec<(Option<String>, Vec<String>)>,
    /// The columns that are not Kafka.
    pub twins: Vec<TwinKind>,
    /// Name of the selected consumer.
    pub chosen: Option<String>,
    /// True for the first row: Tab comes to it.
    pub first: bool,
    /// True when this record is selected.
    pub selected: bool,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The row.
#[component]
pub fn Row(props: &RowProps) -> Html {
    let (lang, row) = (props.lang, &props.row);
    let select = {
        let (on_task, object) = (props.on_task.clone(), row.object());
        move || {
            if object.is_some() {
                on_task.emit(Task::Select(object.clone()));
            }
        }
    };
    let press = {
        let select = select.clone();
        move |_: MouseEvent| select()
    };
    let key = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            event.stop_propagation();
            select();
        }
    };
    let tab = if props.first || props.selected {
        "0"
    } else {
        "-1"
    };
    let place = match &row.place {
        Some((partition, _)) => partition.to_string(),
        None => row.topic.clone(),
    };
    html! {
        <tr aria-selected={if props.selected { "true" } else { "false" }} onclick={press} onkeydown={key}>
            <th scope="row" class="number" tabindex={tab}>
                <b>{ format!("#{}", row.number) }</b>{ " " }
                if let Some(key) = &row.key {
                    <span class="name" title={key.clone()}>{ key.clone() }</span>
                } else if let Some(value) = &row.value {
                    <span class="name value" title={value.clone()}>{ value.clone() }</span>
                }
                <small class="where">{ place.clone() }</small>
            </th>
            <td class="place" tabindex="-1">{ place }</td>
            <td class="stored" tabindex="-1">{ stored(lang, row) }</td>
            { for row.groups.iter().zip(&props.heads).map(|(cells, head)| group(props, cells, head)) }
            <td class="total" tabindex="-1">{ row.deliveries }{ " ×" }</td>
            { twin::cells(lang, &props.twins, &row.twins) }
        </tr>
    }
}

/// The offset in its epoch's colour, or words where there is none.
fn stored(lang: Lang, row: &RecordRow) -> Html {
    let words = words::standing(lang, &row.standing);
    let class = match row.standing {
        Standing::Sent | Standing::Failed(_) => {
            return html! { <span class="words">{ words }</span> };
        }
        Standing::Appended => "waiting",
        Standing::Visible => "visible",
        Standing::Lost => "lost",
    };
    let offset = row.place.as_ref().map_or(0, |(_, offset)| *offset);
    let epoch = format!("epoch{}", row.epoch.rem_euclid(6));
    html! {
        <>
            <span class={classes!("offset", class, epoch)} aria-hidden="true">{ offset }</span>
            <span class="aloud">{ format!("{offset}, {words}") }</span>
        </>
    }
}

fn group(props: &RowProps, cells: &GroupCells, head: &(Option<String>, Vec<String>)) -> Html {
    let (name, members) = head;
    if cells.skipped {
        let words = words::skipped(props.lang, name.as_deref().unwrap_or_default());
        return html! {
            <td colspan={members.len().to_string()} tabindex="-1" class="first last" title={words.clone()}>
                <i class="disc skipped" aria-hidden="true">{ "×" }</i><span class="aloud">{ words }</span>
            </td>
        };
    }
    let last = members.len().saturating_sub(1);
    let cell = |(at, (given, member)): (usize, (&Vec<Given>, &String))| {
        let class = classes!(
            (at == 0).then_some("first"),
            (at == last).then_some("last"),
            (props.chosen.as_ref() == Some(member)).then_some("chosen"),
        );
        if given.is_empty() {
            return html! { <td tabindex="-1" class={class}><i class="dot" aria-hidden="true"></i><span class="aloud">{ props.lang.say(Text::None) }</span></td> };
        }
        let words = words::cell(props.lang, member, given, cells.twice);
        let disc = |given: &Given| {
            let class = classes!(
                "disc",
                outcome(given.outcome),
                cells.twice.then_some("again"),
                (cells.given[at].len() > 1).then_some("small"),
            );
            html! { <i class={class}>{ given.number }</i> }
        };
        html! {
            <td tabindex="-1" class={class} title={words.clone()}>
                <span aria-hidden="true">{ for given.iter().take(3).map(disc) }</span>
                if given.len() > 3 { <span class="words" aria-hidden="true">{ format!("+{}", given.len() - 3) }</span> }
                <span class="aloud">{ words }</span>
            </td>
        }
    };
    html! { { for cells.given.iter().zip(members).enumerate().map(cell) } }
}

/// The class of a disc.
fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Open | Outcome::Acquired => "open",
        Outcome::Released | Outcome::Lapsed => "lapsed",
        Outcome::Rejected => "rejected",
    }
}
