//! Pins on the picture: an answer that names an object is chosen where the object is.
//!
//! They stand in a drawing of their own above the picture: the picture is a tree of objects, and a
//! button is none of them.

use yew::prelude::*;

use crate::i18n::{Lang, Text};
use crate::scene::shape::{Area, Node};
use crate::tasks::Task;
use crate::tasks::lesson::Learn;
use crate::view_model::pins::{PinMark, PinView};

/// Side of a pin, px: as large as a finger, or as its object allows.
const SIDE: (f64, f64) = (28.0, 46.0);

/// What the pins need.
#[derive(Properties, PartialEq)]
pub struct PinsProps {
    /// Language.
    pub lang: Lang,
    /// The pins, and the area of each one's object.
    pub pins: Vec<(PinView, Area)>,
    /// Size of the stage in px.
    pub size: (f64, f64),
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The pins whose objects are drawn, with their places.
pub fn placed(pins: &[PinView], nodes: &[Node]) -> Vec<(PinView, Area)> {
    let area = |pin: &PinView| {
        let mut handles = nodes.iter().filter_map(|node| node.handle.as_ref());
        handles
            .find(|handle| handle.id == pin.object)
            .map(|handle| handle.area)
    };
    let placed = pins
        .iter()
        .filter_map(|pin| Some((pin.clone(), place(area(pin)?))));
    placed.collect()
}

/// At the right end of a large object, beside a small one.
fn place(object: Area) -> Area {
    let side = (object.h - 8.0).clamp(SIDE.0, SIDE.1);
    let y = object.middle() - side / 2.0;
    let beside = object.x - side - 6.0;
    let x = if object.h < 60.0 && beside > 0.0 {
        beside
    } else {
        object.right() - side - (object.w - side).clamp(0.0, 20.0)
    };
    Area::new(x, y, side, side)
}

/// The pins.
#[component]
pub fn Pins(props: &PinsProps) -> Html {
    let (w, h) = props.size;
    html! {
        <svg class="pins" viewBox={format!("0 0 {w:.0} {h:.0}")} role="group" aria-label={props.lang.say(Text::LessonPins)}>
            { for props.pins.iter().map(|(pin, area)| one(pin, *area, &props.on_task)) }
        </svg>
    }
}

fn one(pin: &PinView, area: Area, on_task: &Callback<Task>) -> Html {
    let class = classes!(
        "pin",
        match pin.mark {
            PinMark::Offered => "offered",
            PinMark::Chosen => "chosen",
            PinMark::Right => "right",
            PinMark::Wrong => "wrong",
        }
    );
    let (x, y, side) = (area.x.to_string(), area.y.to_string(), area.w.to_string());
    let (mx, my) = (area.x + area.w / 2.0, area.middle());
    let size = (area.w * 0.44).to_string();
    let letter = match pin.mark {
        PinMark::Right => format!("✓{}", pin.letter),
        _ => pin.letter.to_string(),
    };
    let drawn = html! {
        <>
            <title>{ pin.words.clone() }</title>
            <rect {x} {y} width={side.clone()} height={side} rx="4" />
            <text x={mx.to_string()} y={my.to_string()} dy="0.36em" font-size={size} text-anchor="middle" aria-hidden="true">{ letter }</text>
        </>
    };
    if !pin.is_open() {
        return html! { <g {class} role="img" aria-label={pin.words.clone()}>{ drawn }</g> };
    }
    let choose = {
        let (on_task, option) = (on_task.clone(), pin.option);
        move || on_task.emit(Task::Learn(Learn::Choose(option)))
    };
    let press = {
        let choose = choose.clone();
        move |event: MouseEvent| {
            event.stop_propagation();
            choose();
        }
    };
    let key = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            event.stop_propagation();
            choose();
        }
    };
    let pressed = (pin.mark == PinMark::Chosen).to_string();
    html! {
        <g {class} role="button" tabindex="0" aria-label={pin.words.clone()} aria-pressed={pressed} onclick={press} onkeydown={key}>{ drawn }</g>
    }
}
