//! What to draw.

use std::collections::BTreeSet;

use crate::words::Words;

/// How a ladder is made from a timeline.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much to show.
    pub detail: Detail,
    /// Which column stands where.
    pub order: ColumnOrder,
    /// The language.
    pub words: Words,
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
            words: Words::default(),
            keep: BTreeSet::new(),
            wait_from: 5_000_000,
            fold: true,
        }
    }
}

/// How much of what happened is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
pub enum ColumnOrder {
    /// Who connects stands left of whom it connects to, as textbooks draw it.
    #[default]
    ClientsFirst,
    /// As the recording lists its commands.
    AsRecorded,
}

impl Options {
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
