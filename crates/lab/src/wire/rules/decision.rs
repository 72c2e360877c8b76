//! What becomes of a frame.

use socklab_event::Name;

/// What the rules decided about one frame. The default is to let it through as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// It does not arrive; of the rest only [`resets`](Self::resets), [`released`](Self::released)
    /// and [`deaths`](Self::deaths) count then.
    pub dropped: bool,
    /// It arrives so many nanoseconds later than it would.
    pub delay: u64,
    /// So many copies of it arrive besides.
    pub copies: u32,
    /// What goes on in its place, if that is less.
    pub cut: Option<Vec<u8>>,
    /// These bytes of it are wrong.
    pub corruptions: Vec<Corruption>,
    /// It is kept under this number until a decision or [`Rules::due`](super::Rules::due) releases it.
    pub held: Option<Held>,
    /// These go on right after this frame (whether or not it arrives).
    pub released: Vec<Held>,
    /// These are sent right after this frame (or when it would have been).
    pub resets: Vec<Injected>,
    /// These hosts die now, after this frame. The rules themselves drop all frames from and to them.
    pub deaths: Vec<String>,
    pub(super) how: Vec<Name>,
    pub(super) rules: Vec<String>,
}

/// A frame that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Held(pub(super) u64);

/// A byte that arrives inverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Corruption {
    /// Which byte of the frame, from 0.
    pub offset: usize,
    /// True if the checksum is made right again afterwards.
    pub mend: bool,
}

/// A frame that nobody sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Injected {
    /// To whom it goes.
    pub towards: Towards,
    /// It, from its Ethernet header on, with all checksums.
    pub frame: Vec<u8>,
    /// The rule, as its author wrote it.
    pub rule: String,
}

/// To whom a frame goes that the wire sends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Towards {
    /// Back to who sent the frame that was decided about, as if from its receiver.
    Source,
    /// To its receiver, as if from its sender.
    Destination,
}

impl Decision {
    /// True if the frame arrives as it was sent, and nothing else happens.
    pub fn is_untouched(&self) -> bool {
        *self == Self::default()
    }

    /// What happened to a frame that was not dropped, in the words of
    /// [`Fate::Altered`](socklab_event::Fate::Altered): `delayed`, `duplicated`, `reordered`,
    /// `corrupted`, `cut`, `rate_limited`. Empty if nothing did.
    pub fn how(&self) -> &[Name] {
        &self.how
    }

    /// The rules that decided, as their authors wrote them.
    pub fn rule(&self) -> String {
        self.rules.join("; ")
    }

    /// Inverts the bytes that arrive wrong. Those to mend need their checksum computed afterwards.
    pub fn corrupt(&self, frame: &mut [u8]) {
        for one in &self.corruptions {
            if let Some(byte) = frame.get_mut(one.offset) {
                *byte = !*byte;
            }
        }
    }

    pub(super) fn note(&mut self, how: &'static str, rule: &str) {
        let how = Name::of(how);
        if !self.how.contains(&how) {
            self.how.push(how);
        }
        self.rules.push(rule.to_owned());
    }

    /// Dropped, by this rule alone.
    pub(super) fn drop_by(&mut self, rule: &str) {
        if self.dropped {
            self.rules.push(rule.to_owned());
            return;
        }
        let Self { released, resets, deaths, .. } = std::mem::take(self);
        let rules = vec![rule.to_owned()];
        *self = Self { dropped: true, released, resets, deaths, rules, ..Self::default() };
    }
}
