//! Runs a check in its own thread, so that keys can be read meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::Check;
use socklab_scenario::format::Exercise;
use socklab_scenario::{CaseState, IsolationWanted, Recording, Runner};

use crate::commands::check::foreign;
use crate::commands::check::{
    Help, Order, Subject, advised, again, case_line, is_told, isolation, not_here, not_run, note,
    refusal, some_seed, story, summary, warnings,
};
use crate::course::hinted::Hinted;
use crate::course::points::Points;
use crate::course::texts;
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
    CheckEnd(Box<CheckEnd>),
}

/// How the program is to be run, whichever exercise it is for.
#[derive(Clone, Debug)]
pub(crate) struct How {
    /// Whether packets are recorded.
    pub(crate) packets: bool,
    /// How far it is kept apart.
    pub(crate) wanted: IsolationWanted,
    /// The options that say so, and from which course the exercise is.
    pub(crate) options: Vec<String>,
    /// The options that say from which course it is.
    pub(crate) course: Vec<String>,
}

/// How a check ended.
#[derive(Debug, Default)]
pub(super) struct CheckEnd {
    /// The points, if all cases ran.
    pub(super) points: Option<Points>,
    /// A one-line summary of the points.
    pub(super) summary: Option<String>,
    /// The hints for the first case that failed, or for a file that was refused.
    pub(super) hinted: Option<Hinted>,
    /// The first case that passed, if all that the exercise is about passed.
    pub(super) exemplary: Option<Exemplary>,
    /// The robust cases that did not pass: name and title.
    pub(super) left: Vec<(String, String)>,
}

/// A case that shows what a program does.
#[derive(Clone, Debug)]
pub(super) struct Exemplary {
    pub(super) case: String,
    pub(super) seed: u64,
    pub(super) recording: Recording,
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
        help: &Arc<Help>,
        how: &How,
    ) -> Result<Self> {
        let (sender, messages) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (exercise, help) = (Arc::clone(exercise), Arc::clone(help));
        let (subject, stopping) = (subject.clone(), Arc::clone(&stop));
        let how = how.clone();
        let work = move || {
            let over = check(speaker, &exercise, &subject, &help, &how, &stopping, &sender);
            let over = over.unwrap_or_else(|error| {
                let _ = sender.send(CheckMessage::Line(with_causes(&error)));
                CheckEnd::default()
            });
            // The receiver is gone only while the program exits.
            let _ = sender.send(CheckMessage::CheckEnd(Box::new(over)));
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
    help: &Help,
    how: &How,
    stop: &AtomicBool,
    out: &Sender<CheckMessage>,
) -> Result<CheckEnd> {
    let say = |line: String| {
        let _ = out.send(CheckMessage::Line(line));
    };
    let runner = scenario::runner(speaker, some_seed())?;
    let apart = foreign::wanted(how.wanted, subject).0;
    let runner = Runner { isolation: apart, packets: how.packets, ..runner };
    let built = match subject.build(exercise, &[]) {
        Ok(built) => built,
        Err(error) => {
            let Some((what, output)) = refusal(speaker, &error) else {
                return Err(not_here(speaker, exercise, &error));
            };
            say(what);
            output.lines().for_each(|line| say(format!("  {line}")));
            return Ok(CheckEnd { hinted: Some(help.unbuilt()), ..CheckEnd::default() });
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
        story(speaker, done, subject, &help.hints, &again, Order::WordsLast)
            .into_iter()
            .for_each(say);
        warnings(speaker, &built.warnings).into_iter().for_each(say);
    }
    note(&exercise.name, &report);
    let core = report.core_passed() && report.infra_error().is_none();
    let mut passed = report.cases.iter().filter(|_| core);
    let exemplary = passed.find_map(|done| {
        let (case, recording) = (done.case.name.clone(), done.recording.clone()?);
        Some(Exemplary { case, seed: runner.seed, recording })
    });
    let left = report.cases.iter().filter(|done| done.case.robust && done.problem().is_some());
    let left = left.map(|done| {
        let title = texts::text(speaker, &done.case.title).to_owned();
        (done.case.name.clone(), title)
    });
    Ok(CheckEnd {
        exemplary,
        left: left.collect(),
        summary: Some(summary(speaker, &report)),
        points: report
            .infra_error()
            .is_none()
            .then(|| Points { core: report.points(false), robust: report.points(true) }),
        hinted: failed.filter(|done| advised(done)).map(|done| help.levels(done, subject)),
    })
}
