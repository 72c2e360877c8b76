//! `ptrace(2)` and `waitpid(2)`, one safe function per request.
//!
//! They go through libc: rustix has no ptrace and no `__WALL`, and nix lacks several of the
//! requests.
//!
//! A request fails with `ESRCH` if the thread was killed while it was stopped. For a tracer that is
//! not an error: the next wait reports the thread's end.

use std::io;
use std::mem::{self, MaybeUninit};
use std::ptr;

use libc::{c_long, c_void, pid_t};

use crate::arch::{INSTRUCTION_OFFSET, Registers};

/// The events that every tracee stops for.
const EVENTS: i32 = libc::PTRACE_O_TRACESYSGOOD
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK
    | libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEEXEC
    | libc::PTRACE_O_TRACEEXIT
    | libc::PTRACE_O_TRACESECCOMP;

/// What `waitpid` reported about a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It has entered, or returned from, a system call.
    Call,
    /// A seccomp filter's verdict was TRACE: it is about to make a system call.
    Filter,
    /// `PTRACE_EVENT_FORK`, `VFORK` or `CLONE`: it has created a process or a thread.
    Child,
    /// It has executed another program.
    Exec,
    /// It is about to end.
    Exit,
    /// Job control has stopped it, by this signal.
    Group(i32),
    /// The tracer has interrupted it, or it is new, or was continued after a group stop.
    Trap,
    /// This signal is to be delivered to it.
    Signal(i32),
    /// It has exited with this code.
    Exited(i32),
    /// It was killed by this signal.
    Killed(i32),
}

/// What `PTRACE_O_TRACESYSGOOD` adds to SIGTRAP when the stop is at a system call.
const SYSTEM_CALL: i32 = 0x80;

impl Stop {
    fn of(status: i32) -> Self {
        if libc::WIFEXITED(status) {
            return Self::Exited(libc::WEXITSTATUS(status));
        }
        if libc::WIFSIGNALED(status) {
            return Self::Killed(libc::WTERMSIG(status));
        }
        let signal = libc::WSTOPSIG(status);
        match status >> 16 {
            libc::PTRACE_EVENT_SECCOMP => Self::Filter,
            libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => {
                Self::Child
            }
            libc::PTRACE_EVENT_EXEC => Self::Exec,
            libc::PTRACE_EVENT_EXIT => Self::Exit,
            libc::PTRACE_EVENT_STOP => match signal {
                libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU => {
                    Self::Group(signal)
                }
                _ => Self::Trap,
            },
            _ if signal == libc::SIGTRAP | SYSTEM_CALL => Self::Call,
            _ => Self::Signal(signal),
        }
    }
}

/// How a stopped thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    /// It runs to the next event.
    On,
    /// It runs to the next entry into, or return from, a system call.
    ToCall,
    /// It executes one instruction; with a signal that has a handler, it goes to the first
    /// instruction of the handler.
    Step,
    /// It stays stopped, as job control requires, until it is continued.
    Listen,
}

/// Waits for any tracee of the calling *thread*; children of other threads are left alone.
///
/// # Errors
///
/// `EINTR` when a signal arrived, `ECHILD` when there are no tracees.
pub(crate) fn wait_any() -> io::Result<(pid_t, Stop)> {
    wait(-1)
}

/// Waits for one thread, even if signals arrive.
pub(crate) fn wait_for(tid: pid_t) -> io::Result<Stop> {
    loop {
        match wait(tid) {
            Ok((_, stop)) => return Ok(stop),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn wait(tid: pid_t) -> io::Result<(pid_t, Stop)> {
    let mut status = 0;
    // SAFETY: `status` is an int that the kernel may write to.
    let tid = unsafe { libc::waitpid(tid, &mut status, libc::__WALL | libc::__WNOTHREAD) };
    if tid < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((tid, Stop::of(status)))
}

/// True if a wait for this thread can still report something, such as its end.
pub(crate) fn is_tracee(tid: pid_t) -> bool {
    peek(libc::P_PID, tid.cast_unsigned()).is_some()
}

/// True if some tracee has a stop or an end to report right now.
pub(crate) fn has_news() -> bool {
    peek(libc::P_ALL, 0).is_some_and(|tid| tid != 0)
}

/// The thread that has something to report, which is left in the queue: 0 if none has anything yet,
/// `None` if there is no such tracee.
fn peek(which: libc::idtype_t, id: libc::id_t) -> Option<pid_t> {
    let how = libc::WNOHANG | libc::WNOWAIT | libc::WEXITED | libc::WSTOPPED;
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the kernel may write to `info`, which is zeroed and so valid even if the kernel
    // writes nothing; its `si_pid` is set for the only signal this reports, SIGCHLD.
    unsafe {
        let how = how | libc::__WALL | libc::__WNOTHREAD;
        (libc::waitid(which, id, info.as_mut_ptr(), how) == 0)
            .then(|| info.assume_init_ref().si_pid())
    }
}

/// Makes `tid` a tracee without stopping it. With `bound`, it is killed when the tracer ends.
pub(crate) fn seize(tid: pid_t, bound: bool) -> io::Result<()> {
    let bound = if bound { libc::PTRACE_O_EXITKILL } else { 0 };
    request(libc::PTRACE_SEIZE, tid, ptr::null_mut(), (EVENTS | bound) as usize as *mut c_void)
}

/// Stops a running tracee, which will report [`Stop::Trap`].
pub(crate) fn interrupt(tid: pid_t) -> io::Result<()> {
    request(libc::PTRACE_INTERRUPT, tid, ptr::null_mut(), ptr::null_mut())
}

/// Kills a process that we trace.
pub(crate) fn kill(pid: pid_t) {
    send(pid, libc::SIGKILL);
}

/// Sends a signal to a process that we trace: its id can't have been reused, because we have not
/// reaped it.
pub(crate) fn send(pid: pid_t, signal: i32) {
    let signal = rustix::process::Signal::from_named_raw(signal);
    if let (Some(pid), Some(signal)) = (rustix::process::Pid::from_raw(pid), signal) {
        // An error means that it has ended, or belongs to somebody else by now.
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Stops tracing a stopped tracee, and lets it go on.
pub(crate) fn detach(tid: pid_t, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_DETACH, tid, ptr::null_mut(), signal as usize as *mut c_void)
}

/// Lets a stopped tracee go on, and delivers `signal` to it unless that is 0.
pub(crate) fn go(tid: pid_t, how: Go, signal: i32) -> io::Result<()> {
    let how = match how {
        Go::On => libc::PTRACE_CONT,
        Go::ToCall => libc::PTRACE_SYSCALL,
        Go::Step => libc::PTRACE_SINGLESTEP,
        Go::Listen => libc::PTRACE_LISTEN,
    };
    match request(how, tid, ptr::null_mut(), signal as usize as *mut c_void) {
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        done => done,
    }
}

/// The new thread of a [`Stop::Child`], the former thread id of a [`Stop::Exec`].
pub(crate) fn message(tid: pid_t) -> io::Result<pid_t> {
    let mut message: libc::c_ulong = 0;
    let to = (&raw mut message).cast();
    request(libc::PTRACE_GETEVENTMSG, tid, ptr::null_mut(), to)?;
    Ok(message as pid_t)
}

/// Where a stopped thread is in relation to a system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallInfo {
    /// About to make it.
    Entry(CallEntry),
    /// Returning from it, with this result (negative: an error number).
    Return(i64),
    /// Not in a system call.
    None,
}

/// A system call about to be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CallEntry {
    /// `AUDIT_ARCH_…` of the call's ABI.
    pub(crate) arch: u32,
    pub(crate) number: i64,
    pub(crate) arguments: [u64; 6],
    /// Address just after the `syscall` instruction.
    pub(crate) instruction: u64,
    /// The stack pointer.
    pub(crate) stack: u64,
}

/// `PTRACE_GET_SYSCALL_INFO` (Linux 5.3).
pub(crate) fn call_info(tid: pid_t) -> io::Result<CallInfo> {
    #[repr(C)]
    struct Info {
        op: u8,
        pad: [u8; 3],
        arch: u32,
        instruction: u64,
        stack: u64,
        words: [u64; 8],
    }
    let mut info = MaybeUninit::<Info>::zeroed();
    let size = mem::size_of::<Info>();
    let to = info.as_mut_ptr().cast();
    request(libc::PTRACE_GET_SYSCALL_INFO, tid, size as *mut c_void, to)?;
    // SAFETY: zeroed is a valid `Info`, and the kernel wrote at most `size` bytes of integers.
    let info = unsafe { info.assume_init() };
    let [number, a, b, c, d, e, f, _] = info.words;
    Ok(match info.op {
        libc::PTRACE_SYSCALL_INFO_ENTRY | libc::PTRACE_SYSCALL_INFO_SECCOMP => {
            CallInfo::Entry(CallEntry {
                arch: info.arch,
                number: number as i64,
                arguments: [a, b, c, d, e, f],
                instruction: info.instruction,
                stack: info.stack,
            })
        }
        libc::PTRACE_SYSCALL_INFO_EXIT => CallInfo::Return(number as i64),
        _ => CallInfo::None,
    })
}

/// The general registers of a stopped thread.
pub(crate) fn registers(tid: pid_t) -> io::Result<Registers> {
    let mut registers = MaybeUninit::<Registers>::zeroed();
    let mut part = libc::iovec {
        iov_base: registers.as_mut_ptr().cast(),
        iov_len: mem::size_of::<Registers>(),
    };
    let set = libc::NT_PRSTATUS as usize as *mut c_void;
    request(libc::PTRACE_GETREGSET, tid, set, (&raw mut part).cast())?;
    // SAFETY: integers only, zeroed first, and the kernel filled what it has.
    Ok(unsafe { registers.assume_init() })
}

/// Sets the general registers of a stopped thread.
pub(crate) fn set_registers(tid: pid_t, registers: &Registers) -> io::Result<()> {
    let mut part = libc::iovec {
        iov_base: ptr::from_ref(registers).cast_mut().cast(),
        iov_len: mem::size_of::<Registers>(),
    };
    let set = libc::NT_PRSTATUS as usize as *mut c_void;
    request(libc::PTRACE_SETREGSET, tid, set, (&raw mut part).cast())
}

/// One general register of a stopped thread, by its offset in `struct user`: reading it takes about half as
/// long as reading them all.
pub(crate) fn register(tid: pid_t, offset: usize) -> io::Result<u64> {
    let mut value = 0_u64;
    // The kernel's own call stores the value; the C library's returns it, and so can't tell -1 from an error.
    // SAFETY: the kernel may write one word to `value`.
    let done = unsafe {
        libc::syscall(
            libc::SYS_ptrace,
            c_long::from(libc::PTRACE_PEEKUSER),
            c_long::from(tid),
            offset,
            &raw mut value,
        )
    };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(value) }
}

/// Sets the address at which a stopped thread resumes.
pub(crate) fn set_instruction(tid: pid_t, address: u64) -> io::Result<()> {
    let offset = INSTRUCTION_OFFSET as *mut c_void;
    request(libc::PTRACE_POKEUSER, tid, offset, address as usize as *mut c_void)
}

/// Writes one word to a stopped thread's memory, even to pages that the program may not write to.
pub(crate) fn write_code(tid: pid_t, address: u64, word: u64) -> io::Result<()> {
    let to = address as usize as *mut c_void;
    request(libc::PTRACE_POKEDATA, tid, to, word as usize as *mut c_void)
}

/// What is known of the signal that a thread has stopped for.
pub(crate) fn signal_info(tid: pid_t) -> io::Result<MaybeUninit<libc::siginfo_t>> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    request(libc::PTRACE_GETSIGINFO, tid, ptr::null_mut(), info.as_mut_ptr().cast())?;
    Ok(info)
}

/// The signals a stopped thread blocks: one bit each, bit 0 for signal 1.
pub(crate) fn signal_mask(tid: pid_t) -> io::Result<u64> {
    let mut mask = 0_u64;
    let size = mem::size_of_val(&mask);
    request(libc::PTRACE_GETSIGMASK, tid, size as *mut c_void, (&raw mut mask).cast())?;
    Ok(mask)
}

/// Sets the signals a stopped thread blocks.
pub(crate) fn set_signal_mask(tid: pid_t, mask: u64) -> io::Result<()> {
    let size = mem::size_of_val(&mask);
    let from = (&raw const mask).cast_mut().cast();
    request(libc::PTRACE_SETSIGMASK, tid, size as *mut c_void, from)
}

fn request(request: u32, tid: pid_t, address: *mut c_void, data: *mut c_void) -> io::Result<()> {
    // SAFETY: every caller above passes the pair of arguments its request is documented to take;
    // pointers among them point to live values of the right size.
    let done: c_long = unsafe { libc::ptrace(request, tid, address, data) };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
