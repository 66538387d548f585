//! The swarm's own random numbers, apart from the world's.

use kafka_core::node::mix;
use kafka_core::types::Duration;

/// A counter-based generator: SplitMix64.
pub(crate) struct Dice {
    seed: u64,
    rolls: u64,
}

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice {
            seed: mix(seed ^ 0x5357_4152_4d00_0000),
            rolls: 0,
        }
    }

    /// The same seed's numbers for another purpose: more draws there move none here.
    pub fn stream(seed: u64, purpose: u64) -> Dice {
        Dice::new(mix(seed.wrapping_add(purpose << 48)))
    }

    fn bits(&mut self) -> u64 {
        self.rolls += 1;
        mix(self.seed.wrapping_add(mix(self.rolls)))
    }

    /// A number in `from..=to`.
    pub fn number(&mut self, from: u64, to: u64) -> u64 {
        from + ((u128::from(self.bits()) * u128::from(to - from + 1)) >> 64) as u64
    }

    /// True in `percent` of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.number(1, 100) <= percent
    }

    /// One of them; there must be one.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.number(0, from.len() as u64 - 1) as usize]
    }

    /// A span of so many milliseconds.
    pub fn ms(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_ms(self.number(from, to))
    }
}
