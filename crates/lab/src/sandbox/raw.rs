//! The system calls of the walls that no library wraps, each in a safe function. All of them are
//! async-signal-safe.

use std::ffi::CStr;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;

use libc::{c_long, sock_fprog};
use rustix::io::Errno;

use crate::sys::mount_attributes;

/// `struct landlock_ruleset_attr` in its first version, which later kernels know too.
#[repr(C)]
struct Ruleset {
    handled: u64,
}

/// The same structure in its sixth version.
#[repr(C)]
struct Domain {
    handled: u64,
    network: u64,
    scoped: u64,
}

/// `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct Beneath {
    rights: u64,
    parent: RawFd,
}

/// `LANDLOCK_CREATE_RULESET_VERSION` and `LANDLOCK_RULE_PATH_BENEATH`.
const VERSION: u32 = 1;
const PATH_BENEATH: u32 = 1;

fn outcome(returned: c_long) -> Result<c_long, Errno> {
    match returned {
        -1 => Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)),
        value => Ok(value),
    }
}

/// Makes this mount and all below it read-only, and ignores set-user-id bits there.
pub(super) fn lock_mounts(path: &CStr) -> Result<(), Errno> {
    let set = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID;
    mount_attributes(path, libc::AT_RECURSIVE, set, 0)
}

/// Makes this mount writable again.
pub(super) fn unlock_mount(path: &CStr) -> Result<(), Errno> {
    mount_attributes(path, 0, 0, libc::MOUNT_ATTR_RDONLY)
}

/// Ignores set-user-id bits in this mount and all below it.
pub(super) fn no_set_user_id(path: &CStr) -> Result<(), Errno> {
    mount_attributes(path, libc::AT_RECURSIVE, libc::MOUNT_ATTR_NOSUID, 0)
}

/// Installs a filter of system calls in the calling thread.
pub(crate) fn install_filter(program: &sock_fprog) -> Result<(), Errno> {
    // SAFETY: the program describes statements that live through the call, in which they are copied.
    outcome(unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            c_long::from(libc::SECCOMP_SET_MODE_FILTER),
            0_u64,
            ptr::from_ref(program),
        )
    })
    .map(drop)
}

/// The version of landlock in this kernel.
pub(crate) fn landlock_version() -> Result<c_long, Errno> {
    let none = ptr::null::<Ruleset>();
    // SAFETY: with this flag the kernel reads no structure.
    outcome(unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, none, 0_usize, VERSION) })
}

/// An empty set of rules, which refuses these rights everywhere.
pub(super) fn landlock_rules(handled: u64) -> Result<OwnedFd, Errno> {
    let rules = Ruleset { handled };
    let size = size_of::<Ruleset>();
    // SAFETY: a structure of the size that is passed, which lives through the call.
    let fd = outcome(unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, &raw const rules, size, 0_u32)
    })?;
    // SAFETY: the kernel has just opened this descriptor for us. Descriptors are small.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// An empty set of rules, which also keeps what `scoped` names within itself, if that is not 0:
/// versions before the sixth know no scopes.
pub(crate) fn landlock_domain(handled: u64, scoped: u64) -> Result<OwnedFd, Errno> {
    if scoped == 0 {
        return landlock_rules(handled);
    }
    let rules = Domain { handled, network: 0, scoped };
    let size = size_of::<Domain>();
    // SAFETY: a structure of the size that is passed, which lives through the call.
    let fd = outcome(unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, &raw const rules, size, 0_u32)
    })?;
    // SAFETY: the kernel has just opened this descriptor for us. Descriptors are small.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// Allows these rights at and below a file or folder.
pub(super) fn landlock_allow(rules: &OwnedFd, parent: impl AsFd, rights: u64) -> Result<(), Errno> {
    let beneath = Beneath { rights, parent: parent.as_fd().as_raw_fd() };
    let rules = rules.as_raw_fd();
    // SAFETY: a structure of the kind that is named, which lives through the call.
    outcome(unsafe {
        libc::syscall(libc::SYS_landlock_add_rule, rules, PATH_BENEATH, &raw const beneath, 0_u32)
    })
    .map(drop)
}

/// Restricts the calling thread to these rules.
pub(crate) fn landlock_restrict(rules: &OwnedFd) -> Result<(), Errno> {
    // SAFETY: no pointers.
    outcome(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules.as_raw_fd(), 0_u32) })
        .map(drop)
}
