//! What grading again has changed: who has other points than before, and which cases changed.

use serde::Serialize;

use crate::book::{Assignment, Graded, Score};
use crate::formats::csv::{cell, sheet};
use crate::state::{CaseState, State};

/// What became of a case that came to something else before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseDifference {
    /// Its name.
    pub name: String,
    /// What it was; `None` if there was no such case, or it was not run.
    pub before: Option<CaseState>,
    /// What it is now; `None` if there is no such case any more, or it was not run.
    pub now: Option<CaseState>,
}

/// What grading again has changed for a student.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The student's id.
    pub id: String,
    /// The name for readers.
    pub name: Option<String>,
    /// What the submission came to, and its points; the latter `None` if nobody knows them.
    pub before: (State, Option<Score>),
    /// The same, now.
    pub now: (State, Option<Score>),
    /// The cases that changed.
    pub cases: Vec<CaseDifference>,
}

/// Compares a result with the one before, which may have been judged by other cases. `None` if
/// nothing is different.
pub fn difference(
    (assignment_before, before): (&Assignment, &Graded),
    (assignment, now): (&Assignment, &Graded),
) -> Option<Difference> {
    let state = |graded: &Graded, name: &str| {
        graded.cases.iter().find(|case| case.name == name).map(|case| case.state)
    };
    let gone = before.cases.iter().filter(|case| state(now, &case.name).is_none());
    let names = now.cases.iter().chain(gone).map(|case| case.name.as_str());
    let compared = names.map(|name| CaseDifference {
        name: name.to_owned(),
        before: state(before, name),
        now: state(now, name),
    });
    // Too late and wrong are both without points.
    let passed = |state: Option<CaseState>| state.map(|it| it == CaseState::Passed);
    let cases: Vec<_> = compared.filter(|case| passed(case.before) != passed(case.now)).collect();
    let of = |graded: &Graded, assignment: &Assignment| (graded.state, graded.score(assignment));
    let (before, now_is) = (of(before, assignment_before), of(now, assignment));
    (before != now_is || !cases.is_empty()).then(|| Difference {
        id: now.student.id.clone(),
        name: now.student.name.clone(),
        before,
        now: now_is,
        cases,
    })
}

/// The differences as a table for a spreadsheet: a row for each student and case that changed. Points
/// that nobody knows are empty.
pub fn csv(differences: &[Difference]) -> String {
    let head = ["id", "name", "points_before", "points_now", "case", "before", "now"];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    for it in differences {
        let points =
            |score: Option<Score>| score.map(|score| score.earned.to_string()).unwrap_or_default();
        let word = |state: Option<CaseState>| state.map_or("", CaseState::word);
        let mut cases: Vec<_> = it
            .cases
            .iter()
            .map(|case| (case.name.as_str(), word(case.before), word(case.now)))
            .collect();
        if cases.is_empty() {
            cases.push(("", it.before.0.word(), it.now.0.word()));
        }
        for (case, before, now) in cases {
            let (points_before, points_now) = (points(it.before.1), points(it.now.1));
            let name = it.name.as_deref().unwrap_or_default();
            let row = [&it.id, name, &points_before, &points_now, case, before, now].map(cell);
            table.push(row.to_vec());
        }
    }
    sheet(&table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{CaseInfo, CaseResult, Counted, Points, Student, Used};

    fn assignment(names: &[&str]) -> Assignment {
        let case = |name: &&str| CaseInfo {
            name: (*name).to_owned(),
            title: String::new(),
            points: 1,
            robust: false,
            hidden: false,
        };
        Assignment {
            exercise: "echo-server".into(),
            title: String::new(),
            language: "en".into(),
            socklab: "0".into(),
            exercise_sha256: String::new(),
            pack: None,
            seed: 1,
            counted: Counted::Core,
            exam: None,
            started: String::new(),
            cases: names.iter().map(case).collect(),
        }
    }

    fn graded(cases: &[(&str, CaseState)]) -> Graded {
        let earned = cases.iter().filter(|(_, state)| *state == CaseState::Passed).count();
        let earned = u32::try_from(earned).unwrap();
        let of = u32::try_from(cases.len()).unwrap();
        let case = |(name, state): &(&str, CaseState)| CaseResult {
            name: (*name).to_owned(),
            state: *state,
            points: Some(u32::from(*state == CaseState::Passed)),
            because: None,
            did: None,
            problem: None,
            explanations: Vec::new(),
            hints: Vec::new(),
            again: String::new(),
            again_here: String::new(),
            files: crate::book::Files::default(),
            milliseconds: 0,
        };
        Graded {
            student: Student { id: "ana".into(), ..Student::default() },
            state: State::Graded,
            why: None,
            attempt: None,
            language: "python".into(),
            file: "server.py".into(),
            sha256: String::new(),
            compiler: String::new(),
            points: Some(Points { core: Score { earned, of }, robust: Score::default() }),
            cases: cases.iter().map(case).collect(),
            sightings: Vec::new(),
            unsafe_because: None,
            used: Used::default(),
            retries: 0,
            group: None,
            form: None,
            comment: None,
            exam: None,
        }
    }

    #[test]
    fn points_and_the_cases_behind_them_are_named() {
        use CaseState::{Failed, Passed, Timeout};
        let before = graded(&[("port", Passed), ("echo", Failed), ("gone", Passed)]);
        let now = graded(&[("port", Passed), ("echo", Passed), ("new", Timeout)]);
        let (old, new) =
            (assignment(&["port", "echo", "gone"]), assignment(&["port", "echo", "new"]));
        let found = difference((&old, &before), (&new, &now)).unwrap();
        let told: Vec<_> =
            found.cases.iter().map(|it| (it.name.as_str(), it.before, it.now)).collect();
        let wanted = [
            ("echo", Some(Failed), Some(Passed)),
            ("new", None, Some(Timeout)),
            ("gone", Some(Passed), None),
        ];
        assert_eq!(told, wanted);
        let rows = csv(&[Difference { name: Some("=1+1, \"a\"".into()), ..found.clone() }]);
        assert_eq!(rows.lines().count(), 4);
        assert_eq!(rows.lines().nth(1), Some("ana,\"'=1+1, \"\"a\"\"\",2,2,echo,failed,passed"));
        assert_eq!(found.before.1, Some(Score { earned: 2, of: 3 }));
        assert_eq!(found.now.1, Some(Score { earned: 2, of: 3 }));
    }

    #[test]
    fn the_same_is_no_difference_whether_late_or_wrong() {
        use CaseState::{Failed, Passed, Timeout};
        let cases = assignment(&["port", "echo"]);
        let before = graded(&[("port", Passed), ("echo", Failed)]);
        let now = graded(&[("port", Passed), ("echo", Timeout)]);
        assert_eq!(difference((&cases, &before), (&cases, &now)), None);
        let refused = Graded { state: State::DoesNotCompile, points: None, cases: vec![], ..now };
        assert!(difference((&cases, &before), (&cases, &refused)).is_some());
    }
}
