//! What two recorded runs have different, whatever chance did.
#![forbid(unsafe_code)]

mod align;
mod chance;
mod comparison;
mod content;
mod form;
mod knowledge;
mod names;
mod order;
mod page;
mod pairing;
mod reading;
mod text;
mod track;
mod words;

pub use comparison::{Comparison, Row, Told};
pub use text::TextStyle;
