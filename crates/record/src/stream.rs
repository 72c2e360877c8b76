//! Writes a recording to a file while it grows.

use std::fmt;
use std::io::{self, BufWriter, Write};

use socklab_event::{Event, Header, Writer};

/// Writes each event at once, until the first error.
pub(crate) struct Stream {
    /// The buffer combines the many small writes of one event; it is flushed after every event.
    writer: Writer<BufWriter<Box<dyn Write + Send>>>,
    error: Option<io::Error>,
}

impl Stream {
    /// Writes the header.
    pub(crate) fn new(out: Box<dyn Write + Send>, header: &Header) -> io::Result<Self> {
        let mut writer = Writer::new(BufWriter::new(out), header)?;
        writer.flush()?;
        Ok(Self { writer, error: None })
    }

    pub(crate) fn write(&mut self, event: &Event) {
        if self.error.is_none() {
            self.error = self.writer.write(event).and_then(|()| self.writer.flush()).err();
        }
    }

    /// The error that ended the stream, if one did.
    pub(crate) fn into_error(self) -> Option<io::Error> {
        self.error
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("error", &self.error).finish_non_exhaustive()
    }
}
