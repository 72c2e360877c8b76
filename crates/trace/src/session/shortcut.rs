//! Hearing of a call's result without stopping at its return.
//!
//! A stop costs two switches between processes, and on a fast server they are all the cost there
//! is. Of a `send` only the result is missing once it has been entered. So, at its entry, we change
//! the address it returns to: a *landing*, a few instructions that note result and time in a *slot*
//! of the program's memory and go back to where the program wanted to go. We read the slot at the
//! thread's next stop, or a few milliseconds later, or before its memory vanishes.
//!
//! Nothing else changes: the program makes its own call, blocks if it has to, and gets the kernel's
//! result. A signal that interrupts the call makes the kernel restart it at the landing, which
//! begins with the instruction for that. If anything is unusual, there is no shortcut.

use libc::pid_t;
use socklab_event::{Args, Outcome};
use socklab_kernel::clock;

use super::Session;
use super::leave::outcome_of;
use crate::arch::{self, slot};
use crate::calls::Sys;
use crate::decode::{decode, u32_at, u64_at};
use crate::memory::{Memory, Of};
use crate::ptrace::{self, Entry};
use crate::state::{InCall, Landings, Shortcut};

/// Slots lie in the second half of the scratch page, landings in a page of their own.
const SLOTS: usize = 32;
const SLOTS_AT: u64 = 2048;
const SPACING: u64 = 64;

/// Setting landings up costs some stops: it is done for programs that send at least this often.
const WORTH_IT: u32 = 16;

/// How long a result may lie unread, nanoseconds.
const COLLECT_AFTER: u64 = 10_000_000;

/// `PR_GET_TSC`, and its answer "may be read".
const PR_GET_TSC: u64 = 25;
const TSC_ENABLED: u32 = 1;

impl Session<'_> {
    /// Lets a call that has just been entered return to a landing, if it is of the right kind;
    /// gives it back otherwise.
    pub(super) fn take_shortcut(&mut self, tid: pid_t, call: InCall) -> Option<InCall> {
        match self.is_suitable(tid, &call).then(|| self.free_slot(tid)).flatten() {
            Some(index) if self.redirect(tid, index, &call).is_some() => {
                self.await_result(tid, index, call);
                None
            }
            _ => Some(call),
        }
    }

    /// Only plain sends, on sockets about which they teach nothing new, by programs that send a
    /// lot; and one at a time.
    fn is_suitable(&mut self, tid: pid_t, call: &InCall) -> bool {
        let plain = matches!(call.asked.row.sys, Sys::Sendto | Sys::Write | Sys::Writev);
        let named = call.socket.as_ref().is_some_and(|socket| socket.borrow().id.local.is_some());
        let busy = self.threads.get(&tid).is_none_or(|thread| thread.shortcut.is_some());
        if !plain || !named || busy || call.stdio || !self.options.shortcuts {
            return false;
        }
        let Some(process) = self.process_of(tid) else { return false };
        process.sends = process.sends.saturating_add(1);
        !process.stepped && process.sends > WORTH_IT
    }

    /// A slot nobody uses, if the process has landings.
    fn free_slot(&mut self, tid: pid_t) -> Option<usize> {
        match &self.process_of(tid)?.landings {
            Landings::At { slots, .. } => slots.iter().position(|(_, used)| !used),
            Landings::Undecided | Landings::Refused => None,
        }
    }

    /// Makes the call return to the landing of this slot.
    fn redirect(&mut self, tid: pid_t, index: usize, call: &InCall) -> Option<()> {
        let process = self.process_of(tid)?;
        let address = slot_address(process.scratch?, index);
        let Landings::At { code, slots } = &mut process.landings else { return None };
        let landing = *code + SPACING * index as u64;
        let written = &mut slots[index].0;
        if !*written {
            for (word, at) in arch::landing(address).into_iter().zip((landing..).step_by(8)) {
                ptrace::write_code(tid, at, word).ok()?;
            }
            *written = true;
        }
        let mut bytes = [0; slot::SIZE - slot::DONE];
        bytes[slot::BACK - slot::DONE..].copy_from_slice(&call.instruction.to_ne_bytes());
        Of(tid).write(address + slot::DONE as u64, &bytes).ok()?;
        ptrace::set_instruction(tid, landing + arch::LANDING).ok()
    }

    fn await_result(&mut self, tid: pid_t, index: usize, mut call: InCall) {
        // Without a result yet, this is what was offered.
        let args = decode(&call.asked, Outcome::Unfinished, &Of(tid), self.limits());
        if let Some(process) = self.process_of(tid)
            && let Landings::At { code, slots } = &mut process.landings
        {
            slots[index].1 = true;
            call.instruction = *code + SPACING * index as u64 + arch::LANDING;
        }
        // The clock's time and the processor's, side by side.
        let ticks = arch::ticks();
        call.began = clock::now();
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.shortcut = Some(Shortcut { call, args, slot: index, ticks });
            self.shortcuts.push(tid);
        }
        if self.waiting.collection.is_none() {
            self.waiting.collection = Some(clock::now() + COLLECT_AFTER);
            self.set_alarm();
        }
    }

    /// A call that was to return to a landing, and is entered there again, is being restarted.
    pub(super) fn continues_shortcut(&mut self, tid: pid_t, entry: &Entry) -> bool {
        let Some(thread) = self.threads.get_mut(&tid) else { return false };
        let Some(shortcut) = &mut thread.shortcut else { return false };
        let again = shortcut.call.instruction == entry.instruction;
        shortcut.call.restarts += u32::from(again);
        again
    }

    /// Tells the call a thread was let go from, if it has returned.
    pub(super) fn collect(&mut self, tid: pid_t) {
        let Some(thread) = self.threads.get(&tid) else { return };
        let Some(index) = thread.shortcut.as_ref().map(|shortcut| shortcut.slot) else { return };
        let scratch = self.process_of(tid).and_then(|process| process.scratch);
        let Some(address) = scratch.map(|scratch| slot_address(scratch, index)) else { return };
        let Some(bytes) = Of(tid).array::<{ slot::SIZE }>(address) else { return };
        if u32_at(&bytes, slot::DONE) != 1 {
            return;
        }
        let result = u64_at(&bytes, slot::RESULT).cast_signed();
        let ended = u64_at(&bytes, slot::TICKS);
        let Some(mut shortcut) = self.release_slot(tid) else { return };
        let outcome = noted(&mut shortcut.args, result);
        let ended = time_of(&shortcut, ended);
        self.conclude(tid, shortcut.call, shortcut.args, outcome, ended);
    }

    /// Collects from everybody; again later from those that are still in their calls.
    pub(super) fn collect_all(&mut self) {
        for tid in self.shortcuts.clone() {
            self.collect(tid);
        }
        let threads = &self.threads;
        self.shortcuts.retain(|tid| threads.get(tid).is_some_and(|known| known.shortcut.is_some()));
        let pending = !self.shortcuts.is_empty();
        self.waiting.collection = pending.then(|| clock::now() + COLLECT_AFTER);
    }

    /// Collects from all threads of a process whose memory is about to be replaced.
    pub(super) fn collect_process(&mut self, tid: pid_t) {
        let Some(pid) = self.threads.get(&tid).map(|thread| thread.pid) else { return };
        for other in self.shortcuts.clone() {
            if self.threads.get(&other).is_some_and(|thread| thread.pid == pid) {
                self.collect(other);
            }
        }
    }

    /// The thread ends, or is let go, and has not come back from its call.
    pub(super) fn forget_shortcut(&mut self, tid: pid_t) {
        if let Some(shortcut) = self.release_slot(tid) {
            let ended = clock::now();
            self.conclude(tid, shortcut.call, shortcut.args, Outcome::Unfinished, ended);
        }
    }

    fn release_slot(&mut self, tid: pid_t) -> Option<Shortcut> {
        let shortcut = self.threads.get_mut(&tid)?.shortcut.take()?;
        self.shortcuts.retain(|known| *known != tid);
        if let Some(process) = self.process_of(tid)
            && let Landings::At { slots, .. } = &mut process.landings
            && let Some((_, used)) = slots.get_mut(shortcut.slot)
        {
            *used = false;
        }
        Some(shortcut)
    }

    /// Prepares a process for shortcuts, once it has turned out to send a lot. The thread has just
    /// returned from a call.
    pub(super) fn prepare_landings(&mut self, tid: pid_t) {
        let Some(process) = self.process_of(tid) else { return };
        let undecided = matches!(process.landings, Landings::Undecided);
        if !undecided || process.stepped || process.sends < WORTH_IT {
            return;
        }
        let landings = self.map_landings(tid).unwrap_or(Landings::Refused);
        if let Some(process) = self.process_of(tid) {
            process.landings = landings;
        }
    }

    fn map_landings(&mut self, tid: pid_t) -> Option<Landings> {
        let scratch = self.scratch(tid).ok()?;
        // A program may have forbidden itself to read the time stamp.
        let asked = [PR_GET_TSC, scratch, 0, 0, 0, 0];
        let answered = self.inject(tid, libc::SYS_prctl, asked).ok()? == 0;
        if !answered || Of(tid).array(scratch).map(u32::from_ne_bytes) != Some(TSC_ENABLED) {
            return None;
        }
        let protection = (libc::PROT_READ | libc::PROT_EXEC) as u64;
        let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
        let size = SPACING * SLOTS as u64;
        let code = self.inject(tid, libc::SYS_mmap, [0, size, protection, flags, u64::MAX, 0]);
        let code = u64::try_from(code.ok()?).ok()?;
        Some(Landings::At { code, slots: vec![(false, false); SLOTS] })
    }
}

fn slot_address(scratch: u64, index: usize) -> u64 {
    scratch + SLOTS_AT + SPACING * index as u64
}

/// What came of a send, by the result found in its slot. The program can write there too: a result
/// that the call cannot have had is one nobody knows.
fn noted(args: &mut Args, result: i64) -> Outcome {
    let outcome = outcome_of(result);
    let (Args::Send { asked, bytes, .. }, Outcome::Value(sent)) = (args, outcome) else {
        return outcome;
    };
    match u64::try_from(sent) {
        Ok(sent) if sent <= *asked => {
            bytes.total = sent;
            bytes.sample.truncate(usize::try_from(sent).unwrap_or(usize::MAX));
            outcome
        }
        _ => Outcome::Unfinished,
    }
}

/// When a call returned, by the processor's time stamp: between its beginning and now, for both of
/// which both clocks are known, so that neither their rates nor their drift matter.
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
        Args::Send { asked, bytes, flags: Flags::default(), to: None, control: Vec::new() }
    }

    fn total(args: &Args) -> u64 {
        let Args::Send { bytes, .. } = args else { return u64::MAX };
        assert!(bytes.sample.len() as u64 <= bytes.total.max(4));
        bytes.total
    }

    #[test]
    fn results_a_send_can_have_are_told() {
        for result in [0, 1, 4] {
            let mut args = send(4);
            assert_eq!(noted(&mut args, result), Outcome::Value(result));
            assert_eq!(total(&args), result.cast_unsigned());
        }
        for errno in [1, 32, 4095] {
            assert_eq!(noted(&mut send(4), -i64::from(errno)), Outcome::Error(Errno(errno)));
        }
    }

    #[test]
    fn results_a_program_forged_are_not_believed() {
        for result in [5, 1 << 40, i64::MAX, -4096, i64::from(i32::MIN), i64::MIN + 1, i64::MIN] {
            let mut args = send(4);
            assert_eq!(noted(&mut args, result), Outcome::Unfinished, "{result}");
            assert_eq!(total(&args), 0);
        }
    }
}
