//! Positions of events.

/// The position of an event: an index into [`Flows::order`](crate::Flows::order).
pub type Position = usize;
