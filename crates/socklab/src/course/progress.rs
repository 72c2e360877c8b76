//! A student's progress: a text file with one line per result.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustix::fs::OFlags;

use crate::file::PRIVATE;

/// The file: `$XDG_STATE_HOME/socklab/progress`, or below `~/.local/state`.
pub(crate) fn file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    // A relative path is to be ignored (XDG Base Directory Specification).
    let state = set("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(PathBuf::from(set("HOME")?).join(".local/state")))?;
    Some(state.join("socklab/progress"))
}

fn named() -> io::Result<PathBuf> {
    file().ok_or_else(|| io::Error::other("HOME is not set"))
}

/// The last result of each item: `what-if tcp-client-first` → `right`.
pub(crate) type Progress = BTreeMap<String, String>;

/// The size of the largest file that is read: a line has some fifty bytes.
const LARGEST: u64 = 16 << 20;

/// Opens the progress file, or one beside it, if it is one: a regular file of this user. Anything else
/// would not be read to its end (a FIFO, a device), or would be somebody else's word. What is there
/// and can't be opened is such a thing, too.
pub(super) fn open(path: PathBuf, options: &mut OpenOptions) -> io::Result<(PathBuf, File)> {
    // A FIFO is not waited for.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let wrong = |why: &str| {
        let what = format!("{} is not a progress file of this user{why}", path.display());
        io::Error::new(io::ErrorKind::InvalidInput, what)
    };
    let opened = match options.custom_flags(flags.bits().cast_signed()).open(&path) {
        Err(error) if fs::symlink_metadata(&path).is_ok() => {
            return Err(wrong(&format!(": {error}")));
        }
        opened => opened.map_err(|error| failed("open", &path, &error))?,
    };
    let about = opened.metadata()?;
    let is_ours = about.uid() == rustix::process::geteuid().as_raw();
    if about.is_file() && is_ours && about.len() <= LARGEST {
        return Ok((path, opened));
    }
    Err(wrong(""))
}

/// Why results could not be kept or read, the first time.
static TROUBLE: OnceLock<String> = OnceLock::new();

/// Why results could not be kept or read, if so. It should not disturb a lesson, so it is told when
/// the command is over, and once.
pub(crate) fn trouble() -> Option<&'static str> {
    TROUBLE.get().map(String::as_str)
}

fn remember(error: &io::Error) {
    let _ = TROUBLE.set(error.to_string());
}

/// Reads all results; none if the file is missing or unreadable.
pub(crate) fn read() -> Progress {
    let mut bytes = Vec::new();
    match named().and_then(|file| open(file, OpenOptions::new().read(true))) {
        Ok((_, file)) => drop(file.take(LARGEST).read_to_end(&mut bytes)),
        // Nothing was recorded yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => remember(&error),
    }
    // A line that is no text is no result, but the others are.
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().filter_map(|line| {
        // TIME KIND NAME RESULT: the time is for human readers. A result may consist of several
        // words.
        let mut words = line.splitn(4, ' ').skip(1);
        let (kind, name, result) = (words.next()?, words.next()?, words.next()?);
        Some((format!("{kind} {name}"), result.to_owned()))
    });
    lines.collect()
}

/// Records a result.
pub(crate) fn note(kind: &str, name: &str, result: &str) {
    if let Err(error) = append(kind, name, result) {
        remember(&error);
    }
}

fn failed(call: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{call} {}: {error}", path.display()))
}

fn append(kind: &str, name: &str, result: &str) -> io::Result<()> {
    let file = named()?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| failed("mkdir", folder, &error))?;
    }
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let line = format!("{seconds} {kind} {name} {result}\n");
    let (path, mut file) = open(file, OpenOptions::new().create(true).append(true).mode(PRIVATE))?;
    // Whoever else writes waits, so that a line that didn't fit can be taken back.
    file.lock()?;
    let before = file.metadata()?.len();
    file.write_all(line.as_bytes())
        .inspect_err(|_| {
            let _ = file.set_len(before);
        })
        .map_err(|error| failed("write", &path, &error))
}
