//! What a sandbox has to show of this machine so that a program, or the compiler it needs, works.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// How many files of a home folder are shown at most.
const MOST_FILES: usize = 200;

/// The folders of the programs in `PATH`, with what belongs to them: a program in `X/bin` needs
/// `X/lib` and often more of `X`. Of a home folder only those two are shown.
pub(crate) fn programs() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut shown: Vec<PathBuf> = env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .flat_map(|folder| around(&folder))
        .collect();
    // rustup's toolchains are not where its programs are.
    shown.extend(rustup_home());
    shown.retain(|path| path.exists());
    shown
}

/// Where rustup keeps its toolchains, if there is such a folder.
pub(crate) fn rustup_home() -> Option<PathBuf> {
    let own = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let usual = || Some(PathBuf::from(env::var_os("HOME")?).join(".rustup"));
    own.or_else(usual).filter(|folder| folder.is_dir())
}

fn around(folder: &Path) -> Vec<PathBuf> {
    let above = folder.parent().filter(|_| folder.file_name() == Some(OsStr::new("bin")));
    let is_narrow = |above: &Path| {
        is_home_or_above(above) || [".local", ".cargo"].iter().any(|name| above.ends_with(name))
    };
    match above {
        Some(above) if is_narrow(above) => vec![folder.to_owned(), above.join("lib")],
        Some(above) => vec![above.to_owned()],
        None if is_home_or_above(folder) => Vec::new(),
        None => vec![folder.to_owned()],
    }
}

/// A folder in which somebody works. Of a home folder, or one above, only the files in it are shown
/// and none whose name begins with a dot: it holds everything else that somebody has.
pub(crate) fn work(folder: &Path) -> Vec<PathBuf> {
    if !is_home_or_above(folder) {
        return vec![folder.to_owned()];
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_shown = |entry: &fs::DirEntry| {
        entry.file_type().is_ok_and(|kind| kind.is_file())
            && !entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    entries.filter(is_shown).map(|entry| entry.path()).take(MOST_FILES).collect()
}

/// True for the user's home folder and those it is in.
pub(crate) fn is_home_or_above(folder: &Path) -> bool {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let home = env::var_os("HOME").filter(|home| !home.is_empty());
    let folder = resolved(folder);
    folder == Path::new("/")
        || home.is_some_and(|home| resolved(Path::new(&home)).starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_program_is_beside_its_folder() {
        assert_eq!(around(Path::new("/x/venv/bin")), [Path::new("/x/venv")]);
        assert_eq!(around(Path::new("/x/tools")), [Path::new("/x/tools")]);
        let local = [Path::new("/x/.local/bin"), Path::new("/x/.local/lib")];
        assert_eq!(around(Path::new("/x/.local/bin")), local);
        assert_eq!(around(Path::new("/bin")), [Path::new("/bin"), Path::new("/lib")]);
    }

    #[test]
    fn a_folder_above_home_is_not_shown_as_a_whole() {
        assert!(is_home_or_above(Path::new("/")));
        let folder = std::env::temp_dir().join("of-no-home");
        assert_eq!(work(&folder), [folder]);
    }
}
