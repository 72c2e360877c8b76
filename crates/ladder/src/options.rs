//! What to draw.

use std::collections::BTreeSet;

use socklab_filter::Filter;
use socklab_say::Speaker;

use crate::times::Times;

/// How a ladder is made from a timeline.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How much to show.
    pub detail: Detail,
    /// The order of the columns.
    pub order: ColumnOrder,
    /// The speaker: the language of all texts, numbers and durations.
    pub speaker: Speaker,
    /// Events, by `seq`, that are never hidden and never folded: the evidence of an explanation or
    /// a verdict.
    pub keep: BTreeSet<u64>,
    /// A call that takes at least this long while something else happens is drawn as waiting
    /// (nanoseconds). Recording can delay a program by some milliseconds, so smaller values show
    /// waits that are not the program's own.
    pub wait_from: u64,
    /// Whether repetitions are folded into one row.
    pub fold: bool,
    /// What the footer says if no packets were recorded; by default only that. Whoever made the
    /// recording may know how to get them, or why there are none.
    pub no_packets: Option<String>,
    /// Whether the reader can have everything drawn with `--all`: only then do texts name it.
    pub offers_all: bool,
    /// What the times beside the rows are.
    pub times: Times,
    /// Whether the calls say how long they took, where nothing else does.
    pub durations: bool,
    /// Which events are drawn, also of those in [`keep`](Self::keep). The other end of a message that
    /// fits is drawn as well. What is left out is counted in the footer.
    pub filter: Option<Filter>,
    /// Whether the calls say which line of source made them, where it is known and there is room.
    pub lines: bool,
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
            no_packets: None,
            offers_all: false,
            times: Times::default(),
            durations: false,
            filter: None,
            lines: true,
        }
    }
}

/// How much of a timeline is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// What advances a conversation: no socket options, no queries, no bare ACKs. The footer says
    /// how many were left out.
    #[default]
    Essential,
    /// Everything.
    All,
}

/// The order of the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnOrder {
    /// Clients stand left of their servers, as in textbooks.
    #[default]
    ClientsFirst,
    /// In the order of the recording's commands.
    AsRecorded,
}

impl Options {
    /// The defaults, in the language of `speaker`.
    pub fn new(speaker: Speaker) -> Self {
        Self { speaker, ..Self::default() }
    }

    /// Sets how much to show.
    pub fn detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// Sets the order of the columns.
    pub fn order(self, order: ColumnOrder) -> Self {
        Self { order, ..self }
    }

    /// Sets the events, by `seq`, that are never hidden and never folded.
    pub fn keep(self, seqs: impl IntoIterator<Item = u64>) -> Self {
        Self { keep: seqs.into_iter().collect(), ..self }
    }

    /// Sets how long a call must take to be drawn as waiting.
    pub fn wait_from(self, nanoseconds: u64) -> Self {
        Self { wait_from: nanoseconds, ..self }
    }

    /// Sets what the footer says if no packets were recorded.
    pub fn no_packets(self, sentence: impl Into<String>) -> Self {
        Self { no_packets: Some(sentence.into()), ..self }
    }

    /// Sets whether the reader can have everything drawn with `--all`.
    pub fn offers_all(self, offers_all: bool) -> Self {
        Self { offers_all, ..self }
    }

    /// Sets what the times beside the rows are.
    pub fn times(self, times: Times) -> Self {
        Self { times, ..self }
    }

    /// Sets whether the calls say how long they took.
    pub fn durations(self, durations: bool) -> Self {
        Self { durations, ..self }
    }

    /// Sets which events are drawn.
    pub fn filter(self, filter: Option<Filter>) -> Self {
        Self { filter, ..self }
    }

    /// Sets whether the calls say which line of source made them.
    pub fn lines(self, lines: bool) -> Self {
        Self { lines, ..self }
    }

    /// Sets whether repetitions are folded.
    pub fn fold(self, fold: bool) -> Self {
        Self { fold, ..self }
    }

    /// True if a call took long enough to count as waiting. Calls that start something rarely wait,
    /// and are delayed most by the recording itself, so they must take longer.
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
