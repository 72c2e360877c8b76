//! The text around the lines of source that made the calls of a recording, if it is the text that ran.
//!
//! A recording names files, and whoever made it may name any. So only files below the folder where
//! socklab runs are read, and only those that look like source.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use socklab_event::{Call, Process, SourceLine, Timeline, What};

/// The files of a recording, and of each the lines around those that made calls, by number.
pub(crate) type SourceText = BTreeMap<String, BTreeMap<u32, String>>;

/// How many lines before and after one are kept.
const AROUND: u32 = 3;
/// No larger file is read.
const LARGEST: u64 = 1 << 20;
/// No more of a line is kept.
const LONGEST: usize = 160;

/// An interpreter reads these when the program starts.
const INTERPRETED: [&str; 1] = ["py"];
/// Of these a compiler has made the program.
const COMPILED: [&str; 12] =
    ["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "rs", "go", "zig", "d", "nim"];

/// When a program began, and what was run.
#[derive(Clone, Debug, Default)]
struct Started {
    /// `None` if it ran already when the recording began.
    at: Option<SystemTime>,
    exe: Option<PathBuf>,
}

/// The text around the lines of all calls.
pub(crate) fn around(timeline: &Timeline) -> SourceText {
    let mut text = SourceText::new();
    let Some(folder) = here() else { return text };
    let epoch = Some(timeline.header.epoch).filter(|epoch| *epoch > 0);
    let mut started: BTreeMap<u32, Started> = BTreeMap::new();
    let mut files: BTreeMap<(String, Option<SystemTime>), Option<Vec<String>>> = BTreeMap::new();
    for event in timeline.in_order() {
        let at =
            epoch.map(|epoch| UNIX_EPOCH + Duration::from_nanos(epoch.saturating_add(event.at)));
        match &event.what {
            What::Process(process) => {
                let new = match &**process {
                    Process::Start { attached: true, .. } => Started::default(),
                    // A forked child goes on with the program of its parent.
                    Process::Start { parent: Some(parent), .. } if started.contains_key(parent) => {
                        started[parent].clone()
                    }
                    Process::Start { exe, .. } | Process::Exec { exe, .. } => {
                        Started { at, exe: exe.as_ref().map(PathBuf::from) }
                    }
                    _ => continue,
                };
                started.insert(event.place.process, new);
            }
            What::Call(call) => {
                let Some(SourceLine { file, line, .. }) = call.source.as_deref() else { continue };
                let Some(began) = started.get(&event.place.process) else { continue };
                let all = files
                    .entry((file.clone(), began.at))
                    .or_insert_with(|| lines(Path::new(file), &folder, began));
                let Some(all) = all else { continue };
                let kept = text.entry(file.clone()).or_default();
                for number in line.saturating_sub(AROUND).max(1)..=line.saturating_add(AROUND) {
                    if let Some(text) = all.get(number as usize - 1) {
                        kept.entry(number).or_insert_with(|| text.clone());
                    }
                }
            }
            _ => {}
        }
    }
    text
}

/// The line that made a call, as [`around`] has it.
pub(crate) fn of<'s>(text: &'s SourceText, call: &Call) -> Option<&'s str> {
    let source = call.source.as_deref()?;
    let line = text.get(&source.file)?.get(&source.line)?.trim();
    (!line.is_empty()).then_some(line)
}

fn here() -> Option<PathBuf> {
    std::env::current_dir().ok()?.canonicalize().ok()
}

/// The lines of a file, if they are those that ran.
fn lines(path: &Path, folder: &Path, began: &Started) -> Option<Vec<String>> {
    let ending = path.extension()?.to_str()?;
    let compiled = COMPILED.contains(&ending);
    if !path.is_absolute() || !compiled && !INTERPRETED.contains(&ending) {
        return None;
    }
    // Links are followed first: one may lead out of the folder.
    let path = path.canonicalize().ok().filter(|path| path.starts_with(folder))?;
    // A FIFO of that name would wait for its writer.
    let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let mut file = OpenOptions::new().read(true).custom_flags(nonblocking).open(path).ok()?;
    let metadata = file.metadata().ok()?;
    let changed = metadata.modified().ok()?;
    let mut is_what_ran = changed < began.at?;
    if compiled {
        let built = std::fs::metadata(began.exe.as_ref()?).ok()?.modified().ok()?;
        is_what_ran &= changed <= built && built < began.at?;
    }
    if !metadata.is_file() || metadata.len() > LARGEST || !is_what_ran {
        return None;
    }
    let mut text = String::new();
    file.by_ref().take(LARGEST).read_to_string(&mut text).ok()?;
    let cut = |line: &str| line.replace('\t', "    ").chars().take(LONGEST).collect();
    Some(text.lines().map(cut).collect())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;

    fn began(seconds: i64) -> Started {
        let now = SystemTime::now();
        let apart = Duration::from_secs(seconds.unsigned_abs());
        Started { at: Some(if seconds < 0 { now - apart } else { now + apart }), exe: None }
    }

    #[test]
    fn only_text_that_ran_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        let file = root.join("server.py");
        fs::write(&file, "import socket\n\n\ts = socket.socket()\n").expect("a file");
        let read = |began: &Started| lines(&file, &root, began);
        let text = read(&began(60)).expect("the lines");
        assert_eq!(text, ["import socket", "", "    s = socket.socket()"]);
        assert_eq!(read(&began(-60)), None, "it was changed since");
        assert_eq!(read(&Started::default()), None, "nobody knows when it began");
        assert_eq!(lines(Path::new("server.py"), &root, &began(60)), None, "relative to what?");
    }

    #[test]
    fn a_recording_cannot_name_just_any_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("another");
        let root = folder.path().canonicalize().expect("a path");
        let secret = outside.path().join("secret.py");
        fs::write(&secret, "PASSWORD = 1\n").expect("a file");
        assert_eq!(lines(&secret, &root, &began(60)), None);
        let link = root.join("link.py");
        std::os::unix::fs::symlink(&secret, &link).expect("a link");
        assert_eq!(lines(&link, &root, &began(60)), None);
        let up =
            root.join("..").join(outside.path().file_name().expect("a name")).join("secret.py");
        assert_eq!(lines(&up, &root, &began(60)), None);
        fs::write(root.join("id_rsa"), "key\n").expect("a file");
        assert_eq!(lines(&root.join("id_rsa"), &root, &began(60)), None);
    }

    #[test]
    fn neither_a_fifo_nor_a_huge_or_binary_file_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        let path = |name: &str| root.join(name);
        let fifo = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, path("fifo.py"), fifo, 0o600.into(), 0)
            .expect("a FIFO");
        fs::write(path("binary.py"), [0xff, 0xfe, 0]).expect("a file");
        File::create(path("huge.py")).expect("a file").set_len(LARGEST + 1).expect("a size");
        for name in ["fifo.py", "binary.py", "huge.py", "."] {
            assert_eq!(lines(&path(name), &root, &began(60)), None, "{name}");
        }
    }

    #[test]
    fn source_that_was_changed_after_the_program_was_built_is_not_what_ran() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        let (source, exe) = (root.join("echo.c"), root.join("echo"));
        let day = |days: u64| SystemTime::now() - Duration::from_secs(days * 86_400);
        let write = |path: &Path, days| {
            fs::write(path, "int main(void) {\n").expect("a file");
            File::open(path).and_then(|file| file.set_modified(day(days))).expect("a time");
        };
        let run = Started { exe: Some(exe.clone()), ..began(-3600) };
        write(&exe, 2);
        write(&source, 3);
        assert!(lines(&source, &root, &run).is_some());
        write(&source, 1);
        assert_eq!(lines(&source, &root, &run), None);
        assert_eq!(lines(&source, &root, &began(60)), None, "built when?");
    }
}
