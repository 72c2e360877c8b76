//! Receiving, and comparing with what should come.

use socklab_event::Bytes;

use super::Reply;
use super::perform::{Failure, Peer};
use crate::recording::Stopped;

/// How many equal bytes are shown before a difference.
const BEFORE: usize = 24;
/// How many bytes are shown from a difference on.
const AFTER: usize = 72;

/// How bytes are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Equals,
    IgnoreCase,
}

impl Peer {
    /// Receives as many bytes as `wanted` has, and no more; ends at the first difference.
    pub(super) fn expect(&mut self, wanted: &[u8], how: How) -> Result<Reply, Failure> {
        let mut got = Vec::new();
        loop {
            if let Some(at) = difference(wanted, &got, how) {
                return Ok(mismatch("equals", wanted, &got, at, Stopped::Enough));
            }
            if got.len() >= wanted.len() {
                return Ok(Reply::Done);
            }
            match self.more(wanted.len() - got.len())? {
                Ok(bytes) => got.extend(bytes),
                Err(stopped) => {
                    return Ok(mismatch("equals", wanted, &got, got.len(), stopped));
                }
            }
        }
    }

    /// Receives until `wanted` has come; what came behind it is kept for later.
    pub(super) fn expect_contains(&mut self, wanted: &[u8]) -> Result<Reply, Failure> {
        let mut got = Vec::new();
        // Up to here it has been looked for already.
        let mut seen = 0;
        loop {
            if let Some(at) = find(&got[seen..], wanted).map(|at| at + seen) {
                let rest = got.split_off(at + wanted.len());
                self.keep(rest);
                return Ok(Reply::Done);
            }
            seen = got.len().saturating_sub(wanted.len());
            match self.more(1 << 16)? {
                Ok(bytes) => got.extend(bytes),
                Err(stopped) => return Ok(mismatch("contains", wanted, &got, 0, stopped)),
            }
        }
    }

    pub(super) fn expect_length(&mut self, length: u64) -> Result<Reply, Failure> {
        let mut got = Vec::new();
        while (got.len() as u64) < length {
            let left = length - got.len() as u64;
            match self.more(usize::try_from(left).unwrap_or(usize::MAX).min(1 << 16))? {
                Ok(bytes) => got.extend(bytes),
                Err(stopped) => {
                    let wanted = Bytes { sample: Vec::new(), total: length };
                    return Ok(Reply::Mismatch {
                        how: "length".to_owned(),
                        expected: wanted,
                        got: shown(&got),
                        skipped: 0,
                        stopped,
                    });
                }
            }
        }
        Ok(Reply::Done)
    }

    /// The end of the stream must come; with `anything`, whatever comes before it.
    pub(super) fn expect_end(&mut self, anything: bool) -> Result<Reply, Failure> {
        loop {
            match self.more(1 << 16)? {
                Ok(_) if anything => {}
                Ok(bytes) => return Ok(mismatch("end", b"", &bytes, 0, Stopped::Enough)),
                Err(Stopped::End) => return Ok(Reply::Done),
                Err(Stopped::Reset) if anything => return Ok(Reply::Done),
                Err(stopped) => return Ok(mismatch("end", b"", b"", 0, stopped)),
            }
        }
    }
}

/// Where the two first differ, as far as both go; for `IgnoreCase` and `Equals`.
pub(super) fn difference(wanted: &[u8], got: &[u8], how: How) -> Option<usize> {
    let same = |a: &u8, b: &u8| match how {
        How::IgnoreCase => a.eq_ignore_ascii_case(b),
        _ => a == b,
    };
    let both = wanted.len().min(got.len());
    (0..both)
        .find(|at| !same(&wanted[*at], &got[*at]))
        .or_else(|| (got.len() > wanted.len()).then_some(wanted.len()))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window == part)
}

/// A mismatch with the parts around the first difference.
pub(super) fn mismatch(how: &str, wanted: &[u8], got: &[u8], at: usize, stopped: Stopped) -> Reply {
    let from = if at > BEFORE + AFTER { at - BEFORE } else { 0 };
    let cut = |bytes: &[u8]| Bytes {
        sample: bytes[from.min(bytes.len())..bytes.len().min(at + AFTER)].to_vec(),
        total: bytes.len() as u64,
    };
    Reply::Mismatch {
        how: how.to_owned(),
        expected: cut(wanted),
        got: cut(got),
        skipped: from as u64,
        stopped,
    }
}

fn shown(bytes: &[u8]) -> Bytes {
    Bytes { sample: bytes[..bytes.len().min(BEFORE + AFTER)].to_vec(), total: bytes.len() as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found_and_shown() {
        assert_eq!(difference(b"HOLA", b"HO", How::Equals), None);
        assert_eq!(difference(b"HOLA", b"HOla", How::Equals), Some(2));
        assert_eq!(difference(b"HOLA", b"hola", How::IgnoreCase), None);
        assert_eq!(difference(b"HO", b"HOX", How::Equals), Some(2));
        let (wanted, mut got) = (vec![b'a'; 1000], vec![b'a'; 1000]);
        got[500] = b'b';
        match mismatch("equals", &wanted, &got, 500, Stopped::Enough) {
            Reply::Mismatch { expected, got, skipped, .. } => {
                assert_eq!((skipped, expected.total, got.sample[24]), (476, 1000, b'b'));
            }
            other => panic!("{other:?}"),
        }
    }
}
