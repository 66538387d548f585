//! A coordinator on a bench: requests in, answers out, a log that stores what it
//! appends, and a clock that fires its timers. No broker and no network.

mod failover;
mod membership;
mod migration;
mod modern;
mod offsets;
mod rebalance;
mod statics;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Coordinator, Group, GroupAppend, GroupState, OFFSETS_TOPIC};
use crate::compress::Compression;
use crate::config::BrokerConfig;
use crate::error::ErrorCode;
use crate::metadata::{ClusterImage, MetadataRecord, PartitionRegistration};
use crate::node::{Effect, Effects, Message, Prng, TimerKey};
use crate::note::Note;
use crate::protocol::*;
use crate::record::{Batch, BatchBody, BatchKind};
use crate::types::*;

/// Group of all tests; its partition of `__consumer_offsets` is 47 (GRP-1).
const GROUP: &str = "group-a";
const HOME: u32 = 47;
const CLIENT: NodeId = NodeId::FIRST_CLIENT;

struct Bench {
    coordinator: Coordinator,
    config: BrokerConfig,
    image: ClusterImage,
    prng: Prng,
    now: Time,
    next_id: u64,
    timers: BTreeMap<TimerKey, Time>,
    answers: BTreeMap<RequestId, Response>,
    notes: Vec<Note>,
    /// Handed to the broker, fate unknown.
    appends: Vec<GroupAppend>,
    /// Committed records.
    log: Vec<Batch>,
}

fn image() -> ClusterImage {
    let mut image = ClusterImage::new();
    for (number, name) in ["orders", OFFSETS_TOPIC].into_iter().enumerate() {
        let topic = TopicId(number as u32);
        let uuid = Uuid(number as u128 + 1);
        let name = name.into();
        image.apply(&MetadataRecord::Topic { name, topic, uuid });
        for partition in 0..50 {
            apply_partition(&mut image, topic, partition);
        }
    }
    image
}

fn apply_partition(image: &mut ClusterImage, topic: TopicId, partition: u32) {
    let state = PartitionRegistration {
        replicas: vec![NodeId(0)],
        isr: vec![NodeId(0)],
        removing: Vec::new(),
        adding: Vec::new(),
        leader: Some(NodeId(0)),
        recovering: false,
        leader_epoch: LeaderEpoch(0),
        partition_epoch: PartitionEpoch(0),
        elr: Vec::new(),
        last_known_elr: Vec::new(),
        directories: Vec::new(),
    };
    image.apply(&MetadataRecord::Partition {
        topic,
        partition,
        state,
    });
}

impl Bench {
    fn new() -> Bench {
        Bench::with(BrokerConfig::default())
    }

    fn with(config: BrokerConfig) -> Bench {
        let mut bench = Bench {
            coordinator: Coordinator::new(&config),
            config,
            image: image(),
            prng: Prng::new(1, NodeId(0)),
            now: Time::ZERO,
            next_id: 0,
            timers: BTreeMap::new(),
            answers: BTreeMap::new(),
            notes: Vec::new(),
            appends: Vec::new(),
            log: Vec::new(),
        };
        bench.load();
        bench
    }

    fn load(&mut self) {
        let mut fx = Effects::default();
        let epoch = LeaderEpoch(0);
        let mut batches = self.log.iter();
        self.coordinator
            .load(self.now, HOME, epoch, &self.image, &mut batches, &mut fx);
        self.drain(fx);
    }

    fn unload(&mut self) {
        let mut fx = Effects::default();
        self.coordinator.unload(self.now, HOME, &mut fx);
        self.drain(fx);
        self.appends.clear();
    }

    /// Another broker becomes coordinator, with what the log holds.
    fn fail_over(&mut self) {
        self.appends.clear();
        self.timers.clear();
        self.coordinator = Coordinator::new(&self.config);
        self.load();
    }

    fn drain(&mut self, fx: Effects) {
        for effect in fx.list {
            match effect {
                Effect::Send { message, .. } => match Rc::unwrap_or_clone(message) {
                    Message::Response(id, response) => {
                        let twice = self.answers.insert(id, response);
                        assert!(twice.is_none(), "two answers to request {id}");
                    }
                    Message::Request(..) => panic!("a coordinator sends no requests"),
                },
                Effect::SetTimer { key, at } => {
                    self.timers.insert(key, at);
                }
                Effect::CancelTimer(key) => {
                    self.timers.remove(&key);
                }
                Effect::Note(note) => self.notes.push(note),
                Effect::Event(_) | Effect::Exit => panic!("not a coordinator's effect"),
            }
        }
    }

    /// Sends a request; records it appends stay undecided.
    fn send(&mut self, request: Request) -> RequestId {
        self.next_id += 1;
        let id = RequestId(self.next_id);
        let mut fx = Effects::default();
        self.coordinator.on_request(
            self.now,
            CLIENT,
            id,
            &request,
            &self.image,
            &mut self.prng,
            &mut fx,
            &mut self.appends,
        );
        self.drain(fx);
        id
    }

    /// Sends a request, commits what it appends, and gives the answer if there is one.
    fn ask(&mut self, request: Request) -> Option<Response> {
        let id = self.send(request);
        self.commit_appends();
        self.answers.remove(&id)
    }

    fn report(&mut self, ticket: u64, result: Result<(), ErrorCode>) {
        let mut fx = Effects::default();
        self.coordinator.on_append_result(
            self.now,
            ticket,
            result,
            &self.image,
            &mut self.prng,
            &mut fx,
            &mut self.appends,
        );
        self.drain(fx);
    }

    fn commit_appends(&mut self) {
        while !self.appends.is_empty() {
            let append = self.appends.remove(0);
            self.store(&append);
            self.report(append.ticket, Ok(()));
        }
    }

    fn fail_appends(&mut self, error: ErrorCode) {
        for append in std::mem::take(&mut self.appends) {
            self.report(append.ticket, Err(error));
        }
    }

    fn store(&mut self, append: &GroupAppend) {
        assert_eq!(append.offsets_partition, HOME);
        let base_offset = self.log.last().map_or(Offset::ZERO, Batch::next_offset);
        self.log.push(Batch {
            base_offset,
            leader_epoch: LeaderEpoch(0),
            body: Rc::new(BatchBody {
                kind: BatchKind::Data,
                producer_id: ProducerId::NONE,
                producer_epoch: ProducerEpoch::NONE,
                base_sequence: Sequence::NONE,
                compression: Compression::None,
                size_bytes: 0,
                max_timestamp_ms: 0,
                records: append.records.clone(),
                cleaned: None,
            }),
        });
    }

    /// Lets time pass; timers fire in order, appends are committed at once.
    fn pass_ms(&mut self, ms: u64) {
        let end = self.now + Duration::from_ms(ms);
        loop {
            let due = self.timers.iter().min_by_key(|(key, at)| (**at, **key));
            let Some((key, at)) = due.map(|(key, at)| (*key, *at)) else {
                break;
            };
            if at > end {
                break;
            }
            self.now = self.now.max(at);
            self.fire(key);
            self.commit_appends();
        }
        self.now = end;
    }

    fn fire(&mut self, key: TimerKey) {
        self.timers.remove(&key);
        let mut fx = Effects::default();
        let mine = self.coordinator.on_timer(
            self.now,
            key,
            &self.image,
            &mut self.prng,
            &mut fx,
            &mut self.appends,
        );
        assert!(mine, "{key:?} is not the coordinator's");
        self.drain(fx);
    }

    fn group(&self) -> &Group {
        self.coordinator.group(GROUP).expect("the group exists")
    }

    fn state(&self) -> (GroupState, i32) {
        (self.group().state, self.group().generation.0)
    }

    fn answer(&mut self, id: RequestId) -> Response {
        self.answers.remove(&id).expect("answered")
    }

    fn join_answer(&mut self, id: RequestId) -> JoinGroupResponse {
        match self.answer(id) {
            Response::JoinGroup(response) => response,
            other => panic!("not a JoinGroup answer: {other:?}"),
        }
    }

    fn sync_answer(&mut self, id: RequestId) -> SyncGroupResponse {
        match self.answer(id) {
            Response::SyncGroup(response) => response,
            other => panic!("not a SyncGroup answer: {other:?}"),
        }
    }

    /// A dynamic member's id, as the first JoinGroup hands it out (GRP-3).
    fn new_id(&mut self, client: &str) -> Name {
        let answer = self.ask(Request::JoinGroup(join(client, "")));
        let Some(Response::JoinGroup(answer)) = answer else {
            panic!("no answer to a first JoinGroup");
        };
        assert_eq!(answer.error, ErrorCode::MemberIdRequired);
        answer.member_id
    }

    /// Sends the second JoinGroup of a new dynamic member; it stays parked.
    fn join_new(&mut self, client: &str) -> (Name, RequestId) {
        let id = self.new_id(client);
        let request = self.send(Request::JoinGroup(join(client, &id)));
        (id, request)
    }

    /// A Stable group with these dynamic members; each is assigned its client id.
    fn stable(&mut self, clients: &[&str]) -> Vec<Name> {
        let joins: Vec<(Name, RequestId)> = clients.iter().map(|c| self.join_new(c)).collect();
        self.pass_ms(6_000);
        let ids: Vec<Name> = joins.iter().map(|(id, _)| id.clone()).collect();
        for (id, request) in &joins {
            let answer = self.join_answer(*request);
            assert_eq!(answer.error, ErrorCode::None);
            if answer.leader != *id {
                self.send(Request::SyncGroup(sync(id, answer.generation.0, &[])));
            }
        }
        self.finish_sync(&ids, clients);
        ids
    }

    /// The leader syncs with assignments; the group becomes Stable.
    fn finish_sync(&mut self, ids: &[Name], assignments: &[&str]) {
        let leader = self.group().leader.clone().expect("a leader");
        let generation = self.group().generation.0;
        let given: Vec<(&str, &str)> = ids
            .iter()
            .map(|id| &**id)
            .zip(assignments.iter().copied())
            .collect();
        self.send(Request::SyncGroup(sync(&leader, generation, &given)));
        self.commit_appends();
        self.answers.clear();
        assert_eq!(self.group().state, GroupState::Stable);
    }

    fn heartbeat(&mut self, member: &str, generation: i32) -> ErrorCode {
        match self.ask(beat(member, generation, None)) {
            Some(Response::Heartbeat(response)) => response.error,
            other => panic!("not a Heartbeat answer: {other:?}"),
        }
    }

    fn assignment(&self, member: &str) -> String {
        let assignment = &self.group().members[member].assignment;
        String::from_utf8_lossy(assignment).into_owned()
    }
}

/// Version 0 of a consumer subscription to that topic.
fn subscription(topic: &str) -> Bytes {
    let mut bytes = vec![0, 0, 0, 0, 0, 1, 0, topic.len() as u8];
    bytes.extend_from_slice(topic.as_bytes());
    bytes.extend_from_slice(&(-1_i32).to_be_bytes());
    bytes.into()
}

fn join(client: &str, member_id: &str) -> JoinGroupRequest {
    JoinGroupRequest {
        group: GROUP.into(),
        client_id: client.into(),
        client_host: "/127.0.0.1".into(),
        session_timeout_ms: 45_000,
        rebalance_timeout_ms: 300_000,
        member_id: member_id.into(),
        group_instance_id: None,
        protocol_type: "consumer".into(),
        protocols: vec![("range".into(), subscription("orders"))],
        reason: None,
    }
}

fn sync(member: &str, generation: i32, assignments: &[(&str, &str)]) -> SyncGroupRequest {
    let given = assignments.iter();
    SyncGroupRequest {
        group: GROUP.into(),
        generation: Generation(generation),
        member_id: member.into(),
        group_instance_id: None,
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        assignments: given
            .map(|(id, text)| ((*id).into(), text.as_bytes().into()))
            .collect(),
    }
}

fn beat(member: &str, generation: i32, instance: Option<&str>) -> Request {
    Request::Heartbeat(HeartbeatRequest {
        group: GROUP.into(),
        generation: Generation(generation),
        member_id: member.into(),
        group_instance_id: instance.map(Name::from),
    })
}

fn leave(member: &str, instance: Option<&str>) -> Request {
    Request::LeaveGroup(LeaveGroupRequest {
        group: GROUP.into(),
        members: vec![(member.into(), instance.map(Name::from))],
    })
}

fn commit(member: &str, generation: i32, partition: u32, offset: i64) -> OffsetCommitRequest {
    OffsetCommitRequest {
        group: GROUP.into(),
        generation: Generation(generation),
        member_id: member.into(),
        group_instance_id: None,
        offsets: vec![OffsetToCommit {
            partition: TopicPartition::new(TopicId(0), partition),
            topic_name: "orders".into(),
            offset: Offset(offset),
            leader_epoch: LeaderEpoch(0),
            metadata: "".into(),
        }],
    }
}

fn fetch_all(require_stable: bool) -> Request {
    Request::OffsetFetch(OffsetFetchRequest {
        group: GROUP.into(),
        member: None,
        partitions: None,
        require_stable,
    })
}

/// The first error of an OffsetCommit answer.
fn commit_code(response: Option<Response>) -> Option<ErrorCode> {
    match response? {
        Response::OffsetCommit(response) => response.partitions.first().map(|(_, code)| *code),
        other => panic!("not an OffsetCommit answer: {other:?}"),
    }
}

fn leave_codes(response: Option<Response>) -> Vec<ErrorCode> {
    match response {
        Some(Response::LeaveGroup(response)) => {
            response.members.iter().map(|(_, code)| *code).collect()
        }
        other => panic!("not a LeaveGroup answer: {other:?}"),
    }
}
