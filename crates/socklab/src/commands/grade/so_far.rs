//! What a class has come to so far. It is written now and then while grading goes on, and once more
//! when a signal ends it, so that a teacher sees what is done and what is missing.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use socklab_grade::class::{Enrolled, Submission};
use socklab_grade::differences::{Difference, difference};
use socklab_grade::journal::History;
use socklab_grade::{Assignment, FORMAT_VERSION, Gradebook, Graded};
use socklab_say::{Speaker, count, say};

use super::out::Out;
use super::table;
use super::written::Wanted;
use crate::cli::{self, WhichAttempt};
use crate::failure::{self, complain};
use crate::output::eprintln;
use crate::{graded, scenario};

/// The pages are written again after this time, if there is something new; and so seldom that
/// writing them takes no more than a fiftieth of the time.
const AGAIN: Duration = Duration::from_secs(10);
const SHARE: u32 = 50;

/// A class that is being graded.
pub(super) struct SoFar {
    /// Speaks to whoever waits.
    pub(super) speaker: Speaker,
    pub(super) options: cli::Grade,
    pub(super) assignment: Assignment,
    /// Those that are graded here.
    pub(super) students: Vec<Enrolled>,
    /// How many submissions are to be graded.
    pub(super) all: usize,
    pub(super) out: Option<Out>,
    results: Mutex<Results>,
    /// Held while files about the class are written.
    writing: Mutex<()>,
    /// Set when nothing more counts.
    ended: AtomicBool,
}

/// The results, each with its student's place.
struct Results {
    known: Vec<(usize, Graded)>,
    /// How many of them are in the pages.
    shown: usize,
    /// When the pages are written again.
    next: Instant,
}

impl SoFar {
    pub(super) fn new(
        speaker: Speaker,
        options: &cli::Grade,
        assignment: Assignment,
        (students, all): (&[&Enrolled], usize),
        out: Option<Out>,
    ) -> Self {
        let next = Instant::now() + AGAIN;
        Self {
            speaker,
            options: options.clone(),
            assignment,
            students: students.iter().copied().cloned().collect(),
            all,
            out,
            results: Mutex::new(Results { known: Vec::new(), shown: 0, next }),
            writing: Mutex::new(()),
            ended: AtomicBool::new(false),
        }
    }

    fn results(&self) -> MutexGuard<'_, Results> {
        // A result is added as a whole or not at all.
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if a signal has ended the grading: programs may have been ended by it, too, and what
    /// comes of them is not their result.
    pub(super) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Takes all results out: another round begins.
    pub(super) fn take(&self) -> Vec<Graded> {
        let known = std::mem::take(&mut self.results().known);
        known.into_iter().map(|(_, graded)| graded).collect()
    }

    /// Adds a result, and writes the pages if it is time.
    pub(super) fn add(&self, at: usize, graded: Graded) {
        let mut results = self.results();
        results.known.push((at, graded));
        let due = Instant::now() >= results.next;
        drop(results);
        if due {
            self.refresh();
        }
    }

    /// Writes the pages. What keeps them from being written is told at the end.
    fn refresh(&self) {
        let Some(out) = &self.out else { return };
        let began = Instant::now();
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut results = self.results();
        let known = results.known.clone();
        let shown = std::mem::replace(&mut results.shown, known.len());
        drop(results);
        let fresh: Vec<String> =
            known[shown..].iter().map(|(_, graded)| graded.student.id.clone()).collect();
        if out.refresh(&self.book(known), &fresh).is_err() {
            self.results().shown = shown;
        }
        let now = Instant::now();
        self.results().next = now + AGAIN.max((now - began) * SHARE);
    }

    /// Writes everything about the class, as it is now; and says what it came to, and what has changed
    /// since the round before.
    pub(super) fn keep(&self) -> (Gradebook, Option<Vec<Difference>>, Result<()>) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.results().known.clone();
        let book = self.book(known);
        let Some(out) = &self.out else { return (book, None, Ok(())) };
        let changed = changes(&out.history, out.round, &self.assignment, &book);
        match out.keep(&self.wanted(), &book, &changed) {
            Ok(noted) => (noted, Some(changed), Ok(())),
            Err(error) => (book, Some(changed), Err(error)),
        }
    }

    pub(super) fn wanted(&self) -> Wanted {
        Wanted::of(&self.options.format, self.options.column.as_deref())
    }

    /// One result for each student. Of several attempts the one with the most points counts; of equal
    /// ones, the first. As long as one of them is unknown, nobody knows which is the best.
    fn book(&self, known: Vec<(usize, Graded)>) -> Gradebook {
        let assignment = &self.assignment;
        let mut by_student: BTreeMap<usize, Vec<Graded>> = BTreeMap::new();
        for (at, graded) in known {
            by_student.entry(at).or_default().push(graded);
        }
        let one = |(at, who): (usize, &Enrolled)| {
            let mut theirs = by_student.remove(&at).unwrap_or_default();
            theirs.sort_by_key(|graded| graded.attempt.as_ref().map(|attempt| attempt.number));
            let unknown = theirs.iter().position(|graded| !graded.state.has_points());
            let wanted = who.attempts.len().max(1);
            let all = self.options.attempt != WhichAttempt::Best || theirs.len() == wanted;
            match (unknown, all && !theirs.is_empty()) {
                (Some(unknown), _) => theirs.swap_remove(unknown),
                (None, true) => {
                    let earned = |graded: &Graded| graded.score(assignment).map(|it| it.earned);
                    let best = (0..theirs.len()).rev().max_by_key(|at| earned(&theirs[*at]));
                    theirs.swap_remove(best.unwrap_or(0))
                }
                (None, false) => graded::pending(&graded::Submitted {
                    student: who.student.clone(),
                    attempt: who.attempts.last().map(Submission::attempt),
                    ..graded::Submitted::default()
                }),
            }
        };
        let results = self.students.iter().enumerate().map(one).collect();
        let assignment = assignment.clone();
        let mut book = Gradebook { format_version: FORMAT_VERSION, assignment, results };
        book.note_groups();
        book
    }

    /// From here on, a signal that ends this process leaves what was graded, and says how to go on. A
    /// second one ends it at once.
    pub(super) fn keep_when_ended(self: &Arc<Self>) -> Result<()> {
        let this = Arc::clone(self);
        scenario::end_cleanly_unless(move |signal| {
            if this.ended.swap(true, Ordering::SeqCst) {
                return false;
            }
            let that = Arc::clone(&this);
            let tell = move || {
                that.tell_ended();
                scenario::end_by(signal);
            };
            thread::Builder::new().spawn(tell).is_ok()
        })
    }

    /// Leaves the rest to the thread that ends this process, if a signal has come.
    pub(super) fn give_way(&self) {
        while self.ended.load(Ordering::SeqCst) {
            thread::park();
        }
    }

    /// Says how much is done, and whether it is kept.
    pub(super) fn tell_done(&self) {
        let done = count(self.results().known.len() as u64);
        let all = count(self.all as u64);
        let key = if self.out.is_some() { "grade-interrupted" } else { "grade-interrupted-lost" };
        complain("", &say!(self.speaker, key, done = done, all = all));
    }

    fn tell_ended(&self) {
        crate::terminal::gauge::hide();
        let speaker = self.speaker;
        if std::io::stderr().is_terminal() {
            eprintln!("");
        }
        self.tell_done();
        let shown = self.options.format.is_empty() && self.options.soak.is_none();
        let (book, _, kept) = self.keep();
        if let Err(error) = kept {
            failure::report(speaker, &error);
        } else if let Some(folder) = &self.options.output {
            let folder = socklab_say::path(folder);
            complain("", &say!(speaker, "grade-kept-so-far", folder = folder));
        } else if shown {
            table::show(speaker, &book, None);
        }
    }
}

/// What is different from the round before, if there was one.
fn changes(
    history: &History,
    round: u32,
    assignment: &Assignment,
    book: &Gradebook,
) -> Vec<Difference> {
    let of = |now: &Graded| {
        let earlier = history.earlier(round, &now.student.id);
        let number = history
            .entries
            .iter()
            .rev()
            .find(|entry| entry.round < round && entry.graded.student.id == now.student.id)?;
        let before = history.rounds.iter().find(|it| it.number == number.round)?;
        let same = |one: &&&Graded| {
            one.attempt.as_ref().map(|it| it.number) == now.attempt.as_ref().map(|it| it.number)
        };
        let earlier = earlier.iter().find(same).or(earlier.last())?;
        difference((&before.assignment, earlier), (assignment, now))
    };
    let known = book.results.iter().filter(|now| now.state.has_points());
    known.filter_map(of).collect()
}
