//! The placer of the KRaft controller (`StripedReplicaPlacer`, section 2.2): leaders
//! wander over the racks, each rack deals its brokers in a striped order, and after as
//! many partitions as there are unfenced brokers everything is shuffled.

use super::PlacementError;
use crate::hash::java_string_hash;
use crate::java_hash_table::put_order;
use crate::java_random::{NextInt, shuffle};

/// A broker that may get replicas: registered and not shutting down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsableBroker<'a> {
    /// `node.id`.
    pub id: i32,
    /// `broker.rack`.
    pub rack: Option<&'a str>,
    /// Fenced brokers get replicas only when the unfenced ones of a rack are used up,
    /// and never the first.
    pub fenced: bool,
}

/// Places `partitions` new partitions; the first broker of each is its first leader.
///
/// Draws from `random` exactly as Kafka does: the same generator gives the same brokers.
///
/// # Errors
/// TOP-5: a factor below 1, nobody unfenced, or fewer brokers than replicas, in this
/// order, raised after the first draws.
pub fn place_striped(
    brokers: &[UsableBroker],
    partitions: u32,
    replication_factor: i32,
    random: &mut dyn NextInt,
) -> Result<Vec<Vec<i32>>, PlacementError> {
    let mut placer = Placer::new(brokers, random);
    if replication_factor <= 0 {
        return Err(PlacementError::ReplicationFactorNotPositive(
            replication_factor,
        ));
    }
    if placer.unfenced == 0 {
        return Err(PlacementError::AllBrokersFenced);
    }
    let replicas = replication_factor as usize;
    if replicas > brokers.len() {
        return Err(PlacementError::ReplicationFactorTooLarge {
            replication_factor,
            brokers: brokers.len(),
        });
    }
    Ok((0..partitions)
        .map(|_| placer.place(replicas, random))
        .collect())
}

/// The brokers of one rack that are fenced, or that are not, and who is next.
#[derive(Default)]
struct BrokerList {
    brokers: Vec<i32>,
    epoch: usize,
    index: usize,
    offset: usize,
}

impl BrokerList {
    fn initialize(&mut self, random: &mut dyn NextInt) {
        if !self.brokers.is_empty() {
            self.brokers.sort_unstable();
            self.offset = random.next_int(self.brokers.len() as i32) as usize;
        }
    }

    /// The next broker of this list for the partition of this epoch; each only once.
    fn next(&mut self, epoch: usize) -> Option<i32> {
        if self.brokers.is_empty() {
            return None;
        }
        if self.epoch != epoch {
            self.epoch = epoch;
            self.index = 0;
            self.offset = (self.offset + 1) % self.brokers.len();
        }
        if self.index >= self.brokers.len() {
            return None;
        }
        let at = (self.index + self.offset) % self.brokers.len();
        self.index += 1;
        Some(self.brokers[at])
    }
}

struct Rack {
    fenced: BrokerList,
    unfenced: BrokerList,
}

impl Rack {
    fn next(&mut self, epoch: usize) -> Option<i32> {
        self.unfenced
            .next(epoch)
            .or_else(|| self.fenced.next(epoch))
    }
}

struct Placer {
    /// In the order of Java's table, which is the order of the draws.
    racks: Vec<Rack>,
    /// Positions in `racks`: by name at first, shuffled later.
    rack_order: Vec<usize>,
    rack_offset: usize,
    unfenced: usize,
    /// Partitions placed since the last shuffle.
    epoch: usize,
}

impl Placer {
    fn new(brokers: &[UsableBroker], random: &mut dyn NextInt) -> Self {
        let names = rack_names_in_java_order(brokers);
        let list = |name: Option<&str>, fenced: bool| BrokerList {
            brokers: brokers
                .iter()
                .filter(|broker| broker.rack == name && broker.fenced == fenced)
                .map(|broker| broker.id)
                .collect(),
            ..BrokerList::default()
        };
        let mut racks: Vec<Rack> = names
            .iter()
            .map(|name| Rack {
                fenced: list(*name, true),
                unfenced: list(*name, false),
            })
            .collect();
        for rack in &mut racks {
            rack.fenced.initialize(random);
            rack.unfenced.initialize(random);
        }
        let mut rack_order: Vec<usize> = (0..racks.len()).collect();
        // Java compares strings by UTF-16 unit; "no rack" sorts before every name.
        rack_order.sort_by_key(|at| names[*at].map(|name| name.encode_utf16().collect::<Vec<_>>()));
        let rack_offset = match racks.len() {
            0 => 0,
            count => random.next_int(count as i32) as usize,
        };
        Placer {
            racks,
            rack_order,
            rack_offset,
            unfenced: brokers.iter().filter(|broker| !broker.fenced).count(),
            epoch: 0,
        }
    }

    /// One partition. The caller has checked that there are enough brokers.
    fn place(&mut self, replication_factor: usize, random: &mut dyn NextInt) -> Vec<i32> {
        if self.epoch == self.unfenced && self.unfenced > 1 {
            self.shuffle(random);
            self.epoch = 0;
        }
        if self.rack_offset == self.rack_order.len() {
            self.rack_offset = 0;
        }
        let (leader, leader_rack) = self.leader();
        let mut replicas = vec![leader];
        let mut skipped_leader_rack = false;
        let mut at = self.rack_offset;
        while replicas.len() < replication_factor {
            if at == leader_rack && !skipped_leader_rack {
                skipped_leader_rack = true;
            } else {
                let rack = &mut self.racks[self.rack_order[at]];
                replicas.extend(rack.next(self.epoch));
            }
            at = (at + 1) % self.rack_order.len();
        }
        self.epoch += 1;
        self.rack_offset += 1;
        replicas
    }

    /// The first unfenced broker from the rack offset on, and the position of its rack.
    fn leader(&mut self) -> (i32, usize) {
        let mut at = self.rack_offset;
        loop {
            let rack = &mut self.racks[self.rack_order[at]];
            if let Some(broker) = rack.unfenced.next(self.epoch) {
                return (broker, at);
            }
            at = (at + 1) % self.rack_order.len();
        }
    }

    fn shuffle(&mut self, random: &mut dyn NextInt) {
        shuffle(&mut self.rack_order, random);
        for rack in &mut self.racks {
            shuffle(&mut rack.fenced.brokers, random);
            shuffle(&mut rack.unfenced.brokers, random);
        }
    }
}

/// The distinct racks in the order in which Kafka initialises and shuffles them.
fn rack_names_in_java_order<'a>(brokers: &[UsableBroker<'a>]) -> Vec<Option<&'a str>> {
    let mut names: Vec<Option<&str>> = Vec::new();
    for broker in brokers {
        if !names.contains(&broker.rack) {
            names.push(broker.rack);
        }
    }
    let hashes: Vec<i32> = names
        .iter()
        .map(|name| name.map_or(0, java_string_hash))
        .collect();
    put_order(&hashes)
        .into_iter()
        .map(|position| names[position])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator that always says 0, and counts.
    struct Zero(u32);

    impl NextInt for Zero {
        fn next_int(&mut self, _bound: i32) -> i32 {
            self.0 += 1;
            0
        }
    }

    fn brokers<'a>(racks: &[(i32, Option<&'a str>, bool)]) -> Vec<UsableBroker<'a>> {
        racks
            .iter()
            .map(|&(id, rack, fenced)| UsableBroker { id, rack, fenced })
            .collect()
    }

    /// The rows of section 2.2 whose partitions come before the first shuffle.
    #[test]
    fn rows_of_the_rule_table() {
        let plain = brokers(&[
            (0, None, false),
            (1, None, false),
            (2, None, false),
            (3, None, true),
        ]);
        assert_eq!(
            place_striped(&plain, 3, 4, &mut Zero(0)),
            Ok(vec![vec![0, 1, 2, 3], vec![1, 2, 0, 3], vec![2, 0, 1, 3]])
        );
        let one_each = brokers(&[
            (0, Some("A"), false),
            (1, Some("B"), false),
            (2, Some("C"), false),
            (3, Some("D"), false),
        ]);
        assert_eq!(
            place_striped(&one_each, 4, 3, &mut Zero(0)),
            Ok(vec![
                vec![0, 1, 2],
                vec![1, 2, 3],
                vec![2, 3, 0],
                vec![3, 0, 1]
            ])
        );
    }

    /// Errors come after the draws: the generator moved although nothing was placed.
    #[test]
    fn an_error_is_raised_after_the_first_draws() {
        let fenced = brokers(&[(0, None, true)]);
        let mut random = Zero(0);
        let verdict = place_striped(&fenced, 1, 1, &mut random);
        assert_eq!(verdict, Err(PlacementError::AllBrokersFenced));
        assert_eq!(random.0, 2);
        assert_eq!(
            place_striped(&[], 1, 1, &mut Zero(0)),
            Err(PlacementError::AllBrokersFenced)
        );
    }
}
