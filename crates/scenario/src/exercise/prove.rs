//! Tests an exercise with programs whose verdicts are known: its solutions earn all points, its
//! starters do not pass, each planted bug fails exactly its cases, and the programs in `accepted/`
//! pass.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread;

use socklab_say::Sentence;

use super::build::{BuildError, BuildFolder, Built};
use super::check::{CaseReport, Check, Report};
use super::code::Code;
use super::gaps::Template;
use crate::course::Course;
use crate::engine::Runner;
use crate::format::Exercise;
use crate::item_kind::ItemKind;
use crate::recording::{NamesUsed, Recording, Trouble};
use crate::verdict::CaseState;

/// How one program of an exercise was judged.
#[derive(Clone, Debug)]
pub struct Proof<'a> {
    /// Its file: `solution.py`, `starter.py`, `bugs/one-recv.py`, `accepted/kurose.py`.
    pub program: String,
    /// Whether the verdict was right.
    pub outcome: ProofOutcome<'a>,
}

/// Whether a program was judged as it should be.
#[derive(Clone, Debug)]
pub enum ProofOutcome<'a> {
    /// It was judged correctly.
    Good,
    /// It was not run, because this tool is not installed.
    NotRun(String),
    /// It says nothing here: names and ports are the machine's, and it asks for a name, knows a port
    /// that is not free, or is told from a right program by the addresses of names.
    Elsewhere,
    /// It was judged incorrectly. If cases were run, the first that did not pass is included.
    Wrong(Wrong, Option<Box<CaseReport<'a>>>),
}

/// What was wrong with a program or its verdict.
#[derive(Clone, Debug)]
pub enum Wrong {
    /// A mark of its gaps, in this line, is misplaced.
    Marks(usize, Sentence),
    /// A rule of the wire matched nothing in this case, so that the case shows nothing.
    IdleRule {
        /// The case.
        case: String,
        /// The rule.
        rule: String,
        /// How many frames it was about.
        seen: u64,
    },
    /// It could not be built.
    NoProgram(String),
    /// A case could not be run.
    NotRun,
    /// It did not pass these cases, but should.
    DoesNotPass(Vec<String>),
    /// It passes, but is an untouched starter, which should not.
    Passes,
    /// It failed other cases than it should.
    Fails {
        /// The cases it failed.
        failed: Vec<String>,
        /// The cases it should fail.
        wanted: Vec<String>,
    },
}

/// How a program should be judged.
#[derive(Clone, Debug)]
enum Requirement {
    /// It earns all points.
    Everything,
    /// It passes the core; the robust cases do not matter.
    Core,
    /// It does not pass the core.
    Nothing,
    /// These cases fail, those that depend on them are not run, and all others pass.
    Fails(Vec<String>),
}

/// A program to run.
pub(super) struct Job {
    pub(super) program: String,
    code: Code,
    text: Vec<u8>,
    requirement: Requirement,
    /// See [`Bug::own_names`](crate::format::Bug::own_names).
    own_names: bool,
}

/// How many checks run at the same time: they spend most of their time waiting.
const AT_ONCE: usize = 4;

impl Exercise {
    /// Runs and judges all programs of the exercise.
    pub fn prove<'a>(&'a self, course: &Course, runner: &Runner) -> Vec<Proof<'a>> {
        let (jobs, mut proofs) = self.jobs(course);
        let total = jobs.len();
        let left = Mutex::new(jobs.into_iter().enumerate());
        let done = Mutex::new(Vec::with_capacity(total));
        let together = RwLock::new(());
        thread::scope(|scope| {
            let work = || {
                loop {
                    // No thread panics while it holds either lock.
                    let next = left.lock().ok().and_then(|mut left| left.next());
                    let Some((index, job)) = next else { return };
                    let outcome = self.try_job(&job, runner, &together);
                    if let Ok(mut done) = done.lock() {
                        done.push((index, Proof { program: job.program, outcome }));
                    }
                }
            };
            for _ in 1..AT_ONCE {
                // Where no more threads can be had, there are fewer of them.
                let _ = thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_by_key(|(index, _)| *index);
        proofs.extend(done.into_iter().map(|(_, proof)| proof));
        proofs
    }

    /// The programs to run, and the problems of those that cannot be run.
    pub(super) fn jobs<'a>(&'a self, course: &Course) -> (Vec<Job>, Vec<Proof<'a>>) {
        let folder = ItemKind::Exercise.path(&self.name);
        let (mut jobs, mut wrong) = (Vec::new(), Vec::new());
        for code in course.offered(&self.name) {
            let name = format!("solution.{}", code.extension());
            let text = course.file(folder.join(&name)).unwrap_or_default();
            match Template::parse(code, &String::from_utf8_lossy(text)) {
                Ok(template) => {
                    let starter = template.starter(|_| "…".to_owned(), |_| None);
                    let starters = format!("starter.{}", code.extension());
                    jobs.push(Job::new(&name, template.solution(), Requirement::Everything));
                    jobs.push(Job::new(&starters, starter, Requirement::Nothing));
                }
                Err((line, what)) => wrong.push(Proof {
                    program: name,
                    outcome: ProofOutcome::Wrong(Wrong::Marks(line, what), None),
                }),
            }
        }
        for bug in &self.bugs {
            let name = format!("bugs/{}", bug.file);
            let text = course.file(folder.join(&name)).unwrap_or_default();
            let job = Job::new(&name, text, Requirement::Fails(bug.fails.clone()));
            jobs.push(job.map(|job| Job { own_names: bug.own_names, ..job }));
        }
        for (path, text) in course.files_below(&folder.join("accepted")) {
            let name = path.strip_prefix(&folder).unwrap_or(path).display().to_string();
            jobs.push(Job::new(&name, text, Requirement::Core));
        }
        // Who does all that is asked here and more has done what is asked here.
        for neighbour in &self.also_passed_by {
            let folder = ItemKind::Exercise.path(neighbour);
            for code in course.offered(neighbour) {
                let name = format!("solution.{}", code.extension());
                let text = course.file(folder.join(&name)).unwrap_or_default();
                if let Ok(template) = Template::parse(code, &String::from_utf8_lossy(text)) {
                    let name = format!("{neighbour}/{name}");
                    jobs.push(Job::new(&name, template.solution(), Requirement::Core));
                }
            }
        }
        (jobs.into_iter().flatten().collect(), wrong)
    }

    /// Runs and judges one program. `together` is locked while others may run, too.
    fn try_job<'a>(
        &'a self,
        job: &Job,
        runner: &Runner,
        together: &RwLock<()>,
    ) -> ProofOutcome<'a> {
        let (built, _folder) = match self.build(job) {
            Ok(built) => built,
            Err(BuildError::Missing { tool }) => return ProofOutcome::NotRun(tool),
            Err(error) => return ProofOutcome::Wrong(Wrong::NoProgram(error.to_string()), None),
        };
        let submission = &built.submission;
        let run = || Check { exercise: self, submission, runner, only: None }.run(|_| true);
        let mut report = {
            let _together = together.read().unwrap_or_else(PoisonError::into_inner);
            run()
        };
        // Programs that run at the same time take each other's processor, and on the machine's own loopback
        // each other's port. What is wrong with an exercise is also wrong when a program is alone.
        if job.requirement.judge(&report).is_some() {
            let _alone = together.write().unwrap_or_else(PoisonError::into_inner);
            report = run();
        }
        let mut recordings = report.cases.iter().filter_map(|done| done.recording.as_ref());
        let machines = |recording: &Recording| matches!(recording.names, NamesUsed::Machine { .. });
        if job.own_names && recordings.any(machines) {
            return ProofOutcome::Elsewhere;
        }
        let wrong = job.requirement.judge(&report).or_else(|| job.idle_rule(&report));
        let Some(wrong) = wrong else { return ProofOutcome::Good };
        let mut troubles = report.cases.iter().filter_map(|done| done.verdict.trouble.as_ref());
        let elsewhere = |trouble: &Trouble| {
            use Trouble::{Names, Packets, Port, Wire};
            matches!(trouble, Names { .. } | Packets { .. } | Port { .. } | Wire { .. })
        };
        if troubles.any(elsewhere) {
            return ProofOutcome::Elsewhere;
        }
        let could_not = |done: &CaseReport<'_>| done.verdict.state == CaseState::InfraError;
        let has_problem = |done: &CaseReport<'_>| done.problem().is_some();
        let first = match &wrong {
            Wrong::NotRun => report.cases.iter().position(could_not),
            // Why it fails a case that it should pass says more than why it fails another one.
            Wrong::Fails { wanted, .. } => {
                let surprises = |done: &CaseReport<'_>| {
                    matches!(done.verdict.state, CaseState::Failed | CaseState::Timeout)
                        && !wanted.contains(&done.case.name)
                };
                let surprise = report.cases.iter().position(surprises);
                surprise.or_else(|| report.cases.iter().position(has_problem))
            }
            _ => report.cases.iter().position(has_problem),
        };
        let first = first.and_then(|at| report.cases.into_iter().nth(at));
        // The report borrows the program, which is dropped here; take the case from the exercise.
        let first = first.and_then(|done| {
            let case = self.cases.iter().find(|case| case.name == done.case.name)?;
            let CaseReport { verdict, recording, .. } = done;
            Some(Box::new(CaseReport { case, verdict, recording }))
        });
        ProofOutcome::Wrong(wrong, first)
    }
}

impl Exercise {
    /// Builds a program, in a folder that must outlive it.
    pub(super) fn build(&self, job: &Job) -> Result<(Built, BuildFolder), BuildError> {
        let folder = BuildFolder::open()?;
        let file = folder.path().join(format!("{}.{}", self.name, job.code.extension()));
        fs::write(&file, &job.text).map_err(|source| BuildError::Call {
            call: "write",
            object: socklab_say::path(&file),
            source,
        })?;
        Ok((Built::from_source(job.code, &file, &self.arguments)?, folder))
    }
}

impl Job {
    /// A rule that has nothing to do with a program that does all that is asked for.
    fn idle_rule(&self, report: &Report<'_>) -> Option<Wrong> {
        let solves = matches!(self.requirement, Requirement::Everything);
        let mut cases = report.cases.iter().filter(|_| solves);
        cases.find_map(|done| {
            let idle = done.recording.as_ref()?.idle_rules().next()?;
            let (case, rule) = (done.case.name.clone(), idle.rule.clone());
            Some(Wrong::IdleRule { case, rule, seen: idle.seen })
        })
    }

    /// True for the file that a student begins with.
    pub(super) fn is_starter(&self) -> bool {
        matches!(self.requirement, Requirement::Nothing)
    }

    fn new(program: &str, text: impl Into<Vec<u8>>, requirement: Requirement) -> Option<Self> {
        let code = Code::of(Path::new(program))?;
        let (program, text) = (program.to_owned(), text.into());
        Some(Self { program, code, text, requirement, own_names: false })
    }
}

impl Requirement {
    /// What is wrong with a report, if anything is.
    fn judge(&self, report: &Report<'_>) -> Option<Wrong> {
        if report.unknown(false).or(report.unknown(true)).is_some() {
            return Some(Wrong::NotRun);
        }
        let names = |wanted: &dyn Fn(CaseState, bool) -> bool| -> Vec<String> {
            let cases = report.cases.iter();
            let found = cases.filter(|done| wanted(done.verdict.state, done.case.robust));
            found.map(|done| done.case.name.clone()).collect()
        };
        match self {
            Self::Everything => {
                let missed = names(&|state, _| state != CaseState::Passed);
                (!missed.is_empty()).then_some(Wrong::DoesNotPass(missed))
            }
            Self::Core => {
                let missed = names(&|state, robust| !robust && state != CaseState::Passed);
                (!missed.is_empty()).then_some(Wrong::DoesNotPass(missed))
            }
            Self::Nothing => report.core_passed().then_some(Wrong::Passes),
            Self::Fails(wanted) => {
                let failed =
                    names(&|state, _| matches!(state, CaseState::Failed | CaseState::Timeout));
                let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
                (set(&failed) != set(wanted))
                    .then(|| Wrong::Fails { failed, wanted: wanted.clone() })
            }
        }
    }
}
