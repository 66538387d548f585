//! When the active controller last heard of each broker (BRK-6, BRK-8, BRK-9).
//!
//! Volatile: a new active controller starts the clocks of all brokers anew.
//! Sessions are looked at eight times a session timeout, counted from when the
//! controller became active, so a broker can register again after its session
//! expired and before anybody noticed (BRK-1, BRK-6).

use std::collections::BTreeMap;

use crate::metadata::ClusterImage;
use crate::types::{BrokerId, Duration, Offset, Time};

/// How often the sessions are looked at, at most once a millisecond.
const CHECKS_PER_SESSION: u64 = 8;

#[derive(Clone, Copy, Debug)]
struct Contact {
    /// Last heartbeat or registration; `None` once its session expired.
    last: Option<Time>,
    /// Metadata offset it had applied.
    metadata_offset: Offset,
    /// Where its controlled shutdown was written.
    shutdown_offset: Option<Offset>,
}

/// The clocks of all brokers.
#[derive(Clone, Debug)]
pub(super) struct Contacts {
    session: Duration,
    /// When the controller became active: the checks are counted from here.
    since: Time,
    brokers: BTreeMap<BrokerId, Contact>,
}

impl Contacts {
    /// All registered brokers count as heard of now (BRK-9).
    pub(super) fn new(session: Duration, now: Time, image: &ClusterImage) -> Contacts {
        let brokers = image.brokers.keys().map(|broker| (*broker, fresh(now)));
        Contacts {
            session,
            since: now,
            brokers: brokers.collect(),
        }
    }

    /// A new incarnation.
    pub(super) fn register(&mut self, broker: BrokerId, now: Time) {
        self.brokers.insert(broker, fresh(now));
    }

    /// A broker is gone for good.
    pub(super) fn forget(&mut self, broker: BrokerId) {
        self.brokers.remove(&broker);
    }

    /// The broker was heard of.
    pub(super) fn touch(&mut self, broker: BrokerId, now: Time, offset: Option<Offset>) {
        let contact = self.brokers.entry(broker).or_insert_with(|| fresh(now));
        contact.last = Some(now);
        if let Some(offset) = offset {
            contact.metadata_offset = offset;
        }
    }

    /// Its controlled shutdown was written up to that offset; the first one counts.
    pub(super) fn began_shutdown(&mut self, broker: BrokerId, offset: Offset) {
        if let Some(contact) = self.brokers.get_mut(&broker) {
            contact.shutdown_offset.get_or_insert(offset);
        }
    }

    /// Where its controlled shutdown was written, if this controller saw it begin.
    pub(super) fn shutdown_offset(&self, broker: BrokerId) -> Option<Offset> {
        self.brokers.get(&broker)?.shutdown_offset
    }

    /// What every active broker has applied; `None` if there is no active broker.
    pub(super) fn lowest_active_offset(&self, image: &ClusterImage) -> Option<Offset> {
        (self.brokers.iter())
            .filter(|(broker, _)| image.is_active(**broker))
            .map(|(_, contact)| contact.metadata_offset)
            .min()
    }

    /// What is left of a session and the whole of it; `None` once it was found expired.
    pub(super) fn session(&self, broker: BrokerId, now: Time) -> Option<(Duration, Duration)> {
        let last = self.brokers.get(&broker)?.last?;
        Some(((last + self.session).since(now), self.session))
    }

    /// Whether the session has not expired.
    pub(super) fn has_valid_session(&self, broker: BrokerId, now: Time) -> bool {
        let last = self.brokers.get(&broker).and_then(|contact| contact.last);
        last.is_some_and(|last| now <= last + self.session)
    }

    /// The first check that can find a session expired; those before it find nothing.
    pub(super) fn next_check(&self) -> Option<Time> {
        let last = self.brokers.values().filter_map(|contact| contact.last);
        let expired = last.min()? + self.session + Duration::from_us(1);
        let period = (self.session.0 / CHECKS_PER_SESSION).max(1_000);
        let checks = expired.since(self.since).0.div_ceil(period);
        Some(self.since + Duration::from_us(checks * period))
    }

    /// One broker whose session expired; it is not named again until heard of (BRK-6).
    pub(super) fn take_expired(&mut self, now: Time) -> Option<BrokerId> {
        let (last, broker) = (self.brokers.iter())
            .filter_map(|(broker, contact)| Some((contact.last?, *broker)))
            .min()?;
        if now <= last + self.session {
            return None;
        }
        if let Some(contact) = self.brokers.get_mut(&broker) {
            contact.last = None;
        }
        Some(broker)
    }
}

fn fresh(now: Time) -> Contact {
    Contact {
        last: Some(now),
        metadata_offset: Offset::UNKNOWN,
        shutdown_offset: None,
    }
}
