//! Where the time went: what each wait for an answer consisted of.
//!
//! Whoever sends a request waits until the last byte of the answer has been read. [`Latency::of`] walks
//! back along the path on which that byte came: the program that read it, the frame that carried it, what
//! had kept that frame from leaving earlier, the program that wrote it, the request that this program had
//! read before, and so on until the request's first byte. Each step is a part of the wait, so the parts
//! are disjoint and add up to the whole; what was done meanwhile beside this path took nobody's time.
//!
//! It rests on the calls, on the recorded frames and what [`Flows`](socklab_flows::Flows) knows of them,
//! and on what the kernel had counted of threads and connections
//! ([`Counters`](socklab_event::Counters)). The time in which the recorder held a thread is no part of a
//! wait; it is told beside it. What does not follow from all this is [`Cause::Unknown`].
//!
//! ```
//! use socklab_event::Timeline;
//! use socklab_flows::Flows;
//! use socklab_latency::Latency;
//!
//! let timeline = Timeline::default();
//! let latency = Latency::of(&Flows::of(&timeline));
//! assert!(latency.waits.is_empty());
//! ```
#![forbid(unsafe_code)]

mod delivery;
mod limits;
mod model;
mod program;
mod spans;
mod text;
mod threads;
mod turns;
mod walk;
mod words;

use socklab_flows::Flows;

pub use model::{Asked, Cause, Latency, Part, Seen, Side, Wait};
pub use text::TextStyle;
pub use words::{Pair, Row, Told};

impl Latency {
    /// Every wait for an answer, and for a connection, in the order in which they began.
    pub fn of(flows: &Flows<'_>) -> Self {
        let threads = threads::Threads::of(flows);
        let mut waits: Vec<Wait> = (0..flows.connections.len())
            .flat_map(|connection| walk::waits(flows, &threads, connection))
            .collect();
        waits.sort_by_key(|wait| (wait.began, wait.lasted));
        Self { packets: flows.timeline.header.wire, waits }
    }
}
