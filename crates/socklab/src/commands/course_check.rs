//! `course check`: checks the files of a course, for teachers.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use socklab_judge::{CallWanted, Judgement, Mismatch, Subject};
use socklab_say::{Language, Speaker, count, say};
use socklab_scenario::ItemKind;
use socklab_scenario::exercise::{CaseReport, Proof, ProofOutcome, Wrong};
use socklab_scenario::format::Question;
use socklab_scenario::{Course, LANGUAGES, Linted, Origin, Runner, Source, Untranslated};

use super::check::{bytes_text, missed, why};
use crate::cli::{CourseCheck, WhichCourse};
use crate::course;
use crate::course::{source, texts};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{self, println};
use crate::scenario;
use crate::scenario::answered;
use crate::scenario::answered::Answered;
use crate::scenario::wording;
use crate::style;

/// The width of a ladder below a mistake.
const WIDTH: usize = 94;

/// Reads everything and reports every mistake; with `--run`, runs the questions, and the
/// solutions, starters and planted bugs of the exercises.
pub(crate) fn check(speaker: Speaker, options: &CourseCheck) -> Result<ExitCode> {
    scenario::end_cleanly()?;
    let which = WhichCourse { builtin: options.builtin, course: options.folder.clone() };
    let course = course::load(speaker, &which)?;
    if let Some(name) = &options.only {
        known(speaker, &course, name)?;
    }
    let programs: Vec<&str> = programs::PROGRAMS.iter().map(|program| program.name).collect();
    let linted = course.lint(&programs);
    let sources = sources(&course, options.only.as_deref());
    if !options.json {
        // What is built in, or the same, would be a long list.
        let telling = |(_, source): &&(String, Source)| {
            matches!(source.origin, Origin::Own | Origin::Replaces)
        };
        for (item, source) in sources.iter().filter(telling) {
            println!("{item}: {}", source::lines(speaker, source, usize::MAX));
        }
    }
    let mut mistakes: Vec<String> =
        linted.mistakes.iter().map(|mistake| mistake.in_words(speaker)).collect();
    if options.run {
        mistakes.extend(run(speaker, &course, &linted, options)?);
    }
    let untranslated = untranslated(&course, &linted);
    let ok = mistakes.is_empty();
    if options.json {
        let report = json!({
            "ok": ok,
            "questions": linted.questions.len(),
            "exercises": linted.exercises.len(),
            "mistakes": mistakes,
            "sources": sources.iter().map(|(item, source)| {
                (item, source::as_json(source))
            }).collect::<BTreeMap<_, _>>(),
            "untranslated": untranslated.iter().map(|(language, counted)| {
                (language.tag(), json!({ "missing": counted.missing, "of": counted.of }))
            }).collect::<BTreeMap<_, _>>(),
        });
        output::write_json(&report)?;
    } else {
        for mistake in &mistakes {
            println!("{mistake}");
        }
        let (questions, exercises) = (linted.questions.len(), linted.exercises.len());
        let verdict = match ok {
            true => {
                let text = say!(
                    speaker,
                    "course-ok",
                    questions = count(questions),
                    exercises = count(exercises)
                );
                style::paint(style::GOOD, text)
            }
            false => style::paint(
                style::BAD,
                say!(speaker, "course-mistakes", mistakes = count(mistakes.len())),
            ),
        };
        println!("{verdict}");
        for (language, counted) in &untranslated {
            println!(
                "{}",
                say!(
                    speaker,
                    "course-untranslated",
                    language = language,
                    missing = count(counted.missing),
                    of = count(counted.of)
                )
            );
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitReason::No.into() })
}

/// Where every item comes from, or only the one of this name, by its folder below the course folder.
fn sources(course: &Course, only: Option<&str>) -> Vec<(String, Source)> {
    let wanted = |folder: &String| {
        let short = folder.split_once('-').map(|(_, name)| name);
        only.is_none_or(|only| folder == only || short == Some(only))
    };
    let of_kind = |kind: ItemKind| {
        let folders = course.folders(kind).into_iter().filter(wanted);
        folders
            .map(move |name| (kind.path(&name).display().to_string(), course.source(kind, &name)))
    };
    ItemKind::ALL.into_iter().flat_map(of_kind).collect()
}

/// What the languages lack that a course need not be in.
fn untranslated(course: &Course, linted: &Linted) -> Vec<(Language, Untranslated)> {
    let further = Language::all().filter(|language| !LANGUAGES.contains(&language.tag()));
    let counted = further.map(|language| {
        (language, course.untranslated(&linted.questions, &linted.exercises, language.tag()))
    });
    counted.collect()
}

/// Fails unless there is a question or exercise of that name, valid or not.
fn known(speaker: Speaker, course: &Course, name: &str) -> Result<()> {
    let questions = course.folders(ItemKind::Question);
    let mut short = questions.iter().filter_map(|folder| Some(folder.split_once('-')?.1));
    if short.any(|known| known == name)
        || course.folders(ItemKind::Exercise).iter().any(|it| it == name)
    {
        return Ok(());
    }
    Err(Failure::new(ExitReason::Usage, say!(speaker, "course-copy-unknown", name = name)).into())
}

/// Runs every question. Missing evidence and unfilled explanations are mistakes.
fn run(
    speaker: Speaker,
    course: &Course,
    linted: &Linted,
    options: &CourseCheck,
) -> Result<Vec<String>> {
    let runner = scenario::runner(speaker, scenario::SEED)?;
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    let mut mistakes = Vec::new();
    for question in linted.questions.iter().filter(|question| wanted(&question.name)) {
        let place = course.place_of_question(question);
        let mistake = ask_it(speaker, question, &runner, options.json)?;
        mistakes.extend(mistake.map(|mistake| format!("{place}: {mistake}")));
    }
    for exercise in linted.exercises.iter().filter(|exercise| wanted(&exercise.name)) {
        for proof in exercise.prove(course, &runner) {
            let place = course.place_of(exercise, &proof.program);
            mistakes.extend(proved(speaker, &exercise.name, &place, proof, options.json));
        }
    }
    Ok(mistakes)
}

/// Runs a question. Returns what is wrong with it, if anything.
fn ask_it(
    speaker: Speaker,
    question: &Question,
    runner: &Runner,
    quiet: bool,
) -> Result<Option<String>> {
    let answered = answered::run(speaker, question, runner)?;
    let name = format!("{:02}-{}", question.number, question.name);
    let nothing_to_cite = |place| say!(speaker, "course-nothing-to-cite", place = place);
    let mistake = match &answered.answer {
        None => Some(unanswered(speaker, question, &answered)),
        Some(_) => answered.missing.first().map(nothing_to_cite).or_else(|| {
            let idle = answered.recording.idle_rules().next()?;
            let (rule, seen) = (idle.rule.as_str(), count(idle.seen));
            Some(say!(speaker, "course-idle-rule", rule = rule, seen = seen))
        }),
    };
    if !quiet {
        println!("{} {name}", mark(mistake.is_none()));
    }
    Ok(mistake.map(|mistake| {
        let told = format!("{name}: {mistake}");
        if quiet { told } else { told + &drawn(speaker, question, &answered) }
    }))
}

/// What each outcome of a question lacks, and what happened instead.
pub(super) fn unanswered(speaker: Speaker, question: &Question, answered: &Answered) -> String {
    if let Some(trouble) = &answered.recording.trouble {
        return wording::trouble(speaker, trouble);
    }
    let mut told = say!(speaker, "course-unanswered");
    if let Some((_, trouble)) = answered.recording.failed_step() {
        told += &format!("\n  {}", wording::step(speaker, trouble).replace('\n', "\n  "));
    }
    for (outcome, missing) in question.missing(&answered.recording) {
        for (wanted, finding) in missing {
            let (answer, name) = (&outcome.answer, &wanted.name);
            told += &format!("\n  {}", say!(speaker, "course-lacks", answer = answer, name = name));
            if let Subject::Call(call) = &wanted.subject {
                told += &conditions(speaker, call);
            }
            for line in missed(speaker, &wanted, &finding).lines() {
                told += &format!("\n    {line}");
            }
        }
    }
    told
}

/// The conditions on a call, in the words of the file format.
fn conditions(speaker: Speaker, call: &CallWanted) -> String {
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
    let bytes = call.bytes.as_ref().map(|bytes| bytes_text(speaker, bytes));
    let said: Vec<String> = said.chain(bytes).collect();
    if said.is_empty() { String::new() } else { format!(": {}", said.join(", ")) }
}

/// The ladder below a mistake. Highlights the events that come closest to the evidence.
fn drawn(speaker: Speaker, question: &Question, answered: &Answered) -> String {
    let missing =
        question.missing(&answered.recording).into_iter().flat_map(|(_, missing)| missing);
    let nearly = missing.filter_map(|(_, finding)| match finding.outcome {
        Judgement::Failed(Mismatch::Different { seen, .. }) => Some(seen),
        _ => None,
    });
    let nearly: Vec<u64> = nearly.flatten().collect();
    let marked = if answered.answer.is_some() { &answered.decisive } else { &nearly };
    let ladder = answered::draw(speaker, &answered.recording, marked, WIDTH, true);
    let lines = ladder.trim_end().lines().map(|line| format!("\n  {line}"));
    format!("\n{}\n", lines.collect::<String>())
}

fn mark(good: bool) -> String {
    if good { style::paint(style::GOOD, "✓") } else { style::paint(style::BAD, "✗") }
}

/// Reports how an exercise's program did. Returns what is wrong with it, if anything.
fn proved(
    speaker: Speaker,
    exercise: &str,
    place: &str,
    proof: Proof<'_>,
    quiet: bool,
) -> Option<String> {
    let name = format!("{exercise}/{}", proof.program);
    let (mark, missing, mistake) = match proof.outcome {
        ProofOutcome::Good => (mark(true), None, None),
        ProofOutcome::NotRun(tool) => {
            ("?".to_owned(), Some(say!(speaker, "check-missing", tool = tool)), None)
        }
        ProofOutcome::Elsewhere => ("?".to_owned(), Some(say!(speaker, "course-elsewhere")), None),
        ProofOutcome::Wrong(wrong, first) => {
            let lines = first.map(|done| first_case(speaker, &done)).unwrap_or_default();
            let what = in_words(speaker, &wrong);
            (mark(false), None, Some(format!("{place}: {name}: {what}{lines}")))
        }
    };
    if !quiet {
        let line = format!("{mark} {name} {}", missing.unwrap_or_default());
        println!("{}", line.trim_end());
    }
    mistake
}

/// What is wrong with a program of an exercise.
fn in_words(speaker: Speaker, wrong: &Wrong) -> String {
    let list = |names: &[String]| match names {
        [] => say!(speaker, "course-no-case"),
        names => names.join(", "),
    };
    match wrong {
        Wrong::Marks(line, what) => {
            say!(speaker, "course-marks", line = line, what = speaker.tell(what))
        }
        Wrong::IdleRule { case, rule, seen } => {
            let (case, rule) = (case.as_str(), rule.as_str());
            say!(speaker, "course-idle-rule-in", case = case, rule = rule, seen = count(*seen))
        }
        Wrong::NoProgram(what) => what.clone(),
        Wrong::NotRun => say!(speaker, "course-not-run"),
        Wrong::DoesNotPass(cases) => say!(speaker, "course-does-not-pass", cases = list(cases)),
        Wrong::Passes => say!(speaker, "course-starter-passes"),
        Wrong::Fails { failed, wanted } => {
            say!(speaker, "course-fails-others", failed = list(failed), wanted = list(wanted))
        }
    }
}

/// The first case that did not pass, as `check` reports it.
fn first_case(speaker: Speaker, done: &CaseReport<'_>) -> String {
    let title = format!("{}: {}", done.case.name, texts::text(speaker, &done.case.title));
    let lines = why(speaker, done).into_iter().map(|line| format!("\n    {line}"));
    format!("\n  {title}{}", lines.collect::<String>())
}
