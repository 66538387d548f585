//! Running other programs, and counting the tests they report.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};

use crate::project::Outcome;

/// Runs a program to its end; anything but success is an error that names it.
pub fn run(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .map_err(|error| cannot_start(command, &error))?;
    verdict(command, status)
}

/// Whether a program can be started and succeeds; its output is not shown.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// What a program prints on standard output, or an error that names it.
pub fn output(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "`{}` failed: {}",
            spoken(command),
            complaint.trim()
        ))
    }
}

/// Tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl Tally {
    /// Adds what one line of a test program reports, if it reports anything.
    ///
    /// Both of cargo's shape (`test result: ok. 3 passed; 0 failed; ...`) and of our own
    /// (`browser: 3 passed, 0 failed`).
    fn add_line(&mut self, line: &str) {
        if !["test result: ", "browser: ", "determinism: "]
            .iter()
            .any(|start| line.starts_with(start))
        {
            return;
        }
        let words: Vec<&str> = line
            .split([' ', ';', ','])
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<u64>() else {
                continue;
            };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                _ => {}
            }
        }
    }
}

/// Runs a test program, shows its output as it comes, and adds its totals to `tally`.
pub fn run_tests(command: &mut Command, tally: &mut Tally) -> Outcome {
    run_tests_on(command, "", tally)
}

/// The same with some input, which the program must read before it writes much.
pub fn run_tests_on(command: &mut Command, input: &str, tally: &mut Tally) -> Outcome {
    let stdin = if input.is_empty() {
        Stdio::null()
    } else {
        Stdio::piped()
    };
    let mut child = command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(command, &error))?;
    if let Some(mut stdin) = child.stdin.take() {
        let written = stdin.write_all(input.as_bytes());
        written.map_err(|error| format!("writing to `{}`: {error}", spoken(command)))?;
    }
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|error| format!("reading test output: {error}"))?;
            tally.add_line(&line);
            println!("{line}");
        }
    }
    let status = child
        .wait()
        .map_err(|error| cannot_start(command, &error))?;
    verdict(command, status)
}

fn verdict(command: &Command, status: ExitStatus) -> Outcome {
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` failed ({status})", spoken(command)))
    }
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("cannot run `{}`: {error}", spoken(command))
}

/// The command as a person would type it.
fn spoken(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut words = vec![
        program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    ];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_read_from_cargo_and_from_the_browser_tests() {
        let mut tally = Tally::default();
        tally
            .add_line("test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured; 1 filtered out");
        tally.add_line("test result: FAILED. 4 passed; 2 failed; 0 ignored");
        tally.add_line("browser: 5 passed, 1 failed");
        tally.add_line("9 passed by on the way");
        assert_eq!(
            tally,
            Tally {
                passed: 12,
                failed: 3
            }
        );
    }

    #[test]
    fn a_failing_program_is_named_without_its_folder() {
        let error = run(&mut Command::new("/nonexistent/folder/tool")).unwrap_err();
        assert!(error.starts_with("cannot run `tool`"), "{error}");
    }
}
