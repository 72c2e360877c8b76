//! `socklab check`: runs a student's program, case by case, and reports what it did.

mod advice;
mod explain;
pub(crate) mod foreign;
mod formats;
mod json;
mod levels;
#[cfg(test)]
mod pictures;
mod report;
mod response;
mod runs_with;
mod story;
mod subject;
mod told;
mod unbuilt;
mod wanted;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{BuildError, CaseReport, Check, Problem, Report};
use socklab_scenario::format::{Exercise, Item};
use socklab_scenario::{CaseState, IsolationWanted, Source};

use super::chosen::{Chosen, chosen};
use super::exercise::Material;
use super::pack::Hidden;
use super::trace::Outputs;
use crate::cli::{self, Format};
use crate::course::neighbours::neighbours;
use crate::course::points::Points;
use crate::exit_reason::ExitReason;
use crate::failure::{self, Failure};
use crate::output::{eprintln, println, width};
use crate::scenario;
use crate::style;
use crate::terminal::gauge;
use crate::terminal::gauge::Gauge;
use crate::wire_rules;

use formats::Written;

pub(crate) use explain::{missed, shell_words, why};
pub(crate) use levels::{Help, hint_lines, next_hint, remember};
pub(crate) use report::{case_line, isolation, not_run, refused, summary};
pub(crate) use story::{Order, again, reason, story};
pub(crate) use subject::Subject;
pub(crate) use told::{Told, told};
pub(crate) use unbuilt::{not_here, refusal, warnings};
pub(crate) use wanted::bytes_text;

/// Checks a program.
pub(crate) fn check(speaker: Speaker, options: &cli::Check) -> Result<ExitCode> {
    let material = Material::load(speaker, &options.which)?;
    let Chosen { exercise, command, why } =
        chosen(speaker, &material, "check", options.name.as_deref(), &options.command)?;
    if let Some(why) = why {
        eprintln!("{}", style::paint(style::FAINT, why));
    }
    let mut exercise = exercise;
    let hidden = Hidden::add(speaker, options.pack.as_deref(), &mut exercise)?;
    if let Some(name) = &options.case {
        known_case(speaker, &exercise, name)?;
    }
    let rules = wire_rules::parse(speaker, &options.wire)?;
    for case in &mut exercise.cases {
        case.scenario.wire.extend(rules.iter().cloned());
        case.scenario.own_rules = !rules.is_empty();
    }
    let outputs = Outputs::of_finished(speaker, &options.output)?;
    let source = material.source(&exercise.name);
    let subject = Subject::find(speaker, &exercise, &command)?;
    let about = json::About {
        exercise: &exercise,
        source: &source,
        subject: &subject,
        warnings: "",
        sandbox: None,
        hidden: &hidden,
    };
    let help = Help::with(&material, &exercise.name, &subject, &options.which.words())?;
    let seed = options.seed.unwrap_or_else(some_seed);
    let words = options.words();
    let format = options.format();
    let written = Written { speaker, format, about: &about, help: &help, seed, options: &words };
    let runner = match scenario::runner(speaker, seed) {
        Ok(runner) => runner,
        Err(error) => return not_possible(&written, error),
    };
    scenario::end_cleanly()?;
    // Its own folder may be in a course, or a course in it.
    let unseen: Vec<PathBuf> =
        source.folder.iter().chain(&options.pack).map(|it| whole(it)).collect();
    let built = match subject.build(&exercise, &unseen) {
        Ok(built) => built,
        Err(error) => return not_built(&written, &error),
    };
    let (isolation, foreign) = foreign::wanted(options.apart.wanted(), &subject);
    let sandbox = match isolation {
        IsolationWanted::Sandbox => Some("asked"),
        IsolationWanted::SandboxIfPossible => Some("owner"),
        _ => None,
    };
    let about = json::About { warnings: &built.warnings, sandbox, ..about };
    let runner = socklab_scenario::Runner {
        isolation,
        hidden: unseen,
        packets: options.packets.wanted(),
        ..runner
    };
    let check = Check {
        exercise: &exercise,
        submission: &built.submission,
        runner: &runner,
        only: options.case.as_deref(),
    };
    let report = match format {
        _ if format.is_foreign() => {
            let report = check.run(|_| true);
            return Ok(Written { about: &about, ..written }.report(&report));
        }
        Format::Json => {
            let report = check.run(|_| true);
            json::report(speaker, &about, &report, runner.seed)?;
            report
        }
        _ => {
            if let Some(pack) = &hidden.pack {
                let short = pack.sha256.get(..12).unwrap_or(&pack.sha256);
                let told = say!(speaker, "grade-pack", name = &*pack.name, hash = short);
                println!("{}", style::paint(style::FAINT, told));
            }
            let told = foreign.map(|foreign| foreign.told(speaker));
            let report = in_words(speaker, &check, &source, &subject, &words, &help, told);
            let recordings = report.cases.iter().filter_map(|done| done.recording.as_ref());
            for done in wire_rules::totals(&rules, recordings.clone()) {
                println!("{}", wire_rules::told(speaker, &done));
            }
            let beside = recordings.map(|recording| recording.beside).sum();
            if let Some(line) = wire_rules::beside(speaker, beside) {
                println!("{line}");
            }
            if report.cases.iter().any(|done| done.problem().is_some()) {
                for line in warnings(speaker, &built.warnings) {
                    println!("{line}");
                }
            }
            report
        }
    };
    let recorded = report.cases.iter().find_map(|done| Some((done, done.recording.as_ref()?)));
    if let Some((done, recording)) = recorded {
        let look = cli::Look::for_learning();
        outputs.write(speaker, &recording.timeline(), &look, &done.evidence())?;
    }
    let as_students = rules.is_empty() && hidden.pack.is_none();
    if options.case.is_none() && as_students && format == Format::Text {
        note(&exercise.name, &report);
        if report.infra_error().is_none() && report.core_passed() {
            println!();
            let item = Item::Exercise(exercise.name.clone());
            for line in neighbours(speaker, material.course(), &item, width()) {
                println!("{line}");
            }
        }
    }
    Ok(verdict(&report))
}

/// Reports that there is no program to check. Whose fault that is decides the exit code.
fn not_built(written: &Written<'_>, error: &BuildError) -> Result<ExitCode> {
    let Written { speaker, about, help, format, .. } = *written;
    let Some((what, output)) = unbuilt::refusal(speaker, error) else {
        return not_possible(written, not_here(speaker, about.exercise, error));
    };
    match format {
        Format::Text => {
            refused(&what, output);
            let hinted = remember(&about.exercise.name, Some(help.unbuilt()));
            let next =
                hinted.and_then(|it| next_hint(speaker, &about.exercise.name, &it, &help.course));
            next.iter().for_each(|line| println!("\n{line}"));
        }
        Format::Json => json::refused(speaker, about, error, (&what, output))?,
        _ => return Ok(written.unbuilt(error)),
    }
    Ok(ExitReason::No.into())
}

/// Reports that no program can be checked here, which says nothing about this one.
fn not_possible(written: &Written<'_>, error: anyhow::Error) -> Result<ExitCode> {
    let exit = error.downcast_ref::<Failure>().map(Failure::exit);
    match (written.format, exit) {
        // A mistake in the command line is reported like any other.
        (Format::Text, _) => Err(error),
        (Format::Json, Some(ExitReason::Environment)) => {
            json::infra_error(written.about, &error.to_string())?;
            Ok(ExitReason::Environment.into())
        }
        (_, Some(ExitReason::Environment)) => Ok(written.impossible(failure::with_causes(&error))),
        _ => Err(error),
    }
}

/// Prints each case as it finishes, then the details of the first that did not pass.
fn in_words<'a>(
    speaker: Speaker,
    check: &Check<'a>,
    source: &Source,
    subject: &Subject,
    options: &[String],
    help: &Help,
    foreign: Option<String>,
) -> Report<'a> {
    report::heading(speaker, check.exercise, source, subject);
    if let Some(line) = foreign {
        println!("{}", style::paint(style::FAINT, line));
    }
    let all = check.cases().count();
    let mut gauge = Gauge::new(all, std::io::stderr().is_terminal());
    gauge.show(check.cases().next().map_or("", |case| &case.name));
    let (mut section, mut told) = (None, false);
    let mut upcoming = check.cases().skip(1).map(|case| case.name.as_str());
    let report = check.run(|done| {
        gauge::hide();
        if !told && let Some(recording) = &done.recording {
            told = true;
            isolation(speaker, &recording.isolation).iter().for_each(|line| println!("{line}"));
        }
        let ran = done.verdict.state != CaseState::Skipped;
        if ran && section != Some(done.case.robust) {
            section = Some(done.case.robust);
            report::section(speaker, done.case.robust);
        }
        if ran {
            report::case(speaker, done);
        }
        gauge.advance();
        if let Some(next) = upcoming.next() {
            gauge.show(next);
        }
        true
    });
    gauge::hide();
    report::print_summary(speaker, &report);
    if let Some(first) = report.cases.iter().find(|done| is_told(done)) {
        let name = &check.exercise.name;
        let again = again(name, &first.case.name, check.runner.seed, options, subject);
        for line in story(speaker, first, subject, &help.hints, &again, Order::TopDown) {
            println!("{line}");
        }
        let hinted = advised(first).then(|| help.levels(first, subject));
        let hinted = hinted.and_then(|hinted| remember(name, Some(hinted)));
        let next = hinted.and_then(|hinted| next_hint(speaker, name, &hinted, &help.course));
        next.iter().for_each(|line| println!("{line}"));
    } else if check.only.is_none() {
        remember(&check.exercise.name, None);
    }
    report
}

/// True if the case says what its author meant it to say about the program: then there are hints.
pub(crate) fn advised(done: &CaseReport<'_>) -> bool {
    done.verdict.state != CaseState::InfraError && !done.case.scenario.own_rules
}

/// True if a case has a story: it did not pass, and its line does not say all.
pub(crate) fn is_told(done: &CaseReport<'_>) -> bool {
    done.problem().is_some_and(|problem| !matches!(problem, Problem::Arguments(_)))
}

/// Records the points in the progress file.
pub(crate) fn note(exercise: &str, report: &Report<'_>) {
    if report.infra_error().is_none() {
        Points { core: report.points(false), robust: report.points(true) }.note(exercise);
    }
}

/// A different seed for each run, so that submissions can't rely on fixed bytes.
pub(crate) fn some_seed() -> u64 {
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    clock.map_or(1, |since| u64::from(since.subsec_micros()))
}

fn verdict(report: &Report<'_>) -> ExitCode {
    match (report.infra_error(), report.core_passed()) {
        (Some(_), _) => ExitReason::Environment.into(),
        (None, true) => ExitCode::SUCCESS,
        (None, false) => ExitReason::No.into(),
    }
}

/// A path that does not depend on the current folder.
fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn known_case(speaker: Speaker, exercise: &Exercise, name: &str) -> Result<()> {
    let names: Vec<&str> = exercise.cases.iter().map(|case| case.name.as_str()).collect();
    if names.contains(&name) {
        return Ok(());
    }
    let what =
        say!(speaker, "bad-choice", word = "--case", value = name, choices = names.join(", "));
    Err(Failure::new(ExitReason::Usage, what).into())
}
