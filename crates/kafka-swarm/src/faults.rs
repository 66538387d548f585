//! What goes wrong in a run, and when it comes right again; and what changes in its
//! work meanwhile: members come and go, the topic grows.

use kafka_core::client::{AdminTarget, ClientCommand};
use kafka_core::config::ConsumerConfig;
use kafka_core::protocol::{CreatePartitionsRequest, CreatePartitionsTopic, Request};
use kafka_core::types::{Duration, NodeId, Time};
use kafka_sim::workload::Workload;
use kafka_sim::{Action, ClusterSpec, LinkState};

use crate::dice::Dice;
use crate::extras::Extras;

/// Every process of a run, and how its work changes.
struct Cast<'a> {
    servers: Vec<NodeId>,
    /// Servers and clients.
    everyone: Vec<NodeId>,
    consumers: Vec<NodeId>,
    workload: &'a Workload,
    /// The id of the next client that is added.
    next_client: NodeId,
    partitions: u32,
}

/// The tool that makes the topic is the first client.
pub(crate) const ADMIN: NodeId = NodeId::FIRST_CLIENT;

/// How many clients the workload adds after that tool.
pub(crate) fn workload_clients(workload: &Workload) -> u32 {
    (workload.consumers.len() + workload.producers.len()) as u32
}

impl Cast<'_> {
    fn new<'a>(spec: &ClusterSpec, workload: &'a Workload, extras: &Extras) -> Cast<'a> {
        let brokers = spec.brokers.iter().map(|broker| broker.node);
        let controllers = spec.controllers.iter().map(|controller| controller.node);
        let servers: Vec<NodeId> = brokers.chain(controllers).collect();
        // Consumers are added first.
        let consumers = workload.consumers.len() as u32;
        let clients = workload_clients(workload) + extras.clients();
        let id = |number| NodeId(ADMIN.0 + number);
        let mut everyone = servers.clone();
        everyone.extend((1..=clients).map(id));
        Cast {
            servers,
            everyone,
            consumers: (1..=consumers).map(id).collect(),
            workload,
            next_client: id(clients + 1),
            partitions: workload.partitions,
        }
    }
}

/// Draws the faults of a run in order of time.
pub(crate) fn draw(
    dice: &mut Dice,
    spec: &ClusterSpec,
    workload: &Workload,
    extras: &Extras,
    length: Duration,
) -> Vec<(Time, Action)> {
    let mut cast = Cast::new(spec, workload, extras);
    // Some runs are calm, some are wild.
    let longest_gap = *dice.pick(&[2_000, 5_000, 10_000]);
    let changes = *dice.pick(&[0, 10, 25]);
    let mut faults = Vec::new();
    let mut at = Time::ZERO + dice.ms(200, longest_gap);
    while at < Time::ZERO + length {
        if dice.chance(changes) {
            draw_change(dice, &mut cast, at, &mut faults);
        } else {
            draw_fault(dice, &cast, at, &mut faults);
        }
        at = at + dice.ms(200, longest_gap);
    }
    // What has not ended by then is healed.
    faults.retain(|(at, _)| *at < Time::ZERO + length);
    faults.sort_by_key(|(at, _)| *at);
    faults
}

fn draw_fault(dice: &mut Dice, cast: &Cast<'_>, at: Time, faults: &mut Vec<(Time, Action)>) {
    let server = *dice.pick(&cast.servers);
    let (from, to) = (*dice.pick(&cast.everyone), *dice.pick(&cast.servers));
    // Answers are lost as well as requests.
    let (from, to) = if dice.chance(50) {
        (from, to)
    } else {
        (to, from)
    };
    let end = at + dice.ms(200, 20_000);
    let link = |state| Action::SetLink { from, to, state };
    match dice.number(0, 99) {
        0..25 => {
            faults.push((at, Action::Crash(server)));
            faults.push((end, Action::Start(server)));
        }
        25..30 => {
            faults.push((at, Action::PowerLoss(server)));
            faults.push((end, Action::Start(server)));
        }
        30..38 => {
            // A clean stop may take its time; whether it has ended by then or
            // not, the process is running again afterwards.
            faults.push((at, Action::Terminate(server)));
            faults.push((end + Duration::from_secs(5), Action::Start(server)));
        }
        38..55 => {
            let node = *dice.pick(&cast.everyone);
            faults.push((at, Action::Pause(node)));
            faults.push((end, Action::Resume(node)));
        }
        55..70 => {
            faults.push((at, link(LinkState::Dropped)));
            faults.push((end, link(LinkState::Up)));
        }
        70..78 => {
            faults.push((at, link(LinkState::Slow(dice.ms(5, 3_000)))));
            faults.push((end, link(LinkState::Up)));
        }
        78..90 => {
            let ppm = dice.number(1_000, 300_000) as u32;
            faults.push((at, Action::SetLossRate { from, to, ppm }));
            faults.push((end, Action::SetLossRate { from, to, ppm: 0 }));
        }
        _ => {
            let cut = dice.number(1, cast.servers.len() as u64 - 1) as usize;
            let (one, other) = cast.servers.split_at(cut);
            faults.push((at, Action::Partition(one.to_vec(), other.to_vec())));
            faults.push((end, Action::Heal));
        }
    }
}

fn draw_change(dice: &mut Dice, cast: &mut Cast<'_>, at: Time, faults: &mut Vec<(Time, Action)>) {
    let member = cast.workload.consumers.first();
    match (dice.number(0, 3), member) {
        (0, Some(_)) => faults.push((at, Action::Crash(*dice.pick(&cast.consumers)))),
        (1, Some(_)) => faults.push((at, Action::Terminate(*dice.pick(&cast.consumers)))),
        (2, Some(config)) => join(cast, config, at, faults),
        _ => grow(dice, cast, at, faults),
    }
}

/// One more member.
fn join(cast: &mut Cast<'_>, config: &ConsumerConfig, at: Time, faults: &mut Vec<(Time, Action)>) {
    let client = cast.next_client;
    cast.next_client = NodeId(client.0 + 1);
    cast.consumers.push(client);
    cast.everyone.push(client);
    faults.push((at, Action::AddConsumer(Box::new(config.clone()))));
    let command = Box::new(ClientCommand::Subscribe(vec![cast.workload.topic.clone()]));
    faults.push((at, Action::Command { client, command }));
}

/// One to three more partitions.
fn grow(dice: &mut Dice, cast: &mut Cast<'_>, at: Time, faults: &mut Vec<(Time, Action)>) {
    cast.partitions += dice.number(1, 3) as u32;
    let request = CreatePartitionsRequest {
        topics: vec![CreatePartitionsTopic {
            name: cast.workload.topic.clone(),
            count: cast.partitions as i32,
            assignments: Vec::new(),
        }],
        validate_only: false,
    };
    let request = Box::new(Request::CreatePartitions(request));
    let call = ClientCommand::Call(u64::from(cast.partitions), AdminTarget::AnyBroker, request);
    let (client, command) = (ADMIN, Box::new(call));
    faults.push((at, Action::Command { client, command }));
}
