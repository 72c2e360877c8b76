//! The packets of the place, recorded beside what programs do.

use std::sync::Arc;

use socklab_event::Event;
use socklab_lab::Tap;

use super::child::SAMPLE;
use super::watch::Watch;
use crate::recording::{PacketsUsed, PlaceUsed};

/// A tap on the place, or why there is none.
#[derive(Debug)]
pub(super) enum Packets {
    Tapped(Tap),
    NotWanted,
    Missing { because: String },
}

impl Packets {
    /// Starts to record packets, if they are wanted. It does not wait until they can be seen: that
    /// takes about as long as a program takes to start.
    pub(super) fn start(wanted: bool, place: &PlaceUsed, watch: &Arc<Watch>) -> Self {
        match place {
            _ if !wanted => Self::NotWanted,
            // There everybody's packets pass.
            PlaceUsed::Machine { because } => {
                Self::Missing { because: because.clone().unwrap_or_default() }
            }
            PlaceUsed::Private { .. } => {
                let watch = Arc::clone(watch);
                let record = move |frames| watch.lock().record_frames(frames);
                match Tap::start(SAMPLE, record) {
                    Ok(tap) => Self::Tapped(tap),
                    Err(error) => Self::Missing { because: format!("clone: {error}") },
                }
            }
        }
    }

    /// Before the program that an event is about goes on: if it may send something now, that must be
    /// seen.
    pub(super) fn before_going_on(&mut self, event: &Event) {
        if let Self::Tapped(tap) = self {
            tap.await_opening(event);
        }
    }

    /// Ends the recording of packets: all that there were are recorded.
    pub(super) fn finish(self) -> PacketsUsed {
        match self {
            Self::NotWanted => PacketsUsed::NotWanted,
            Self::Missing { because } => PacketsUsed::Missing { because },
            Self::Tapped(tap) => match tap.finish() {
                Ok(tapped) => PacketsUsed::Recorded { lost: tapped.lost },
                Err(refusal) => PacketsUsed::Missing { because: refusal.to_string() },
            },
        }
    }
}
