//! The terminals: tabs, a log of lines, and one input with history and completion for each.

mod tabs;
mod words;

use std::collections::BTreeMap;

use yew::prelude::*;

use crate::i18n::{Lang, Text};
use crate::platform::{Element, HtmlInputElement, SubmitEvent, document};
use crate::tasks::Task;
use crate::view_model::terminal::{Channel, Line, Prompt, TerminalView};
use std::rc::Rc;
use tabs::{PANEL_ID, Tabs, tab_id};

/// DOM id of the input.
pub const INPUT_ID: &str = "terminal-input";

/// What the terminal shows.
#[derive(Properties, PartialEq)]
pub struct TerminalProps {
    /// Language.
    pub lang: Lang,
    /// Lines and prompt.
    pub terminal: Rc<TerminalView>,
    /// Kafka version, told beside the tabs.
    pub profile: String,
    /// Why nothing can be typed now.
    pub off: Option<&'static str>,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// What the field of a terminal that is not shown now comes back with.
#[derive(Default)]
struct Draft {
    /// The line that is not sent yet.
    line: String,
    /// The completion that was last written into the field.
    completed: u64,
}

type Drafts = Rc<std::cell::RefCell<BTreeMap<u8, Draft>>>;

/// A terminal and how far back its history is looked at.
type Place = Option<(u8, usize)>;

fn line(number: u64, line: &Line) -> Html {
    let class = match line.channel {
        Channel::Command => "command",
        Channel::Input => "input-line",
        Channel::Out => "stdout",
        Channel::Err => "stderr",
        Channel::Note => "note",
        Channel::Status => "status",
    };
    html! { <li key={number} class={class}>{ words::whole(&line.text) }</li> }
}

/// What a key in the field does; true when the browser must not act on it.
fn key(
    event: &KeyboardEvent,
    view: &TerminalView,
    place: &UseStateHandle<Place>,
    on_task: &Callback<Task>,
) -> bool {
    let input = event.target_unchecked_into::<HtmlInputElement>();
    let busy = view.prompt != Prompt::Command;
    match event.key().as_str() {
        "Tab" if !event.shift_key() && !busy && !input.value().trim().is_empty() => {
            on_task.emit(Task::TerminalComplete(view.number, input.value()));
        }
        "ArrowUp" | "ArrowDown" => {
            let last = view.history.len();
            let here = place.filter(|(number, _)| *number == view.number);
            let at = here.map_or(last, |(_, at)| at);
            let to = if event.key() == "ArrowUp" {
                at.saturating_sub(1)
            } else {
                (at + 1).min(last)
            };
            input.set_value(view.history.get(to).map_or("", String::as_str));
            place.set(Some((view.number, to)));
        }
        "c" if event.ctrl_key() && busy => on_task.emit(Task::TerminalStop(view.number)),
        "d" if event.ctrl_key() && busy && input.value().is_empty() => {
            on_task.emit(Task::TerminalEnd(view.number));
        }
        "l" if event.ctrl_key() => on_task.emit(Task::TerminalClear(view.number)),
        _ => return false,
    }
    true
}

/// Keeps a line that is not sent with its terminal, and writes completions into the field.
#[hook]
fn use_drafts(view: &TerminalView, field: &NodeRef) {
    let drafts: Drafts = use_mut_ref(BTreeMap::new);
    let shown = (view.number, view.completed.0);
    use_effect_with((view.number, field.clone()), {
        let drafts = drafts.clone();
        move |(number, field)| {
            let (number, field) = (*number, field.clone());
            if let Some(field) = field.cast::<HtmlInputElement>() {
                let mut drafts = drafts.borrow_mut();
                let draft = drafts.entry(number).or_insert(Draft {
                    completed: shown.1,
                    ..Draft::default()
                });
                field.set_value(&draft.line);
            }
            move || {
                if let Some(field) = field.cast::<HtmlInputElement>() {
                    drafts.borrow_mut().entry(number).or_default().line = field.value();
                }
            }
        }
    });
    use_effect_with((shown, field.clone()), {
        let line = view.completed.1.clone();
        move |((number, count), field): &((u8, u64), NodeRef)| {
            let mut drafts = drafts.borrow_mut();
            let draft = drafts.entry(*number).or_default();
            if *count > draft.completed {
                draft.completed = *count;
                if let Some(field) = field.cast::<HtmlInputElement>() {
                    field.set_value(&line);
                }
            }
        }
    });
}

/// The terminal pane.
#[component]
pub fn Terminal(props: &TerminalProps) -> Html {
    let lang = props.lang;
    let view = props.terminal.clone();
    let number = view.number;
    let (out, field) = (use_node_ref(), use_node_ref());
    let place = use_state(|| Place::None);
    let shown = (
        number,
        view.first + view.lines.len() as u64,
        view.choices.len(),
    );
    use_effect_with((shown, out.clone()), |(_, out)| {
        if let Some(out) = out.cast::<Element>() {
            document::scroll_to_end(&out);
        }
    });
    use_drafts(&view, &field);
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
            <h2 class="aloud">{ lang.say(Text::Terminal) }</h2>
            <Tabs lang={lang} tabs={view.tabs.clone()} has_room={view.has_room} profile={props.profile.clone()} on_task={props.on_task.clone()} />
            <div class="terminal" role="tabpanel" id={PANEL_ID} aria-labelledby={tab_id(number)}>
                <div class="out" role="log" aria-label={lang.say(Text::TerminalOutput)} tabindex="0" ref={out}>
                    <ol key={number}>{ for view.lines.iter().enumerate().map(|(i, l)| line(view.first + i as u64, l)) }</ol>
                </div>
                { choices(&view, &props.on_task) }
                <form class={props.off.map(|_| "locked")} onsubmit={submit}>
                    <label for={INPUT_ID}>
                        <span aria-hidden="true">{ if view.prompt == Prompt::Command { "$" } else { ">" } }</span>
                        <span class="aloud">{ lang.say(Text::Command) }</span>
                    </label>
                    <input id={INPUT_ID} ref={field} type="text" autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
                        placeholder={props.off.or((view.lines.is_empty()).then(|| lang.say(Text::TerminalHint)))} onkeydown={keydown}
                        readonly={props.off.is_some()} title={props.off} aria-description={props.off} />
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
