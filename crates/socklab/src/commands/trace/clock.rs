//! Which times stand beside the rows, and in which zone the time of day is told.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use socklab_event::{Header, Timeline};
use socklab_ladder::{Clock, Times};
use socklab_say::{Speaker, say};

use crate::cli::{Look, TimeColumn};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// What the times beside the rows are.
pub(super) fn times(timeline: &Timeline, look: &Look) -> Times {
    let first = timeline.events.iter().map(|event| event.at).min().unwrap_or_default();
    times_of(&timeline.header, first, look)
}

/// The same for a recording that has just begun, at `now`.
pub(super) fn times_of(header: &Header, now: u64, look: &Look) -> Times {
    match look.time {
        Some(TimeColumn::Clock) => clock_at(header, now).map_or(Times::SinceStart, Times::OfDay),
        Some(TimeColumn::None) => Times::None,
        Some(TimeColumn::Relative) | None => Times::SinceStart,
    }
}

/// Says so if the time of day is asked for and the recording does not tell it.
pub(super) fn check(speaker: Speaker, timeline: &Timeline, look: &Look) -> Result<(), Failure> {
    if look.time != Some(TimeColumn::Clock) || clock(timeline).is_some() {
        return Ok(());
    }
    let what = say!(speaker, "time-unknown");
    Err(Failure::new(ExitReason::Usage, what).hint(say!(speaker, "time-unknown-hint")))
}

/// The time of day in the zone of whoever reads, as other tools tell it: a recording does not say where
/// it was made. Where no zone is set up, it is UTC. The heading names it.
fn clock(timeline: &Timeline) -> Option<Clock> {
    let first = timeline.events.iter().map(|event| event.at).min().unwrap_or_default();
    clock_at(&timeline.header, first)
}

fn clock_at(header: &Header, first: u64) -> Option<Clock> {
    let epoch = Some(header.epoch).filter(|epoch| *epoch > 0)?;
    let start = Timestamp::from_nanosecond(i128::from(epoch) + i128::from(first)).ok();
    let offset = start.zip(TimeZone::try_system().ok());
    let offset = offset.map_or(0, |(start, zone)| zone.to_offset(start).seconds());
    Some(Clock { epoch, offset })
}
