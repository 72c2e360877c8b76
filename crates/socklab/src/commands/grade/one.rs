//! Grades one submission: unpacks, builds and runs it, and again if the machine has failed.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use socklab_grade::{Graded, State};
use socklab_say::say;
use socklab_scenario::exercise::{BuildFolder, Built, CaseReport, Check, Code};
use socklab_scenario::format::Case;

use super::files;
use super::pool::{Job, Pool};
use crate::commands::Subject;
use crate::commands::check::shell_words;
use crate::graded::{self, Submitted};

/// What grading a submission led to.
pub(super) enum Led {
    /// A result, and the key under which it counts again, if it is new.
    To(Box<Graded>, Option<String>),
    /// Nothing: time was up, or the grading is to stop.
    Nowhere,
}

impl Pool<'_> {
    /// Grades a submission, or finds what it came to before.
    ///
    /// # Errors
    ///
    /// What belongs to the student could not be written.
    pub(super) fn one(&self, job: &Job<'_>) -> Result<Led> {
        let began = Instant::now();
        let mut submitted = Submitted {
            student: job.who.student.clone(),
            attempt: job.attempt.map(super::handed::Submission::attempt),
            ..Submitted::default()
        };
        let Some(attempt) = job.attempt else {
            let graded = graded::no_submission(&submitted, say!(self.texts, "grade-nothing"));
            return Ok(Led::To(Box::new(graded), None));
        };
        let mut retries = 0;
        loop {
            let unpacked =
                BuildFolder::open().map_err(|error| error.to_string()).and_then(|folder| {
                    match attempt.unpack(folder.path()) {
                        Ok(unpacked) => Ok((folder, unpacked)),
                        Err(error) => Err(error.to_string()),
                    }
                });
            let mut graded = match unpacked {
                Err(why) => graded::infra_error(&submitted, why),
                Ok((folder, unpacked)) => {
                    submitted.sha256.clone_from(&unpacked.sha256);
                    if retries == 0
                        && let Some(known) = self.known(&submitted)
                    {
                        return Ok(Led::To(Box::new(known), None));
                    }
                    if self.is_over() {
                        return Ok(Led::Nowhere);
                    }
                    let code = self.options.code.map(Into::into);
                    match unpacked.main_file(self.options.file.as_deref(), code) {
                        None => {
                            let why = say!(self.texts, "grade-nothing");
                            graded::no_submission(&submitted, why)
                        }
                        Some((file, code)) => {
                            submitted.file = file.display().to_string();
                            submitted.language = code.name().to_owned();
                            match self.run_file(code, folder.path(), &submitted, job)? {
                                Some(graded) => graded,
                                None => return Ok(Led::Nowhere),
                            }
                        }
                    }
                }
            };
            if graded.state == State::InfraError && retries < self.options.retries {
                retries += 1;
                if self.is_over() {
                    return Ok(Led::Nowhere);
                }
                continue;
            }
            graded.retries = retries;
            graded.used.milliseconds = milliseconds(began.elapsed());
            return Ok(Led::To(Box::new(graded), Some(self.key(&submitted.sha256))));
        }
    }

    /// Builds and runs a file, and writes what belongs to it; `None` if time was up before it had an
    /// end.
    fn run_file(
        &self,
        code: Code,
        folder: &Path,
        submitted: &Submitted,
        job: &Job<'_>,
    ) -> Result<Option<Graded>> {
        let exercise = self.judge.exercise;
        let file = folder.join(&submitted.file);
        let built = match Built::from_source(code, &file, &exercise.arguments) {
            Ok(built) => built,
            Err(error) => {
                let mut graded = self.judge.unbuilt(self.texts, submitted, &error);
                tidy(&mut graded, folder);
                return Ok(Some(graded));
            }
        };
        let check =
            Check { exercise, submission: &built.submission, runner: self.runner, only: None };
        let mut times = Vec::new();
        let mut last = Instant::now();
        let report = check.run(|_: &CaseReport<'_>| {
            times.push(last.elapsed());
            last = Instant::now();
            !self.is_over()
        });
        if report.cases.len() < exercise.cases.len() {
            return Ok(None);
        }
        let subject = Subject::Source { code, file };
        let again = |case: &Case| self.again(case, &submitted.file);
        let mut graded = self.judge.graded(self.texts, submitted, &subject, &report, again);
        for (case, took) in graded.cases.iter_mut().zip(times) {
            case.milliseconds = milliseconds(took);
        }
        graded.compiler.clone_from(&built.warnings);
        if self.options.without_sandbox {
            graded.unsafe_because.get_or_insert_with(|| "--unsafe".to_owned());
        }
        tidy(&mut graded, folder);
        if let Some(out) = self.out {
            let place = files::Place::of(job);
            files::of_cases(self.texts, &out.folder, &place, &report, &self.judge, &mut graded)?;
        }
        Ok(Some(graded))
    }

    /// The command with which a student, beside the own file, repeats a case.
    fn again(&self, case: &Case, file: &str) -> String {
        let seed = self.judge.seed.to_string();
        let name = self.judge.exercise.name.as_str();
        let mut words: Vec<String> =
            ["socklab", "check", name, "--case", &case.name, "--seed", &seed]
                .map(str::to_owned)
                .into();
        if !self.options.without_sandbox {
            words.push("--sandbox".to_owned());
        }
        words.extend(self.judged.words.iter().cloned());
        words.extend(["--".to_owned(), file.to_owned()]);
        shell_words(&words)
    }
}

/// How much of what a compiler said is kept, in bytes.
const LONGEST: usize = 64 << 10;

/// The largest number of bytes, at most `most`, at which a text can be cut.
fn floor(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Names the student's files as the student knows them, without the folder that they were in here;
/// and keeps what a compiler said within limits.
fn tidy(graded: &mut Graded, folder: &Path) {
    let folders = [Some(folder.to_owned()), folder.canonicalize().ok()];
    let prefixes: Vec<String> =
        folders.into_iter().flatten().map(|it| format!("{}/", it.display())).collect();
    let strip = |text: &mut String| {
        for prefix in &prefixes {
            if text.contains(prefix.as_str()) {
                *text = text.replace(prefix.as_str(), "");
            }
        }
    };
    graded.why.iter_mut().for_each(strip);
    strip(&mut graded.compiler);
    graded.compiler.truncate(floor(&graded.compiler, LONGEST));
    for case in &mut graded.cases {
        case.problem.iter_mut().for_each(strip);
        case.did.iter_mut().for_each(|did| strip(&mut did.text));
        case.explanations.iter_mut().chain(&mut case.hints).for_each(strip);
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
