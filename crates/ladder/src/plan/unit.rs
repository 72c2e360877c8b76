//! Which thread made a call.

/// A thread: the ids of its process and its own.
pub(crate) type Unit = (u32, u32);
