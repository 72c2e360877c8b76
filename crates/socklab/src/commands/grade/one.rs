//! Grades one submission: unpacks, builds and runs it, and again if the machine has failed.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use socklab_grade::class::{Submission, UnpackError, UnpackLimits, Unpacked, Wanted, main_file};
use socklab_grade::exam::has_passed;
use socklab_grade::{Graded, State};
use socklab_say::say;
use socklab_scenario::exercise::{BuildFolder, Built, CaseReport, Check, Code};
use socklab_scenario::format::Case;
use socklab_scenario::{Runner, Used};

use super::absolute;
use super::exam;
use super::files;
use super::pool::{Job, Pool};
use crate::commands::Subject;
use crate::commands::check::shell_words;
use crate::graded::{self, Submitted};

/// What grading a submission led to.
pub(super) enum Led {
    /// A result, and the key under which it counts again, if it is new.
    To(Box<Graded>, Option<String>),
    /// Nothing more: time was up, the grading is to stop, or the result was kept already.
    Nowhere,
}

/// Keeps a result, under the key under which it counts again.
pub(super) type Keep<'k> = dyn Fn(Box<Graded>, String) -> Result<()> + 'k;

impl Pool<'_> {
    /// Grades a submission, or finds what it came to before. A result that is known while there is more
    /// to do for it is given to `keep` at once.
    ///
    /// # Errors
    ///
    /// What belongs to the student could not be written.
    pub(super) fn one(&self, job: &Job<'_>, keep: &Keep<'_>) -> Result<Led> {
        let began = Instant::now();
        let mut submitted = Submitted {
            student: job.who.student.clone(),
            attempt: job.attempt.map(Submission::attempt),
            ..Submitted::default()
        };
        let Some(attempt) = job.attempt else {
            let graded = graded::no_submission(&submitted, say!(self.texts, "grade-nothing"));
            self.clear(job);
            return Ok(Led::To(Box::new(graded), None));
        };
        let mut retries = 0;
        loop {
            let first = retries == 0;
            let mut graded = match self.unpack(attempt, &mut submitted) {
                // To find that out again costs nothing.
                Err(graded) if graded.state == State::NoSubmission => {
                    self.clear(job);
                    return Ok(Led::To(graded, None));
                }
                Err(graded) => *graded,
                Ok((folder, unpacked)) => {
                    let (known, whole) = self.known(&submitted).filter(|_| first).unzip();
                    let before = |known: Option<Graded>| match known {
                        Some(known) => Led::To(Box::new(known), None),
                        None => Led::Nowhere,
                    };
                    // If there is no time to find its questions, the grade counts all the same.
                    if whole == Some(true) || self.is_over() {
                        return Ok(before(known));
                    }
                    let kept = Cell::new(false);
                    let keep = |mut graded: Graded| {
                        kept.set(true);
                        graded.retries = retries;
                        graded.used.milliseconds = milliseconds(began.elapsed());
                        let key = self.key(&graded.sha256);
                        keep(Box::new(graded), key)
                    };
                    match self.program(folder.path(), &unpacked, &mut submitted) {
                        Err(graded) => *graded,
                        Ok((code, with)) => {
                            let handed_in = (&submitted, folder.path());
                            match self.run_file((code, &with), handed_in, job, &keep)? {
                                Some(graded) => graded,
                                None if kept.get() => return Ok(Led::Nowhere),
                                None => return Ok(before(known)),
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
            if graded.cases.is_empty() {
                self.clear(job);
            }
            graded.retries = retries;
            graded.used.milliseconds = milliseconds(began.elapsed());
            return Ok(Led::To(Box::new(graded), Some(self.key(&submitted.sha256))));
        }
    }

    /// Removes the ladders of what was handed in before: there are none of what is there now.
    fn clear(&self, job: &Job<'_>) {
        if let Some(out) = &self.so_far.out {
            files::clear(&out.folder, &files::Place::of(job));
        }
    }

    /// Unpacks a submission into a folder that is removed with what is returned; or says why that is
    /// not possible, and whose fault it is.
    fn unpack(
        &self,
        attempt: &Submission,
        submitted: &mut Submitted,
    ) -> Result<(BuildFolder, Unpacked), Box<Graded>> {
        let folder = BuildFolder::open()
            .map_err(|error| Box::new(graded::infra_error(submitted, error.to_string())))?;
        match attempt.unpack(folder.path(), &UnpackLimits::default()) {
            Ok(unpacked) => {
                submitted.sha256.clone_from(&unpacked.sha256);
                Ok((folder, unpacked))
            }
            Err(UnpackError::Refused(refusal)) => {
                let why = self.texts.tell(&refusal.sentence());
                Err(Box::new(graded::no_submission(submitted, why)))
            }
            Err(error) => Err(Box::new(graded::infra_error(submitted, error.to_string()))),
        }
    }

    /// Finds the program among the files, and notes its name.
    fn program(
        &self,
        folder: &Path,
        unpacked: &Unpacked,
        submitted: &mut Submitted,
    ) -> Result<(Code, Vec<PathBuf>), Box<Graded>> {
        let wanted = Wanted {
            exercise: self.judge.exercise.name.clone(),
            file: self.options.file.clone(),
            language: self.options.code.clone(),
        };
        let infra = |submitted: &Submitted, why| Box::new(graded::infra_error(submitted, why));
        match main_file(folder, unpacked, &wanted) {
            Err(error) => Err(infra(submitted, format!("read: {error}"))),
            Ok(Err(none)) => {
                let why = self.texts.tell(&none.sentence());
                Err(Box::new(graded::no_submission(submitted, why)))
            }
            Ok(Ok(main)) => {
                submitted.file = main.file.display().to_string();
                main.language.clone_into(&mut submitted.language);
                let language = main.language;
                let with = main.with.iter().map(|file| folder.join(file)).collect();
                Code::named(language).map(|code| (code, with)).ok_or_else(|| {
                    infra(submitted, say!(self.texts, "grade-no-tool", language = language))
                })
            }
        }
    }

    /// Builds and runs a file, and writes what belongs to it; `None` if time was up before it had an
    /// end, or if it was kept before its questions were looked for.
    fn run_file(
        &self,
        (code, with): (Code, &[PathBuf]),
        (submitted, folder): (&Submitted, &Path),
        job: &Job<'_>,
        keep: &dyn Fn(Graded) -> Result<()>,
    ) -> Result<Option<Graded>> {
        let exercise = self.judge.exercise;
        let file = folder.join(&submitted.file);
        let compiling = Used::default();
        let (arguments, hidden) = (&exercise.arguments, &self.runner.hidden);
        let built = Built::from_sources(code, &file, with, arguments, hidden, &compiling);
        let built = match built {
            Ok(built) => built,
            Err(error) => {
                let mut graded = self.judge.unbuilt(self.texts, submitted, &error);
                note_used(&mut graded, &compiling, &Used::default());
                tidy(&mut graded, folder);
                return Ok(Some(graded));
            }
        };
        let runner = Runner { used: Used::default(), ..self.runner.clone() };
        let check = Check { exercise, submission: &built.submission, runner: &runner, only: None };
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
        let here = job.attempt.and_then(|attempt| attempt.place_of(Path::new(&submitted.file)));
        if let Some(file) = here.map(absolute) {
            let file = file.display().to_string();
            for case in &mut graded.cases {
                case.again_here = self.command(&case.name, &self.judged.words_here, &file);
            }
        }
        graded.compiler.clone_from(&built.warnings);
        if self.options.without_sandbox {
            graded.unsafe_because.get_or_insert_with(|| "--unsafe".to_owned());
        }
        tidy(&mut graded, folder);
        note_used(&mut graded, &compiling, &runner.used);
        if let Some(out) = &self.so_far.out {
            let place = files::Place::of(job);
            files::of_cases(self.texts, &out.folder, &place, &report, &self.judge, &mut graded)?;
            if out.assignment.exam.is_some() && has_passed(&out.assignment, &graded) {
                // The grade is known; to prove keys takes longer than to come to it.
                keep(graded.clone())?;
                let _proving = self.proving();
                let examined = exam::Examined { report: &report, built: &built, runner: &runner };
                let found = exam::find(self.texts, &examined, &self.judge, || !self.is_over());
                if let Some(found) = found {
                    let seed = self.judge.seed;
                    exam::keep_questions(self.texts, &out.folder, &place, &graded, seed, found)?;
                }
                return Ok(None);
            }
        }
        Ok(Some(graded))
    }

    /// The command with which a student, beside the own file, repeats a case.
    fn again(&self, case: &Case, file: &str) -> String {
        // Only whoever has the pack can repeat it.
        if self.judge.hidden.contains(&case.name) {
            return String::new();
        }
        self.command(&case.name, &self.judged.words, file)
    }

    /// The command that repeats a case with these options for a file.
    fn command(&self, case: &str, options: &[String], file: &str) -> String {
        let seed = self.judge.seed.to_string();
        let name = self.judge.exercise.name.as_str();
        let mut words: Vec<String> =
            ["socklab", "check", name, "--case", case, "--seed", &seed].map(str::to_owned).into();
        if !self.options.without_sandbox {
            words.push("--sandbox".to_owned());
        }
        words.extend(options.iter().cloned());
        words.extend(["--".to_owned(), file.to_owned()]);
        shell_words(&words)
    }
}

fn note_used(graded: &mut Graded, compiling: &Used, running: &Used) {
    let compiler = compiling.processor();
    graded.used.compiler_milliseconds = milliseconds(compiler);
    graded.used.processor_milliseconds = milliseconds(compiler + running.processor());
    graded.used.memory = running.memory();
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
