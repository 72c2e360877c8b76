//! Which events are worth a row.

use std::collections::HashMap;

use socklab_event::{Exit, Process, What};
use socklab_flows::{Flows, Position};

use super::cast::Cast;
use super::notable::Notable;
use crate::options::{Detail, Options};

/// The events to draw, and what was left out.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// In order.
    pub(crate) shown: Vec<Position>,
    /// Calls that only set up or enquire.
    pub(crate) hidden: u64,
    /// Frames that only acknowledge.
    pub(crate) bare_acks: u64,
    /// The first call of each name look-up, which stands for all of its calls.
    pub(crate) lookups: HashMap<Position, usize>,
}

/// Sorts the events into drawn and not drawn.
pub(crate) fn choose(
    flows: &Flows<'_>,
    notable: Notable,
    cast: &Cast,
    options: &Options,
) -> Visible {
    let mut visible = Visible::default();
    for (at, event) in flows.order.iter().enumerate() {
        let keep = options.keep.contains(&event.seq);
        match &event.what {
            What::Call(_) if notable.has(at) => {
                if cast.lane(&event.place).is_some() {
                    visible.shown.push(at);
                }
            }
            What::Call(_) if notable.in_lookups.contains(&at) => {}
            What::Call(call) => visible.hidden += u64::from(!call.implicit),
            What::Process(process) => {
                let alone = cast.process_tag(event.place.process).is_none();
                let drawn = cast.lane(&event.place).is_some();
                if drawn && (keep || is_worth_a_row(process, alone, options)) {
                    visible.shown.push(at);
                }
            }
            What::Frame(_) => {
                let bare_ack = flows.frames.flow(at).is_some_and(|flow| flow.bare_ack);
                if keep || options.detail == Detail::All || !bare_ack {
                    visible.shown.push(at);
                } else {
                    visible.bare_acks += 1;
                }
            }
            What::State(_) => {
                if keep || options.detail == Detail::All {
                    visible.shown.push(at);
                }
            }
            What::Notice(_) => {}
        }
    }
    visible.lookups = notable.lookups;
    visible
}

fn is_worth_a_row(process: &Process, alone: bool, options: &Options) -> bool {
    match process {
        Process::Exit { status: Exit::Code(0) } => alone || options.detail == Detail::All,
        Process::Exit { .. } | Process::Stdio { .. } | Process::Signal { .. } => true,
        Process::Stopped { .. } | Process::Released => true,
        Process::Start { .. } | Process::Ready { .. } => false,
        Process::Exec { .. } | Process::Continued => options.detail == Detail::All,
    }
}
