//! Kafka's primitive types in bytes, as the records of `__consumer_offsets` use them.
//!
//! Not here: what a record consists of (`codec`, `modern::codec`). Invariant: reading
//! never panics; bytes that end early or make no sense give `None`.

use std::rc::Rc;

use crate::types::{Bytes, Name, Uuid};
use crate::varint::{read_unsigned_varint, write_unsigned_varint};

pub(crate) fn put_i16(out: &mut Vec<u8>, value: i16) {
    out.extend_from_slice(&value.to_be_bytes());
}

pub(crate) fn put_i32(out: &mut Vec<u8>, value: i32) {
    out.extend_from_slice(&value.to_be_bytes());
}

pub(crate) fn put_i64(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(&value.to_be_bytes());
}

pub(crate) fn put_string(out: &mut Vec<u8>, text: &str) {
    put_i16(out, text.len() as i16);
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn put_nullable(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => put_string(out, text),
        None => put_i16(out, -1),
    }
}

pub(crate) fn put_compact_string(out: &mut Vec<u8>, text: &str) {
    write_unsigned_varint(text.len() as u32 + 1, out);
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn put_compact_nullable(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => put_compact_string(out, text),
        None => write_unsigned_varint(0, out),
    }
}

/// The length of a compact array.
pub(crate) fn put_compact_length(out: &mut Vec<u8>, length: usize) {
    write_unsigned_varint(length as u32 + 1, out);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_i32(out, bytes.len() as i32);
    out.extend_from_slice(bytes);
}

/// Takes fields from the front of a slice; `None` once the bytes end early.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn i16(&mut self) -> Option<i16> {
        Some(i16::from_be_bytes(self.array()?))
    }

    pub(crate) fn i8(&mut self) -> Option<i8> {
        Some(i8::from_be_bytes(self.array()?))
    }

    pub(crate) fn i32(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.array()?))
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        Some(i64::from_be_bytes(self.array()?))
    }

    pub(crate) fn unsigned_varint(&mut self) -> Option<u32> {
        let (value, used) = read_unsigned_varint(self.0)?;
        self.take(used)?;
        Some(value)
    }

    fn text(&mut self, length: usize) -> Option<Name> {
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        Some(Rc::from(text))
    }

    pub(crate) fn string(&mut self) -> Option<Name> {
        let length = usize::try_from(self.i16()?).ok()?;
        self.text(length)
    }

    pub(crate) fn nullable(&mut self) -> Option<Option<Name>> {
        match self.i16()? {
            -1 => Some(None),
            length => Some(Some(self.text(usize::try_from(length).ok()?)?)),
        }
    }

    pub(crate) fn compact_string(&mut self) -> Option<Name> {
        let length = self.unsigned_varint()?.checked_sub(1)?;
        self.text(length as usize)
    }

    pub(crate) fn compact_bytes(&mut self) -> Option<Bytes> {
        let length = self.unsigned_varint()?.checked_sub(1)?;
        Some(self.take(length as usize)?.into())
    }

    pub(crate) fn compact_nullable(&mut self) -> Option<Option<Name>> {
        match self.unsigned_varint()? {
            0 => Some(None),
            length => Some(Some(self.text(length as usize - 1)?)),
        }
    }

    /// Each element of a compact array.
    pub(crate) fn compact_array<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = self.unsigned_varint()?.checked_sub(1)?;
        // Damaged bytes may claim any number; what is there ends the loop.
        (0..count).map(|_| read(self)).collect()
    }

    pub(crate) fn uuid(&mut self) -> Option<Uuid> {
        Some(Uuid(u128::from_be_bytes(self.array()?)))
    }

    /// Each tagged field: its tag, and a reader of its bytes.
    pub(crate) fn tagged_fields(
        &mut self,
        mut read: impl FnMut(u32, &mut Reader<'a>) -> Option<()>,
    ) -> Option<()> {
        for _ in 0..self.unsigned_varint()? {
            let tag = self.unsigned_varint()?;
            let size = self.unsigned_varint()? as usize;
            read(tag, &mut Reader(self.take(size)?))?;
        }
        Some(())
    }

    pub(crate) fn bytes(&mut self) -> Option<Bytes> {
        let length = usize::try_from(self.i32()?).ok()?;
        Some(self.take(length)?.into())
    }
}
