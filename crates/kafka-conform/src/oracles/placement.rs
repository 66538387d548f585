//! Both replica placers, the KRaft one with every draw it made.

use super::fields::{Fields, Trouble, as_int, number_of, same};
use kafka_core::java_random::{JavaRandom, NextInt};
use kafka_core::placement::{
    BrokerRack, PlacementError, UsableBroker, assign_replicas_to_brokers, place_striped,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Java's generator, writing down each call and its result.
struct Recorder {
    random: JavaRandom,
    calls: Vec<(i32, i32)>,
}

impl NextInt for Recorder {
    fn next_int(&mut self, bound: i32) -> i32 {
        let result = self.random.next_int(bound);
        self.calls.push((bound, result));
        result
    }
}

/// `striped-placer.jsonl`.
pub fn striped(case: &Fields) -> Result<(), Trouble> {
    let mut brokers = Vec::new();
    for broker in case.objects("brokers")? {
        brokers.push(UsableBroker {
            id: broker.int("id")?,
            rack: broker.find("rack").and_then(Value::as_str),
            fenced: broker.flag("fenced")?,
        });
    }
    let mut random = Recorder {
        random: JavaRandom::new(case.int("seed")?),
        calls: Vec::new(),
    };
    let factor = case.int("replicationFactor")?;
    match place_striped(&brokers, case.int("partitions")?, factor, &mut random) {
        Err(error) => same_error(case, &error)?,
        Ok(ours) => {
            let kafka: Option<Vec<Vec<i32>>> =
                case.list("replicas")?.iter().map(integers).collect();
            same("replicas", kafka, Some(ours))?;
        }
    }
    let kafka: Option<Vec<Vec<i32>>> = case.list("nextIntCalls")?.iter().map(integers).collect();
    let ours = random.calls.iter().map(|call| vec![call.0, call.1]);
    same("nextIntCalls", kafka, Some(ours.collect()))
}

/// `admin-utils.jsonl`.
pub fn admin_utils(case: &Fields) -> Result<(), Trouble> {
    let mut brokers = Vec::new();
    for broker in case.objects("brokers")? {
        brokers.push(BrokerRack {
            id: broker.int("id")?,
            rack: broker.find("rack").and_then(Value::as_str),
        });
    }
    let fixed = case.find("fixedStartIndex").and_then(as_int::<u32>);
    let fixed = fixed
        .ok_or_else(|| Trouble::Unsupported("the random start was not recorded".to_string()))?;
    let placed = assign_replicas_to_brokers(
        &brokers,
        case.int("partitions")?,
        case.int("replicationFactor")?,
        Some(fixed),
        case.int("startPartitionId")?,
        &mut JavaRandom::new(0),
    );
    match placed {
        Err(error) => same_error(case, &error),
        Ok(ours) => {
            let mut kafka = BTreeMap::new();
            for (partition, replicas) in case.table("replicas")? {
                let replicas = integers(replicas)
                    .ok_or_else(|| Trouble::Malformed(format!("replicas of {partition}")))?;
                kafka.insert(number_of::<i32>(partition)?, replicas);
            }
            same("replicas", kafka, ours)
        }
    }
}

fn integers(list: &Value) -> Option<Vec<i32>> {
    list.as_array()?.iter().map(as_int).collect()
}

/// Exception class (without its package, which moved) and message.
fn same_error(case: &Fields, ours: &PlacementError) -> Result<(), Trouble> {
    let Some(error) = case.find("error") else {
        return Err(Trouble::Different(format!("Kafka succeeds, ours: {ours}")));
    };
    let error = Fields::new(error);
    let class = error.text("exception")?.rsplit('.').next();
    same("exception", class, Some(ours.exception()))?;
    same("message", error.text("message")?, ours.to_string())
}
