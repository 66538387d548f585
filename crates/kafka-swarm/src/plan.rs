//! What one seed does: a cluster, its work, and a list of faults with their ends.

use kafka_core::compress::Compression;
use kafka_core::config::{
    AssignorName, ConsumerConfig, GroupProtocol, ProducerConfig, QuorumFormat,
};
use kafka_core::protocol::Acks;
use kafka_core::types::{Duration, Name, NodeId, Time};
use kafka_sim::workload::{Workload, reader};
use kafka_sim::{Action, ClusterSpec, NetworkSpec};

use crate::dice::Dice;
use crate::extras::Extras;
use crate::faults::{self, ADMIN, workload_clients};
use crate::{codecs, log_dirs, transactions, upkeep, voters};

/// The second stream of a seed's dice: what was added to the swarm later moves no draw
/// that was there before.
const ABILITIES: u64 = 1;

/// The stream of changes of the controller quorum.
const VOTERS: u64 = 2;
/// The stream of what brokers keep their logs in.
const LOG_DIRS: u64 = 3;
/// The stream of replicas that move between them.
const MOVES: u64 = 4;
/// The stream of what compresses batches.
const CODECS: u64 = 5;

/// Everything a run depends on.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// Seed of the plan and of the world.
    pub seed: u64,
    /// The cluster.
    pub spec: ClusterSpec,
    /// Its work.
    pub workload: Workload,
    /// Clients beside the workload's.
    pub extras: Extras,
    /// What goes wrong and comes right again, in order of time since the work
    /// began. What does not fit the world then (stopping what is down) is skipped.
    pub faults: Vec<(Time, Action)>,
    /// Length of the safety phase.
    pub safety: Duration,
}

impl Plan {
    /// The plan of a seed.
    pub fn new(seed: u64, safety: Duration) -> Plan {
        let mut dice = Dice::new(seed);
        let mut spec = cluster(&mut dice);
        let mut workload = work(&mut dice, &spec);
        let mut more = Dice::stream(seed, ABILITIES);
        let mut extras = Extras::draw(&mut more);
        let mut faults = faults::draw(&mut dice, &spec, &workload, &extras, safety);
        choose_protocol(&mut dice, &mut workload, &mut faults);
        choose_compaction(&mut dice, &mut spec, &mut workload);
        choose_racks(&mut more, &mut spec, &mut workload);
        if more.chance(30) {
            for consumer in &mut workload.consumers {
                consumer.read_committed = true;
            }
        }
        let first = NodeId(ADMIN.0 + 1 + workload_clients(&workload));
        let applications = extras.application_ids(first);
        faults.append(&mut transactions::draw(
            &mut more,
            &applications,
            &workload,
            safety,
        ));
        faults.append(&mut upkeep::draw(&mut more, &spec, &workload, safety));
        faults.append(&mut extras.draw_comings(&mut more, first, &workload.topic, safety));
        let mut quorum = Dice::stream(seed, VOTERS);
        faults.append(&mut voters::draw(&mut quorum, &mut spec, safety));
        let mut dirs = Dice::stream(seed, LOG_DIRS);
        faults.append(&mut log_dirs::draw(&mut dirs, &mut spec, safety));
        let mut moves = Dice::stream(seed, MOVES);
        faults.append(&mut log_dirs::draw_moves(
            &mut moves, &spec, &workload, safety,
        ));
        let mut codec = Dice::stream(seed, CODECS);
        codecs::choose(&mut codec, &mut workload, &mut extras.applications);
        let version = *more.pick(&[2, 2, 0, 1]);
        for controller in &mut spec.controllers {
            controller.transaction_version = version;
        }
        faults.retain(|(at, _)| *at < Time::ZERO + safety);
        faults.sort_by_key(|(at, _)| *at);
        Plan {
            seed,
            spec,
            workload,
            extras,
            faults,
            safety,
        }
    }

    /// The cluster and its work in one line.
    pub fn setting(&self) -> String {
        let work = &self.workload;
        let configs = work.configs.iter();
        let configs: Vec<String> = configs
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let elr = self.spec.controllers.iter().all(|c| c.elr_version > 0);
        let acks = work.producers.iter().map(|p| match p.compression {
            Compression::None => format!("{:?}", p.acks),
            codec => format!("{:?} with {}", p.acks, codec.name()),
        });
        let speaks = |c: &ConsumerConfig| c.protocol == GroupProtocol::Consumer;
        let modern = work.consumers.iter().any(speaks);
        format!(
            "{} brokers{}, {} controllers{}, ELR {}, {} partitions x RF {}, {}, producers acks {}, {} {} consumers, {} share members, {} transactional applications of transaction.version {}",
            self.spec.brokers.len(),
            match self
                .spec
                .brokers
                .first()
                .map_or(1, |it| it.log_dirs().len())
            {
                1 => String::new(),
                dirs => format!(" with {dirs} log directories"),
            },
            self.spec.controllers.len(),
            if self.may_change_voters() {
                ", one of which comes and goes"
            } else {
                ""
            },
            if elr { "on" } else { "off" },
            work.partitions,
            work.replication,
            configs.join(" "),
            acks.collect::<Vec<_>>().join(" "),
            work.consumers.len(),
            if modern { "KIP-848" } else { "classic" },
            self.extras.share_members.len(),
            self.extras.applications.len(),
            self.spec
                .controllers
                .first()
                .map_or(0, |it| it.transaction_version),
        )
    }

    fn may_change_voters(&self) -> bool {
        let formats = self.spec.controllers.iter().map(|it| &it.quorum.format);
        formats
            .into_iter()
            .any(|format| *format != QuorumFormat::Static)
    }

    /// A chaos run of fixed shape for benches: three brokers, 1000 records a
    /// second, faults as in the swarm.
    pub fn chaos(seed: u64, safety: Duration) -> Plan {
        let mut dice = Dice::new(seed);
        let spec = ClusterSpec::default();
        let workload = Workload::default();
        Plan {
            faults: faults::draw(&mut dice, &spec, &workload, &Extras::default(), safety),
            seed,
            spec,
            workload,
            extras: Extras::default(),
            safety,
        }
    }
}

fn cluster(dice: &mut Dice) -> ClusterSpec {
    let brokers = *dice.pick(&[3, 3, 3, 4, 5]);
    let controllers = *dice.pick(&[1, 3, 3, 3]);
    let mut spec = ClusterSpec::quick(brokers, controllers);
    spec.network = NetworkSpec {
        latency: Duration::from_us(dice.number(100, 3_000)),
        jitter: Duration::from_us(dice.number(1, 3_000)),
    };
    let elr_version = i16::from(dice.chance(80));
    for controller in &mut spec.controllers {
        controller.elr_version = elr_version;
    }
    let lag = *dice.pick(&[30_000, 30_000, 10_000, 3_000]);
    let offsets_partitions = *dice.pick(&[1, 5, 50]);
    for broker in &mut spec.brokers {
        broker.replica_lag_time_max_ms = lag;
        broker.offsets_topic_partitions = offsets_partitions;
        broker.group_initial_rebalance_delay_ms = 500;
    }
    spec
}

fn work(dice: &mut Dice, spec: &ClusterSpec) -> Workload {
    let brokers = spec.brokers.len() as u64;
    let replication = dice.number(2, brokers.min(4)) as u16;
    let min_isr = dice.number(1, u64::from(replication) - 1);
    let mut configs = vec![("min.insync.replicas".into(), min_isr.to_string().into())];
    if dice.chance(10) {
        configs.push(("unclean.leader.election.enable".into(), "true".into()));
    }
    if dice.chance(25) {
        let span = *dice.pick(&["2000", "10000"]);
        configs.push(("segment.ms".into(), span.into()));
    }
    if dice.chance(15) {
        let span = *dice.pick(&["5000", "20000"]);
        configs.push(("retention.ms".into(), span.into()));
    }
    let producers = (0..dice.number(1, 3)).map(|_| producer(dice)).collect();
    let consumers = consumers(dice);
    Workload {
        partitions: dice.number(1, 8) as u32,
        replication,
        configs,
        producers,
        every: dice.ms(3, 40),
        keys: dice.number(0, 5) as u32,
        value_bytes: dice.number(0, 300) as u32,
        consumers,
        ..Workload::default()
    }
}

/// Some groups speak the `consumer` protocol. Drawn last, so that the others' plans do
/// not depend on it.
fn choose_protocol(dice: &mut Dice, workload: &mut Workload, faults: &mut [(Time, Action)]) {
    if !dice.chance(40) {
        return;
    }
    let assignor = *dice.pick(&[None, Some("range"), Some("uniform")]);
    let joining = faults.iter_mut().filter_map(|(_, action)| match action {
        Action::AddConsumer(config) => Some(&mut **config),
        _ => None,
    });
    // Some are in the middle of a migration (NGP-12).
    let is_mixed = dice.chance(40);
    for consumer in workload.consumers.iter_mut().chain(joining) {
        if is_mixed && dice.chance(50) {
            continue;
        }
        consumer.protocol = GroupProtocol::Consumer;
        consumer.remote_assignor = assignor.map(Into::into);
    }
}

/// Some topics are compacted, in small segments and by a hasty cleaner. Drawn last of all.
fn choose_compaction(dice: &mut Dice, spec: &mut ClusterSpec, workload: &mut Workload) {
    if !dice.chance(20) {
        return;
    }
    let policy = *dice.pick(&["compact", "compact", "compact,delete"]);
    workload.configs.retain(|(name, _)| &**name != "segment.ms");
    for (name, value) in [
        ("cleanup.policy", policy),
        ("segment.ms", *dice.pick(&["300", "2000"])),
        ("min.cleanable.dirty.ratio", *dice.pick(&["0.01", "0.5"])),
        ("delete.retention.ms", *dice.pick(&["500", "86400000"])),
    ] {
        workload.configs.push((name.into(), value.into()));
    }
    // A compacted topic takes no record without a key.
    workload.keys = workload.keys.max(1);
    for broker in &mut spec.brokers {
        let backoff = ("log.cleaner.backoff.ms".into(), "700".into());
        broker.properties.push(backoff);
    }
}

/// Some clusters stand in racks, and consumers read from the nearest replica (KIP-392).
fn choose_racks(dice: &mut Dice, spec: &mut ClusterSpec, workload: &mut Workload) {
    if !dice.chance(30) {
        return;
    }
    let rack = |number: u64| -> Name { format!("rack-{number}").into() };
    let racks = dice.number(2, 3);
    for (number, broker) in spec.brokers.iter_mut().enumerate() {
        broker.rack = Some(rack(number as u64 % racks));
        let selector = "org.apache.kafka.common.replica.RackAwareReplicaSelector";
        let selector = ("replica.selector.class".into(), selector.into());
        broker.properties.push(selector);
    }
    for consumer in &mut workload.consumers {
        consumer.rack = Some(rack(dice.number(0, racks - 1)));
    }
}

fn producer(dice: &mut Dice) -> ProducerConfig {
    let acks = *dice.pick(&[
        Acks::All,
        Acks::All,
        Acks::All,
        Acks::All,
        Acks::Leader,
        Acks::None,
    ]);
    ProducerConfig {
        acks,
        // Kafka switches idempotence off when acks is not all.
        idempotence: acks == Acks::All && dice.chance(80),
        linger_ms: *dice.pick(&[0, 5, 50]),
        delivery_timeout_ms: *dice.pick(&[120_000, 40_000]),
        ..ProducerConfig::default()
    }
}

fn consumers(dice: &mut Dice) -> Vec<ConsumerConfig> {
    use AssignorName::{CooperativeSticky, Range, RoundRobin, Sticky};
    let choices: [&[AssignorName]; 4] = [
        &[Range, CooperativeSticky],
        &[RoundRobin],
        &[CooperativeSticky],
        &[Sticky],
    ];
    let assignors = *dice.pick(&choices);
    let mut member = ConsumerConfig {
        assignors: assignors.to_vec(),
        session_timeout_ms: *dice.pick(&[45_000, 10_000, 6_000]),
        auto_commit: dice.chance(70),
        auto_commit_interval_ms: 2_000,
        ..reader("swarm")
    };
    // Soon enough to find new partitions before the run is judged.
    member.client.metadata_max_age_ms = *dice.pick(&[5_000, 30_000]);
    vec![member; dice.number(0, 4) as usize]
}
