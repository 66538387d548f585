//! Running a plan: safety under faults, then healing, then liveness.

use std::fmt;

use kafka_check::{Checker, Outcome, Reason, Verdict, Violation, converged};
use kafka_core::client::ClientCommand;
use kafka_core::group::OFFSETS_TOPIC;
use kafka_core::topic_name::{SHARE_GROUP_STATE_TOPIC, TRANSACTION_STATE_TOPIC};
use kafka_core::types::{Duration, LeaderEpoch, NodeId, Time, TopicPartition};
use kafka_sim::workload::Workers;
use kafka_sim::{Action, Role, Status, World};

use crate::paths::{Reached, Watch};
use crate::plan::Plan;
use crate::unrest::{newest, unrest};

/// How long a healed cluster may take to converge. Kafka's own longest waits in
/// it: a JoinGroup that was lost silently (`max.poll.interval.ms` and 5 s), other requests
/// on such connections (30 s), back-offs (seconds), the retries' delivery timeout (120 s).
const LIVENESS: Duration = Duration::from_secs(400);

/// How long a share partition may stand still: the duration of a lock twice.
const STANDSTILL: Duration = Duration::from_secs(60);

/// How often, and after how long each, produces that wait are looked at again.
const MOMENTS: u32 = 50;
const MOMENT: Duration = Duration(7_000);

/// More events than this within a second of virtual time means that processes keep
/// each other busy for nothing. The busiest plans need some thousands.
const BUSIEST: u64 = 100_000;

/// Newest trace entries whose content a report may show. What the checker needs,
/// that of the newest event, is always there; more would only fill the caches.
const DETAILS: usize = 256;

/// Newest trace entries and history items that are kept.
const KEPT: usize = 8_192;

/// How to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Look at every invariant after every event.
    pub check: bool,
    /// Heal and wait for convergence after the safety phase.
    pub liveness: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            check: true,
            liveness: true,
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// Everything held.
    Passed,
    /// An invariant was broken; the world stands at that event.
    Broken(Violation),
    /// The healed cluster did not come to rest; what is missing.
    NotConverged(Reason),
    /// Processes keep each other busy: events without end.
    Runaway,
    /// The work could not even be set up.
    NotStarted(String),
}

/// A finished run.
#[derive(Clone, Debug)]
pub struct Run {
    /// How it ended.
    pub ending: Ending,
    /// Events delivered.
    pub events: u64,
    /// Virtual time at the end.
    pub at: Time,
    /// Digest of the trace.
    pub digest: u64,
    /// Paths through the protocol it took, if invariants were looked at.
    pub reached: Reached,
    /// One verdict an invariant, if they were looked at.
    pub verdicts: Vec<Verdict>,
    /// The state of what did not come to rest, one line each.
    pub unrest: Vec<String>,
    /// The world at the end.
    pub world: World,
}

impl Run {
    /// Whether everything held.
    pub fn passed(&self) -> bool {
        matches!(self.ending, Ending::Passed)
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Passed => write!(f, "passed"),
            Ending::Broken(violation) => write!(f, "broken: {violation}"),
            Ending::NotConverged(reason) => write!(f, "did not converge: {reason}"),
            Ending::Runaway => write!(f, "more than {BUSIEST} events within a second"),
            Ending::NotStarted(reason) => write!(f, "did not start: {reason}"),
        }
    }
}

struct Runner {
    world: World,
    /// Who looks at what happens, if anybody does.
    eyes: Option<(Checker, Watch)>,
}

/// Runs a plan.
pub fn run(plan: &Plan, options: Options) -> Run {
    let mut world = World::new(plan.spec.clone(), plan.seed);
    world.trace_mut().keep_details(DETAILS);
    world.trace_mut().keep_entries(4 * KEPT);
    world.history_mut().keep_items(KEPT);
    let eyes = options
        .check
        .then(|| (Checker::new(&world), Watch::default()));
    let mut runner = Runner { world, eyes };
    let ending = runner.play(plan, options);
    let unrest = match &ending {
        Ending::NotConverged(reason) => unrest(&runner.world, reason),
        Ending::Runaway => newest(&runner.world),
        _ => Vec::new(),
    };
    let (checker, watch) = runner.eyes.unzip();
    let verdicts = checker.as_ref().map(Checker::verdicts);
    Run {
        ending,
        events: runner.world.events(),
        at: runner.world.now(),
        digest: runner.world.digest(),
        reached: watch.unwrap_or_default().reached,
        verdicts: verdicts.unwrap_or_default(),
        unrest,
        world: runner.world,
    }
}

impl Runner {
    fn play(&mut self, plan: &Plan, options: Options) -> Ending {
        let workers = match plan.workload.start(&mut self.world) {
            Ok(workers) => workers,
            Err(error) => return Ending::NotStarted(error.to_string()),
        };
        if let Err(error) = plan.extras.start(&mut self.world, &plan.workload.topic) {
            return Ending::NotStarted(error.to_string());
        }
        match self.safety(plan) {
            Err(ending) => ending,
            Ok(()) if options.liveness => self.liveness(&workers),
            Ok(()) => Ending::Passed,
        }
    }

    /// Delivers everything up to a time, looking at the invariants.
    fn run_until(&mut self, until: Time) -> Result<(), Ending> {
        while self.world.now() < until {
            let second = (self.world.now() + Duration::from_secs(1)).min(until);
            let most = self.world.events() + BUSIEST;
            while self.world.step_until(second) {
                if let Some((checker, watch)) = &mut self.eyes {
                    watch.after_event(&self.world);
                    if let Some(violation) = checker.after_event(&self.world) {
                        return Err(Ending::Broken(violation));
                    }
                }
                if self.world.events() > most {
                    return Err(Ending::Runaway);
                }
            }
            self.world.skip_to(second);
        }
        Ok(())
    }

    fn safety(&mut self, plan: &Plan) -> Result<(), Ending> {
        let begin = self.world.now();
        for (at, action) in &plan.faults {
            self.run_until(begin + Duration(at.0))?;
            // A fault that does not fit (stopping what is down) is skipped.
            let _ = self.world.apply(action);
        }
        self.run_until(begin + plan.safety)
    }

    /// Repairs everything and ends the work.
    fn heal(&mut self, workers: &Workers) {
        let mut actions = vec![Action::Heal];
        for node in self.world.nodes() {
            // Only a disk that failed takes a repair, and only another process uses it again.
            actions.push(Action::RepairDisk(node.id, 1));
            let has_lost = self.world.broker(node.id);
            if has_lost.is_some_and(|broker| !broker.is_log_dir_online(1)) {
                actions.push(Action::Crash(node.id));
                actions.push(Action::Start(node.id));
                continue;
            }
            match node.status {
                Status::Paused => actions.push(Action::Resume(node.id)),
                Status::Down(_) if !node.role.is_client() => {
                    actions.push(Action::RepairDisk(node.id, 0));
                    actions.push(Action::Start(node.id));
                }
                _ => {}
            }
        }
        actions.extend(workers.producers.iter().map(|id| command(*id)));
        for action in &actions {
            // Each was chosen to fit; a producer that was killed has no load.
            let _ = self.world.apply(action);
        }
    }

    fn liveness(&mut self, workers: &Workers) -> Ending {
        self.heal(workers);
        let limit = self.world.now() + LIVENESS;
        loop {
            match self.look_in_a_second() {
                Ok(()) => return Ending::Passed,
                Err(Ending::NotConverged(_)) if self.world.now() < limit => {}
                Err(Ending::NotConverged(reason)) => return self.standstill(reason),
                Err(ending) => return ending,
            }
        }
    }

    /// Whether the world is at rest a second later.
    fn look_in_a_second(&mut self) -> Result<(), Ending> {
        let next = self.world.now() + Duration::from_secs(1);
        self.run_until(next)?;
        self.restart_stopped();
        converged(&self.world).map_err(Ending::NotConverged)?;
        let checker = self.eyes.as_ref().map(|(checker, _)| checker);
        let ended = checker.map(|checker| checker.at_rest(&self.world));
        let is_violated = |verdict: &Verdict| verdict.outcome == Outcome::Violated;
        let broken = ended.filter(is_violated).and_then(|verdict| verdict.first);
        broken.map_or(Ok(()), |violation| Err(Ending::Broken(violation)))
    }

    /// At the limit: a share group that goes on may go on, whatever else is missing is a
    /// break. Where members give records back, the broker hands them out one by one, which
    /// takes as long as it takes.
    fn standstill(&mut self, mut reason: Reason) -> Ending {
        // The writes of a share coordinator that never pauses wait at any one moment, and
        // hide whether anything else is missing.
        for _ in 0..MOMENTS {
            if !matches!(reason, Reason::ProducesWait(_)) {
                break;
            }
            if let Err(ending) = self.run_until(self.world.now() + MOMENT) {
                return ending;
            }
            match converged(&self.world) {
                Ok(()) => return Ending::Passed,
                Err(now) => reason = now,
            }
        }
        let limit = self.world.now() + STANDSTILL;
        while matches!(reason, Reason::Unshared(..)) && self.world.now() < limit {
            match self.look_in_a_second() {
                Err(Ending::NotConverged(now)) if now == reason => {}
                Ok(()) | Err(Ending::NotConverged(_)) => return Ending::Passed,
                Err(ending) => return ending,
            }
        }
        self.ending_at_limit(reason)
    }

    /// What never comes to rest as some setting permits is no break.
    fn ending_at_limit(&self, reason: Reason) -> Ending {
        let eyes = self.eyes.as_ref();
        match eyes.is_some_and(|(checker, _)| self.is_excused(checker, &reason)) {
            true => Ending::Passed,
            false => Ending::NotConverged(reason),
        }
    }

    /// A transaction stays open for good (Kafka's hanging transaction) when its coordinator
    /// has forgotten it or the partition its marker. A share partition stands where the group
    /// or its state was forgotten, where its records in flight are gone, or where compaction
    /// took all of them. A stranded replica follows nobody.
    fn is_excused(&self, checker: &Checker, reason: &Reason) -> bool {
        match reason {
            Reason::OpenTransaction(partition, _) => {
                checker.has_forgotten(TRANSACTION_STATE_TOPIC) || checker.was_cut(*partition)
            }
            Reason::Unshared(_, partition, _) => {
                let is_lost = checker.was_cut(*partition) || checker.was_compacted(*partition);
                let mut coordinators = [SHARE_GROUP_STATE_TOPIC, OFFSETS_TOPIC].into_iter();
                is_lost || coordinators.any(|topic| checker.has_forgotten(topic))
            }
            Reason::OutOfSync(partition, _) | Reason::Reassigning(partition) => {
                is_any_stranded(&self.world, *partition)
            }
            _ => false,
        }
    }

    /// A clean stop that was under way when the faults ended may end later.
    fn restart_stopped(&mut self) {
        let down = |status| matches!(status, Status::Down(_));
        let servers = self.world.nodes();
        let stopped: Vec<NodeId> = servers
            .filter(|node| matches!(node.role, Role::Broker | Role::Controller))
            .filter(|node| down(node.status))
            .map(|node| node.id)
            .collect();
        for id in stopped {
            let _ = self.world.apply(&Action::Start(id));
        }
    }
}

fn command(client: NodeId) -> Action {
    let command = Box::new(ClientCommand::StopLoad);
    Action::Command { client, command }
}

/// Whether a replica that runs can never follow: its log ends within a batch of its leader's,
/// or its leader knows nothing of its last epoch. Where the leader deleted the records by which
/// their histories part, Kafka has no way to find that out, and the replica has failed. Where
/// the leader's log moved to another directory it lost the epoch in which nothing was written:
/// the follower is told OFFSET_OUT_OF_RANGE until something is, in Kafka 4.3.1 too.
fn is_any_stranded(world: &World, id: TopicPartition) -> bool {
    let replicas = || world.brokers().filter_map(|broker| broker.partition(id));
    let Some(leader) = replicas().find(|replica| replica.is_leader()) else {
        return false;
    };
    replicas().any(|replica| {
        let (start, end) = (replica.log.log_start_offset(), replica.log.log_end_offset());
        let given = leader.log.disk().batches_from(end).next();
        let is_within = start < end && given.is_some_and(|batch| batch.base_offset < end);
        let (last, lost_own) = (
            replica.log.latest_epoch(),
            leader.log.latest_epoch() < leader.leader_epoch,
        );
        let is_unknown = last != LeaderEpoch::NONE && leader.log.end_offset_for(last).is_none();
        is_within || (lost_own && is_unknown)
    })
}
