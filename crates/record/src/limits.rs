//! Limits on how much is recorded.

/// Limits of a recording. By default there are none.
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
    /// No limits: everything is recorded in full.
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

    /// The recording is full when it has this many events.
    pub const fn events(self, events: usize) -> Self {
        Self { events, ..self }
    }

    /// The recording is full when its payload takes more bytes than this: the messages, lists and
    /// texts, whose size depends on what a program does.
    pub const fn payload(self, bytes: usize) -> Self {
        Self { payload: bytes, ..self }
    }

    /// The recording is full when it takes more bytes of memory than this, by estimate.
    pub const fn memory(self, bytes: usize) -> Self {
        Self { memory: bytes, ..self }
    }

    /// Once the payload exceeds `after` bytes, only the first `beginning` bytes of later messages
    /// are recorded.
    pub const fn shorten_messages(self, after: usize, beginning: usize) -> Self {
        Self { whole_messages: after, beginning, ..self }
    }

    /// Nothing more is recorded once the recording is full. Without this, events that are still
    /// added are recorded too, because they show how the programs ended.
    pub const fn drop_when_full(self) -> Self {
        Self { drop_when_full: true, ..self }
    }
}
