//! Command lines of the form `TOOL [options] COMMAND [options]`, as argparse4j reads them.
//!
//! Not here: its table of help; a tool gives its own usage lines. Invariant: an option of the tool
//! stands before the command, one of the command behind it.

/// What one command takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    /// Its name.
    pub(super) name: &'static str,
    /// Options with a value: long name, short name or nothing.
    pub(super) values: &'static [(&'static str, &'static str)],
    /// Options without.
    pub(super) flags: &'static [&'static str],
}

/// A command line that was read.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Name of the command.
    pub(super) command: &'static str,
    found: Vec<(&'static str, String)>,
}

impl Line {
    /// An option's value, empty for one without.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.found.iter().filter(|(known, _)| *known == name);
        found.next_back().map(|(_, value)| value.as_str())
    }

    /// Whether the option stands there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// Reads the words after the tool's name; options of the tool take values.
///
/// # Errors
/// The text behind `error: `.
pub(super) fn read(
    own: &'static [(&'static str, &'static str)],
    commands: &'static [Command],
    words: &[String],
) -> Result<Line, String> {
    let mut words = words.iter();
    let mut found = Vec::new();
    let command = loop {
        let word = words.next().ok_or("too few arguments")?;
        match value_option(own, word) {
            Some(name) => found.push((name, value(name, &mut words)?)),
            None if word.starts_with('-') => return Err(unknown(word)),
            None => break word,
        }
    };
    let Some(command) = commands.iter().find(|known| known.name == command) else {
        let names: Vec<String> = commands.iter().map(|c| format!("'{}'", c.name)).collect();
        let names = names.join(", ");
        return Err(format!("invalid choice: '{command}' (choose from {names})"));
    };
    while let Some(word) = words.next() {
        let bare = word.strip_prefix("--").unwrap_or_default();
        if let Some(name) = value_option(command.values, word) {
            found.push((name, value(name, &mut words)?));
        } else if let Some(name) = command.flags.iter().find(|name| **name == bare) {
            found.push((name, String::new()));
        } else {
            return Err(unknown(word));
        }
    }
    let command = command.name;
    Ok(Line { command, found })
}

fn unknown(word: &str) -> String {
    format!("unrecognized arguments: '{word}'")
}

fn value_option(
    options: &'static [(&'static str, &'static str)],
    word: &str,
) -> Option<&'static str> {
    let named = |(long, short): &&(&str, &str)| {
        word.strip_prefix("--") == Some(*long)
            || !short.is_empty() && word.strip_prefix('-') == Some(*short)
    };
    options.iter().find(named).map(|(long, _)| *long)
}

fn value<'a>(name: &str, words: &mut impl Iterator<Item = &'a String>) -> Result<String, String> {
    let value = words.next().filter(|word| !word.starts_with('-'));
    let expected = || format!("argument --{name}: expected one argument");
    value.cloned().ok_or_else(expected)
}
