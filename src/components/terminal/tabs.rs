//! The tabs over the terminal: which there are, what runs in each, which has new output.

use yew::prelude::*;

use super::INPUT_ID;
use crate::components::icon::Icon;
use crate::i18n::{Lang, Text, terminal as words};
use crate::platform::{Element, document};
use crate::tasks::Task;
use crate::view_model::terminal::TerminalTab;

/// DOM id of what the tabs choose.
pub const PANEL_ID: &str = "terminal-panel";

/// DOM id of a terminal's tab.
pub fn tab_id(number: u8) -> String {
    format!("terminal-tab-{number}")
}

/// What the tabs show.
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// Language.
    pub lang: Lang,
    /// The open terminals, in order.
    pub tabs: Vec<TerminalTab>,
    /// One more can be opened.
    pub has_room: bool,
    /// Kafka version.
    pub profile: String,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The tab that a key leads to.
fn neighbour(tabs: &[TerminalTab], key: &str) -> Option<u8> {
    let last = tabs.len().checked_sub(1)?;
    let at = tabs.iter().position(|tab| tab.shown)?;
    let to = match key {
        "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
        "ArrowRight" if at == last => 0,
        "ArrowRight" => at + 1,
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    tabs.get(to).map(|tab| tab.number)
}

/// A tool's name without what all of Kafka's tools share; the tab's title has the whole of it.
fn short(tool: &str) -> &str {
    let name = tool.strip_suffix(".sh").unwrap_or(tool);
    name.strip_prefix("kafka-").unwrap_or(name)
}

fn tab(lang: Lang, tab: &TerminalTab, on_task: &Callback<Task>) -> Html {
    let number = tab.number;
    let show = on_task.reform(move |_| Task::TerminalShow(number));
    let class = classes!(tab.fresh.then_some("fresh"));
    html! {
        <button key={number} id={tab_id(number)} type="button" role="tab" class={class} title={tab.tool.clone()}
            aria-selected={tab.shown.to_string()} aria-controls={PANEL_ID} tabindex={if tab.shown { "0" } else { "-1" }} onclick={show}>
            <span class="name">{ words::name(lang, number) }</span>
            if let Some(tool) = &tab.tool {
                <span class="busy" aria-hidden="true"></span>
                <span class="aloud">{ lang.say(Text::ToolRuns) }</span>
                <span class="tool">{ short(tool).to_owned() }</span>
            }
            if tab.fresh {
                <span class="aloud">{ lang.say(Text::NewOutput) }</span>
            }
        </button>
    }
}

/// The row of tabs, with the buttons that open and close terminals.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let lang = props.lang;
    let shown = props.tabs.iter().find(|tab| tab.shown);
    let shown = shown.map_or(0, |tab| tab.number);
    // The focus goes with the tab that a key or the closing has just shown.
    let (follow, list) = (use_mut_ref(|| false), use_node_ref());
    use_effect_with((shown, props.tabs.clone()), {
        let (follow, list) = (follow.clone(), list.clone());
        move |(shown, _)| {
            if let Some(list) = list.cast::<Element>() {
                document::reveal(&list, "[aria-selected=true]");
            }
            if std::mem::take(&mut *follow.borrow_mut()) {
                document::focus(&tab_id(*shown));
            }
        }
    });
    let open = {
        let on_task = props.on_task.clone();
        move |_| {
            on_task.emit(Task::TerminalOpen);
            document::focus(INPUT_ID);
        }
    };
    let close = {
        let (on_task, follow) = (props.on_task.clone(), follow.clone());
        move || {
            *follow.borrow_mut() = true;
            on_task.emit(Task::TerminalClose(shown));
        }
    };
    let several = props.tabs.len() > 1;
    let keydown = {
        let (tabs, on_task, close) = (props.tabs.clone(), props.on_task.clone(), close.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Delete" && several {
                event.prevent_default();
                close();
            } else if let Some(number) = neighbour(&tabs, &event.key()) {
                event.prevent_default();
                *follow.borrow_mut() = number != shown;
                on_task.emit(Task::TerminalShow(number));
            }
        })
    };
    let more = lang.say(if props.has_room {
        Text::OpenTerminal
    } else {
        Text::TerminalsFull
    });
    let less = words::close(lang, shown);
    // With many tabs the one with new output may be out of sight: this one is not.
    let news = props.tabs.iter().find(|tab| tab.fresh && !tab.shown);
    let news = news.filter(|_| props.tabs.len() > 2).map(|tab| tab.number);
    html! {
        <div class="tabs terminal-tabs">
            <div class="tab-list" role="tablist" ref={list} aria-label={lang.say(Text::Terminal)} onkeydown={keydown}>
                { for props.tabs.iter().map(|each| tab(lang, each, &props.on_task)) }
            </div>
            if let Some(number) = news {
                <button type="button" class="news" title={words::news(lang, number)} onclick={props.on_task.reform(move |_| Task::TerminalShow(number))}>
                    <span aria-hidden="true">{ number + 1 }</span><span class="aloud">{ words::news(lang, number) }</span>
                </button>
            }
            <button type="button" class="add" aria-label={more} title={more} aria-disabled={(!props.has_room).to_string()} onclick={open}>
                { Icon::Add.html() }
            </button>
            if several {
                <button type="button" class="close" aria-label={less.clone()} title={less} onclick={move |_| close()}>{ Icon::Close.html() }</button>
            } else {
                <span class="note">{ props.profile.clone() }</span>
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_and_home_and_end_to_the_ends() {
        let tabs: Vec<TerminalTab> = [0, 2, 5]
            .map(|number| TerminalTab {
                number,
                shown: number == 5,
                ..TerminalTab::default()
            })
            .into();
        let to = |key| neighbour(&tabs, key);
        assert_eq!(to("ArrowRight"), Some(0));
        assert_eq!(to("ArrowLeft"), Some(2));
        assert_eq!((to("Home"), to("End")), (Some(0), Some(5)));
        assert_eq!(to("a"), None);
    }

    #[test]
    fn a_tool_is_told_by_what_is_its_own() {
        assert_eq!(short("kafka-console-consumer.sh"), "console-consumer");
        assert_eq!(short("sleep"), "sleep");
    }
}
