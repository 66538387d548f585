//! The inputs of a story: calls with their moments, settings, and what Kafka drew.
//!
//! The recordings' README says what each family's script is; what a producer sends is
//! told there and by the values and texts of its outcomes.

mod consumers;
mod drawn;
mod producers;
mod shares;
mod transactional;

use kafka_core::client::ClientCommand;
use kafka_core::config::{ConsumerConfig, ProducerConfig, ShareConsumerConfig};

use super::recording::{Line, Recording};

pub(crate) use consumers::assignors;
pub(super) use drawn::Drawn;
pub(super) use producers::{BATCH_HEADER, RECORD_OVERHEAD};
pub(super) use shares::{Acknowledgements, Given};

/// What a producer sends.
#[derive(Clone, Debug)]
pub(super) struct ToSend {
    /// As the recording calls the record.
    pub label: String,
    pub topic: String,
    pub partition: Option<u32>,
    pub key: Option<String>,
    pub value: Vec<u8>,
    /// Wait until all is acknowledged before going on.
    pub flush: bool,
    /// Pause after it, in milliseconds.
    pub pause_ms: u64,
}

/// One call of the story.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Create {
        topic: String,
        partitions: u32,
        configs: Vec<(String, String)>,
    },
    Grow {
        topic: String,
        to: u32,
    },
    DeleteBefore {
        topic: String,
        offset: i64,
    },
    SetOffset {
        topic: String,
        group: String,
        offset: i64,
    },
    EndOffsets {
        topic: String,
        read_committed: bool,
    },
    CommittedOffsets {
        group: String,
    },
    Produce {
        config: Box<ProducerConfig>,
        sends: Vec<ToSend>,
    },
    /// The producer sends more.
    SendMore(Vec<ToSend>),
    /// The same, without waiting for the end.
    SendInTransaction(Vec<ToSend>),
    Subscribe {
        config: Box<ConsumerConfig>,
        topics: Vec<String>,
    },
    Share {
        config: Box<ShareConsumerConfig>,
        topics: Vec<String>,
    },
    GroupConfig {
        group: String,
        name: String,
        value: String,
    },
    Call(ClientCommand),
    Kill,
}

/// A call, when it is made and by whom.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub at_ms: u64,
    pub who: String,
    pub deed: Deed,
}

/// All inputs of a story.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// In order of time.
    pub steps: Vec<Step>,
    pub drawn: Drawn,
    /// Groups somebody joins.
    pub groups: Vec<String>,
    /// How the applications acknowledged what share consumers gave them.
    pub acknowledgements: Acknowledgements,
    /// When the story ends.
    pub end_ms: u64,
}

/// The inputs of a recording.
///
/// # Errors
/// What of it is not simulated yet.
pub(super) fn script(recording: &Recording) -> Result<Script, String> {
    let mut steps = Vec::new();
    for client in recording.clients() {
        let consumes = recording.of(client).any(|line| line.event == "subscribed");
        if transactional::is_transactional(recording, client) {
            transactional::steps(recording, client, &mut steps)?;
        } else if shares::is_share(recording, client) {
            shares::steps(recording, client, &mut steps)?;
        } else if consumes {
            consumers::steps(recording, client, &mut steps)?;
        } else {
            producers::steps(recording, client, &mut steps)?;
        }
    }
    for line in recording.of("admin") {
        steps.push(Step {
            at_ms: line.at_ms,
            who: line.who.clone(),
            deed: admin(recording, line)?,
        });
    }
    steps.sort_by_key(|step| step.at_ms);
    let subscribed = recording.lines.iter().filter(|l| l.event == "subscribed");
    let mut groups: Vec<String> = subscribed.map(|l| l.text("group").to_string()).collect();
    groups.sort();
    groups.dedup();
    Ok(Script {
        steps,
        drawn: Drawn::of(recording),
        groups,
        acknowledgements: shares::acknowledgements(recording),
        end_ms: recording.lines.last().map_or(0, |line| line.at_ms),
    })
}

fn admin(recording: &Recording, line: &Line) -> Result<Deed, String> {
    let number = |field: &str| {
        let missing = || format!("`{}` without {field}", line.event);
        line.number(field).ok_or_else(missing)
    };
    let topic = || topic_at(recording, line.at_ms);
    Ok(match line.event.as_str() {
        "created" => Deed::Create {
            topic: line.text("topic").to_string(),
            partitions: number("partitions")? as u32,
            configs: settings(line.text("config")),
        },
        "partitions" => Deed::Grow {
            topic: line.text("topic").to_string(),
            to: number("to")? as u32,
        },
        "deleted_before" => Deed::DeleteBefore {
            topic: topic()?,
            offset: number("offset")?,
        },
        "set_offset" => Deed::SetOffset {
            topic: topic()?,
            group: group_at(recording, line.at_ms)?,
            offset: number("offset")?,
        },
        "end_offsets" => Deed::EndOffsets {
            topic: topic()?,
            read_committed: line.text("isolation") == "read_committed",
        },
        "committed_offsets" => Deed::CommittedOffsets {
            group: line.text("group").to_string(),
        },
        other => return Err(format!("the admin call `{other}` is not simulated yet")),
    })
}

/// The topic created last before that moment.
fn topic_at(recording: &Recording, at_ms: u64) -> Result<String, String> {
    let created = recording.of("admin").filter(|line| line.event == "created");
    let last = created.take_while(|line| line.at_ms <= at_ms).last();
    let topic = last.map(|line| line.text("topic").to_string());
    topic.ok_or_else(|| "no topic is created before it is used".to_string())
}

/// The group somebody subscribed in last before that moment.
fn group_at(recording: &Recording, at_ms: u64) -> Result<String, String> {
    let lines = recording.lines.iter();
    let subscribed = lines.filter(|line| line.event == "subscribed");
    let last = subscribed.take_while(|line| line.at_ms <= at_ms).last();
    let group = last.map(|line| line.text("group").to_string());
    group.ok_or_else(|| "no group exists before it is used".to_string())
}

/// `{name=value, name=value}` as Java prints a map. A value may contain `, `.
fn settings(text: &str) -> Vec<(String, String)> {
    let inner = text.trim_start_matches('{').trim_end_matches('}');
    let mut found: Vec<(String, String)> = Vec::new();
    for part in inner.split(", ").filter(|part| !part.is_empty()) {
        match (part.split_once('='), found.last_mut()) {
            (Some((name, value)), _) => found.push((name.to_string(), value.to_string())),
            (None, Some((_, value))) => {
                value.push_str(", ");
                value.push_str(part);
            }
            (None, None) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::settings;

    /// A list value keeps its commas.
    #[test]
    fn maps_are_read_as_java_prints_them() {
        let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
        assert_eq!(settings("{}"), []);
        assert_eq!(
            settings("{a.b=1, c=x, y, d=}"),
            [pair("a.b", "1"), pair("c", "x, y"), pair("d", "")]
        );
    }
}
