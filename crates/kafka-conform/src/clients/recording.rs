//! A story's two files, line by line.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// One line of `NAME.jsonl`.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// When, in milliseconds of the recording.
    pub at_ms: u64,
    /// Client id, `admin`, `group:ID` or `story`.
    pub who: String,
    /// What happened.
    pub event: String,
    /// The whole line.
    pub body: Value,
}

impl Line {
    /// A text field, empty if it is not there.
    pub fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_default()
    }

    /// A whole number.
    pub fn number(&self, field: &str) -> Option<i64> {
        self.body[field].as_i64()
    }

    /// A list of texts.
    pub fn list(&self, field: &str) -> Vec<String> {
        let list = self.body[field].as_array();
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_string).collect()
    }

    /// Whether the line is about a client of the story.
    pub fn is_of_client(&self) -> bool {
        !matches!(self.who.as_str(), "admin" | "story") && !self.who.starts_with("group:")
    }
}

/// One request of `NAME.requests.jsonl`.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// When, in milliseconds of the recording.
    pub at_ms: u64,
    /// Client id.
    pub client: String,
    /// API, as in `JOIN_GROUP`.
    pub api: String,
    /// The connection: a broker, a bootstrap server (below 0) or a coordinator.
    pub node: i64,
    /// Head of the body as Kafka prints it.
    pub body: String,
}

impl Sent {
    /// The broker at the other end, if it is known (not a bootstrap server).
    pub fn broker(&self) -> Option<u32> {
        match self.node {
            ..0 => None,
            node if node > i64::from(i32::MAX / 2) => {
                u32::try_from(i64::from(i32::MAX) - node).ok()
            }
            node => u32::try_from(node).ok(),
        }
    }

    /// Whether it went to a group coordinator.
    pub fn to_coordinator(&self) -> bool {
        self.node > i64::from(i32::MAX / 2)
    }
}

/// A recorded story.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    /// File name without extension, as in `group-range-a`.
    pub name: String,
    /// What happened.
    pub lines: Vec<Line>,
    /// Requests; empty if they were not recorded.
    pub requests: Vec<Sent>,
}

impl Recording {
    /// Reads the story's file and, if there is one, its file of requests.
    ///
    /// # Errors
    /// What cannot be read, with the line.
    pub fn read(file: &Path) -> Result<Recording, String> {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let mut lines = Vec::new();
        for (body, number) in values(file)?.into_iter().zip(1..) {
            let text = |field: &str| body[field].as_str().map(str::to_string);
            let (Some(at_ms), Some(who), Some(event)) =
                (body["at_ms"].as_u64(), text("who"), text("event"))
            else {
                return Err(format!("line {number} lacks at_ms, who or event"));
            };
            lines.push(Line {
                at_ms,
                who,
                event,
                body,
            });
        }
        let sent = file.with_file_name(format!("{name}.requests.jsonl"));
        let requests = if sent.is_file() {
            values(&sent)?.iter().filter_map(request).collect()
        } else {
            Vec::new()
        };
        Ok(Recording {
            name: name.into_owned(),
            lines,
            requests,
        })
    }

    /// The clients in order of appearance.
    pub fn clients(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for line in self.lines.iter().filter(|line| line.is_of_client()) {
            if !names.contains(&line.who.as_str()) {
                names.push(&line.who);
            }
        }
        names
    }

    /// The lines of one client, `admin` or `group:ID`.
    pub fn of<'a>(&'a self, who: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.who == who)
    }

    /// The requests of one client.
    pub fn sent_by<'a>(&'a self, client: &'a str) -> impl Iterator<Item = &'a Sent> {
        self.requests
            .iter()
            .filter(move |sent| sent.client == client)
    }
}

fn values(file: &Path) -> Result<Vec<Value>, String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let parse = |(line, number): (&str, usize)| {
        serde_json::from_str(line).map_err(|error| format!("line {number} is not JSON: {error}"))
    };
    text.lines().zip(1..).map(parse).collect()
}

/// `None` for a line of the client's log.
fn request(value: &Value) -> Option<Sent> {
    Some(Sent {
        at_ms: value["at_ms"].as_u64()?,
        client: value["client"].as_str()?.to_string(),
        api: value["api"].as_str()?.to_string(),
        node: value["node"].as_i64()?,
        body: value["body"].as_str().unwrap_or_default().to_string(),
    })
}
