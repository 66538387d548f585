//! What only the active controller keeps, and its periodic tasks. All volatile: a
//! new active controller starts with the image and nothing else (BRK-9).

use std::collections::BTreeMap;

use super::contacts::Contacts;
use crate::config::ControllerConfig;
use crate::metadata::ClusterImage;
use crate::node::{Effects, TimerKey};
use crate::protocol::Response;
use crate::types::{Duration, NodeId, Offset, QuorumEpoch, RequestId, Time};

/// A request that is answered when its records are committed.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    /// Who asked.
    pub from: NodeId,
    /// Its request.
    pub id: RequestId,
    /// The answer if the records are committed.
    pub response: Response,
    /// The answer if leadership is lost first.
    pub refusal: Response,
}

/// State of an active controller.
#[derive(Clone, Debug)]
pub(super) struct Active {
    /// Quorum epoch it leads.
    pub epoch: QuorumEpoch,
    /// When each broker was heard of.
    pub contacts: Contacts,
    /// Requests by the offset that must be committed first (exclusive).
    waiting: BTreeMap<Offset, Vec<Waiting>>,
    /// What the session timer is set to.
    sessions_at: Option<Time>,
}

/// Tasks that come back after a fixed time.
pub(super) const PERIODIC: [TimerKey; 3] = [
    TimerKey::ControllerNoOp,
    TimerKey::ControllerPreferred,
    TimerKey::ControllerUnclean,
];

/// How often a periodic task runs; `None` = never.
pub(super) fn period(config: &ControllerConfig, key: TimerKey) -> Option<Duration> {
    let period = match key {
        TimerKey::ControllerNoOp => Duration::from_ms(config.quorum.max_idle_interval_ms.into()),
        TimerKey::ControllerPreferred if config.auto_leader_rebalance => {
            Duration::from_secs(config.leader_imbalance_check_interval_s.into())
        }
        TimerKey::ControllerUnclean => {
            Duration::from_ms(config.unclean_election_interval_ms.into())
        }
        _ => return None,
    };
    (period > Duration::ZERO).then_some(period)
}

impl Active {
    /// Takes office: all brokers count as heard of now, all periodic tasks begin.
    pub(super) fn new(
        config: &ControllerConfig,
        image: &ClusterImage,
        epoch: QuorumEpoch,
        now: Time,
        fx: &mut Effects,
    ) -> Active {
        for key in PERIODIC {
            if let Some(period) = period(config, key) {
                fx.set_timer(key, now + period);
            }
        }
        let session = Duration::from_ms(config.session_timeout_ms.into());
        let mut active = Active {
            epoch,
            contacts: Contacts::new(session, now, image),
            waiting: BTreeMap::new(),
            sessions_at: None,
        };
        active.set_session_timer(fx);
        active
    }

    /// Leaves office: nobody's request will be committed by this controller.
    pub(super) fn retire(self, fx: &mut Effects) {
        for key in PERIODIC {
            fx.cancel_timer(key);
        }
        if self.sessions_at.is_some() {
            fx.cancel_timer(TimerKey::ControllerSessions);
        }
        for waiting in self.waiting.into_values().flatten() {
            fx.respond(waiting.from, waiting.id, waiting.refusal);
        }
    }

    /// Answers once everything below `offset` is committed.
    pub(super) fn wait(&mut self, offset: Offset, waiting: Waiting) {
        self.waiting.entry(offset).or_default().push(waiting);
    }

    /// Answers those whose records are committed.
    pub(super) fn answer_committed(&mut self, high_watermark: Offset, fx: &mut Effects) {
        while let Some(first) = self.waiting.first_entry() {
            if *first.key() > high_watermark {
                break;
            }
            for waiting in first.remove() {
                fx.respond(waiting.from, waiting.id, waiting.response);
            }
        }
    }

    /// Number of requests waiting for their records to be committed.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.values().map(Vec::len).sum()
    }

    /// Keeps the session timer at the earliest possible expiry.
    pub(super) fn set_session_timer(&mut self, fx: &mut Effects) {
        let next = self.contacts.next_check();
        if next == self.sessions_at {
            return;
        }
        self.sessions_at = next;
        match next {
            Some(at) => fx.set_timer(TimerKey::ControllerSessions, at),
            None => fx.cancel_timer(TimerKey::ControllerSessions),
        }
    }

    /// The session timer fired.
    pub(super) fn session_timer_fired(&mut self) {
        self.sessions_at = None;
    }
}
