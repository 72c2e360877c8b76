//! The file format: one JSON object per line, the header first.

mod foreign;
mod line;
mod read;
mod sockets;
mod write;

use std::io;

pub use foreign::Foreign;
pub use read::{Lines, read};
pub use write::Writer;

use crate::Timeline;

/// The version this crate writes. It reads version 1 too.
pub const VERSION: u64 = 2;

/// A timeline that was read, and whether its end was missing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// Everything readable.
    pub timeline: Timeline,
    /// The place where the file ends too early: a line cut short, or no last line that says that
    /// nothing is missing, as a killed recorder leaves it. Any other damage is an error.
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
    #[error("an empty file is not a timeline: its first line must be a header like {{\"v\":2}}")]
    Empty,
    /// The file is of another kind.
    #[error("this is a file of another kind ({kind}), not a timeline")]
    Foreign {
        /// Which.
        kind: Foreign,
    },
    /// The first line is not a header.
    #[error("line 1: not a timeline header ({why}); it must be an object with \"v\":2")]
    Header {
        /// What is wrong with it.
        why: String,
    },
    /// Written in a version of the format that this crate does not read.
    #[error("line 1: timeline version {found}; this program reads versions 1 to {VERSION}")]
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Event, Header, Notice, Place, What};

    fn written(timeline: &Timeline) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &timeline.header).unwrap();
        for event in &timeline.events {
            writer.write(event).unwrap();
        }
        writer.finish().unwrap()
    }

    fn sample() -> Timeline {
        let what = What::from(Notice::IoUring { sure: true });
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
                prop_assert!(reading.timeline.events.len() >= lines.saturating_sub(1).min(3));
                prop_assert_eq!(reading.truncated.is_some(), cut < whole.len() - 1);
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
        let version_1 = b"{\"v\":1,\"made_by\":\"x\",\"later\":[1]}\n\
            {\"seq\":0,\"at\":5,\"place\":{\"process\":1,\"thread\":1,\"cpu\":3},\
             \"notice\":{\"kind\":\"io_uring\",\"depth\":8},\"tags\":{}}\n";
        let version_2 = b"{\"v\":2,\"made_by\":\"x\",\"later\":[1]}\n\
            {\"at\":5,\"place\":1,\"places\":{\"1\":{\"process\":1,\"thread\":1,\"cpu\":3}},\
             \"notice\":{\"kind\":\"io_uring\",\"depth\":8},\"tags\":{}}\n\
            {\"at\":6,\"place\":1,\"call\":{\"name\":\"listen\",\"args\":{\"kind\":\"listen\",\
             \"backlog\":5,\"x\":1},\"value\":0,\"cpu\":3}}\n";
        let [old, new] = [&version_1[..], version_2].map(|text| read(text).unwrap().timeline);
        assert_eq!((old.events.len(), new.events.len()), (1, 2));
        assert_eq!(old.events[0], new.events[0]);
        for unknown in ["0", "3", "99"] {
            let error = read(format!("{{\"v\":{unknown}}}\n").as_bytes()).unwrap_err();
            let expected =
                format!("line 1: timeline version {unknown}; this program reads versions 1 to 2");
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn what_no_line_has_defined_is_named() {
        let text = b"{\"v\":2}\n{\"at\":5,\"place\":7,\"notice\":{\"kind\":\"io_uring\"}}\n";
        let error = read(text.as_slice()).unwrap_err().to_string();
        assert!(error.contains("line 2: place 7 is not defined"), "{error}");
    }

    #[test]
    fn the_error_for_a_broken_line_has_its_number() {
        let mut text = written(&sample());
        text.extend_from_slice(b"{\"seq\":\"no\"}\n");
        let error = read(text.as_slice()).unwrap_err().to_string();
        assert!(error.starts_with("line 6: "), "{error}");
    }

    #[test]
    fn a_cut_last_line_is_reported() {
        let text = written(&sample());
        let end = text.len() - b"{\"end\":3}\n".len();
        let reading = read(&text[..end - 9]).unwrap();
        assert_eq!(reading.timeline.events.len(), 2);
        assert_eq!(reading.truncated.unwrap().line, 4);
        // All events are there, but a recorder that was killed may have seen more.
        for length in [end, end + 5] {
            let reading = read(&text[..length]).unwrap();
            assert_eq!(reading.timeline.events.len(), 3);
            assert_eq!(reading.truncated.unwrap().line, 5);
        }
        assert_eq!(read(text.as_slice()).unwrap().truncated, None);
    }
}
