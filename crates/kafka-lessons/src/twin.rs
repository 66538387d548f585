//! Two models that are not Kafka, fed with the same records at the same virtual times: a
//! point-to-point queue that forgets a message once it is acknowledged, and a topic that pushes to
//! whoever is connected and keeps nothing.
//!
//! They are a function of what happened in the world: when records were stored, when consumers
//! connected and when they were gone. Nothing of Kafka's rules is in them, and nothing of them
//! ever reaches the cluster. Invariant: a message of the queue is stored, with one worker, or
//! acknowledged; never two of these.

use std::collections::{BTreeMap, VecDeque};

use kafka_core::client::ClientEvent;
use kafka_core::types::NodeId;
use kafka_sim::{EntryKind, Seq};
use lesson_format::{Twin, TwinKind};

use crate::scene::Scene;

/// Time a worker of the queue takes for one message, µs, when its consumer has no capacity.
pub const WORK: u64 = 200_000;

/// A message given to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When, µs.
    pub at: u64,
    /// The record's number in the ledger.
    pub tag: u64,
    /// Who got it.
    pub to: String,
    /// What came of it.
    pub end: Ending,
}

/// What came of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Acknowledged at that time, µs: the queue has forgotten the message.
    Acknowledged(u64),
    /// Being worked on.
    Open,
    /// The worker was gone at that time, µs; the queue gives the message to the next.
    Returned(u64),
    /// Pushed; a push topic asks for no acknowledgement.
    Pushed,
}

/// What a model has done by now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TwinRun {
    /// When each record reached it, µs, with its number in the ledger.
    pub arrived: Vec<(u64, u64)>,
    /// Deliveries in order.
    pub deliveries: Vec<Delivery>,
    /// What it still stores: waiting or unacknowledged messages.
    pub stored: Vec<u64>,
}

impl TwinRun {
    /// How many messages one consumer got.
    pub fn received(&self, name: &str) -> usize {
        self.deliveries.iter().filter(|d| d.to == name).count()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Gone(NodeId),
    Connected(NodeId),
    Arrived(u64),
}

/// What a model has done by the scene's moment.
pub fn run(scene: &Scene<'_>, twin: &Twin) -> TwinRun {
    let mut happened = happened(scene, twin);
    happened.sort();
    let mut run = TwinRun::default();
    match twin.kind {
        TwinKind::Queue => Queue::new(scene, &mut run).play(&happened),
        TwinKind::Push => push(scene, &mut run, &happened),
    }
    run
}

fn name(scene: &Scene<'_>, client: NodeId) -> String {
    let known = scene.consumer_config(client);
    known.map_or_else(String::new, |(name, _)| name)
}

/// Arrivals and comings and goings, as the world has them.
fn happened(scene: &Scene<'_>, twin: &Twin) -> Vec<(u64, What)> {
    let mut happened = Vec::new();
    for item in scene.world.history().iter_from(0) {
        if let ClientEvent::Acked { tag, .. } = item.event {
            let fate = scene.checker.fate(tag);
            if fate.is_some_and(|fate| fate.topic.as_deref() == Some(&*twin.topic)) {
                happened.push((item.at.0, What::Arrived(tag)));
            }
        }
    }
    let clients: Vec<NodeId> = twin
        .groups
        .iter()
        .flat_map(|group| scene.consumers_of(group))
        .collect();
    for (seq, entry) in scene.world.trace().iter_from(Seq(0)) {
        let node = scene.world.id_of(entry.node);
        let Some(client) = node.filter(|id| clients.contains(id)) else {
            continue;
        };
        if entry.kind == EntryKind::Started {
            happened.push((entry.at.0, What::Connected(client)));
            let runs = scene
                .world
                .node(client)
                .is_some_and(|n| n.status.is_alive());
            if !runs {
                let end = scene.ran_until(client, seq);
                happened.push((end.0, What::Gone(client)));
            }
        }
    }
    happened
}

fn push(scene: &Scene<'_>, run: &mut TwinRun, happened: &[(u64, What)]) {
    let mut connected: Vec<NodeId> = Vec::new();
    for (at, what) in happened {
        match what {
            What::Connected(client) => connected.push(*client),
            What::Gone(client) => connected.retain(|known| known != client),
            What::Arrived(tag) => {
                run.arrived.push((*at, *tag));
                run.deliveries
                    .extend(connected.iter().map(|client| Delivery {
                        at: *at,
                        tag: *tag,
                        to: name(scene, *client),
                        end: Ending::Pushed,
                    }));
            }
        }
    }
}

struct Queue<'a> {
    scene: &'a Scene<'a>,
    run: &'a mut TwinRun,
    waiting: VecDeque<u64>,
    idle: VecDeque<NodeId>,
    /// Workers with a message: when they are through, and the number of the delivery.
    busy: BTreeMap<NodeId, (u64, usize)>,
}

impl<'a> Queue<'a> {
    fn new(scene: &'a Scene<'a>, run: &'a mut TwinRun) -> Queue<'a> {
        Queue {
            scene,
            run,
            waiting: VecDeque::new(),
            idle: VecDeque::new(),
            busy: BTreeMap::new(),
        }
    }

    fn play(mut self, happened: &[(u64, What)]) {
        for (at, what) in happened {
            self.work_until(*at);
            match *what {
                What::Arrived(tag) => {
                    self.run.arrived.push((*at, tag));
                    self.waiting.push_back(tag);
                }
                What::Connected(client) => self.idle.push_back(client),
                What::Gone(client) => self.gone(client, *at),
            }
            self.hand_out(*at);
        }
        self.work_until(self.scene.world.now().0);
        let open = self.busy.values().map(|(_, d)| self.run.deliveries[*d].tag);
        let stored: Vec<u64> = open.chain(self.waiting.iter().copied()).collect();
        self.run.stored = stored;
    }

    /// Lets workers finish what is done by then, in the order of time.
    fn work_until(&mut self, until: u64) {
        loop {
            let first = self
                .busy
                .iter()
                .map(|(client, (at, _))| (*at, *client))
                .min();
            let Some((at, client)) = first.filter(|(at, _)| *at <= until) else {
                return;
            };
            if let Some((_, delivery)) = self.busy.remove(&client) {
                self.run.deliveries[delivery].end = Ending::Acknowledged(at);
            }
            self.idle.push_back(client);
            self.hand_out(at);
        }
    }

    fn gone(&mut self, client: NodeId, at: u64) {
        self.idle.retain(|known| *known != client);
        if let Some((_, delivery)) = self.busy.remove(&client) {
            let delivery = &mut self.run.deliveries[delivery];
            delivery.end = Ending::Returned(at);
            self.waiting.push_front(delivery.tag);
        }
    }

    /// Gives waiting messages to idle workers: who waited longest comes first.
    fn hand_out(&mut self, at: u64) {
        while !self.waiting.is_empty() {
            let Some(client) = self.idle.pop_front() else {
                return;
            };
            let Some(tag) = self.waiting.pop_front() else {
                return;
            };
            self.run.deliveries.push(Delivery {
                at,
                tag,
                to: name(self.scene, client),
                end: Ending::Open,
            });
            let through = at + self.scene.work_time(client).unwrap_or(WORK);
            self.busy
                .insert(client, (through, self.run.deliveries.len() - 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::Play;
    use lesson_format::{Act, Statement};

    const START: &str = "scenario 1
cluster brokers=1 controllers=1
$ kafka-topics.sh --create --topic t --partitions 1 --bootstrap-server localhost:9092
producer p
";

    fn plan(kind: TwinKind) -> Twin {
        Twin {
            kind,
            topic: "t".into(),
            groups: vec!["g".into()],
        }
    }

    fn after(acts: &[&str]) -> Play {
        let mut script = crate::deeds::Script::new(1);
        script.scenario = Some(START.into());
        let mut play = Play::replay(&script, &[]).unwrap_or_else(|e| panic!("{e}"));
        for act in acts {
            let act = match act.strip_prefix("wait ") {
                Some(ms) => Act::Run(ms.parse::<u64>().unwrap_or(0) * 1_000),
                None => Act::Scenario(Statement {
                    line: 1,
                    column: 1,
                    text: (*act).to_owned(),
                }),
            };
            play.act(&act).unwrap_or_else(|e| panic!("{act:?}: {e}"));
        }
        play
    }

    fn told(run: &TwinRun) -> Vec<(&str, &'static str)> {
        let end = |delivery: &Delivery| match delivery.end {
            Ending::Acknowledged(_) => "acknowledged",
            Ending::Open => "open",
            Ending::Returned(_) => "returned",
            Ending::Pushed => "pushed",
        };
        run.deliveries
            .iter()
            .map(|d| (d.to.as_str(), end(d)))
            .collect()
    }

    /// One receiver a message; acknowledged messages are gone.
    #[test]
    fn the_queue_gives_each_message_once_and_forgets_it() {
        let play = after(&[
            "consumer a topic=t group=g",
            "consumer b topic=t group=g",
            "send p t 1",
            "send p t 2",
            "wait 1000",
        ]);
        let run = run(&play.scene(), &plan(TwinKind::Queue));
        assert_eq!(told(&run), [("a", "acknowledged"), ("b", "acknowledged")]);
        assert_eq!((run.arrived.len(), run.stored.len()), (2, 0));
    }

    /// A worker that is gone before it acknowledged: the message is given to the next.
    #[test]
    fn an_unacknowledged_message_of_a_dead_worker_is_given_to_another() {
        let busy = after(&["consumer a topic=t group=g", "send p t 1", "wait 100"]);
        let while_busy = run(&busy.scene(), &plan(TwinKind::Queue));
        assert_eq!(told(&while_busy), [("a", "open")]);
        assert_eq!(
            while_busy.stored.len(),
            1,
            "stored until it is acknowledged"
        );
        let play = after(&[
            "consumer a topic=t group=g",
            "send p t 1",
            "wait 100",
            "kill a",
            "wait 100",
            "consumer b topic=t group=g",
            "wait 1000",
        ]);
        let run = run(&play.scene(), &plan(TwinKind::Queue));
        assert_eq!(told(&run), [("a", "returned"), ("b", "acknowledged")]);
        assert_eq!(run.stored.len(), 0);
    }

    /// Pushed to whoever is connected at that moment, and to nobody later.
    #[test]
    fn the_push_topic_keeps_nothing_for_late_comers() {
        let play = after(&[
            "consumer a topic=t group=g",
            "send p t 1",
            "wait 100",
            "consumer b topic=t group=g",
            "send p t 2",
            "wait 100",
        ]);
        let run = run(&play.scene(), &plan(TwinKind::Push));
        assert_eq!(
            told(&run),
            [("a", "pushed"), ("a", "pushed"), ("b", "pushed")]
        );
        assert_eq!((run.received("b"), run.stored.len()), (1, 0));
    }
}
