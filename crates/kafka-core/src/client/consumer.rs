//! The consumer process: Kafka's `KafkaConsumer` with either group protocol (sections 6,
//! 7 and 9, client side), and the small application that polls it.
//!
//! The application blocks in `poll` until records come or the next tick of its
//! loop; what Kafka does "inside poll" (joining, callbacks, auto commit,
//! positions) happens only then, while heartbeats go on without it (GRP-16,
//! GRP-17). Invariant: records of a partition are delivered in offset order,
//! without gaps other than what the log, a reset or a seek left out.

mod answers;
mod assignment;
mod closing;
mod commit;
mod coordinator;
mod fetcher;
mod group;
mod heartbeat;
mod modern;
mod pattern;
mod positions;
mod rebalance;
mod reconcile;
mod view;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::assignment::{AssignedPartition, Phase};
use self::closing::{CLOSE, Closing, Farewell};
use self::commit::{CommitJob, SyncCommit};
use self::fetcher::Buffered;
use self::group::Member;
use self::modern::{Modern, ModernState};
use super::lookup::Lookup;
use super::network::{Arrival, ConnId, Network};
use super::refresh::Refresh;
use super::{ClientCommand, ClientEvent, ClientFailure};
use crate::config::ConsumerConfig;
use crate::consumer_protocol::TopicPartitions;
use crate::node::{Effects, Input, Prng, TimerKey};
use crate::topic_pattern::TopicPattern;
use crate::types::{Duration, LeaderEpoch, Name, NodeId, Offset, Time, TopicPartition};

/// Something inside `poll` may be tried again.
const POLL_RETRY: TimerKey = TimerKey::Retry(1);

/// What an unanswered request of a consumer is for.
#[derive(Clone, Debug)]
enum Purpose {
    /// Fetch from this broker, with the offsets asked for.
    Fetch(NodeId, Vec<(TopicPartition, Offset)>),
    /// Where to reset to.
    ListOffsets,
    /// Validation of positions, each under the leader epoch it was asked in.
    Epochs(Vec<(TopicPartition, LeaderEpoch)>),
    OffsetFetch,
    Commit(Box<CommitJob>),
    FindCoordinator,
    /// Group requests carry the number of the membership they belong to.
    Join(u32),
    Sync(u32),
    Heartbeat(u32),
    /// ConsumerGroupHeartbeat, with the membership it belongs to.
    ModernHeartbeat(u32),
    Leave,
}

/// A partition as the picture shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerPartition {
    /// Topic.
    pub topic: Name,
    /// Partition.
    pub partition: u32,
    /// Next offset to return, UNKNOWN before there is one.
    pub position: Offset,
    /// Last offset known to be committed, UNKNOWN if none.
    pub committed: Offset,
    /// Not fetched now.
    pub paused: bool,
    /// High watermark of the last answer, UNKNOWN before.
    pub high_watermark: Offset,
    /// Phase of the subscription state as Kafka names it.
    pub phase: &'static str,
}

/// A consumer process.
#[derive(Clone, Debug)]
pub struct Consumer {
    config: ConsumerConfig,
    node: NodeId,
    net: Network<Purpose>,
    empty: Name,
    // Subscription.
    pattern: Option<TopicPattern>,
    /// Topics named, or found by the pattern.
    subscribed: Vec<Name>,
    assigned: Vec<AssignedPartition>,
    by_id: BTreeMap<TopicPartition, usize>,
    seen_version: u32,
    // Fetching.
    buffer: VecDeque<Buffered>,
    fetching: BTreeSet<NodeId>,
    /// Questions about positions that are unanswered.
    positions_asked: u32,
    positions_retry_at: Time,
    offsets_asked: bool,
    // Group.
    coordinator: Option<ConnId>,
    /// Not the coordinator any more: to be hung up on.
    old_coordinator: Option<ConnId>,
    lookup: Lookup,
    /// Member id, generation (or member epoch), and what the classic protocol needs.
    member: Member,
    /// What the `consumer` protocol needs.
    modern: Modern,
    /// What the sticky assignor remembers to have had.
    sticky_memory: Option<TopicPartitions>,
    // Commits.
    auto_commit_at: Time,
    sync_commit: Option<SyncCommit>,
    // The application.
    looping: bool,
    in_poll: bool,
    last_poll: Time,
    poll_interval_armed: bool,
    failure: Option<ClientFailure>,
    fatal: Option<ClientFailure>,
    delivered: u64,
    closing: Closing,
    retry_armed: Option<Time>,
}

impl Consumer {
    /// A consumer that has not connected yet.
    pub fn new(config: ConsumerConfig, node: NodeId) -> Consumer {
        let refresh = Refresh::for_consumer(&config.client);
        Consumer {
            net: Network::new(config.client.clone(), 100, refresh),
            member: Member::default(),
            modern: Modern::default(),
            sticky_memory: None,
            config,
            node,
            empty: "".into(),
            pattern: None,
            subscribed: Vec::new(),
            assigned: Vec::new(),
            by_id: BTreeMap::new(),
            seen_version: 0,
            buffer: VecDeque::new(),
            fetching: BTreeSet::new(),
            positions_asked: 0,
            positions_retry_at: Time::ZERO,
            offsets_asked: false,
            coordinator: None,
            old_coordinator: None,
            lookup: Lookup::new(),
            auto_commit_at: Time::ZERO,
            sync_commit: None,
            looping: false,
            in_poll: false,
            last_poll: Time::ZERO,
            poll_interval_armed: false,
            failure: None,
            fatal: None,
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
            Input::Command(command) => self.command(command, now, fx),
            Input::Terminate => self.close(Farewell::Default, now, fx),
            Input::Response { from, id, response } => {
                match self.net.answered(from, id, response, now, prng, fx) {
                    Arrival::Own(purpose) => self.answered(purpose, response, now, prng, fx),
                    Arrival::Metadata => self.metadata_changed(),
                    Arrival::Opened | Arrival::Nothing => {}
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
        if let Some(conn) = self.old_coordinator.take() {
            let broken = self.net.give_up(conn, now, prng, fx);
            self.broken(broken.into_iter().collect(), now, prng, fx);
        }
        // Topics are asked for before the coordinator, as Kafka's poll does.
        let active = self.is_subscribed() || !self.assigned.is_empty();
        if active {
            self.net.poll(now, prng, fx);
        }
        self.lead(now, fx);
        self.step_sync_commit(now, prng, fx);
        if self.closing != Closing::No {
            self.step_close(now, fx);
        } else if self.in_poll && self.sync_commit.is_none() {
            self.poll(now, prng, fx);
        }
        if self.closing == Closing::No {
            self.modern_background(now, prng, fx);
        }
        if active && self.closing != Closing::Closed {
            self.net.poll(now, prng, fx);
        }
    }

    fn command(&mut self, command: &ClientCommand, now: Time, fx: &mut Effects) {
        match command {
            ClientCommand::Subscribe(topics) => self.subscribe(topics, now, fx),
            ClientCommand::SubscribeTo(pattern) => self.subscribe_to(pattern, now, fx),
            ClientCommand::Assign(partitions) => {
                self.assign_manually(partitions, now, fx);
                self.resume_polling(now, fx);
            }
            ClientCommand::Poll => {
                self.begin_poll(now, fx);
                fx.set_timer(TimerKey::Poll, now + self.config.poll_every);
            }
            ClientCommand::StopPolling => {
                self.looping = false;
                self.in_poll = false;
                fx.cancel_timer(TimerKey::Poll);
            }
            ClientCommand::ResumePolling => self.resume_polling(now, fx),
            ClientCommand::Commit(offsets) => self.commit_sync(offsets.as_deref(), now, fx),
            ClientCommand::Seek(partition, offset) => self.seek(partition, *offset),
            ClientCommand::SeekTo(partitions, spec) => {
                for partition in partitions {
                    self.reset_to(partition, *spec);
                }
            }
            ClientCommand::Pause(partitions, paused) => {
                for partition in partitions {
                    if let Some(at) = self.position_of(partition) {
                        self.assigned[at].paused = *paused;
                    }
                }
            }
            ClientCommand::Close { leave: true } => self.close(Farewell::Default, now, fx),
            ClientCommand::Close { leave: false } => self.close(Farewell::Remain, now, fx),
            ClientCommand::CloseLeaving => self.close(Farewell::Leave, now, fx),
            _ => {}
        }
    }

    fn subscribe(&mut self, topics: &[Name], now: Time, fx: &mut Effects) {
        self.forget_pattern();
        self.subscribed = topics.to_vec();
        self.subscribed.sort();
        self.subscribed.dedup();
        for topic in &self.subscribed {
            self.net.want_topic(topic);
        }
        self.member.rejoin = true;
        self.resume_polling(now, fx);
    }

    fn resume_polling(&mut self, now: Time, fx: &mut Effects) {
        self.looping = true;
        self.begin_poll(now, fx);
        fx.set_timer(TimerKey::Poll, now + self.config.poll_every);
    }

    fn begin_poll(&mut self, now: Time, fx: &mut Effects) {
        self.in_poll = true;
        self.last_poll = now;
        if !self.poll_interval_armed {
            self.poll_interval_armed = true;
            fx.set_timer(TimerKey::MaxPollInterval, now + self.poll_interval());
        }
    }

    /// How long the application is busy with that many records.
    fn processing(&self, records: usize) -> Duration {
        Duration(records as u64 * 1_000_000 / u64::from(self.config.capacity.max(1)))
    }

    fn poll_interval(&self) -> Duration {
        Duration::from_ms(u64::from(self.config.max_poll_interval_ms))
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
            TimerKey::Poll if self.looping => {
                self.begin_poll(now, fx);
                fx.set_timer(TimerKey::Poll, now + self.config.poll_every);
            }
            TimerKey::Poll => self.in_poll = false,
            TimerKey::Heartbeat if self.is_modern() => self.modern_heartbeat_due(),
            TimerKey::Heartbeat => self.heartbeat_due(now, prng, fx),
            TimerKey::MaxPollInterval => self.poll_interval_over(now, fx),
            POLL_RETRY => self.retry_armed = None,
            CLOSE => self.finish_close(fx),
            _ => {}
        }
    }

    /// Wakes `poll` at that time, whatever it waits for.
    fn retry_at(&mut self, at: Time, fx: &mut Effects) {
        if self.retry_armed.is_none_or(|armed| at < armed) {
            self.retry_armed = Some(at);
            fx.set_timer(POLL_RETRY, at);
        }
    }

    /// Everything that happens inside `poll`.
    fn poll(&mut self, now: Time, prng: &mut Prng, fx: &mut Effects) {
        if self.modern.state == ModernState::Fatal {
            // The application hears of its partitions first.
            self.modern_step(now, fx);
        }
        let failure = self.member.failure.take();
        if let Some(failure) = failure.or_else(|| self.fatal.clone()) {
            fx.event(ClientEvent::PollFailed(failure));
            self.in_poll = false;
            return;
        }
        let stands = self.group_step(now, prng, fx);
        if self.seen_version != self.net.view.version() {
            self.metadata_changed();
        }
        if stands {
            self.auto_commit(now, fx);
            self.update_positions(now, prng, fx);
        }
        if self.threw(fx) {
            return;
        }
        if self.buffer.is_empty() {
            self.send_fetches(now, fx);
            return;
        }
        let records = self.collect();
        self.send_fetches(now, fx);
        if self.threw(fx) || records.is_empty() {
            return;
        }
        self.delivered += records.len() as u64;
        self.in_poll = false;
        if self.looping && self.config.capacity > 0 {
            fx.set_timer(TimerKey::Poll, now + self.processing(records.len()));
        }
        fx.event(ClientEvent::Delivered(records));
        if self
            .config
            .max_records
            .is_some_and(|most| self.delivered >= most)
        {
            self.close(Farewell::Default, now, fx);
            self.step_close(now, fx);
        }
    }

    /// Whether this `poll` throws.
    fn threw(&mut self, fx: &mut Effects) -> bool {
        let failure = self.failure.take();
        let threw = failure.is_some();
        if let Some(failure) = failure {
            fx.event(ClientEvent::PollFailed(failure));
            self.in_poll = false;
        }
        threw
    }

    fn retry_backoff(&self) -> Duration {
        Duration::from_ms(u64::from(self.config.client.retry_backoff_ms))
    }

    fn is_phase(&self, at: usize, phase: Phase) -> bool {
        self.assigned[at].phase == phase
    }

    fn leader_epoch(&self, at: usize) -> LeaderEpoch {
        let id = self.assigned[at].id;
        let known = id.and_then(|id| self.net.view.partition(id));
        known.map_or(LeaderEpoch::NONE, |known| known.leader_epoch)
    }
}

#[cfg(test)]
mod tests;
