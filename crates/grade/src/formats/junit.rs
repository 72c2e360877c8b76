//! JUnit XML, as Jenkins, GitLab and Surefire's readers know it. There is no standard; this keeps to
//! the elements and attributes of Jenkins' `junit-10.xsd` (xUnit plugin).

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use socklab_say::{Speaker, say};

use super::words::{self, plain};
use super::{line, shown, speaker};
use crate::headline;
use crate::{Assignment, CaseInfo, CaseResult, CaseState, Gradebook, Graded, State};

/// All submissions: a suite for each student, a test case for each case. What failed because of the
/// machine is an `error`, never a `failure`. Hidden cases have no contents: these files are made for
/// servers that show them to everybody.
pub fn junit(book: &Gradebook) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory does not fail.
    let _ = suites(&mut writer, book);
    let text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text + "\n"
}

type Xml = Writer<Vec<u8>>;

/// How many of a suite's cases there are of each kind.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    milliseconds: u64,
}

/// A test case of a suite.
struct Test {
    name: String,
    milliseconds: u64,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed { kind: &'static str, why: String },
    Broken { kind: &'static str, why: String },
    Skipped { why: String },
}

fn suites(xml: &mut Xml, book: &Gradebook) -> io::Result<()> {
    let assignment = &book.assignment;
    let all: Vec<(Graded, Vec<Test>)> = book
        .results
        .iter()
        .map(|graded| {
            let seen = graded.for_student(assignment);
            let tests = tests(speaker(assignment), assignment, &seen);
            (seen, tests)
        })
        .collect();
    let mut total = Counts::default();
    for (graded, tests) in &all {
        let counts = count(graded, tests);
        total.tests += counts.tests;
        total.failures += counts.failures;
        total.errors += counts.errors;
        total.milliseconds += counts.milliseconds;
    }
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attribute(("name", &*attribute(&assignment.exercise)))
        .with_attribute(("tests", &*total.tests.to_string()))
        .with_attribute(("failures", &*total.failures.to_string()))
        .with_attribute(("errors", &*total.errors.to_string()))
        .with_attribute(("time", &*seconds(total.milliseconds)))
        .write_inner_content(|xml| {
            all.iter().try_for_each(|(graded, tests)| suite(xml, assignment, graded, tests))
        })?;
    Ok(())
}

fn suite(
    xml: &mut Xml,
    assignment: &Assignment,
    graded: &Graded,
    tests: &[Test],
) -> io::Result<()> {
    let counts = count(graded, tests);
    // What groups test cases in the views of servers.
    let class = format!("{}.{}", attribute(&assignment.exercise), attribute(&graded.student.id));
    xml.create_element("testsuite")
        .with_attribute(("name", &*attribute(&graded.student.id)))
        .with_attribute(("tests", &*counts.tests.to_string()))
        .with_attribute(("failures", &*counts.failures.to_string()))
        .with_attribute(("errors", &*counts.errors.to_string()))
        .with_attribute(("skipped", &*counts.skipped.to_string()))
        .with_attribute(("time", &*seconds(counts.milliseconds)))
        .with_attribute(("timestamp", &*attribute(&assignment.started)))
        .write_inner_content(|xml| {
            properties(xml, assignment, graded)?;
            tests.iter().try_for_each(|it| test(xml, &class, it))?;
            let about = plain(&words::of_submission(speaker(assignment), graded));
            if !about.is_empty() {
                xml.create_element("system-out").write_text_content(BytesText::new(&about))?;
            }
            Ok(())
        })?;
    Ok(())
}

fn properties(xml: &mut Xml, assignment: &Assignment, graded: &Graded) -> io::Result<()> {
    let score = graded.score(assignment);
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let text = |text: &str| (!text.is_empty()).then(|| attribute(text));
    let pack = assignment.pack.as_ref();
    let list = [
        ("state", Some(graded.state.word().to_owned())),
        ("points", number(score.map(|score| score.earned))),
        ("of", number(Some(assignment.of()))),
        ("student", graded.student.name.as_deref().map(attribute)),
        ("language", text(&graded.language)),
        ("file", text(&graded.file)),
        ("submission-sha256", text(&graded.sha256)),
        ("exercise-sha256", text(&assignment.exercise_sha256)),
        ("pack-sha256", pack.and_then(|pack| text(&pack.sha256))),
        ("seed", Some(assignment.seed.to_string())),
        ("socklab", text(&assignment.socklab)),
        ("late", graded.attempt.as_ref().map(|attempt| attempt.late.to_string())),
        ("unsafe", graded.unsafe_because.as_deref().map(attribute)),
    ];
    xml.create_element("properties").write_inner_content(|xml| {
        for (name, value) in list {
            if let Some(value) = value {
                xml.create_element("property")
                    .with_attribute(("name", name))
                    .with_attribute(("value", &*value))
                    .write_empty()?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn test(xml: &mut Xml, class: &str, test: &Test) -> io::Result<()> {
    let element = xml
        .create_element("testcase")
        .with_attribute(("name", &*test.name))
        .with_attribute(("classname", class))
        .with_attribute(("time", &*seconds(test.milliseconds)));
    let (tag, kind, why) = match &test.outcome {
        Outcome::Passed => {
            element.write_empty()?;
            return Ok(());
        }
        Outcome::Failed { kind, why } => ("failure", Some(*kind), why),
        Outcome::Broken { kind, why } => ("error", Some(*kind), why),
        Outcome::Skipped { why } => ("skipped", None, why),
    };
    element.write_inner_content(|xml| {
        let mut inner =
            xml.create_element(tag).with_attribute(("message", &*attribute(&headline(why))));
        if let Some(kind) = kind {
            inner = inner.with_attribute(("type", kind));
        }
        inner.write_text_content(BytesText::new(&shown(why)))?;
        Ok(())
    })?;
    Ok(())
}

/// The test cases of a submission. One that could not be run has those of the exercise all the same,
/// so that a server's history shows which went missing, and one of its own that says why.
fn tests(speaker: Speaker, assignment: &Assignment, graded: &Graded) -> Vec<Test> {
    let missing = CaseInfo {
        name: String::new(),
        title: String::new(),
        points: 0,
        robust: false,
        hidden: false,
    };
    if graded.cases.is_empty() && graded.state != State::Graded {
        let why = plain(&words::of_submission(speaker, graded));
        let first = Test {
            name: "submission".to_owned(),
            milliseconds: graded.used.milliseconds,
            outcome: match graded.state {
                State::InfraError | State::Pending => {
                    Outcome::Broken { kind: graded.state.word(), why }
                }
                state => Outcome::Failed { kind: state.word(), why },
            },
        };
        let skipped = assignment.cases.iter().map(|case| Test {
            name: name(case),
            milliseconds: 0,
            outcome: Outcome::Skipped { why: say!(speaker, "format-skipped") },
        });
        return std::iter::once(first).chain(skipped).collect();
    }
    let test = |case: &CaseResult| {
        let info = assignment.case(&case.name).unwrap_or(&missing);
        let why = || plain(&words::of_case(speaker, info, case));
        let named = CaseInfo { name: case.name.clone(), ..info.clone() };
        Test {
            name: name(&named),
            milliseconds: case.milliseconds,
            outcome: match case.state {
                CaseState::Passed => Outcome::Passed,
                CaseState::Failed | CaseState::Timeout => {
                    Outcome::Failed { kind: case.state.word(), why: why() }
                }
                CaseState::InfraError => Outcome::Broken { kind: case.state.word(), why: why() },
                CaseState::Skipped => Outcome::Skipped { why: why() },
            },
        }
    };
    let exam = words::exam_test(speaker, assignment, graded).map(|exam| Test {
        name: words::EXAM.to_owned(),
        milliseconds: 0,
        outcome: match exam.passed {
            true => Outcome::Passed,
            false => Outcome::Failed { kind: words::EXAM, why: exam.text },
        },
    });
    graded.cases.iter().map(test).chain(exam).collect()
}

fn name(case: &CaseInfo) -> String {
    match &*case.title {
        title if case.hidden || title.is_empty() => attribute(&case.name),
        title => attribute(&format!("{}: {title}", case.name)),
    }
}

fn count(graded: &Graded, tests: &[Test]) -> Counts {
    let of = |is: fn(&Outcome) -> bool| tests.iter().filter(|test| is(&test.outcome)).count();
    Counts {
        tests: tests.len(),
        failures: of(|it| matches!(it, Outcome::Failed { .. })),
        errors: of(|it| matches!(it, Outcome::Broken { .. })),
        skipped: of(|it| matches!(it, Outcome::Skipped { .. })),
        milliseconds: graded.used.milliseconds,
    }
}

/// A text for an attribute: parsers would turn its line breaks into spaces anyway.
fn attribute(text: &str) -> String {
    line(text)
}

/// Seconds, as Surefire writes them: no more than three decimals, and no separators.
fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}
