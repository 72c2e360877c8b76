//! Gradebooks whose every text is hostile: quotes, line breaks, `]]>`, NUL, escape sequences, and what
//! turns the direction of writing.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use socklab_grade::exam::Examined;
use socklab_grade::{CaseState, Counted, Gradebook, State};

use crate::sample;

const PIECES: [&str; 24] = [
    "ana",
    "\"",
    "'",
    ",",
    ";",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "]]>",
    "<!--",
    "</p><script>",
    "&amp;",
    "\0",
    "\u{1b}[2J",
    "\u{9b}",
    "\u{202e}",
    "\u{2028}",
    "\u{fffe}",
    "=1+1",
    "\\ud800",
    "ñ",
    "𝄞",
    "  ",
];

pub(crate) fn text() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![4 => select(PIECES.to_vec()).prop_map(str::to_owned), 1 => any::<String>()],
        0..5,
    )
    .prop_map(|pieces| pieces.concat())
}

/// A gradebook with the shape of the sample, and other states and texts.
pub(crate) fn book() -> impl Strategy<Value = Gradebook> {
    let state = select(vec![
        CaseState::Passed,
        CaseState::Failed,
        CaseState::Timeout,
        CaseState::Skipped,
        CaseState::InfraError,
    ]);
    let of_all = select(vec![
        State::Graded,
        State::NoSubmission,
        State::DoesNotCompile,
        State::InfraError,
        State::Pending,
    ]);
    let student = (of_all, [state.clone(), state.clone(), state.clone(), state], vec(text(), 16));
    (vec(student, 0..4), vec(text(), 8), any::<bool>(), select(vec!["en", "es", "xx"])).prop_map(
        |(students, texts, all, language)| {
            let mut book = if all { sample::examined() } else { sample::book() };
            let about = &mut book.assignment;
            let mut texts = texts.into_iter();
            let mut next = || texts.next().unwrap_or_default();
            about.language = language.to_owned();
            about.counted = if all { Counted::All } else { Counted::Core };
            about.exercise += &next();
            about.title = next();
            about.started = next();
            about.socklab = next();
            for case in &mut about.cases {
                case.title = next();
            }
            let assignment = book.assignment.clone();
            book.results = students
                .into_iter()
                .map(|(state, cases, texts)| {
                    let mut texts = texts.into_iter();
                    let mut next = || texts.next().unwrap_or_default();
                    let mut graded = match state {
                        State::Graded => sample::graded("student-02", &cases),
                        state => sample::none("student-04", state),
                    };
                    let exams = [Examined::NoAnswers, Examined::Answered { right: 3 }];
                    graded.exam = all.then(|| exams[next().len() % 2]);
                    graded.student.id = next();
                    graded.student.name = Some(next());
                    graded.student.email = Some(next());
                    graded.student.more.insert(next(), next());
                    graded.student.more.insert("Identifier".to_owned(), next());
                    graded.file = next();
                    graded.compiler = next();
                    graded.why = graded.why.map(|_| next());
                    graded.unsafe_because = Some(next());
                    graded.group = Some(next());
                    let (problem, hint) = (next(), next());
                    for case in &mut graded.cases {
                        if case.state == CaseState::InfraError {
                            case.points = None;
                        }
                        let hidden = assignment.case(&case.name).is_some_and(|it| it.hidden);
                        if !hidden {
                            case.problem = case.problem.take().map(|_| problem.clone());
                            case.hints = vec![hint.clone()];
                        }
                    }
                    graded
                })
                .collect();
            book
        },
    )
}
