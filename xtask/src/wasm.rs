//! Compiling a package of this workspace to a WebAssembly module.

use std::path::PathBuf;
use std::process::Stdio;

use crate::project::{self, WASM_TARGET};

/// Compiles for wasm and returns the module's path.
///
/// `selection` is cargo's words for what to build, `name` what cargo calls it: the program's name, or
/// the library's with underscores.
pub fn compile(selection: &[&str], name: &str, profile: &str) -> Result<PathBuf, String> {
    let mut cargo = project::cargo();
    cargo.args([
        "build",
        "--locked",
        "--target",
        WASM_TARGET,
        "--profile",
        profile,
    ]);
    cargo
        .arg("--message-format=json-render-diagnostics")
        .args(selection);
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} does not compile for wasm"));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    artifact(&messages, name).ok_or(format!("cargo built no {name}.wasm"))
}

/// The path of the module among cargo's messages.
fn artifact(messages: &str, name: &str) -> Option<PathBuf> {
    let file = format!("{name}.wasm");
    for line in messages.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else {
            continue;
        };
        if message["target"]["name"] != name {
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
