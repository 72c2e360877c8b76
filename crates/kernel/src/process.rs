//! Processes, their threads and descriptors, and what the threads are doing, `proc_pid(5)`.
//!
//! A *process id* identifies a process, a *thread id* one of its threads; the first thread's id is
//! the process's. Most files of `/proc/ID` exist for thread ids too, though no listing shows them.

mod schedule;

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags};

pub use schedule::{Schedstat, Scheduling, own_scheduling, scheduling};

/// How many bytes of a command line [`arguments`] returns.
const LONGEST_COMMAND_LINE: usize = 64 << 10;
/// `O_CLOEXEC`, as `fdinfo` shows it; the same on every architecture but Alpha, PA-RISC and SPARC.
const O_CLOEXEC: u64 = 0o2_000_000;

/// What a thread is doing, `proc_pid_stat(5)`, field 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// `R`: it is running, or ready to run.
    Running,
    /// `S`: it sleeps until something happens or a signal arrives.
    Sleeping,
    /// `D`: it sleeps, and signals don't wake it; mostly it waits for a disk.
    Uninterruptible,
    /// `T`: job control has stopped it.
    Stopped,
    /// `t`: a tracer has stopped it.
    Traced,
    /// `Z`: it has ended, and its parent has not waited for it yet.
    Zombie,
    /// `X`: it has ended.
    Dead,
    /// Another letter, such as `I` for idle kernel threads.
    Other(char),
}

impl State {
    /// True if the thread has ended.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Zombie | Self::Dead)
    }
}

/// The system call that a thread is in, `proc_pid_syscall(5)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SystemCall {
    /// The thread is running: whether it is in a call is not known.
    Running,
    /// The thread is stopped or sleeping, but not in a system call.
    Outside,
    /// The thread is in this call.
    Inside {
        /// The call's number, on the architecture of the thread.
        number: i64,
        /// Its arguments, as they are in the registers: the upper bits of a narrower argument, such
        /// as a descriptor, are undefined.
        arguments: [u64; 6],
        /// The stack pointer.
        stack: u64,
        /// The address at which the thread resumes. Two calls with the same number, stack pointer
        /// and address were made at the same place of a program's loop.
        instruction: u64,
    },
}

/// A descriptor that refers to a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct SocketDescriptor {
    /// The descriptor's number.
    pub fd: i32,
    /// The socket's inode.
    pub inode: u64,
    /// Whether `execve(2)` closes it.
    pub close_on_exec: bool,
}

/// What a descriptor refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nothing: it is not open. Or the caller may not inspect the process, or there is none.
    Nothing,
    /// A socket, with its inode.
    Socket(u64),
    /// A file, a pipe or anything else.
    Other,
}

/// The ids of all processes that this process's `/proc` shows.
///
/// # Errors
///
/// When `/proc` can't be read.
pub fn all() -> io::Result<Vec<u32>> {
    numbers("/proc")
}

/// The thread ids of a process.
///
/// # Errors
///
/// When there is no such process.
pub fn threads(process: u32) -> io::Result<Vec<u32>> {
    numbers(&format!("/proc/{process}/task"))
}

/// The process ids of the children that the first thread of a process has forked.
///
/// # Errors
///
/// When there is no such process, or the kernel has no `CONFIG_PROC_CHILDREN`.
pub fn children(process: u32) -> io::Result<Vec<u32>> {
    let text = fs::read_to_string(format!("/proc/{process}/task/{process}/children"))?;
    Ok(text.split_ascii_whitespace().filter_map(|id| id.parse().ok()).collect())
}

/// The process ids of the children that any thread of a process has forked.
pub(crate) fn children_of_threads(process: u32) -> Vec<u32> {
    let mut children = Vec::new();
    for thread in threads(process).unwrap_or_default() {
        let path = format!("/proc/{process}/task/{thread}/children");
        let text = fs::read_to_string(path).unwrap_or_default();
        children.extend(text.split_ascii_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    children
}

/// The processes that a process has forked, those that they have, and so on: each with its parent,
/// and after it. Those whose parent has ended are not found.
pub fn descendants(process: u32) -> Vec<(u32, u32)> {
    let mut found: Vec<(u32, u32)> = Vec::new();
    let mut parents = vec![process];
    while let Some(parent) = parents.pop() {
        for child in children_of_threads(parent) {
            if child != process && found.iter().all(|(known, _)| *known != child) {
                found.push((child, parent));
                parents.push(child);
            }
        }
    }
    found
}

/// The entries of a folder whose names are numbers.
fn numbers<T: std::str::FromStr>(folder: &str) -> io::Result<Vec<T>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        numbers.extend(entry?.file_name().to_str().and_then(|name| name.parse::<T>().ok()));
    }
    Ok(numbers)
}

/// What a thread of a process is doing; `None` if there is no such thread.
pub fn state(process: u32, thread: u32) -> Option<State> {
    let stat = fs::read(format!("/proc/{process}/task/{thread}/stat")).ok()?;
    parse_state(&stat)
}

/// The program's name, in parentheses, may contain any bytes: the last parenthesis ends it.
fn parse_state(stat: &[u8]) -> Option<State> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    Some(match stat.get(end + 1..)?.trim_ascii_start().first()? {
        b'R' => State::Running,
        b'S' => State::Sleeping,
        b'D' => State::Uninterruptible,
        b'T' => State::Stopped,
        b't' => State::Traced,
        b'Z' => State::Zombie,
        b'X' => State::Dead,
        other => State::Other(char::from(*other)),
    })
}

/// The system call that a thread of a process is in.
///
/// # Errors
///
/// When there is no such thread, when the caller may not inspect it (`ptrace(2)`, "Ptrace access
/// mode checking"), or when the kernel has no `CONFIG_HAVE_ARCH_TRACEHOOK`.
pub fn system_call(process: u32, thread: u32) -> io::Result<SystemCall> {
    let text = fs::read_to_string(format!("/proc/{process}/task/{thread}/syscall"))?;
    parse_system_call(&text).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

fn parse_system_call(text: &str) -> Option<SystemCall> {
    let mut words = text.split_ascii_whitespace();
    let number = match words.next()? {
        "running" => return Some(SystemCall::Running),
        number => number.parse::<i64>().ok()?,
    };
    if number < 0 {
        return Some(SystemCall::Outside);
    }
    let mut word = || u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok();
    let mut arguments = [0; 6];
    for argument in &mut arguments {
        *argument = word()?;
    }
    Some(SystemCall::Inside { number, arguments, stack: word()?, instruction: word()? })
}

/// Up to 64 KiB of the arguments of a process, its name first, and how many arguments were left
/// out. Empty for a process that has ended, and for kernel threads.
pub fn arguments(process: u32) -> (Vec<String>, u64) {
    parse_arguments(&fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default())
}

fn parse_arguments(line: &[u8]) -> (Vec<String>, u64) {
    let mut line = line.strip_suffix(b"\0").unwrap_or(line);
    let padded = line.ends_with(b"\0\0");
    // A program that writes its title over its arguments (setproctitle(3bsd)) pads it with zeros.
    while let (true, Some(shorter)) = (padded, line.strip_suffix(b"\0")) {
        line = shorter;
    }
    let (mut arguments, mut used, mut omitted) = (Vec::new(), 0, 0);
    if line.is_empty() {
        return (arguments, omitted);
    }
    for argument in line.split(|byte| *byte == 0) {
        used += argument.len() + 1;
        if used > LONGEST_COMMAND_LINE && !arguments.is_empty() {
            omitted += 1;
            continue;
        }
        let shown = &argument[..argument.len().min(LONGEST_COMMAND_LINE)];
        arguments.push(String::from_utf8_lossy(shown).into_owned());
    }
    (arguments, omitted)
}

/// The executable file of a process; `None` if the process has ended or the caller may not inspect
/// it.
pub fn executable(process: u32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{process}/exe")).ok()
}

/// The sockets that a process has descriptors for, in the order of the descriptors. Empty if there
/// is no such process or the caller may not inspect it.
pub fn sockets(process: u32) -> Vec<SocketDescriptor> {
    let descriptors = numbers::<i32>(&format!("/proc/{process}/fd")).unwrap_or_default();
    let socket = |fd| {
        let inode = socket_inode(process, fd)?;
        Some(SocketDescriptor { fd, inode, close_on_exec: is_close_on_exec(process, fd) })
    };
    let mut sockets: Vec<_> = descriptors.into_iter().filter_map(socket).collect();
    sockets.sort_unstable();
    sockets
}

fn is_close_on_exec(process: u32, fd: i32) -> bool {
    let info = fs::read_to_string(format!("/proc/{process}/fdinfo/{fd}")).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|octal| u64::from_str_radix(octal.trim(), 8).ok());
    flags.is_some_and(|flags| flags & O_CLOEXEC != 0)
}

/// The inode of the socket that a descriptor of a thread refers to; `None` if it refers to
/// something else.
pub fn socket_inode(thread: u32, fd: i32) -> Option<u64> {
    match target(thread, fd) {
        Target::Socket(inode) => Some(inode),
        Target::Nothing | Target::Other => None,
    }
}

/// The kernel's name for the protocol of the socket that a descriptor of a thread refers to, such
/// as `TCPv6`, `UNIX-STREAM` or `NETLINK`: its extended attribute `system.sockprotoname`
/// (`net/socket.c`; `name` of `struct proto`).
pub fn socket_protocol(thread: u32, fd: i32) -> Option<String> {
    let mut name = [0_u8; 64];
    let path = format!("/proc/{thread}/fd/{fd}");
    let length = rustix::fs::getxattr(path, "system.sockprotoname", &mut name[..]).ok()?;
    let name = name.get(..length)?.split(|byte| *byte == 0).next()?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// What a descriptor of a thread refers to.
pub fn target(thread: u32, fd: i32) -> Target {
    match fs::read_link(format!("/proc/{thread}/fd/{fd}")) {
        Err(_) => Target::Nothing,
        Ok(path) => match path.to_str().and_then(|path| parse_inode(path, "socket")) {
            Some(inode) => Target::Socket(inode),
            None => Target::Other,
        },
    }
}

/// The inode of the network namespace that a thread is in.
pub fn network_namespace(thread: u32) -> Option<u64> {
    inode_in_link(&format!("/proc/{thread}/ns/net"), "net")
}

/// The inode of the network namespace that the calling thread is in.
pub fn own_network_namespace() -> Option<u64> {
    inode_in_link("/proc/thread-self/ns/net", "net")
}

/// Reads a link to something without a path: its target is `kind:[inode]`.
fn inode_in_link(path: &str, kind: &str) -> Option<u64> {
    parse_inode(fs::read_link(path).ok()?.to_str()?, kind)
}

fn parse_inode(target: &str, kind: &str) -> Option<u64> {
    target.strip_prefix(kind)?.strip_prefix(":[")?.strip_suffix(']')?.parse().ok()
}

/// A descriptor for a process, `pidfd_open(2)`: readable once the process has ended.
///
/// # Errors
///
/// `ESRCH` when there is no such process, `ENOSYS` before Linux 5.3.
pub fn pidfd(process: u32) -> io::Result<OwnedFd> {
    let no_such_process = io::Error::from(rustix::io::Errno::SRCH);
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw).ok_or(no_such_process)?;
    Ok(rustix::process::pidfd_open(pid, PidfdFlags::empty())?)
}

/// Waits until the process of a [`pidfd`] has ended, but no longer than `time`, and returns whether
/// it has. Does not wait if `time` is zero.
///
/// # Errors
///
/// The error of `poll(2)`.
pub fn has_ended_within(pidfd: impl AsFd, time: Duration) -> io::Result<bool> {
    let deadline = Instant::now().checked_add(time);
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        // A time that doesn't fit a clock means forever.
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        // A pidfd becomes readable when its process ends.
        match poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], left.as_ref()) {
            Ok(ready) => return Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
