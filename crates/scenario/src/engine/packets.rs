//! The packets of the place, recorded beside what programs do.

use std::sync::Arc;

use socklab_event::Event;
use socklab_lab::rules::RuleCount;
use socklab_lab::{Looped, LoopedOptions, Looping, Tap, WireControl};

use super::child::SAMPLE;
use super::watch::Watch;
use crate::recording::{PacketsUsed, PlaceUsed};
use crate::request::Request;

/// A tap on the place, or the wire that it is; or why there is none.
#[derive(Debug)]
pub(super) enum Packets {
    Tapped(Tap),
    Looped(Looping),
    NotWanted,
    Missing { because: String },
}

impl Packets {
    /// Starts to record packets, if they are wanted. It does not wait until they can be seen: that
    /// takes about as long as a program takes to start.
    ///
    /// # Errors
    ///
    /// Why there is no wire, if the scenario does something to packets.
    pub(super) fn start(
        request: &Request,
        place: &PlaceUsed,
        watch: &Arc<Watch>,
    ) -> Result<Self, String> {
        if request.scenario.needs_wire() {
            return Self::looped(request, place, watch);
        }
        Ok(match place {
            _ if !request.packets && !request.scenario.packets => Self::NotWanted,
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
        })
    }

    /// Makes the loopback a wire on which rules decide.
    fn looped(request: &Request, place: &PlaceUsed, watch: &Arc<Watch>) -> Result<Self, String> {
        if let PlaceUsed::Machine { because } = place {
            return Err(because.clone().unwrap_or_default());
        }
        let mut options = LoopedOptions::default();
        options.rules.clone_from(&request.scenario.wire);
        let looped = Looped::open(options).map_err(|refusal| refusal.to_string())?;
        let watch = Arc::clone(watch);
        let record = move |frames| watch.lock().record_frames(frames);
        let looping = looped.start(SAMPLE, record).map_err(|refusal| refusal.to_string())?;
        Ok(Self::Looped(looping))
    }

    /// How to change the rules of the wire, if it is one.
    pub(super) fn control(&self) -> Option<WireControl> {
        match self {
            Self::Looped(looping) => Some(looping.control()),
            _ => None,
        }
    }

    /// Before the program that an event is about goes on: if it may send something now, that must be
    /// seen.
    pub(super) fn before_going_on(&mut self, event: &Event) {
        if let Self::Tapped(tap) = self {
            tap.await_opening(event);
        }
    }

    /// Ends the recording of packets: all that there were are recorded. What each rule did comes besides.
    pub(super) fn finish(self) -> (PacketsUsed, Vec<RuleCount>) {
        let used = match self {
            Self::Looped(looping) => {
                let switched = looping.finish().switched;
                return (PacketsUsed::Recorded { lost: switched.lost }, switched.rules);
            }
            Self::NotWanted => PacketsUsed::NotWanted,
            Self::Missing { because } => PacketsUsed::Missing { because },
            Self::Tapped(tap) => match tap.finish() {
                Ok(tapped) => PacketsUsed::Recorded { lost: tapped.lost },
                Err(refusal) => PacketsUsed::Missing { because: refusal.to_string() },
            },
        };
        (used, Vec::new())
    }
}
