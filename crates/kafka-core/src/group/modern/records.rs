//! Which records a change of a group needs, and what replaying them gives (GRP-26).
//!
//! Invariant: replaying `difference(before, after)` on `before` gives `after`, but for
//! timers and for partitions of topics that are gone.

use super::codec::{self, Key, RecordKind, TopicNumbers};
use super::{ModernGroup, ModernKind, ModernMember, Origin};
use crate::metadata::ClusterImage;
use crate::types::{Bytes, GroupEpoch, Name};

type Pairs = Vec<(Bytes, Option<Bytes>)>;

/// The records that make `before` into `after`, in the order Kafka writes them.
pub(super) fn difference(
    name: &Name,
    before: &ModernGroup,
    after: &ModernGroup,
    image: &ClusterImage,
) -> Pairs {
    let mut writer = Writer {
        name,
        group: after,
        pairs: Vec::new(),
    };
    if before.origin == Origin::Classic && after.origin == Origin::Stored {
        writer
            .pairs
            .push((super::super::codec::group_key(name), None));
    }
    for member in before.members.values() {
        if !after.members.contains_key(&member.id) {
            for record in [RecordKind::Current, RecordKind::Target, RecordKind::Member] {
                writer.put(record, &member.id, None);
            }
        }
    }
    for member in after.members.values() {
        let old = before.members.get(&member.id);
        if old.is_none_or(|old| !same_words(old, member)) {
            let value = codec::member_value(after.kind, member);
            writer.put(RecordKind::Member, &member.id, Some(value));
        }
    }
    if before.epoch != after.epoch || before.metadata_hash != after.metadata_hash {
        let value = codec::group_value(after.kind, after.epoch, after.metadata_hash);
        writer.put(RecordKind::Group, "", Some(value));
    }
    for (id, target) in &after.target {
        if before.target.get(id) != Some(target) {
            let value = codec::target_value(image, target.iter().copied());
            writer.put(RecordKind::Target, id, Some(value));
        }
    }
    if before.target_epoch != after.target_epoch {
        let value = codec::target_epoch_value(after.target_epoch, after.target_at_ms);
        writer.put(RecordKind::TargetEpoch, "", Some(value));
    }
    for member in after.members.values() {
        let old = before.members.get(&member.id);
        if old.is_none_or(|old| !same_place(old, member)) {
            let value = codec::current_value(after.kind, image, member);
            writer.put(RecordKind::Current, &member.id, Some(value));
        }
    }
    if before.initialized != after.initialized || before.initializing != after.initializing {
        let (begun, done) = (&after.initializing, &after.initialized);
        let value = codec::state_partitions_value(image, begun, done);
        writer.put(RecordKind::StatePartitions, "", Some(value));
    }
    writer.pairs
}

struct Writer<'a> {
    name: &'a Name,
    group: &'a ModernGroup,
    pairs: Pairs,
}

impl Writer<'_> {
    fn put(&mut self, record: RecordKind, member: &str, value: Option<Bytes>) {
        let key = codec::key(self.group.kind, record, self.name, member);
        self.pairs.push((key, value));
    }
}

/// Whether a member says the same of itself.
fn same_words(a: &ModernMember, b: &ModernMember) -> bool {
    let words = |member: &ModernMember| {
        (
            member.instance_id.clone(),
            member.rack.clone(),
            member.client_id.clone(),
            member.client_host.clone(),
            member.rebalance_timeout_ms,
            member.server_assignor.clone(),
        )
    };
    a.subscribed == b.subscribed && a.classic == b.classic && words(a) == words(b)
}

/// Whether epoch and assignment are the same.
fn same_place(a: &ModernMember, b: &ModernMember) -> bool {
    (a.epoch, a.previous_epoch, a.state) == (b.epoch, b.previous_epoch, b.state)
        && a.assigned == b.assigned
        && a.pending_revocation == b.pending_revocation
}

/// The records that remove a group and all its members.
pub(in crate::group) fn tombstones(name: &Name, group: &ModernGroup) -> Pairs {
    let mut writer = Writer {
        name,
        group,
        pairs: Vec::new(),
    };
    for record in [RecordKind::Current, RecordKind::Target] {
        for id in group.members.keys() {
            writer.put(record, id, None);
        }
    }
    if group.kind == ModernKind::Share {
        writer.put(RecordKind::StatePartitions, "", None);
    }
    writer.put(RecordKind::TargetEpoch, "", None);
    for id in group.members.keys() {
        writer.put(RecordKind::Member, id, None);
    }
    writer.put(RecordKind::Group, "", None);
    writer.pairs
}

/// Applies one record to the group it names. `number`: for a member not seen before.
/// Damaged values are skipped, as Kafka does.
pub(in crate::group) fn replay(
    group: &mut ModernGroup,
    key: &Key,
    value: Option<&[u8]>,
    numbers: &TopicNumbers,
    number: u32,
) -> Option<()> {
    let kind = group.kind;
    group.origin = Origin::Stored;
    match (key.record, value) {
        (RecordKind::Group, Some(value)) => {
            (group.epoch, group.metadata_hash) = codec::read_group(kind, value)?;
        }
        (RecordKind::TargetEpoch, Some(value)) => {
            (group.target_epoch, group.target_at_ms) = codec::read_target_epoch(value)?;
        }
        (RecordKind::TargetEpoch, None) => group.target_epoch = GroupEpoch::INITIAL,
        (RecordKind::Target, Some(value)) => {
            let target = codec::read_target(value, numbers)?;
            let target = target.into_iter().collect();
            group.target.insert(key.member.clone(), target);
        }
        (RecordKind::Target, None) => {
            group.target.remove(&key.member);
        }
        (RecordKind::Member, None) => {
            group.members.remove(&key.member);
        }
        (RecordKind::Member, Some(value)) => {
            codec::read_member(kind, value, member_of(group, key, number))?;
        }
        (RecordKind::Current, Some(value)) => {
            let member = member_of(group, key, number);
            codec::read_current(kind, value, numbers, member)?;
        }
        (RecordKind::StatePartitions, Some(value)) => {
            (group.initializing, group.initialized) = codec::read_state_partitions(value, numbers)?;
        }
        (RecordKind::StatePartitions, None) => {
            group.initializing.clear();
            group.initialized.clear();
        }
        // The member's own tombstone, or the group's, follows.
        (RecordKind::Current | RecordKind::Group, None) => {}
    }
    Some(())
}

fn member_of<'a>(group: &'a mut ModernGroup, key: &Key, number: u32) -> &'a mut ModernMember {
    let new = || ModernMember::new(&key.member, number);
    let members = &mut group.members;
    members.entry(key.member.clone()).or_insert_with(new)
}
