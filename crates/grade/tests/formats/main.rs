//! The formats, each against what is documented of it.

#![allow(clippy::unwrap_used)]

mod check50;
mod classroom50;
mod exam;
mod grades;
mod gradescope;
mod hostile;
mod junit;
mod sample;
mod schema;
mod worksheets;
