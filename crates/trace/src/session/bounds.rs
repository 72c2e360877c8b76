//! Limits that the kernel keeps by itself, as a program in a sandbox reaches them: it may hide that, and
//! what it has written may be gone a moment later, but the call that failed was seen.

use std::path::{Path, PathBuf};

use libc::pid_t;
use rustix::fs::{StatVfs, statvfs};
use socklab_event::{Errno, Process as Life, Resource};

use super::calls::Calls;
use crate::confines::Confines;
use crate::decode::CallAtEntry;
use crate::ptrace;
use crate::syscall::Sys;

impl Calls<'_> {
    /// A signal says that the program has reached a limit, even if it ignores it: that of processor time
    /// (`setrlimit(2)`), or there is no room for what it writes to a file by its memory (`mmap(2)`).
    pub(super) fn on_limit(&mut self, tid: pid_t, signal: i32) {
        match signal {
            libc::SIGXCPU if is_of_kernel(tid) => {
                let Some(confines) = self.confines(tid) else { return };
                // Before Linux 5.5 the kernel raises it by a second each time.
                let ours = [confines.processor, confines.processor.saturating_add(1)];
                if limit(tid, "Max cpu time").is_some_and(|most| ours.contains(&most)) {
                    let most = confines.processor.saturating_mul(1_000_000_000);
                    self.reached(tid, Resource::Processor, most);
                }
            }
            libc::SIGXCPU => {}
            _ => {
                let Some(confines) = self.confines(tid) else { return };
                let places = confines.apart.iter().chain(&confines.given);
                let full = places.into_iter().find_map(|place| {
                    let about = own_room(&inside(tid, place), &confines)?;
                    (about.f_bfree == 0).then_some(confines.room)
                });
                if let Some(most) = full {
                    self.reached(tid, Resource::Disk, most);
                }
            }
        }
    }

    /// A call on a socket or a standard stream has returned: that stream may be a file.
    pub(super) fn on_no_room(&mut self, tid: pid_t, entry: &CallAtEntry, result: i64) {
        let error = Errno(i32::try_from(-result).unwrap_or(0));
        if matches!(entry.row.sys, Sys::Write | Sys::Writev | Sys::Sendfile) {
            self.on_full_file(tid, entry.fd(), error);
        }
    }

    /// Writing to this descriptor has failed.
    pub(super) fn on_full_file(&mut self, tid: pid_t, fd: i32, error: Errno) {
        match error.0 {
            libc::EFBIG => self.on_large_file(tid),
            libc::ENOSPC | libc::EDQUOT => {
                let Some(confines) = self.confines(tid) else { return };
                if own_room(Path::new(&format!("/proc/{tid}/fd/{fd}")), &confines).is_some() {
                    self.reached(tid, Resource::Disk, confines.room);
                }
            }
            _ => {}
        }
    }

    /// Nothing could be made at this path.
    pub(super) fn on_full_at(&mut self, tid: pid_t, path: &Path) {
        let Some(confines) = self.confines(tid) else { return };
        // A path that is too long to be told begins where the program is.
        let places = path.ancestors().skip(1).map(|above| inside(tid, above));
        let places = places.chain([PathBuf::from(format!("/proc/{tid}/cwd"))]);
        let mut there = places.filter(|place| place.exists());
        let found = there.next().and_then(|place| own_room(&place, &confines));
        if let Some(about) = found {
            // Otherwise it was the name that found no room.
            let many = about.f_files > 0 && about.f_ffree == 0;
            match many {
                true => self.reached(tid, Resource::Files, confines.files),
                false => self.reached(tid, Resource::Disk, confines.room),
            }
        }
    }

    /// `shmget(2)` has refused more.
    pub(super) fn on_no_shared_memory(&mut self, tid: pid_t) {
        let Some(confines) = self.confines(tid) else { return };
        self.reached(tid, Resource::Memory, confines.shared);
    }

    /// A file can't be made as large as was wanted. Nothing is told of the signal for that (SIGXFSZ), which
    /// a program may send to itself in the same way.
    pub(super) fn on_large_file(&mut self, tid: pid_t) {
        let Some(confines) = self.confines(tid) else { return };
        // A program may have set a lower one for itself.
        if limit(tid, "Max file size") == Some(confines.file) {
            self.reached(tid, Resource::FileSize, confines.file);
        }
    }

    fn confines(&self, tid: pid_t) -> Option<Confines> {
        let confined = self.tracees.process_of(tid)?.confined.as_ref()?;
        Some(confined.confines.clone())
    }

    /// Tells of a limit once.
    fn reached(&mut self, tid: pid_t, of: Resource, most: u64) {
        let process = self.tracees.process_of(tid).filter(|process| process.confined.is_some());
        let name = match of {
            Resource::Processor => "limit of processor time",
            Resource::FileSize => "limit of a file",
            Resource::Files => "limit of files",
            Resource::Memory => "limit of shared memory",
            _ => "limit of room",
        };
        if let Some(command) = process.map(|process| process.command)
            && self.reporter.counts_attempt(command, name) == 1
        {
            let place = self.tracees.place(tid);
            self.reporter.process(place, Life::Limit { of, most });
        }
    }
}

/// What is known of a file system, if it is one that the program has to itself: the machine's may be full
/// through no fault of the program, and `/dev/full` always is.
fn own_room(at: &Path, confines: &Confines) -> Option<StatVfs> {
    let about = statvfs(at).ok()?;
    let size = about.f_blocks.saturating_mul(about.f_frsize);
    (confines.room > 0 && size == confines.room).then_some(about)
}

/// A path of a program, as the tracer can use it.
fn inside(tid: pid_t, path: &Path) -> PathBuf {
    let root = PathBuf::from(format!("/proc/{tid}/root"));
    root.join(path.strip_prefix("/").unwrap_or(path))
}

/// A soft limit of `setrlimit(2)`, `proc_pid_limits(5)`.
fn limit(tid: pid_t, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{tid}/limits")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// True if the kernel itself has sent the signal that a thread has stopped for, `sigaction(2)`.
fn is_of_kernel(tid: pid_t) -> bool {
    /// `SI_KERNEL` of `asm-generic/siginfo.h`.
    const KERNEL: i32 = 0x80;
    // SAFETY: the kernel has written all of a siginfo_t, which has only integers.
    ptrace::signal_info(tid).is_ok_and(|info| unsafe { info.assume_init() }.si_code == KERNEL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_by_their_names() {
        let this = i32::try_from(std::process::id()).expect("a small number");
        assert!(limit(this, "Max open files").is_some_and(|most| most > 0));
        assert_eq!(limit(this, "Max of nothing"), None);
    }

    #[test]
    fn only_a_file_system_of_the_size_given_is_the_programs_own() {
        let folder = std::env::temp_dir();
        let about = statvfs(&folder).expect("a file system");
        let room = about.f_blocks * about.f_frsize;
        let confines = |room| Confines { room, ..Confines::default() };
        assert!(own_room(&folder, &confines(room)).is_some());
        assert!(own_room(&folder, &confines(room + 1)).is_none());
        assert!(own_room(&folder, &confines(0)).is_none());
    }

    #[test]
    fn a_path_is_looked_at_where_the_program_is() {
        assert_eq!(inside(7, Path::new("/tmp/x")), Path::new("/proc/7/root/tmp/x"));
    }
}
