//! Merges what several collectors saw into one timeline.
//!
//! A *collector* observes events: the tracer (calls and processes), the kernel's tables
//! ([`tables`]), a tap on a device (frames; [`OwnFrames`] tells whose). Each collector takes the
//! times of its events from `CLOCK_MONOTONIC`, in nanoseconds ([`socklab_kernel::clock`]), and adds
//! the events to a [`Recorder`]: directly, or from another thread through a [`Collector`].
//!
//! **Order.** The recorder numbers events in the order in which it receives them, from 0 and
//! without gaps, and delays none; the order of each collector's events is preserved. It does not
//! sort by time: an event may carry the time at which its call began, and a collector may be late,
//! such as one that empties a ring of frames every 10 ms. To get the order in which things
//! happened, sort by time and then by number,
//! [`Timeline::in_order`](socklab_event::Timeline::in_order). So the recorder needs no window of
//! time that a late collector could miss, and every event goes into the stream at once.
//!
//! **Bounds.** A program can cause events of any number and size. [`Limits`] decide how much of an
//! event is recorded: all of it, without the bytes of messages, or only how often it repeated. For
//! callers that want to end programs which do too much, the recorder reports when a limit is
//! reached.
//!
//! **Streaming.** [`Recorder::stream_to`] writes every event, as a line of JSON, within 50 ms, so
//! that a crash loses nothing older. With [`Recorder::only_stream`] a recording takes no memory.
//!
//! ```
//! use socklab_event::{Event, Header, Notice, Place, What};
//! use socklab_record::{Limits, Recorder};
//!
//! let mut recorder = Recorder::new(Header::default(), Limits::none().events(1000));
//! let at = socklab_kernel::clock::now();
//! let what = What::from(Notice::IoUring { sure: true });
//! assert!(recorder.add(Event { seq: 0, at, place: Place::default(), what }));
//! assert_eq!(recorder.finish().timeline.events.len(), 1);
//! ```
//!
//! The example `sockets` records this machine's sockets:
//! `cargo run -p socklab-record --example sockets > sockets.jsonl`.
#![forbid(unsafe_code)]

mod collector;
mod limits;
mod own_frames;
mod recorder;
mod repeats;
mod stream;
pub mod tables;
mod weight;

pub use collector::Collector;
pub use limits::{Detail, Limits, Used};
pub use own_frames::OwnFrames;
pub use recorder::{Finished, Recorder};
