//! What makes two calls alike, as far as folding is concerned.

use socklab_event::{Call, Errno, Outcome};

/// A call and the kind of its outcome, but neither data nor duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Token<'t> {
    name: &'t str,
    implicit: bool,
    outcome: Kind,
    /// Whose call it is, in the numbering of the caller.
    side: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Zero,
    Positive,
    Error(Errno),
    Unfinished,
}

impl<'t> Token<'t> {
    /// The token of a call; `None` is an event that is no call.
    pub(crate) fn of(call: Option<&'t Call>, side: Option<usize>) -> Self {
        let Some(call) = call else {
            return Self { name: "", implicit: false, outcome: Kind::Zero, side };
        };
        let outcome = match call.outcome {
            Outcome::Error(errno) => Kind::Error(errno),
            Outcome::Unfinished => Kind::Unfinished,
            Outcome::Value(0) => Kind::Zero,
            Outcome::Value(_) => Kind::Positive,
        };
        Self { name: &call.name, implicit: call.implicit, outcome, side }
    }

    /// The token of a call that achieved nothing, in a loop: its descriptor matters too.
    pub(crate) fn in_loop(call: &'t Call) -> Self {
        Self::of(Some(call), call.fd.and_then(|fd| usize::try_from(fd).ok()))
    }

    /// True for a failure, other than that a program has to wait.
    pub(crate) fn failed(&self) -> bool {
        matches!(self.outcome, Kind::Error(errno) if !errno.is_not_now())
    }
}
