//! Which exercise is meant, if the student names none, or names the file or the folder of one.

use std::path::{Path, PathBuf};

use anyhow::Result;
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::Code;
use socklab_scenario::format::Exercise;

use super::choices;
use super::exercise::{Material, source_file, started};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// The exercise that is meant, and the command that is for it.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) exercise: Exercise,
    /// The words of the program's command, for `Subject::find`; none if nothing says which program.
    pub(crate) command: Vec<String>,
    /// If the exercise was not named: how it was guessed, for the student.
    pub(crate) why: Option<String>,
}

/// The exercise that a command is about: the one that `word` names, or else the one that fits the
/// file that was typed, the current folder, or what `exercise start` wrote below it. `command` is
/// what was typed behind `--`, `verb` the command itself, which an error tells how to type.
///
/// # Errors
///
/// If nothing fits, or several do: the error lists them.
pub(crate) fn chosen(
    speaker: Speaker,
    material: &Material,
    verb: &str,
    word: Option<&str>,
    command: &[String],
) -> Result<Chosen> {
    let named = |exercise| Ok(Chosen { exercise, command: command.to_vec(), why: None });
    let known: Vec<String> = material.all()?.into_iter().map(|exercise| exercise.name).collect();
    let mut command = command.to_vec();
    let mut folder = PathBuf::from(".");
    match word.map(|word| (word, Path::new(word))) {
        None => {}
        Some((word, path)) if !known.iter().any(|name| name == word) && path.is_dir() => {
            folder = path.to_owned();
        }
        Some((word, path)) if Code::of(path).is_some() => {
            if !path.exists() {
                let what = say!(speaker, "check-no-file", tool = word);
                return Err(Failure::new(ExitReason::Usage, what).into());
            }
            if command.is_empty() {
                command.push(word.to_owned());
            }
        }
        Some((word, _)) => return named(material.exercise(word)?),
    }
    let place = Place::look(&folder, &known, &command);
    let fitting = place.fitting(&known);
    let [(name, sign)] = fitting.as_slice() else {
        return Err(unclear(speaker, material, verb, &fitting, &command)?.into());
    };
    if command.is_empty() && folder != Path::new(".") {
        command.extend(source_file(name, &folder).map(|file| file.display().to_string()));
    }
    let why = match sign {
        Sign::File(file) => {
            let file = file.strip_prefix(".").unwrap_or(file);
            say!(speaker, "guess-file", name = name, file = socklab_say::path(file))
        }
        Sign::Folder => say!(speaker, "guess-folder", name = name),
    };
    Ok(Chosen { exercise: material.exercise(name)?, command, why: Some(why) })
}

/// By what an exercise was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sign {
    /// A file has the name that `exercise start` gives it, or was written by it.
    File(PathBuf),
    /// The folder has its name.
    Folder,
}

/// What says which exercise somebody works on.
#[derive(Debug, Default)]
struct Place {
    /// The files of source code that were typed.
    typed: Vec<PathBuf>,
    /// The name of the folder.
    folder: String,
    /// In the folder, and below it: the files of exercises.
    here: Vec<(String, PathBuf)>,
    below: Vec<(String, PathBuf)>,
}

impl Place {
    fn look(folder: &Path, known: &[String], command: &[String]) -> Self {
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let name = whole.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let typed = command.iter().map(PathBuf::from).filter(|file| Code::of(file).is_some());
        let files = |found: &dyn Fn(&str) -> Option<PathBuf>| {
            let found = known.iter().filter_map(|name| Some((name.clone(), found(name)?)));
            found.collect::<Vec<_>>()
        };
        // What lies in a folder of its own is below this one.
        let in_here = |file: &PathBuf| file.parent() == Some(folder);
        let is_below = |file: &PathBuf| file.starts_with(&whole);
        Self {
            typed: typed.collect(),
            folder: name,
            here: files(&|name| source_file(name, folder).filter(in_here)),
            below: files(&|name| {
                source_file(name, folder).or_else(|| started(name).filter(is_below))
            }),
        }
    }

    /// The exercises that fit best, and why.
    fn fitting(&self, known: &[String]) -> Vec<(String, Sign)> {
        let signed = |(name, file): &(String, PathBuf)| (name.clone(), Sign::File(file.clone()));
        let of_file = |file: &PathBuf| {
            let name = file.file_stem()?.to_str()?;
            known
                .iter()
                .any(|known| known == name)
                .then(|| signed(&(name.to_owned(), file.clone())))
        };
        let typed: Vec<_> = self.typed.iter().filter_map(of_file).collect();
        if !typed.is_empty() {
            return typed;
        }
        if known.contains(&self.folder) {
            let file = self.here.iter().find(|(name, _)| *name == self.folder);
            return vec![file.map_or((self.folder.clone(), Sign::Folder), signed)];
        }
        let found = if self.here.is_empty() { &self.below } else { &self.here };
        found.iter().map(signed).collect()
    }
}

/// Says that it is not clear which exercise is meant, and lists those that may be.
fn unclear(
    speaker: Speaker,
    material: &Material,
    verb: &str,
    fitting: &[(String, Sign)],
    command: &[String],
) -> Result<Failure> {
    let all = choices::exercises(speaker, material)?;
    let is_fitting = |name: &String| fitting.iter().any(|(fits, _)| fits == name);
    let (key, choices) = match fitting {
        [] => ("guess-none", all),
        _ => ("guess-several", all.into_iter().filter(|(name, _)| is_fitting(name)).collect()),
    };
    let example = choices.first().map_or("", |(name, _)| name);
    let words = shlex::try_join(command.iter().map(String::as_str)).unwrap_or_default();
    let behind = if words.is_empty() { words } else { format!(" -- {words}") };
    let what = match (fitting, command) {
        ([], []) => format!("socklab exercise start {example}"),
        _ if verb == "hint" => format!("socklab hint {example}"),
        _ => format!("socklab check {example}{behind}"),
    };
    let hint = say!(speaker, "try-line", what = what);
    Ok(Failure::new(ExitReason::Usage, say!(speaker, key)).choices(choices).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitting(place: &Place) -> Vec<String> {
        let known = ["echo-client", "echo-server", "socket-02"].map(str::to_owned);
        place.fitting(&known).into_iter().map(|(name, _)| name).collect()
    }

    fn files(names: &[&str]) -> Vec<(String, PathBuf)> {
        names.iter().map(|name| (name.to_string(), PathBuf::from(format!("{name}.py")))).collect()
    }

    #[test]
    fn what_is_typed_comes_before_where_it_is_typed() {
        let mut place = Place {
            typed: vec!["elsewhere/socket-02.c".into(), "other.py".into()],
            folder: "echo-server".to_owned(),
            here: files(&["echo-client"]),
            below: files(&["echo-client", "socket-02"]),
        };
        assert_eq!(fitting(&place), ["socket-02"]);
        place.typed.clear();
        assert_eq!(fitting(&place), ["echo-server"]);
        place.folder = "work".to_owned();
        assert_eq!(fitting(&place), ["echo-client"]);
        place.here.clear();
        assert_eq!(fitting(&place), ["echo-client", "socket-02"]);
        assert!(fitting(&Place::default()).is_empty());
    }
}
