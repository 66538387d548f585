//! JSON files as tools read them, with the errors of the library Kafka reads them with.
//!
//! Not here: writing JSON. Invariant: reading never panics and never recurses deeper than
//! [`DEPTH_MAX`].

/// Deepest nesting read.
pub const DEPTH_MAX: usize = 64;

const SOURCE: &str = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub enum Json {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, its fields in order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A field of an object; the last of that name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(fields) => {
                let mut named = fields.iter().rev().filter(|(field, _)| field == name);
                named.next().map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn list(&self) -> Option<&[Json]> {
        match self {
            Json::List(values) => Some(values),
            _ => None,
        }
    }

    /// A string's text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number in range.
    pub fn number<T: std::str::FromStr>(&self) -> Option<T> {
        match self {
            Json::Number(text) => text.parse().ok(),
            _ => None,
        }
    }
}

/// Reads one value; what follows it is not looked at, as Kafka's tools do.
///
/// # Errors
/// The message of Kafka's JSON library, with the place.
pub fn parse(text: &str) -> Result<Json, String> {
    if text.trim().is_empty() {
        return Err(
            "The input string shouldn't be empty\n at [Source: UNKNOWN; byte offset: #UNKNOWN]"
                .to_string(),
        );
    }
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader {
        chars: &chars,
        at: 0,
        depth: 0,
    };
    reader.value()
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn skip_blanks(&mut self) -> Option<char> {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.chars.get(self.at).copied()
    }

    /// The message with the place of the character that is next.
    fn fail<T>(&self, message: &str) -> Result<T, String> {
        let before = &self.chars[..self.at.min(self.chars.len())];
        let line = before.iter().filter(|c| **c == '\n').count() + 1;
        let column = before.iter().rev().take_while(|c| **c != '\n').count() + 1;
        Err(format!(
            "{message}\n at {SOURCE}; line: {line}, column: {column}]"
        ))
    }

    fn unexpected<T>(&self, expecting: &str) -> Result<T, String> {
        match self.chars.get(self.at) {
            Some(c) => self.fail(&format!(
                "Unexpected character ('{c}' (code {})): was expecting {expecting}",
                u32::from(*c)
            )),
            None => self.fail("Unexpected end-of-input"),
        }
    }

    fn value(&mut self) -> Result<Json, String> {
        match self.skip_blanks() {
            Some('{') => self.nested(Reader::object),
            Some('[') => self.nested(Reader::array),
            Some('"') => self.string().map(Json::Text),
            Some(c) if c == '-' || c.is_ascii_digit() => Ok(Json::Number(self.word())),
            Some(c) if c.is_alphabetic() => self.token(),
            _ => self.unexpected(
                "a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
            ),
        }
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Json, String>,
    ) -> Result<Json, String> {
        if self.depth >= DEPTH_MAX {
            return self.fail("Document nesting depth exceeds the maximum allowed");
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Json, String> {
        let mut fields = Vec::new();
        if self.skip_blanks() == Some('}') {
            self.at += 1;
            return Ok(Json::Object(fields));
        }
        loop {
            if self.skip_blanks() != Some('"') {
                return self.unexpected("double-quote to start field name");
            }
            let name = self.string()?;
            if self.skip_blanks() != Some(':') {
                return self.unexpected("a colon to separate field name and value");
            }
            self.at += 1;
            fields.push((name, self.value()?));
            match self.skip_blanks() {
                Some(',') => self.at += 1,
                Some('}') => {
                    self.at += 1;
                    return Ok(Json::Object(fields));
                }
                _ => return self.unexpected("comma to separate Object entries"),
            }
        }
    }

    fn array(&mut self) -> Result<Json, String> {
        let mut values = Vec::new();
        if self.skip_blanks() == Some(']') {
            self.at += 1;
            return Ok(Json::List(values));
        }
        loop {
            values.push(self.value()?);
            match self.skip_blanks() {
                Some(',') => self.at += 1,
                Some(']') => {
                    self.at += 1;
                    return Ok(Json::List(values));
                }
                _ => return self.unexpected("comma to separate Array entries"),
            }
        }
    }

    /// Letters, digits and signs up to the next other character.
    fn word(&mut self) -> String {
        let rest = self.chars[self.at..].iter();
        let word: String = rest
            .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '+' | '.' | '_'))
            .collect();
        self.at += word.chars().count();
        word
    }

    fn token(&mut self) -> Result<Json, String> {
        let start = self.at;
        match self.word().as_str() {
            "null" => Ok(Json::Null),
            "true" => Ok(Json::Bool(true)),
            "false" => Ok(Json::Bool(false)),
            word => {
                self.at = start;
                self.fail(&format!(
                    "Unrecognized token '{word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
                ))
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(&c) = self.chars.get(self.at) else {
                return self.fail(
                    "Unexpected end-of-input: was expecting closing quote for a string value",
                );
            };
            self.at += 1;
            match c {
                '"' => return Ok(text),
                '\\' => text.push(self.escape()?),
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let c = self.chars.get(self.at).copied();
        self.at += 1;
        Ok(match c {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('u') => {
                let end = (self.at + 4).min(self.chars.len());
                let digits: String = self.chars[self.at..end].iter().collect();
                self.at = end;
                let code = u32::from_str_radix(&digits, 16).ok();
                code.and_then(char::from_u32).unwrap_or('\u{fffd}')
            }
            _ => return self.fail("Unrecognized character escape"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_found() {
        let json =
            parse("{\"version\": 1, \"partitions\":\n[{\"topic\":\"a\\\"b\",\"r\":[-1,2]}]}");
        let json = json.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(json.get("version").and_then(Json::number), Some(1_i32));
        let first = json.get("partitions").and_then(Json::list).map(|l| &l[0]);
        let topic = first.and_then(|first| first.get("topic"));
        assert_eq!(topic.and_then(Json::text), Some("a\"b"));
        let replicas = first.and_then(|first| first.get("r")).and_then(Json::list);
        assert_eq!(replicas.map(<[Json]>::len), Some(2));
    }

    /// As recorded of Kafka 4.3.1.
    #[test]
    fn mistakes_are_told_in_the_librarys_words() {
        let told = |text: &str| parse(text).err().unwrap_or_default();
        assert_eq!(
            told("{oops\n"),
            "Unexpected character ('o' (code 111)): was expecting double-quote to start field name\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]"
        );
        assert_eq!(
            told("hello\n"),
            "Unrecognized token 'hello': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1]"
        );
        assert!(told("\n").starts_with("The input string shouldn't be empty\n"));
        assert!(told(&"[".repeat(100_000)).starts_with("Document nesting depth"));
    }
}
