//! The page: the frame and everything in it.

use std::rc::Rc;

use yew::prelude::*;

use super::dialogs::Dialogs;
use super::header::Header;
use super::inspector::Inspector;
use super::lesson::Lesson;
use super::matrix::Matrix;
use super::menu::Menu;
use super::presenter::Presenter;
use super::stage::{PICTURE_ID, Stage};
use super::story::Story;
use super::terminal::{INPUT_ID, Terminal};
use super::text_view::TextView;
use super::time_bar::TimeBar;
use super::toast::Toast;
use super::worksheet::Worksheet;
use crate::i18n::Text;
use crate::platform::document;
use crate::platform::keyboard::{self, Press};
use crate::session::handle::SessionHandle;
use crate::session::preferences::{Pane, Preferences, Theme};
use crate::tasks::keymap::{self, Effect};
use crate::tasks::{Preference, Task, lesson, presenter};
use crate::view_model::app::AppView;
use crate::view_model::lens::LensKind;
use crate::view_model::object::ObjectId;

/// What the page is made of.
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The session.
    pub session: SessionHandle,
}

/// The root component.
#[component]
pub fn App(props: &AppProps) -> Html {
    let view = use_state(|| props.session.view());
    {
        let setter = view.setter();
        use_effect_with(props.session.clone(), move |session| {
            session.listen(Rc::new(move |view| setter.set(view)));
            let (keys, deaf) = (session.clone(), session.clone());
            let listener = keyboard::listen(move |press| on_key(&keys, &press));
            move || {
                drop(listener);
                deaf.stop_listening();
            }
        });
    }
    use_effect_with(
        (view.preferences.clone(), view.presenter.is_some()),
        |(preferences, presenting)| apply(preferences, *presenting),
    );
    use_effect_with(view.title.document.clone(), |document| {
        document::set_title(&match document.as_str() {
            "" => "Brokerscope".to_owned(),
            document => format!("{document} · Brokerscope"),
        });
    });
    let on_task = use_memo(props.session.clone(), |session| {
        let session = session.clone();
        Callback::from(move |task: Task| session.run(task))
    });
    let on_task = (*on_task).clone();
    if let Some(lesson) = &view.worksheet {
        return html! { <Worksheet lang={view.preferences.lang} lesson={lesson.clone()} on_task={on_task} /> };
    }
    if let Some(presenter) = &view.presenter {
        return html! {
            <>
                <Presenter view={(*view).clone()} presenter={presenter.clone()} session={props.session.clone()} on_task={on_task.clone()} />
                if let Some(dialog) = &view.dialog {
                    <Dialogs preferences={view.preferences.clone()} glossary={view.glossary.clone()} dialog={dialog.clone()} on_task={on_task} />
                }
            </>
        };
    }
    html! { <Frame view={(*view).clone()} session={props.session.clone()} on_task={on_task} /> }
}

/// Preferences that live on `<html>`. A room is shown the light theme unless another was chosen.
fn apply(preferences: &Preferences, presenting: bool) {
    document::set_root_attribute("lang", Some(preferences.lang.tag()));
    let theme = match preferences.theme {
        Theme::Auto if presenting => Theme::Light,
        theme => theme,
    };
    document::set_root_attribute("data-theme", theme.attribute());
    document::set_root_attribute(
        "data-motion",
        preferences.reduced_motion.then_some("reduced"),
    );
}

const REGIONS: [&str; 5] = ["lesson", "stage", "time", "inspector", "dock"];

/// Does what the key map says; true when the key was used.
fn on_key(session: &SessionHandle, press: &Press) -> bool {
    let view = session.view();
    if view.dialog.is_some() {
        return false;
    }
    if view.worksheet.is_some() {
        let leaves = press.key == "Escape";
        if leaves {
            session.run(Task::OpenWorksheet(None));
        }
        return leaves;
    }
    if let Some(presenting) = &view.presenter {
        let task = presenter::key(press, presenting);
        let used = task.is_some();
        task.into_iter().for_each(|task| session.run(task));
        return used;
    }
    let single = view.preferences.single_keys;
    let lesson = view.lesson.as_ref();
    if let Some(task) = lesson.and_then(|lesson| lesson::key(press, single, lesson)) {
        session.run(task);
        return true;
    }
    match keymap::effect(press, single) {
        None => return false,
        Some(Effect::Do(task)) => session.run(task),
        Some(Effect::Terminal) => {
            if document::focus_is_within(INPUT_ID) {
                document::focus(PICTURE_ID);
            } else {
                session.run(Task::Set(Preference::Pane(Pane::Command)));
                document::focus(INPUT_ID);
            }
        }
        Some(Effect::NextRegion) => {
            let at = REGIONS.iter().position(|id| document::focus_is_within(id));
            document::focus(REGIONS[at.map_or(0, |i| (i + 1) % REGIONS.len())]);
        }
        Some(Effect::Leave) => {
            if view.menu.is_some() {
                session.run(Task::CloseMenu);
                document::focus("stage");
            } else if press.in_text {
                document::focus("stage");
            } else {
                session.run(Task::Select(None));
            }
        }
    }
    true
}

#[derive(Properties, PartialEq)]
struct FrameProps {
    view: Rc<AppView>,
    session: SessionHandle,
    on_task: Callback<Task>,
}

#[component]
fn Frame(props: &FrameProps) -> Html {
    let (view, on_task) = (&props.view, &props.on_task);
    let preferences = &view.preferences;
    let lang = preferences.lang;
    let class = classes!(
        "frame",
        (!preferences.inspector).then_some("no-inspector"),
        (!preferences.dock).then_some("no-dock"),
        view.lesson.is_some().then_some("with-lesson"),
        view.inspecting.then_some("inspecting"),
        view.embedded.then_some("embedded")
    );
    html! {
        <>
            <a class="skip" href="#text-view" onclick={jump("text-view")}>{ lang.say(Text::SkipText) }</a>
            <a class="skip" href={format!("#{INPUT_ID}")} onclick={jump(INPUT_ID)}>{ lang.say(Text::SkipTerminal) }</a>
            <a class="skip" href="#time" onclick={jump("time")}>{ lang.say(Text::SkipTime) }</a>
            <div class={class} data-pane={preferences.pane.attribute()}>
                if view.embedded {
                    <header class="aloud"><h1>{ view.title.document.clone() }</h1></header>
                } else {
                    <Header lang={lang} theme={preferences.theme} lens={view.lens} title={view.title.clone()} time={view.time.clone()} on_task={on_task.clone()} />
                }
                { chips(view, on_task) }
                if let Some(lesson) = &view.lesson {
                    <Lesson lang={lang} both={preferences.both_languages} lesson={lesson.clone()} glossary={view.glossary.ready().cloned()} on_task={on_task.clone()} />
                }
                if let Some(matrix) = &view.matrix {
                    <Matrix lang={lang} matrix={matrix.clone()} selected={view.selected.clone()} session={props.session.clone()} on_task={on_task.clone()} />
                } else {
                <Stage lang={lang} theme={preferences.theme} cluster={view.cluster.clone()} selected={view.selected.clone()}
                    key_line={preferences.key_line} pins={view.pins.clone()} shows={view.shows} hides={view.hides} playing={view.time.playing} session={props.session.clone()} on_task={on_task.clone()} />
                }
                <TimeBar lang={lang} time={view.time.clone()} off={view.locks.time} on_task={on_task.clone()} />
                { phone_tabs(view, on_task) }
                <Inspector lang={lang} glossary={view.glossary.ready().cloned()} inspector={view.inspector.clone()} cluster={view.cluster.clone()} title={view.title.clone()} card={view.card.clone()} locks={view.locks} over={view.inspecting} on_task={on_task.clone()} />
                <section class="dock" id="dock" tabindex="-1" aria-label={format!("{}, {}", lang.say(Text::Story), lang.say(Text::Terminal))}>
                    <Story lang={lang} story={view.story.clone()} shown={preferences.pane == Pane::Story} on_task={on_task.clone()} />
                    <Terminal lang={lang} terminal={view.terminal.clone()} profile={view.title.profile.clone()} off={view.locks.terminal} on_task={on_task.clone()} />
                </section>
            </div>
            <TextView lang={lang} cluster={view.cluster.clone()} event={view.time.event} shown={preferences.text_view} />
            <div class="aloud" role="status" aria-label={lang.say(Text::Narrator)}>{ view.narration.clone() }</div>
            if let Some(menu) = &view.menu {
                <Menu lang={lang} menu={menu.clone()} on_task={on_task.clone()} />
            }
            if let Some(dialog) = &view.dialog {
                <Dialogs preferences={preferences.clone()} glossary={view.glossary.clone()} dialog={dialog.clone()} on_task={on_task.clone()} />
            }
            if let Some(toast) = &view.toast {
                <Toast lang={lang} toast={toast.clone()} on_task={on_task.clone()} />
            }
        </>
    }
}

/// Skip links move the focus; the hash belongs to links that restore a run.
fn jump(id: &'static str) -> Callback<MouseEvent> {
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        document::focus(id);
    })
}

/// One chip a partition, for the phone.
fn chips(view: &AppView, on_task: &Callback<Task>) -> Html {
    let lang = view.preferences.lang;
    let names: Vec<_> = view
        .cluster
        .partitions()
        .filter(|(_, topic, _)| !topic.internal)
        .map(|(name, _, _)| name)
        .collect();
    let chosen = view
        .selected
        .as_ref()
        .and_then(ObjectId::partition)
        .or(names.first())
        .cloned();
    html! {
        <nav class="chips" aria-label={lang.say(Text::Partitions)}>
            if names.is_empty() {
                <span class="none">{ lang.say(Text::NoTopic) }</span>
            }
            { for names.into_iter().map(|name| {
                let pressed = chosen.as_ref() == Some(&name);
                let (on_task, id) = (on_task.clone(), ObjectId::Partition(name.clone()));
                html! {
                    <button key={name.to_string()} type="button" aria-pressed={if pressed { "true" } else { "false" }}
                        onclick={move |_| on_task.emit(Task::Select(Some(id.clone())))}>{ name.to_string() }</button>
                }
            }) }
        </nav>
    }
}

/// On a phone the lenses are one button that goes to the next.
fn phone_lens(view: &AppView, on_task: &Callback<Task>) -> Html {
    let lang = view.preferences.lang;
    let all = LensKind::ALL;
    let at = all.iter().position(|lens| *lens == view.lens).unwrap_or(0);
    let (next, on_task) = (all[(at + 1) % all.len()], on_task.clone());
    html! {
        <button type="button" class="lens" onclick={move |_| on_task.emit(Task::Lens(next))}>{ lang.say(next.name()) }</button>
    }
}

fn phone_tabs(view: &AppView, on_task: &Callback<Task>) -> Html {
    let lang = view.preferences.lang;
    let tabs = [
        // A lesson lies over the story.
        (
            Pane::Story,
            view.lesson.as_ref().map_or(Text::Story, |_| Text::Lesson),
        ),
        (Pane::Command, Text::TabCommand),
        (Pane::Inspect, Text::TabInspect),
    ];
    html! {
        <nav class="phone-tabs" aria-label={lang.say(Text::Menu)}>
            { for tabs.into_iter().map(|(pane, text)| {
                let (on_task, current) = (on_task.clone(), view.preferences.pane == pane);
                html! {
                    <button type="button" aria-current={current.then_some("true")}
                        onclick={move |_| on_task.emit(Task::Set(Preference::Pane(pane)))}>{ lang.say(text) }</button>
                }
            }) }
            { phone_lens(view, on_task) }
        </nav>
    }
}
