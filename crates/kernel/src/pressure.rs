//! What the kernel says of time in which work stood still: pressure stall information
//! (`Documentation/accounting/psi.rst`, Linux 4.20).

use std::fs;
use std::time::{Duration, Instant};

/// Of the time since it was begun, how much may be lost to others before the machine counts as busy:
/// somebody waited for a processor half of the time, or for a disk a tenth of it.
const MOST: [(&str, u32); 2] = [("/proc/pressure/cpu", 2), ("/proc/pressure/io", 10)];

/// A look at the machine from now on.
#[derive(Debug)]
pub struct Watch {
    began: Instant,
    before: [Option<Duration>; 2],
}

impl Watch {
    /// Begins to look.
    pub fn begin() -> Self {
        Self { began: Instant::now(), before: MOST.map(|(path, _)| stalled(path)) }
    }

    /// True if processes of this machine waited for processors half of the time since then, or for
    /// disks a tenth of it. False if the kernel does not count it.
    pub fn was_busy(&self) -> bool {
        let lasted = self.began.elapsed();
        MOST.iter().zip(self.before).any(|((path, part), before)| {
            let lost = stalled(path).zip(before).map(|(now, before)| now.saturating_sub(before));
            lost.is_some_and(|lost| lost >= lasted / *part)
        })
    }
}

/// How long somebody has waited since the machine started.
fn stalled(path: &str) -> Option<Duration> {
    parse(&fs::read_to_string(path).ok()?)
}

fn parse(text: &str) -> Option<Duration> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let total = some.split(' ').find_map(|word| word.strip_prefix("total="))?;
    total.parse().ok().map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_waited_is_read_in_microseconds() {
        let text = "some avg10=99.43 avg60=98.47 avg300=91.02 total=38674005541\n\
                    full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
        assert_eq!(parse(text), Some(Duration::from_micros(38_674_005_541)));
        assert_eq!(parse("full avg10=0.00 total=7\n"), None);
        assert_eq!(parse("some total=x\n"), None);
    }

    #[test]
    fn a_machine_that_nobody_waited_for_was_not_busy() {
        let mut watch = Watch::begin();
        watch.before = [None, None];
        assert!(!watch.was_busy());
        // What is in the future has not been lost.
        watch.before = [Some(Duration::MAX), Some(Duration::MAX)];
        watch.began = Instant::now().checked_sub(Duration::from_secs(1)).unwrap_or(watch.began);
        assert!(!watch.was_busy());
    }
}
