//! The report in a format that another tool reads: JUnit, Gradescope, Classroom 50, check50.

use std::process::ExitCode;
use std::{env, fs};

use sha2::{Digest, Sha256};
use socklab_grade::formats::{
    Gradescope, Output, Release, Unknown, check50, classroom50, gradescope, junit,
};
use socklab_grade::{Assignment, Counted, FORMAT_VERSION, Gradebook, Graded, Student};
use socklab_say::Speaker;
use socklab_scenario::exercise::{BuildError, Code, Report};

use super::json::About;
use super::story::again;
use super::{Help, Subject};
use crate::cli::Format;
use crate::exit_reason::ExitReason;
use crate::failure::complain;
use crate::graded::{self, Judge, Submitted};
use crate::output::write_out;
use crate::printer;

/// What makes a report a result, for one of these formats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a> {
    pub(super) speaker: Speaker,
    pub(super) format: Format,
    pub(super) about: &'a About<'a>,
    pub(super) help: &'a Help,
    pub(super) seed: u64,
    /// The options that another check of the same kind needs.
    pub(super) options: &'a [String],
}

impl Written<'_> {
    /// Prints what became of a program that was run.
    pub(super) fn report(&self, report: &Report<'_>) -> ExitCode {
        let About { exercise, subject, warnings, .. } = *self.about;
        let judge = self.judge();
        let name = &exercise.name;
        let command = |case: &str| again(name, case, self.seed, self.options, subject);
        let graded = judge
            .graded(self.speaker, &self.submitted(), subject, report, |case| command(&case.name));
        let graded = Graded { compiler: warnings.to_owned(), ..graded };
        self.print(&judge, &graded, super::verdict(report))
    }

    /// Prints that there is nothing to run, and whose fault that is.
    pub(super) fn unbuilt(&self, error: &BuildError) -> ExitCode {
        let judge = self.judge();
        let graded = judge.unbuilt(self.speaker, &self.submitted(), error);
        self.print(&judge, &graded, ExitReason::No.into())
    }

    /// Prints that nothing can be run here.
    pub(super) fn impossible(&self, why: String) -> ExitCode {
        let graded = graded::infra_error(&self.submitted(), why);
        self.print(&self.judge(), &graded, ExitReason::Environment.into())
    }

    fn print(&self, judge: &Judge<'_>, graded: &Graded, exit: ExitCode) -> ExitCode {
        let assignment = judge.assignment(self.speaker, &graded::now());
        match text(self.format, &assignment, graded) {
            Ok(text) => {
                write_out(format_args!("{text}"));
                if graded.state.has_points() { exit } else { ExitReason::Environment.into() }
            }
            Err(Unknown { why }) => {
                complain("", &why);
                ExitReason::Environment.into()
            }
        }
    }

    fn judge(&self) -> Judge<'_> {
        Judge {
            exercise: self.about.exercise,
            sha256: &self.about.source.sha256,
            pack: self.about.hidden.pack.as_ref(),
            hidden: &self.about.hidden.cases,
            gaps: &self.help.hints,
            seed: self.seed,
            counted: Counted::Core,
            exam: None,
        }
    }

    /// The program. Nobody says whose it is, so that its name stands for the student.
    fn submitted(&self) -> Submitted {
        let subject: &Subject = self.about.subject;
        let file = subject.file();
        let name = file.and_then(|file| file.file_name()).map(|name| name.to_string_lossy());
        let name = name.map_or_else(|| subject.words().join(" "), |name| name.into_owned());
        let bytes = file.and_then(|file| fs::read(file).ok());
        Submitted {
            student: Student { id: name.clone(), ..Student::default() },
            attempt: None,
            language: file.and_then(Code::of).map_or("", Code::name).to_owned(),
            file: if file.is_some() { name } else { String::new() },
            sha256: bytes.map_or_else(String::new, |bytes| hex(&Sha256::digest(bytes))),
        }
    }
}

/// A result in one of these formats.
fn text(format: Format, assignment: &Assignment, graded: &Graded) -> Result<String, Unknown> {
    let with = |output| gradescope(assignment, graded, Gradescope { output, ..Default::default() });
    let text = match format {
        Format::Junit => {
            return Ok(junit(&Gradebook {
                format_version: FORMAT_VERSION,
                assignment: assignment.clone(),
                results: vec![graded.clone()],
            }));
        }
        Format::Gradescope => with(Output::Ansi)?,
        Format::GradescopeHtml => with(Output::Html)?,
        Format::Classroom50 => {
            let release = Release::new(assignment, graded, |name| env::var(name).ok());
            classroom50(assignment, graded, &release)?
        }
        Format::Check50 => check50(assignment, graded),
        // These have no gradebook.
        Format::Text | Format::Json => String::new(),
    };
    Ok(printer::json(&text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
