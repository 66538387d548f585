//! The trace: what happened, in order, with causes and a running digest.
//!
//! Every delivered event, every note and everything a client told its
//! application is one entry of 24 bytes. What an entry carried (message, note,
//! timer, command) is kept only for the newest entries; older content is rebuilt
//! by replaying from a snapshot (`Timeline::detail`). No text is made here.
//! Invariant: the digest is a function of the entries ever recorded and their
//! content, whether or not they are still kept.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use kafka_core::client::{ClientCommand, ClientEvent};
use kafka_core::node::{Message, TimerKey};
use kafka_core::note::Note;
use kafka_core::protocol::ApiKey;
use kafka_core::types::Time;

use crate::chunks::Chunks;
use crate::digest::Digest;
use crate::note_kind::NoteKind;

/// Number of a trace entry, from 0; dense.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Seq(pub u32);

impl Seq {
    /// "Nothing": the cause of what comes from outside.
    pub const NONE: Seq = Seq(u32::MAX);

    /// `None` for [`Seq::NONE`].
    pub fn known(self) -> Option<Seq> {
        (self != Seq::NONE).then_some(self)
    }
}

/// Dense number of a process within its world, in order of creation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeIndex(pub u16);

impl NodeIndex {
    /// "No process".
    pub const NONE: NodeIndex = NodeIndex(u16::MAX);
}

/// What kind of thing happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum EntryKind {
    /// The process started.
    Started,
    /// A request of `peer` was delivered.
    Request,
    /// A response of `peer` was delivered.
    Response,
    /// The connection to `peer` was found broken.
    Disconnected,
    /// A timer fired.
    Timer,
    /// A client's application asked for something.
    Command,
    /// The process was asked to stop.
    Terminate,
    /// The node stated a fact.
    Note,
    /// A client told its application something (see the history).
    Client,
    /// The process ended by itself.
    Exited,
    /// A message for `peer` was lost on the way.
    Lost,
    /// An action from outside was applied.
    Action,
}

impl EntryKind {
    /// Whether the entry is a delivered event (it ran a node's handler).
    pub fn is_event(self) -> bool {
        self <= EntryKind::Terminate
    }
}

/// One entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// The entry that caused it, or [`Seq::NONE`].
    pub cause: Seq,
    /// Events delivered up to and including this entry: where to seek to.
    pub event: u32,
    /// The process it happened to.
    pub node: NodeIndex,
    /// The other process, for messages and disconnects.
    pub peer: NodeIndex,
    /// What kind.
    pub kind: EntryKind,
    /// Which API, for messages.
    pub api: Option<ApiKey>,
    /// Which fact, for notes.
    pub note: Option<NoteKind>,
}

/// What an entry carried.
#[derive(Clone, Debug)]
pub enum Detail {
    /// Nothing beyond the entry.
    None,
    /// The message.
    Message(Rc<Message>),
    /// The timer.
    Timer(TimerKey),
    /// The command.
    Command(Rc<ClientCommand>),
    /// The fact.
    Note(Note),
    /// Number of the history item.
    History(u32),
}

/// Entries a chunk: a snapshot copies at most that many.
const CHUNK: usize = 512;

/// The trace of one world.
#[derive(Clone, Debug)]
pub struct Trace {
    entries: Chunks<Entry, CHUNK>,
    /// Shared with clones until the next entry.
    recent: Rc<VecDeque<Detail>>,
    keep_details: usize,
    digest: Digest,
    keep_digest: bool,
}

impl Default for Trace {
    fn default() -> Trace {
        Trace {
            entries: Chunks::default(),
            recent: Rc::default(),
            keep_details: DEFAULT_DETAILS,
            digest: Digest::default(),
            keep_digest: true,
        }
    }
}

/// Entries whose content is kept unless told otherwise.
pub const DEFAULT_DETAILS: usize = 4096;

impl Trace {
    /// Records an entry and gives its number.
    #[inline]
    pub(crate) fn record(&mut self, entry: Entry, detail: Detail) -> Seq {
        let seq = Seq(self.entries.len() as u32);
        if self.keep_digest {
            self.digest_entry(&entry);
            self.digest_detail(&detail);
        }
        self.entries.push(entry);
        if self.keep_details > 0 {
            let recent = Rc::make_mut(&mut self.recent);
            if entry.kind.is_event() && recent.len() >= self.keep_details {
                let extra = recent.len() + 1 - self.keep_details;
                recent.drain(..extra);
            }
            recent.push_back(detail);
        }
        seq
    }

    #[inline]
    fn digest_entry(&mut self, entry: &Entry) {
        self.digest.word(entry.at.0);
        self.digest
            .word(u64::from(entry.cause.0) << 32 | u64::from(entry.event));
        self.digest.word(
            u64::from(entry.node.0) << 48
                | u64::from(entry.peer.0) << 32
                | (entry.kind as u64) << 16
                | entry.api.map_or(0xff, |api| api as u64),
        );
    }

    #[inline]
    fn digest_detail(&mut self, detail: &Detail) {
        match detail {
            Detail::Message(message) => match **message {
                Message::Request(id, _) | Message::Response(id, _) => self.digest.word(id.0),
            },
            Detail::Note(note) => note.hash(&mut self.digest),
            Detail::Timer(key) => key.hash(&mut self.digest),
            Detail::None | Detail::Command(_) | Detail::History(_) => {}
        }
    }

    /// Takes what a client told its application into the digest: what was
    /// acknowledged, delivered and committed, record by record.
    pub(crate) fn digest_client_event(&mut self, event: &ClientEvent) {
        if !self.keep_digest {
            return;
        }
        let digest = &mut self.digest;
        match event {
            ClientEvent::Acked {
                tag,
                partition,
                offset,
            } => (1_u8, tag, partition, offset).hash(digest),
            ClientEvent::SendFailed { tag, failure, .. } => (2_u8, tag, failure.error).hash(digest),
            ClientEvent::Delivered(records) => {
                digest.word(3);
                for record in records {
                    digest.word(record.record.tag);
                    (record.partition, record.offset).hash(digest);
                }
            }
            ClientEvent::Committed { offsets, .. } => {
                for (partition, offset) in offsets {
                    (4_u8, &*partition.topic, partition.partition, offset).hash(digest);
                }
            }
            ClientEvent::Assigned {
                partitions,
                generation,
                ..
            } => (5_u8, partitions.len() as u32, generation).hash(digest),
            ClientEvent::Sent { tag, .. } => (6_u8, tag).hash(digest),
            ClientEvent::ShareDelivered(records) => {
                digest.word(8);
                for shared in records {
                    let record = &shared.delivered;
                    digest.word(record.record.tag);
                    (record.partition, record.offset, shared.delivery_count).hash(digest);
                }
            }
            ClientEvent::Acknowledged(partitions) => {
                for (partition, batches, error) in partitions {
                    let (first, last) = (batches.first(), batches.last());
                    let ends = (first.map(|b| b.first), last.map(|b| b.last));
                    (9_u8, partition, ends, error).hash(digest);
                }
            }
            _ => digest.word(7),
        }
    }

    /// Takes the variant of an action (its canonical text) into the digest.
    pub(crate) fn digest_text(&mut self, text: &str) {
        self.digest.write(text.as_bytes());
    }

    /// Number of entries ever recorded.
    pub fn len(&self) -> u32 {
        self.entries.len() as u32
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// An entry; `None` if it is not (or no longer) there.
    pub fn get(&self, seq: Seq) -> Option<&Entry> {
        self.entries.get(seq.0 as usize)
    }

    /// The content of an entry; `None` if it is no longer kept.
    pub fn detail(&self, seq: Seq) -> Option<&Detail> {
        let first = self.entries.len() - self.recent.len();
        self.recent.get((seq.0 as usize).checked_sub(first)?)
    }

    /// The entries from `from` on, oldest first.
    pub fn iter_from(&self, from: Seq) -> impl Iterator<Item = (Seq, &Entry)> {
        self.entries
            .iter_from(from.0 as usize)
            .map(|(index, entry)| (Seq(index as u32), entry))
    }

    /// The chain of causes of an entry: itself first, then what caused it, up to
    /// something that came from outside (or is no longer kept).
    pub fn why(&self, seq: Seq) -> Vec<Seq> {
        let mut chain = Vec::new();
        let mut next = Some(seq);
        while let Some(seq) = next {
            let Some(entry) = self.get(seq) else { break };
            chain.push(seq);
            // A cause is older than its effect, so the walk ends.
            next = entry.cause.known().filter(|cause| *cause < seq);
        }
        chain
    }

    /// The running digest.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// Whether what is recorded from now on is taken into the digest. Only a
    /// measurement of what the digest costs has a reason to switch it off.
    pub fn keep_digest(&mut self, keep: bool) {
        self.keep_digest = keep;
    }

    /// How many of the newest entries keep their content (0: none). The newest
    /// event and what came of it keep theirs, however many they are.
    pub fn keep_details(&mut self, entries: usize) {
        self.keep_details = entries;
        let extra = self.recent.len().saturating_sub(entries);
        if extra > 0 {
            Rc::make_mut(&mut self.recent).drain(..extra);
        }
    }

    /// Keep only about the newest `entries`; the digest still covers all.
    pub fn keep_entries(&mut self, entries: usize) {
        self.entries.keep_newest(entries);
    }

    /// Forgets the content of all entries (for snapshots).
    pub(crate) fn strip(&mut self) {
        self.recent = Rc::default();
    }

    /// Bytes held by entries, counting chunks shared with clones in full.
    pub fn bytes(&self) -> usize {
        self.entries.bytes()
    }
}
