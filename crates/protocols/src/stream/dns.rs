//! Messages to and from a name server over TCP, RFC 1035 §4.2.2.

use super::{Content, Unit, What};
use crate::dns::Message;

/// Both directions, if the client's first message is one.
pub(super) fn read(client: &Content, server: &Content) -> Option<[Vec<Unit>; 2]> {
    let asked = messages(client, false);
    (!asked.is_empty()).then(|| [asked, messages(server, true)])
}

fn messages(content: &Content, answers: bool) -> Vec<Unit> {
    const LENGTH: u64 = 2;
    let mut units = Vec::new();
    let mut at = 0;
    while let [high, low, rest @ ..] = content.from(at) {
        let length = u16::from_be_bytes([*high, *low]);
        let Some(message) = rest.get(..length.into()).and_then(Message::parse) else { break };
        if message.answer.is_some() != answers {
            break;
        }
        let bytes = at..at + LENGTH + u64::from(length);
        at = bytes.end;
        units.push(Unit { bytes, header: LENGTH, what: What::Dns(message) });
    }
    units
}
