//! How much time passed between two things that can be seen, however a program let it pass: in
//! `recv` with a time-out, in `poll`, asleep, or in the timers of its language.

use std::ops::Range as Span;

use crate::expect_pattern::Range;
use crate::verdict::{Judgement, Mismatch};

/// How much time should have passed since something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waited {
    /// The name of the expectation whose evidence the time begins with.
    pub since: String,
    /// How much, in ms.
    pub ms: Range,
}

impl Waited {
    /// Judges the time between two moments, in nanoseconds on the clock of events. `still` are the
    /// times in which the machine did nothing. Whether they count depends on how a program waits: so
    /// it must make no difference.
    pub(crate) fn judge(&self, from: u64, to: u64, still: &[Span<u64>]) -> Judgement {
        let wall = to.saturating_sub(from);
        let overlap = |one: &Span<u64>| one.end.min(to).saturating_sub(one.start.max(from));
        let counted = wall.saturating_sub(still.iter().map(overlap).sum());
        let ms = |time: u64| i64::try_from(time / 1_000_000).unwrap_or(i64::MAX);
        let short = |time| self.ms.at_least.is_some_and(|least| ms(time) < least);
        let long = |time| self.ms.at_most.is_some_and(|most| ms(time) > most);
        if !short(counted) && !long(wall) {
            Judgement::Passed
        } else if short(wall) || long(counted) {
            Judgement::Failed(Mismatch::Waited { got: wall, wanted: self.ms })
        } else {
            Judgement::Unclear
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn the_time_in_which_the_machine_stood_still_decides_nothing() {
        let ms = Range { at_least: Some(800), at_most: Some(2000) };
        let waited = Waited { since: "request".to_owned(), ms };
        let judge =
            |took: u64, still: &[Span<u64>]| waited.judge(5000 * MS, (5000 + took) * MS, still);
        let still = |from: u64, to: u64| (5000 + from) * MS..(5000 + to) * MS;
        let wrong = |got: u64| Judgement::Failed(Mismatch::Waited { got: got * MS, wanted: ms });
        assert_eq!(judge(800, &[]), Judgement::Passed);
        assert_eq!(judge(2000, &[]), Judgement::Passed);
        assert_eq!((judge(799, &[]), judge(2001, &[])), (wrong(799), wrong(2001)));
        // Its timer may have ended while it stood still; or its time goes on afterwards.
        assert_eq!(judge(7400, &[still(400, 7300)]), Judgement::Unclear);
        assert_eq!(judge(1000, &[still(100, 600)]), Judgement::Unclear);
        // Too short, or too long, or right, whatever it did meanwhile.
        assert_eq!(judge(700, &[still(100, 600)]), wrong(700));
        assert_eq!(judge(9900, &[still(400, 7300)]), wrong(9900));
        assert_eq!(judge(1500, &[still(100, 500), still(1400, 9000)]), Judgement::Passed);
        assert_eq!(judge(1500, &[Span { start: 0, end: 4000 * MS }]), Judgement::Passed);
    }
}
