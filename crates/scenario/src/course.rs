//! The course: questions and exercises, built in or from a folder.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use socklab_say::{Language, Translated, sentence};

use crate::format::{self, Exercise, Known, LANGUAGES, LoadError, Prose, Question, Syllabus};
use crate::item_kind::ItemKind;
use crate::source::{Origin, Source, digest};

/// The course's files, compiled in.
static BUILT_IN: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/course.rs"));

/// The file that orders the items, below the course folder.
pub const SYLLABUS: &str = "syllabus.toml";

/// Questions and exercises as files. An item's folder in a local course replaces the built-in one
/// with the same name.
#[derive(Clone, Debug, Default)]
pub struct Course {
    files: BTreeMap<PathBuf, Cow<'static, [u8]>>,
    /// The folder of the local files.
    root: Option<PathBuf>,
    local: BTreeSet<PathBuf>,
    /// Folders of items without a single file.
    empty: Vec<(ItemKind, String)>,
}

impl Course {
    /// The course inside the binary.
    pub fn built_in() -> Self {
        let files =
            BUILT_IN.iter().map(|(name, bytes)| (PathBuf::from(name), Cow::Borrowed(*bytes)));
        Self { files: files.collect(), ..Self::default() }
    }

    /// A file inside the binary, by its path below the course folder.
    pub fn built_in_file(path: &str) -> Option<&'static [u8]> {
        BUILT_IN.iter().find(|(name, _)| *name == path).map(|(_, bytes)| *bytes)
    }

    /// The course in a folder, and nothing built in.
    ///
    /// # Errors
    ///
    /// A file or folder that cannot be read, by its path.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        let mut course = Self { root: Some(folder.to_owned()), ..Self::default() };
        for kind in ItemKind::ALL {
            let below = folder.join(kind.folder());
            if below.is_dir() {
                course.add(folder, &below)?;
                course.note_empty(kind, &below)?;
            }
        }
        let order = folder.join(SYLLABUS);
        if order.is_file() {
            let bytes = fs::read(&order).map_err(|error| named(&order, error))?;
            course.local.insert(item(Path::new(SYLLABUS)));
            course.files.insert(PathBuf::from(SYLLABUS), Cow::Owned(bytes));
        }
        Ok(course)
    }

    /// A course of these files, by their paths below the course folder.
    pub fn of<P: Into<PathBuf>>(files: impl IntoIterator<Item = (P, Vec<u8>)>) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (path.into(), Cow::Owned(bytes)));
        Self { files: files.collect(), ..Self::default() }
    }

    /// The course inside the binary, with items replaced by those in a folder.
    ///
    /// # Errors
    ///
    /// A file or folder that cannot be read, by its path.
    pub fn with_folder(folder: &Path) -> io::Result<Self> {
        let mut course = Self::built_in();
        let over = Self::in_folder(folder)?;
        course.files.retain(|path, _| !over.local.contains(&item(path)));
        course.files.extend(over.files);
        Ok(Self { root: over.root, local: over.local, empty: over.empty, ..course })
    }

    fn add(&mut self, root: &Path, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder).map_err(|error| named(folder, error))? {
            let entry = entry.map_err(|error| named(folder, error))?;
            let path = entry.path();
            // Editors keep locks and copies beside a file: `.#question.toml` is a dangling link.
            // Other special files, such as pipes, are skipped too: reading one would never end.
            let kind = entry.file_type().map_err(|error| named(&path, error))?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            } else if kind.is_dir() {
                self.add(root, &path)?;
            } else if let Ok(name) = path.strip_prefix(root)
                && fs::metadata(&path).map_err(|error| named(&path, error))?.is_file()
            {
                let bytes = fs::read(&path).map_err(|error| named(&path, error))?;
                self.local.insert(item(name));
                self.files.insert(name.to_owned(), Cow::Owned(bytes));
            }
        }
        Ok(())
    }

    /// Remembers the folders of items in which there is nothing.
    fn note_empty(&mut self, kind: ItemKind, below: &Path) -> io::Result<()> {
        let known: BTreeSet<String> = self.folders(kind).into_iter().collect();
        for entry in fs::read_dir(below)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() && !name.starts_with('.') && !known.contains(&name) {
                self.empty.push((kind, name));
            }
        }
        Ok(())
    }

    /// The folders of items in which there is no file.
    pub(crate) fn empty_folders(&self) -> impl Iterator<Item = (ItemKind, &str)> {
        self.empty.iter().map(|(kind, name)| (*kind, name.as_str()))
    }

    /// The names of the items of a kind, in order.
    pub fn folders(&self, kind: ItemKind) -> Vec<String> {
        let below = self.files.keys().filter_map(|path| path.strip_prefix(kind.folder()).ok());
        let folders = below.filter(|path| path.components().count() > 1);
        let first = folders.filter_map(|path| path.components().next());
        let names: BTreeSet<String> =
            first.map(|name| name.as_os_str().to_string_lossy().into_owned()).collect();
        names.into_iter().collect()
    }

    /// A file's bytes, by its path below the course folder.
    pub fn file(&self, path: impl AsRef<Path>) -> Option<&[u8]> {
        self.files.get(path.as_ref()).map(Cow::as_ref)
    }

    /// All files below a folder.
    pub fn files_below<'a>(
        &'a self,
        folder: &'a Path,
    ) -> impl Iterator<Item = (&'a Path, &'a [u8])> {
        let files = self.files.iter().map(|(path, bytes)| (path.as_path(), bytes.as_ref()));
        files.filter(move |(path, _)| path.starts_with(folder))
    }

    /// Where an item comes from, by its folder's name.
    pub fn source(&self, kind: ItemKind, folder: &str) -> Source {
        let path = kind.path(folder);
        let below = |(file, bytes)| (Path::strip_prefix(file, &path).unwrap_or(file), bytes);
        let sha256 = digest(self.files_below(&path).map(below));
        if !self.local.contains(&path) {
            return Source { origin: Origin::BuiltIn, folder: None, sha256 };
        }
        let built_in = Self::built_in();
        let same = digest(built_in.files_below(&path).map(below)) == sha256;
        let origin = match built_in.files_below(&path).next() {
            None => Origin::Own,
            Some(_) if same => Origin::Copy,
            Some(_) => Origin::Replaces,
        };
        Source { origin, folder: self.root.clone(), sha256 }
    }

    /// Reads one question, by its folder's name.
    ///
    /// # Errors
    ///
    /// The first mistake in its files.
    pub fn question(&self, folder: &str) -> Result<Question, LoadError> {
        let file = ItemKind::Question.toml(folder);
        let text = self.text(&file)?;
        format::question(&self.shown(&file), text, folder, self.prose(ItemKind::Question, folder)?)
    }

    /// Reads one exercise, by its folder's name.
    ///
    /// # Errors
    ///
    /// The first mistake in its files.
    pub fn exercise(&self, folder: &str) -> Result<Exercise, LoadError> {
        let file = ItemKind::Exercise.toml(folder);
        let text = self.text(&file)?;
        format::exercise(&self.shown(&file), text, folder, self.prose(ItemKind::Exercise, folder)?)
    }

    /// All questions, by number.
    ///
    /// # Errors
    ///
    /// The first mistake in their files.
    pub fn questions(&self) -> Result<Vec<Question>, LoadError> {
        let read =
            self.folders(ItemKind::Question).into_iter().map(|folder| self.question(&folder));
        let mut questions = read.collect::<Result<Vec<_>, _>>()?;
        questions.sort_by_key(|question| question.number);
        Ok(questions)
    }

    /// All exercises, by name.
    ///
    /// # Errors
    ///
    /// The first mistake in their files.
    pub fn exercises(&self) -> Result<Vec<Exercise>, LoadError> {
        self.folders(ItemKind::Exercise).into_iter().map(|folder| self.exercise(&folder)).collect()
    }

    /// The order in which students go through the course. Questions and exercises that its file does
    /// not name come last; without such a file all of them are in one part. `programs` are the names
    /// that the file may use for the course programs.
    ///
    /// # Errors
    ///
    /// The first mistake in its file.
    pub fn syllabus(&self, programs: &[&str]) -> Result<Syllabus, LoadError> {
        let mut questions: Vec<(u32, String)> = Vec::new();
        for folder in self.folders(ItemKind::Question) {
            if let Some((number, name)) = folder.split_once('-') {
                questions.push((number.parse().unwrap_or(u32::MAX), name.to_owned()));
            }
        }
        questions.sort();
        let questions: Vec<&str> = questions.iter().map(|(_, name)| name.as_str()).collect();
        let exercises = self.folders(ItemKind::Exercise);
        let exercises: Vec<&str> = exercises.iter().map(String::as_str).collect();
        let known = Known { programs, questions: &questions, exercises: &exercises };
        let file = Path::new(SYLLABUS);
        match self.file(file) {
            Some(_) => format::syllabus(&self.shown(file), self.text(file)?, known),
            None => Ok(format::without_syllabus(known)),
        }
    }

    fn text(&self, path: &Path) -> Result<&str, LoadError> {
        let shown = self.shown(path);
        let bytes = self
            .file(path)
            .ok_or_else(|| LoadError::whole(&shown, sentence!("mistake-no-file")))?;
        std::str::from_utf8(bytes).map_err(|error| {
            let good = String::from_utf8_lossy(bytes);
            let from = error.valid_up_to();
            LoadError::at(&shown, &good, from..from, sentence!("mistake-not-utf-8", from = from))
        })
    }

    /// The page of an item in every language that it has one in.
    fn prose(&self, kind: ItemKind, folder: &str) -> Result<Translated<Prose>, LoadError> {
        let page = |tag: &str| kind.path(folder).join(format!("{tag}.md"));
        let further = Language::tags()
            .iter()
            .copied()
            .filter(|tag| !LANGUAGES.contains(tag) && self.file(page(tag)).is_some());
        let mut pages = BTreeMap::new();
        for tag in LANGUAGES.into_iter().chain(further) {
            let path = page(tag);
            let prose = Prose::parse(&self.shown(&path), self.text(&path)?)?;
            pages.insert(tag.to_owned(), prose);
        }
        let english = self.shown(&page(Language::ENGLISH.tag()));
        Translated::of(pages)
            .ok_or_else(|| LoadError::whole(&english, sentence!("mistake-no-file")))
    }

    /// The path of the file to show to users.
    pub(crate) fn shown(&self, path: &Path) -> PathBuf {
        match &self.root {
            Some(root) if self.local.contains(&item(path)) => root.join(path),
            _ => Path::new("course").join(path),
        }
    }
}

/// An error, with the path of what could not be read.
fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", socklab_say::path(path)))
}

/// The folder of a question or exercise: the first two components of a path.
fn item(path: &Path) -> PathBuf {
    path.components().take(2).collect()
}
