//! Variable-length integers of Kafka's wire format: seven bits a byte, lowest first,
//! the top bit saying "more follows"; signed ones zig-zag first.

/// Appends an unsigned 32-bit varint (1 to 5 bytes).
pub fn write_unsigned_varint(value: u32, out: &mut Vec<u8>) {
    write_groups(u64::from(value), out);
}

/// Appends a zig-zag 32-bit varint (1 to 5 bytes).
pub fn write_varint(value: i32, out: &mut Vec<u8>) {
    write_groups(u64::from(zigzag32(value)), out);
}

/// Appends a zig-zag 64-bit varlong (1 to 10 bytes).
pub fn write_varlong(value: i64, out: &mut Vec<u8>) {
    write_groups(zigzag64(value), out);
}

/// Bytes that [`write_unsigned_varint`] appends.
pub fn size_of_unsigned_varint(value: u32) -> u32 {
    groups(u64::from(value))
}

/// Bytes that [`write_varint`] appends.
pub fn size_of_varint(value: i32) -> u32 {
    groups(u64::from(zigzag32(value)))
}

/// Bytes that [`write_varlong`] appends.
pub fn size_of_varlong(value: i64) -> u32 {
    groups(zigzag64(value))
}

/// Reads an unsigned 32-bit varint from the front of `bytes`: the value and the bytes
/// used. `None` if the bytes end early or the value is longer than five bytes.
pub fn read_unsigned_varint(bytes: &[u8]) -> Option<(u32, usize)> {
    read_groups(bytes, 5).map(|(value, used)| (value as u32, used))
}

/// Reads a zig-zag 32-bit varint; see [`read_unsigned_varint`].
pub fn read_varint(bytes: &[u8]) -> Option<(i32, usize)> {
    let (value, used) = read_unsigned_varint(bytes)?;
    Some((((value >> 1) as i32) ^ -((value & 1) as i32), used))
}

/// Reads a zig-zag 64-bit varlong; `None` if it ends early or is longer than ten bytes.
pub fn read_varlong(bytes: &[u8]) -> Option<(i64, usize)> {
    let (value, used) = read_groups(bytes, 10)?;
    Some((((value >> 1) as i64) ^ -((value & 1) as i64), used))
}

fn zigzag32(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)) as u32
}

fn zigzag64(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn write_groups(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Seven-bit groups needed; zero needs one.
fn groups(value: u64) -> u32 {
    (64 - (value | 1).leading_zeros()).div_ceil(7)
}

fn read_groups(bytes: &[u8], longest: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (at, byte) in bytes.iter().take(longest).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written is read back, and the size functions count it, at every
    /// border of a seven-bit group.
    #[test]
    fn every_group_border_is_written_counted_and_read_back() {
        for shift in 0..64 {
            for near in [-1i64, 0, 1] {
                let long = (1i64 << shift).wrapping_add(near);
                let mut bytes = Vec::new();
                write_varlong(long, &mut bytes);
                assert_eq!(bytes.len() as u32, size_of_varlong(long), "{long}");
                assert_eq!(read_varlong(&bytes), Some((long, bytes.len())));
                assert_eq!(read_varlong(&bytes[..bytes.len() - 1]), None);
                let int = long as i32;
                bytes.clear();
                write_varint(int, &mut bytes);
                assert_eq!(bytes.len() as u32, size_of_varint(int), "{int}");
                assert_eq!(read_varint(&bytes), Some((int, bytes.len())));
            }
        }
    }

    #[test]
    fn a_varint_that_never_ends_is_refused() {
        assert_eq!(read_unsigned_varint(&[0x80; 6]), None);
        assert_eq!(read_varlong(&[0xff; 11]), None);
    }
}
