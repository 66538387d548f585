//! A Kafka world: an engine full of Kafka processes, and what may be done to it.
//!
//! `Clone` is a snapshot: processes are shared until they next change, history
//! chunks for ever. Not here: going back in time (`timeline`).

mod actions;
mod view;

use std::collections::BTreeMap;
use std::rc::Rc;

use kafka_core::broker::BrokerState;
use kafka_core::metadata::ClusterImage;
use kafka_core::types::{Duration, NodeId, Time};

use crate::action::DiskState;
use crate::engine::Engine;
use crate::process::{KafkaProcess, NodeConfig, Role};
use crate::spec::{ClusterSpec, StartState};
use crate::trace::Seq;

pub use view::NodeView;

/// How long a cluster may take to boot before its world is given as it is.
const BOOT_LIMIT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
struct Member {
    config: Rc<NodeConfig>,
    removed: bool,
    /// What became of disks that are not good, by the number of the log directory.
    disks: BTreeMap<u32, DiskState>,
}

impl Member {
    fn disk(&self, dir: u32) -> DiskState {
        self.disks.get(&dir).copied().unwrap_or_default()
    }
}

/// The world.
#[derive(Clone, Debug)]
pub struct World {
    spec: Rc<ClusterSpec>,
    seed: u64,
    engine: Engine<KafkaProcess>,
    members: Vec<Member>,
    next_client: NodeId,
}

impl World {
    /// A world at its beginning. A spec that names an id twice keeps the first.
    pub fn new(spec: ClusterSpec, seed: u64) -> World {
        let spec = Rc::new(spec);
        let mut world = World {
            engine: Engine::new(seed, spec.network),
            spec: Rc::clone(&spec),
            seed,
            members: Vec::new(),
            next_client: NodeId::FIRST_CLIENT,
        };
        let controllers = spec.controllers.iter();
        for config in controllers {
            world.add_member(config.node, NodeConfig::Controller(config.clone()));
        }
        for config in &spec.brokers {
            world.add_member(config.node, NodeConfig::Broker(config.clone()));
        }
        if spec.start != StartState::Stopped {
            for node in 0..world.members.len() as u16 {
                world.start_member(node, Seq::NONE);
            }
        }
        if spec.start == StartState::Booted {
            world.boot(BOOT_LIMIT);
        }
        world
    }

    fn add_member(&mut self, id: NodeId, config: NodeConfig) -> Option<u16> {
        let node = self.engine.add(id, KafkaProcess::Absent)?;
        self.members.push(Member {
            config: Rc::new(config),
            removed: false,
            disks: BTreeMap::new(),
        });
        Some(node)
    }

    fn start_member(&mut self, node: u16, cause: Seq) {
        let config = Rc::clone(&self.members[node as usize].config);
        let id = self.engine.nodes[node as usize].id;
        let left = self.engine.take_process(node);
        self.engine
            .start(node, KafkaProcess::start(id, &config, left), cause);
    }

    /// Delivers exactly one event; false if nothing is left to happen.
    pub fn step(&mut self) -> bool {
        self.engine.step()
    }

    /// Delivers the next event if it is due at or before `limit`.
    pub fn step_until(&mut self, limit: Time) -> bool {
        self.engine.step_until(limit)
    }

    /// Delivers `n` events; gives how many there were.
    pub fn run_events(&mut self, n: u64) -> u64 {
        (0..n).take_while(|_| self.engine.step()).count() as u64
    }

    /// Delivers everything due at or before `until`, then sets the clock to it.
    pub fn run_until(&mut self, until: Time) -> u64 {
        self.engine.run_until(until)
    }

    /// Sets the clock, without delivering anything: at most to the next event's
    /// time, never back.
    pub fn skip_to(&mut self, at: Time) {
        self.engine.skip_to(at);
    }

    /// Runs for a span of virtual time.
    pub fn run_for(&mut self, span: Duration) -> u64 {
        self.run_until(self.now() + span)
    }

    /// Runs until nothing but keeping alive (heartbeats, empty fetches, no-op
    /// records) has happened for `quiet`, at most until `limit`. Whether it
    /// became quiet.
    pub fn run_until_quiet(&mut self, quiet: Duration, limit: Time) -> bool {
        let from = self.now();
        loop {
            let calm = self.engine.last_activity().max(from) + quiet;
            if calm > limit {
                self.run_until(limit);
                return self.engine.last_activity().max(from) + quiet <= limit;
            }
            self.run_until(calm);
            if self.engine.last_activity().max(from) + quiet <= self.now() {
                return true;
            }
        }
    }

    /// Runs until every broker that runs is unfenced, at most for `limit`.
    pub fn boot(&mut self, limit: Duration) -> bool {
        let limit = self.now() + limit;
        while !self.is_booted() {
            if !self.step_until(limit) {
                return false;
            }
        }
        true
    }

    /// Whether every broker that runs is unfenced and knows that the others are.
    pub fn is_booted(&self) -> bool {
        let Some(controller) = self.active_controller() else {
            return false;
        };
        let brokers = || {
            self.nodes()
                .filter(|node| node.role == Role::Broker && node.status.is_alive())
        };
        let all_active = |image: &ClusterImage| brokers().all(|node| image.is_active(node.id));
        all_active(controller.image())
            && brokers().all(|node| match node.process {
                KafkaProcess::Broker(broker) => {
                    broker.state() == BrokerState::Running && all_active(broker.image())
                }
                _ => false,
            })
    }

    /// A clone for keeping: without the content of the newest trace entries,
    /// which would keep old messages alive.
    pub fn snapshot(&self) -> World {
        let mut copy = self.clone();
        copy.engine.trace_mut().strip();
        copy
    }
}
