//! Transactions: one outcome, one coordinator, one owner of a session, and nothing
//! written or read that is fenced or undecided (INV-36 to INV-41).
//!
//! A transaction is known by producer id and the epoch its decision brought, which no
//! other transaction has (TXN-9); before KIP-890 the next one may have it too, from the
//! moment its first partition is added (TXN-2). Nothing is looked at before the first
//! transaction.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::node::Message;
use kafka_core::note::Note;
use kafka_core::protocol::{Request, Response};
use kafka_core::record::{Batch, BatchKind};
use kafka_core::transaction::TxnState;
use kafka_core::types::{
    BrokerId, Name, NodeId, Offset, ProducerEpoch, ProducerId, TopicPartition,
};
use kafka_sim::Seq;

use crate::cluster::{Cluster, ReplicaView};
use crate::findings::Findings;
use crate::invariant::Invariant;
use crate::permits::Permit;
use crate::verdict::Breach;

type Session = (ProducerId, ProducerEpoch);

/// What a leader's log was seen to get since it led.
#[derive(Clone, Debug, Default)]
struct Led {
    /// Open transactions by producer: the first offset.
    open: BTreeMap<ProducerId, Offset>,
    /// The newest epoch of each producer.
    epochs: BTreeMap<ProducerId, ProducerEpoch>,
    /// Sessions whose marker is here.
    marked: BTreeSet<Session>,
}

/// A batch that should not be in a leader's log.
enum Wrong {
    /// Of an epoch that is over: whose, which, and the newer one.
    Fenced(ProducerId, ProducerEpoch, ProducerEpoch),
    /// Behind the marker of its session: whose, and where.
    Marked(Session, Offset),
}

/// What was seen of transactions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transactions {
    is_active: bool,
    /// The last state of each id in a coordinator's life.
    states: BTreeMap<(BrokerId, Name), TxnState>,
    /// What was decided, and whether markers say so, too.
    decisions: BTreeMap<Session, bool>,
    markers: BTreeMap<Session, bool>,
    /// Sessions whose transaction was decided and did not bring another epoch (before
    /// KIP-890), until their next one begins.
    over: BTreeSet<Session>,
    /// To whom a session was given.
    owners: BTreeMap<Session, NodeId>,
    /// Who wrote markers of a producer as the coordinator of that epoch.
    coordinators: BTreeMap<(ProducerId, i32), BrokerId>,
    led: BTreeMap<(BrokerId, TopicPartition), Led>,
}

impl Transactions {
    /// A broker's process is new.
    pub(crate) fn on_process(&mut self, broker: BrokerId) {
        self.states.retain(|(known, _), _| *known != broker);
        self.led.retain(|(known, _), _| *known != broker);
    }

    /// The replica's log is a copy of what was left of it in another log directory (KIP-113): of a
    /// transaction whose records had been deleted it knows nothing, as whoever copies a log later.
    pub(crate) fn on_moved<C: Cluster>(
        &mut self,
        cluster: &C,
        broker: BrokerId,
        partition: TopicPartition,
    ) {
        let start = cluster.replica(broker, partition).map(|it| it.log_start);
        if let (Some(start), Some(led)) = (start, self.led.get_mut(&(broker, partition))) {
            led.open.retain(|_, first| *first >= start);
        }
    }

    /// A broker began or ceased to lead; `is_state` says of `__transaction_state`.
    pub(crate) fn on_role(&mut self, broker: BrokerId, partition: TopicPartition, is_state: bool) {
        self.led.remove(&(broker, partition));
        if is_state {
            self.states.retain(|(known, _), _| *known != broker);
        }
    }

    pub(crate) fn on_note<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        (seq, broker): (Seq, BrokerId),
        note: &Note,
        permit: impl Fn() -> Option<Permit>,
    ) {
        match note {
            Note::TransactionStateChanged {
                transactional_id,
                state,
                producer_id,
                producer_epoch,
                transaction_version,
            } => {
                self.is_active = true;
                let key = (broker, transactional_id.clone());
                self.on_state(findings, seq, key, *state);
                let session = (*producer_id, *producer_epoch);
                let outcome = match state {
                    TxnState::PrepareCommit | TxnState::CompleteCommit => Some(true),
                    TxnState::PrepareAbort | TxnState::CompleteAbort => Some(false),
                    _ => None,
                };
                if *transaction_version < 2 && outcome.is_some() {
                    self.over.insert(session);
                }
                let decided = outcome.map(|it| *self.decisions.entry(session).or_insert(it));
                if decided != outcome {
                    let breach = two_outcomes(session, None);
                    findings.report(Invariant::TxnStates, seq, permit(), breach);
                }
            }
            Note::TransactionMarkerAppended {
                partition,
                producer_id,
                commit,
                offset,
            } => {
                let epoch = epoch_at(cluster, broker, *partition, *offset);
                let session = (*producer_id, epoch);
                if *self.markers.entry(session).or_insert(*commit) != *commit {
                    let breach = two_outcomes(session, Some(*partition));
                    findings.report(Invariant::TxnAtomic, seq, permit(), breach);
                }
            }
            Note::LeaderAppended(partition, from, to) if self.is_active => {
                let appended = (*partition, *from, *to);
                self.on_appended(cluster, findings, (seq, broker), appended);
            }
            Note::HighWatermarkAdvanced(partition, to) if self.is_active => {
                let is_last = |view: &ReplicaView<'_>| {
                    view.running.is_some_and(|it| it.high_watermark == *to)
                };
                self.check_stable(cluster, findings, (seq, broker), *partition, is_last);
            }
            _ => {}
        }
    }

    /// INV-41: what one coordinator does with an id.
    fn on_state(&mut self, findings: &mut Findings, seq: Seq, key: (BrokerId, Name), to: TxnState) {
        let id = key.1.clone();
        let before = self.states.insert(key, to);
        if let Some(from) = before.filter(|from| !may_follow(*from, to)) {
            let (from, to) = (from.name(), to.name());
            let breach = Breach::IllegalTransition { id, from, to };
            findings.violated(Invariant::TxnStates, seq, breach);
        }
    }

    /// INV-38, INV-39.
    pub(crate) fn on_message(
        &mut self,
        findings: &mut Findings,
        seq: Seq,
        (to, from): (NodeId, NodeId),
        message: &Message,
    ) {
        match message {
            Message::Response(_, Response::InitProducerId(answer))
                if to.is_client() && !answer.error.is_error() =>
            {
                let session = (answer.producer_id, answer.producer_epoch);
                self.given(findings, seq, to, session);
            }
            Message::Response(_, Response::EndTxn(answer))
                if !answer.error.is_error() && answer.producer_id != ProducerId::NONE =>
            {
                let session = (answer.producer_id, answer.producer_epoch);
                self.given(findings, seq, to, session);
            }
            Message::Request(_, Request::AddPartitionsToTxn(request)) if !request.verify_only => {
                self.begun((request.producer_id, request.producer_epoch));
            }
            Message::Request(_, Request::AddOffsetsToTxn(request)) => {
                self.begun((request.producer_id, request.producer_epoch));
            }
            Message::Request(_, Request::WriteTxnMarkers(request)) if !from.is_client() => {
                for marker in &request.markers {
                    let (producer, epoch) = (marker.producer_id, marker.coordinator_epoch);
                    let key = (producer, epoch);
                    let known = *self.coordinators.entry(key).or_insert(from);
                    if known != from {
                        let breach = Breach::TwoCoordinators {
                            producer,
                            epoch,
                            one: known,
                            other: from,
                        };
                        findings.violated(Invariant::OneTxnCoordinator, seq, breach);
                    }
                }
            }
            _ => {}
        }
    }

    /// Before KIP-890 a session has one transaction after the other.
    fn begun(&mut self, session: Session) {
        if self.over.remove(&session) {
            self.decisions.remove(&session);
            self.markers.remove(&session);
        }
    }

    fn given(&mut self, findings: &mut Findings, seq: Seq, to: NodeId, session: Session) {
        let owner = *self.owners.entry(session).or_insert(to);
        if owner != to {
            let breach = Breach::SessionShared {
                producer: session.0,
                epoch: session.1,
                one: owner,
                other: to,
            };
            findings.violated(Invariant::UniquePidEpoch, seq, breach);
        }
    }

    /// INV-40, INV-36, and what INV-37 needs to know.
    fn on_appended<C: Cluster>(
        &mut self,
        cluster: &C,
        findings: &mut Findings,
        (seq, broker): (Seq, BrokerId),
        (partition, from, to): (TopicPartition, Offset, Offset),
    ) {
        let led = self.led.entry((broker, partition)).or_default();
        let mut wrong = None;
        cluster.visit_batches(broker, partition, from, &mut |batch| {
            if batch.base_offset >= to {
                return false;
            }
            wrong = wrong.take().or(led.note(batch));
            true
        });
        match wrong {
            Some(Wrong::Fenced(producer, epoch, seen)) => {
                let breach = Breach::FencedWrite {
                    broker,
                    partition,
                    producer,
                    epoch,
                    seen,
                };
                findings.violated(Invariant::Fenced, seq, breach);
            }
            Some(Wrong::Marked(session, offset)) if self.over.contains(&session) => {
                let breach = Breach::WrittenAfterEnd {
                    broker,
                    partition,
                    producer: session.0,
                    epoch: session.1,
                    offset,
                };
                findings.violated(Invariant::TxnAtomic, seq, breach);
            }
            _ => {}
        }
        let is_last = |view: &ReplicaView<'_>| view.log_end == to;
        self.check_stable(cluster, findings, (seq, broker), partition, is_last);
    }

    /// INV-37.
    fn check_stable<C: Cluster>(
        &self,
        cluster: &C,
        findings: &mut Findings,
        (seq, broker): (Seq, BrokerId),
        partition: TopicPartition,
        is_last: impl Fn(&ReplicaView<'_>) -> bool,
    ) {
        let led = self.led.get(&(broker, partition));
        let first = led.and_then(|led| led.open.values().min().copied());
        let view = cluster.replica(broker, partition);
        // An event may append and advance several times: its last note is looked at.
        let (Some(first), Some(view)) = (first, view.filter(is_last)) else {
            return;
        };
        let Some(running) = view.running else { return };
        // Where records of it were deleted, what is left begins at the log's start.
        let first = first.max(view.log_start);
        let last_stable = running.last_stable_offset;
        if last_stable > first {
            let breach = Breach::UndecidedExposed {
                broker,
                partition,
                last_stable,
                first,
            };
            findings.violated(Invariant::LsoRule, seq, breach);
        }
    }
}

impl Led {
    /// Notes a batch, and what may be wrong with it.
    fn note(&mut self, batch: &Batch) -> Option<Wrong> {
        let body = &batch.body;
        let (producer, epoch) = (body.producer_id, body.producer_epoch);
        if body.kind == BatchKind::Data {
            return None;
        }
        let seen = self.epochs.entry(producer).or_insert(epoch);
        let newest = *seen;
        *seen = newest.max(epoch);
        match body.kind {
            BatchKind::Marker(_) => {
                self.open.remove(&producer);
                self.marked.insert((producer, epoch));
                None
            }
            _ => {
                self.open.entry(producer).or_insert(batch.base_offset);
                let session = (producer, epoch);
                if epoch < newest {
                    Some(Wrong::Fenced(producer, epoch, newest))
                } else if self.marked.contains(&session) {
                    Some(Wrong::Marked(session, batch.base_offset))
                } else {
                    None
                }
            }
        }
    }
}

/// The table of section 5.4, with the fence of PrepareEpochFence taken as the abort it
/// leads to.
fn may_follow(from: TxnState, to: TxnState) -> bool {
    use TxnState as S;
    match to {
        S::Empty => matches!(from, S::Empty | S::CompleteCommit | S::CompleteAbort),
        S::Ongoing => !from.is_prepared(),
        S::PrepareCommit => from == S::Ongoing,
        // Since KIP-890 an abort without a transaction is decided like any other.
        S::PrepareAbort => !from.is_prepared(),
        S::CompleteCommit => from == S::PrepareCommit,
        S::CompleteAbort => from == S::PrepareAbort,
        S::Dead => !from.is_prepared() && from != S::Ongoing,
        S::PrepareEpochFence => false,
    }
}

fn two_outcomes((producer, epoch): Session, partition: Option<TopicPartition>) -> Breach {
    Breach::TwoOutcomes {
        producer,
        epoch,
        partition,
    }
}

fn epoch_at<C: Cluster>(
    cluster: &C,
    broker: BrokerId,
    partition: TopicPartition,
    offset: Offset,
) -> ProducerEpoch {
    let mut epoch = ProducerEpoch::NONE;
    cluster.visit_batches(broker, partition, offset, &mut |batch| {
        epoch = batch.body.producer_epoch;
        false
    });
    epoch
}
