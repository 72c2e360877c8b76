//! Writes a recording to a file while it grows.
//!
//! A write for every event would cost more than recording it. So events are collected, and a thread
//! writes what there is [`DELAY`] after the first of them; a program that does much fills
//! [`CAPACITY`] sooner, and then they are written at once. If this process is killed, nothing older
//! than the delay is missing.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socklab_event::{Event, Header, Writer};

/// How long an event may wait to be written.
const DELAY: Duration = Duration::from_millis(50);

/// How many bytes may wait to be written.
const CAPACITY: usize = 64 << 10;

/// What is done about an error that ends a stream.
pub(crate) type OnError = Box<dyn FnMut(&io::Error) + Send>;

/// Writes events, until the first error.
pub(crate) struct Stream {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    failed: AtomicBool,
    written: Arc<AtomicU64>,
    /// Of these, the bytes of frames.
    of_frames: AtomicU64,
}

struct State {
    writer: Option<Writer<Counted>>,
    on_error: OnError,
    error: Option<io::Error>,
    /// There are events to write.
    waiting: bool,
    over: bool,
}

/// Counts the bytes written, or about to be.
struct Counted {
    out: BufWriter<Box<dyn Write + Send>>,
    written: Arc<AtomicU64>,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.written.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Stream {
    /// Writes the header, and starts the thread.
    pub(crate) fn new(
        out: Box<dyn Write + Send>,
        on_error: OnError,
        header: &Header,
    ) -> io::Result<Self> {
        let written = Arc::new(AtomicU64::new(0));
        let out = BufWriter::with_capacity(CAPACITY, out);
        let out = Counted { out, written: Arc::clone(&written) };
        let mut writer = Writer::new(out, header)?;
        writer.flush()?;
        let state =
            State { writer: Some(writer), on_error, error: None, waiting: false, over: false };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
            failed: AtomicBool::new(false),
            written,
            of_frames: AtomicU64::new(0),
        });
        let writes = Arc::clone(&shared);
        let thread = thread::Builder::new().name("recording".to_owned());
        let thread = thread.spawn(move || writes.write_what_waits())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(crate) fn write(&self, event: &Event) {
        if self.has_failed() {
            return;
        }
        let mut state = self.shared.lock();
        let before = self.shared.written.load(Ordering::Relaxed);
        let done = state.writer.as_mut().map_or(Ok(()), |writer| writer.write(event));
        if event.frame().is_some() {
            // Nobody else writes while the state is locked.
            let after = self.shared.written.load(Ordering::Relaxed);
            self.shared.of_frames.fetch_add(after - before, Ordering::Relaxed);
        }
        self.shared.note(&mut state, done);
        if !state.waiting {
            state.waiting = true;
            self.shared.changed.notify_one();
        }
    }

    /// How many bytes have been written, those of frames aside.
    pub(crate) fn written(&self) -> u64 {
        self.shared.written.load(Ordering::Relaxed).saturating_sub(self.written_of_frames())
    }

    /// How many bytes of frames have been written.
    pub(crate) fn written_of_frames(&self) -> u64 {
        self.shared.of_frames.load(Ordering::Relaxed)
    }

    /// True once an error has ended the stream.
    pub(crate) fn has_failed(&self) -> bool {
        self.shared.failed.load(Ordering::Acquire)
    }

    /// Writes the rest. Returns the error that ended the stream, if one did.
    pub(crate) fn finish(mut self) -> Option<io::Error> {
        self.stop();
        let mut state = self.shared.lock();
        if let (Some(writer), None) = (state.writer.take(), &state.error) {
            let done = writer.finish().map(drop);
            self.shared.note(&mut state, done);
        }
        state.error.take()
    }

    fn stop(&mut self) {
        self.shared.lock().over = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It ends by a panic only in `on_error`, and what it had to write is written below.
            let _ = thread.join();
        }
    }
}

impl Drop for Stream {
    /// A recording that is given up ends here, as if it had been cut off: what was recorded is
    /// written, without an end.
    fn drop(&mut self) {
        self.stop();
        let mut state = self.shared.lock();
        if let Some(mut writer) = state.writer.take() {
            let _ = writer.flush();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // After a panic in the middle of an event, that event is cut off, as after a crash.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread does.
    fn write_what_waits(&self) {
        let mut state = self.lock();
        loop {
            while !state.waiting && !state.over {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.over {
                return;
            }
            let pause = self.changed.wait_timeout_while(state, DELAY, |state| !state.over);
            state = pause.unwrap_or_else(PoisonError::into_inner).0;
            state.waiting = false;
            let done = state.writer.as_mut().map_or(Ok(()), Writer::flush);
            self.note(&mut state, done);
        }
    }

    fn note(&self, state: &mut State, done: io::Result<()>) {
        if let (Err(error), None) = (done, &state.error) {
            self.failed.store(true, Ordering::Release);
            (state.on_error)(&error);
            state.error = Some(error);
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("written", &self.written()).finish_non_exhaustive()
    }
}
