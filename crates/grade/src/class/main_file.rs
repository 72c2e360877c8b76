//! Which of the files that were handed in is the program.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use socklab_say::{Sentence, sentence};

use super::Unpacked;
use super::language::Language;
use super::names::without_copy_number;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The exercise, whose starter is `NAME.py`, `NAME.c` …
    pub exercise: String,
    /// The name that the file has, if the teacher says so; with or without folders.
    pub file: Option<String>,
    /// The language that it is in, if the teacher says so.
    pub language: Option<String>,
}

/// The program of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Main {
    /// The file that is run or compiled, below the submission's folder.
    pub file: PathBuf,
    /// Its language: `python`, `rust`, `c`, `java`.
    pub language: &'static str,
    /// Further files that have to be compiled together with it.
    pub with: Vec<PathBuf>,
}

/// Why there is no program that could be run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoMain {
    /// The file has nothing in it.
    Empty(PathBuf),
    /// The file is called like a program, and is no text.
    Binary(PathBuf),
    /// No file is in a language that can be run; these were handed in.
    NoProgram(Vec<PathBuf>),
    /// All there is is this notebook, which is no program.
    Notebook(PathBuf),
    /// None is in the language that was asked for; these were handed in.
    OtherLanguage(String, Vec<PathBuf>),
    /// No file has the name that was asked for; these were handed in.
    NotThere(String, Vec<PathBuf>),
    /// Each of these could be the program.
    Several(Vec<PathBuf>),
}

/// How many names are listed in a sentence.
const LISTED: usize = 5;

impl NoMain {
    /// The sentence for a reader.
    pub fn sentence(&self) -> Sentence {
        let list = |files: &[PathBuf]| {
            let mut names: Vec<String> = files.iter().take(LISTED).map(socklab_say::path).collect();
            if files.len() > LISTED {
                names.push("…".to_owned());
            }
            names.join(", ")
        };
        let clean = |text: &str| socklab_say::clean(text);
        match self {
            Self::Empty(file) => sentence!("handed-empty", name = socklab_say::path(file)),
            Self::Binary(file) => sentence!("handed-binary", name = socklab_say::path(file)),
            Self::Notebook(file) => sentence!("handed-notebook", name = socklab_say::path(file)),
            Self::NoProgram(files) => sentence!("handed-no-program", names = list(files)),
            Self::OtherLanguage(language, files) => {
                sentence!("handed-language", language = clean(language), names = list(files))
            }
            Self::NotThere(name, files) => {
                sentence!("handed-not-there", name = clean(name), names = list(files))
            }
            Self::Several(files) => sentence!("handed-several", names = list(files)),
        }
    }
}

/// A file in a known language.
struct Candidate {
    file: PathBuf,
    language: Language,
    text: String,
    begins: bool,
}

/// How much of a file is read to find out what it is.
const READ: u64 = 1 << 20;

/// Finds the program among the files of a submission in this folder. In this order: the file that
/// the teacher names; the starter's name; the only file in a known language; the only one in which a
/// program can begin.
///
/// # Errors
///
/// The inner error says why there is none. The outer one is a file that can't be read.
pub fn main_file(
    folder: &Path,
    unpacked: &Unpacked,
    wanted: &Wanted,
) -> io::Result<Result<Main, NoMain>> {
    let files = &unpacked.files;
    let only = wanted.language.as_deref().and_then(Language::named);
    let mut candidates: Vec<Candidate> = Vec::new();
    // Some systems add `.txt` to a program, or its writer does who does not see it.
    let renamed = !files.iter().any(|file| Language::of(file).is_some());
    for file in files {
        let found = if renamed { Language::of_text(file) } else { Language::of(file) };
        let Some(language) = found else { continue };
        let mut bytes = Vec::new();
        File::open(folder.join(file))?.take(READ).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let begins = language.begins_in(&text);
        candidates.push(Candidate { file: file.clone(), language, text, begins });
    }
    let chosen = match &wanted.file {
        Some(name) => named(&candidates, name, only)
            .ok_or_else(|| NoMain::NotThere(name.clone(), files.clone())),
        None => chosen(&candidates, &wanted.exercise, only).map_err(|several| match several {
            several if !several.is_empty() => NoMain::Several(several),
            _ => match &wanted.language {
                Some(language) if !candidates.is_empty() => {
                    NoMain::OtherLanguage(language.clone(), files.clone())
                }
                _ => match files.iter().find(|file| is_notebook(file)) {
                    Some(notebook) => NoMain::Notebook(notebook.clone()),
                    None => NoMain::NoProgram(files.clone()),
                },
            },
        }),
    };
    Ok(chosen.and_then(|main| {
        if main.text.trim().is_empty() {
            return Err(NoMain::Empty(main.file.clone()));
        }
        if main.text.contains('\0') {
            return Err(NoMain::Binary(main.file.clone()));
        }
        let with = candidates.iter().filter(|other| belongs(main, other));
        Ok(Main {
            file: main.file.clone(),
            language: main.language.name(),
            with: with.map(|other| other.file.clone()).collect(),
        })
    }))
}

fn is_notebook(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ipynb"))
}

/// True if another file has to be compiled together with the program: what no line of it names. A
/// second program is not part of the first, except in Java, where each is a class of its own.
fn belongs(main: &Candidate, other: &Candidate) -> bool {
    let folder = main.file.parent().unwrap_or(Path::new(""));
    let is_beside = other.file.starts_with(folder);
    other.file != main.file
        && other.language == main.language
        && is_beside
        && match main.language {
            Language::C => !other.begins,
            Language::Java => true,
            Language::Python | Language::Rust => false,
        }
}

/// The file of this name.
fn named<'c>(
    candidates: &'c [Candidate],
    name: &str,
    only: Option<Language>,
) -> Option<&'c Candidate> {
    let fits = |one: &&Candidate| only.is_none_or(|only| one.language == only);
    let whole = candidates.iter().filter(fits).find(|one| one.file == Path::new(name));
    let of_name = |one: &&Candidate| one.file.ends_with(name);
    let last = || candidates.iter().filter(fits).filter(of_name).min_by_key(depth);
    let alike = || {
        let same = |one: &&Candidate| file_name(&one.file).eq_ignore_ascii_case(name);
        candidates.iter().filter(fits).filter(same).min_by_key(depth)
    };
    whole.or_else(last).or_else(alike)
}

fn depth(one: &&Candidate) -> usize {
    one.file.components().count()
}

fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The program, or those that could be it.
fn chosen<'c>(
    candidates: &'c [Candidate],
    exercise: &str,
    only: Option<Language>,
) -> Result<&'c Candidate, Vec<PathBuf>> {
    let all: Vec<&Candidate> =
        candidates.iter().filter(|one| only.is_none_or(|only| one.language == only)).collect();
    let starters: Vec<&Candidate> =
        all.iter().copied().filter(|one| is_called(&one.file, exercise)).collect();
    if let Some(one) = the_only(&starters) {
        return Ok(one);
    }
    if !starters.is_empty() {
        return Err(starters.iter().map(|one| one.file.clone()).collect());
    }
    if let [one] = all[..] {
        return Ok(one);
    }
    // An empty file beside others is not the program.
    let written: Vec<&Candidate> =
        all.iter().copied().filter(|one| !one.text.trim().is_empty()).collect();
    if let [one] = written[..] {
        return Ok(one);
    }
    let begins: Vec<&Candidate> = written.iter().copied().filter(|one| one.begins).collect();
    if let Some(one) = the_only(&begins) {
        return Ok(one);
    }
    // A program in Python needs no main: then it is the file that no other one uses.
    let unused: Vec<&Candidate> =
        written.iter().copied().filter(|one| !is_used(one, &all)).collect();
    match the_only(&unused).filter(|one| begins.is_empty() && one.language == Language::Python) {
        Some(one) => Ok(one),
        None => {
            let several = if begins.is_empty() { all } else { begins };
            Err(several.iter().map(|one| one.file.clone()).collect())
        }
    }
}

fn is_used(one: &Candidate, by: &[&Candidate]) -> bool {
    let stem = one.file.file_stem().unwrap_or_default().to_string_lossy();
    by.iter().any(|other| other.file != one.file && one.language.is_used(&stem, &other.text))
}

/// The only one, or the only one in the fewest folders.
fn the_only<'c>(these: &[&'c Candidate]) -> Option<&'c Candidate> {
    let mut by_depth: BTreeMap<usize, Vec<&'c Candidate>> = BTreeMap::new();
    for one in these {
        by_depth.entry(depth(one)).or_default().push(one);
    }
    match by_depth.into_values().next()?[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// True if a file has the starter's name, as people write it: `echo-server.py`, `echo_server.py`,
/// `EchoServer.java`, `echo-server-1.py`.
fn is_called(file: &Path, exercise: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| !['-', '_', ' '].contains(c)).flat_map(char::to_lowercase).collect()
    };
    let name = file_name(file);
    let stem = |name: &str| name.rsplit_once('.').map_or(String::new(), |(stem, _)| letters(stem));
    let wanted = letters(exercise);
    stem(&name) == wanted || without_copy_number(&name).is_some_and(|name| stem(&name) == wanted)
}
