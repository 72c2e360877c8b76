//! Entering a private loopback.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::thread::UnshareFlags;
use socklab_kernel::parent::{self, Parent};
use socklab_kernel::{process, sysctl};

use crate::passing_on;
use crate::refusal::NamespaceRefusal;
use crate::sys::{self, Forked};

/// Which of the two processes returns from [`enter_private_loopback`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The process inside, which goes on.
    Inside(PrivateLoopback),
    /// The process that stayed outside; the one inside has ended.
    Outside {
        /// The exit code of the process inside.
        exit_code: i32,
    },
}

/// What a private loopback is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrivateLoopback {
    /// Whether there is a process namespace too. If so, nothing at all outlives its first process.
    pub own_processes: bool,
}

/// The exit code of a process that could not get a `/proc` of its own.
const NO_PROC: i32 = 77;

/// Enters a private loopback without changing the user id. Returns on both sides of a `fork`.
///
/// The process must have a single thread: otherwise `unshare(CLONE_NEWUSER)` fails.
///
/// # Errors
///
/// When the kernel refuses a step. If that is the first one, `unshare`, nothing has changed and the
/// process can go on outside. After the failure of a later step it should end.
pub fn enter_private_loopback() -> Result<Role, NamespaceRefusal> {
    let namespaces = UnshareFlags::NEWUSER | UnshareFlags::NEWNET | UnshareFlags::NEWNS;
    network(namespaces, "unshare CLONE_NEWUSER|CLONE_NEWNET|CLONE_NEWNS")?;
    enter_process_namespace()
}

/// Enters these namespaces, a user and a network namespace among them, in which `lo` is up then.
/// `step` is what the call is called if it is refused.
pub(crate) fn network(
    namespaces: UnshareFlags,
    step: &'static str,
) -> Result<(), NamespaceRefusal> {
    let ids = Ids::own();
    sys::unshare(namespaces).map_err(|error| NamespaceRefusal::new(step, error))?;
    ids.map()?;
    shrink_tables();
    sys::loopback_up().map_err(|error| NamespaceRefusal::new("ioctl SIOCSIFFLAGS lo", error))?;
    // Without it only programs that ask for names in one particular way find none.
    let _ = sys::second_loopback_address();
    Ok(())
}

/// The user's own ids, which stay what they are inside a user namespace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    user: u32,
    group: u32,
}

impl Ids {
    /// Those of this process. Read them before `unshare`: afterwards they are unmapped until
    /// [`Ids::map`] has written the maps.
    pub(crate) fn own() -> Self {
        let user = rustix::process::geteuid().as_raw();
        let group = rustix::process::getegid().as_raw();
        Self { user, group }
    }

    /// Maps each id to itself, in the user namespace that was just made (`user_namespaces(7)`).
    pub(crate) fn map(self) -> Result<(), NamespaceRefusal> {
        let Self { user, group } = self;
        let write = |path, text: String| {
            fs::write(path, text).map_err(|error| NamespaceRefusal::new(path, error))
        };
        write("/proc/self/setgroups", "deny".to_owned())?;
        write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        write("/proc/self/gid_map", format!("{group} {group} 1"))
    }
}

/// A folder that exists only inside the private loopback and disappears with it: a file system in
/// memory, mounted over an empty folder of the machine, so that it hides nothing. `None` if there
/// is no empty folder or the kernel refuses. Call it inside a private loopback, before executing
/// any program.
pub fn private_folder() -> Option<PathBuf> {
    let is_empty =
        |folder: &Path| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let candidates = ["/srv", "/media", "/mnt", "/opt"].map(Path::new);
    let folder = candidates.into_iter().find(|folder| is_empty(folder))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", folder, "tmpfs", flags, c"size=256m,mode=755").ok()?;
    Some(folder.to_owned())
}

/// Enters a second network namespace with small tables of connections, so that reading them takes
/// microseconds instead of milliseconds. Also opens the ports below 1024 to all users. Where these
/// settings may not be written, the private loopback works without them.
fn shrink_tables() {
    // The setting applies to namespaces created from this one (Linux 6.1).
    if sysctl::write("net.ipv4.tcp_child_ehash_entries", "256").is_ok() {
        let _ = sys::unshare(UnshareFlags::NEWNET);
    }
    let _ = sysctl::write("net.ipv4.ip_unprivileged_port_start", "0");
}

/// Adds a process namespace if it can have its own `/proc`. Some containers refuse that, and with a
/// `/proc` that shows other process ids than ours, it is better to have no process namespace.
fn enter_process_namespace() -> Result<Role, NamespaceRefusal> {
    let inside = |own_processes| Ok(Role::Inside(PrivateLoopback { own_processes }));
    let outside = std::process::id();
    // An exit code would not tell whether it is that of a program inside.
    let Ok((mut news, mut report)) = io::pipe() else { return inside(false) };
    match sys::fork() {
        Err(_) => inside(false),
        Ok(Forked::Parent(child)) => {
            drop(report);
            let is_ready = news.read_exact(&mut [0]).is_ok();
            match passing_on::wait(child) {
                _ if !is_ready => inside(false),
                Ok(exit_code) => Ok(Role::Outside { exit_code }),
                Err(error) => Err(NamespaceRefusal::new("waitpid", error)),
            }
        }
        Ok(Forked::Child) => match become_first_process(outside) {
            // Without somebody who hears it, this process is about to end.
            Ok(None) => report
                .write_all(b"!")
                .map_or_else(|_| Ok(Role::Outside { exit_code: NO_PROC }), |()| inside(true)),
            Ok(Some(exit_code)) => Ok(Role::Outside { exit_code }),
            Err(_) => Ok(Role::Outside { exit_code: NO_PROC }),
        },
    }
}

/// Becomes the first process of a new process namespace, or waits for that process and returns its
/// exit code. The first process ends when this one does, and this one when `outside` does.
fn become_first_process(outside: u32) -> io::Result<Option<i32>> {
    parent::end_with(Parent::Id(outside))?;
    // In its own namespace the first process sees no parent whose id it could compare.
    let this = process::pidfd(std::process::id())?;
    sys::unshare(UnshareFlags::NEWPID)?;
    match sys::fork()? {
        Forked::Parent(child) => passing_on::wait(child).map(Some),
        Forked::Child => {
            let ready = parent::end_with(Parent::Pidfd(this.as_fd())).and_then(|()| mount_proc());
            Ok(ready.err().map(|_| NO_PROC))
        }
    }
}

/// Mounts a new `/proc` over the old one, for the current process namespace.
pub(crate) fn mount_proc() -> io::Result<()> {
    // Otherwise what we mount would appear outside as well.
    mount_change("/", MountPropagationFlags::REC | MountPropagationFlags::PRIVATE)?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    Ok(mount("proc", "/proc", "proc", flags, None)?)
}
