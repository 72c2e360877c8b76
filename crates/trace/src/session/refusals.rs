//! Calls that the filter of a sandbox refuses.
//!
//! Such a call never reaches the kernel's code: the filter raises SIGSYS instead, with the error that the
//! call is to return, and the tracer lets the program see that error and not the signal. So a call stays
//! refused even if nobody traces.

use std::io;
use std::mem::{self, MaybeUninit};

use libc::pid_t;
use socklab_event::{Errno, Family};

use super::calls::Calls;
use super::onward::{Handled, Onward, RESUME, unless_vanished};
use crate::arch;
use crate::ptrace::{self, CallEntry};

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
    (libc::SYS_shmget, "shmget"),
    (libc::SYS_semget, "semget"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_iopl, "iopl"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_ioperm, "ioperm"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_modify_ldt, "modify_ldt"),
];

impl Calls<'_> {
    /// Handles SIGSYS: it is a filter's answer to a call, or an ordinary signal (`None`).
    pub(super) fn on_refused_call(&mut self, tid: pid_t) -> Option<Handled> {
        self.tracees.process_of(tid)?.confined.as_ref()?;
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
        // A call that is newer than the list has no name.
        if let Some((name, abi)) = refused.name() {
            let object = match (abi, refused.number) {
                (Some(abi), _) => abi.to_owned(),
                (None, libc::SYS_socket) => Family(arguments[0] as i32).to_string(),
                (None, libc::SYS_clone) => apart(arguments[0]).to_owned(),
                (None, libc::SYS_ioctl) => "terminal".to_owned(),
                (None, libc::SYS_shmget) => format!("{} B", arguments[1]),
                _ => String::new(),
            };
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
        self.tracees.process_of(tid).is_some_and(|process| process.confined.is_some())
            && (NEVER.contains(&entry.number) || entry.number == libc::SYS_socket && !is_known)
    }
}

/// For which of its flags `clone` was refused: a sibling's, or those of namespaces.
fn apart(flags: u64) -> &'static str {
    match flags & libc::CLONE_PARENT as u64 {
        0 => "CLONE_NEW…",
        _ => "CLONE_PARENT",
    }
}

/// A call that a filter has refused with SIGSYS.
struct Refused {
    /// `AUDIT_ARCH_…` of the call's ABI.
    arch: u32,
    number: i64,
    /// What the filter says that the call returns.
    error: Errno,
}

impl Refused {
    /// The name of the call, and that of its ABI if it is not that of the processor. The filter refuses
    /// every call of another one; what is told are those that it refuses in any.
    fn name(&self) -> Option<(&'static str, Option<&'static str>)> {
        let bit = i64::from(arch::FOREIGN_NUMBER_BIT);
        let named = |list: &[(i64, &'static str)], number: i64| {
            list.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
        };
        match self.arch {
            arch::AUDIT_ARCH if self.number & bit == 0 => {
                Some((named(REFUSED, self.number)?, None))
            }
            arch::AUDIT_ARCH => {
                let number = self.number & !bit;
                // The filter looks at the arguments of these; here nobody has.
                const BY_ARGUMENTS: [i64; 5] = [
                    libc::SYS_clone,
                    libc::SYS_socket,
                    libc::SYS_ioctl,
                    libc::SYS_shmget,
                    libc::SYS_semget,
                ];
                let is_always = !BY_ARGUMENTS.contains(&number);
                let name = named(&arch::OTHER_REFUSED_CALLS, number)
                    .or_else(|| named(REFUSED, number).filter(|_| is_always))?;
                Some((name, Some("x32")))
            }
            arch::FOREIGN_ARCH => {
                Some((named(&arch::FOREIGN_REFUSED_CALLS, self.number)?, Some("i386")))
            }
            _ => None,
        }
    }
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
    Ok(by_filter.then(|| Refused {
        arch: info.arch,
        number: info.number.into(),
        error: Errno(info.error),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_the_name_that_its_number_means_in_its_abi() {
        let name = |arch, number| Refused { arch, number, error: Errno::ENOSYS }.name();
        let bit = i64::from(arch::FOREIGN_NUMBER_BIT);
        assert_eq!(name(arch::AUDIT_ARCH, libc::SYS_ptrace), Some(("ptrace", None)));
        assert_eq!(name(arch::AUDIT_ARCH, libc::SYS_mount | bit), Some(("mount", Some("x32"))));
        assert_eq!(name(arch::AUDIT_ARCH, libc::SYS_read | bit), None);
        for call in [libc::SYS_clone, libc::SYS_semget] {
            assert_eq!(name(arch::AUDIT_ARCH, call | bit), None, "with arguments unknown");
        }
        let foreign = |number| name(arch::FOREIGN_ARCH, number);
        assert_eq!(foreign(26), Some(("ptrace", Some("i386"))));
        assert_eq!(foreign(libc::SYS_mount), None, "getresuid");
        assert_eq!(name(77, 26), None);
    }
}
