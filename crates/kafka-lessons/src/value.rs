//! Values of expressions, and how they are said.

use lesson_format::{Kind, Text};

/// A value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Value {
    /// Nothing: no leader, nobody.
    None,
    /// A whole number.
    Number(i64),
    /// A span of virtual time, µs.
    Span(u64),
    /// Yes or no.
    Bool(bool),
    /// A text.
    Text(String),
    /// Several numbers.
    Numbers(Vec<i64>),
    /// Several texts.
    Texts(Vec<String>),
    /// Forks over ten seeds disagree.
    Varies,
    /// Yes, but only after more than five seconds.
    Later,
}

impl Value {
    /// Whether it is yes.
    pub fn is_true(&self) -> bool {
        *self == Value::Bool(true)
    }

    /// Whether two values count as the same answer: numbers and spans may differ by `within`.
    pub fn matches(&self, other: &Value, within: u64) -> bool {
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => a.abs_diff(*b) <= within,
            (Value::Span(a), Value::Span(b)) => a.abs_diff(*b) <= within,
            (a, b) => a == b,
        }
    }

    /// The value as a short key that two runs agree on: `6`, `broker 2` is `2`.
    pub fn key(&self) -> String {
        match self {
            Value::None => "none".into(),
            Value::Number(n) => n.to_string(),
            Value::Span(us) => format!("{us}us"),
            Value::Bool(b) => if *b { "yes" } else { "no" }.into(),
            Value::Text(text) => format!("\"{text}\""),
            Value::Numbers(all) => format!("{all:?}"),
            Value::Texts(all) => format!("{all:?}"),
            Value::Varies => "varies".into(),
            Value::Later => "later".into(),
        }
    }

    /// The value as an option says it.
    pub fn label(&self, kind: Kind) -> Text {
        let both = |en: String, zh: String| Text { en, zh };
        let words = |en: &str, zh: &str| both(en.into(), zh.into());
        match self {
            Value::None => match kind {
                Kind::Broker => words("no broker", "没有 broker"),
                Kind::Partition => words("no partition", "没有分区"),
                _ => words("none", "没有"),
            },
            Value::Number(n) => match kind {
                Kind::Broker => both(format!("broker {n}"), format!("broker {n}")),
                Kind::Partition => both(format!("partition {n}"), format!("分区 {n}")),
                _ => Text::same(n.to_string()),
            },
            Value::Span(us) => span(*us),
            Value::Bool(true) => words("yes", "是"),
            Value::Bool(false) => words("no", "否"),
            Value::Text(text) => Text::same(text.clone()),
            Value::Numbers(all) => {
                let shown: Vec<String> = all.iter().map(i64::to_string).collect();
                Text::same(if shown.is_empty() {
                    "–".into()
                } else {
                    shown.join(", ")
                })
            }
            Value::Texts(all) if all.is_empty() => Text::same("–"),
            Value::Texts(all) => Text::same(all.join(", ")),
            Value::Varies => words("it differs from run to run", "每次运行都不一样"),
            Value::Later => words("yes, but only after a time-out", "是，但要等到超时之后"),
        }
    }
}

/// `200 ms`, `9.2 s`, `45 s`.
fn span(us: u64) -> Text {
    let ms = us.div_ceil(1_000);
    if us == 0 {
        return Text {
            en: "at once".into(),
            zh: "立刻".into(),
        };
    }
    if ms < 1_000 {
        return Text {
            en: format!("{ms} ms"),
            zh: format!("{ms} 毫秒"),
        };
    }
    let tenths = (us + 50_000) / 100_000;
    let number = match tenths % 10 {
        0 => format!("{}", tenths / 10),
        rest => format!("{}.{rest}", tenths / 10),
    };
    Text {
        en: format!("{number} s"),
        zh: format!("{number} 秒"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_their_unit() {
        let said = |us| span(us).en;
        assert_eq!(said(0), "at once");
        assert_eq!(said(250_000), "250 ms");
        assert_eq!(said(9_000_000), "9 s");
        assert_eq!(said(9_240_000), "9.2 s");
    }

    #[test]
    fn near_values_match_within_the_tolerance_only() {
        let span = |s: u64| Value::Span(s * 1_000_000);
        assert!(span(9).matches(&span(10), 1_000_000));
        assert!(!span(9).matches(&span(10), 999_999));
        assert!(!Value::Number(9).matches(&span(9), u64::MAX));
    }
}
