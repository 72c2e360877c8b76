//! Runs a check in its own thread, so that keys can be read meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{Check, Hints, Open};
use socklab_scenario::format::Exercise;
use socklab_scenario::{CaseState, IsolationWanted, Runner};

use crate::commands::check::{
    Order, Subject, advice, again, case_line, gap_in_the_way, is_told, isolation, not_here,
    not_run, note, refusal, some_seed, story, summary, warnings,
};
use crate::course::points::Points;
use crate::failure::with_causes;
use crate::scenario;
use crate::terminal::gauge::Gauge;

/// A message from a running check.
#[derive(Debug)]
pub(super) enum CheckMessage {
    /// A line of the report.
    Line(String),
    /// The progress bar, with the name of the next case.
    Progress(String),
    /// The check has ended.
    CheckEnd(CheckEnd),
}

/// How the program is to be run, whichever exercise it is for.
#[derive(Clone, Debug)]
pub(crate) struct How {
    /// How far it is kept apart.
    pub(crate) wanted: IsolationWanted,
    /// The options that say so, and from which course the exercise is.
    pub(crate) options: Vec<String>,
}

/// How a check ended.
#[derive(Debug, Default)]
pub(super) struct CheckEnd {
    /// The points, if all cases ran.
    pub(super) points: Option<Points>,
    /// A one-line summary of the points.
    pub(super) summary: Option<String>,
    /// The hints that fit the first failed case.
    pub(super) hints: Vec<String>,
    /// The open gap that its report names.
    pub(super) gap: Option<Open>,
}

/// A check that is running or has finished.
#[derive(Debug)]
pub(super) struct CheckThread {
    pub(super) messages: Receiver<CheckMessage>,
    stop: Arc<AtomicBool>,
}

impl CheckThread {
    pub(super) fn start(
        speaker: Speaker,
        exercise: &Arc<Exercise>,
        subject: &Subject,
        hints: &Arc<Hints>,
        how: &How,
    ) -> Result<Self> {
        let (sender, messages) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (exercise, hints) = (Arc::clone(exercise), Arc::clone(hints));
        let (subject, stopping) = (subject.clone(), Arc::clone(&stop));
        let how = how.clone();
        let work = move || {
            let over = check(speaker, &exercise, &subject, &hints, &how, &stopping, &sender);
            let over = over.unwrap_or_else(|error| {
                let _ = sender.send(CheckMessage::Line(with_causes(&error)));
                CheckEnd::default()
            });
            // The receiver is gone only while the program exits.
            let _ = sender.send(CheckMessage::CheckEnd(over));
        };
        thread::Builder::new().spawn(work).context("clone, a thread for the check")?;
        Ok(Self { messages, stop })
    }

    /// Asks it to stop before the next case.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn check(
    speaker: Speaker,
    exercise: &Exercise,
    subject: &Subject,
    hints: &Hints,
    how: &How,
    stop: &AtomicBool,
    out: &Sender<CheckMessage>,
) -> Result<CheckEnd> {
    let say = |line: String| {
        let _ = out.send(CheckMessage::Line(line));
    };
    let runner = scenario::runner(speaker, some_seed())?;
    let runner = Runner { isolation: how.wanted, ..runner };
    let built = match subject.build(exercise) {
        Ok(built) => built,
        Err(error) => {
            let Some((what, output)) = refusal(speaker, &error) else {
                return Err(not_here(speaker, exercise, &error));
            };
            say(what);
            output.lines().for_each(|line| say(format!("  {line}")));
            return Ok(CheckEnd::default());
        }
    };
    let check = Check { exercise, submission: &built.submission, runner: &runner, only: None };
    let mut names = check.cases().map(|case| case.name.as_str());
    let mut gauge = Gauge::new(check.cases().count(), false);
    let show = |gauge: &Gauge, name: Option<&str>| {
        let _ = out.send(CheckMessage::Progress(gauge.line(name.unwrap_or_default())));
    };
    show(&gauge, names.next());
    let mut section = None;
    let mut told = false;
    let report = check.run(|done| {
        if !told && let Some(recording) = &done.recording {
            told = true;
            isolation(speaker, &recording.isolation).into_iter().for_each(say);
        }
        let ran = done.verdict.state != CaseState::Skipped;
        if ran && section != Some(done.case.robust) {
            section = Some(done.case.robust);
            let key = if done.case.robust { "check-robust" } else { "check-core" };
            say(format!("\n{}", say!(speaker, key)));
        }
        if ran {
            say(case_line(speaker, done));
        }
        gauge.advance();
        show(&gauge, names.next());
        !stop.load(Ordering::Relaxed)
    });
    if stop.load(Ordering::Relaxed) {
        return Ok(CheckEnd::default());
    }
    not_run(speaker, &report).into_iter().for_each(say);
    let failed = report.cases.iter().find(|done| is_told(done));
    if let Some(done) = failed {
        let again = again(&exercise.name, &done.case.name, runner.seed, &how.options, subject);
        story(speaker, done, subject, hints, &again, Order::WordsLast).into_iter().for_each(say);
        warnings(speaker, &built.warnings).into_iter().for_each(say);
    }
    note(&exercise.name, &report);
    Ok(CheckEnd {
        summary: Some(summary(speaker, &report)),
        points: report
            .infra_error()
            .is_none()
            .then(|| Points { core: report.points(false), robust: report.points(true) }),
        gap: failed.and_then(|done| gap_in_the_way(done, subject)),
        hints: failed.map(|done| advice(speaker, done, &done.insight()).hints).unwrap_or_default(),
    })
}
