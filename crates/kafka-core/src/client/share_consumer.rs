//! The share consumer process: Kafka's `KafkaShareConsumer` (section 10, client side)
//! and the small application that polls it.
//!
//! The application blocks in `poll` until records come, works on them one after the
//! other, acknowledges them as its settings say, and polls again. Heartbeats go on
//! without `poll`. Invariant: every record returned is acknowledged at most once, and
//! only by the broker that gave it.

mod acknowledge;
mod answers;
mod closing;
mod coordinator;
mod fetch;
mod membership;
mod view;

use std::collections::{BTreeMap, VecDeque};

use self::acknowledge::{Commit, Held, Owed};
use self::closing::{CLOSE, Closing};
use self::fetch::{Buffered, Session};
use self::membership::Membership;
use super::lookup::Lookup;
use super::network::{Arrival, ConnId, Network};
use super::refresh::Refresh;
use super::{ClientCommand, ClientEvent, ClientFailure};
use crate::config::{Acknowledging, ShareConsumerConfig};
use crate::node::{Effects, Input, Prng, TimerKey};
use crate::protocol::AcknowledgeType;
use crate::types::{Name, NodeId, Offset, Time, TopicPartition};

/// Something inside `poll` may be tried again.
const RETRY: TimerKey = TimerKey::Retry(1);

/// What an unanswered request is for.
#[derive(Clone, Debug)]
enum Purpose {
    Fetch(NodeId, Owed),
    Acknowledge(NodeId, Owed),
    FindCoordinator,
    /// A heartbeat of that life as a member.
    Heartbeat(u32),
    Leave,
}

/// A share consumer process.
#[derive(Clone, Debug)]
pub struct ShareConsumer {
    config: ShareConsumerConfig,
    node: NodeId,
    net: Network<Purpose>,
    subscribed: Vec<Name>,
    member: Membership,
    assigned: Vec<TopicPartition>,
    // Coordinator.
    coordinator: Option<ConnId>,
    lookup: Lookup,
    // Fetching and acknowledging.
    sessions: BTreeMap<NodeId, Session>,
    buffer: VecDeque<Buffered>,
    /// Records returned by `poll` and not acknowledged.
    held: BTreeMap<(TopicPartition, Offset), Held>,
    /// Acknowledgements that wait to be sent, by the broker that gave the records.
    owed: BTreeMap<NodeId, Owed>,
    commit: Option<Commit>,
    // The application.
    looping: bool,
    in_poll: bool,
    /// It works on records until then.
    busy_until: Time,
    fatal: Option<ClientFailure>,
    /// What this `poll` throws.
    failure: Option<ClientFailure>,
    delivered: u64,
    closing: Closing,
    retry_armed: Option<Time>,
}

impl ShareConsumer {
    /// A share consumer that has not connected yet.
    pub fn new(config: ShareConsumerConfig, node: NodeId) -> ShareConsumer {
        let refresh = Refresh::for_consumer(&config.client);
        ShareConsumer {
            net: Network::new(config.client.clone(), 100, refresh),
            member: Membership::new(&config),
            config,
            node,
            subscribed: Vec::new(),
            assigned: Vec::new(),
            coordinator: None,
            lookup: Lookup::new(),
            sessions: BTreeMap::new(),
            buffer: VecDeque::new(),
            held: BTreeMap::new(),
            owed: BTreeMap::new(),
            commit: None,
            looping: false,
            in_poll: false,
            busy_until: Time::ZERO,
            fatal: None,
            failure: None,
            delivered: 0,
            closing: Closing::No,
            retry_armed: None,
        }
    }

    /// Takes one input.
    pub fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects) {
        if self.closing == Closing::Closed {
            return;
        }
        match input {
            Input::Command(command) => self.command(command, now, prng, fx),
            Input::Terminate => self.close(now, fx),
            Input::Response { from, id, response } => {
                match self.net.answered(from, id, response, now, prng, fx) {
                    Arrival::Own(purpose) => self.answered(purpose, response, now, prng, fx),
                    Arrival::Metadata | Arrival::Opened | Arrival::Nothing => {}
                }
            }
            Input::Disconnected { peer } => {
                let broken = self.net.disconnected(peer, now, prng, fx);
                self.broken(broken, now, prng, fx);
            }
            Input::Timer(key) => self.timer(key, now, prng, fx),
            Input::Started | Input::Request { .. } => {}
        }
        if self.closing != Closing::Closed {
            self.pump(now, prng, fx);
        }
    }

    fn pump(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        if self.subscribed.is_empty() {
            return;
        }
        self.net.poll(now, prng, fx);
        if self.closing == Closing::No {
            self.heartbeat_step(now, prng, fx);
            self.commit_step(now, fx);
            if self.in_poll && self.commit.is_none() {
                self.poll(now, fx);
            }
        }
        if self.closing != Closing::No {
            self.close_step(now, fx);
        }
        if self.closing != Closing::Closed {
            self.net.poll(now, prng, fx);
        }
    }

    fn command(&mut self, command: &ClientCommand, now: Time, prng: &mut Prng, fx: &mut Effects) {
        match command {
            ClientCommand::Subscribe(topics) => self.subscribe(topics, now, prng, fx),
            ClientCommand::Poll => self.begin_poll(now, fx),
            ClientCommand::StopPolling => {
                self.looping = false;
                self.in_poll = false;
                fx.cancel_timer(TimerKey::Poll);
            }
            ClientCommand::ResumePolling => {
                self.looping = true;
                let at = self.busy_until.max(now);
                fx.set_timer(TimerKey::Poll, at);
            }
            ClientCommand::Acknowledge(records) => self.acknowledge_by_hand(records),
            ClientCommand::Commit(_) => self.commit_sync(),
            ClientCommand::CommitAsync => self.commit_async(now, fx),
            ClientCommand::Close { .. } | ClientCommand::CloseLeaving => self.close(now, fx),
            _ => {}
        }
    }

    fn subscribe(&mut self, topics: &[Name], now: Time, prng: &mut Prng, fx: &mut Effects) {
        self.subscribed = topics.to_vec();
        self.subscribed.sort();
        self.subscribed.dedup();
        for topic in &self.subscribed {
            self.net.want_topic(topic);
        }
        self.join(prng);
        self.looping = true;
        self.begin_poll(now, fx);
    }

    fn timer(&mut self, key: TimerKey, now: Time, prng: &mut Prng, fx: &mut Effects) {
        match self.net.timer_fired(key) {
            Some(true) => {
                let broken = self.net.timed_out(now, prng, fx);
                self.broken(broken, now, prng, fx);
                return;
            }
            Some(false) => return,
            None => {}
        }
        match key {
            TimerKey::Poll if self.looping => self.begin_poll(now, fx),
            TimerKey::Poll => self.in_poll = false,
            TimerKey::Heartbeat => self.member.timer_fired(),
            RETRY => self.retry_armed = None,
            CLOSE => self.finish_close(fx),
            _ => {}
        }
    }

    /// Wakes the client at that time, whatever it waits for.
    fn retry_at(&mut self, at: Time, fx: &mut Effects) {
        if self.retry_armed.is_none_or(|armed| at < armed) {
            self.retry_armed = Some(at);
            fx.set_timer(RETRY, at);
        }
    }

    /// The application calls `poll`: the records of the last one are done (SHG-6).
    fn begin_poll(&mut self, now: Time, fx: &mut Effects) {
        match self.config.acknowledging {
            Acknowledging::Implicit => self.acknowledge_held(AcknowledgeType::Accept),
            Acknowledging::Always(with) => self.acknowledge_held(with),
            Acknowledging::ByHand => {}
        }
        fx.set_timer(TimerKey::Poll, now + self.config.poll_every);
        // Kafka throws while a record is not acknowledged; this application waits.
        self.in_poll = self.held.is_empty();
    }

    /// Everything that happens inside `poll`.
    fn poll(&mut self, now: Time, fx: &mut Effects) {
        let records = match self.fatal {
            None => self.collect(),
            Some(_) => Vec::new(),
        };
        if let Some(failure) = self.fatal.clone().or_else(|| self.failure.take()) {
            fx.event(ClientEvent::PollFailed(failure));
            self.in_poll = false;
            return;
        }
        if records.is_empty() {
            self.send_fetches(now, fx);
            return;
        }
        self.in_poll = false;
        self.delivered += records.len() as u64;
        self.busy_until = now + self.config.work.times(records.len() as u64);
        if self.looping && self.busy_until > now {
            fx.set_timer(TimerKey::Poll, self.busy_until);
        }
        fx.event(ClientEvent::ShareDelivered(records));
        let most = self.config.max_records;
        if most.is_some_and(|most| self.delivered >= most) {
            self.begin_poll_of_the_last(fx);
            self.close(now, fx);
        }
    }

    /// A tool has its records: it acknowledges them and reads no more.
    fn begin_poll_of_the_last(&mut self, fx: &mut Effects) {
        if let Acknowledging::Always(with) = self.config.acknowledging {
            self.acknowledge_held(with);
        }
        self.looping = false;
        fx.cancel_timer(TimerKey::Poll);
    }
}
