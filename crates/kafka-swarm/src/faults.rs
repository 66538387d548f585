//! What goes wrong in a run, and when it comes right again.

use kafka_core::types::{Duration, NodeId, Time};
use kafka_sim::{Action, ClusterSpec, LinkState};

use crate::dice::Dice;

/// Draws the faults of a run in order of time.
pub(crate) fn draw(
    dice: &mut Dice,
    spec: &ClusterSpec,
    clients: &[NodeId],
    length: Duration,
) -> Vec<(Time, Action)> {
    let brokers = spec.brokers.iter().map(|broker| broker.node);
    let controllers = spec.controllers.iter().map(|controller| controller.node);
    let servers: Vec<NodeId> = brokers.chain(controllers).collect();
    let everyone: Vec<NodeId> = servers.iter().chain(clients).copied().collect();
    // Some runs are calm, some are wild.
    let longest_gap = *dice.pick(&[2_000, 5_000, 10_000]);
    let mut faults = Vec::new();
    let mut at = Time::ZERO + dice.ms(200, longest_gap);
    while at < Time::ZERO + length {
        draw_one(dice, &servers, &everyone, at, &mut faults);
        at = at + dice.ms(200, longest_gap);
    }
    // What has not ended by then is healed.
    faults.retain(|(at, _)| *at < Time::ZERO + length);
    faults.sort_by_key(|(at, _)| *at);
    faults
}

fn draw_one(
    dice: &mut Dice,
    servers: &[NodeId],
    everyone: &[NodeId],
    at: Time,
    faults: &mut Vec<(Time, Action)>,
) {
    let server = *dice.pick(servers);
    let (from, to) = (*dice.pick(everyone), *dice.pick(servers));
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
            let node = *dice.pick(everyone);
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
            let cut = dice.number(1, servers.len() as u64 - 1) as usize;
            let (one, other) = servers.split_at(cut);
            faults.push((at, Action::Partition(one.to_vec(), other.to_vec())));
            faults.push((end, Action::Heal));
        }
    }
}
