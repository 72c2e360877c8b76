//! `grade --exam`: three questions for each who has passed, and `grade exam`, which marks the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use rustix::process::Signal;
use serde_json::Value;
use socklab_prerequisites::{need, not_run};

use crate::grade::{PACK, School, graded, table};
use crate::stage::Running;

const CLASS: [(&str, &str); 3] =
    [("ana", "solution.py"), ("eva", "solution.py"), ("luis", "bugs/no-loop.py")];
const GRADE: [&str; 8] = ["echo-server", "class", "-o", "out", "-j", "2", "--exam", "2"];

fn json(school: &School, file: &str) -> Value {
    let text = fs::read(school.path("out").join(file)).expect("a file");
    serde_json::from_slice(&text).expect("JSON")
}

/// The ids of each student's questions, and the letters of the right choices.
fn papers(school: &School) -> BTreeMap<String, (BTreeSet<String>, Vec<char>)> {
    let exam = json(school, "exam.json");
    let papers = exam["papers"].as_object().expect("papers").iter().map(|(id, paper)| {
        let questions = paper["questions"].as_array().expect("questions");
        let ids = questions.iter().map(|it| it["id"].as_str().expect("an id").to_owned());
        let key = |it: &Value| {
            let mut order = it["order"].as_array().expect("an order").iter();
            let place = order.position(|at| *at == it["right"]).expect("a place");
            char::from(b'a' + u8::try_from(place).expect("few"))
        };
        (id.clone(), (ids.collect(), questions.iter().map(key).collect()))
    });
    papers.collect()
}

/// Points earned and possible, and how the exam went, as grades.csv has it.
fn grades(school: &School) -> Vec<String> {
    let text = fs::read_to_string(school.path("out/grades.csv")).expect("grades");
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = rows.next().expect("a head");
    let at = |name: &str| head.iter().position(|it| *it == name).expect("a column");
    let wanted = ["id", "points", "of", "exam", "exam_right", "exam_points"].map(at);
    rows.map(|row| wanted.map(|at| row[at]).join(" ")).collect()
}

#[test]
fn everybody_who_has_passed_gets_an_exam_of_their_own_and_its_points() {
    need!("python3");
    let school = School::of("echo-server", &CLASS);
    let seeded = [&GRADE[..], &["--seed", "5"]].concat();
    let first = graded!(school.grade(&seeded)).exits(0);
    assert!(first.text().contains("2 students have an exam"), "{first:?}");
    let dealt = papers(&school);
    assert_eq!(dealt.keys().collect::<Vec<_>>(), ["ana", "eva"]);
    assert!(dealt.values().all(|(ids, _)| ids.len() == 3), "{dealt:?}");
    assert_ne!(dealt["ana"].0, dealt["eva"].0, "nobody gets the same three");

    // What is handed out tells no key; the teacher has it, and the rows that prove it.
    for name in ["exam.txt", "exam.html", "report.txt", "report.html"] {
        let text = fs::read_to_string(school.path("out/students/ana").join(name)).expect("a file");
        assert_eq!(text.contains("a)"), name.starts_with("exam"), "{name}");
        for question in
            json(&school, "exam.json")["papers"]["ana"]["questions"].as_array().expect("some")
        {
            let whys = question["choices"].as_array().expect("choices").iter().map(|it| &it["why"]);
            for secret in whys.chain([&question["id"]]) {
                assert!(!text.contains(secret.as_str().expect("text")), "{name}: {secret}");
            }
        }
    }
    let key = fs::read_to_string(school.path("out/hidden/ana/exam-key.txt")).expect("a key");
    let letters: Vec<String> = dealt["ana"].1.iter().map(char::to_string).collect();
    assert!(key.contains(&format!("Key: {}", letters.join(", "))), "{key}");
    assert!(!school.path("out/students/luis/exam.txt").exists());
    // Nothing of it counts before somebody's answers are known.
    let open = ["ana 6 6 no-answers  ", "eva 6 6 no-answers  ", "luis 3 6 not-passed  "];
    assert_eq!(grades(&school), open);

    // The same again has the same questions, and runs nothing.
    let again = school.grade(&seeded).expect("a sandbox").exits(0);
    assert_eq!((papers(&school), school.kept(), table(&again)), (dealt.clone(), 3, table(&first)));

    // As a form exports it: a mark, semicolons, other columns, other words, and somebody else.
    let [one, two, three] = [0, 1, 2].map(|at| dealt["ana"].1[at]);
    let wrong = if three == 'a' { 'b' } else { 'a' };
    let form = format!(
        "\u{feff}\"Marca temporal\";\"Pregunta 1\";\"Pregunta 3\";\"Pregunta 2\";\"Código\"\r\n\
         \"2026-11-28\";\"{one})\";\"{wrong}\";\"{}\";ANA\r\n\"2026-11-28\";a;b;a;nobody\r\n",
        two.to_ascii_uppercase(),
    );
    fs::write(school.path("form.csv"), form).expect("a file");
    let mark = ["exam", "out", "form.csv", "--format", "canvas", "--format", "moodle"];
    let marked = school.grade(&mark).expect("no sandbox is needed");
    assert_eq!(marked.code, 1, "{marked:?}");
    assert!(
        marked.errors.contains("form.csv: Line 3: nobody in the class is “nobody”"),
        "{marked:?}"
    );
    assert!(marked.text().contains("the exam does not count for: eva"), "{marked:?}");
    let counted = ["ana 10 12 answered 2 4", "eva 6 6 no-answers  ", "luis 3 12 not-passed  0"];
    assert_eq!(grades(&school), counted);
    let canvas = fs::read_to_string(school.path("out/canvas.csv")).expect("a file");
    let ends: Vec<&str> =
        canvas.lines().skip(1).map(|row| row.split_once(",,").map_or(row, |it| it.1)).collect();
    assert!(
        ends[1].ends_with(",6,4") && ends[2].ends_with(",6,") && ends[3].ends_with(",3,0"),
        "{canvas}"
    );
    let report = fs::read_to_string(school.path("out/students/ana/report.txt")).expect("a file");
    assert!(report.contains("Exam: 2 of 3 right. (4 of 6)"), "{report}");
    let page = fs::read_to_string(school.path("out/class.html")).expect("a page");
    assert!(page.contains(">Exam</th>"), "no column");

    // Whatever is written anew later still has it.
    let known = school.grade(&GRADE[..6]).expect("a sandbox").exits(0);
    assert!(known.text().contains("10/12"), "{known:?}");
    assert_eq!((grades(&school), papers(&school)), (counted.map(str::to_owned).to_vec(), dealt));
    school.grade(&["groups", "out"]).expect("no sandbox is needed").exits(0);
    assert_eq!(grades(&school), counted);
    // The table to fill in has what is known.
    let table = fs::read_to_string(school.path("out/exam-answers.csv")).expect("a table");
    let filled = format!("ana,,{one},{two},{wrong}");
    assert_eq!(table.lines().collect::<Vec<_>>(), ["id,name,1,2,3", &filled, "eva,,,,"]);
    assert!(school.is_tidy());
}

#[test]
fn what_was_dealt_and_answered_stays_whatever_ends_early_or_is_written_anew() {
    need!("python3");
    let school = School::of("echo-server", &CLASS[..2]);
    graded!(school.grade(&GRADE)).exits(0);
    let dealt = papers(&school);
    let table = || fs::read_to_string(school.path("out/exam-answers.csv")).expect("a table");
    let fill_in = |rows: &str| {
        fs::write(school.path("out/exam-answers.csv"), format!("id,name,1,2,3\n{rows}"))
    };
    let mark = ["exam", "out", "out/exam-answers.csv"];
    let marks = || school.grade(&mark).expect("no sandbox is needed");

    // A row that is not used stays where it can be corrected, in the line that is told.
    fill_in("eva,,a,x,a\nana,,a,b,a\n").expect("a file");
    let typed = table();
    let refused = marks().exits(1);
    assert!(refused.errors.contains("out/exam-answers.csv: Line 2"), "{refused:?}");
    assert!(refused.errors.contains("out/exam-answers.csv stays as it is"), "{refused:?}");
    assert_eq!(table(), typed);
    // So does what was typed after half of it was marked, whatever is written meanwhile.
    let half = "id,name,1,2,3\nana,,a,b,a\neva,,,,\n";
    fill_in("ana,,a,b,a\n").expect("a file");
    marks().exits(0);
    assert_eq!(table(), half, "what is known, and who is missing");
    fill_in("ana,,a,b,a\neva,,b,,\n").expect("a file");
    let typed = table();
    school.grade(&["groups", "out"]).expect("no sandbox is needed").exits(0);
    assert_eq!(table(), typed);
    fs::write(school.path("form.csv"), "id,1,2,3\nana,a,b,b\n").expect("a file");
    school.grade(&["exam", "out", "form.csv"]).expect("no sandbox is needed").exits(0);
    assert_eq!(table(), typed);
    marks().exits(0);
    let answered = json(&school, "exam.json");
    assert_eq!(answered["papers"]["eva"]["answers"][0], "b", "{answered:#}");
    let whole = table();

    // Somebody who is not in the class for a while has the paper still.
    fs::rename(school.path("class/eva"), school.path("eva")).expect("rename");
    school.grade(&GRADE).expect("a sandbox").exits(0);
    assert_eq!(json(&school, "exam.json"), answered);
    fs::rename(school.path("eva"), school.path("class/eva")).expect("rename");
    // So have those whom grading once more has not come to.
    let early = [&GRADE[..], &["--regrade", "--deadline", "0.001"]].concat();
    school.grade(&early).expect("a sandbox").exits(3);
    assert_eq!(school.book()["results"][0]["state"], "pending");
    assert_eq!((json(&school, "exam.json"), papers(&school)), (answered, dealt));
    assert_eq!(table(), whole);
    assert!(school.path("out/students/ana/exam.txt").exists());
    assert!(school.path("out/hidden/ana/exam-key.txt").exists());
}

#[test]
fn a_grade_is_kept_although_there_was_no_time_for_its_questions() {
    need!("python3");
    let school = School::of("echo-server", &CLASS[..1]);
    let running = Running::start(&mut school.command(&GRADE));
    // It is told before the keys are proved, for which the program has to run again and again.
    if !running.wait_for_error_or_end("ana") {
        not_run!("a sandbox");
    }
    running.signal(Signal::INT);
    assert_eq!(running.finish().code, 130);
    assert_eq!(school.kept(), 1);
    assert!(!school.path("out/hidden/ana/questions.json").exists());
    // It counts, also if there is no time again; and whoever goes on finds the questions.
    let late = [&GRADE[..], &["--deadline", "0.001"]].concat();
    let known = school.grade(&late).expect("a sandbox").exits(3);
    assert!(known.errors.contains("no time to find the questions"), "{known:?}");
    assert!(!known.text().contains("Nobody has passed"), "{known:?}");
    assert_eq!(school.book()["results"][0]["points"]["core"]["earned"], 6, "{known:?}");
    assert_eq!(school.kept(), 1);
    let whole = school.grade(&GRADE).expect("a sandbox").exits(0);
    assert!(whole.text().contains("1 student has an exam"), "{whole:?}");
    assert!(school.is_tidy());
}

#[test]
fn parts_of_a_class_are_dealt_together() {
    need!("python3");
    let school = School::of("echo-server", &CLASS[..2]);
    for part in ["1", "2"] {
        let (shard, out) = (format!("{part}/2"), format!("part{part}"));
        let grade = ["echo-server", "class", "-o", &out, "--shard", &shard, "--exam", "0"];
        let ended = graded!(school.grade(&grade)).exits(0);
        assert!(ended.text().contains("socklab grade merge"), "{ended:?}");
        assert!(!school.path(&out).join("exam.json").exists());
    }
    let merge = ["merge", "part1", "part2", "-o", "out"];
    school.grade(&merge).expect("no sandbox is needed").exits(0);
    let dealt = papers(&school);
    assert_ne!(dealt["ana"].0, dealt["eva"].0);
    // It is no part of the grade, and marked all the same.
    let answers = format!(
        "eva,{}\n",
        dealt["eva"].1.iter().map(char::to_string).collect::<Vec<_>>().join(",")
    );
    fs::write(school.path("answers.csv"), answers).expect("a file");
    let marked = school.grade(&["exam", "out", "answers.csv", "--json"]).expect("none").exits(0);
    let told: Value = serde_json::from_str(&marked.text()).expect("JSON");
    assert_eq!(
        (&told["students"][1]["right"], &told["students"][1]["points"]),
        (&3.into(), &Value::Null)
    );
    assert_eq!(grades(&school), ["ana 6 6 no-answers  ", "eva 6 6 answered 3 "]);
}

#[test]
fn hidden_cases_are_not_asked_about() {
    need!("python3");
    let school = School::of("echo-server", &CLASS[..1]);
    fs::create_dir(school.path("pack")).expect("a folder");
    fs::write(school.path("pack/exercise.toml"), PACK).expect("a file");
    let ended = school.grade(&[&GRADE[..], &["--pack", "pack"]].concat());
    graded!(ended).exits(0);
    let questions = json(&school, "hidden/ana/questions.json");
    let questions = questions["questions"].as_array().expect("questions");
    assert!(questions.len() >= 3, "{questions:?}");
    for question in questions {
        let case = question["case"].as_str().expect("a case");
        assert!(case != "secret-word", "{question:#}");
    }
}

#[test]
fn what_is_no_exam_is_said() {
    need!("python3");
    let school = School::of("echo-server", &CLASS[2..]);
    graded!(school.grade(&GRADE[..6])).exits(0);
    let none = school.grade(&["exam", "out", "answers.csv"]).expect("none").exits(2);
    assert!(none.errors.contains("--exam 2"), "{none:?}");
    // With an exam, nobody is run again who has not passed; and nobody has answers here.
    school.grade(&GRADE).expect("a sandbox").exits(0);
    assert_eq!(school.kept(), 1);
    let missing = school.grade(&["exam", "out", "answers.csv"]).expect("none").exits(2);
    assert!(missing.errors.contains("answers.csv"), "{missing:?}");
    fs::write(school.path("answers.csv"), "a,b\n1,2\n").expect("a file");
    let columns = school.grade(&["exam", "out", "answers.csv"]).expect("none").exits(2);
    assert!(columns.errors.contains("the columns found are: a, b"), "{columns:?}");
    assert!(columns.errors.contains("exam-answers.csv"), "{columns:?}");
    fs::write(school.path("answers.csv"), "id,1,2,3\nluis,a,b,a\n").expect("a file");
    let no_paper = school.grade(&["exam", "out", "answers.csv"]).expect("none").exits(1);
    assert!(no_paper.errors.contains("luis had no questions"), "{no_paper:?}");
}
