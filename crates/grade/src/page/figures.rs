//! The numbers of a class that the page shows.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::{CaseInfo, Gradebook};
use crate::state::{CaseState, State};

/// How many students there are of each kind, and what they have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Figures {
    /// All of them.
    pub students: usize,
    /// Those whose program was run.
    pub graded: usize,
    /// Those who handed in late.
    pub late: usize,
    /// Those with nothing that could be run.
    pub no_submission: usize,
    /// Those whose program no compiler accepts.
    pub does_not_compile: usize,
    /// Those whom the machine kept from having points.
    pub infra_error: usize,
    /// Those that grading has not come to yet.
    pub pending: usize,
    /// Those with a sighting.
    pub seen: usize,
    /// Those that ran without a sandbox.
    pub open: usize,
    /// Of the points that are known, in tenths, rounded.
    pub mean: Option<u64>,
    /// Of the points that are known, in tenths.
    pub median: Option<u64>,
}

impl Figures {
    /// Counts them.
    pub fn of(book: &Gradebook) -> Self {
        let count = |state: State| book.results.iter().filter(|one| one.state == state).count();
        let mut points: Vec<u64> =
            book.results.iter().filter_map(|one| earned(book, one)).collect();
        points.sort_unstable();
        let known = points.len() as u64;
        let middle = points.len() / 2;
        Self {
            students: book.results.len(),
            graded: count(State::Graded),
            late: book.results.iter().filter(|one| is_late(one)).count(),
            no_submission: count(State::NoSubmission),
            does_not_compile: count(State::DoesNotCompile),
            infra_error: count(State::InfraError),
            pending: book.pending(),
            seen: book.results.iter().filter(|one| !one.sightings.is_empty()).count(),
            open: book.results.iter().filter(|one| one.unsafe_because.is_some()).count(),
            mean: (known > 0).then(|| (points.iter().sum::<u64>() * 10 + known / 2) / known),
            median: (known > 0).then(|| match points.len() % 2 {
                1 => points[middle] * 10,
                _ => (points[middle - 1] + points[middle]) * 5,
            }),
        }
    }
}

/// True if it was handed in late.
pub(super) fn is_late(graded: &crate::Graded) -> bool {
    graded.attempt.as_ref().is_some_and(|attempt| attempt.late)
}

/// The points that make the grade; `None` if nobody knows them.
fn earned(book: &Gradebook, graded: &crate::Graded) -> Option<u64> {
    graded.score(&book.assignment).map(|score| u64::from(score.earned))
}

/// A bar of the histogram: students whose points are within a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    /// The points, both ends included; `None` for those whose points nobody knows.
    pub(super) points: Option<(u32, u32)>,
    /// How many of them were graded, did not compile, and have no submission.
    pub(super) parts: [usize; 3],
    /// Those whose points nobody knows.
    pub(super) unknown: usize,
}

impl Bar {
    pub(super) fn students(&self) -> usize {
        self.parts.iter().sum::<usize>() + self.unknown
    }
}

/// The most bars that fit beside each other on a telephone.
const BARS: u32 = 20;

/// The histogram of points: a bar for every number of points, or for a range if there are many, and
/// one for those whose points nobody knows, if there are any. Those that grading has not come to yet
/// are in none.
pub(super) fn bars(book: &Gradebook) -> Vec<Bar> {
    let reached = || book.results.iter().filter(|one| one.state != State::Pending);
    let scores = || reached().map(|one| (one, one.score(&book.assignment)));
    // A submission of an older exercise may have more points than there are today.
    let most = scores().filter_map(|(_, score)| score.map(|it| it.earned)).max().unwrap_or(0);
    let most = most.max(book.assignment.of());
    let width = (most / BARS) + 1;
    let mut bars: Vec<Bar> = (0..=most / width)
        .map(|bar| {
            let first = bar * width;
            let range = (first, (first + (width - 1)).min(most));
            Bar { points: Some(range), parts: [0; 3], unknown: 0 }
        })
        .collect();
    let mut unknown = 0;
    for (graded, score) in scores() {
        let Some(score) = score else {
            unknown += 1;
            continue;
        };
        let part = match graded.state {
            State::NoSubmission => 2,
            State::DoesNotCompile => 1,
            State::Graded | State::InfraError | State::Pending => 0,
        };
        bars[(score.earned / width) as usize].parts[part] += 1;
    }
    if unknown > 0 {
        bars.push(Bar { points: None, parts: [0; 3], unknown });
    }
    bars
}

/// What most programs did, and how many students' did it: the most frequent sentence of each rule,
/// the rules that say most first.
pub(super) fn deeds(book: &Gradebook) -> Vec<(usize, &str)> {
    const SHOWN: usize = 6;
    let mut rules: BTreeMap<&str, (usize, BTreeMap<&str, usize>)> = BTreeMap::new();
    for graded in &book.results {
        let mut counted = BTreeSet::new();
        for did in graded.cases.iter().filter_map(|case| case.did.as_ref()) {
            if did.text.trim().is_empty() {
                continue;
            }
            let (students, texts) = rules.entry(&did.rule).or_default();
            *students += usize::from(counted.insert(&did.rule));
            *texts.entry(&did.text).or_default() += 1;
        }
    }
    let mut deeds: Vec<(usize, &str)> = rules
        .into_values()
        .filter_map(|(students, texts)| {
            let (text, _) = texts.into_iter().max_by_key(|(_, times)| *times)?;
            Some((students, text))
        })
        .collect();
    deeds.sort_by_key(|(students, _)| std::cmp::Reverse(*students));
    deeds.truncate(SHOWN);
    deeds
}

/// How often a case was run, and how often it did not pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tally<'a> {
    /// Its place in the exercise's order.
    pub(super) index: usize,
    pub(super) case: &'a CaseInfo,
    /// Passed, failed or timed out.
    pub(super) run: usize,
    /// Failed or timed out.
    pub(super) not_passed: usize,
}

/// The cases, those that failed most often first.
pub(super) fn tallies(book: &Gradebook) -> Vec<Tally<'_>> {
    let mut tallies: Vec<Tally<'_>> = book
        .assignment
        .cases
        .iter()
        .enumerate()
        .map(|(index, case)| {
            let results = book.results.iter().flat_map(|one| &one.cases);
            let states = results.filter(|one| one.name == case.name).map(|one| one.state);
            let states: Vec<CaseState> = states.collect();
            let count = |those: &[CaseState]| states.iter().filter(|it| those.contains(it)).count();
            let not_passed = count(&[CaseState::Failed, CaseState::Timeout]);
            Tally { index, case, run: not_passed + count(&[CaseState::Passed]), not_passed }
        })
        .collect();
    tallies.sort_by_key(|tally| std::cmp::Reverse(tally.not_passed));
    tallies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CaseInfo, Graded, State};

    /// A class whose exercise has one case with so many points, and in which these were earned.
    fn class(of: u32, earned: &[Option<u32>]) -> Gradebook {
        let mut book: Gradebook = serde_json::from_str(
            r#"{"format_version": 1, "assignment": {"exercise": "x", "title": "x", "language": "en",
                "socklab": "0", "exercise_sha256": "", "seed": 1, "counted": "core",
                "started": "", "cases": []}, "results": []}"#,
        )
        .unwrap();
        book.assignment.cases = vec![CaseInfo {
            name: "one".to_owned(),
            title: String::new(),
            points: of,
            robust: false,
            hidden: false,
        }];
        for (number, earned) in earned.iter().enumerate() {
            let state = if earned.is_some() { "graded" } else { "infra-error" };
            let passed = if *earned == Some(of) { "passed" } else { "failed" };
            let json = format!(
                r#"{{"student": {{"id": "{number}"}}, "state": "{state}",
                    "points": {{"core": {{"earned": {}, "of": {of}}},
                               "robust": {{"earned": 0, "of": 0}}}},
                    "cases": [{{"name": "one", "state": "{passed}", "points": 0,
                               "did": {{"rule": "r{}", "text": "did {number}"}}}}]}}"#,
                earned.unwrap_or_default(),
                number % 2,
            );
            let graded: Graded = serde_json::from_str(&json).unwrap();
            book.results.push(graded);
        }
        book
    }

    fn middle(earned: &[Option<u32>]) -> (Option<u64>, Option<u64>) {
        let figures = Figures::of(&class(10, earned));
        (figures.mean, figures.median)
    }

    #[test]
    fn mean_and_median_are_of_known_points() {
        assert_eq!(middle(&[]), (None, None));
        assert_eq!(middle(&[None]), (None, None));
        assert_eq!(middle(&[Some(3), None]), (Some(30), Some(30)));
        assert_eq!(middle(&[Some(10), Some(1), Some(2)]), (Some(43), Some(20)));
        assert_eq!(middle(&[Some(9), Some(2), Some(3), Some(4)]), (Some(45), Some(35)));
    }

    #[test]
    fn everybody_is_in_one_bar() {
        let shape = |of: u32, earned: &[Option<u32>]| -> Vec<(Option<(u32, u32)>, usize)> {
            let bars = bars(&class(of, earned));
            bars.iter().map(|bar| (bar.points, bar.students())).collect()
        };
        assert_eq!(shape(1, &[]), [(Some((0, 0)), 0), (Some((1, 1)), 0)]);
        assert_eq!(
            shape(2, &[Some(2), None, Some(2), Some(0)]),
            [(Some((0, 0)), 1), (Some((1, 1)), 0), (Some((2, 2)), 2), (None, 1)]
        );
        for of in [0, 1, 19, 20, 21, 40, 41, 100, 1_000_000] {
            let all: Vec<Option<u32>> = (0..50).map(|n| Some(of * n / 49)).collect();
            let shape = shape(of, &all);
            assert!(shape.len() <= BARS as usize + 1, "{of}: {shape:?}");
            assert_eq!(shape.iter().map(|(_, students)| students).sum::<usize>(), 50, "{of}");
            let ends: Vec<(u32, u32)> = shape.iter().filter_map(|(points, _)| *points).collect();
            assert_eq!((ends[0].0, ends[ends.len() - 1].1), (0, of));
            assert!(ends.windows(2).all(|two| two[0].1 + 1 == two[1].0), "{ends:?}");
        }
    }

    #[test]
    fn a_submission_that_nobody_graded_is_not_a_zero() {
        let figures = Figures::of(&class(5, &[None, Some(5)]));
        assert_eq!((figures.infra_error, figures.graded, figures.mean), (1, 1, Some(50)));
        assert_eq!(class(5, &[None]).results[0].state, State::InfraError);
    }

    #[test]
    fn deeds_are_counted_once_for_each_student() {
        let mut book = class(5, &[Some(0); 5]);
        let again = book.results[0].cases[0].clone();
        book.results[0].cases.push(again);
        // The rule of the even ones said “did 0” twice, of the same student.
        assert_eq!(deeds(&book), [(3, "did 0"), (2, "did 3")]);
    }

    #[test]
    fn cases_are_sorted_by_how_often_they_failed() {
        let mut book = class(5, &[Some(5), Some(0), Some(0)]);
        let easy = CaseInfo { name: "easy".to_owned(), ..book.assignment.cases[0].clone() };
        book.assignment.cases.insert(0, easy);
        let tallies = tallies(&book);
        let seen: Vec<_> = tallies
            .iter()
            .map(|it| (it.case.name.as_str(), it.index, it.not_passed, it.run))
            .collect();
        assert_eq!(seen, [("one", 1, 2, 3), ("easy", 0, 0, 0)]);
    }
}
