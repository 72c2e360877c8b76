//! System calls that no program of a student needs: what they reach is not the program's own, or
//! they are doors that have been holes in the kernel.
//!
//! The filter answers EPERM, or ENOSYS where a program has another way and looks for it. It is the
//! last wall, not the only one: a cell has neither capabilities nor user namespaces.

use libc::{sock_filter, sock_fprog};
use rustix::io::Errno;

/// The offset of the call's number and of its architecture in `struct seccomp_data`; the arguments
/// begin behind them, and their lower half comes first on the processors below.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENT: u32 = 16;

/// `AUDIT_ARCH_*` of the processor that this is compiled for.
#[cfg(target_arch = "x86_64")]
const NATIVE: Option<u32> = Some(0xC000_003E);
#[cfg(target_arch = "aarch64")]
const NATIVE: Option<u32> = Some(0xC000_00B7);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const NATIVE: Option<u32> = None;

/// From this number on, x86-64 has the calls of the x32 ABI.
const X32: u32 = 0x4000_0000;

/// What `clone(2)` is refused with: namespaces, and a child of whoever started the caller, which would be
/// in no tree of processes that is watched. The C library asks for neither.
const APART: u32 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_PARENT)
    .cast_unsigned();

/// Refused with EPERM.
const FORBIDDEN: &[libc::c_long] = &[
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // Namespaces and mounts.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_mount_setattr,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    // Parts of the kernel with a wide surface.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_fanotify_init,
    // The machine.
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
    libc::SYS_nfsservctl,
    libc::SYS_lookup_dcookie,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_uselib,
];

/// Refused with ENOSYS: the program then makes other calls. So is `clone3`, whose flags are in memory,
/// where no filter can look: the C library then makes an older call.
const UNKNOWN: &[libc::c_long] =
    &[libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register];

/// The kinds of sockets that a program may make; packets and the kernel's own are not its business.
const FAMILIES: [i32; 4] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];

/// The largest segment of shared memory (`shmget(2)`), in bytes. Segments are in no process, and outlive
/// theirs, so that nobody could count them; there are 4096 at most.
const SEGMENT: u32 = 64 << 10;

/// The most semaphores that there may be in a set (`semget(2)`), as Linux 3.19 has it when it starts. Sets
/// outlive their processes as well, and there are 32,000 at most.
const SEMAPHORES: u32 = 250;

/// Characters put into a terminal's input, and what the console is told.
const IOCTLS: [u32; 2] = [libc::TIOCSTI as u32, libc::TIOCLINUX as u32];

/// The filter of calls.
#[derive(Clone, Debug)]
pub(super) struct Filter(Vec<sock_filter>);

impl Filter {
    /// The filter for this processor; an empty one if it is not known. With `told`, whatever is refused
    /// raises SIGSYS with the error, for a tracer to see it: the call is not made either way.
    pub(super) fn new(told: bool) -> Self {
        let Some(native) = NATIVE else { return Self(Vec::new()) };
        let action = if told { libc::SECCOMP_RET_TRAP } else { libc::SECCOMP_RET_ERRNO };
        let error = |errno: i32| action | errno.cast_unsigned();
        let (forbidden, unknown) = (error(libc::EPERM), error(libc::ENOSYS));
        let mut program = vec![load(ARCHITECTURE), skip_if(native, 1, 0), answer(unknown)];
        program.push(load(NUMBER));
        program.extend([jump(libc::BPF_JGE, X32, 0, 1), answer(unknown)]);
        // The C library tries it for every thread.
        let quiet = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.cast_unsigned();
        program.extend([skip_if(number(libc::SYS_clone3), 0, 1), answer(quiet)]);
        for (calls, with) in [(FORBIDDEN, forbidden), (UNKNOWN, unknown)] {
            for call in calls {
                program.extend([skip_if(number(*call), 0, 1), answer(with)]);
            }
        }
        // Each of these ends with an answer, so that the number need not be loaded again.
        program.extend([
            skip_if(number(libc::SYS_clone), 0, 4),
            load(ARGUMENT),
            jump(libc::BPF_JSET, APART, 0, 1),
            answer(forbidden),
            answer(libc::SECCOMP_RET_ALLOW),
        ]);
        let families = FAMILIES.map(i32::cast_unsigned);
        program.extend([skip_if(number(libc::SYS_socket), 0, 7), load(ARGUMENT)]);
        for (index, family) in families.into_iter().enumerate() {
            program.push(skip_if(family, (families.len() - index) as u8, 0));
        }
        program.extend([answer(error(libc::EAFNOSUPPORT)), answer(libc::SECCOMP_RET_ALLOW)]);
        program.extend([
            skip_if(number(libc::SYS_shmget), 0, 6),
            load(ARGUMENT + 12),
            skip_if(0, 0, 2),
            load(ARGUMENT + 8),
            jump(libc::BPF_JGT, SEGMENT, 0, 1),
            answer(error(libc::ENOSPC)),
            answer(libc::SECCOMP_RET_ALLOW),
        ]);
        program.extend([
            skip_if(number(libc::SYS_semget), 0, 4),
            load(ARGUMENT + 8),
            jump(libc::BPF_JGT, SEMAPHORES, 0, 1),
            answer(error(libc::ENOSPC)),
            answer(libc::SECCOMP_RET_ALLOW),
        ]);
        program.extend([skip_if(number(libc::SYS_ioctl), 0, 4), load(ARGUMENT + 8)]);
        program.extend([skip_if(IOCTLS[0], 1, 0), skip_if(IOCTLS[1], 0, 1), answer(forbidden)]);
        program.push(answer(libc::SECCOMP_RET_ALLOW));
        Self(program)
    }

    /// Installs it in the calling thread, which must have no_new_privs. Async-signal-safe.
    pub(super) fn install(&self) -> Result<(), Errno> {
        if self.0.is_empty() {
            return Ok(());
        }
        let length = u16::try_from(self.0.len()).map_err(|_| Errno::INVAL)?;
        let program = sock_fprog { len: length, filter: self.0.as_ptr().cast_mut() };
        super::raw::install_filter(&program)
    }
}

/// The number of a call, as the filter sees it.
fn number(call: libc::c_long) -> u32 {
    // Numbers of calls are small.
    call as u32
}

fn load(offset: u32) -> sock_filter {
    statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0, 0)
}

fn answer(action: u32) -> sock_filter {
    statement(libc::BPF_RET | libc::BPF_K, action, 0, 0)
}

/// Skips `then` statements if the loaded word is `value`, otherwise `or`.
fn skip_if(value: u32, then: u8, or: u8) -> sock_filter {
    jump(libc::BPF_JEQ, value, then, or)
}

fn jump(test: u32, value: u32, then: u8, or: u8) -> sock_filter {
    statement(libc::BPF_JMP | test | libc::BPF_K, value, then, or)
}

fn statement(code: u32, k: u32, jt: u8, jf: u8) -> sock_filter {
    // All codes fit: `linux/bpf_common.h`.
    sock_filter { code: code as u16, jt, jf, k }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIGH: u32 = ARGUMENT + 12;

    /// What the filter answers to a call: the interpreter of the few statements it consists of.
    fn answered(call: libc::c_long, first: u32, second: u32) -> u32 {
        let word = |offset: u32| match offset {
            NUMBER => number(call),
            ARCHITECTURE => NATIVE.unwrap(),
            ARGUMENT => first,
            // The upper half of the second argument.
            HIGH => 0,
            _ => second,
        };
        let program = Filter::new(false).0;
        let (mut at, mut loaded) = (0, 0);
        loop {
            let step = program[at];
            let code = u32::from(step.code);
            at += 1;
            match code & 0x07 {
                libc::BPF_LD => loaded = word(step.k),
                libc::BPF_RET => return step.k,
                _ => {
                    let holds = match code & 0xf0 {
                        libc::BPF_JEQ => loaded == step.k,
                        libc::BPF_JGE => loaded >= step.k,
                        libc::BPF_JGT => loaded > step.k,
                        _ => loaded & step.k != 0,
                    };
                    at += usize::from(if holds { step.jt } else { step.jf });
                }
            }
        }
    }

    #[test]
    fn what_reaches_beyond_the_program_is_refused_and_everything_else_is_not() {
        if NATIVE.is_none() {
            socklab_prerequisites::not_run!("a processor whose calls are known");
        }
        let refused = |errno: i32| libc::SECCOMP_RET_ERRNO | errno.cast_unsigned();
        for call in FORBIDDEN {
            assert_eq!(answered(*call, 0, 0), refused(libc::EPERM), "{call}");
        }
        assert_eq!(answered(libc::SYS_clone3, 0, 0), refused(libc::ENOSYS));
        let user = libc::CLONE_NEWUSER.cast_unsigned();
        assert_eq!(answered(libc::SYS_clone, user, 0), refused(libc::EPERM));
        let sibling = (libc::CLONE_PARENT | libc::SIGCHLD).cast_unsigned();
        assert_eq!(answered(libc::SYS_clone, sibling, 0), refused(libc::EPERM));
        let thread = (libc::CLONE_VM | libc::CLONE_THREAD).cast_unsigned();
        assert_eq!(answered(libc::SYS_clone, thread, 0), libc::SECCOMP_RET_ALLOW);
        let socket = |family: i32| answered(libc::SYS_socket, family.cast_unsigned(), 0);
        for family in FAMILIES {
            assert_eq!(socket(family), libc::SECCOMP_RET_ALLOW, "{family}");
        }
        assert_eq!(socket(libc::AF_PACKET), refused(libc::EAFNOSUPPORT));
        assert_eq!(answered(libc::SYS_ioctl, 0, IOCTLS[0]), refused(libc::EPERM));
        assert_eq!(answered(libc::SYS_ioctl, 0, IOCTLS[1]), refused(libc::EPERM));
        assert_eq!(answered(libc::SYS_ioctl, 0, libc::FIONREAD as u32), libc::SECCOMP_RET_ALLOW);
        assert_eq!(answered(libc::SYS_shmget, 0, SEGMENT), libc::SECCOMP_RET_ALLOW);
        assert_eq!(answered(libc::SYS_shmget, 0, SEGMENT + 1), refused(libc::ENOSPC));
        assert_eq!(answered(libc::SYS_semget, 0, SEMAPHORES), libc::SECCOMP_RET_ALLOW);
        assert_eq!(answered(libc::SYS_semget, 0, SEMAPHORES + 1), refused(libc::ENOSPC));
        // What is told is refused all the same.
        let all = |told| Filter::new(told).0.into_iter().map(|step| step.k).collect::<Vec<_>>();
        let refuses = |action: u32| {
            all(true).into_iter().filter(|k| k & libc::SECCOMP_RET_ACTION_FULL == action).count()
        };
        assert_eq!(all(false).len(), all(true).len());
        assert!(refuses(libc::SECCOMP_RET_TRAP) > FORBIDDEN.len());
        for call in [libc::SYS_accept4, libc::SYS_sendto, libc::SYS_execve, libc::SYS_exit_group] {
            assert_eq!(answered(call, 0, 0), libc::SECCOMP_RET_ALLOW, "{call}");
        }
    }
}
