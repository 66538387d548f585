//! Who got what: records by consumers, from the ledger, cut at the moment shown.
//!
//! The ledger knows the branch up to its furthest moment; an entry of the trace that the world
//! shown does not hold has not happened here. Committed offsets are read from the coordinators.
//! A lesson's models that are not Kafka have columns of their own, marked as such.
//! What it is not: a list of everything. The youngest [`ROWS`] records are rows, the first
//! [`CONSUMERS`] consumers are columns; sums are over all, and what is left out is counted.

mod outcome;
mod twins;

use std::collections::{BTreeMap, BTreeSet};

use kafka_check::{AppendedAt, Checker, Delivery, Fate};
use kafka_core::types::{Name, NodeId, Offset, TopicPartition};
use kafka_lessons::Twin;
use kafka_sim::{NodeConfig, NodeView, Seq, World};

use super::object::{ObjectId, PartitionName};
use super::world::client_names;
use super::{flight, groups, records};
use outcome::Acknowledgements;
pub use outcome::{Given, Outcome};
use twins::Twins;
pub use twins::{TwinCell, TwinColumn};

/// Rows shown at most.
pub const ROWS: usize = 200;
/// Columns shown at most.
pub const CONSUMERS: usize = 24;

/// The matrix at one moment.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MatrixView {
    /// Columns by group; consumers without a group come last.
    pub groups: Vec<GroupColumns>,
    /// The lesson's models that are not Kafka.
    pub twins: Vec<TwinColumn>,
    /// Records, oldest first.
    pub rows: Vec<std::rc::Rc<RecordRow>>,
    /// Records sent.
    pub sent: usize,
    /// Records before the first row.
    pub older: usize,
    /// Consumers without a column.
    pub hidden: usize,
    /// Records stored in some leader's log, now or before.
    pub stored: usize,
    /// Times that a record was given to a consumer.
    pub deliveries: usize,
}

/// The consumers of one group.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct GroupColumns {
    /// `group.id`; `None` = they read without a group.
    pub name: Option<String>,
    /// It is a share group: its members acknowledge record by record.
    pub share: bool,
    /// Its consumers, in order of creation.
    pub members: Vec<Column>,
    /// Records stored in the topics that some member was given records of.
    pub stored: usize,
    /// Records that some member was given.
    pub got: usize,
    /// Records that were given more than once within the group.
    pub twice: usize,
}

/// One consumer.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// False once its process is gone.
    pub alive: bool,
    /// Times that it was given a record.
    pub got: usize,
}

/// What is known of a record's storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// At the producer or under way.
    Sent,
    /// The producer gave it up with this error.
    Failed(&'static str),
    /// In a leader's log, not below the high watermark so far.
    Appended,
    /// Below the high watermark: consumers may read it.
    Visible,
    /// No leader's log holds it any more.
    Lost,
}

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordRow {
    /// Its number in order of sending, from 1.
    pub number: usize,
    /// Where it is stored.
    pub place: Option<(PartitionName, u64)>,
    /// Topic it was sent to.
    pub topic: String,
    /// Leader epoch of its batch.
    pub epoch: i32,
    /// Key, while a log holds it.
    pub key: Option<String>,
    /// Value, while a log holds it.
    pub value: Option<String>,
    /// Storage.
    pub standing: Standing,
    /// What each group did with it.
    pub groups: Vec<GroupCells>,
    /// What each model that is not Kafka did with it.
    pub twins: Vec<TwinCell>,
    /// Times that it was given to a consumer.
    pub deliveries: usize,
}

impl RecordRow {
    /// The record as an object that can be selected.
    pub fn object(&self) -> Option<ObjectId> {
        let (partition, offset) = self.place.clone()?;
        Some(ObjectId::Record(partition, offset))
    }
}

/// One record in one group.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct GroupCells {
    /// For each member, the times that it was given the record.
    pub given: Vec<Vec<Given>>,
    /// The group's committed offset has passed it.
    pub committed: bool,
    /// It was given more than once within the group.
    pub twice: bool,
    /// The committed offset has passed it, and no member was ever given it.
    pub skipped: bool,
}

/// A column's place: group and member.
type Spot = (usize, usize);

struct Columns {
    groups: Vec<GroupColumns>,
    /// For each group the topics that it was given records of.
    topics: Vec<BTreeSet<Name>>,
    spots: BTreeMap<NodeId, Spot>,
    hidden: usize,
}

/// What rows are made from.
struct Facts<'a> {
    world: &'a World,
    columns: &'a Columns,
    committed: BTreeMap<String, BTreeMap<PartitionName, u64>>,
    acknowledged: Acknowledgements,
    twins: Twins,
}

/// The matrix of `world` now, by what `checker` saw, with a lesson's models beside it.
pub fn matrix(world: &World, checker: &Checker, twins: &[Twin]) -> MatrixView {
    let now = Seq(world.trace().len());
    let ledger = checker.ledger();
    let tags = sent_by(checker, now);
    let mut columns = columns(world, given(checker, tags, now));
    let mut view = MatrixView {
        sent: tags.len(),
        ..MatrixView::default()
    };
    for tag in tags {
        let given = ledger.deliveries(*tag);
        let given = given.iter().filter(|d| d.seq < now);
        view.deliveries += count(&mut columns, given, ledger.topic(*tag));
    }
    let stored = checker.appended_before(now);
    view.stored = stored.values().sum();
    for (group, topics) in columns.groups.iter_mut().zip(&columns.topics) {
        group.stored = topics.iter().filter_map(|topic| stored.get(topic)).sum();
    }
    view.older = tags.len().saturating_sub(ROWS);
    let shares = columns.groups.iter().any(|group| group.share);
    let facts = Facts {
        world,
        columns: &columns,
        committed: groups::committed(world),
        acknowledged: if shares {
            Acknowledgements::of(world)
        } else {
            Acknowledgements::default()
        },
        twins: Twins::run(world, checker, twins),
    };
    view.twins = facts.twins.columns();
    let rows = tags.iter().enumerate().skip(view.older);
    view.rows = rows
        .filter_map(|(at, tag)| {
            let fate = checker.fate(*tag)?;
            let row = row(&facts, &fate, ledger.deliveries(*tag));
            Some(std::rc::Rc::new(RecordRow {
                number: at + 1,
                ..row
            }))
        })
        .collect();
    view.groups = columns.groups;
    view.hidden = columns.hidden;
    view
}

/// The tags of what had been sent by then: the ledger lists them in that order.
fn sent_by(checker: &Checker, now: Seq) -> &[u64] {
    let tags = checker.ledger().tags();
    let heard = |tag: &u64| {
        let fate = checker.fate(*tag);
        let sent = fate.as_ref().and_then(|f| f.sent.map(|(seq, _)| seq));
        let stored = fate.and_then(|f| f.appended.first().map(|at| at.seq));
        sent.or(stored).is_some_and(|seq| seq < now)
    };
    &tags[..tags.partition_point(heard)]
}

/// The consumers that were given anything by then.
fn given(checker: &Checker, tags: &[u64], now: Seq) -> BTreeSet<NodeId> {
    let ledger = checker.ledger();
    let all = tags.iter().flat_map(|tag| ledger.deliveries(*tag));
    all.filter(|d| d.seq < now).map(|d| d.consumer).collect()
}

/// A column for each consumer that is there, or that was given something before it went.
fn columns(world: &World, given: BTreeSet<NodeId>) -> Columns {
    let names = client_names(world);
    let here = world.nodes().map(|node| (node, true));
    let gone = world.former_clients().map(|node| (node, false));
    let mut found: Vec<(NodeId, Option<String>, bool, Column)> = Vec::new();
    for (node, here) in here.chain(gone) {
        let Some(group) = group_of(&node) else {
            continue;
        };
        let alive = here && node.status.is_alive();
        if !alive && !given.contains(&node.id) {
            continue;
        }
        let own = node.config.client().map(|c| c.client_id.to_string());
        let name = names.get(&node.id).cloned().or(own).unwrap_or_default();
        found.push((
            node.id,
            group,
            matches!(node.config, NodeConfig::ShareConsumer(_)),
            Column {
                name,
                alive,
                got: 0,
            },
        ));
    }
    // Consumers without a group come last; groups stay in the order of their first member.
    found.sort_by_key(|(id, group, ..)| (group.is_none(), *id));
    let hidden = found.len().saturating_sub(CONSUMERS);
    found.truncate(CONSUMERS);
    let mut columns = Columns {
        groups: Vec::new(),
        topics: Vec::new(),
        spots: BTreeMap::new(),
        hidden,
    };
    for (id, name, share, column) in found {
        let known = columns.groups.iter().position(|g| g.name == name);
        let group = known.unwrap_or_else(|| {
            let members = Vec::new();
            columns.groups.push(GroupColumns {
                name,
                share,
                members,
                ..GroupColumns::default()
            });
            columns.topics.push(BTreeSet::new());
            columns.groups.len() - 1
        });
        let members = &mut columns.groups[group].members;
        columns.spots.insert(id, (group, members.len()));
        members.push(column);
    }
    columns
}

/// The group of a consumer; `None` for other processes, `Some(None)` for one without a group.
fn group_of(node: &NodeView<'_>) -> Option<Option<String>> {
    match node.config {
        NodeConfig::Consumer(config) => Some(config.group.as_ref().map(ToString::to_string)),
        NodeConfig::ShareConsumer(config) => Some(Some(config.group.to_string())),
        _ => None,
    }
}

/// Adds one record's deliveries to the sums; gives how many they are.
fn count<'a>(
    columns: &mut Columns,
    given: impl Iterator<Item = &'a Delivery>,
    topic: Option<&Name>,
) -> usize {
    let mut groups: BTreeMap<usize, usize> = BTreeMap::new();
    let mut all = 0;
    for delivery in given {
        all += 1;
        if let Some((group, member)) = columns.spots.get(&delivery.consumer) {
            columns.groups[*group].members[*member].got += 1;
            *groups.entry(*group).or_default() += 1;
        }
    }
    for (group, times) in groups {
        columns.groups[group].got += 1;
        if let Some(topic) = topic
            && !columns.topics[group].contains(topic)
        {
            columns.topics[group].insert(topic.clone());
        }
        columns.groups[group].twice += usize::from(times > 1);
    }
    all
}

fn row(facts: &Facts<'_>, fate: &Fate, given: &[Delivery]) -> RecordRow {
    let world = facts.world;
    let now = Seq(world.trace().len());
    let copies: Vec<&AppendedAt> = fate.appended.iter().filter(|at| at.seq < now).collect();
    let is_lost = |at: &&&AppendedAt| at.superseded.is_some_and(|seq| seq < now);
    let copy = copies.iter().find(|at| !is_lost(at)).or(copies.first());
    let place = copy.and_then(|at| {
        let offset = u64::try_from(at.offset.0).ok()?;
        Some((flight::partition_name(world, at.partition)?, offset))
    });
    let found = place
        .as_ref()
        .and_then(|(partition, offset)| records::find(world, partition, *offset))
        .filter(|record| record.tag == fate.tag);
    let standing = match copy {
        Some(at) if is_lost(&at) => Standing::Lost,
        Some(at) if at.visible.is_some_and(|seq| seq < now) => Standing::Visible,
        Some(_) => Standing::Appended,
        None => match fate.failed {
            Some((seq, error)) if seq < now => Standing::Failed(error.name()),
            _ => Standing::Sent,
        },
    };
    let given: Vec<&Delivery> = given.iter().filter(|d| d.seq < now).collect();
    let passed = |group: &GroupColumns| {
        let offsets = group.name.as_ref();
        let offsets = offsets.and_then(|name| facts.committed.get(name));
        let end = |(partition, _): &(PartitionName, u64)| offsets?.get(partition).copied();
        let at = place.as_ref();
        at.and_then(end).zip(at).is_some_and(|(end, at)| end > at.1)
    };
    let at = copy.map(|at| (at.partition, at.offset));
    let columns = facts.columns.groups.iter().enumerate();
    let groups = columns.map(|(number, group)| match at.filter(|_| group.share) {
        Some(at) => shared_cells(facts, number, at, &given),
        None => cells_of(facts.columns, number, passed(group), &given),
    });
    RecordRow {
        number: 0,
        topic: fate
            .topic
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        epoch: found.as_ref().map_or(0, |record| record.epoch),
        key: found.as_ref().and_then(|record| record.key.clone()),
        value: found.and_then(|record| record.value),
        standing,
        groups: groups.collect(),
        twins: facts.twins.cells(fate.tag),
        deliveries: given.len(),
        place,
    }
}

/// Where a delivery belongs in the group, if anywhere.
fn member_of(columns: &Columns, group: usize, delivery: &Delivery) -> Option<usize> {
    let (at, member) = columns.spots.get(&delivery.consumer)?;
    (*at == group).then_some(*member)
}

/// A record in a group that commits offsets. Without a group nothing waits for a commit.
fn cells_of(columns: &Columns, group: usize, committed: bool, all: &[&Delivery]) -> GroupCells {
    let own = &columns.groups[group];
    let mut given = vec![Vec::new(); own.members.len()];
    let outcome = match committed || own.name.is_none() {
        true => Outcome::Done,
        false => Outcome::Open,
    };
    for delivery in all {
        if let Some(member) = member_of(columns, group, delivery) {
            let number = delivery.number;
            given[member].push(Given { number, outcome });
        }
    }
    let times: usize = given.iter().map(Vec::len).sum();
    GroupCells {
        given,
        committed,
        twice: times > 1,
        skipped: committed && times == 0,
    }
}

/// A record in a share group: every delivery has an acknowledgement of its own.
fn shared_cells(
    facts: &Facts<'_>,
    group: usize,
    at: (TopicPartition, Offset),
    all: &[&Delivery],
) -> GroupCells {
    let columns = facts.columns;
    let mut given = vec![Vec::new(); columns.groups[group].members.len()];
    let own = all.iter().filter_map(|delivery| {
        let member = member_of(columns, group, delivery)?;
        Some((member, *delivery))
    });
    let own: Vec<(usize, &Delivery)> = own.collect();
    for (index, (member, delivery)) in own.iter().enumerate() {
        let again = own.get(index + 1).map(|(_, next)| next.seq);
        let outcome = facts.acknowledged.outcome(delivery, at, again);
        let number = delivery.number;
        given[*member].push(Given { number, outcome });
    }
    let done = |g: &Given| g.outcome == Outcome::Done;
    GroupCells {
        committed: given.iter().flatten().any(done),
        twice: own.len() > 1,
        skipped: false,
        given,
    }
}

#[cfg(test)]
mod tests;
