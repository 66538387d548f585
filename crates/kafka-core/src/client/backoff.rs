//! Kafka's exponential back-off with jitter (KIP-580).

use crate::node::{Prng, Stream};
use crate::types::Duration;

/// How long to wait before attempt number `attempts + 1`: the initial value
/// doubled once an attempt, capped, then spread by +-20 % and capped again.
/// Without room to grow (`max_ms <= initial_ms`) there is no jitter either.
pub fn backoff(prng: &mut Prng, initial_ms: u32, max_ms: u32, attempts: u32) -> Duration {
    if max_ms <= initial_ms {
        return Duration::from_ms(u64::from(initial_ms));
    }
    let doubled = u64::from(initial_ms) << attempts.min(31);
    let term_us = doubled.min(u64::from(max_ms)) * 1_000;
    let permille = 800 + u64::from(prng.below(Stream::Backoff, 401));
    Duration((term_us * permille / 1_000).min(u64::from(max_ms) * 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::NodeId;

    /// PRO-8, KIP-580: 100 ms doubles to at most 1 s, within 20 %.
    #[test]
    fn it_doubles_within_its_bounds() {
        let mut prng = Prng::new(7, NodeId(10_000));
        for (attempts, term_ms) in [(0, 100), (1, 200), (2, 400), (3, 800), (9, 1_000)] {
            let wait = backoff(&mut prng, 100, 1_000, attempts).0;
            assert!(wait >= term_ms * 800, "{attempts}: {wait}");
            assert!(
                wait <= (term_ms * 1_200).min(1_000_000),
                "{attempts}: {wait}"
            );
        }
        assert_eq!(backoff(&mut prng, 50, 50, 3), Duration::from_ms(50));
    }
}
