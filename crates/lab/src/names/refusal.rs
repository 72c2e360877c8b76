//! Why names can't be answered in a place.

use std::io;
use std::path::Path;

/// A step on the way to names of our own failed.
#[derive(Debug, thiserror::Error)]
#[error("{call} {object}: {source}")]
#[non_exhaustive]
pub struct NamesRefusal {
    /// The system call.
    pub call: &'static str,
    /// What it was called on.
    pub object: String,
    /// Why it failed.
    pub source: io::Error,
}

impl NamesRefusal {
    /// For `map_err`, when this call on this object failed.
    pub(crate) fn of<E: Into<io::Error>>(
        call: &'static str,
        object: impl AsRef<Path>,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self {
            call,
            object: object.as_ref().display().to_string(),
            source: source.into(),
        }
    }
}
