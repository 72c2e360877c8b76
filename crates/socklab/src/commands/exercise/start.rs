//! Writes the files a student begins with. Never overwrites a student's work without a backup.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use socklab_say::{Speaker, count, say};
use socklab_scenario::exercise::Code;

use super::Material;
use crate::cli::Start;
use crate::course::points::FILE;
use crate::course::progress;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::file::{PUBLIC, write_whole};
use crate::output::println;
use crate::style;

/// The file that `start` wrote, if it still exists.
pub(crate) fn started(exercise: &str) -> Option<PathBuf> {
    let file = progress::read().get(&format!("{FILE} {exercise}")).map(PathBuf::from);
    file.filter(|file| file.is_file())
}

/// Finds a student's source file by the names that `start` uses.
pub(crate) fn source_file(exercise: &str, folder: &Path) -> Option<PathBuf> {
    let candidates = Code::ALL.into_iter().flat_map(|code| {
        let name = format!("{exercise}.{}", code.extension());
        [folder.join(&name), folder.join(exercise).join(&name)]
    });
    let age = |file: &PathBuf| file.metadata().and_then(|about| about.modified()).ok();
    // If there are several, the one modified last.
    candidates.filter(|file| file.is_file()).max_by_key(age)
}

pub(super) fn start(speaker: Speaker, options: &Start) -> Result<()> {
    let material = Material::load(speaker, &options.which)?;
    let exercise = material.exercise(&options.name)?;
    let code = material.chosen(&exercise.name, options.code.map(Code::from))?;
    let folder = options.folder.clone().unwrap_or_else(|| PathBuf::from(&exercise.name));
    let file = folder.join(format!("{}.{}", exercise.name, code.extension()));
    let starter = material.starter(&exercise.name, code)?;

    if let Ok(there) = fs::read_to_string(&file) {
        if there == starter {
            println!("{}", say!(speaker, "start-there", file = socklab_say::path(file)));
            return Ok(());
        }
        if !options.force {
            let what = say!(speaker, "start-exists", file = socklab_say::path(file));
            let again = format!("socklab exercise start {} --force", exercise.name);
            let failure = Failure::new(ExitReason::No, what).hint(say!(
                speaker,
                "start-force",
                command = again
            ));
            return Err(failure.into());
        }
    }
    if let Some(kept) = place(&material, &exercise.name, code, &file, &starter)? {
        println!("{}", say!(speaker, "start-kept", file = socklab_say::path(&kept)));
    }
    let page = folder.join(PAGE);
    let gaps = material.template(&exercise.name, code)?.gaps().count();
    println!(
        "{}",
        say!(speaker, "start-written", file = socklab_say::path(file), gaps = count(gaps))
    );
    println!("{}", say!(speaker, "start-page", file = socklab_say::path(&page)));
    let words = ["socklab".into(), "check".into(), exercise.name.clone()].into_iter();
    let words = words.chain(options.which.words()).collect::<Vec<String>>();
    let command = shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default();
    println!("{}", say!(speaker, "start-check", command = style::paint(style::COMMAND, command)));
    Ok(())
}

/// Starts an exercise in its own folder below `beside` and returns its file.
pub(crate) fn begin(
    material: &Material,
    exercise: &str,
    code: Code,
    beside: &Path,
) -> Result<PathBuf> {
    let file = beside.join(exercise).join(format!("{exercise}.{}", code.extension()));
    place(material, exercise, code, &file, &material.starter(exercise, code)?)?;
    Ok(file)
}

/// The file name of an exercise's page.
const PAGE: &str = "README.md";

/// Writes the starter and the page, and records where. Returns the backup's name, if one was made.
fn place(
    material: &Material,
    exercise: &str,
    code: Code,
    file: &Path,
    starter: &str,
) -> Result<Option<PathBuf>> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("mkdir {}", socklab_say::path(folder)))?;
    let kept = restart(file, starter)?;
    let page = folder.join(PAGE);
    // Replace an unmodified page, possibly for another language; keep one that was edited.
    let there = fs::read_to_string(&page).ok();
    let ours = |text: &String| {
        Code::OFFERED.into_iter().any(|code| material.page(exercise, code).as_ref() == Some(text))
    };
    let free = there.as_ref().map_or(!page.exists(), ours);
    if let Some(text) = material.page(exercise, code).filter(|_| free) {
        write_whole(&page, text.as_bytes(), PUBLIC)
            .with_context(|| format!("write {}", socklab_say::path(&page)))?;
    }
    let whole = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    if let Some(whole) = whole.to_str().filter(|path| !path.contains('\n')) {
        progress::note(FILE, exercise, whole);
    }
    Ok(kept)
}

/// Writes the starter. An existing file is kept as a backup, whose name is returned.
pub(crate) fn restart(file: &Path, starter: &str) -> Result<Option<PathBuf>> {
    let mut kept = None;
    if file.exists() {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let free = (1..).map(|number| file.with_file_name(format!("{name}.{number}.bak")));
        // The search terminates: there are more numbers than files.
        if let Some(backup) = free.into_iter().find(|path| !path.exists()) {
            let about =
                file.metadata().with_context(|| format!("stat {}", socklab_say::path(file)))?;
            let text =
                fs::read(file).with_context(|| format!("read {}", socklab_say::path(file)))?;
            write_whole(&backup, &text, about.permissions().mode() & 0o777)
                .with_context(|| format!("write {}", socklab_say::path(&backup)))?;
            kept = Some(backup);
        }
    }
    write_whole(file, starter.as_bytes(), PUBLIC)
        .with_context(|| format!("write {}", socklab_say::path(file)))?;
    Ok(kept)
}
