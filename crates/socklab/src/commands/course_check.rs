//! `course check`: what a teacher runs after changing a question or an exercise.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::json;
use socklab_judge::{CallWanted, Judgement, Mismatch, Subject};
use socklab_say::count;
use socklab_scenario::exercise::{CaseReport, Proof, ProofOutcome, Wrong};
use socklab_scenario::format::Question;
use socklab_scenario::{Course, Linted, Stagehand};

use super::check::{bytes_text, missed, why};
use crate::ask::{self, answered, answered::Answered, told};
use crate::cli::CourseCheck;
use crate::failure::{Exit, Failure};
use crate::language::text;
use crate::output::println;
use crate::style;

/// Columns of a ladder below a mistake.
const WIDTH: usize = 94;

/// Reads everything and reports every mistake; with `--run`, runs the questions, and the
/// solutions, starters and planted bugs of the exercises.
pub(crate) fn check(options: &CourseCheck) -> Result<ExitCode> {
    ask::end_cleanly()?;
    let course = match &options.folder {
        Some(folder) if !ask::is_course(folder) => return Err(no_course(folder)),
        Some(folder) => Course::in_folder(folder).with_context(|| folder.display().to_string())?,
        None => ask::course()?,
    };
    if let Some(name) = &options.only {
        known(&course, name)?;
    }
    let programs: Vec<&str> = programs::PROGRAMS.iter().map(|program| program.name).collect();
    let linted = course.lint(&[&programs[..], &["socklab"]].concat());
    let mut mistakes: Vec<String> =
        linted.mistakes.iter().map(|mistake| mistake.in_words(&ask::say)).collect();
    if options.run {
        mistakes.extend(run(&course, &linted, options)?);
    }
    let ok = mistakes.is_empty();
    if options.json {
        let report = json!({
            "ok": ok,
            "questions": linted.questions.len(),
            "exercises": linted.exercises.len(),
            "mistakes": mistakes,
        });
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        for mistake in &mistakes {
            println!("{mistake}");
        }
        let (questions, exercises) = (linted.questions.len(), linted.exercises.len());
        let verdict = match ok {
            true => {
                let text =
                    text!("course-ok", questions = count(questions), exercises = count(exercises));
                style::paint(style::GOOD, text)
            }
            false => {
                style::paint(style::BAD, text!("course-mistakes", mistakes = count(mistakes.len())))
            }
        };
        println!("{verdict}");
    }
    Ok(if ok { ExitCode::SUCCESS } else { Exit::No.into() })
}

/// A folder with nothing of a course in it; the course may be one below.
fn no_course(folder: &Path) -> anyhow::Error {
    let failure = Failure::new(Exit::Usage, text!("course-none", folder = folder.display()));
    let below = folder.join("course");
    let hint = match ask::is_course(&below) {
        true => text!("did-you-mean", known = below.display()),
        false => text!("course-none-hint"),
    };
    failure.hint(hint).into()
}

/// Is there a question or an exercise of that name, readable or not?
fn known(course: &Course, name: &str) -> Result<()> {
    let questions = course.folders("questions");
    let mut short = questions.iter().filter_map(|folder| Some(folder.split_once('-')?.1));
    if short.any(|known| known == name) || course.folders("exercises").iter().any(|it| it == name) {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, text!("course-copy-unknown", name = name)).into())
}

/// Runs every question. A mistake is evidence that is not found, or an explanation with a hole.
fn run(course: &Course, linted: &Linted, options: &CourseCheck) -> Result<Vec<String>> {
    let stagehand = ask::stagehand(ask::SEED)?;
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    let mut mistakes = Vec::new();
    for question in linted.questions.iter().filter(|question| wanted(&question.name)) {
        mistakes.extend(ask_it(question, &stagehand, options.json)?);
    }
    for exercise in linted.exercises.iter().filter(|exercise| wanted(&exercise.name)) {
        for proof in exercise.prove(course, &stagehand) {
            mistakes.extend(proved(&exercise.name, proof, options.json));
        }
    }
    Ok(mistakes)
}

/// Runs a question; what is wrong with it, if anything is.
fn ask_it(question: &Question, stagehand: &Stagehand, quiet: bool) -> Result<Option<String>> {
    let answered = answered::run(question, stagehand)?;
    let name = format!("{:02}-{}", question.number, question.name);
    let nothing_to_cite = |place| text!("course-nothing-to-cite", place = place);
    let mistake = match &answered.answer {
        None => Some(unanswered(question, &answered)),
        Some(_) => answered.missing.first().map(nothing_to_cite),
    };
    if !quiet {
        println!("{} {name}", mark(mistake.is_none()));
    }
    Ok(mistake.map(|mistake| {
        let told = format!("{name}: {mistake}");
        if quiet { told } else { told + &drawn(question, &answered) }
    }))
}

/// What each outcome of a question lacks, and what came in its place.
fn unanswered(question: &Question, answered: &Answered) -> String {
    if let Some(trouble) = &answered.recording.trouble {
        return told::trouble(trouble);
    }
    let mut told = text!("course-unanswered");
    if let Some((_, trouble)) = answered.recording.failed_step() {
        told += &format!("\n  {}", told::step(trouble).replace('\n', "\n  "));
    }
    for (outcome, missing) in question.missing(&answered.recording) {
        for (wanted, finding) in missing {
            let (answer, name) = (&outcome.answer, &wanted.name);
            told += &format!("\n  {}", text!("course-lacks", answer = answer, name = name));
            if let Subject::Call(call) = &wanted.subject {
                told += &conditions(call);
            }
            for line in missed(&wanted, &finding).lines() {
                told += &format!("\n    {line}");
            }
        }
    }
    told
}

/// What a call should have been like, in the words of the format.
fn conditions(call: &CallWanted) -> String {
    let range = |range: &Option<socklab_judge::Range>| range.as_ref().map(ToString::to_string);
    let truth = |truth: Option<bool>| truth.map(|truth| truth.to_string());
    let list = |words: &[String]| (!words.is_empty()).then(|| words.join(" "));
    let error: Vec<String> = call.error.iter().map(ToString::to_string).collect();
    let all = [
        ("peer", call.peer.clone()),
        ("backlog", range(&call.backlog)),
        ("option", call.option.clone()),
        ("value", call.value.map(|value| value.to_string())),
        ("how", call.how.map(|how| how.to_string())),
        ("flags", list(&call.flags)),
        ("ok", truth(call.ok)),
        ("error", list(&error)),
        ("result", range(&call.result)),
        ("unfinished", truth(call.unfinished)),
        ("end", truth(call.end)),
        ("implicit", truth(call.implicit)),
        ("took_ms", range(&call.took_ms)),
    ];
    let said = all.into_iter().filter_map(|(word, value)| Some(format!("{word} = {}", value?)));
    let bytes = call.bytes.as_ref().map(bytes_text);
    let said: Vec<String> = said.chain(bytes).collect();
    if said.is_empty() { String::new() } else { format!(": {}", said.join(", ")) }
}

/// The ladder of what was seen, below a mistake; marked is what is nearly the evidence.
fn drawn(question: &Question, answered: &Answered) -> String {
    let missing =
        question.missing(&answered.recording).into_iter().flat_map(|(_, missing)| missing);
    let nearly = missing.filter_map(|(_, finding)| match finding.outcome {
        Judgement::Failed(Mismatch::Different { seen }) => Some(seen),
        _ => None,
    });
    let nearly: Vec<u64> = nearly.flatten().collect();
    let marked = if answered.answer.is_some() { &answered.decisive } else { &nearly };
    let ladder = answered::draw(&answered.recording, marked, WIDTH, true);
    let lines = ladder.trim_end().lines().map(|line| format!("\n  {line}"));
    format!("\n{}\n", lines.collect::<String>())
}

fn mark(good: bool) -> String {
    if good { style::paint(style::GOOD, "✓") } else { style::paint(style::BAD, "✗") }
}

/// Tells how a program of an exercise did; what is wrong with it, if anything is.
fn proved(exercise: &str, proof: Proof<'_>, quiet: bool) -> Option<String> {
    let name = format!("{exercise}/{}", proof.program);
    let (mark, missing, mistake) = match proof.outcome {
        ProofOutcome::Good => (mark(true), None, None),
        ProofOutcome::NotRun(tool) => {
            ("?".to_owned(), Some(text!("check-missing", tool = tool)), None)
        }
        ProofOutcome::Wrong(wrong, first) => {
            let lines = first.map(|done| first_case(&done)).unwrap_or_default();
            (mark(false), None, Some(format!("{name}: {}{lines}", in_words(&wrong))))
        }
    };
    if !quiet {
        let line = format!("{mark} {name} {}", missing.unwrap_or_default());
        println!("{}", line.trim_end());
    }
    mistake
}

/// What is wrong with a program of an exercise.
fn in_words(wrong: &Wrong) -> String {
    let list = |names: &[String]| match names {
        [] => text!("course-no-case"),
        names => names.join(", "),
    };
    match wrong {
        Wrong::Marks(line, what) => {
            text!("course-marks", line = line, what = what.in_words(&ask::say))
        }
        Wrong::NoProgram(what) => what.clone(),
        Wrong::NotRun => text!("course-not-run"),
        Wrong::DoesNotPass(cases) => text!("course-does-not-pass", cases = list(cases)),
        Wrong::Passes => text!("course-starter-passes"),
        Wrong::Fails { failed, wanted } => {
            text!("course-fails-others", failed = list(failed), wanted = list(wanted))
        }
    }
}

/// The first case that did not pass, told as `check` tells it.
fn first_case(done: &CaseReport<'_>) -> String {
    let title = format!("{}: {}", done.case.name, ask::of(&done.case.title));
    let lines = why(done).into_iter().map(|line| format!("\n    {line}"));
    format!("\n  {title}{}", lines.collect::<String>())
}
