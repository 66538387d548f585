//! Each invariant is shown a cluster made by hand: first a sound one, then one that
//! breaks it.

mod data;
mod group;
mod in_sync;
mod ledger;
mod logs;
mod losses;
mod modern_group;
mod quorum;
mod reads;
mod shares;
mod transactions;

use std::collections::BTreeMap;
use std::rc::Rc;

use kafka_core::client::ClientEvent;
use kafka_core::compress::Compression;
use kafka_core::error::ErrorCode;
use kafka_core::group::Group;
use kafka_core::metadata::{ClusterImage, MetadataBatch};
use kafka_core::node::Message;
use kafka_core::note::{ChangeReason, Note};
use kafka_core::protocol::{Acks, FetchPartitionResponse, FetchResponse, Response};
use kafka_core::record::{Batch, BatchBody, BatchKind, Record};
use kafka_core::types::*;
use kafka_sim::{Detail, EntryKind, HistoryItem, Seq};

use crate::checker::Checker;
use crate::cluster::{Cluster, QuorumView, Reader, ReplicaView, RunningReplica, Step};
use crate::invariant::Invariant;
use crate::verdict::{Outcome, Setting, Violation};

const A: NodeId = NodeId(0);
const B: NodeId = NodeId(1);
const C: NodeId = NodeId(2);
const PRODUCER: NodeId = NodeId(10_000);
const CONSUMER: NodeId = NodeId(10_001);
const P: TopicPartition = TopicPartition::new(TopicId(0), 0);

/// A replica as a test sets it.
#[derive(Clone)]
struct FakeReplica {
    batches: Vec<Batch>,
    log_start: Offset,
    high_watermark: Offset,
    last_stable: Option<Offset>,
    epoch: LeaderEpoch,
    leads: bool,
    runs: bool,
    isr: Vec<BrokerId>,
    min_isr: u32,
}

/// A cluster made by hand.
#[derive(Default)]
struct Fake {
    replicas: BTreeMap<BrokerId, FakeReplica>,
    quorum: BTreeMap<NodeId, (QuorumView, Vec<MetadataBatch>)>,
    observers: BTreeMap<NodeId, Vec<MetadataBatch>>,
    /// The one group.
    group: Option<Group>,
    /// What its coordinator knows of the cluster.
    image: Option<ClusterImage>,
    acks: Acks,
    /// Producers have batches in flight, retry them and are not idempotent.
    reorders: bool,
    /// Why producers' records may be elsewhere than where their keys belong.
    strays: Option<Setting>,
    /// Groups that read.
    readers: Vec<Reader>,
}

impl Cluster for Fake {
    fn replicas(&self) -> Vec<(BrokerId, TopicPartition)> {
        self.replicas.keys().map(|broker| (*broker, P)).collect()
    }

    fn replica(&self, broker: BrokerId, _: TopicPartition) -> Option<ReplicaView<'_>> {
        let fake = self.replicas.get(&broker)?;
        let running = RunningReplica {
            high_watermark: fake.high_watermark,
            last_stable_offset: fake.last_stable.unwrap_or(fake.high_watermark),
            leader_epoch: fake.epoch,
            is_leader: fake.leads,
            isr: &fake.isr,
            pending_isr: &[],
            effective_min_isr: fake.min_isr,
        };
        Some(ReplicaView {
            log_start: fake.log_start,
            log_end: fake
                .batches
                .last()
                .map_or(fake.log_start, Batch::next_offset),
            running: fake.runs.then_some(running),
        })
    }

    fn visit_batches(
        &self,
        broker: BrokerId,
        _: TopicPartition,
        from: Offset,
        visit: &mut dyn FnMut(&Batch) -> bool,
    ) {
        if let Some(fake) = self.replicas.get(&broker) {
            let wanted = fake.batches.iter().filter(|b| b.next_offset() > from);
            for batch in wanted {
                if !visit(batch) {
                    break;
                }
            }
        }
    }

    fn delivery_limit(&self, _: BrokerId, _: &str) -> Option<u16> {
        Some(5)
    }

    fn voters(&self) -> Vec<NodeId> {
        self.quorum.keys().copied().collect()
    }

    fn quorum(&self, node: NodeId) -> Option<QuorumView> {
        self.quorum.get(&node).map(|(view, _)| *view)
    }

    fn applied(&self, node: NodeId) -> Option<Offset> {
        let log = self.observers.get(&node)?;
        Some(log.last().map_or(Offset::ZERO, MetadataBatch::next_offset))
    }

    fn visit_metadata(
        &self,
        node: NodeId,
        from: Offset,
        visit: &mut dyn FnMut(&MetadataBatch) -> bool,
    ) {
        let batches = self.quorum.get(&node).map(|(_, batches)| batches);
        let batches = batches.or(self.observers.get(&node));
        for batch in batches.into_iter().flatten() {
            if batch.base_offset >= from && !visit(batch) {
                break;
            }
        }
    }

    fn image(&self, broker: BrokerId) -> Option<&ClusterImage> {
        let replica = self.replicas.get(&broker);
        let runs = replica.is_none_or(|replica| replica.runs);
        self.image.as_ref().filter(|_| runs)
    }

    fn group(&self, _: BrokerId, name: &str) -> Option<&Group> {
        self.group.as_ref().filter(|group| *group.name == *name)
    }

    fn acks(&self, _: NodeId) -> Option<Acks> {
        Some(self.acks)
    }

    fn may_reorder(&self, _: NodeId) -> bool {
        self.reorders
    }

    fn strays(&self, _: NodeId) -> Option<Setting> {
        self.strays
    }

    fn readers(&self) -> Vec<Reader> {
        self.readers.clone()
    }

    fn group_of(&self, _: NodeId) -> Option<Name> {
        Some("g".into())
    }
}

/// A fake cluster with a checker that watches it.
struct Bench {
    cluster: Fake,
    checker: Checker,
    seq: u32,
}

impl Bench {
    /// Three replicas of one partition with min.insync.replicas=2; A leads epoch 0.
    fn new() -> Bench {
        let mut bench = Bench {
            cluster: Fake {
                acks: Acks::All,
                ..Fake::default()
            },
            checker: Checker::default(),
            seq: 0,
        };
        for broker in [A, B, C] {
            let replica = FakeReplica {
                batches: Vec::new(),
                log_start: Offset::ZERO,
                high_watermark: Offset::ZERO,
                last_stable: None,
                epoch: LeaderEpoch(0),
                leads: broker == A,
                runs: true,
                isr: vec![A, B, C],
                min_isr: 2,
            };
            bench.cluster.replicas.insert(broker, replica);
        }
        bench.sound(A, Note::BecameLeader(P, LeaderEpoch(0), Offset::ZERO));
        bench
    }

    fn at(&mut self, broker: BrokerId) -> &mut FakeReplica {
        self.cluster.replicas.get_mut(&broker).expect("a replica")
    }

    fn step(
        &mut self,
        node: NodeId,
        peer: Option<NodeId>,
        kind: EntryKind,
        detail: &Detail,
    ) -> Option<Violation> {
        self.seq += 1;
        let step = Step {
            seq: Seq(self.seq),
            node,
            peer,
            kind,
            detail,
        };
        self.checker.on_step(&self.cluster, &step);
        self.checker.take_violated()
    }

    /// A fact; gives the breach it shows.
    fn note(&mut self, node: NodeId, note: Note) -> Option<Violation> {
        self.step(node, None, EntryKind::Note, &Detail::Note(note))
    }

    /// A fact that breaks nothing.
    fn sound(&mut self, node: NodeId, note: Note) {
        let found = self.note(node, note);
        assert_eq!(found, None);
    }

    fn message(&mut self, node: NodeId, peer: NodeId, message: Message) -> Option<Violation> {
        let kind = match message {
            Message::Request(..) => EntryKind::Request,
            Message::Response(..) => EntryKind::Response,
        };
        let detail = Detail::Message(Rc::new(message));
        self.step(node, Some(peer), kind, &detail)
    }

    /// Something an application saw.
    fn item(&mut self, client: NodeId, event: ClientEvent) -> Option<Violation> {
        self.seq += 1;
        let item = HistoryItem {
            seq: Seq(self.seq),
            at: Time::ZERO,
            client,
            event,
        };
        self.checker.on_item(&self.cluster, &item);
        self.checker.take_violated()
    }

    /// The leader appends one batch of one record with that tag (and no idempotence).
    fn append(&mut self, leader: BrokerId, tag: u64) -> Option<Violation> {
        self.append_batch(leader, body(tag, ProducerId::NONE, -1))
    }

    fn append_batch(&mut self, leader: BrokerId, body: BatchBody) -> Option<Violation> {
        let from = self.at(leader).batches.last();
        let from = from.map_or(Offset::ZERO, Batch::next_offset);
        self.append_at(leader, from.0, body)
    }

    /// The leader appends a batch at that offset, the end of its log.
    fn append_at(&mut self, leader: BrokerId, from: i64, body: BatchBody) -> Option<Violation> {
        let from = Offset(from);
        let replica = self.at(leader);
        let batch = Batch {
            base_offset: from,
            leader_epoch: replica.epoch,
            body: Rc::new(body),
        };
        let to = batch.next_offset();
        replica.batches.push(batch);
        self.note(leader, Note::LeaderAppended(P, from, to))
    }

    /// The follower appends what it lacks of the leader's log.
    fn copy(&mut self, follower: BrokerId, leader: BrokerId) -> Option<Violation> {
        let batches = self.at(leader).batches.clone();
        let replica = self.at(follower);
        let from = replica
            .batches
            .last()
            .map_or(Offset::ZERO, Batch::next_offset);
        let missing = batches.into_iter().filter(|b| b.base_offset >= from);
        replica.batches.extend(missing);
        let to = replica
            .batches
            .last()
            .map_or(Offset::ZERO, Batch::next_offset);
        self.note(follower, Note::FollowerAppended(P, from, to))
    }

    /// An answer to a follower's fetch, which tells of the partition and brings nothing.
    fn fetched(&mut self, follower: BrokerId, leader: BrokerId) -> Option<Violation> {
        let partition = FetchPartitionResponse {
            partition: P,
            error: ErrorCode::None,
            high_watermark: self.at(leader).high_watermark,
            last_stable_offset: self.at(leader).high_watermark,
            log_start_offset: self.at(leader).log_start,
            diverging_epoch: None,
            current_leader: None,
            preferred_read_replica: None,
            aborted: Vec::new(),
            batches: Vec::new(),
        };
        let answer = Response::Fetch(FetchResponse {
            error: ErrorCode::None,
            partitions: vec![partition],
        });
        self.message(follower, leader, Message::Response(RequestId(0), answer))
    }

    fn advance(&mut self, leader: BrokerId, to: i64) -> Option<Violation> {
        self.at(leader).high_watermark = Offset(to);
        self.note(leader, Note::HighWatermarkAdvanced(P, Offset(to)))
    }

    /// One record on all three replicas, committed.
    fn committed(&mut self, leader: BrokerId, tag: u64) {
        assert_eq!(self.append(leader, tag), None);
        for follower in [A, B, C] {
            if follower != leader {
                assert_eq!(self.copy(follower, leader), None);
            }
        }
        let end = self.at(leader).batches.len() as i64;
        assert_eq!(self.advance(leader, end), None);
    }

    /// Record 1 is on all three replicas, committed; record 2 on A and those, not committed.
    fn copied_by(followers: &[BrokerId]) -> Bench {
        let mut bench = Bench::new();
        bench.committed(A, 1);
        bench.second_copied_by(followers);
        bench
    }

    /// Record 2 is appended by A and copied by those.
    fn second_copied_by(&mut self, followers: &[BrokerId]) {
        assert_eq!(self.append(A, 2), None);
        for follower in followers {
            assert_eq!(self.copy(*follower, A), None);
        }
    }

    /// Another broker leads from now on, in that epoch.
    fn elect(&mut self, leader: BrokerId, epoch: i32) -> Option<Violation> {
        for broker in [A, B, C] {
            let replica = self.at(broker);
            replica.leads = broker == leader;
            if broker == leader {
                replica.epoch = LeaderEpoch(epoch);
            }
        }
        let start = self
            .at(leader)
            .batches
            .last()
            .map_or(Offset::ZERO, Batch::next_offset);
        self.note(leader, Note::BecameLeader(P, LeaderEpoch(epoch), start))
    }

    fn truncate(&mut self, broker: BrokerId, to: i64) -> Option<Violation> {
        let replica = self.at(broker);
        let from = replica
            .batches
            .last()
            .map_or(Offset::ZERO, Batch::next_offset);
        replica
            .batches
            .retain(|batch| batch.next_offset() <= Offset(to));
        replica.high_watermark = replica.high_watermark.min(Offset(to));
        let partition = P;
        let to = Offset(to);
        self.note(
            broker,
            Note::Truncated {
                partition,
                from,
                to,
            },
        )
    }

    /// The controller made an unclean choice.
    fn unclean_choice(&mut self, leader: BrokerId, epoch: i32) {
        self.sound(
            NodeId(100),
            Note::PartitionChanged {
                partition: P,
                leader: Some(leader),
                old_leader: None,
                leader_epoch: LeaderEpoch(epoch),
                isr: [leader].into(),
                unclean: true,
                reason: ChangeReason::UncleanPass,
            },
        );
    }

    fn acked(&mut self, tag: u64, offset: i64) -> Option<Violation> {
        let partition = P;
        let offset = Offset(offset);
        self.item(
            PRODUCER,
            ClientEvent::Acked {
                tag,
                partition,
                offset,
            },
        )
    }

    fn outcome(&self, invariant: Invariant) -> Outcome {
        let verdicts = self.checker.verdicts();
        let verdict = verdicts.iter().find(|v| v.invariant == invariant);
        verdict.expect("a verdict").outcome
    }
}

fn body(tag: u64, producer_id: ProducerId, sequence: i32) -> BatchBody {
    BatchBody {
        kind: BatchKind::Data,
        producer_id,
        producer_epoch: ProducerEpoch(0),
        base_sequence: Sequence(sequence),
        records: vec![Record {
            tag,
            ..Record::default()
        }],
        cleaned: None,
        compression: Compression::None,
        size_bytes: 70,
        max_timestamp_ms: 0,
    }
}

/// The breach is of that invariant, and its sentence names it.
fn breaks(found: Option<Violation>, invariant: Invariant) {
    let found = found.unwrap_or_else(|| panic!("{} was not noticed", invariant.id()));
    assert_eq!(found.invariant, invariant, "{found}");
    assert_eq!(found.outcome, Outcome::Violated);
    assert!(found.to_string().starts_with(invariant.id()));
    assert!(found.breach.to_string().len() > 20, "a whole sentence");
}
