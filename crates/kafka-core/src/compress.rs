//! Compression of a batch's records (`compression.type`): all records of a batch are one
//! block, written as Kafka 4.3 writes it. What stands before the records is never compressed.
//!
//! The codecs are the Rust crates of their names; around their output goes what Kafka's
//! streams put there: the header and trailer of `GZIPOutputStream`, the frame of
//! `Lz4BlockOutputStream`, that of snappy-java. Kafka calls zlib, lz4, snappy and zstd in C,
//! so the sizes are near its own, not always equal. Measured on orders as JSON (see the
//! tests): batches of one to three small records are byte for byte as long (snappy up to 9%
//! shorter, zstd 3 bytes shorter to 16% longer); at 16 kB gzip is 1.3% shorter, snappy
//! equal, lz4 0.6% longer, and zstd 31% longer, since its crate knows only zstd's fastest way
//! (records that are all the same: nearly three times as long). Levels cannot be chosen: each
//! codec works at Kafka's default, whatever `compression.gzip.level` and the like say.
//!
//! Not here: when a batch is compressed, reading what was compressed (bodies keep their
//! records). Invariant: the same bytes in give the same bytes out, on every platform.

use miniz_oxide::deflate::core as deflate;

use crate::hash::crc32;

/// A codec, by its number in a batch's attributes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Compression {
    /// Records stand there as they are.
    #[default]
    None,
    /// deflate with gzip's header and trailer, level 6.
    Gzip,
    /// Blocks of 32 kB, as snappy-java writes them.
    Snappy,
    /// A frame of independent blocks of 64 kB.
    Lz4,
    /// One frame.
    Zstd,
}

impl Compression {
    /// All of them, in the order of their numbers.
    pub const ALL: [Compression; 5] = [
        Compression::None,
        Compression::Gzip,
        Compression::Snappy,
        Compression::Lz4,
        Compression::Zstd,
    ];

    /// Kafka's name, as in `compression.type`.
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Snappy => "snappy",
            Compression::Lz4 => "lz4",
            Compression::Zstd => "zstd",
        }
    }

    /// The codec of that name.
    pub fn of(name: &str) -> Option<Compression> {
        let mut all = Compression::ALL.into_iter();
        all.find(|codec| codec.name() == name)
    }

    /// Its bits in a batch's attributes.
    pub fn attribute_bits(self) -> i16 {
        self as i16
    }

    /// The block that stands for these bytes.
    pub fn compress(self, raw: &[u8]) -> Vec<u8> {
        match self {
            Compression::None => raw.to_vec(),
            Compression::Gzip => gzip(raw),
            Compression::Snappy => snappy(raw),
            Compression::Lz4 => lz4(raw),
            Compression::Zstd => zstd(raw),
        }
    }
}

/// What Java writes: deflate, no flags, no time, unknown system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// `Deflater.DEFAULT_COMPRESSION` of zlib.
const DEFLATE_LEVEL: i32 = 6;

/// Up to here deflate's own codes may need less room than codes made for the block. zlib
/// always writes the shorter; the crate only looks at them in blocks below 48 bytes.
const FIXED_CODES_BYTES_MAX: usize = 512;

fn gzip(raw: &[u8]) -> Vec<u8> {
    let mut block = deflated(raw, deflate::CompressionStrategy::Default);
    if raw.len() <= FIXED_CODES_BYTES_MAX {
        let fixed = deflated(raw, deflate::CompressionStrategy::Fixed);
        if fixed.len() < block.len() {
            block = fixed;
        }
    }
    let mut bytes = GZIP_HEADER.to_vec();
    bytes.append(&mut block);
    bytes.extend(crc32(raw).to_le_bytes());
    bytes.extend((raw.len() as u32).to_le_bytes());
    bytes
}

fn deflated(raw: &[u8], strategy: deflate::CompressionStrategy) -> Vec<u8> {
    let no_zlib_header = 0;
    let flags =
        deflate::create_comp_flags_from_zip_params(DEFLATE_LEVEL, no_zlib_header, strategy as i32);
    let mut compressor = deflate::CompressorOxide::new(flags);
    let mut out = Vec::new();
    let finish = deflate::TDEFLFlush::Finish;
    deflate::compress_to_output(&mut compressor, raw, finish, |bytes| {
        out.extend_from_slice(bytes);
        true
    });
    out
}

/// Magic, then version and least compatible version of snappy-java's stream.
const SNAPPY_HEADER: [u8; 16] = *b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01";

const SNAPPY_BLOCK_BYTES: usize = 32 * 1_024;

fn snappy(raw: &[u8]) -> Vec<u8> {
    let mut encoder = snap::raw::Encoder::new();
    let mut bytes = SNAPPY_HEADER.to_vec();
    for block in raw.chunks(SNAPPY_BLOCK_BYTES) {
        let block = encoder.compress_vec(block);
        let block = block.expect("snappy refuses only blocks above 4 GB");
        bytes.extend((block.len() as u32).to_be_bytes());
        bytes.extend(block);
    }
    bytes
}

/// Magic, version 1 with independent blocks, blocks of at most 64 kB, checksum of these two.
const LZ4_HEADER: [u8; 7] = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];

/// Kafka fills blocks of 65,536 bytes. The crate hashes blocks of 65,535 and more in another
/// way where addresses have 64 bits, and a result may not depend on the machine.
const LZ4_BLOCK_BYTES: usize = 65_534;

/// Says of a block's length that the block is not compressed, since that would not help.
const LZ4_NOT_COMPRESSED: u32 = 1 << 31;

fn lz4(raw: &[u8]) -> Vec<u8> {
    let mut bytes = LZ4_HEADER.to_vec();
    for block in raw.chunks(LZ4_BLOCK_BYTES) {
        let compressed = lz4_flex::block::compress(block);
        if compressed.len() < block.len() {
            bytes.extend((compressed.len() as u32).to_le_bytes());
            bytes.extend(compressed);
        } else {
            bytes.extend((block.len() as u32 | LZ4_NOT_COMPRESSED).to_le_bytes());
            bytes.extend(block);
        }
    }
    let end_mark = 0_u32;
    bytes.extend(end_mark.to_le_bytes());
    bytes
}

fn zstd(raw: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(raw, ruzstd::encoding::CompressionLevel::Fastest)
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
