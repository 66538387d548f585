//! The terminal: a log of lines and one input with history and completion.

use yew::prelude::*;

use crate::i18n::{Lang, Text};
use crate::platform::{Element, HtmlInputElement, SubmitEvent, document};
use crate::tasks::Task;
use crate::view_model::terminal::{Channel, Line, Prompt, TerminalView};
use std::rc::Rc;

/// DOM id of the input.
pub const INPUT_ID: &str = "terminal-input";

/// What the terminal shows.
#[derive(Properties, PartialEq)]
pub struct TerminalProps {
    /// Language.
    pub lang: Lang,
    /// Lines and prompt.
    pub terminal: Rc<TerminalView>,
    /// Kafka version, told beside the heading.
    pub profile: String,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

fn line(number: u64, line: &Line) -> Html {
    let class = match line.channel {
        Channel::Command => "command",
        Channel::Input => "input-line",
        Channel::Out => "stdout",
        Channel::Err => "stderr",
        Channel::Note => "note",
        Channel::Status => "status",
    };
    html! { <li key={number} class={class}>{ line.text.clone() }</li> }
}

/// What a key in the field does; true when the browser must not act on it.
fn key(
    event: &KeyboardEvent,
    view: &TerminalView,
    place: &UseStateHandle<Option<usize>>,
    on_task: &Callback<Task>,
) -> bool {
    let input = event.target_unchecked_into::<HtmlInputElement>();
    match event.key().as_str() {
        "Tab"
            if !event.shift_key()
                && !input.value().trim().is_empty()
                && view.prompt == Prompt::Command =>
        {
            on_task.emit(Task::TerminalComplete(view.number, input.value()));
            true
        }
        "ArrowUp" | "ArrowDown" => {
            let last = view.history.len();
            let at = place.unwrap_or(last);
            let to = if event.key() == "ArrowUp" {
                at.saturating_sub(1)
            } else {
                (at + 1).min(last)
            };
            input.set_value(view.history.get(to).map_or("", String::as_str));
            place.set(Some(to));
            true
        }
        "c" if event.ctrl_key() && view.prompt != Prompt::Command => {
            on_task.emit(Task::TerminalStop(view.number));
            true
        }
        "d" if event.ctrl_key() && view.prompt != Prompt::Command && input.value().is_empty() => {
            on_task.emit(Task::TerminalEnd(view.number));
            true
        }
        "l" if event.ctrl_key() => {
            on_task.emit(Task::TerminalClear(view.number));
            true
        }
        _ => false,
    }
}

/// The terminal pane.
#[component]
pub fn Terminal(props: &TerminalProps) -> Html {
    let lang = props.lang;
    let view = props.terminal.clone();
    let number = view.number;
    let (out, field) = (use_node_ref(), use_node_ref());
    let place = use_state(|| None::<usize>);
    let shown = (view.first + view.lines.len() as u64, view.choices.len());
    use_effect_with((shown, out.clone()), |(_, out)| {
        if let Some(out) = out.cast::<Element>() {
            document::scroll_to_end(&out);
        }
    });
    use_effect_with(
        (view.completed.clone(), field.clone()),
        |(completed, field)| {
            if let (true, Some(field)) = (completed.0 > 0, field.cast::<HtmlInputElement>()) {
                field.set_value(&completed.1);
            }
        },
    );
    let submit = {
        let (on_task, field, place) = (props.on_task.clone(), field.clone(), place.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(field) = field.cast::<HtmlInputElement>() {
                on_task.emit(Task::TerminalLine(number, field.value()));
                field.set_value("");
                place.set(None);
            }
        })
    };
    let keydown = {
        let (view, on_task) = (view.clone(), props.on_task.clone());
        Callback::from(move |event: KeyboardEvent| {
            if !event.is_composing() && key(&event, &view, &place, &on_task) {
                event.prevent_default();
            }
        })
    };
    let stop = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(Task::TerminalStop(number))
    };
    html! {
        <section class="pane terminal-pane" aria-label={lang.say(Text::Terminal)}>
            <div class="tabs">
                <h2>{ lang.say(Text::Terminal) }</h2>
                <span class="note">{ props.profile.clone() }</span>
            </div>
            <div class="terminal">
                <div class="out" role="log" aria-label={lang.say(Text::TerminalOutput)} tabindex="0" ref={out}>
                    <ol>{ for view.lines.iter().enumerate().map(|(i, l)| line(view.first + i as u64, l)) }</ol>
                </div>
                { choices(&view, &props.on_task) }
                <form onsubmit={submit}>
                    <label for={INPUT_ID}>
                        <span aria-hidden="true">{ if view.prompt == Prompt::Command { "$" } else { ">" } }</span>
                        <span class="aloud">{ lang.say(Text::Command) }</span>
                    </label>
                    <input id={INPUT_ID} ref={field} type="text" autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
                        placeholder={(view.lines.is_empty()).then(|| lang.say(Text::TerminalHint))} onkeydown={keydown} />
                    if view.prompt != Prompt::Command {
                        <button type="button" class="stop" onclick={stop}>{ lang.say(Text::StopCommand) }</button>
                    }
                </form>
            </div>
        </section>
    }
}

fn choices(view: &TerminalView, on_task: &Callback<Task>) -> Html {
    if view.choices.is_empty() {
        return Html::default();
    }
    let number = view.number;
    html! {
        <div class="choices">
            { for view.choices.iter().map(|choice| {
                let (on_task, choice) = (on_task.clone(), choice.clone());
                let words = choice.clone();
                html! {
                    <button key={words.clone()} type="button" onclick={move |_| {
                        on_task.emit(Task::TerminalComplete(number, choice.clone()));
                        document::focus(INPUT_ID);
                    }}>{ words.split_whitespace().last().unwrap_or_default().to_owned() }</button>
                }
            }) }
        </div>
    }
}
