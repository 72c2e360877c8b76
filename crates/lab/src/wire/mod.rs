//! What passes between hosts, or through the loopback: frames, seen and let through.

#[cfg(test)]
mod built;
mod checksum;
mod headers;
mod icmp;

pub use checksum::{complete_checksum, is_intact};
pub use headers::headers;
