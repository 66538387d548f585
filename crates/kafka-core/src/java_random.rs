//! `java.util.Random`, and the one question Kafka's placers and partitioners ask a
//! generator: "a number from 0 to bound - 1".
//!
//! Not a generator for the simulation: that one has named streams. This one exists
//! because Kafka's recorded placements were drawn from it.

/// A source of bounded numbers. The placers and the sticky partitioner take any.
pub trait NextInt {
    /// A number in `0..bound`. `bound` is at least 1.
    fn next_int(&mut self, bound: i32) -> i32;
}

/// `Collections.shuffle`: for i = n down to 2, swap element i-1 with a random one below i.
pub fn shuffle<T>(items: &mut [T], random: &mut dyn NextInt) {
    for i in (2..=items.len()).rev() {
        let other = random.next_int(i as i32) as usize;
        items.swap(i - 1, other);
    }
}

/// The linear congruential generator of `java.util.Random` (48 bits of state).
#[derive(Clone, Debug)]
pub struct JavaRandom {
    state: i64,
}

impl JavaRandom {
    const MULTIPLIER: i64 = 0x5_DEEC_E66D;
    const MASK: i64 = (1 << 48) - 1;

    /// `new Random(seed)`.
    pub fn new(seed: i64) -> Self {
        JavaRandom {
            state: (seed ^ Self::MULTIPLIER) & Self::MASK,
        }
    }

    /// The top `bits` (1 to 32) bits of the next state, sign included at 32.
    fn next(&mut self, bits: u32) -> i32 {
        self.state = self.state.wrapping_mul(Self::MULTIPLIER).wrapping_add(0xB) & Self::MASK;
        (self.state >> (48 - bits)) as i32
    }

    /// `nextInt()`: all 2^32 values.
    pub fn next_i32(&mut self) -> i32 {
        self.next(32)
    }

    /// `nextLong()`: two draws.
    pub fn next_i64(&mut self) -> i64 {
        let high = i64::from(self.next(32)) << 32;
        high.wrapping_add(i64::from(self.next(32)))
    }

    /// `nextBoolean()`.
    pub fn next_bool(&mut self) -> bool {
        self.next(1) != 0
    }

    /// `nextDouble()`: 53 random bits times 2^-53, in [0, 1).
    pub fn next_f64(&mut self) -> f64 {
        let high = i64::from(self.next(26)) << 27;
        let bits = high + i64::from(self.next(27));
        bits as f64 / (1i64 << 53) as f64
    }
}

impl NextInt for JavaRandom {
    /// `nextInt(bound)`: rejects the values that would favour small results.
    fn next_int(&mut self, bound: i32) -> i32 {
        assert!(bound > 0, "bound must be positive");
        let mut bits = self.next(31);
        if bound & (bound - 1) == 0 {
            return ((i64::from(bound) * i64::from(bits)) >> 31) as i32;
        }
        loop {
            let result = bits % bound;
            let (_, beyond_the_last_full_block) = (bits - result).overflowing_add(bound - 1);
            if !beyond_the_last_full_block {
                return result;
            }
            bits = self.next(31);
        }
    }
}
