//! `cargo xtask dist`: the published page as a folder of plain files, and its size.

use std::fs;
use std::path::{Path, PathBuf};

use crate::page::{self, Mode, Site};
use crate::project::{self, Outcome};

/// Builds the published page into `dist/` and reports its size.
pub fn publish() -> Outcome {
    let site = page::build(Mode::Published)?;
    let folder = project::root().join("dist");
    write(&site, &folder)?;
    println!("Written to {}", folder.display());
    page::size::report(&site)
}

/// Builds the development page into `target/page/`.
pub fn build() -> Outcome {
    let site = page::build(Mode::Development)?;
    let folder = project::root().join("target/page");
    write(&site, &folder)?;
    println!("Written to {}", folder.display());
    Ok(())
}

/// Writes a page into a folder, which afterwards holds that page and nothing else.
fn write(site: &Site, folder: &Path) -> Outcome {
    let failed = |path: &Path, error| format!("cannot write {}: {error}", path.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| failed(folder, error))?;
    }
    for (name, content) in site {
        let path: PathBuf = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
        fs::write(&path, content).map_err(|error| failed(&path, error))?;
    }
    // Tells GitHub Pages to publish the files as they are.
    let marker = folder.join(".nojekyll");
    fs::write(&marker, "").map_err(|error| failed(&marker, error))
}
