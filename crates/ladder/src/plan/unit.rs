//! Whose call it is.

/// A process and one of its threads.
pub(crate) type Unit = (u32, u32);
