//! A world with every invariant checked after each event, and what is new in it.

use std::collections::BTreeMap;

use kafka_check::{Checker, Outcome};
use kafka_core::client::ClientEvent;
use kafka_core::types::{Duration, NodeId, Offset, Time};
use kafka_scenario::ast::{Setup, Statement};
use kafka_scenario::driver::{Driver, Runs};
use kafka_shell::files::Files;
use kafka_shell::script::run_line_patiently;
use kafka_sim::{Action, ActionError, Applied, Detail, NodeConfig, Seq, World};

use super::tell;

/// More client events than this in one step are told as numbers.
const NAMED: usize = 6;
/// More records than this in a log are told as a number.
const LISTED: usize = 16;
/// Virtual time of a tool before Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(60);

/// A story's world.
pub struct Stage {
    world: World,
    checker: Checker,
    files: Files,
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

impl Stage {
    /// The booted cluster; what happened until then is not told.
    pub fn new(setup: &Setup) -> Stage {
        let spec = kafka_scenario::spec(setup).unwrap_or_else(|error| panic!("{error}"));
        let world = World::new(spec, setup.seed);
        let mut stage = Stage {
            checker: Checker::new(&world),
            world,
            files: Files::default(),
            entry: 0,
            item: 0,
            metadata: Offset::ZERO,
            servers: Vec::new(),
            values: BTreeMap::new(),
            sending: Vec::new(),
        };
        stage.look();
        stage.news();
        stage
    }

    /// Notes what a step is going to send.
    pub fn about_to(&mut self, what: &Statement) {
        if let Statement::Send { value, .. } = what {
            let value = value.clone().unwrap_or_else(|| "null".to_string());
            self.sending.push(value);
        }
    }

    /// Runs a command line; what it prints.
    pub fn shell(&mut self, command: &str, input: &str) -> Vec<String> {
        let files = self.files.clone();
        let ran = run_line_patiently(&files, self, command, input, PATIENCE);
        let mut lines: Vec<String> = ran.out.lines().map(tell::masked).collect();
        let errors = ran.err.lines().map(tell::masked);
        lines.extend(errors.map(|line| format!("stderr: {line}")));
        match ran.exit {
            Some(0) => {}
            Some(status) => lines.push(format!("exit status {status}")),
            None => lines.push("still running after a minute; ended".to_string()),
        }
        lines
    }

    fn look(&mut self) {
        if let Some(violation) = self.checker.after_event(&self.world) {
            panic!("{violation}");
        }
        for (seq, entry) in self.world.trace().iter_from(Seq(self.entry)) {
            let Some(Detail::Note(note)) = self.world.detail(seq) else {
                continue;
            };
            let node = self.world.id_of(entry.node).unwrap_or_default();
            let told = tell::note(&self.world, node, note);
            self.servers.extend(told.map(|line| (node, line)));
        }
        self.entry = self.world.trace().len();
    }

    /// What happened since the last call: the controllers' log, the servers, the clients.
    pub fn news(&mut self) -> Vec<String> {
        let mut lines = self.new_metadata();
        self.servers.sort_by_key(|(node, _)| *node);
        lines.extend(self.servers.drain(..).map(|(_, line)| line));
        lines.extend(self.new_client_events());
        lines
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
                .filter_map(|it| tell::record(active.image(), it));
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
            if let Some((line, kind)) = tell::event(&self.world, &self.values, &event) {
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

    /// How it ends: every log, the fate of the records, what did not hold.
    pub fn end(&self) -> Vec<String> {
        let mut lines = vec!["In the end:".to_string()];
        lines.extend(tell::logs(&self.world, LISTED));
        let counts = self.checker.counts();
        lines.push(format!(
            "records: {} sent, {} acknowledged, {} failed, {} lost, {} duplicated",
            counts.sent, counts.acknowledged, counts.failed, counts.lost, counts.duplicated
        ));
        for verdict in self.checker.verdicts() {
            if let Outcome::AllowedBy(setting) = verdict.outcome {
                let (id, name) = (verdict.invariant.id(), verdict.invariant.name());
                lines.push(format!(
                    "{id} {name}: broken, as {} permits",
                    setting.text()
                ));
            }
        }
        lines
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
        let stepped = self.world.step_until(until);
        if stepped {
            self.look();
        } else {
            self.world.run_until(until);
        }
        stepped
    }
}
