//! Rules about size and shape: one subject a file, a function on a screen, every module introduced.

use super::{Breach, Source};

/// The longest source file. Aim for 100 to 400 lines; a longer subject becomes a folder.
const FILE_LINES: usize = 600;

/// The longest function, and the length from which one is noted: about a screen.
const FUNCTION_LINES: usize = 100;
const SCREEN_LINES: usize = 70;

/// Checks one source.
pub fn check(source: &Source) -> Vec<Breach> {
    let code = [".rs", ".js", ".mjs", ".css"]
        .iter()
        .any(|ending| source.path.ends_with(ending));
    let mut breaches = Vec::new();
    let lines = source.text.lines().count();
    if code && lines > FILE_LINES {
        breaches.push(source.breach(lines, format!("{lines} lines; at most {FILE_LINES}")));
    }
    if source.path.ends_with(".rs") {
        if !source.text.trim_start().starts_with("//!") {
            breaches.push(source.breach(1, "begin with `//!`: what it is, what it is not"));
        }
        breaches.extend(long_functions(source));
    }
    breaches
}

/// Functions longer than a screen. rustfmt puts the closing brace of a function under its first
/// line, so no parsing is needed.
fn long_functions(source: &Source) -> Vec<Breach> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut breaches = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let close = format!("{indent}}}");
        let length = lines[start..]
            .iter()
            .position(|line| *line == close)
            .map_or(0, |end| end + 1);
        if line.ends_with('}') || line.ends_with(';') {
            continue;
        }
        let message = format!("`{name}` has {length} lines; aim for {SCREEN_LINES}");
        if length > FUNCTION_LINES {
            breaches.push(source.breach(start + 1, message));
        } else if length > SCREEN_LINES {
            breaches.push(source.note(start + 1, message));
        }
    }
    breaches
}

fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.trim_start().split_once("fn ")?;
    let modifier = |word: &str| matches!(word, "const" | "async") || word.starts_with("pub");
    if !before.split_whitespace().all(modifier) {
        return None;
    }
    after.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::super::{Weight, source};
    use super::*;

    #[test]
    fn a_long_file_is_a_breach() {
        let text = format!("//! Doc.\n{}", "\n".repeat(FILE_LINES));
        assert_eq!(check(&source("src/a.rs", &text)).len(), 1);
    }

    #[test]
    fn a_module_without_introduction_is_a_breach() {
        assert_eq!(check(&source("src/a.rs", "fn main() {}\n")).len(), 1);
        assert_eq!(check(&source("src/a.rs", "//! Doc.\nfn main() {}\n")), []);
    }

    fn method_of(lines: usize) -> Vec<Breach> {
        let body = "        step();\n".repeat(lines - 2);
        let short = "    fn short(&self) {\n    }\n";
        let long = format!("    pub fn long() {{\n{body}    }}\n");
        let text = format!("//! D.\nimpl A {{\n{short}{long}}}\n");
        check(&source("src/a.rs", &text))
    }

    #[test]
    fn a_long_function_is_named_and_short_neighbours_are_not() {
        let breaches = method_of(FUNCTION_LINES + 1);
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].message.contains("`long`"), "{breaches:?}");
        assert_eq!((breaches[0].line, breaches[0].weight), (5, Weight::Fails));
    }

    #[test]
    fn a_function_longer_than_a_screen_is_only_noted() {
        assert_eq!(method_of(SCREEN_LINES), []);
        assert_eq!(method_of(SCREEN_LINES + 1)[0].weight, Weight::Noted);
        assert_eq!(method_of(FUNCTION_LINES)[0].weight, Weight::Noted);
    }

    #[test]
    fn a_function_mentioned_in_prose_is_not_a_function() {
        assert_eq!(function_name("/// the fn below"), None);
        assert_eq!(
            function_name("    pub(crate) const fn id<T>(x: T)"),
            Some("id")
        );
    }
}
