//! ASG-1 to ASG-4 on random groups: what must hold whatever the assignor decides.
//!
//! Each test prints nothing while it passes; a failure names the seed of its group.

use kafka_core::assignor::{
    Assignment, Member, Partition, Topic, cooperative_sticky, range, round_robin, sticky,
};
use kafka_core::java_random::{JavaRandom, NextInt};
use std::collections::{BTreeMap, BTreeSet};

const SEEDS: std::ops::Range<i64> = 0..400;
const TOPIC_NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
const MEMBER_IDS: [&str; 7] = ["m0", "m1", "m2", "m3", "m4", "m5", "m6"];
const RACKS: [&str; 3] = ["r0", "r1", "r2"];

/// Whether groups may have racks. Where they count, a member gives up partitions of
/// other racks again in every round, so neither stickiness nor a bound on the number of
/// rounds can be promised.
#[derive(PartialEq)]
enum Racks {
    Never,
    Sometimes,
}

/// A group that lives on between rounds.
struct Group {
    topics: Vec<Topic<'static>>,
    members: Vec<Member<'static>>,
    random: JavaRandom,
}

impl Group {
    /// Random topics and members; with racks in every third group where they are wanted.
    fn new(seed: i64, equal_subscriptions: bool, racks: Racks) -> Group {
        let mut random = JavaRandom::new(seed);
        let with_racks = racks == Racks::Sometimes && seed % 3 == 0;
        let topic_count = 1 + random.next_int(TOPIC_NAMES.len() as i32) as usize;
        let topics = TOPIC_NAMES[..topic_count]
            .iter()
            .map(|name| {
                let partitions = 1 + random.next_int(9) as u32;
                let rack = |number: u32| vec![RACKS[number as usize % RACKS.len()]];
                Topic {
                    name,
                    partitions,
                    racks: (0..partitions).filter(|_| with_racks).map(rack).collect(),
                }
            })
            .collect();
        let mut group = Group {
            topics,
            members: Vec::new(),
            random,
        };
        let member_count = 1 + group.random.next_int(MEMBER_IDS.len() as i32) as usize;
        for id in &MEMBER_IDS[..member_count] {
            let topics = group.subscription(equal_subscriptions);
            let rack = RACKS[group.random.next_int(RACKS.len() as i32) as usize];
            group.members.push(Member {
                id,
                instance: None,
                rack: Some(rack).filter(|_| with_racks),
                topics,
                claims: Vec::new(),
                generation: -1,
            });
        }
        group
    }

    /// All topics, or some of them (at least one).
    fn subscription(&mut self, all: bool) -> Vec<u32> {
        let count = self.topics.len() as u32;
        let one = self.random.next_int(count as i32) as u32;
        let random = &mut self.random;
        let wanted = |topic: &u32| all || *topic == one || random.next_int(2) == 0;
        (0..count).filter(wanted).collect()
    }

    /// Members own what they were given, and say so in the next generation.
    fn adopt(&mut self, assignment: &Assignment, generation: i32) {
        for (member, given) in self.members.iter_mut().zip(assignment) {
            member.claims = given.clone();
            member.claims.sort_unstable();
            member.generation = generation;
        }
    }

    /// One change of membership or of a topic.
    fn change(&mut self) {
        let count = self.members.len();
        match self.random.next_int(3) {
            0 if count > 1 => {
                let leaver = self.random.next_int(count as i32) as usize;
                self.members.remove(leaver);
            }
            1 => {
                let topic = self.random.next_int(self.topics.len() as i32) as usize;
                self.topics[topic].partitions += 1 + self.random.next_int(3) as u32;
                self.topics[topic].racks.clear();
            }
            _ => {
                let known: BTreeSet<&str> = self.members.iter().map(|it| it.id).collect();
                let Some(id) = MEMBER_IDS.iter().find(|id| !known.contains(**id)) else {
                    return;
                };
                let topics = self.members[0].topics.clone();
                self.members.push(Member {
                    id,
                    instance: None,
                    rack: None,
                    topics,
                    claims: Vec::new(),
                    generation: -1,
                });
            }
        }
    }

    /// Who has each partition; fails if two have it, or one that did not ask for it.
    fn owners(&self, assignment: &Assignment, seed: i64) -> BTreeMap<Partition, &str> {
        let mut owners = BTreeMap::new();
        for (member, partitions) in self.members.iter().zip(assignment) {
            for partition in partitions {
                assert!(member.topics.contains(&partition.topic), "seed {seed}");
                let other = owners.insert(*partition, member.id);
                assert_eq!(other, None, "seed {seed}: {partition:?} has two owners");
            }
        }
        owners
    }

    /// All partitions somebody subscribes to.
    fn wanted(&self) -> BTreeSet<Partition> {
        let topics: BTreeSet<u32> = self
            .members
            .iter()
            .flat_map(|it| &it.topics)
            .copied()
            .collect();
        let numbers = |topic: u32| 0..self.topics[topic as usize].partitions;
        let of = |topic: u32| numbers(topic).map(move |number| Partition { topic, number });
        topics.into_iter().flat_map(of).collect()
    }

    fn assert_complete(&self, assignment: &Assignment, seed: i64) {
        let given: BTreeSet<Partition> = self.owners(assignment, seed).into_keys().collect();
        assert_eq!(
            given,
            self.wanted(),
            "seed {seed}: not every partition has an owner"
        );
    }
}

fn assert_even(assignment: &Assignment, seed: i64) {
    let sizes: Vec<usize> = assignment.iter().map(Vec::len).collect();
    let (least, most) = (sizes.iter().min(), sizes.iter().max());
    let difference = most.unwrap_or(&0) - least.unwrap_or(&0);
    assert!(difference <= 1, "seed {seed}: sizes {sizes:?}");
}

/// ASG-1: with any subscriptions, every wanted partition gets exactly one owner, who
/// subscribes to it, over a series of changes.
#[test]
fn every_partition_gets_one_owner_that_wants_it() {
    for seed in SEEDS {
        let mut group = Group::new(seed, false, Racks::Sometimes);
        for generation in 1..6 {
            for assign in [range, round_robin] {
                group.assert_complete(&assign(&group.topics, &group.members), seed);
            }
            let given = sticky(&group.topics, &group.members);
            group.assert_complete(&given, seed);
            group.adopt(&given, generation);
            group.change();
        }
    }
}

/// ASG-2: with equal subscriptions sizes differ by at most one, whatever was owned.
#[test]
fn equal_subscriptions_give_even_sizes() {
    for seed in SEEDS {
        let mut group = Group::new(seed, true, Racks::Sometimes);
        for generation in 1..6 {
            assert_even(&round_robin(&group.topics, &group.members), seed);
            let given = sticky(&group.topics, &group.members);
            assert_even(&given, seed);
            group.adopt(&given, generation);
            group.change();
        }
    }
}

/// ASG-3 and ASG-4: a cooperative round never gives away what another member still
/// owns, and two rounds are enough for equal subscriptions.
#[test]
fn cooperative_rounds_hand_over_safely_and_soon() {
    for seed in SEEDS {
        let mut group = Group::new(seed, true, Racks::Never);
        let mut generation = 0;
        for _ in 0..5 {
            let mut rounds = 0;
            loop {
                rounds += 1;
                generation += 1;
                let given = cooperative_sticky(&group.topics, &group.members);
                let owners = group.owners(&given, seed);
                let mut somebody_revokes = false;
                for member in &group.members {
                    for owned in &member.claims {
                        let owner = owners.get(owned);
                        somebody_revokes |= owner != Some(&member.id);
                        let safe = owner.is_none_or(|owner| *owner == member.id);
                        assert!(safe, "seed {seed}: {owned:?} given away while owned");
                    }
                }
                let finished = !somebody_revokes;
                if finished {
                    group.assert_complete(&given, seed);
                    assert_even(&given, seed);
                }
                group.adopt(&given, generation);
                if finished {
                    break;
                }
                assert!(rounds < 2, "seed {seed}: {rounds} rounds were not enough");
            }
            group.change();
        }
    }
}

/// Stickiness: when nothing changed, nothing moves.
#[test]
fn nothing_moves_when_nothing_changed() {
    for seed in SEEDS {
        let mut group = Group::new(seed, seed % 2 == 0, Racks::Never);
        let given = sticky(&group.topics, &group.members);
        group.adopt(&given, 1);
        let again = sticky(&group.topics, &group.members);
        let before = group.owners(&given, seed);
        assert_eq!(group.owners(&again, seed), before, "seed {seed}");
    }
}
