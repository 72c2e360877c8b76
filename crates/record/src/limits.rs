//! How much is recorded.

/// Bounds of a recording. There are none until they are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) events: usize,
    pub(crate) payload: usize,
    pub(crate) memory: usize,
    pub(crate) whole_messages: usize,
    pub(crate) beginning: usize,
    pub(crate) drop_when_full: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self::none()
    }
}

impl Limits {
    /// Everything is recorded, whole.
    pub const fn none() -> Self {
        const MOST: usize = usize::MAX;
        Self {
            events: MOST,
            payload: MOST,
            memory: MOST,
            whole_messages: MOST,
            beginning: MOST,
            drop_when_full: false,
        }
    }

    /// The recording is full when it has so many events.
    pub const fn events(self, events: usize) -> Self {
        Self { events, ..self }
    }

    /// The recording is full when its messages, lists and texts, all that grows with what a program
    /// sends and asks, take more bytes than this.
    pub const fn payload(self, bytes: usize) -> Self {
        Self { payload: bytes, ..self }
    }

    /// The recording is full when it takes more bytes of memory than this, as far as can be
    /// estimated.
    pub const fn memory(self, bytes: usize) -> Self {
        Self { memory: bytes, ..self }
    }

    /// Once the payload has more bytes than `after`, of later messages only the first `beginning`
    /// bytes are kept.
    pub const fn shorten_messages(self, after: usize, beginning: usize) -> Self {
        Self { whole_messages: after, beginning, ..self }
    }

    /// Nothing is recorded once the recording is full. Otherwise what is still handed over is
    /// recorded too: it tells how the programs ended.
    pub const fn drop_when_full(self) -> Self {
        Self { drop_when_full: true, ..self }
    }
}
