//! An append-only list whose clones share what was written before.
//!
//! Full chunks, and the list of them, are shared between clones: a snapshot of a
//! world copies one pointer and the chunk that is being written, however long the
//! history is. A list may be told to keep only the newest chunks; numbering is
//! unaffected.

use std::rc::Rc;

/// The list; `CHUNK` values a chunk.
#[derive(Clone, Debug)]
pub struct Chunks<T, const CHUNK: usize> {
    sealed: Rc<Vec<Rc<Vec<T>>>>,
    tail: Vec<T>,
    dropped: usize,
    keep_chunks: usize,
}

impl<T: Clone, const CHUNK: usize> Default for Chunks<T, CHUNK> {
    fn default() -> Chunks<T, CHUNK> {
        Chunks {
            sealed: Rc::default(),
            tail: Vec::new(),
            dropped: 0,
            keep_chunks: usize::MAX,
        }
    }
}

impl<T: Clone, const CHUNK: usize> Chunks<T, CHUNK> {
    /// Appends a value.
    #[inline]
    pub fn push(&mut self, value: T) {
        if self.tail.len() == CHUNK {
            self.seal();
        }
        self.tail.push(value);
    }

    #[cold]
    fn seal(&mut self) {
        let full = std::mem::replace(&mut self.tail, Vec::with_capacity(CHUNK));
        let sealed = Rc::make_mut(&mut self.sealed);
        sealed.push(Rc::new(full));
        if sealed.len() > self.keep_chunks {
            let extra = sealed.len() - self.keep_chunks;
            sealed.drain(..extra);
            self.dropped += extra;
        }
    }

    /// From now on keep only about the newest `values`.
    pub fn keep_newest(&mut self, values: usize) {
        self.keep_chunks = values.div_ceil(CHUNK);
    }

    /// Number of values ever appended.
    pub fn len(&self) -> usize {
        (self.dropped + self.sealed.len()) * CHUNK + self.tail.len()
    }

    /// Whether nothing was ever appended.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of the oldest value still kept.
    pub fn first(&self) -> usize {
        self.dropped * CHUNK
    }

    /// The value with that number; `None` if never written or no longer kept.
    pub fn get(&self, index: usize) -> Option<&T> {
        let chunk = (index / CHUNK).checked_sub(self.dropped)?;
        match self.sealed.get(chunk) {
            Some(sealed) => sealed.get(index % CHUNK),
            None if chunk == self.sealed.len() => self.tail.get(index % CHUNK),
            None => None,
        }
    }

    /// The kept values from number `from` on, oldest first.
    pub fn iter_from(&self, from: usize) -> impl Iterator<Item = (usize, &T)> {
        (from.max(self.first())..self.len()).filter_map(|i| self.get(i).map(|value| (i, value)))
    }

    /// Bytes held, counting shared chunks in full.
    pub fn bytes(&self) -> usize {
        (self.sealed.len() * CHUNK + self.tail.capacity()) * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers stay valid when old chunks are dropped, and clones go separate ways.
    #[test]
    fn numbers_survive_dropping_and_cloning() {
        let mut list: Chunks<u32, 4> = Chunks::default();
        list.keep_newest(8);
        (0..30).for_each(|i| list.push(i));
        let mut other = list.clone();
        other.push(99);
        list.push(30);
        assert_eq!(list.len(), 31);
        assert_eq!(list.first(), 20);
        assert_eq!(list.get(19), None);
        assert_eq!(list.get(30), Some(&30));
        assert_eq!(other.get(30), Some(&99));
        assert_eq!(list.get(31), None);
        let kept: Vec<u32> = list.iter_from(0).map(|(_, v)| *v).collect();
        assert_eq!(kept, (20..31).collect::<Vec<u32>>());
    }
}
