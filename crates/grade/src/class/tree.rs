//! Everything in the folder, or the archive, that a class was downloaded to. Only names, kinds and
//! times: nothing is opened, and no symbolic link is followed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::FileType;
use zip::ZipArchive;

use super::ClassError;
use super::junk::is_junk;
use super::moment::Moment;
use super::path::{Unsafe, parts};

/// How deep folders are read. A submission may be less deep, and is refused if there is more.
const DEEPEST: usize = 40;
/// How many entries of a student are read. A submission may have fewer, and is refused.
const MOST_OF_ONE: usize = 5000;
/// How many entries an archive with a class may have.
pub(super) const MOST_ENTRIES: usize = 200_000;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A symbolic link.
    Link,
    /// A device, a FIFO, a socket.
    Special,
}

/// Where the contents of an entry are.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// In a file.
    Disk(PathBuf),
    /// In an archive, at this index.
    Zip(Arc<PathBuf>, usize),
}

/// An entry of the folder or the archive.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Its path, with `/` between the parts. Never empty, absolute or with `..`.
    pub(super) path: String,
    pub(super) kind: Kind,
    /// When it was changed, if that is known with its time zone.
    pub(super) modified: Option<Moment>,
    pub(super) place: Place,
}

/// What a class was downloaded to.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The entries, by path.
    pub(super) found: Vec<Found>,
    /// Names in an archive that are no names below it.
    pub(super) outside: Vec<String>,
    /// True for an archive.
    pub(super) is_archive: bool,
}

impl Tree {
    /// Reads a folder, or an archive as a whole.
    pub(super) fn read(at: &Path) -> Result<Self, ClassError> {
        let failed = |call| move |source| ClassError::call(call, at, source);
        let about = fs::metadata(at).map_err(failed("stat"))?;
        let mut tree = if about.is_dir() { Self::folder(at)? } else { Self::archive(at)? };
        // What is in a folder comes right behind it.
        tree.found.sort_by(|one, other| one.path.split('/').cmp(other.path.split('/')));
        Ok(tree)
    }

    fn folder(root: &Path) -> Result<Self, ClassError> {
        let mut tree = Self::default();
        for (name, path) in sorted(root).map_err(|e| ClassError::call("readdir", root, e))? {
            let mut left = MOST_OF_ONE;
            tree.walk(path, name, 1, &mut left)?;
        }
        Ok(tree)
    }

    fn walk(
        &mut self,
        at: PathBuf,
        path: String,
        depth: usize,
        left: &mut usize,
    ) -> Result<(), ClassError> {
        let name = path.rsplit('/').next().unwrap_or_default();
        if is_junk(name) || *left == 0 {
            return Ok(());
        }
        *left -= 1;
        let about = fs::symlink_metadata(&at).map_err(|e| ClassError::call("lstat", &at, e))?;
        let kind = match about.file_type() {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Folder,
            kind if kind.is_symlink() => Kind::Link,
            _ => Kind::Special,
        };
        let modified = about.modified().ok().map(Moment::from);
        self.found.push(Found {
            path: path.clone(),
            kind,
            modified,
            place: Place::Disk(at.clone()),
        });
        if kind != Kind::Folder || depth == DEEPEST {
            return Ok(());
        }
        for (name, below) in sorted(&at).map_err(|e| ClassError::call("readdir", &at, e))? {
            self.walk(below, format!("{path}/{name}"), depth + 1, left)?;
        }
        Ok(())
    }

    fn archive(at: &Path) -> Result<Self, ClassError> {
        let file = File::open(at).map_err(|e| ClassError::call("open", at, e))?;
        let no_zip = |why: zip::result::ZipError| ClassError::NoArchive {
            object: at.to_owned(),
            why: why.to_string(),
        };
        let mut zip = ZipArchive::new(file).map_err(no_zip)?;
        let mut tree = Self { is_archive: true, ..Self::default() };
        let whole = Arc::new(at.to_owned());
        let mut folders = BTreeSet::new();
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(no_zip)?;
            let kind = zip_kind(entry.unix_mode(), entry.is_dir());
            let name = zip_name(entry.name(), entry.name_raw());
            let path = match parts(&name) {
                Ok(parts) if parts.is_empty() || parts.iter().any(|part| is_junk(part)) => continue,
                Ok(parts) => parts.join("/"),
                Err(Unsafe) => {
                    tree.outside.push(name);
                    continue;
                }
            };
            // What is cut off would be somebody's work.
            if tree.found.len() >= MOST_ENTRIES {
                let why = format!("more than {MOST_ENTRIES} entries");
                return Err(ClassError::NoArchive { object: at.to_owned(), why });
            }
            let place = Place::Zip(Arc::clone(&whole), index);
            // Few archives name the folders that their files are in.
            for (at, _) in path.match_indices('/').take(DEEPEST) {
                if !folders.contains(&path[..at]) {
                    folders.insert(path[..at].to_owned());
                    let (kind, place) = (Kind::Folder, place.clone());
                    let path = path[..at].to_owned();
                    tree.found.push(Found { path, kind, modified: None, place });
                }
            }
            if kind != Kind::Folder || folders.insert(path.clone()) {
                tree.found.push(Found { path, kind, modified: None, place });
            }
        }
        Ok(tree)
    }
}

/// The name of an entry of a zip, whatever its bytes are.
pub(super) fn zip_name(read: zip::result::ZipResult<Cow<'_, str>>, raw: &[u8]) -> String {
    read.map_or_else(|_| String::from_utf8_lossy(raw).into_owned(), Cow::into_owned)
}

/// What an entry of a zip is, by what it says about itself.
pub(super) fn zip_kind(mode: Option<u32>, is_folder: bool) -> Kind {
    match mode.map(FileType::from_raw_mode) {
        Some(FileType::Symlink) => Kind::Link,
        Some(
            FileType::Fifo | FileType::Socket | FileType::CharacterDevice | FileType::BlockDevice,
        ) => Kind::Special,
        _ if is_folder => Kind::Folder,
        _ => Kind::File,
    }
}

/// The entries of a folder by name, as readers see it, with their paths.
fn sorted(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    entries.sort();
    Ok(entries)
}
