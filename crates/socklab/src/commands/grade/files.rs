//! What belongs to a submission: for each case the page with its ladder, the recording, the packets.
//! Those of hidden cases are in a folder of their own, so that a student's folder can be handed out.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use socklab_event::Event;
use socklab_grade::page::folder_of;
use socklab_grade::{Files, Graded};
use socklab_say::Speaker;
use socklab_scenario::exercise::Report;

use super::out::cannot_write;
use super::pool::Job;
use crate::cli::Look;
use crate::commands::trace::{FileFormat, draw_to};
use crate::graded::Judge;

/// Where the files of a submission are, below the folder of results.
pub(super) struct Place {
    /// What a student may see.
    pub(super) own: String,
    /// What nobody but the teacher may see.
    pub(super) hidden: String,
}

impl Place {
    pub(super) fn of(job: &Job<'_>) -> Self {
        let attempt = match job.attempt.filter(|_| job.several) {
            Some(attempt) => format!("/attempt-{}", attempt.attempt().number),
            None => String::new(),
        };
        let folder = folder_of(&job.who.student);
        Self {
            own: format!("students/{folder}{attempt}"),
            hidden: format!("hidden/{folder}{attempt}"),
        }
    }
}

/// Writes the files of all cases that were run in place of those of an earlier grading, and notes where
/// they are.
pub(super) fn of_cases(
    speaker: Speaker,
    out: &Path,
    place: &Place,
    report: &Report<'_>,
    judge: &Judge<'_>,
    graded: &mut Graded,
) -> Result<()> {
    clear(out, place);
    for (done, result) in report.cases.iter().zip(&mut graded.cases) {
        let Some(recording) = done.recording.as_ref().filter(|it| !it.events.is_empty()) else {
            continue;
        };
        let hidden = judge.hidden.contains(&done.case.name);
        let folder = if hidden { &place.hidden } else { &place.own };
        make(speaker, &out.join(folder))?;
        let timeline = recording.timeline();
        let evidence = done.evidence();
        let name = file_name(&done.case.name);
        let put = |format: FileFormat, ending: &str| -> Result<Option<String>> {
            let path = format!("{folder}/{name}.{ending}");
            let look = Look::for_learning();
            draw_to(speaker, &out.join(&path), format, &timeline, &look, &evidence)?;
            Ok(Some(path))
        };
        let has_bytes = |event: &Event| event.frame().is_some_and(|it| !it.bytes.sample.is_empty());
        result.files = Files {
            page: put(FileFormat::Html, "html")?,
            recording: put(FileFormat::Jsonl, "jsonl")?,
            capture: match timeline.events.iter().any(has_bytes) {
                true => put(FileFormat::Pcapng, "pcapng")?,
                false => None,
            },
        };
    }
    Ok(())
}

/// Removes the files of an earlier grading. What other attempts have, in folders of their own, stays.
pub(super) fn clear(out: &Path, place: &Place) {
    for folder in [&place.own, &place.hidden] {
        let files = fs::read_dir(out.join(folder)).into_iter().flatten().flatten();
        files.for_each(|file| drop(fs::remove_file(file.path())));
    }
}

/// Makes a folder below that of the results, which only its owner can look into.
pub(super) fn make(speaker: Speaker, folder: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    Ok(made.map_err(|error| cannot_write(speaker, folder, &error))?)
}

/// The name of a case as that of a file: an author may call it anything.
fn file_name(case: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_".contains(c) { c } else { '_' };
    let name: String = case.chars().map(plain).take(100).collect();
    PathBuf::from(name).display().to_string()
}
