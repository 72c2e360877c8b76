//! Calls on the wrong descriptor, or at the wrong time.

use std::collections::{HashMap, HashSet};

use socklab_event::{Args, Call, Errno};
use socklab_flows::Position;

use crate::case::{Case, Occurrence};

fn finding(at: Position, call: &Call) -> Occurrence {
    let fd = u64::try_from(call.fd.unwrap_or(0)).unwrap_or(0);
    Occurrence::at(at).with("call", call.library_name().to_owned()).with("fd", fd)
}

/// True for a stream socket that was never connected, nor tried to be: its creation was recorded, and
/// nothing else could have connected it.
fn never_connected(case: &Case<'_>, at: Position) -> bool {
    let Some(socket) = case.flows.socket_at(at) else { return false };
    let known = &case.flows.sockets[socket];
    let created = known.created.is_some_and(|created| {
        case.call(created).is_some_and(|call| matches!(call.args, Args::Socket { .. }))
    });
    known.is_stream() && created && case.tried_before(socket, at).is_none()
}

/// A socket that had a connection, or tried to get one, and lost it or failed, is another matter: that
/// was explained where it happened.
pub(super) fn not_connected(case: &Case<'_>) -> Vec<Occurrence> {
    // Linux reports EPIPE to whoever sends on a TCP socket without a connection.
    let refused = [Errno::ENOTCONN, Errno::EPIPE].into_iter().flat_map(|errno| case.failed(errno));
    let found = refused.filter(|(_, call)| {
        call.sends() || call.receives() || matches!(call.args, Args::Shutdown { .. })
    });
    let found = found.filter(|(at, _)| case.listens(*at).is_none() && never_connected(case, *at));
    found.map(|(at, call)| finding(at, call)).collect()
}

/// `send` or `recv` on the listening socket: the connection is what `accept` returned.
pub(super) fn listener_used(case: &Case<'_>) -> Vec<Occurrence> {
    let refused = [Errno::ENOTCONN, Errno::EPIPE].into_iter().flat_map(|errno| case.failed(errno));
    let found =
        refused.filter(|(_, call)| call.sends() || call.receives()).filter_map(|(at, call)| {
            let listen = case.listens(at)?;
            Some(finding(at, call).and([listen]))
        });
    found.collect()
}

/// A listening socket that was shut down reports EINVAL too, and one from before the recording may
/// well listen.
pub(super) fn accept_without_listen(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EINVAL).filter(|(at, call)| {
        let accepts = matches!(call.args, Args::Accept { .. });
        let created = case.socket(*at).is_some_and(|socket| socket.created.is_some());
        accepts && created && case.listens(*at).is_none()
    });
    found.map(|(at, call)| finding(at, call)).collect()
}

/// A call on a number whose socket the process had closed. Closing every number, open or not, is no
/// mistake.
pub(super) fn closed_descriptor(case: &Case<'_>) -> Vec<Occurrence> {
    let swept: HashSet<_> = case.flows.sweeps.iter().flatten().collect();
    let mut closed = HashMap::new();
    let mut found = Vec::new();
    for (at, call) in case.calls() {
        let number = (case.flows.order[at].place.process, call.fd);
        if call.is_close() {
            closed.insert(number, at);
        } else if call.error() == Some(Errno::EBADF)
            && !swept.contains(&at)
            && let Some(closed) = closed.get(&number)
        {
            found.push(finding(at, call).and([*closed]));
        }
    }
    found
}

/// Enquiries are left out: that is how shells, servers started by others and runtimes find out what
/// they were given.
pub(super) fn not_a_socket(case: &Case<'_>) -> Vec<Occurrence> {
    let probes = |call: &Call| {
        let enquires = matches!(
            call.args,
            Args::PeerName { .. } | Args::LocalName { .. } | Args::GetOption { .. }
        );
        enquires || call.fd == Some(0) && call.receives()
    };
    let found = case.failed(Errno::ENOTSOCK).filter(|(_, call)| !probes(call));
    found.map(|(at, call)| finding(at, call)).collect()
}

#[cfg(test)]
mod tests {
    use socklab_event::Outcome;
    use socklab_timelines::{Story, got, offered, scenes};

    use super::super::explained::rules;
    use super::*;

    #[test]
    fn probing_the_standard_input_is_no_mistake() {
        let mut story = Story::new();
        let shell = story.command("bash", "bash");
        let asks = Args::PeerName { address: None };
        story.call(shell, "getpeername", Some(0), None, asks, Outcome::Error(Errno::ENOTSOCK));
        assert!(rules(&story.build()).is_empty());
    }

    #[test]
    fn a_socket_that_is_not_connected() {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.tcp(client);
        story.fail(sock, "recvfrom", got(10, b""), 107);
        assert_eq!(rules(&story.build()), ["not-connected"]);
    }

    #[test]
    fn the_listener_is_not_the_connection() {
        let mut story = Story::new();
        let (server, listener, _) = scenes::tcp_server(&mut story);
        story.fail(listener, "recvfrom", got(10, b""), 107);
        assert_eq!(rules(&story.build()), ["listener-used"]);
        let other = story.tcp(server);
        let args =
            Args::Accept { peer: None, flags: socklab_event::Flags::default(), listener: None };
        story.fail(other, "accept", args, 22);
        assert_eq!(rules(&story.build()), ["listener-used", "accept-without-listen"]);
    }

    #[test]
    fn a_descriptor_after_its_close() {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.tcp(client);
        story.close(sock);
        let failed = Outcome::Error(Errno::EBADF);
        story.call(client, "sendto", Some(sock.fd), None, offered(b"late"), failed);
        story.call(client, "sendto", Some(0), None, offered(b"0"), Outcome::Error(Errno::ENOTSOCK));
        assert_eq!(rules(&story.build()), ["closed-descriptor", "not-a-socket"]);
    }

    #[test]
    fn a_daemon_that_closes_every_number_makes_no_mistake() {
        let mut story = Story::new();
        let daemon = story.command("daemon", "d");
        let sockets: Vec<_> = (0..4).map(|_| story.tcp(daemon)).collect();
        for socket in &sockets {
            story.close(*socket);
        }
        let vain = Outcome::Error(Errno::EBADF);
        for socket in &sockets {
            story.call(daemon, "close", Some(socket.fd), None, Args::Close, vain);
        }
        assert!(rules(&story.build()).is_empty());
        let twice = sockets[1].fd;
        story.call(daemon, "close", Some(twice), None, Args::Close, vain);
        assert_eq!(rules(&story.build()), ["closed-descriptor"], "but this is a double close");
    }
}
