//! The text of a fold: how often, how much data, until when.

use socklab_event::Call;
use socklab_flows::{Flows, Position};
use socklab_say::{Speaker, count, duration, say};

use super::fold::{Fold, FoldKind};
use super::served::Served;
use crate::label::{Label, PartKind};

/// The facts of a fold.
#[derive(Debug)]
pub(crate) struct Band {
    kind: FoldKind,
    served: Served,
    /// Bytes sent.
    moved: u64,
    /// When the last event ended, nanoseconds of `CLOCK_MONOTONIC`.
    until: u64,
}

impl Band {
    /// Collects the facts of a fold whose last event is at `last`.
    pub(crate) fn of(flows: &Flows<'_>, fold: &Fold, last: Position) -> Self {
        let calls = fold.members.iter().filter_map(|at| flows.call(*at));
        let moved = calls.filter_map(Call::sent).fold(0u64, u64::saturating_add);
        let end = flows.order[last];
        let until = end.call().map_or(end.at, |call| call.ended);
        Self { kind: fold.kind, served: fold.served, moved, until }
    }

    /// Merges a fold that would stand right below; `None` if it says something else.
    pub(crate) fn merge(&mut self, below: &Self) -> Option<()> {
        let (FoldKind::Again(count), FoldKind::Again(more)) = (self.kind, below.kind) else {
            return None;
        };
        self.kind = FoldKind::Again(count + more);
        self.moved = self.moved.saturating_add(below.moved);
        self.until = self.until.max(below.until);
        Some(())
    }

    /// In words.
    pub(crate) fn label(&self, speaker: Speaker, origin: u64) -> Label {
        let text = match self.kind {
            FoldKind::Connections(n) => say!(speaker, "ladder-more-connections", n = count(n)),
            FoldKind::Sockets(n) => say!(speaker, "ladder-more-sockets", n = count(n)),
            FoldKind::Again(n) | FoldKind::Loop(_, n) => {
                say!(speaker, "ladder-more-like-this", n = count(n))
            }
            FoldKind::Ways(n, ways) => {
                say!(speaker, "ladder-more-ways", n = count(n), ways = count(ways))
            }
        };
        let mut label = Label::default().then(PartKind::Faint, text);
        let served = self.served.say(speaker);
        if !served.is_empty() {
            label = label.glue(PartKind::Faint, ",").then(PartKind::Faint, served);
        }
        if self.moved > 0 {
            let moved = say!(speaker, "ladder-in-all", n = count(self.moved));
            label = label.glue(PartKind::Faint, ",").then(PartKind::Faint, moved);
        }
        let until = duration(self.until.saturating_sub(origin));
        let until = say!(speaker, "ladder-until", time = until);
        label.glue(PartKind::Faint, ",").then(PartKind::Faint, until)
    }
}
