//! `socklab exam`: three questions about the recording of one's own program, once it has passed.

mod asking;
mod shown;

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use socklab_say::{Speaker, count, say};
use socklab_scenario::exam::{Asked, Candidate, Exam, QUESTIONS, ROBUST, draw, letters, seed_of};
use socklab_scenario::exercise::{Built, Check, Problem, Report};
use socklab_scenario::format::Exercise;
use socklab_scenario::{CaseState, Runner};

use super::check::{Subject, not_here, refusal, refused, some_seed};
use super::chosen::{Chosen, chosen};
use super::exercise::Material;
use crate::cli;
use crate::course::progress;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{self, eprintln, println, width};
use crate::scenario;
use crate::scenario::wording;
use crate::style;
use crate::terminal::gauge::{self, Gauge};
use crate::terminal::{keys, markdown};

pub(crate) use shown::rows;

/// The kind of a line in the progress file.
const EXAM: &str = "exam";

/// Three questions for one student, in the order of that student's seed.
pub(crate) struct Paper<'e> {
    exercise: &'e str,
    /// Each question, and the order of its choices.
    questions: Vec<(&'e Candidate, Vec<usize>)>,
    seed: u64,
}

/// Asks, or shows what would be asked.
pub(super) fn exam(speaker: Speaker, options: &cli::Exam) -> Result<ExitCode> {
    let material = Material::load(speaker, &options.which)?;
    let Chosen { exercise, command, why } =
        chosen(speaker, &material, "exam", options.name.as_deref(), &options.command)?;
    why.iter().for_each(|why| eprintln!("{}", style::paint(style::FAINT, why)));
    if !options.answers.is_empty() && options.answers.len() != QUESTIONS {
        let (wanted, found) = (QUESTIONS, options.answers.len() as u64);
        let what = say!(speaker, "exam-answers-count", wanted = wanted, found = count(found));
        return Err(Failure::new(ExitReason::Usage, what).into());
    }
    let asks = !options.show && !options.key && options.answers.is_empty();
    if asks && (options.json || !keys::can_ask()) {
        let what = say!(speaker, "exam-nobody-to-ask");
        let hint = say!(speaker, "exam-nobody-to-ask-hint", name = exercise.name);
        return Err(Failure::new(ExitReason::Usage, what).hint(hint).into());
    }
    let before = Before::read(&exercise.name);
    let is_for_teachers = options.key;
    if before.is_taken() && !options.again && !is_for_teachers && !options.show {
        let what = say!(speaker, "exam-taken", right = before.right, asked = QUESTIONS);
        let hint = say!(speaker, "exam-taken-hint", name = exercise.name);
        return Err(Failure::new(ExitReason::No, what).hint(hint).into());
    }
    let subject = Subject::find(speaker, &exercise, &command)?;
    let given = options.seed.or_else(|| options.student.as_deref().map(seed_of));
    let seed = given.unwrap_or_else(some_seed);
    let runner = Runner {
        isolation: options.apart.wanted(),
        packets: false,
        ..scenario::runner(speaker, seed)?
    };
    scenario::end_cleanly()?;
    let built = match subject.build(&exercise, &[]) {
        Ok(built) => built,
        Err(error) => match refusal(speaker, &error) {
            Some((what, output)) => {
                refused(&what, output);
                return Ok(ExitReason::No.into());
            }
            None => return Err(not_here(speaker, &exercise, &error)),
        },
    };
    let report = passed(speaker, &exercise, &built, &runner)?;
    let exam = questions(speaker, &report, &built, &runner);
    if options.all {
        let paper = Paper::whole(&exercise.name, &exam, seed);
        match options.json {
            true => output::write_json(&paper.as_json(speaker, options.student.as_deref(), true))?,
            false => paper.print(speaker, true),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let without = if options.again { before.asked.clone() } else { BTreeSet::new() };
    let asked = draw(&exam, seed, &without).map_err(|shortage| {
        let left = match shortage {
            socklab_scenario::exam::Shortage::Few(left) => left,
            socklab_scenario::exam::Shortage::Shared => 0,
        };
        let key = if options.again { "exam-no-more" } else { "exam-too-few" };
        let what = say!(speaker, key, left = left, name = exercise.name);
        Failure::new(ExitReason::No, what)
    })?;
    let paper = Paper::of(&exercise.name, &exam, asked, seed);
    if options.show || options.key {
        match options.json {
            true => output::write_json(&paper.as_json(
                speaker,
                options.student.as_deref(),
                options.key,
            ))?,
            false => paper.print(speaker, options.key),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let answers = match options.answers.is_empty() {
        true => asking::ask(speaker, &paper)?,
        false => Some(asking::given(speaker, &paper, &options.answers, options.json)?),
    };
    // Whoever leaves has seen the questions, but not how they are answered.
    let Some(answers) = answers else { return Ok(ExitReason::No.into()) };
    let right = answers.iter().filter(|right| **right).count();
    before.note(&exercise.name, right, &paper);
    if options.json {
        let mut whole = paper.as_json(speaker, options.student.as_deref(), true);
        whole["right"] = json!(right);
        whole["answers"] = json!(options.answers);
        output::write_json(&whole)?;
    } else {
        let style = if right == QUESTIONS { style::GOOD } else { style::STRONG };
        println!(
            "{}",
            style::paint(style, say!(speaker, "exam-result", right = right, asked = QUESTIONS))
        );
        if right < QUESTIONS {
            let hint = say!(speaker, "exam-again-hint", name = exercise.name);
            println!("{}", markdown::hanging(&hint, 0, width()));
        }
    }
    Ok(if right == QUESTIONS { ExitCode::SUCCESS } else { ExitReason::No.into() })
}

/// Checks the program. Whoever has not passed is not examined.
fn passed<'a>(
    speaker: Speaker,
    exercise: &'a Exercise,
    built: &'a Built,
    runner: &'a Runner,
) -> Result<Report<'a>> {
    let check = Check { exercise, submission: &built.submission, runner, only: None };
    let mut core = check.cases().filter(|case| !case.robust).count();
    let others = check.cases().count() - core;
    let mut gauge = Gauge::new(core + others.min(ROBUST), std::io::stderr().is_terminal());
    gauge.show(&say!(speaker, "exam-checking"));
    let mut robust = 0;
    let report = check.run(|done| {
        gauge.advance();
        gauge.show(&say!(speaker, "exam-checking"));
        let passed = done.verdict.state == CaseState::Passed;
        if done.case.robust {
            robust += usize::from(passed);
        } else {
            core -= 1;
        }
        // After a core case that did not pass there is nothing to ask; nor are more cases asked about.
        (done.case.robust || passed) && (core > 0 || robust < ROBUST)
    });
    gauge::hide();
    if let Some(done) = report.infra_error() {
        let what = match done.problem() {
            Some(Problem::Trouble(trouble)) => wording::trouble(speaker, trouble),
            _ => say!(speaker, "exam-not-checked", case = done.case.name),
        };
        return Err(Failure::new(ExitReason::Environment, what).into());
    }
    if !report.core_passed() {
        let mut cases = report.cases.iter();
        let failed = cases.find(|it| !it.case.robust && it.verdict.state != CaseState::Passed);
        let case = failed.map_or("", |done| done.case.name.as_str());
        let what = say!(speaker, "exam-not-passed", case = case);
        let hint = say!(speaker, "exam-not-passed-hint", name = exercise.name);
        return Err(Failure::new(ExitReason::No, what).hint(hint).into());
    }
    Ok(report)
}

/// Finds the questions, and proves those that need it by running.
fn questions(speaker: Speaker, report: &Report<'_>, built: &Built, runner: &Runner) -> Exam {
    let visible = std::io::stderr().is_terminal();
    let exam = Exam::of(
        report,
        &built.submission,
        runner,
        |_| true,
        |done, all| {
            let mut gauge = Gauge::new(all, visible);
            (0..done).for_each(|_| gauge.advance());
            gauge.show(&say!(speaker, "exam-proving"));
            true
        },
    );
    gauge::hide();
    exam
}

impl<'e> Paper<'e> {
    pub(crate) fn of(exercise: &'e str, exam: &'e Exam, asked: Asked, seed: u64) -> Self {
        let whole = Self::whole(exercise, exam, seed);
        Self { questions: asked.map(|index| whole.questions[index].clone()).to_vec(), ..whole }
    }

    /// Everything that can be asked.
    fn whole(exercise: &'e str, exam: &'e Exam, seed: u64) -> Self {
        let questions = exam.candidates.iter().map(|one| (one, letters(one, seed)));
        Self { exercise, questions: questions.collect(), seed }
    }
}

/// What was asked before.
struct Before {
    right: usize,
    asked: BTreeSet<String>,
}

impl Before {
    fn read(exercise: &str) -> Self {
        let noted = progress::read().remove(&format!("{EXAM} {exercise}")).unwrap_or_default();
        let mut words = noted.split(' ').filter(|word| !word.is_empty());
        let right = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
        Self { right, asked: words.map(str::to_owned).collect() }
    }

    fn is_taken(&self) -> bool {
        !self.asked.is_empty()
    }

    fn note(&self, exercise: &str, right: usize, paper: &Paper<'_>) {
        let new = paper.questions.iter().map(|(candidate, _)| candidate.id.clone());
        let all: BTreeSet<String> = self.asked.iter().cloned().chain(new).collect();
        let words: Vec<String> = std::iter::once(right.to_string()).chain(all).collect();
        progress::note(EXAM, exercise, &words.join(" "));
    }
}
