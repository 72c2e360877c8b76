//! The seccomp filters: which system calls stop the program, decided by the kernel in nanoseconds.
//!
//! A filter can't be changed or removed. More can be added, and the strictest verdict counts. So
//! the first filter stops at calls that concern sockets whatever their arguments, and each of those
//! added later, when a socket appears, at `read`, `write`, `close` … on that descriptor.
//! Everything else runs at full speed. The kernel caches verdicts that don't depend on arguments (a
//! bitmap, since Linux 5.11), so that not even the length of the list costs anything.

use std::ops::RangeInclusive;

use libc::sock_filter;

use crate::arch;
use crate::session::watched::{Object, WATCHED};
use crate::syscall::{PRCTLS, Stage};
use crate::syscall_table::table;

/// Descriptors whose `read`, `write`, `close` … stop the program.
pub(crate) type Descriptors = RangeInclusive<u32>;

/// Install the filter in all threads at once (TSYNC); don't turn on the processor mitigations that
/// some kernels tie to seccomp, which would slow the program down (SPEC_ALLOW); and return an error
/// rather than a thread id if a thread can't be synchronised (TSYNC_ESRCH). The base filter allows
/// a `seccomp` call with exactly these flags, because it is the tracer's own.
pub(crate) const INSTALL_FLAGS: u32 = (libc::SECCOMP_FILTER_FLAG_TSYNC
    | libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW
    | libc::SECCOMP_FILTER_FLAG_TSYNC_ESRCH) as u32;

const ALLOW: u32 = libc::SECCOMP_RET_ALLOW;
const TRACE: u32 = libc::SECCOMP_RET_TRACE;

/// The filter every command starts with.
pub(crate) fn base() -> Vec<sock_filter> {
    let mut program = Assembler::default();
    program.load(OFFSET_ARCH);
    program.equal(arch::AUDIT_ARCH, Then(Label::Native));
    program.equal(arch::FOREIGN_ARCH, Else(Label::Allow));
    program.load(OFFSET_NUMBER);
    for number in arch::FOREIGN_SOCKET_CALLS {
        program.equal(number, Then(Label::Trace));
    }
    program.verdict(ALLOW);
    program.at(Label::Native);
    program.load(OFFSET_NUMBER);
    program.any_bit(arch::FOREIGN_NUMBER_BIT, Label::Trace);
    for row in table() {
        match row.stage {
            Stage::Always if row.number == libc::SYS_seccomp => {
                program.equal(row.number as u32, Then(Label::Seccomp));
            }
            Stage::Always => program.equal(row.number as u32, Then(Label::Trace)),
            Stage::FirstArgument => program.equal(row.number as u32, Then(Label::Prctl)),
            Stage::Untraced => program.equal(row.number as u32, Then(Label::Clone)),
            Stage::WithSockets | Stage::OnDescriptor => {}
        }
    }
    program.at(Label::Allow);
    program.verdict(ALLOW);
    program.at(Label::Seccomp);
    program.load(argument(1));
    program.equal(INSTALL_FLAGS, Then(Label::Allow2));
    program.verdict(TRACE);
    program.at(Label::Clone);
    program.load(argument(0));
    program.any_bit(libc::CLONE_UNTRACED as u32, Label::Trace);
    program.verdict(ALLOW);
    program.at(Label::Prctl);
    program.load(argument(0));
    for request in PRCTLS {
        program.equal(request, Then(Label::Trace));
    }
    program.at(Label::Allow2);
    program.verdict(ALLOW);
    program.at(Label::Trace);
    program.verdict(TRACE);
    program.finish()
}

/// The filter that is added when a socket appears as a descriptor in `descriptors`; with `first`,
/// also for the calls that matter once there is a socket (waiting, replacing descriptors).
pub(crate) fn descriptors(descriptors: &Descriptors, first: bool) -> Vec<sock_filter> {
    let mut program = Assembler::default();
    program.load(OFFSET_ARCH);
    program.equal(arch::AUDIT_ARCH, Else(Label::Allow));
    program.load(OFFSET_NUMBER);
    for row in table() {
        match row.stage {
            Stage::OnDescriptor => program.equal(row.number as u32, Then(Label::Descriptor)),
            Stage::WithSockets if first => program.equal(row.number as u32, Then(Label::Trace)),
            _ => {}
        }
    }
    program.at(Label::Allow);
    program.verdict(ALLOW);
    program.at(Label::Descriptor);
    // Descriptors are ints: the kernel ignores the upper half of the register.
    program.load(argument(0));
    let (low, high) = (*descriptors.start(), *descriptors.end());
    if low == high {
        program.equal(low, Then(Label::Trace));
    } else {
        program.at_least(low, high);
    }
    program.verdict(ALLOW);
    program.at(Label::Trace);
    program.verdict(TRACE);
    program.finish()
}

/// The filter that is added for a program whose attempts are recorded: it stops at calls that open or
/// change files, that write, and that send signals.
pub(crate) fn watched() -> Vec<sock_filter> {
    let mut program = Assembler::default();
    program.load(OFFSET_ARCH);
    program.equal(arch::AUDIT_ARCH, Else(Label::Allow));
    program.load(OFFSET_NUMBER);
    for call in WATCHED {
        let to_first = matches!(call.objects, [Object::FirstProcess(_)]);
        let label = if to_first { Label::FirstProcess } else { Label::Trace };
        program.equal(call.number as u32, Then(label));
    }
    program.at(Label::Allow);
    program.verdict(ALLOW);
    // Some runtimes send signals to their own threads all the time.
    program.at(Label::FirstProcess);
    program.load(argument(0));
    program.equal(1, Then(Label::Trace));
    program.verdict(ALLOW);
    program.at(Label::Trace);
    program.verdict(TRACE);
    program.finish()
}

/// What seccomp's strict mode does (`seccomp(2)`, `SECCOMP_SET_MODE_STRICT`), as a filter.
pub(crate) fn strict() -> Vec<sock_filter> {
    let mut program = Assembler::default();
    program.load(OFFSET_ARCH);
    program.equal(arch::AUDIT_ARCH, Then(Label::Native));
    program.equal(arch::FOREIGN_ARCH, Else(Label::Kill));
    program.load(OFFSET_NUMBER);
    for number in arch::FOREIGN_STRICT_CALLS {
        program.equal(number, Then(Label::Allow));
    }
    program.verdict(libc::SECCOMP_RET_KILL_THREAD);
    program.at(Label::Native);
    program.load(OFFSET_NUMBER);
    for number in STRICT_CALLS {
        program.equal(number as u32, Then(Label::Allow));
    }
    program.at(Label::Kill);
    program.verdict(libc::SECCOMP_RET_KILL_THREAD);
    program.at(Label::Allow);
    program.verdict(ALLOW);
    program.finish()
}

/// The calls that strict mode allows, `mode1_syscalls` of `kernel/seccomp.c`.
const STRICT_CALLS: [i64; 4] =
    [libc::SYS_read, libc::SYS_write, libc::SYS_exit, libc::SYS_rt_sigreturn];

/// True if strict mode allows this call of this ABI.
pub(crate) fn is_strict_call(abi: u32, number: i64) -> bool {
    match abi {
        arch::AUDIT_ARCH => STRICT_CALLS.contains(&number),
        arch::FOREIGN_ARCH => arch::FOREIGN_STRICT_CALLS.iter().any(|call| *call as i64 == number),
        _ => false,
    }
}

/// Offsets of the fields of `seccomp_data`.
const OFFSET_NUMBER: u32 = 0;
const OFFSET_ARCH: u32 = 4;

/// Offset in `seccomp_data` of the low half of an argument (little endian).
fn argument(index: u32) -> u32 {
    16 + 8 * index
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Native,
    Seccomp,
    Prctl,
    Clone,
    Descriptor,
    FirstProcess,
    Allow,
    Allow2,
    Trace,
    Kill,
}

/// The result of a comparison on which to jump; on the other result, execution falls through.
enum Branch {
    Then(Label),
    Else(Label),
}
use Branch::{Else, Then};

/// An assembler for the few instructions needed. Jumps go forward only, as in all BPF.
#[derive(Default)]
struct Assembler {
    code: Vec<sock_filter>,
    jumps: Vec<(usize, Branch)>,
    labels: Vec<(Label, usize)>,
}

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const JUMP_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const JUMP_GREATER: u16 = (libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K) as u16;
const JUMP_AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const JUMP_BITS: u16 = (libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

impl Assembler {
    fn push(&mut self, code: u16, k: u32) {
        self.code.push(sock_filter { code, jt: 0, jf: 0, k });
    }

    fn load(&mut self, offset: u32) {
        self.push(LOAD, offset);
    }

    fn equal(&mut self, value: u32, branch: Branch) {
        self.jumps.push((self.code.len(), branch));
        self.push(JUMP_EQUAL, value);
    }

    fn any_bit(&mut self, bits: u32, label: Label) {
        self.jumps.push((self.code.len(), Then(label)));
        self.push(JUMP_BITS, bits);
    }

    /// Jumps to `Trace` if low ≤ value ≤ high.
    fn at_least(&mut self, low: u32, high: u32) {
        self.code.push(sock_filter { code: JUMP_AT_LEAST, jt: 0, jf: 1, k: low });
        self.jumps.push((self.code.len(), Else(Label::Trace)));
        self.push(JUMP_GREATER, high);
    }

    fn verdict(&mut self, verdict: u32) {
        self.push(RETURN, verdict);
    }

    fn at(&mut self, label: Label) {
        self.labels.push((label, self.code.len()));
    }

    fn finish(mut self) -> Vec<sock_filter> {
        for (from, branch) in self.jumps {
            let (Then(label) | Else(label)) = branch;
            let target = self.labels.iter().find(|(known, _)| *known == label);
            let distance = target.map(|(_, to)| to - from - 1);
            // Invariant: every label used above is placed, after its use and within 255 steps.
            let distance = distance.and_then(|steps| u8::try_from(steps).ok()).expect("label");
            match branch {
                Then(_) => self.code[from].jt = distance,
                Else(_) => self.code[from].jf = distance,
            }
        }
        self.code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a filter as the kernel would.
    fn run(program: &[sock_filter], arch: u32, number: i64, arguments: [u64; 2]) -> u32 {
        let words = |offset: u32| match offset {
            OFFSET_NUMBER => number as u32,
            OFFSET_ARCH => arch,
            16 => arguments[0] as u32,
            24 => arguments[1] as u32,
            32 => 0,
            _ => panic!("load of {offset}"),
        };
        let (mut at, mut accumulator) = (0, 0);
        loop {
            let step = &program[at];
            let jump = |taken| at + 1 + usize::from(if taken { step.jt } else { step.jf });
            at = match step.code {
                LOAD => {
                    accumulator = words(step.k);
                    at + 1
                }
                JUMP_EQUAL => jump(accumulator == step.k),
                JUMP_GREATER => jump(accumulator > step.k),
                JUMP_AT_LEAST => jump(accumulator >= step.k),
                JUMP_BITS => jump(accumulator & step.k != 0),
                RETURN => return step.k,
                code => panic!("instruction {code}"),
            };
        }
    }

    #[test]
    fn the_base_filter_stops_at_sockets_only() {
        let base = base();
        let native = |number, arguments| run(&base, arch::AUDIT_ARCH, number, arguments);
        assert_eq!(native(libc::SYS_socket, [0; 2]), TRACE);
        assert_eq!(native(libc::SYS_read, [3, 0]), ALLOW);
        assert_eq!(native(libc::SYS_prctl, [22, 0]), TRACE);
        assert_eq!(native(libc::SYS_prctl, [15, 0]), ALLOW);
        let untraced = libc::CLONE_UNTRACED as u64;
        assert_eq!(native(libc::SYS_clone, [untraced | 17, 0]), TRACE);
        assert_eq!(native(libc::SYS_clone, [17, 0]), ALLOW);
        assert_eq!(native(libc::SYS_clone3, [17, 0]), TRACE);
        assert_eq!(native(libc::SYS_seccomp, [1, 0]), TRACE);
        assert_eq!(native(libc::SYS_seccomp, [1, u64::from(INSTALL_FLAGS)]), ALLOW);
        assert_eq!(native(libc::SYS_socket | i64::from(arch::FOREIGN_NUMBER_BIT), [0; 2]), TRACE);
        assert_eq!(run(&base, arch::FOREIGN_ARCH, 102, [0; 2]), TRACE);
        assert_eq!(run(&base, arch::FOREIGN_ARCH, 3, [0; 2]), ALLOW);
        assert_eq!(run(&base, 77, 41, [0; 2]), ALLOW);
    }

    #[test]
    fn what_opens_changes_writes_and_signals_is_watched() {
        let watched = watched();
        let native = |number, arguments| run(&watched, arch::AUDIT_ARCH, number, arguments);
        for call in WATCHED {
            assert_eq!(native(call.number, [1, 9]), TRACE, "{}", call.number);
        }
        let to_own_threads = [libc::SYS_tkill, libc::SYS_tgkill, libc::SYS_rt_tgsigqueueinfo];
        for call in WATCHED {
            let wanted = if to_own_threads.contains(&call.number) { ALLOW } else { TRACE };
            assert_eq!(native(call.number, [7, 9]), wanted, "{}", call.number);
        }
        for call in [libc::SYS_read, libc::SYS_mmap, libc::SYS_newfstatat, libc::SYS_futex] {
            assert_eq!(native(call, [3, 0]), ALLOW);
        }
        assert_eq!(run(&watched, arch::FOREIGN_ARCH, libc::SYS_unlink, [0, 0]), ALLOW);
    }

    #[test]
    fn strict_mode_allows_four_calls_of_each_abi() {
        let strict = strict();
        let foreign = arch::FOREIGN_STRICT_CALLS.map(i64::from);
        for abi in [arch::AUDIT_ARCH, arch::FOREIGN_ARCH, 77] {
            let allowed: Vec<i64> =
                (0..600).filter(|call| run(&strict, abi, *call, [0; 2]) == ALLOW).collect();
            let said: Vec<i64> = (0..600).filter(|call| is_strict_call(abi, *call)).collect();
            assert_eq!(allowed, said);
            let mut expected = match abi {
                arch::AUDIT_ARCH => STRICT_CALLS.to_vec(),
                arch::FOREIGN_ARCH => foreign.to_vec(),
                _ => Vec::new(),
            };
            expected.sort_unstable();
            assert_eq!(allowed, expected);
        }
        let other_layout = libc::SYS_read | i64::from(arch::FOREIGN_NUMBER_BIT);
        let verdict = run(&strict, arch::AUDIT_ARCH, other_layout, [0; 2]);
        assert_eq!(verdict, libc::SECCOMP_RET_KILL_THREAD);
        assert!(!is_strict_call(arch::AUDIT_ARCH, other_layout));
    }

    #[test]
    fn a_descriptor_filter_stops_at_its_descriptors_only() {
        let one = descriptors(&(5..=5), true);
        let many = descriptors(&(5..=u32::MAX), false);
        let native = |program: &[_], number, fd| run(program, arch::AUDIT_ARCH, number, [fd, 0]);
        for (fd, first, second) in [(4, ALLOW, ALLOW), (5, TRACE, TRACE), (6, ALLOW, TRACE)] {
            assert_eq!(native(&one, libc::SYS_read, fd), first);
            assert_eq!(native(&many, libc::SYS_close, fd), second);
        }
        assert_eq!(native(&one, libc::SYS_ppoll, 0), TRACE);
        assert_eq!(native(&many, libc::SYS_ppoll, 0), ALLOW);
        assert_eq!(native(&many, libc::SYS_openat, 9), ALLOW);
        // -1 is 0xffffffff as an int: the kernel fails with EBADF, so it does not matter.
        assert_eq!(native(&one, libc::SYS_read, u64::MAX), ALLOW);
    }
}
