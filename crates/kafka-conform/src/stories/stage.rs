//! The world of a story, watched entry by entry.

use kafka_core::client::ClientEvent;
use kafka_core::types::{NodeId, Offset, Time, TopicPartition};
use kafka_scenario::driver::{Driver, Runs};
use kafka_scenario::{Player, Statement};
use kafka_sim::{Action, ActionError, Applied, Detail, Entry, EntryKind, Seq, World};

use super::names::{self, Names};
use super::{Telling, facts, traffic};

/// Stands before the number of repeats.
const TIMES: &str = " (times ";

/// Consecutive records of one partition, told in one line.
struct Run {
    at: Time,
    client: NodeId,
    verb: &'static str,
    partition: TopicPartition,
    from: Offset,
    to: Offset,
}

/// A world and what is still to be told of it.
pub(super) struct Stage {
    world: World,
    names: Names,
    /// Entries of the trace that were looked at.
    seen: u32,
    begin: Time,
    run: Option<Run>,
    /// The last line without its time, and how often it was told in a row.
    last: (String, u32),
    lines: Vec<String>,
}

impl Stage {
    pub fn new(world: World) -> Stage {
        Stage {
            seen: world.trace().len(),
            begin: world.now(),
            world,
            names: Names::default(),
            run: None,
            last: (String::new(), 0),
            lines: Vec::new(),
        }
    }

    fn line(&mut self, at: Time, text: String) {
        if text == self.last.0
            && let Some(line) = self.lines.last_mut()
        {
            let (told, times) = (&mut self.last.1, line.find(TIMES));
            *told += 1;
            line.truncate(times.unwrap_or(line.len()));
            line.push_str(&format!("{TIMES}{told})"));
            return;
        }
        let ms = at.since(self.begin).as_ms();
        let (s, ms) = (ms / 1_000, ms % 1_000);
        self.lines.push(format!("{s:>4}.{ms:03} {text}"));
        self.last = (text, 1);
    }

    fn look(&mut self) {
        while self.seen < self.world.trace().len() {
            let seq = Seq(self.seen);
            self.seen += 1;
            if let Some(entry) = self.world.trace().get(seq).copied() {
                self.entry(seq, &entry);
            }
        }
    }

    fn entry(&mut self, seq: Seq, entry: &Entry) {
        let Some(node) = self.world.id_of(entry.node) else {
            return;
        };
        let text = match (entry.kind, self.world.detail(seq)) {
            (EntryKind::Client, Some(Detail::History(item))) => {
                let item = self.world.history().get(*item as usize);
                match item.map(|item| item.event.clone()) {
                    Some(event) => return self.told(entry.at, node, &event),
                    None => None,
                }
            }
            (EntryKind::Note, Some(Detail::Note(note))) => {
                facts::note(&self.world, &self.names, node, note)
            }
            (EntryKind::Request, Some(Detail::Message(message))) => {
                let from = self
                    .world
                    .id_of(entry.peer)
                    .filter(|n| self.names.knows(*n));
                from.and_then(|from| {
                    traffic::request(&self.world, message).map(|what| (from, what))
                })
                .map(|(from, what)| {
                    let (from, to) = (
                        self.names.node(&self.world, from),
                        self.names.node(&self.world, node),
                    );
                    format!("{from} -> {to}: {what}")
                })
            }
            (EntryKind::Response, Some(Detail::Message(message))) if self.names.knows(node) => {
                let from = self.world.id_of(entry.peer);
                from.and_then(|from| {
                    let what = traffic::refusal(&self.world, message, entry.api)?;
                    let (from, to) = (
                        self.names.node(&self.world, from),
                        self.names.node(&self.world, node),
                    );
                    Some(format!("{from} -> {to}: {what}"))
                })
            }
            _ => None,
        };
        if let Some(text) = text {
            self.end_run();
            self.line(entry.at, text);
        }
    }

    fn told(&mut self, at: Time, client: NodeId, event: &ClientEvent) {
        if !self.names.knows(client) {
            return;
        }
        match event {
            ClientEvent::Acked {
                partition, offset, ..
            } => self.record(at, client, "acknowledged", *partition, *offset),
            ClientEvent::Delivered(records) => {
                for record in records {
                    self.record(at, client, "received", record.partition, record.offset);
                }
            }
            other => {
                if let Some(text) = facts::event(other) {
                    self.end_run();
                    let name = self.names.node(&self.world, client);
                    self.line(at, format!("{name} {text}"));
                }
            }
        }
    }

    fn record(
        &mut self,
        at: Time,
        client: NodeId,
        verb: &'static str,
        partition: TopicPartition,
        offset: Offset,
    ) {
        if let Some(run) = &mut self.run
            && (run.at, run.client, run.verb, run.partition) == (at, client, verb, partition)
            && run.to.next() == offset
        {
            run.to = offset;
            return;
        }
        self.end_run();
        self.run = Some(Run {
            at,
            client,
            verb,
            partition,
            from: offset,
            to: offset,
        });
    }

    fn end_run(&mut self) {
        let Some(run) = self.run.take() else { return };
        let client = self.names.node(&self.world, run.client);
        let partition = names::partition(&self.world, run.partition);
        let offsets = match (run.from, run.to) {
            (Offset::UNKNOWN, _) => "at an unknown offset".to_string(),
            (from, to) if from == to => format!("offset {from}"),
            (from, to) => format!("offsets {from} to {to}"),
        };
        let verb = run.verb;
        self.line(run.at, format!("{client} {verb} {partition} {offsets}"));
    }
}

impl Driver for Stage {
    fn world(&self) -> &World {
        &self.world
    }

    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        let applied = self.world.apply(&action);
        self.look();
        applied
    }
}

impl Runs for Stage {
    fn step_until(&mut self, until: Time) -> bool {
        let delivered = Runs::step_until(&mut self.world, until);
        self.look();
        delivered
    }
}

impl Telling for Stage {
    /// Learns the name of a client that a step introduced.
    fn after(&mut self, player: &Player, what: &Statement) {
        if let Statement::Producer(name, _) | Statement::Consumer(name, _) = what
            && let Some(node) = player.client(name)
        {
            self.names.introduce(node, name);
        }
    }

    fn say(&mut self, lines: impl Iterator<Item = String>) {
        self.end_run();
        self.lines.extend(lines);
        self.last = (String::new(), 0);
    }

    fn take(&mut self) -> Vec<String> {
        self.end_run();
        self.last = (String::new(), 0);
        std::mem::take(&mut self.lines)
    }
}
