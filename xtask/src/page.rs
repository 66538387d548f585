//! Building the page: from the sources to a set of files, held in memory.
//!
//! The same `index.html` drives this and Trunk. What it is not: a server, or a folder on disk; see
//! `serve` and `dist`. Invariant: every name inside the page is relative, so it works under any path.

mod bindgen;
mod index;
mod offline;
pub mod size;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::project;
use index::{Index, Link};

/// How the page is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Fast to build, plain names, reloads itself, no offline copy.
    Development,
    /// Small, names with content hashes, works offline.
    Published,
}

/// A page ready to be served: relative path with `/` to content.
pub type Site = BTreeMap<String, Vec<u8>>;

/// Builds the whole page.
pub fn build(mode: Mode) -> Result<Site, String> {
    let root = project::root();
    let html = read_text(&root.join("index.html"))?;
    let index = Index::parse(&html).map_err(|error| format!("index.html: {error}"))?;
    let program = bindgen::program(&index.bin, mode)?;
    let mut assembly = Assembly {
        mode,
        site: Site::new(),
    };
    let js = assembly.add_named("brokerscope", "js", program.js);
    let wasm = assembly.add_named("brokerscope", "wasm", program.wasm);
    assembly.site.extend(program.snippets);

    let mut css = String::new();
    let mut boot = None;
    for link in &index.links {
        match link {
            Link::Css(path) => css.push_str(&read_text(&root.join(path))?),
            Link::CopyFile(path) if path.ends_with("/boot.js") => {
                boot = Some(assembly.add_named("boot", "js", read(&root.join(path))?));
            }
            Link::CopyFile(path) => {
                let name = path.rsplit('/').next().unwrap_or(path);
                assembly
                    .site
                    .insert(name.to_owned(), read(&root.join(path))?);
            }
            Link::CopyFolder(path) => copy_folder(&root.join(path), &mut assembly.site)?,
        }
    }
    let css = assembly.add_named("page", "css", css.into_bytes());
    let boot = boot.ok_or("index.html must copy www/boot.js")?;
    let names = index::Names {
        js: &js,
        wasm: &wasm,
        css: &css,
        boot: &boot,
    };
    assembly.site.insert(
        "index.html".to_owned(),
        index.render(&names, mode).into_bytes(),
    );
    if mode == Mode::Published {
        let template = read_text(&root.join("www/sw.js"))?;
        offline::add(&template, &mut assembly.site)?;
    }
    Ok(assembly.site)
}

struct Assembly {
    mode: Mode,
    site: Site,
}

impl Assembly {
    /// Adds a file and returns its name, with the hash of its content when published.
    fn add_named(&mut self, stem: &str, extension: &str, content: Vec<u8>) -> String {
        let name = match self.mode {
            Mode::Development => format!("{stem}.{extension}"),
            Mode::Published => format!("{stem}-{:016x}.{extension}", hash(&content)),
        };
        self.site.insert(name.clone(), content);
        name
    }
}

/// FNV-1a, 64 bits: names files by content; nothing depends on it being hard to forge.
fn hash(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Copies a folder under its own last name, as Trunk does.
fn copy_folder(folder: &Path, site: &mut Site) -> Result<(), String> {
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for file in project::files_under(folder) {
        let inside = file.strip_prefix(folder).unwrap_or(&file);
        let path = inside.to_string_lossy().replace('\\', "/");
        site.insert(format!("{name}/{path}"), read(&file)?);
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        // Published test vectors of FNV-1a, 64 bits.
        assert_eq!(hash(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn published_names_follow_the_content() {
        let mut assembly = Assembly {
            mode: Mode::Published,
            site: Site::new(),
        };
        let first = assembly.add_named("page", "css", b"a{}".to_vec());
        let second = assembly.add_named("page", "css", b"b{}".to_vec());
        assert_ne!(first, second);
        assert!(
            first.starts_with("page-") && first.ends_with(".css"),
            "{first}"
        );
    }
}
