//! Questions whose answers stand in the recording. Each kind says what must have been seen, so that its
//! key is certain; where that was not seen, it asks nothing.

mod datagrams;
mod sockets;
mod streams;

use socklab_say::{Sentence, count, sentence};

use super::draft::Draft;
use super::view::View;

/// A kind that is certain only where the case waits for the program to wait.
pub(super) const WAITS_FOR_DATA: &str = "waits-for-data";

/// Everything that can be asked about a recording, with the right choice first.
pub(super) fn all(view: &View<'_>) -> Vec<Draft> {
    let mut found = sockets::all(view);
    found.extend(streams::all(view));
    found.extend(datagrams::all(view));
    found
}

pub(super) fn bytes(number: u64) -> Sentence {
    sentence!("exam-say-bytes", count = count(number))
}

fn number(value: u64) -> Sentence {
    sentence!("exam-say-number", number = value)
}

fn call(name: &str) -> Sentence {
    sentence!("exam-say-call", call = name)
}
