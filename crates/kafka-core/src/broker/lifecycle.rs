//! Registration, heartbeats, clean stop (section 1.2, broker side).

use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::node::{Effect, Stream, TimerKey};
use crate::note::Note;
use crate::protocol::{
    BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationRequest,
    BrokerRegistrationResponse, Request,
};
use crate::types::{BrokerEpoch, Duration, IncarnationId, NodeId, RequestId, Time, Uuid};

/// Pause before asking again when no controller is known.
const CONTROLLER_POLL: Duration = Duration::from_ms(100);
/// First back-off after a failure; doubles (BRK-10).
const FIRST_BACKOFF: Duration = Duration::from_ms(100);
/// `initial.broker.registration.timeout.ms`.
const REGISTRATION_TIMEOUT: Duration = Duration::from_ms(60_000);
/// `log.dir.failure.timeout.ms`.
const DIR_FAILURE_TIMEOUT_MS: u64 = 30_000;
/// How long a controlled shutdown may take before the process stops anyway.
const CONTROLLED_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(300);

/// Where a broker process stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BrokerState {
    /// Not started, or stopped.
    NotRunning,
    /// Registers and catches up with the metadata.
    Starting,
    /// Caught up; local recovery and unfencing are under way.
    Recovery,
    /// Unfenced.
    Running,
    /// Asked to stop; hands its leaderships over (BRK-8).
    PendingControlledShutdown,
    /// May stop; writes its files.
    ShuttingDown,
}

impl BrokerState {
    /// Kafka's name of the state.
    pub fn name(self) -> &'static str {
        match self {
            BrokerState::NotRunning => "NOT_RUNNING",
            BrokerState::Starting => "STARTING",
            BrokerState::Recovery => "RECOVERY",
            BrokerState::Running => "RUNNING",
            BrokerState::PendingControlledShutdown => "PENDING_CONTROLLED_SHUTDOWN",
            BrokerState::ShuttingDown => "SHUTTING_DOWN",
        }
    }
}

/// State of the lifecycle manager.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Lifecycle {
    pub(super) state: BrokerState,
    pub(super) incarnation: IncarnationId,
    pub(super) epoch: BrokerEpoch,
    previous_epoch: BrokerEpoch,
    saved_epoch: Option<BrokerEpoch>,
    started: Time,
    stop_asked: Time,
    outstanding: Option<(RequestId, NodeId)>,
    failures: u32,
    recovered: bool,
    answered_stop: bool,
    /// There is something to say that the outstanding request does not say.
    hurry: bool,
    /// Log directories that failed in this life, how many of them the outstanding request names,
    /// and by when the controller has to know of the others (LOG-16).
    failed_dirs: Vec<Uuid>,
    named_dirs: usize,
    tell_by: Option<Time>,
}

impl Lifecycle {
    pub(super) fn new(clean_shutdown_epoch: Option<BrokerEpoch>) -> Lifecycle {
        Lifecycle {
            state: BrokerState::NotRunning,
            incarnation: IncarnationId::default(),
            epoch: BrokerEpoch::NONE,
            previous_epoch: clean_shutdown_epoch.unwrap_or(BrokerEpoch::NONE),
            saved_epoch: None,
            started: Time::ZERO,
            stop_asked: Time::ZERO,
            outstanding: None,
            failures: 0,
            recovered: false,
            answered_stop: false,
            hurry: false,
            failed_dirs: Vec::new(),
            named_dirs: 0,
            tell_by: None,
        }
    }

    /// Epoch written by a finished clean stop.
    pub(super) fn saved_epoch(&self) -> Option<BrokerEpoch> {
        self.saved_epoch
    }

    fn is_stopping(&self) -> bool {
        self.state >= BrokerState::PendingControlledShutdown
    }
}

impl Broker {
    pub(super) fn start_lifecycle(&mut self, cx: &mut Cx<'_>) {
        self.lifecycle.incarnation = IncarnationId(cx.prng.bits64(Stream::Ids));
        self.lifecycle.state = BrokerState::Starting;
        self.lifecycle.started = cx.now;
        self.communicate(cx);
    }

    /// Registers, or sends a heartbeat; while a request is outstanding, as soon as
    /// that is answered.
    fn communicate(&mut self, cx: &mut Cx<'_>) {
        if self.lifecycle.state == BrokerState::NotRunning {
            return;
        }
        self.lifecycle.hurry = self.lifecycle.outstanding.is_some();
        if self.lifecycle.hurry {
            return;
        }
        let Some(controller) = self.raft.leader() else {
            self.communicate_at(cx, cx.now + CONTROLLER_POLL);
            return;
        };
        let id = self.ids.next_id();
        let request = if self.lifecycle.epoch == BrokerEpoch::NONE {
            Request::BrokerRegistration(BrokerRegistrationRequest {
                broker: self.config.node,
                incarnation: self.lifecycle.incarnation,
                rack: self.config.rack.clone(),
                host: self.config.host.clone(),
                port: self.config.port,
                previous_broker_epoch: self.lifecycle.previous_epoch,
                log_dirs: self.dirs.online_ids(self.config.node),
            })
        } else {
            Request::BrokerHeartbeat(BrokerHeartbeatRequest {
                broker: self.config.node,
                broker_epoch: self.lifecycle.epoch,
                current_metadata_offset: self.image.next_offset.plus(-1),
                want_fence: !self.lifecycle.recovered,
                want_shut_down: self.lifecycle.is_stopping(),
                offline_log_dirs: self.lifecycle.failed_dirs.clone(),
            })
        };
        self.lifecycle.named_dirs = self.lifecycle.failed_dirs.len();
        self.lifecycle.outstanding = Some((id, controller));
        cx.fx.request(controller, id, request);
        let patience = Duration::from_ms(self.config.session_timeout_ms.into());
        self.communicate_at(cx, cx.now + patience);
    }

    fn communicate_at(&mut self, cx: &mut Cx<'_>, at: Time) {
        let at = self.lifecycle.tell_by.map_or(at, |limit| at.min(limit));
        cx.fx.set_timer(TimerKey::BrokerHeartbeat, at);
    }

    /// A log directory has failed: the controller is told at once, and a broker that cannot tell
    /// it stops (LOG-16).
    pub(super) fn report_failed_dir(&mut self, cx: &mut Cx<'_>, dir: Uuid) {
        let patience = self.number_setting("log.dir.failure.timeout.ms", DIR_FAILURE_TIMEOUT_MS);
        let limit = cx.now + Duration::from_ms(patience);
        self.lifecycle.tell_by = self.lifecycle.tell_by.or(Some(limit));
        self.lifecycle.failed_dirs.push(dir);
        if self.lifecycle.epoch != BrokerEpoch::NONE {
            self.communicate(cx);
        }
    }

    /// The next communication is due, or an answer did not come in time.
    pub(super) fn on_lifecycle_timer(&mut self, cx: &mut Cx<'_>) {
        if self.lifecycle.tell_by.is_some_and(|limit| limit <= cx.now) {
            self.lifecycle.tell_by = None;
            self.on_terminate(cx);
            return;
        }
        let waited = cx.now.since(self.lifecycle.started);
        let unregistered = self.lifecycle.epoch == BrokerEpoch::NONE;
        if unregistered && waited >= REGISTRATION_TIMEOUT {
            self.lifecycle.state = BrokerState::NotRunning;
            cx.fx.list.push(Effect::Exit);
            return;
        }
        let stopping = self.lifecycle.state == BrokerState::PendingControlledShutdown;
        if stopping && cx.now.since(self.lifecycle.stop_asked) >= CONTROLLED_SHUTDOWN_TIMEOUT {
            self.stop(cx);
        } else if self.lifecycle.outstanding.take().is_some() {
            self.communication_failed(cx);
        } else {
            self.communicate(cx);
        }
    }

    /// BRK-10: back-off from 100 ms, doubled, 2 % jitter, at most a session.
    fn communication_failed(&mut self, cx: &mut Cx<'_>) {
        let cap = Duration::from_ms(self.config.session_timeout_ms.into());
        let base = FIRST_BACKOFF
            .times(1 << self.lifecycle.failures.min(20))
            .min(cap);
        self.lifecycle.failures += 1;
        let spread = (base.0 / 50) as u32;
        let jitter = cx.prng.below(Stream::Backoff, 2 * spread + 1);
        let pause = Duration::from_us(base.0 - u64::from(spread) + u64::from(jitter));
        self.communicate_at(cx, cx.now + pause);
    }

    fn is_expected(&mut self, id: RequestId) -> bool {
        let expected = self
            .lifecycle
            .outstanding
            .is_some_and(|(asked, _)| asked == id);
        if expected {
            self.lifecycle.outstanding = None;
        }
        expected
    }

    pub(super) fn on_registration(
        &mut self,
        cx: &mut Cx<'_>,
        id: RequestId,
        response: &BrokerRegistrationResponse,
    ) {
        if !self.is_expected(id) {
            return;
        }
        match response.error {
            ErrorCode::None => {
                self.lifecycle.epoch = response.broker_epoch;
                self.lifecycle.failures = 0;
                self.communicate(cx);
            }
            ErrorCode::NotController => self.communicate_at(cx, cx.now + CONTROLLER_POLL),
            _ => self.communication_failed(cx),
        }
    }

    pub(super) fn on_heartbeat(
        &mut self,
        cx: &mut Cx<'_>,
        id: RequestId,
        response: &BrokerHeartbeatResponse,
    ) {
        if !self.is_expected(id) {
            return;
        }
        match response.error {
            ErrorCode::None => {}
            ErrorCode::NotController => {
                self.communicate_at(cx, cx.now + CONTROLLER_POLL);
                return;
            }
            _ => {
                self.communication_failed(cx);
                return;
            }
        }
        self.lifecycle.failures = 0;
        if self.lifecycle.named_dirs == self.lifecycle.failed_dirs.len() {
            self.lifecycle.tell_by = None;
        }
        let interval = Duration::from_ms(self.config.heartbeat_interval_ms.into());
        let mut pause = interval;
        match self.lifecycle.state {
            BrokerState::Starting => {
                if response.is_caught_up {
                    self.lifecycle.state = BrokerState::Recovery;
                    cx.fx
                        .set_timer(TimerKey::LogRecovery, cx.now + self.config.recovery);
                } else {
                    pause = Duration::from_ms(10);
                }
            }
            BrokerState::Recovery => {
                if !response.is_fenced {
                    self.lifecycle.state = BrokerState::Running;
                }
            }
            BrokerState::PendingControlledShutdown => {
                if response.should_shut_down {
                    self.stop(cx);
                    return;
                }
                if !self.lifecycle.answered_stop {
                    self.lifecycle.answered_stop = true;
                    pause = Duration::from_ms(50);
                }
            }
            BrokerState::Running | BrokerState::NotRunning | BrokerState::ShuttingDown => {}
        }
        if self.lifecycle.hurry {
            self.communicate(cx);
        } else {
            self.communicate_at(cx, cx.now + pause);
        }
    }

    /// Local recovery is done: start the replicas, serve, and ask to be unfenced at
    /// once (BRK-3).
    pub(super) fn on_recovered(&mut self, cx: &mut Cx<'_>) {
        self.lifecycle.recovered = true;
        self.start_replicas(cx);
        self.communicate(cx);
    }

    pub(super) fn lifecycle_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        if self.lifecycle.outstanding.is_some_and(|(_, to)| to == peer) {
            self.lifecycle.outstanding = None;
            self.communicate_at(cx, cx.now + CONTROLLER_POLL);
        }
    }

    /// SIGTERM: a running broker first hands its leaderships over (BRK-8).
    pub(super) fn on_terminate(&mut self, cx: &mut Cx<'_>) {
        if self.lifecycle.is_stopping() {
            return;
        }
        if self.lifecycle.state != BrokerState::Running || !self.config.controlled_shutdown {
            self.stop(cx);
            return;
        }
        self.lifecycle.state = BrokerState::PendingControlledShutdown;
        self.lifecycle.stop_asked = cx.now;
        self.communicate(cx);
    }

    /// Writes all files, remembers the broker epoch, and ends the process.
    fn stop(&mut self, cx: &mut Cx<'_>) {
        self.lifecycle.state = BrokerState::ShuttingDown;
        self.checkpoint_high_watermarks();
        for partition in self.partitions.iter_mut() {
            partition.log.close();
        }
        self.write_checkpoints();
        if self.lifecycle.epoch != BrokerEpoch::NONE {
            self.lifecycle.saved_epoch = Some(self.lifecycle.epoch);
        }
        cx.fx.note(Note::StoppedCleanly);
        cx.fx.list.push(Effect::Exit);
    }
}
