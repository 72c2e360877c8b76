//! The `result.json` of [Classroom 50](https://github.com/foundation50/classroom50/wiki/Advanced-Autograding),
//! schema `classroom50/result/v1`.

use serde_json::{Value, json};

use super::{Unknown, line, pretty, words};
use crate::class::Moment;
use crate::{Assignment, Counted, Graded};

/// Which submission a result belongs to, as Classroom 50's runner tells an autograder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// The classroom's short name.
    pub classroom: String,
    /// The assignment's short name.
    pub assignment: String,
    /// `individual`, `group` or `team`.
    pub assignment_type: String,
    /// The login of the repository's owner.
    pub owner: String,
    /// The tag of the submission: `submit/2026-06-01T14-32-05Z-a1b2c3d`.
    pub submission: String,
    /// Where its commit is shown.
    pub commit: String,
    /// Where its release is shown.
    pub release: String,
    /// Where its difference from the starter is shown.
    pub review: String,
    /// When it was submitted: `2026-06-01T14:33:11Z`.
    pub datetime: String,
}

impl Release {
    /// The release that the runner's environment names. What is missing there, because this is not
    /// run by it, is filled in from the gradebook: the schema has no empty values.
    pub fn new(
        assignment: &Assignment,
        graded: &Graded,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let or = |name: &str, other: &str| {
            let value = set(name).unwrap_or_else(|| other.to_owned());
            let value = line(&value);
            if value.is_empty() { "local".to_owned() } else { value }
        };
        let hash = &graded.sha256;
        let short = hash.get(..7).unwrap_or("0000000");
        let when = instant(&assignment.started);
        let handed_in = graded.attempt.as_ref().and_then(|attempt| attempt.submitted.as_deref());
        // A time without its offset may be any moment of a day.
        let handed_in = handed_in.and_then(Moment::parse).map(Moment::in_utc);
        let datetime = handed_in.unwrap_or_else(|| when.clone());
        // A name of what was graded that holds everywhere (RFC 8141).
        let urn = format!("urn:sha256:{hash}");
        let commit = or("COMMIT_URL", &urn);
        let tag = set("SUBMISSION_TAG").filter(|tag| tag.starts_with("submit/"));
        let tag = tag.unwrap_or_else(|| format!("submit/{}-{short}", datetime.replace(':', "-")));
        Self {
            classroom: or("CLASSROOM", "local"),
            assignment: or("ASSIGNMENT", &assignment.exercise),
            assignment_type: or("MODE", "individual"),
            owner: or("USERNAME", &graded.student.id),
            submission: line(&tag),
            release: or("RELEASE_URL", &commit),
            review: or("REVIEW_URL", &commit),
            commit,
            datetime,
        }
    }
}

/// What became of a submission. The tests are the cases that make the grade: the runner reports a
/// failure where any test failed.
///
/// # Errors
///
/// Nobody knows the points. The runner takes an autograder that fails for an error of the
/// infrastructure, and reports it as such.
pub fn classroom50(
    assignment: &Assignment,
    graded: &Graded,
    release: &Release,
) -> Result<String, Unknown> {
    let Some(score) = graded.score(assignment) else {
        return Err(Unknown::of(assignment, graded));
    };
    let counts = |robust: bool| assignment.counted == Counted::All || !robust;
    let mut tests: Vec<Value> = assignment
        .cases
        .iter()
        .filter(|info| counts(info.robust))
        .map(|info| {
            let case = graded.cases.iter().find(|case| case.name == info.name);
            json!({
                "test-name": line(&info.name),
                "passed": case.is_some_and(|case| case.state == crate::CaseState::Passed),
                "score": case.and_then(|case| case.points).unwrap_or(0),
                "max-score": info.points,
            })
        })
        .collect();
    if let Some(exam) = graded.score_of_exam(assignment) {
        tests.push(json!({
            "test-name": words::EXAM,
            "passed": exam.earned == exam.of,
            "score": exam.earned,
            "max-score": exam.of,
        }));
    }
    Ok(pretty(&json!({
        "schema": "classroom50/result/v1",
        "classroom": release.classroom,
        "assignment": release.assignment,
        "assignment_type": release.assignment_type,
        "owner": release.owner,
        "submission": release.submission,
        "commit": release.commit,
        "release": release.release,
        "review": release.review,
        "datetime": release.datetime,
        "graded_at": instant(&assignment.started),
        "score": score.earned,
        "max-score": score.of,
        "tests": tests,
    })))
}

/// An instant of RFC 3339 in UTC, without fractions of a second: `2026-06-01T14:33:11Z`.
fn instant(text: &str) -> String {
    Moment::parse(text).map_or_else(|| text.to_owned(), Moment::in_utc)
}
