//! Front door of the project: `cargo xtask COMMAND`.
//!
//! It builds and serves the page, and runs every test. It installs nothing outside `target/` and
//! `tests/browser/node_modules/` without saying so first.

mod browser;
mod determinism;
mod dist;
mod page;
mod process;
mod project;
mod serve;
mod test;
mod tidy;
mod toolchain;
mod wasm;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  serve             build the page, serve it, rebuild it when a source changes
                    (--port N, --host ADDRESS, --release, --no-open)
  build             build the development page into target/page/
  dist              build the published page into dist/ and report its size
  test              run every check and test
  test --quick      format, tidiness and native tests only (under a minute when warm)
  test browser      the browser tests only (--dev: the development page; WORD: only those
                    whose name contains it)
  bench NAME ...    run a benchmark of the native tool, optimised; `bench seek` measures going
                    back in time in WebAssembly
  tidy              the house rules
  test determinism  only the comparison of native and wasm runs
  screenshot        take the README's picture from the browser test that makes it
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["bench", "seek", words @ ..] => determinism::seek(words),
        ["bench", words @ ..] => bench(words),
        ["tidy"] => tidy::check(),
        ["screenshot"] => browser::screenshot(),
        ["test", "browser", rest @ ..] => test::browser_only(rest),
        ["test", "determinism"] => test::determinism_only(),
        ["test"] => test::all(),
        ["test", "--quick"] => test::quick(),
        ["serve", options @ ..] => {
            serve::Options::parse(options).and_then(|options| serve::serve(&options))
        }
        ["build"] => dist::build(),
        ["dist"] => dist::publish(),
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

/// Benches are never tests: no test fails on a time.
fn bench(words: &[&str]) -> project::Outcome {
    let mut cargo = project::cargo();
    cargo.args([
        "run",
        "--locked",
        "--release",
        "-p",
        "kafka-cli",
        "--",
        "bench",
    ]);
    process::run(cargo.args(words))
}
