//! A pack: cases of an exercise that students don't have, in a folder of its own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use socklab_say::sentence;

use crate::format::{self, Case, Exercise, LoadError};
use crate::source::digest;

/// The file with the cases. It is written like an exercise's.
const FILE: &str = "exercise.toml";
/// How much a pack may have, in bytes.
const MOST: u64 = 64 << 20;

/// Cases that are added to those of an exercise.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The folder's name.
    pub name: String,
    /// The SHA-256 of its files, as of an exercise's.
    pub sha256: String,
    /// The cases.
    pub cases: Vec<Case>,
}

/// Why a pack can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// A file or folder can't be read.
    #[error("{call} {}: {source}", .path.display())]
    Call {
        /// Which call.
        call: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// There is a mistake in the file.
    #[error(transparent)]
    Mistake(#[from] LoadError),
}

impl Pack {
    /// Reads the folder of a pack for an exercise. A page for readers is not needed: nobody reads it.
    ///
    /// # Errors
    ///
    /// It can't be read, there is a mistake in it, or it has a case of a name that the exercise has.
    pub fn read(folder: &Path, exercise: &Exercise) -> Result<Self, PackError> {
        let mut files = Vec::new();
        let mut left = MOST;
        add(folder, folder, &mut files, &mut left)?;
        let file = folder.join(FILE);
        let bytes = files.iter().find(|(name, _)| name == Path::new(FILE)).map(|(_, it)| it);
        let bytes = bytes.ok_or_else(|| LoadError::whole(&file, sentence!("mistake-no-file")))?;
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let from = error.valid_up_to();
            let good = String::from_utf8_lossy(bytes);
            LoadError::at(&file, &good, from..from, sentence!("mistake-not-utf-8", from = from))
        })?;
        let read = format::exercise(&file, text, &exercise.name, exercise.prose.clone())?;
        let known = |case: &&Case| exercise.cases.iter().any(|known| known.name == case.name);
        if let Some(case) = read.cases.iter().find(known) {
            let what = sentence!("mistake-twice", name = &case.name);
            return Err(LoadError::whole(&file, what).into());
        }
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        Ok(Self {
            name: whole.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            sha256: digest(files.iter().map(|(name, bytes)| (name.as_path(), bytes.as_slice()))),
            cases: read.cases,
        })
    }
}

/// Reads the regular files below a folder, but for hidden ones.
fn add(
    root: &Path,
    folder: &Path,
    files: &mut Vec<(PathBuf, Vec<u8>)>,
    left: &mut u64,
) -> Result<(), PackError> {
    let failed = |call: &'static str, path: &Path| {
        let path = path.to_owned();
        move |source| PackError::Call { call, path, source }
    };
    for entry in fs::read_dir(folder).map_err(failed("open", folder))? {
        let entry = entry.map_err(failed("read", folder))?;
        let path = entry.path();
        let about = fs::symlink_metadata(&path).map_err(failed("stat", &path))?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        } else if about.is_dir() {
            add(root, &path, files, left)?;
        } else if about.is_file() {
            *left = left.checked_sub(about.len()).ok_or_else(|| {
                failed("read", &path)(io::Error::from(io::ErrorKind::FileTooLarge))
            })?;
            let bytes = fs::read(&path).map_err(failed("read", &path))?;
            files.push((path.strip_prefix(root).unwrap_or(&path).to_owned(), bytes));
        }
    }
    Ok(())
}
