//! The key map: a press to what it does. Pure, so that the whole map is tested without a browser.

use super::lesson::Learn;
use super::presenter::{self, Present};
use super::{Preference, Task};
use crate::platform::keyboard::Press;
use crate::view_model::lens::LensKind;
use crate::view_model::presenter::PresenterView;

/// What a key does.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A task.
    Do(Task),
    /// Moves the focus to the terminal, or back to the picture.
    Terminal,
    /// Moves the focus to the next region.
    NextRegion,
    /// Leaves a menu, a dialog or a field.
    Leave,
}

/// What `press` does; `None` = nothing, the browser keeps it. `single` tells whether letters
/// without a modifier count (they can be switched off, WCAG 2.1.4).
pub fn effect(press: &Press, single: bool) -> Option<Effect> {
    if press.control && press.key == "`" {
        return Some(Effect::Terminal);
    }
    match press.key.as_str() {
        "F6" => return Some(Effect::NextRegion),
        "Escape" => return Some(Effect::Leave),
        _ => {}
    }
    if press.in_text || press.alt {
        return None;
    }
    if press.control {
        return matches!(press.key.as_str(), "z" | "Z").then_some(Effect::Do(Task::Undo));
    }
    // A focused button keeps its own keys.
    if press.on_control && matches!(press.key.as_str(), " " | "Enter") {
        return None;
    }
    named(press)
        .or_else(|| if single { letter(press) } else { None })
        .map(Effect::Do)
}

/// What a key pressed in the notes window does; it names keys only.
pub fn far_key(key: &str, view: &PresenterView) -> Option<Task> {
    let press = Press {
        key: key.to_owned(),
        // The window names keys only: a capital letter was typed with Shift.
        shift: key.chars().all(char::is_uppercase),
        control: false,
        alt: false,
        in_text: false,
        on_control: false,
    };
    presenter::key(&press, view)
}

fn named(press: &Press) -> Option<Task> {
    Some(match (press.key.as_str(), press.shift) {
        (" ", _) => Task::TogglePlay,
        ("ArrowRight", false) => Task::Step,
        ("ArrowLeft", false) => Task::StepBack,
        ("ArrowRight", true) => Task::NextInteresting,
        ("ArrowLeft", true) => Task::PreviousInteresting,
        ("Home", _) => Task::ToStart,
        ("End", _) => Task::ToEnd,
        _ => return None,
    })
}

fn letter(press: &Press) -> Option<Task> {
    if let Some(lens) = LensKind::of_key(&press.key) {
        return Some(Task::Lens(lens));
    }
    Some(match press.key.as_str() {
        "." => Task::TogglePlay,
        "]" => Task::Step,
        "[" => Task::StepBack,
        "+" | "=" => Task::Faster,
        "-" => Task::Slower,
        "c" | "C" => Task::CrashLeader,
        "r" | "R" => Task::RestartLast,
        "p" | "P" => Task::ProduceOne,
        "k" | "K" => Task::Set(Preference::KeyLine),
        "i" | "I" => Task::Set(Preference::Inspector),
        "d" | "D" => Task::Set(Preference::Dock),
        "t" | "T" => Task::Set(Preference::TextView),
        "e" | "E" => Task::Set(Preference::Everything),
        "g" | "G" => Task::Present(Present::Open),
        "h" | "H" => Task::OpenGlossary(None),
        "l" | "L" => Task::Learn(Learn::List),
        "f" | "F" => Task::OpenGallery,
        "o" | "O" => Task::OpenImport,
        "s" | "S" => Task::OpenShare,
        "?" => Task::OpenShortcuts,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> Press {
        Press {
            key: key.into(),
            shift: false,
            control: false,
            alt: false,
            in_text: false,
            on_control: false,
        }
    }

    #[test]
    fn arrows_step_and_with_shift_they_go_to_what_matters() {
        assert_eq!(
            effect(&press("ArrowRight"), true),
            Some(Effect::Do(Task::Step))
        );
        let far = Press {
            shift: true,
            ..press("ArrowLeft")
        };
        assert_eq!(
            effect(&far, true),
            Some(Effect::Do(Task::PreviousInteresting))
        );
    }

    #[test]
    fn letters_do_nothing_in_a_field_with_a_modifier_or_when_switched_off() {
        let typed = Press {
            in_text: true,
            ..press("c")
        };
        let with_alt = Press {
            alt: true,
            ..press("c")
        };
        let copied = Press {
            control: true,
            ..press("c")
        };
        for (press, single) in [
            (typed, true),
            (with_alt, true),
            (copied, true),
            (press("c"), false),
        ] {
            assert_eq!(effect(&press, single), None, "{press:?}");
        }
        assert_eq!(
            effect(&press("c"), true),
            Some(Effect::Do(Task::CrashLeader))
        );
    }

    #[test]
    fn space_on_a_focused_button_presses_that_button() {
        let on_button = Press {
            on_control: true,
            ..press(" ")
        };
        assert_eq!(effect(&on_button, true), None);
        assert_eq!(
            effect(&press(" "), false),
            Some(Effect::Do(Task::TogglePlay))
        );
    }

    #[test]
    fn leaving_works_from_a_field_too() {
        let typed = Press {
            in_text: true,
            ..press("Escape")
        };
        assert_eq!(effect(&typed, true), Some(Effect::Leave));
    }
}
