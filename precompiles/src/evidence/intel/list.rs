//! Lists in a record: a count(1), then entries of one length.

use crate::evidence::reader::Reader;
use core::{fmt, marker::PhantomData};
use std::borrow::Cow;

/// What a list has: something of a fixed length.
pub trait Entry: Sized {
    /// Its length in bytes.
    const LEN: usize;

    /// Writes it: [`Self::LEN`] bytes.
    fn encode(&self, out: &mut Vec<u8>);

    /// Reads what was written.
    fn decode(bytes: &[u8]) -> Option<Self>;
}

/// A list, of which an entry is read when it is asked for.
pub struct List<'a, T> {
    entries: Cow<'a, [u8]>,
    of: PhantomData<T>,
}

impl<'a, T: Entry> List<'a, T> {
    /// A list of these entries.
    pub fn new(entries: &[T]) -> Self {
        let mut bytes = Vec::new();
        for entry in entries {
            entry.encode(&mut bytes);
        }
        Self {
            entries: bytes.into(),
            of: PhantomData,
        }
    }

    /// The entries, in their order.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        let entries = self.entries.chunks_exact(T::LEN);
        entries.filter_map(T::decode)
    }

    /// Writes the list; `None` if it is longer than a count can say.
    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Option<()> {
        let count = self.entries.len().checked_div(T::LEN)?;
        out.push(u8::try_from(count).ok()?);
        out.extend(self.entries.iter());
        Some(())
    }

    /// Reads a list, every entry of which must be one.
    pub(super) fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        let count = usize::from(reader.u8()?);
        let list = Self {
            entries: reader.take(count.checked_mul(T::LEN)?)?.into(),
            of: PhantomData,
        };
        (list.iter().count() == count).then_some(list)
    }
}

impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
            of: PhantomData,
        }
    }
}

impl<T> PartialEq for List<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<T> Eq for List<'_, T> {}

impl<T: Entry + fmt::Debug> fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
