//! What the tracer knows about a system call that it stops at.

/// A system call by what it does. Calls whose arguments differ have separate variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sys {
    Socket,
    Socketpair,
    Bind,
    Listen,
    Accept,
    Accept4,
    Connect,
    Sendto,
    Recvfrom,
    Sendmsg,
    Recvmsg,
    Sendmmsg,
    Recvmmsg,
    Shutdown,
    Setsockopt,
    Getsockopt,
    Getsockname,
    Getpeername,
    Read,
    Write,
    Readv,
    Writev,
    Preadv2,
    Pwritev2,
    Close,
    CloseRange,
    Dup,
    Dup2,
    Dup3,
    Fcntl,
    Ioctl,
    Sendfile,
    Splice,
    Poll,
    Ppoll,
    Select,
    Pselect6,
    EpollCtl,
    EpollWait,
    EpollPwait2,
    IoUringSetup,
    PidfdGetfd,
    Unshare,
    Seccomp,
    Prctl,
    Execve,
    Clone,
    Clone3,
    RestartSyscall,
}

/// When a call must stop the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Always: it creates sockets, or is made on sockets only.
    Always,
    /// If its first argument is one of [`PRCTLS`].
    FirstArgument,
    /// If its first argument has `CLONE_UNTRACED`.
    Untraced,
    /// Once the process has a socket.
    WithSockets,
    /// When its first argument is the descriptor of a socket.
    OnDescriptor,
}

/// One row of the table of system calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) number: i64,
    pub(crate) sys: Sys,
    pub(crate) name: &'static str,
    pub(crate) stage: Stage,
}

impl Row {
    pub(crate) const fn new(number: i64, sys: Sys, name: &'static str, stage: Stage) -> Self {
        Self { number, sys, name, stage }
    }

    /// True if the call's first argument is the descriptor it is made on.
    pub(crate) fn takes_fd(&self) -> bool {
        use Sys::*;
        !matches!(
            self.sys,
            Socket
                | Socketpair
                | CloseRange
                | Splice
                | Poll
                | Ppoll
                | Select
                | Pselect6
                | EpollCtl
                | EpollWait
                | EpollPwait2
                | IoUringSetup
                | PidfdGetfd
                | Unshare
                | Seccomp
                | Prctl
                | Execve
                | Clone
                | Clone3
                | RestartSyscall
        )
    }
}

/// `prctl(PR_SET_SECCOMP, …)`, the old way to install a filter.
pub(crate) const PR_SET_SECCOMP: u32 = 22;

/// `prctl(PR_SET_TSC, …)`: sets whether the program may read the time stamp counter.
pub(crate) const PR_SET_TSC: u32 = 26;

/// The requests of `prctl` that stop the program.
pub(crate) const PRCTLS: [u32; 2] = [PR_SET_SECCOMP, PR_SET_TSC];
