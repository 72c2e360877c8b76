//! The heading of a column.

use super::frame::Frame;
use crate::clean::cut;
use crate::label::{Label, PartKind};
use crate::model::Participant;

/// The heading of a column: `client · python3 TCPClient.py`.
pub(super) fn title(one: &Participant, frame: &Frame<'_>) -> Label {
    let speaker = frame.ladder.speaker;
    let mut label = Label::default();
    let mut say = |kind, text: &str| label.push_prose(kind, &cut(text, 160, speaker));
    // Don't repeat a name that the command line, such as `python3 TCPServer.py`, already contains.
    let is_name = |word: &str| word.rsplit('/').next() == Some(one.name.as_str());
    let mut first = one.command.split(' ').take(3);
    if !one.outside && one.host.is_none() && first.any(is_name) {
        for word in cut(&one.command, 160, speaker).split(' ').filter(|word| !word.is_empty()) {
            say(if is_name(word) { PartKind::Name } else { PartKind::Faint }, word);
        }
        return label;
    }
    say(PartKind::Name, &one.name);
    if let Some(host) = one.host.as_ref().filter(|host| **host != one.name) {
        say(PartKind::Faint, &format!("@{host}"));
    }
    if one.outside {
        say(PartKind::Faint, &format!("({})", one.command));
    } else if !one.command.is_empty() {
        say(PartKind::Faint, "·");
        say(PartKind::Faint, &one.command);
    }
    label
}
