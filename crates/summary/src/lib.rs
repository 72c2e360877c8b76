//! A recording in figures: which connections there were, how much they carried, how long they took
//! and how they ended; who listened and whom it accepted; and the time that each program spent in
//! each call, as `strace -c` tells it.
//!
//! [`Summary::of`] counts what [`Flows`](socklab_flows::Flows) knows; nothing is found out here a
//! second time. The result is plain data, which can be serialised, and [`Summary::to_text`] writes it
//! for a terminal. Everything here is pure.
//!
//! ```
//! use socklab_event::Timeline;
//! use socklab_flows::Flows;
//! use socklab_say::Speaker;
//! use socklab_summary::{Summary, TextStyle};
//!
//! let timeline = Timeline::default();
//! let summary = Summary::of(&Flows::of(&timeline));
//! assert!(summary.conversations.is_empty());
//! assert!(summary.to_text(Speaker::ENGLISH, TextStyle::new(80)).contains("No socket call"));
//! ```
#![forbid(unsafe_code)]

mod alike;
mod attempts;
mod calls;
mod caveats;
mod conversations;
mod ending;
mod listeners;
mod model;
mod table;
mod text;
mod words;

use socklab_flows::Flows;

pub use model::{
    CallCount, CallError, Carried, Caveat, Conversation, Ending, FailedConnect, FrameCount, Gap,
    How, Listener, Mention, Party, Problem, Program, Summary,
};
pub use text::TextStyle;
pub use words::{Arrows, Line, Remark, Table, Told};

impl Summary {
    /// Counts what a recording shows. Problems are added by [`Summary::problem`].
    pub fn of(flows: &Flows<'_>) -> Self {
        let origin = flows.order.first().map_or(0, |first| first.at);
        let end = flows.order.last().map_or(origin, |last| last.at);
        Self {
            unfiltered: false,
            problems: Vec::new(),
            lasted: end - origin,
            conversations: conversations::of(flows, origin),
            failed_connects: attempts::of(flows, origin),
            listeners: listeners::of(flows),
            programs: calls::of(flows),
            frames: conversations::all_frames(flows),
            caveats: caveats::of(flows),
        }
    }

    /// Adds what went wrong: a sentence and the event that it belongs to, by `seq`.
    pub fn problem(&mut self, flows: &Flows<'_>, seq: u64, text: String) {
        let origin = flows.order.first().map_or(0, |first| first.at);
        let at = flows.order.iter().position(|event| event.seq == seq);
        let at_event = at.map(|at| Mention::of(flows, at, origin));
        self.problems.push(Problem { text, event: at_event });
    }
}
