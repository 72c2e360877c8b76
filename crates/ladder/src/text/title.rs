//! The heading of a column.

use super::frame::Frame;
use crate::heading::shortened;
use crate::label::{Label, PartKind};
use crate::model::Participant;

/// The heading of a column: `client · python3 TCPClient.py`. The command line takes at most `most`
/// columns of the terminal.
pub(super) fn title(one: &Participant, frame: &Frame<'_>, most: usize) -> Label {
    let others = frame.ladder.participants.iter();
    let command = shortened(&one.command, others.map(|other| other.command.as_str()), most);
    let mut label = Label::default();
    let mut say = |kind, text: &str| label.push_prose(kind, text);
    // Don't repeat a name that the command line, such as `python3 TCPServer.py`, already contains.
    let is_name = |word: &str| word.rsplit('/').next() == Some(one.name.as_str());
    let mut first = command.split(' ').take(3);
    if !one.outside && one.host.is_none() && first.any(is_name) {
        for word in command.split(' ').filter(|word| !word.is_empty()) {
            say(if is_name(word) { PartKind::Name } else { PartKind::Faint }, word);
        }
        return label;
    }
    let names = frame.ladder.participants.iter().map(|other| other.name.as_str());
    say(PartKind::Name, &shortened(&one.name, names, most));
    if let Some(host) = one.host.as_ref().filter(|host| **host != one.name) {
        say(PartKind::Faint, &format!("@{host}"));
    }
    if one.outside && !one.nobody {
        say(PartKind::Faint, &format!("({command})"));
    } else if !command.is_empty() {
        say(PartKind::Faint, "·");
        say(PartKind::Faint, &command);
    }
    label
}
