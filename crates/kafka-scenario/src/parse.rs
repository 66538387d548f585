//! Text to scenario.

mod offsets;

use kafka_core::types::NodeId;

use crate::ast::{End, LinkVerb, Scenario, ServerVerb, Setup, Statement, Step, VoterVerb};
use crate::clients;
use crate::error::{ParseError, Problem};
use crate::line::{Line, Word, span};
use crate::setup::{SWITCH, cluster, log_dir, one_of, placement, racks, set, truncation};
use crate::share;

/// Longest scenario, in bytes.
pub const BYTES_MAX: usize = 262_144;
/// Most steps of a scenario.
pub const STEPS_MAX: usize = 10_000;

const STATEMENTS: &[&str] = &[
    "scenario",
    "title",
    "seed",
    "cluster",
    "set",
    "racks",
    "placement",
    "elr",
    "truncation",
    "strict-min-isr",
    "transaction-version",
    "start-cold",
    "wait",
    "step",
    "crash",
    "power-loss",
    "stop",
    "start",
    "pause",
    "resume",
    "fail-log-dir",
    "fill-disk",
    "repair-disk",
    "add-voter",
    "remove-voter",
    "move-replica",
    "cut",
    "hold",
    "slow",
    "link-up",
    "partition",
    "heal",
    "producer",
    "consumer",
    "share-consumer",
    "send",
    "load",
    "stop-load",
    "stop-polling",
    "resume-polling",
    "commit",
    "begin",
    "abort",
    "send-offsets",
    "close",
    "seek",
    "kill",
];

/// Reads a scenario.
///
/// # Errors
/// The first mistake, with its place and remedy. Never panics.
pub fn parse(text: &str) -> Result<Scenario, ParseError> {
    if text.len() > BYTES_MAX {
        return Err(place(1, 1, Problem::TooLong(BYTES_MAX)));
    }
    let mut parser = Parser {
        scenario: Scenario::default(),
        versioned: false,
        clients: Vec::new(),
    };
    parser.scenario.setup.card = crate::card::card(text).ok();
    for (index, line) in text.lines().enumerate() {
        parser.line(index + 1, line)?;
    }
    if !parser.versioned {
        return Err(place(1, 1, Problem::NoVersion));
    }
    crate::run::spec(&parser.scenario.setup)
        .map_err(|error| place(1, 1, Problem::BadProperty(error.to_string())))?;
    Ok(parser.scenario)
}

/// Reads one statement that acts, as lessons and deeds hold them; `known` are the names of the
/// clients there are. Waits, commands and lines that describe the beginning are not expected.
///
/// # Errors
/// The mistake, with its place and remedy; `number` is the line it is told for.
pub fn statement(
    number: usize,
    text: &str,
    setup: &Setup,
    known: &[String],
) -> Result<Statement, ParseError> {
    let scenario = Scenario {
        setup: setup.clone(),
        steps: Vec::new(),
    };
    let mut parser = Parser {
        scenario,
        versioned: true,
        clients: known.to_vec(),
    };
    let mut line = Line::cut(number, text)?;
    let word = line.want("a statement")?;
    let statement = parser.statement(&word, &mut line)?;
    line.finish()?;
    match statement {
        Statement::Wait(_)
        | Statement::Events(_)
        | Statement::Voter(..)
        | Statement::MoveReplica { .. } => {
            Err(place(number, word.column, Problem::Unexpected(word.text)))
        }
        statement => Ok(statement),
    }
}

fn place(line: usize, column: usize, problem: Problem) -> ParseError {
    ParseError {
        line,
        column,
        problem,
    }
}

struct Parser {
    scenario: Scenario,
    versioned: bool,
    clients: Vec<String>,
}

impl Parser {
    fn line(&mut self, number: usize, text: &str) -> Result<(), ParseError> {
        let trimmed = text.trim_start();
        if let Some(command) = trimmed.strip_prefix('$') {
            self.require_version(number)?;
            let command = command.trim().to_string();
            return self.push(number, Statement::Shell(command, Vec::new()));
        }
        if let Some(input) = trimmed.strip_prefix('<') {
            let input = input.strip_prefix(' ').unwrap_or(input);
            return match self.scenario.steps.last_mut().map(|step| &mut step.what) {
                Some(Statement::Shell(_, lines)) => {
                    lines.push(input.to_string());
                    Ok(())
                }
                _ => Err(place(number, 1, Problem::InputWithoutCommand)),
            };
        }
        let mut line = Line::cut(number, text)?;
        let Some(word) = line.next() else {
            return Ok(());
        };
        if word.text == "scenario" {
            return self.version(&mut line);
        }
        self.require_version(number)?;
        if self.setup(&word, &mut line)? {
            return line.finish();
        }
        let statement = self.statement(&word, &mut line)?;
        line.finish()?;
        self.push(number, statement)
    }

    fn require_version(&self, number: usize) -> Result<(), ParseError> {
        if self.versioned {
            Ok(())
        } else {
            Err(place(number, 1, Problem::NoVersion))
        }
    }

    fn version(&mut self, line: &mut Line) -> Result<(), ParseError> {
        let version = line.want("the version, 1,")?;
        if version.text != "1" {
            return Err(line.error(version.column, Problem::UnknownVersion(version.text)));
        }
        self.versioned = true;
        line.finish()
    }

    fn push(&mut self, line: usize, what: Statement) -> Result<(), ParseError> {
        if self.scenario.steps.len() >= STEPS_MAX {
            return Err(place(line, 1, Problem::TooManySteps(STEPS_MAX)));
        }
        self.scenario.steps.push(Step { line, what });
        Ok(())
    }

    /// Lines that describe the beginning; false if the word is no such line.
    fn setup(&mut self, word: &Word, line: &mut Line) -> Result<bool, ParseError> {
        let is_setup = [
            "title",
            "seed",
            "cluster",
            "set",
            "racks",
            "placement",
            "elr",
            "truncation",
            "strict-min-isr",
            "transaction-version",
            "start-cold",
        ];
        if !is_setup.contains(&word.text.as_str()) {
            return Ok(false);
        }
        if !self.scenario.steps.is_empty() {
            return Err(line.error(word.column, Problem::SetupTooLate(word.text.clone())));
        }
        let setup = &mut self.scenario.setup;
        match word.text.as_str() {
            "title" => setup.title = Some(line.want("the title")?.text),
            "seed" => setup.seed = line.number("the seed")?,
            "cluster" => cluster(setup, line)?,
            "set" => set(setup, line)?,
            "racks" => racks(setup, line)?,
            "placement" => placement(setup, line)?,
            "start-cold" => setup.cold = true,
            "truncation" => setup.truncation = truncation(line)?,
            "strict-min-isr" => setup.strict_min_isr = one_of(line, "on or off", &SWITCH)?,
            "transaction-version" => {
                let levels = [("0", 0), ("1", 1), ("2", 2)];
                setup.transaction_version = one_of(line, "0, 1 or 2", &levels)?;
            }
            _ => setup.elr = one_of(line, "on or off", &SWITCH)?,
        }
        Ok(true)
    }

    fn statement(&mut self, word: &Word, line: &mut Line) -> Result<Statement, ParseError> {
        let server = |verb, parser: &Parser, line: &mut Line| {
            let (node, column) = line.node("the server's number")?;
            parser.check_server(line, node, column)?;
            Ok(Statement::Server(verb, node))
        };
        let disk = |verb: fn(u32) -> ServerVerb, parser: &Parser, line: &mut Line| {
            let (node, column) = line.node("the server's number")?;
            parser.check_server(line, node, column)?;
            Ok(Statement::Server(verb(log_dir(line)?), node))
        };
        match word.text.as_str() {
            "wait" => Ok(Statement::Wait(line.span("how long to wait")?)),
            "step" => Ok(Statement::Events(line.number("how many events")?)),
            "crash" => server(ServerVerb::Crash, self, line),
            "power-loss" => server(ServerVerb::PowerLoss, self, line),
            "stop" => server(ServerVerb::Stop, self, line),
            "start" => server(ServerVerb::Start, self, line),
            "pause" => server(ServerVerb::Pause, self, line),
            "resume" => server(ServerVerb::Resume, self, line),
            "fail-log-dir" => disk(ServerVerb::FailLogDir, self, line),
            "fill-disk" => disk(ServerVerb::FillDisk, self, line),
            "repair-disk" => disk(ServerVerb::RepairDisk, self, line),
            "add-voter" => self.voter(VoterVerb::Add, line),
            "remove-voter" => self.voter(VoterVerb::Remove, line),
            "move-replica" => self.move_replica(line),
            "cut" => self.link(LinkVerb::Cut, line),
            "hold" => self.link(LinkVerb::Hold, line),
            "link-up" => self.link(LinkVerb::Up, line),
            "slow" => self.link(LinkVerb::Slow(kafka_core::types::Duration::ZERO), line),
            "partition" => self.partition(line),
            "heal" => Ok(Statement::Heal),
            "producer" | "consumer" | "share-consumer" => self.client(word, line),
            "send" => self.send(line),
            "load" => self.load(line),
            "stop-load" => Ok(Statement::StopLoad(self.known(line)?)),
            "stop-polling" => Ok(Statement::StopPolling(self.known(line)?)),
            "resume-polling" => Ok(Statement::ResumePolling(self.known(line)?)),
            "commit" => Ok(Statement::Commit(self.known(line)?)),
            "begin" => Ok(Statement::Begin(self.known(line)?)),
            "abort" => Ok(Statement::Abort(self.known(line)?)),
            "send-offsets" => self.send_offsets(line),
            "seek" => self.seek(line),
            "close" => Ok(Statement::Close(self.gone(line)?)),
            "kill" => Ok(Statement::Kill(self.gone(line)?)),
            other => {
                let near = nearest(other);
                let problem = Problem::UnknownStatement(other.to_string(), near);
                Err(line.error(word.column, problem))
            }
        }
    }

    fn move_replica(&self, line: &mut Line) -> Result<Statement, ParseError> {
        let topic = line.want("the topic")?.text;
        let partition = line.node("the partition")?.0.0;
        let (mut broker, mut dir) = (None, None);
        for (name, text, column) in line.settings()? {
            let bad = line.error(column, Problem::NotANumber(text.clone()));
            let number: u32 = text.parse().map_err(|_| bad)?;
            let (known, most, problem) = match name.as_str() {
                "broker" => (
                    &mut broker,
                    self.scenario.setup.brokers,
                    Problem::UnknownServer(number),
                ),
                "dir" => (
                    &mut dir,
                    self.scenario.setup.log_dirs,
                    Problem::UnknownLogDir(number),
                ),
                _ => {
                    let problem = Problem::UnknownSetting(name, "broker, dir");
                    return Err(line.error(column, problem));
                }
            };
            if number >= most {
                return Err(line.error(column, problem));
            }
            *known = Some(number);
        }
        Ok(Statement::MoveReplica {
            topic,
            partition,
            broker: NodeId(broker.ok_or_else(|| line.missing("broker=..."))?),
            dir: dir.ok_or_else(|| line.missing("dir=..."))?,
        })
    }

    fn voter(&self, verb: VoterVerb, line: &mut Line) -> Result<Statement, ParseError> {
        let (node, column) = line.node("the controller's number")?;
        match self.is_controller(node) {
            true => Ok(Statement::Voter(verb, node)),
            false => Err(line.error(column, Problem::UnknownController(node.0))),
        }
    }

    fn is_controller(&self, node: NodeId) -> bool {
        let setup = &self.scenario.setup;
        let first = setup.brokers.max(100);
        (first..first + setup.controllers).contains(&node.0)
    }

    fn check_server(&self, line: &Line, node: NodeId, column: usize) -> Result<(), ParseError> {
        if node.0 < self.scenario.setup.brokers || self.is_controller(node) {
            Ok(())
        } else {
            Err(line.error(column, Problem::UnknownServer(node.0)))
        }
    }

    fn link(&self, verb: LinkVerb, line: &mut Line) -> Result<Statement, ParseError> {
        let from = self.end(line, "one end of the link")?;
        let arrow = line.want("-> or -")?;
        let both = match arrow.text.as_str() {
            "->" => false,
            "-" => true,
            _ => {
                let problem = Problem::BadValue(arrow.text, "-> (one way) or - (both ways)");
                return Err(line.error(arrow.column, problem));
            }
        };
        let to = self.end(line, "the other end of the link")?;
        let verb = match verb {
            LinkVerb::Slow(_) => LinkVerb::Slow(line.span("how much longer it takes")?),
            other => other,
        };
        Ok(Statement::Link {
            verb,
            from,
            to,
            both,
        })
    }

    /// A client's name, or a server's number.
    fn end(&self, line: &mut Line, what: &'static str) -> Result<End, ParseError> {
        let word = line.want(what)?;
        if self.clients.contains(&word.text) {
            return Ok(End::Client(word.text));
        }
        let unknown = line.error(word.column, Problem::UnknownClient(word.text.clone()));
        let node = NodeId(word.text.parse().map_err(|_| unknown)?);
        self.check_server(line, node, word.column)?;
        Ok(End::Server(node))
    }

    fn partition(&self, line: &mut Line) -> Result<Statement, ParseError> {
        let one = self.side(line)?;
        let bar = line.want("| between the sides")?;
        if bar.text != "|" {
            return Err(line.error(bar.column, Problem::BadValue(bar.text, "|")));
        }
        Ok(Statement::Partition(one, self.side(line)?))
    }

    fn side(&self, line: &mut Line) -> Result<Vec<NodeId>, ParseError> {
        let word = line.want("servers, as in 1,2,")?;
        let mut nodes = Vec::new();
        for id in word.text.split(',') {
            let bad = line.error(word.column, Problem::NotANumber(id.to_string()));
            let node = NodeId(id.parse().map_err(|_| bad)?);
            self.check_server(line, node, word.column)?;
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn client(&mut self, word: &Word, line: &mut Line) -> Result<Statement, ParseError> {
        let name = line.want("the client's name")?;
        if self.clients.contains(&name.text) {
            return Err(line.error(name.column, Problem::NameTaken(name.text)));
        }
        let settings = line.settings()?;
        let is_producer = word.text == "producer";
        for (key, value, column) in &settings {
            let checked = match word.text.as_str() {
                "producer" => clients::producer_setting(&mut Default::default(), key, value),
                "consumer" => clients::consumer_setting(&mut Default::default(), key, value),
                _ => share::share_consumer_setting(&mut Default::default(), key, value),
            };
            checked.map_err(|problem| line.error(*column, problem))?;
        }
        if !is_producer && !settings.iter().any(|(key, ..)| key == "topic") {
            line.want("topic=NAME")?;
        }
        self.clients.push(name.text.clone());
        let pairs = settings
            .into_iter()
            .map(|(key, value, _)| (key, value))
            .collect();
        Ok(match word.text.as_str() {
            "producer" => Statement::Producer(name.text, pairs),
            "consumer" => Statement::Consumer(name.text, pairs),
            _ => Statement::ShareConsumer(name.text, pairs),
        })
    }

    fn known(&self, line: &mut Line) -> Result<String, ParseError> {
        let name = line.want("a client's name")?;
        if self.clients.contains(&name.text) {
            Ok(name.text)
        } else {
            Err(line.error(name.column, Problem::UnknownClient(name.text)))
        }
    }

    /// A client that ends: its name is free again.
    fn gone(&mut self, line: &mut Line) -> Result<String, ParseError> {
        let name = self.known(line)?;
        self.clients.retain(|known| *known != name);
        Ok(name)
    }

    fn send(&self, line: &mut Line) -> Result<Statement, ParseError> {
        let producer = self.known(line)?;
        let topic = line.want("the topic")?.text;
        let value = line.want("the value")?.text;
        let (mut key, mut partition) = (None, None);
        let mut value = Some(value);
        for (name, text, column) in line.settings()? {
            match name.as_str() {
                "key" => key = Some(text),
                "partition" => {
                    let bad = line.error(column, Problem::NotANumber(text.clone()));
                    partition = Some(text.parse().map_err(|_| bad)?);
                }
                "tombstone" if text == "true" => value = None,
                _ => {
                    let problem = Problem::UnknownSetting(name, "key, partition, tombstone");
                    return Err(line.error(column, problem));
                }
            }
        }
        Ok(Statement::Send {
            producer,
            topic,
            value,
            key,
            partition,
        })
    }

    fn seek(&self, line: &mut Line) -> Result<Statement, ParseError> {
        let consumer = self.known(line)?;
        let topic = line.want("the topic")?.text;
        let partition = line.node("the partition")?.0.0;
        Ok(Statement::Seek {
            consumer,
            topic,
            partition,
            offset: line.number("the offset")?,
        })
    }

    fn load(&self, line: &mut Line) -> Result<Statement, ParseError> {
        let producer = self.known(line)?;
        let topic = line.want("the topic")?.text;
        let (mut every, mut count, mut keys, mut size) = (None, None, 0, 0);
        let mut key_names = Vec::new();
        for (name, text, column) in line.settings()? {
            let bad = line.error(column, Problem::NotANumber(text.clone()));
            match name.as_str() {
                "every" => {
                    let bad = line.error(column, Problem::NotASpan(text.clone()));
                    every = Some(span(&text).filter(|span| span.0 > 0).ok_or(bad)?);
                }
                "count" => count = Some(text.parse().map_err(|_| bad)?),
                "size" => size = text.parse().map_err(|_| bad)?,
                // A number of keys, or the keys.
                "keys" if text.bytes().all(|b| b.is_ascii_digit()) => {
                    keys = text.parse().map_err(|_| bad)?;
                }
                "keys" if text.split(',').all(|key| !key.is_empty()) => {
                    key_names = text.split(',').map(str::to_string).collect();
                }
                "keys" => return Err(bad),
                _ => {
                    let problem = Problem::UnknownSetting(name, "every, count, keys, size");
                    return Err(line.error(column, problem));
                }
            }
        }
        let every = match every {
            Some(every) => every,
            None => line.span("every=SPAN")?,
        };
        Ok(Statement::Load {
            producer,
            topic,
            every,
            count,
            keys,
            key_names,
            size,
        })
    }
}

/// The statement that shares the longest beginning with a mistyped word.
fn nearest(word: &str) -> Option<&'static str> {
    let shared = |name: &str| {
        let pairs = name.chars().zip(word.chars());
        pairs.take_while(|(a, b)| a == b).count()
    };
    STATEMENTS
        .iter()
        .copied()
        .max_by_key(|name| shared(name))
        .filter(|name| shared(name) >= 2)
}
