//! Whether what a peer received looks as it should.

use socklab_judge::Pattern;

use super::wanted::{AFTER, BEFORE, Case, Wrong, cut, difference, mismatch};
use crate::step_end::{Comparison, Stopped, Unit};

/// How many bytes are compared with a pattern: more are wrong.
const MOST_LIKE: usize = 1 << 20;
/// What is known of a line, or of all that comes.
pub(super) enum Like {
    /// It depends on what else comes; this many bytes need not be looked at again.
    Open(usize),
    /// These first bytes are right.
    Right(usize),
    Wrong(Wrong),
}

/// Compares a line, or all bytes until the end of the stream, with a pattern. In the first
/// `progress` of the bytes that came there is no line end.
pub(super) fn compare(
    unit: Unit,
    pattern: &Pattern,
    rest: &[u8],
    progress: usize,
    stopped: Option<Stopped>,
) -> Like {
    let newline = || rest[progress..].iter().position(|byte| *byte == b'\n');
    let whole = match unit {
        Unit::Rest if stopped == Some(Stopped::End) => Some(rest.len()),
        Unit::Rest | Unit::Datagram => None,
        Unit::Line => newline().map(|at| progress + at + 1),
    };
    let length = whole.unwrap_or(rest.len());
    if let Some(length) =
        whole.filter(|length| *length <= MOST_LIKE && pattern.fits(&rest[..*length]))
    {
        return Like::Right(length);
    }
    let stopped = match (whole, stopped) {
        (None, Some(stopped)) => stopped,
        (None, None) if length <= MOST_LIKE => {
            return Like::Open(if unit == Unit::Line { length } else { 0 });
        }
        // The end of the stream is part of what was compared.
        (Some(_), Some(Stopped::End)) if unit == Unit::Rest => Stopped::End,
        _ => Stopped::Enough,
    };
    Like::Wrong(unlike(unit, pattern, &rest[..length], stopped))
}

/// What a datagram should be.
pub(super) enum Whole<'w> {
    Bytes(&'w [u8]),
    Like(&'w Pattern),
}

impl Whole<'_> {
    pub(super) fn is(&self, got: &[u8]) -> bool {
        match self {
            Self::Bytes(wanted) => *wanted == got,
            Self::Like(pattern) => pattern.fits(got),
        }
    }

    pub(super) fn unlike(&self, got: &[u8], stopped: Stopped) -> Wrong {
        match self {
            Self::Bytes(wanted) => {
                let at = difference(wanted, got, Case::Sensitive).unwrap_or(got.len());
                mismatch(Comparison::Datagram, wanted, got, at, stopped)
            }
            Self::Like(pattern) => unlike(Unit::Datagram, pattern, got, stopped),
        }
    }
}

/// Bytes that do not look as they should, from shortly before the place where they stop to do so.
fn unlike(unit: Unit, pattern: &Pattern, got: &[u8], stopped: Stopped) -> Wrong {
    let at = pattern.fitting(&got[..got.len().min(MOST_LIKE)]);
    let from = if at > BEFORE + AFTER { at - BEFORE } else { 0 };
    let (skipped, fitting) = (from as u64, at as u64);
    let got = cut(got, from, at + BEFORE + AFTER);
    Wrong::Unlike { unit, pattern: Box::new(pattern.clone()), got, skipped, fitting, stopped }
}

#[cfg(test)]
mod tests {
    use socklab_judge::{Part, PatternPiece};

    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(Part::Whole, &[PatternPiece::Syntax(text)], false, None).expect(text)
    }

    /// How many of the first bytes fit, of how many, and why there are no more.
    fn gist(wrong: Wrong) -> (u64, u64, Stopped) {
        match wrong {
            Wrong::Unlike { fitting, got, stopped, .. } => (fitting, got.total, stopped),
            other => panic!("{other:?}"),
        }
    }

    fn unlike(unit: Unit, text: &str, got: &[u8], stopped: Option<Stopped>) -> (u64, u64, Stopped) {
        match compare(unit, &pattern(text), got, 0, stopped) {
            Like::Wrong(wrong) => gist(wrong),
            Like::Open(_) | Like::Right(_) => panic!("not wrong"),
        }
    }

    #[test]
    fn a_line_ends_with_its_line_end_and_the_rest_with_the_stream() {
        let (line, rest) = (r"\d\d:\d\d\r\n", r"(?s)\d+, .*\n");
        let of = |unit, text, got: &[u8], progress, stopped| match compare(
            unit,
            &pattern(text),
            got,
            progress,
            stopped,
        ) {
            Like::Open(progress) => format!("open {progress}"),
            Like::Right(length) => format!("right {length}"),
            Like::Wrong(_) => "wrong".to_owned(),
        };
        assert_eq!(of(Unit::Line, line, b"12:3", 0, None), "open 4");
        assert_eq!(of(Unit::Line, line, b"12:34\r\n12, a", 4, None), "right 7");
        assert_eq!(of(Unit::Rest, rest, b"12, a\n", 0, None), "open 0");
        assert_eq!(of(Unit::Rest, rest, b"12, a\n", 0, Some(Stopped::End)), "right 6");
        assert_eq!(of(Unit::Rest, rest, b"12, a\n", 0, Some(Stopped::Time)), "wrong");

        let (end, time, enough) = (Some(Stopped::End), Some(Stopped::Time), Stopped::Enough);
        assert_eq!(unlike(Unit::Line, line, b"12:x4\r\n", None), (3, 7, enough));
        assert_eq!(unlike(Unit::Line, line, b"12:34", time), (5, 5, Stopped::Time));
        assert_eq!(unlike(Unit::Line, line, b"12:34", end), (5, 5, Stopped::End));
        assert_eq!(unlike(Unit::Line, line, b"12:34\n", end), (5, 6, enough));
        assert_eq!(unlike(Unit::Rest, rest, b"12, a", end), (0, 5, Stopped::End));
    }

    #[test]
    fn a_stream_without_line_ends_is_not_kept_for_ever() {
        let got = vec![b'x'; MOST_LIKE + 1];
        assert_eq!(unlike(Unit::Line, ".*\n", &got, None).2, Stopped::Enough);
        assert_eq!(unlike(Unit::Rest, "(?s).*", &got, None).2, Stopped::Enough);
    }

    #[test]
    fn a_datagram_is_equal_or_looks_as_it_should() {
        let pattern = pattern("(?s)a.{2}");
        let like = Whole::Like(&pattern);
        assert!(like.is(b"axy") && !like.is(b"ax") && Whole::Bytes(b"ax").is(b"ax"));
        assert_eq!(gist(like.unlike(b"ax", Stopped::Enough)), (1, 2, Stopped::Enough));
    }
}
