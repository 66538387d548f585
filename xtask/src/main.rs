//! Front door of the project: `cargo xtask COMMAND`.
//!
//! It builds and serves the page, and runs every test. It installs nothing outside `target/` and
//! `tests/browser/node_modules/` without saying so first.

mod process;
mod project;
mod test;
mod toolchain;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  test              run every check and test
  test --quick      format, tidiness and native tests only (under a minute when warm)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test"] => test::all(),
        ["test", "--quick"] => test::quick(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("unknown command: {}\n\n{USAGE}", words.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
