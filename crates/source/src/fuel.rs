//! Bytes of a section, read with an allowance.
//!
//! Debug information says how much there is of everything in it: of units, rows, entries. What a hostile
//! binary says may take hours or all memory to follow. Every read costs a little of an allowance, and
//! when that is used up, reads fail as at the end of a section.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use gimli::{Error, LittleEndian, Reader, ReaderOffsetId, Result};

/// How much may still be read of one binary: in reads, and 64 bytes.
#[derive(Debug)]
pub(crate) struct Fuel {
    now: Cell<u64>,
    ever: Cell<u64>,
}

/// For one question: some tenths of a second at most. All of Rust's standard library needs a twentieth.
const FOR_A_QUESTION: u64 = 16_000_000;
/// For all questions about one binary. It bounds memory, too: a read adds no more than some bytes.
const FOR_A_BINARY: u64 = 100_000_000;

impl Fuel {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self { now: Cell::new(FOR_A_QUESTION), ever: Cell::new(FOR_A_BINARY) })
    }

    /// A new question begins.
    pub(crate) fn refill(&self) {
        let left = self.ever.get();
        let used = FOR_A_QUESTION.saturating_sub(self.now.get()).min(left);
        self.ever.set(left - used);
        self.now.set(FOR_A_QUESTION.min(left - used));
    }

    /// True if something was not read to its end: what was found may be wrong then.
    pub(crate) fn is_used_up(&self) -> bool {
        self.now.get() == 0
    }

    fn take(&self, bytes: usize) -> Result<()> {
        let cost = 1 + (bytes as u64) / 64;
        match self.now.get().checked_sub(cost) {
            Some(rest) => {
                self.now.set(rest);
                Ok(())
            }
            None => {
                self.now.set(0);
                Err(Error::Io)
            }
        }
    }
}

/// A part of a section.
#[derive(Clone)]
pub(crate) struct Bytes {
    section: Rc<Section>,
    start: usize,
    end: usize,
}

struct Section {
    content: Vec<u8>,
    fuel: Rc<Fuel>,
}

impl Bytes {
    pub(crate) fn new(content: Vec<u8>, fuel: &Rc<Fuel>) -> Self {
        let end = content.len();
        Self { section: Rc::new(Section { content, fuel: Rc::clone(fuel) }), start: 0, end }
    }

    fn rest(&self) -> &[u8] {
        self.section.content.get(self.start..self.end).unwrap_or_default()
    }

    fn at_most(&self, length: usize) -> Result<()> {
        if length > self.end - self.start {
            return Err(Error::UnexpectedEof(self.offset_id()));
        }
        self.section.fuel.take(0)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

impl Reader for Bytes {
    type Endian = LittleEndian;
    type Offset = usize;

    fn endian(&self) -> LittleEndian {
        LittleEndian
    }

    fn len(&self) -> usize {
        self.end - self.start
    }

    fn empty(&mut self) {
        self.end = self.start;
    }

    fn truncate(&mut self, length: usize) -> Result<()> {
        self.at_most(length)?;
        self.end = self.start + length;
        Ok(())
    }

    fn offset_from(&self, base: &Self) -> usize {
        self.start.saturating_sub(base.start)
    }

    fn offset_id(&self) -> ReaderOffsetId {
        ReaderOffsetId((self.section.content.as_ptr() as usize + self.start) as u64)
    }

    fn lookup_offset_id(&self, id: ReaderOffsetId) -> Option<usize> {
        let start = self.offset_id().0;
        let offset = usize::try_from(id.0.checked_sub(start)?).ok()?;
        (offset <= self.len()).then_some(offset)
    }

    fn find(&self, byte: u8) -> Result<usize> {
        let found = self.rest().iter().position(|other| *other == byte);
        self.section.fuel.take(found.unwrap_or(self.len()))?;
        found.ok_or_else(|| Error::UnexpectedEof(self.offset_id()))
    }

    fn skip(&mut self, length: usize) -> Result<()> {
        self.at_most(length)?;
        self.start += length;
        Ok(())
    }

    fn split(&mut self, length: usize) -> Result<Self> {
        self.at_most(length)?;
        let mut front = self.clone();
        front.end = front.start + length;
        self.start += length;
        Ok(front)
    }

    fn to_slice(&self) -> Result<Cow<'_, [u8]>> {
        self.section.fuel.take(self.len())?;
        Ok(Cow::Borrowed(self.rest()))
    }

    fn to_string(&self) -> Result<Cow<'_, str>> {
        self.section.fuel.take(self.len())?;
        str::from_utf8(self.rest()).map(Cow::Borrowed).map_err(|_| Error::BadUtf8)
    }

    fn to_string_lossy(&self) -> Result<Cow<'_, str>> {
        self.section.fuel.take(self.len())?;
        Ok(String::from_utf8_lossy(self.rest()))
    }

    fn read_slice(&mut self, into: &mut [u8]) -> Result<()> {
        self.at_most(into.len())?;
        into.copy_from_slice(&self.section.content[self.start..self.start + into.len()]);
        self.start += into.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_to_its_end_and_no_further() {
        let mut bytes = Bytes::new(b"one\0two\0".to_vec(), &Fuel::new());
        let whole = bytes.clone();
        assert_eq!(
            bytes.read_null_terminated_slice().expect("a word").to_string().expect("text"),
            "one"
        );
        assert_eq!(bytes.offset_from(&whole), 4);
        assert_eq!(whole.lookup_offset_id(bytes.offset_id()), Some(4));
        assert_eq!(bytes.read_u32().expect("a number"), u32::from_le_bytes(*b"two\0"));
        assert!(bytes.is_empty() && bytes.read_u8().is_err() && bytes.skip(1).is_err());
        assert!(whole.find(b'x').is_err());
    }

    #[test]
    fn what_takes_too_long_is_not_read_to_its_end() {
        let fuel = Fuel::new();
        let endless = |fuel: &Rc<Fuel>| {
            let mut bytes = Bytes::new(vec![1; 64], fuel);
            (0..).find(|_| bytes.clone().read_u8().is_err() || bytes.skip(0).is_err())
        };
        for _ in 0..FOR_A_BINARY / FOR_A_QUESTION {
            assert!(endless(&fuel) > Some(1) && fuel.is_used_up());
            fuel.refill();
        }
        let _ = endless(&fuel);
        fuel.refill();
        assert!(fuel.is_used_up(), "a binary has no more than so much in all");
    }
}
