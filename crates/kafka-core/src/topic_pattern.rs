//! A regular expression that names topics, as consumers subscribe by one.
//!
//! Kafka takes Java's expressions. These have no look-around and no back-references: one that
//! needs them is refused. Invariant: a pattern that exists can be matched.

use regex_lite::Regex;

use crate::types::Name;

/// A regular expression for whole names of topics.
#[derive(Clone, Debug)]
pub struct TopicPattern {
    text: Name,
    whole: Regex,
}

impl TopicPattern {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, in English.
    pub fn new(text: &str) -> Result<TopicPattern, String> {
        // By itself first: what is put around it must not make it whole.
        let own = Regex::new(text).map_err(|error| error.to_string());
        own.and_then(|_| Regex::new(&format!("^(?:{text})$")).map_err(|e| e.to_string()))
            .map(|whole| TopicPattern {
                text: text.into(),
                whole,
            })
    }

    /// The expression as it was written.
    pub fn text(&self) -> &Name {
        &self.text
    }

    /// Whether it is the whole name, as `Matcher.matches` of Java wants it.
    pub fn matches(&self, topic: &str) -> bool {
        self.whole.is_match(topic)
    }
}

impl PartialEq for TopicPattern {
    fn eq(&self, other: &TopicPattern) -> bool {
        self.text == other.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_name_has_to_match() {
        let pattern = TopicPattern::new("event.*|spread").unwrap();
        let matching = |name: &&str| pattern.matches(name);
        let names = ["event", "events", "spread", "spreads", "my-event"];
        let found: Vec<&str> = names.into_iter().filter(matching).collect();
        assert_eq!(found, ["event", "events", "spread"]);
    }

    #[test]
    fn what_is_no_expression_is_refused_with_the_reason() {
        assert!(TopicPattern::new("a(").is_err());
        assert!(TopicPattern::new("a)|(?:b").is_err());
        assert!(TopicPattern::new("(?=a)").is_err());
    }
}
