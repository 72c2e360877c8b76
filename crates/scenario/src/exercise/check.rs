//! Checks a program: runs all cases of an exercise, one after another.

use std::collections::BTreeMap;

use socklab_judge::{Finding, Judgement, Mismatch, Texts};

use crate::engine::{Runner, run, run_again, run_once};
use crate::format::{Case, Exercise, FittingHint, UnboundExpectation, Verb};
use crate::recording::{Recording, Trouble};
use crate::step_end::StepTrouble;
use crate::submission::Submission;
use crate::verdict::{CaseState, Verdict};

/// What to check.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    /// The exercise, whose cases are run.
    pub exercise: &'a Exercise,
    /// The student's program.
    pub submission: &'a Submission,
    /// How scenarios are run.
    pub runner: &'a Runner,
    /// Run only this case, regardless of its dependencies.
    pub only: Option<&'a str>,
}

/// The result of a case.
#[derive(Clone, Debug)]
pub struct CaseReport<'a> {
    /// The case.
    pub case: &'a Case,
    /// The verdict.
    pub verdict: Verdict,
    /// What happened; `None` if the case was not run.
    pub recording: Option<Recording>,
}

/// Why a case did not pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Problem<'a> {
    /// A step failed.
    Step(&'a StepTrouble),
    /// An expectation was not met: the finding, and its index among the case's expectations.
    Missed(&'a Finding, usize),
    /// The run says little or nothing about the program.
    Trouble(&'a Trouble),
    /// The case was not run, because this other one did not pass.
    Needs(&'a str),
    /// The case was not run, because the command has no place for these arguments.
    Arguments(&'a [String]),
}

/// The result of a check.
#[derive(Clone, Debug, Default)]
pub struct Report<'a> {
    /// The results of the cases, in the exercise's order.
    pub cases: Vec<CaseReport<'a>>,
}

impl<'a> Check<'a> {
    /// The cases that the check runs.
    pub fn cases(&self) -> impl Iterator<Item = &'a Case> + use<'a> {
        let only = self.only.map(str::to_owned);
        let wanted = move |case: &&Case| only.as_deref().is_none_or(|only| only == case.name);
        self.exercise.cases.iter().filter(wanted)
    }

    /// Runs the cases. `after_case` is called after each, and returns whether to go on.
    pub fn run(&self, mut after_case: impl FnMut(&CaseReport<'a>) -> bool) -> Report<'a> {
        let mut report = Report::default();
        let mut states = BTreeMap::new();
        // A program that is late even with more time is at fault: no further case gets more time.
        let mut patient = true;
        // The port that the program chose itself, in the first case in which it did.
        let mut own_port = None;
        for case in self.cases() {
            let missing =
                case.depends_on.iter().map(String::as_str).find(|name| {
                    self.only.is_none() && states.get(name) != Some(&CaseState::Passed)
                });
            // What was never ready for that case is not ready for this one either.
            let missing = missing.or_else(|| {
                let mut unready = report.cases.iter().filter(|done| done.is_unready());
                unready
                    .find(|done| begin_alike(done.case, case))
                    .map(|done| done.case.name.as_str())
            });
            let done = match missing {
                Some(name) => CaseReport { case, verdict: case.skipped(name), recording: None },
                None => match self.submission.without_place(case) {
                    Some(arguments) => {
                        let verdict = case.without_place_for(arguments);
                        CaseReport { case, verdict, recording: None }
                    }
                    None => {
                        let mut done = self.one(case, patient, &mut own_port);
                        let ran = report.cases.iter().any(CaseReport::has_run);
                        if ran && done.is_not_started() {
                            // It could be started before: it has removed or changed itself.
                            done.verdict.state = CaseState::Failed;
                        }
                        done
                    }
                },
            };
            patient &=
                !done.recording.as_ref().is_some_and(|known| known.second && known.is_late());
            states.insert(case.name.as_str(), done.verdict.state);
            let go_on = after_case(&done);
            report.cases.push(done);
            if !go_on {
                break;
            }
        }
        report
    }

    fn one(&self, case: &'a Case, patient: bool, own_port: &mut Option<u16>) -> CaseReport<'a> {
        let run = if patient { run } else { run_once };
        match run(&case.scenario, Some(self.submission), self.runner) {
            Ok(mut recording) => {
                let mut verdict = case.judge(&recording);
                if matches!(verdict.trouble, Some(Trouble::Busy | Trouble::Port { .. }))
                    && !recording.second
                    && let Ok(again) = run_again(&case.scenario, Some(self.submission), self.runner)
                {
                    (verdict, recording) = (case.judge(&again), again);
                }
                if let Some(found) = recording.own_port {
                    // A port is known only if it is the same every time: so run it once more.
                    let before = own_port.or_else(|| {
                        let again = run_once(&case.scenario, Some(self.submission), self.runner);
                        again.ok().and_then(|again| again.own_port)
                    });
                    own_port.get_or_insert(found);
                    if let Some(before) = before.filter(|before| *before != found) {
                        verdict.refuse_port(case, &recording, found, before);
                    }
                }
                CaseReport { case, verdict, recording: Some(recording) }
            }
            Err(error) => CaseReport { case, verdict: case.not_run(error), recording: None },
        }
    }
}

/// The hints of an exercise's author for a case that did not pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseHints {
    /// Those about what the program did.
    pub fitting: Vec<Texts>,
    /// Those that are true whatever it did.
    pub general: Vec<Texts>,
}

impl<'a> CaseReport<'a> {
    /// True if the program was started.
    fn has_run(&self) -> bool {
        self.recording.is_some() && self.verdict.trouble.is_none()
    }

    /// True if the program is not there, or is none that can be run.
    fn is_not_started(&self) -> bool {
        matches!(self.verdict.trouble, Some(Trouble::Trace { program: true, .. }))
    }

    /// Why the case did not pass: the first thing that went wrong. `None` if it passed.
    pub fn problem(&self) -> Option<Problem<'_>> {
        let verdict = &self.verdict;
        let missed =
            verdict.findings.iter().position(|finding| finding.outcome != Judgement::Passed);
        if let Some(arguments) = &verdict.without_place_for {
            return Some(Problem::Arguments(arguments));
        }
        match (&verdict.trouble, &verdict.step, &verdict.because, missed) {
            (Some(trouble), ..) => Some(Problem::Trouble(trouble)),
            (_, Some((_, trouble)), ..) => Some(Problem::Step(trouble)),
            (_, _, Some(case), _) => Some(Problem::Needs(case)),
            (.., Some(index)) => Some(Problem::Missed(&verdict.findings[index], index)),
            _ => None,
        }
    }

    /// The hints that fit what these rules have found: those of the expectation or step that went
    /// wrong, or else of the case. What fits anything says nothing about a program that was never
    /// ready, as it is about what the program should have done then.
    pub fn hints(&self, found: &[&str]) -> CaseHints {
        // A case that was not run says nothing about the program.
        let not_run = self.verdict.without_place_for.is_some();
        if self.verdict.state == CaseState::InfraError || not_run {
            return CaseHints::default();
        }
        let near = match self.problem() {
            Some(Problem::Missed(_, index)) => {
                self.case.expects.get(index).map(UnboundExpectation::hints)
            }
            _ => self.verdict.step.as_ref().and_then(|(index, _)| {
                self.case.scenario.steps.get(*index).map(|step| step.hints.clone())
            }),
        };
        let mut hints = near.unwrap_or_default();
        hints.retain(|hint| hint.fits(found));
        if hints.is_empty() {
            hints.clone_from(&self.case.hints);
            // Before a client there is its server; what it should do first is what hints are about.
            let unready = self.is_unready() && first_start(self.case) == Some(0);
            hints.retain(|hint| hint.fits(found) && !(unready && hint.when.is_empty()));
        }
        let (general, fitting): (Vec<_>, Vec<_>) =
            hints.into_iter().partition(|hint| hint.when.is_empty());
        let texts = |hints: Vec<FittingHint>| hints.into_iter().map(|hint| hint.text).collect();
        CaseHints { fitting: texts(fitting), general: texts(general) }
    }

    /// True if the case failed where the program is started, because it did not become ready.
    fn is_unready(&self) -> bool {
        matches!(
            &self.verdict.step,
            Some((at, StepTrouble::TimedOut { .. } | StepTrouble::Ended { .. }))
                if Some(*at) == first_start(self.case)
        )
    }

    /// The events that the problem is about, by `seq`.
    pub fn evidence(&self) -> Vec<u64> {
        match self.problem() {
            Some(Problem::Missed(finding, _)) => match &finding.outcome {
                Judgement::Failed(Mismatch::Different { seen, .. }) => seen.clone(),
                _ => finding.evidence.clone(),
            },
            _ => Vec::new(),
        }
    }
}

/// The step that starts the first program and waits for it.
fn first_start(case: &Case) -> Option<usize> {
    let starts = |verb: &Verb| matches!(verb, Verb::Start { .. });
    case.scenario.steps.iter().position(|step| starts(&step.verb))
}

/// True if two cases begin with the same steps, up to the first start of a program, in the same
/// surroundings.
fn begin_alike(one: &Case, other: &Case) -> bool {
    let [a, b] = [&one.scenario, &other.scenario];
    let start = |case: &Case| {
        let steps = &case.scenario.steps[..=first_start(case)?];
        let verbs: Vec<Verb> = steps.iter().map(|step| step.verb.clone()).collect();
        let Some(Verb::Start { actor, .. }) = verbs.last() else { return None };
        let actor = case.scenario.actors.iter().find(|one| one.name == *actor).cloned();
        Some((actor, verbs))
    };
    let steps = start(one).is_some() && start(one) == start(other);
    steps && (a.port, &a.host, &a.files, &a.names) == (b.port, &b.host, &b.files, &b.names)
}

impl Report<'_> {
    /// Points earned and points possible, for the robust cases or for the others.
    pub fn points(&self, robust: bool) -> (u32, u32) {
        let cases = self.cases.iter().filter(|done| done.case.robust == robust);
        cases.fold((0, 0), |(earned, all), done| {
            (earned + done.verdict.points, all + done.verdict.of)
        })
    }

    /// True if every core case passed: those that a simple correct solution passes. If only robust
    /// cases were run, they count instead. False if no case was run.
    pub fn core_passed(&self) -> bool {
        let has_core = self.cases.iter().any(|done| !done.case.robust);
        let mut counted = self.cases.iter().filter(|done| !(has_core && done.case.robust));
        !self.cases.is_empty() && counted.all(|done| done.verdict.state == CaseState::Passed)
    }

    /// The first case that could not be run here, so that nothing is known about the program: a
    /// core case, or any if only robust cases were run.
    pub fn infra_error(&self) -> Option<&CaseReport<'_>> {
        let has_core = self.cases.iter().any(|done| !done.case.robust);
        self.unknown(!has_core)
    }

    /// The first of the robust cases, or of the others, that could not be run here: then nobody knows
    /// how many of their points the program would earn.
    pub fn unknown(&self, robust: bool) -> Option<&CaseReport<'_>> {
        let mut cases = self.cases.iter().filter(|done| done.case.robust == robust);
        cases.find(|done| done.verdict.state == CaseState::InfraError)
    }
}
