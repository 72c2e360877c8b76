//! x86-64: everything about this processor that the tracer needs, in one place.

use crate::calls::{Row, Stage, Sys};

/// `AUDIT_ARCH_X86_64`: what a seccomp filter sees in `seccomp_data.arch`.
pub(crate) const AUDIT_ARCH: u32 = 0xc000_003e;

/// Bit 30 of the number marks an x32 call: same `arch`, other argument layouts.
pub(crate) const FOREIGN_NUMBER_BIT: u32 = 0x4000_0000;

/// `AUDIT_ARCH_I386`, whose socket calls are noticed, not decoded.
pub(crate) const FOREIGN_ARCH: u32 = 0x4000_0003;

/// `socketcall(2)` and `socket(2)` in the numbers of i386.
pub(crate) const FOREIGN_SOCKET_CALLS: [u32; 2] = [102, 359];

/// The instruction `syscall`.
pub(crate) const CALL_INSTRUCTION: [u8; 2] = [0x0f, 0x05];

/// The general registers, `user_regs_struct` of `sys/user.h`.
pub(crate) type Registers = libc::user_regs_struct;

/// Calls that only old architectures have: the newer ones were born without them.
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

/// Top of the user's stack.
pub(crate) fn stack(registers: &Registers) -> u64 {
    registers.rsp
}

/// What the last system call left for the program.
pub(crate) fn result(registers: &Registers) -> i64 {
    registers.rax as i64
}

/// The number of the system call the thread is in, and its arguments.
pub(crate) fn call(registers: &Registers) -> (i64, [u64; 6]) {
    let r = registers;
    (r.orig_rax as i64, [r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9])
}

/// Registers that make a thread, stopped just behind a `syscall` instruction, execute that
/// instruction again as another call.
pub(crate) fn with_call(stopped: &Registers, number: i64, arguments: [u64; 6]) -> Registers {
    let [rdi, rsi, rdx, r10, r8, r9] = arguments;
    Registers {
        rax: number as u64,
        // Not in a system call any more: the kernel must not "restart" anything on the way out.
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

/// Where, from the top of the stack of a thread that has just entered a signal handler, the kernel
/// saved the interrupted `rax`: behind `pretcode`, `uc_flags`, `uc_link`, `uc_stack`, the eight
/// registers r8–r15 and the five rdi, rsi, rbp, rbx, rdx (`arch/x86/include/asm/sigframe.h`).
pub(crate) const SAVED_RESULT: u64 = 8 + 8 + 8 + 24 + 8 * 8 + 5 * 8;
