use proptest::prelude::*;

use super::*;
use crate::exam::{Choice, Examined, Posed, Question};
use crate::state::State;
use crate::{Graded, Score};

/// A class in which these have a paper each: with the keys a, b and c.
fn class(papers: &[&str]) -> (Exam, Gradebook) {
    let mut book: Gradebook = serde_json::from_str(
        r#"{"format_version": 1, "assignment": {"exercise": "x", "title": "x", "language": "en",
            "socklab": "0", "exercise_sha256": "", "seed": 1, "counted": "core", "started": "",
            "cases": [{"name": "one", "title": "", "points": 6, "robust": false}]},
            "results": []}"#,
    )
    .unwrap();
    for (id, name, email) in [
        ("7", "Ana Pérez", "ana@example.org"),
        ("8", "Eva Ruiz", "eva@example.org"),
        ("9", "Luis", ""),
    ] {
        let json = format!(
            r#"{{"student": {{"id": "{id}", "name": "{name}", "email": "{email}",
                 "more": {{"SIS Login ID": "login{id}", "Section": "A"}}}}, "state": "graded",
                 "points": {{"core": {{"earned": 6, "of": 6}}, "robust": {{"earned": 0, "of": 0}}}},
                 "cases": [{{"name": "one", "state": "passed", "points": 6}}]}}"#
        );
        book.results.push(serde_json::from_str::<Graded>(&json).unwrap());
    }
    let choice = |label: &str| Choice {
        label: label.to_owned(),
        text: format!("it returns {label} bytes"),
        why: String::new(),
    };
    let posed = |right: usize| Posed {
        question: Question {
            id: format!("kind:{right}"),
            kind: "kind".to_owned(),
            case: "one".to_owned(),
            call: "recv".to_owned(),
            ran: false,
            ask: "What?".to_owned(),
            choices: ["1", "2", "3"].map(choice).to_vec(),
            right,
            evidence: String::new(),
        },
        order: vec![0, 1, 2],
    };
    let paper =
        Paper { sha256: String::new(), questions: [0, 1, 2].map(posed).to_vec(), answers: None };
    let papers = papers.iter().map(|id| ((*id).to_owned(), paper.clone())).collect();
    (Exam { format_version: 1, each: 2, papers }, book)
}

/// Who answered what, and what was not used.
fn told(text: &str) -> Vec<String> {
    let (exam, book) = class(&["7", "8"]);
    let read = read(&exam, &book, text.as_bytes()).unwrap();
    let letters =
        |it: &Vec<Option<char>>| it.iter().map(|it| it.unwrap_or('-')).collect::<String>();
    let answers = read.answers.iter().map(|(id, answers)| format!("{id} {}", letters(answers)));
    let remarks = read.remarks.iter().map(|it| it.sentence().in_english());
    answers.chain(remarks).collect()
}

#[test]
fn answers_are_read_however_a_school_exports_them() {
    for text in [
        // What was made to be filled in, and the same without its head.
        "id,name,1,2,3\n7,Ana Pérez,a,B,-\n8,Eva Ruiz,,,\n",
        "7,a,b,-\n",
        // A form, with a mark, semicolons and quotes, in another order.
        "\u{feff}\"Marca temporal\";\"Dirección de correo electrónico\";\"2. What?\";\"1. What?\";\"3. What?\"\r\n\
         \"28/11/2026\";\"ANA@example.org\";\"b) it returns 2 bytes\";\"it returns 1 bytes\";\"-\"\r\n",
        // A quiz of Moodle, with the questions beside the responses.
        "\"Last name\",\"First name\",State,\"Question 1\",\"Response 1\",\"Question 2\",\"Response 2\",\"Response 3\"\n\
         Pérez,Ana,Finished,\"What? a: b\",\"it returns 1 bytes\",c,b.,-\n",
        "Apellido(s)\tNombre\tRespuesta 1\tRespuesta 2\tRespuesta 3\nPérez\tAna\ta\tb\t-\n",
        // Another column of the roster.
        "sep=;\nusuario;P1;P2;P3\nLOGIN7;a;b;–\n",
    ] {
        assert_eq!(told(text), ["7 ab-"], "{text}");
    }
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("id,1,2,3\n7,a,b,c\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let (exam, book) = class(&["7"]);
    assert_eq!(read(&exam, &book, &wide).unwrap().answers["7"], [Some('a'), Some('b'), Some('c')]);
}

#[test]
fn what_can_not_be_used_is_told_and_counts_for_nobody() {
    let text = "id,1,2,3\nbob,a,b,c\n7,a,b,e\n9,a,b,c\n";
    assert_eq!(
        told(text),
        [
            "Line 2: nobody in the class is “bob”. The row is not used.",
            "Line 3: 7 has “e” as the answer to question 3, and it goes from a to c. The row is not used.",
            "Line 4: 9 had no questions. The row is not used.",
        ]
    );
    let twice = "id,1,2,3\n7,a,b,c\n8,a,b,c\n7,b,b,b\n";
    assert_eq!(told(twice), ["8 abc", "7 has more than one row, so none of them is used."]);
    for (text, wanted) in [
        ("", AnswersError::Empty),
        ("a,b\n1,2\n", AnswersError::Columns("a, b".to_owned())),
        ("id,1,2\n7,a,b\n", AnswersError::Columns("1, 2, id".to_owned())),
    ] {
        let (exam, book) = class(&["7"]);
        assert_eq!(read(&exam, &book, text.as_bytes()), Err(wanted));
    }
}

#[test]
fn nobody_gets_a_zero_for_an_exam_that_nobody_took() {
    let (mut exam, mut book) = class(&["7", "8"]);
    let score = |book: &Gradebook, at: usize| {
        let Score { earned, of } = book.results[at].score(&book.assignment).unwrap();
        (earned, of)
    };
    exam.note(&mut book);
    assert_eq!([0, 1, 2].map(|at| score(&book, at)), [(6, 6); 3], "nothing is known yet");
    exam.papers.get_mut("7").unwrap().answers = Some(vec![Some('a'), None, Some('a')]);
    exam.note(&mut book);
    assert_eq!([0, 1, 2].map(|at| score(&book, at)), [(8, 12), (6, 6), (6, 6)]);
    let states = book.results.iter().map(|it| it.exam.unwrap());
    let wanted = [Examined::Answered { right: 1 }, Examined::NoAnswers, Examined::NoQuestions];
    assert_eq!(states.collect::<Vec<_>>(), wanted);
    assert_eq!(book.assignment.of(), 12);
    // Who has not passed has none of its points, and whom the machine failed has none at all.
    book.results[1].cases[0].state = crate::CaseState::Failed;
    book.results[1].points.as_mut().unwrap().core.earned = 0;
    book.results[2].state = State::InfraError;
    exam.papers.remove("8");
    exam.note(&mut book);
    assert_eq!(score(&book, 1), (0, 12));
    assert_eq!((book.results[2].score(&book.assignment), book.results[2].exam), (None, None));
    // A paper is about one program.
    book.results[0].sha256 = "another".to_owned();
    exam.note(&mut book);
    assert_eq!(book.results[0].exam, Some(Examined::NoQuestions));
}

#[test]
fn the_table_to_fill_in_is_read_again_as_it_was_written() {
    let (mut exam, book) = class(&["7", "8"]);
    let empty = csv_to_fill_in(&exam, &book);
    assert_eq!(read(&exam, &book, empty.as_bytes()).unwrap(), Read::default());
    exam.papers.get_mut("8").unwrap().answers = Some(vec![Some('c'), None, None]);
    let filled = csv_to_fill_in(&exam, &book);
    let read = read(&exam, &book, filled.as_bytes()).unwrap();
    assert_eq!((read.answers.len(), &read.answers["8"]), (1, &vec![Some('c'), None, None]));
}

#[test]
fn no_table_makes_reading_panic() {
    let (exam, book) = class(&["7", "8"]);
    proptest!(|(cells in proptest::collection::vec("(id|7|8|1|2|3|a|b|\"|,|;|\n|-|[a-z]{1,4}|ñ)", 0..60))| {
        let _ = read(&exam, &book, cells.concat().as_bytes());
    });
    proptest!(|(bytes in proptest::collection::vec(any::<u8>(), 0..200))| {
        let _ = read(&exam, &book, &bytes);
    });
}

#[test]
fn a_table_is_known_if_the_exam_has_all_that_it_says() {
    let (mut exam, book) = class(&["7", "8"]);
    let is_known = |exam: &Exam, text: &str| super::is_known(exam, &book, text.as_bytes());
    for unfilled in ["", "id,name,1,2,3\n", "id,name,1,2,3\n7,Ana Pérez,,,\n8,Eva Ruiz,,,\n"] {
        assert!(is_known(&exam, unfilled), "{unfilled}");
    }
    let half = "id,name,1,2,3\n7,Ana Pérez,a,b,-\n8,Eva Ruiz,,,\n";
    assert!(!is_known(&exam, half), "nobody has marked it");
    exam.papers.get_mut("7").unwrap().answers = Some(vec![Some('a'), Some('b'), None]);
    assert!(is_known(&exam, half));
    assert!(is_known(&exam, &csv_to_fill_in(&exam, &book)));
    for typed in [
        // More rows, a correction, a letter that is none, a row twice, somebody else, no table.
        "id,name,1,2,3\n7,Ana Pérez,a,b,-\n8,Eva Ruiz,a,,\n",
        "id,name,1,2,3\n7,Ana Pérez,a,c,-\n8,Eva Ruiz,,,\n",
        "id,name,1,2,3\n7,Ana Pérez,a,b,-\n8,Eva Ruiz,x,a,a\n",
        "id,name,1,2,3\n7,Ana Pérez,a,b,-\n7,Ana Pérez,a,b,-\n",
        "id,name,1,2,3\n7,Ana Pérez,a,b,-\n10,,a,b,a\n",
        "id,name,1,2,3\n7,Ana Pérez,a,b,-\n9,Luis,a,b,a\n",
        "my notes\nof today\n",
    ] {
        assert!(!is_known(&exam, typed), "{typed}");
    }
}
