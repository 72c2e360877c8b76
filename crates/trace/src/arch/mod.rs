//! What differs between processors: registers, the shape of a signal frame, old system calls.
//!
//! Another processor is one more file beside this one, and its name in `build.rs`.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::*;
