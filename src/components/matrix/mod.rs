//! The lens "Who got what": a table of records by consumers.
//!
//! It is an HTML table, so what is drawn is what is read aloud. One cell is reached by Tab, the
//! arrows go from there; Enter and a press select the record, or the consumer in the head.

mod row;
mod twin;

use std::rc::Rc;

use kafka_lessons::TwinKind;
use yew::prelude::*;

use crate::hooks::use_time;
use crate::i18n::{Lang, Text, matrix as words};
use crate::platform::{Element, document};
use crate::session::handle::SessionHandle;
use crate::tasks::Task;
use crate::view_model::matrix::{GroupColumns, MatrixView};
use crate::view_model::object::ObjectId;
use row::Row;

/// What the lens shows.
#[derive(Properties, PartialEq)]
pub struct MatrixProps {
    /// Language.
    pub lang: Lang,
    /// Records and consumers.
    pub matrix: Rc<MatrixView>,
    /// Selected object.
    pub selected: Option<ObjectId>,
    /// Lets time flow.
    pub session: SessionHandle,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The lens.
#[component]
pub fn Matrix(props: &MatrixProps) -> Html {
    use_time(&props.session);
    let (lang, matrix) = (props.lang, &props.matrix);
    let body = use_node_ref();
    // The newest record is the one that something happens to.
    use_effect_with((body.clone(), matrix.sent), |(body, _)| {
        if let Some(body) = body.cast::<Element>() {
            document::scroll_to_end(&body);
        }
    });
    let on_key = Callback::from(move |event: KeyboardEvent| roam(&event));
    let consumers = matrix.groups.iter().map(|g| g.members.len()).sum::<usize>() + matrix.hidden;
    let summary = words::summary(
        lang,
        matrix.sent,
        consumers,
        matrix.groups.iter().filter(|g| g.name.is_some()).count(),
        matrix.deliveries,
    );
    let chosen = consumer(props.selected.as_ref());
    html! {
        <main class="stage matrix" id="stage" tabindex="-1" aria-label={lang.say(Text::MatrixLens)}>
            <div class="key" aria-hidden="true">
                <span><i class="disc">{ "1" }</i>{ lang.say(Text::MarkCommitted) }</span>
                <span><i class="disc open">{ "1" }</i>{ lang.say(Text::MarkReceived) }</span>
                <span><i class="disc again">{ "1" }</i>{ lang.say(Text::MarkTwice) }</span>
                <span><i class="disc skipped">{ "×" }</i>{ lang.say(Text::MarkSkipped) }</span>
                if matrix.groups.iter().any(|group| group.share) {
                    <span><i class="disc lapsed">{ "1" }</i>{ lang.say(Text::MarkReleased) }</span>
                    <span><i class="disc rejected">{ "1" }</i>{ lang.say(Text::MarkRejected) }</span>
                }
                <span class="ledger">{ lang.say(Text::MatrixLedger) }</span>
            </div>
            <div class="sheet" ref={body}>
                <table role="grid" aria-label={summary} onkeydown={on_key}>
                    { head(lang, matrix, chosen, &props.on_task) }
                    <tbody>
                        { for matrix.rows.iter().map(|row| html! {
                            <Row key={row.number} lang={lang} row={row.clone()} first={row.number == matrix.older + 1} heads={heads(matrix)} twins={twin_kinds(matrix)} chosen={chosen.map(str::to_owned)}
                                selected={row.object().is_some() && row.object() == props.selected} on_task={props.on_task.clone()} />
                        }) }
                    </tbody>
                    { foot(lang, matrix) }
                </table>
            </div>
            { remarks(lang, matrix) }
        </main>
    }
}

/// The selected consumer's name.
fn consumer(selected: Option<&ObjectId>) -> Option<&str> {
    match selected {
        Some(ObjectId::Client(name)) => Some(name),
        _ => None,
    }
}

/// What rows must know of the columns: the group's name and its members' names.
fn heads(matrix: &MatrixView) -> Vec<(Option<String>, Vec<String>)> {
    let names = |group: &GroupColumns| group.members.iter().map(|m| m.name.clone()).collect();
    let groups = matrix.groups.iter();
    groups.map(|g| (g.name.clone(), names(g))).collect()
}

fn twin_kinds(matrix: &MatrixView) -> Vec<TwinKind> {
    matrix.twins.iter().map(|twin| twin.kind).collect()
}

fn head(lang: Lang, matrix: &MatrixView, chosen: Option<&str>, on_task: &Callback<Task>) -> Html {
    let select = |object: ObjectId| {
        let on_task = on_task.clone();
        move |_: MouseEvent| on_task.emit(Task::Select(Some(object.clone())))
    };
    let fixed = |class: &'static str, text: Text, note: &'static str| {
        html! { <th scope="col" rowspan="2" class={class}>{ lang.say(text) }<small>{ note }</small></th> }
    };
    html! {
        <thead>
            <tr>
                <th scope="col" rowspan="2" class="number">{ lang.say(Text::MatrixRecord) }<small>{ lang.say(Text::MatrixKey) }</small></th>
                { fixed("place", Text::MatrixPlace, "\u{a0}") }
                { fixed("stored", Text::MatrixStored, lang.say(Text::MatrixOnce)) }
                { for matrix.groups.iter().map(|group| {
                    let span = group.members.len().to_string();
                    let note = words::group_note(lang, group);
                    let name = match &group.name {
                        Some(name) => html! {
                            <button type="button" onclick={select(ObjectId::Group(name.clone()))}>{ name.clone() }</button>
                        },
                        None => html! { { lang.say(Text::MatrixAlone) } },
                    };
                    html! { <th scope="colgroup" colspan={span} class="group">{ name }<small>{ note }</small><i class="bracket"></i></th> }
                }) }
                { fixed("total", Text::MatrixRead, lang.say(Text::MatrixInAll)) }
                { twin::caption(lang, &matrix.twins) }
            </tr>
            <tr>
                { for matrix.groups.iter().flat_map(|g| &g.members).map(|member| {
                    let class = classes!(
                        "member",
                        (!member.alive).then_some("gone"),
                        (chosen == Some(member.name.as_str())).then_some("chosen"),
                    );
                    html! {
                        <th scope="col" class={class}>
                            <button type="button" title={member.name.clone()} onclick={select(ObjectId::Client(member.name.clone()))}>{ member.name.clone() }</button>
                        </th>
                    }
                }) }
                { twin::heads(lang, &matrix.twins) }
            </tr>
        </thead>
    }
}

/// Sums over all records, also those without a row.
fn foot(lang: Lang, matrix: &MatrixView) -> Html {
    html! {
        <tfoot>
            <tr>
                <th scope="row" class="number">{ words::sent(lang, matrix.sent) }</th>
                <td class="place"></td>
                <td class="stored">{ matrix.stored }</td>
                { for matrix.groups.iter().flat_map(|g| &g.members).map(|m| html! { <td>{ m.got }</td> }) }
                <td class="total">{ matrix.deliveries }</td>
                { twin::feet(lang, &matrix.twins) }
            </tr>
            <tr class="groups">
                <td class="number"></td><td class="place"></td><td></td>
                { for matrix.groups.iter().map(|g| {
                    let class = (g.twice > 0).then_some("again");
                    html! { <td colspan={g.members.len().to_string()} class={class}>{ words::group_sum(lang, g.got, g.stored, g.twice) }</td> }
                }) }
                <td></td>
                if !matrix.twins.is_empty() {
                    <td colspan={matrix.twins.len().to_string()} class="twin">{ lang.say(Text::TwinLate) }</td>
                }
            </tr>
        </tfoot>
    }
}

fn remarks(lang: Lang, matrix: &MatrixView) -> Html {
    html! {
        <div class="remarks">
            if matrix.stored > 0 { <p class="stays">{ lang.say(Text::MatrixStays) }</p> }
            if matrix.older > 0 { <p>{ words::older(lang, matrix.older) }</p> }
            if matrix.hidden > 0 { <p>{ words::hidden(lang, matrix.hidden) }</p> }
            if matrix.sent == 0 {
                <p>{ lang.say(Text::MatrixEmpty) }</p>
            } else if matrix.groups.is_empty() {
                <p>{ lang.say(Text::MatrixNobody) }</p>
            }
        </div>
    }
}

/// Arrows go from cell to cell; rows and columns are those of the table's body.
fn roam(event: &KeyboardEvent) {
    let (down, right) = match event.key().as_str() {
        "ArrowUp" => (-1, 0),
        "ArrowDown" => (1, 0),
        "ArrowLeft" => (0, -1),
        "ArrowRight" => (0, 1),
        _ => return,
    };
    let cell = event.target_unchecked_into::<Element>();
    if event.shift_key() || !document::go_to_cell(&cell, down, right) {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
}
