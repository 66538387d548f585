//! The time bar: transport, slow-down, clock, scrub track, progress of long work.

use std::rc::Rc;

use yew::prelude::*;

use super::icon::Icon;
use super::shapes::{patterns, shapes};
use crate::hooks::use_size;
use crate::i18n::{Lang, Text, sentence};
use crate::platform::{Element, PointerEvent, document};
use crate::scene::track;
use crate::tasks::Task;
use crate::view_model::time::{SPEEDS, TimeView};

/// What the time bar shows.
#[derive(Properties, PartialEq)]
pub struct TimeBarProps {
    /// Language.
    pub lang: Lang,
    /// Time.
    pub time: Rc<TimeView>,
    /// Why time cannot be moved now.
    pub off: Option<&'static str>,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// The time bar.
#[component]
pub fn TimeBar(props: &TimeBarProps) -> Html {
    let (lang, time) = (props.lang, &props.time);
    let off = props.off;
    let button = |class: &'static str, words: Text, icon: Icon, task: Task| {
        let on_task = props.on_task.clone();
        let words = lang.say(words);
        html! {
            <button type="button" class={class} aria-label={words} title={off.unwrap_or(words)} aria-disabled={off.map(|_| "true")} aria-description={off} onclick={move |_| on_task.emit(task.clone())}>{ icon.html() }</button>
        }
    };
    let plain = |words: Text, sign: &'static str, task: Task| {
        let on_task = props.on_task.clone();
        let words = lang.say(words);
        html! { <button type="button" aria-label={words} title={words} onclick={move |_| on_task.emit(task.clone())}>{ sign }</button> }
    };
    let (play, icon) = if time.playing {
        (Text::Pause, Icon::Pause)
    } else {
        (Text::Play, Icon::Play)
    };
    let speed = SPEEDS[time.speed.min(SPEEDS.len() - 1)].0;
    html! {
        <section class={classes!("time", off.map(|_| "locked"))} id="time" aria-label={lang.say(Text::TimeControls)} tabindex="-1">
            <div class="transport">
                { button("edge", Text::ToStart, Icon::First, Task::ToStart) }
                { button("", Text::StepBack, Icon::Back, Task::StepBack) }
                { button("play", play, icon, Task::TogglePlay) }
                { button("", Text::StepForward, Icon::Forward, Task::Step) }
                { button("edge", Text::NextInteresting, Icon::Next, Task::NextInteresting) }
            </div>
            <div class="slow">
                { plain(Text::Slower, "−", Task::Slower) }
                <output aria-label={lang.say(Text::Speed)}>{ speed }</output>
                { plain(Text::Faster, "+", Task::Faster) }
            </div>
            <div class="clock">
                <b>{ sentence::clock(time.now) }</b>
                <span>{ sentence::event_state(lang, time.event, time.playing) }</span>
            </div>
            <Track lang={lang} time={time.clone()} off={off} on_task={props.on_task.clone()} />
        </section>
    }
}

#[component]
fn Track(props: &TimeBarProps) -> Html {
    let node = use_node_ref();
    let (w, h) = use_size(&node);
    let grabbed = use_mut_ref(|| false);
    let (lang, time) = (props.lang, props.time.clone());
    let point = {
        let (node, time, on_task) = (node.clone(), time.clone(), props.on_task.clone());
        move |event: &PointerEvent| {
            if let Some(element) = node.cast::<Element>() {
                let (x, w) = document::pointer_x(&element, event.client_x());
                on_task.emit(Task::Seek(track::time_at(time.window(), w, x)));
            }
        }
    };
    let down = {
        let (point, grabbed) = (point.clone(), grabbed.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() == 0 {
                // While the pointer is held its moves come here, wherever it goes.
                let _ = event
                    .target_unchecked_into::<Element>()
                    .set_pointer_capture(event.pointer_id());
                *grabbed.borrow_mut() = true;
                point(&event);
            }
        })
    };
    let moved = {
        let (point, grabbed) = (point, grabbed.clone());
        Callback::from(move |event: PointerEvent| {
            if *grabbed.borrow() {
                point(&event);
            }
        })
    };
    let up = Callback::from(move |_: PointerEvent| *grabbed.borrow_mut() = false);
    let window = time.window();
    html! {
        <div class="scrub" ref={node} role="slider" tabindex="0" aria-label={lang.say(Text::VirtualTime)} aria-valuemin={window.from.to_string()}
            aria-valuemax={window.to.to_string()} aria-valuenow={time.now.to_string()} aria-valuetext={sentence::clock(time.now)}
            aria-disabled={props.off.map(|_| "true")} title={props.off} aria-description={props.off}
            onpointerdown={down} onpointermove={moved} onpointerup={up.clone()} onpointercancel={up}>
            if w > 1.0 {
                <svg viewBox={format!("0 0 {w:.0} {h:.0}")} aria-hidden="true" lang={lang.tag()}>
                    { patterns() }
                    { shapes(&track::draw(&time, lang, w, h, h < 44.0)) }
                </svg>
            }
            { progress(lang, &time, &props.on_task) }
        </div>
    }
}

fn progress(lang: Lang, time: &TimeView, on_task: &Callback<Task>) -> Html {
    let Some(progress) = time.progress else {
        return Html::default();
    };
    let on_task = on_task.clone();
    html! {
        <div class="progress" role="status">
            <span>{ lang.say(Text::Computing) }</span>
            <progress aria-label={lang.say(Text::Computing)} max="100" value={progress.percent().to_string()}></progress>
            <button type="button" onclick={move |e: MouseEvent| { e.stop_propagation(); on_task.emit(Task::CancelWork); }}>{ lang.say(Text::Cancel) }</button>
        </div>
    }
}
