//! Why a scenario cannot go on.

use std::fmt;
use std::io;

use crate::step_end::StepTrouble;

/// An error that says which call failed, and on what.
pub(super) fn of(call: &str, object: impl fmt::Display) -> impl Fn(io::Error) -> io::Error {
    let what = format!("{call} {object}");
    move |error| io::Error::new(error.kind(), format!("{what}: {error}"))
}

/// What ends a scenario before its last step.
pub(super) enum Failure {
    /// A step failed.
    Step(Box<StepTrouble>),
    /// The engine failed.
    Engine(io::Error),
    /// Another process gave orders to this peer.
    Disturbed(String),
}

impl Failure {
    /// A step needs an actor or a peer that is not running.
    pub(super) fn not_running(who: &str) -> Self {
        Self::from(StepTrouble::NotRunning { who: who.to_owned() })
    }
}

impl From<StepTrouble> for Failure {
    fn from(trouble: StepTrouble) -> Self {
        Self::Step(Box::new(trouble))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Engine(error)
    }
}
