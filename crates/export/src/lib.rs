//! Timelines in the formats of other tools: Chrome's trace events, which Perfetto opens, and the HTTP
//! archives of browsers.
//!
//! Everything here is pure: nothing reads or writes files.
//!
//! ```
//! use socklab_event::Timeline;
//! use socklab_flows::Flows;
//! use socklab_say::Speaker;
//!
//! let timeline = Timeline::default();
//! let flows = Flows::of(&timeline);
//! assert!(socklab_export::chrome_trace(&flows, Speaker::ENGLISH).starts_with(b"{"));
//! assert!(socklab_export::http_archive(&flows, Speaker::ENGLISH).is_none(), "no HTTP in it");
//! ```
#![forbid(unsafe_code)]

mod chrome;
mod har;

pub use chrome::chrome_trace;
pub use har::http_archive;
