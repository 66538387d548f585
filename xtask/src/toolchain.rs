//! Parts of the Rust toolchain the project needs, added through rustup when they are missing.

use std::path::Path;
use std::process::Command;

use crate::process;
use crate::project::{self, Outcome, WASM_TARGET};

/// Makes sure the standard library for the page's target is there.
pub fn ensure_wasm_target() -> Outcome {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(project::root());
    let folder =
        process::output(rustc.args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    println!("The Rust target {WASM_TARGET} is missing: adding it with `rustup target add`.");
    rustup(&["target", "add", WASM_TARGET])
}

/// Makes sure `cargo fmt` and `cargo clippy` are there.
pub fn ensure_checkers() -> Outcome {
    let mut missing = Vec::new();
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !process::succeeds(project::cargo().args([tool, "--version"])) {
            missing.push(component);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    println!(
        "Missing: {}. Adding with `rustup component add`.",
        missing.join(", ")
    );
    let words: Vec<&str> = ["component", "add"].into_iter().chain(missing).collect();
    rustup(&words)
}

fn rustup(words: &[&str]) -> Outcome {
    let mut rustup = Command::new("rustup");
    rustup.current_dir(project::root()).args(words);
    process::run(&mut rustup).map_err(|error| {
        format!(
            "{error}\nInstall rustup, then run `rustup {}` and try again.",
            words.join(" ")
        )
    })
}
