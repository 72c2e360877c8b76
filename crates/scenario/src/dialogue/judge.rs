//! Whether a peer received what a word of the scenario expects.

use socklab_event::Bytes;
use socklab_judge::Pattern;

use super::heard::{Datagram, Heard};
use super::like::{Like, Whole, compare};
use super::programs::Program;
use super::wanted::{
    AFTER, BEFORE, Case, Judgement, Wanted, Wrong, beginning, cut, difference, find, mismatch,
};
use crate::step_end::{Comparison, Stopped, SurplusAfter, Unit};

impl Heard {
    /// What comes from now on does not matter, unless a later word expects it.
    pub(crate) fn ignore_rest(&mut self) {
        self.read.ignored = true;
    }

    /// The peer has carried out the order that is judged next: by then it had received this many
    /// bytes of the stream.
    pub(crate) fn done_at(&mut self, bytes: Option<usize>) {
        self.read.horizon = bytes;
    }

    /// Compares what has come with what should. With `late`, there is no more time to wait for what
    /// is missing. `program` is what the program did at the other end, if that is known.
    ///
    /// With `settle`, what is right belongs to this expectation from then on: the next one begins
    /// after it. Without, what is right is still open.
    pub(crate) fn judge(
        &mut self,
        wanted: &Wanted,
        late: bool,
        program: Option<&Program>,
        settle: bool,
    ) -> Judgement {
        let before = self.read;
        // Why no more will come.
        let stopped = self.stopped.or(late.then_some(Stopped::Time));
        let decided = match wanted {
            Wanted::Bytes(bytes, case) => self.bytes(bytes, *case, stopped, program),
            Wanted::Contains(bytes) => self.contains(bytes, stopped),
            Wanted::Length(length) => self.length(*length, stopped),
            Wanted::Anything(room) => self.anything(*room, stopped),
            Wanted::End => self.end(stopped, program),
            Wanted::Drained => self.drained(stopped),
            Wanted::Datagram(bytes) => self.datagram(&Whole::Bytes(bytes), late),
            Wanted::Like(Unit::Datagram, pattern) => self.datagram(&Whole::Like(pattern), late),
            Wanted::Like(unit, pattern) => self.like(*unit, pattern, stopped, program),
            Wanted::New(datagram) => {
                self.read.copies = true;
                self.read.datagrams = self.behind_copies();
                return self.judge(datagram, late, program, settle);
            }
            Wanted::Nothing => return self.nothing(program),
        };
        if decided == Judgement::Right && !settle {
            self.read = before;
            return Judgement::Open;
        }
        if decided == Judgement::Right {
            self.read.progress = 0;
            let any = matches!(wanted, Wanted::Contains(_) | Wanted::Anything(_) | Wanted::Drained);
            self.read.loose = any;
            self.read.expected = true;
        }
        decided
    }

    /// What was received and does not belong to an earlier word.
    fn rest(&self) -> &[u8] {
        &self.stream[self.read.bytes..]
    }

    fn take(&mut self, bytes: usize) -> Judgement {
        if bytes > 0 {
            self.read.answer = self.read.bytes;
        }
        self.read.bytes += bytes;
        Judgement::Right
    }

    fn bytes(
        &mut self,
        wanted: &[u8],
        case: Case,
        stopped: Option<Stopped>,
        program: Option<&Program>,
    ) -> Judgement {
        let from = self.read.progress;
        let got = &self.rest()[..self.rest().len().min(wanted.len())];
        let unlike = |at, stopped| mismatch(Comparison::Equals, wanted, got, at, stopped);
        let wrong = match difference(&wanted[from..], &got[from..], case) {
            Some(at) => unlike(from + at, Stopped::Enough),
            None if got.len() == wanted.len() => return self.take(wanted.len()),
            None => match stopped {
                Some(stopped) => unlike(got.len(), stopped),
                None => {
                    self.read.progress = got.len();
                    return Judgement::Open;
                }
            },
        };
        let early = program.and_then(|program| self.early(program));
        Judgement::Wrong(Box::new(early.unwrap_or(wrong)))
    }

    /// The bytes that came next although the program can't have sent them as an answer to what this
    /// peer sent last: it had not received any of that.
    fn early(&self, program: &Program) -> Option<Wrong> {
        if !self.asks || self.is_datagram || self.read.loose {
            return None;
        }
        let early = match self.sent {
            0 => program.sent_unasked(),
            _ => program.sent_knowing(self.sent_before),
        };
        let rest = self.rest();
        let count = usize::try_from(early).unwrap_or(usize::MAX).saturating_sub(self.read.bytes);
        let bytes = rest.get(..count.min(rest.len())).filter(|bytes| !bytes.is_empty())?;
        Some(Wrong::Surplus { bytes: beginning(bytes), after: self.before_surplus(early) })
    }

    fn contains(&mut self, wanted: &[u8], stopped: Option<Stopped>) -> Judgement {
        let (from, got) = (self.read.progress, self.rest());
        if let Some(at) = find(&got[from.min(got.len())..], wanted) {
            return self.take(from + at + wanted.len());
        }
        match stopped {
            Some(stopped) => {
                Judgement::Wrong(Box::new(mismatch(Comparison::Contains, wanted, got, 0, stopped)))
            }
            None => {
                self.read.progress = got.len().saturating_sub(wanted.len());
                Judgement::Open
            }
        }
    }

    fn length(&mut self, length: u64, stopped: Option<Stopped>) -> Judgement {
        let got = self.rest();
        match (usize::try_from(length), stopped) {
            (Ok(length), _) if got.len() >= length => self.take(length),
            (_, None) => Judgement::Open,
            (_, Some(stopped)) => Judgement::Wrong(Box::new(Wrong::Mismatch {
                how: Comparison::Length,
                expected: Bytes { sample: Vec::new(), total: length },
                got: cut(got, 0, BEFORE + AFTER),
                skipped: 0,
                stopped,
            })),
        }
    }

    fn anything(&mut self, room: usize, stopped: Option<Stopped>) -> Judgement {
        if self.is_datagram && self.read.datagrams < self.datagrams.len() {
            self.read.datagrams += 1;
            return Judgement::Right;
        }
        // What came after the call returned belongs to the next word.
        let by_then = self.read.horizon.unwrap_or(usize::MAX).saturating_sub(self.read.bytes);
        match (self.rest().len().min(room).min(by_then), stopped) {
            (0, Some(Stopped::Time)) => Judgement::Wrong(Box::new(mismatch(
                Comparison::Anything,
                b"",
                b"",
                0,
                Stopped::Time,
            ))),
            // A reset is the error of a call, which the peer reports.
            (0, None | Some(Stopped::Reset)) => Judgement::Open,
            (all, _) => self.take(all),
        }
    }

    fn end(&mut self, stopped: Option<Stopped>, program: Option<&Program>) -> Judgement {
        if let Judgement::Wrong(wrong) = self.nothing(program) {
            return Judgement::Wrong(wrong);
        }
        let got = self.rest();
        if !got.is_empty() {
            let enough = Stopped::Enough;
            return Judgement::Wrong(Box::new(mismatch(Comparison::End, b"", got, 0, enough)));
        }
        match stopped {
            None => Judgement::Open,
            Some(Stopped::End) => Judgement::Right,
            Some(stopped) => {
                Judgement::Wrong(Box::new(mismatch(Comparison::End, b"", b"", 0, stopped)))
            }
        }
    }

    fn drained(&mut self, stopped: Option<Stopped>) -> Judgement {
        match stopped {
            None => Judgement::Open,
            Some(Stopped::End | Stopped::Reset) => self.take(self.rest().len()),
            Some(stopped) => {
                Judgement::Wrong(Box::new(mismatch(Comparison::End, b"", b"", 0, stopped)))
            }
        }
    }

    fn datagram(&mut self, wanted: &Whole<'_>, late: bool) -> Judgement {
        let Some(next) = self.datagrams.get(self.read.datagrams) else {
            let nothing = || wanted.unlike(b"", Stopped::Time);
            return if late { Judgement::Wrong(Box::new(nothing())) } else { Judgement::Open };
        };
        if let Some(wrong) = self.wrong_sender(next) {
            return Judgement::Wrong(Box::new(wrong));
        }
        if wanted.is(&next.bytes) {
            self.read.datagrams += 1;
            return Judgement::Right;
        }
        let repeats = self.read.datagrams.checked_sub(1).map(|last| &self.datagrams[last]);
        if let Some(last) = repeats.filter(|last| last.bytes == next.bytes && !self.read.loose) {
            let after = SurplusAfter::Answer(beginning(&last.bytes));
            let bytes = beginning(&next.bytes);
            return Judgement::Wrong(Box::new(Wrong::Surplus { bytes, after }));
        }
        Judgement::Wrong(Box::new(wanted.unlike(&next.bytes, Stopped::Enough)))
    }

    /// The next datagram, as its index, that is no copy of one before it.
    fn behind_copies(&self) -> usize {
        let is_copy = |at: &usize| self.datagrams[..*at].contains(&self.datagrams[*at]);
        let copies = (self.read.datagrams..self.datagrams.len()).take_while(is_copy).count();
        self.read.datagrams + copies
    }

    /// A line, or all that comes until the end of the stream.
    fn like(
        &mut self,
        unit: Unit,
        pattern: &Pattern,
        stopped: Option<Stopped>,
        program: Option<&Program>,
    ) -> Judgement {
        match compare(unit, pattern, self.rest(), self.read.progress, stopped) {
            Like::Right(length) => self.take(length),
            Like::Open(progress) => {
                self.read.progress = progress;
                Judgement::Open
            }
            Like::Wrong(wrong) => {
                let early = program.and_then(|program| self.early(program));
                Judgement::Wrong(Box::new(early.unwrap_or(wrong)))
            }
        }
    }

    /// Only the one that was asked may answer. A socket with a port of its own choice asks nobody:
    /// others ask it.
    fn wrong_sender(&self, next: &Datagram) -> Option<Wrong> {
        let (from, asked) = (next.from?, *self.asked.last()?);
        let wrong = !self.bound && !self.asked.contains(&from);
        wrong.then(|| Wrong::Sender { asked, from, bytes: beginning(&next.bytes) })
    }

    /// Anything that has come besides what was expected.
    fn nothing(&self, program: Option<&Program>) -> Judgement {
        // Who only serves does not know what will be asked, until a word says it.
        let asks = self.asks || !self.asked.is_empty() && !self.bound;
        if self.read.loose || self.read.ignored || !(asks || self.read.expected) {
            return Judgement::Open;
        }
        let next = if self.read.copies { self.behind_copies() } else { self.read.datagrams };
        if let Some(next) = self.datagrams.get(next) {
            let last = self.read.datagrams.checked_sub(1).map(|last| &self.datagrams[last]);
            let wrong = self.wrong_sender(next).unwrap_or_else(|| Wrong::Surplus {
                bytes: beginning(&next.bytes),
                after: match (last, self.sent) {
                    (Some(last), _) => SurplusAfter::Answer(beginning(&last.bytes)),
                    (None, 0) => SurplusAfter::Nothing,
                    (None, _) => SurplusAfter::Request,
                },
            });
            return Judgement::Wrong(Box::new(wrong));
        }
        let surplus = self.total - self.read.bytes as u64;
        let urgent = program.map(Program::urgent).unwrap_or_default();
        let wrong = match (surplus, urgent) {
            (0, []) => return Judgement::Open,
            (0, urgent) => {
                Wrong::Surplus { bytes: beginning(urgent), after: SurplusAfter::OutOfBand }
            }
            (total, _) => Wrong::Surplus {
                bytes: Bytes { total, ..beginning(self.rest()) },
                after: self.before_surplus(0),
            },
        };
        Judgement::Wrong(Box::new(wrong))
    }

    /// What came before bytes that should not have come. Without a right answer before them, they
    /// were sent unasked if the peer had sent nothing, or if they are among the first `early` bytes,
    /// which were sent before the program had received anything.
    fn before_surplus(&self, early: u64) -> SurplusAfter {
        match self.read.bytes {
            0 if self.sent == 0 || (early > 0 && self.sent_before == 0) => SurplusAfter::Nothing,
            0 => SurplusAfter::Request,
            end => {
                let answer = &self.stream[self.read.answer.min(end)..end];
                SurplusAfter::Answer(beginning(answer))
            }
        }
    }
}
