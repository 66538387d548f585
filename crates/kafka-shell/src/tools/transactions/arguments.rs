//! The command line of `kafka-transactions.sh`: a parser of the kind argparse4j makes,
//! with commands that have options of their own, and its messages.
//!
//! Invariant: what Kafka's tool refuses is refused here, with the same text.

use std::fmt::Write as _;

/// Width that argparse4j wraps its messages to.
const WIDTH: usize = 75;
/// The edit distance from which on an option is no suggestion any more.
const DISSIMILAR: usize = 7;

const TOP_USAGE: &str = "usage: kafka-transactions.sh [-h] [-v] [--command-config FILE]
                             --bootstrap-server host:port COMMAND ...
";

/// The text of `--help`, as recorded.
pub(super) const HELP: &str = "usage: kafka-transactions.sh [-h] [-v] [--command-config FILE]
                             --bootstrap-server host:port COMMAND ...

This tool is used to analyze  the  transactional  state of producers in the
cluster. It can be used to detect and recover from hanging transactions.

optional arguments:
  -h, --help             show this help message and exit
  -v, --version          show the version  of  this  Kafka distribution and
                         exit
  --command-config FILE  property file containing configs  to  be passed to
                         admin client
  --bootstrap-server host:port
                         hostname and port for  the  broker  to connect to,
                         in  the   form   `host:port`    (multiple   comma-
                         separated entries can be given)

commands:
  COMMAND
    list                 list transactions
    describe             describe the state of an active transactional-id
    describe-producers   describe the  states  of  active  producers  for a
                         topic partition
    abort                abort    a    hanging     transaction    (requires
                         administrative privileges)
    find-hanging         find hanging transactions
    forceTerminateTransaction
                         Force   abort    an    ongoing    transaction   on
                         transactionalId      (requires      administrative
                         privileges)
";

/// One command and what may follow it.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) name: &'static str,
    /// Options with a value, and whether each must be given.
    pub(super) options: &'static [(&'static str, bool)],
    usage: &'static str,
}

/// The commands in Kafka's order.
pub(super) const COMMANDS: &[Command] = &[
    Command {
        name: "list",
        options: &[
            ("--duration-filter", false),
            ("--transactional-id-pattern", false),
        ],
        usage: "usage: kafka-transactions.sh --bootstrap-server host:port list [-h]
                             [--duration-filter DURATION_FILTER]
                             [--transactional-id-pattern TRANSACTIONAL_ID_PATTERN]
",
    },
    Command {
        name: "describe",
        options: &[("--transactional-id", true)],
        usage: "usage: kafka-transactions.sh --bootstrap-server host:port describe [-h]
                             --transactional-id TRANSACTIONAL_ID
",
    },
    Command {
        name: "describe-producers",
        options: &[
            ("--broker-id", false),
            ("--topic", true),
            ("--partition", true),
        ],
        usage: "usage: kafka-transactions.sh --bootstrap-server host:port
                             describe-producers [-h]
                             [--broker-id BROKER_ID] --topic TOPIC
                             --partition PARTITION
",
    },
    Command {
        name: "abort",
        options: &[
            ("--topic", true),
            ("--partition", true),
            ("--start-offset", false),
            ("--producer-id", false),
            ("--producer-epoch", false),
            ("--coordinator-epoch", false),
        ],
        usage: "usage: kafka-transactions.sh --bootstrap-server host:port abort [-h]
                             --topic TOPIC --partition PARTITION
                             [--start-offset START_OFFSET]
                             [--producer-id PRODUCER_ID]
                             [--producer-epoch PRODUCER_EPOCH]
                             [--coordinator-epoch COORDINATOR_EPOCH]
",
    },
    Command {
        name: "find-hanging",
        options: &[
            ("--broker-id", false),
            ("--max-transaction-timeout", false),
            ("--topic", false),
            ("--partition", false),
        ],
        usage: "usage: kafka-transactions.sh --bootstrap-server host:port find-hanging
                             [-h] [--broker-id BROKER_ID]
                             [--max-transaction-timeout MAX_TRANSACTION_TIMEOUT]
                             [--topic TOPIC] [--partition PARTITION]
",
    },
    Command {
        name: "forceTerminateTransaction",
        options: &[("--transactionalId", true)],
        usage: "usage: kafka-transactions.sh --bootstrap-server host:port
                             forceTerminateTransaction [-h]
                             --transactionalId TRANSACTIONALID
",
    },
];

/// What a command line asks for.
#[derive(Debug)]
pub(super) enum Asked {
    Help,
    CommandHelp(&'static Command),
    Version,
    Run(Line),
}

/// A command with its options.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) servers: String,
    pub(super) config: Option<String>,
    pub(super) command: &'static Command,
    values: Vec<(&'static str, String)>,
}

impl Line {
    /// The value of an option.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().rev().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Command {
    /// The usage lines of the command.
    pub(super) fn usage(&self) -> &'static str {
        self.usage
    }
}

/// Reads the words after the tool's name.
///
/// # Errors
/// What the tool prints on standard error.
pub(super) fn read(words: &[String]) -> Result<Asked, String> {
    let (mut servers, mut config) = (None, None);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let (name, joined) = split(word);
        let slot = match name {
            "-h" | "--help" => return Ok(Asked::Help),
            "-v" | "--version" => return Ok(Asked::Version),
            "--bootstrap-server" => &mut servers,
            "--command-config" => &mut config,
            _ if word.starts_with('-') => {
                let known = [
                    "--help",
                    "--version",
                    "--bootstrap-server",
                    "--command-config",
                ];
                return Err(unrecognized(TOP_USAGE, word, &known));
            }
            _ => {
                let Some(command) = COMMANDS.iter().find(|it| it.name == word) else {
                    return Err(invalid_choice(word));
                };
                return of_command(command, rest.as_slice(), servers, config);
            }
        };
        let value = joined.or_else(|| rest.next().cloned());
        let value = value.ok_or_else(|| error(TOP_USAGE, &missing_value(name)))?;
        *slot = Some(value);
    }
    Err(error(TOP_USAGE, "too few arguments"))
}

fn of_command(
    command: &'static Command,
    words: &[String],
    servers: Option<String>,
    config: Option<String>,
) -> Result<Asked, String> {
    let mut values = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let (name, joined) = split(word);
        if matches!(name, "-h" | "--help") {
            return Ok(Asked::CommandHelp(command));
        }
        let Some((known, _)) = command.options.iter().find(|(it, _)| *it == name) else {
            let mut known = vec!["--help"];
            known.extend(command.options.iter().map(|(it, _)| *it));
            return Err(unrecognized(command.usage, word, &known));
        };
        let value = joined.or_else(|| rest.next().cloned());
        let value = value.ok_or_else(|| error(command.usage, &missing_value(known)))?;
        values.push((*known, value));
    }
    let given = |name: &str| values.iter().any(|(known, _)| *known == name);
    let missing = command
        .options
        .iter()
        .find(|(it, must)| *must && !given(it));
    if let Some((name, _)) = missing {
        let text = format!("argument {name} is required");
        return Err(error(command.usage, &text));
    }
    let required = "argument --bootstrap-server is required";
    let servers = servers.ok_or_else(|| error(TOP_USAGE, required))?;
    Ok(Asked::Run(Line {
        servers,
        config,
        command,
        values,
    }))
}

/// `--name=value` or `--name`.
fn split(word: &str) -> (&str, Option<String>) {
    match word.split_once('=') {
        Some((name, value)) if name.starts_with("--") => (name, Some(value.to_string())),
        _ => (word, None),
    }
}

fn missing_value(name: &str) -> String {
    format!("argument {name}: expected one argument")
}

/// Usage and message as argparse4j prints them.
pub(super) fn error(usage: &str, message: &str) -> String {
    let line = wrap(&format!("kafka-transactions.sh: error: {message}"));
    format!("{usage}{line}\n")
}

fn unrecognized(usage: &str, word: &str, known: &[&str]) -> String {
    let message = format!("unrecognized arguments: '{word}'");
    let mut text = error(usage, &message);
    text.push_str(&meant(word, known));
    text
}

fn invalid_choice(word: &str) -> String {
    let names: Vec<&str> = COMMANDS.iter().map(|it| it.name).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let message = format!(
        "invalid choice: '{word}' (choose from {})",
        quoted.join(", ")
    );
    let mut text = error(TOP_USAGE, &message);
    text.push_str(&meant(word, &names));
    text
}

/// The most similar names, if any is similar.
fn meant(word: &str, names: &[&str]) -> String {
    let far = |name: &str| distance(word, name);
    let nearest = names.iter().map(|name| far(name)).min();
    let Some(nearest) = nearest.filter(|it| *it < DISSIMILAR) else {
        return String::new();
    };
    let mut text = "\nDid you mean:\n".to_string();
    for name in names.iter().filter(|name| far(name) == nearest) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\t{name}");
    }
    text
}

/// Edit distance with git's weights: a changed letter 2, a new one 1, a dropped one 3.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut next = vec![(i + 1) * 3];
        for (j, b) in to.iter().enumerate() {
            let changed = row[j] + if a == b { 0 } else { 2 };
            next.push(changed.min(row[j + 1] + 3).min(next[j] + 1));
        }
        row = next;
    }
    row[to.len()]
}

/// argparse4j's wrapping: full lines are spread to the whole width, the extra spaces in
/// the middle.
fn wrap(text: &str) -> String {
    let mut lines: Vec<Vec<&str>> = vec![Vec::new()];
    let mut width = 0;
    for word in text.split(' ') {
        let line = lines.len() - 1;
        let with = width + word.len() + usize::from(!lines[line].is_empty());
        if with > WIDTH && !lines[line].is_empty() {
            lines.push(vec![word]);
            width = word.len();
        } else {
            lines[line].push(word);
            width = with;
        }
    }
    let last = lines.len() - 1;
    let shown = lines.iter().enumerate().map(|(at, words)| {
        if at == last {
            words.join(" ")
        } else {
            spread(words)
        }
    });
    shown.collect::<Vec<_>>().join("\n")
}

fn spread(words: &[&str]) -> String {
    let gaps = words.len() - 1;
    let natural = words.iter().map(|word| word.len()).sum::<usize>() + gaps;
    let extra = WIDTH.saturating_sub(natural);
    if gaps == 0 {
        return words.concat();
    }
    let (each, more) = (extra / gaps, extra % gaps);
    let first = (gaps - more).div_ceil(2);
    let mut line = String::new();
    for (at, word) in words.iter().enumerate() {
        line.push_str(word);
        if at < gaps {
            let longer = usize::from((first..first + more).contains(&at));
            line.push_str(&" ".repeat(1 + each + longer));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As recorded of 4.3.1.
    #[test]
    fn messages_are_wrapped_and_spread_as_recorded() {
        let text = read(&["foo".to_string()]).expect_err("there is no such command");
        let recorded = "kafka-transactions.sh: error: invalid  choice:  'foo'  (choose from 'list',
'describe',      'describe-producers',       'abort',       'find-hanging',
'forceTerminateTransaction')

Did you mean:
\tabort
";
        assert_eq!(text.strip_prefix(TOP_USAGE), Some(recorded));
    }
}
