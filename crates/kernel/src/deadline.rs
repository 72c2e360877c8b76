//! Deadlines that don't count time in which this process stood still.
//!
//! A container can be frozen, a laptop's lid closed, a whole process group stopped. On the wall's
//! clock every deadline has passed when it goes on, although nobody had a chance to do anything
//! meanwhile. So a thread of this process, the *heartbeat*, looks at the clock every few
//! milliseconds, and the time in which it did not is not counted.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

use crate::clock;

/// How often the heart beats.
const BEAT: Duration = Duration::from_millis(20);
/// What may lie between two beats before the process counts as having stood still. On a busy
/// machine a beat may be late by as much as that.
const GAP: u64 = 200_000_000;
/// How many gaps are remembered.
const KEPT: usize = 256;

/// A moment by which something has to have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(u64);

impl Deadline {
    /// A deadline this long from now. The first one makes this process have a second thread.
    pub fn after(time: Duration) -> Self {
        start_heart();
        let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        Self(running().saturating_add(time))
    }

    /// How long it is until then, at least; zero if it has passed. A wait that is over after this
    /// time has to ask again, because the time may not have counted.
    pub fn left(self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(running()))
    }

    /// True if it has passed.
    pub fn has_passed(self) -> bool {
        self.left().is_zero()
    }
}

/// When this process stood still since its first deadline, in nanoseconds of [`clock::now`]. At most
/// the first 256 times are known.
pub fn stood_still() -> Vec<Range<u64>> {
    heart().still.clone()
}

/// Waits for this long. As with a [`Deadline`], time in which this process stood still does not
/// count; but this thread looks at the clock itself, so that the process needs no second one.
pub fn pause(time: Duration) {
    let begin = clock::now();
    let mut heart = Heart { last: begin, ..Heart::new() };
    let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    loop {
        let left = time.saturating_sub(heart.running(heart.last).saturating_sub(begin));
        if left == 0 {
            return;
        }
        thread::sleep(BEAT.min(Duration::from_nanos(left)));
        heart.beat(clock::now());
    }
}

/// What the heart knows, in nanoseconds of [`clock::now`].
#[derive(Debug)]
struct Heart {
    last: u64,
    /// For how long it has stood still, altogether.
    lost: u64,
    /// When it has stood still; at most [`KEPT`] times.
    still: Vec<Range<u64>>,
}

impl Heart {
    const fn new() -> Self {
        Self { last: 0, lost: 0, still: Vec::new() }
    }

    fn beat(&mut self, now: u64) {
        let lost = now.saturating_sub(self.last).saturating_sub(GAP);
        if lost > 0 && self.still.len() < KEPT {
            self.still.push(self.last..now);
        }
        self.lost += lost;
        self.last = self.last.max(now);
    }

    /// The time that counts. While a beat is overdue, no time passes.
    fn running(&self, now: u64) -> u64 {
        now.min(self.last + GAP).saturating_sub(self.lost)
    }
}

static HEART: Mutex<Heart> = Mutex::new(Heart::new());

fn heart() -> MutexGuard<'static, Heart> {
    // Every change is complete before anything could panic.
    HEART.lock().unwrap_or_else(PoisonError::into_inner)
}

fn running() -> u64 {
    heart().running(clock::now())
}

fn start_heart() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        heart().last = clock::now();
        let beat = || loop {
            thread::sleep(BEAT);
            heart().beat(clock::now());
        };
        let started =
            thread::Builder::new().name("heartbeat".into()).stack_size(64 << 10).spawn(beat);
        if started.is_err() {
            // Without a heartbeat, all time counts.
            heart().last = u64::MAX - GAP;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn time_without_a_beat_does_not_count() {
        let mut heart = Heart { last: 1000 * MS, ..Heart::new() };
        assert_eq!(heart.running(1020 * MS), 1020 * MS);
        heart.beat(1020 * MS);
        // Frozen for seven seconds, whether or not the heart is the first to notice.
        assert_eq!(heart.running(8020 * MS), 1220 * MS);
        heart.beat(8020 * MS);
        assert_eq!(heart.running(8020 * MS), 1220 * MS);
        assert_eq!(heart.running(8030 * MS), 1230 * MS);
        heart.beat(8040 * MS);
        assert_eq!(heart.running(8040 * MS), 1240 * MS);
        assert_eq!(heart.still.first(), Some(&(1020 * MS..8020 * MS)));
    }

    #[test]
    fn late_beats_lose_nothing() {
        let mut heart = Heart::new();
        for now in [20, 150, 300, 499] {
            heart.beat(now * MS);
            assert_eq!(heart.running(now * MS), now * MS);
        }
    }

    #[test]
    fn a_pause_lasts_as_long_as_it_should() {
        let begin = clock::now();
        pause(Duration::from_millis(30));
        assert!(clock::now() - begin >= 30 * MS);
    }

    #[test]
    fn a_deadline_passes() {
        let (soon, late) = (Deadline::after(BEAT), Deadline::after(Duration::MAX));
        assert!(soon < late && !late.has_passed() && late.left() > Duration::from_secs(1));
        while !soon.has_passed() {
            thread::sleep(soon.left());
        }
        assert_eq!(soon.left(), Duration::ZERO);
    }
}
