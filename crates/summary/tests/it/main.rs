//! Tests of the figures, on hand-written and arbitrary timelines.

mod figures;
mod sums;
mod texts;
