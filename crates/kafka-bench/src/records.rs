//! Rows 3 to 5: so many records through a cluster, each one checked by who reads it.

use kafka_core::client::ClientEvent;
use kafka_core::client::{ClientCommand, ProducerLoad};
use kafka_core::config::ProducerConfig;
use kafka_core::types::{Duration, NodeId, Offset};
use kafka_sim::workload::Workload;
use kafka_sim::{Action, ActionError, ClusterSpec, World};

use crate::{Meter, Report};

/// Rounds, interleaved; the fastest of each counts.
const ROUNDS: u32 = 5;
const PARTITIONS: u32 = 12;
const VALUE_BYTES: usize = 100;

/// Virtual time between two looks at what was delivered, and the longest a run
/// may take.
const SLICE: Duration = Duration::from_ms(20);
const LIMIT: Duration = Duration::from_secs(600);

/// What the readers found.
#[derive(Clone, Debug)]
struct Reading {
    next: [Offset; PARTITIONS as usize],
    seen: Vec<bool>,
    cursor: usize,
    acked: u64,
    delivered: u64,
    /// Records at a wrong offset, delivered twice, or with another value.
    wrong: u64,
}

impl Reading {
    fn new(world: &World, n: u64) -> Reading {
        Reading {
            next: [Offset::ZERO; PARTITIONS as usize],
            seen: vec![false; n as usize],
            cursor: world.history().len(),
            acked: 0,
            delivered: 0,
            wrong: 0,
        }
    }

    /// Checks everything delivered since the last look: consecutive offsets in
    /// each partition, each record once, each value as it was sent.
    fn look(&mut self, world: &World) {
        for item in world.history().iter_from(self.cursor) {
            match &item.event {
                ClientEvent::Acked { .. } => self.acked += 1,
                ClientEvent::Delivered(records) => {
                    for delivered in records {
                        let next = &mut self.next[delivered.partition.partition as usize];
                        let number = (delivered.record.tag & 0xffff_ffff).wrapping_sub(1);
                        let seen = self.seen.get_mut(number as usize);
                        let fresh = seen.is_some_and(|seen| !std::mem::replace(seen, true));
                        let intact = is_value(delivered.record.value.as_deref(), number);
                        let right = fresh && intact && *next == delivered.offset;
                        *next = delivered.offset.next();
                        self.delivered += 1;
                        self.wrong += u64::from(!right);
                    }
                }
                _ => {}
            }
        }
        self.cursor = world.history().len();
    }
}

/// Whether a value is that of the load's record `number`: its digits, then dots.
fn is_value(value: Option<&[u8]>, number: u64) -> bool {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let digits = &digits[at..];
    value.is_some_and(|value| {
        let (head, tail) = value.split_at(digits.len().min(value.len()));
        value.len() == VALUE_BYTES && head == digits && tail.iter().all(|byte| *byte == b'.')
    })
}

/// A topic and a group that waits for records, and a producer with nothing to do.
fn waiting_world(linger_ms: u32) -> Result<(World, NodeId), ActionError> {
    let mut world = World::new(ClusterSpec::default(), 1);
    world.trace_mut().keep_entries(1 << 15);
    world.trace_mut().keep_details(0);
    // Without linger every record is a batch of its own.
    let batch_size = if linger_ms == 0 { 1 } else { 16_384 };
    let workload = Workload {
        partitions: PARTITIONS,
        producers: Vec::new(),
        ..Workload::default()
    };
    workload.start(&mut world)?;
    let producer = ProducerConfig {
        linger_ms,
        batch_size,
        ..ProducerConfig::default()
    };
    let producer = world.apply(&Action::AddProducer(Box::new(producer)))?;
    world.run_for(Duration::from_secs(10));
    Ok((world, producer.node.ok_or(ActionError::WorldFull)?))
}

fn run(mut world: World, producer: NodeId, n: u64) -> Result<(World, Reading), ActionError> {
    let load = ProducerLoad {
        topic: Workload::default().topic,
        partition: None,
        every: Duration::from_us(1),
        remaining: Some(n),
        keys: 0,
        key_names: Vec::new(),
        value_bytes: VALUE_BYTES as u32,
        next: 0,
    };
    let mut reading = Reading::new(&world, n);
    world.history_mut().keep_items(1 << 17);
    world.apply(&Action::Command {
        client: producer,
        command: Box::new(ClientCommand::StartLoad(load)),
    })?;
    let limit = world.now() + LIMIT;
    while reading.delivered < n && world.now() < limit {
        world.run_for(SLICE);
        reading.look(&world);
    }
    Ok((world, reading))
}

/// Three replicas' bare appends of what identifies a record, nothing else.
fn bare_appends(n: u64) -> u64 {
    let mut logs: [Vec<[u64; 3]>; 3] = Default::default();
    for number in 0..n {
        for log in &mut logs {
            log.push([number, log.len() as u64, VALUE_BYTES as u64]);
        }
    }
    std::hint::black_box(&logs)
        .iter()
        .map(|log| log.len() as u64)
        .sum()
}

/// Rows 3 to 5.
pub fn records(meter: Meter<'_>, n: u64, linger_ms: u32) -> Result<Report, ActionError> {
    let (start, producer) = waiting_world(linger_ms)?;
    let (mut bare, mut seconds) = (f64::INFINITY, f64::INFINITY);
    let mut last = None;
    for _ in 0..ROUNDS {
        bare = bare.min(meter.time(|| bare_appends(n)).1);
        let world = start.clone();
        let (outcome, took) = meter.time(|| run(world, producer, n));
        seconds = seconds.min(took);
        last = Some(outcome?);
    }
    let report = Report::new("records")
        .count("n", n)
        .count("linger_ms", u64::from(linger_ms));
    let Some((world, reading)) = last else {
        return Ok(report);
    };
    Ok(report
        .count("acked", reading.acked)
        .count("delivered", reading.delivered)
        .count("wrong", reading.wrong)
        .count("events", world.events() - start.events())
        .measure("seconds", seconds)
        .measure("records_per_s", n as f64 / seconds)
        .measure("ns_per_record", seconds * 1e9 / n as f64)
        .measure("bare_appends_seconds", bare)
        .measure("times_bare_appends", seconds / bare)
        .digest(world.digest())
        .peak(meter))
}
