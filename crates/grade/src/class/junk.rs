//! What nobody hands in on purpose: what systems, editors, compilers and version control leave behind.

/// Folders and files of these names.
const NAMES: [&str; 9] = [
    "__MACOSX",
    "__pycache__",
    "node_modules",
    "venv",
    "target",
    "Thumbs.db",
    "desktop.ini",
    "a.out",
    "Icon\r",
];

/// Files with these extensions: what compilers make, and copies that editors keep.
const EXTENSIONS: [&str; 12] =
    ["pyc", "pyo", "class", "jar", "o", "obj", "so", "exe", "rlib", "swp", "bak", "lnk"];

/// True if an entry of this name is ignored, and all below it. So are hidden files.
pub(super) fn is_junk(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    name.starts_with('.')
        || name.ends_with('~')
        || NAMES.contains(&name)
        || EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::is_junk;

    #[test]
    fn only_what_was_left_behind_is_ignored() {
        for name in
            [".DS_Store", "__MACOSX", ".git", "x.pyc", "Server.class", "server.py~", "._a.py"]
        {
            assert!(is_junk(name), "{name}");
        }
        for name in ["server.py", "Class.java", "o", "README.md", "lib.c"] {
            assert!(!is_junk(name), "{name}");
        }
    }
}
