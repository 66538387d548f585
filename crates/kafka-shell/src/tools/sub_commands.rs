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

/// What is wrong with a command line.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    /// The command whose options are wrong; `None` before there is one.
    pub(super) command: Option<&'static str>,
    /// The text behind `error: `.
    pub(super) text: String,
}

impl From<String> for Mistake {
    fn from(text: String) -> Mistake {
        Mistake {
            command: None,
            text,
        }
    }
}

/// Reads the words after the tool's name; options of the tool take values.
///
/// # Errors
/// What argparse refuses.
pub(super) fn read(
    own: &'static [(&'static str, &'static str)],
    commands: &'static [Command],
    words: &[String],
) -> Result<Line, Mistake> {
    let mut words = words.iter();
    let mut found = Vec::new();
    let command = loop {
        let word = words.next().ok_or("too few arguments".to_string())?;
        match value_option(own, word) {
            Some(option) => found.push((option.0, value(option, &mut words)?)),
            None if word.starts_with('-') => return Err(unknown(word).into()),
            None => break word,
        }
    };
    let Some(command) = commands.iter().find(|known| known.name == command) else {
        let names: Vec<String> = commands.iter().map(|c| format!("'{}'", c.name)).collect();
        let names = names.join(", ");
        return Err(format!("invalid choice: '{command}' (choose from {names})").into());
    };
    let of_command = |text| Mistake {
        command: Some(command.name),
        text,
    };
    while let Some(word) = words.next() {
        let bare = word.strip_prefix("--").unwrap_or_default();
        if let Some(option) = value_option(command.values, word) {
            let value = value(option, &mut words).map_err(of_command)?;
            found.push((option.0, value));
        } else if let Some(name) = command.flags.iter().find(|name| **name == bare) {
            found.push((name, String::new()));
        } else {
            return Err(of_command(unknown(word)));
        }
    }
    let command = command.name;
    Ok(Line { command, found })
}

fn unknown(word: &str) -> String {
    format!("unrecognized arguments: '{word}'")
}

/// An option with a value: long name, short name or nothing.
type ValueOption = (&'static str, &'static str);

fn value_option(options: &'static [ValueOption], word: &str) -> Option<ValueOption> {
    let named = |(long, short): &&(&str, &str)| {
        word.strip_prefix("--") == Some(*long)
            || !short.is_empty() && word.strip_prefix('-') == Some(*short)
    };
    options.iter().find(named).copied()
}

fn value<'a>(
    (long, short): ValueOption,
    words: &mut impl Iterator<Item = &'a String>,
) -> Result<String, String> {
    let is_option = |word: &str| {
        let rest = word.strip_prefix('-').unwrap_or_default();
        rest.starts_with(|first: char| !first.is_ascii_digit())
    };
    let value = words.next().filter(|word| !is_option(word));
    let expected = || match short {
        "" => format!("argument --{long}: expected one argument"),
        _ => format!("argument --{long}/-{short}: expected one argument"),
    };
    value.cloned().ok_or_else(expected)
}

/// Width of argparse4j's lines.
const WIDTH: usize = 75;

/// A text in lines of argparse4j's width: broken behind blanks and hyphens, all but the last line
/// filled up with blanks between its words, the middle ones first.
pub(super) fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut pieces = pieces(text).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        // The line's end counts as a character of the last word.
        let wide = piece.len() + usize::from(pieces.peek().is_none());
        if line.len() + wide > WIDTH && !line.is_empty() {
            lines.push(justified(&line));
            line.clear();
        }
        line.push_str(piece);
    }
    lines.push(line);
    lines.join("\n")
}

/// What stays together: up to a blank, or a hyphen with a letter behind it.
fn pieces(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut from = 0;
    for at in 0..bytes.len() {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let breaks = match bytes[at] {
            b' ' => next != b' ',
            b'-' => next.is_ascii_alphabetic(),
            _ => false,
        };
        if breaks {
            pieces.push(&text[from..=at]);
            from = at + 1;
        }
    }
    pieces.push(&text[from..]);
    pieces
}

fn justified(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let gaps = words.len().saturating_sub(1);
    let letters: usize = words.iter().map(|word| word.len()).sum();
    if gaps == 0 || letters + gaps > WIDTH {
        return line.trim_end().to_string();
    }
    let (each, more) = ((WIDTH - letters) / gaps, (WIDTH - letters) % gaps);
    let first = (gaps - more).div_ceil(2);
    let mut justified = String::new();
    for (gap, word) in words.iter().enumerate() {
        justified.push_str(word);
        if gap < gaps {
            let wide = each + usize::from((first..first + more).contains(&gap));
            justified.push_str(&" ".repeat(wide));
        }
    }
    justified
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As recorded (`b-cluster-tools`, `b-options`, `q-voters-three`).
    #[test]
    fn long_messages_are_filled_up_in_the_middle() {
        let recorded = [
            "kafka-metadata-quorum: error: one  of  the  arguments --bootstrap-server --\nbootstrap-controller is required",
            "kafka-metadata-quorum:  error:   invalid   choice:   'foo'   (choose   from\n'describe', 'add-controller', 'remove-controller')",
            "kafka-metadata-quorum:  error:  argument   --controller-directory-id/-d  is\nrequired",
            "kafka-metadata-quorum: error: argument  --bootstrap-controller: not allowed\nwith argument --bootstrap-server",
            "kafka-cluster:  error:   argument   --bootstrap-server/-b:   expected   one\nargument",
            "kafka-metadata-quorum:  error:  argument   --controller-id/-i:   could  not\nconvert 'abc' to Integer (For input string: \"abc\")",
        ];
        for text in recorded {
            let words: Vec<&str> = text.split_whitespace().collect();
            let plain = words.join(" ").replace("-- bootstrap", "--bootstrap");
            assert_eq!(wrapped(&plain), text);
        }
    }
}
