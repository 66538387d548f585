//! The program of the page: compiled by cargo for wasm, then given its browser glue.
//!
//! The glue generator is linked as a library: it has the version `Cargo.lock` says, which is the
//! one the page was compiled with, and nobody has to install it.

use std::fs;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use super::{Mode, Site};
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
    let profile = match mode {
        Mode::Development => "dev",
        Mode::Published => "web",
    };
    let wasm = wasm::compile(&["-p", "brokerscope", "--bin", bin], bin, profile)?;
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
