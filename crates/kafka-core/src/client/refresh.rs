//! When a client asks for metadata, and what it asks for.
//!
//! It is Kafka's `Metadata` and the metadata updater of `NetworkClient`.
//! Invariant: at most one metadata request is unanswered, and repeated answers
//! without news are asked for ever more slowly (100 ms doubling to 1 s).

use std::collections::BTreeSet;

use super::backoff::backoff;
use super::network::{Arrival, ConnId, Job, Network};
use super::{ClientEvent, ClientFailure, ClientLog};
use crate::config::ClientConfig;
use crate::error::ErrorCode;
use crate::node::{Effects, Prng, TimerKey};
use crate::note::Note;
use crate::protocol::{
    ApiKey, DescribeClusterRequest, MetadataRequest, MetadataResponse, Request, Response,
};
use crate::types::{Duration, Name, NodeId, RequestId, Time};

/// State of the metadata updates.
#[derive(Clone, Debug)]
pub struct Refresh {
    wanted: BTreeSet<Name>,
    /// Every topic there is, instead of those wanted.
    all: bool,
    /// Wanted topics that no answer has named yet.
    fresh: BTreeSet<Name>,
    need_full: bool,
    in_progress: bool,
    /// Answers in a row that brought nothing new.
    equivalent: u32,
    failures: u32,
    refusal: Option<ClientFailure>,
    allowed_at: Time,
    expires_at: Time,
    armed: Option<Time>,
    backoff_ms: u32,
    backoff_max_ms: u32,
    max_age: Duration,
    /// Ask only for new topics when nothing else is stale (producers).
    partial: bool,
    auto_create: bool,
    /// Whether its failures are logged (not for AdminClient).
    logs: bool,
}

impl Refresh {
    fn new(config: &ClientConfig, partial: bool, auto_create: bool, logs: bool) -> Refresh {
        Refresh {
            wanted: BTreeSet::new(),
            all: false,
            fresh: BTreeSet::new(),
            need_full: true,
            in_progress: false,
            equivalent: 0,
            failures: 0,
            refusal: None,
            allowed_at: Time::ZERO,
            expires_at: Time::ZERO,
            armed: None,
            backoff_ms: config.retry_backoff_ms,
            backoff_max_ms: config.retry_backoff_max_ms,
            max_age: Duration::from_ms(u64::from(config.metadata_max_age_ms)),
            partial,
            auto_create,
            logs,
        }
    }

    /// A producer's: topics appear as they are used.
    pub fn for_producer(config: &ClientConfig) -> Refresh {
        Refresh::new(config, true, true, true)
    }

    /// A consumer's.
    pub fn for_consumer(config: &ClientConfig) -> Refresh {
        Refresh::new(config, false, true, true)
    }

    /// An AdminClient's: brokers only, silent.
    pub fn for_admin(config: &ClientConfig) -> Refresh {
        Refresh::new(config, false, true, false)
    }

    pub(super) fn logs(&self) -> bool {
        self.logs
    }

    pub(super) fn timer_fired(&mut self) {
        self.armed = None;
    }

    fn due_at(&self) -> Time {
        if self.need_full || !self.fresh.is_empty() {
            self.allowed_at
        } else {
            self.expires_at.max(self.allowed_at)
        }
    }

    fn failed(&mut self, now: Time, prng: &mut Prng) {
        let wait = backoff(prng, self.backoff_ms, self.backoff_max_ms, self.failures);
        self.failures += 1;
        self.allowed_at = now + wait;
        self.in_progress = false;
    }

    /// A broken connection may mean stale metadata; if an update was under way
    /// or due, it counts as failed.
    pub(super) fn connection_lost(&mut self, request_lost: bool, now: Time, prng: &mut Prng) {
        if request_lost || (!self.in_progress && self.due_at() <= now) {
            self.failed(now, prng);
        }
        self.need_full = true;
    }
}

impl<C> Network<C> {
    /// Makes a topic part of every later update. Returns whether it is new.
    pub fn want_topic(&mut self, name: &Name) -> bool {
        if self.refresh.wanted.contains(name) {
            return false;
        }
        self.refresh.wanted.insert(name.clone());
        self.refresh.fresh.insert(name.clone());
        self.refresh.need_full |= !self.refresh.partial;
        self.refresh.reset_equivalent();
        true
    }

    /// Makes every topic of the cluster part of every later update, or only those wanted.
    pub fn want_all_topics(&mut self, all: bool) {
        self.refresh.need_full |= self.refresh.all != all;
        self.refresh.all = all;
    }

    /// Forgets a topic nobody uses.
    pub fn unwant_topic(&mut self, name: &str) {
        self.refresh.wanted.remove(name);
        self.refresh.fresh.remove(name);
    }

    /// Asks for an update of everything; it happens when the back-off allows.
    pub fn request_update(&mut self) {
        self.refresh.need_full = true;
    }

    /// Whether an update was asked for and has not ended.
    pub fn is_updating(&self) -> bool {
        self.refresh.need_full || self.refresh.in_progress || !self.refresh.fresh.is_empty()
    }

    /// Whether an update should be sent now. Kafka's client calls no broker ready until
    /// it is sent.
    pub fn is_update_due(&self, now: Time) -> bool {
        !self.refresh.in_progress && self.refresh.due_at() <= now
    }

    /// Sends a metadata request if one is due and some broker can take it.
    pub fn poll(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        if self.refresh.in_progress {
            return;
        }
        if self.refresh.due_at() > now {
            self.arm_refresh(fx);
            return;
        }
        match self.least_loaded(now, prng) {
            Some(conn) if self.can_send(conn) && !self.tells_metadata(conn) => {
                let text = "The node does not support METADATA";
                let failure = ClientFailure::new(ErrorCode::UnsupportedVersion, text);
                self.refused(failure, now, prng, fx);
                self.arm_refresh(fx);
            }
            Some(conn) if self.can_send(conn) => self.send_metadata(conn, now, fx),
            Some(_) if self.is_any_opening() => {}
            Some(conn) => {
                self.ready(conn, now, fx);
            }
            None => {
                // KIP-899: no known broker can even be tried.
                self.view.forget_brokers();
                match self.least_loaded(now, prng) {
                    Some(conn) => {
                        self.ready(conn, now, fx);
                    }
                    None => {
                        if let Some(at) = self.earliest_retry() {
                            self.wake_at(at, fx);
                        }
                    }
                }
            }
        }
    }

    fn arm_refresh(&mut self, fx: &mut Effects) {
        let due = self.refresh.due_at();
        if self.refresh.armed != Some(due) {
            self.refresh.armed = Some(due);
            fx.set_timer(TimerKey::MetadataRefresh, due);
        }
    }

    /// Whether it can be asked there what this client asks for: controllers know no topics.
    fn tells_metadata(&self, conn: ConnId) -> bool {
        self.config.to_controllers || self.speaks(conn, ApiKey::Metadata)
    }

    /// The server will never tell: until one does, whoever needs metadata fails.
    fn refused(&mut self, failure: ClientFailure, now: Time, prng: &mut Prng, fx: &mut Effects) {
        self.refresh.failed(now, prng);
        self.refresh.need_full = true;
        let log = ClientLog::MetadataRefused(failure.clone());
        self.refresh.refusal = Some(failure);
        fx.event(ClientEvent::Log(log));
    }

    /// Why the last update was refused, if it was and none has succeeded since.
    pub fn refusal(&self) -> Option<&ClientFailure> {
        self.refresh.refusal.as_ref()
    }

    fn send_metadata(&mut self, conn: ConnId, now: Time, fx: &mut Effects) {
        let expired = self.refresh.expires_at <= now;
        let full = self.refresh.need_full || expired || !self.refresh.partial;
        let asked = if full {
            &self.refresh.wanted
        } else {
            &self.refresh.fresh
        };
        let named = || asked.iter().cloned().collect();
        let request = if self.config.to_controllers {
            let endpoint_type = self.endpoint_type();
            Request::DescribeCluster(DescribeClusterRequest {
                endpoint_type,
                include_fenced: false,
            })
        } else {
            Request::Metadata(MetadataRequest {
                topics: (!self.refresh.all).then(named),
                allow_auto_topic_creation: self.refresh.auto_create,
            })
        };
        if expired {
            self.refresh.equivalent = 0;
        }
        self.refresh.in_progress = true;
        self.refresh.need_full &= !full;
        let timeout = Duration::from_ms(u64::from(self.config.request_timeout_ms));
        self.send_job(conn, request, Job::Metadata { full }, now + timeout, fx);
        fx.note(Note::MetadataRefreshed);
    }

    /// Takes in an answer: keeps the connections and the metadata up to date and
    /// gives the owner its context back.
    pub fn answered(
        &mut self,
        from: NodeId,
        id: RequestId,
        response: &Response,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) -> Arrival<C> {
        match (self.take(from, id), response) {
            (None, _) => Arrival::Nothing,
            (Some(Job::Versions), Response::ApiVersions(answer)) => {
                self.take_versions(from, answer);
                Arrival::Opened
            }
            (Some(Job::Versions), _) => Arrival::Opened,
            (Some(Job::Own(context)), _) => Arrival::Own(context),
            (Some(Job::Metadata { full }), Response::Metadata(answer)) => {
                self.update_metadata(answer, full, now, prng, fx);
                Arrival::Metadata
            }
            (Some(Job::Metadata { .. }), Response::DescribeCluster(answer))
                if answer.outcome.error.is_error() =>
            {
                let outcome = &answer.outcome;
                let failure = ClientFailure::new(outcome.error, outcome.text());
                self.refused(failure, now, prng, fx);
                Arrival::Nothing
            }
            (Some(Job::Metadata { full }), Response::DescribeCluster(answer)) => {
                self.view.set_controller(answer.controller);
                let controllers = MetadataResponse {
                    brokers: answer.brokers.clone(),
                    controller: answer.controller,
                    topics: Vec::new(),
                };
                self.update_metadata(&controllers, full, now, prng, fx);
                Arrival::Metadata
            }
            (Some(Job::Metadata { .. }), _) => {
                self.refresh.failed(now, prng);
                self.refresh.need_full = true;
                Arrival::Nothing
            }
        }
    }

    fn update_metadata(
        &mut self,
        answer: &MetadataResponse,
        full: bool,
        now: Time,
        prng: &mut Prng,
        fx: &mut Effects,
    ) {
        let refresh = &mut self.refresh;
        if answer.brokers.is_empty() {
            refresh.failed(now, prng);
            refresh.need_full = true;
            return;
        }
        refresh.in_progress = false;
        refresh.failures = 0;
        refresh.refusal = None;
        let mut retriable = false;
        for topic in &answer.topics {
            let leaderless = topic.partitions.iter().any(|p| p.error.is_error());
            retriable |= topic.error.is_retriable() || leaderless;
            refresh.fresh.remove(&topic.name);
            if refresh.logs && topic.error.is_error() {
                let (topic, error) = (topic.name.clone(), topic.error);
                fx.event(ClientEvent::Log(ClientLog::MetadataError { topic, error }));
            }
        }
        refresh.expires_at = now + refresh.max_age;
        refresh.need_full |= retriable;
        let changed = self.view.update(answer, full);
        self.refresh.paced(changed, now, prng);
    }
}

impl Refresh {
    fn reset_equivalent(&mut self) {
        self.equivalent = 0;
        if self.failures == 0 {
            self.allowed_at = Time::ZERO;
        }
    }

    fn paced(&mut self, changed: bool, now: Time, prng: &mut Prng) {
        if changed {
            self.equivalent = 0;
            self.allowed_at = now;
            return;
        }
        let wait = backoff(prng, self.backoff_ms, self.backoff_max_ms, self.equivalent);
        self.equivalent += 1;
        self.allowed_at = now + wait;
    }
}
