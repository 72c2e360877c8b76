//! Which descriptors the seccomp filters of a process stop at.

use crate::filter::Descriptors;

/// The descriptor ranges that have a filter, in the order they were installed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    ranges: Vec<Descriptors>,
}

impl Coverage {
    pub(crate) fn of(ranges: Vec<Descriptors>) -> Self {
        Self { ranges }
    }

    pub(crate) fn contains(&self, fd: i32) -> bool {
        self.ranges.iter().any(|range| range.contains(&fd.cast_unsigned()))
    }

    /// True before the first filter on descriptors.
    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many filters there are.
    pub(crate) fn filters(&self) -> usize {
        self.ranges.len()
    }

    pub(crate) fn push(&mut self, range: Descriptors) {
        self.ranges.push(range);
    }

    /// Keeps the first `filters` ranges.
    pub(crate) fn truncate(&mut self, filters: usize) {
        self.ranges.truncate(filters);
    }

    /// The range to cover next, given that `fd` is a socket.
    ///
    /// The first few sockets get a filter each, so that calls on files next to them don't stop. A
    /// program that goes on opening sockets is a server, and every filter makes all its calls a
    /// little slower: further filters cover every descriptor from `fd` up, and finally all of them.
    pub(crate) fn next(&self, fd: i32) -> Descriptors {
        let fd = fd.cast_unsigned();
        match self.ranges.len() {
            0..4 => fd..=fd,
            4..8 => fd..=u32::MAX,
            _ => 0..=u32::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_goes_on_opening_sockets_gets_few_filters() {
        let mut coverage = Coverage::default();
        let mut filters = 0;
        for fd in (3..1000).chain(0..3) {
            if !coverage.contains(fd) {
                coverage.push(coverage.next(fd));
                filters += 1;
            }
            assert!(coverage.contains(fd), "{fd}");
        }
        assert!(filters <= 9, "{filters}");
    }

    #[test]
    fn the_first_sockets_leave_their_neighbours_alone() {
        let mut coverage = Coverage::default();
        assert!(coverage.is_empty());
        coverage.push(coverage.next(5));
        assert!(coverage.contains(5) && !coverage.contains(4) && !coverage.contains(6));
        coverage.truncate(0);
        assert!(!coverage.contains(5));
    }
}
