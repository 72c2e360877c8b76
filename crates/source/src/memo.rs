//! Answers that are known: a program that calls in a loop is asked for the same line again and again.

use std::collections::HashMap;

use crate::{Frame, Memory, Thread};

/// An answer, and what it was made from: with the same registers and the same words it is the same.
#[derive(Debug)]
struct Memo {
    /// `rbp`, if the answer depended on it.
    frame: Option<u64>,
    addresses: Vec<u64>,
    values: Vec<u64>,
    answer: Option<Frame>,
}

/// What is known about one process.
#[derive(Debug, Default)]
pub(crate) struct Memos {
    memos: HashMap<(u32, u64, u64), Vec<Memo>>,
    size: usize,
}

/// Of one place: the ways that lead to it with the same depth of the stack.
const WAYS: usize = 8;
/// Words that one answer depends on; more are not compared faster than found anew.
const WORDS: usize = 1024;
/// Words that are kept for a process: 4 MiB.
const SIZE: usize = 1 << 18;
/// A memo's own share.
const OVERHEAD: usize = 16;

impl Memo {
    /// In words of two: an address and its value, or 16 bytes of a name.
    fn size(&self) -> usize {
        let names = self.answer.as_ref().map_or(0, |frame| {
            frame.file.as_ref().map_or(0, |file| file.len()) + frame.function.len()
        });
        self.addresses.len() + names / 16 + OVERHEAD
    }
}

impl Memos {
    /// The answer that was given when everything was as it is now.
    pub(crate) fn get(
        &mut self,
        thread: &Thread,
        memory: &dyn Memory,
        mut frame: impl FnMut() -> Option<u64>,
    ) -> Option<Option<Frame>> {
        let memos = self.memos.get_mut(&(thread.id, thread.instruction, thread.stack))?;
        let index = memos.iter().position(|memo| {
            (memo.frame.is_none() || memo.frame == frame())
                && (memo.addresses.is_empty()
                    || memory.words(&memo.addresses).is_some_and(|now| now == memo.values))
        })?;
        memos[..=index].rotate_right(1);
        memos.first().map(|memo| memo.answer.clone())
    }

    /// Keeps an answer. `log` is what it depends on.
    pub(crate) fn keep(
        &mut self,
        thread: &Thread,
        frame: Option<u64>,
        log: Vec<(u64, u64)>,
        answer: Option<Frame>,
    ) {
        if log.len() > WORDS {
            return;
        }
        if self.size > SIZE {
            self.clear();
        }
        let (addresses, values): (Vec<u64>, Vec<u64>) = log.into_iter().unzip();
        let memo = Memo { frame, addresses, values, answer };
        self.size += memo.size();
        let memos = self.memos.entry((thread.id, thread.instruction, thread.stack)).or_default();
        memos.insert(0, memo);
        for old in memos.drain(WAYS.min(memos.len())..) {
            self.size = self.size.saturating_sub(old.size());
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// How many words are kept.
    pub(crate) fn size(&self) -> usize {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Origin;
    use crate::memory::tests::Pieces;

    const THREAD: Thread = Thread { process: 1, id: 1, instruction: 10, stack: 20 };

    fn answer(line: u32) -> Option<Frame> {
        Some(Frame { file: Some("a.c".into()), line, function: "main".into(), origin: Origin::Own })
    }

    #[test]
    fn an_answer_holds_as_long_as_the_words_do() {
        let memory = |word: u64| Pieces(vec![(0x100, word.to_le_bytes().to_vec())]);
        let mut memos = Memos::default();
        let never = || panic!("rbp is not asked for");
        assert_eq!(memos.get(&THREAD, &memory(1), never), None);
        memos.keep(&THREAD, None, vec![(0x100, 1)], answer(1));
        memos.keep(&THREAD, None, vec![(0x100, 2)], answer(2));
        assert_eq!(memos.get(&THREAD, &memory(1), never), Some(answer(1)));
        assert_eq!(memos.get(&THREAD, &memory(2), never), Some(answer(2)));
        assert_eq!(memos.get(&THREAD, &memory(3), never), None);
        assert_eq!(memos.get(&THREAD, &Pieces::default(), never), None, "the word is gone");
        let other = Thread { stack: 28, ..THREAD };
        assert_eq!(memos.get(&other, &memory(1), never), None);
    }

    #[test]
    fn the_frame_pointer_counts_where_the_answer_depended_on_it() {
        let mut memos = Memos::default();
        memos.keep(&THREAD, Some(7), Vec::new(), None);
        assert_eq!(memos.get(&THREAD, &Pieces::default(), || Some(7)), Some(None));
        assert_eq!(memos.get(&THREAD, &Pieces::default(), || Some(8)), None);
    }

    #[test]
    fn no_more_is_kept_than_a_bound() {
        let mut memos = Memos::default();
        for stack in 0..20_000 {
            let log = (0..64).map(|at| (stack + at, at)).collect();
            memos.keep(&Thread { stack, ..THREAD }, None, log, None);
            assert!(memos.size() <= SIZE + 100);
        }
        for _ in 0..100 {
            memos.keep(&THREAD, None, vec![(0, 0)], None);
        }
        let ways = memos.memos.get(&(THREAD.id, THREAD.instruction, THREAD.stack)).map(Vec::len);
        assert_eq!(ways, Some(WAYS));
        memos.keep(&Thread { id: 2, ..THREAD }, None, (0..5000).map(|at| (at, at)).collect(), None);
        assert_eq!(memos.get(&Thread { id: 2, ..THREAD }, &Pieces::default(), || None), None);
    }
}
