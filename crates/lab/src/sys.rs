//! The few system calls that need `unsafe`, each as a function that is safe to call.

use std::ffi::CStr;
use std::io;

/// When what started us ends, however it ends, so do we.
pub fn die_with_parent() -> io::Result<()> {
    let kill = Some(rustix::process::Signal::KILL);
    rustix::process::set_parent_process_death_signal(kill).map_err(Into::into)
}

/// Nanoseconds of `CLOCK_MONOTONIC`, the clock of timelines.
pub fn now() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    // The clock counts from boot: never negative, and good for 584 years.
    now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned()
}

/// Writing to a closed connection ends this process from here on, as it does in C; Rust programs
/// start with SIGPIPE ignored.
pub fn let_sigpipe_kill() -> io::Result<()> {
    // SAFETY: no handler is installed, so nothing runs in signal context.
    let before = unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    if before == libc::SIG_ERR { Err(io::Error::last_os_error()) } else { Ok(()) }
}

pub(crate) fn unshare(flags: libc::c_int) -> io::Result<()> {
    // SAFETY: no pointers; namespaces concern no Rust object.
    check(unsafe { libc::unshare(flags) })
}

/// What `fork` returned: in the parent the child's number.
pub(crate) enum Forked {
    Parent(libc::pid_t),
    Child,
}

pub(crate) fn fork() -> io::Result<Forked> {
    // SAFETY: the caller has one thread (see `enter_private_loopback`), so the child's memory is
    // as consistent as the parent's: no lock is held by a thread that does not exist there.
    match unsafe { libc::fork() } {
        0 => Ok(Forked::Child),
        pid if pid > 0 => Ok(Forked::Parent(pid)),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Waits for a child; gives the exit code as a shell would.
pub(crate) fn wait(pid: libc::pid_t) -> io::Result<i32> {
    let mut status = 0;
    loop {
        // SAFETY: `status` lives through the call.
        if unsafe { libc::waitpid(pid, &raw mut status, 0) } == pid {
            return Ok(match libc::WIFEXITED(status) {
                true => libc::WEXITSTATUS(status),
                false => 128 + libc::WTERMSIG(status),
            });
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// A fresh `/proc` over the old one, for the process namespace we are in.
pub(crate) fn mount_proc() -> io::Result<()> {
    let none = std::ptr::null::<libc::c_char>();
    // SAFETY: all strings are literals that end with a zero byte; the other pointers may be null.
    unsafe {
        // What we mount stays ours: without this it would appear outside.
        let private = libc::MS_REC | libc::MS_PRIVATE;
        check(libc::mount(none, c"/".as_ptr(), none, private, none.cast()))?;
        let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
        let proc = c"proc".as_ptr();
        check(libc::mount(proc, c"/proc".as_ptr(), proc, flags, none.cast()))
    }
}

/// A file system in memory over a folder.
pub(crate) fn mount_memory(folder: &std::ffi::CStr) -> io::Result<()> {
    let kind = c"tmpfs".as_ptr();
    let flags = libc::MS_NOSUID | libc::MS_NODEV;
    let options = c"size=256m,mode=755".as_ptr();
    // SAFETY: all strings end with a zero byte and live through the call.
    check(unsafe { libc::mount(kind, folder.as_ptr(), kind, flags, options.cast()) })
}

/// Makes `path` be the file at `over`, for us and our children.
pub(crate) fn mount_over(path: &CStr, over: &CStr) -> io::Result<()> {
    let none = std::ptr::null::<libc::c_char>();
    // SAFETY: both strings end with a zero byte and live through the call; the others may be null.
    check(unsafe { libc::mount(path.as_ptr(), over.as_ptr(), none, libc::MS_BIND, none.cast()) })
}

/// `ip link set lo up`.
pub(crate) fn loopback_up() -> io::Result<()> {
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
    // SAFETY: no pointers; a fresh descriptor that nobody else knows becomes owned.
    let socket = unsafe {
        let fd = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        check(fd.min(0))?;
        OwnedFd::from_raw_fd(fd)
    };
    // SAFETY: zeroed is a valid ifreq: numbers and a union of numbers.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        // `c_char` is signed on x86-64 and unsigned on aarch64.
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request lives through the call and is what SIOCSIFFLAGS expects.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw mut request) })
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
