//! Runs programs, or attaches to them, and records every call they make on a socket.
//!
//! ```no_run
//! use socklab_trace::{Command, Options, Tracer};
//!
//! let tracer = Tracer::new(Options::default())
//!     .command(Command::new(["python3", "TCPServer.py"]).label("server"))
//!     .command(Command::new(["python3", "TCPClient.py"]).label("client"));
//! let summary = tracer.run(|event| println!("{event:?}"))?;
//! println!("{:?}", summary.end);
//! # Ok::<(), socklab_trace::Error>(())
//! ```
//!
//! The example `trace` writes what programs do as a recording:
//! `cargo run -p socklab-trace --example trace -- -o run.jsonl python3 TCPClient.py`.
//!
//! It works on any binary, in any language, without privileges: seccomp filters stop the programs
//! at the calls that matter, and ptrace reads their arguments and results; all other calls run at
//! full speed. The tracer does not change what a program does: exit statuses, signals and job
//! control work as they do without it. If the tracer dies, so do the programs it started.
//!
//! The kernel does treat a traced program differently: a signal that the program ignores still
//! interrupts its calls (most are restarted transparently; a `recv` with a timeout fails with
//! EINTR), no debugger can attach to it, and set-user-ID programs get no privileges unless the tracer
//! runs as root (`Notice::Unprivileged`). `docs/tracing.md` lists all that a traced
//! program can notice.
//!
//! Linux 5.8 or later (seccomp `TSYNC_ESRCH`, `pidfd_getfd`), x86-64. On other processors the crate
//! builds, and [`Tracer::run`] fails with [`Error::Architecture`].

#![cfg_attr(not(has_arch), allow(dead_code, reason = "its users need a known processor"))]

mod awaiting;
mod command;
mod confines;
mod control;
mod entered;
mod error;
mod hold;
mod inheritance;
mod options;
mod summary;
mod tracer;
mod waits_for;

// The modules that touch a tracee, and so depend on the processor: see `build.rs`.
#[cfg(has_arch)]
mod arch;
#[cfg(has_arch)]
mod attach;
#[cfg(has_arch)]
mod decode;
#[cfg(has_arch)]
mod filter;
#[cfg(has_arch)]
mod inject;
#[cfg(has_arch)]
mod look;
#[cfg(has_arch)]
mod memory;
#[cfg(has_arch)]
mod privileges;
#[cfg(has_arch)]
mod probe;
#[cfg(has_arch)]
mod ptrace;
#[cfg(has_arch)]
mod ring;
#[cfg(has_arch)]
mod session;
#[cfg(has_arch)]
mod spawn;
#[cfg(has_arch)]
mod syscall;
#[cfg(has_arch)]
mod syscall_table;
#[cfg(has_arch)]
mod tcp_info;

#[doc(hidden)]
pub mod fuzzing;

pub use awaiting::{Awaited, Awaiting, Does, Standing, Standstill};
pub use command::{Command, Start, Stdio};
pub use confines::Confines;
pub use control::Handle;
pub use entered::Entered;
pub use error::{AttachRefusal, Error};
pub use hold::{Calls, Hold, HoldAt, HoldUntil};
pub use inheritance::close_others_on_exec;
pub use options::{Ending, Finish, Options};
pub use summary::{CommandEnd, Cost, EndReason, Summary};
pub use tracer::Tracer;
pub use waits_for::{WaitsFor, call_name, waits_for};
