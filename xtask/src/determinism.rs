//! The native == wasm gate: the same scenarios and seeds on both, compared digest by digest.

use std::process::{Command, Stdio};

use crate::process::{self, Tally};
use crate::project::{self, Outcome};
use crate::wasm;

/// Each scenario is run under the seeds 1 to this.
const SEEDS: &str = "4";

/// Runs the probe natively and in Node, and compares.
pub fn test(tally: &mut Tally) -> Outcome {
    let module = wasm::compile(&["-p", "wasm-probe", "--lib"], "wasm_probe", "web")?;
    let words = [
        "run",
        "--locked",
        "-p",
        "wasm-probe",
        "--bin",
        "probe-native",
        "--",
        SEEDS,
    ];
    let native = process::output(project::cargo().args(words).stderr(Stdio::inherit()))?;
    let script = project::root().join("tests/determinism/compare.mjs");
    let mut node = Command::new("node");
    process::run_tests_on(node.arg(script).arg(module), &native, tally)
}

/// The bench of going back in time in wasm, compiled as the page is.
pub fn seek(words: &[&str]) -> Outcome {
    let module = wasm::compile(&["-p", "wasm-probe", "--lib"], "wasm_probe", "web")?;
    let script = project::root().join("tests/determinism/seek.mjs");
    process::run(Command::new("node").arg(script).arg(module).args(words))
}
