//! Placement on random clusters (section 2.2): what must hold whatever is drawn.

use kafka_core::java_random::{JavaRandom, NextInt};
use kafka_core::placement::{UsableBroker, place_striped};
use std::collections::{BTreeMap, BTreeSet};

const RACKS: [&str; 4] = ["a", "b", "c", "d"];

fn cluster(random: &mut JavaRandom) -> Vec<UsableBroker<'static>> {
    let racks = random.next_int(RACKS.len() as i32 + 1) as usize;
    let count = 1 + random.next_int(12);
    (0..count)
        .map(|id| UsableBroker {
            id,
            rack: RACKS[..racks].get(id as usize % racks.max(1)).copied(),
            fenced: random.next_int(4) == 0,
        })
        .collect()
}

/// Every partition has as many different brokers as asked for, the first unfenced; a
/// rack gets a second replica only when every rack with a broker to spare has one.
#[test]
fn replicas_are_distinct_led_by_an_unfenced_broker_and_spread_over_racks() {
    for seed in 0..500 {
        let mut random = JavaRandom::new(seed);
        let brokers = cluster(&mut random);
        let factor = 1 + random.next_int(brokers.len() as i32);
        let placed = place_striped(&brokers, 20, factor, &mut random);
        if brokers.iter().all(|broker| broker.fenced) {
            assert!(placed.is_err(), "seed {seed}");
            continue;
        }
        let by_id: BTreeMap<i32, &UsableBroker> = brokers.iter().map(|it| (it.id, it)).collect();
        let racks: BTreeSet<Option<&str>> = brokers.iter().map(|it| it.rack).collect();
        for replicas in placed.unwrap_or_else(|error| panic!("seed {seed}: {error}")) {
            let distinct: BTreeSet<i32> = replicas.iter().copied().collect();
            assert_eq!(distinct.len(), factor as usize, "seed {seed}: {replicas:?}");
            assert!(!by_id[&replicas[0]].fenced, "seed {seed}: {replicas:?}");
            let used: BTreeSet<Option<&str>> = replicas.iter().map(|id| by_id[id].rack).collect();
            let most = racks.len().min(factor as usize);
            assert_eq!(used.len(), most, "seed {seed}: {replicas:?}");
        }
    }
}

/// Leadership goes round the racks: with equal racks, each leads equally often.
#[test]
fn racks_lead_equally_often() {
    for seed in 0..200 {
        let mut random = JavaRandom::new(seed);
        let per_rack = 1 + random.next_int(3) as usize;
        let brokers: Vec<UsableBroker> = (0..3 * per_rack)
            .map(|id| UsableBroker {
                id: id as i32,
                rack: Some(RACKS[id % 3]),
                fenced: false,
            })
            .collect();
        let placed = place_striped(&brokers, brokers.len() as u32, 3, &mut random);
        let mut led = [0; 3];
        for replicas in placed.unwrap_or_else(|error| panic!("seed {seed}: {error}")) {
            led[replicas[0] as usize % 3] += 1;
        }
        assert_eq!(led, [per_rack; 3], "seed {seed}");
    }
}
