//! Threads of programs that may have nothing to do with what is going on: those that were there
//! before any peer made contact, and wake up by themselves from time to time. A runtime has some; a
//! housekeeper is one, and so is a thread that looks from time to time for work that others have left
//! for it. Pure.

use std::collections::HashMap;

use socklab_event::{Call, Family, SocketId};

/// The threads that have not taken part yet.
#[derive(Debug, Default)]
pub(super) struct Bystanders {
    /// True for a thread that had no part in an answer.
    threads: HashMap<u32, bool>,
    contacted: bool,
    asked: bool,
    answered: bool,
}

impl Bystanders {
    /// A peer is about to talk to a program. True if it is the first time.
    pub(super) fn contact(&mut self) -> bool {
        !std::mem::replace(&mut self.contacted, true)
    }

    /// These threads are there at the first contact.
    pub(super) fn are_there(&mut self, threads: impl Iterator<Item = u32>) {
        self.threads.extend(threads.map(|thread| (thread, false)));
    }

    /// A peer is about to send something.
    pub(super) fn asks(&mut self) {
        self.asked = true;
    }

    /// A program has made a call.
    pub(super) fn note(&mut self, call: &Call) {
        let network = |socket: &SocketId| [Family::INET, Family::INET6].contains(&socket.family);
        let sends = call.sent().is_some_and(|sent| sent > 0);
        if sends && call.socket.as_deref().is_some_and(network) {
            self.answers();
        }
    }

    fn answers(&mut self) {
        self.answered |= self.asked;
    }

    /// This thread has made a call on a socket.
    pub(super) fn takes_part(&mut self, thread: u32) {
        self.threads.remove(&thread);
    }

    /// True if the thread is a bystander.
    pub(super) fn watches(&self, thread: u32) -> bool {
        self.threads.contains_key(&thread)
    }

    /// All bystanders.
    pub(super) fn all(&self) -> impl Iterator<Item = u32> + '_ {
        self.threads.keys().copied()
    }

    /// True if the programs have answered, and this bystander had no part in it. There is no use in
    /// waiting for its naps again.
    pub(super) fn is_idle(&self, thread: u32) -> bool {
        self.threads.get(&thread).copied().unwrap_or(false)
    }

    /// These bystanders have woken up after all other threads were done, and sleep again.
    pub(super) fn found_nothing(&mut self, threads: impl Iterator<Item = u32>) {
        for thread in threads.filter(|_| self.answered) {
            if let Some(idle) = self.threads.get_mut(&thread) {
                *idle = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bystander_is_idle_if_an_answer_left_it_nothing_to_do() {
        let mut all = Bystanders::default();
        assert!(all.contact());
        all.are_there([1, 2].into_iter());
        assert!(!all.contact());
        // A greeting is no answer, and not every message has one.
        all.answers();
        all.asks();
        all.found_nothing([1, 2].into_iter());
        assert!(all.watches(1) && !all.is_idle(1));
        all.answers();
        all.takes_part(2);
        all.found_nothing([1, 2].into_iter());
        assert!(all.watches(1) && all.is_idle(1));
        assert!(!all.watches(2) && !all.is_idle(2));
    }
}
