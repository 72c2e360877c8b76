//! The files about a class: the gradebook, the pages, and the formats that schools read.

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use socklab_grade::cluster::{Comments, groups_text};
use socklab_grade::formats::{self, Gradescope, Output, Release, Unknown};
use socklab_grade::journal::Journal;
use socklab_grade::page::{self, class_page, folder_of, student_page, student_text};
use socklab_grade::{Assignment, FORMAT_VERSION, Gradebook, Graded};
use socklab_say::{Language, Speaker, say};

use super::files::make;
use super::out::{refused, write};
use crate::cli::GradeFormat;
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, exit_for};
use crate::output;

/// Which formats are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    formats: &'a [GradeFormat],
    /// The name of Canvas' column.
    column: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(formats: &'a [GradeFormat], column: Option<&'a str>) -> Self {
        Self { formats, column }
    }

    /// The one format that is to be printed.
    ///
    /// # Errors
    ///
    /// It is about one submission, and there are several; or the machine has kept it from being
    /// graded.
    pub(super) fn printed(&self, speaker: Speaker, book: &Gradebook) -> Result<Option<String>> {
        let [format] = self.formats else { return Ok(None) };
        if is_of_class(*format) {
            return Ok(self.of_class(*format, book));
        }
        let [graded] = book.results.as_slice() else {
            let what = say!(speaker, "grade-format-each");
            return Err(Failure::new(ExitReason::Usage, what).into());
        };
        match self.of_one(*format, &book.assignment, graded) {
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(unknown)) => {
                Err(Failure::new(ExitReason::Environment, unknown.to_string()).into())
            }
            None => Ok(None),
        }
    }

    fn of_class(&self, format: GradeFormat, book: &Gradebook) -> Option<String> {
        Some(match format {
            GradeFormat::Json => formats::json(book),
            GradeFormat::Junit => formats::junit(book),
            GradeFormat::Canvas => formats::canvas(book, self.column),
            GradeFormat::Moodle => formats::moodle(book),
            _ => return None,
        })
    }

    fn of_one(
        &self,
        format: GradeFormat,
        assignment: &Assignment,
        graded: &Graded,
    ) -> Option<Result<String, Unknown>> {
        let gradescope = |output| {
            formats::gradescope(assignment, graded, Gradescope { output, ..Gradescope::default() })
        };
        Some(match format {
            GradeFormat::Gradescope => gradescope(Output::Ansi),
            GradeFormat::GradescopeHtml => gradescope(Output::Html),
            GradeFormat::Check50 => Ok(formats::check50(assignment, graded)),
            GradeFormat::Classroom50 => {
                let variable = |name: &str| std::env::var(name).ok();
                let release = Release::new(assignment, graded, variable);
                formats::classroom50(assignment, graded, &release)
            }
            _ => return None,
        })
    }
}

fn is_of_class(format: GradeFormat) -> bool {
    use GradeFormat::{Canvas, Json, Junit, Moodle};
    matches!(format, Json | Junit | Canvas | Moodle)
}

/// The name of the file with a format.
fn name_of(format: GradeFormat) -> &'static str {
    match format {
        GradeFormat::Json => "gradebook.json",
        GradeFormat::Junit => "junit.xml",
        GradeFormat::Canvas => "canvas.csv",
        GradeFormat::Moodle => "moodle.csv",
        GradeFormat::Gradescope | GradeFormat::GradescopeHtml => "results.json",
        GradeFormat::Classroom50 => "result.json",
        GradeFormat::Check50 => "check50.json",
    }
}

/// The file in which a teacher comments on groups of submissions.
const COMMENTS: &str = "comments.toml";

/// What a teacher has written, if there is something. A file that can't be read is left as it is.
fn read_comments(path: &Path) -> Result<Option<Comments>> {
    let shown = socklab_say::path(path);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let what = format!("open {shown}: {error}");
            return Err(Failure::new(exit_for(&error), what).into());
        }
    };
    let read = Comments::read(&text);
    Ok(Some(read.map_err(|error| Failure::new(ExitReason::Usage, format!("{shown}: {error}")))?))
}

/// Says which submissions behave alike, and writes the pages anew with what the teacher has
/// commented.
pub(super) fn groups(speaker: Speaker, folder: &Path) -> Result<ExitCode> {
    let history = Journal::look(folder).map_err(|error| refused(speaker, error))?;
    drop(history);
    let (_journal, _) = Journal::open(folder).map_err(|error| refused(speaker, error))?;
    let mut book = read(speaker, folder)?;
    keep(speaker, folder, &Wanted::of(&[], None), &book)?;
    book.note_groups();
    if let Some(comments) = read_comments(&folder.join(COMMENTS))? {
        book.note_comments(&comments);
    }
    output::write_out(format_args!("{}", groups_text(&book, speaker)));
    Ok(ExitCode::SUCCESS)
}

/// Reads the gradebook in a folder of results.
pub(super) fn read(speaker: Speaker, folder: &Path) -> Result<Gradebook> {
    let path = folder.join("gradebook.json");
    let not_whole = |why: String| {
        let path = socklab_say::path(&path);
        let what = say!(speaker, "grade-merge-not-whole", path = path, why = why);
        Failure::new(ExitReason::Usage, what)
    };
    let text = std::fs::read(&path).map_err(|error| not_whole(error.to_string()))?;
    let book: Gradebook =
        serde_json::from_slice(&text).map_err(|error| not_whole(error.to_string()))?;
    if book.format_version > FORMAT_VERSION {
        return Err(not_whole(format!("format_version {}", book.format_version)).into());
    }
    Ok(book)
}

/// Writes the files about a whole class, and those about each student that don't need a recording.
pub(super) fn keep(
    speaker: Speaker,
    folder: &Path,
    wanted: &Wanted<'_>,
    book: &Gradebook,
) -> Result<()> {
    let texts = Language::find(&book.assignment.language).map_or(speaker, Speaker::new);
    let put = |name: &str, text: &str| write(speaker, &folder.join(name), text);
    let before = read_comments(&folder.join(COMMENTS))?;
    let mut book = book.clone();
    book.note_groups();
    let comments = Comments::for_groups(&book, before.as_ref(), texts);
    put(COMMENTS, &comments.text(texts))?;
    book.note_comments(&comments);
    let book = &book;
    let groups = book.groups();
    let said = groups
        .iter()
        .filter_map(|group| Some((group.name.clone(), comments.of(&group.name)?.to_owned())));
    let said: page::Comments = said.collect();
    for graded in &book.results {
        let own = format!("students/{}", folder_of(&graded.student));
        make(speaker, &folder.join(&own))?;
        let assignment = &book.assignment;
        let comment = graded.comment.as_deref();
        let text = student_text(assignment, graded, texts, comment);
        put(&format!("{own}/report.txt"), &text)?;
        let page = student_page(assignment, graded, texts, comment);
        put(&format!("{own}/report.html"), &page)?;
        for format in wanted.formats {
            let path = format!("{own}/{}", name_of(*format));
            match wanted.of_one(*format, assignment, graded) {
                Some(Ok(text)) => put(&path, &text)?,
                // An old one would say what nobody knows any more.
                Some(Err(_)) => drop(std::fs::remove_file(folder.join(path))),
                None => {}
            }
        }
    }
    let report =
        |graded: &Graded| Some(format!("students/{}/report.html", folder_of(&graded.student)));
    put("grades.csv", &formats::grades_csv(book, report))?;
    put("class.html", &class_page(book, texts, &said))?;
    for format in wanted.formats {
        if let Some(text) = wanted.of_class(*format, book) {
            put(name_of(*format), &text)?;
        }
    }
    // Last, because it says that all the others are there.
    put("gradebook.json", &formats::json(book))
}
