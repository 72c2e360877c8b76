//! All cases of an exercise, one after another.

use std::collections::BTreeMap;

use super::verdict::{Problem, State, judge_case};
use crate::engine::{Stagehand, run};
use crate::format::{Case, Exercise};
use crate::recording::{Recording, Submission};

/// What to check.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    /// By which cases.
    pub exercise: &'a Exercise,
    /// Whose program.
    pub submission: &'a Submission,
    /// Where and how.
    pub stagehand: &'a Stagehand,
    /// Only this case, whatever it depends on.
    pub only: Option<&'a str>,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub struct CaseReport<'a> {
    /// Which.
    pub case: &'a Case,
    /// The verdict.
    pub state: State,
    /// Why it did not pass.
    pub problem: Option<Problem>,
    /// What happened; nothing if it was not run.
    pub recording: Option<Recording>,
}

/// What came of a check.
#[derive(Clone, Debug, Default)]
pub struct Report<'a> {
    /// Case by case, in the exercise's order.
    pub cases: Vec<CaseReport<'a>>,
}

impl<'a> Check<'a> {
    /// The cases that it will run.
    pub fn cases(&self) -> impl Iterator<Item = &'a Case> + use<'a> {
        let only = self.only.map(str::to_owned);
        let wanted = move |case: &&Case| only.as_deref().is_none_or(|only| only == case.name);
        self.exercise.cases.iter().filter(wanted)
    }

    /// Runs them. `tell` hears of each as it is done, and says whether to go on.
    pub fn run(&self, mut tell: impl FnMut(&CaseReport<'a>) -> bool) -> Report<'a> {
        let mut report = Report::default();
        let mut states = BTreeMap::new();
        for case in self.cases() {
            let missing = case.depends_on.iter().find(|name| {
                let state = states.get(name.as_str());
                self.only.is_none() && state != Some(&State::Passed)
            });
            let done = match missing {
                Some(name) => {
                    // What could not be run here says nothing, and neither does what needs it.
                    let state = match states.get(name.as_str()) {
                        Some(State::InfraError) => State::InfraError,
                        _ => State::Skipped,
                    };
                    let problem = Some(Problem::Needs(name.clone()));
                    CaseReport { case, state, problem, recording: None }
                }
                None => self.one(case),
            };
            states.insert(case.name.as_str(), done.state);
            let go_on = tell(&done);
            report.cases.push(done);
            if !go_on {
                break;
            }
        }
        report
    }

    fn one(&self, case: &'a Case) -> CaseReport<'a> {
        match run(&case.scenario, Some(self.submission), self.stagehand) {
            Ok(recording) => {
                let (state, problem) = judge_case(case, &recording);
                CaseReport { case, state, problem, recording: Some(recording) }
            }
            Err(error) => CaseReport {
                case,
                state: State::InfraError,
                problem: Some(Problem::Environment(error.to_string())),
                recording: None,
            },
        }
    }
}

impl CaseReport<'_> {
    /// What it brings.
    pub fn points(&self) -> u32 {
        if self.state == State::Passed { self.case.points } else { 0 }
    }
}

impl Report<'_> {
    /// Points earned and points there are, of the robust cases or of the others.
    pub fn points(&self, robust: bool) -> (u32, u32) {
        let cases = self.cases.iter().filter(|done| done.case.robust == robust);
        cases.fold((0, 0), |(earned, all), done| (earned + done.points(), all + done.case.points))
    }

    /// Did everything pass that a simple correct solution passes?
    pub fn core_passed(&self) -> bool {
        let mut core = self.cases.iter().filter(|done| !done.case.robust);
        core.all(|done| done.state == State::Passed)
    }

    /// Was there a case that could not be run here?
    pub fn infra_error(&self) -> Option<&CaseReport<'_>> {
        self.cases.iter().find(|done| done.state == State::InfraError)
    }
}
