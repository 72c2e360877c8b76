//! Who handed in what: a folder or a file for each student.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use socklab_grade::journal::key;
use socklab_grade::{Attempt, Student};
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::Code;

use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// A class.
pub(super) struct Class {
    /// By id.
    pub(super) students: Vec<Enrolled>,
}

/// A student of the class.
pub(super) struct Enrolled {
    pub(super) student: Student,
    /// A safe and unique name for a folder.
    pub(super) folder: String,
    /// The oldest first.
    pub(super) attempts: Vec<Submission>,
}

/// What was handed in.
pub(super) struct Submission {
    path: PathBuf,
}

/// What was unpacked.
pub(super) struct Unpacked {
    files: Vec<PathBuf>,
    pub(super) sha256: String,
}

impl Class {
    pub(super) fn read(speaker: Speaker, folder: &Path) -> Result<Self> {
        let cannot = |error: std::io::Error| {
            let what = format!("open {}: {error}", socklab_say::path(folder));
            Failure::new(ExitReason::Usage, what)
        };
        let mut students = Vec::new();
        for entry in fs::read_dir(folder).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let id = match path.is_dir() {
                true => name,
                false => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            };
            let student = Student { id: id.clone(), ..Student::default() };
            students.push(Enrolled { student, folder: id, attempts: vec![Submission { path }] });
        }
        students.sort_by(|a, b| a.student.id.cmp(&b.student.id));
        if students.is_empty() {
            let what = say!(speaker, "grade-nobody", folder = socklab_say::path(folder));
            return Err(Failure::new(ExitReason::Usage, what).into());
        }
        Ok(Self { students })
    }
}

impl Submission {
    pub(super) fn attempt(&self) -> Attempt {
        Attempt { number: 1, of: 1, submitted: None, late: false }
    }

    pub(super) fn unpack(&self, into: &Path) -> std::io::Result<Unpacked> {
        let mut sources = vec![self.path.clone()];
        if self.path.is_dir() {
            sources = fs::read_dir(&self.path)?
                .map(|it| it.map(|it| it.path()))
                .collect::<Result<_, _>>()?;
        }
        sources.retain(|path| fs::symlink_metadata(path).is_ok_and(|about| about.is_file()));
        sources.sort();
        let mut files = Vec::new();
        let mut parts = Vec::new();
        for source in sources {
            let name = PathBuf::from(source.file_name().unwrap_or_default());
            let bytes = fs::read(&source)?;
            fs::write(into.join(&name), &bytes)?;
            parts.push(format!("{} {}", name.display(), String::from_utf8_lossy(&bytes)));
            files.push(name);
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Ok(Unpacked { files, sha256: key(&parts) })
    }
}

impl Unpacked {
    /// The file to run: the one of this name, or else the only one in a known language.
    pub(super) fn main_file(
        &self,
        name: Option<&str>,
        code: Option<Code>,
    ) -> Option<(PathBuf, Code)> {
        let known = self.files.iter().filter_map(|file| Some((file.clone(), Code::of(file)?)));
        let mut known = known.filter(|(_, is)| code.is_none_or(|code| code == *is));
        match name {
            Some(name) => known.find(|(file, _)| file == Path::new(name)),
            None => known.next(),
        }
    }
}
