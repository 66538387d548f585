//! The stage: objects as SVG, moving messages on one canvas above it.
//!
//! The SVG is rendered when the state changes; the canvas is painted by one frame loop that never
//! goes through Yew. Both draw what `scene` says and nothing else.

mod keys;
mod pins;
mod surface;

use std::rc::Rc;

use yew::prelude::*;

use super::shapes::{patterns, shapes};
use crate::hooks::use_size;
use crate::i18n::{Lang, Text};
use crate::platform::frame::FrameLoop;
use crate::platform::{Element, HtmlCanvasElement, document};
use crate::scene::cluster::Options;
use crate::scene::lens::Lens;
use crate::scene::message::Motion;
use crate::scene::shape::{Area, Handle, Node};
use crate::session::handle::SessionHandle;
use crate::session::preferences::Theme;
use crate::tasks::{Preference, Task};
use crate::view_model::cluster::ClusterView;
use crate::view_model::object::ObjectId;
use crate::view_model::pins::PinView;
use crate::view_model::shows::Shows;
use pins::Pins;
use surface::Surface;

/// DOM id of the picture.
pub const PICTURE_ID: &str = "picture";

/// What the stage shows.
#[derive(Properties, PartialEq)]
pub struct StageProps {
    /// Language.
    pub lang: Lang,
    /// Theme: the canvas reads its colours anew when it changes.
    pub theme: Theme,
    /// The cluster.
    pub cluster: Rc<ClusterView>,
    /// Selected object.
    pub selected: Option<ObjectId>,
    /// Key line shown.
    pub key_line: bool,
    /// Answers that name objects.
    pub pins: Vec<PinView>,
    /// What is shown.
    pub shows: Shows,
    /// The lesson would hide something: the person may want to see everything.
    pub hides: bool,
    /// True while time flows.
    pub playing: bool,
    /// Gives the moving messages of each frame.
    pub session: SessionHandle,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The stage.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let (area, canvas, picture) = (use_node_ref(), use_node_ref(), use_node_ref());
    let (w, h) = use_size(&area);
    let surface = use_mut_ref(Surface::default);
    let roving = use_state(|| None::<String>);
    let options = Options {
        lang: props.lang,
        selected: props.selected.as_ref(),
        key_line: props.key_line,
        shows: props.shows,
    };
    let lens = (w > 1.0 && h > 1.0).then(|| Rc::new(Lens::new(&props.cluster, w, h, options)));
    {
        let mut surface = surface.borrow_mut();
        surface.lens.clone_from(&lens);
        surface.view = props.cluster.clone();
        surface.selected.clone_from(&props.selected);
        surface.theme = props.theme;
        surface.size = (w, h);
    }
    use_effect_with(
        (props.session.clone(), canvas.clone()),
        move |(session, canvas)| {
            let canvas = canvas.cast::<HtmlCanvasElement>();
            let session = session.clone();
            let frames = FrameLoop::start(move |wall| {
                surface.borrow_mut().frame(canvas.as_ref(), &session, wall)
            });
            move || drop(frames)
        },
    );
    let nodes = lens
        .as_ref()
        .map(|lens| objects(lens, props, options))
        .unwrap_or_default();
    let current = current_key(&nodes, roving.as_deref(), props.selected.as_ref());
    let on_key = keys::handler(&nodes, &picture, &roving, &props.on_task);
    let clear = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(Task::Select(None))
    };
    html! {
        <main class={classes!("stage", (!props.playing).then_some("paused"))} id="stage" tabindex="-1" aria-label={props.lang.say(Text::Stage)} ref={area} onclick={clear}>
            if lens.is_some() {
                <svg id={PICTURE_ID} ref={picture} viewBox={format!("0 0 {w:.0} {h:.0}")} lang={props.lang.tag()} role="tree"
                    aria-label={props.lang.say(Text::Stage)} onkeydown={on_key}>
                    { patterns() }
                    { for nodes.iter().map(|n| node(n, current.as_deref(), props, &roving)) }
                </svg>
            }
            <canvas ref={canvas} aria-hidden="true"></canvas>
            if !props.pins.is_empty() {
                <Pins lang={props.lang} pins={pins::placed(&props.pins, &nodes)} size={(w, h)} on_task={props.on_task.clone()} />
            }
            if props.hides {
                { everything(props) }
            }
        </main>
    }
}

/// The person's own switch: it wins over what a lesson shows.
fn everything(props: &StageProps) -> Html {
    let on_task = props.on_task.clone();
    let press = move |event: MouseEvent| {
        event.stop_propagation();
        on_task.emit(Task::Set(Preference::Everything));
    };
    let (all, name) = (
        props.shows == Shows::ALL,
        props.lang.say(Text::PictureEverything),
    );
    html! {
        <button type="button" class="everything" title={name} aria-pressed={all.to_string()} aria-keyshortcuts="E" onclick={press}>
            <span class="long">{ name }{ " " }<kbd aria-hidden="true">{ "E" }</kbd></span>
            <span class="short" aria-hidden="true">{ if all { "−" } else { "+" } }</span>
        </button>
    }
}

/// The still nodes and, while time stands, one focusable node a message.
fn objects(lens: &Lens, props: &StageProps, options: Options<'_>) -> Vec<Node> {
    let view = &props.cluster;
    let mut nodes = lens.draw(view, options);
    if !props.playing {
        let sprites = lens.sprites(view, &view.messages, view.now, Motion::default());
        for sprite in sprites {
            let Some(message) = view.messages.iter().find(|m| m.id == sprite.id) else {
                continue;
            };
            let id = ObjectId::Message(sprite.id);
            nodes.push(Node::object(Handle {
                name: format!(
                    "{}, {} → {}",
                    message.label(),
                    crate::i18n::sentence::place(&message.from),
                    crate::i18n::sentence::place(&message.to)
                ),
                area: Area::new(sprite.x - 12.0, sprite.y - 12.0, 24.0, 24.0),
                level: 1,
                selected: props.selected.as_ref() == Some(&id),
                id,
            }));
        }
    }
    nodes
}

/// The one object that Tab reaches: where the arrows left it, else the selection, else the first.
fn current_key(
    nodes: &[Node],
    roving: Option<&str>,
    selected: Option<&ObjectId>,
) -> Option<String> {
    let keys = || {
        nodes
            .iter()
            .filter_map(|n| n.handle.as_ref())
            .map(|h| h.id.key())
    };
    let selected = selected.map(ObjectId::key);
    keys()
        .find(|k| Some(k.as_str()) == roving)
        .or_else(|| keys().find(|k| Some(k) == selected.as_ref()))
        .or_else(|| keys().next())
}

fn node(
    node: &Node,
    current: Option<&str>,
    props: &StageProps,
    roving: &UseStateHandle<Option<String>>,
) -> Html {
    let Some(handle) = &node.handle else {
        return html! { <g class="plain" aria-hidden="true">{ shapes(node) }</g> };
    };
    let key = handle.id.key();
    let select = {
        let (on_task, id, roving, key) = (
            props.on_task.clone(),
            handle.id.clone(),
            roving.clone(),
            key.clone(),
        );
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            roving.set(Some(key.clone()));
            on_task.emit(Task::Select(Some(id.clone())));
        })
    };
    let menu = {
        let (on_task, id) = (props.on_task.clone(), handle.id.clone());
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            event.stop_propagation();
            on_task.emit(Task::OpenMenu(
                id.clone(),
                f64::from(event.client_x()),
                f64::from(event.client_y()),
            ));
        })
    };
    let area = handle.area;
    // The drawing stands beside the object, not in it: its words are not the object's name.
    html! {
        <>
        <g class="plain" aria-hidden="true">{ shapes(node) }</g>
        <g class="object" role="treeitem" data-id={key.clone()} aria-label={handle.name.clone()} aria-level={handle.level.to_string()}
            aria-selected={if handle.selected { "true" } else { "false" }} tabindex={if current == Some(key.as_str()) { "0" } else { "-1" }}
            onclick={select} oncontextmenu={menu}>
            <title>{ handle.name.clone() }</title>
            <rect class="hit" x={area.x.to_string()} y={area.y.to_string()} width={area.w.max(0.0).to_string()} height={area.h.max(0.0).to_string()} rx="3" />
        </g>
        </>
    }
}

/// Moves the focus to the object with that key.
fn focus(picture: &NodeRef, key: &str) {
    if let Some(picture) = picture.cast::<Element>() {
        // Keys hold names of topics and groups; quotes and backslashes must not end the selector.
        let quoted = key.replace('\\', "\\\\").replace('"', "\\\"");
        document::focus_within(&picture, &format!("[data-id=\"{quoted}\"]"));
    }
}
