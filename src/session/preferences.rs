//! What the person set, kept over reloads. Unknown or damaged text gives the defaults.

use serde::{Deserialize, Serialize};

use crate::i18n::Lang;

/// Colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// High contrast, light or dark as the system has it.
    Contrast,
}

impl Theme {
    /// The value of `data-theme`; `None` removes it.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Theme::Auto => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
            Theme::Contrast => Some("contrast"),
        }
    }

    /// The next one of the button's circle.
    pub fn next(self) -> Theme {
        match self {
            Theme::Auto => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Contrast,
            Theme::Contrast => Theme::Auto,
        }
    }
}

/// The body pane of the phone layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pane {
    /// Story.
    #[default]
    Story,
    /// Terminal.
    Command,
    /// Inspector.
    Inspect,
}

impl Pane {
    /// The value of `data-pane`.
    pub fn attribute(self) -> &'static str {
        match self {
            Pane::Story => "story",
            Pane::Command => "command",
            Pane::Inspect => "inspect",
        }
    }
}

/// All preferences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Language.
    pub lang: Lang,
    /// Colours.
    pub theme: Theme,
    /// No tweened motion.
    pub reduced_motion: bool,
    /// Key line under the picture.
    pub key_line: bool,
    /// Inspector shown.
    pub inspector: bool,
    /// Dock shown.
    pub dock: bool,
    /// Text view instead of the picture.
    pub text_view: bool,
    /// Story lists only important events.
    pub important_only: bool,
    /// Lessons show both languages.
    pub both_languages: bool,
    /// The picture shows everything, also what a lesson keeps for later.
    pub everything: bool,
    /// Single letters are shortcuts (WCAG 2.1.4).
    pub single_keys: bool,
    /// Pane on a phone.
    pub pane: Pane,
}

impl Default for Preferences {
    fn default() -> Preferences {
        Preferences {
            lang: Lang::En,
            theme: Theme::Auto,
            reduced_motion: false,
            key_line: true,
            inspector: true,
            dock: true,
            text_view: false,
            important_only: false,
            both_languages: false,
            everything: false,
            single_keys: true,
            pane: Pane::Story,
        }
    }
}

impl Preferences {
    /// Reads saved preferences; `None` when they are damaged.
    pub fn read(text: &str) -> Option<Preferences> {
        serde_json::from_str(text).ok()
    }

    /// The text to save.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_preferences_are_read_back_and_old_ones_are_completed() {
        let set = Preferences {
            lang: Lang::Zh,
            theme: Theme::Dark,
            pane: Pane::Command,
            ..Preferences::default()
        };
        assert_eq!(Preferences::read(&set.write()), Some(set));
        let old = Preferences::read("{\"lang\":\"zh\"}").expect("older text");
        assert!(old.lang == Lang::Zh && old.key_line);
    }

    #[test]
    fn damaged_text_is_refused() {
        for text in ["", "{", "7", "{\"lang\":\"tlh\"}", "{\"theme\":7}"] {
            assert_eq!(Preferences::read(text), None, "{text}");
        }
    }
}
