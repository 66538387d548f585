//! What a client told its application, in a form that recordings and worlds share.

use std::collections::BTreeMap;
use std::fmt;

use super::recording::Line;

/// One thing a client told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Fact {
    /// `poll` returned these offsets of a partition.
    Received {
        partition: String,
        from: i64,
        to: i64,
        /// How many: fewer than offsets where markers or aborted records lie between.
        count: i64,
    },
    /// Everything else, in words.
    Said(String),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Received {
                partition,
                from,
                to,
                count,
            } => write!(f, "received {count} of {partition} {from}..{to}"),
            Fact::Said(text) => f.write_str(text),
        }
    }
}

/// A callback with its partitions.
pub(super) fn callback(name: &str, mut partitions: Vec<String>, generation: i64) -> Fact {
    partitions.sort();
    let list = partitions.join(", ");
    Fact::Said(format!("{name} [{list}] in generation {generation}"))
}

/// A record of a share group was given out.
pub(super) fn given(partition: i64, offset: i64, delivery: i64) -> Fact {
    Fact::Said(format!("got {partition}-{offset}, delivery {delivery}"))
}

/// `close` returned.
pub(super) fn closed() -> Fact {
    Fact::Said("closed".to_string())
}

/// An operation that failed.
pub(super) fn failed(what: &str, exception: &str, message: &str) -> Fact {
    Fact::Said(format!("{what}: {exception}: {message}"))
}

/// What a recorded line tells; `None` for what the application did and for
/// acknowledgements, which are compared by partition.
pub(super) fn recorded(line: &Line) -> Option<Fact> {
    let error = |what: &str| failed(what, line.text("error"), line.text("message"));
    Some(match line.event.as_str() {
        name @ ("assigned" | "revoked" | "lost") => {
            callback(name, line.list("partitions"), line.number("generation")?)
        }
        "got" => given(
            line.number("partition")?,
            line.number("offset")?,
            line.number("delivery")?,
        ),
        // `{ID:share-a-1=Optional.empty}`: no exception for that partition.
        "commit" => Fact::Said(format!(
            "committed {}",
            line.text("result").replace("ID:", "")
        )),
        "received" => Fact::Received {
            partition: line.text("partition").to_string(),
            from: line.number("from")?,
            to: line.number("to")?,
            count: line.number("count")?,
        },
        call @ ("commitTransaction" | "abortTransaction") => Fact::Said(call.to_string()),
        "commit_threw" => error("commitTransaction"),
        "committed" => Fact::Said("committed".to_string()),
        "closed" => closed(),
        "error" => error("commit"),
        "poll_error" => error("poll"),
        "failed" => error(&format!("send {}", line.text("value"))),
        _ => return None,
    })
}

/// The longest loop whose repeats are folded: error, lost, assigned.
const LONGEST_LOOP: usize = 3;

/// Facts without what depends on timing alone: records of one stretch by partition
/// and offset range instead of by `poll`, and a loop told once.
pub(super) fn normal(facts: &[Fact]) -> Vec<Fact> {
    let mut out: Vec<Fact> = Vec::new();
    let mut stretch: Stretch<'_> = BTreeMap::new();
    for fact in facts {
        match fact {
            Fact::Received {
                partition,
                from,
                to,
                count,
            } => {
                let ranges = stretch.entry(partition).or_default();
                match ranges.last_mut() {
                    Some((_, end, sum)) if *end < *from => {
                        *end = *to;
                        *sum += count;
                    }
                    _ => ranges.push((*from, *to, *count)),
                }
            }
            Fact::Said(_) => {
                end_stretch(&mut stretch, &mut out);
                out.push(fact.clone());
            }
        }
    }
    end_stretch(&mut stretch, &mut out);
    fold(&out)
}

/// By partition: first offset, last offset, records.
type Stretch<'a> = BTreeMap<&'a str, Vec<(i64, i64, i64)>>;

fn end_stretch(stretch: &mut Stretch<'_>, out: &mut Vec<Fact>) {
    for (partition, ranges) in std::mem::take(stretch) {
        out.extend(ranges.into_iter().map(|(from, to, count)| Fact::Received {
            partition: partition.to_string(),
            from,
            to,
            count,
        }));
    }
}

/// Repeats of the same block, told once.
pub(super) fn fold<T: Clone + PartialEq>(items: &[T]) -> Vec<T> {
    let mut out: Vec<T> = Vec::new();
    for item in items {
        out.push(item.clone());
        for length in 1..=LONGEST_LOOP.min(out.len() / 2) {
            let end = out.len();
            if out[end - length..] == out[end - 2 * length..end - length] {
                out.truncate(end - length);
                break;
            }
        }
    }
    out
}
