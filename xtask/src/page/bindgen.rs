//! The program of the page: compiled by cargo for wasm, then given its browser glue.

use std::fs;
use std::path::Path;
use std::thread;

use super::{Mode, Site};
use crate::process;
use crate::project::{self, Outcome};
use crate::wasm;

/// A program and its glue.
pub struct Program {
    /// The JavaScript module whose default export starts the program.
    pub js: Vec<u8>,
    /// The WebAssembly module.
    pub wasm: Vec<u8>,
    /// Small scripts that libraries bring; the glue imports them by these paths.
    pub snippets: Site,
}

/// Builds the page's program.
pub fn program(bin: &str, mode: Mode) -> Result<Program, String> {
    let (profile, kind) = match mode {
        Mode::Development => ("dev", "development"),
        Mode::Published => ("web", "published"),
    };
    // The first time, the glue generator takes as long as the page; together they use both cores.
    let generator = thread::spawn(compile_generator);
    let compiled = wasm::compile(&["-p", "brokerscope", "--bin", bin], bin, profile);
    generator
        .join()
        .map_err(|_| "compiling the glue generator stopped half-way")??;
    let module = compiled?;
    let folder = module.with_extension("glue");
    generate(&module, &folder, kind)?;
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    let mut snippets = Site::new();
    if folder.join("snippets").is_dir() {
        super::copy_folder(&folder.join("snippets"), &mut snippets)?;
    }
    Ok(Program {
        js: read("brokerscope.js")?,
        wasm: read("brokerscope_bg.wasm")?,
        snippets,
    })
}

fn compile_generator() -> Outcome {
    let words = [
        "build",
        "--quiet",
        "--locked",
        "--profile",
        "xtask",
        "-p",
        "xtask-glue",
    ];
    process::run(project::cargo().args(words))
}

fn generate(module: &Path, folder: &Path, kind: &str) -> Outcome {
    if folder.exists() {
        let cleared = fs::remove_dir_all(folder);
        cleared.map_err(|error| format!("cannot clear {}: {error}", folder.display()))?;
    }
    let words = [
        "run",
        "--quiet",
        "--locked",
        "--profile",
        "xtask",
        "-p",
        "xtask-glue",
        "--",
    ];
    process::run(
        project::cargo()
            .args(words)
            .arg(module)
            .arg(folder)
            .arg(kind),
    )
}
