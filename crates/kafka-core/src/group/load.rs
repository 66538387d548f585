//! Taking over and giving up a partition of `__consumer_offsets` (GRP-26, GRP-27).

use super::codec::{self, OffsetsRecord, PersistedGroup};
use super::groups::Groups;
use super::modern::codec::{RecordKind, TopicNumbers};
use super::modern::{self, ModernGroup, ModernKind, Origin, edit};
use super::rebalance::{join_error, sync_error};
use super::state::{Group, GroupState, Member};
use super::txn;
use crate::config::BrokerConfig;
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::node::{Effects, TimerKey};
use crate::record::{Batch, BatchKind, Record};
use crate::types::{Duration, Name, Time};

/// Replaying a partition's log: offsets, of each classic group the last persisted
/// generation, of the others all they know. Sessions begin anew (GRP-26).
pub(super) struct Replay<'a> {
    now: Time,
    offsets_partition: u32,
    numbers: TopicNumbers,
    image: &'a ClusterImage,
    config: &'a BrokerConfig,
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        now: Time,
        offsets_partition: u32,
        image: &'a ClusterImage,
        config: &'a BrokerConfig,
    ) -> Replay<'a> {
        Replay {
            now,
            offsets_partition,
            numbers: TopicNumbers::of(image),
            image,
            config,
        }
    }

    pub(super) fn run(
        &self,
        groups: &mut Groups,
        batches: &mut dyn Iterator<Item = &Batch>,
        fx: &mut Effects,
    ) {
        for batch in batches {
            if batch.body.kind != BatchKind::Data {
                let now_ms = self.now.as_ms() as i64;
                txn::replay(groups, self.offsets_partition, now_ms, batch);
                continue;
            }
            for record in &batch.body.records {
                self.record(groups, record);
            }
        }
        for name in groups.names_of_partition(self.offsets_partition) {
            if let Some(group) = groups.get_mut(&name) {
                group.is_visible = true;
                self.begin_sessions(group, fx);
            }
        }
    }

    fn begin_sessions(&self, group: &mut Group, fx: &mut Effects) {
        if group.modern.is_some() {
            return edit::after_load(group, self.now, self.config, self.image, fx);
        }
        group.subscribed_topics = group.compute_subscribed_topics();
        for member in group.members.values() {
            let timeout = Duration::from_ms(u64::from(member.session_timeout_ms));
            fx.set_timer(group.session_timer(member.number), self.now + timeout);
        }
    }

    fn record(&self, groups: &mut Groups, record: &Record) {
        let Some(key) = &record.key else { return };
        let now_ms = self.now.as_ms() as i64;
        let home = self.offsets_partition;
        match codec::decode(key, record.value.as_deref()) {
            Some(OffsetsRecord::Offset(name, topic, partition, Some(stored))) => {
                let group = groups.get_or_create(&name, home, now_ms);
                group.offsets.insert((topic, partition), stored);
            }
            Some(OffsetsRecord::Offset(name, topic, partition, None)) => {
                if let Some(group) = groups.get_mut(&name) {
                    group.offsets.remove(&(topic, partition));
                }
            }
            Some(OffsetsRecord::Group(name, Some(persisted))) => {
                let group = groups.get_or_create(&name, home, now_ms);
                group.modern = None;
                restore(group, &persisted);
            }
            Some(OffsetsRecord::Group(name, None)) => forget_replayed(groups, &name, None),
            None => {
                self.modern_record(groups, key, record.value.as_deref());
            }
        }
    }

    fn modern_record(&self, groups: &mut Groups, key: &[u8], value: Option<&[u8]>) -> Option<()> {
        let key = modern::codec::read_key(key)?;
        if value.is_none() {
            if key.record == RecordKind::Group {
                forget_replayed(groups, &key.group, Some(key.group_kind));
                return None;
            }
            groups.get(&key.group)?.modern.as_ref()?;
        }
        let now_ms = self.now.as_ms() as i64;
        let group = groups.get_or_create(&key.group, self.offsets_partition, now_ms);
        let number = group.next_member_number();
        let new = || Box::new(ModernGroup::new(key.group_kind, Origin::Stored));
        let modern = group.modern.get_or_insert_with(new);
        modern::records::replay(modern, &key, value, &self.numbers, number)
    }
}

/// The tombstone of a group: its membership goes. Offsets have tombstones of their own,
/// but a group without any is forgotten.
fn forget_replayed(groups: &mut Groups, name: &Name, kind: Option<ModernKind>) {
    let Some(group) = groups.get_mut(name) else {
        return;
    };
    if group.modern.as_ref().map(|modern| modern.kind) != kind {
        return;
    }
    if group.offsets.is_empty() {
        groups.remove(name);
        return;
    }
    group.modern = None;
    group.members.clear();
    group.static_members.clear();
    group.state = GroupState::Empty;
    group.protocol_type = None;
}

fn restore(group: &mut Group, persisted: &PersistedGroup) {
    group.members.clear();
    group.static_members.clear();
    group.leader.clone_from(&persisted.leader);
    for member in &persisted.members {
        let number = group.next_member_number();
        let protocol = persisted.protocol_name.clone().unwrap_or_else(|| "".into());
        let member = Member {
            id: member.member_id.clone(),
            instance_id: member.group_instance_id.clone(),
            client_id: member.client_id.clone(),
            client_host: member.client_host.clone(),
            session_timeout_ms: member.session_timeout_ms,
            rebalance_timeout_ms: member.rebalance_timeout_ms,
            protocols: vec![(protocol, member.subscription.clone())],
            assignment: member.assignment.clone(),
            number,
            is_new: false,
            awaiting_join: None,
            awaiting_sync: None,
        };
        group.add_member(member, None);
    }
    group.state = if group.members.is_empty() {
        GroupState::Empty
    } else {
        GroupState::Stable
    };
    group.previous_state = group.state;
    group.generation = persisted.generation;
    group.protocol_type = Some(persisted.protocol_type.clone()).filter(|kind| !kind.is_empty());
    group.protocol_name.clone_from(&persisted.protocol_name);
    group.state_since_ms =
        (persisted.state_timestamp_ms >= 0).then_some(persisted.state_timestamp_ms);
}

/// Forgets a partition's groups; parked requests are told to look for the new
/// coordinator (GRP-27).
pub(super) fn forget(groups: &mut Groups, offsets_partition: u32, fx: &mut Effects) {
    for name in groups.names_of_partition(offsets_partition) {
        if let Some(group) = groups.remove(&name) {
            forget_group(group, ErrorCode::NotCoordinator, fx);
        }
    }
}

fn forget_group(group: Group, error: ErrorCode, fx: &mut Effects) {
    fx.cancel_timer(TimerKey::GroupJoin(group.number));
    fx.cancel_timer(TimerKey::GroupSync(group.number));
    for number in group.pending_members.values() {
        fx.cancel_timer(group.session_timer(*number));
    }
    for member in group.modern.iter().flat_map(|it| it.members.values()) {
        fx.cancel_timer(group.session_timer(member.number));
        fx.cancel_timer(TimerKey::GroupRevocation(group.number, member.number));
    }
    for member in group.members.values() {
        fx.cancel_timer(group.session_timer(member.number));
        if let Some((from, id)) = member.awaiting_join {
            let answer = join_error(error, member.id.clone());
            fx.respond(from, id, answer);
        }
        if let Some((from, id)) = member.awaiting_sync {
            fx.respond(from, id, sync_error(error));
        }
    }
}

/// Forgets one group: its timers stop, and whoever is parked there gets the error.
pub(super) fn bury(groups: &mut Groups, name: &Name, error: ErrorCode, fx: &mut Effects) {
    if let Some(group) = groups.remove(name) {
        forget_group(group, error, fx);
    }
}
