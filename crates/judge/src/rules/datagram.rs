//! Datagrams: truncated, lost or refused, often without any error.

use socklab_event::{Args, Call, Errno, Outcome, SocketType};
use socklab_flows::{Meaning, Position, Tie};
use socklab_say::count;

use crate::case::{Case, Occurrence, address_text, is_loopback, is_udp, port};

/// An ICMP error came back, and a connected socket reports it at the next call.
pub(super) fn refused(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::ECONNREFUSED).filter(|(_, call)| is_udp(call));
    let found = found.filter_map(|(at, call)| {
        let address = call.socket.as_ref()?.peer.as_ref()?;
        // The error may be about a datagram to an earlier peer.
        let elsewhere = |call: &Call| match &call.args {
            Args::Connect { address: other } => other.unmapped() != address.unmapped(),
            _ => false,
        };
        let socket = case.flows.socket_at(at)?;
        if case.before(socket, at).any(|(_, call)| elsewhere(call)) {
            return None;
        }
        let sent = last_send(case, at);
        let icmp = case.flows.ties.waker(at);
        let finding = Occurrence::at(at).and(sent).and(icmp);
        Some(finding.with("address", address_text(address)))
    });
    found.collect()
}

fn last_send(case: &Case<'_>, at: Position) -> Option<Position> {
    let socket = case.flows.socket_at(at)?;
    let sent = case.before(socket, at).rfind(|(_, call)| call.sends() && call.value().is_some());
    sent.map(|(at, _)| at)
}

/// An unconnected socket waits for an answer to a datagram that no socket received.
pub(super) fn no_receiver(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.calls().filter_map(|(at, call)| {
        let waited = call.took() >= 100_000_000;
        let unanswered =
            call.outcome == Outcome::Unfinished || (call.error() == Some(Errno::EAGAIN) && waited);
        let unconnected = call.socket.as_ref().is_some_and(|socket| socket.peer.is_none());
        if !call.receives() || !is_udp(call) || !unanswered || !unconnected {
            return None;
        }
        let sent = last_send(case, at)?;
        let [transfer] = case.flows.sent_at(sent) else { return None };
        let Args::Send { to: Some(to), .. } = &case.call(sent)?.args else { return None };
        let reached = !case.flows.transfers[*transfer].parts.is_empty();
        let bound = case.flows.sockets.iter().any(|socket| {
            let local = socket.identity.local.as_ref();
            socket.identity.protocol == socklab_event::Protocol::UDP
                && local.is_some_and(|local| local.port() == to.port())
        });
        let frames = case.flows.ties.carriers(*transfer);
        let lost = frames.iter().any(|frame| super::lost::loss(case, *frame).is_some());
        if reached || bound || lost || !is_loopback(to) {
            return None;
        }
        let about = |tie: &Tie| match tie.meaning {
            Meaning::Icmp { about: Some(about) } => frames.contains(&about),
            _ => false,
        };
        let icmp = case.flows.ties.all().find(|(_, tie)| about(tie)).map(|(frame, _)| frame);
        let finding = Occurrence::at(at).and([sent]).and(icmp);
        Some(finding.with("address", address_text(to)).with("port", port(to)))
    });
    found.collect()
}

/// A datagram that was longer than the room for it: over UDP or a Unix socket, read by any call, one
/// of many or alone.
pub(super) fn truncated(case: &Case<'_>) -> Vec<Occurrence> {
    let datagrams = case.flows.transfers.iter().filter(|transfer| {
        let kind = case.flows.sockets[transfer.from].identity.kind;
        [SocketType::DGRAM, SocketType::SEQPACKET].contains(&kind)
    });
    let found = datagrams.flat_map(|transfer| {
        // Without any room, a program throws a datagram away on purpose.
        let cut = |part: &&socklab_flows::Part| (1..transfer.total).contains(&part.bytes.end);
        let cut = transfer.parts.iter().filter(cut);
        cut.map(|part| {
            let finding = Occurrence::at(part.received).and([transfer.sent]);
            finding.with("sent", count(transfer.total)).with("room", count(part.bytes.end))
        })
    });
    let mut found: Vec<Occurrence> = found.collect();
    found.sort_by_key(|one| one.evidence.first().copied());
    found
}

pub(super) fn empty(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.calls().filter(|(_, call)| {
        let no_room = matches!(call.args, Args::Recv { room: 0, .. });
        let empty = call.messages().iter().any(|message| message.bytes.total == 0);
        is_udp(call) && call.receives() && empty && !no_room
    });
    // After a shutdown of its own receiving half, every read returns 0. And where the sender was
    // recorded, it must have sent an empty one.
    let found = found.filter(|(at, _)| {
        let socket = case.flows.socket_at(*at);
        let shut = socket.is_some_and(|one| case.deaf_before(one, *at).is_some());
        let sent = case.flows.got_at(*at).iter().map(|(sent, _)| &case.flows.transfers[*sent]);
        !shut && sent.into_iter().all(|transfer| transfer.total == 0)
    });
    found.map(|(at, _)| Occurrence::at(at).and(source(case, at))).collect()
}

fn source(case: &Case<'_>, at: Position) -> Option<Position> {
    let (transfer, _) = case.flows.got_at(at).first()?;
    Some(case.flows.transfers[*transfer].sent)
}

/// The most that fits into one datagram of UDP over IPv4: 65,535 bytes less two headers.
const LARGEST: u64 = 65_507;

pub(super) fn too_long(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EMSGSIZE).filter_map(|(at, call)| match call.args {
        // Smaller ones fail for other reasons: the size of a frame on the way, or of a buffer.
        Args::Send { asked, .. } if is_udp(call) && asked > LARGEST => {
            Some(Occurrence::at(at).with("asked", count(asked)))
        }
        _ => None,
    });
    found.collect()
}

pub(super) fn no_destination(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EDESTADDRREQ).filter(|(_, call)| call.sends() && is_udp(call));
    found
        .map(|(at, call)| Occurrence::at(at).with("call", call.library_name().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, address, got, offered};

    use super::super::explained::{rules, text_of};

    #[test]
    fn only_a_connected_socket_learns_that_nobody_listens() {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.udp(client);
        story.connect(sock, "127.0.0.1:12000");
        story.send(sock, "hola");
        story.fail(sock, "recvfrom", got(2048, b""), 111);
        assert_eq!(rules(&story.build()), ["udp-refused"]);

        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.udp(client);
        story.sendto(sock, "127.0.0.1:12000", "hola");
        story.wait(3_000).unfinished(sock, "recvfrom", got(2048, b""));
        assert!(text_of(&story.build(), "udp-nobody").contains("12000"));
    }

    #[test]
    fn a_datagram_is_cut_to_the_buffer() {
        let mut story = Story::new();
        let server = story.command("server", "s");
        let bound = story.udp(server);
        story.bind(bound, "*:12000");
        let client = story.command("client", "c");
        let sock = story.udp(client);
        story.connect(sock, "127.0.0.1:12000");
        story.send(sock, "0123456789");
        let mut args = got(4, b"0123");
        if let socklab_event::Args::Recv { from, .. } = &mut args {
            *from = story.identity(sock).local.clone();
        }
        story.on(bound, "recvfrom", args, socklab_event::Outcome::Value(4));
        story.send(sock, "");
        story.recvfrom(bound, sock, "127.0.0.1", "");
        let timeline = story.build();
        assert_eq!(rules(&timeline), ["datagram-truncated", "datagram-empty"]);
        assert!(text_of(&timeline, "datagram-truncated").contains("10"));
    }

    #[test]
    fn sends_that_are_impossible() {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.udp(client);
        story.fail(sock, "sendto", offered(&[0; 70_000]), 90);
        story.fail(sock, "sendto", offered(b"whom?"), 89);
        let _ = address("*:1");
        assert_eq!(rules(&story.build()), ["datagram-too-long", "no-destination"]);
    }

    #[test]
    fn what_happens_to_a_stream_is_not_told_of_datagrams() {
        let mut story = Story::new();
        let (near, far) = socklab_timelines::scenes::tcp_pair(&mut story);
        // A send that found out that the connection is refused by now, and a read that asked for
        // the length of what was cut.
        story.fail(near, "sendto", offered(b"hola"), 111);
        let mut args = got(4, b"0123");
        if let socklab_event::Args::Recv { got, .. } = &mut args {
            *got = socklab_event::Flags::from(vec!["MSG_TRUNC".into()]);
        }
        story.send(near, "0123456789");
        story.on(far, "recvfrom", args, socklab_event::Outcome::Value(4));
        story.close(near);
        story.recv_into(far, 6, "456789");
        story.recv(far, "");
        let rules = rules(&story.build());
        for rule in ["udp-refused", "datagram-truncated", "datagram-empty"] {
            assert!(!rules.contains(&rule), "{rules:?}");
        }
    }
}
