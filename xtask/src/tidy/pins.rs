//! The rule of the pins: what must agree in several files does.

use super::{Breach, Source};

/// Checks that every file names the same wasm-bindgen, and that no lock file names a host.
pub fn check(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let pinned = [
        ("Cargo.toml", "wasm-bindgen = \"="),
        ("xtask/glue/Cargo.toml", "wasm-bindgen-cli-support = \"="),
        ("Trunk.toml", "wasm_bindgen = \""),
    ];
    let mut first: Option<String> = None;
    for (path, before) in pinned {
        let Some(source) = sources.iter().find(|source| source.path == path) else {
            continue;
        };
        let Some(version) = value_after(&source.text, before) else {
            breaches.push(source.breach(1, format!("no exact version after `{before}`")));
            continue;
        };
        match &first {
            Some(first) if *first != version => {
                let message = format!("wasm-bindgen {version} here, {first} in Cargo.toml");
                breaches.push(source.breach(1, message));
            }
            Some(_) => {}
            None => first = Some(version),
        }
    }
    for source in sources
        .iter()
        .filter(|source| source.path.ends_with("package-lock.json"))
    {
        for (index, line) in source.text.lines().enumerate() {
            if line.contains("\"resolved\"") {
                let message = "a download address: run npm with --omit-lockfile-registry-resolved";
                breaches.push(source.breach(index + 1, message));
            }
        }
    }
    breaches
}

fn value_after(text: &str, before: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(before))?;
    line[before.len()..].split('"').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;

    #[test]
    fn versions_must_agree() {
        let sources = |page: &str, xtask: &str| {
            [
                source("Cargo.toml", &format!("wasm-bindgen = \"={page}\"\n")),
                source(
                    "xtask/glue/Cargo.toml",
                    &format!("wasm-bindgen-cli-support = \"={xtask}\"\n"),
                ),
            ]
        };
        assert_eq!(check(&sources("0.2.1", "0.2.1")), []);
        assert_eq!(check(&sources("0.2.1", "0.2.2")).len(), 1);
    }

    #[test]
    fn a_lock_file_names_no_host() {
        let lock = source("tests/browser/package-lock.json", "  \"resolved\": \"x\"\n");
        assert_eq!(check(&[lock]).len(), 1);
    }
}
