//! What to draw.

use std::collections::BTreeSet;

use socklab_say::Speaker;

/// How a ladder is made from a timeline.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How much to show.
    pub detail: Detail,
    /// Which column stands where.
    pub order: ColumnOrder,
    /// Who speaks: the language, and how it writes numbers and times.
    pub speaker: Speaker,
    /// Events that must be shown by themselves, never hidden and never folded: the evidence of
    /// an explanation or a verdict.
    pub keep: BTreeSet<u64>,
    /// A call that takes at least so long (nanoseconds) while others do something is drawn as
    /// waiting. Being recorded itself costs a program some milliseconds now and then.
    pub wait_from: u64,
    /// False draws every repetition.
    pub fold: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            detail: Detail::default(),
            order: ColumnOrder::default(),
            speaker: Speaker::default(),
            keep: BTreeSet::new(),
            wait_from: 5_000_000,
            fold: true,
        }
    }
}

/// How much of what happened is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// What moves a conversation on: no option setting, no enquiries, no bare ACKs. How many
    /// calls that leaves out stands in the footer.
    #[default]
    Essential,
    /// Everything.
    All,
}

/// Which column stands where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnOrder {
    /// Who connects stands left of whom it connects to, as textbooks draw it.
    #[default]
    ClientsFirst,
    /// As the recording lists its commands.
    AsRecorded,
}

impl Options {
    /// The usual drawing, in the language of `speaker`.
    pub fn new(speaker: Speaker) -> Self {
        Self { speaker, ..Self::default() }
    }

    /// Sets how much to show.
    pub fn detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// Sets which column stands where.
    pub fn order(self, order: ColumnOrder) -> Self {
        Self { order, ..self }
    }

    /// Sets which events, by `seq`, are neither hidden nor folded.
    pub fn keep(self, seqs: impl IntoIterator<Item = u64>) -> Self {
        Self { keep: seqs.into_iter().collect(), ..self }
    }

    /// Sets from how many nanoseconds on a call counts as waiting.
    pub fn wait_from(self, nanoseconds: u64) -> Self {
        Self { wait_from: nanoseconds, ..self }
    }

    /// Sets whether repetitions are folded.
    pub fn fold(self, fold: bool) -> Self {
        Self { fold, ..self }
    }

    /// True if a call took long enough to count as waiting. Sending and closing rarely wait, and
    /// suffer most from being recorded.
    pub(crate) fn waited(&self, call: &socklab_event::Call) -> bool {
        let begins_something = call.sends()
            || matches!(
                call.args,
                socklab_event::Args::Shutdown { .. }
                    | socklab_event::Args::Close
                    | socklab_event::Args::Socket { .. }
                    | socklab_event::Args::Bind { .. }
                    | socklab_event::Args::Listen { .. }
            );
        let from = if begins_something { self.wait_from.saturating_mul(6) } else { self.wait_from };
        call.took() >= from
    }
}
