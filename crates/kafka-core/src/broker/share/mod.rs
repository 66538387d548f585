//! The broker's part in share groups: serving ShareFetch and ShareAcknowledge for the
//! partitions it leads, storing their states through the share coordinator, and
//! lodging that coordinator.
//!
//! The rules of a share partition are in `crate::share`; this is what waits, for
//! whom, and what is sent. Invariant: every request is answered once; a share
//! partition belongs to one leader epoch.

mod acknowledge;
mod coordinator;
mod fetch;
mod offsets;
mod persister;
mod requests;
mod timers;

use std::collections::BTreeMap;

use self::fetch::ParkedFetch;
use self::offsets::OffsetsRequest;
use self::persister::{LocalRequest, Operation};
use self::requests::Open;
use super::timer::LazyTimer;
use super::{Broker, Cx};
use crate::config::BrokerConfig;
use crate::node::TimerKey;
use crate::note::Note;
use crate::protocol::Request;
use crate::share::{ShareCoordinator, ShareKey, SharePartition, ShareSessions, ShareSettings};
use crate::share::{ShareReply, broker_number};
use crate::types::{Name, NodeId, RequestId, TopicPartition};

/// Everything of share groups that one broker holds.
#[derive(Clone, Debug)]
pub(super) struct ShareManager {
    partitions: BTreeMap<(Name, TopicPartition), SharePartition>,
    sessions: ShareSessions,
    parked: Vec<ParkedFetch>,
    /// Requests that wait for what they changed to be stored.
    open: BTreeMap<u64, Open>,
    /// Administrators' requests that wait for share coordinators.
    offsets: BTreeMap<u64, OffsetsRequest>,
    next_open: u64,
    operations: BTreeMap<RequestId, Operation>,
    /// Requests to this broker's own share coordinator.
    local: Vec<LocalRequest>,
    /// Answers of this broker's share coordinator on their way.
    replies: Vec<ShareReply>,
    coordinator: ShareCoordinator,
    /// The broker's settings of share groups.
    defaults: ShareSettings,
    /// `group.share.max.share.sessions`.
    max_sessions: u32,
    /// `share.coordinator.write.timeout.ms`.
    write_timeout_ms: u64,
    look: bool,
    locks: LazyTimer,
    waits: LazyTimer,
    retries: LazyTimer,
}

impl ShareManager {
    pub(super) fn new(config: &BrokerConfig) -> ShareManager {
        let number = |name| broker_number(config, name) as u32;
        let partitions = number("share.coordinator.state.topic.num.partitions");
        let updates = number("share.coordinator.snapshot.update.records.per.snapshot");
        ShareManager {
            partitions: BTreeMap::new(),
            sessions: ShareSessions::default(),
            parked: Vec::new(),
            open: BTreeMap::new(),
            offsets: BTreeMap::new(),
            next_open: 0,
            operations: BTreeMap::new(),
            local: Vec::new(),
            replies: Vec::new(),
            coordinator: ShareCoordinator::new(partitions, updates),
            defaults: ShareSettings::of_broker(config),
            max_sessions: number("group.share.max.share.sessions"),
            write_timeout_ms: broker_number(config, "share.coordinator.write.timeout.ms"),
            look: false,
            locks: LazyTimer::new(TimerKey::ShareLocks),
            waits: LazyTimer::new(TimerKey::ShareFetch),
            retries: LazyTimer::new(TimerKey::SharePersister),
        }
    }

    /// Something that a waiting fetch of the partition may be waiting for happened.
    pub(super) fn look_at(&mut self, id: TopicPartition) {
        for parked in &mut self.parked {
            if parked.wants(id) {
                parked.look = true;
                self.look = true;
            }
        }
    }

    /// Fetches that wait.
    pub(super) fn waiting(&self) -> u32 {
        self.parked.len() as u32
    }

    pub(super) fn partitions(&self) -> impl Iterator<Item = &SharePartition> {
        self.partitions.values()
    }

    pub(super) fn sessions(&self) -> &ShareSessions {
        &self.sessions
    }

    pub(super) fn coordinator(&self) -> &ShareCoordinator {
        &self.coordinator
    }
}

impl Broker {
    /// Handles a request about share partitions, their states or a group's start offsets.
    pub(super) fn on_share_request(
        &mut self,
        cx: &mut Cx<'_>,
        asker: (NodeId, RequestId),
        request: &Request,
    ) {
        match request {
            Request::ShareFetch(request) => self.on_share_fetch(cx, asker, request),
            Request::ShareAcknowledge(request) => self.on_share_acknowledge(cx, asker, request),
            Request::DescribeShareGroupOffsets(request) => {
                self.describe_share_offsets(cx, asker, request);
            }
            Request::AlterShareGroupOffsets(request) => {
                self.alter_share_offsets(cx, asker, request);
            }
            Request::DeleteShareGroupOffsets(request) => {
                self.delete_share_offsets(cx, asker, request);
            }
            other => self.on_share_state_request(cx, asker.0, asker.1, other),
        }
    }

    /// The settings in force for a share group, as this broker knows them.
    pub fn share_settings(&self, group: &str) -> ShareSettings {
        self.share.defaults.with_group(group, &self.image)
    }

    pub(super) fn share_key(&self, group: &Name, id: TopicPartition) -> Option<ShareKey> {
        let topic = self.image.topics.get(&id.topic)?;
        Some(ShareKey {
            group: group.clone(),
            topic: topic.uuid,
            partition: id.partition,
        })
    }

    /// This broker leads the partition no more, or in another epoch: its share
    /// partitions are read anew by whoever leads it (SHG-7).
    pub(super) fn share_role_changed(&mut self, cx: &mut Cx<'_>, id: TopicPartition) {
        let of_partition = |key: &(Name, TopicPartition), _: &mut SharePartition| key.1 == id;
        let gone: Vec<(Name, TopicPartition)> = (self.share.partitions)
            .extract_if(.., of_partition)
            .map(|(key, _)| key)
            .collect();
        for (group, _) in gone {
            self.drop_share_partition(cx, &group, id);
        }
        self.share.look_at(id);
    }

    /// Whoever waits for the share partition's changes to be stored is told that
    /// another leader has to be asked.
    fn drop_share_partition(&mut self, cx: &mut Cx<'_>, group: &Name, id: TopicPartition) {
        self.share.partitions.remove(&(group.clone(), id));
        self.abandon_writes(cx, group, id);
    }

    /// Nobody of the group has a session here any more: its share partitions are forgotten
    /// once what was changed is stored, and read anew when somebody comes.
    fn forget_if_idle(&mut self, cx: &mut Cx<'_>, group: &Name) {
        let writes = |operation: &Operation| operation.is_write_of(group);
        let is_busy = self.share.operations.values().any(writes);
        if is_busy || self.share.sessions.has_group(group) {
            return;
        }
        let of_group = self.share.partitions.keys().filter(|(it, _)| it == group);
        let ids: Vec<TopicPartition> = of_group.map(|(_, id)| *id).collect();
        for id in ids {
            self.drop_share_partition(cx, group, id);
        }
    }

    /// The connection of a client broke: its sessions end, and what it had is given
    /// to others.
    pub(super) fn share_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        self.share.parked.retain(|parked| parked.asker.0 != peer);
        self.share.open.retain(|_, open| open.asker.0 != peer);
        self.share.offsets.retain(|_, open| open.asker.0 != peer);
        for (group, member) in self.share.sessions.disconnected(peer) {
            self.release_member(cx, &group, &member, None);
        }
        self.persister_disconnected(cx, peer);
    }

    /// What became due during this input.
    pub(super) fn settle_share(&mut self, cx: &mut Cx<'_>) -> bool {
        let mut any = self.serve_local(cx);
        any |= self.deliver_replies(cx);
        self.answer_share_fetches(cx);
        any
    }

    /// Says that the start offset moved, if it did.
    fn note_start(&self, cx: &mut Cx<'_>, group: &Name, id: TopicPartition, moved: bool) {
        if moved && let Some(partition) = self.share.partitions.get(&(group.clone(), id)) {
            let start = partition.start_offset();
            cx.fx.note(Note::ShareStartMoved(group.clone(), id, start));
        }
    }
}
