//! A recording: its header and its events.

use serde::{Deserialize, Serialize};

use crate::{Event, Notice, What};

/// Everything that happened, on one clock.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Timeline {
    /// Facts about the recording as a whole.
    pub header: Header,
    /// The events, in the order they were recorded.
    pub events: Vec<Event>,
}

/// Facts about the recording as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Header {
    /// Program and version that made it.
    #[serde(default)]
    pub made_by: String,
    /// Kernel release, `uname(2)`.
    #[serde(default)]
    pub kernel: String,
    /// Machine, `uname(2)`: `x86_64`.
    #[serde(default)]
    pub machine: String,
    /// Unix time, in nanoseconds, of the moment `at` = 0; 0 if unknown.
    #[serde(default)]
    pub epoch: u64,
    /// Which boot of which machine it was made in (`/proc/sys/kernel/random/boot_id`, random(4)): two
    /// recordings of one boot have the same clock. Empty if unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub boot: String,
    /// True if frames on the wire were recorded too; if false, readers must not draw any.
    #[serde(default)]
    pub wire: bool,
    /// The commands, in the order of their columns.
    #[serde(default)]
    pub columns: Vec<Column>,
}

/// One command of the recording: a column of the ladder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Column {
    /// Its name: `server`, `client` ….
    pub label: String,
    /// What was run; empty for a process the recorder attached to.
    #[serde(default)]
    pub argv: Vec<String>,
}

impl Timeline {
    /// The events sorted by `at`, then by `seq`: causes before effects.
    pub fn in_order(&self) -> Vec<&Event> {
        let mut events: Vec<&Event> = self.events.iter().collect();
        events.sort_by_key(|event| (event.at, event.seq));
        events
    }

    /// Drops the line of source of each call, and what is said of lines that are not known.
    pub fn drop_lines(&mut self) {
        self.events.retain_mut(|event| match &mut event.what {
            What::Call(call) => {
                call.source = None;
                true
            }
            What::Notice(notice) => !matches!(**notice, Notice::NoLines { .. }),
            _ => true,
        });
    }
}
