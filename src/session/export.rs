//! The run up to now as a scenario's text: the scenario it began with, and each deed as a statement.
//!
//! Time between two deeds is told as `wait` where that is exact and as a number of events where it
//! is not, so that a native run of the text comes to the same state. What the language has no
//! statement for is told in a comment: also a command that ran on while other things were typed or
//! done, because a scenario runs a command to its end before the next statement.

use std::collections::BTreeMap;

use kafka_core::types::{Duration, NodeId};
use kafka_scenario::ast::ServerVerb;
use kafka_scenario::{Scenario, Statement, Step, print};
use kafka_shell::terminal::TerminalStatus;
use kafka_sim::{EntryKind, Seq, Trace};

use super::Session;
use super::script::{Deed, Entry};
use crate::tasks::act::PAGE_PRODUCER;
use crate::tasks::action::{Action, Server};

struct Writer<'a> {
    session: &'a Session,
    scenario: Scenario,
    events: u64,
    at: u64,
    untold: Vec<String>,
    /// The statement of each terminal's last command.
    commands: BTreeMap<u8, usize>,
}

impl Session {
    /// The run up to now as a scenario.
    pub fn scenario_text(&self) -> String {
        let script = self.script();
        let base = script.scenario.as_deref().map(kafka_scenario::parse);
        let scenario = base.and_then(Result::ok).unwrap_or_else(|| {
            let mut scenario = Scenario::default();
            scenario.setup.seed = script.seed;
            scenario
        });
        let mut writer = Writer {
            session: self,
            scenario,
            events: self.opened_at.events,
            at: self.opened_at.at.0,
            untold: Vec::new(),
            commands: BTreeMap::new(),
        };
        for (number, entry) in script.deeds.iter().enumerate() {
            // A command of a scenario runs to its end, whatever happens to it meanwhile.
            match &entry.deed {
                Deed::Line(_) | Deed::Act(_) => writer.pass(entry.events, entry.at),
                _ => (writer.events, writer.at) = (entry.events, entry.at),
            }
            writer.deed(entry);
            if matches!(entry.deed, Deed::Line(_)) && self.ran_on(number, entry.terminal) {
                writer.tell_ran_on(entry.terminal);
            }
        }
        writer.pass(script.events, script.at);
        writer.text()
    }

    /// True when the command that the deed began was not over before the next deed.
    fn ran_on(&self, number: usize, terminal: u8) -> bool {
        let here = self.timeline.current();
        let deeds = self.deeds.get(&here).map_or(&[][..], Vec::as_slice);
        let mut after = deeds.iter().skip(number + 1).enumerate();
        match after.find(|(_, entry)| entry.terminal == terminal && !is_act(entry)) {
            // It was over at once.
            Some((_, entry)) if matches!(entry.deed, Deed::Line(_)) => false,
            Some((place, entry)) => place > 0 || entry.deed != Deed::Ended,
            None => {
                let left = self.left.contains(&terminal);
                left || self.shells.status(terminal) != TerminalStatus::Idle
            }
        }
    }
}

fn is_act(entry: &Entry) -> bool {
    matches!(entry.deed, Deed::Act(_))
}

impl Writer<'_> {
    fn push(&mut self, what: Statement) {
        let line = self.scenario.steps.len() + 1;
        self.scenario.steps.push(Step { line, what });
    }

    /// Lets time pass up to a moment.
    fn pass(&mut self, events: u64, at: u64) {
        if self.is_exact(events, at) {
            if at > self.at {
                self.push(Statement::Wait(Duration(at - self.at)));
            }
        } else if events > self.events {
            self.push(Statement::Events(events - self.events));
        }
        (self.events, self.at) = (events, at);
    }

    /// True when every event due by `at` has been delivered at that moment. What an action of that
    /// moment itself brings about was not due before it.
    fn is_exact(&self, events: u64, at: u64) -> bool {
        let trace = self.session.timeline.full_trace();
        let after = first_after(trace, events);
        let mut due = trace.iter_from(after).take_while(|(_, e)| e.at.0 <= at);
        !due.any(|(_, entry)| {
            let cause = trace.get(entry.cause);
            let of_this_moment = |cause: &kafka_sim::Entry| {
                cause.kind == EntryKind::Action && u64::from(cause.event) == events
            };
            entry.kind.is_event() && entry.cause < after && !cause.is_some_and(of_this_moment)
        })
    }

    fn deed(&mut self, entry: &Entry) {
        match &entry.deed {
            Deed::Line(line) => {
                let place = self.scenario.steps.len();
                self.commands.insert(entry.terminal, place);
                self.push(Statement::Shell(line.clone(), Vec::new()));
            }
            Deed::Input(line) => {
                let place = self.commands.get(&entry.terminal);
                let step = place.and_then(|place| self.scenario.steps.get_mut(*place));
                if let Some(Statement::Shell(_, input)) = step.map(|step| &mut step.what) {
                    input.push(line.clone());
                }
            }
            Deed::Interrupt | Deed::EndInput | Deed::Ended | Deed::Leave | Deed::Close => {}
            Deed::Act(action) => self.action(action),
        }
    }

    /// Says why a native run is another one from the last statement on.
    fn tell_ran_on(&mut self, terminal: u8) {
        let (line, terminal) = (self.scenario.steps.len(), u32::from(terminal) + 1);
        self.untold.push(format!(
            "not the same run from statement {line} on: the command in terminal {terminal} ran on \
             while more was typed or done; a scenario runs a command to its end, with all its input, \
             before the next statement"
        ));
    }

    fn action(&mut self, action: &Action) {
        let server = |verb, server: &Server| Statement::Server(verb, node(*server));
        let what = match action {
            Action::Crash(id) => server(ServerVerb::Crash, id),
            Action::Stop(id) => server(ServerVerb::Stop, id),
            Action::Pause(id) => server(ServerVerb::Pause, id),
            Action::Resume(id) => server(ServerVerb::Resume, id),
            Action::Start(id) => server(ServerVerb::Start, id),
            Action::CutOff(id) => Statement::Partition(vec![node(*id)], self.others(node(*id))),
            Action::Heal => Statement::Heal,
            Action::CloseClient(name) => Statement::Close(name.clone()),
            Action::CrashClient(name) => Statement::Kill(name.clone()),
            Action::Send { topic, value } => {
                self.page_producer();
                Statement::Send {
                    producer: PAGE_PRODUCER.into(),
                    topic: topic.clone(),
                    value: Some(value.clone()),
                    key: None,
                    partition: None,
                }
            }
            Action::DropMessage(_)
            | Action::HoldMessage(_)
            | Action::DuplicateMessage(_)
            | Action::ReleaseMessage(_) => {
                let line = self.scenario.steps.len();
                self.untold.push(format!(
                    "not told by this scenario: after statement {line}: {action:?}"
                ));
                return;
            }
            Action::Statement(text) => {
                let (setup, known) = (&self.scenario.setup, self.clients());
                match kafka_scenario::parse::statement(1, text, setup, &known) {
                    Ok(statement) => statement,
                    Err(_) => return,
                }
            }
            Action::Select(_) => return,
        };
        self.push(what);
    }

    /// Names of the clients introduced so far.
    fn clients(&self) -> Vec<String> {
        let steps = self.scenario.steps.iter();
        let names = steps.filter_map(|step| match &step.what {
            Statement::Producer(name, _) | Statement::Consumer(name, _) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    /// Introduces the page's producer before it sends for the first time.
    fn page_producer(&mut self) {
        let known = self.scenario.steps.iter().any(
            |step| matches!(&step.what, Statement::Producer(name, _) if name == PAGE_PRODUCER),
        );
        if !known {
            self.push(Statement::Producer(PAGE_PRODUCER.into(), Vec::new()));
        }
    }

    fn others(&self, one: NodeId) -> Vec<NodeId> {
        let setup = &self.scenario.setup;
        let spec = kafka_scenario::spec(setup).unwrap_or_default();
        let brokers = spec.brokers.iter().map(|b| b.node);
        let controllers = spec.controllers.iter().map(|c| c.node);
        brokers.chain(controllers).filter(|id| *id != one).collect()
    }

    fn text(self) -> String {
        let mut text = print(&self.scenario);
        for line in &self.untold {
            text.push_str(&format!("# {line}\n"));
        }
        text
    }
}

/// The first entry after that many events.
fn first_after(trace: &Trace, events: u64) -> Seq {
    let (mut low, mut high) = (0, trace.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = trace.get(Seq(middle));
        if entry.is_some_and(|e| u64::from(e.event) <= events) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Seq(low)
}

fn node(server: Server) -> NodeId {
    NodeId(u32::try_from(server.id()).unwrap_or(u32::MAX))
}
