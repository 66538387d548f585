//! The browser tests: what they need on this machine, and running them against a built page.

use std::path::PathBuf;
use std::process::Command;

use crate::page::{self, Mode};
use crate::process::{self, Tally};
use crate::project::{self, Outcome};
use crate::serve;

/// Names Chromium goes by, in the order they are tried.
const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// The variable that names the browser when it is not found by itself.
const VARIABLE: &str = "BROKERSCOPE_CHROMIUM";

/// Builds the page, serves it on a free port and runs the tests whose name contains `word`.
pub fn test(mode: Mode, word: &str, tally: &mut Tally) -> Outcome {
    let chromium = chromium()?;
    ensure_node_packages()?;
    let site = page::build(mode)?;
    if mode == Mode::Published {
        page::size::report(&site)?;
    }
    let url = serve::serve_built(site)?;
    let mut node = Command::new("node");
    node.current_dir(folder()).args(["run.mjs", word]);
    node.env("BROKERSCOPE_URL", url).env(VARIABLE, chromium);
    if mode == Mode::Development {
        node.env("BROKERSCOPE_MODE", "development");
    }
    process::run_tests(&mut node, tally)
}

/// Takes the README's picture from the browser test that makes it.
pub fn screenshot() -> Outcome {
    test(Mode::Published, "readme", &mut Tally::default())?;
    let docs = project::root().join("docs");
    let copied = std::fs::create_dir_all(&docs)
        .and_then(|()| std::fs::copy(folder().join("out/readme.png"), docs.join("screenshot.png")));
    copied.map_err(|error| format!("cannot copy the picture: {error}"))?;
    println!("Written: docs/screenshot.png");
    Ok(())
}

fn folder() -> PathBuf {
    project::root().join("tests/browser")
}

/// Chromium's program, installed first where this program may do so.
fn chromium() -> Result<PathBuf, String> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let path = PathBuf::from(named);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(format!(
                "{VARIABLE} names {}, which is not a file",
                path.display()
            ))
        };
    }
    let found = find_on_path(&NAMES);
    if let Some(path) = &found
        && has_chinese_font()
    {
        return Ok(path.clone());
    }
    if may_install_packages() {
        println!("Chromium or a font with Chinese characters is missing: installing the Debian");
        println!("packages chromium, fontconfig and fonts-noto-cjk with apt-get.");
        install_packages()?;
        return find_on_path(&NAMES).ok_or("apt-get installed no Chromium".to_owned());
    }
    if found.is_some() {
        println!("No font with Chinese characters: Chinese pictures will show boxes.");
    }
    found.ok_or(format!(
        "the browser tests need Chromium: install it (Debian: `apt-get install chromium \
         fonts-noto-cjk`; Fedora: `dnf install chromium google-noto-sans-cjk-fonts`; macOS: `brew \
         install --cask chromium`) or set {VARIABLE} to its program"
    ))
}

fn find_on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.find(|candidate| candidate.is_file())
}

fn has_chinese_font() -> bool {
    // Systems without fontconfig have their own fonts, Chinese ones among them.
    if find_on_path(&["fc-list"]).is_none() {
        return std::env::consts::OS != "linux";
    }
    process::output(Command::new("fc-list").arg(":lang=zh-cn"))
        .is_ok_and(|list| !list.trim().is_empty())
}

/// Only on Debian and its like, and only as root.
fn may_install_packages() -> bool {
    let root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && PathBuf::from("/etc/debian_version").exists()
}

fn install_packages() -> Outcome {
    let apt = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .arg("-qq")
            .args(words);
        process::run(&mut command)
    };
    apt(&["update"])?;
    apt(&[
        "install",
        "--yes",
        "--no-install-recommends",
        "chromium",
        "fontconfig",
        "fonts-noto-cjk",
    ])
}

/// Installs the two packages of the lock file, unless they are there.
fn ensure_node_packages() -> Outcome {
    let version = process::output(Command::new("node").arg("--version"))
        .map_err(|error| format!("the browser tests need Node.js 20 or newer: {error}"))?;
    if major(&version).is_none_or(|major| major < 20) {
        return Err(format!(
            "the browser tests need Node.js 20 or newer, not {}",
            version.trim()
        ));
    }
    let modified = |path: PathBuf| path.metadata().and_then(|known| known.modified()).ok();
    let locked = modified(folder().join("package-lock.json"));
    let installed = modified(folder().join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= locked {
        return Ok(());
    }
    println!("Installing the browser tests' packages into tests/browser/node_modules.");
    process::run(
        Command::new("npm")
            .current_dir(folder())
            .args(["ci", "--no-audit", "--no-fund"]),
    )
}

/// The first number of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_node_version_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v8.1"), Some(8));
        assert_eq!(major("nonsense"), None);
    }

    #[test]
    fn programs_are_found_on_the_path_only() {
        assert!(find_on_path(&["no-such-program-anywhere", "sh"]).is_some());
        assert_eq!(find_on_path(&["no-such-program-anywhere"]), None);
    }
}
