//! `cargo xtask test`: every check and test, one named step after another.

use std::time::Instant;

use crate::browser;
use crate::determinism;
use crate::page::Mode;
use crate::process::{self, Tally};
use crate::project::{self, Outcome, WASM_TARGET};
use crate::tidy;
use crate::toolchain;

/// One step: its name as printed, and what it does.
struct Step {
    name: &'static str,
    run: fn(&mut Tally) -> Outcome,
}

const FORMAT: Step = Step {
    name: "format",
    run: format,
};
const TIDY: Step = Step {
    name: "tidy",
    run: |_| tidy::check(),
};
const NATIVE_TESTS: Step = Step {
    name: "native tests",
    run: native_tests,
};

/// Every step, in order; stops at the first that fails and names it.
pub fn all() -> Outcome {
    toolchain::ensure_checkers()?;
    toolchain::ensure_wasm_target()?;
    run_steps(&[
        FORMAT,
        Step {
            name: "clippy",
            run: clippy,
        },
        Step {
            name: "clippy for wasm",
            run: clippy_wasm,
        },
        NATIVE_TESTS,
        Step {
            name: "native == wasm",
            run: determinism::test,
        },
        Step {
            name: "browser tests",
            run: browser,
        },
    ])
}

/// `cargo xtask test browser [--dev] [WORD]`.
pub fn browser_only(words: &[&str]) -> Outcome {
    let (mode, word) = match words {
        [] => (Mode::Published, ""),
        ["--dev"] => (Mode::Development, ""),
        ["--dev", word] => (Mode::Development, *word),
        [word] => (Mode::Published, *word),
        _ => return Err("test browser takes --dev and one word".to_owned()),
    };
    toolchain::ensure_wasm_target()?;
    browser::test(mode, word, &mut Tally::default())
}

/// `cargo xtask test determinism`.
pub fn determinism_only() -> Outcome {
    toolchain::ensure_wasm_target()?;
    determinism::test(&mut Tally::default())
}

/// The steps a person runs after every small edit.
pub fn quick() -> Outcome {
    toolchain::ensure_checkers()?;
    run_steps(&[FORMAT, TIDY, NATIVE_TESTS])
}

fn run_steps(steps: &[Step]) -> Outcome {
    let mut tally = Tally::default();
    let started = Instant::now();
    for (index, step) in steps.iter().enumerate() {
        println!("\n== {} of {}: {}", index + 1, steps.len(), step.name);
        let step_started = Instant::now();
        if let Err(error) = (step.run)(&mut tally) {
            println!("\ntotal: {} passed, {} failed", tally.passed, tally.failed);
            return Err(format!("step `{}` failed: {error}", step.name));
        }
        println!(
            "== {}: ok, {} s",
            step.name,
            step_started.elapsed().as_secs()
        );
    }
    println!("\nEvery step passed in {} s.", started.elapsed().as_secs());
    println!("total: {} passed, {} failed", tally.passed, tally.failed);
    Ok(())
}

fn format(_: &mut Tally) -> Outcome {
    process::run(project::cargo().args(["fmt", "--all", "--check"]))
        .map_err(|error| format!("{error}; `cargo fmt --all` puts it right"))
}

fn clippy(_: &mut Tally) -> Outcome {
    let words = [
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    process::run(project::cargo().args(words))
}

fn clippy_wasm(_: &mut Tally) -> Outcome {
    let packages = [
        "clippy",
        "--locked",
        "-p",
        "brokerscope",
        "-p",
        "wasm-probe",
    ];
    let target = ["--target", WASM_TARGET, "--", "-D", "warnings"];
    process::run(project::cargo().args(packages).args(target))
}

/// Everything but the glue generator, whose large dependencies no test needs.
fn native_tests(tally: &mut Tally) -> Outcome {
    let words = [
        "test",
        "--locked",
        "--no-fail-fast",
        "--workspace",
        "--exclude",
        "xtask-glue",
    ];
    process::run_tests(project::cargo().args(words), tally)
}

fn browser(tally: &mut Tally) -> Outcome {
    browser::test(Mode::Published, "", tally)
}
