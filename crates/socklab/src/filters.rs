//! What is wrong with a filter on the command line.

use socklab_filter::Mistake;
use socklab_say::Speaker;

/// What is wrong, and below it the filter with a mark below the word at fault.
pub(crate) fn marked(speaker: Speaker, mistake: &Mistake) -> String {
    let (line, marks) = mistake.marked();
    format!("{}\n  {line}\n  {marks}", speaker.tell(&mistake.sentence()))
}
