//! What can go wrong, and what to do about it.

use std::io;
use std::path::PathBuf;

/// Why a recording could not be made, or could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The program was not found.
    #[error("{program}: not found in PATH, or not executable")]
    NotFound {
        /// Its name, as it was given.
        program: String,
    },
    /// The kernel refused to execute the program.
    #[error("execve {}: {source}", program.display())]
    Exec {
        /// The file.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A step between `fork` and `execve` failed in the new process.
    #[error("{step} for {program}: {source}")]
    Prepare {
        /// The program that was to be run.
        program: String,
        /// The step: `chdir`, `dup2` ….
        step: &'static str,
        /// Why.
        source: io::Error,
    },
    /// An argument, variable or path contains a zero byte, which can't be passed to a program.
    #[error("{what} contains a zero byte")]
    ZeroByte {
        /// The argument, variable or path.
        what: String,
    },
    /// ptrace is not allowed here, not even on our own child.
    #[error("ptrace of our own child is refused: {source}. {}", fix_launch())]
    Refused {
        /// Why.
        source: io::Error,
    },
    /// The tracer does not know this machine's processor: there is no file for it in `src/arch`.
    #[error(
        "programs cannot be traced on {machine}: the tracer knows the registers, the signal frames \
         and the system call numbers of x86_64 only. Everything that traces no program works here: \
         timelines recorded elsewhere can be drawn, judged and explained"
    )]
    Architecture {
        /// The machine, `uname(2)`: `aarch64`.
        machine: String,
    },
    /// We may not attach to a running process.
    #[error("cannot attach to process {pid}: {source}. {reason}")]
    Attach {
        /// The process.
        pid: u32,
        /// The kernel's error.
        source: io::Error,
        /// What it most likely means, and how to fix it.
        reason: AttachRefusal,
    },
    /// A system call of the tracer failed.
    #[error("{call} on {object}: {source}")]
    Call {
        /// The system call.
        call: &'static str,
        /// What it was made on.
        object: String,
        /// Why.
        source: io::Error,
    },
    /// There is neither a command nor a process to trace.
    #[error("no command and no process to trace")]
    Nothing,
}

impl Error {
    pub(crate) fn last(call: &'static str, object: impl ToString) -> Self {
        Self::call(call, object, io::Error::last_os_error())
    }

    pub(crate) fn call(call: &'static str, object: impl ToString, source: io::Error) -> Self {
        Self::Call { call, object: object.to_string(), source }
    }

    /// True if this machine does not allow what was requested; false if the request was wrong.
    pub fn is_environment(&self) -> bool {
        matches!(self, Self::Architecture { .. } | Self::Refused { .. } | Self::Call { .. })
            || matches!(self, Self::Attach { reason, .. } if *reason != AttachRefusal::NoSuchProcess)
    }
}

/// Why attaching was refused. The text of each variant gives the reason and the fix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttachRefusal {
    /// No such process.
    #[error("There is no such process.")]
    NoSuchProcess,
    /// Another tracer traces it.
    #[error("Process {tracer} traces it already, and a process can have only one tracer.")]
    Traced {
        /// The other tracer.
        tracer: u32,
    },
    /// The security module Yama forbids it (`kernel.yama.ptrace_scope`).
    #[error(
        "kernel.yama.ptrace_scope is {scope}: only a parent may trace. \
         Start the program under the tracer instead, or: sudo sysctl kernel.yama.ptrace_scope=0"
    )]
    Yama {
        /// The setting.
        scope: u32,
    },
    /// It is another user's process.
    #[error("It belongs to user {owner}, we are user {us}: run as that user, or as root.")]
    OtherUser {
        /// Whose it is.
        owner: u32,
        /// Who we are.
        us: u32,
    },
    /// Something else: a container's seccomp profile, a process that is not dumpable, process 1.
    #[error(
        "Inside a container, allow ptrace (docker run --cap-add=SYS_PTRACE); a process that \
         changed its user id or guards secrets can be attached to by root only."
    )]
    Unknown,
}

fn fix_launch() -> &'static str {
    "Inside a container, allow it: docker run --cap-add=SYS_PTRACE \
     --security-opt seccomp=unconfined. Under another tracer or debugger: run outside of it"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_processor_counts_as_the_environment_and_is_named() {
        let error = Error::Architecture { machine: "aarch64".to_owned() };
        assert!(error.is_environment());
        let text = error.to_string();
        assert!(text.starts_with("programs cannot be traced on aarch64: "), "{text}");
        assert!(text.contains("x86_64 only") && text.contains("can be drawn"), "{text}");
    }
}
