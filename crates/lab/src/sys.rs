//! The few system calls that need `unsafe`, each wrapped in a safe function.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use rustix::io::Errno;
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

/// Moves the calling thread into new namespaces. `flags` may only name namespaces; with
/// `CLONE_NEWUSER` it has to be the only thread.
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
    if returned < 0 {
        return Err(io::Error::last_os_error());
    }
    match Pid::from_raw(returned) {
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
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request lives through the call and is what SIOCSIFFLAGS expects.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw mut request) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// `ip addr add 127.0.0.53/8 dev lo`: with 127.0.0.1 alone, the C library takes the machine for one
/// without IPv4, and finds no name for a program that asks with `AI_ADDRCONFIG` (`getaddrinfo(3)`).
pub(crate) fn second_loopback_address() -> io::Result<()> {
    let (family, kind) = (AddressFamily::INET, SocketType::DGRAM);
    let socket = socket_with(family, kind, SocketFlags::CLOEXEC, None)?;
    // SAFETY: zeroed is a valid ifreq: numbers and a union of numbers.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo:1") {
        *to = *from as libc::c_char;
    }
    let mut address = [0; 14];
    address[2..6].copy_from_slice(&[127, 0, 0, 53].map(|byte: u8| byte as libc::c_char));
    let sa_family = libc::AF_INET as libc::sa_family_t;
    request.ifr_ifru.ifru_addr = libc::sockaddr { sa_family, sa_data: address };
    // SAFETY: the request lives through the call and is what SIOCSIFADDR expects.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFADDR, &raw mut request) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The shortest time that the kernel lets a thread ask for, in nanoseconds: `sched_setattr(2)`.
const SHORTEST: u64 = 100_000;

/// Asks to get the processor often and each time for a short while, instead of seldom and long: when
/// this thread has something to do, it soon has its turn, even beside busy loops. All in all it gets as
/// much as before. Linux before 6.12 does not care.
pub(crate) fn take_short_turns() -> io::Result<()> {
    // SAFETY: zeroed is a valid sched_attr: numbers.
    let mut now: libc::sched_attr = unsafe { std::mem::zeroed() };
    let size = std::mem::size_of_val(&now) as libc::c_uint;
    // SAFETY: the kernel writes no more than `size` bytes to a variable that lives through the call; 0 is
    // the calling thread.
    let got = unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &raw mut now, size, 0) };
    if got < 0 {
        return Err(io::Error::last_os_error());
    }
    now.sched_runtime = SHORTEST;
    // SAFETY: the kernel reads what it has written before, but for one number.
    let set = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const now, 0) };
    if set == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Which process returns from [`clone`].
pub(crate) enum Cloned {
    /// The parent, with the child's process id and a pidfd for it.
    Parent(Pid, OwnedFd),
    /// The child, which must only call async-signal-safe functions and never return to its caller's
    /// caller.
    Child,
}

/// Forks into new namespaces, `clone(2)`. Ordinary waits don't notice the child's end: it sends no
/// signal, and [`wait_for_any_child`] has to be used.
pub(crate) fn clone(flags: i32) -> io::Result<Cloned> {
    let mut pidfd: i32 = -1;
    let flags = i64::from(flags | libc::CLONE_PIDFD);
    // SAFETY: without CLONE_VM the child has a copy of the memory and of the stack, as after `fork`;
    // what it may do with them is said above. The kernel writes the pidfd to a variable that lives
    // through the call; the remaining arguments are unused.
    let returned =
        unsafe { libc::syscall(libc::SYS_clone, flags, 0_usize, &raw mut pidfd, 0_usize, 0_usize) };
    if returned < 0 {
        return Err(io::Error::last_os_error());
    }
    match i32::try_from(returned).ok().and_then(Pid::from_raw) {
        // SAFETY: the kernel has just opened it for us.
        Some(child) => Ok(Cloned::Parent(child, unsafe { OwnedFd::from_raw_fd(pidfd) })),
        None => Ok(Cloned::Child),
    }
}

/// Waits for the end of a child that may have been made by [`clone`].
pub(crate) fn wait_for_any_child(child: Pid) -> io::Result<i32> {
    let mut status = 0;
    loop {
        // SAFETY: `status` is an int that the kernel may write to.
        let waited = unsafe { libc::waitpid(child.as_raw_pid(), &raw mut status, libc::__WALL) };
        if waited >= 0 {
            return Ok(status);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Ends the process as its child ends: with the same exit code, or by the same signal. Meanwhile it
/// keeps no descriptor open. Async-signal-safe.
pub(crate) fn end_like(child: Pid) -> ! {
    let _ = close_all_but(-1);
    match wait_for_any_child(child) {
        Ok(status) if libc::WIFEXITED(status) => exit_now(libc::WEXITSTATUS(status)),
        Ok(status) if libc::WIFSIGNALED(status) => {
            let signal = libc::WTERMSIG(status);
            // SAFETY: no handler is installed, and the process is about to end.
            unsafe {
                let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
                // The child has left its core already.
                libc::setrlimit(libc::RLIMIT_CORE, &raw const none);
                libc::signal(signal, libc::SIG_DFL);
                libc::raise(signal);
            }
            exit_now(128 + signal)
        }
        _ => exit_now(127),
    }
}

/// Closes all descriptors but one. Async-signal-safe.
pub(crate) fn close_all_but(kept: i32) -> Result<(), Errno> {
    let kept = u32::try_from(kept).ok();
    let below = kept.and_then(|kept| kept.checked_sub(1)).map(|last| (0, last));
    let above = (kept.map_or(0, |kept| kept + 1), u32::MAX);
    for (first, last) in below.into_iter().chain([above]) {
        // SAFETY: the caller is a process of its own that uses none of them any more.
        let done = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
        if done < 0 {
            return Err(last_errno());
        }
    }
    Ok(())
}

/// Ends the process at once, running none of the exit handlers it has from its parent.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` is async-signal-safe and touches no memory.
    unsafe { libc::_exit(code) }
}

/// Lets the kernel clear away every child that ends, as the first process of a namespace must, and
/// waits to be killed.
pub(crate) fn reap_forever() -> ! {
    // SAFETY: no handler is installed; ignoring SIGCHLD makes the kernel reap the children.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    loop {
        // SAFETY: waits for a signal.
        unsafe { libc::pause() };
    }
}

/// Makes a mount and those below it read-only, `mount_setattr(2)`. Async-signal-safe.
pub(crate) fn make_read_only(path: &CStr) -> Result<(), Errno> {
    mount_attributes(path, libc::AT_RECURSIVE, libc::MOUNT_ATTR_RDONLY, 0)
}

/// Sets and clears attributes of a mount and, with `AT_RECURSIVE`, of those below it.
/// Async-signal-safe.
pub(crate) fn mount_attributes(path: &CStr, flags: i32, set: u64, clear: u64) -> Result<(), Errno> {
    // SAFETY: zeroed is a valid mount_attr: numbers, of which 0 changes nothing.
    let mut wanted: libc::mount_attr = unsafe { std::mem::zeroed() };
    wanted.attr_set = set;
    wanted.attr_clr = clear;
    // SAFETY: path and attributes live through the call, and the size is that of the attributes.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            flags,
            &raw const wanted,
            size_of::<libc::mount_attr>(),
        )
    };
    if done == 0 { Ok(()) } else { Err(last_errno()) }
}

fn last_errno() -> Errno {
    Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}
