//! Why there is no internet in a place.

use std::io;

use socklab_net::server::BindError;

use crate::names::NamesRefusal;

/// A step on the way to an internet of our own failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InternetRefusal {
    /// No name can be answered, or nobody can be made to ask here.
    #[error(transparent)]
    Names(#[from] NamesRefusal),
    /// A server could not be started.
    #[error(transparent)]
    Server(#[from] BindError),
    /// No thread could be started.
    #[error("clone, a thread that answers for names: {source}")]
    Threads {
        /// The system's error.
        source: io::Error,
    },
}
