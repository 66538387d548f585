//! The hash functions that decide where things live in Kafka: murmur2 for keyed
//! records, Java's string hash for coordinators, CRC-32C for record batches, CRC-32 for gzip.
//!
//! Pure functions on bytes and text; nothing here knows what a partition holds.
//! Invariant: all arithmetic is the 32-bit wrapping arithmetic of the JVM, so the
//! results are Kafka's, bit by bit.

/// Kafka's murmur2 (`Utils.murmur2`) of a key, as the signed 32-bit number Java
/// prints. Rule PRO-2.
pub fn murmur2(key: &[u8]) -> i32 {
    const SEED: u32 = 0x9747_b28c;
    const M: u32 = 0x5bd1_e995;
    // Java lengths are 32-bit; a longer slice cannot come from a Kafka key.
    let mut h = SEED ^ (key.len() as u32);
    let mut words = key.chunks_exact(4);
    for word in &mut words {
        let mut k = u32::from_le_bytes([word[0], word[1], word[2], word[3]]).wrapping_mul(M);
        k ^= k >> 24;
        h = h.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let tail = words.remainder();
    if !tail.is_empty() {
        for (at, byte) in tail.iter().enumerate() {
            h ^= u32::from(*byte) << (8 * at);
        }
        h = h.wrapping_mul(M);
    }
    h ^= h >> 13;
    h = h.wrapping_mul(M);
    (h ^ (h >> 15)) as i32
}

/// Kafka's `Utils.toPositive`: clears the sign bit. Not the absolute value.
pub fn to_positive(number: i32) -> i32 {
    number & i32::MAX
}

/// Kafka's `Utils.abs`: the absolute value, and 0 for the one number without one.
pub fn java_abs(number: i32) -> i32 {
    number.checked_abs().unwrap_or(0)
}

/// `String.hashCode()` of Java: 31 * h + UTF-16 unit, wrapping.
pub fn java_string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}

/// The partition of `__consumer_offsets`, `__transaction_state` or
/// `__share_group_state` that owns `name` (a group id, a transactional id, or a
/// share partition key): `abs(hash) mod partitions`.
///
/// # Panics
/// If `partitions` is 0: an internal topic always has at least one.
pub fn coordinator_partition(name: &str, partitions: u32) -> u32 {
    java_abs(java_string_hash(name)).unsigned_abs() % partitions
}

const CRC32C_POLYNOMIAL_REVERSED: u32 = 0x82f6_3b78;
const CRC32_POLYNOMIAL_REVERSED: u32 = 0xedb8_8320;

/// A checksum after so many bits more.
const fn crc_shifted(mut crc: u32, bits: u32, polynomial: u32) -> u32 {
    let mut bit = 0;
    while bit < bits {
        crc = if crc & 1 == 1 {
            (crc >> 1) ^ polynomial
        } else {
            crc >> 1
        };
        bit += 1;
    }
    crc
}

/// Eight tables, so that eight bytes are folded in one step.
const CRC32C_TABLES: [[u32; 256]; 8] = crc32c_tables();

const fn crc32c_tables() -> [[u32; 256]; 8] {
    let mut tables = [[0u32; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        tables[0][byte] = crc_shifted(byte as u32, 8, CRC32C_POLYNOMIAL_REVERSED);
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[table - 1][byte];
            tables[table][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

/// CRC-32C (Castagnoli) of `bytes`, the checksum of a record batch.
pub fn crc32c(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let low = crc ^ u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
        let mut folded = 0;
        for (at, byte) in low.to_le_bytes().iter().chain(&word[4..]).enumerate() {
            folded ^= CRC32C_TABLES[7 - at][usize::from(*byte)];
        }
        crc = folded;
    }
    for byte in words.remainder() {
        let slot = usize::from((crc as u8) ^ byte);
        crc = (crc >> 8) ^ CRC32C_TABLES[0][slot];
    }
    !crc
}

/// CRC-32 of the polynomial of gzip, by half bytes: a table of 64 bytes.
const CRC32_TABLE: [u32; 16] = crc32_table();

const fn crc32_table() -> [u32; 16] {
    let mut table = [0; 16];
    let mut half = 0;
    while half < 16 {
        table[half] = crc_shifted(half as u32, 4, CRC32_POLYNOMIAL_REVERSED);
        half += 1;
    }
    table
}

/// CRC-32 (ISO-HDLC) of `bytes`, the checksum at the end of a gzip block.
pub fn crc32(bytes: &[u8]) -> u32 {
    let half = |crc: u32| (crc >> 4) ^ CRC32_TABLE[(crc & 0xf) as usize];
    let byte = |crc: u32, byte: &u8| half(half(crc ^ u32::from(*byte)));
    !bytes.iter().fold(!0, byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value every CRC-32C has for "123456789", and the two lengths around
    /// the eight-byte step give the same as a byte-by-byte computation.
    #[test]
    fn crc32c_agrees_with_the_published_check_value_and_with_itself_by_bytes() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        let bytes: Vec<u8> = (0u8..=40).collect();
        for end in 0..bytes.len() {
            let mut slow = !0u32;
            for byte in &bytes[..end] {
                slow = (slow >> 8) ^ CRC32C_TABLES[0][usize::from((slow as u8) ^ byte)];
            }
            assert_eq!(crc32c(&bytes[..end]), !slow, "length {end}");
        }
    }

    /// The check value every CRC-32 has for "123456789".
    #[test]
    fn crc32_agrees_with_the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    /// PRO-2: a row of the table in the rules with a tail of each length.
    #[test]
    fn murmur2_of_the_rule_table() {
        assert_eq!(murmur2(b""), 275_646_681);
        assert_eq!(murmur2(b"21"), -973_932_308);
        assert_eq!(murmur2(b"abc"), 479_470_107);
        assert_eq!(to_positive(murmur2(b"foobar")), 1_357_151_166);
    }

    /// The famous string whose hash is the smallest integer lives in partition 0.
    #[test]
    fn the_smallest_hash_has_no_absolute_value_and_goes_to_partition_0() {
        assert_eq!(java_string_hash("polygenelubricants"), i32::MIN);
        assert_eq!(coordinator_partition("polygenelubricants", 50), 0);
    }
}
