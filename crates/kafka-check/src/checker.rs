//! All checks of one world, event by event.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use kafka_core::client::{ClientCommand, ClientEvent};
use kafka_core::node::Message;
use kafka_core::note::Note;
use kafka_core::protocol::Request;
use kafka_core::topic_name::TRANSACTION_STATE_TOPIC;
use kafka_core::types::{LeaderEpoch, Name, NodeId, Offset, TopicPartition};
use kafka_sim::{Detail, EntryKind, HistoryItem, Seq, World};

use crate::at_rest::Rest;
use crate::cluster::{Cluster, Step};
use crate::converge::converged;
use crate::findings::Findings;
use crate::groups::Groups;
use crate::in_sync::{self, Led};
use crate::invariant::Invariant;
use crate::ledger::{Counts, Fate, Ledger};
use crate::metadata::Metadata;
use crate::permits::{self, Permit};
use crate::quorum::Quorum;
use crate::reads::Given;
use crate::replication::{Replication, Scene};
use crate::shares::Shares;
use crate::transactions::Transactions;
use crate::verdict::{Outcome, Verdict, Violation};

/// Watches one world. A clone goes on from where it stands, so it can be kept beside
/// a snapshot of the world.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    next_entry: u32,
    next_item: usize,
    findings: Findings,
    ledger: Ledger,
    replication: Replication,
    quorum: Quorum,
    metadata: Metadata,
    groups: Groups,
    shares: Shares,
    transactions: Transactions,
    /// Groups that somebody told where to go on.
    steered: BTreeSet<Name>,
}

impl Checker {
    /// A checker that takes the world as it is and watches from here on.
    pub fn new(world: &World) -> Checker {
        let mut checker = Checker {
            next_entry: world.trace().len(),
            ..Checker::default()
        };
        let seq = Seq(checker.next_entry.saturating_sub(1));
        checker.adopt(world, seq);
        checker.on_history(world, world);
        checker
    }

    /// Reads a cluster that already runs.
    pub(crate) fn adopt<C: Cluster>(&mut self, cluster: &C, seq: Seq) {
        let mut scene = Scene {
            cluster,
            ledger: &mut self.ledger,
            findings: &mut self.findings,
        };
        self.replication.adopt(&mut scene, seq);
        for voter in cluster.voters() {
            self.look_at_voter(cluster, seq, voter);
        }
    }

    /// Looks at what happened since the last call; call it after every event. Gives
    /// the first breach that no setting permits. If so much has happened meanwhile
    /// that the trace no longer holds its content, it begins anew from the world as
    /// it is now and keeps only the verdicts.
    pub fn after_event(&mut self, world: &World) -> Option<Violation> {
        let from = Seq(self.next_entry);
        if self.next_entry < world.trace().len() && world.detail(from).is_none() {
            let findings = std::mem::take(&mut self.findings);
            *self = Checker::new(world);
            self.findings = findings;
            return None;
        }
        for (seq, entry) in world.trace().iter_from(from) {
            self.next_entry = seq.0 + 1;
            let Some(node) = world.id_of(entry.node) else {
                continue;
            };
            let detail = world.detail(seq).unwrap_or(&Detail::None);
            let step = Step {
                seq,
                node,
                peer: world.id_of(entry.peer),
                kind: entry.kind,
                detail,
            };
            self.on_step(world, &step);
        }
        self.on_history(world, world);
        self.take_violated()
    }

    /// One verdict an invariant, so far.
    pub fn verdicts(&self) -> Vec<Verdict> {
        self.findings.verdicts()
    }

    /// The same of a world that is as the checker saw it last, with what can only be said of one
    /// at rest (INV-50).
    pub fn verdicts_at(&self, world: &World) -> Vec<Verdict> {
        let mut verdicts = self.verdicts();
        if converged(world).is_ok() {
            let ended = self.at_rest(world);
            let slot = verdicts
                .iter_mut()
                .find(|it| it.invariant == ended.invariant);
            if let Some(slot) = slot {
                *slot = ended;
            }
        }
        verdicts
    }

    /// What can only be said of a world at rest (INV-50), as [`converged`] says that it is.
    pub fn at_rest(&self, world: &World) -> Verdict {
        self.at_least_once(world, Seq(self.next_entry.saturating_sub(1)))
    }

    pub(crate) fn at_least_once<C: Cluster>(&self, cluster: &C, seq: Seq) -> Verdict {
        let rest = Rest {
            cluster,
            ledger: &self.ledger,
            steered: &self.steered,
            seq,
            is_elr_off: self.replication.is_elr_off,
        };
        let readers = cluster.readers();
        let books = &self.replication.books;
        let missed = readers
            .iter()
            .filter_map(|reader| rest.missed(reader, books.get(&reader.partition)?));
        let is_violated = |it: &Violation| it.outcome == Outcome::Violated;
        let first = missed.max_by_key(is_violated);
        Verdict {
            invariant: Invariant::AtLeastOnce,
            outcome: first.as_ref().map_or(Outcome::Holds, |it| it.outcome),
            first,
        }
    }

    /// What became of a record; `None` if no record has that tag.
    pub fn fate(&self, tag: u64) -> Option<Fate> {
        self.ledger.fate(tag, &self.replication.books)
    }

    /// All tagged records, for queries by the page.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How many records of each topic some leader had appended before that trace entry.
    pub fn appended_before(&self, seq: Seq) -> BTreeMap<Name, usize> {
        self.ledger.appended_before(seq, &self.replication.books)
    }

    /// How many records are in which state.
    pub fn counts(&self) -> Counts {
        self.ledger.counts(&self.replication.books)
    }

    /// Acknowledged records that are lost, and records that are there twice.
    pub fn lost_and_duplicated(&self) -> (Vec<Fate>, Vec<Fate>) {
        let tags = self.ledger.tags().iter();
        let fates = tags.filter_map(|tag| self.fate(*tag));
        let (mut lost, mut duplicated) = (Vec::new(), Vec::new());
        for fate in fates {
            if fate.is_lost() {
                lost.push(fate);
            } else if fate.is_duplicated() {
                duplicated.push(fate);
            }
        }
        (lost, duplicated)
    }

    /// End of the committed part of a partition: the largest high watermark a leader
    /// reached and no unclean election took back.
    pub fn committed_end(&self, partition: TopicPartition) -> Offset {
        let book = self.replication.books.get(&partition);
        book.map_or(Offset::ZERO, |book| book.true_hw)
    }

    /// Whether some partition of that topic has lost what was committed, as some setting
    /// permits. A coordinator's topic that has makes it forget groups or transactions.
    pub fn has_forgotten(&self, topic: &str) -> bool {
        let Some(topic) = self.metadata.image.topics_by_name.get(topic) else {
            return false;
        };
        let mut books = self.replication.books.iter();
        books.any(|(id, book)| id.topic == *topic && book.was_cut)
    }

    /// Whether that partition has lost what was committed, as some setting permits: a
    /// marker may be among it, and its transaction is open again for good.
    pub fn was_cut(&self, partition: TopicPartition) -> bool {
        let book = self.replication.books.get(&partition);
        book.is_some_and(|book| book.was_cut)
    }

    /// Whether some replica of that partition was compacted.
    pub fn was_compacted(&self, partition: TopicPartition) -> bool {
        let book = self.replication.books.get(&partition);
        book.is_some_and(|book| book.cleaned > Offset::ZERO)
    }

    /// Looks at one trace entry. For who keeps no world: the processes are as they are
    /// after the event.
    pub fn on_step<C: Cluster>(&mut self, cluster: &C, step: &Step<'_>) {
        match step.kind {
            EntryKind::Started | EntryKind::Action | EntryKind::Exited => {
                self.on_process(cluster, step);
            }
            EntryKind::Request | EntryKind::Response => self.on_message(cluster, step),
            EntryKind::Note => self.on_note(cluster, step),
            EntryKind::Command => self.on_command(cluster, step),
            EntryKind::Disconnected
            | EntryKind::Timer
            | EntryKind::Terminate
            | EntryKind::Client
            | EntryKind::Lost => {}
        }
        if step.kind.is_event() {
            self.look_at_voter(cluster, step.seq, step.node);
        }
    }

    /// An application that says itself where its group goes on.
    fn on_command<C: Cluster>(&mut self, cluster: &C, step: &Step<'_>) {
        let Detail::Command(command) = step.detail else {
            return;
        };
        let steers = matches!(
            &**command,
            ClientCommand::Seek(..) | ClientCommand::SeekTo(..) | ClientCommand::Commit(Some(_))
        );
        if steers && let Some(group) = cluster.group_of(step.node) {
            self.steered.insert(group);
        }
    }

    /// The first breach since the last call that no setting permits.
    pub fn take_violated(&mut self) -> Option<Violation> {
        self.findings.take_violated()
    }

    /// Takes in what later verdicts on replication rest on, for a search through all
    /// states: the history of every partition, without the moments.
    pub fn hash_state(&self, state: &mut impl Hasher) {
        for (partition, book) in &self.replication.books {
            partition.hash(state);
            book.hash_state(state);
        }
    }

    fn on_process<C: Cluster>(&mut self, cluster: &C, step: &Step<'_>) {
        if step.node.is_client() {
            self.groups.on_client_gone(step.node);
            return;
        }
        self.groups.on_reload(step.node);
        self.shares.on_process(step.node);
        self.transactions.on_process(step.node);
        self.quorum.on_started(step.node);
        let (findings, seq) = (&mut self.findings, step.seq);
        self.quorum.check_held(cluster, findings, seq, step.node);
        let mut scene = Scene {
            cluster,
            ledger: &mut self.ledger,
            findings: &mut self.findings,
        };
        self.replication.on_process(&mut scene, step.seq, step.node);
    }

    fn on_message<C: Cluster>(&mut self, cluster: &C, step: &Step<'_>) {
        let Detail::Message(message) = step.detail else {
            return;
        };
        let message: &Message = message;
        if let Message::Request(_, Request::OffsetCommit(request)) = message
            && request.member_id.is_empty()
        {
            self.steered.insert(request.group.clone());
        }
        if let Some(peer) = step.peer {
            let findings = &mut self.findings;
            self.groups
                .on_message(cluster, findings, step.seq, step.node, peer, message);
            let ends = (step.node, peer);
            (self.transactions).on_message(&mut self.findings, step.seq, ends, message);
        }
        if let Message::Response(_, response) = message
            && !step.node.is_client()
        {
            let mut scene = Scene {
                cluster,
                ledger: &mut self.ledger,
                findings: &mut self.findings,
            };
            self.replication
                .on_response(&mut scene, step.seq, step.node, response);
        }
    }

    fn on_note<C: Cluster>(&mut self, cluster: &C, step: &Step<'_>) {
        let Detail::Note(note) = step.detail else {
            return;
        };
        let (seq, node) = (step.seq, step.node);
        match note {
            Note::BecameQuorumLeader(_) | Note::BecameQuorumFollower(..) => {
                self.quorum.on_note(&mut self.findings, seq, node, note);
            }
            Note::GroupStateChanged(..) => {
                self.groups
                    .on_note(cluster, &mut self.findings, seq, node, note);
            }
            Note::ShareLoaded(..)
            | Note::ShareAcquired { .. }
            | Note::ShareAcknowledged { .. }
            | Note::ShareLockExpired(..)
            | Note::ShareReleased(..)
            | Note::ShareArchived(..)
            | Note::ShareStartMoved(..) => {
                self.shares
                    .on_note(cluster, &mut self.findings, seq, node, note);
            }
            Note::HighWatermarkAdvanced(partition, _) => {
                let findings = &mut self.findings;
                self.metadata
                    .check_superset(cluster, findings, seq, node, *partition);
            }
            Note::BecameLeader(partition, epoch, _) | Note::BecameFollower(partition, epoch, _) => {
                self.on_role(cluster, seq, node, *partition, *epoch);
            }
            Note::ReplicaMoved(partition, ..) => {
                self.transactions.on_moved(cluster, node, *partition);
            }
            _ => {}
        }
        let mut scene = Scene {
            cluster,
            ledger: &mut self.ledger,
            findings: &mut self.findings,
        };
        self.replication.on_note(&mut scene, seq, node, note);
        if let Note::HighWatermarkAdvanced(partition, to) = note {
            self.check_isr(cluster, seq, node, (*partition, *to));
        }
        let (metadata, replication) = (&self.metadata, &self.replication);
        let permit = || lost_decisions(cluster, metadata, replication);
        let findings = &mut self.findings;
        self.transactions
            .on_note(cluster, findings, (seq, node), note, permit);
    }

    fn on_role<C: Cluster>(
        &mut self,
        cluster: &C,
        seq: Seq,
        node: NodeId,
        partition: TopicPartition,
        epoch: LeaderEpoch,
    ) {
        let topics = &self.metadata.image.topics;
        let name = topics.get(&partition.topic).map(|topic| &*topic.name);
        if name == Some(kafka_core::group::OFFSETS_TOPIC) {
            self.groups.on_reload(node);
        }
        let is_state = name == Some(TRANSACTION_STATE_TOPIC);
        self.transactions.on_role(node, partition, is_state);
        let findings = &mut self.findings;
        let metadata = &self.metadata;
        metadata.check_known_epoch(cluster, findings, seq, node, partition, epoch);
    }

    fn look_at_voter<C: Cluster>(&mut self, cluster: &C, seq: Seq, node: NodeId) {
        if !self.quorum.on_event(cluster, &mut self.findings, seq, node) {
            return;
        }
        while let Some(batch) = self.quorum.committed.get(self.metadata.applied) {
            let batch = Rc::clone(batch);
            self.metadata.applied += 1;
            for topic in self.metadata.apply(&mut self.findings, seq, &batch) {
                self.replication.on_topic_removed(topic);
            }
            for partition in &self.metadata.touched {
                if let Some(topic) = self.metadata.image.topics.get(&partition.topic) {
                    let count = topic.partitions.len() as u32;
                    self.replication.on_partitions(partition.topic, count);
                }
            }
            self.check_candidates(cluster, seq);
        }
        self.replication.is_elr_off = !self.metadata.image.elr_enabled();
    }

    /// Whom the controller may elect, where that has just changed.
    fn check_candidates<C: Cluster>(&mut self, cluster: &C, seq: Seq) {
        let is_elr_off = self.replication.is_elr_off;
        for partition in &self.metadata.touched {
            let state = self.metadata.image.partition(*partition);
            let book = self.replication.books.get(partition);
            if let (Some(state), Some(book)) = (state, book) {
                let (findings, candidates) = (&mut self.findings, (*partition, state));
                in_sync::check_candidates(cluster, findings, seq, candidates, book, is_elr_off);
            }
        }
    }

    /// Those whom a leader relies on when its high watermark moves.
    fn check_isr<C: Cluster>(
        &mut self,
        cluster: &C,
        seq: Seq,
        leader: NodeId,
        (partition, high_watermark): (TopicPartition, Offset),
    ) {
        let view = cluster.replica(leader, partition);
        let running = view.and_then(|it| it.running).filter(|it| it.is_leader);
        let book = self.replication.books.get(&partition);
        if let (Some(running), Some(book)) = (running, book) {
            let led = Led {
                leader,
                partition,
                high_watermark,
                running,
            };
            let committed = self.metadata.image.partition(partition);
            let is_elr_off = self.replication.is_elr_off;
            in_sync::check_isr(&mut self.findings, seq, &led, book, committed, is_elr_off);
        }
    }

    fn on_history<C: Cluster>(&mut self, cluster: &C, world: &World) {
        for item in world.history().iter_from(self.next_item) {
            self.on_item(cluster, item);
        }
        self.next_item = world.history().len();
    }

    /// Looks at one thing an application saw.
    pub fn on_item<C: Cluster>(&mut self, cluster: &C, item: &HistoryItem) {
        if let ClientEvent::Delivered(records) = &item.event {
            let mut given = Given {
                cluster,
                consumer: item.client,
                seq: item.seq,
                ledger: &self.ledger,
                books: &mut self.replication.books,
                is_elr_off: self.replication.is_elr_off,
            };
            given.check(&mut self.findings, records);
        }
        let acked = self.ledger.on_history(cluster, item);
        if let Some(ack) = acked {
            let mut scene = Scene {
                cluster,
                ledger: &mut self.ledger,
                findings: &mut self.findings,
            };
            self.replication.on_acked(&mut scene, item.seq, &ack);
        }
    }
}

/// The setting that permits a decision to be forgotten: `__transaction_state` may have
/// lost what was committed.
fn lost_decisions<C: Cluster>(
    cluster: &C,
    metadata: &Metadata,
    replication: &Replication,
) -> Option<Permit> {
    let topic = metadata.image.topics_by_name.get(TRANSACTION_STATE_TOPIC)?;
    let mut books = replication
        .books
        .iter()
        .filter(|(id, _)| id.topic == *topic);
    books.find_map(|(id, book)| {
        let min_isr = book.replicas.iter().find_map(|replica| {
            let view = cluster.replica(replica.broker, *id)?;
            Some(view.running?.effective_min_isr)
        });
        permits::permit(book, min_isr.unwrap_or(1), replication.is_elr_off)
    })
}
