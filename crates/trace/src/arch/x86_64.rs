//! x86-64: everything about this processor that the tracer needs, in one place.

use crate::syscall::{Row, Stage, Sys};

/// `AUDIT_ARCH_X86_64`: what a seccomp filter sees in `seccomp_data.arch`.
pub(crate) const AUDIT_ARCH: u32 = 0xc000_003e;

/// `__X32_SYSCALL_BIT`: marks a call of the x32 ABI, which has the same `arch` but other layouts.
pub(crate) const FOREIGN_NUMBER_BIT: u32 = 0x4000_0000;

/// `AUDIT_ARCH_I386`. Its socket calls are reported, but not decoded.
pub(crate) const FOREIGN_ARCH: u32 = 0x4000_0003;

/// The numbers of `socketcall(2)` and `socket(2)` on i386.
pub(crate) const FOREIGN_SOCKET_CALLS: [u32; 2] = [102, 359];

/// `read`, `write`, `exit` and `sigreturn` on i386, which strict seccomp allows.
pub(crate) const FOREIGN_STRICT_CALLS: [u32; 4] = [3, 4, 1, 119];

/// Calls on i386 that a sandbox refuses and tells of, `asm/unistd_32.h`.
pub(crate) const FOREIGN_REFUSED_CALLS: [(i64, &str); 46] = [
    (26, "ptrace"),
    (347, "process_vm_readv"),
    (348, "process_vm_writev"),
    (440, "process_madvise"),
    (438, "pidfd_getfd"),
    (349, "kcmp"),
    (310, "unshare"),
    (346, "setns"),
    (21, "mount"),
    (22, "umount"),
    (52, "umount2"),
    (217, "pivot_root"),
    (61, "chroot"),
    (428, "open_tree"),
    (429, "move_mount"),
    (442, "mount_setattr"),
    (430, "fsopen"),
    (431, "fsconfig"),
    (432, "fsmount"),
    (433, "fspick"),
    (342, "open_by_handle_at"),
    (341, "name_to_handle_at"),
    (357, "bpf"),
    (336, "perf_event_open"),
    (374, "userfaultfd"),
    (288, "keyctl"),
    (286, "add_key"),
    (287, "request_key"),
    (338, "fanotify_init"),
    (88, "reboot"),
    (283, "kexec_load"),
    (128, "init_module"),
    (350, "finit_module"),
    (129, "delete_module"),
    (87, "swapon"),
    (115, "swapoff"),
    (51, "acct"),
    (131, "quotactl"),
    (103, "syslog"),
    (79, "settimeofday"),
    (264, "clock_settime"),
    (74, "sethostname"),
    (121, "setdomainname"),
    (110, "iopl"),
    (101, "ioperm"),
    (123, "modify_ldt"),
];

/// The same of the x32 ABI, as far as they have other numbers there, `asm/unistd_x32.h`.
pub(crate) const OTHER_REFUSED_CALLS: [(i64, &str); 4] =
    [(521, "ptrace"), (528, "kexec_load"), (539, "process_vm_readv"), (540, "process_vm_writev")];

/// The instruction `syscall`.
pub(crate) const CALL_INSTRUCTION: [u8; 2] = [0x0f, 0x05];

/// The general registers, `user_regs_struct` of `sys/user.h`.
pub(crate) type Registers = libc::user_regs_struct;

/// Calls that newer architectures do not have.
pub(crate) const OLD_CALLS: &[Row] = &[
    Row::new(libc::SYS_poll, Sys::Poll, "poll", Stage::WithSockets),
    Row::new(libc::SYS_select, Sys::Select, "select", Stage::WithSockets),
    Row::new(libc::SYS_epoll_wait, Sys::EpollWait, "epoll_wait", Stage::WithSockets),
    Row::new(libc::SYS_dup2, Sys::Dup2, "dup2", Stage::WithSockets),
];

/// Address of the instruction the thread executes next.
pub(crate) fn instruction(registers: &Registers) -> u64 {
    registers.rip
}

/// The stack pointer.
pub(crate) fn stack(registers: &Registers) -> u64 {
    registers.rsp
}

/// The code segment of 64-bit programs, `__USER_CS`.
const NATIVE_SEGMENT: u64 = 0x33;

/// True if the thread runs 64-bit code, and so makes calls of the 64-bit ABI.
pub(crate) fn is_native(registers: &Registers) -> bool {
    registers.cs == NATIVE_SEGMENT
}

/// The result of the last system call.
pub(crate) fn result(registers: &Registers) -> i64 {
    registers.rax as i64
}

/// Sets the result of the last system call.
pub(crate) fn set_result(registers: &mut Registers, result: i64) {
    registers.rax = result as u64;
}

/// The number of the system call the thread is in, and its arguments.
pub(crate) fn call(registers: &Registers) -> (i64, [u64; 6]) {
    let r = registers;
    (r.orig_rax as i64, [r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9])
}

/// The registers of a thread, with another first argument of the system call it is in.
pub(crate) fn with_first_argument(stopped: &Registers, argument: u64) -> Registers {
    Registers { rdi: argument, ..*stopped }
}

/// The registers of a thread that has just entered a system call, changed so that it ends instead
/// (`_exit(2)`, the bare call: it ends the thread only).
pub(crate) fn with_exit(stopped: &Registers) -> Registers {
    Registers { orig_rax: libc::SYS_exit as u64, rdi: 0, ..*stopped }
}

/// The registers of a thread that has just returned from a system call, with another result.
pub(crate) fn with_result(stopped: &Registers, result: i64) -> Registers {
    Registers { rax: result as u64, ..*stopped }
}

/// Registers that make a thread, which is stopped just after a `syscall` instruction, execute that
/// instruction again, for another call.
pub(crate) fn with_call(stopped: &Registers, number: i64, arguments: [u64; 6]) -> Registers {
    let [rdi, rsi, rdx, r10, r8, r9] = arguments;
    Registers {
        rax: number as u64,
        // Not in a system call: otherwise the kernel might restart one on the way out.
        orig_rax: u64::MAX,
        rip: stopped.rip - CALL_INSTRUCTION.len() as u64,
        rdi,
        rsi,
        rdx,
        r10,
        r8,
        r9,
        ..*stopped
    }
}

/// Offset of the saved `rax` from the stack pointer of a thread that has just entered a signal
/// handler. It follows `pretcode`, `uc_flags`, `uc_link`, `uc_stack`, the registers r8 to r15, and
/// rdi, rsi, rbp, rbx, rdx (`arch/x86/include/asm/sigframe.h`).
pub(crate) const SAVED_RESULT: u64 = 8 + 8 + 8 + 24 + 8 * 8 + 5 * 8;

/// The offset at which `PTRACE_POKEUSER` sets the address where a thread resumes:
/// `offsetof(struct user, regs.rip)`.
pub(crate) const INSTRUCTION_OFFSET: usize = std::mem::offset_of!(Registers, rip);

/// The offset at which `PTRACE_PEEKUSER` reads `rbp`.
pub(crate) const FRAME_OFFSET: usize = std::mem::offset_of!(Registers, rbp);

/// The offset at which `PTRACE_PEEKUSER` reads the base of FS: what `pthread_self(3)` returns.
pub(crate) const THREAD_POINTER_OFFSET: usize = std::mem::offset_of!(Registers, fs_base);

/// The processor's time stamp counter, which landings read too.
pub(crate) fn ticks() -> u64 {
    // SAFETY: every x86-64 processor has the instruction; it only reads a counter.
    unsafe { std::arch::x86_64::_rdtsc() }
}

/// Offsets of the fields of a slot, the part of the program's memory that a landing reads and
/// writes.
pub(crate) mod slot {
    /// The call's result.
    pub(crate) const RESULT: usize = 0;
    /// The time stamp of its return.
    pub(crate) const TICKS: usize = 16;
    /// 1 once both are written.
    pub(crate) const DONE: usize = 24;
    /// The address at which the program resumes; it follows `DONE` and its padding.
    pub(crate) const BACK: usize = 32;
    /// The size of a slot, in bytes.
    pub(crate) const SIZE: usize = 40;
}

/// Offset in a landing at which a call returns: after a `syscall` instruction, because the kernel
/// moves back by that instruction to restart an interrupted call.
pub(crate) const LANDING: u64 = CALL_INSTRUCTION.len() as u64;

/// Code for a system call to return to: it writes the result and the time to the slot, then jumps
/// back to the program. It changes no flags, no stack, and no registers but rcx and r11, which
/// every `syscall` overwrites; rcx ends up as the kernel would have left it.
#[rustfmt::skip]
pub(crate) fn landing(slot: u64) -> [u64; 7] {
    let s = slot.to_le_bytes();
    let code = [
        0x0f, 0x05,                                                 // syscall
        0x49, 0xbb, s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], // mov  r11, slot
        0x49, 0x89, 0x03,                                           // mov  [r11], rax
        0x49, 0x89, 0x53, 0x08,                                     // mov  [r11+8], rdx
        0x0f, 0x31,                                                 // rdtsc
        0x41, 0x89, 0x43, 0x10,                                     // mov  [r11+16], eax
        0x41, 0x89, 0x53, 0x14,                                     // mov  [r11+20], edx
        0x49, 0x8b, 0x03,                                           // mov  rax, [r11]
        0x49, 0x8b, 0x53, 0x08,                                     // mov  rdx, [r11+8]
        0x41, 0xc7, 0x43, 0x18, 0x01, 0x00, 0x00, 0x00,             // mov  dword [r11+24], 1
        0x49, 0x8b, 0x4b, 0x20,                                     // mov  rcx, [r11+32]
        0xff, 0xe1,                                                 // jmp  rcx
        0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
    ];
    let word = |index: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&code[8 * index..8 * index + 8]);
        u64::from_le_bytes(bytes)
    };
    std::array::from_fn(word)
}
