//! Row 1: the event queue and loop alone. Three nodes with empty handlers, K
//! messages in flight, each delivery sends the next after 1 to 10 ms.
//!
//! The world's own kernel beside a bare binary heap and a bare calendar, all with
//! the same delays, the same content and a digest of what was delivered.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kafka_core::types::Time;
use kafka_sim::digest::Digest;
use kafka_sim::kernel::Kernel;

use crate::reference::{Bare, Calendar, Delays, churn, handle};
use crate::{Meter, Report};

/// Rounds, interleaved; the fastest of each counts.
const ROUNDS: u32 = 5;

/// What is in flight: from, to and two words a handler might read.
type Content = [u64; 3];

fn run_kernel(in_flight: u64, events: u64) -> u64 {
    let (mut delays, mut digest, mut nodes) = (Delays(1), Digest::default(), [0; 3]);
    let mut kernel: Kernel<Content> = Kernel::default();
    for number in 0..in_flight {
        kernel.push(Time(delays.next()), [number, 0, 0]);
    }
    for _ in 0..events {
        let Some(key) = kernel.next(Time(u64::MAX)) else {
            break;
        };
        let Some(content) = kernel.take(key) else {
            break;
        };
        let now = kernel.now().0;
        digest.word(now ^ content[0] << 48);
        let content = handle(&mut nodes, content);
        kernel.push(Time(now + delays.next()), content);
    }
    digest.value()
}

/// Row 1, for each number of messages in flight.
pub fn kernel(meter: Meter<'_>, in_flight: &[u64], events: u64) -> Vec<Report> {
    let bench = |in_flight: &u64| {
        let in_flight = *in_flight;
        let mut best = [f64::INFINITY; 3];
        let mut digests = [0; 3];
        for _ in 0..ROUNDS {
            let heap = || {
                churn(
                    &mut BinaryHeap::<Reverse<Bare<3>>>::new(),
                    in_flight,
                    events,
                )
            };
            // A ring of 16 ms holds every delay; about four events a bucket.
            let shift = (4 * 5_500 / in_flight.max(1)).max(1).ilog2().min(10);
            let calendar = || {
                let mut queue = Calendar::<3>::new(shift, 1 << (14 - shift));
                churn(&mut queue, in_flight, events)
            };
            let runs: [&dyn Fn() -> u64; 3] = [&|| run_kernel(in_flight, events), &heap, &calendar];
            for (place, run) in runs.into_iter().enumerate() {
                let (digest, seconds) = meter.time(run);
                best[place] = best[place].min(seconds);
                digests[place] = digest;
            }
        }
        let [kernel, heap, calendar] = best;
        Report::new("kernel")
            .count("in_flight", in_flight)
            .events(events, kernel)
            .measure("heap_events_per_s", events as f64 / heap)
            .measure("calendar_events_per_s", events as f64 / calendar)
            .measure("ratio_to_better", heap.min(calendar) / kernel)
            .count(
                "same_order",
                u64::from(digests[0] == digests[1] && digests[1] == digests[2]),
            )
            .digest(digests[0])
            .peak(meter)
    };
    in_flight.iter().map(bench).collect()
}
