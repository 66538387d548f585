//! The presenter view: the whole window for a room. Learner's panels are not in it.

mod overview;
mod votes;

use std::rc::Rc;

use yew::prelude::*;

use super::matrix::Matrix;
use super::shapes::{patterns, shapes};
use crate::hooks::use_time;
use crate::i18n::{Lang, Text, presenter as words, sentence};
use crate::platform::document;
use crate::platform::notes::Channel;
use crate::scene::caption::{Setting, setting};
use crate::scene::presenter::{H, Sheet, W};
use crate::scene::presenter_groups::GroupSheet;
use crate::scene::shape::Node;
use crate::session::Session;
use crate::session::handle::SessionHandle;
use crate::tasks::presenter::{Present, key_named};
use crate::tasks::{Task, keymap};
use crate::view_model::app::AppView;
use crate::view_model::object::ObjectId;
use crate::view_model::presenter::{Over, PresenterView, Said};
use overview::Overview;
use votes::Votes;

/// DOM id of the view.
pub const PRESENTER_ID: &str = "presenter";

/// Bars drawn for steps at most.
const BARS: usize = 10;

/// What the view shows.
#[derive(Properties, PartialEq)]
pub struct PresenterProps {
    /// The page.
    pub view: Rc<AppView>,
    /// The presenter's part of it.
    pub presenter: Rc<PresenterView>,
    /// Lets time flow.
    pub session: SessionHandle,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The view.
#[component]
pub fn Presenter(props: &PresenterProps) -> Html {
    use_time(&props.session);
    use_notes(props);
    let presenter = &props.presenter;
    let lang = props.view.preferences.lang;
    use_effect_with((), |()| {
        document::focus(PRESENTER_ID);
    });
    html! {
        <div class="presenter" id={PRESENTER_ID} tabindex="-1">
            { picture(props) }
            { caption(presenter, lang) }
            { foot(props, lang) }
            { over(props, lang) }
        </div>
    }
}

/// The sentence in both languages; a long one in smaller letters, the longest in one language.
fn caption(presenter: &PresenterView, lang: Lang) -> Html {
    let [own, other] = &presenter.caption;
    let setting = setting(own, other);
    let line = |said: &Said, class: &'static str, lang: Lang| {
        html! {
            <p class={class} lang={lang.tag()}>
                if !said.head.is_empty() { <b>{ said.head.clone() }</b>{ " " } }
                { said.words.clone() }
            </p>
        }
    };
    let lines = classes!(
        "caption-lines",
        setting.class(),
        (!own.head.is_empty()).then_some("headed")
    );
    html! {
        <section class={lines} role="status" aria-label={lang.say(Text::Narrator)}>
            { line(own, "own", lang) }
            if setting != Setting::Single { { line(other, "other", lang.other()) } }
        </section>
    }
}

/// What lies over the picture.
fn over(props: &PresenterProps, lang: Lang) -> Html {
    let (presenter, on_task) = (&props.presenter, &props.on_task);
    match presenter.over {
        Over::Nothing => Html::default(),
        Over::Blank => {
            html! { <div class="over blank" role="img" aria-label={lang.say(Text::PresenterBlank)}></div> }
        }
        Over::Overview => {
            html! { <Overview lang={lang} steps={presenter.steps.clone()} step={presenter.step} on_task={on_task.clone()} /> }
        }
        Over::Votes => {
            html! { <Votes lang={lang} votes={presenter.votes.clone()} on_task={on_task.clone()} /> }
        }
    }
}

/// The brokers, or the lens "Who got what" in large.
fn picture(props: &PresenterProps) -> Html {
    let (view, presenter) = (&props.view, &props.presenter);
    let lang = view.preferences.lang;
    if let Some(matrix) = &view.matrix {
        return html! {
            <Matrix lang={lang} matrix={matrix.clone()} selected={view.selected.clone()} session={props.session.clone()} on_task={props.on_task.clone()} />
        };
    }
    let nodes = drawing(view, presenter);
    let name = match &presenter.partition {
        Some(partition) => partition.to_string(),
        None => lang.say(Text::NoTopic).to_owned(),
    };
    html! {
        <main class="picture" id="stage" tabindex="-1">
            <svg viewBox={format!("0 0 {W} {H}")} lang={lang.tag()} role="group" aria-label={name}>
                { patterns() }
                { for nodes.iter().map(|node| band(node, props)) }
            </svg>
        </main>
    }
}

/// The groups that the step is about, or the brokers.
fn drawing(view: &AppView, presenter: &PresenterView) -> Vec<Node> {
    let (lang, cluster) = (view.preferences.lang, &*view.cluster);
    let (spotlight, veil) = (&presenter.spotlight[..], presenter.veil);
    if !presenter.groups.is_empty() {
        let sheet = GroupSheet {
            lang,
            cluster,
            groups: &presenter.groups,
            spotlight,
            veil,
        };
        return sheet.draw();
    }
    let sheet = Sheet {
        lang,
        cluster,
        partition: presenter.partition.as_ref(),
        spotlight,
        veil,
        shows: view.shows,
    };
    sheet.draw()
}

/// A press on a band puts its broker under the spotlight of the inspector's selection.
fn band(node: &Node, props: &PresenterProps) -> Html {
    let Some(handle) = &node.handle else {
        return html! { <g class="plain" aria-hidden="true">{ shapes(node) }</g> };
    };
    let label = match &handle.id {
        ObjectId::Broker(_) => described(props, &handle.id, &handle.name),
        _ => handle.name.clone(),
    };
    html! {
        <>
        <g class="plain" aria-hidden="true">{ shapes(node) }</g>
        <rect role="img" aria-label={label} x={handle.area.x.to_string()} y={handle.area.y.to_string()}
            width={handle.area.w.to_string()} height={handle.area.h.to_string()} fill="transparent" />
        </>
    }
}

/// The broker's name and its replica of the partition shown.
fn described(props: &PresenterProps, broker: &ObjectId, name: &str) -> String {
    let lang = props.view.preferences.lang;
    let log = (|| {
        let ObjectId::Broker(id) = broker else {
            return None;
        };
        let (_, partition) = props
            .view
            .cluster
            .partition(props.presenter.partition.as_ref()?)?;
        partition.log(*id)
    })();
    match log {
        Some(log) => format!(
            "{name}, {}, HW {}, LEO {}",
            sentence::sync(lang, log.sync),
            log.high_watermark,
            log.log_end
        ),
        None => name.to_owned(),
    }
}

/// Clock, steps, keys.
fn foot(props: &PresenterProps, lang: Lang) -> Html {
    let (presenter, time) = (&props.presenter, &props.view.time);
    let button = |text: Text, what: Present| {
        let on_task = props.on_task.clone();
        let key = key_named(&what);
        html! {
            <button type="button" onclick={move |_| on_task.emit(Task::Present(what.clone()))} aria-keyshortcuts={key}>
                <kbd>{ key }</kbd>{ " " }{ lang.say(text) }
            </button>
        }
    };
    let leave = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(Task::Present(Present::Leave))
    };
    html! {
        <footer>
            <h1 class="aloud">{ lang.say(Text::PresenterTitle) }</h1>
            <b class="hour">{ sentence::clock(time.now) }</b>
            { bars(presenter.step, presenter.steps.len()) }
            <span class="count">{ words::step_of(lang, presenter.step, presenter.steps.len()) }</span>
            if time.progress.is_some() {
                <span class="busy" role="status">{ lang.say(Text::PresenterSearching) }</span>
            }
            if let Some(notice) = &presenter.notice {
                <span class="notice" role="alert">{ notice.clone() }</span>
            } else {
                <nav aria-label={lang.say(Text::Shortcuts)}>
                    { button(Text::PresenterBack, Present::Back) }
                    { button(Text::PresenterNext, Present::Next) }
                    if presenter.has_hint { { button(Text::PresenterHint, Present::Hint) } }
                    if presenter.has_replay {
                        { button(Text::PresenterAgain, Present::Again) }
                    } else {
                        { button(Text::PresenterVotes, Present::Over(Over::Votes)) }
                    }
                    <button type="button" aria-label={format!("Esc {}", lang.say(Text::PresenterLeave))} onclick={leave}><kbd>{ "Esc" }</kbd></button>
                </nav>
            }
        </footer>
    }
}

/// A bar a step; of a long way those around the present.
fn bars(step: usize, of: usize) -> Html {
    let from = step
        .saturating_sub(BARS * 2 / 3)
        .min(of.saturating_sub(BARS));
    let to = of.min(from + BARS);
    html! {
        <span class="bars" aria-hidden="true">
            { for (from..to).map(|at| {
                let class = match (at + 1).cmp(&step) {
                    std::cmp::Ordering::Less => "past",
                    std::cmp::Ordering::Equal => "now",
                    std::cmp::Ordering::Greater => "",
                };
                html! { <i key={at} class={class}></i> }
            }) }
        </span>
    }
}

/// Keeps the notes window in step, and takes the keys pressed in it.
#[hook]
fn use_notes(props: &PresenterProps) {
    let channel = use_mut_ref(|| None::<Channel>);
    let text = serde_json::to_string(&props.presenter.notes).unwrap_or_default();
    let latest = use_mut_ref(String::new);
    latest.borrow_mut().clone_from(&text);
    {
        let (channel, latest, session) = (channel.clone(), latest.clone(), props.session.clone());
        use_effect_with((), move |()| {
            let shared = channel.clone();
            *channel.borrow_mut() = Channel::open(move |said| {
                if said == "hello" {
                    if let Some(channel) = &*shared.borrow() {
                        channel.say(&latest.borrow());
                    }
                } else if let Some(presenter) = &session.view().presenter
                    && let Some(task) = keymap::far_key(&said, presenter)
                {
                    session.run(task);
                    // A window behind another one gets no frames in which long work is done.
                    session.change(Session::settle);
                }
            });
            move || drop(channel.take())
        });
    }
    use_effect_with(text, move |text| {
        if let Some(channel) = &*channel.borrow() {
            channel.say(text);
        }
    });
}
