//! Gives a WebAssembly module its browser glue: `xtask-glue MODULE.wasm FOLDER development|published`.
//!
//! The glue generator is linked as a library: it has the version `Cargo.lock` says, which is the
//! one the page was compiled with, and nobody has to install it. It is a program of its own so that it
//! and the page can be compiled at the same time.

use std::path::Path;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (module, folder, published) = match words.as_slice() {
        [module, folder, "published"] => (module, folder, true),
        [module, folder, "development"] => (module, folder, false),
        _ => {
            eprintln!("usage: xtask-glue MODULE.wasm FOLDER development|published");
            return ExitCode::FAILURE;
        }
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("brokerscope");
    bindgen.typescript(false).omit_default_module_path(true);
    bindgen.debug(!published).keep_debug(!published);
    bindgen
        .remove_name_section(published)
        .remove_producers_section(published);
    match bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(Path::new(folder)))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
