//! The system calls of the attempts that no library wraps, each in a safe function.

use std::io;
use std::ptr;

use libc::{c_int, c_void};
use rustix::process::Pid;

/// Becomes the tracer of a process, which then ends with this one.
pub(super) fn seize(pid: Pid) -> io::Result<()> {
    request(libc::PTRACE_SEIZE as c_int, pid, libc::PTRACE_O_EXITKILL as usize)
}

/// Stops a tracee.
pub(super) fn interrupt(pid: Pid) -> io::Result<()> {
    request(libc::PTRACE_INTERRUPT as c_int, pid, 0)
}

fn request(request: c_int, pid: Pid, data: usize) -> io::Result<()> {
    // SAFETY: these requests read no memory of ours: their data are options, by value.
    let done = unsafe {
        libc::ptrace(request as _, pid.as_raw_pid(), ptr::null_mut::<c_void>(), data as *mut c_void)
    };
    if done < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Reads what a child, which is a copy of this process, has where we have `place`,
/// `process_vm_readv(2)`.
pub(super) fn read_word(child: Pid, place: &'static u64) -> io::Result<u64> {
    let mut word = 0_u64;
    let size = size_of::<u64>();
    let local = libc::iovec { iov_base: (&raw mut word).cast(), iov_len: size };
    let remote = libc::iovec { iov_base: ptr::from_ref(place).cast_mut().cast(), iov_len: size };
    // SAFETY: the kernel writes at most `size` bytes to `word`, which lives through the call; the
    // other address is the child's, and only compared with what the child has mapped.
    let read = unsafe {
        libc::process_vm_readv(child.as_raw_pid(), &raw const local, 1, &raw const remote, 1, 0)
    };
    match usize::try_from(read) {
        Ok(read) if read == size => Ok(word),
        Ok(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        Err(_) => Err(io::Error::last_os_error()),
    }
}
