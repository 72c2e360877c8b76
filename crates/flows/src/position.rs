//! Where an event stands.

/// The position of an event in [`Flows::order`](crate::Flows::order).
pub type Position = usize;
