//! Privileges that a program's file would have given it, and that it did not get.
//!
//! Linux gives a traced program none, unless its tracer has `CAP_SYS_PTRACE` in the program's user
//! namespace (`ptrace(2)`, `execve(2)`). An unprivileged user's seccomp filters need no_new_privs,
//! which has the same effect. Neither holds if the recorder runs as root. What the kernel did is read
//! from the process itself, so nothing is claimed that is not so.

use std::os::unix::fs::MetadataExt as _;

use libc::pid_t;
use rustix::fs::StatVfsMountFlags;
use socklab_kernel::status::Status;

use crate::probe;

/// The program that a process has just executed and what would have given it privileges, if it did
/// not get them.
pub(crate) fn dropped(pid: pid_t) -> Option<(String, &'static str)> {
    let path = format!("/proc/{pid}/exe");
    let file = std::fs::metadata(&path).ok()?;
    let mode = file.mode();
    let set_user = mode & libc::S_ISUID != 0;
    // Without the group's execute bit, it means mandatory locking.
    let set_group = mode & libc::S_ISGID != 0 && mode & libc::S_IXGRP != 0;
    // Most programs end here: asking for capabilities is one call.
    let capable = rustix::fs::getxattr(&path, "security.capability", &mut [0_u8; 64]).is_ok();
    if !(set_user || set_group || capable) {
        return None;
    }
    let mount = rustix::fs::statvfs(&path).ok()?;
    let ours: bool = Status::own().ok()?.number::<u8>("NoNewPrivs") == Some(1);
    if ours || mount.f_flag.contains(StatVfsMountFlags::NOSUID) {
        return None; // It would get none without us either.
    }
    let status = probe::status(pid)?;
    let effective = |field: &str| -> Option<u32> {
        status.field(field)?.split_ascii_whitespace().nth(1)?.parse().ok()
    };
    let permitted = status.field("CapPrm").and_then(|mask| u64::from_str_radix(mask, 16).ok());
    let why = if set_user && effective("Uid") != Some(file.uid()) {
        "set_user_id"
    } else if set_group && effective("Gid") != Some(file.gid()) {
        "set_group_id"
    } else if capable && permitted == Some(0) {
        "file_capabilities"
    } else {
        return None;
    };
    Some((probe::exe(pid).unwrap_or(path), why))
}
