//! What clients told and admin calls found, recorded against simulated.

use std::collections::BTreeMap;

use super::fact::{self, Fact};
use super::observe::{Acks, told};
use super::recording::Recording;
use super::replay::Played;
use super::script::{BATCH_HEADER, Deed, RECORD_OVERHEAD, Script, ToSend};

/// Compares every client and every admin call.
///
/// # Errors
/// The first difference.
pub(super) fn compare(
    recording: &Recording,
    script: &Script,
    played: &Played,
) -> Result<(), String> {
    for (number, step) in script.steps.iter().enumerate() {
        admin(recording, played, number, step.at_ms, &step.deed)?;
    }
    for client in recording.clients() {
        let node = played.clients.get(client);
        let node = *node.ok_or_else(|| format!("{client} was never started"))?;
        let mut ours = told(played, node);
        let recorded: Vec<Fact> = recording.of(client).filter_map(fact::recorded).collect();
        let shares = recording.of(client).any(|line| line.event == "got");
        let closed = recording.of(client).any(|line| line.event == "closed");
        if shares && !closed {
            // The story ended while it closed.
            ours.facts.pop_if(|fact| *fact == fact::closed());
        }
        in_order(client, &fact::normal(&recorded), &fact::normal(&ours.facts))?;
        acknowledged(recording, script, client, &ours.acks)?;
    }
    Ok(())
}

fn in_order(client: &str, recorded: &[Fact], ours: &[Fact]) -> Result<(), String> {
    let length = recorded.len().max(ours.len());
    for at in 0..length {
        let (theirs, mine) = (recorded.get(at), ours.get(at));
        if theirs != mine {
            let text = |fact: Option<&Fact>| fact.map_or("nothing".into(), Fact::to_string);
            let before = at.checked_sub(1).and_then(|before| recorded.get(before));
            let after = before.map_or(String::new(), |fact| format!(" after `{fact}`"));
            return Err(format!(
                "{client}{after}: Kafka `{}`, ours `{}`",
                text(theirs),
                text(mine)
            ));
        }
    }
    Ok(())
}

fn acknowledged(
    recording: &Recording,
    script: &Script,
    client: &str,
    ours: &Acks,
) -> Result<(), String> {
    let mut recorded = Acks::new();
    for line in recording.of(client).filter(|line| line.event == "acked") {
        let place = (line.number("partition"), line.number("offset"));
        if let (Some(partition), Some(offset)) = place {
            recorded.insert((partition as u32, offset), line.text("value").to_string());
        }
    }
    if is_sticky(script, client) {
        return sticky_runs(script, client, &recorded, ours);
    }
    if recorded == *ours {
        return Ok(());
    }
    let places = recorded.keys().chain(ours.keys());
    let differs = |place: &&(u32, i64)| recorded.get(place) != ours.get(place);
    let place = places.into_iter().find(differs);
    let (partition, offset) = place.copied().unwrap_or_default();
    let value = |acks: &Acks| {
        let value = acks.get(&(partition, offset));
        value.map_or("nothing".to_string(), |value| format!("`{value}`"))
    };
    Err(format!(
        "{client}, partition {partition}, offset {offset}: Kafka acknowledged {}, ours {}",
        value(&recorded),
        value(ours)
    ))
}

/// Whether the client's records may go anywhere (PRO-3: drawn at random).
fn is_sticky(script: &Script, client: &str) -> bool {
    let steps = script.steps.iter().filter(|step| step.who == client);
    steps.into_iter().any(|step| match &step.deed {
        Deed::Produce { sends, .. } => {
            let free = sends
                .iter()
                .filter(|s| s.key.is_none() && s.partition.is_none());
            free.count() > 10
        }
        _ => false,
    })
}

/// PRO-3, both sides: every value acknowledged once, offsets without gaps, values in
/// order of sending, and no run on one partition that ends before `batch.size` bytes.
fn sticky_runs(script: &Script, client: &str, recorded: &Acks, ours: &Acks) -> Result<(), String> {
    let steps = script.steps.iter().filter(|step| step.who == client);
    let (config, sends) = steps
        .into_iter()
        .find_map(|step| match &step.deed {
            Deed::Produce { config, sends } => Some((config, sends)),
            _ => None,
        })
        .ok_or("a sticky producer without records")?;
    for (side, acks) in [("Kafka", recorded), ("ours", ours)] {
        let mut at: BTreeMap<&str, u32> = BTreeMap::new();
        let mut next: BTreeMap<u32, i64> = BTreeMap::new();
        for ((partition, offset), value) in acks {
            let expected = next.entry(*partition).or_default();
            if offset != expected {
                return Err(format!(
                    "{client}, {side}: offset {expected} of {partition} is missing"
                ));
            }
            *expected += 1;
            at.insert(value, *partition);
        }
        let order: Option<Vec<u32>> = sends
            .iter()
            .map(|s| at.get(s.label.as_str()).copied())
            .collect();
        let Some(order) = order.filter(|order| order.len() == acks.len()) else {
            return Err(format!(
                "{client}, {side}: not every record is acknowledged once"
            ));
        };
        // As the partitioner counts them: a batch holds a burst at most.
        let produced = |run: &[ToSend]| -> usize {
            let bursts = run.iter().filter(|send| send.pause_ms > 0).count() + 1;
            let records: usize = run
                .iter()
                .map(|send| send.value.len() + RECORD_OVERHEAD)
                .sum();
            records + (bursts + 1) * BATCH_HEADER
        };
        let mut begin = 0;
        for end in 1..order.len() {
            if order[end] != order[end - 1] {
                if produced(&sends[begin..end]) < config.batch_size as usize {
                    return Err(format!(
                        "{client}, {side}: left partition {} after {} records",
                        order[begin],
                        end - begin
                    ));
                }
                begin = end;
            }
        }
    }
    Ok(())
}

fn admin(
    recording: &Recording,
    played: &Played,
    number: usize,
    at_ms: u64,
    deed: &Deed,
) -> Result<(), String> {
    if matches!(
        deed,
        Deed::Produce { .. }
            | Deed::SendMore(_)
            | Deed::SendInTransaction(_)
            | Deed::Subscribe { .. }
            | Deed::Share { .. }
            | Deed::Call(_)
            | Deed::Kill
    ) {
        return Ok(());
    }
    let (what, isolation) = match deed {
        Deed::EndOffsets { read_committed, .. } => {
            let isolation = if *read_committed {
                "read_committed"
            } else {
                "read_uncommitted"
            };
            ("end_offsets", isolation)
        }
        Deed::CommittedOffsets { .. } => ("committed_offsets", ""),
        _ => ("", ""),
    };
    let found = played
        .found(number)
        .map_err(|e| format!("admin at {at_ms} ms: {e}"))?;
    let same = |line: &&super::recording::Line| {
        line.at_ms == at_ms && line.event == what && line.text("isolation") == isolation
    };
    let Some(line) = recording.of("admin").find(same) else {
        return Ok(());
    };
    let recorded = offsets(line.text("offsets"));
    // Where the partitions were drawn, so were the end offsets: their sum is not.
    let drawn = recording.name.starts_with("sticky-partitions");
    let sum = |map: &BTreeMap<String, i64>| map.values().sum::<i64>();
    if recorded == found || drawn && sum(&recorded) == sum(&found) {
        return Ok(());
    }
    if markers_are_written(recording, at_ms) {
        let mut later = recording.of("admin").filter(|line| line.at_ms > at_ms);
        let next = later.find(|line| line.event == what && line.text("isolation") == isolation);
        let next = next.map(|line| offsets(line.text("offsets")));
        let within = |(partition, ours): (&String, &i64)| {
            let least = recorded.get(partition);
            let most = next.as_ref().and_then(|next| next.get(partition)).or(least);
            least.is_some_and(|least| ours >= least) && most.is_some_and(|most| ours <= most)
        };
        if found.len() == recorded.len() && found.iter().all(within) {
            return Ok(());
        }
    }
    Err(format!(
        "{what} at {at_ms} ms: Kafka {recorded:?}, ours {found:?}"
    ))
}

/// Whether a transaction has just ended: how soon its markers are there is timing.
fn markers_are_written(recording: &Recording, at_ms: u64) -> bool {
    const A_MOMENT_MS: u64 = 100;
    let ends = ["commitTransaction", "abortTransaction", "initTransactions"];
    let mut ended = (recording.lines.iter()).filter(|line| ends.contains(&line.event.as_str()));
    ended.any(|line| line.at_ms <= at_ms && at_ms <= line.at_ms + A_MOMENT_MS)
}

/// `0=1 2=2 1=0`.
fn offsets(text: &str) -> BTreeMap<String, i64> {
    let words = text.split_whitespace();
    let pairs = words.filter_map(|word| word.rsplit_once('='));
    pairs
        .filter_map(|(name, offset)| Some((name.to_string(), offset.parse().ok()?)))
        .collect()
}
