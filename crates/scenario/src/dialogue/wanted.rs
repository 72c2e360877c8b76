//! What a peer should receive, and in what that can be wrong.

use std::net::SocketAddr;

use socklab_event::Bytes;
use socklab_judge::Pattern;

use crate::step_end::{Comparison, Stopped, SurplusAfter, Unit};

/// How many bytes to show before a difference; these are equal.
pub(super) const BEFORE: usize = 24;
/// How many bytes to show from a difference on.
pub(super) const AFTER: usize = 72;
/// How many bytes of a surplus are kept.
const SURPLUS: usize = 4096;

/// Whether upper and lower case (ASCII) count as different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Sensitive,
    Ignored,
}

/// What a peer should receive next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// These bytes.
    Bytes(Vec<u8>, Case),
    /// Any bytes, then these.
    Contains(Vec<u8>),
    /// This many bytes.
    Length(u64),
    /// Anything, in one call with room for this many bytes, or the end.
    Anything(usize),
    /// The end of the stream, and no bytes.
    End,
    /// Any bytes, then the end of the stream or a reset.
    Drained,
    /// One datagram, which consists of these bytes.
    Datagram(Vec<u8>),
    /// This datagram, perhaps after copies of datagrams that were received before.
    New(Box<Wanted>),
    /// Something that looks like this.
    Like(Unit, Pattern),
    /// Nothing more. This can only be found wrong.
    Nothing,
}

/// What is known of an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It depends on what else comes.
    Open,
    Right,
    Wrong(Box<Wrong>),
}

/// What is wrong with what a peer received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    Mismatch {
        how: Comparison,
        expected: Bytes,
        got: Bytes,
        skipped: u64,
        stopped: Stopped,
    },
    Unlike {
        unit: Unit,
        pattern: Box<Pattern>,
        got: Bytes,
        skipped: u64,
        fitting: u64,
        stopped: Stopped,
    },
    Surplus {
        bytes: Bytes,
        after: SurplusAfter,
    },
    Sender {
        asked: SocketAddr,
        from: SocketAddr,
        bytes: Bytes,
    },
}

/// Where the two first differ, or where `got` is longer than `wanted`. `None` while `got` is a
/// prefix of `wanted`.
pub(super) fn difference(wanted: &[u8], got: &[u8], case: Case) -> Option<usize> {
    let same = |(a, b): (&u8, &u8)| match case {
        Case::Ignored => a.eq_ignore_ascii_case(b),
        Case::Sensitive => a == b,
    };
    if case == Case::Sensitive && wanted.starts_with(got) {
        return None;
    }
    let equal = wanted.iter().zip(got).take_while(|pair| same(*pair)).count();
    (equal < got.len()).then_some(equal)
}

/// Where `part` first occurs in `text`.
pub(crate) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let Some(first) = part.first() else { return Some(0) };
    let last = text.len().checked_sub(part.len())?;
    let mut from = 0;
    while let Some(at) = text[from..=last].iter().position(|byte| byte == first) {
        if text[from + at..].starts_with(part) {
            return Some(from + at);
        }
        from += at + 1;
        if from > last {
            return None;
        }
    }
    None
}

/// A mismatch, with the bytes around the first difference, which is at `at`.
pub(super) fn mismatch(
    how: Comparison,
    wanted: &[u8],
    got: &[u8],
    at: usize,
    stopped: Stopped,
) -> Wrong {
    let from = if at > BEFORE + AFTER { at - BEFORE } else { 0 };
    let (expected, got) = (cut(wanted, from, at + AFTER), cut(got, from, at + AFTER));
    Wrong::Mismatch { how, expected, got, skipped: from as u64, stopped }
}

pub(super) fn cut(bytes: &[u8], from: usize, to: usize) -> Bytes {
    let sample = bytes[from.min(bytes.len())..bytes.len().min(to)].to_vec();
    Bytes { sample, total: bytes.len() as u64 }
}

pub(super) fn beginning(bytes: &[u8]) -> Bytes {
    cut(bytes, 0, SURPLUS)
}
