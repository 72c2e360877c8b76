//! What passes between hosts, or through the loopback: frames, seen and let through.
//!
//! `ring` is how frames get from the kernel to us and back; `headers` and `checksum` know what is
//! written on them, `frame` makes of both what a timeline keeps, and `tap` does that for all that
//! passes through the loopback.

#[cfg(test)]
pub(crate) mod built;
mod checksum;
mod frame;
mod headers;
mod icmp;
mod refusal;
pub(crate) mod ring;
pub mod rules;
pub(crate) mod switch;
mod tap;
#[cfg(test)]
pub(crate) mod within;

pub use checksum::{complete_checksum, is_intact};
pub(crate) use headers::hardware_address;
pub use headers::headers;
pub use refusal::WireRefusal;
pub use switch::{Switched, WireControl};
pub use tap::{Tap, Tapped};
