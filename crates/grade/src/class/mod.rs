//! A class: who handed in what. Read from a folder, or an archive, as the systems that schools use
//! write them, and from a list of its students.
//!
//! In the plain layout, an entry belongs to the student that it is named after: `ana/`, `ana.py`,
//! `ana.zip`. Loose files with one stem belong together (`ana.c`, `ana.h`). A further attempt is
//! `ana@2.py` or `ana@2/`; or the student's folder has nothing but folders called `1`, `2` … (also
//! `attempt-1`, `intento-1`).
//!
//! Longer than 400 lines, because it is the one place where what all layouts found becomes a class.

mod archive;
#[doc(hidden)]
pub mod fuzzing;
mod gradescope;
mod junk;
mod language;
mod layout;
mod main_file;
mod moment;
mod names;
mod path;
mod roster;
mod tree;
mod unpack;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use socklab_say::{Sentence, count, sentence};

use crate::page::folder_of;
use crate::table::bytes_of;
use crate::{Attempt, Student};
use layout::{Gathered, METADATA, Part};
use tree::Tree;

pub use layout::Layout;
pub use main_file::{Main, NoMain, Wanted, main_file};
pub use moment::Moment;
pub(crate) use names::fold;
pub(crate) use roster::{Column, NoRoster, Roster};
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
    /// A student who is not on the list. What was handed in is graded all the same.
    NotOnList {
        /// The student.
        id: String,
    },
    /// Students on the list of whom there is nothing.
    Missing {
        /// How many.
        students: usize,
        /// Of how many.
        of: usize,
    },
    /// Two rows of the list have one id. The first counts.
    TwiceOnList {
        /// The id.
        id: String,
    },
    /// A submission of a group, which counts for each of them.
    Group {
        /// Its name.
        entry: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// Students whose ids differ in capital letters only, so that their folders do, too.
    OnlyCase {
        /// Their ids.
        ids: Vec<String>,
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
            Self::NotOnList { id } => {
                sentence!("class-not-on-list", id = socklab_say::clean(id))
            }
            Self::Missing { students, of } => {
                sentence!("class-missing", count = count(*students), of = count(*of))
            }
            Self::TwiceOnList { id } => {
                sentence!("class-twice-on-list", id = socklab_say::clean(id))
            }
            Self::Group { entry, ids } => {
                let ids: Vec<String> = ids.iter().map(|id| socklab_say::clean(id)).collect();
                sentence!("class-group", name = socklab_say::path(entry), ids = ids.join(", "))
            }
            Self::OnlyCase { ids } => {
                let ids: Vec<String> = ids.iter().map(|id| socklab_say::clean(id)).collect();
                sentence!("class-only-case", ids = ids.join(", "))
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
    /// The list of students is none.
    #[error("{}: no list of students", .object.display())]
    Roster {
        /// The file.
        object: PathBuf,
        /// Why.
        why: Sentence,
    },
    /// What Gradescope says about an export can't be read.
    #[error("{}: {METADATA}: {why}", .object.display())]
    Metadata {
        /// The folder or archive.
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
            Self::Roster { object, why } => {
                sentence!("class-roster", name = socklab_say::path(object), why = why.clone())
            }
            Self::Metadata { object, why } => sentence!(
                "class-metadata",
                name = socklab_say::path(object.join(METADATA)),
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
        let mut handed = match layout {
            Layout::Gradescope => exported(gathered, &metadata(&tree, &prefix, at)?, &mut remarks),
            _ => gathered.into_iter().map(|one| handed_in(one, layout)).collect(),
        };
        let mut students = Vec::new();
        if let Some(file) = &options.roster {
            students = on_list(&read_roster(file)?, layout, &mut handed, &mut remarks);
        }
        enrol(&mut students, handed, &mut remarks);
        if students.is_empty() {
            return Err(ClassError::Nobody { object: at.to_owned() });
        }
        mark_late(&mut students, layout, options.due, &mut remarks);
        students.sort_by(|one, other| one.student.id.cmp(&other.student.id));
        for one in &mut students {
            one.folder = folder_of(&one.student);
        }
        remarks.extend(only_case(&students).into_iter().map(|ids| Remark::OnlyCase { ids }));
        Ok(Self { layout, students, remarks })
    }
}

/// An attempt, and whose it is.
struct Handed {
    student: Student,
    /// The number that it says it has.
    number: Option<u32>,
    submission: Submission,
}

/// An attempt as a download names it.
fn handed_in(one: Gathered, layout: Layout) -> Handed {
    let mut more = BTreeMap::new();
    match layout {
        Layout::Moodle => {
            more.insert("Identifier".to_owned(), format!("Participant {}", one.id));
        }
        Layout::Canvas => {
            more.insert("ID".to_owned(), one.id.clone());
        }
        Layout::Plain | Layout::Gradescope => {}
    }
    let name = Some(one.name).filter(|name| !name.is_empty());
    Handed {
        student: Student { id: one.id, name, email: None, more },
        number: one.attempt,
        submission: Submission {
            number: 1,
            of: 1,
            submitted: None,
            late: one.late,
            entry: one.entry,
            typed: one.typed,
            parts: one.parts,
        },
    }
}

/// What Gradescope says about an export, which has a size that fits in memory.
fn metadata(tree: &Tree, prefix: &str, at: &Path) -> Result<gradescope::Metadata, ClassError> {
    let path = format!("{prefix}{METADATA}");
    let found = tree.found.iter().find(|found| found.path == path);
    let bytes = found.map_or(Ok(Vec::new()), |found| unpack::contents(&found.place));
    let bytes = bytes.map_err(|why| ClassError::call("read", &at.join(METADATA), why))?;
    gradescope::parse(&String::from_utf8_lossy(&bytes))
        .map_err(|why| ClassError::Metadata { object: at.to_owned(), why })
}

/// The attempts of an export, for each member of the group that handed it in.
fn exported(
    gathered: Vec<Gathered>,
    metadata: &gradescope::Metadata,
    remarks: &mut Vec<Remark>,
) -> Vec<Handed> {
    let mut handed = Vec::new();
    for one in gathered {
        let about = metadata.get(&one.id).cloned().unwrap_or_default();
        let entry = one.entry.clone();
        let mut base = handed_in(one, Layout::Gradescope);
        base.submission.submitted = about.submitted();
        base.number = Some(about.number());
        if about.submitters.is_empty() {
            remarks.push(Remark::Unknown { entry });
            continue;
        }
        let mut ids = Vec::new();
        for submitter in &about.submitters {
            let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
            let (sid, email) = (filled(&submitter.sid), filled(&submitter.email));
            let name = filled(&submitter.name);
            let known = sid.clone().or(email.clone()).or(name.clone());
            let id = known.unwrap_or_else(|| entry.clone());
            ids.push(id.clone());
            let columns = [("SID", sid), ("Email", email.clone()), ("Name", name.clone())];
            let more = columns.into_iter().filter_map(|(key, it)| Some((key.to_owned(), it?)));
            let student = Student { id, name, email, more: more.collect() };
            let submission = base.submission.clone();
            handed.push(Handed { student, number: base.number, submission });
        }
        if ids.len() > 1 {
            remarks.push(Remark::Group { entry, ids });
        }
    }
    handed
}

fn read_roster(file: &Path) -> Result<Roster, ClassError> {
    let bytes = bytes_of(file).map_err(|(call, why)| ClassError::call(call, file, why))?;
    Roster::parse(&bytes).map_err(|why| ClassError::Roster {
        object: file.to_owned(),
        why: match why {
            NoRoster::Empty => sentence!("roster-empty"),
            NoRoster::Columns(found) => {
                sentence!("roster-columns", found = socklab_say::clean(&found))
            }
            NoRoster::Csv(why) => sentence!("roster-csv", why = socklab_say::clean(&why)),
        },
    })
}

/// The students on a list. Attempts of theirs get the id, the name and the columns that the list has.
fn on_list(
    roster: &Roster,
    layout: Layout,
    handed: &mut [Handed],
    remarks: &mut Vec<Remark>,
) -> Vec<Enrolled> {
    let twice = roster.twice.iter().map(|id| Remark::TwiceOnList { id: id.clone() });
    remarks.extend(twice);
    let mut missing = roster.rows.len();
    let mut has_some = vec![false; roster.rows.len()];
    for one in handed {
        let Some(at) = roster.find(layout, &one.student) else {
            // Another student may have the number that the download gave this one.
            if roster.rows.iter().any(|row| row.student.id == one.student.id) {
                one.student.id = format!("{}-{}", one.student.id, one.submission.entry);
            }
            let remark = Remark::NotOnList { id: one.student.id.clone() };
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
            continue;
        };
        let row = &roster.rows[at];
        if !std::mem::replace(&mut has_some[at], true) {
            missing -= 1;
        }
        let before = std::mem::replace(&mut one.student, row.student.clone());
        one.student.name = one.student.name.take().or(before.name);
        one.student.email = one.student.email.take().or(before.email);
        one.submission.late |= row.late;
        one.submission.submitted = one.submission.submitted.or(row.submitted);
    }
    if missing > 0 {
        remarks.push(Remark::Missing { students: missing, of: roster.rows.len() });
    }
    let nobody = |student: &Student| Enrolled {
        student: student.clone(),
        folder: String::new(),
        attempts: Vec::new(),
    };
    roster.rows.iter().map(|row| nobody(&row.student)).collect()
}

/// Gives each student the attempts, numbered in their order.
fn enrol(students: &mut Vec<Enrolled>, handed: Vec<Handed>, remarks: &mut Vec<Remark>) {
    let mut of: BTreeMap<String, Vec<Handed>> = BTreeMap::new();
    for one in handed {
        of.entry(one.student.id.clone()).or_default().push(one);
    }
    for (id, mut attempts) in of {
        let time = |one: &Handed| {
            let files = one.submission.parts.iter().filter_map(|part| part.modified);
            one.submission.submitted.or(files.max())
        };
        attempts.sort_by_key(|one| (one.number, time(one)));
        // Numbers that were given stay, as far as they tell the attempts apart.
        let numbers: Vec<u32> = attempts.iter().map(|one| one.number.unwrap_or(1)).collect();
        let apart = numbers.windows(2).all(|two| two[0] < two[1]);
        if !apart {
            let entries = attempts.iter().map(|one| one.submission.entry.clone()).collect();
            remarks.push(Remark::Twice { id: id.clone(), entries });
        }
        let many = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
        let said = numbers.last().copied().filter(|_| apart);
        let student = attempts.first().map(|one| one.student.clone()).unwrap_or_default();
        let attempts: Vec<Submission> = (1..)
            .zip(attempts)
            .map(|(number, one)| {
                let number = one.number.filter(|_| apart).unwrap_or(number);
                Submission { number, of: said.unwrap_or(many), ..one.submission }
            })
            .collect();
        match students.iter_mut().find(|one| one.student.id == id) {
            Some(one) => one.attempts = attempts,
            None => students.push(Enrolled { student, folder: String::new(), attempts }),
        }
    }
}

/// The ids of students whose folders have the same name where capital letters are ignored.
fn only_case(students: &[Enrolled]) -> Vec<Vec<String>> {
    let mut same: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in students {
        same.entry(one.folder.to_lowercase()).or_default().push(one.student.id.clone());
    }
    same.into_values().filter(|ids| ids.len() > 1).collect()
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

#[cfg(test)]
mod tests;
