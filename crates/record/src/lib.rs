//! Merges what several collectors saw into one timeline.
//!
//! A *collector* is whoever sees events happen: the tracer (calls and processes), the kernel's
//! tables ([`tables`]), later a wire (frames). Each gives its events times of its own, in
//! nanoseconds of `CLOCK_MONOTONIC` ([`socklab_kernel::clock`]), and hands them to a [`Recorder`]:
//! directly, or from another thread through a [`Collector`].
//!
//! **Order.** The recorder numbers events in the order in which it gets them, from 0 and without
//! gaps, and holds none back; the order of one collector's events is kept. It does not sort by
//! time: an event may stand at its call's beginning, and a collector may be late, as one that
//! empties a ring of frames every 10 ms is. Readers who want the order of things sort by time and
//! then by number, [`Timeline::in_order`](socklab_event::Timeline::in_order). That costs nothing
//! here, has no window that a late collector could miss, and puts whatever was handed over into the
//! stream at once.
//!
//! **Bounds.** A program can cause events of any number and size. [`Limits`] say how much is
//! recorded; the recorder says when a limit is reached, and its caller then ends the programs.
//!
//! **Streaming.** [`Recorder::stream_to`] writes every event as a line of JSON at once, so that a
//! crash loses none that was recorded.
//!
//! ```
//! use socklab_event::{Event, Header, Notice, Place, What};
//! use socklab_record::{Limits, Recorder};
//!
//! let mut recorder = Recorder::new(Header::default(), Limits::none().events(1000));
//! let at = socklab_kernel::clock::now();
//! let what = What::Notice(Notice::IoUring);
//! assert!(recorder.add(Event { seq: 0, at, place: Place::default(), what }));
//! assert_eq!(recorder.finish().timeline.events.len(), 1);
//! ```
#![forbid(unsafe_code)]

mod collector;
mod limits;
mod recorder;
mod stream;
pub mod tables;
mod weight;

pub use collector::Collector;
pub use limits::Limits;
pub use recorder::{Finished, Recorder};
