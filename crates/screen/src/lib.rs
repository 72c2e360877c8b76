//! A recording on a full screen: the list of its conversations, the ladder of those that were chosen, a
//! message and the difference of two.
//!
//! Everything here is pure. [`View`] is what is shown: keys change it ([`View::press`]), and so does what
//! becomes known of the recording ([`View::know`], [`View::show`]); [`View::draw`] writes it into a
//! buffer of cells. What a key asks for that takes longer comes back as a [`Wish`]: whoever has the
//! terminal and the file fulfils it.
#![forbid(unsafe_code)]

mod details;
mod draw;
mod ladder;
mod list;
mod part;
mod prompt;
mod talks;
mod view;

pub use details::Way;
pub use ladder::Shown;
pub use part::part;
pub use talks::{Listing, State, Talk, TalkKey, Talks, talks};
pub use view::{Key, Progress, Stage, View, Wanted, Wish};
