//! Rules about words that must not appear, each with its reason.

use super::{Breach, Source};

/// A word, where it must not appear, and why.
struct Rule {
    /// Any of these; a word ends where a letter, digit or underscore does not continue it.
    words: &'static [&'static str],
    /// Whether the rule looks at this source.
    applies: fn(&Source) -> bool,
    /// Whether tests are free of the rule.
    spare_tests: bool,
    why: &'static str,
}

const RULES: [Rule; 8] = [
    Rule {
        words: &["HashMap", "HashSet"],
        applies: deterministic,
        spare_tests: false,
        why: "its order differs from run to run; use BTreeMap or Vec",
    },
    Rule {
        words: &[
            "std::time",
            "Instant::now",
            "SystemTime",
            "thread_rng",
            "getrandom",
            "StdRng",
        ],
        applies: deterministic,
        spare_tests: false,
        why: "the simulation knows virtual time and its own named draws only",
    },
    Rule {
        words: &[
            ".ln()", ".log2()", ".log10()", ".exp()", ".exp2()", ".powf(", ".powi(", ".sin()",
            ".cos()", ".tan()", ".tanh()", ".cbrt()",
        ],
        applies: deterministic,
        spare_tests: false,
        why: "native and wasm may differ in the last bit; use integers or a table",
    },
    Rule {
        words: &["println!", "eprintln!", "print!", "eprint!"],
        applies: deterministic,
        spare_tests: true,
        why: "the core and the simulation return values; the tools print",
    },
    Rule {
        words: &["todo!", "unimplemented!"],
        applies: rust,
        spare_tests: false,
        why: "finish it, or leave the feature out",
    },
    Rule {
        words: &["#[ignore", "thread::sleep", "waitForTimeout", "test.skip"],
        applies: tested,
        spare_tests: false,
        why: "a test that is skipped or waits for a time proves nothing; wait for what is meant",
    },
    Rule {
        words: &["allow(dead_code", "allow(unused", "allow(clippy::all"],
        applies: rust,
        spare_tests: false,
        why: "remove what is not used",
    },
    Rule {
        words: &[
            "crates.io/",
            "index.crates",
            "registry.npmjs",
            "npmjs.com",
            "pypi.org",
            "/work/",
            "/root/",
            "/Users/",
        ],
        applies: |source| !is_rules(source),
        spare_tests: false,
        why: "no registry host and no path of one machine: neither holds elsewhere",
    },
];

/// Checks one source.
pub fn check(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for rule in RULES.iter().filter(|rule| (rule.applies)(source)) {
        let mut in_tests = is_test_file(source);
        for (index, line) in source.text.lines().enumerate() {
            in_tests |= line.trim_start().starts_with("#[cfg(test)]");
            if in_tests && rule.spare_tests {
                continue;
            }
            let code = if source.path.ends_with(".rs") {
                without_comment(line)
            } else {
                line
            };
            for word in rule.words.iter().filter(|word| contains_word(code, word)) {
                breaches.push(source.breach(index + 1, format!("`{word}`: {}", rule.why)));
            }
        }
    }
    breaches
}

fn rust(source: &Source) -> bool {
    source.path.ends_with(".rs") && !is_rules(source)
}

fn deterministic(source: &Source) -> bool {
    let rooms = ["crates/kafka-core/", "crates/kafka-sim/"];
    rust(source) && rooms.iter().any(|room| source.path.starts_with(room))
}

/// Everything with tests in it; the watcher of `serve` is the one that may sleep.
fn tested(source: &Source) -> bool {
    let kind = source.path.ends_with(".rs") || source.path.ends_with(".mjs");
    kind && !is_rules(source) && source.path != "xtask/src/serve.rs"
}

/// The rules themselves name what they forbid.
fn is_rules(source: &Source) -> bool {
    source.path.starts_with("xtask/src/tidy")
}

fn is_test_file(source: &Source) -> bool {
    source.path.contains("/tests/") || source.path.ends_with("/tests.rs")
}

/// The line up to a comment; `//` in an address (`http://`) does not begin one.
fn without_comment(line: &str) -> &str {
    let mut from = 0;
    while let Some(found) = line[from..].find("//") {
        let at = from + found;
        if !line[..at].ends_with(':') {
            return &line[..at];
        }
        from = at + 2;
    }
    line
}

fn contains_word(line: &str, word: &str) -> bool {
    let continues = |character: char| character.is_alphanumeric() || character == '_';
    let begins_as_word = word.starts_with(continues);
    line.match_indices(word).any(|(at, _)| {
        let after = line[at + word.len()..].chars().next();
        let glued_before = begins_as_word && line[..at].ends_with(continues);
        let glued_after = word.ends_with(continues) && after.is_some_and(continues);
        !glued_before && !glued_after
    })
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&source(path, text)).len()
    }

    #[test]
    fn a_hash_map_is_refused_in_the_deterministic_rooms_only() {
        let text = "use std::collections::HashMap;\n";
        assert_eq!(count("crates/kafka-core/src/a.rs", text), 1);
        assert_eq!(count("crates/kafka-sim/src/a.rs", text), 1);
        assert_eq!(count("crates/kafka-cli/src/a.rs", text), 0);
    }

    #[test]
    fn a_comment_may_name_what_code_may_not() {
        assert_eq!(
            count(
                "crates/kafka-core/src/a.rs",
                "//! Unlike a HashMap, this is ordered.\n"
            ),
            0
        );
        assert_eq!(
            count(
                "crates/kafka-core/src/a.rs",
                "let x = 1; // no std::time here\n"
            ),
            0
        );
    }

    #[test]
    fn part_of_a_longer_word_is_not_the_word() {
        assert_eq!(
            count("crates/kafka-core/src/a.rs", "struct JavaHashMapOrder;\n"),
            0
        );
        assert_eq!(count("crates/kafka-core/src/a.rs", "let y = x.sin();\n"), 1);
    }

    #[test]
    fn tests_may_print_their_seed_but_not_sleep() {
        let printing = "fn f() {}\n#[cfg(test)]\nmod tests { fn t() { println!(\"seed\"); } }\n";
        assert_eq!(count("crates/kafka-core/src/a.rs", printing), 0);
        let sleeping = "#[cfg(test)]\nmod tests { fn t() { std::thread::sleep(d); } }\n";
        assert_eq!(count("crates/kafka-core/src/a.rs", sleeping), 1);
        assert_eq!(
            count(
                "tests/browser/specs/a.mjs",
                "await page.waitForTimeout(10);\n"
            ),
            1
        );
    }

    #[test]
    fn paths_of_one_machine_are_refused_in_prose_too() {
        assert_eq!(count("README.md", "see /work/notes\n"), 1);
    }
}
