//! The program of the page: compiled by cargo for wasm, then given its browser glue.
//!
//! The glue generator is linked as a library: it has the version `Cargo.lock` says, which is the
//! one the page was compiled with, and nobody has to install it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use wasm_bindgen_cli_support::Bindgen;

use super::{Mode, Site};
use crate::project::{self, WASM_TARGET};

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
    let wasm = compile(bin, mode)?;
    let folder = wasm.with_extension("glue");
    glue(&wasm, &folder, mode)?;
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

/// Compiles with cargo and returns the module's path.
fn compile(bin: &str, mode: Mode) -> Result<PathBuf, String> {
    let mut cargo = project::cargo();
    cargo.args([
        "build",
        "--locked",
        "-p",
        "brokerscope",
        "--bin",
        bin,
        "--target",
        WASM_TARGET,
    ]);
    cargo.arg("--message-format=json-render-diagnostics");
    if mode == Mode::Published {
        cargo.args(["--profile", "web"]);
    }
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err("the page does not compile".to_owned());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    artifact(&messages, bin).ok_or(format!("cargo built no {bin}.wasm"))
}

/// The path of the module among cargo's messages.
fn artifact(messages: &str, bin: &str) -> Option<PathBuf> {
    let file = format!("{bin}.wasm");
    for line in messages.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else {
            continue;
        };
        if message["target"]["name"] != bin {
            continue;
        }
        let names = message["filenames"].as_array().into_iter().flatten();
        let mut paths = names.filter_map(|name| name.as_str()).map(PathBuf::from);
        if let Some(path) = paths.find(|path| path.file_name().is_some_and(|name| *name == *file)) {
            return Some(path);
        }
    }
    None
}

fn glue(wasm: &Path, folder: &Path, mode: Mode) -> Result<(), String> {
    let published = mode == Mode::Published;
    if folder.exists() {
        let cleared = fs::remove_dir_all(folder);
        cleared.map_err(|error| format!("cannot clear {}: {error}", folder.display()))?;
    }
    let generate = || {
        let mut bindgen = Bindgen::new();
        bindgen.input_path(wasm).out_name("brokerscope").web(true)?;
        bindgen.typescript(false).omit_default_module_path(true);
        bindgen.debug(!published).keep_debug(!published);
        bindgen
            .remove_name_section(published)
            .remove_producers_section(published);
        bindgen.generate(folder)
    };
    generate().map_err(|error| format!("wasm-bindgen: {error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_found_among_cargo_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"other"},"filenames":["a/page.wasm"]}"#,
            "\nnot json\n",
            r#"{"reason":"compiler-artifact","target":{"name":"page"},"filenames":["b/page.js","b/page.wasm"]}"#,
        );
        assert_eq!(
            artifact(messages, "page"),
            Some(PathBuf::from("b/page.wasm"))
        );
        assert_eq!(artifact(messages, "absent"), None);
    }
}
