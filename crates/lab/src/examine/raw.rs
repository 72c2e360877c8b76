//! The system calls of the attempts that no library wraps, each in a safe function.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr;

use libc::{c_int, c_void, socklen_t};
use rustix::process::Pid;

/// The smallest ring: what takes time is not its size.
const BLOCK: u32 = 64 << 10;
const FRAME: u32 = 2048;

fn outcome(returned: c_int) -> io::Result<c_int> {
    if returned < 0 { Err(io::Error::last_os_error()) } else { Ok(returned) }
}

/// Makes a packet socket on all interfaces, with a small ring to receive, `packet(7)`, and closes it.
/// The error comes with the call.
pub(super) fn packet_ring() -> Result<(), (&'static str, io::Error)> {
    // SAFETY: no pointers. Protocol 0: nothing is received before `bind`.
    let socket = unsafe { libc::socket(libc::AF_PACKET, libc::SOCK_RAW | libc::SOCK_CLOEXEC, 0) };
    let socket = outcome(socket).map_err(|error| ("socket AF_PACKET", error))?;
    // SAFETY: the kernel has just opened it for us.
    let socket = unsafe { OwnedFd::from_raw_fd(socket) };
    let version: c_int = 1; // TPACKET_V2
    let set = |option: c_int, value: *const c_void, size: usize| {
        // SAFETY: the callers below pass a value of theirs that lives through the call, and its size.
        outcome(unsafe {
            libc::setsockopt(socket.as_raw_fd(), libc::SOL_PACKET, option, value, size as socklen_t)
        })
    };
    set(libc::PACKET_VERSION, (&raw const version).cast(), size_of::<c_int>())
        .map_err(|error| ("setsockopt PACKET_VERSION", error))?;
    let request = libc::tpacket_req {
        tp_block_size: BLOCK,
        tp_block_nr: 1,
        tp_frame_size: FRAME,
        tp_frame_nr: BLOCK / FRAME,
    };
    set(libc::PACKET_RX_RING, (&raw const request).cast(), size_of::<libc::tpacket_req>())
        .map_err(|error| ("setsockopt PACKET_RX_RING", error))?;
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new mapping at an address that the kernel chooses; nothing reads or writes it, and
    // it ends with this process.
    let mapped = unsafe {
        libc::mmap(
            ptr::null_mut(),
            BLOCK as usize,
            protection,
            libc::MAP_SHARED,
            socket.as_raw_fd(),
            0,
        )
    };
    if mapped == libc::MAP_FAILED {
        return Err(("mmap of the ring", io::Error::last_os_error()));
    }
    Ok(())
}

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
