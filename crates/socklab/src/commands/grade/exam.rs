//! The exam of a class: questions about each recording, who gets which, papers to hand out, and
//! `grade exam`, which marks the answers.
//!
//! What can be asked is found while a submission is graded, and kept beside the files of hidden
//! cases ([`QUESTIONS_FILE`]). The papers are dealt when all are there: so that nobody in the class
//! gets the same three. Whoever has a paper keeps it, as long as the program is the same.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use socklab_grade::exam::{
    self, Choice, Exam, Examined as State, Paper, Posed, Question, Questions, csv_to_fill_in,
    has_passed,
};
use socklab_grade::journal::Journal;
use socklab_grade::page::{exam_key_text, exam_page, exam_text, folder_of};
use socklab_grade::{FORMAT_VERSION, Gradebook, Graded, Student, bytes_of};
use socklab_ladder::TextStyle;
use socklab_say::{Language, Speaker, clean, count, say};
use socklab_scenario::Runner;
use socklab_scenario::exam::{self as asking, Candidate, Sheet, Traits, assign, seed_of};
use socklab_scenario::exercise::{Built, Report};

use super::files::{Place, make};
use super::out::{refused, write};
use super::written::{self, Wanted};
use crate::cli;
use crate::commands::exam::rows;
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, cannot, complain};
use crate::graded::Judge;
use crate::output::{self, println};

/// What can be asked about a submission, beside the files of its hidden cases.
const QUESTIONS_FILE: &str = "questions.json";
/// The width of the rows that prove a key.
const WIDTH: usize = 76;
/// The table that a teacher fills in.
const ANSWERS: &str = "exam-answers.csv";
/// All papers, to be printed.
const PAPERS: &str = "exam-papers.html";

/// What is examined.
pub(super) struct Examined<'e> {
    pub(super) report: &'e Report<'e>,
    pub(super) built: &'e Built,
    pub(super) runner: &'e Runner,
}

/// Finds what can be asked about a program, and proves the keys by running. Hidden cases are not
/// asked about. `None` if time was up before that.
pub(super) fn find(
    speaker: Speaker,
    examined: &Examined<'_>,
    judge: &Judge<'_>,
    may_go_on: impl Fn() -> bool,
) -> Option<Vec<Question>> {
    let Examined { report, built, runner } = examined;
    let may_ask = |case: &socklab_scenario::format::Case| !judge.hidden.contains(&case.name);
    let mut whole = true;
    let found = asking::Exam::of(report, &built.submission, runner, may_ask, |_, _| {
        whole &= may_go_on();
        whole
    });
    let one = |it: &Candidate| Question {
        id: it.id.clone(),
        kind: it.kind.to_owned(),
        case: it.case.clone(),
        call: it.call.clone(),
        ran: it.ran,
        ask: speaker.tell(&it.ask),
        choices: it
            .choices
            .iter()
            .map(|choice| Choice {
                label: choice.label.to_owned(),
                text: speaker.tell(&choice.text),
                why: speaker.tell(&choice.why),
            })
            .collect(),
        right: it.right,
        evidence: rows(speaker, it, &TextStyle::new(WIDTH)),
    };
    whole.then(|| found.candidates.iter().map(one).collect())
}

/// Keeps what can be asked about a submission.
pub(super) fn keep_questions(
    speaker: Speaker,
    out: &Path,
    place: &Place,
    graded: &Graded,
    seed: u64,
    questions: Vec<Question>,
) -> Result<()> {
    let folder = out.join(&place.hidden);
    make(speaker, &folder)?;
    let known = Questions { sha256: graded.sha256.clone(), seed, questions };
    write(speaker, &folder.join(QUESTIONS_FILE), &text_of(&known))
}

/// What can be asked about a submission, if that was found out.
pub(super) fn questions_of(out: &Path, graded: &Graded) -> Option<Questions> {
    let folder = out.join("hidden").join(folder_of(&graded.student));
    let attempt = graded.attempt.as_ref().map_or(1, |attempt| attempt.number);
    [folder.join(format!("attempt-{attempt}")), folder].iter().find_map(|folder| {
        let bytes = fs::read(folder.join(QUESTIONS_FILE)).ok()?;
        let known: Questions = serde_json::from_slice(&bytes).ok()?;
        (known.sha256 == graded.sha256).then_some(known)
    })
}

/// The exam that a folder of results has.
pub(super) fn read(speaker: Speaker, out: &Path) -> Result<Option<Exam>> {
    let path = out.join(exam::FILE);
    let shown = socklab_say::path(&path);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(speaker, "open", &path, &error).into()),
    };
    let not_whole = |why: String| {
        let what = say!(speaker, "grade-merge-not-whole", path = shown, why = why);
        Failure::new(ExitReason::Usage, what)
    };
    let exam: Exam =
        serde_json::from_slice(&bytes).map_err(|error| not_whole(error.to_string()))?;
    if exam.format_version > FORMAT_VERSION {
        return Err(not_whole(format!("format_version {}", exam.format_version)).into());
    }
    Ok(Some(exam))
}

/// Deals the exam: three questions for everybody who has passed, and for nobody the same three.
/// `None` if there is to be no exam.
pub(super) fn deal(speaker: Speaker, out: &Path, book: &Gradebook) -> Result<Option<Exam>> {
    let Some(info) = book.assignment.exam else { return Ok(None) };
    let mut papers = read(speaker, out)?.unwrap_or_default().papers;
    // A paper is about one program. What was answered stays, whatever a corrected exercise says; and
    // so does all that nobody knows anything new about: grading has not come to it yet, the machine
    // has failed, or only others are graded now.
    papers.retain(|id, paper| {
        let of = book.results.iter().find(|graded| graded.student.id == *id);
        of.filter(|graded| graded.state.has_points()).is_none_or(|graded| {
            let answered = paper.answers.is_some();
            paper.sha256 == graded.sha256 && (answered || has_passed(&book.assignment, graded))
        })
    });
    let passed = book.results.iter().filter(|graded| has_passed(&book.assignment, graded));
    let known: Vec<(&Graded, Questions)> = passed
        .filter(|graded| !papers.contains_key(&graded.student.id))
        .map(|graded| {
            (graded, questions_of(out, graded).unwrap_or_else(|| Questions::none(graded)))
        })
        .collect();
    let seed =
        |graded: &Graded| seed_of(&format!("{} {}", book.assignment.seed, graded.student.id));
    // Who has a paper keeps it, also beside somebody from another part of the class; and nobody else
    // gets the same three, whoever is graded now.
    let kept = papers.values().filter_map(|paper| {
        let questions: Vec<_> = paper.questions.iter().map(|it| traits(&it.question)).collect();
        (questions.len() >= 3).then_some(Sheet { seed: 0, questions, kept: Some([0, 1, 2]) })
    });
    let mut sheets: Vec<Sheet<'_>> = kept.collect();
    let first = sheets.len();
    sheets.extend(known.iter().map(|(graded, known)| Sheet {
        seed: seed(graded),
        questions: known.questions.iter().map(traits).collect(),
        kept: None,
    }));
    let dealt = assign(&sheets);
    for ((graded, known), asked) in known.iter().zip(&dealt[first..]) {
        let Ok(asked) = asked else { continue };
        let pose = |at: usize| {
            let question = known.questions[at].clone();
            let labels: Vec<&str> = question.choices.iter().map(|it| it.label.as_str()).collect();
            let order = asking::order(&question.id, &labels, seed(graded));
            Posed { question, order }
        };
        let questions = asked.map(pose).to_vec();
        let paper = Paper { sha256: graded.sha256.clone(), questions, answers: None };
        papers.insert(graded.student.id.clone(), paper);
    }
    Ok(Some(Exam { format_version: FORMAT_VERSION, each: info.each, papers }))
}

fn traits(question: &Question) -> Traits<'_> {
    Traits { id: &question.id, kind: &question.kind, call: &question.call, ran: question.ran }
}

/// Writes the papers, their keys, and the table to fill in; those of an earlier exam are removed.
pub(super) fn keep(speaker: Speaker, out: &Path, exam: &Exam, book: &Gradebook) -> Result<()> {
    let texts = Language::find(&book.assignment.language).map_or(speaker, Speaker::new);
    let put = |name: &str, text: &str| write(speaker, &out.join(name), text);
    let before = read(speaker, out)?.unwrap_or_default();
    put(exam::FILE, &text_of(exam))?;
    let mut all: Vec<(&Student, &Paper)> = Vec::new();
    for graded in &book.results {
        let student = &graded.student;
        let folder = folder_of(student);
        let names = [
            format!("students/{folder}/exam.txt"),
            format!("students/{folder}/exam.html"),
            format!("hidden/{folder}/exam-key.txt"),
        ];
        let Some(paper) = exam.papers.get(&student.id) else {
            names.iter().for_each(|name| drop(fs::remove_file(out.join(name))));
            continue;
        };
        make(speaker, &out.join(format!("students/{folder}")))?;
        make(speaker, &out.join(format!("hidden/{folder}")))?;
        let one = (student, paper);
        all.push(one);
        put(&names[0], &exam_text(&book.assignment, one, texts))?;
        put(&names[1], &exam_page(&book.assignment, &[one], texts))?;
        put(&names[2], &exam_key_text(&book.assignment, one, texts))?;
    }
    put(PAPERS, &exam_page(&book.assignment, &all, texts))?;
    // What a teacher has typed stays until it is marked. What was marked before and is about another
    // program now is known, too.
    let there = match fs::read(out.join(ANSWERS)) {
        Ok(there) => there,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(cannot(speaker, "open", &out.join(ANSWERS), &error).into()),
    };
    if [exam, &before].iter().any(|exam| exam::is_known(exam, book, &there)) {
        put(ANSWERS, &csv_to_fill_in(exam, book))?;
    } else {
        let [folder, file] = [out.to_owned(), out.join(ANSWERS)].map(socklab_say::path);
        complain("", &say!(speaker, "grade-exam-table-stays", folder = folder, file = file));
    }
    Ok(())
}

fn text_of<T: serde::Serialize>(value: &T) -> String {
    // Its keys are strings and its numbers are whole, so it can always be written.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// Says what was dealt, and how it goes on.
pub(super) fn tell(speaker: Speaker, out: &Path, book: &Gradebook, is_part: bool) -> Result<()> {
    let passed = |it: &Graded| has_passed(&book.assignment, it);
    if book.assignment.exam.is_none() {
        return Ok(());
    }
    if is_part {
        println!("{}", say!(speaker, "grade-exam-later"));
        return Ok(());
    }
    let exam = read(speaker, out)?.unwrap_or_default();
    let papers = exam.papers.len();
    if papers > 0 || !book.results.iter().any(passed) {
        println!("{}", say!(speaker, "grade-exam-papers", papers = count(papers as u64)));
    }
    if papers > 0 && !exam.is_marked() {
        let [folder, file] = [out.to_owned(), out.join(ANSWERS)].map(socklab_say::path);
        println!("{}", say!(speaker, "grade-exam-next", folder = folder, file = file));
    }
    Ok(())
}

/// Marks what a class answered, and puts it into the grades.
pub(super) fn mark(speaker: Speaker, options: &cli::GradeExam) -> Result<ExitCode> {
    let out = &options.folder;
    drop(Journal::look(out).map_err(|error| refused(speaker, error))?);
    let (_journal, _) = Journal::open(out).map_err(|error| refused(speaker, error))?;
    let book = written::read(speaker, out)?;
    let Some(mut exam) = read(speaker, out)? else {
        let folder = socklab_say::path(out);
        let what = say!(speaker, "grade-exam-none", folder = folder);
        let hint = say!(speaker, "grade-exam-none-hint", folder = folder);
        return Err(Failure::new(ExitReason::Usage, what).hint(hint).into());
    };
    let mut new: BTreeMap<String, Vec<Option<char>>> = BTreeMap::new();
    let mut remarks = Vec::new();
    for file in &options.answers {
        let read = read_answers(speaker, out, (&exam, &book), file)?;
        new.extend(read.answers);
        remarks.extend(read.remarks.into_iter().map(|remark| (file, remark)));
    }
    for (id, answers) in new {
        if let Some(paper) = exam.papers.get_mut(&id) {
            paper.answers = Some(answers);
        }
    }
    let wanted = Wanted::of(&options.format, None).and_there(out, &book);
    let book = written::keep(speaker, out, &wanted, &book, Some(&exam))?;
    if options.json {
        output::write_json(&as_json(&exam, &book))?;
    } else {
        show(speaker, &exam, &book);
    }
    for (file, remark) in &remarks {
        let said = speaker.tell(&remark.sentence());
        complain("", &format!("{}: {said}", socklab_say::path(file)));
    }
    Ok(if remarks.is_empty() { ExitCode::SUCCESS } else { ExitReason::No.into() })
}

fn read_answers(
    speaker: Speaker,
    out: &Path,
    (exam, book): (&Exam, &Gradebook),
    file: &PathBuf,
) -> Result<exam::Read> {
    let shown = socklab_say::path(file);
    let bytes = bytes_of(file).map_err(|(call, why)| cannot(speaker, call, file, &why))?;
    Ok(exam::read(exam, book, &bytes).map_err(|error| {
        let why = speaker.tell(&error.sentence());
        let what = say!(speaker, "grade-exam-no-answers", file = shown, why = why);
        let right = socklab_say::path(out.join(ANSWERS));
        let hint = say!(speaker, "grade-exam-no-answers-hint", file = right);
        Failure::new(ExitReason::Usage, what).hint(hint)
    })?)
}

/// Shows who answered what, and for whom the exam does not count.
fn show(speaker: Speaker, exam: &Exam, book: &Gradebook) {
    let assignment = &book.assignment;
    let widest = exam.papers.keys().map(|id| clean(id).chars().count()).max().unwrap_or(0);
    for graded in &book.results {
        let Some(paper) = exam.papers.get(&graded.student.id) else { continue };
        let Some(answers) = &paper.answers else { continue };
        let letters = answers.iter().map(|answer| answer.map_or("-".to_owned(), String::from));
        let letters: Vec<String> = letters.collect();
        let keys: Vec<String> = paper.questions.iter().map(|it| it.key().to_string()).collect();
        let id = clean(&graded.student.id);
        let padding = " ".repeat(widest.saturating_sub(id.chars().count()));
        let told = graded.exam.map(|it| speaker.tell(&it.sentence())).unwrap_or_default();
        let points = graded.score_of_exam(assignment);
        let points = points.map_or(String::new(), |it| format!("  {}/{}", it.earned, it.of));
        let (letters, keys) = (letters.join(""), keys.join(""));
        println!("  {id}{padding}  {letters} ({keys})  {told}{points}");
    }
    let answered = exam.papers.values().filter(|paper| paper.answers.is_some()).count();
    let papers = count(exam.papers.len() as u64);
    println!("{}", say!(speaker, "grade-exam-marked", papers = papers, answered = answered));
    let of = |state: State| -> Vec<String> {
        let those = book.results.iter().filter(|graded| graded.exam == Some(state));
        those.map(|graded| clean(&graded.student.id)).collect()
    };
    for (key, state) in [
        ("grade-exam-no-answers-of", State::NoAnswers),
        ("grade-exam-no-questions-of", State::NoQuestions),
        ("grade-exam-not-passed-of", State::NotPassed),
    ] {
        let ids = of(state);
        if !ids.is_empty() {
            println!("{}", say!(speaker, key, ids = ids.join(", ")));
        }
    }
}

fn as_json(exam: &Exam, book: &Gradebook) -> serde_json::Value {
    let one = |graded: &Graded| {
        let paper = exam.papers.get(&graded.student.id);
        let keys = |paper: &Paper| paper.questions.iter().map(Posed::key).collect::<Vec<_>>();
        let points = graded.score_of_exam(&book.assignment);
        json!({
            "id": graded.student.id,
            "state": graded.exam.map(State::word),
            "key": paper.map(keys),
            "answers": paper.and_then(|paper| paper.answers.as_ref()),
            "right": graded.exam.and_then(State::right),
            "points": points.map(|score| score.earned),
            "of": points.map(|score| score.of),
        })
    };
    json!({
        "exercise": book.assignment.exercise,
        "each": exam.each,
        "students": book.results.iter().map(one).collect::<Vec<_>>(),
    })
}
