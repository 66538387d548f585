//! What must be equal between a recorded and a simulated story.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::log::LogDisk;
use kafka_core::types::{NodeId, TopicPartition};
use kafka_sim::World;

use super::records::{self, Fact, Facts};
use super::replay::Play;
use super::story::{Log, Story};

/// A difference, and how much was equal.
pub(super) struct Difference {
    /// The first difference, in words.
    pub text: String,
    /// Facts that are equal; [`ALL_FACTS`] and more if only something else differs.
    pub agreed: usize,
}

/// More than any story has.
const ALL_FACTS: usize = 1_000_000;

/// Compares everything.
///
/// # Errors
/// The first difference.
pub(super) fn compare(story: &Story, play: &Play<'_>) -> Result<(), Difference> {
    let recorded = settled(&records::recorded(&story.metadata));
    let simulated = settled(&records::simulated(&play.world));
    same_facts(&recorded, &simulated)?;
    let checks: [&dyn Fn() -> Result<(), String>; 3] = [
        &|| same_events(&recorded, &simulated),
        &|| same_fates(story, play),
        &|| same_logs(story, &play.world),
    ];
    for (check, passed) in checks.iter().zip(0..) {
        check().map_err(|text| Difference {
            text,
            agreed: ALL_FACTS + passed,
        })?;
    }
    Ok(())
}

fn same_facts(recorded: &Facts, simulated: &Facts) -> Result<(), Difference> {
    let subjects: BTreeSet<&String> = recorded.keys().chain(simulated.keys()).collect();
    let none = Vec::new();
    let mut agreed = 0;
    let mut first = None;
    for subject in subjects {
        let wanted = recorded.get(subject).unwrap_or(&none);
        let got = simulated.get(subject).unwrap_or(&none);
        let pairs = wanted.iter().zip(got);
        let equal = pairs.take_while(|(w, g)| w.text == g.text).count();
        agreed += equal;
        if equal < wanted.len().max(got.len()) && first.is_none() {
            let show = |facts: &[Fact]| {
                let fact = facts.get(equal).map(|it| format!("`{}`", it.text));
                fact.unwrap_or_else(|| "nothing more".to_string())
            };
            first = Some(format!(
                "{subject}, fact {}: {}, Kafka's is {}",
                equal + 1,
                show(got),
                show(wanted)
            ));
        }
    }
    first.map_or(Ok(()), |text| Err(Difference { text, agreed }))
}

/// The records of one event of ours must be together, in the same order, in one batch
/// of Kafka's (which may hold more events). Where a set of ISRs grows is left out: one
/// request may carry several partitions or each its own.
fn same_events(recorded: &Facts, simulated: &Facts) -> Result<(), String> {
    let mut events: BTreeMap<i64, BTreeMap<i64, &Fact>> = BTreeMap::new();
    for (subject, facts) in simulated {
        let theirs = recorded.get(subject).into_iter().flatten();
        for (ours, theirs) in facts.iter().zip(theirs).filter(|(fact, _)| !fact.grows) {
            let event = events.entry(ours.batch).or_default();
            event.insert(ours.offset, theirs);
        }
    }
    for facts in events.values() {
        let facts: Vec<&&Fact> = facts.values().collect();
        for pair in facts.windows(2) {
            let ordered = pair[0].offset < pair[1].offset;
            let free = pair[0].is_change() && pair[1].is_change();
            if pair[0].batch != pair[1].batch || !(ordered || free) {
                return Err(format!(
                    "`{}` then `{}` are one event here; in Kafka's log they are at {} and {}, \
                     in the batches {} and {}",
                    pair[0].text,
                    pair[1].text,
                    pair[0].offset,
                    pair[1].offset,
                    pair[0].batch,
                    pair[1].batch
                ));
            }
        }
    }
    Ok(())
}

/// Without what the recordings call incomparable. Two expansions of an ISR that follow
/// each other can come in either order, and one can add both brokers: what is left of a
/// run is where it leads. A second fencing after a clean stop depends on how fast the
/// broker came back.
fn settled(facts: &Facts) -> Facts {
    let mut all = Facts::new();
    for (subject, facts) in facts {
        let mut kept: Vec<Fact> = Vec::new();
        let mut in_sync = 0;
        for fact in facts {
            let mut fact = fact.clone();
            let before = in_sync;
            in_sync = fact.isr_size().unwrap_or(before);
            fact.grows = fact.is_change() && in_sync > before && fact.field("leader").is_none();
            match kept.last_mut() {
                Some(last) if last.grows && fact.grows => last.absorb(&fact),
                Some(last) if last.text == "fenced" && fact.text == "fenced" => {}
                _ => kept.push(fact),
            }
        }
        all.insert(subject.clone(), kept);
    }
    all
}

/// Which exceptions a producer saw, and whether acknowledged values are lost.
fn same_fates(story: &Story, play: &Play<'_>) -> Result<(), String> {
    let in_logs: BTreeSet<&String> = story
        .logs
        .values()
        .flat_map(|log| log.records.iter().map(|(_, value)| value))
        .collect();
    let simulated_logs = simulated_values(&play.world);
    for (name, events) in &story.producers {
        let Some(sender) = play.senders.get(name) else {
            return Err(format!("producer {name} was not played"));
        };
        let fate = sender.fate(&play.world);
        let errors: BTreeSet<String> = events.iter().filter_map(|it| it.error.clone()).collect();
        if errors != fate.errors {
            let ours = &fate.errors;
            return Err(format!("{name}: errors {ours:?}, Kafka's are {errors:?}"));
        }
        let acknowledged = events.iter().filter(|it| it.error.is_none());
        let lost = acknowledged.filter(|it| !in_logs.contains(&it.value.to_string()));
        let (lost, ours) = (
            lost.count(),
            fate.acknowledged.difference(&simulated_logs).count(),
        );
        if (lost > 0) != (ours > 0) {
            return Err(format!(
                "{name}: {ours} acknowledged values lost, Kafka's are {lost}"
            ));
        }
    }
    Ok(())
}

fn values(log: &LogDisk) -> Vec<String> {
    let records = log.batches().flat_map(|batch| &batch.body.records);
    let values = records.filter_map(|record| record.value.as_ref());
    values
        .map(|value| String::from_utf8_lossy(value).into_owned())
        .collect()
}

fn simulated_values(world: &World) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for node in world.nodes() {
        if let Some(broker) = world.broker(node.id) {
            let logs = broker.partitions().map(|partition| partition.log.disk());
            all.extend(logs.flat_map(values));
        } else if let Some(disk) = world.broker_disk(node.id) {
            all.extend(disk.logs.values().flat_map(values));
        }
    }
    all
}

/// The epochs of every replica's checkpoint and records, and which replicas of a
/// partition hold the same values.
fn same_logs(story: &Story, world: &World) -> Result<(), String> {
    let mut equal: BTreeMap<&str, (&Log, Vec<String>)> = BTreeMap::new();
    for (replica, log) in &story.logs {
        let Some((partition, broker)) = replica.rsplit_once('@') else {
            continue;
        };
        if partition.ends_with("-delete") {
            // A folder that waits for its deletion.
            continue;
        }
        let ours = simulated_log(world, partition, broker);
        let epochs: Vec<i64> = ours.map_or_else(Vec::new, |log| {
            let entries = log.epochs().entries().iter();
            entries.map(|(epoch, _)| i64::from(epoch.0)).collect()
        });
        if epochs != log.epochs {
            let theirs = &log.epochs;
            return Err(format!(
                "{replica}: epochs {epochs:?}, Kafka's are {theirs:?}"
            ));
        }
        let ours = ours.map_or_else(Vec::new, values);
        let Some((first, first_values)) = equal.get(partition) else {
            equal.insert(partition, (log, ours));
            continue;
        };
        let (same, same_here) = (first.records == log.records, *first_values == ours);
        if same != same_here {
            let words = |same| if same { "the same" } else { "different" };
            return Err(format!(
                "{replica}: its values are {} as of the first replica, Kafka's are {}",
                words(same_here),
                words(same)
            ));
        }
    }
    Ok(())
}

fn simulated_log<'a>(world: &'a World, partition: &str, broker: &str) -> Option<&'a LogDisk> {
    let (topic, number) = partition.rsplit_once('-')?;
    let node = NodeId(broker.parse().ok()?);
    let image = world.active_controller()?.image();
    let id = TopicPartition::new(image.topic(topic)?.topic, number.parse().ok()?);
    if let Some(broker) = world.broker(node) {
        return Some(broker.partition(id)?.log.disk());
    }
    world.broker_disk(node)?.logs.get(&id)
}
