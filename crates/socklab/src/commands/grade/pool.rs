//! Grades all submissions, several at once. A case runs in a process of its own, so that threads are
//! enough; what they share is the list of what is left, and the journal.

use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Error, Result};
use socklab_grade::class::{Enrolled, Submission};
use socklab_grade::journal::key;
use socklab_grade::{CaseResult, CaseState, Counted, Graded};
use socklab_say::{Speaker, count, duration, say};
use socklab_scenario::Runner;

use super::judge::Judged;
use super::one::Led;
use super::so_far::SoFar;
use super::table;
use crate::cli;
use crate::graded::{Judge, Submitted};
use crate::output::eprintln;
use crate::terminal::gauge::{self, Gauge};

/// How often the bar is drawn anew while nothing is done.
const MOMENT: Duration = Duration::from_millis(500);

/// A submission to be graded, or somebody without one.
pub(super) struct Job<'c> {
    /// The student's place in the list.
    pub(super) at: usize,
    pub(super) who: &'c Enrolled,
    pub(super) attempt: Option<&'c Submission>,
    /// True if others of the same student are graded too.
    pub(super) several: bool,
}

/// What grades.
pub(super) struct Pool<'a> {
    /// Speaks to whoever waits.
    pub(super) speaker: Speaker,
    /// Speaks to those who read the results.
    pub(super) texts: Speaker,
    pub(super) options: &'a cli::Grade,
    pub(super) judged: &'a Judged,
    pub(super) judge: Judge<'a>,
    pub(super) runner: &'a Runner,
    /// What comes of it.
    pub(super) so_far: &'a SoFar,
    /// When no more is begun.
    pub(super) end: Option<Instant>,
    /// Set when the results can't be kept.
    pub(super) stopped: AtomicBool,
    /// How many programs are run for their exam just now.
    pub(super) proving: AtomicUsize,
}

/// A program that is run for its exam, as long as this lives.
pub(super) struct Proving<'p>(&'p AtomicUsize);

impl Drop for Proving<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What grading them came to.
pub(super) struct Results {
    /// How many results are new.
    pub(super) graded: u32,
    /// Why it ended early, if it did.
    pub(super) trouble: Option<Error>,
}

/// What the main thread is told by the others.
enum News {
    /// A result, of the student at this place; true if it was known before.
    Graded(usize, Box<Graded>, bool),
    /// Results can't be kept.
    Trouble(Error),
}

impl<'a> Pool<'a> {
    /// The same again, for another round.
    pub(super) fn another_round(&self) -> Pool<'a> {
        let stopped = AtomicBool::new(self.stopped.load(Ordering::SeqCst));
        Pool { judge: self.judge.clone(), stopped, proving: AtomicUsize::new(0), ..*self }
    }

    /// Grades all of them until time is up.
    pub(super) fn run(&self, jobs: &[Job<'_>]) -> Results {
        let left = Mutex::new(jobs.iter());
        // No thread panics while it holds the lock.
        let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = |news: &Sender<News>| {
            while let Some(job) = next() {
                if self.stopped.load(Ordering::SeqCst) || self.so_far.is_ended() {
                    break;
                }
                if let Err(error) = self.grade(job, news) {
                    self.stopped.store(true, Ordering::SeqCst);
                    drop(news.send(News::Trouble(error)));
                }
            }
        };
        let (sender, news) = channel();
        let mut trouble = None;
        let mut progress = Progress::new(self.speaker, jobs.len());
        thread::scope(|scope| {
            for number in 0..self.options.jobs {
                let sender = sender.clone();
                let started = thread::Builder::new().spawn_scoped(scope, move || work(&sender));
                if let (Err(error), 0) = (started, number) {
                    trouble = Some(Error::from(error).context("clone, a thread that grades"));
                    break;
                }
            }
            drop(sender);
            progress.show();
            loop {
                let told = match news.recv_timeout(MOMENT) {
                    Ok(told) => told,
                    Err(RecvTimeoutError::Timeout) => {
                        progress.proving(self.proving.load(Ordering::SeqCst));
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                };
                match told {
                    News::Graded(at, graded, known) => {
                        // Whoever reads of it and interrupts finds it in the pages.
                        self.so_far.add(at, (*graded).clone());
                        progress.advance(self.speaker, self, &graded, known);
                    }
                    News::Trouble(error) => {
                        trouble.get_or_insert(error);
                    }
                }
            }
        });
        gauge::hide();
        Results { graded: progress.graded, trouble }
    }

    fn grade(&self, job: &Job<'_>, news: &Sender<News>) -> Result<()> {
        // The main thread listens until all have ended.
        let tell = |graded, known| drop(news.send(News::Graded(job.at, graded, known)));
        let keep = |graded: Box<Graded>, key: String| {
            if self.so_far.is_ended() {
                return Ok(());
            }
            if let Some(out) = &self.so_far.out {
                out.append(key, &graded)?;
            }
            tell(graded, false);
            Ok(())
        };
        match self.one(job, &keep)? {
            Led::To(graded, Some(key)) => keep(graded, key)?,
            Led::To(graded, None) if !self.so_far.is_ended() => tell(graded, true),
            Led::To(..) | Led::Nowhere => {}
        }
        Ok(())
    }

    /// Notes that a program is run for its exam.
    pub(super) fn proving(&self) -> Proving<'_> {
        self.proving.fetch_add(1, Ordering::SeqCst);
        Proving(&self.proving)
    }

    /// True if no more is to be begun.
    pub(super) fn is_over(&self) -> bool {
        let late = self.end.is_some_and(|end| Instant::now() >= end);
        late || self.stopped.load(Ordering::SeqCst) || self.so_far.is_ended()
    }

    /// Under which key a result counts again: everything that it depends on.
    pub(super) fn key(&self, submission: &str) -> String {
        let judge = &self.judge;
        let pack = judge.pack.map_or("", |pack| pack.sha256.as_str());
        key(&[
            submission,
            judge.sha256,
            pack,
            &judge.seed.to_string(),
            self.options.file.as_deref().unwrap_or_default(),
            self.options.code.as_deref().unwrap_or_default(),
            if self.options.without_sandbox { "unsafe" } else { "" },
        ])
    }

    /// What this submission came to before, told of this student as the class is now; and whether that
    /// is all, or the questions of its exam are still to be found.
    pub(super) fn known(&self, submitted: &Submitted) -> Option<(Graded, bool)> {
        let out = self.so_far.out.as_ref()?;
        let key = self.key(&submitted.sha256);
        let known = out.history.known(out.round, &submitted.student.id, &key)?;
        // It was graded when the points of that case did not count.
        let fails = |case: &CaseResult| case.state == CaseState::InfraError;
        if out.assignment.counted == Counted::All && known.cases.iter().any(fails) {
            return None;
        }
        let whole = !out.lacks_questions(known);
        let (student, attempt) = (submitted.student.clone(), submitted.attempt.clone());
        Some((Graded { student, attempt, ..known.clone() }, whole))
    }
}

/// How far it is, for whoever waits.
struct Progress {
    gauge: Gauge,
    visible: bool,
    began: Instant,
    /// How many were really graded, and how many are left.
    graded: u32,
    left: usize,
    time: String,
    /// How many programs are run for their exam.
    proving: usize,
    speaker: Speaker,
}

impl Progress {
    fn new(speaker: Speaker, all: usize) -> Self {
        let visible = stderr().is_terminal();
        Self {
            gauge: Gauge::new(all, visible),
            visible,
            began: Instant::now(),
            graded: 0,
            left: all,
            time: String::new(),
            proving: 0,
            speaker,
        }
    }

    fn show(&self) {
        let proving = count(self.proving as u64);
        let exam = (self.proving > 0)
            .then(|| say!(self.speaker, "grade-exam-proving", programs = proving));
        let told: Vec<String> =
            [self.time.clone()].into_iter().filter(|it| !it.is_empty()).chain(exam).collect();
        self.gauge.show(&told.join(" · "));
    }

    fn proving(&mut self, programs: usize) {
        if self.proving != programs {
            self.proving = programs;
            self.show();
        }
    }

    fn advance(&mut self, speaker: Speaker, pool: &Pool<'_>, graded: &Graded, known: bool) {
        self.left = self.left.saturating_sub(1);
        self.graded += u32::from(!known);
        gauge::hide();
        if !known {
            if !self.visible {
                eprintln!("{}", table::line(speaker, &pool.judge, graded));
            }
            let each = self.began.elapsed() / self.graded;
            let left = rounded(each * u32::try_from(self.left).unwrap_or(u32::MAX));
            self.time = match left {
                0 => String::new(),
                _ => say!(self.speaker, "grade-time-left", time = duration(left)),
            };
        }
        self.gauge.advance();
        self.show();
    }
}

/// Nobody wants to know it more exactly than to the second.
fn rounded(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000_000_000)
}
