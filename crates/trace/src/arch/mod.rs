//! What differs between processors: registers, the shape of a signal frame, old system calls.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::*;

#[cfg(not(target_arch = "x86_64"))]
compile_error!("the tracer knows x86-64 only; another processor is one more file beside this one");
