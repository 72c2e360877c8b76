//! The packets of the place, recorded beside what programs do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use socklab_event::Event;
use socklab_lab::rules::RuleCount;
use socklab_lab::{Circled, Looped, LoopedOptions, Looping, Tap, WireControl};
use socklab_record::OwnFrames;

use super::child::SAMPLE;
use super::watch::Watch;
use crate::recording::{PacketsUsed, PlaceUsed};
use crate::request::Request;

/// A tap on the place, or the wire that it is; or why there is none.
#[derive(Debug)]
pub(super) enum Packets {
    Tapped(Tap),
    /// On the machine's loopback, where all packets but those of the scenario are somebody else's.
    InPlace {
        tap: Tap,
        own: Arc<Mutex<OwnFrames>>,
        watch: Arc<Watch>,
        /// Why the scenario runs there.
        because: Option<String>,
    },
    Looped(Looping),
    NotWanted,
    Missing {
        because: String,
    },
}

/// What is known about packets once the scenario has ended.
#[derive(Debug)]
pub(super) struct Passed {
    pub(super) packets: PacketsUsed,
    /// What each rule of the wire did.
    pub(super) rules: Vec<RuleCount>,
    /// How many frames went beside the wire.
    pub(super) beside: u64,
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
        let missing = |error| Self::Missing { because: format!("clone: {error}") };
        Ok(match place {
            _ if !request.packets && !request.scenario.packets => Self::NotWanted,
            PlaceUsed::Machine { because } => {
                let (watch, own) = (Arc::clone(watch), Arc::<Mutex<OwnFrames>>::default());
                let (sorts, records) = (Arc::clone(&own), Arc::clone(&watch));
                let record = move |frames| {
                    let frames = locked(&sorts).sort(frames);
                    records.lock().record_frames(frames);
                };
                let because = because.clone();
                let in_place = |tap| Self::InPlace { tap, own, watch, because };
                Tap::start(SAMPLE, record).map_or_else(missing, in_place)
            }
            PlaceUsed::Private { .. } => {
                let watch = Arc::clone(watch);
                let record = move |frames| watch.lock().record_frames(frames);
                Tap::start(SAMPLE, record).map_or_else(missing, Self::Tapped)
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
        options.mtu = request.scenario.mtu.unwrap_or(options.mtu);
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
        match self {
            Self::Tapped(tap) => tap.await_opening(event),
            Self::InPlace { tap, own, watch, .. } => {
                tap.await_opening(event);
                let known = locked(own).learn(event);
                watch.lock().record_frames(known);
            }
            Self::Looped(_) | Self::NotWanted | Self::Missing { .. } => {}
        }
    }

    /// Ends the recording of packets: all that there were are recorded.
    pub(super) fn finish(self) -> Passed {
        let packets = match self {
            Self::Looped(looping) => {
                let Circled { switched, beside, .. } = looping.finish();
                let packets = PacketsUsed::Recorded { lost: switched.lost };
                return Passed { packets, rules: switched.rules, beside };
            }
            Self::NotWanted => PacketsUsed::NotWanted,
            Self::Missing { because } => PacketsUsed::Missing { because },
            Self::Tapped(tap) => of_tap(tap, None),
            Self::InPlace { tap, because, .. } => of_tap(tap, because),
        };
        Passed { packets, rules: Vec::new(), beside: 0 }
    }
}

/// What came of a tap; `because` of what was refused before, there was no better place for it.
fn of_tap(tap: Tap, because: Option<String>) -> PacketsUsed {
    match tap.finish() {
        Ok(tapped) => PacketsUsed::Recorded { lost: tapped.lost },
        Err(refusal) => {
            let both: Vec<String> = because.into_iter().chain([refusal.to_string()]).collect();
            PacketsUsed::Missing { because: both.join("; ") }
        }
    }
}

fn locked(own: &Mutex<OwnFrames>) -> MutexGuard<'_, OwnFrames> {
    // After a panic in the middle of sorting, some frames are missing.
    own.lock().unwrap_or_else(PoisonError::into_inner)
}
