//! Which file a program's name stands for, as `execvp(3)` looks it up.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// Where programs are looked for if there is no `PATH`.
const USUAL: &str = "/bin:/usr/bin";

/// The file of a program: a name with a slash is a path, any other is searched for in the folders of
/// `path`. `None` if there is none there that may be executed.
pub fn find(name: &OsStr, path: Option<&OsStr>) -> Option<PathBuf> {
    if name.as_bytes().contains(&b'/') {
        return Some(PathBuf::from(name));
    }
    let mut candidates = folders(path).map(|folder| folder.join(name));
    candidates.find(|candidate| !name.is_empty() && is_executable(candidate))
}

/// The names of all files in the folders of `path`: for guesses at what was meant.
pub fn names(path: Option<&OsStr>) -> BTreeSet<String> {
    let files = folders(path).filter_map(|folder| fs::read_dir(folder).ok());
    let names = files.flatten().filter_map(Result::ok).map(|file| file.file_name().into_string());
    names.filter_map(Result::ok).collect()
}

fn folders(path: Option<&OsStr>) -> impl Iterator<Item = PathBuf> + '_ {
    std::env::split_paths(path.unwrap_or(OsStr::new(USUAL)))
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_searched_for_and_a_path_is_not() {
        let found = |name: &str, path: Option<&str>| find(OsStr::new(name), path.map(OsStr::new));
        assert!(found("sh", None).is_some_and(|file| file.ends_with("sh")));
        assert!(found("sh", Some("/nowhere:/bin")).is_some_and(|file| file.starts_with("/bin")));
        assert_eq!(found("sh", Some("/nowhere")), None);
        assert_eq!(found("", None), None);
        assert_eq!(found("./sh", Some("/bin")), Some(PathBuf::from("./sh")));
        // A folder is no program.
        assert_eq!(found("bin", Some("/usr:/")), None);
        assert!(names(Some(OsStr::new("/nowhere:/bin"))).contains("sh"));
    }
}
