//! TLS connections that one end gives up.

use std::collections::HashSet;

use socklab_event::SocketType;
use socklab_protocols::stream::{Record, What};
use socklab_protocols::tls::alert_name;

use crate::case::{Case, Occurrence};

/// A fatal alert in the clear, where it was sent; if its sender was not recorded, where it was read.
/// What is encrypted may be the ordinary end.
pub(super) fn alert(case: &Case<'_>) -> Vec<Occurrence> {
    let mut told = HashSet::new();
    let found = case.calls().filter_map(|(at, call)| {
        call.socket.as_ref().filter(|socket| socket.kind == SocketType::STREAM)?;
        let (said, _) = case.flows.spoken.at(at);
        let fatal =
            said.iter().filter(|said| said.ends()).find_map(|said| match &said.unit.what {
                What::Tls(Record::Alert(alert)) if alert.fatal => alert_name(alert.description),
                _ => None,
            })?;
        let (connection, socket) = (case.flows.connection_at(at)?, case.flows.socket_at(at));
        let other = case.flows.other_end(connection, socket);
        let sends = call.sends();
        if !sends && other.socket.is_some() {
            return None; // It is told where it was sent.
        }
        let first = told.insert((connection, sends));
        first.then(|| Occurrence::at(at).with("alert", fatal.to_owned()))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Sock, Story, scenes};

    use super::super::explained::{rules, text_of};

    /// A record of TLS.
    fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
        [&[kind, 3, 3][..], &length, payload].concat()
    }

    /// A ClientHello without extensions.
    fn hello() -> Vec<u8> {
        let body = [&[3, 3][..], &[7; 32], &[0, 0, 2, 0xc0, 0x2f, 1, 0]].concat();
        record(22, &[&[1, 0, 0, body.len() as u8][..], &body].concat())
    }

    fn says(story: &mut Story, from: Sock, to: Sock, bytes: &[u8]) {
        story.send(from, bytes);
        story.recv(to, bytes);
    }

    /// A client says hello, and the server answers with this record.
    fn answered(kind: u8, payload: &[u8]) -> Story {
        let mut story = Story::new();
        let (client, server) = scenes::tcp_pair(&mut story);
        says(&mut story, client, server, &hello());
        says(&mut story, server, client, &record(kind, payload));
        story
    }

    #[test]
    fn a_fatal_alert_says_why() {
        let story = answered(21, &[2, 70]).build();
        assert!(rules(&story).contains(&"tls-alert"));
        let text = text_of(&story, "tls-alert");
        assert!(text.contains("protocol_version"), "{text}");
    }

    #[test]
    fn the_ordinary_end_and_what_is_encrypted_give_nothing_up() {
        let tells = |story: Story| rules(&story.build()).contains(&"tls-alert");
        assert!(!tells(answered(21, &[1, 0])), "close_notify");
        assert!(!tells(answered(21, &[2; 26])), "encrypted");
        assert!(!tells(answered(23, &[2, 40])), "not an alert");
        let mut story = Story::new();
        let (client, server) = scenes::tcp_pair(&mut story);
        says(&mut story, client, server, &record(21, &[2, 48]));
        assert!(!tells(story), "tls-alert needs a stream that begins as TLS");
    }
}
