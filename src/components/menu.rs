//! The context menu: the same actions as in the inspector, where the pointer is.

use yew::prelude::*;

use crate::i18n::{Lang, Text};
use crate::platform::{Element, HtmlElement, document};
use crate::tasks::Task;
use crate::view_model::app::MenuView;

/// What the menu shows.
#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// Language.
    pub lang: Lang,
    /// Place and actions.
    pub menu: MenuView,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// Up and down walk over the entries; Escape is handled for the whole page.
fn walk(event: &KeyboardEvent, node: &NodeRef) {
    let step: i64 = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let Some(menu) = node.cast::<Element>() else {
        return;
    };
    let current = event
        .target_unchecked_into::<Element>()
        .get_attribute("data-entry");
    let count = i64::from(
        menu.query_selector_all("[data-entry]")
            .map_or(0, |list| list.length()),
    );
    let at = current.and_then(|c| c.parse::<i64>().ok()).unwrap_or(0);
    if count > 0 {
        document::focus_within(
            &menu,
            &format!("[data-entry=\"{}\"]", (at + step).rem_euclid(count)),
        );
    }
}

/// The menu.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let node = use_node_ref();
    use_effect_with(
        (props.menu.x, props.menu.y, node.clone()),
        |(x, y, node)| {
            if let Some(menu) = node.cast::<HtmlElement>() {
                document::place_at(&menu, *x, *y);
                document::focus_within(&menu, "[data-entry]");
            }
        },
    );
    let on_key = {
        let node = node.clone();
        move |event: KeyboardEvent| walk(&event, &node)
    };
    let inspector = &props.menu.inspector;
    let lang = props.lang;
    html! {
        // A landmark of its own: the menu lies over all others.
        <section aria-label={lang.say(Text::Actions)}>
        <div class="menu" role="menu" aria-label={inspector.name.clone()} ref={node} onkeydown={on_key}>
            <div class="title caption">{ inspector.name.clone() }</div>
            { for inspector.actions.iter().enumerate().map(|(i, action)| {
                let (on_task, task) = (props.on_task.clone(), action.task.clone());
                html! {
                    <button type="button" role="menuitem" data-entry={i.to_string()} aria-disabled={action.off.map(|_| "true")} title={action.off} aria-description={action.off} onclick={move |_| {
                        on_task.emit(Task::CloseMenu);
                        on_task.emit(task.clone());
                    }}>{ action.words.clone() }</button>
                }
            }) }
            if inspector.actions.is_empty() {
                <button type="button" role="menuitem" data-entry="0" onclick={
                    let on_task = props.on_task.clone();
                    move |_| on_task.emit(Task::CloseMenu)
                }>{ lang.say(Text::Close) }</button>
            }
        </div>
        </section>
    }
}
