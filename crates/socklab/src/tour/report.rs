//! The report on a stop of the tour.

use serde::Serialize;
use socklab_event::Timeline;
use socklab_say::Speaker;

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

/// What a program of the course is for.
pub(super) fn purpose(speaker: Speaker, name: &str) -> &'static str {
    programs::find(name).map_or("", |program| lesson::purpose(speaker, program))
}
