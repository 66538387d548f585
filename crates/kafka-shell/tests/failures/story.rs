//! A story of the catalogue, played up to the lines that matter.

use std::fmt::Write;
use std::path::PathBuf;

use kafka_check::{Counts, Invariant, Outcome};
use kafka_core::metadata::PartitionRegistration;
use kafka_core::types::{BrokerEpoch, Duration, NodeId, Offset, TopicPartition};
use kafka_scenario::checked::Checked;
use kafka_scenario::driver::{Driver, Runs};
use kafka_scenario::{Player, Scenario, parse, spec};
use kafka_shell::files::Files;
use kafka_shell::script::run_line_patiently;
use kafka_sim::World;

/// Where the stories are.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/failures")
}

/// A story being played. What it did not tell as expected is told together at the end.
pub struct Story {
    scenario: Scenario,
    lines: Vec<String>,
    next: usize,
    player: Player,
    checked: Checked,
    files: Files,
    printed: String,
    wrong: Vec<String>,
}

impl Story {
    /// Opens `scenarios/failures/NAME.scenario`.
    pub fn open(name: &str) -> Story {
        let file = folder().join(format!("{name}.scenario"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        Story::told(&text)
    }

    /// A story of that text, for one with another beginning.
    pub fn told(text: &str) -> Story {
        let scenario = parse(text).unwrap_or_else(|error| panic!("{error}"));
        let spec = spec(&scenario.setup).unwrap_or_else(|error| panic!("{error}"));
        let world = World::new(spec, scenario.setup.seed);
        Story {
            lines: text.lines().map(|line| line.trim().to_string()).collect(),
            scenario,
            next: 0,
            player: Player::default(),
            checked: Checked::new(world),
            files: Files::default(),
            printed: String::new(),
            wrong: Vec::new(),
        }
    }

    /// A story of that name with a part of its text replaced.
    pub fn changed(name: &str, from: &str, to: &str) -> Story {
        let file = folder().join(format!("{name}.scenario"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(text.contains(from), "{name} has no {from}");
        Story::told(&text.replace(from, to))
    }

    /// Plays up to the next line of that text, which is not played yet.
    pub fn until(&mut self, line: &str) {
        let rest = &self.scenario.steps[self.next..];
        let at = rest
            .iter()
            .position(|step| self.lines[step.line - 1] == line);
        let at = at.unwrap_or_else(|| panic!("no line `{line}` follows"));
        self.play_to(self.next + at);
    }

    /// Plays up to that line, where `orders-0` stands so.
    pub fn at(&mut self, line: &str, state: &str) {
        self.until(line);
        self.says("orders-0", state);
    }

    /// Plays all that is left, after which `orders-0` stands so.
    pub fn ends_with(&mut self, state: &str) {
        self.play_out();
        self.says("orders-0", state);
    }

    /// Plays all that is left; panics with everything that was not told as expected.
    pub fn end(mut self) {
        self.play_to(self.scenario.steps.len());
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }

    /// Plays all that is left, for more to be asked.
    pub fn play_out(&mut self) {
        self.play_to(self.scenario.steps.len());
    }

    fn play_to(&mut self, end: usize) {
        let Story {
            scenario,
            next,
            player,
            checked,
            files,
            printed,
            ..
        } = self;
        for step in &scenario.steps[*next..end] {
            let mut shell = |driver: &mut Checked, command: &str, input: &str| {
                let patience = Duration::from_secs(60);
                let ran = run_line_patiently(files, driver, command, input, patience);
                *printed = ran.out + &ran.err;
            };
            let played = player.play(checked, step, &mut shell);
            played.unwrap_or_else(|error| panic!("{error}"));
        }
        *next = end;
    }

    /// The world now.
    pub fn world(&self) -> &World {
        self.checked.world()
    }

    /// What the last command line printed.
    pub fn printed(&self) -> &str {
        &self.printed
    }

    /// The client of that name.
    pub fn client(&self, name: &str) -> NodeId {
        let client = self.player.client(name);
        client.unwrap_or_else(|| panic!("no client {name}"))
    }

    /// Notes it unless both are the same.
    pub fn expect(&mut self, what: &str, told: &str, expected: &str) {
        if told != expected {
            let line = self.scenario.steps[self.next.max(1) - 1].line;
            self.wrong.push(format!(
                "after line {line}, {what}:\n  told     {told}\n  expected {expected}"
            ));
        }
    }

    /// Expects a partition of the topic to stand so; see [`Story::tell`].
    pub fn says(&mut self, partition: &str, expected: &str) {
        let told = self.tell(partition);
        self.expect(partition, &told, expected);
    }

    /// Expects these numbers of sent, acknowledged, failed, lost and duplicated records.
    pub fn counts(&mut self, expected: &str) {
        let Counts {
            sent,
            acknowledged,
            failed,
            lost,
            duplicated,
            ..
        } = self.checked.checker().counts();
        let told = format!(
            "sent {sent}, acked {acknowledged}, failed {failed}, lost {lost}, twice {duplicated}"
        );
        self.expect("records", &told, expected);
    }

    /// Expects these invariants to be broken, each with what permits it, and no others.
    pub fn permits(&mut self, expected: &str) {
        let mut told = Vec::new();
        for verdict in self.checked.checker().verdicts_at(self.checked.world()) {
            match verdict.outcome {
                Outcome::Holds => {}
                Outcome::AllowedBy(by) => told.push(named(verdict.invariant, by.text())),
                Outcome::Violated => told.push(named(verdict.invariant, "VIOLATED")),
            }
        }
        self.expect("verdicts", &told.join("; "), expected);
    }

    /// What the world says when it refuses a statement; nothing changes.
    pub fn refuses(&mut self, statement: &str) -> String {
        kafka_scenario::run::state(&mut self.checked, statement)
            .err()
            .unwrap_or_default()
    }

    /// The broken invariant that stopped the run, in a sentence.
    pub fn broken(&self) -> String {
        let broken = self.checked.broken();
        broken.map_or_else(String::new, |broken| broken.told(self.world()))
    }

    /// A partition as the controllers know it, then each replica: log end and high watermark,
    /// `*` at those that believe to lead.
    pub fn tell(&self, partition: &str) -> String {
        let (id, state) = self.registered(partition);
        let ids = |ids: &[NodeId]| {
            let ids: Vec<String> = ids.iter().map(NodeId::to_string).collect();
            ids.join(",")
        };
        let leader = (state.leader).map_or("none".to_string(), |leader| leader.to_string());
        let mut told = format!(
            "leader {leader} epoch {} isr {}",
            state.leader_epoch,
            ids(&state.isr)
        );
        if !state.elr.is_empty() {
            let _ = write!(told, " elr {}", ids(&state.elr));
        }
        for &replica in &state.replicas {
            let _ = write!(told, " | {replica}: {}", self.replica(replica, id));
        }
        told
    }

    /// Expects the quorum to stand so: the active controller, its epoch, and how many committed
    /// records say something.
    pub fn quorum(&mut self, expected: &str) {
        let told = match self.world().active_controller() {
            None => "no leader".to_string(),
            Some(active) => {
                let epoch = active.raft().epoch(&active.disk().raft);
                let active = active.raft().leader();
                let leader = active.map_or("?".to_string(), |leader| leader.to_string());
                format!("leader {leader} epoch {epoch}")
            }
        };
        self.expect("quorum", &told, expected);
    }

    /// Expects the producer's counts.
    pub fn producer(&mut self, name: &str, expected: &str) {
        let producer = self.world().producer(self.client(name)).expect("it runs");
        let counts = producer.counts();
        let told = format!(
            "sent {}, acked {}, failed {}, retries {}",
            counts.sent, counts.acked, counts.failed, counts.retries
        );
        self.expect(name, &told, expected);
    }

    /// The epoch a broker's registration has.
    pub fn broker_epoch(&self, broker: u32) -> BrokerEpoch {
        let image = self.world().metadata().expect("a controller runs");
        image.brokers[&NodeId(broker)].epoch
    }

    /// Lets time pass and calls `look` after each event.
    pub fn watch(&mut self, seconds: u64, mut look: impl FnMut(&World)) {
        let until = self.world().now() + Duration::from_secs(seconds);
        while self.checked.step_until(until) {
            look(self.checked.world());
        }
    }

    /// The numbers that a load wrote, in the order of the leader's log; `None` is another value.
    pub fn values(&self, partition: &str) -> Vec<Option<u64>> {
        let (id, state) = self.registered(partition);
        let leader = state.leader.and_then(|leader| self.world().broker(leader));
        let log = leader.and_then(|broker| broker.partition(id));
        let batches = log.into_iter().flat_map(|log| log.log.disk().batches());
        let records = batches.flat_map(|batch| batch.body.records.iter());
        let number = |value: &[u8]| String::from_utf8_lossy(value).parse().ok();
        records
            .map(|record| record.value.as_deref().and_then(number))
            .collect()
    }

    /// The newest generation of a group that any coordinator knows.
    pub fn generation(&self, group: &str) -> i32 {
        let known = self.world().brokers();
        let known = known.filter_map(|broker| broker.coordinator().group(group));
        known.map(|group| group.generation.0).max().unwrap_or(-1)
    }

    /// A share group's partitions on their leaders: first offset that is not done, then what is
    /// given out, is free again or done, with the number of deliveries.
    pub fn share_state(&self, group: &str) -> String {
        let all = self.world().brokers().flat_map(|b| b.share_partitions());
        let of_group = all.filter(|share| &*share.key().group == group);
        let told = of_group.map(|share| {
            let mut told = format!("start {}", share.start_offset());
            for batch in share.in_flight() {
                let _ = write!(
                    told,
                    " | {}-{} {:?} x{}",
                    batch.first, batch.last, batch.state, batch.delivery_count
                );
            }
            told
        });
        told.collect::<Vec<_>>().join("; ")
    }

    /// Expects this leader, epoch and ISR, wherever the logs stand.
    pub fn expect_isr(&mut self, partition: &str, expected: &str) {
        let told = self.tell(partition);
        let head = told.split(" | ").next().unwrap_or_default().to_string();
        self.expect(partition, &head, expected);
    }

    /// The partition epoch.
    pub fn partition_epoch(&self, partition: &str) -> i32 {
        self.registered(partition).1.partition_epoch.0
    }

    /// The value at an offset on each replica, and its leader epoch.
    pub fn record(&self, partition: &str, offset: i64) -> String {
        let (id, state) = self.registered(partition);
        let on = |broker: &NodeId| {
            let replica = self.world().broker(*broker)?.partition(id)?;
            let mut batches = replica.log.disk().batches_from(Offset(offset));
            let batch = batches.next()?;
            let at = usize::try_from(offset - batch.base_offset.0).ok()?;
            let value = batch.body.records.get(at)?.value.as_ref()?;
            let value = String::from_utf8_lossy(value);
            Some(format!("{broker}: {value} e{}", batch.leader_epoch))
        };
        let told: Vec<String> = state.replicas.iter().filter_map(on).collect();
        told.join(" | ")
    }

    fn registered(&self, partition: &str) -> (TopicPartition, PartitionRegistration) {
        let (topic, number) = partition.rsplit_once('-').expect("topic-partition");
        let image = self.world().metadata().expect("a controller runs");
        let topic = image.topic(topic).expect("the topic exists");
        let id = TopicPartition::new(topic.topic, number.parse().expect("a number"));
        (id, topic.partitions[id.partition as usize].clone())
    }

    fn replica(&self, broker: NodeId, id: TopicPartition) -> String {
        if let Some(disk) = self.world().broker_disk(broker) {
            let end = disk
                .logs
                .get(&id)
                .map_or(Offset::ZERO, |log| log.log_end_offset());
            return format!("down, {end}");
        }
        let replica = self.world().broker(broker).and_then(|b| b.partition(id));
        replica.map_or("none".to_string(), |replica| {
            format!(
                "{}/{}{}",
                replica.log.log_end_offset(),
                replica.log.high_watermark(),
                if replica.is_leader() { "*" } else { "" }
            )
        })
    }
}

fn named(invariant: Invariant, by: &str) -> String {
    format!("{} {} by {by}", invariant.id(), invariant.name())
}
