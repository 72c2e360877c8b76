//! Reads a recording as far as it has been written, again and again.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use socklab_event::{Event, Header, Lines};
use socklab_say::Speaker;

use super::super::trace::unreadable;

/// How much is read at a time.
const PIECE: usize = 256 << 10;

/// A header may have long command lines, but no longer ones than a kernel takes (execve(2)).
const LONGEST: usize = 16 << 20;

/// A recording that may still grow.
#[derive(Debug)]
pub(super) struct Tail {
    speaker: Speaker,
    path: PathBuf,
    name: String,
    file: File,
    /// What was read and has no line's end yet.
    begun: Vec<u8>,
    /// `None` until there is a first line.
    lines: Option<Lines>,
    read: u64,
}

/// What there was to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum More {
    /// There is more already.
    Already,
    /// There is no more yet.
    NotYet,
    /// There will be no more.
    Never,
}

impl Tail {
    /// Reads the first line, if there is one: a file of another kind is refused at once.
    pub(super) fn begin(speaker: Speaker, path: &Path) -> Result<Self> {
        let name = socklab_say::path(path);
        let file = File::open(path).with_context(|| format!("open {name}"))?;
        let (path, begun) = (path.to_owned(), Vec::new());
        let mut tail = Self { speaker, path, name, file, begun, lines: None, read: 0 };
        // Whatever else is in a first piece is read later.
        tail.take_piece()?;
        tail.first_line()?;
        Ok(tail)
    }

    /// The header, once it is there.
    pub(super) fn header(&self) -> Option<&Header> {
        self.lines.as_ref().map(Lines::header)
    }

    /// The recording that has taken this one's place: another file of the same name, or the same file with less in
    /// it. `None` also while that is no recording yet.
    pub(super) fn successor(&self) -> Option<Self> {
        let (now, then) = (fs::metadata(&self.path).ok()?, self.file.metadata().ok()?);
        let is_same = (now.dev(), now.ino()) == (then.dev(), then.ino()) && now.len() >= self.read;
        if is_same || !now.is_file() {
            return None;
        }
        Self::begin(self.speaker, &self.path).ok().filter(|tail| tail.header().is_some())
    }

    /// How many percent have been read of what is there.
    pub(super) fn percent(&self) -> u8 {
        let all = self.file.metadata().map_or(0, |data| data.len()).max(1);
        u8::try_from((self.read - self.begun.len() as u64).min(all) * 100 / all).unwrap_or(100)
    }

    /// Adds the events that there are, for so long at most.
    pub(super) fn more(&mut self, events: &mut Vec<Event>, most: Duration) -> Result<More> {
        let start = Instant::now();
        loop {
            if self.lines.as_ref().is_some_and(Lines::is_complete) && self.begun.is_empty() {
                return Ok(More::Never);
            }
            let taken = self.take_piece()?;
            self.take_lines(events)?;
            if self.lines.as_ref().is_some_and(Lines::is_complete) {
                return Ok(More::Never);
            }
            if taken == 0 {
                return Ok(More::NotYet);
            }
            if start.elapsed() >= most {
                return Ok(More::Already);
            }
        }
    }

    fn take_piece(&mut self) -> Result<usize> {
        let before = self.begun.len();
        self.begun.resize(before + PIECE, 0);
        let read = loop {
            match self.file.read(&mut self.begun[before..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let taken = *read.as_ref().unwrap_or(&0);
        self.begun.truncate(before + taken);
        self.read += taken as u64;
        read.with_context(|| format!("read {}", self.name))
    }

    /// What is no line yet may be one of any length in a file of another kind.
    fn first_line(&mut self) -> Result<()> {
        if self.lines.is_some() {
            return Ok(());
        }
        let end = self.begun.iter().position(|byte| *byte == b'\n');
        let whole = end.map_or(self.begun.len(), |end| end + 1);
        let is_line = end.is_some() || self.begun.len() >= LONGEST;
        let is_begun = self.begun.first().is_none_or(|first| *first == b'{');
        if is_line || !is_begun {
            let lines = Lines::of(&self.begun[..whole]);
            let unreadable = |error| unreadable(self.speaker, &self.name, "", &error);
            self.lines = Some(lines.map_err(unreadable)?);
            self.begun.drain(..whole);
        }
        Ok(())
    }

    fn take_lines(&mut self, events: &mut Vec<Event>) -> Result<()> {
        self.first_line()?;
        let Some(lines) = &mut self.lines else { return Ok(()) };
        let Some(end) = self.begun.iter().rposition(|byte| *byte == b'\n') else { return Ok(()) };
        for line in self.begun[..end].split(|byte| *byte == b'\n') {
            let event = lines.read(line);
            let unreadable = |error| unreadable(self.speaker, &self.name, "", &error);
            events.extend(event.map_err(unreadable)?);
        }
        self.begun.drain(..=end);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom, Write as _};

    use super::*;

    const HEADER: &str = "{\"v\":2}\n";
    const EVENT: &str = "{\"at\":5,\"place\":1,\"places\":{\"1\":{\"process\":1,\"thread\":1}},\
         \"notice\":{\"kind\":\"io_uring\"}}\n";

    /// Writes behind what has been read, which the reader's place in the file must not notice.
    fn write(file: &mut File, text: &str) {
        file.seek(SeekFrom::End(0)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn a_line_is_read_when_it_is_whole_and_the_end_ends_it() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut tail = Tail::begin(Speaker::ENGLISH, file.path()).unwrap();
        let mut events = Vec::new();
        let more = |tail: &mut Tail, events: &mut Vec<Event>| {
            tail.more(events, Duration::ZERO).and_then(|_| tail.more(events, Duration::ZERO))
        };
        assert_eq!(more(&mut tail, &mut events).unwrap(), More::NotYet);
        write(file.as_file_mut(), &HEADER[..4]);
        assert_eq!(more(&mut tail, &mut events).unwrap(), More::NotYet);
        assert!(tail.header().is_none());
        write(file.as_file_mut(), &HEADER[4..]);
        write(file.as_file_mut(), &EVENT[..20]);
        assert_eq!(more(&mut tail, &mut events).unwrap(), More::NotYet);
        assert!(tail.header().is_some() && events.is_empty());
        write(file.as_file_mut(), &EVENT[20..]);
        assert_eq!(more(&mut tail, &mut events).unwrap(), More::NotYet);
        assert_eq!(events.len(), 1);
        write(file.as_file_mut(), "{\"end\":1}\n");
        assert_eq!(more(&mut tail, &mut events).unwrap(), More::Never);
        assert_eq!((events.len(), tail.percent()), (1, 100));
    }

    #[test]
    fn what_is_no_recording_is_refused_at_once() {
        for text in ["hello\n", "hello", "{\"v\":99}\n", "\x1f\u{8b}"] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            write(file.as_file_mut(), text);
            assert!(Tail::begin(Speaker::ENGLISH, file.path()).is_err(), "{text:?}");
        }
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write(file.as_file_mut(), &format!("{HEADER}nonsense\n"));
        let mut tail = Tail::begin(Speaker::ENGLISH, file.path()).unwrap();
        assert!(tail.more(&mut Vec::new(), Duration::ZERO).is_err());
    }

    #[test]
    fn a_file_of_the_same_name_or_with_less_in_it_takes_over_once_it_is_a_recording() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        fs::write(&path, format!("{HEADER}{EVENT}")).unwrap();
        let mut tail = Tail::begin(Speaker::ENGLISH, &path).unwrap();
        let read = |tail: &mut Tail| {
            let mut events = Vec::new();
            tail.more(&mut events, Duration::MAX).unwrap();
            events.len()
        };
        assert_eq!(read(&mut tail), 1);
        assert!(tail.successor().is_none());
        // Another recording begins in the same file.
        fs::write(&path, &HEADER[..4]).unwrap();
        assert!(tail.successor().is_none());
        fs::write(&path, HEADER).unwrap();
        let mut tail = tail.successor().expect("less than was read");
        assert_eq!(read(&mut tail), 0);
        // Another file.
        fs::remove_file(&path).unwrap();
        assert!(tail.successor().is_none());
        fs::write(&path, format!("{HEADER}{EVENT}{EVENT}")).unwrap();
        let mut tail = tail.successor().expect("another file");
        assert_eq!(read(&mut tail), 2);
        fs::write(folder.path().join("new"), "hello\n").unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        assert!(tail.successor().is_none(), "that is none");
    }
}
