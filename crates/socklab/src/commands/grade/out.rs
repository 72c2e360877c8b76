//! The folder of results: which round it is in, and what is written there.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use socklab_grade::class::{Class, Remark};
use socklab_grade::differences::{self, Difference};
use socklab_grade::exam::{ExamInfo, has_passed};
use socklab_grade::journal::{Entry, History, JOURNAL, Journal, JournalError, Line, Round};
use socklab_grade::{Assignment, FORMAT_VERSION, Gradebook, Graded};
use socklab_say::{Speaker, say};

use super::exam;
use super::written::{Wanted, keep, refresh};
use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, cannot, exit_for};
use crate::file::{PRIVATE, write_whole};

/// An open folder of results.
pub(super) struct Out {
    pub(super) folder: PathBuf,
    journal: Mutex<Journal>,
    /// What was there when it was opened.
    pub(super) history: History,
    /// The number of the round that is graded now.
    pub(super) round: u32,
    /// What is graded in it.
    pub(super) assignment: Assignment,
    /// True if it is a part of a class only.
    is_part: bool,
    speaker: Speaker,
}

impl Out {
    /// Opens the folder, and goes on with the last round or begins another one: because the exercise,
    /// its pack, the seed or socklab itself is another one, or because somebody asks for it.
    ///
    /// # Errors
    ///
    /// The folder is somebody else's, in use, of another exercise, or can't be written.
    pub(super) fn open(
        speaker: Speaker,
        folder: &Path,
        wanted: Assignment,
        options: &cli::Grade,
    ) -> Result<Self> {
        let opened = Journal::open(folder).map_err(|error| refused(speaker, error))?;
        let (mut journal, history) = opened;
        // An exam that was asked for once stays one.
        let exam = exam::read(speaker, folder)?.map(|exam| exam.each);
        let exam = exam.map(|each| ExamInfo { each, marked: false });
        let wanted = Assignment { exam: wanted.exam.or(exam), ..wanted };
        let last = history.last_round().cloned();
        if let Some(last) = last.as_ref().filter(|it| it.assignment.exercise != wanted.exercise) {
            let folder = socklab_say::path(folder);
            let (has, exercise) = (&last.assignment.exercise, &wanted.exercise);
            let what = say!(
                speaker,
                "grade-other-exercise",
                folder = folder,
                has = has,
                exercise = exercise
            );
            return Err(Failure::new(ExitReason::Usage, what).into());
        }
        let goes_on = last.as_ref().filter(|last| {
            let [a, b] = [&last.assignment, &wanted];
            let same = (&a.exercise_sha256, &a.pack, &a.socklab)
                == (&b.exercise_sha256, &b.pack, &b.socklab);
            let seed = options.seed.is_none_or(|seed| seed == a.seed);
            // What was asked for and not finished goes on, too.
            let asked = options.regrade && (history.is_finished() || !last.asked);
            let shard = last.shard == options.shard.map(|shard| (shard.number, shard.of));
            same && seed && shard && !asked
        });
        let (round, assignment) = match (goes_on, &last) {
            (Some(last), _) => {
                let (seed, started) = (last.assignment.seed, last.assignment.started.clone());
                let language = last.assignment.language.clone();
                let known = |name: &str| last.assignment.case(name).map(|it| it.title.clone());
                let exam = wanted.exam.or(last.assignment.exam);
                let mut assignment = Assignment { seed, started, exam, ..wanted };
                if language != assignment.language {
                    for case in &mut assignment.cases {
                        case.title = known(&case.name).unwrap_or_default();
                    }
                    assignment.title.clone_from(&last.assignment.title);
                    assignment.language = language;
                }
                (last.number, assignment)
            }
            (None, last) => {
                let kept = last.as_ref().map(|last| last.assignment.seed);
                let seed = options.seed.or(kept).unwrap_or(wanted.seed);
                let assignment = Assignment { seed, ..wanted };
                let number = last.as_ref().map_or(0, |last| last.number) + 1;
                let round = Round {
                    format_version: FORMAT_VERSION,
                    number,
                    asked: options.regrade,
                    shard: options.shard.map(|shard| (shard.number, shard.of)),
                    assignment: assignment.clone(),
                };
                journal
                    .append(&Line::Round(Box::new(round)))
                    .map_err(|error| refused(speaker, error))?;
                (number, assignment)
            }
        };
        let folder = folder.to_owned();
        let journal = Mutex::new(journal);
        let is_part = options.shard.is_some();
        Ok(Self { folder, journal, history, round, assignment, is_part, speaker })
    }

    /// Refuses a class in which two would share a folder, because the file system ignores capital
    /// letters.
    pub(super) fn can_hold(&self, speaker: Speaker, class: &Class) -> Result<()> {
        let ids = class.remarks.iter().find_map(|remark| match remark {
            Remark::OnlyCase { ids } => Some(ids),
            _ => None,
        });
        // The journal is there, under its own name.
        let ignores = self.folder.join(JOURNAL.to_uppercase()).exists();
        let Some(ids) = ids.filter(|_| ignores) else { return Ok(()) };
        let ids: Vec<String> = ids.iter().map(|id| socklab_say::clean(id)).collect();
        let folder = socklab_say::path(&self.folder);
        let what = say!(speaker, "grade-only-case", folder = folder, ids = ids.join(", "));
        Err(Failure::new(ExitReason::Usage, what)
            .hint(say!(speaker, "grade-only-case-hint"))
            .into())
    }

    /// Keeps a result. When this returns, it is on the disk.
    pub(super) fn append(&self, key: String, graded: &Graded) -> Result<()> {
        let entry = Entry { round: self.round, key, graded: graded.clone() };
        self.write(&Line::Result(Box::new(entry)))
    }

    fn write(&self, line: &Line) -> Result<()> {
        // A line is appended as a whole or not at all.
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(journal.append(line).map_err(|error| refused(self.speaker, error))?)
    }

    /// Writes the pages as they are while grading goes on; `fresh` are the ids of those with a new result.
    pub(super) fn refresh(&self, book: &Gradebook, fresh: &[String]) -> Result<()> {
        refresh(self.speaker, &self.folder, book, fresh)
    }

    /// True if this is to be examined, and nobody knows yet what can be asked about it.
    pub(super) fn lacks_questions(&self, graded: &Graded) -> bool {
        self.assignment.exam.is_some()
            && has_passed(&self.assignment, graded)
            && exam::questions_of(&self.folder, graded).is_none()
    }

    /// Writes what the whole class came to.
    pub(super) fn keep(
        &self,
        wanted: &Wanted,
        book: &Gradebook,
        changed: &[Difference],
    ) -> Result<Gradebook> {
        // A part of a class does not know what the others are asked.
        let exam = match self.is_part {
            false => exam::deal(self.speaker, &self.folder, book)?,
            true => None,
        };
        let wanted = wanted.clone().and_there(&self.folder, book);
        let book = keep(self.speaker, &self.folder, &wanted, book, exam.as_ref())?;
        if self.round > 1 {
            let path = self.folder.join("differences.csv");
            write(self.speaker, &path, &differences::csv(changed))?;
        }
        let done = |it: &Graded| it.state.has_points() && !self.lacks_questions(it);
        let all = book.results.iter().all(done);
        if all && self.history.finished != Some(self.round) {
            self.write(&Line::Finished(self.round))?;
        }
        Ok(book)
    }
}

/// Writes a file of the results: all of it, or nothing.
pub(super) fn write(speaker: Speaker, path: &Path, text: &str) -> Result<()> {
    let written = write_whole(path, text.as_bytes(), PRIVATE);
    Ok(written.map_err(|error| cannot_write(speaker, path, &error))?)
}

/// A file of the results could not be written. What was graded before is kept.
pub(super) fn cannot_write(speaker: Speaker, path: &Path, error: &std::io::Error) -> Failure {
    let what = say!(speaker, "write-failed", path = socklab_say::path(path));
    let hint = say!(speaker, "grade-full-hint");
    Failure::new(exit_for(error), format!("{what}: {error}")).hint(hint)
}

/// Why a folder of results can't be used.
pub(super) fn refused(speaker: Speaker, error: JournalError) -> Failure {
    match &error {
        JournalError::NotOurs(folder) => {
            let what = say!(speaker, "grade-not-ours", folder = socklab_say::path(folder));
            Failure::new(ExitReason::Usage, what).hint(say!(speaker, "grade-not-ours-hint"))
        }
        JournalError::InUse(folder) => {
            let what = say!(speaker, "grade-in-use", folder = socklab_say::path(folder));
            Failure::new(ExitReason::Usage, what)
        }
        JournalError::Line { path, line, what } => {
            let path = socklab_say::path(path);
            let what = say!(speaker, "grade-bad-line", path = path, line = line, what = what);
            Failure::new(ExitReason::No, what).hint(say!(speaker, "grade-bad-line-hint"))
        }
        JournalError::Call { call: "open", path, source }
            if source.kind() == ErrorKind::NotFound =>
        {
            let folder = path.parent().unwrap_or(path);
            let what = say!(speaker, "grade-no-results", folder = socklab_say::path(folder));
            Failure::new(ExitReason::Usage, what).hint(say!(speaker, "grade-no-results-hint"))
        }
        JournalError::Call { call: "write", path, source } => cannot_write(speaker, path, source),
        JournalError::Call { call, path, source } => cannot(speaker, call, path, source),
        _ => Failure::new(ExitReason::No, error.to_string()),
    }
}
