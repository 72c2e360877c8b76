//! What a class answered: a table with a row per student, as somebody typed it, or as a form or a
//! quiz of a school exports it.

use std::collections::{BTreeMap, BTreeSet};

use socklab_say::{Sentence, clean, sentence};

use super::{Exam, Paper, QUESTIONS};
use crate::book::{Gradebook, Student};
use crate::class::{Column, NoRoster, Roster, fold};
use crate::formats::csv::{cell, sheet};
use crate::table::Table;

/// Why a file has no answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswersError {
    /// It is not CSV.
    #[error("not CSV: {0}")]
    Csv(String),
    /// It has no rows.
    #[error("no rows")]
    Empty,
    /// No column names students, or there is none for one of the questions.
    #[error("columns: {0}")]
    Columns(String),
}

impl AnswersError {
    /// The sentence for a reader.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Csv(why) => sentence!("answers-csv", why = clean(why)),
            Self::Empty => sentence!("answers-empty"),
            Self::Columns(found) => sentence!("answers-columns", found = clean(found)),
        }
    }
}

/// Something about a row that is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Nobody in the class is called that.
    Unknown {
        /// The line, from 1.
        line: u64,
        /// What the row calls the student.
        who: String,
    },
    /// More than one student is called that.
    Ambiguous {
        /// The line, from 1.
        line: u64,
        /// What the row calls them.
        who: String,
    },
    /// There are several rows of one student. None counts.
    Twice {
        /// The student's id.
        id: String,
    },
    /// There is a row of somebody who had no questions.
    NoPaper {
        /// The line, from 1.
        line: u64,
        /// The student's id.
        id: String,
    },
    /// An answer is none of the choices. The row does not count.
    NoChoice {
        /// The line, from 1.
        line: u64,
        /// The student's id.
        id: String,
        /// The number of the question, from 1.
        number: usize,
        /// What stands there.
        word: String,
        /// The last letter that can be chosen.
        last: char,
    },
}

impl Remark {
    /// The sentence for a reader.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Unknown { line, who } => {
                sentence!("answers-unknown", line = line, who = clean(who))
            }
            Self::Ambiguous { line, who } => {
                sentence!("answers-ambiguous", line = line, who = clean(who))
            }
            Self::Twice { id } => sentence!("answers-twice", id = clean(id)),
            Self::NoPaper { line, id } => {
                sentence!("answers-no-paper", line = line, id = clean(id))
            }
            Self::NoChoice { line, id, number, word, last } => sentence!(
                "answers-no-choice",
                line = line,
                id = clean(id),
                number = number,
                word = clean(word),
                last = last
            ),
        }
    }
}

/// What a table says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The answers by the ids of students, as letters.
    pub answers: BTreeMap<String, Vec<Option<char>>>,
    /// What was not used, and why.
    pub remarks: Vec<Remark>,
}

/// What stands for "not answered" in a row that is filled in otherwise, or for all three.
const NOTHING: [&str; 3] = ["-", "–", "—"];

/// Reads a table of answers: a column that names the student (as lists of a class do), and one for
/// each question, called by its number: `1`, `Question 1`, `Respuesta 1`, `1. What …`. Without such a
/// head, the columns are the id and the answers. An answer is a letter, alone or in front of the
/// choice's text, or that text. A row without any answer says nothing; `-` says that a question was
/// not answered.
///
/// # Errors
///
/// It is no such table. What is wrong with one of its rows is a [`Remark`]; that row does not count.
pub fn read(exam: &Exam, book: &Gradebook, bytes: &[u8]) -> Result<Read, AnswersError> {
    let mut table = Table::read(bytes).map_err(AnswersError::Csv)?;
    let ids: BTreeSet<String> =
        book.results.iter().map(|it| it.student.id.to_lowercase()).collect();
    let first = table.records.first().and_then(|record| record.get(0)).map(str::to_lowercase);
    if first.is_some_and(|first| ids.contains(&first) && Column::of(&first) == Column::Other) {
        let numbers = (1..=QUESTIONS).map(|number| number.to_string());
        let head: Vec<String> = std::iter::once("sid".to_owned()).chain(numbers).collect();
        table.records.insert(0, csv::StringRecord::from(head));
    }
    let roster = Roster::of(&table).map_err(|why| match why {
        NoRoster::Columns(found) => AnswersError::Columns(found),
        NoRoster::Csv(why) => AnswersError::Csv(why),
        NoRoster::Empty => AnswersError::Empty,
    })?;
    let columns = columns(&roster)?;
    let mut read = Read::default();
    let mut whose: Vec<Vec<&Student>> = vec![Vec::new(); roster.rows.len()];
    for graded in &book.results {
        if let Some(at) = roster.row_of(&graded.student) {
            whose[at].push(&graded.student);
        }
    }
    let mut seen = BTreeSet::new();
    for (row, students) in roster.rows.iter().zip(&whose) {
        let cell = |header: &String| row.student.more.get(header).map_or("", String::as_str);
        let words: Vec<&str> = columns.iter().map(cell).collect();
        if words.iter().all(|word| word.is_empty()) {
            continue;
        }
        let line = row.line;
        let who = row.student.name.clone().unwrap_or_else(|| row.student.id.clone());
        let student = match students.as_slice() {
            [] => {
                read.remarks.push(Remark::Unknown { line, who });
                continue;
            }
            [one] => *one,
            _ => {
                read.remarks.push(Remark::Ambiguous { line, who });
                continue;
            }
        };
        let id = student.id.clone();
        let is_twice = roster.twice.contains(&row.student.id) || !seen.insert(id.clone());
        let Some(paper) = exam.papers.get(&id) else {
            read.remarks.push(Remark::NoPaper { line, id });
            continue;
        };
        if is_twice {
            read.answers.remove(&id);
            read.remarks.push(Remark::Twice { id });
            continue;
        }
        match letters(paper, &words) {
            Ok(letters) => drop(read.answers.insert(id, letters)),
            Err((number, last)) => {
                let word = words[number - 1].to_owned();
                read.remarks.push(Remark::NoChoice { line, id, number, word, last });
            }
        }
    }
    Ok(read)
}

/// The letters that a row chose; or the number of the question with an answer that is none of the
/// choices, and the last letter that is.
fn letters(paper: &Paper, words: &[&str]) -> Result<Vec<Option<char>>, (usize, char)> {
    let one = |(at, (posed, word)): (usize, (&super::Posed, &&str))| {
        if word.is_empty() || NOTHING.contains(word) {
            return Ok(None);
        }
        let whole = posed.choices().find(|(_, choice)| fold(&choice.text) == fold(word));
        let mut chars = word.chars();
        let letter = chars.next().map(|letter| letter.to_ascii_lowercase());
        let alone = chars.next().is_none_or(|next| ".):".contains(next));
        let begins = posed.choices().find(|(known, _)| alone && Some(*known) == letter);
        let chosen = whole.or(begins).map(|(letter, _)| letter);
        chosen.map(Some).ok_or((at + 1, super::letter(posed.order.len().saturating_sub(1))))
    };
    paper.questions.iter().zip(words).enumerate().map(one).collect()
}

/// The columns of the questions, in their order.
fn columns(roster: &Roster) -> Result<Vec<String>, AnswersError> {
    let headers: BTreeSet<&String> =
        roster.rows.iter().flat_map(|row| row.student.more.keys()).collect();
    let column = |number: u32| {
        let of = headers.iter().filter_map(|header| {
            let (rank, found) = numbered(header)?;
            (found == number).then_some((rank, *header))
        });
        of.min().map(|(_, header)| header.clone())
    };
    let found: Option<Vec<String>> = (1..=QUESTIONS).map(column).collect();
    found.ok_or_else(|| {
        let headers: Vec<&str> = headers.iter().take(20).map(|header| header.as_str()).collect();
        AnswersError::Columns(headers.join(", "))
    })
}

/// The number of the question that a column is about, and how sure that is: where a quiz has the
/// question and the response side by side, it is the response.
fn numbered(header: &str) -> Option<(u8, u32)> {
    const RESPONSES: [&str; 5] = ["response", "respuesta", "answer", "respuestadada", "r"];
    const QUESTION: [&str; 4] = ["question", "pregunta", "q", "p"];
    let folded = fold(header);
    let number =
        |text: &str| text.parse::<u32>().ok().filter(|number| (1..=QUESTIONS).contains(number));
    let behind =
        |words: &[&str]| words.iter().find_map(|word| folded.strip_prefix(word)).and_then(number);
    if let Some(number) = behind(&RESPONSES) {
        return Some((0, number));
    }
    if let Some(number) = number(&folded).or_else(|| behind(&QUESTION)) {
        return Some((1, number));
    }
    // `1. What did …`, `Pregunta 2: …`
    let lower = header.trim().to_lowercase();
    let rest = QUESTION.iter().chain(&RESPONSES).find_map(|word| lower.strip_prefix(word));
    let rest = rest.unwrap_or(&lower).trim_start();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let ends = rest[digits..].starts_with(['.', ')', ':', ' ', '-']);
    number(&rest[..digits]).filter(|_| ends).map(|number| (2, number))
}

/// A table to be filled in: everybody with a paper, and what was answered so far.
pub fn csv_to_fill_in(exam: &Exam, book: &Gradebook) -> String {
    let numbers = (1..=QUESTIONS).map(|number| number.to_string());
    let head: Vec<String> = ["id", "name"].map(str::to_owned).into_iter().chain(numbers).collect();
    let rows = book.results.iter().filter_map(|graded| {
        let student = &graded.student;
        let paper = exam.papers.get(&student.id)?;
        let mut row = vec![cell(&student.id), cell(student.name.as_deref().unwrap_or_default())];
        row.extend((0..paper.questions.len()).map(|at| match &paper.answers {
            Some(answers) => answers.get(at).copied().flatten().map_or("-".into(), String::from),
            None => String::new(),
        }));
        Some(row)
    });
    sheet(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

/// True if all that a table says is known to the exam already, so that it can be made anew and nothing
/// of what somebody has typed is lost.
pub fn is_known(exam: &Exam, book: &Gradebook, bytes: &[u8]) -> bool {
    match read(exam, book, bytes) {
        Ok(Read { answers, remarks }) => {
            let known = |id: &String| exam.papers.get(id).and_then(|paper| paper.answers.as_ref());
            remarks.is_empty() && answers.iter().all(|(id, letters)| known(id) == Some(letters))
        }
        Err(AnswersError::Empty) => true,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests;
