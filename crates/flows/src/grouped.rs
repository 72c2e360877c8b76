//! For every event, what belongs to it: in two arrays rather than in a map, because a recording may
//! have a million events.

use crate::Position;

/// Values by the event that they belong to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grouped<T> {
    /// Where the values of each event begin; one more than there are events.
    starts: Vec<u32>,
    values: Vec<T>,
}

impl<T> Grouped<T> {
    /// Groups values for a recording of `events` events. Those of one event keep their order.
    pub(crate) fn of(events: usize, mut pairs: Vec<(Position, T)>) -> Self {
        pairs.sort_by_key(|(at, _)| *at);
        let mut starts = vec![0u32; events + 1];
        for (at, _) in &pairs {
            starts[at + 1] += 1;
        }
        for at in 0..events {
            starts[at + 1] += starts[at];
        }
        Self { starts, values: pairs.into_iter().map(|(_, value)| value).collect() }
    }

    /// The values of an event.
    pub(crate) fn at(&self, at: Position) -> &[T] {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => &self.values[*start as usize..*end as usize],
            _ => &[],
        }
    }
}

/// At most one index for every event.
#[derive(Clone, Debug)]
pub(crate) struct Indices(Vec<u32>);

impl Indices {
    const NONE: u32 = u32::MAX;

    /// The same indices in a quarter of the space.
    pub(crate) fn of(indices: &[Option<usize>]) -> Self {
        let short = |index: &Option<usize>| match index {
            Some(index) => u32::try_from(*index).unwrap_or(Self::NONE),
            None => Self::NONE,
        };
        Self(indices.iter().map(short).collect())
    }

    pub(crate) fn at(&self, at: Position) -> Option<usize> {
        self.0.get(at).copied().filter(|index| *index != Self::NONE).map(|index| index as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_event() {
        let grouped = Grouped::of(4, vec![(3, 'c'), (1, 'a'), (1, 'b')]);
        let all: Vec<&[char]> = (0..6).map(|at| grouped.at(at)).collect();
        assert_eq!(all, [&[][..], &['a', 'b'], &[], &['c'], &[], &[]]);
        let indices = Indices::of(&[None, Some(0), Some(7)]);
        assert_eq!([0, 1, 2, 3].map(|at| indices.at(at)), [None, Some(0), Some(7), None]);
    }
}
