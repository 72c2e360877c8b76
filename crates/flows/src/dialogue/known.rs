//! Which bytes of a part of a stream are known.

use std::collections::BTreeMap;

/// A run of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Piece<'t> {
    /// These bytes.
    Known(&'t [u8]),
    /// So many that are not known.
    Missing {
        /// How many.
        bytes: u64,
        /// Why.
        why: Gap,
    },
}

/// Why bytes are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// The recording, or the capture, kept only the beginning of what was moved.
    Limit,
    /// They never passed through the program (sendfile(2), splice(2)).
    Unseen,
    /// The frames that carried them are not in the recording.
    Uncaptured,
}

impl Piece<'_> {
    /// How many bytes of it are not known.
    pub fn missing(&self) -> u64 {
        match self {
            Self::Known(_) => 0,
            Self::Missing { bytes, .. } => *bytes,
        }
    }
}

/// Known bytes by their offset. What is known first stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Known<'t> {
    runs: BTreeMap<u64, &'t [u8]>,
}

impl<'t> Known<'t> {
    /// Adds bytes, as far as none are known there.
    pub(super) fn add(&mut self, start: u64, bytes: &'t [u8]) {
        let end = start.saturating_add(bytes.len() as u64);
        let mut at = match self.runs.range(..=start).next_back() {
            Some((run, known)) => start.max(run.saturating_add(known.len() as u64)),
            None => start,
        };
        while at < end {
            let next = self.runs.range(at..).next().map(|(run, known)| (*run, known.len() as u64));
            let until = next.map_or(end, |(run, _)| run.min(end));
            if let Some(part) = part(bytes, at - start, until - start) {
                self.runs.insert(at, part);
            }
            at = next.map_or(end, |(run, length)| run.saturating_add(length).max(until));
        }
    }

    /// All of a part, with what is missing in it for this reason.
    pub(super) fn pieces(&self, start: u64, end: u64, why: Gap) -> Vec<Piece<'t>> {
        let mut pieces = Vec::new();
        let mut at = start;
        let before = self.runs.range(..start).next_back();
        for (run, known) in before.into_iter().chain(self.runs.range(start..end)) {
            let last = run.saturating_add(known.len() as u64).min(end);
            let first = (*run).max(at);
            if last <= first {
                continue;
            }
            if first > at {
                pieces.push(Piece::Missing { bytes: first - at, why });
            }
            pieces.extend(part(known, first - run, last - run).map(Piece::Known));
            at = last;
        }
        if at < end {
            pieces.push(Piece::Missing { bytes: end - at, why });
        }
        pieces
    }

    /// Each run: from where to where.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u64, u64)> {
        self.runs.iter().map(|(run, known)| (*run, run.saturating_add(known.len() as u64)))
    }
}

fn part(bytes: &[u8], from: u64, to: u64) -> Option<&[u8]> {
    let part = bytes.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?;
    (!part.is_empty()).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_first_stays_and_gaps_are_told() {
        let mut known = Known::default();
        known.add(2, b"cd");
        known.add(0, b"ABCDEF");
        known.add(8, b"i");
        let pieces = known.pieces(0, 10, Gap::Limit);
        let missing = |bytes| Piece::Missing { bytes, why: Gap::Limit };
        let wanted = [
            Piece::Known(b"AB"),
            Piece::Known(b"cd"),
            Piece::Known(b"EF"),
            missing(2),
            Piece::Known(b"i"),
            missing(1),
        ];
        assert_eq!(pieces, wanted);
        assert_eq!(known.pieces(3, 5, Gap::Limit), [Piece::Known(b"d"), Piece::Known(b"E")]);
        assert_eq!(known.pieces(6, 8, Gap::Limit), [missing(2)]);
        assert_eq!(known.pieces(4, 4, Gap::Limit), []);
    }

    proptest::proptest! {
        /// In whatever order, and however often, parts of a text are added: what is told is the text.
        #[test]
        fn a_text_is_put_together_from_its_parts(
            cuts in proptest::collection::vec((0usize..40, 0usize..40), 0..12),
            window in (0u64..50, 0u64..50),
        ) {
            let text: Vec<u8> = (0..40).collect();
            let mut known = Known::default();
            let mut covered = [false; 60];
            for (a, b) in cuts {
                let (a, b) = (a.min(b), a.max(b));
                known.add(a as u64, &text[a..b]);
                covered[a..b].fill(true);
            }
            let (from, to) = (window.0.min(window.1), window.0.max(window.1));
            let mut at = from as usize;
            for piece in known.pieces(from, to, Gap::Limit) {
                match piece {
                    Piece::Known(bytes) => {
                        proptest::prop_assert_eq!(bytes, &text[at..at + bytes.len()]);
                        proptest::prop_assert!(covered[at..at + bytes.len()].iter().all(|one| *one));
                        at += bytes.len();
                    }
                    Piece::Missing { bytes, .. } => {
                        let end = at + bytes as usize;
                        proptest::prop_assert!(covered[at..end].iter().all(|one| !one));
                        at = end;
                    }
                }
            }
            proptest::prop_assert_eq!(at as u64, to);
        }
    }
}
