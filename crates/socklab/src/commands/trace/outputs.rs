//! What `-o` asks for: drawings, which are written at the end, and recordings, which grow from the
//! first event on.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rustix::io::Errno;
use socklab_event::Timeline;
use socklab_say::{Speaker, say};

use super::picture::{FileFormat, draw_to, write_recording};
use crate::cli::Look;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::file::{self, Growing};
use crate::output::eprintln;

/// Names of standard output. `-` is everybody's; the others would be opened a second time, with an
/// offset of their own.
const STANDARD_OUTPUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// The outputs of a command line.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    pub(crate) drawings: Vec<(PathBuf, FileFormat)>,
    pub(crate) recordings: Vec<Destination>,
}

/// Where a recording goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    StandardOutput,
    File(PathBuf),
}

impl Outputs {
    pub(crate) fn of(speaker: Speaker, paths: &[PathBuf]) -> Result<Self> {
        let mut outputs = Self::default();
        for path in paths {
            if STANDARD_OUTPUT.iter().any(|name| path.as_os_str() == *name) {
                outputs.recordings.push(Destination::StandardOutput);
                continue;
            }
            match FileFormat::of(speaker, path)? {
                FileFormat::Jsonl => outputs.recordings.push(Destination::File(path.clone())),
                format => outputs.drawings.push((path.clone(), format)),
            }
        }
        Ok(outputs)
    }

    /// The outputs of a command that prints something else to standard output, and writes these when
    /// it has a whole recording. Fails if they could not be written, as far as that is known now.
    pub(crate) fn of_finished(speaker: Speaker, paths: &[PathBuf]) -> Result<Self> {
        let outputs = Self::of(speaker, paths)?;
        if outputs.take_standard_output() {
            return Err(Failure::new(ExitReason::Usage, say!(speaker, "output-taken")).into());
        }
        outputs.check_drawings(speaker)?;
        for destination in &outputs.recordings {
            if let Destination::File(path) = destination {
                file::check_whole(path).map_err(|error| cannot_write(speaker, path, &error))?;
            }
        }
        Ok(outputs)
    }

    /// True if standard output is taken.
    pub(crate) fn take_standard_output(&self) -> bool {
        self.recordings.contains(&Destination::StandardOutput)
    }

    /// True if nothing was asked for.
    pub(crate) fn are_none(&self) -> bool {
        self.drawings.is_empty() && self.recordings.is_empty()
    }

    /// True if a drawing is text: then that is where a summary goes.
    pub(crate) fn have_text(&self) -> bool {
        self.drawings.iter().any(|(_, format)| *format == FileFormat::Text)
    }

    /// True if the packets are asked for: only a recording with packets can be written there.
    pub(crate) fn need_packets(&self) -> bool {
        self.drawings.iter().any(|(_, format)| *format == FileFormat::Pcapng)
    }

    /// True if all that was sent is asked for, as far as it was recorded.
    pub(crate) fn need_payload(&self) -> bool {
        self.drawings.iter().any(|(_, format)| *format == FileFormat::Har)
    }

    /// How many bytes of what each packet carries are recorded, if `sample` bytes of each message are:
    /// a capture has them whole, as far as they were seen.
    pub(crate) fn sample_of_packets(&self, sample: usize) -> usize {
        if self.need_packets() { usize::MAX } else { sample }
    }

    /// Writes what has been recorded, and says where it is.
    /// `decisive`: the evidence of an answer, by `seq`.
    pub(crate) fn write(
        &self,
        speaker: Speaker,
        timeline: &Timeline,
        look: &Look,
        decisive: &[u64],
    ) -> Result<()> {
        let told = |path: &Path| {
            eprintln!("{}", say!(speaker, "written", path = socklab_say::path(path)));
        };
        for (path, format) in &self.drawings {
            draw_to(speaker, path, *format, timeline, look, decisive)?;
            told(path);
        }
        for destination in &self.recordings {
            write_recording(speaker, destination, timeline)?;
            if let Destination::File(path) = destination {
                told(path);
            }
        }
        Ok(())
    }

    /// Fails if a drawing could not be written at the end, as far as that can be known now.
    pub(crate) fn check_drawings(&self, speaker: Speaker) -> Result<()> {
        for (path, _) in &self.drawings {
            file::check_whole(path).map_err(|error| cannot_write(speaker, path, &error))?;
        }
        Ok(())
    }

    /// Opens the files of the recordings. An old file is not replaced before
    /// [`OpenRecording::take_place`].
    pub(crate) fn open_recordings(&self, speaker: Speaker) -> Result<Vec<OpenRecording>> {
        let open = |destination: &Destination| OpenRecording::open(speaker, destination);
        self.recordings.iter().map(open).collect()
    }
}

/// A file, or standard output, that a recording is written into.
#[derive(Debug)]
pub(crate) struct OpenRecording {
    pub(crate) destination: Destination,
    /// `None` once the recorder has it.
    pub(crate) file: Option<File>,
    /// `None` for standard output.
    growing: Option<Growing>,
}

impl OpenRecording {
    fn open(speaker: Speaker, destination: &Destination) -> Result<Self> {
        let opened = match destination {
            Destination::StandardOutput => {
                let copy = io::stdout().as_fd().try_clone_to_owned();
                copy.map(|copy| (None, File::from(copy)))
            }
            Destination::File(path) => {
                Growing::open(path).map(|(growing, file)| (Some(growing), file))
            }
        };
        let (growing, file) = opened.map_err(|error| destination.cannot_write(speaker, &error))?;
        Ok(Self { destination: destination.clone(), file: Some(file), growing })
    }

    /// Lets the new file take the place of the old one.
    pub(crate) fn take_place(&mut self, speaker: Speaker) -> Result<()> {
        match &mut self.growing {
            Some(growing) => {
                let placed = growing.take_place();
                placed.map_err(|error| self.destination.cannot_write(speaker, &error).into())
            }
            None => Ok(()),
        }
    }

    /// Nothing was recorded: the old file gets its place back.
    pub(crate) fn undo(mut self) {
        if let Some(growing) = &mut self.growing {
            growing.undo();
        }
    }

    /// The recording is complete.
    pub(crate) fn complete(self) {
        if let Some(growing) = self.growing {
            growing.complete();
        }
    }

    /// Where the old file is kept, if there is one.
    pub(crate) fn kept(&self) -> Option<&Path> {
        self.growing.as_ref()?.kept()
    }
}

impl Destination {
    /// What a user calls it.
    pub(crate) fn name(&self, speaker: Speaker) -> String {
        match self {
            Self::StandardOutput => say!(speaker, "object-output"),
            Self::File(path) => socklab_say::path(path),
        }
    }

    pub(crate) fn cannot_write(&self, speaker: Speaker, error: &io::Error) -> Failure {
        cannot_write(speaker, Path::new(&self.name(speaker)), error)
    }
}

/// The failure to write a file; a disk that takes nothing is the environment's.
pub(crate) fn cannot_write(speaker: Speaker, path: &Path, error: &io::Error) -> Failure {
    let code = error.raw_os_error().map(Errno::from_raw_os_error);
    let exit = match code {
        Some(Errno::NOSPC | Errno::DQUOT | Errno::ROFS) => ExitReason::Environment,
        _ => ExitReason::No,
    };
    let what = say!(speaker, "write-failed", path = socklab_say::path(path));
    Failure::new(exit, format!("{what}: {error}"))
}
