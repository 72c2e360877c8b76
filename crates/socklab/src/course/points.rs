//! What a student has earned in an exercise, and where the exercise was begun, as the progress file
//! keeps them.

use std::fmt;

use super::progress;
use super::progress::Progress;

/// Earned and possible points, for the core cases and for the robust ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Points {
    pub(crate) core: (u32, u32),
    pub(crate) robust: (u32, u32),
}

impl Points {
    pub(crate) fn core(&self) -> bool {
        self.core.0 == self.core.1
    }

    pub(crate) fn all(&self) -> bool {
        self.core() && self.robust.0 == self.robust.1
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Points { core, robust } = self;
        write!(f, "{}/{} {}/{}", core.0, core.1, robust.0, robust.1)
    }
}

/// The keys under which the progress file records points and files.
const POINTS: &str = "exercise";
pub(crate) const FILE: &str = "started";

impl Points {
    /// The points recorded last: `6/6 4/13`.
    pub(crate) fn noted(progress: &Progress, exercise: &str) -> Option<Self> {
        let (core, robust) = progress.get(&format!("{POINTS} {exercise}"))?.split_once(' ')?;
        let pair = |word: &str| {
            let (earned, all) = word.split_once('/')?;
            Some((earned.parse().ok()?, all.parse().ok()?))
        };
        Some(Self { core: pair(core)?, robust: pair(robust)? })
    }

    /// Records them, unless better ones were recorded before. Ignores an unwritable home directory.
    pub(crate) fn note(self, exercise: &str) {
        let best = Self::noted(&progress::read(), exercise);
        let earned = |points: &Self| (points.core.0, points.robust.0);
        if best.is_none_or(|best| earned(&best) < earned(&self)) {
            progress::note(POINTS, exercise, &self.to_string());
        }
    }
}

/// True if the exercise was started, wherever its file is now.
pub(crate) fn is_begun(exercise: &str, progress: &Progress) -> bool {
    progress.contains_key(&format!("{FILE} {exercise}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_back() {
        let progress = [("exercise echo-server".to_owned(), "6/6 4/13".to_owned())].into();
        let points = Points::noted(&progress, "echo-server").unwrap();
        assert!(points.core() && !points.all());
        assert_eq!(points.to_string(), "6/6 4/13");
        assert_eq!(Points::noted(&progress, "tcp-server"), None);
    }
}
