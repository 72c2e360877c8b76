//! `course soak`: repeats questions, and checks of programs, on a busy machine. No verdict may change.

mod report;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{BuildError, Change, Check, Exhibit, Outcome, Tally};
use socklab_scenario::format::{Exercise, Question};
use socklab_scenario::{ItemKind, Runner};

use super::check::{Subject, again, not_here, reason, shell_words, some_seed};
use super::course_check::unanswered;
use super::exercise::Material;
use crate::cli::{CourseSoak, WhichCourse};
use crate::course;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{self, println};
use crate::scenario::{self, answered};
use crate::style;
use crate::terminal::gauge;
use crate::terminal::gauge::Gauge;
use report::Soaked;

/// Where the programs of a built-in exercise are once they are copied as the report says.
const COPIES: &str = "programs";

/// What is done again and again, and what became of it.
struct Repeated<'a> {
    what: What<'a>,
    tally: Mutex<Tally>,
}

/// What is done.
enum What<'a> {
    /// A question is asked: the evidence must show an answer.
    Question(&'a Question),
    /// A program is checked.
    Program {
        exercise: &'a Exercise,
        exhibit: Box<Exhibit>,
        /// The command that checks it again, but for case and seed.
        subject: Subject,
    },
}

/// The one case of a question.
const ANSWER: &str = "answer";

/// What the main thread is told while the checks run.
enum News {
    /// A thread has no more checks to do.
    Done,
    /// This process is to end.
    Signal(i32),
}

/// Tells that a thread is done when it is dropped, even by a panic.
struct TellsWhenDropped(Sender<News>);

impl Drop for TellsWhenDropped {
    fn drop(&mut self) {
        // The main thread listens until all are done.
        let _ = self.0.send(News::Done);
    }
}

/// Runs the checks.
pub(crate) fn soak(speaker: Speaker, options: &CourseSoak) -> Result<ExitCode> {
    let (sender, news) = channel();
    let checking = Arc::new(AtomicBool::new(false));
    let (signals, reports) = (sender.clone(), Arc::clone(&checking));
    // The first signal while checks run ends with a report, a second one at once.
    scenario::end_cleanly_unless(move |signal| {
        reports.swap(false, Ordering::SeqCst) && signals.send(News::Signal(signal)).is_ok()
    })?;
    let material = Material::load(speaker, &options.which)?;
    let (questions, exercises) = named(speaker, &material, options)?;
    let mut missing = Vec::new();
    let mut programs: Vec<Repeated<'_>> = questions.iter().map(Repeated::question).collect();
    for exercise in &exercises {
        programs.extend(gather(speaker, &material, exercise, options, &mut missing)?);
    }
    let first_seed = options.seed.unwrap_or_else(some_seed);
    let jobs: Vec<(u64, &Repeated<'_>)> = (0..u64::from(options.times))
        .flat_map(|round| programs.iter().map(move |program| (round, program)))
        .map(|(round, program)| (first_seed.wrapping_add(round), program))
        .collect();
    let start = Instant::now();
    let runner = scenario::runner(speaker, first_seed)?;
    let report = |checks: usize, interrupted: bool| Soaked {
        seed: first_seed,
        checks,
        of: jobs.len(),
        took: start.elapsed(),
        interrupted,
        missing: &missing,
        programs: &programs,
    };
    let tell = |report: &Soaked<'_>| match options.json {
        true => output::write_json(&report.as_json(options)),
        false => {
            report.print(speaker, &material, options);
            Ok(())
        }
    };
    let repeat = Repeat {
        speaker,
        options,
        runner,
        deadline: options.within.map(|within| start + within),
        all: jobs.len(),
    };
    let interrupted = |done| tell(&report(done, true)).unwrap_or_default();
    checking.store(true, Ordering::SeqCst);
    let done = beside_busy_loops(options.load, || repeat.run(&jobs, (sender, &news), interrupted))?;
    checking.store(false, Ordering::SeqCst);
    let report = report(done, false);
    tell(&report)?;
    Ok(match (report.changes().is_empty(), report.unavailable()) {
        (false, _) => ExitReason::No.into(),
        (true, 0) => ExitCode::SUCCESS,
        (true, _) => ExitReason::Environment.into(),
    })
}

/// The questions and exercises on the command line, or all of them.
fn named(
    speaker: Speaker,
    material: &Material,
    options: &CourseSoak,
) -> Result<(Vec<Question>, Vec<Exercise>)> {
    let course = material.course();
    let all = course.questions().map_err(|error| course::mistake(speaker, &error))?;
    if options.names.is_empty() {
        return Ok((all, material.all()?));
    }
    let known = course.folders(ItemKind::Exercise);
    let (mut questions, mut exercises) = (Vec::new(), Vec::new());
    for name in &options.names {
        let same = |one: &&Question| one.name == *name || one.number.to_string() == *name;
        if known.contains(name) {
            exercises.push(material.exercise(name)?);
        } else if let Some(question) = all.iter().find(same) {
            questions.push(question.clone());
        } else {
            let what = say!(speaker, "course-copy-unknown", name = name);
            let names = all.iter().map(|one| one.name.clone()).chain(known);
            return Err(Failure::unknown(speaker, what, name, names, "socklab list").into());
        }
    }
    if !options.command.is_empty() && (exercises.len(), questions.len()) != (1, 0) {
        let what = say!(speaker, "soak-one-exercise");
        return Err(Failure::new(ExitReason::Usage, what).into());
    }
    Ok((questions, exercises))
}

/// The programs of an exercise: those that belong to it, or the one on the command line.
fn gather<'a>(
    speaker: Speaker,
    material: &Material,
    exercise: &'a Exercise,
    options: &CourseSoak,
    missing: &mut Vec<String>,
) -> Result<Vec<Repeated<'a>>> {
    let repeated = |subject: Subject, exhibit: Exhibit| Repeated {
        what: What::Program { exercise, exhibit: Box::new(exhibit), subject },
        tally: Mutex::default(),
    };
    if !options.command.is_empty() {
        let subject = Subject::find(speaker, exercise, &options.command)?;
        let built =
            subject.build(exercise, &[]).map_err(|error| not_here(speaker, exercise, &error))?;
        let name = subject.words().join(" ");
        return Ok(vec![repeated(subject, Exhibit::of(name, built))]);
    }
    let source = material.source(&exercise.name);
    let folder = source.folder.unwrap_or_else(|| COPIES.into()).join("exercises");
    let mut programs = Vec::new();
    for exhibit in material.exhibits(exercise) {
        let file = folder.join(&exercise.name).join(&exhibit.program);
        match &exhibit.built {
            Ok(_) => {
                let words = vec![file.display().to_string()];
                programs.push(repeated(Subject::Command(words), exhibit));
            }
            Err(BuildError::Missing { tool }) => {
                missing.push(format!("{}/{} ({tool})", exercise.name, exhibit.program));
            }
            Err(error) => return Err(not_here(speaker, exercise, error)),
        }
    }
    Ok(programs)
}

/// Does something while loops keep the processors busy.
pub(crate) fn beside_busy_loops<T>(load: u32, work: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..load {
            let spin = || {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            };
            // Where no more threads can be had, the load is smaller.
            let _ = thread::Builder::new().spawn_scoped(scope, spin);
        }
        let done = work();
        over.store(true, Ordering::Relaxed);
        done
    })
}

/// How to repeat checks.
struct Repeat<'a> {
    speaker: Speaker,
    options: &'a CourseSoak,
    runner: Runner,
    deadline: Option<Instant>,
    all: usize,
}

impl Repeat<'_> {
    /// Runs the checks, as many at once as there are processors, until all are done or time is up.
    /// Returns how many there were. A signal ends this process, after `interrupted` has been told
    /// how many there were until then: nobody waits for checks that hang, and their programs end
    /// with this process.
    fn run(
        &self,
        jobs: &[(u64, &Repeated<'_>)],
        (sender, news): (Sender<News>, &Receiver<News>),
        interrupted: impl Fn(usize),
    ) -> Result<usize> {
        let left = Mutex::new(jobs.iter());
        let visible = std::io::stderr().is_terminal();
        let progress = Mutex::new((Gauge::new(self.all, visible), 0));
        // No thread panics while it holds a lock.
        let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
        let is_late = || self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        let work = || {
            while let Some((seed, program)) = next().filter(|_| !is_late()) {
                let runner = Runner { seed: *seed, ..self.runner.clone() };
                let changed = program.check(self.speaker, &runner);
                let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
                gauge::hide();
                // At once, so that nothing is lost if the rest is interrupted.
                for change in changed.iter().filter(|_| !self.options.json) {
                    program.print(self.speaker, change, &self.options.which);
                }
                progress.0.advance();
                progress.1 += 1;
                progress.0.show(&program.name());
            }
        };
        thread::scope(|scope| {
            let mut working = 0;
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                let over = TellsWhenDropped(sender.clone());
                let worker = move || {
                    let _over = over;
                    work();
                };
                match thread::Builder::new().spawn_scoped(scope, worker) {
                    Ok(_) => working += 1,
                    // Where no more threads can be had, there are fewer of them.
                    Err(_) if working > 0 => break,
                    Err(error) => return Err(error).context("clone, a thread that checks"),
                }
            }
            while working > 0 {
                match news.recv()? {
                    News::Done => working -= 1,
                    News::Signal(signal) => {
                        // Whoever is about to print something waits for ever.
                        let progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
                        gauge::hide();
                        interrupted(progress.1);
                        scenario::end_by(signal);
                    }
                }
            }
            Ok(())
        })?;
        gauge::hide();
        Ok(progress.into_inner().map_or(0, |(_, done)| done))
    }
}

impl<'a> Repeated<'a> {
    fn question(question: &'a Question) -> Self {
        Self { what: What::Question(question), tally: Mutex::default() }
    }

    /// As a reader knows it: `03-tcp-client-first`, `echo-server/bugs/one-recv.py`.
    fn name(&self) -> String {
        match &self.what {
            What::Question(question) => format!("{:02}-{}", question.number, question.name),
            What::Program { exercise, exhibit, .. } => {
                format!("{}/{}", exercise.name, exhibit.program)
            }
        }
    }

    /// Does it once. Returns the cases whose verdicts had not changed before.
    fn check(&self, speaker: Speaker, runner: &Runner) -> Vec<Change> {
        match &self.what {
            What::Question(question) => {
                let answered = answered::run(speaker, question, runner);
                // What could not be run is no verdict.
                let shows = answered.as_ref().ok().and_then(|answered| match &answered.answer {
                    None if answered.recording.trouble.is_some() => None,
                    answer => Some(answer.is_some() && answered.missing.is_empty()),
                });
                self.count(|tally| {
                    tally.count_one(ANSWER, shows, runner.seed, || match &answered {
                        Ok(answered) => match answered.missing.first() {
                            None => unanswered(speaker, question, answered),
                            Some(place) => say!(speaker, "course-nothing-to-cite", place = place),
                        },
                        Err(error) => error.to_string(),
                    });
                })
            }
            What::Program { exercise, exhibit, .. } => {
                let Ok(built) = &exhibit.built else { return Vec::new() };
                let check = Check { exercise, submission: &built.submission, runner, only: None };
                let report = check.run(|_| true);
                self.count(|tally| tally.count(&report, runner.seed, |done| reason(speaker, done)))
            }
        }
    }

    fn count(&self, count: impl FnOnce(&mut Tally)) -> Vec<Change> {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let known: Vec<String> = tally.changes().into_iter().map(|change| change.case).collect();
        count(&mut tally);
        let changes = tally.changes().into_iter();
        changes.filter(|change| !known.contains(&change.case)).collect()
    }

    fn changes(&self) -> Vec<Change> {
        self.tally.lock().map(|tally| tally.changes()).unwrap_or_default()
    }

    fn again(&self, change: &Change, which: &WhichCourse) -> String {
        match &self.what {
            What::Question(question) => {
                let words = ["socklab", "what-if", &question.name].map(str::to_owned);
                let words: Vec<String> = words.into_iter().chain(which.words()).collect();
                shell_words(&words)
            }
            What::Program { exercise, subject, .. } => {
                again(&exercise.name, &change.case, change.seed, &which.words(), subject)
            }
        }
    }

    fn print(&self, speaker: Speaker, change: &Change, which: &WhichCourse) {
        let outcome = match change.rare {
            Outcome::Passed => say!(speaker, "soak-passed"),
            Outcome::Failed => say!(speaker, "soak-failed"),
            Outcome::Skipped => say!(speaker, "soak-skipped"),
        };
        let told = say!(
            speaker,
            "soak-change",
            program = self.name(),
            case = &*change.case,
            outcome = outcome
        );
        println!("{} {told}", style::paint(style::BAD, "✗"));
        if change.rare == Outcome::Passed {
            println!("  {}", say!(speaker, "soak-otherwise"));
        }
        for line in change.why.lines() {
            println!("  {line}");
        }
        println!("  {}", style::paint(style::COMMAND, self.again(change, which)));
    }
}
