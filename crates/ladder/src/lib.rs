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
mod model;
mod options;
mod plan;
mod schema;
mod spoken;
mod svg;
mod text;

pub use html::HtmlStyle;
pub use label::{Data, Label, Part, PartKind};
pub use model::{Arrow, ArrowKind, Cell, CellKind, Head, Ladder, Mark, Participant, Rail, Row};
pub use options::{ColumnOrder, Detail, Options};
pub use svg::{SvgStyle, Theme};
pub use text::TextStyle;
