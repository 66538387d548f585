//! The client history: what applications saw, in order, apart from the trace.
//!
//! The history checks and the record-fate ledger read it with a cursor.

use kafka_core::client::ClientEvent;
use kafka_core::types::{NodeId, Time};

use crate::chunks::Chunks;
use crate::trace::Seq;

/// One thing an application saw.
#[derive(Clone, PartialEq, Debug)]
pub struct HistoryItem {
    /// Its entry in the trace.
    pub seq: Seq,
    /// When.
    pub at: Time,
    /// Which client.
    pub client: NodeId,
    /// What.
    pub event: ClientEvent,
}

/// The history of one world.
#[derive(Clone, Debug, Default)]
pub struct History {
    items: Chunks<HistoryItem, 64>,
}

impl History {
    pub(crate) fn push(&mut self, item: HistoryItem) {
        self.items.push(item);
    }

    /// Number of items ever recorded.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// An item; `None` if it is not (or no longer) there.
    pub fn get(&self, index: usize) -> Option<&HistoryItem> {
        self.items.get(index)
    }

    /// The items from number `from` on (a reader's cursor), oldest first.
    pub fn iter_from(&self, from: usize) -> impl Iterator<Item = &HistoryItem> {
        self.items.iter_from(from).map(|(_, item)| item)
    }

    /// Keep only about the newest `items`.
    pub fn keep_items(&mut self, items: usize) {
        self.items.keep_newest(items);
    }
}
