//! `cargo xtask serve`: builds the page, serves it, and rebuilds it when a source changes.

mod http;
mod watch;

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::page::{self, Mode, Site};
use crate::project::Outcome;
use crate::toolchain;

pub use http::Pages;

/// How to serve.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// The address to listen on; only this machine unless asked otherwise.
    pub host: String,
    /// The first port to try; the next free one is taken.
    pub port: u16,
    /// Whether to serve the small published page instead of the fast-to-build one.
    pub mode: Mode,
    /// Whether to open a browser.
    pub open: bool,
}

impl Options {
    /// Reads `--host H`, `--port N`, `--release` and `--no-open`.
    pub fn parse(words: &[&str]) -> Result<Self, String> {
        let (host, port, mode) = ("127.0.0.1".to_owned(), 8080, Mode::Development);
        let mut options = Self {
            host,
            port,
            mode,
            open: true,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().copied().ok_or(format!("{word} needs a value"));
            match *word {
                "--host" => options.host = value()?.to_owned(),
                "--port" => {
                    let text = value()?;
                    options.port = text
                        .parse()
                        .map_err(|_| format!("--port {text}: not a port"))?;
                }
                "--release" => options.mode = Mode::Published,
                "--no-open" => options.open = false,
                _ => return Err(format!("serve: unknown option {word}")),
            }
        }
        Ok(options)
    }
}

/// Builds, serves and watches until interrupted.
pub fn serve(options: &Options) -> Outcome {
    toolchain::ensure_wasm_target()?;
    println!("Building the page (the first time takes a minute or two) ...");
    let sources = watch::Sources::now();
    let pages = Arc::new(Pages::new("/", page::build(options.mode)?));
    let listener = listen(&options.host, options.port)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    http::start(listener, Arc::clone(&pages));
    let url = format!("http://{address}/");
    println!("Brokerscope is at {url} (stop with Ctrl-C)");
    if options.open {
        open_browser(&url);
    }
    rebuild_on_change(sources, options.mode, &pages)
}

/// Serves a page that is already built, on any free port, and returns its address.
///
/// It is put under a folder, not at the root, so that an address that is not relative shows as
/// broken.
pub fn serve_built(site: Site) -> Result<String, String> {
    let folder = "/any/folder/";
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    http::start(listener, Arc::new(Pages::new(folder, site)));
    Ok(format!("http://{address}{folder}"))
}

fn listen(host: &str, first: u16) -> Result<TcpListener, String> {
    let mut last = String::new();
    for port in first..=first.saturating_add(20) {
        match TcpListener::bind((host, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) => {
                println!("Port {port} cannot be used ({error}); trying the next.");
                last = error.to_string();
            }
        }
    }
    Err(format!("no free port on {host} from {first} on: {last}"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "looks at the sources twice a second"
)]
fn rebuild_on_change(mut sources: watch::Sources, mode: Mode, pages: &Pages) -> Outcome {
    loop {
        std::thread::sleep(Duration::from_millis(500));
        let now = watch::Sources::now();
        if now == sources {
            continue;
        }
        sources = now;
        println!("A source changed: rebuilding ...");
        match page::build(mode) {
            Ok(site) => {
                pages.replace(site);
                println!("Rebuilt.");
            }
            Err(error) => eprintln!("{error}; still serving the last good page."),
        }
    }
}

/// Opens a browser if this machine has a desktop; it is no failure if it has none.
fn open_browser(url: &str) {
    let desktop = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "linux" if desktop => "xdg-open",
        _ => return,
    };
    let mut command = Command::new(opener);
    command
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if command.spawn().is_err() {
        println!("(No browser could be opened; visit the address yourself.)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_a_wrong_one_is_named() {
        let options = Options::parse(&["--port", "9000", "--release", "--no-open"]).unwrap();
        assert_eq!(options.port, 9000);
        assert_eq!(options.mode, Mode::Published);
        assert!(!options.open);
        assert!(
            Options::parse(&["--port", "many"])
                .unwrap_err()
                .contains("many")
        );
        assert!(Options::parse(&["--prot"]).unwrap_err().contains("--prot"));
        assert!(Options::parse(&["--host"]).unwrap_err().contains("value"));
    }

    #[test]
    fn a_taken_port_gives_way_to_the_next() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let next = listen("127.0.0.1", port).unwrap();
        assert!(next.local_addr().unwrap().port() > port);
    }
}
