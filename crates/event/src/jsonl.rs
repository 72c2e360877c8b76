//! The file format: one JSON object per line, the header first.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::{Event, Header, Timeline};

/// The version this crate writes and the only one it reads.
pub const VERSION: u64 = 1;

/// Writes a timeline line by line, so that a recording cut short is still readable.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
}

#[derive(Serialize)]
struct HeaderLine<'a> {
    v: u64,
    #[serde(flatten)]
    header: &'a Header,
}

impl<W: Write> Writer<W> {
    /// Writes the header line. Pass a buffered writer: each event is written in many small pieces.
    ///
    /// # Errors
    /// Those of writing to `out`.
    pub fn new(mut out: W, header: &Header) -> io::Result<Self> {
        serde_json::to_writer(&mut out, &HeaderLine { v: VERSION, header })?;
        out.write_all(b"\n")?;
        Ok(Self { out })
    }

    /// Writes one event.
    ///
    /// # Errors
    /// Those of the underlying writer.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, event)?;
        self.out.write_all(b"\n")
    }

    /// Flushes, so that what was written can be read even if this program crashes next.
    ///
    /// # Errors
    ///
    /// Those of flushing the underlying writer.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Flushes, and returns the underlying writer.
    ///
    /// # Errors
    /// Those of flushing the underlying writer.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A timeline that was read, and whether its end was missing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// Everything readable.
    pub timeline: Timeline,
    /// A last line that was cut short, as a killed recorder leaves it. Any other damage is an
    /// error.
    pub truncated: Option<Problem>,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Problem {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Why a timeline could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file is empty.
    #[error("an empty file is not a timeline: its first line must be a header like {{\"v\":1}}")]
    Empty,
    /// The first line is not a header.
    #[error("line 1: not a timeline header ({why}); it must be an object with \"v\":1")]
    Header {
        /// What is wrong with it.
        why: String,
    },
    /// Written in a version of the format that this crate does not read.
    #[error("line 1: timeline version {found}; this program reads version {VERSION}")]
    Version {
        /// The version found.
        found: u64,
    },
    /// A line after the header is not an event.
    #[error(transparent)]
    Line(Problem),
    /// The file itself could not be read.
    #[error("line {line}: {source}")]
    Io {
        /// Line number, from 1.
        line: usize,
        /// Why.
        source: io::Error,
    },
}

#[derive(Deserialize)]
struct Version {
    v: u64,
}

/// Reads a whole timeline. Unknown fields and empty lines are ignored.
///
/// # Errors
/// If the first line is not a header of [`VERSION`], if a later line is not an event (a last line
/// cut short is no error: see [`Reading::truncated`]), or if `input` cannot be read.
pub fn read(mut input: impl BufRead) -> Result<Reading, ReadError> {
    let mut text = Vec::new();
    if read_line(&mut input, &mut text, 1)? == 0 {
        return Err(ReadError::Empty);
    }
    let mut timeline = Timeline { header: read_header(&text)?, events: Vec::new() };
    for line in 2.. {
        if read_line(&mut input, &mut text, line)? == 0 {
            break;
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&text) {
            Ok(event) => timeline.events.push(event),
            Err(error) => {
                let problem = Problem { line, why: error.to_string() };
                let cut_short = error.is_eof() && !text.ends_with(b"\n");
                if !cut_short {
                    return Err(ReadError::Line(problem));
                }
                return Ok(Reading { timeline, truncated: Some(problem) });
            }
        }
    }
    Ok(Reading { timeline, truncated: None })
}

fn read_line(
    input: &mut impl BufRead,
    text: &mut Vec<u8>,
    line: usize,
) -> Result<usize, ReadError> {
    text.clear();
    input.read_until(b'\n', text).map_err(|source| ReadError::Io { line, source })
}

/// Checks the version by itself first: in an unknown version, everything else may have changed.
fn read_header(text: &[u8]) -> Result<Header, ReadError> {
    let wrong = |error: serde_json::Error| ReadError::Header { why: error.to_string() };
    let Version { v } = serde_json::from_slice(text).map_err(wrong)?;
    if v != VERSION {
        return Err(ReadError::Version { found: v });
    }
    serde_json::from_slice(text).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Notice, Place, What};

    fn written(timeline: &Timeline) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &timeline.header).unwrap();
        for event in &timeline.events {
            writer.write(event).unwrap();
        }
        writer.finish().unwrap()
    }

    fn sample() -> Timeline {
        let what = What::from(Notice::IoUring);
        let place = Place { host: None, process: 7, thread: 7 };
        let events =
            (0..3).map(|seq| Event { seq, at: seq, place: place.clone(), what: what.clone() });
        Timeline { header: Header::default(), events: events.collect() }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn any_cut_keeps_the_events_before_it(cut in 0usize..400) {
            let whole = written(&sample());
            let cut = cut.min(whole.len());
            let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
            if let Ok(reading) = read(&whole[..cut]) {
                prop_assert!(reading.timeline.events.len() >= lines.saturating_sub(1));
            } else {
                prop_assert_eq!(lines, 0);
            }
        }

        #[test]
        fn garbage_causes_no_panic(garbage: Vec<u8>) {
            let _ = read(garbage.as_slice());
        }
    }

    /// The strategies for this many types need more stack than a test thread has.
    #[test]
    fn any_timeline_survives_a_round_trip() {
        let check = || {
            let config = ProptestConfig { cases: 64, ..ProptestConfig::default() };
            let timelines = (any::<Header>(), prop::collection::vec(any::<Event>(), 0..8));
            let mut runner = proptest::test_runner::TestRunner::new(config);
            let done = runner.run(&timelines, |(header, events)| {
                let timeline = Timeline { header, events };
                let reading = read(written(&timeline).as_slice()).unwrap();
                prop_assert_eq!(reading.truncated, None);
                prop_assert_eq!(reading.timeline, timeline);
                Ok(())
            });
            done.map_err(|failure| failure.to_string())
        };
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(check).unwrap();
        thread.join().unwrap().unwrap();
    }

    #[test]
    fn unknown_fields_are_ignored_and_unknown_versions_refused() {
        let text = b"{\"v\":1,\"made_by\":\"x\",\"later\":[1]}\n\
            {\"seq\":0,\"at\":5,\"place\":{\"process\":1,\"thread\":1,\"cpu\":3},\
             \"notice\":{\"kind\":\"io_uring\",\"depth\":8},\"tags\":{}}\n";
        let reading = read(text.as_slice()).unwrap();
        assert_eq!(reading.timeline.events.len(), 1);
        let error = read(b"{\"v\":2}\n".as_slice()).unwrap_err();
        assert_eq!(error.to_string(), "line 1: timeline version 2; this program reads version 1");
    }

    #[test]
    fn the_error_for_a_broken_line_has_its_number() {
        let mut text = written(&sample());
        text.extend_from_slice(b"{\"seq\":\"no\"}\n");
        let error = read(text.as_slice()).unwrap_err().to_string();
        assert!(error.starts_with("line 5: "), "{error}");
    }

    #[test]
    fn a_cut_last_line_is_reported() {
        let text = written(&sample());
        let reading = read(&text[..text.len() - 9]).unwrap();
        assert_eq!(reading.timeline.events.len(), 2);
        assert_eq!(reading.truncated.unwrap().line, 4);
    }
}
