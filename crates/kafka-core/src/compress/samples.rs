//! Records for tests, the same as Kafka's own classes were given when sizes were recorded.

use crate::record::Record;

/// Numbers of a fixed linear congruential sequence.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = (self.0)
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A record with that value.
pub(crate) fn record(key: Option<&str>, value: Vec<u8>, timestamp_ms: i64) -> Record {
    Record {
        key: key.map(|key| key.as_bytes().to_vec().into()),
        value: Some(value.into()),
        timestamp_ms,
        ..Record::default()
    }
}

/// Plausible records: orders as JSON, keyed by customer, a millisecond apart.
pub(crate) fn orders(count: i64) -> Vec<Record> {
    let mut dice = Dice(1);
    let items = ["keyboard", "mouse", "monitor", "cable", "lamp"];
    let order = |n| {
        let customer = dice.below(1_000);
        let item = items[dice.below(5) as usize];
        let (quantity, cents) = (1 + dice.below(9), dice.below(100_000));
        let value = format!(
            "{{\"order\":{n},\"customer\":\"c{customer}\",\"item\":\"{item}\",\"quantity\":{quantity},\"cents\":{cents}}}"
        );
        record(Some(&format!("c{customer}")), value.into_bytes(), n)
    };
    (0..count).map(order).collect()
}

/// Records that cannot be compressed.
pub(crate) fn noise(count: u32, bytes: u32) -> Vec<Record> {
    let mut dice = Dice(2);
    let value = |dice: &mut Dice| (0..bytes).map(|_| dice.below(256) as u8).collect();
    let records = (0..count).map(|_| record(None, value(&mut dice), 0));
    records.collect()
}

/// Records that compress very well.
pub(crate) fn same(count: u32, bytes: usize) -> Vec<Record> {
    (0..count)
        .map(|_| record(None, vec![b'x'; bytes], 0))
        .collect()
}
