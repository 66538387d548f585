//! A story as its servers see it: no times, no requests, but the controllers' log by
//! event, roles, truncations, and in the end every replica's log and the fate of the
//! records. Every invariant is checked after each event.

mod text;

use std::collections::BTreeMap;

use kafka_check::{Checker, Outcome};
use kafka_core::client::ClientEvent;
use kafka_core::types::{NodeId, Offset, Time};
use kafka_scenario::Statement;
use kafka_scenario::driver::{Driver, Runs};
use kafka_sim::{Action, ActionError, Applied, Detail, NodeConfig, Seq, World};

use super::Telling;

/// More client events than this in one step are told as numbers.
const NAMED: usize = 6;
/// More records than this in a log are told as a number.
const LISTED: usize = 16;

/// A story's world.
pub(super) struct Servers {
    world: World,
    checker: Checker,
    /// What tools printed.
    said: Vec<String>,
    /// The next trace entry, history item and metadata record to tell.
    entry: u32,
    item: usize,
    metadata: Offset,
    /// What servers did, told by server: they act at nearly the same moment.
    servers: Vec<(NodeId, String)>,
    values: BTreeMap<u64, String>,
    /// Values given to `send`, not yet seen as sent.
    sending: Vec<String>,
}

impl Servers {
    /// A booted cluster; what happened until then is not told.
    pub(super) fn new(world: World) -> Servers {
        let mut servers = Servers {
            checker: Checker::new(&world),
            world,
            said: Vec::new(),
            entry: 0,
            item: 0,
            metadata: Offset::ZERO,
            servers: Vec::new(),
            values: BTreeMap::new(),
            sending: Vec::new(),
        };
        servers.look();
        servers.take();
        servers
    }

    fn look(&mut self) {
        if let Some(violation) = self.checker.after_event(&self.world) {
            self.said.push(format!("BROKEN: {violation}"));
        }
        for (seq, entry) in self.world.trace().iter_from(Seq(self.entry)) {
            let Some(Detail::Note(note)) = self.world.detail(seq) else {
                continue;
            };
            let node = self.world.id_of(entry.node).unwrap_or_default();
            let told = text::note(&self.world, node, note);
            self.servers.extend(told.map(|line| (node, line)));
        }
        self.entry = self.world.trace().len();
    }

    fn new_metadata(&mut self) -> Vec<String> {
        let Some(active) = self.world.active_controller() else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        for batch in active.disk().raft.log.read_from(self.metadata) {
            if batch.next_offset() > active.raft().high_watermark() {
                break;
            }
            let told = batch
                .records
                .iter()
                .filter_map(|it| text::record(active.image(), it));
            let told: Vec<String> = told.collect();
            if !told.is_empty() {
                lines.push(format!("log: {}", told.join("; ")));
            }
            self.metadata = batch.next_offset();
        }
        lines
    }

    fn new_client_events(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
        let news: Vec<(NodeId, ClientEvent)> = (self.world.history().iter_from(self.item))
            .map(|item| (item.client, item.event.clone()))
            .collect();
        self.item = self.world.history().len();
        for (client, event) in news {
            let Some(name) = self.name(client) else {
                continue;
            };
            if let ClientEvent::Sent { tag, .. } = &event {
                let running = self.values.len().to_string();
                let value = (!self.sending.is_empty()).then(|| self.sending.remove(0));
                self.values.insert(*tag, value.unwrap_or(running));
            }
            if let Some((line, kind)) = text::event(&self.world, &self.values, &event) {
                lines.push(format!("{name}: {line}"));
                *counts.entry((name, kind)).or_default() += 1;
            }
        }
        if lines.len() > NAMED {
            let counted = counts.iter();
            lines = counted
                .map(|((name, kind), n)| format!("{name}: {n} {kind}"))
                .collect();
        }
        lines
    }

    /// The client id of a producer or consumer of the story.
    fn name(&self, client: NodeId) -> Option<String> {
        match self.world.node(client)?.config {
            NodeConfig::Producer(config) => Some(config.client.client_id.to_string()),
            NodeConfig::Consumer(config) => Some(config.client.client_id.to_string()),
            _ => None,
        }
    }
}

impl Telling for Servers {
    /// Notes what the step is going to send.
    fn before(&mut self, what: &Statement) {
        if let Statement::Send { value, .. } = what {
            let value = value.clone().unwrap_or_else(|| "null".to_string());
            self.sending.push(value);
        }
    }

    fn say(&mut self, lines: impl Iterator<Item = String>) {
        self.said.extend(lines.map(|line| text::masked(&line)));
    }

    /// What tools printed, then the controllers' log, the servers, the clients.
    fn take(&mut self) -> Vec<String> {
        let mut lines = std::mem::take(&mut self.said);
        lines.extend(self.new_metadata());
        self.servers.sort_by_key(|(node, _)| *node);
        lines.extend(self.servers.drain(..).map(|(_, line)| line));
        lines.extend(self.new_client_events());
        lines
    }

    /// Every log, the fate of the records, what did not hold.
    fn end(&mut self) -> Vec<String> {
        let mut lines = vec!["In the end:".to_string()];
        lines.extend(text::logs(&self.world, LISTED));
        let counts = self.checker.counts();
        lines.push(format!(
            "records: {} sent, {} acknowledged, {} failed, {} lost, {} duplicated",
            counts.sent, counts.acknowledged, counts.failed, counts.lost, counts.duplicated
        ));
        for verdict in self.checker.verdicts() {
            if let Outcome::AllowedBy(setting) = verdict.outcome {
                let (id, name) = (verdict.invariant.id(), verdict.invariant.name());
                let setting = setting.text();
                lines.push(format!("{id} {name}: broken, as {setting} permits"));
            }
        }
        lines
    }
}

impl Driver for Servers {
    fn world(&self) -> &World {
        &self.world
    }

    fn act(&mut self, action: Action) -> Result<Applied, ActionError> {
        let applied = self.world.apply(&action);
        self.look();
        applied
    }
}

impl Runs for Servers {
    fn step_until(&mut self, until: Time) -> bool {
        let stepped = self.world.step_until(until);
        if stepped {
            self.look();
        } else {
            self.world.run_until(until);
        }
        stepped
    }
}
