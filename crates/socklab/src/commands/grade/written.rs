//! The files about a class: the gradebook, the pages, and the formats that schools read.

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use socklab_grade::cluster::{Comments, groups_text};
use socklab_grade::exam::Exam;
use socklab_grade::formats::{self, Gradescope, Output, Release, Unknown};
use socklab_grade::journal::Journal;
use socklab_grade::page::{self, class_page, folder_of, student_page, student_text};
use socklab_grade::{Assignment, FORMAT_VERSION, Gradebook, Graded, State};
use socklab_say::{Language, Speaker, say};

use super::exam;
use super::files::make;
use super::out::{refused, write};
use crate::cli::GradeFormat;
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, cannot};
use crate::output;

/// Which formats are wanted.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    formats: Vec<GradeFormat>,
    /// The name of Canvas' column.
    column: Option<String>,
}

impl Wanted {
    pub(super) fn of(formats: &[GradeFormat], column: Option<&str>) -> Self {
        Self { formats: formats.to_vec(), column: column.map(str::to_owned) }
    }

    /// These, and those that a folder of results has already: none of its files must say what is no
    /// longer so.
    pub(super) fn and_there(mut self, folder: &Path, book: &Gradebook) -> Self {
        use GradeFormat::{
            Canvas, Check50, Classroom50, Gradescope, GradescopeHtml, Json, Junit, Moodle,
        };
        let of_students =
            book.results.iter().map(|it| format!("students/{}", folder_of(&it.student)));
        let students: Vec<String> = of_students.collect();
        let first = |format: GradeFormat| {
            let name = name_of(format);
            let mut paths = students.iter().map(|below| folder.join(below).join(name));
            paths.find_map(|path| std::fs::read_to_string(path).ok())
        };
        for format in [Json, Junit, Canvas, Moodle, Classroom50, Check50] {
            let is_there = match is_of_class(format) {
                true => folder.join(name_of(format)).is_file(),
                false => first(format).is_some(),
            };
            if is_there && !self.formats.contains(&format) {
                self.formats.push(format);
            }
        }
        let given = [Gradescope, GradescopeHtml].iter().any(|it| self.formats.contains(it));
        if let Some(text) = first(Gradescope).filter(|_| !given) {
            let is_html = text.contains("\"output_format\": \"html\"");
            self.formats.push(if is_html { GradescopeHtml } else { Gradescope });
        }
        let canvas = std::fs::read_to_string(folder.join(name_of(Canvas))).ok();
        self.column = self.column.or(canvas.and_then(|text| formats::canvas_column(&text)));
        self
    }

    /// Refuses what could not be printed, before a class is graded for it.
    ///
    /// # Errors
    ///
    /// There are several formats; or one is about one submission, and there are several.
    pub(super) fn can_be_printed(&self, speaker: Speaker, submissions: usize) -> Result<()> {
        let key = match self.formats.as_slice() {
            [format] if submissions != 1 && !is_of_class(*format) => "grade-format-each",
            [_, _, ..] => "grade-format-several",
            _ => return Ok(()),
        };
        Err(Failure::new(ExitReason::Usage, say!(speaker, key)).into())
    }

    /// The one format that is to be printed.
    ///
    /// # Errors
    ///
    /// It is about one submission, and there are several; or the machine has kept it from being
    /// graded.
    pub(super) fn printed(&self, speaker: Speaker, book: &Gradebook) -> Result<Option<String>> {
        let [format] = self.formats.as_slice() else { return Ok(None) };
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
            GradeFormat::Canvas => formats::canvas(book, self.column.as_deref()),
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
        GradeFormat::Json => GRADEBOOK,
        GradeFormat::Junit => "junit.xml",
        GradeFormat::Canvas => "canvas.csv",
        GradeFormat::Moodle => "moodle.csv",
        GradeFormat::Gradescope | GradeFormat::GradescopeHtml => "results.json",
        GradeFormat::Classroom50 => "result.json",
        GradeFormat::Check50 => "check50.json",
    }
}

/// The file with all results.
const GRADEBOOK: &str = "gradebook.json";

/// The file in which a teacher comments on groups of submissions.
const COMMENTS: &str = "comments.toml";

/// What a teacher has written, if there is something. A file that can't be read is left as it is.
fn read_comments(speaker: Speaker, path: &Path) -> Result<Option<Comments>> {
    let shown = socklab_say::path(path);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(speaker, "open", path, &error).into()),
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
    let book = read(speaker, folder)?;
    let wanted = Wanted::of(&[], None).and_there(folder, &book);
    let exam = exam::read(speaker, folder)?;
    let book = keep(speaker, folder, &wanted, &book, exam.as_ref())?;
    output::write_out(format_args!("{}", groups_text(&book, speaker)));
    Ok(ExitCode::SUCCESS)
}

/// Reads the gradebook in a folder of results.
pub(super) fn read(speaker: Speaker, folder: &Path) -> Result<Gradebook> {
    let path = folder.join(GRADEBOOK);
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

/// Writes the files about a whole class, and those about each student that don't need a recording. What
/// can be written is, also if something else can't. Returns the gradebook with all that was noted in it.
///
/// # Errors
///
/// Why the first of those that could not be written was not.
pub(super) fn keep(
    speaker: Speaker,
    folder: &Path,
    wanted: &Wanted,
    book: &Gradebook,
    exam: Option<&Exam>,
) -> Result<Gradebook> {
    let mut pages = Pages::of(speaker, folder, book, exam)?;
    if let Some(exam) = exam {
        pages.into.note(exam::keep(speaker, folder, exam, &pages.book));
    }
    pages.into.put(COMMENTS, &pages.comments.text(pages.texts));
    for at in 0..pages.book.results.len() {
        pages.report(at);
        let graded = &pages.book.results[at];
        let own = format!("students/{}", folder_of(&graded.student));
        for format in &wanted.formats {
            let path = format!("{own}/{}", name_of(*format));
            match wanted.of_one(*format, &pages.book.assignment, graded) {
                Some(Ok(text)) => pages.into.put(&path, &text),
                // An old one would say what nobody knows any more.
                Some(Err(_)) => drop(std::fs::remove_file(folder.join(path))),
                None => {}
            }
        }
    }
    for format in &wanted.formats {
        if let Some(text) = wanted.of_class(*format, &pages.book) {
            pages.into.put(name_of(*format), &text);
        }
    }
    let book = pages.book.clone();
    pages.of_class().map(|()| book)
}

/// Writes the pages about a class that is still being graded, and the reports of those with these ids. The
/// teacher's comments are shown, but their file is left alone: somebody may be writing in it.
pub(super) fn refresh(
    speaker: Speaker,
    folder: &Path,
    book: &Gradebook,
    fresh: &[String],
) -> Result<()> {
    let exam = exam::read(speaker, folder)?;
    let mut pages = Pages::of(speaker, folder, book, exam.as_ref())?;
    for (at, graded) in book.results.iter().enumerate() {
        if fresh.contains(&graded.student.id) {
            pages.report(at);
        }
    }
    pages.of_class()
}

/// The files about a class while they are written.
struct Pages<'a> {
    /// Speaks the language of the results.
    texts: Speaker,
    /// With groups and comments.
    book: Gradebook,
    comments: Comments,
    into: Writing<'a>,
}

/// Writes files into a folder, and goes on if one can't be written.
struct Writing<'a> {
    speaker: Speaker,
    folder: &'a Path,
    /// Why the first of those that could not be written was not.
    trouble: Result<()>,
}

impl Writing<'_> {
    fn put(&mut self, name: &str, text: &str) {
        self.note(write(self.speaker, &self.folder.join(name), text));
    }

    fn make(&mut self, name: &str) {
        self.note(make(self.speaker, &self.folder.join(name)));
    }

    fn note(&mut self, written: Result<()>) {
        if self.trouble.is_ok() {
            self.trouble = written;
        }
    }
}

impl<'a> Pages<'a> {
    fn of(
        speaker: Speaker,
        folder: &'a Path,
        book: &Gradebook,
        exam: Option<&Exam>,
    ) -> Result<Self> {
        let texts = Language::find(&book.assignment.language).map_or(speaker, Speaker::new);
        let before = read_comments(speaker, &folder.join(COMMENTS))?;
        let mut book = book.clone();
        book.note_groups();
        let comments = Comments::for_groups(&book, before.as_ref(), texts);
        book.note_comments(&comments);
        if let Some(exam) = exam {
            exam.note(&mut book);
        }
        Ok(Self { texts, book, comments, into: Writing { speaker, folder, trouble: Ok(()) } })
    }

    /// Writes the report of the student at this place.
    fn report(&mut self, at: usize) {
        let graded = &self.book.results[at];
        let own = format!("students/{}", folder_of(&graded.student));
        let (assignment, comment) = (&self.book.assignment, graded.comment.as_deref());
        let text = student_text(assignment, graded, self.texts, comment);
        let page = student_page(assignment, graded, self.texts, comment);
        self.into.make(&own);
        self.into.put(&format!("{own}/report.txt"), &text);
        self.into.put(&format!("{own}/report.html"), &page);
    }

    /// Writes what is about all of them.
    fn of_class(mut self) -> Result<()> {
        let groups = self.book.groups();
        let said = groups.iter().filter_map(|group| {
            Some((group.name.clone(), self.comments.of(&group.name)?.to_owned()))
        });
        let said: page::Comments = said.collect();
        let report = |graded: &Graded| {
            let there = graded.state != State::Pending;
            there.then(|| format!("students/{}/report.html", folder_of(&graded.student)))
        };
        let grades = formats::grades_csv(&self.book, report);
        let page = class_page(&self.book, self.texts, &said);
        let book = formats::json(&self.book);
        self.into.put("grades.csv", &grades);
        self.into.put("class.html", &page);
        self.into.put(GRADEBOOK, &book);
        self.into.trouble
    }
}
