//! Questions about a program's own recording, for an exam after it has passed an exercise.
//!
//! 1. [`Exam::of`] takes the report of a check. `read` finds, in the recordings of the passed cases,
//!    questions whose answers stand there; `would` finds questions about what would have happened
//!    otherwise, and a variant of the case for each.
//! 2. `prove` runs each variant twice with the same program. What the call in question did there is the
//!    key. A variant without one clear answer makes no question.
//! 3. [`draw`] chooses three for one student, [`assign`] three for everybody in a class, so that no two
//!    get the same three.
//!
//! All but the proof is pure.

mod draft;
mod draw;
mod prove;
mod read;
#[cfg(test)]
mod tests;
mod variant;
mod view;
mod would;

use std::sync::Arc;

use serde::Serialize;
use socklab_event::Timeline;
use socklab_say::Sentence;

use crate::engine::Runner;
use crate::exercise::Report;
use crate::format::Case;
use crate::recording::Recording;
use crate::submission::Submission;
use crate::verdict::CaseState;

pub use draw::{Asked, QUESTIONS, Sheet, Shortage, Traits, assign, draw, letters, order, seed_of};
use would::Proposal;

/// What can be asked about one program.
#[derive(Clone, Debug, Default)]
pub struct Exam {
    /// The questions, in the order of the cases.
    pub candidates: Vec<Candidate>,
    /// How many variants had no clear answer, and were dropped.
    pub unclear: usize,
}

/// A question with its key.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Kind, case and the numbers in it. Two programs that did the same have the same.
    pub id: String,
    /// Its kind: `got-less`.
    pub kind: &'static str,
    /// The case in whose recording it was found.
    pub case: String,
    /// The call that it is about, as a programmer names it.
    pub call: String,
    /// The question.
    pub ask: Sentence,
    /// The choices. [`letters`] puts them into an order for one student.
    pub choices: Vec<Choice>,
    /// Which of them is right.
    pub right: usize,
    /// The events that show it, by `seq`, in `timeline`.
    pub evidence: Vec<u64>,
    /// What happened: the case's recording, or that of the variant that was run.
    pub timeline: Arc<Timeline>,
    /// True if a variant was run for it.
    pub ran: bool,
}

/// Something that can be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Its short name within its kind.
    pub label: &'static str,
    /// What a student reads.
    pub text: Sentence,
    /// Why it is right, or why it is not.
    pub why: Sentence,
}

impl Exam {
    /// Finds the questions about a program that passed a check, and proves them by running variants
    /// of its cases. Nothing is asked about a case that `may_ask` keeps back: what students may not
    /// know of a case must not stand in a question. `progress` is told how many of them are done, and
    /// of how many; false ends it.
    pub fn of(
        report: &Report<'_>,
        submission: &Submission,
        runner: &Runner,
        may_ask: impl Fn(&Case) -> bool,
        mut progress: impl FnMut(usize, usize) -> bool,
    ) -> Self {
        let mut exam = Self::default();
        let mut proposals = Vec::new();
        let mut cases = Vec::new();
        for done in &report.cases {
            let Some(recording) = done.recording.as_ref() else { continue };
            if done.verdict.state != CaseState::Passed || !may_ask(done.case) {
                continue;
            }
            let Some(found) = Found::of(recording, done.case) else { continue };
            proposals.extend(found.would);
            let robust = cases.iter().filter(|(case, _): &&(&Case, _)| case.robust).count();
            if !done.case.robust || robust < ROBUST {
                cases.push((done.case, found.read));
            }
        }
        // A variant replaces what happens after the start: one of each kind is enough.
        let mut kinds = Vec::new();
        proposals.retain(|proposal: &Proposal| {
            let is_new = !kinds.contains(&proposal.kind());
            kinds.push(proposal.kind());
            is_new
        });
        let all = cases.len() + proposals.len();
        let mut done = 0;
        let mut next = || {
            done += 1;
            progress(done - 1, all)
        };
        for (case, mut read) in cases {
            if !next() {
                return exam;
            }
            // What another run of the same case does not show, depends on chance.
            let again = prove::again(case, submission, runner);
            read.retain(|candidate| again.contains(&candidate.id));
            exam.candidates.extend(read);
        }
        keep_few(&mut exam.candidates);
        for proposal in proposals {
            if !next() {
                break;
            }
            match prove::prove(proposal, submission, runner) {
                Some(candidate) => exam.candidates.push(candidate),
                None => exam.unclear += 1,
            }
        }
        exam
    }
}

/// What was found in one recording.
struct Found {
    read: Vec<Candidate>,
    would: Vec<Proposal>,
}

impl Found {
    fn of(recording: &Recording, case: &Case) -> Option<Self> {
        let timeline = Arc::new(recording.timeline());
        // Which member of a crowd comes first, depends on chance.
        let actor =
            variant::subject(&case.scenario).filter(|_| case.scenario.members.is_empty())?;
        let view = view::View::of(&timeline, &actor, recording.over);
        let waits = variant::waits_first(&case.scenario, &actor);
        let read = read::all(&view).into_iter();
        let read = read.filter(|draft| waits || draft.kind != read::WAITS_FOR_DATA);
        let read = read.filter_map(|draft| draft.read(&view, &case.name, &timeline)).collect();
        Some(Self { read, would: would::proposals(&view, case) })
    }
}

/// How many questions of a kind are kept.
const OF_A_KIND: usize = 3;

/// How many of the robust cases are asked about, beside those of the core: each takes another run.
pub const ROBUST: usize = 3;

/// Keeps the first few of each kind, each with other numbers.
fn keep_few(all: &mut Vec<Candidate>) {
    let mut seen: Vec<(&'static str, Vec<Sentence>)> = Vec::new();
    all.retain(|one| {
        let said: Vec<Sentence> = one.choices.iter().map(|choice| choice.text.clone()).collect();
        let of_kind = seen.iter().filter(|(known, _)| *known == one.kind).count();
        // The same choices in another case are the same question.
        let keep = of_kind < OF_A_KIND && !seen.contains(&(one.kind, said.clone()));
        seen.extend(keep.then_some((one.kind, said)));
        keep
    });
}
