//! What became of a submission, and of a case.

use serde::{Deserialize, Serialize};

/// What became of a student's submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It was run, and earned what it earned.
    Graded,
    /// There is nothing that could be run: no file, an empty one, or none in a known language. It
    /// earns no points.
    NoSubmission,
    /// A compiler refused it. It earns no points.
    DoesNotCompile,
    /// Nobody knows what it would earn, because the machine failed. That is never a zero: there are
    /// no points.
    InfraError,
    /// Grading has not come to it yet: it goes on, or it was interrupted. There are no points.
    Pending,
}

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// All was as expected.
    Passed,
    /// Something was not as expected.
    Failed,
    /// Something did not happen in time.
    Timeout,
    /// It was not run, because another case did not pass, or because nothing could be run.
    Skipped,
    /// Something failed that is not the program's fault.
    InfraError,
}

impl State {
    /// Its word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Graded => "graded",
            Self::NoSubmission => "no-submission",
            Self::DoesNotCompile => "does-not-compile",
            Self::InfraError => "infra-error",
            Self::Pending => "pending",
        }
    }

    /// True if points are known, be it none.
    pub fn has_points(self) -> bool {
        !matches!(self, Self::InfraError | Self::Pending)
    }
}

impl CaseState {
    /// Its word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
            Self::Skipped => "skipped",
            Self::InfraError => "infra-error",
        }
    }
}
