//! A timeline drawn as a client/server ladder: text for a terminal, SVG, and a page of HTML.
//!
//! [`Ladder::of`] decides everything (columns, rows, arrows, folds); the displays draw what was
//! decided. Pure: nothing here reads or writes anything.
//!
//! ```
//! let timeline = socklab_event::Timeline::default();
//! let ladder = socklab_ladder::Ladder::of(&timeline, &socklab_ladder::Options::default());
//! print!("{}", ladder.to_text(&socklab_ladder::TextStyle::default()));
//! ```
#![forbid(unsafe_code)]

mod clean;
mod html;
mod label;
mod meanings;
mod model;
mod options;
mod plan;
mod spoken;
mod svg;
mod text;
mod words;

pub use html::HtmlStyle;
pub use label::{Data, Label, Part, PartKind};
pub use meanings::meaning;
pub use model::{Arrow, ArrowKind, Cell, CellKind, Head, Ladder, Mark, Participant, Rail, Row};
pub use options::{ColumnOrder, Detail, Options};
pub use svg::{SvgStyle, Theme};
pub use text::TextStyle;
pub use words::{Phrase, Words};
