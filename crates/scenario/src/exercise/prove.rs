//! An exercise proves itself: its solutions earn all points, its starters do not pass, each planted
//! bug fails exactly the cases it is planted for, and what must be accepted is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use super::check::{CaseReport, Check, Report};
use super::code::Code;
use super::gaps::Template;
use super::workshop::{BuildError, Built, Workshop};
use crate::course::Course;
use crate::engine::Stagehand;
use crate::format::{Exercise, Sentence};
use crate::verdict::State;

/// What came of one program.
#[derive(Clone, Debug)]
pub struct Proof<'a> {
    /// Which: `solution.py`, `starter.py`, `bugs/one-recv.py`, `accepted/kurose.py`.
    pub program: String,
    /// How it went.
    pub outcome: ProofOutcome<'a>,
}

/// How a proof went.
#[derive(Clone, Debug)]
pub enum ProofOutcome<'a> {
    /// As it should.
    Good,
    /// This is needed and not on this machine.
    NotRun(String),
    /// Otherwise than it should. Where cases were run: the first that did not pass.
    Wrong(Wrong, Option<Box<CaseReport<'a>>>),
}

/// What was not as it should be.
#[derive(Clone, Debug)]
pub enum Wrong {
    /// The marks of its gaps do not fit, from this line on.
    Marks(usize, Sentence),
    /// There is no program to run.
    NoProgram(String),
    /// A case could not be run.
    NotRun,
    /// It should pass these cases.
    DoesNotPass(Vec<String>),
    /// An untouched starter should not pass.
    Passes,
    /// It should fail other cases.
    Fails {
        /// Those it failed.
        failed: Vec<String>,
        /// Those it should.
        wanted: Vec<String>,
    },
}

/// What a program should do.
#[derive(Clone, Debug)]
enum Wanted {
    /// All points.
    Everything,
    /// The core, and nothing said about the rest.
    Core,
    /// Not the core.
    Nothing,
    /// These cases fail, those that depend on them are not run, and all others pass.
    Fails(Vec<String>),
}

struct Job {
    program: String,
    code: Code,
    text: Vec<u8>,
    wanted: Wanted,
}

/// How many checks run at once: they mostly wait.
const AT_ONCE: usize = 4;

impl Exercise {
    /// Runs everything that the exercise has programs for.
    pub fn prove<'a>(&'a self, course: &Course, stagehand: &Stagehand) -> Vec<Proof<'a>> {
        let (jobs, mut proofs) = self.jobs(course);
        let total = jobs.len();
        let left = Mutex::new(jobs.into_iter().enumerate());
        let done = Mutex::new(Vec::with_capacity(total));
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    loop {
                        // No thread panics while it holds either lock.
                        let next = left.lock().ok().and_then(|mut left| left.next());
                        let Some((index, job)) = next else { return };
                        let outcome = self.try_job(&job, stagehand);
                        if let Ok(mut done) = done.lock() {
                            done.push((index, Proof { program: job.program, outcome }));
                        }
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_by_key(|(index, _)| *index);
        proofs.extend(done.into_iter().map(|(_, proof)| proof));
        proofs
    }

    /// What is to be tried, and what is wrong before anything is.
    fn jobs<'a>(&'a self, course: &Course) -> (Vec<Job>, Vec<Proof<'a>>) {
        let folder = Path::new("exercises").join(&self.name);
        let (mut jobs, mut wrong) = (Vec::new(), Vec::new());
        for code in Code::ALL {
            let name = format!("solution.{}", code.extension());
            let text = course.file(folder.join(&name)).unwrap_or_default();
            match Template::parse(code, &String::from_utf8_lossy(text)) {
                Ok(template) => {
                    let starter = template.starter(|_| "…".to_owned());
                    let starters = format!("starter.{}", code.extension());
                    jobs.push(Job::new(&name, template.solution(), Wanted::Everything));
                    jobs.push(Job::new(&starters, starter, Wanted::Nothing));
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
            jobs.push(Job::new(&name, text, Wanted::Fails(bug.fails.clone())));
        }
        for (path, text) in course.files_below(&folder.join("accepted")) {
            let name = path.strip_prefix(&folder).unwrap_or(path).display().to_string();
            jobs.push(Job::new(&name, text, Wanted::Core));
        }
        (jobs.into_iter().flatten().collect(), wrong)
    }

    fn try_job<'a>(&'a self, job: &Job, stagehand: &Stagehand) -> ProofOutcome<'a> {
        let own = self.arguments.get(job.code.name());
        let arguments = own.or_else(|| self.arguments.get("")).cloned().unwrap_or_default();
        let built = Workshop::open().and_then(|workshop| {
            let file = workshop.path().join(format!("{}.{}", self.name, job.code.extension()));
            fs::write(&file, &job.text).map_err(|source| BuildError::Call {
                call: "write",
                object: file.display().to_string(),
                source,
            })?;
            Ok((Built::from_source(job.code, &file, &arguments)?, workshop))
        });
        let (built, _workshop) = match built {
            Ok(built) => built,
            Err(BuildError::Missing { tool }) => return ProofOutcome::NotRun(tool),
            Err(error) => return ProofOutcome::Wrong(Wrong::NoProgram(error.to_string()), None),
        };
        let submission = &built.submission;
        let report = Check { exercise: self, submission, stagehand, only: None }.run(|_| true);
        let Some(wrong) = job.wanted.judge(&report) else { return ProofOutcome::Good };
        let could_not = |done: &CaseReport<'_>| done.verdict.state == State::InfraError;
        let first = match wrong {
            Wrong::NotRun => report.cases.into_iter().find(could_not),
            _ => report.cases.into_iter().find(|done| done.problem().is_some()),
        };
        // The report borrows the program, which goes away here; its cases are the exercise's.
        let first = first.and_then(|done| {
            let case = self.cases.iter().find(|case| case.name == done.case.name)?;
            let CaseReport { verdict, recording, .. } = done;
            Some(Box::new(CaseReport { case, verdict, recording }))
        });
        ProofOutcome::Wrong(wrong, first)
    }
}

impl Job {
    fn new(program: &str, text: impl Into<Vec<u8>>, wanted: Wanted) -> Option<Self> {
        let code = Code::of(Path::new(program))?;
        Some(Self { program: program.to_owned(), code, text: text.into(), wanted })
    }
}

impl Wanted {
    /// What is wrong with a report, if anything is.
    fn judge(&self, report: &Report<'_>) -> Option<Wrong> {
        if report.infra_error().is_some() {
            return Some(Wrong::NotRun);
        }
        let names = |wanted: &dyn Fn(State, bool) -> bool| -> Vec<String> {
            let cases = report.cases.iter();
            let found = cases.filter(|done| wanted(done.verdict.state, done.case.robust));
            found.map(|done| done.case.name.clone()).collect()
        };
        match self {
            Self::Everything => {
                let missed = names(&|state, _| state != State::Passed);
                (!missed.is_empty()).then_some(Wrong::DoesNotPass(missed))
            }
            Self::Core => {
                let missed = names(&|state, robust| !robust && state != State::Passed);
                (!missed.is_empty()).then_some(Wrong::DoesNotPass(missed))
            }
            Self::Nothing => report.core_passed().then_some(Wrong::Passes),
            Self::Fails(wanted) => {
                let failed = names(&|state, _| matches!(state, State::Failed | State::Timeout));
                let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
                (set(&failed) != set(wanted))
                    .then(|| Wrong::Fails { failed, wanted: wanted.clone() })
            }
        }
    }
}
