//! Scores what a class answered on paper: a table with a line per student.

use std::collections::BTreeMap;

/// What a student answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// Whether each answer is right, in the order of the questions. `None`: not answered.
    pub right: Vec<Option<bool>>,
}

impl Score {
    /// How many are right.
    pub fn points(&self) -> usize {
        self.right.iter().filter(|one| **one == Some(true)).count()
    }
}

/// What is wrong with a table of answers, by the number of its line, from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswersError {
    /// Nobody with this id has a key.
    #[error("line {line}: nobody with the id {student} had questions")]
    Unknown {
        /// The line.
        line: usize,
        /// The id.
        student: String,
    },
    /// The id appears twice.
    #[error("line {line}: a second line of {student}")]
    Twice {
        /// The line.
        line: usize,
        /// The id.
        student: String,
    },
    /// It has more answers than there were questions.
    #[error("line {line}: {found} answers to {asked} questions")]
    Many {
        /// The line.
        line: usize,
        /// The answers.
        found: usize,
        /// The questions.
        asked: usize,
    },
    /// An answer is no letter.
    #[error("line {line}: `{word}` is no letter of a choice")]
    Letter {
        /// The line.
        line: usize,
        /// What stands there.
        word: String,
    },
}

/// Scores answers. `keys` are the right letters by student; `text` is CSV: `id,1,2,3`, with or without
/// that line at the top; an empty field is no answer. Students without a line have no score.
///
/// # Errors
///
/// The first line that is not understood.
pub fn score(
    keys: &BTreeMap<String, Vec<char>>,
    text: &str,
) -> Result<BTreeMap<String, Score>, AnswersError> {
    let mut scores = BTreeMap::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, row) in text.lines().enumerate() {
        let line = index + 1;
        let mut fields =
            row.split([',', ';', '\t']).map(|field| field.trim().trim_matches('"').trim());
        let student = fields.next().unwrap_or_default().to_owned();
        let answers: Vec<&str> = fields.collect();
        let is_head =
            index == 0 && student.eq_ignore_ascii_case("id") && !keys.contains_key(&student);
        if is_head || (student.is_empty() && answers.iter().all(|field| field.is_empty())) {
            continue;
        }
        let Some(key) = keys.get(&student) else {
            return Err(AnswersError::Unknown { line, student });
        };
        let extra = answers.iter().skip(key.len()).any(|field| !field.is_empty());
        if extra {
            return Err(AnswersError::Many { line, found: answers.len(), asked: key.len() });
        }
        let mut right = Vec::new();
        for (place, wanted) in key.iter().enumerate() {
            let word = answers.get(place).copied().unwrap_or_default();
            let mut letters = word.chars();
            right.push(match (letters.next(), letters.next()) {
                (None, _) => None,
                (Some(letter), None) if letter.is_ascii_alphabetic() => {
                    Some(letter.to_ascii_lowercase() == *wanted)
                }
                _ => return Err(AnswersError::Letter { line, word: word.to_owned() }),
            });
        }
        if scores.insert(student.clone(), Score { right }).is_some() {
            return Err(AnswersError::Twice { line, student });
        }
    }
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> BTreeMap<String, Vec<char>> {
        [("ana", "bac"), ("student-01", "aad")]
            .map(|(id, key)| (id.to_owned(), key.chars().collect()))
            .into()
    }

    #[test]
    fn answers_are_scored_however_a_spreadsheet_writes_them() {
        for text in [
            "id,1,2,3\nana,b,A,d\n\nstudent-01,a,,\n",
            "\u{feff}\"ana\";\"B\";\"a\";\"d\"\r\nstudent-01;a;;\r\n",
        ] {
            let scores = score(&keys(), text).unwrap();
            assert_eq!(scores["ana"].right, [Some(true), Some(true), Some(false)]);
            assert_eq!((scores["ana"].points(), scores["student-01"].points()), (2, 1));
            assert_eq!(scores["student-01"].right, [Some(true), None, None]);
        }
        assert!(score(&keys(), "id,1,2,3\n").unwrap().is_empty());
    }

    #[test]
    fn what_is_not_understood_is_told_by_its_line() {
        let error = |text: &str| score(&keys(), text).unwrap_err().to_string();
        assert_eq!(error("id,1\nbob,a"), "line 2: nobody with the id bob had questions");
        assert_eq!(error("ana,a,b,c,d"), "line 1: 4 answers to 3 questions");
        assert_eq!(error("ana,a,b,ab"), "line 1: `ab` is no letter of a choice");
        assert_eq!(error("ana,1,b,a"), "line 1: `1` is no letter of a choice");
        assert_eq!(error("ana,a,b,c\nana,b,a,c"), "line 2: a second line of ana");
    }
}
