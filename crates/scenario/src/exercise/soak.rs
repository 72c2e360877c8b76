//! Repeats checks whose verdicts must not change: the programs to repeat, and what became of them.

use std::collections::BTreeMap;

use super::build::{BuildError, BuildFolder, Built};
use super::check::{CaseReport, Report};
use crate::course::Course;
use crate::format::Exercise;
use crate::verdict::CaseState;

/// A program of an exercise, built once for many checks.
#[derive(Debug)]
pub struct Exhibit {
    /// Its file: `solution.py`, `bugs/one-recv.py`, `accepted/kurose.py`.
    pub program: String,
    /// The program, or why it could not be built.
    pub built: Result<Built, BuildError>,
    /// Where it was written; removed when this is dropped.
    _folder: Option<BuildFolder>,
}

impl Exercise {
    /// Builds the programs whose verdicts are known: solutions, planted bugs, accepted ones.
    pub fn exhibits(&self, course: &Course) -> Vec<Exhibit> {
        let (jobs, _) = self.jobs(course);
        let jobs = jobs.into_iter().filter(|job| !job.is_starter());
        let exhibit = |job| {
            let (built, folder) = match self.build(&job) {
                Ok((built, folder)) => (Ok(built), Some(folder)),
                Err(error) => (Err(error), None),
            };
            Exhibit { program: job.program, built, _folder: folder }
        };
        jobs.map(exhibit).collect()
    }
}

impl Exhibit {
    /// A program that was built elsewhere.
    pub fn of(program: String, built: Built) -> Self {
        Self { program, built: Ok(built), _folder: None }
    }
}

/// What a case came to, as far as points are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It did not pass, in time or not.
    Failed,
    /// It was not run, because another case did not pass.
    Skipped,
}

impl Outcome {
    /// `None` if the case could not be run, which is no verdict.
    fn of(state: CaseState) -> Option<Self> {
        match state {
            CaseState::Passed => Some(Self::Passed),
            CaseState::Failed | CaseState::Timeout => Some(Self::Failed),
            CaseState::Skipped => Some(Self::Skipped),
            CaseState::InfraError => None,
        }
    }

    /// Its word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// An outcome of a case: when it was seen first, and how often since.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    seed: u64,
    why: String,
    times: usize,
}

/// The outcomes of every case of one program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    cases: BTreeMap<String, BTreeMap<Outcome, Seen>>,
    /// How many checks were counted: a single one can't differ from another.
    pub checks: u32,
    /// How many checks had a case that could not be run.
    pub unavailable: u32,
}

/// A case whose verdict was not always the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The case.
    pub case: String,
    /// How often each outcome was seen.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// The outcome seen least often.
    pub rare: Outcome,
    /// A seed with which it was seen.
    pub seed: u64,
    /// Why the case did not pass, when it first did not: the words that [`Tally::count`] was given.
    /// A case that was never judged when it did not pass has only the reason for that.
    pub why: String,
}

impl Tally {
    /// Counts a check; `why` says in words why a case did not pass, and is asked when that happens
    /// for the first time. If a case could not be run, the check counts for nothing else: what
    /// depends on that case was not run either.
    pub fn count(
        &mut self,
        report: &Report<'_>,
        seed: u64,
        why: impl Fn(&CaseReport<'_>) -> String,
    ) {
        let cases = report.cases.iter();
        let states = cases.map(|done| (done.case.name.as_str(), done.verdict.state, done));
        self.count_states(states, seed, why);
    }

    /// The same, of what has a single case: whether it passed, or `None` if it could not be run.
    pub fn count_one(
        &mut self,
        case: &str,
        passed: Option<bool>,
        seed: u64,
        why: impl Fn() -> String,
    ) {
        let state = match passed {
            Some(true) => CaseState::Passed,
            Some(false) => CaseState::Failed,
            None => CaseState::InfraError,
        };
        self.count_states([(case, state, ())].into_iter(), seed, |()| why());
    }

    fn count_states<'a, D>(
        &mut self,
        states: impl Iterator<Item = (&'a str, CaseState, D)>,
        seed: u64,
        why: impl Fn(D) -> String,
    ) {
        let outcomes: Option<Vec<_>> =
            states.map(|(case, state, done)| Some((case, Outcome::of(state)?, done))).collect();
        let Some(outcomes) = outcomes else {
            self.unavailable += 1;
            return;
        };
        self.checks += 1;
        for (case, outcome, done) in outcomes {
            let known = self.cases.entry(case.to_owned()).or_default();
            let words = || if outcome == Outcome::Passed { String::new() } else { why(done) };
            let first = || Seen { seed, why: words(), times: 0 };
            known.entry(outcome).or_insert_with(first).times += 1;
        }
    }

    /// The cases whose verdicts changed.
    pub fn changes(&self) -> Vec<Change> {
        let change = |(case, known): (&String, &BTreeMap<Outcome, Seen>)| {
            let (rare, seen) = known.iter().min_by_key(|(_, seen)| seen.times)?;
            let told = [Outcome::Failed, Outcome::Skipped].iter().find_map(|it| known.get(it));
            Some(Change {
                case: case.clone(),
                outcomes: known.iter().map(|(outcome, seen)| (*outcome, seen.times)).collect(),
                rare: *rare,
                seed: seen.seed,
                why: told.map(|seen| seen.why.clone()).unwrap_or_default(),
            })
        };
        self.cases.iter().filter(|(_, known)| known.len() > 1).filter_map(change).collect()
    }
}

#[cfg(test)]
mod tests {
    use CaseState::{Failed, InfraError, Passed, Skipped, Timeout};

    use super::*;

    fn tally(rounds: &[[CaseState; 2]]) -> Tally {
        let mut tally = Tally::default();
        for (seed, states) in (1..).zip(rounds) {
            let [echo, bytes] = *states;
            let states = [("echo", echo, "no answer"), ("bytes", bytes, "cut")];
            tally.count_states(states.into_iter(), seed, |why| format!("{why}, seed {seed}"));
        }
        tally
    }

    #[test]
    fn the_same_verdict_every_time_is_no_change() {
        assert_eq!(tally(&[[Passed, Failed], [Passed, Failed]]).changes(), []);
        // Too late and wrong are both without points.
        assert_eq!(tally(&[[Passed, Failed], [Passed, Timeout]]).changes(), []);
    }

    #[test]
    fn the_rare_outcome_of_a_change_is_the_one_to_look_at() {
        let rounds = [[Passed, Passed], [Failed, Skipped], [Passed, Passed]];
        let changes = tally(&rounds).changes();
        let told: Vec<_> = changes.iter().map(|it| (it.case.as_str(), it.rare, it.seed)).collect();
        assert_eq!(told, [("bytes", Outcome::Skipped, 2), ("echo", Outcome::Failed, 2)]);
        assert_eq!(changes[1].outcomes, [(Outcome::Passed, 2), (Outcome::Failed, 1)].into());
        assert_eq!((&*changes[0].why, &*changes[1].why), ("cut, seed 2", "no answer, seed 2"));
    }

    #[test]
    fn a_case_that_rarely_passes_is_told_with_the_reason_why_it_fails_otherwise() {
        let rounds = [[Failed, Skipped], [Passed, Failed], [Failed, Skipped]];
        let changes = tally(&rounds).changes();
        let told: Vec<_> = changes.iter().map(|it| (it.rare, it.seed, &*it.why)).collect();
        let expected =
            [(Outcome::Failed, 2, "cut, seed 2"), (Outcome::Passed, 2, "no answer, seed 1")];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_has_one_case_is_counted_alike() {
        let mut tally = Tally::default();
        for (seed, passed) in [(1, Some(true)), (2, None), (3, Some(false)), (4, Some(true))] {
            tally.count_one("answer", passed, seed, || format!("nothing, seed {seed}"));
        }
        let changes = tally.changes();
        assert_eq!((tally.checks, tally.unavailable, changes.len()), (3, 1, 1));
        assert_eq!((changes[0].rare, &*changes[0].why), (Outcome::Failed, "nothing, seed 3"));
    }

    #[test]
    fn what_could_not_be_run_is_no_verdict() {
        let tally = tally(&[[Passed, Passed], [InfraError, Skipped]]);
        assert_eq!((tally.changes(), tally.checks, tally.unavailable), (vec![], 1, 1));
    }
}
