//! Draws a timeline as a client/server ladder diagram: as text for a terminal, as SVG, as an HTML page,
//! or as a sequence diagram in the languages Mermaid and PlantUML.
//!
//! [`Ladder::of`] decides what is drawn (columns, rows, arrows, folds), and the displays draw it.
//! The result is also a plain data structure that can be serialised or drawn by other programs.
//! Everything here is pure: nothing reads or writes files.
//!
//! ```
//! use socklab_event::Timeline;
//! use socklab_ladder::{Ladder, Options, TextStyle};
//! use socklab_say::{Language, Speaker};
//!
//! let spanish = Speaker::new(Language::find("es").unwrap_or_default());
//! let ladder = Ladder::of(&Timeline::default(), &Options::new(spanish));
//! let text = ladder.to_text(&TextStyle::new(100));
//! assert!(text.contains("No se grabó ninguna llamada de sockets."));
//! ```
//!
//! The example `draw` draws a recording in any of the three ways:
//! `cargo run -p socklab-ladder --example draw -- run.jsonl svg`.
#![forbid(unsafe_code)]

mod clean;
mod excerpt;
mod heading;
mod html;
mod label;
mod live;
mod model;
mod options;
mod plan;
mod schema;
mod sequence;
mod spoken;
mod svg;
mod text;
mod times;

pub use html::HtmlStyle;
pub use label::{Data, Label, Part, PartKind};
pub use live::{LeftOut, Live, Waiting};
pub use model::{
    Arrow, ArrowKind, Cell, CellKind, Fact, Folded, Head, Ladder, Mark, Note, NoteKind, Packet,
    Participant, Rail, Row,
};
pub use options::{ColumnOrder, Detail, Options};
pub use plan::incidental;
pub use plan::protocol::protocol_of;
pub use plan::wording::{call_text, option_value, shown};
pub use svg::theme::page_colors;
pub use svg::xml::{Attribute, Xml};
pub use svg::{SvgStyle, Theme};
pub use text::{TextLine, TextStyle};
pub use times::{Clock, Times};
