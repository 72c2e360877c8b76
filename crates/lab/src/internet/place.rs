//! A private loopback with an internet in it, entered in one step that either succeeds or changes
//! nothing.

use super::{InternetOptions, Running};
use crate::place::{PlaceRefusal, PlaceRole, enter, internet_with};

/// Enters a private loopback that has an internet at work, as
/// [`enter_private_loopback`](crate::enter_private_loopback) enters one without. Unlike there, the
/// caller can always go on where it is after an error, because a child tries first.
///
/// The process must have a single thread. While the one inside runs, the one outside waits.
///
/// # Errors
///
/// When a step is refused.
pub fn enter_internet(options: InternetOptions) -> Result<PlaceRole<Running>, PlaceRefusal> {
    enter(|_| internet_with(options))
}
