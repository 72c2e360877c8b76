//! A student's progress: a text file with one line per result.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// The file: `$XDG_STATE_HOME/socklab/progress`, or below `~/.local/state`.
pub(crate) fn file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = set("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(set("HOME")?).join(".local/state")))?;
    Some(state.join("socklab/progress"))
}

/// The last result of each item: `what-if tcp-client-first` → `right`.
pub(crate) type Progress = BTreeMap<String, String>;

/// Reads all results; none if the file is missing or unreadable.
pub(crate) fn read() -> Progress {
    let text = file().and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        // TIME KIND NAME RESULT: the time is for human readers. A result may consist of several
        // words.
        let mut words = line.splitn(4, ' ').skip(1);
        let (kind, name, result) = (words.next()?, words.next()?, words.next()?);
        Some((format!("{kind} {name}"), result.to_owned()))
    });
    lines.collect()
}

/// Records a result. Callers may ignore the error: an unwritable home directory should not disturb
/// a lesson.
pub(crate) fn note(kind: &str, name: &str, result: &str) -> io::Result<()> {
    let file = file().ok_or(io::ErrorKind::NotFound)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let line = format!("{seconds} {kind} {name} {result}\n");
    // A single write, so that concurrent writers don't interleave within a line.
    fs::OpenOptions::new().create(true).append(true).open(file)?.write_all(line.as_bytes())
}
