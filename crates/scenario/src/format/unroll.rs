//! Writes out what is written once and done several times: `repeat` in lists of steps and of
//! operations, and lists of operations that are about another conversation.

use socklab_say::sentence;
use toml::Spanned;

use super::act::{Act, RawAct};
use super::expected::PatternText;
use super::raw::RawStep;
use super::reader::{Reader, Result};
use crate::pattern::{grouped_round, says_in_round};
use crate::variables::in_round;

/// The largest `repeat`.
const MOST_ROUNDS: u32 = 10_000;
/// How many steps and operations a scenario may have, when all are written out.
const MOST: usize = 20_000;
/// How many bytes their texts in the file may have then.
const MOST_BYTES: usize = 16 << 20;

/// What is still allowed of a scenario.
struct Unroll<'r> {
    reader: &'r Reader<'r>,
    left: usize,
    bytes: usize,
}

/// Where in the loops around it something is done.
#[derive(Clone, Default)]
struct Here {
    /// The rounds, of the outermost loop first, from 1.
    rounds: Vec<u32>,
    /// The conversation.
    on: String,
}

/// The steps in the order in which they are done, with no `repeat` left, and their operations in
/// `acts`.
pub(super) fn unroll(
    reader: &Reader<'_>,
    raw: Vec<Spanned<RawStep>>,
) -> Result<Vec<Spanned<RawStep>>> {
    let mut unroll = Unroll { reader, left: MOST, bytes: MOST_BYTES };
    let mut steps = Vec::new();
    for step in &raw {
        unroll.step(step, &Here::default(), &mut steps)?;
    }
    Ok(steps)
}

impl Unroll<'_> {
    fn step(
        &mut self,
        raw: &Spanned<RawStep>,
        here: &Here,
        steps: &mut Vec<Spanned<RawStep>>,
    ) -> Result<()> {
        let step = raw.get_ref();
        if let Some(group) = &step.steps {
            return self.group(raw, group, here, steps);
        }
        self.spend(raw)?;
        if step.ops.is_none() {
            for (word, span) in [
                ("repeat", step.repeat.as_ref().map(Spanned::span)),
                ("on", step.on.as_ref().map(Spanned::span)),
            ] {
                if let Some(span) = span {
                    return self.reader.wrong(span, sentence!("mistake-needs-do", word = word));
                }
            }
        }
        let mut done = RawStep { ops: None, repeat: None, on: None, ..step.clone() };
        done.in_round(&here.rounds);
        if let Some(ops) = &step.ops {
            let mut acts = Vec::new();
            self.acts(ops, step.on.as_ref(), step.repeat.as_ref(), here, &mut acts)?;
            done.acts = Some(acts);
        }
        steps.push(Spanned::new(raw.span(), done));
        Ok(())
    }

    /// A list of steps that is repeated.
    fn group(
        &mut self,
        raw: &Spanned<RawStep>,
        group: &[Spanned<RawStep>],
        here: &Here,
        steps: &mut Vec<Spanned<RawStep>>,
    ) -> Result<()> {
        let Some(repeat) = &raw.get_ref().repeat else {
            return self.reader.wrong(raw.span(), sentence!("mistake-needs-repeat"));
        };
        let alone = RawStep { steps: None, repeat: None, ..raw.get_ref().clone() };
        if !alone.is_empty() {
            return self.reader.wrong(raw.span(), sentence!("mistake-repeat-alone"));
        }
        for round in self.rounds(repeat)? {
            let here = here.in_round(round);
            for step in group {
                self.step(step, &here, steps)?;
            }
        }
        Ok(())
    }

    fn acts(
        &mut self,
        raw: &[Spanned<RawAct>],
        on: Option<&Spanned<String>>,
        repeat: Option<&Spanned<u32>>,
        here: &Here,
        acts: &mut Vec<Spanned<Act>>,
    ) -> Result<()> {
        let mut here = here.clone();
        if let Some(on) = on {
            here.on = self.conversation(on)?;
        }
        let Some(repeat) = repeat else { return self.list(raw, &here, acts) };
        for round in self.rounds(repeat)? {
            self.list(raw, &here.in_round(round), acts)?;
        }
        Ok(())
    }

    fn list(
        &mut self,
        raw: &[Spanned<RawAct>],
        here: &Here,
        acts: &mut Vec<Spanned<Act>>,
    ) -> Result<()> {
        for act in raw {
            match act.get_ref() {
                RawAct::Op(op) => {
                    self.spend(act)?;
                    let mut op = op.clone();
                    if !here.rounds.is_empty() {
                        if let Some(PatternText { pattern, says }) = op.pattern_mut() {
                            *pattern = grouped_round(pattern);
                            *says = says.take().map(|says| says_in_round(&says, &here.rounds));
                        }
                        for text in op.texts_mut() {
                            *text = in_round(text, &here.rounds);
                        }
                    }
                    acts.push(Spanned::new(act.span(), Act { op, on: here.on.clone() }));
                }
                RawAct::Group(group) => {
                    if group.on.is_none() && group.repeat.is_none() {
                        let what = sentence!("mistake-do-alone");
                        return self.reader.wrong(act.span(), what);
                    }
                    let (on, repeat) = (group.on.as_ref(), group.repeat.as_ref());
                    self.acts(&group.acts, on, repeat, here, acts)?;
                }
            }
        }
        Ok(())
    }

    /// The name of a conversation, which is well formed.
    fn conversation(&self, name: &Spanned<String>) -> Result<String> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.get_ref().is_empty() || !name.get_ref().chars().all(good) {
            return self.reader.wrong(name.span(), sentence!("mistake-name-letters"));
        }
        Ok(name.get_ref().clone())
    }

    fn rounds(&self, repeat: &Spanned<u32>) -> Result<std::ops::RangeInclusive<u32>> {
        let found = *repeat.get_ref();
        if !(1..=MOST_ROUNDS).contains(&found) {
            let what = sentence!("mistake-repeat", found = found, most = MOST_ROUNDS);
            return self.reader.wrong(repeat.span(), what);
        }
        Ok(1..=found)
    }

    /// Counts what is written out; a mistake if it is too much.
    fn spend<T>(&mut self, what: &Spanned<T>) -> Result<()> {
        let length = what.span().len();
        match (self.left.checked_sub(1), self.bytes.checked_sub(length)) {
            (Some(left), Some(bytes)) => {
                (self.left, self.bytes) = (left, bytes);
                Ok(())
            }
            _ => {
                let most = sentence!("mistake-unrolled", most = MOST, bytes = MOST_BYTES);
                self.reader.wrong(what.span(), most)
            }
        }
    }
}

impl Here {
    fn in_round(&self, round: u32) -> Self {
        let mut here = self.clone();
        here.rounds.push(round);
        here
    }
}

impl RawStep {
    /// Replaces what its texts stand for in this round of a loop.
    fn in_round(&mut self, rounds: &[u32]) {
        if rounds.is_empty() {
            return;
        }
        if let Some(text) = &mut self.text {
            let filled = in_round(text.get_ref(), rounds);
            *text = Spanned::new(text.span(), filled);
        }
        if let Some(until) = &mut self.until {
            let mut filled = until.get_ref().clone();
            for text in filled.texts_mut() {
                *text = in_round(text, rounds);
            }
            *until = Spanned::new(until.span(), filled);
        }
    }

    /// True if it says nothing.
    fn is_empty(&self) -> bool {
        let Self { start, wait, join, type_to, end_input, signal, peer, .. } = self;
        let Self { hold, yields, release, to, text, name, on, .. } = self;
        let names = [start, wait, join, type_to, end_input, signal, peer, hold, yields, release];
        names.into_iter().chain([to, text, name, on]).all(Option::is_none)
            && self.look.is_none()
            && self.pause_ms.is_none()
            && self.at.is_none()
            && self.ops.is_none()
            && self.until.is_none()
            && self.within_ms.is_none()
            && self.hint.is_none()
            && self.hints.is_empty()
            && !self.background
            && !self.may_fail
    }
}
