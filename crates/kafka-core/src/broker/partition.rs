//! One replica and its role: the rules of section 4 that need no message.
//!
//! A [`Partition`] owns the log and decides; sending, parking and answering is
//! done around it. Invariant: a leader's high watermark never decreases and never
//! passes the end of a member of the maximal ISR (REP-8, REP-11).

use std::rc::Rc;

use crate::log::{Log, LogConfig};
use crate::metadata::{ClusterImage, PartitionRegistration};
use crate::types::{
    BrokerEpoch, BrokerId, Duration, LeaderEpoch, Offset, PartitionEpoch, Time, TopicPartition,
};

/// What a leader knows of one follower (section 4, leader state).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Follower {
    /// The follower's broker.
    pub broker: BrokerId,
    /// Its log end, UNKNOWN until it has fetched from this leader.
    pub log_end_offset: Offset,
    /// Its log start, UNKNOWN until it has fetched.
    pub log_start_offset: Offset,
    /// When it fetched last.
    pub last_fetch_time: Option<Time>,
    /// The leader's log end at that fetch.
    pub last_fetch_leader_end: Offset,
    /// When it last had everything (REP-4); `None` = never in this epoch (REP-15).
    pub last_caught_up_time: Option<Time>,
    /// Broker epoch of its last fetch.
    pub broker_epoch: Option<BrokerEpoch>,
}

impl Follower {
    fn unknown(broker: BrokerId) -> Follower {
        Follower {
            broker,
            log_end_offset: Offset::UNKNOWN,
            log_start_offset: Offset::UNKNOWN,
            last_fetch_time: None,
            last_fetch_leader_end: Offset::UNKNOWN,
            last_caught_up_time: None,
            broker_epoch: None,
        }
    }

    /// Has everything, or had it within the lag limit (REP-14).
    pub fn is_caught_up(&self, leader_end: Offset, now: Time, lag_max: Duration) -> bool {
        self.log_end_offset == leader_end
            || self
                .last_caught_up_time
                .is_some_and(|time| now.since(time) <= lag_max)
    }

    /// Notes a fetch (REP-4). Returns whether the log end changed.
    pub fn fetched(&mut self, fetch: &FollowerFetch, leader_end: Offset, now: Time) -> bool {
        if fetch.offset >= leader_end {
            self.caught_up_at(now);
        } else if fetch.offset >= self.last_fetch_leader_end
            && let Some(last) = self.last_fetch_time
        {
            self.caught_up_at(last);
        }
        let changed = self.log_end_offset != fetch.offset;
        self.log_end_offset = fetch.offset;
        self.log_start_offset = fetch.log_start;
        self.broker_epoch = Some(fetch.broker_epoch);
        self.last_fetch_leader_end = self.last_fetch_leader_end.max(leader_end);
        self.last_fetch_time = Some(now);
        changed
    }

    /// It was known to have everything at `time`.
    pub fn caught_up_at(&mut self, time: Time) {
        self.last_caught_up_time = self.last_caught_up_time.max(Some(time));
    }
}

/// Where a follower says it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FollowerFetch {
    /// Its log end.
    pub offset: Offset,
    /// Its log start.
    pub log_start: Offset,
    /// Its broker epoch.
    pub broker_epoch: BrokerEpoch,
}

/// An ISR the leader wants and has not got yet (REP-16, REP-18).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingIsr {
    /// The wanted ISR.
    pub isr: Rc<[BrokerId]>,
    /// The controller refused in a way that only new metadata can settle (REP-21).
    pub awaits_metadata: bool,
}

/// Leader state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leadership {
    /// Log end when this epoch began (REP-23).
    pub epoch_start_offset: Offset,
    /// Every other replica.
    pub followers: Vec<Follower>,
    /// The ISR change in flight, if any.
    pub pending: Option<PendingIsr>,
}

/// What this broker is for the partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Role {
    /// Serves producers, consumers and followers.
    Leader(Leadership),
    /// Copies the leader; also while there is none.
    Follower,
}

/// A partition with a replica on this broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Partition {
    /// Its id.
    pub id: TopicPartition,
    /// Its log.
    pub log: Log,
    /// This broker's role.
    pub role: Role,
    /// The leader this broker knows.
    pub leader: Option<BrokerId>,
    /// Leader epoch this broker knows.
    pub leader_epoch: LeaderEpoch,
    /// Partition epoch this broker knows.
    pub partition_epoch: PartitionEpoch,
    /// Replicas, preferred first.
    pub replicas: Vec<BrokerId>,
    /// Committed ISR.
    pub isr: Vec<BrokerId>,
    /// Effective topic settings.
    pub config: Rc<LogConfig>,
}

impl Partition {
    /// A replica that has not yet heard what it is.
    pub fn new(id: TopicPartition, log: Log, config: Rc<LogConfig>) -> Partition {
        Partition {
            id,
            log,
            role: Role::Follower,
            leader: None,
            leader_epoch: LeaderEpoch::NONE,
            partition_epoch: PartitionEpoch(-1),
            replicas: Vec::new(),
            isr: Vec::new(),
            config,
        }
    }

    /// Whether this broker leads it.
    pub fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// Leader state, if this broker leads.
    pub fn leadership(&self) -> Option<&Leadership> {
        match &self.role {
            Role::Leader(leadership) => Some(leadership),
            Role::Follower => None,
        }
    }

    /// Leader state, if this broker leads.
    pub fn leadership_mut(&mut self) -> Option<&mut Leadership> {
        match &mut self.role {
            Role::Leader(leadership) => Some(leadership),
            Role::Follower => None,
        }
    }

    /// What the leader knows of that follower.
    pub fn follower(&self, broker: BrokerId) -> Option<&Follower> {
        let followers = &self.leadership()?.followers;
        followers.iter().find(|follower| follower.broker == broker)
    }

    /// What the leader knows of that follower.
    pub fn follower_mut(&mut self, broker: BrokerId) -> Option<&mut Follower> {
        let followers = &mut self.leadership_mut()?.followers;
        followers
            .iter_mut()
            .find(|follower| follower.broker == broker)
    }

    /// ISR with additions that are still pending (REP-11).
    pub fn in_maximal_isr(&self, broker: BrokerId) -> bool {
        self.isr.contains(&broker)
            || self
                .leadership()
                .and_then(|leadership| leadership.pending.as_ref())
                .is_some_and(|pending| pending.isr.contains(&broker))
    }

    /// Size of the maximal ISR (REP-11).
    pub fn maximal_isr_len(&self) -> u32 {
        let all = self.replicas.iter();
        all.filter(|broker| self.in_maximal_isr(**broker)).count() as u32
    }

    /// `min.insync.replicas`, at most the number of replicas (REP-9).
    pub fn effective_min_isr(&self) -> u32 {
        let configured = self.config.min_insync_replicas;
        configured.min(self.replicas.len() as u32)
    }

    /// Whether the committed ISR is too small for acks=all (REP-39).
    pub fn is_under_min_isr(&self) -> bool {
        (self.isr.len() as u32) < self.effective_min_isr()
    }

    /// REP-23, REP-15: begin to lead in the epoch of `state`.
    pub fn become_leader(&mut self, state: &PartitionRegistration, me: BrokerId, now: Time) {
        let end = self.log.log_end_offset();
        self.log.begin_epoch(state.leader_epoch);
        let known = match std::mem::replace(&mut self.role, Role::Follower) {
            Role::Leader(leadership) => leadership.followers,
            Role::Follower => Vec::new(),
        };
        let others = state.replicas.iter().filter(|broker| **broker != me);
        let followers = others
            .map(|&broker| {
                let kept = known.iter().find(|follower| follower.broker == broker);
                let mut follower = match kept {
                    Some(follower) => Follower {
                        last_fetch_leader_end: end,
                        ..follower.clone()
                    },
                    None => Follower::unknown(broker),
                };
                follower.last_caught_up_time = state.isr.contains(&broker).then_some(now);
                follower
            })
            .collect();
        self.role = Role::Leader(Leadership {
            epoch_start_offset: end,
            followers,
            pending: None,
        });
        self.adopt(state);
    }

    /// REP-24: stop serving, copy the leader of `state`. Nothing is truncated.
    pub fn become_follower(&mut self, state: &PartitionRegistration) {
        self.role = Role::Follower;
        self.adopt(state);
    }

    /// New ISR or replicas in the same leader epoch (MET-2): progress is kept.
    pub fn update_in_place(&mut self, state: &PartitionRegistration, me: BrokerId) {
        if let Role::Leader(leadership) = &mut self.role {
            leadership.pending = None;
            leadership
                .followers
                .retain(|follower| state.replicas.contains(&follower.broker));
            for &broker in state.replicas.iter().filter(|broker| **broker != me) {
                let followers = &mut leadership.followers;
                if followers.iter().all(|follower| follower.broker != broker) {
                    followers.push(Follower::unknown(broker));
                }
            }
        }
        self.adopt(state);
    }

    fn adopt(&mut self, state: &PartitionRegistration) {
        self.leader = state.leader;
        self.leader_epoch = state.leader_epoch;
        self.partition_epoch = state.partition_epoch;
        self.replicas.clone_from(&state.replicas);
        self.isr.clone_from(&state.isr);
    }

    /// REP-8, REP-9 (if `strict`): moves the high watermark if it may. Returns whether it moved.
    pub fn maybe_advance_high_watermark(
        &mut self,
        image: &ClusterImage,
        now: Time,
        lag_max: Duration,
        strict: bool,
    ) -> bool {
        let Role::Leader(leadership) = &self.role else {
            return false;
        };
        if strict && self.is_under_min_isr() {
            return false;
        }
        let end = self.log.log_end_offset();
        let mut candidate = end;
        for follower in &leadership.followers {
            if follower.log_end_offset < candidate
                && (self.in_maximal_isr(follower.broker)
                    || (follower.is_caught_up(end, now, lag_max)
                        && is_isr_eligible(image, follower)))
            {
                candidate = follower.log_end_offset;
            }
        }
        candidate > self.log.high_watermark() && self.log.set_high_watermark(candidate)
    }

    /// REP-17: the ISR with `broker` added, if it may be added now. In ascending
    /// order, as the recorded cluster's come back.
    pub fn expanded_isr(&self, broker: BrokerId, image: &ClusterImage) -> Option<Rc<[BrokerId]>> {
        let leadership = self.leadership()?;
        if leadership.pending.is_some() || self.isr.contains(&broker) {
            return None;
        }
        let follower = self.follower(broker)?;
        let in_sync = follower.log_end_offset >= self.log.high_watermark()
            && follower.log_end_offset >= leadership.epoch_start_offset;
        if !in_sync || !is_isr_eligible(image, follower) {
            return None;
        }
        let mut isr = self.isr.clone();
        isr.push(broker);
        isr.sort_unstable();
        Some(isr.into())
    }

    /// REP-14: the ISR without followers that lag too long, if there are any.
    pub fn shrunk_isr(&self, now: Time, lag_max: Duration) -> Option<Rc<[BrokerId]>> {
        let leadership = self.leadership()?;
        if leadership.pending.is_some() {
            return None;
        }
        let end = self.log.log_end_offset();
        let lags = |broker: &BrokerId| {
            self.follower(*broker)
                .is_some_and(|follower| !follower.is_caught_up(end, now, lag_max))
        };
        let members = self.isr.iter();
        let isr: Rc<[BrokerId]> = members.filter(|broker| !lags(broker)).copied().collect();
        (isr.len() < self.isr.len()).then_some(isr)
    }
}

/// REP-17: unfenced, not stopping, and the fetch came from the registered life.
fn is_isr_eligible(image: &ClusterImage, follower: &Follower) -> bool {
    let Some(registration) = image.brokers.get(&follower.broker) else {
        return false;
    };
    registration.is_active()
        && follower
            .broker_epoch
            .is_some_and(|epoch| epoch == BrokerEpoch::NONE || epoch == registration.epoch)
}
