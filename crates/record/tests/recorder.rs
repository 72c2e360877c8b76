//! For any events in any order: numbers have no gaps, each collector's order is preserved, the
//! limits hold, and the stream contains the same events as the timeline.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use socklab_event::{Bytes, Event, Header, Place, Process, Stream};
use socklab_record::{Collector, Limits, Recorder};

/// An event of a collector: the collector's number, its own counter, and a message.
fn event(collector: u32, counter: u32, bytes: usize) -> Event {
    let place = Place { host: None, process: collector, thread: counter };
    let bytes = Bytes::whole(vec![b'x'; bytes]);
    let what = Process::Stdio { stream: Stream::Stdout, bytes }.into();
    Event { seq: 99, at: u64::from(counter), place, what }
}

fn payload(event: &Event) -> usize {
    match event.process() {
        Some(Process::Stdio { bytes, .. }) => bytes.sample.len(),
        _ => 0,
    }
}

fn is_dense(events: &[Event]) -> bool {
    events.iter().zip(0..).all(|(event, seq)| event.seq == seq)
}

/// True if each collector's counter increases from one of its events to the next.
fn keeps_the_order_of_each(events: &[Event], collectors: u32) -> bool {
    (0..collectors).all(|collector| {
        let mut own = events.iter().filter(|event| event.place.process == collector);
        own.by_ref().map(|event| event.place.thread).is_sorted_by(|a, b| a < b)
    })
}

/// A file that can be read while it is written, and that is full after `room` bytes.
#[derive(Clone, Default)]
struct Shared {
    bytes: Arc<Mutex<Vec<u8>>>,
    room: Option<usize>,
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.bytes.lock().expect("no panic");
        if self.room.is_some_and(|room| all.len() + bytes.len() > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    fn lines(&self) -> usize {
        self.bytes.lock().expect("no panic").iter().filter(|byte| **byte == b'\n').count()
    }

    fn read(&self) -> Vec<Event> {
        let bytes = self.bytes.lock().expect("no panic");
        let reading = socklab_event::read(bytes.as_slice()).expect("a timeline");
        assert_eq!(reading.truncated, None);
        reading.timeline.events
    }
}

proptest! {
    #[test]
    fn any_interleaving_is_numbered_and_kept(
        hands in prop::collection::vec((0_u32..4, 0_usize..100), 0..60),
    ) {
        let mut recorder = Recorder::new(Header::default(), Limits::none());
        let file = Shared::default();
        recorder.stream_to(file.clone(), |_| {}).unwrap();
        for (counter, (collector, bytes)) in (0..).zip(&hands) {
            prop_assert!(recorder.add(event(*collector, counter, *bytes)));
        }
        let finished = recorder.finish();
        let events = finished.timeline.events;
        prop_assert!(finished.stream_errors.iter().all(Option::is_none));
        prop_assert_eq!(events.len(), hands.len());
        prop_assert!(is_dense(&events) && keeps_the_order_of_each(&events, 4));
        prop_assert_eq!(file.read(), events);
    }

    #[test]
    fn bounds_hold(
        sizes in prop::collection::vec(0_usize..500, 0..80),
        most in 1_usize..50,
        bytes in 0_usize..5_000,
    ) {
        let limits = Limits::none().events(most).payload(bytes).drop_when_full();
        let mut recorder = Recorder::new(Header::default(), limits);
        for (counter, size) in (0..).zip(&sizes) {
            let room = recorder.add(event(0, counter, *size));
            prop_assert_eq!(room, !recorder.is_full());
        }
        let events = recorder.events();
        prop_assert!(events.len() <= most);
        // All events but the last, which may exceed the limit, are within it.
        let within: usize = events.iter().rev().skip(1).map(payload).sum();
        prop_assert!(within <= bytes);
        // And nothing is dropped before a limit is reached.
        let reached = events.len() == most || events.iter().map(payload).sum::<usize>() > bytes;
        prop_assert!(reached || events.len() == sizes.len());
        prop_assert_eq!(recorder.is_full(), reached);
    }

    #[test]
    fn messages_are_shortened_only_when_there_are_many(
        sizes in prop::collection::vec(0_usize..500, 0..80),
        after in 0_usize..5_000,
        beginning in 0_usize..100,
    ) {
        let limits = Limits::none().shorten_messages(after, beginning);
        let mut recorder = Recorder::new(Header::default(), limits);
        let mut before = 0;
        for (counter, size) in (0..).zip(&sizes) {
            recorder.add(event(0, counter, *size));
            let kept = recorder.events().last().map_or(0, payload);
            prop_assert_eq!(kept, if before > after { beginning.min(*size) } else { *size });
            before += kept;
        }
    }
}

/// Waits until the file has that many lines.
fn await_lines(file: &Shared, lines: usize) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while file.lines() < lines {
        assert!(Instant::now() < deadline, "{} of {lines} lines", file.lines());
        thread::yield_now();
    }
}

#[test]
fn events_are_written_soon_although_nothing_follows() {
    let mut recorder = Recorder::new(Header::default(), Limits::none()).only_stream();
    let file = Shared::default();
    recorder.stream_to(file.clone(), |_| {}).unwrap();
    assert_eq!(file.lines(), 1, "the header is written at once");
    for counter in 0..3 {
        recorder.add(event(0, counter, 3));
        await_lines(&file, 2 + counter as usize);
    }
    assert!(recorder.events().is_empty(), "nothing is kept in memory");
    // Given up without an end, as by an error: what was recorded is there.
    recorder.add(event(0, 3, 3));
    drop(recorder);
    assert_eq!(file.lines(), 5);
}

#[test]
fn a_full_disk_ends_the_stream_and_not_the_recording() {
    let mut recorder = Recorder::new(Header::default(), Limits::none());
    let file = Shared { room: Some(1000), ..Shared::default() };
    let told = Arc::new(Mutex::new(Vec::new()));
    let tells = Arc::clone(&told);
    let on_error = move |error: &io::Error| tells.lock().unwrap().push(error.kind());
    recorder.stream_to(file.clone(), on_error).unwrap();
    for counter in 0..50 {
        assert!(recorder.add(event(0, counter, 10)));
    }
    let finished = recorder.finish();
    assert_eq!(*told.lock().unwrap(), [io::ErrorKind::StorageFull], "told once");
    assert_eq!(finished.timeline.events.len(), 50);
    let errors = finished.stream_errors.into_iter().flatten().map(|error| error.kind());
    assert_eq!(errors.collect::<Vec<_>>(), [io::ErrorKind::StorageFull]);
}

#[test]
fn a_stream_that_begins_late_includes_earlier_events() {
    let mut recorder = Recorder::new(Header::default(), Limits::none());
    recorder.add(event(0, 0, 3));
    let file = Shared::default();
    recorder.stream_to(file.clone(), |_| {}).unwrap();
    recorder.add(event(0, 1, 3));
    let nowhere = Shared { room: Some(0), ..Shared::default() };
    assert!(recorder.stream_to(nowhere, |_| {}).is_err());
    assert_eq!(recorder.finish().timeline.events, file.read());
}

#[test]
fn a_redacting_recorder_redacts_file_and_timeline() {
    let mut recorder = Recorder::new(Header::default(), Limits::none()).redacting();
    let file = Shared::default();
    recorder.stream_to(file.clone(), |_| {}).unwrap();
    recorder.add(event(0, 0, 30));
    let events = recorder.finish().timeline.events;
    assert_eq!(events.iter().map(payload).sum::<usize>(), 0);
    assert_eq!(file.read(), events);
}

#[test]
fn threads_record_into_one_timeline() {
    const EACH: u32 = 500;
    let collector = Collector::new(Recorder::new(Header::default(), Limits::none()));
    thread::scope(|scope| {
        for own in 0..4 {
            let collector = collector.clone();
            scope.spawn(move || {
                for counter in 0..EACH {
                    assert!(collector.add(event(own, counter, 1)));
                }
            });
        }
    });
    assert!(!collector.is_full());
    let events = collector.finish().expect("nobody else finished it").timeline.events;
    assert_eq!(events.len(), 4 * EACH as usize);
    assert!(is_dense(&events) && keeps_the_order_of_each(&events, 4));
    assert!(!collector.add(event(0, 0, 1)), "the recording is over");
    assert!(collector.finish().is_none());
}
