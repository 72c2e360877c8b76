//! Reads what `draw` draws: a recording, or a capture that anybody made.

use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use signal_hook::consts::SIGINT;
use signal_hook::flag;
use socklab_event::{Event, Foreign, Notice, Place, ReadError, Timeline};
use socklab_flows::Recording;
use socklab_lab::{Capture, CaptureError, Ended, FromCapture};
use socklab_record::{Limits, Recorder};
use socklab_say::{Speaker, count, say};

use super::recording::MAX_SIZE;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::eprintln;

/// How many bytes of what each packet of a capture carried can be shown as its data.
const PAYLOAD: usize = 4096;

/// Reads several files, each with `read`, as one timeline.
pub(crate) fn read_all(
    speaker: Speaker,
    paths: &[PathBuf],
    read: fn(Speaker, &Path) -> Result<Timeline>,
) -> Result<Timeline> {
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::new(ExitReason::Usage, say!(speaker, "diff-twice")).into());
    }
    let recordings = paths.iter().map(|path| {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let timeline = read(speaker, path)?;
        Ok(Recording::new(socklab_say::path(Path::new(name)), timeline))
    });
    Ok(socklab_flows::merge(recordings.collect::<Result<_>>()?))
}

/// Reads a file, or standard input if it is called `-`. What is missing at its end is reported, and
/// noted in the timeline.
pub(super) fn read(speaker: Speaker, path: &Path) -> Result<Timeline> {
    read_with(speaker, path, PAYLOAD)
}

/// The same, with all that the packets of a capture carried.
pub(crate) fn read_whole(speaker: Speaker, path: &Path) -> Result<Timeline> {
    read_with(speaker, path, usize::MAX)
}

fn read_with(speaker: Speaker, path: &Path, payload: usize) -> Result<Timeline> {
    if path.as_os_str() == "-" {
        outlive_interrupt()?;
        let name = say!(speaker, "object-input");
        read_from(speaker, &name, "", payload, stdin().lock())
    } else {
        let name = socklab_say::path(path);
        let file = File::open(path).with_context(|| format!("open {name}"))?;
        read_from(speaker, &name, &format!("-c {name} "), payload, BufReader::new(file))
    }
}

/// `decompressed` stands between a command that decompresses the input to standard output, and `|`.
fn read_from(
    speaker: Speaker,
    name: &str,
    decompressed: &str,
    payload: usize,
    mut input: impl BufRead,
) -> Result<Timeline> {
    let begun = input.fill_buf().with_context(|| format!("read {name}"))?;
    if socklab_lab::is_capture(begun) {
        return read_capture(speaker, name, payload, input);
    }
    let reading = socklab_event::read(input)
        .map_err(|error| unreadable(speaker, name, decompressed, &error))?;
    let mut timeline = reading.timeline;
    if let Some(problem) = &reading.truncated {
        let line = problem.line;
        eprintln!("{}", say!(speaker, "recording-cut", path = name, line = line));
        mark_cut(&mut timeline);
    }
    Ok(timeline)
}

/// The failure to read a file as a recording. `decompressed` as in [`read_from`].
pub(crate) fn unreadable(
    speaker: Speaker,
    name: &str,
    decompressed: &str,
    error: &ReadError,
) -> Failure {
    let why = why_unreadable(speaker, error);
    let hint = match error {
        ReadError::Foreign { kind } => decompressor(*kind),
        _ => None,
    };
    let hint = match hint {
        Some(command) => {
            let command = format!("{command} {decompressed}");
            say!(speaker, "draw-compressed", command = command.trim_end())
        }
        None => say!(speaker, "draw-hint"),
    };
    Failure::new(ExitReason::No, format!("{name}: {why}")).hint(hint)
}

/// A capture becomes a timeline of frames. It may be of any size, so less and less is kept of each
/// packet, as in a recording that grows.
fn read_capture(
    speaker: Speaker,
    name: &str,
    payload: usize,
    input: impl BufRead,
) -> Result<Timeline> {
    let read = Capture::open(input).and_then(|capture| {
        let begin = |header| Recorder::new(header, Limits::none().size(MAX_SIZE));
        socklab_lab::read_capture(capture, payload, begin, |recorder, event| {
            recorder.add(event);
        })
    });
    let (recorder, from) = read.map_err(|error| {
        Failure::new(ExitReason::No, format!("{name}: {}", why_no_capture(speaker, &error)))
    })?;
    let mut timeline = recorder.finish().timeline;
    tell_what_is_missing(speaker, name, &from);
    if from.ended != Ended::Whole {
        mark_cut(&mut timeline);
    }
    Ok(timeline)
}

fn tell_what_is_missing(speaker: Speaker, name: &str, from: &FromCapture) {
    match from.ended {
        Ended::Cut { at } => {
            eprintln!("{}", say!(speaker, "capture-cut", path = name, at = at));
        }
        Ended::Damaged { at, .. } => {
            eprintln!("{}", say!(speaker, "capture-damaged", path = name, at = at));
        }
        _ => {}
    }
    if from.unknown > 0 {
        let n = count(from.unknown);
        eprintln!("{}", say!(speaker, "capture-not-decoded", path = name, n = n));
    }
}

/// Why a capture can't be drawn, for its most likely reasons in the reader's language.
fn why_no_capture(speaker: Speaker, error: &CaptureError) -> String {
    match error {
        CaptureError::Empty => say!(speaker, "capture-empty"),
        CaptureError::Link { .. } => {
            let link = error.link().unwrap_or_default();
            say!(speaker, "capture-link", link = link)
        }
        CaptureError::Damaged { at, .. } => say!(speaker, "capture-no-packet", at = *at),
        error => error.to_string(),
    }
}

/// Why a file is no recording, for its most likely reasons in the reader's language.
fn why_unreadable(speaker: Speaker, error: &ReadError) -> String {
    match error {
        ReadError::Empty => say!(speaker, "draw-empty"),
        ReadError::Foreign { kind: Foreign::ByteOrderMark } => say!(speaker, "draw-mark"),
        ReadError::Foreign { kind } => say!(speaker, "draw-foreign", kind = kind),
        ReadError::Header { .. } => say!(speaker, "draw-no-header"),
        ReadError::Version { found } => {
            let newest = socklab_event::VERSION;
            say!(speaker, "draw-version", found = found, newest = newest)
        }
        error => error.to_string(),
    }
}

/// The command that decompresses a kind of file, which may hold a recording or a capture.
fn decompressor(kind: Foreign) -> Option<&'static str> {
    match kind {
        Foreign::Gzip => Some("gunzip"),
        Foreign::Zstandard => Some("unzstd"),
        Foreign::Xz => Some("unxz"),
        _ => None,
    }
}

/// Notes in a timeline that its end is missing, so that every drawing of it says so.
fn mark_cut(timeline: &mut Timeline) {
    let (at, seq) =
        timeline.events.last().map_or((0, 0), |last| (last.at, last.seq.saturating_add(1)));
    let what = Notice::EndMissing.into();
    timeline.events.push(Event { seq, at, place: Place::default(), what });
}

/// Ctrl-C in `socklab trace -o - … | socklab draw -` ends the programs and the recording, which is
/// still to be drawn. A second one ends this process too.
fn outlive_interrupt() -> Result<()> {
    let once = Arc::new(AtomicBool::new(false));
    let end = 128 + SIGINT;
    flag::register_conditional_shutdown(SIGINT, end, Arc::clone(&once)).context("sigaction")?;
    flag::register(SIGINT, once).context("sigaction")?;
    Ok(())
}
