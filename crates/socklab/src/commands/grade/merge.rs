//! `grade merge`: puts the results of several parts of a class together. What comes of it is a folder
//! of results like any other: `grade` goes on with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use socklab_grade::exam::ExamInfo;
use socklab_grade::journal::{Entry, History, Journal, Line, Round};
use socklab_grade::{Assignment, FORMAT_VERSION, Gradebook, Graded};
use socklab_say::{Speaker, say};

use super::exam;
use super::files::make;
use super::out::{cannot_write, refused};
use super::written::{Wanted, keep, read};
use super::{table, verdict};
use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::println;

/// Puts results together.
pub(super) fn merge(speaker: Speaker, options: &cli::GradeMerge) -> Result<ExitCode> {
    let began = Instant::now();
    let parts = options.folders.iter().map(|folder| Part::read(speaker, folder));
    let parts = parts.collect::<Result<Vec<_>>>()?;
    let assignment = common(speaker, &options.folders, &parts)?;
    complete(speaker, &parts)?;
    let mut results: BTreeMap<String, Graded> = BTreeMap::new();
    for graded in parts.iter().flat_map(|part| &part.book.results) {
        let id = &graded.student.id;
        match results.get(id) {
            // A part that did not reach somebody knows nothing of what another one says.
            Some(_) if !graded.state.has_points() => {}
            Some(known) if known.state.has_points() && known.sha256 != graded.sha256 => {
                let what = say!(speaker, "grade-merge-twice", id = id);
                return Err(Failure::new(ExitReason::Usage, what).into());
            }
            _ => drop(results.insert(id.clone(), graded.clone())),
        }
    }
    let (mut journal, history) =
        Journal::open(&options.output).map_err(|error| refused(speaker, error))?;
    if history != History::default() {
        let folder = socklab_say::path(&options.output);
        let what = say!(speaker, "grade-merge-filled", folder = folder);
        return Err(Failure::new(ExitReason::Usage, what).into());
    }
    for (folder, part) in options.folders.iter().zip(&parts) {
        for below in ["students", "hidden"] {
            copy(speaker, &folder.join(below), &options.output.join(below))?;
        }
        debug_assert_eq!(part.book.assignment.exercise, assignment.exercise);
    }
    let mut add = |line: &Line| journal.append(line).map_err(|error| refused(speaker, error));
    add(&Line::Round(Box::new(Round {
        format_version: FORMAT_VERSION,
        number: 1,
        asked: false,
        shard: None,
        assignment: assignment.clone(),
    })))?;
    for entry in parts.iter().flat_map(Part::entries) {
        add(&Line::Result(Box::new(Entry { round: 1, ..entry.clone() })))?;
    }
    let mut book = Gradebook {
        format_version: FORMAT_VERSION,
        assignment,
        results: results.into_values().collect(),
    };
    book.note_groups();
    if book.results.iter().all(|graded| graded.state.has_points()) {
        add(&Line::Finished(1))?;
    }
    let exam = exam::deal(speaker, &options.output, &book)?;
    let wanted = Wanted::of(&options.format, None);
    let book = keep(speaker, &options.output, &wanted, &book, exam.as_ref())?;
    table::show(speaker, &book, None);
    table::took(speaker, 0, began.elapsed());
    println!("{}", say!(speaker, "grade-kept", folder = socklab_say::path(&options.output)));
    exam::tell(speaker, &options.output, &book, false)?;
    Ok(verdict(speaker, &book))
}

/// The results of a part.
struct Part {
    book: Gradebook,
    history: History,
}

impl Part {
    fn read(speaker: Speaker, folder: &Path) -> Result<Self> {
        let history = Journal::look(folder).map_err(|error| refused(speaker, error))?;
        let book = read(speaker, folder)?;
        Ok(Self { book, history })
    }

    /// The results of the last round.
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        let last = self.history.last_round().map(|round| round.number);
        self.history.entries.iter().filter(move |entry| Some(entry.round) == last)
    }
}

/// What all parts were graded by. It must be the same: otherwise their points can't be compared.
fn common(speaker: Speaker, folders: &[std::path::PathBuf], parts: &[Part]) -> Result<Assignment> {
    let first = &parts[0].book.assignment;
    let plain = |assignment: &Assignment| {
        let exam = assignment.exam.map(|exam| ExamInfo { marked: false, ..exam });
        Assignment { started: String::new(), exam, ..assignment.clone() }
    };
    let other = parts.iter().position(|part| plain(&part.book.assignment) != plain(first));
    if let Some(other) = other {
        let [one, other] = [&folders[0], &folders[other]].map(socklab_say::path);
        let what = say!(speaker, "grade-merge-other", one = one, other = other);
        return Err(Failure::new(ExitReason::Usage, what).into());
    }
    let started = parts.iter().map(|part| &part.book.assignment.started).min();
    Ok(Assignment { started: started.cloned().unwrap_or_default(), ..plain(first) })
}

/// Refuses parts of a class if others of them are missing.
fn complete(speaker: Speaker, parts: &[Part]) -> Result<()> {
    let last = |part: &Part| part.history.last_round()?.shard;
    let shards: BTreeSet<(usize, usize)> = parts.iter().filter_map(last).collect();
    let Some((_, of)) = shards.first().copied() else { return Ok(()) };
    let missing = (1..=of).filter(|number| !shards.contains(&(*number, of)));
    let missing: Vec<String> = missing.map(|number| format!("{number}/{of}")).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = say!(speaker, "grade-merge-missing", shards = missing.join(", "));
    Err(Failure::new(ExitReason::Usage, what).into())
}

/// Copies a folder of results, if it is there, with all that is in it.
fn copy(speaker: Speaker, from: &Path, to: &Path) -> Result<()> {
    let cannot = |path: &Path| {
        let path = path.to_owned();
        move |error: std::io::Error| cannot_write(speaker, &path, &error)
    };
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    make(speaker, to)?;
    for entry in entries {
        let entry = entry.map_err(cannot(from))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(cannot(&path))?;
        if kind.is_dir() {
            copy(speaker, &path, &target)?;
        } else if kind.is_file() {
            fs::copy(&path, &target).map_err(cannot(&target))?;
        }
    }
    Ok(())
}
