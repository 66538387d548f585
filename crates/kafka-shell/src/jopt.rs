//! Options of Kafka's tools, parsed the way their library (jopt-simple) does.
//!
//! It gives the library's exact error texts and builds the help table from the
//! option list, so a tool is described once. Not here: what options mean.
//! Invariant: parsing never panics; stray words are ignored, as in Kafka.

use std::fmt::Write;

/// Type of an option's argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg {
    /// No argument.
    None,
    /// Text.
    Text,
    /// A Java `Integer`.
    Integer,
    /// A Java `Long`.
    Long,
    /// Text that may be left out.
    OptionalText,
}

/// One option of a tool.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// Name without dashes.
    pub name: &'static str,
    /// Its argument.
    pub arg: Arg,
    /// What the argument is, in the help table.
    pub arg_text: &'static str,
    /// Our own short description.
    pub help: &'static str,
}

/// An option without argument.
pub const fn flag(name: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        arg: Arg::None,
        arg_text: "",
        help,
    }
}

/// An option with a text argument.
pub const fn text(name: &'static str, arg_text: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        arg: Arg::Text,
        arg_text,
        help,
    }
}

/// An option with an integer argument.
pub const fn integer(name: &'static str, arg_text: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        arg: Arg::Integer,
        arg_text,
        help,
    }
}

/// An option with a long argument.
pub const fn long(name: &'static str, arg_text: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        arg: Arg::Long,
        arg_text,
        help,
    }
}

/// A failure of the option library.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OptionError {
    /// Full class of the Java exception.
    pub class: &'static str,
    /// Its message.
    pub message: String,
    /// `Caused by:` lines.
    pub causes: Vec<String>,
}

/// Options found on a command line.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    found: Vec<(&'static str, Option<String>)>,
}

/// Reads the words after the tool's name.
///
/// # Errors
/// Unknown option, or an option without its argument.
pub fn parse(specs: &[OptionSpec], words: &[String]) -> Result<Parsed, OptionError> {
    let mut parsed = Parsed::default();
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        let Some((name, inline)) = option_name(specs, word) else {
            continue;
        };
        let Some(spec) = specs.iter().find(|spec| spec.name == name) else {
            return Err(unrecognized(&name));
        };
        let value = match (spec.arg, inline) {
            (Arg::None, _) => None,
            (_, Some(value)) => Some(value),
            (Arg::OptionalText, None) => rest
                .next_if(|next| option_name(specs, next).is_none())
                .cloned(),
            // Whatever comes next is the argument, even if it looks like an option.
            (_, None) => match rest.next() {
                Some(value) => Some(value.clone()),
                None => return Err(missing_argument(spec.name)),
            },
        };
        parsed.found.push((spec.name, value));
    }
    Ok(parsed)
}

/// The option a word names: `--name`, `--name=value`, or `-name` if it is an exact long
/// name; otherwise `-x` names the option `x`. `None` for stray words, which are ignored.
fn option_name(specs: &[OptionSpec], word: &str) -> Option<(String, Option<String>)> {
    let (body, is_long) = match word.strip_prefix("--") {
        Some(body) => (body, true),
        None => (word.strip_prefix('-')?, false),
    };
    let (name, value) = match body.split_once('=') {
        Some((name, value)) => (name, Some(value.to_string())),
        None => (body, None),
    };
    let first = body.chars().next()?;
    if is_long || specs.iter().any(|spec| spec.name == name) {
        return Some((name.to_string(), value));
    }
    Some((first.to_string(), None))
}

fn unrecognized(name: &str) -> OptionError {
    OptionError {
        class: "joptsimple.UnrecognizedOptionException",
        message: format!("{name} is not a recognized option"),
        causes: Vec::new(),
    }
}

fn missing_argument(name: &str) -> OptionError {
    OptionError {
        class: "joptsimple.OptionMissingRequiredArgumentException",
        message: format!("Option {name} requires an argument"),
        causes: Vec::new(),
    }
}

impl Parsed {
    /// Whether the option stands on the line.
    pub fn has(&self, name: &str) -> bool {
        self.found.iter().any(|(found, _)| *found == name)
    }

    /// All arguments of a repeatable option, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.found
            .iter()
            .filter(move |(found, _)| *found == name)
            .filter_map(|(_, value)| value.as_deref())
    }

    /// The argument of an option that may stand there once.
    ///
    /// # Errors
    /// It stands there more than once.
    pub fn one<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, OptionError> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(OptionError {
                class: "joptsimple.MultipleArgumentsForOptionException",
                message: format!(
                    "Found multiple arguments for option {name}, but you asked for only one"
                ),
                causes: Vec::new(),
            });
        }
        Ok(first)
    }

    /// The argument as a Java `Integer`.
    ///
    /// # Errors
    /// Repeated, or not a number.
    pub fn integer(&self, name: &str) -> Result<Option<i32>, OptionError> {
        self.number(name)
    }

    /// The argument as a Java `Long`.
    ///
    /// # Errors
    /// Repeated, or not a number.
    pub fn long(&self, name: &str) -> Result<Option<i64>, OptionError> {
        self.number(name)
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, OptionError> {
        let Some(value) = self.one(name)? else {
            return Ok(None);
        };
        value.parse().map(Some).map_err(|_| {
            let cause = format!("java.lang.NumberFormatException: For input string: \"{value}\"");
            OptionError {
                class: "joptsimple.OptionArgumentConversionException",
                message: format!("Cannot parse argument '{value}' of option {name}"),
                causes: vec![
                    format!("joptsimple.internal.ReflectionException: {cause}"),
                    cause,
                ],
            }
        })
    }
}

const LEFT_MAX: usize = 41;
const WIDTH: usize = 80;

/// The help table: two columns, 80 wide, options in alphabetical order.
pub fn help_table(specs: &[OptionSpec]) -> String {
    let mut sorted: Vec<&OptionSpec> = specs.iter().collect();
    sorted.sort_by_key(|spec| spec.name);
    let heads: Vec<String> = sorted.iter().map(|spec| option_head(spec)).collect();
    let longest = heads.iter().map(String::len).max().unwrap_or(0);
    let left = longest.clamp(6, LEFT_MAX - 2);
    let right = WIDTH - left - 2;
    let mut table = String::new();
    push_row(&mut table, "Option", "Description", left, right);
    push_row(&mut table, "------", "-----------", left, right);
    for (spec, head) in sorted.iter().zip(&heads) {
        push_row(&mut table, head, spec.help, left, right);
    }
    table
}

fn option_head(spec: &OptionSpec) -> String {
    let kind = match spec.arg {
        Arg::None => return format!("--{}", spec.name),
        Arg::Text | Arg::OptionalText => "String",
        Arg::Integer => "Integer",
        Arg::Long => "Long",
    };
    let argument = if spec.arg_text.is_empty() {
        kind.to_string()
    } else {
        format!("{kind}: {}", spec.arg_text)
    };
    if spec.arg == Arg::OptionalText {
        format!("--{} [{argument}]", spec.name)
    } else {
        format!("--{} <{argument}>", spec.name)
    }
}

fn push_row(table: &mut String, left: &str, right: &str, left_width: usize, right_width: usize) {
    let left = wrap(left, left_width);
    let right = wrap(right, right_width);
    for line in 0..left.len().max(right.len()) {
        let l = left.get(line).map_or("", String::as_str);
        let r = right.get(line).map_or("", String::as_str);
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{l:<left_width$}  {r:<right_width$}");
    }
}

/// Wraps at blanks; continuation lines are indented by two.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let needed = if line.is_empty() { 0 } else { 1 } + word.chars().count();
        if !line.trim().is_empty() && line.chars().count() + needed > width {
            lines.push(std::mem::replace(&mut line, String::from("  ")));
            line.push_str(word);
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &[OptionSpec] = &[
        flag("list", "List."),
        text("topic", "topic", "The topic."),
        integer("partitions", "# of partitions", "How many."),
    ];

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(String::from).collect()
    }

    #[test]
    fn unknown_missing_repeated_and_ill_typed_options_speak_like_jopt() {
        let message = |line: &str| parse(SPECS, &words(line)).unwrap_err().message;
        assert_eq!(message("--foo"), "foo is not a recognized option");
        assert_eq!(message("-foo"), "f is not a recognized option");
        assert_eq!(message("--topic"), "Option topic requires an argument");
        let swallowed = parse(SPECS, &words("--topic --list")).unwrap();
        assert_eq!(swallowed.one("topic").unwrap(), Some("--list"));
        let twice = parse(SPECS, &words("--topic a --topic b")).unwrap();
        assert_eq!(
            twice.one("topic").unwrap_err().message,
            "Found multiple arguments for option topic, but you asked for only one"
        );
        let typed = parse(SPECS, &words("--partitions abc")).unwrap();
        assert_eq!(
            typed.integer("partitions").unwrap_err().message,
            "Cannot parse argument 'abc' of option partitions"
        );
    }

    #[test]
    fn forms_of_an_option_are_equal_and_stray_words_are_ignored() {
        for line in ["--topic a", "--topic=a", "-topic a", "stray --topic a more"] {
            let parsed = parse(SPECS, &words(line)).unwrap();
            assert_eq!(parsed.one("topic").unwrap(), Some("a"), "{line}");
        }
        let parsed = parse(SPECS, &words("--partitions -1")).unwrap();
        assert_eq!(parsed.integer("partitions").unwrap(), Some(-1));
    }

    #[test]
    fn the_table_is_eighty_wide_with_indented_continuations() {
        let table = help_table(SPECS);
        assert!(
            table.lines().all(|line| line.chars().count() == 80),
            "{table}"
        );
        assert!(table.starts_with("Option "), "{table}");
        assert!(table.contains("--partitions <Integer: # of partitions>  How many."));
    }
}
