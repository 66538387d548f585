//! Replication throttles: `leader.replication.throttled.rate` and its follower's twin.
//!
//! A limit holds for the replicas that the topic's `*.replication.throttled.replicas` names and
//! only while the follower is not in the ISR: a follower that keeps up is never held back. Not
//! here: clients' quotas. Invariant: without a limit nothing is measured and nothing changes.

use std::collections::VecDeque;

use super::{Broker, Cx};
use crate::metadata::ClusterImage;
use crate::protocol::ConfigResource;
use crate::types::{BrokerId, Duration, Time, TopicPartition};

/// Length of one sample (`replication.quota.window.size.seconds`).
const SAMPLE_US: u64 = 1_000_000;
/// Samples the rate is taken over (`replication.quota.window.num`).
const SAMPLES: u64 = 11;
/// Names of the rates; the topic's settings name the replicas.
const LEADER_RATE: &str = "leader.replication.throttled.rate";
const FOLLOWER_RATE: &str = "follower.replication.throttled.rate";
/// Settings of brokers that are only dynamic: Kafka's table of settings lacks them.
pub const DYNAMIC_RATES: [&str; 3] = [FOLLOWER_RATE, LEADER_RATE, ALTER_RATE];
/// The rate of moves between log directories.
const ALTER_RATE: &str = "replica.alter.log.dirs.io.max.bytes.per.second";
const LEADER_REPLICAS: &str = "leader.replication.throttled.replicas";
const FOLLOWER_REPLICAS: &str = "follower.replication.throttled.replicas";

/// One limit and what went through under it lately.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Throttle {
    /// Bytes a second.
    pub limit: u64,
    /// Number of the second, and the bytes of it.
    samples: VecDeque<(u64, u64)>,
}

impl Throttle {
    /// A limit under which nothing went through yet.
    pub fn new(limit: u64) -> Throttle {
        Throttle {
            limit,
            samples: VecDeque::new(),
        }
    }

    /// That many bytes went through.
    pub fn record(&mut self, now: Time, bytes: u64) {
        let second = now.0 / SAMPLE_US;
        self.samples.retain(|(at, _)| at + SAMPLES > second);
        match self.samples.back_mut() {
            Some((at, sum)) if *at == second => *sum = sum.saturating_add(bytes),
            _ => self.samples.push_back((second, bytes)),
        }
    }

    /// Whether more than the limit went through, over the samples there are.
    pub fn is_exceeded(&self, now: Time) -> bool {
        let second = now.0 / SAMPLE_US;
        let kept = self.samples.iter().filter(|(at, _)| at + SAMPLES > second);
        let (mut first, mut bytes) = (None, 0_u64);
        for (at, sum) in kept {
            first = first.or(Some(at * SAMPLE_US));
            bytes = bytes.saturating_add(*sum);
        }
        let elapsed = first.map_or(0, |first| now.0.saturating_sub(first));
        let allowed = u128::from(self.limit) * u128::from(elapsed.max(SAMPLE_US));
        u128::from(bytes) * u128::from(SAMPLE_US) > allowed
    }
}

/// The limits of a broker; `None` = no limit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Throttles {
    /// What it sends to followers that are behind.
    pub leader: Option<Throttle>,
    /// What it fetches while it is behind.
    pub follower: Option<Throttle>,
    /// What it copies between its log directories.
    pub alter: Option<Throttle>,
}

/// Whether `P:B,P:B` or `*` names this broker's replica of the partition.
fn names(list: &str, partition: u32, broker: BrokerId) -> bool {
    list.split(',').map(str::trim).any(|entry| {
        entry == "*"
            || entry
                .split_once(':')
                .is_some_and(|(p, b)| p.parse() == Ok(partition) && b.parse() == Ok(broker.0))
    })
}

fn is_named(image: &ClusterImage, setting: &str, id: TopicPartition, broker: BrokerId) -> bool {
    let topic = image.topics.get(&id.topic);
    let list = topic.and_then(|topic| {
        let resource = ConfigResource::Topic(topic.name.clone());
        image.config(&resource, setting)
    });
    list.is_some_and(|list| names(list, id.partition, broker))
}

/// Whether that leader's sending of the partition is throttled.
pub(super) fn leader_is_throttled(
    image: &ClusterImage,
    id: TopicPartition,
    leader: BrokerId,
) -> bool {
    is_named(image, LEADER_REPLICAS, id, leader)
}

impl Broker {
    /// Takes over the rates set for this broker; one that changes starts anew.
    pub(super) fn refresh_throttles(&mut self) {
        let rate = |name: &str| self.broker_setting(name).and_then(|text| text.parse().ok());
        let (leader, follower) = (rate(LEADER_RATE), rate(FOLLOWER_RATE));
        let alter = rate(ALTER_RATE);
        let change = |throttle: &mut Option<Throttle>, limit: Option<u64>| match (throttle, limit) {
            (Some(throttle), Some(limit)) => throttle.limit = limit,
            (throttle, limit) => *throttle = limit.map(Throttle::new),
        };
        change(&mut self.throttles.leader, leader);
        change(&mut self.throttles.follower, follower);
        change(&mut self.throttles.alter, alter);
    }

    /// Counts what was fetched under the limit.
    pub(super) fn count_fetched(&mut self, now: Time, id: TopicPartition, bytes: u64) {
        let me = self.me();
        if let Some(throttle) = &mut self.throttles.follower
            && is_named(&self.image, FOLLOWER_REPLICAS, id, me)
        {
            throttle.record(now, bytes);
        }
    }

    /// Partitions that are behind wait while more than the limit was fetched.
    pub(super) fn hold_throttled(&mut self, cx: &mut Cx<'_>, leader: BrokerId) {
        let exceeded = self.throttles.follower.as_ref();
        if !exceeded.is_some_and(|throttle| throttle.is_exceeded(cx.now)) {
            return;
        }
        let until = cx.now + Duration::from_ms(self.config.replica_fetch_backoff_ms.into());
        let me = self.me();
        let (partitions, image) = (&self.partitions, &self.image);
        let behind = |id: TopicPartition| {
            let partition = partitions.get(id);
            partition.is_some_and(|partition| !partition.isr.contains(&me))
                && is_named(image, FOLLOWER_REPLICAS, id, me)
        };
        if let Some(fetcher) = self.fetchers.of(leader) {
            fetcher.hold(until, behind, cx.fx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_taken_over_the_last_eleven_seconds() {
        let at = |seconds: u64| Time(seconds * SAMPLE_US);
        let mut throttle = Throttle::new(1_000);
        assert!(!throttle.is_exceeded(at(5)));
        throttle.record(at(5), 8_000);
        assert!(throttle.is_exceeded(at(5)), "8000 B in the first second");
        assert!(throttle.is_exceeded(at(12)), "8000 B in 7 s");
        assert!(!throttle.is_exceeded(at(13)), "8000 B in 8 s are the limit");
        throttle.record(at(13), 500);
        assert!(throttle.is_exceeded(at(13)));
        assert!(
            !throttle.is_exceeded(at(17)),
            "the first second is forgotten"
        );
    }

    #[test]
    fn replicas_are_named_by_partition_and_broker_or_all() {
        let me = crate::types::NodeId(2);
        assert!(names("0:1,3:2", 3, me));
        assert!(!names("0:1,3:2", 0, me));
        assert!(names("*", 7, me));
        assert!(!names("", 0, me));
    }
}
