//! Limits on how much is recorded, and the decision what they allow.

/// Limits of a recording. By default there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    events: usize,
    payload: usize,
    size: u64,
    frames: u64,
    whole_messages: usize,
    beginning: usize,
    drop_when_full: bool,
}

/// How large a recording is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// How many events it has.
    pub events: usize,
    /// The bytes of its messages, lists and texts, whose size depends on what programs do.
    pub payload: usize,
    /// The bytes of memory or of a file that it takes, whichever is more.
    pub size: u64,
}

/// How much of the next event is recorded. Later ones are never recorded in more detail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Detail {
    /// All of it.
    #[default]
    Whole,
    /// All but the later bytes of its messages.
    Shortened,
    /// All but its messages, of which only the lengths are recorded.
    Lengths,
    /// As [`Detail::Lengths`]; but a call that neither fails nor changes its socket's state is only
    /// counted if the same was done on that socket before.
    Firsts,
    /// As [`Detail::Firsts`]; but any call is only counted if its process made one like it before.
    Fewest,
    /// Nothing: the recording is over.
    Nothing,
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
            size: u64::MAX,
            frames: u64::MAX,
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

    /// Beyond this many bytes the samples of messages are left out; beyond twice as many, calls that
    /// repeat earlier ones are counted instead of recorded; beyond three times as many, so are
    /// repeated failures and the calls of further sockets. The recording is never full because of
    /// it.
    ///
    /// Frames on the wire take nothing of it: they have as much again for themselves, or what
    /// [`Limits::frames`] says.
    pub const fn size(self, bytes: u64) -> Self {
        Self { size: bytes, frames: bytes, ..self }
    }

    /// Beyond this many bytes of frames their samples are left out, and beyond twice as many those
    /// that neither open nor end a connection are only counted. However many there are, calls are
    /// recorded as if there were none. Say it after [`Limits::size`].
    pub const fn frames(self, bytes: u64) -> Self {
        Self { frames: bytes, ..self }
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

    /// True once there are as many events, or as much payload, as may be recorded.
    pub fn are_reached(&self, used: Used) -> bool {
        used.events >= self.events || used.payload > self.payload
    }

    /// How much of the next event is recorded.
    pub fn detail(&self, used: Used) -> Detail {
        match times_beyond(used.size, self.size) {
            _ if self.drop_when_full && self.are_reached(used) => Detail::Nothing,
            0 if used.payload > self.whole_messages => Detail::Shortened,
            0 => Detail::Whole,
            1 => Detail::Lengths,
            2 => Detail::Firsts,
            _ => Detail::Fewest,
        }
    }

    /// How much of the next frame is recorded, if those before it took so many bytes.
    pub(crate) fn detail_of_frame(&self, used: Used, frames: u64) -> Detail {
        match times_beyond(frames, self.frames) {
            _ if self.drop_when_full && self.are_reached(used) => Detail::Nothing,
            0 => Detail::Whole,
            1 => Detail::Lengths,
            _ => Detail::Firsts,
        }
    }

    /// The first bytes of a message that are recorded when messages are shortened.
    pub(crate) fn beginning(&self) -> usize {
        self.beginning
    }

    /// The size beyond which this much detail is recorded.
    pub(crate) fn size_before(&self, detail: Detail) -> u64 {
        let times = match detail {
            Detail::Whole | Detail::Shortened => 0,
            Detail::Lengths => 1,
            Detail::Firsts => 2,
            Detail::Fewest | Detail::Nothing => 3,
        };
        self.size.saturating_mul(times)
    }
}

/// How many times `wanted` bytes are exceeded by `size` bytes.
fn times_beyond(size: u64, wanted: u64) -> u64 {
    match size.checked_sub(1) {
        Some(last) => last / wanted.max(1),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn detail_never_grows_with_the_recording(
            size in 1_u64..1000,
            (whole, payload, events) in (0_usize..1000, 0_usize..2000, 1_usize..1000),
            drop in any::<bool>(),
            steps in prop::collection::vec((0_usize..50, 0_u64..50), 1..200),
        ) {
            let mut limits =
                Limits::none().size(size).payload(payload).events(events).shorten_messages(whole, 8);
            if drop {
                limits = limits.drop_when_full();
            }
            let mut used = Used::default();
            let mut before = limits.detail(used);
            prop_assert_eq!(before, Detail::Whole);
            for (payload, more) in steps {
                used.events += 1;
                used.payload += payload;
                used.size += more;
                let now = limits.detail(used);
                prop_assert!(now >= before, "{:?} after {:?}", now, before);
                prop_assert!(limits.size_before(now) < used.size || now < Detail::Lengths
                    || now == Detail::Nothing);
                prop_assert_eq!(now == Detail::Nothing, drop && limits.are_reached(used));
                before = now;
            }
        }
    }

    #[test]
    fn a_size_has_three_steps() {
        let limits = Limits::none().size(100);
        let detail = |size| limits.detail(Used { size, ..Used::default() });
        assert_eq!([0, 1, 100].map(detail), [Detail::Whole; 3]);
        assert_eq!([101, 200].map(detail), [Detail::Lengths; 2]);
        assert_eq!([201, 300].map(detail), [Detail::Firsts; 2]);
        assert_eq!([301, u64::MAX].map(detail), [Detail::Fewest; 2]);
        let unlimited = Limits::none().detail(Used { size: u64::MAX, ..Used::default() });
        assert_eq!(unlimited, Detail::Whole);
    }
}
