//! What a program in a sandbox tries and may not do.
//!
//! A call that the sandbox's filter refuses never reaches the kernel's code: the filter raises SIGSYS
//! instead, with the error that the call is to return, and the tracer lets the program see that
//! error and not the signal. So a call stays refused even if nobody traces. Calls that change files,
//! and those that send signals, are made; their errors tell.

use std::io;
use std::mem::{self, MaybeUninit};
use std::path::{Component, Path, PathBuf};

use libc::pid_t;
use socklab_event::{Errno, Family, Name, Process as Life, Resource};

use super::calls::Calls;
use super::onward::{Handled, Onward, RESUME, unless_vanished};
use crate::arch;
use crate::memory::{Memory, TraceeMemory};
use crate::ptrace::{self, CallEntry};

/// How often each kind of attempt of a command is recorded: a program may try for ever.
const MOST: u32 = 100;

/// The longest path, `PATH_MAX`.
const LONGEST: usize = 4096;

/// A call that was let through and whose result tells whether it was an attempt.
#[derive(Debug)]
pub(crate) struct Attempt {
    call: &'static str,
    object: String,
}

/// What a call is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Object {
    /// The path in this argument, relative to the working directory.
    Path(usize),
    /// The path in the second argument, relative to the folder in the first.
    At(usize, usize),
    /// The process in the first argument.
    Process,
}

/// A call that the filter of [`crate::filter::watched`] stops at.
struct Watched {
    number: i64,
    name: &'static str,
    /// What it changes: two of a call that moves something.
    objects: &'static [Object],
}

const fn on(number: i64, name: &'static str, objects: &'static [Object]) -> Watched {
    Watched { number, name, objects }
}

const WATCHED: &[Watched] = {
    use Object::{At, Path, Process};
    &[
        on(libc::SYS_openat, "openat", &[At(0, 1)]),
        on(libc::SYS_openat2, "openat2", &[At(0, 1)]),
        on(libc::SYS_unlinkat, "unlinkat", &[At(0, 1)]),
        on(libc::SYS_renameat2, "renameat2", &[At(0, 1), At(2, 3)]),
        on(libc::SYS_mkdirat, "mkdirat", &[At(0, 1)]),
        on(libc::SYS_mknodat, "mknodat", &[At(0, 1)]),
        on(libc::SYS_fchmodat, "fchmodat", &[At(0, 1)]),
        on(libc::SYS_fchownat, "fchownat", &[At(0, 1)]),
        on(libc::SYS_linkat, "linkat", &[At(2, 3)]),
        on(libc::SYS_symlinkat, "symlinkat", &[At(1, 2)]),
        on(libc::SYS_truncate, "truncate", &[Path(0)]),
        on(libc::SYS_kill, "kill", &[Process]),
        on(libc::SYS_rt_sigqueueinfo, "rt_sigqueueinfo", &[Process]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_open, "open", &[Path(0)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_creat, "creat", &[Path(0)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_unlink, "unlink", &[Path(0)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_rmdir, "rmdir", &[Path(0)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_rename, "rename", &[Path(0), Path(1)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_renameat, "renameat", &[At(0, 1), At(2, 3)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_mkdir, "mkdir", &[Path(0)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_mknod, "mknod", &[Path(0)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_chmod, "chmod", &[Path(0)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_chown, "chown", &[Path(0)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_lchown, "lchown", &[Path(0)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_link, "link", &[Path(1)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_symlink, "symlink", &[Path(1)]),
    ]
};

/// The numbers of the calls that are watched whatever their arguments: all but those that open.
pub(crate) fn numbers() -> impl Iterator<Item = i64> {
    WATCHED.iter().map(|one| one.number).filter(|number| !crate::filter::opens(*number))
}

/// The names of calls that a sandbox refuses, as far as they have no row in the table.
const REFUSED: &[(i64, &str)] = &[
    (libc::SYS_ptrace, "ptrace"),
    (libc::SYS_process_vm_readv, "process_vm_readv"),
    (libc::SYS_process_vm_writev, "process_vm_writev"),
    (libc::SYS_process_madvise, "process_madvise"),
    (libc::SYS_pidfd_getfd, "pidfd_getfd"),
    (libc::SYS_kcmp, "kcmp"),
    (libc::SYS_unshare, "unshare"),
    (libc::SYS_setns, "setns"),
    (libc::SYS_mount, "mount"),
    (libc::SYS_umount2, "umount2"),
    (libc::SYS_pivot_root, "pivot_root"),
    (libc::SYS_chroot, "chroot"),
    (libc::SYS_open_tree, "open_tree"),
    (libc::SYS_move_mount, "move_mount"),
    (libc::SYS_mount_setattr, "mount_setattr"),
    (libc::SYS_fsopen, "fsopen"),
    (libc::SYS_fsconfig, "fsconfig"),
    (libc::SYS_fsmount, "fsmount"),
    (libc::SYS_fspick, "fspick"),
    (libc::SYS_open_by_handle_at, "open_by_handle_at"),
    (libc::SYS_name_to_handle_at, "name_to_handle_at"),
    (libc::SYS_bpf, "bpf"),
    (libc::SYS_perf_event_open, "perf_event_open"),
    (libc::SYS_userfaultfd, "userfaultfd"),
    (libc::SYS_keyctl, "keyctl"),
    (libc::SYS_add_key, "add_key"),
    (libc::SYS_request_key, "request_key"),
    (libc::SYS_fanotify_init, "fanotify_init"),
    (libc::SYS_reboot, "reboot"),
    (libc::SYS_kexec_load, "kexec_load"),
    (libc::SYS_kexec_file_load, "kexec_file_load"),
    (libc::SYS_init_module, "init_module"),
    (libc::SYS_finit_module, "finit_module"),
    (libc::SYS_delete_module, "delete_module"),
    (libc::SYS_swapon, "swapon"),
    (libc::SYS_swapoff, "swapoff"),
    (libc::SYS_acct, "acct"),
    (libc::SYS_quotactl, "quotactl"),
    (libc::SYS_syslog, "syslog"),
    (libc::SYS_settimeofday, "settimeofday"),
    (libc::SYS_clock_settime, "clock_settime"),
    (libc::SYS_clock_adjtime, "clock_adjtime"),
    (libc::SYS_adjtimex, "adjtimex"),
    (libc::SYS_sethostname, "sethostname"),
    (libc::SYS_setdomainname, "setdomainname"),
    (libc::SYS_vhangup, "vhangup"),
    (libc::SYS_io_uring_setup, "io_uring_setup"),
    (libc::SYS_io_uring_enter, "io_uring_enter"),
    (libc::SYS_io_uring_register, "io_uring_register"),
    (libc::SYS_clone, "clone"),
    (libc::SYS_socket, "socket"),
    (libc::SYS_ioctl, "ioctl"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_iopl, "iopl"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_ioperm, "ioperm"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_modify_ldt, "modify_ldt"),
];

/// The errors of a call on what is not the program's own.
fn tells(error: Errno) -> bool {
    matches!(
        error.0,
        libc::EROFS | libc::EACCES | libc::EPERM | libc::ENOENT | libc::EBUSY | libc::EXDEV
    )
}

impl Calls<'_> {
    /// A thread enters a call that is watched, perhaps.
    pub(super) fn on_watched_entry(&mut self, tid: pid_t, entry: &CallEntry) {
        let own = self.tracees.process_of(tid).and_then(|process| process.own.clone());
        let Some(own) = own else { return };
        let Some(watched) = WATCHED.iter().find(|one| one.number == entry.number) else { return };
        let mut objects = watched.objects.iter().filter_map(|object| match object {
            Object::Process => {
                // Signal 0 only asks whether somebody is there.
                let target = entry.arguments[0] as i32;
                let others = target != 0 && entry.arguments[1] as i32 != 0;
                others.then(|| target.to_string())
            }
            Object::Path(path) => Some(self::path(tid, libc::AT_FDCWD, entry.arguments[*path])?),
            Object::At(folder, path) => {
                let folder = entry.arguments[*folder] as i32;
                Some(self::path(tid, folder, entry.arguments[*path])?)
            }
        });
        let object = objects.find(|object| {
            !object.starts_with('/') || !own.iter().any(|own| Path::new(object).starts_with(own))
        });
        let attempt = object.map(|object| Attempt { call: watched.name, object });
        if let Some(thread) = self.tracees.thread_mut(tid) {
            thread.attempt = attempt;
        }
    }

    /// A watched call has returned.
    pub(super) fn on_watched_return(&mut self, tid: pid_t, attempt: Attempt, result: i64) {
        let error = (result < 0).then(|| Errno(i32::try_from(-result).unwrap_or(libc::EINVAL)));
        let is_signal = !attempt.object.starts_with('/');
        let tells = match error {
            Some(Errno(libc::ESRCH)) => is_signal,
            Some(error) => tells(error),
            // The first process of a cell hears no signal from inside it.
            None => is_signal && attempt.object == "1",
        };
        if tells {
            self.attempted(tid, attempt.call, attempt.object, error);
        }
    }

    /// Handles SIGSYS: it is a filter's answer to a call, or an ordinary signal (`None`).
    pub(super) fn on_refused_call(&mut self, tid: pid_t) -> Option<Handled> {
        self.tracees.process_of(tid)?.own.as_ref()?;
        let refused = match unless_vanished(refused(tid), tid) {
            Ok(Some(refused)) => refused?,
            Ok(None) => return Some(Ok(Onward::Gone)),
            Err(error) => return Some(Err(error)),
        };
        let Ok(mut registers) = ptrace::registers(tid) else { return Some(Ok(Onward::Gone)) };
        let (_, arguments) = arch::call(&registers);
        arch::set_result(&mut registers, -i64::from(refused.error.0));
        if ptrace::set_registers(tid, &registers).is_err() {
            return Some(Ok(Onward::Gone));
        }
        let object = match refused.number {
            libc::SYS_socket => Family(arguments[0] as i32).to_string(),
            libc::SYS_clone => "CLONE_NEW…".to_owned(),
            libc::SYS_ioctl => "terminal".to_owned(),
            _ => String::new(),
        };
        let known = REFUSED.iter().find(|(number, _)| *number == refused.number);
        // A call of another ABI, or one that is newer than this list.
        if let Some((_, name)) = known {
            self.attempted(tid, name, object, Some(refused.error));
        }
        Some(RESUME)
    }

    /// True for a call in the table that the sandbox's filter refuses, seen only where the process stops
    /// at every call: it won't be made, whatever its return seems to say.
    pub(super) fn is_refused(&self, tid: pid_t, entry: &CallEntry) -> bool {
        const NEVER: [i64; 3] =
            [libc::SYS_pidfd_getfd, libc::SYS_unshare, libc::SYS_io_uring_setup];
        let family = Family(entry.arguments[0] as i32);
        let is_known =
            [Family::UNIX, Family::INET, Family::INET6, Family::NETLINK].contains(&family);
        self.tracees.process_of(tid).is_some_and(|process| process.own.is_some())
            && (NEVER.contains(&entry.number) || entry.number == libc::SYS_socket && !is_known)
    }

    /// A signal says that the program has reached a limit of `setrlimit(2)`, even if it ignores it.
    pub(super) fn on_limit(&mut self, tid: pid_t, signal: i32) {
        let (of, name, unit) = match signal {
            libc::SIGXFSZ => (Resource::FileSize, "Max file size", 1),
            _ => (Resource::Processor, "Max cpu time", 1_000_000_000),
        };
        let process = self.tracees.process_of(tid).filter(|process| process.own.is_some());
        if let Some(command) = process.map(|process| process.command)
            && self.reporter.counts_attempt(command, name) == 1
            && let Some(most) = limit(tid, name)
        {
            let place = self.tracees.place(tid);
            let most = most.saturating_mul(unit);
            self.reporter.process(place, Life::Limit { of, most });
        }
    }

    fn attempted(&mut self, tid: pid_t, call: &'static str, object: String, error: Option<Errno>) {
        let command = self.tracees.process_of(tid).map_or(0, |process| process.command);
        if self.reporter.counts_attempt(command, call) <= MOST {
            let place = self.tracees.place(tid);
            self.reporter.process(place, Life::Attempt { call: Name::of(call), object, error });
        }
    }
}

/// A call that a filter has refused with SIGSYS.
struct Refused {
    number: i64,
    /// What the filter says that the call returns.
    error: Errno,
}

/// What a stopped thread's SIGSYS says, if a filter sent it (`seccomp(2)`, `SECCOMP_RET_TRAP`).
fn refused(tid: pid_t) -> io::Result<Option<Refused>> {
    /// `struct siginfo` of this signal.
    #[repr(C)]
    struct Info {
        signal: i32,
        error: i32,
        code: i32,
        pad: i32,
        address: u64,
        number: i32,
        arch: u32,
    }
    /// `SYS_SECCOMP` of `asm-generic/siginfo.h`.
    const BY_FILTER: i32 = 1;
    const { assert!(mem::size_of::<Info>() <= mem::size_of::<libc::siginfo_t>()) };
    let info: MaybeUninit<libc::siginfo_t> = ptrace::signal_info(tid)?;
    // SAFETY: `Info` has only integers and is no larger; the kernel has written all of a siginfo_t.
    let info = unsafe { info.as_ptr().cast::<Info>().read_unaligned() };
    let by_filter = info.signal == libc::SIGSYS && info.code == BY_FILTER;
    Ok(by_filter.then(|| Refused { number: info.number.into(), error: Errno(info.error) }))
}

/// A soft limit of `setrlimit(2)`, `proc_pid_limits(5)`.
fn limit(tid: pid_t, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{tid}/limits")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// The path at an address, as the kernel would resolve it but for links: absolute, without `..`.
fn path(tid: pid_t, folder: i32, address: u64) -> Option<String> {
    let bytes = TraceeMemory(tid).bytes(address, LONGEST);
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let text = PathBuf::from(String::from_utf8_lossy(&bytes[..end]).into_owned());
    let base = match (text.is_absolute(), folder) {
        (true, _) => PathBuf::from("/"),
        (false, libc::AT_FDCWD) => std::fs::read_link(format!("/proc/{tid}/cwd")).ok()?,
        (false, fd) => std::fs::read_link(format!("/proc/{tid}/fd/{fd}")).ok()?,
    };
    Some(without_dots(&base.join(text)).to_string_lossy().into_owned())
}

fn without_dots(path: &Path) -> PathBuf {
    let mut whole = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::Normal(name) => whole.push(name),
            _ => {}
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_where_it_leads() {
        let told = |path: &str| without_dots(Path::new(path)).display().to_string();
        assert_eq!(told("/a/./b/../c"), "/a/c");
        assert_eq!(told("/../../x"), "/x");
    }

    #[test]
    fn what_opens_is_watched_by_its_flags_only() {
        let numbers: Vec<i64> = numbers().collect();
        assert!(numbers.contains(&libc::SYS_unlinkat) && numbers.contains(&libc::SYS_kill));
        assert!(!numbers.contains(&libc::SYS_openat));
    }
}
