//! Sample classes: what a grader could have filled a book with.

use std::collections::BTreeMap;

use socklab_grade::page::{Comments, folder_of};
use socklab_grade::{
    Assignment, Attempt, CaseInfo, CaseResult, CaseState, Counted, Did, FORMAT_VERSION, Files,
    Gradebook, Graded, Pack, Points, Sighting, State, Student, Used,
};

/// The cases of the sample: name, title, points, robust, hidden.
const CASES: [(&str, &str, u32, bool, bool); 13] = [
    ("echoes", "Whatever comes is sent back, byte for byte", 2, false, false),
    ("empty-line", "A client that sends nothing and leaves", 1, false, false),
    ("long-line", "A line longer than a buffer", 2, false, false),
    ("in-pieces", "A line that arrives in pieces", 2, false, false),
    ("two-clients", "A second client after the first", 1, false, false),
    ("half-close", "A client that closes its side and still reads", 2, false, false),
    ("zero-byte", "A byte of value zero in the middle", 1, false, false),
    ("port", "The port is the one that was asked for", 1, false, false),
    ("at-once", "Ten clients at the same time", 2, true, false),
    ("vanishes", "A client that vanishes in the middle", 1, true, false),
    ("port-taken", "The port is taken: an error that names it", 1, true, false),
    ("hidden-burst", "Thirty connections in a burst", 2, false, true),
    ("hidden-large", "A megabyte", 1, true, true),
];

/// What a kind of program does: the cases that it fails or that take too long, the sentence about
/// it, what was expected, and the hint.
struct Behaviour {
    failed: &'static [&'static str],
    timeout: &'static [&'static str],
    rule: &'static str,
    did: &'static str,
    problem: &'static str,
    hint: &'static str,
}

const BEHAVIOURS: [Behaviour; 8] = [
    Behaviour { failed: &[], timeout: &[], rule: "", did: "", problem: "", hint: "" },
    Behaviour {
        failed: &["at-once", "hidden-large"],
        timeout: &["vanishes"],
        rule: "one-at-a-time",
        did: "The server never called accept again while its first client was connected.",
        problem: "Expected: client-2 receives exactly “b\\n”.\nBut there was not a single byte.",
        hint: "Who serves the second client while recv waits for the first?",
    },
    Behaviour {
        failed: &["in-pieces", "long-line", "hidden-burst", "hidden-large"],
        timeout: &[],
        rule: "one-recv-one-message",
        did: "The server read once, 7 of 20 bytes, and sent these back as if they were all.",
        problem: "Expected: client receives exactly “a line in pieces\\n”.\n\
                  But it was “a line \\n” (8 bytes): of those expected, only the first 7 are right.\n    \
                  a line in pieces\\n\n           ^",
        hint: "TCP is a stream of bytes: one recv may return less than one send sent.",
    },
    Behaviour {
        failed: &["half-close", "zero-byte", "at-once", "port-taken"],
        timeout: &[],
        rule: "closes-both",
        did: "The server called close as soon as recv returned 0, with 12 bytes still to be sent.",
        problem: "Expected: client receives exactly “bye\\n”.\nBut there was not a single byte.",
        hint: "recv that returns 0 ends only one direction.",
    },
    Behaviour {
        failed: &["echoes", "in-pieces", "zero-byte", "hidden-burst"],
        timeout: &["long-line", "two-clients", "half-close"],
        rule: "prints-instead",
        did: "The server printed what it received instead of sending it.",
        problem: "Expected: client receives exactly “hello\\n”.\nNothing like that happened.",
        hint: "print writes to the terminal. Which call writes to the socket?",
    },
    Behaviour {
        failed: &["two-clients", "at-once", "hidden-burst"],
        timeout: &[],
        rule: "ends-after-first",
        did: "The server ended after its first client (exit code 0).",
        problem: "Expected: client-2 calls connect.\nIt was done, but not like that: ECONNREFUSED.",
        hint: "What follows close in a server that serves another client?",
    },
    Behaviour {
        failed: &[
            "echoes",
            "empty-line",
            "long-line",
            "in-pieces",
            "two-clients",
            "half-close",
            "zero-byte",
            "port",
            "at-once",
            "vanishes",
            "port-taken",
            "hidden-burst",
            "hidden-large",
        ],
        timeout: &[],
        rule: "never-listened",
        did: "The server started processes until its limit was reached, and never listened.",
        problem: "Expected: server listens on the port that it was given.\nNothing like that happened.",
        hint: "Begin with socket, bind and listen.",
    },
    Behaviour {
        failed: &["long-line", "hidden-large"],
        timeout: &["at-once"],
        rule: "short-send",
        did: "send took 65536 of 100000 bytes, and the rest was never sent.",
        problem: "Expected: client receives 100000 bytes.\nBut there were 65536 bytes.",
        hint: "What does send return?",
    },
];

const GROUPS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

const NAMES: [&str; 8] =
    ["Ana", "Beatriz Peña", "Camilo", "Daniela", "Élise", "Farid", "Gabriela", "Hernán José"];

/// What a class is asked to do.
pub(crate) fn assignment() -> Assignment {
    let case = |(name, title, points, robust, hidden): (&str, &str, u32, bool, bool)| CaseInfo {
        name: name.to_owned(),
        title: title.to_owned(),
        points,
        robust,
        hidden,
    };
    Assignment {
        exercise: "echo-server".to_owned(),
        title: "An echo server".to_owned(),
        language: "en".to_owned(),
        socklab: "0.1.0".to_owned(),
        exercise_sha256: "3f1c9e5a7b".repeat(6) + "0d2e",
        pack: Some(Pack { name: "secret-2026".to_owned(), sha256: "77aa01".repeat(10) + "beef" }),
        seed: 20_261_128,
        counted: Counted::Core,
        exam: None,
        started: "2026-11-28T06:41:52Z".to_owned(),
        cases: CASES.into_iter().map(case).collect(),
    }
}

/// A student's result: the program behaves like this one.
pub(crate) fn graded(
    assignment: &Assignment,
    number: usize,
    student: Student,
    kind: usize,
) -> Graded {
    let behaviour = &BEHAVIOURS[kind];
    let folder = folder_of(&student);
    let mut points = Points::default();
    let mut cases = Vec::new();
    for case in &assignment.cases {
        let name = case.name.as_str();
        let state = if behaviour.failed.contains(&name) {
            CaseState::Failed
        } else if behaviour.timeout.contains(&name) {
            CaseState::Timeout
        } else {
            CaseState::Passed
        };
        let passed = state == CaseState::Passed;
        let score = if case.robust { &mut points.robust } else { &mut points.core };
        score.of += case.points;
        score.earned += if passed { case.points } else { 0 };
        let at = |ending: &str| Some(format!("students/{folder}/{name}.{ending}"));
        cases.push(CaseResult {
            name: name.to_owned(),
            state,
            points: Some(if passed { case.points } else { 0 }),
            because: None,
            did: (!passed).then(|| Did {
                rule: behaviour.rule.to_owned(),
                cause: None,
                text: behaviour.did.to_owned(),
            }),
            problem: (!passed).then(|| behaviour.problem.to_owned()),
            explanations: Vec::new(),
            hints: if passed { Vec::new() } else { vec![behaviour.hint.to_owned()] },
            again_here: String::new(),
            again: if passed {
                String::new()
            } else {
                format!("socklab check echo-server --case {name} --seed 20261128")
            },
            files: Files { page: at("html"), recording: at("jsonl"), capture: at("pcapng") },
            milliseconds: 120 + 13 * number as u64,
        });
    }
    Graded {
        student,
        state: State::Graded,
        why: None,
        attempt: Some(Attempt {
            number: 1 + (number % 3) as u32,
            of: 1 + (number % 3) as u32,
            submitted: Some(format!("2026-11-{:02}T{:02}:05:00Z", 20 + number % 8, number % 24)),
            late: number % 9 == 4,
        }),
        language: "python".to_owned(),
        file: "echo-server.py".to_owned(),
        sha256: format!("{:064x}", number * 7_919),
        compiler: String::new(),
        points: Some(points),
        cases,
        sightings: Vec::new(),
        unsafe_because: None,
        used: Used {
            milliseconds: 4_200,
            processor_milliseconds: 910,
            compiler_milliseconds: 0,
            memory: 14 << 20,
        },
        retries: 0,
        group: Some(GROUPS[kind].to_owned()),
        comment: None,
        exam: None,
        form: None,
    }
}

/// A result without cases.
fn without(number: usize, student: Student, state: State, why: &str) -> Graded {
    let assignment = assignment();
    let mut graded = graded(&assignment, number, student, 0);
    graded.state = state;
    graded.why = Some(why.to_owned());
    graded.cases = Vec::new();
    graded.points = None;
    graded.group = None;
    graded.used = Used::default();
    if state == State::NoSubmission {
        graded.attempt = None;
        graded.file = String::new();
        graded.sha256 = String::new();
        graded.language = String::new();
    }
    graded
}

/// One that does not compile.
pub(crate) fn refused(number: usize, student: Student) -> Graded {
    let mut graded = without(number, student, State::DoesNotCompile, "gcc did not accept it.");
    graded.language = "c".to_owned();
    graded.file = "echo-server.c".to_owned();
    graded.compiler = "echo-server.c: In function ‘main’:\n\
        echo-server.c:14:5: error: expected ‘;’ before ‘return’\n   \
        14 |     listen(server, 5)\n      |     ^~~~~~~~~~~~~~~~~\n   15 |     return 0;\n"
        .to_owned();
    graded
}

/// One whose student handed in nothing.
pub(crate) fn missing(number: usize, student: Student) -> Graded {
    without(number, student, State::NoSubmission, "There is no file in the folder.")
}

/// One that nobody could grade.
pub(crate) fn unknown(number: usize, student: Student) -> Graded {
    let mut graded = without(
        number,
        student,
        State::InfraError,
        "clone: no memory left (ENOMEM). Try again with fewer at the same time.",
    );
    graded.retries = 2;
    graded
}

/// One that grading has not come to yet.
pub(crate) fn pending(student: Student) -> Graded {
    Graded { why: None, ..without(0, student, State::Pending, "") }
}

/// What a sandbox saw of a program that starts processes without end.
pub(crate) fn sightings() -> Vec<Sighting> {
    vec![
        Sighting {
            what: "fork-limit".to_owned(),
            object: "64".to_owned(),
            text: "It tried to have more than 64 processes.".to_owned(),
            case: "echoes".to_owned(),
            times: 812,
        },
        Sighting {
            what: "wrote-outside".to_owned(),
            object: "/etc/passwd".to_owned(),
            text: "It tried to write /etc/passwd.".to_owned(),
            case: "hidden-burst".to_owned(),
            times: 1,
        },
    ]
}

/// A student.
pub(crate) fn student(id: &str, name: Option<&str>) -> Student {
    Student { id: id.to_owned(), name: name.map(str::to_owned), email: None, more: BTreeMap::new() }
}

/// A class of 62 in which there is everything that a page has to show.
pub(crate) fn class() -> (Gradebook, Comments) {
    let assignment = assignment();
    // How many behave in which way, so that the histogram has a shape.
    let kinds = [0, 0, 1, 1, 1, 2, 0, 3, 7, 4, 5, 1, 0, 6, 2, 7];
    let mut results = Vec::new();
    for number in 0..62 {
        let id = format!("student-{:02}", number + 1);
        let name = format!("{} {}", NAMES[number % NAMES.len()], number + 1);
        let student = student(&id, (number % 5 != 3).then_some(&name));
        results.push(match number {
            7 | 31 => refused(number, student),
            11 | 40 | 58 => missing(number, student),
            23 => unknown(number, student),
            _ => {
                let kind = kinds[(number * 7 + number / 16) % kinds.len()];
                let mut graded = graded(&assignment, number, student, kind);
                if kind == 6 {
                    graded.sightings = sightings();
                }
                if number == 29 {
                    skip_after(&mut graded, "port");
                }
                if number == 45 {
                    graded.cases[4].state = CaseState::InfraError;
                    graded.cases[4].points = None;
                }
                graded
            }
        });
    }
    let comments = BTreeMap::from([
        (
            "C".to_owned(),
            "You read once and take it for all.\nLook at the third lesson: streams have no messages."
                .to_owned(),
        ),
        ("A".to_owned(), "Well done!".to_owned()),
    ]);
    (Gradebook { format_version: FORMAT_VERSION, assignment, results }, comments)
}

/// Nothing was run after this case.
fn skip_after(graded: &mut Graded, case: &str) {
    let skipped = graded.cases.iter_mut().skip_while(|it| it.name != case).skip(1);
    for result in skipped {
        result.state = CaseState::Skipped;
        result.points = Some(0);
        result.because = Some(case.to_owned());
        (result.did, result.problem) = (None, None);
        (result.hints, result.again) = (Vec::new(), String::new());
        result.files = Files::default();
    }
}

/// A class of five: one in each state, and one with sightings.
pub(crate) fn small() -> (Gradebook, Comments) {
    let mut assignment = assignment();
    assignment.cases.retain(|it| ["echoes", "at-once", "hidden-burst"].contains(&&*it.name));
    let mut results = vec![
        graded(&assignment, 1, student("ana", Some("Ana Pérez")), 0),
        graded(&assignment, 4, student("student-02", None), 6),
        refused(2, student("student-03", Some("Camilo"))),
        missing(3, student("student-04", None)),
        unknown(5, student("student-05", Some("Élise"))),
    ];
    results[1].sightings = sightings();
    results[1].unsafe_because = Some("user namespaces are forbidden here".to_owned());
    let comments = BTreeMap::from([("G".to_owned(), "Who starts all these processes?".to_owned())]);
    (Gradebook { format_version: FORMAT_VERSION, assignment, results }, comments)
}

/// What somebody puts in a name, a sentence or a file's name to make a page do what it must not.
pub(crate) const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style></title><script>alert(1)</script>",
    "javascript:alert(1)",
    "../../../etc/passwd",
    "a/b#c?d%41&amp;<!--",
    "\u{202e}txt.exe\u{2066}",
    "\u{1b}[2J\u{1b}]0;x\u{7}\0\u{9b}2J",
    "",
    "ab\r\ncd\u{2028}ef\tgh",
    "]]><![CDATA[<x>]]>",
];

/// A class in which every text is hostile.
pub(crate) fn hostile() -> (Gradebook, Comments) {
    let mut assignment = assignment();
    let bad = |number: usize| HOSTILE[number % HOSTILE.len()].to_owned();
    for (number, case) in assignment.cases.iter_mut().enumerate() {
        // Names differ, or they are not those of cases.
        (case.name, case.title) = (format!("{}{number}", bad(number)), bad(number + 1));
    }
    let long = "x".repeat(3_000);
    let mut results = Vec::new();
    for (number, id) in HOSTILE.iter().chain([&long.as_str()]).enumerate() {
        let student = student(id, (number % 2 == 0).then_some(HOSTILE[(number + 3) % 12]));
        let mut graded = graded(&self::assignment(), number, student, number % BEHAVIOURS.len());
        for (case, result) in assignment.cases.iter().zip(&mut graded.cases) {
            result.name = case.name.clone();
            result.did =
                Some(Did { rule: bad(number), cause: Some(bad(number)), text: bad(number) });
            result.problem = Some(bad(number + 1));
            result.explanations = vec![bad(number + 2), long.clone()];
            result.hints = vec![bad(number + 3)];
            result.again = bad(number + 4);
            result.files.page = Some(bad(number));
            result.files.recording = Some(bad(number + 1));
        }
        graded.why = Some(bad(number));
        graded.compiler = HOSTILE.join("\n");
        graded.unsafe_because = Some(bad(number + 5));
        graded.group = Some(bad(number / 2));
        graded.file = bad(number + 6);
        graded.sha256 = bad(number + 7);
        graded.sightings = sightings();
        graded.sightings[0].text = bad(number);
        graded.sightings[0].case = bad(number);
        graded.attempt =
            Some(Attempt { number: 1, of: 2, submitted: Some(bad(number)), late: true });
        results.push(graded);
    }
    assignment.title = HOSTILE[3].to_owned();
    assignment.exercise = HOSTILE[0].to_owned();
    assignment.started = HOSTILE[1].to_owned();
    assignment.exercise_sha256 = HOSTILE[2].to_owned();
    assignment.pack = Some(Pack { name: HOSTILE[4].to_owned(), sha256: HOSTILE[8].to_owned() });
    let comments = HOSTILE.iter().map(|text| ((*text).to_owned(), (*text).to_owned())).collect();
    (Gradebook { format_version: FORMAT_VERSION, assignment, results }, comments)
}
