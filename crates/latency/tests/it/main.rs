//! What waits consist of, in handmade recordings.

mod scenes;
mod sums;
