//! The few system calls that need `unsafe`, each wrapped in a safe function.

use std::io;
use std::os::fd::AsRawFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use rustix::process::{Pid, WaitOptions, waitpid};
use rustix::thread::UnshareFlags;

/// From now on, writing to a closed connection kills this process with SIGPIPE, as it kills a
/// program written in C. Rust programs start with SIGPIPE ignored.
///
/// # Errors
///
/// The error of `signal(2)`.
pub fn let_sigpipe_kill() -> io::Result<()> {
    // SAFETY: no handler is installed, so nothing runs in signal context.
    let before = unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    if before == libc::SIG_ERR { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Moves the calling thread, the only one, into new namespaces. `flags` may only name namespaces.
pub(crate) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    debug_assert!(!flags.contains(UnshareFlags::FILES));
    // SAFETY: descriptors stay shared, which is all that `unshare_unsafe` asks for.
    Ok(unsafe { rustix::thread::unshare_unsafe(flags) }?)
}

/// Which process returns from [`fork`].
pub(crate) enum Forked {
    /// The parent, with the child's process id.
    Parent(Pid),
    /// The child.
    Child,
}

pub(crate) fn fork() -> io::Result<Forked> {
    // SAFETY: the caller has one thread (see `enter_private_loopback`), so the child's memory is
    // as consistent as the parent's: no lock is held by a thread that does not exist there.
    let returned = unsafe { libc::fork() };
    match Pid::from_raw(returned) {
        _ if returned < 0 => Err(io::Error::last_os_error()),
        Some(child) => Ok(Forked::Parent(child)),
        None => Ok(Forked::Child),
    }
}

/// Waits until a child ends, and returns its exit code as a shell would: 128 plus the signal's
/// number if a signal killed it.
pub(crate) fn wait(child: Pid) -> io::Result<i32> {
    let waited = rustix::io::retry_on_intr(|| waitpid(Some(child), WaitOptions::empty()))?;
    let status = waited.map(|(_, status)| status);
    let code = status.and_then(|status| {
        status.exit_status().or_else(|| Some(128 + status.terminating_signal()?))
    });
    code.ok_or_else(|| io::Error::other("waitpid returned before the child had ended"))
}

/// `ip link set lo up`
pub(crate) fn loopback_up() -> io::Result<()> {
    let (family, kind) = (AddressFamily::INET, SocketType::DGRAM);
    let socket = socket_with(family, kind, SocketFlags::CLOEXEC, None)?;
    // SAFETY: zeroed is a valid ifreq: numbers and a union of numbers.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = from.cast_signed();
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request lives through the call and is what SIOCSIFFLAGS expects.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw mut request) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
