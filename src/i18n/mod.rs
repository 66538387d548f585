//! Words in two languages. Kafka's own terms stay as they are in both.
//!
//! [`Text`] is an exhaustive enum and every row of the table holds both languages, so a missing
//! translation does not compile. Sentences with values are functions in [`sentence`] that match
//! on the language. What it is not: a place for Kafka's own output, which is never translated.

mod breach;
pub mod checks;
pub mod fate;
pub mod lesson;
pub mod matrix;
pub mod open;
pub mod presenter;
pub mod sentence;
pub mod start;
pub mod story;
pub mod story_logs;
pub mod story_quorum;
pub mod story_transactions;
mod table;
pub mod terminal;

pub use table::Text;

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Lang {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese.
    #[serde(rename = "zh")]
    Zh,
}

impl Lang {
    /// Both languages.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    /// The value of an HTML `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh-CN",
        }
    }

    /// The language of a browser's language tag or a link's parameter.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "en" => Some(Lang::En),
            "zh" => Some(Lang::Zh),
            _ => None,
        }
    }

    /// The other language.
    pub fn other(self) -> Lang {
        match self {
            Lang::En => Lang::Zh,
            Lang::Zh => Lang::En,
        }
    }

    /// The one of two wordings that is in this language: both must be given.
    pub fn either<T>(self, en: T, zh: T) -> T {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }

    /// The words of `text` in this language.
    pub fn say(self, text: Text) -> &'static str {
        text.words(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_words_in_both_languages() {
        for text in Text::ALL {
            for lang in Lang::ALL {
                assert!(!lang.say(text).trim().is_empty(), "{text:?} in {lang:?}");
            }
        }
    }

    /// English words left in the Chinese table are allowed only where they are Kafka's own.
    #[test]
    fn a_chinese_text_is_chinese_or_a_kafka_term() {
        const KAFKA: [&str; 14] = [
            "Broker",
            "Controller",
            "KRaft",
            "ISR",
            "ELR",
            "LEADER",
            "HW",
            "LEO",
            "leader",
            "JavaScript",
            "acks",
            "Brokerscope",
            "ledger",
            "out",
        ];
        for text in Text::ALL {
            let words = Lang::Zh.say(text);
            let chinese = words
                .chars()
                .any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
            assert!(
                chinese || KAFKA.iter().any(|k| words.contains(k)),
                "{text:?}: {words}"
            );
        }
    }

    #[test]
    fn tags_are_read_back() {
        for lang in Lang::ALL {
            assert_eq!(Lang::from_tag(lang.tag()), Some(lang));
        }
        assert_eq!(Lang::from_tag("de"), None);
        assert_eq!(Lang::from_tag("é"), None);
    }
}
