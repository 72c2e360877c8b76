//! Calls of a program in a sandbox that are let through and looked at: those that change or open files,
//! those that write to them, and those that send signals.
//!
//! Whether one of them was an attempt, or reached a limit, its result tells; a signal to everybody is
//! told of at once, since it may end the one who sends it.
//!
//! A little longer than 400 lines: a table of calls, and what each of their aims means before and after.

use std::path::{Path, PathBuf};

use libc::pid_t;
use socklab_event::{Errno, Name, Process as Life};

use super::calls::Calls;
use super::kept::{LOOK_UPS, Look, PASSWORDS, USERS};
use super::paths;
use super::process::TracedProcess;
use crate::confines::Confined;
use crate::memory::{Memory, TraceeMemory};
use crate::probe;
use crate::ptrace::CallEntry;

/// How often each kind of attempt of a command is recorded: a program may try for ever.
const MOST: u32 = 100;

/// From how many addresses a process may be seen to find out how users are looked up.
const MOST_LOOK_UPS: usize = 4;

/// The flags of `open(2)` that say that something is to be written.
pub(crate) const WRITING: u32 =
    (libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC).cast_unsigned();

/// A call that was let through and whose result tells whether it was an attempt.
#[derive(Debug)]
pub(crate) struct Attempt {
    call: &'static str,
    aim: Aim,
}

/// What a call wants.
#[derive(Debug)]
enum Aim {
    /// To change or make what is at this path, which may be the program's own.
    Change { path: String, is_own: bool },
    /// To see what is at this path.
    Look(Look),
    /// To find out how users are looked up, from this address.
    LookUp(u64),
    /// To write to what this descriptor stands for.
    Write(i32),
    /// To send a signal to this process, or group of processes.
    Signal(i32),
    /// The number of its parent.
    Parent,
    /// To share memory.
    Share,
}

/// Where a call names what it is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    /// The path in this argument, relative to the working directory.
    Path(usize),
    /// The path in the second argument, relative to the folder in the first.
    At(usize, usize),
    /// The path in the second argument, relative to the folder in the first, opened with the flags in
    /// the third.
    Open(Option<usize>, usize, usize),
    /// The same with flags in memory (`struct open_how`).
    OpenHow,
    /// The path in the second argument, relative to the folder in the first, which is only asked about.
    Asked(Option<usize>, usize),
    /// The process in the first argument, with the signal in this one.
    Process(usize),
    /// The process that is the first of its place, with the signal in this argument; the filter lets
    /// others through.
    FirstProcess(usize),
    /// The process that the descriptor in the first argument stands for, with the signal in the second.
    Pidfd,
    /// The file that the descriptor in this argument stands for.
    Descriptor(usize),
    /// The parent.
    Parent,
    /// Memory that processes share.
    Memory,
}

/// A call that the filter of [`crate::filter::watched`] stops at.
pub(crate) struct Watched {
    pub(crate) number: i64,
    name: &'static str,
    /// What it is about: two of a call that moves something.
    pub(crate) objects: &'static [Object],
}

const fn on(number: i64, name: &'static str, objects: &'static [Object]) -> Watched {
    Watched { number, name, objects }
}

pub(crate) const WATCHED: &[Watched] = {
    use Object::{
        Asked, At, Descriptor, FirstProcess, Memory, Open, OpenHow, Parent, Path, Pidfd, Process,
    };
    &[
        on(libc::SYS_openat, "openat", &[Open(Some(0), 1, 2)]),
        on(libc::SYS_openat2, "openat2", &[OpenHow]),
        // Not `stat` and its like, which interpreters make hundreds of times when they start.
        on(libc::SYS_faccessat, "faccessat", &[Asked(Some(0), 1)]),
        on(libc::SYS_faccessat2, "faccessat2", &[Asked(Some(0), 1)]),
        on(libc::SYS_unlinkat, "unlinkat", &[At(0, 1)]),
        on(libc::SYS_renameat2, "renameat2", &[At(0, 1), At(2, 3)]),
        on(libc::SYS_mkdirat, "mkdirat", &[At(0, 1)]),
        on(libc::SYS_mknodat, "mknodat", &[At(0, 1)]),
        on(libc::SYS_fchmodat, "fchmodat", &[At(0, 1)]),
        on(libc::SYS_fchownat, "fchownat", &[At(0, 1)]),
        on(libc::SYS_utimensat, "utimensat", &[At(0, 1)]),
        on(libc::SYS_linkat, "linkat", &[At(2, 3)]),
        on(libc::SYS_symlinkat, "symlinkat", &[At(1, 2)]),
        on(libc::SYS_truncate, "truncate", &[Path(0)]),
        on(libc::SYS_write, "write", &[Descriptor(0)]),
        on(libc::SYS_writev, "writev", &[Descriptor(0)]),
        on(libc::SYS_pwrite64, "pwrite64", &[Descriptor(0)]),
        on(libc::SYS_pwritev, "pwritev", &[Descriptor(0)]),
        on(libc::SYS_pwritev2, "pwritev2", &[Descriptor(0)]),
        on(libc::SYS_fallocate, "fallocate", &[Descriptor(0)]),
        on(libc::SYS_ftruncate, "ftruncate", &[Descriptor(0)]),
        on(libc::SYS_sendfile, "sendfile", &[Descriptor(0)]),
        on(libc::SYS_splice, "splice", &[Descriptor(2)]),
        on(libc::SYS_copy_file_range, "copy_file_range", &[Descriptor(2)]),
        on(libc::SYS_kill, "kill", &[Process(1)]),
        on(libc::SYS_rt_sigqueueinfo, "rt_sigqueueinfo", &[Process(1)]),
        on(libc::SYS_tkill, "tkill", &[FirstProcess(1)]),
        on(libc::SYS_tgkill, "tgkill", &[FirstProcess(2)]),
        on(libc::SYS_rt_tgsigqueueinfo, "rt_tgsigqueueinfo", &[FirstProcess(2)]),
        on(libc::SYS_pidfd_send_signal, "pidfd_send_signal", &[Pidfd]),
        on(libc::SYS_getppid, "getppid", &[Parent]),
        on(libc::SYS_shmget, "shmget", &[Memory]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_open, "open", &[Open(None, 0, 1)]),
        #[cfg(target_arch = "x86_64")]
        on(libc::SYS_access, "access", &[Asked(None, 0)]),
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

/// The errors of a call that reaches what is not the program's own by a link of its own.
fn leads_out(error: Errno) -> bool {
    matches!(error.0, libc::EROFS | libc::EACCES | libc::EPERM)
}

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
        let Some(watched) = WATCHED.iter().find(|one| one.number == entry.number) else { return };
        let confined = self.tracees.process_of(tid).and_then(|process| process.confined.clone());
        let Some(confined) = confined else { return };
        let mut aims =
            watched.objects.iter().filter_map(|object| self.aim(tid, *object, entry, &confined));
        let (first, second) = (aims.next(), aims.next());
        // Of two paths, the one that is not its own tells.
        let aim = match (first, second) {
            (Some(Aim::Change { is_own: true, .. }), Some(second)) => Some(second),
            (first, _) => first,
        };
        let attempt = aim.and_then(|aim| self.before(tid, watched.name, aim));
        if let Some(thread) = self.tracees.thread_mut(tid) {
            thread.attempt = attempt;
        }
    }

    fn aim(
        &self,
        tid: pid_t,
        object: Object,
        entry: &CallEntry,
        confined: &Confined,
    ) -> Option<Aim> {
        let (arguments, confines) = (&entry.arguments, &confined.confines);
        let change = |path: PathBuf| {
            let is_own = path.as_os_str().is_empty()
                || confines.owns(&path)
                || paths::is_open(&path, |process| confined.is_foreign(process));
            Aim::Change { path: path.to_string_lossy().into_owned(), is_own }
        };
        // An `int` is the lower half of a register.
        let int = |index: usize| arguments[index] as i32;
        let named = |folder: Option<usize>, path: usize| {
            let path = paths::named(tid, folder.map_or(libc::AT_FDCWD, int), arguments[path])?;
            Some(paths::without_detour(tid, path, |process| confined.is_foreign(process)))
        };
        let looks_up = self.looks_up(tid, entry.instruction);
        let opened = |path: PathBuf, flags: u32| match flags & WRITING {
            // Other libraries read it, too, by the call that programs have for their own files; they leave
            // it open to what is executed.
            0 if path == Path::new(LOOK_UPS) => {
                let closes = flags & libc::O_CLOEXEC.cast_unsigned() != 0;
                closes.then_some(Aim::LookUp(entry.instruction))
            }
            0 => Look::at(path, flags, confines, looks_up).map(Aim::Look),
            _ => Some(change(path)),
        };
        match object {
            Object::Path(path) => named(None, path).map(change),
            Object::At(folder, path) => named(Some(folder), path).map(change),
            Object::Open(folder, path, flags) => opened(named(folder, path)?, int(flags) as u32),
            Object::OpenHow => {
                let flags = TraceeMemory(tid).array::<8>(arguments[2]).map(u64::from_ne_bytes)?;
                opened(named(Some(0), 1)?, flags as u32)
            }
            Object::Asked(folder, path) => {
                Look::asked(named(folder, path)?, confines).map(Aim::Look)
            }
            // Signal 0 only asks whether somebody is there.
            Object::Process(signal) | Object::FirstProcess(signal) => {
                (int(signal) != 0).then(|| Aim::Signal(int(0)))
            }
            Object::Pidfd => {
                let (here, own) = probe::of_pidfd(tid, int(0)).filter(|_| int(1) != 0)?;
                let is_other = here > 0 && !self.tracees.knows_process(here);
                is_other.then_some(Aim::Signal(own))
            }
            Object::Descriptor(fd) => Some(Aim::Write(int(fd))),
            Object::Parent => Some(Aim::Parent),
            Object::Memory => Some(Aim::Share),
        }
    }

    /// The lists that its libraries may read for this program with a call at this address. The C library
    /// opens them where it has opened what says how to look up, for users or hosts; and a program whose
    /// library has done so has another address for calls of its own.
    fn looks_up(&self, tid: pid_t, instruction: u64) -> &'static [&'static str] {
        let looks_up = |process: &&TracedProcess| process.looks_up.contains(&instruction);
        let process = self.tracees.process_of(tid).filter(looks_up);
        match process.map(|process| name(process.exe.as_deref()).unwrap_or_default()) {
            // It asks for the password of everybody whose name it is asked for.
            Some(name) if name.starts_with("perl") => &[USERS, PASSWORDS],
            Some(_) => &[USERS],
            None => &[],
        }
    }

    /// Tells of what is an attempt whatever comes of it; the rest depends on the result.
    fn before(&mut self, tid: pid_t, call: &'static str, aim: Aim) -> Option<Attempt> {
        match &aim {
            // Everybody, or the first process of its place, which hears no signal from inside.
            Aim::Signal(to @ (-1 | 1)) => {
                self.attempted(tid, call, to.to_string(), None);
                None
            }
            // Its own group, if it has not just asked who its parent is. Shells always ask.
            Aim::Signal(0) => {
                let process = self.tracees.process_of(tid)?;
                let asks = process.asked_for_parent && !is_shell(process.exe.as_deref());
                if asks {
                    self.attempted(tid, call, "0".to_owned(), None);
                }
                None
            }
            Aim::LookUp(at) => {
                let known = &mut self.tracees.process_of_mut(tid)?.looks_up;
                if known.len() < MOST_LOOK_UPS && !known.contains(at) {
                    known.push(*at);
                }
                None
            }
            Aim::Look(look) if look.is_certain() => {
                self.looked(tid, call, look.path(), None);
                None
            }
            _ => Some(Attempt { call, aim }),
        }
    }

    /// A watched call has returned.
    pub(super) fn on_watched_return(&mut self, tid: pid_t, attempt: Attempt, result: i64) {
        let confined = self.tracees.process_of(tid).and_then(|process| process.confined.clone());
        let Some(confined) = confined else { return };
        let error = (result < 0).then(|| Errno(i32::try_from(-result).unwrap_or(libc::EINVAL)));
        let Attempt { call, aim } = attempt;
        match (aim, error) {
            (Aim::Change { path, .. }, Some(Errno(libc::ENOSPC | libc::EDQUOT))) => {
                self.on_full_at(tid, Path::new(&path));
            }
            (Aim::Change { .. }, Some(Errno(libc::EFBIG))) => self.on_large_file(tid),
            (Aim::Change { path, is_own: false }, Some(error)) if tells(error) => {
                self.attempted(tid, call, path, Some(error));
            }
            (Aim::Change { path, is_own: true }, Some(error)) if leads_out(error) => {
                let is_foreign = |process| confined.is_foreign(process);
                let real = paths::real(tid, Path::new(&path));
                let real = real.map(|real| paths::without_detour(tid, real, is_foreign));
                let is_own = |real: &PathBuf| {
                    confined.confines.owns(real) || paths::is_open(real, is_foreign)
                };
                if let Some(real) = real.filter(|real| !is_own(real)) {
                    self.attempted(tid, call, real.to_string_lossy().into_owned(), Some(error));
                }
            }
            (Aim::Look(look), error) => {
                let is_ours = |process| process != 1 && !confined.is_foreign(process);
                if look.process().is_some_and(is_ours) || self.lists_processes(tid) {
                    return;
                }
                if let Some(path) = look.reached_for(tid, result, &confined.confines) {
                    self.looked(tid, call, &path, error);
                }
            }
            (Aim::Write(fd), Some(error)) => self.on_full_file(tid, fd, error),
            // Groups are named by their first process.
            (Aim::Signal(to), Some(error @ Errno(libc::ESRCH | libc::EPERM)))
                if confined.is_foreign(to.saturating_abs()) =>
            {
                self.attempted(tid, call, to.to_string(), Some(error));
            }
            (Aim::Parent, None) if result == 0 => {
                if let Some(process) = self.tracees.process_of_mut(tid) {
                    process.asked_for_parent = true;
                }
            }
            (Aim::Share, Some(Errno(libc::ENOSPC | libc::ENOMEM))) => self.on_no_shared_memory(tid),
            _ => {}
        }
    }

    /// True if a tool runs that looks at every process, whatever it is asked for.
    fn lists_processes(&self, tid: pid_t) -> bool {
        let process = self.tracees.process_of(tid);
        lists_processes(process.and_then(|process| process.exe.as_deref()))
    }

    pub(super) fn attempted(
        &mut self,
        tid: pid_t,
        call: &'static str,
        object: String,
        error: Option<Errno>,
    ) {
        self.tell_attempt(tid, call, object, false, error);
    }

    fn looked(&mut self, tid: pid_t, call: &'static str, path: &Path, error: Option<Errno>) {
        self.tell_attempt(tid, call, path.to_string_lossy().into_owned(), true, error);
    }

    fn tell_attempt(
        &mut self,
        tid: pid_t,
        call: &'static str,
        object: String,
        reads: bool,
        error: Option<Errno>,
    ) {
        let command = self.tracees.process_of(tid).map_or(0, |process| process.command);
        let kind = if reads { "look" } else { call };
        if self.reporter.counts_attempt(command, kind) <= MOST {
            let (place, call) = (self.tracees.place(tid), Name::of(call));
            self.reporter.process(place, Life::Attempt { call, object, reads, error });
        }
    }
}

/// True for a program that asks for its parent's number when it starts, whatever its script says.
fn is_shell(exe: Option<&str>) -> bool {
    const SHELLS: [&str; 7] = ["sh", "dash", "bash", "zsh", "ksh", "fish", "busybox"];
    name(exe).is_some_and(|name| SHELLS.contains(&name))
}

/// True for a tool that looks at every process there is, and is content with what it may see: those that
/// list processes, and those that look for whoever has a port or a file.
fn lists_processes(exe: Option<&str>) -> bool {
    // `pidof` may be a link to `killall5`.
    const TOOLS: [&str; 13] = [
        "ps", "pgrep", "pkill", "pidof", "killall", "killall5", "pstree", "top", "htop", "lsof",
        "fuser", "ss", "netstat",
    ];
    TOOLS.contains(&name(exe).unwrap_or_default())
}

fn name(exe: Option<&str>) -> Option<&str> {
    exe?.rsplit('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_are_known_by_their_names() {
        assert!(is_shell(Some("/usr/bin/dash")) && is_shell(Some("sh")));
        assert!(!is_shell(Some("/usr/bin/python3.11")) && !is_shell(None));
    }

    #[test]
    fn tools_that_look_at_all_processes_are_known_by_their_names() {
        for exe in ["/usr/bin/lsof", "/usr/bin/fuser", "/usr/sbin/killall5", "/bin/ss"] {
            assert!(lists_processes(Some(exe)), "{exe}");
        }
        assert!(!lists_processes(Some("/usr/bin/python3.11")) && !lists_processes(None));
    }

    #[test]
    fn what_is_not_the_programs_own_is_known_by_its_errors() {
        assert!(tells(Errno(libc::EROFS)) && tells(Errno(libc::ENOENT)));
        assert!(!tells(Errno(libc::ENOSPC)) && !tells(Errno(libc::EEXIST)));
    }
}
