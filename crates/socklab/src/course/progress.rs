//! What a student has done: a plain file, a line for each thing.

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

/// What has been noted last about each thing: `what-if tcp-client-first` → `right`.
pub(crate) type Progress = BTreeMap<String, String>;

/// Everything that has been noted. Without a file, or where it cannot be read: nothing yet.
pub(crate) fn read() -> Progress {
    let text = file().and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        // TIME KIND NAME RESULT: the time is for the reader. A result may be of several words.
        let mut words = line.splitn(4, ' ').skip(1);
        let (kind, name, result) = (words.next()?, words.next()?, words.next()?);
        Some((format!("{kind} {name}"), result.to_owned()))
    });
    lines.collect()
}

/// Notes a result. That a home directory cannot be written to spoils nobody's lesson, so the
/// caller may ignore the error.
pub(crate) fn note(kind: &str, name: &str, result: &str) -> io::Result<()> {
    let file = file().ok_or(io::ErrorKind::NotFound)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let line = format!("{seconds} {kind} {name} {result}\n");
    // One write of one line: whoever writes at the same time does not tear it.
    fs::OpenOptions::new().create(true).append(true).open(file)?.write_all(line.as_bytes())
}
