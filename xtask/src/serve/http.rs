//! A small HTTP server for one page held in memory.
//!
//! Invariant: it can only ever answer with a file of the page. Requests are looked up in a map and
//! never become a path on disk, so no request can reach outside. It is for development and tests;
//! what is published is plain files for any server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::page::Site;

/// The longest request line and headers that are read.
const REQUEST_LIMIT: u64 = 64 * 1024;

/// A page that may be replaced by a newer one while it is served.
pub struct Pages {
    /// The path the page is served under; begins and ends with `/`.
    folder: String,
    current: Mutex<(u64, Arc<Site>)>,
    replaced: Condvar,
}

impl Pages {
    /// Serves `site` under `folder`, which begins and ends with `/`.
    pub fn new(folder: &str, site: Site) -> Self {
        let current = Mutex::new((0, Arc::new(site)));
        Self {
            folder: folder.to_owned(),
            current,
            replaced: Condvar::new(),
        }
    }

    /// Serves a newer page from now on and tells the browsers that wait for it.
    pub fn replace(&self, site: Site) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        *current = (current.0 + 1, Arc::new(site));
        self.replaced.notify_all();
    }

    fn now(&self) -> (u64, Arc<Site>) {
        self.current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for a newer page than `seen`, a while at most; returns the number of the current one.
    fn wait_for_newer(&self, seen: u64) -> u64 {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self
            .replaced
            .wait_timeout_while(current, Duration::from_secs(15), |current| {
                current.0 == seen
            });
        wait.unwrap_or_else(PoisonError::into_inner).0.0
    }
}

/// Answers connections, a thread each, until the program ends.
pub fn start(listener: TcpListener, pages: Arc<Pages>) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let pages = Arc::clone(&pages);
            // A browser that goes away in the middle is its own affair.
            std::thread::spawn(move || drop(answer(stream, &pages)));
        }
    });
}

fn answer(mut stream: TcpStream, pages: &Pages) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?.take(REQUEST_LIMIT));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let words: Vec<&str> = request.split_whitespace().collect();
    let [method @ ("GET" | "HEAD"), address, _] = words.as_slice() else {
        return respond(
            &mut stream,
            "405 Method Not Allowed",
            "text/plain",
            b"GET and HEAD only\n",
            true,
        );
    };
    let body = *method == "GET";
    match find(pages, address) {
        Found::File(kind, content) => respond(&mut stream, "200 OK", kind, &content, body),
        Found::Rebuilds => tell_of_rebuilds(&mut stream, pages),
        Found::Nothing => respond(
            &mut stream,
            "404 Not Found",
            "text/plain",
            b"Not found\n",
            body,
        ),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    File(&'static str, Vec<u8>),
    Rebuilds,
    Nothing,
}

/// What an address names. Names of the page's files need no escapes, so none are decoded.
fn find(pages: &Pages, address: &str) -> Found {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let name = match path.strip_prefix(pages.folder.as_str()) {
        Some("") => "index.html",
        Some("@reload") => return Found::Rebuilds,
        Some(name) => name,
        None => return Found::Nothing,
    };
    match pages.now().1.get(name) {
        Some(content) => Found::File(content_type(name), content.clone()),
        None => Found::Nothing,
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn respond(
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    content: &[u8],
    body: bool,
) -> std::io::Result<()> {
    let length = content.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )?;
    if body {
        stream.write_all(content)?;
    }
    stream.flush()
}

/// A stream of server-sent events: one at each rebuild, and a comment now and then, so that a
/// browser that has gone is noticed.
fn tell_of_rebuilds(stream: &mut TcpStream, pages: &Pages) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\n"
    )?;
    stream.flush()?;
    let mut seen = pages.now().0;
    loop {
        let newest = pages.wait_for_newer(seen);
        let message = if newest == seen {
            ": still here\n\n"
        } else {
            "event: rebuilt\ndata:\n\n"
        };
        seen = newest;
        stream.write_all(message.as_bytes())?;
        stream.flush()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(folder: &str) -> Pages {
        let file = |name: &str| (name.to_owned(), name.as_bytes().to_vec());
        Pages::new(
            folder,
            Site::from([file("index.html"), file("icons/icon.svg"), file("p.wasm")]),
        )
    }

    fn ask(pages: Pages, request: &str) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        start(listener, Arc::new(pages));
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn the_folder_gives_the_page_and_files_have_their_types() {
        let answer = ask(pages("/a/"), "GET /a/ HTTP/1.1\r\n\r\n");
        assert!(
            answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("index.html"),
            "{answer}"
        );
        let answer = ask(pages("/"), "GET /p.wasm?x=1 HTTP/1.1\r\nHost: h\r\n\r\n");
        assert!(
            answer.contains("Content-Type: application/wasm"),
            "{answer}"
        );
        assert!(answer.contains("Cache-Control: no-store"), "{answer}");
    }

    #[test]
    fn nothing_outside_the_page_can_be_asked_for() {
        for path in [
            "/../Cargo.toml",
            "/icons/../../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "//etc/passwd",
            "/icons",
        ] {
            assert_eq!(find(&pages("/"), path), Found::Nothing, "{path}");
        }
        assert_eq!(find(&pages("/a/"), "/index.html"), Found::Nothing);
    }

    #[test]
    fn other_methods_and_nonsense_are_refused() {
        for request in ["POST / HTTP/1.1\r\n\r\n", "\r\n\r\n", "GET\r\n\r\n"] {
            let answer = ask(pages("/"), request);
            assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
        }
    }

    #[test]
    fn head_sends_the_length_and_no_content() {
        let answer = ask(pages("/"), "HEAD /icons/icon.svg HTTP/1.1\r\n\r\n");
        assert!(
            answer.contains("Content-Length: 14\r\n") && answer.ends_with("\r\n\r\n"),
            "{answer}"
        );
    }

    #[test]
    fn a_waiting_browser_hears_of_a_replacement() {
        let pages = Arc::new(pages("/"));
        let waiting = Arc::clone(&pages);
        let waiter = std::thread::spawn(move || waiting.wait_for_newer(0));
        pages.replace(Site::new());
        assert_eq!(waiter.join().unwrap(), 1);
    }
}
