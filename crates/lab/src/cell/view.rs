//! What a cell's mount namespace shows. Planned before the fork, done after it.

use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, mount, mount_bind_recursive, mount_change, mount_remount,
};

use super::options::CellOptions;
use super::secrets::Secrets;
use crate::refusal::NamespaceRefusal;
use crate::sandbox::Screen;
use crate::sys;

/// What of `/proc` concerns the whole machine: a user with the id 0 may write it even without any
/// capability.
const MACHINE: [&CStr; 6] = [
    c"/proc/sys",
    c"/proc/sysrq-trigger",
    c"/proc/irq",
    c"/proc/bus",
    c"/proc/fs",
    c"/sys/fs/cgroup",
];

/// How many pages of memory its processes may share by `shmget(2)`; [`SHARED_MEMORY`] has the bytes.
const SHARED_PAGES: &[u8] = b"32768";

/// How much memory processes in a cell may share by `shmget(2)`, all of them together, in bytes.
pub const SHARED_MEMORY: u64 = 32_768 * 4096;

/// How many queues there may be (`msgget(2)`), each of which holds 16 KiB.
const QUEUES: &[u8] = b"64";

/// How many semaphores there may be in a set and altogether, how many operations at a time, and how many
/// sets (`semget(2)`).
const SEMAPHORES: &[u8] = b"250 4096 32 64";

/// The mounts of a cell, in memory that was allocated before the fork.
#[derive(Debug)]
pub(super) struct View {
    read_only: Vec<CString>,
    writable: Vec<CString>,
    secrets: Secrets,
    screen: Option<Screen>,
}

impl View {
    pub(super) fn new(options: &CellOptions) -> Result<Self, NamespaceRefusal> {
        let paths = |paths: &[PathBuf]| -> Result<Vec<CString>, NamespaceRefusal> {
            paths.iter().map(|path| c_string(path)).collect()
        };
        let screen = options.sandbox.as_ref().map(Screen::new).transpose();
        let refused = |error| NamespaceRefusal::new("find what the sandbox is to show", error);
        Ok(Self {
            read_only: paths(&options.read_only)?,
            writable: paths(&options.writable)?,
            secrets: Secrets::readable(),
            screen: screen.map_err(refused)?,
        })
    }

    /// Makes the mounts of the calling process, which is the first of a process namespace and alone
    /// in its mount namespace. Async-signal-safe.
    pub(super) fn make(&mut self) -> Result<(), (&'static str, Errno)> {
        let failed = |step| move |errno| (step, errno);
        let private = MountPropagationFlags::REC | MountPropagationFlags::PRIVATE;
        mount_change(c"/", private).map_err(failed("mount --make-rprivate /"))?;
        let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
        // Whoever is not the program's own is not there (Linux 5.8).
        let options = c"hidepid=ptraceable";
        mount(c"proc", c"/proc", c"proc", flags, options)
            .or_else(|_| mount(c"proc", c"/proc", c"proc", flags, None))
            .map_err(failed("mount proc"))?;
        // While it can still be written.
        forbid_user_namespaces().map_err(failed("write user.max_user_namespaces"))?;
        limit_what_outlives();
        for path in MACHINE {
            match protect(path) {
                Err(Errno::NOENT) | Ok(()) => {}
                Err(errno) => return Err(("mount read-only in /proc", errno)),
            }
        }
        self.secrets.cover()?;
        if self.screen.is_none() {
            cover_shared_memory().map_err(failed("mount tmpfs"))?;
        }
        for path in &self.read_only {
            mount_bind_recursive(path.as_c_str(), path.as_c_str())
                .map_err(failed("mount --bind"))?;
        }
        for path in &self.writable {
            mount_bind_recursive(path.as_c_str(), path.as_c_str())
                .map_err(failed("mount --bind"))?;
        }
        for path in &self.read_only {
            lock(path).map_err(failed("mount -o remount,bind,ro"))?;
        }
        self.screen.as_mut().map_or(Ok(()), Screen::make)
    }
}

/// Nobody inside gets the capabilities that come with a new user namespace.
fn forbid_user_namespaces() -> Result<(), Errno> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::WRONLY | OFlags::CLOEXEC;
    let file = match open(c"/proc/sys/user/max_user_namespaces", flags, Mode::empty()) {
        // A kernel without user namespaces.
        Err(Errno::NOENT) => return Ok(()),
        file => file?,
    };
    rustix::io::write(&file, b"0").map(drop)
}

/// Segments of `shmget(2)`, sets of `semget(2)` and messages of `msgsnd(2)` are in no process, so that
/// nobody who watches processes would count them: segments of this cell have so many pages together, and
/// there are few of the others.
/// Older kernels let only root set that.
fn limit_what_outlives() {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::WRONLY | OFlags::CLOEXEC;
    for (setting, most) in [
        (c"/proc/sys/kernel/shmall", SHARED_PAGES),
        (c"/proc/sys/kernel/sem", SEMAPHORES),
        (c"/proc/sys/kernel/msgmni", QUEUES),
    ] {
        if let Ok(file) = open(setting, flags, Mode::empty()) {
            let _ = rustix::io::write(&file, most);
        }
    }
}

/// Nor are files in the machine's `/dev/shm`: a cell has its own, which goes with it.
fn cover_shared_memory() -> Result<(), Errno> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    match mount(c"tmpfs", c"/dev/shm", c"tmpfs", flags, c"size=64m,nr_inodes=4096,mode=1777") {
        Err(Errno::NOENT) => Ok(()),
        done => done,
    }
}

fn protect(path: &CStr) -> Result<(), Errno> {
    // With the mounts below it: a user namespace may not show a folder without them.
    mount_bind_recursive(path, path)?;
    match sys::make_read_only(path) {
        // Linux 5.12 has brought the call for all of them at once.
        Err(Errno::NOSYS) => lock(path),
        done => done,
    }
}

/// Makes a bind mount read-only.
fn lock(path: &CStr) -> Result<(), Errno> {
    let flags = MountFlags::BIND | MountFlags::RDONLY;
    match mount_remount(path, flags, c"") {
        // Flags of the original mount that a user namespace may not clear.
        Err(Errno::PERM) => {
            let flags = flags | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
            mount_remount(path, flags, c"")
        }
        done => done,
    }
}

fn c_string(path: &Path) -> Result<CString, NamespaceRefusal> {
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| NamespaceRefusal::new("mount", std::io::ErrorKind::InvalidInput.into()))
}
