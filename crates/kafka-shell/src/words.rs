//! A command line in words: quoting, pipes, lists, redirections.
//!
//! The small part of a shell's grammar that Kafka's tutorials use. What is not
//! understood is refused with its place, never guessed. Not here: running
//! anything. Invariant: reading never panics, on any text.

use crate::hints::Reason;

/// How a pipeline follows the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Join {
    /// Always (`;`, or the first).
    Always,
    /// If the one before succeeded (`&&`).
    And,
    /// If the one before failed (`||`).
    Or,
}

/// One command of a pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Command {
    /// The words, at least one.
    pub words: Vec<String>,
    /// `<<< text`: its input.
    pub here_string: Option<String>,
    /// `< FILE`: its input.
    pub input: Option<String>,
    /// `> FILE`, or `>> FILE` (true): where its standard output goes.
    pub output: Option<(String, bool)>,
}

/// Commands joined by `|`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pipeline {
    /// How it follows the one before it.
    pub join: Join,
    /// The commands, at least one.
    pub commands: Vec<Command>,
    /// `&`: do not wait for it.
    pub background: bool,
}

/// Why a line cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WordError {
    /// Column, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub reason: Reason,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Word(String),
    Operator(&'static str, usize),
}

const OPERATORS: [&str; 10] = ["<<<", "&&", "||", ">>", "<<", "|", ";", "&", ">", "<"];

/// Reads one line. A leading prompt (`$ `, `> `, or `>` before a command) is dropped,
/// as people paste it from tutorials; comments end the line.
///
/// # Errors
/// An open quote, a command missing beside an operator, or an operator that is
/// not supported, each with its column.
pub fn read(line: &str) -> Result<Vec<Pipeline>, WordError> {
    pipelines(&tokens(strip_prompt(line))?, line.chars().count())
}

fn strip_prompt(line: &str) -> &str {
    let trimmed = line.trim_start();
    if let Some(rest) = trimmed.strip_prefix("$ ") {
        return rest;
    }
    match trimmed.strip_prefix('>') {
        Some(rest) if !rest.starts_with('>') => rest,
        _ => trimmed,
    }
}

fn tokens(line: &str) -> Result<Vec<Token>, WordError> {
    let chars: Vec<char> = line.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if c.is_whitespace() {
            at += 1;
        } else if c == '#' {
            break;
        } else if let Some(operator) = operator_at(&chars, at) {
            found.push(Token::Operator(operator, at + 1));
            at += operator.len();
        } else {
            let (word, next) = word_at(&chars, at)?;
            found.push(Token::Word(word));
            at = next;
        }
    }
    Ok(found)
}

fn operator_at(chars: &[char], at: usize) -> Option<&'static str> {
    OPERATORS.into_iter().find(|operator| {
        operator
            .chars()
            .enumerate()
            .all(|(i, c)| chars.get(at + i) == Some(&c))
    })
}

fn word_at(chars: &[char], start: usize) -> Result<(String, usize), WordError> {
    let mut word = String::new();
    let mut at = start;
    while at < chars.len() && !chars[at].is_whitespace() && operator_at(chars, at).is_none() {
        match chars[at] {
            '\'' => at = quoted(chars, at, '\'', &mut word)?,
            '"' => at = quoted(chars, at, '"', &mut word)?,
            '$' if chars.get(at + 1) == Some(&'\'') => at = ansi_quoted(chars, at, &mut word)?,
            '\\' => {
                if let Some(c) = chars.get(at + 1) {
                    word.push(*c);
                }
                at += 2;
            }
            c => {
                word.push(c);
                at += 1;
            }
        }
    }
    Ok((word, at))
}

fn quoted(chars: &[char], open: usize, quote: char, word: &mut String) -> Result<usize, WordError> {
    let mut at = open + 1;
    while let Some(&c) = chars.get(at) {
        if c == quote {
            return Ok(at + 1);
        }
        let escaped = quote == '"' && c == '\\';
        match chars.get(at + 1) {
            Some(&next) if escaped && matches!(next, '"' | '\\' | '$' | '`') => {
                word.push(next);
                at += 2;
            }
            _ => {
                word.push(c);
                at += 1;
            }
        }
    }
    Err(open_quote(open, quote))
}

/// `$'\t'`: the form that puts a tab into a word.
fn ansi_quoted(chars: &[char], open: usize, word: &mut String) -> Result<usize, WordError> {
    let mut at = open + 2;
    while let Some(&c) = chars.get(at) {
        match (c, chars.get(at + 1)) {
            ('\'', _) => return Ok(at + 1),
            ('\\', Some(next)) => {
                word.push(match next {
                    't' => '\t',
                    'n' => '\n',
                    other => *other,
                });
                at += 2;
            }
            _ => {
                word.push(c);
                at += 1;
            }
        }
    }
    Err(open_quote(open, '\''))
}

fn open_quote(open: usize, quote: char) -> WordError {
    WordError {
        column: open + 1,
        reason: Reason::OpenQuote(quote),
    }
}

fn pipelines(tokens: &[Token], end: usize) -> Result<Vec<Pipeline>, WordError> {
    let mut list = Vec::new();
    let mut join = Join::Always;
    let mut commands = Vec::new();
    let mut command = Command::default();
    let mut rest = tokens.iter();
    while let Some(token) = rest.next() {
        let (operator, column) = match token {
            Token::Word(word) => {
                command.words.push(word.clone());
                continue;
            }
            Token::Operator(operator, column) => (*operator, *column),
        };
        match operator {
            "<<<" => match rest.next() {
                Some(Token::Word(word)) => command.here_string = Some(word.clone()),
                _ => return Err(missing(column, Reason::NoHereString)),
            },
            "<" | ">" | ">>" => {
                let Some(Token::Word(path)) = rest.next() else {
                    return Err(missing(column, Reason::NoFile));
                };
                redirect(&mut command, operator, path);
            }
            "<<" => return Err(missing(column, Reason::NoHereDocument)),
            _ if command.words.is_empty() => {
                return Err(missing(column, Reason::NoCommandBefore));
            }
            "|" => commands.push(std::mem::take(&mut command)),
            _ => {
                commands.push(std::mem::take(&mut command));
                list.push(Pipeline {
                    join,
                    commands: std::mem::take(&mut commands),
                    background: operator == "&",
                });
                join = match operator {
                    "&&" => Join::And,
                    "||" => Join::Or,
                    _ => Join::Always,
                };
            }
        }
    }
    let dangling = !commands.is_empty() || join != Join::Always;
    if !command.words.is_empty() {
        commands.push(command);
        list.push(Pipeline {
            join,
            commands,
            background: false,
        });
    } else if dangling {
        return Err(missing(end.max(1), Reason::NoCommandAtEnd));
    }
    Ok(list)
}

fn redirect(command: &mut Command, operator: &str, path: &str) {
    if operator == "<" {
        command.input = Some(path.to_owned());
    } else {
        command.output = Some((path.to_owned(), operator == ">>"));
    }
}

fn missing(column: usize, reason: Reason) -> WordError {
    WordError { column, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        read(line).unwrap().remove(0).commands.remove(0).words
    }

    #[test]
    fn quotes_escapes_and_comments_are_a_shells() {
        assert_eq!(
            words("a 'b c' \"d \\\" e\" f\\ g # h"),
            ["a", "b c", "d \" e", "f g"]
        );
        assert_eq!(words("x --sep $'\\t' ''"), ["x", "--sep", "\t", ""]);
        assert_eq!(
            words("$ kafka-topics.sh --list"),
            ["kafka-topics.sh", "--list"]
        );
        assert_eq!(words("> ps aux"), ["ps", "aux"]);
        assert!(read("# only a comment").unwrap().is_empty());
    }

    #[test]
    fn pipes_lists_and_background_are_told_apart() {
        let list = read("ps aux | grep server-1 && kill 1; sleep 2 &").unwrap();
        assert_eq!(list.len(), 3);
        assert_eq!(list[0].commands.len(), 2);
        assert_eq!((list[1].join, list[2].join), (Join::And, Join::Always));
        assert!(list[2].background);
        let here = read("kafka-console-producer.sh <<< hello").unwrap();
        assert_eq!(here[0].commands[0].here_string.as_deref(), Some("hello"));
    }

    #[test]
    fn redirections_name_their_files() {
        let list = read("echo a=1 >> f.properties; sort < 'my file' > g").unwrap();
        let (first, second) = (&list[0].commands[0], &list[1].commands[0]);
        assert_eq!(first.output, Some(("f.properties".to_owned(), true)));
        assert_eq!(first.words, ["echo", "a=1"]);
        assert_eq!(second.input.as_deref(), Some("my file"));
        assert_eq!(second.output, Some(("g".to_owned(), false)));
    }

    #[test]
    fn what_cannot_be_read_names_its_column() {
        for (line, column) in [
            ("echo 'a", 6),
            ("| x", 1),
            ("a ||", 4),
            ("a >", 3),
            ("a << f", 3),
            ("a <<<", 3),
        ] {
            let error = read(line).unwrap_err();
            assert_eq!(error.column, column, "{line}: {:?}", error.reason);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic() {
        let pieces = [
            "'", "\"", "\\", "$'", "|", "&", ";", "<", ">", " ", "a", "é", "#", "<<<",
        ];
        let mut state = 7_u64;
        for _ in 0..20_000 {
            let mut line = String::new();
            for _ in 0..(state % 9) {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                line.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            state = state
                .wrapping_add(1)
                .wrapping_mul(2_862_933_555_777_941_757);
            let _ = read(&line);
        }
    }
}
