//! A gradebook with one student of each kind.

use std::collections::BTreeMap;

use socklab_grade::cluster::{Form, Observed, Trait};
use socklab_grade::exam::{ExamInfo, Examined};
use socklab_grade::{
    Assignment, Attempt, CaseInfo, CaseResult, CaseState, Counted, Did, FORMAT_VERSION, Files,
    Gradebook, Graded, Pack, Points, Score, Sighting, State, Student, Used,
};

/// A text of a hidden case, which no student may see.
pub(crate) const SECRET: &str = "the secret of the hidden case";

/// Eight points of core, two of them hidden, and four of robust cases.
fn form() -> Form {
    let mut form = Form::of_cases(vec![Observed::of_state("echo", CaseState::Passed)]);
    form.traits.insert(Trait::Background);
    form
}

pub(crate) fn book() -> Gradebook {
    let results = vec![
        graded("student-01", &[CaseState::Passed; 4]),
        graded(
            "student-02",
            &[CaseState::Passed, CaseState::Failed, CaseState::Timeout, CaseState::Failed],
        ),
        graded(
            "student-03",
            &[CaseState::Failed, CaseState::Skipped, CaseState::Skipped, CaseState::Skipped],
        ),
        none("student-04", State::NoSubmission),
        none("student-05", State::DoesNotCompile),
        none("student-06", State::InfraError),
    ];
    Gradebook { format_version: FORMAT_VERSION, assignment: assignment(), results }
}

/// The same after an exam with two points for each right answer: two right, one who did not pass, one
/// without answers.
pub(crate) fn examined() -> Gradebook {
    let mut book = book();
    book.assignment.exam = Some(ExamInfo { each: 2, marked: true });
    for graded in &mut book.results {
        graded.exam = Some(Examined::NotPassed);
    }
    book.results[0].exam = Some(Examined::Answered { right: 2 });
    book.results[1].exam = Some(Examined::NoAnswers);
    book.results[5].exam = None;
    book
}

pub(crate) fn assignment() -> Assignment {
    let case = |name: &str, points, robust, hidden| CaseInfo {
        name: name.to_owned(),
        title: format!("what {name} checks"),
        points,
        robust,
        hidden,
    };
    Assignment {
        exercise: "echo-server".to_owned(),
        title: "Echo server".to_owned(),
        language: "en".to_owned(),
        socklab: "0.1.0".to_owned(),
        exercise_sha256: "ab".repeat(32),
        pack: Some(Pack { name: "pack-a".to_owned(), sha256: "cd".repeat(32) }),
        seed: 7,
        counted: Counted::Core,
        exam: None,
        started: "2026-11-27T09:00:00.5Z".to_owned(),
        cases: vec![
            case("echo", 4, false, false),
            case("two-lines", 2, false, false),
            case("secret", 2, false, true),
            case("burst", 4, true, false),
        ],
    }
}

pub(crate) fn student(id: &str) -> Student {
    Student {
        id: id.to_owned(),
        name: Some(format!("Name of {id}")),
        email: Some(format!("{id}@example.edu")),
        more: BTreeMap::new(),
    }
}

/// A submission with these states of the four cases.
pub(crate) fn graded(id: &str, states: &[CaseState; 4]) -> Graded {
    let assignment = assignment();
    let earned = |robust: bool| {
        let all = assignment.cases.iter().zip(states).filter(|(case, _)| case.robust == robust);
        let passed = all.clone().filter(|(_, state)| **state == CaseState::Passed);
        Score {
            earned: passed.map(|(case, _)| case.points).sum(),
            of: all.map(|(case, _)| case.points).sum(),
        }
    };
    let cases = assignment.cases.iter().zip(states).map(|(info, state)| case(info, *state));
    Graded {
        student: student(id),
        state: State::Graded,
        why: None,
        attempt: Some(Attempt {
            number: 2,
            of: 2,
            submitted: Some("2026-11-26T23:59:00Z".to_owned()),
            late: id == "student-02",
        }),
        language: "python".to_owned(),
        file: "server.py".to_owned(),
        sha256: "12".repeat(32),
        compiler: String::new(),
        points: Some(Points { core: earned(false), robust: earned(true) }),
        cases: cases.collect(),
        sightings: if id == "student-02" {
            vec![sighting("echo"), sighting("secret")]
        } else {
            vec![]
        },
        unsafe_because: (id == "student-03").then(|| "--unsafe".to_owned()),
        used: Used {
            milliseconds: 12_345,
            processor_milliseconds: 800,
            compiler_milliseconds: 0,
            memory: 9 << 20,
        },
        retries: 1,
        group: Some("A".to_owned()),
        comment: Some("Read on until recv returns 0.".to_owned()),
        exam: None,
        form: Some(form()),
    }
}

fn sighting(case: &str) -> Sighting {
    let text = match case {
        "secret" => SECRET.to_owned(),
        _ => "It tried to write to /etc/passwd.".to_owned(),
    };
    Sighting {
        what: "wrote-outside".to_owned(),
        object: "/etc/passwd".to_owned(),
        text,
        case: case.to_owned(),
        times: 1,
    }
}

fn case(info: &CaseInfo, state: CaseState) -> CaseResult {
    let wrong = matches!(state, CaseState::Failed | CaseState::Timeout);
    let text = |text: &str| if info.hidden { SECRET.to_owned() } else { text.to_owned() };
    CaseResult {
        name: info.name.clone(),
        state,
        points: Some(if state == CaseState::Passed { info.points } else { 0 }),
        because: (state == CaseState::Skipped).then(|| "echo".to_owned()),
        did: wrong.then(|| Did {
            rule: "never-answered".to_owned(),
            cause: Some("reads-once".to_owned()),
            text: text("It read 5 bytes and sent nothing."),
        }),
        problem: wrong.then(|| text("Expected: 5 bytes.\n  \"hello\"\n  ^")),
        explanations: if wrong { vec![text("recv returned what had arrived.")] } else { vec![] },
        hints: if wrong { vec![text("Send it back."), text("A second hint.")] } else { vec![] },
        again_here: String::new(),
        again: if wrong {
            text("socklab check echo-server --case echo --seed 7")
        } else {
            String::new()
        },
        files: Files {
            page: Some(format!("students/x/{}.html", info.name)),
            recording: Some(format!("students/x/{}.jsonl", info.name)),
            capture: Some(format!("students/x/{}.pcapng", info.name)),
        },
        milliseconds: 1_250,
    }
}

/// A submission that has no verdicts.
pub(crate) fn none(id: &str, state: State) -> Graded {
    Graded {
        state,
        why: Some(match state {
            State::NoSubmission => "There is no file.".to_owned(),
            State::DoesNotCompile => "gcc does not accept it.".to_owned(),
            _ => "No namespace could be made: EPERM.".to_owned(),
        }),
        attempt: None,
        compiler: match state {
            State::DoesNotCompile => "server.c:3:1: error: expected ‘;’".to_owned(),
            _ => String::new(),
        },
        points: state.has_points().then_some(Points {
            core: Score { earned: 0, of: 8 },
            robust: Score { earned: 0, of: 4 },
        }),
        cases: Vec::new(),
        sightings: Vec::new(),
        unsafe_because: None,
        group: None,
        comment: None,
        exam: None,
        form: None,
        ..graded(id, &[CaseState::Skipped; 4])
    }
}
