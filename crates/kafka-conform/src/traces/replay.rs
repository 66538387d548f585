//! A story's steps, done to a simulated cluster.

use std::collections::BTreeMap;

use kafka_core::client::{ClientCommand, ProducerLoad};
use kafka_core::config::ProducerConfig;
use kafka_core::protocol::Acks;
use kafka_core::types::{Duration, NodeId, Time};
use kafka_shell::script::{Ran, run_line};
use kafka_sim::{Action, ClusterSpec, World};
use serde_json::Value;

const SEED: u64 = 1;
/// A recorded start took seconds (a Java process); what happens in that time
/// (sessions ending, ISRs shrinking) belongs to the story.
const START_TAKES: Duration = Duration::from_ms(2_500);

/// A story that was played to its end.
pub(super) struct Played {
    /// The world at the end.
    pub world: World,
    /// The producers by their recorded names.
    pub producers: BTreeMap<String, NodeId>,
}

/// Plays a story.
///
/// # Errors
/// The step that cannot be played.
pub(super) fn replay(story: &Value) -> Result<Played, String> {
    let mut world = World::new(spec(story)?, SEED);
    if !world.boot(Duration::from_secs(60)) {
        return Err("the cluster did not start within a minute".to_string());
    }
    let begin = world.now();
    let mut played = Played {
        world,
        producers: BTreeMap::new(),
    };
    let steps = story["steps"].as_array().cloned().unwrap_or_default();
    for step in &steps {
        let at_ms = step["at_ms"].as_u64().unwrap_or(0);
        let text = step["do"].as_str().unwrap_or_default();
        pass(&mut played.world, begin + Duration::from_ms(at_ms));
        played.step(text)?;
    }
    Ok(played)
}

fn pass(world: &mut World, until: Time) {
    if world.now() < until {
        world.run_until(until);
    }
}

fn ids(value: &Value) -> Vec<u32> {
    let list = value.as_array().cloned().unwrap_or_default();
    list.iter()
        .filter_map(|id| Some(id.as_u64()? as u32))
        .collect()
}

fn spec(story: &Value) -> Result<ClusterSpec, String> {
    let brokers = ids(&story["cluster"]["brokers"]).len() as u32;
    let controllers = ids(&story["cluster"]["controllers"]).len() as u32;
    let mut spec = ClusterSpec::quick(brokers, controllers);
    if let Some(overrides) = story["overrides"].as_object() {
        for (name, value) in overrides {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_string);
            kafka_scenario::properties::set(&mut spec, name, &text)
                .map_err(|error| error.to_string())?;
        }
    }
    let about = story["about"].as_str().unwrap_or_default();
    if about.contains("ELR off") {
        for controller in &mut spec.controllers {
            controller.elr_version = 0;
        }
    }
    for broker in &mut spec.brokers {
        broker.recovery = START_TAKES;
    }
    // A broker that a step starts for the first time is not there before.
    Ok(spec)
}

impl Played {
    fn step(&mut self, text: &str) -> Result<(), String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["create", "topic", topic, "replicas", replicas, configs @ ..] => {
                self.create(topic, replicas, configs)
            }
            ["producer", name, "to", topic, acks, rate, ..] => {
                let overrides = text.find('{').map_or("", |at| &text[at..]);
                self.producer(name, topic, acks, rate, overrides)
            }
            ["stop", "producer", name] => {
                let close = ClientCommand::Close { leave: true };
                self.command(name, ClientCommand::StopLoad)?;
                self.command(name, close)
            }
            [
                verb @ ("kill" | "stop" | "start" | "pause" | "resume"),
                node,
            ] => {
                let node = node
                    .parse()
                    .map_err(|_| format!("`{text}` names no server"))?;
                self.server(verb, NodeId(node))
            }
            ["active", "controller", ..] => Ok(()),
            ["end"] => Ok(()),
            ["$", tool, ..] if kafka_shell::tools::find(tool).is_some() => {
                let line = format!("{} --bootstrap-server {}", &text[2..], self.address());
                let ran = self.run(&line);
                match ran.exit {
                    Some(0) => Ok(()),
                    _ => Err(format!("{line}: {}{}", ran.out, ran.err)),
                }
            }
            _ => Err(format!("the step `{text}` is not simulated yet")),
        }
    }

    fn run(&mut self, line: &str) -> Ran {
        run_line(&mut self.world, line, "", Duration::from_secs(120))
    }

    fn address(&self) -> String {
        let brokers = &self.world.spec().brokers;
        let up: Vec<String> = brokers
            .iter()
            .filter(|b| self.world.node(b.node).is_some_and(|n| n.status.is_alive()))
            .map(|b| format!("{}:{}", b.host, b.port))
            .collect();
        up.join(",")
    }

    fn create(&mut self, topic: &str, replicas: &str, configs: &[&str]) -> Result<(), String> {
        let mut line = format!(
            "kafka-topics.sh --bootstrap-server {} --create --topic {topic} --replica-assignment {replicas}",
            self.address()
        );
        for config in configs {
            line.push_str(&format!(" --config {config}"));
        }
        let ran = self.run(&line);
        match ran.exit {
            Some(0) => Ok(()),
            _ => Err(format!("{line}: {}{}", ran.out, ran.err)),
        }
    }

    fn producer(
        &mut self,
        name: &str,
        topic: &str,
        acks: &str,
        rate: &str,
        overrides: &str,
    ) -> Result<(), String> {
        let acks = match acks {
            "acks=-1" | "acks=all" => Acks::All,
            "acks=1" => Acks::Leader,
            "acks=0" => Acks::None,
            other => return Err(format!("{other} is no setting of acks")),
        };
        let rate = rate
            .strip_prefix("rate=")
            .and_then(|r| r.strip_suffix("/s"));
        let rate: u64 = rate
            .and_then(|r| r.parse().ok())
            .ok_or("a rate is missing")?;
        // `retries=0` not set explicitly together with idempotence disables it (PRO-12).
        let mut config = ProducerConfig {
            acks,
            retries: 0,
            idempotence: false,
            ..ProducerConfig::default()
        };
        config.client.client_id = name.into();
        let number = |key: &str| {
            let at = overrides.find(key)? + key.len();
            let rest = overrides[at..].trim_start_matches(['\'', ':', ' ']);
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<u32>().ok()
        };
        config.linger_ms = number("linger_ms").unwrap_or(config.linger_ms);
        config.delivery_timeout_ms =
            number("delivery_timeout_ms").unwrap_or(config.delivery_timeout_ms);
        config.client.request_timeout_ms =
            number("request_timeout_ms").unwrap_or(config.client.request_timeout_ms);
        let added = self.world.apply(&Action::AddProducer(Box::new(config)));
        let node = added
            .map_err(|e| e.to_string())?
            .node
            .ok_or("no producer was made")?;
        self.producers.insert(name.to_string(), node);
        let load = ProducerLoad {
            topic: topic.into(),
            partition: None,
            every: Duration::from_us(1_000_000 / rate.max(1)),
            remaining: None,
            keys: 0,
            value_bytes: 0,
            next: 0,
        };
        self.command(name, ClientCommand::StartLoad(load))
    }

    fn command(&mut self, producer: &str, command: ClientCommand) -> Result<(), String> {
        let client = *self.producers.get(producer).ok_or("no such producer")?;
        let command = Box::new(command);
        let action = Action::Command { client, command };
        self.world
            .apply(&action)
            .map_err(|error| error.to_string())?;
        Ok(())
    }

    fn server(&mut self, verb: &str, node: NodeId) -> Result<(), String> {
        let action = match verb {
            "kill" => Action::Crash(node),
            "stop" => Action::Terminate(node),
            "start" => Action::Start(node),
            "pause" => Action::Pause(node),
            _ => Action::Resume(node),
        };
        self.world
            .apply(&action)
            .map_err(|error| error.to_string())?;
        Ok(())
    }
}
