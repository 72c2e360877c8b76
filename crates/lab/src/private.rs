//! Entering a private loopback.

use std::ffi::CString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::refusal::Refusal;
use crate::sys::{self, Forked, die_with_parent};

/// What came of [`enter_private_loopback`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// This is the process inside: go on.
    Inside(Entered),
    /// This is the process that stayed outside; the one inside has ended with this exit code.
    Outside(i32),
}

/// What the place is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    /// True if there is a process namespace too: then nothing at all outlives its first process.
    pub processes: bool,
}

/// The exit code of a process that could not have a `/proc` of its own.
const NO_PROC: i32 = 77;

/// Goes into a private loopback, user id unchanged. Returns on both sides of a `fork`.
///
/// The process must have one thread only: `unshare(CLONE_NEWUSER)` refuses otherwise. On an error
/// nothing has changed that would hinder going on outside, except in the case told by
/// `Refusal::step` being a later one than `unshare`: then this process should end.
pub fn enter_private_loopback() -> Result<Side, Refusal> {
    // Found out before, because afterwards nobody has a name until the maps are written.
    let user = rustix::process::geteuid().as_raw();
    let group = rustix::process::getegid().as_raw();
    sys::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET | libc::CLONE_NEWNS)
        .map_err(|error| Refusal::new("unshare CLONE_NEWUSER|CLONE_NEWNET|CLONE_NEWNS", error))?;
    let map = |path: &'static str, text: String| {
        fs::write(path, text).map_err(|error| Refusal::new(path, error))
    };
    map("/proc/self/setgroups", "deny".to_owned())?;
    map("/proc/self/uid_map", format!("{user} {user} 1"))?;
    map("/proc/self/gid_map", format!("{group} {group} 1"))?;
    small_tables();
    sys::loopback_up().map_err(|error| Refusal::new("ioctl SIOCSIFFLAGS lo", error))?;
    with_own_processes()
}

/// A folder that exists in this place only, and is gone with it: a file system in memory, mounted
/// over an empty folder of the machine, where it hides nothing. `None` if there is no such folder,
/// or it may not be had. To be called inside a private loopback, before anything is executed.
pub fn private_folder() -> Option<PathBuf> {
    let is_empty =
        |folder: &Path| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let candidates = ["/srv", "/media", "/mnt", "/opt"].map(Path::new);
    let folder = candidates.into_iter().find(|folder| is_empty(folder))?;
    let name = CString::new(folder.to_str()?).ok()?;
    sys::mount_memory(&name).ok().map(|()| folder.to_owned())
}

/// A second network namespace, born with small tables of connections: reading the kernel's tables
/// then costs microseconds in place of milliseconds. And ports below 1024 are for everybody.
/// Where these settings may not be written, the place is as good without.
fn small_tables() {
    if fs::write("/proc/sys/net/ipv4/tcp_child_ehash_entries", "256").is_ok() {
        let _ = sys::unshare(libc::CLONE_NEWNET);
    }
    let _ = fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
}

/// Adds a process namespace if it can have its own `/proc`: in some containers it cannot, and a
/// `/proc` with other process numbers than ours is worse than none.
fn with_own_processes() -> Result<Side, Refusal> {
    let inside = |processes| Ok(Side::Inside(Entered { processes }));
    match sys::fork() {
        Err(_) => inside(false),
        Ok(Forked::Parent(child)) => match sys::wait(child) {
            Ok(NO_PROC) => inside(false),
            Ok(code) => Ok(Side::Outside(code)),
            Err(error) => Err(Refusal::new("waitpid", error)),
        },
        Ok(Forked::Child) => match first_process() {
            Ok(None) => inside(true),
            Ok(Some(code)) => Ok(Side::Outside(code)),
            Err(_) => Ok(Side::Outside(NO_PROC)),
        },
    }
}

/// Becomes the first process of a new process namespace, or waits for it.
fn first_process() -> io::Result<Option<i32>> {
    die_with_parent()?;
    sys::unshare(libc::CLONE_NEWPID)?;
    match sys::fork()? {
        Forked::Parent(child) => sys::wait(child).map(Some),
        Forked::Child => {
            let ready = die_with_parent().and_then(|()| sys::mount_proc());
            Ok(ready.err().map(|_| NO_PROC))
        }
    }
}
