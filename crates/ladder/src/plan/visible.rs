//! Which events are drawn.

use std::collections::HashMap;

use socklab_event::{Exit, Process, What};
use socklab_flows::{Flows, Position};

use super::cast::Cast;
use super::notable::Notable;
use crate::options::{Detail, Options};

/// The events to draw, and counts of those left out.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// The positions of the events to draw, in order.
    pub(crate) shown: Vec<Position>,
    /// Number of calls that only set up or query.
    pub(crate) hidden: u64,
    /// Number of frames that only acknowledge.
    pub(crate) bare_acks: u64,
    /// The first call of each name lookup, which stands for all its calls, and the lookup's index.
    pub(crate) lookups: HashMap<Position, usize>,
}

/// Chooses the events to draw.
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
                visible.shown.extend(cast.lane(&event.place).map(|_| at));
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
                let drawn = keep || options.detail == Detail::All;
                visible.shown.extend(drawn.then_some(at));
            }
            _ => {}
        }
    }
    visible.lookups = notable.lookups;
    visible
}

fn is_worth_a_row(process: &Process, alone: bool, options: &Options) -> bool {
    match process {
        Process::Exit { status: Exit::Code(0) } => alone || options.detail == Detail::All,
        Process::Exit { .. } | Process::Stdio { .. } | Process::Signal { .. } => true,
        Process::Stopped { .. } | Process::Released | Process::EndedByRecorder { .. } => true,
        Process::Exec { .. } | Process::Continued => options.detail == Detail::All,
        _ => false,
    }
}
