//! Shortcuts: learning a call's result without stopping at its return.
//!
//! A stop costs two context switches, and for a fast server that is nearly the whole cost of
//! tracing. Once a `send` has been entered, only its result is missing. So at its entry we change
//! the address it returns to: to a *landing*, a few instructions that write the result and the time
//! into a *slot* of the program's memory and jump to the original return address. We read the slot
//! at the thread's next stop, or a few milliseconds later, or before its memory vanishes.
//!
//! Nothing else changes: the program makes its own call, blocks if it has to, and gets the kernel's
//! result. If a signal interrupts the call, the kernel restarts it at the landing, which begins with
//! a `syscall` instruction for that. Where anything is unusual, there is no shortcut.

use libc::pid_t;
use socklab_event::{Args, Outcome};
use socklab_kernel::clock;

use super::calls::{Calls, outcome_of};
use super::process::{Landings, Slot};
use super::thread::{OpenCall, Shortcut};
use crate::arch::{self, slot};
use crate::decode::{decode, u32_at, u64_at};
use crate::memory::{Memory, MemoryInCall, TraceeMemory};
use crate::ptrace::{self, CallEntry};
use crate::syscall::Sys;

/// Slots lie in the second half of the scratch page, landings in a page of their own.
const SLOTS: usize = 32;
const SLOTS_AT: u64 = 2048;
const SPACING: u64 = 64;

/// Setting up landings costs some stops, so it is done only once a program has sent this often.
const WORTH_IT: u32 = 16;

/// How long a result may wait to be read, in nanoseconds.
const COLLECT_AFTER: u64 = 10_000_000;

/// `PR_GET_TSC`, and its result that means "may be read".
const PR_GET_TSC: u64 = 25;
const TSC_ENABLED: u32 = 1;

/// The threads that are in a call at whose return they will not stop.
#[derive(Debug, Default)]
pub(super) struct Shortcuts {
    threads: Vec<pid_t>,
    due: Option<u64>,
}

impl Shortcuts {
    /// When to look for results, in nanoseconds of `CLOCK_MONOTONIC`.
    pub(super) fn due(&self) -> Option<u64> {
        self.due
    }

    /// Makes a call that has just been entered return to a landing, if it is suitable; otherwise
    /// returns it.
    pub(super) fn take(
        &mut self,
        calls: &mut Calls<'_>,
        tid: pid_t,
        call: OpenCall,
    ) -> Option<OpenCall> {
        match is_suitable(calls, tid, &call).then(|| free_slot(calls, tid)).flatten() {
            Some(index) if redirect(calls, tid, index, &call).is_some() => {
                self.await_result(calls, tid, index, call);
                None
            }
            _ => Some(call),
        }
    }

    fn await_result(
        &mut self,
        calls: &mut Calls<'_>,
        tid: pid_t,
        index: usize,
        mut call: OpenCall,
    ) {
        // There is no result yet, so this decodes all the bytes the program offers.
        let memory = MemoryInCall(TraceeMemory(tid), call.ahead.as_ref());
        let args = decode(&call.entry, Outcome::Unfinished, &memory, calls.limits(tid, false));
        if let Some(process) = calls.tracees.process_of_mut(tid)
            && let Landings::At { code, slots } = &mut process.landings
        {
            slots[index].used = true;
            call.instruction = *code + SPACING * index as u64 + arch::LANDING;
        }
        // Read both clocks, so that one can be converted to the other.
        let ticks = arch::ticks();
        let began = clock::now();
        if let Some(before) = call.counted.as_mut().and_then(|counted| counted.before.as_mut()) {
            before.held += began.saturating_sub(call.began);
        }
        call.began = began;
        if let Some(thread) = calls.tracees.thread_mut(tid) {
            thread.shortcut = Some(Shortcut { call, args, slot: index, ticks });
            self.threads.push(tid);
        }
        self.due.get_or_insert_with(|| clock::now() + COLLECT_AFTER);
    }

    /// Reports the call of a thread with a shortcut, if it has returned.
    pub(super) fn collect(&mut self, calls: &mut Calls<'_>, tid: pid_t) {
        let Some(thread) = calls.tracees.thread(tid) else { return };
        let Some(index) = thread.shortcut.as_ref().map(|shortcut| shortcut.slot) else { return };
        let scratch = calls.tracees.process_of(tid).and_then(|process| process.scratch);
        let Some(address) = scratch.map(|scratch| slot_address(scratch, index)) else { return };
        let Some(bytes) = TraceeMemory(tid).array::<{ slot::SIZE }>(address) else { return };
        if u32_at(&bytes, slot::DONE) != 1 {
            return;
        }
        let result = u64_at(&bytes, slot::RESULT).cast_signed();
        let ended = u64_at(&bytes, slot::TICKS);
        let Some(mut shortcut) = self.release_slot(calls, tid) else { return };
        let outcome = result_of_send(&mut shortcut.args, result);
        let ended = time_of(&shortcut, ended);
        calls.conclude(tid, shortcut.call, shortcut.args, outcome, ended);
    }

    /// Collects from all threads. Those still in their calls are collected from again later.
    pub(super) fn collect_all(&mut self, calls: &mut Calls<'_>) {
        for tid in self.threads.clone() {
            self.collect(calls, tid);
        }
        let in_call = |tid: &pid_t| {
            calls.tracees.thread(*tid).is_some_and(|thread| thread.shortcut.is_some())
        };
        self.threads.retain(in_call);
        self.due = (!self.threads.is_empty()).then(|| clock::now() + COLLECT_AFTER);
    }

    /// Collects from all threads of a process whose memory is about to be replaced.
    pub(super) fn collect_process(&mut self, calls: &mut Calls<'_>, tid: pid_t) {
        let Some(pid) = calls.tracees.thread(tid).map(|thread| thread.pid) else { return };
        for other in self.threads.clone() {
            if calls.tracees.thread(other).is_some_and(|thread| thread.pid == pid) {
                self.collect(calls, other);
            }
        }
    }

    /// Reports the call of a thread that ends, or is released, without having returned from it.
    pub(super) fn abandon(&mut self, calls: &mut Calls<'_>, tid: pid_t) {
        if let Some(shortcut) = self.release_slot(calls, tid) {
            let ended = clock::now();
            calls.conclude(tid, shortcut.call, shortcut.args, Outcome::Unfinished, ended);
        }
    }

    fn release_slot(&mut self, calls: &mut Calls<'_>, tid: pid_t) -> Option<Shortcut> {
        let shortcut = calls.tracees.thread_mut(tid)?.shortcut.take()?;
        self.threads.retain(|known| *known != tid);
        if let Some(process) = calls.tracees.process_of_mut(tid)
            && let Landings::At { slots, .. } = &mut process.landings
            && let Some(slot) = slots.get_mut(shortcut.slot)
        {
            slot.used = false;
        }
        Some(shortcut)
    }
}

/// True for plain sends by programs that send a lot, on sockets whose address is known already, so
/// that the tables need no update. A thread can have one shortcut at a time.
fn is_suitable(calls: &mut Calls<'_>, tid: pid_t, call: &OpenCall) -> bool {
    let plain = matches!(call.entry.row.sys, Sys::Sendto | Sys::Write | Sys::Writev);
    let named = call.socket.as_ref().is_some_and(|socket| socket.borrow().id.local.is_some());
    let busy = calls.tracees.thread(tid).is_none_or(|thread| thread.shortcut.is_some());
    if !plain || !named || busy || call.stdio || !calls.options.shortcuts {
        return false;
    }
    let Some(process) = calls.tracees.process_of_mut(tid) else { return false };
    process.sends = process.sends.saturating_add(1);
    !process.stepped && process.sends > WORTH_IT
}

/// A slot that is not in use, if the process has landings.
fn free_slot(calls: &Calls<'_>, tid: pid_t) -> Option<usize> {
    match &calls.tracees.process_of(tid)?.landings {
        Landings::At { slots, .. } => slots.iter().position(|slot| !slot.used),
        Landings::Undecided | Landings::Refused => None,
    }
}

/// Makes the call return to the landing of this slot.
fn redirect(calls: &mut Calls<'_>, tid: pid_t, index: usize, call: &OpenCall) -> Option<()> {
    let process = calls.tracees.process_of_mut(tid)?;
    let address = slot_address(process.scratch?, index);
    let Landings::At { code, slots } = &mut process.landings else { return None };
    let landing = *code + SPACING * index as u64;
    let slot = &mut slots[index];
    if !slot.written {
        for (word, at) in arch::landing(address).into_iter().zip((landing..).step_by(8)) {
            ptrace::write_code(tid, at, word).ok()?;
        }
        slot.written = true;
    }
    let mut bytes = [0; slot::SIZE - slot::DONE];
    bytes[slot::BACK - slot::DONE..].copy_from_slice(&call.instruction.to_ne_bytes());
    TraceeMemory(tid).write(address + slot::DONE as u64, &bytes).ok()?;
    ptrace::set_instruction(tid, landing + arch::LANDING).ok()
}

/// True if the call is one that was to return to a landing and that the kernel has restarted.
pub(super) fn is_restarted(calls: &mut Calls<'_>, tid: pid_t, entry: &CallEntry) -> bool {
    let Some(thread) = calls.tracees.thread_mut(tid) else { return false };
    let Some(shortcut) = &mut thread.shortcut else { return false };
    let again = shortcut.call.instruction == entry.instruction;
    shortcut.call.restarts += u32::from(again);
    again
}

/// Sets up landings for a process that has turned out to send a lot. The thread must have just
/// returned from a call.
pub(super) fn prepare_landings(calls: &mut Calls<'_>, tid: pid_t) {
    let Some(process) = calls.tracees.process_of(tid) else { return };
    let undecided = matches!(process.landings, Landings::Undecided);
    if !undecided || process.stepped || process.sends < WORTH_IT {
        return;
    }
    let landings = map_landings(calls, tid).unwrap_or(Landings::Refused);
    if let Some(process) = calls.tracees.process_of_mut(tid) {
        process.landings = landings;
    }
}

fn map_landings(calls: &mut Calls<'_>, tid: pid_t) -> Option<Landings> {
    let mut filters = calls.filters();
    let scratch = filters.scratch(tid).ok()?;
    // A program may have disabled reading the time stamp counter for itself.
    let asked = [PR_GET_TSC, scratch, 0, 0, 0, 0];
    let answered = filters.inject(tid, libc::SYS_prctl, asked).ok()? == 0;
    if !answered || TraceeMemory(tid).array(scratch).map(u32::from_ne_bytes) != Some(TSC_ENABLED) {
        return None;
    }
    let protection = (libc::PROT_READ | libc::PROT_EXEC) as u64;
    let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
    let size = SPACING * SLOTS as u64;
    let code = filters.inject(tid, libc::SYS_mmap, [0, size, protection, flags, u64::MAX, 0]);
    let code = u64::try_from(code.ok()?).ok()?;
    Some(Landings::At { code, slots: vec![Slot::default(); SLOTS] })
}

fn slot_address(scratch: u64, index: usize) -> u64 {
    scratch + SLOTS_AT + SPACING * index as u64
}

/// The outcome of a send, from the result found in its slot. The program can write to the slot too,
/// so a result that the call cannot have had counts as unknown.
fn result_of_send(args: &mut Args, result: i64) -> Outcome {
    let outcome = outcome_of(result);
    let (Args::Send { asked, bytes, .. }, Outcome::Value(sent)) = (args, outcome) else {
        return outcome;
    };
    match u64::try_from(sent) {
        Ok(sent) if sent <= *asked => {
            bytes.total = sent;
            bytes.cut(usize::try_from(sent).unwrap_or(usize::MAX));
            outcome
        }
        _ => Outcome::Unfinished,
    }
}

/// When a call returned, converted from the processor's time stamp by interpolation between the
/// call's beginning and now. Both clocks were read at both ends, so neither their rates nor their
/// drift matter.
fn time_of(shortcut: &Shortcut, stamp: u64) -> u64 {
    let (now, ticks) = (clock::now(), arch::ticks());
    let began = shortcut.call.began;
    let whole = u128::from(ticks.saturating_sub(shortcut.ticks)).max(1);
    let part = u128::from(stamp.saturating_sub(shortcut.ticks)).min(whole);
    let nanoseconds = u128::from(now.saturating_sub(began)) * part / whole;
    began + u64::try_from(nanoseconds).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use socklab_event::{Bytes, Errno, Flags};

    use super::*;

    fn send(asked: u64) -> Args {
        let bytes = Bytes { sample: b"hola".to_vec(), total: 0 };
        Args::Send { asked, bytes, flags: Flags::default(), to: None, control: Box::default() }
    }

    fn total(args: &Args) -> u64 {
        let Args::Send { bytes, .. } = args else { return u64::MAX };
        assert!(bytes.sample.len() as u64 <= bytes.total.max(4));
        bytes.total
    }

    #[test]
    fn a_result_that_a_send_can_have_is_reported() {
        for result in [0, 1, 4] {
            let mut args = send(4);
            assert_eq!(result_of_send(&mut args, result), Outcome::Value(result));
            assert_eq!(total(&args), result.cast_unsigned());
        }
        for errno in [1, 32, 4095] {
            assert_eq!(
                result_of_send(&mut send(4), -i64::from(errno)),
                Outcome::Error(Errno(errno))
            );
        }
    }

    #[test]
    fn a_result_that_the_program_forged_counts_as_unknown() {
        for result in [5, 1 << 40, i64::MAX, -4096, i64::from(i32::MIN), i64::MIN + 1, i64::MIN] {
            let mut args = send(4);
            assert_eq!(result_of_send(&mut args, result), Outcome::Unfinished, "{result}");
            assert_eq!(total(&args), 0);
        }
    }
}
