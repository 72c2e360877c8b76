//! A recording while it grows: in memory, in files, or both.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Result;
use socklab_event::{Event, Header, Timeline};
use socklab_record::{Detail, Limits, Recorder};
use socklab_say::{Speaker, say};
use socklab_trace::Handle;

use super::live;
use super::outputs::{Destination, OpenRecording};
use crate::exit_reason::ExitReason;
use crate::failure;
use crate::output::eprintln;

/// How many bytes of memory or of a file a recording takes before less is recorded of each event.
pub(crate) const MAX_SIZE: u64 = 256 << 20;

/// How a recording is kept.
#[derive(Debug)]
pub(crate) struct Keeping {
    /// The files it goes into.
    pub(crate) files: Vec<OpenRecording>,
    /// True if it is needed as a whole at the end, to be drawn.
    pub(crate) in_memory: bool,
    /// See [`MAX_SIZE`].
    pub(crate) max_size: u64,
    /// Leave out all bytes of messages and all arguments.
    pub(crate) redact: bool,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { files: Vec::new(), in_memory: true, max_size: MAX_SIZE, redact: false }
    }
}

/// A recording that grows.
#[derive(Debug)]
pub(super) struct Recording {
    recorder: Recorder,
    files: Vec<OpenRecording>,
    max_size: u64,
    any: bool,
    hung_up: Arc<AtomicBool>,
}

/// What became of a recording.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) timeline: Timeline,
    /// A file lacks its end.
    pub(crate) incomplete: Option<ExitReason>,
    /// The reader of standard output has gone, and there was nothing else to record for.
    pub(crate) hung_up: bool,
}

impl Keeping {
    /// Writes the header into the files, which then take the place of older ones. `handle` ends
    /// the tracing when nobody reads the recording any more; if nobody does already, the error is
    /// an [`io::Error`].
    pub(super) fn begin(
        mut self,
        speaker: Speaker,
        header: Header,
        handle: &Handle,
    ) -> Result<Recording> {
        let mut recorder = Recorder::new(header, Limits::none().size(self.max_size));
        if self.redact {
            recorder = recorder.redacting();
        }
        if !self.in_memory {
            recorder = recorder.only_stream();
        }
        // How many there are to record for: each file, and the drawing.
        let readers = Arc::new(AtomicUsize::new(self.files.len() + usize::from(self.in_memory)));
        let hung_up = Arc::new(AtomicBool::new(false));
        for open in &mut self.files {
            let Some(file) = open.file.take() else { continue };
            let on_error = {
                let (readers, hung_up) = (Arc::clone(&readers), Arc::clone(&hung_up));
                let (handle, destination) = (handle.clone(), open.destination.clone());
                move |error: &io::Error| {
                    let last = readers.fetch_sub(1, Ordering::Relaxed) == 1;
                    if error.kind() != ErrorKind::BrokenPipe {
                        say_broken(speaker, &destination, error);
                    } else if last {
                        hung_up.store(true, Ordering::Relaxed);
                        handle.stop();
                    }
                }
            };
            let streams = recorder.stream_to(file, on_error);
            streams.map_err(|error| match error.kind() {
                ErrorKind::BrokenPipe => anyhow::Error::from(error),
                _ => open.destination.cannot_write(speaker, &error).into(),
            })?;
        }
        for open in &mut self.files {
            open.take_place(speaker)?;
        }
        let Self { files, max_size, .. } = self;
        Ok(Recording { recorder, files, max_size, any: false, hung_up })
    }
}

fn say_broken(speaker: Speaker, destination: &Destination, error: &io::Error) {
    let path = destination.name(speaker);
    eprintln!("{}", say!(speaker, "recording-broken", path = path, error = error.to_string()));
}

impl Recording {
    pub(super) fn add(&mut self, event: Event) {
        self.any = true;
        self.recorder.add(event);
    }

    /// Nothing could be traced. A recording without events gives back the place it took.
    pub(super) fn give_up(self) {
        drop(self.recorder);
        if !self.any {
            self.files.into_iter().for_each(OpenRecording::undo);
        }
    }

    /// Ends the recording, and says where it is and what it lacks.
    pub(super) fn finish(self, speaker: Speaker, live: bool) -> Kept {
        let finished = self.recorder.finish();
        if live {
            live::let_signals_end();
        }
        let hung_up = self.hung_up.load(Ordering::Relaxed);
        let mut kept = Kept { timeline: finished.timeline, incomplete: None, hung_up };
        if !self.files.is_empty() && finished.detail > Detail::Whole {
            let key = if finished.detail > Detail::Lengths {
                "recording-counted"
            } else {
                "recording-lengths"
            };
            eprintln!("{}", say!(speaker, key, size = size_text(self.max_size)));
        }
        for (file, error) in self.files.into_iter().zip(finished.stream_errors) {
            let path = file.destination.name(speaker);
            match error {
                None => {
                    if let Destination::File(_) = file.destination {
                        eprintln!("{}", say!(speaker, "written", path = path));
                    }
                    file.complete();
                }
                Some(error) if error.kind() == ErrorKind::BrokenPipe => {}
                Some(error) => {
                    kept.incomplete = Some(failure::exit_for(&error));
                    let error = error.to_string();
                    eprintln!(
                        "{}",
                        say!(speaker, "recording-ends-early", path = path, error = error)
                    );
                    if let Some(old) = file.kept() {
                        eprintln!(
                            "{}",
                            say!(speaker, "recording-kept", path = socklab_say::path(old))
                        );
                    }
                }
            }
        }
        kept
    }
}

/// A number of bytes as `--max-size` takes it.
fn size_text(bytes: u64) -> String {
    let units = [(1 << 30, "G"), (1 << 20, "M"), (1 << 10, "K")];
    let unit = units.into_iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    unit.map_or_else(|| bytes.to_string(), |(unit, letter)| format!("{}{letter}", bytes / unit))
}
