//! Pure decoding: argument words and a view of memory in, [`socklab_event::Args`] out.
//!
//! Nothing here asks the kernel anything, and nothing here trusts a length: a tracee may pass
//! whatever it likes. [`entry`] reads, before the call runs, what the kernel will overwrite. Once
//! the call has returned, [`dispatch`] picks the function that decodes it, from the module for
//! calls of its kind: [`setup`], [`transfer`], [`option`], [`waiting`], [`descriptor`].

pub(crate) mod address;
mod ancillary;
mod constants;
mod control_value;
mod descriptor;
mod dispatch;
mod entry;
mod flags;
mod header;
mod message;
mod option;
mod poll_sets;
mod returned;
mod setup;
mod transfer;
mod waiting;
mod words;

pub(crate) use dispatch::decode;
pub(crate) use entry::CallAtEntry;
pub(crate) use poll_sets::{milliseconds, time};
pub(crate) use returned::Limits;
pub(crate) use words::{u32_at, u64_at};
