//! Trying what a tracer does to other processes.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use rustix::process::{Pid, PidfdGetfdFlags, Signal, kill_process, pidfd_getfd};
use socklab_kernel::parent::{self, Parent};
use socklab_kernel::process;

use super::attempt::Refused;
use super::raw;
use crate::sys::{self, Forked};

/// What is read in the memory of a child, which is a copy of ours.
static SECRET: u64 = 0x736f_636b_6c61_6221;

/// A child that does nothing, and is killed when this is dropped.
struct Idle(Pid);

impl Idle {
    fn start() -> Result<Self, Refused> {
        let this = std::process::id();
        match sys::fork().map_err(Refused::of("fork"))? {
            Forked::Child => {
                let _ = parent::end_with(Parent::Id(this));
                sys::reap_forever()
            }
            Forked::Parent(child) => Ok(Self(child)),
        }
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        let _ = kill_process(self.0, Signal::KILL);
        // A tracee that stops once more, to be killed, is reported first.
        for _ in 0..8 {
            match sys::wait_for_any_child(self.0) {
                Ok(status) if libc::WIFSTOPPED(status) => {}
                _ => return,
            }
        }
    }
}

/// Seizes a child, stops it, and reads its memory, as the tracer does.
pub(super) fn follow_a_child() -> Result<(), Refused> {
    let child = Idle::start()?;
    seize_and_stop(child.0)?;
    let read = raw::read_word(child.0, &SECRET).map_err(Refused::of("process_vm_readv"))?;
    match read == SECRET {
        true => Ok(()),
        false => Err(Refused { call: "process_vm_readv".into(), errno: Errno::FAULT }),
    }
}

/// Copies a child's socket, as the tracer does to ask for its addresses.
pub(super) fn copy_a_descriptor() -> Result<(), Refused> {
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
        .map_err(Refused::of("socket"))?;
    let child = Idle::start()?;
    let pidfd =
        process::pidfd(child.0.as_raw_pid().cast_unsigned()).map_err(Refused::of("pidfd_open"))?;
    pidfd_getfd(pidfd.as_fd(), socket.as_raw_fd(), PidfdGetfdFlags::empty())
        .map(drop)
        .map_err(Refused::of("pidfd_getfd"))
}

/// Seizes a process of the same user that is no descendant: two children, of which one seizes the
/// other.
pub(super) fn attach_to_a_stranger() -> Result<(), Refused> {
    let stranger = Idle::start()?;
    match sys::fork().map_err(Refused::of("fork"))? {
        Forked::Child => {
            let errno = seize_and_stop(stranger.0).err().map(|refused| refused.errno);
            sys::exit_now(errno.map_or(0, Errno::raw_os_error))
        }
        Forked::Parent(tracer) => match sys::wait(tracer).map_err(Refused::of("waitpid"))? {
            0 => Ok(()),
            errno => {
                let errno = Errno::from_raw_os_error(errno);
                Err(Refused { call: "ptrace PTRACE_SEIZE".into(), errno })
            }
        },
    }
}

fn seize_and_stop(pid: Pid) -> Result<(), Refused> {
    raw::seize(pid).map_err(Refused::of("ptrace PTRACE_SEIZE"))?;
    raw::interrupt(pid).map_err(Refused::of("ptrace PTRACE_INTERRUPT"))?;
    match sys::wait_for_any_child(pid).map_err(Refused::of("waitpid"))? {
        status if libc::WIFSTOPPED(status) => Ok(()),
        _ => Err(Refused::of("waitpid")(io::Error::from_raw_os_error(libc::ESRCH))),
    }
}
