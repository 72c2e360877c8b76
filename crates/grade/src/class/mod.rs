//! A class: who handed in what. Read from a folder, or an archive, as the systems that schools use
//! write them, and from a list of its students.
//!
//! In the plain layout, an entry belongs to the student that it is named after: `ana/`, `ana.py`,
//! `ana.zip`. Loose files with one stem belong together (`ana.c`, `ana.h`). A further attempt is
//! `ana@2.py` or `ana@2/`; or the student's folder has nothing but folders called `1`, `2` … (also
//! `attempt-1`, `intento-1`).

mod archive;
mod junk;
mod language;
mod layout;
mod main_file;
mod moment;
mod names;
mod path;
mod tree;
mod unpack;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use socklab_say::{Sentence, sentence};

use crate::{Attempt, Student};
use layout::{Gathered, Part};
use tree::Tree;

pub use layout::Layout;
pub use main_file::{Main, NoMain, Wanted, main_file};
pub use moment::Moment;
pub use unpack::{Refusal, UnpackError, UnpackLimits, Unpacked};

/// What else is known about a class.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A file with the students: CSV.
    pub roster: Option<PathBuf>,
    /// When submissions are due.
    pub due: Option<Moment>,
}

/// A class.
#[derive(Clone, Debug)]
pub struct Class {
    /// Where it was downloaded from.
    pub layout: Layout,
    /// Its students, by id.
    pub students: Vec<Enrolled>,
    /// What a teacher should know about how it was read.
    pub remarks: Vec<Remark>,
}

/// A student and what was handed in.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Who.
    pub student: Student,
    /// A name for files about this student: letters, digits, `-`, `_`, `.`, and of nobody else,
    /// even where capitals make no difference.
    pub folder: String,
    /// The attempts, the oldest first. None if nothing was handed in.
    pub attempts: Vec<Submission>,
}

/// An attempt of a student, still as it was handed in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its number, from 1.
    pub number: u32,
    /// How many attempts there are.
    pub of: u32,
    /// When it was handed in, if that is known.
    pub submitted: Option<Moment>,
    /// True if it was marked as late, or handed in after the time that is due.
    pub late: bool,
    /// The name of its folder, archive or first file in the class, for readers.
    pub entry: String,
    typed: bool,
    parts: Vec<Part>,
}

impl Submission {
    /// As it stands in a gradebook.
    pub fn attempt(&self) -> Attempt {
        Attempt {
            number: self.number,
            of: self.of,
            submitted: self.submitted.map(|moment| moment.to_string()),
            late: self.late,
        }
    }
}

/// What a teacher should know about how a class was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// An entry is nobody's.
    Unknown {
        /// Its name.
        entry: String,
    },
    /// A name in the archive leads out of it, and was left out.
    Outside {
        /// The name.
        entry: String,
    },
    /// Two entries are of one student and have no numbers: they count as attempts in the order of
    /// the files' times.
    Twice {
        /// The student.
        id: String,
        /// Their names.
        entries: Vec<String>,
    },
    /// Who is late was told by the times of files, which copying may have changed.
    FileTimes,
    /// Nothing says when submissions were handed in, so that nobody is late by the time that is due.
    NoTimes,
}

impl Remark {
    /// The sentence for a reader.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Unknown { entry } => sentence!("class-unknown", name = socklab_say::path(entry)),
            Self::Outside { entry } => sentence!("class-outside", name = socklab_say::path(entry)),
            Self::Twice { id, entries } => {
                let names: Vec<String> = entries.iter().map(socklab_say::path).collect();
                sentence!("class-twice", id = socklab_say::clean(id), names = names.join(", "))
            }
            Self::FileTimes => sentence!("class-file-times"),
            Self::NoTimes => sentence!("class-no-times"),
        }
    }
}

/// Why a class can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClassError {
    /// A system call failed.
    #[error("{call} {}: {source}", .object.display())]
    Call {
        /// Which call.
        call: &'static str,
        /// On which file.
        object: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A file is neither a folder nor an archive that can be read.
    #[error("{}: {why}", .object.display())]
    NoArchive {
        /// The file.
        object: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody handed in anything, and there is no list of students.
    #[error("{}: no submissions", .object.display())]
    Nobody {
        /// The folder.
        object: PathBuf,
    },
}

impl ClassError {
    fn call(call: &'static str, object: &Path, source: io::Error) -> Self {
        Self::Call { call, object: object.to_owned(), source }
    }

    /// The sentence for a reader.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Call { call, object, source } => {
                sentence!("class-call", call = call, name = socklab_say::path(object), why = source)
            }
            Self::NoArchive { object, why } => sentence!(
                "class-no-archive",
                name = socklab_say::path(object),
                why = socklab_say::clean(why)
            ),
            Self::Nobody { object } => sentence!("class-nobody", name = socklab_say::path(object)),
        }
    }
}

impl Class {
    /// Reads a class from a folder, or from a bulk download that is still a zip archive.
    ///
    /// # Errors
    ///
    /// The folder, the archive or the roster can't be read, or there is nobody in them.
    pub fn read(at: &Path, options: &Options) -> Result<Self, ClassError> {
        let tree = Tree::read(at)?;
        let mut remarks: Vec<Remark> =
            tree.outside.iter().map(|entry| Remark::Outside { entry: entry.clone() }).collect();
        let called = at.file_stem().unwrap_or_default().to_string_lossy();
        let (layout, prefix) = layout::recognise(&tree, &called);
        let gathered = layout::gather(&tree, layout, &prefix, &mut remarks);
        let mut students = enrolled(gathered, layout, &mut remarks);
        if students.is_empty() {
            return Err(ClassError::Nobody { object: at.to_owned() });
        }
        mark_late(&mut students, layout, options.due, &mut remarks);
        students.sort_by(|one, other| one.student.id.cmp(&other.student.id));
        name_folders(&mut students);
        Ok(Self { layout, students, remarks })
    }
}

/// The students that something was gathered of.
fn enrolled(gathered: Vec<Gathered>, layout: Layout, remarks: &mut Vec<Remark>) -> Vec<Enrolled> {
    let mut of: BTreeMap<String, Vec<Gathered>> = BTreeMap::new();
    for one in gathered {
        of.entry(one.id.clone()).or_default().push(one);
    }
    let each = of.into_iter().map(|(id, mut attempts)| {
        let time = |one: &Gathered| one.parts.iter().filter_map(|part| part.modified).max();
        attempts.sort_by_key(|one| (one.attempt, time(one)));
        let numbers: Vec<u32> = attempts.iter().map(|one| one.attempt.unwrap_or(1)).collect();
        if numbers.windows(2).any(|two| two[0] == two[1]) {
            let entries = attempts.iter().map(|one| one.entry.clone()).collect();
            remarks.push(Remark::Twice { id: id.clone(), entries });
        }
        let of = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
        let name = attempts.iter().map(|one| one.name.clone()).find(|name| !name.is_empty());
        let attempts = (1..).zip(attempts).map(|(number, one)| Submission {
            number,
            of,
            submitted: None,
            late: one.late,
            entry: one.entry,
            typed: one.typed,
            parts: one.parts,
        });
        let mut student = Student { id: id.clone(), name, ..Student::default() };
        match layout {
            Layout::Moodle => {
                student.more.insert("Identifier".to_owned(), format!("Participant {id}"));
            }
            Layout::Canvas => {
                student.more.insert("ID".to_owned(), id);
            }
            Layout::Plain | Layout::Gradescope => {}
        }
        Enrolled { student, folder: String::new(), attempts: attempts.collect() }
    });
    each.collect()
}

/// Marks what was handed in after the time that is due, where something says when that was.
fn mark_late(
    students: &mut [Enrolled],
    layout: Layout,
    due: Option<Moment>,
    remarks: &mut Vec<Remark>,
) {
    let Some(due) = due else { return };
    let (mut by_files, mut unknown) = (false, false);
    for attempt in students.iter_mut().flat_map(|one| &mut one.attempts) {
        // A file in a bulk download has the time of the download.
        if attempt.submitted.is_none() && layout == Layout::Plain {
            attempt.submitted = attempt.parts.iter().filter_map(|part| part.modified).max();
            by_files |= attempt.submitted.is_some();
        }
        match attempt.submitted {
            Some(submitted) => attempt.late |= submitted > due,
            None => unknown = true,
        }
    }
    if by_files {
        remarks.push(Remark::FileTimes);
    }
    if unknown && layout != Layout::Canvas {
        remarks.push(Remark::NoTimes);
    }
}

/// How long a folder's name is at most.
const LONGEST: usize = 60;

/// Gives each student a name for files that is nobody else's.
fn name_folders(students: &mut [Enrolled]) {
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    for one in students {
        let plain = plain_name(&one.student.id);
        let mut name = plain.clone();
        let mut number = 1;
        while taken.contains_key(&name.to_ascii_lowercase()) {
            number += 1;
            name = format!("{plain}-{number}");
        }
        taken.insert(name.to_ascii_lowercase(), number);
        one.folder = name;
    }
}

/// A name with nothing in it that a shell, a browser or another system takes for something else.
fn plain_name(id: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    let kept: String = id.chars().take(LONGEST).map(|c| if safe(c) { c } else { '_' }).collect();
    let kept = kept.trim_matches(['.', '-']);
    if kept.is_empty() { "student".to_owned() } else { kept.to_owned() }
}

#[cfg(test)]
mod tests;
