//! What differs between processors: registers, the shape of a signal frame, old system calls.
//!
//! To support another processor, add a file for it here and its name to `KNOWN` in `build.rs`.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::*;
