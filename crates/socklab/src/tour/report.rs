//! The report on a stop of the tour.

use std::time::Duration;

use serde::Serialize;
use socklab_event::Timeline;
use socklab_say::{Speaker, say};

use super::visit::{Claim, ShownCommand};
use crate::course::lesson;

/// What one stop of the tour showed.
#[derive(Debug, Serialize)]
pub(super) struct StopReport {
    pub(super) programs: &'static [&'static str],
    pub(super) teaches: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) steps: Vec<ShownCommand>,
    pub(super) checks: Vec<Claim>,
    #[serde(skip)]
    pub(super) timeline: Option<Timeline>,
    /// Why the stop could not be completed, if it could not.
    pub(super) error: Option<String>,
    pub(super) ok: bool,
    pub(super) milliseconds: u128,
}

/// How many programs were verified.
pub(super) struct Total {
    pub(super) text: String,
    pub(super) ok: bool,
}

impl Total {
    pub(super) fn of(speaker: Speaker, reports: &[StopReport], elapsed: Duration) -> Self {
        let programs: usize = reports.iter().map(|report| report.programs.len()).sum();
        let good = reports.iter().filter(|report| report.ok);
        let verified: usize = good.map(|report| report.programs.len()).sum();
        let time = speaker.duration(u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX));
        let text =
            say!(speaker, "tour-total", verified = verified, programs = programs, time = time);
        Self { text, ok: verified == programs }
    }
}

/// What a program of the course is for.
pub(super) fn purpose(speaker: Speaker, name: &str) -> &'static str {
    programs::find(name).map_or("", |program| lesson::purpose(speaker, program))
}
