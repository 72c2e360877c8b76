//! `socklab grade EXERCISE --gradescope-zip FILE`: writes the zip that makes Gradescope grade.

use std::fs;
use std::io::{self, Cursor, ErrorKind};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::ValueEnum;
use socklab_grade::formats::{Autograder, Below, gradescope_zip};
use socklab_say::{Speaker, count, say};

use super::out::cannot_write;
use crate::cli;
use crate::commands::exercise::Material;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::file;
use crate::output::println;

/// The largest pack of hidden cases that is put into a zip, in bytes: Gradescope takes 100 MB in all.
const MOST: u64 = 50 << 20;

/// How deep the folders of a pack may be. One that leads into itself ends here.
const DEEPEST: usize = 16;

/// Writes the zip.
pub(super) fn write(
    speaker: Speaker,
    options: &cli::Grade,
    name: &str,
    zip: &Path,
) -> Result<ExitCode> {
    let material = Material::load(speaker, &options.which)?;
    let exercise = material.exercise(name)?;
    // A built-in exercise is in the binary.
    let course: Vec<Below> = match material.source(&exercise.name).folder {
        Some(_) => {
            let below = Path::new("exercises").join(&exercise.name);
            let files = material.course().files_below(&below);
            files.map(|(path, bytes)| (path.display().to_string(), bytes.to_vec())).collect()
        }
        None => Vec::new(),
    };
    let pack = options.pack.as_deref().map(|folder| pack(speaker, folder)).transpose()?;
    let binary = fs::read("/proc/self/exe").context("read /proc/self/exe")?;
    let further = further(options);
    let autograder = Autograder {
        exercise: &exercise.name,
        version: env!("CARGO_PKG_VERSION"),
        binary: &binary,
        course: &course,
        pack: pack.as_ref().map(|(name, files)| (name.as_str(), files.as_slice())),
        options: &further,
        without_sandbox: options.without_sandbox,
    };
    let mut bytes = Cursor::new(Vec::new());
    gradescope_zip(speaker, &autograder, &mut bytes).context("zip")?;
    let bytes = bytes.into_inner();
    // It may hold hidden cases.
    file::write_whole(zip, &bytes, file::PRIVATE)
        .map_err(|error| cannot_write(speaker, zip, &error))?;
    let counts = |robust: bool| options.count == cli::WhichPoints::All || !robust;
    let points: u32 =
        exercise.cases.iter().filter(|case| counts(case.robust)).map(|case| case.points).sum();
    let (file, mib) = (socklab_say::path(zip), count(bytes.len().div_ceil(1 << 20) as u64));
    println!("{}", say!(speaker, "autograder-written", file = file, mib = mib));
    // The points of hidden cases are those of the pack, which are counted when it grades.
    let key = if pack.is_some() { "autograder-next-pack" } else { "autograder-next" };
    println!("{}", say!(speaker, key, points = count(u64::from(points))));
    if !options.without_sandbox {
        println!("{}", say!(speaker, "autograder-sandbox"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The options that grading there needs as well.
fn further(options: &cli::Grade) -> Vec<String> {
    let value = |name: &str, value: Option<String>| {
        value.map(|value| [name.to_owned(), value]).into_iter().flatten()
    };
    let word =
        |value: Option<clap::builder::PossibleValue>| value.map(|it| it.get_name().to_owned());
    let count = Some(options.count).filter(|count| *count != cli::WhichPoints::Core);
    value("--count", word(count.and_then(|count| count.to_possible_value())))
        .chain(value("--in", options.code.clone()))
        .chain(value("--file", options.file.clone()))
        .chain(value("--seed", options.seed.map(|seed| seed.to_string())))
        .collect()
}

/// The name of a pack, and its files. Links are not followed: what they lead to is not on Gradescope.
fn pack(speaker: Speaker, folder: &Path) -> Result<(String, Vec<Below>)> {
    let name = folder.canonicalize().ok().and_then(|it| Some(it.file_name()?.to_owned()));
    let name = name.map_or_else(|| "pack".to_owned(), |it| it.to_string_lossy().into_owned());
    let mut files = Vec::new();
    let mut size = 0;
    below(folder, "", DEEPEST, &mut size, &mut files).map_err(|error| {
        let exit = match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => ExitReason::Usage,
            _ => ExitReason::Environment,
        };
        let folder = socklab_say::path(folder);
        let why = error.to_string();
        Failure::new(exit, say!(speaker, "autograder-pack", folder = folder, why = why))
    })?;
    files.sort();
    Ok((name, files))
}

fn below(
    folder: &Path,
    path: &str,
    depth: usize,
    size: &mut u64,
    files: &mut Vec<Below>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| {
            let what = format!("{}: not UTF-8", socklab_say::path(&name));
            io::Error::new(ErrorKind::InvalidData, what)
        })?;
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 0 {
            below(&entry.path(), &path, depth - 1, size, files)?;
        } else if kind.is_file() {
            *size += entry.metadata()?.len();
            if *size > MOST {
                let what = format!("more than {} MiB", MOST >> 20);
                return Err(io::Error::new(ErrorKind::FileTooLarge, what));
            }
            files.push((path, fs::read(entry.path())?));
        }
    }
    Ok(())
}
