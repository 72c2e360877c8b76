//! `connect`: refused, unanswered, unfinished.

use event::{Args, Call, Endpoint, Errno};
use flows::Position;

use crate::case::{Case, Finding, host, is_loopback, is_tcp, milliseconds, port, shown};

fn destination(call: &Call) -> Option<&Endpoint> {
    match &call.args {
        Args::Connect { address } if is_tcp(call) => Some(address),
        _ => None,
    }
}

/// Refused connects, each with what listens at that port later, if anything does.
fn refusals<'c>(
    case: &'c Case<'_>,
) -> impl Iterator<Item = (Position, &'c Endpoint, Option<Position>)> {
    case.failed(Errno::ECONNREFUSED).filter_map(|(at, call)| {
        let address = destination(call)?;
        let later = case.flows.sockets.iter().filter_map(|socket| {
            let local = socket.identity.local.as_ref()?;
            let listening = socket.listening.filter(|listening| *listening > at)?;
            (local.port() == address.port() && is_loopback(address)).then_some(listening)
        });
        Some((at, address, later.min()))
    })
}

fn refusal(at: Position, address: &Endpoint) -> Finding {
    Finding::at(at).with("address", host(address)).with("port", port(address))
}

/// On this machine there is no doubt: nobody listens.
pub(super) fn refused(case: &Case<'_>) -> Vec<Finding> {
    let here = refusals(case).filter(|(_, address, later)| is_loopback(address) && later.is_none());
    here.map(|(at, address, _)| refusal(at, address)).collect()
}

/// Elsewhere, a firewall may have answered in the host's place.
pub(super) fn refused_remote(case: &Case<'_>) -> Vec<Finding> {
    let there = refusals(case).filter(|(_, address, _)| !is_loopback(address));
    there.map(|(at, address, _)| refusal(at, address)).collect()
}

/// The server was there, but later.
pub(super) fn too_early(case: &Case<'_>) -> Vec<Finding> {
    let early = refusals(case).filter_map(|(at, address, later)| {
        let later = later?;
        let gap = case.flows.order[later].at.saturating_sub(case.flows.order[at].at);
        let finding = Finding::at(at).and([later]).with("port", port(address));
        Some(finding.with("server", case.who(later)).with("milliseconds", milliseconds(gap)))
    });
    early.collect()
}

pub(super) fn timed_out(case: &Case<'_>) -> Vec<Finding> {
    let found = case.failed(Errno::ETIMEDOUT).filter_map(|(at, call)| {
        let finding = Finding::at(at).with("address", shown(destination(call)?));
        Some(finding.with("milliseconds", milliseconds(call.took())))
    });
    found.collect()
}

pub(super) fn unreachable(case: &Case<'_>) -> Vec<Finding> {
    let errors = [Errno(101), Errno(113)];
    let found = errors.into_iter().flat_map(|errno| case.failed(errno)).filter_map(|(at, call)| {
        let address = match &call.args {
            // A UDP connect sends nothing: it is how a program asks whether there is a route.
            Args::Connect { address } if is_tcp(call) => address,
            Args::Send { to: Some(to), .. } => to,
            _ => return None,
        };
        Some(Finding::at(at).with("address", shown(address)))
    });
    found.collect()
}

pub(super) fn already_connected(case: &Case<'_>) -> Vec<Finding> {
    let found = case.failed(Errno(106)).map(|(at, call)| {
        let earlier = case.flows.socket_at(at).and_then(|socket| {
            let connects = |call: &Call| matches!(call.args, Args::Connect { .. });
            case.before(socket, at).find(|(_, call)| connects(call) && call.value().is_some())
        });
        let fd = u64::try_from(call.fd.unwrap_or(0)).unwrap_or(0);
        Finding::at(at).and(earlier.map(|(at, _)| at)).with("fd", fd)
    });
    found.collect()
}

pub(super) fn in_progress(case: &Case<'_>) -> Vec<Finding> {
    let found = case
        .failed(Errno::EINPROGRESS)
        .filter_map(|(at, call)| Some(Finding::at(at).with("address", shown(destination(call)?))));
    found.collect()
}

#[cfg(test)]
mod tests {
    use timelines::{Story, address, scenes};

    use super::super::told::{rules, told};
    use super::*;

    fn connect_fails(to: &str, errno: i32) -> event::Timeline {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.tcp(client);
        story.wait(30);
        let began = story.now();
        story.wait(3_000).since(began);
        story.fail(sock, "connect", Args::Connect { address: address(to) }, errno);
        story.build()
    }

    #[test]
    fn refusals_are_told_by_where_they_came_from() {
        assert_eq!(rules(&scenes::refused()), ["connect-refused"]);
        assert!(told(&scenes::refused(), "connect-refused").contains("12000"));
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 111)), ["connect-refused-remote"]);
    }

    #[test]
    fn a_server_that_comes_later_is_named() {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.tcp(client);
        story.fail(sock, "connect", Args::Connect { address: address("127.0.0.1:12000") }, 111);
        story.wait(250);
        scenes::tcp_server(&mut story);
        let timeline = story.build();
        assert_eq!(rules(&timeline), ["connect-too-early"]);
        assert!(told(&timeline, "connect-too-early").contains("250"));
    }

    #[test]
    fn other_failures_keep_their_own_rules() {
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 110)), ["connect-timed-out"]);
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 113)), ["unreachable"]);
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 101)), ["unreachable"]);
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 106)), ["already-connected"]);
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 115)), ["connect-in-progress"]);
    }
}
