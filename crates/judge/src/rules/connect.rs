//! `connect`: refused, unanswered, unfinished.

use socklab_event::{Args, Call, Endpoint, Errno, OptionValue};
use socklab_flows::Position;
use socklab_say::duration;

use crate::case::{Case, Occurrence, address_text, host, is_loopback, is_tcp, port};

fn destination(call: &Call) -> Option<&Endpoint> {
    match &call.args {
        Args::Connect { address } if is_tcp(call) => Some(address),
        _ => None,
    }
}

/// A `connect` that failed: the call that reported it, the `connect` itself, and the destination.
struct Failed<'c> {
    reported: Position,
    connect: Position,
    address: &'c Endpoint,
}

impl Failed<'_> {
    fn finding(&self) -> Occurrence {
        Occurrence::at(self.reported).and([self.connect])
    }
}

/// The connects that failed with this error: at once, or in the background. A program with a
/// non-blocking socket learns of the latter from `getsockopt` `SO_ERROR` (`connect(2)`,
/// EINPROGRESS).
fn failures<'c>(case: &'c Case<'_>, errno: Errno) -> impl Iterator<Item = Failed<'c>> {
    let at_once = case.failed(errno).filter_map(|(at, call)| {
        Some(Failed { reported: at, connect: at, address: destination(call)? })
    });
    let reads_error = case.calls().filter(move |(_, call)| match &call.args {
        Args::GetOption { value: Some(OptionValue::Error(error)), .. } => *error == errno,
        _ => false,
    });
    let later = reads_error.filter_map(|(reported, _)| {
        let socket = case.flows.socket_at(reported)?;
        let pending = case.before(socket, reported).rfind(|(_, call)| {
            destination(call).is_some() && call.error() == Some(Errno::EINPROGRESS)
        });
        let (connect, call) = pending?;
        Some(Failed { reported, connect, address: destination(call)? })
    });
    at_once.chain(later)
}

/// Refused connects, each with the later `listen` on the same port, if there was one.
fn refusals<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Failed<'c>, Option<Position>)> {
    failures(case, Errno::ECONNREFUSED).map(|failed| {
        let address = failed.address;
        let later = case.flows.sockets.iter().filter_map(|socket| {
            let local = socket.identity.local.as_ref()?;
            let listening = socket.listening.filter(|listening| *listening > failed.connect)?;
            (local.port() == address.port() && is_loopback(address)).then_some(listening)
        });
        let later = later.min();
        (failed, later)
    })
}

fn refusal(failed: &Failed<'_>) -> Occurrence {
    let address = failed.address;
    failed.finding().with("address", host(address)).with("port", port(address))
}

/// On this machine there is no doubt: no socket is listening there.
pub(super) fn refused(case: &Case<'_>) -> Vec<Occurrence> {
    let local =
        refusals(case).filter(|(failed, later)| is_loopback(failed.address) && later.is_none());
    local.map(|(failed, _)| refusal(&failed)).collect()
}

/// On another host, a firewall may have answered in its place.
pub(super) fn refused_remote(case: &Case<'_>) -> Vec<Occurrence> {
    let remote = refusals(case).filter(|(failed, _)| !is_loopback(failed.address));
    remote.map(|(failed, _)| refusal(&failed)).collect()
}

/// The server did start, but later.
pub(super) fn too_early(case: &Case<'_>) -> Vec<Occurrence> {
    let early = refusals(case).filter_map(|(failed, later)| {
        let later = later?;
        let gap = case.flows.order[later].at.saturating_sub(case.flows.order[failed.connect].at);
        let finding = failed.finding().and([later]).with("port", port(failed.address));
        Some(finding.with("server", case.program(later)).with("time", duration(gap)))
    });
    early.collect()
}

pub(super) fn timed_out(case: &Case<'_>) -> Vec<Occurrence> {
    let found = failures(case, Errno::ETIMEDOUT).map(|failed| {
        let began = case.call(failed.connect).map_or(0, |call| call.began);
        let ended = case.call(failed.reported).map_or(0, |call| call.ended);
        let took = duration(ended.saturating_sub(began));
        failed.finding().with("address", address_text(failed.address)).with("time", took)
    });
    found.collect()
}

pub(super) fn unreachable(case: &Case<'_>) -> Vec<Occurrence> {
    let errors = [Errno::ENETUNREACH, Errno::EHOSTUNREACH];
    // `failures` covers TCP only: programs connect a UDP socket to ask whether there is a route.
    let connects = errors.into_iter().flat_map(|errno| failures(case, errno));
    let connects =
        connects.map(|failed| failed.finding().with("address", address_text(failed.address)));
    let sends = errors.into_iter().flat_map(|errno| case.failed(errno));
    let sends = sends.filter_map(|(at, call)| match &call.args {
        Args::Send { to: Some(to), .. } => {
            Some(Occurrence::at(at).with("address", address_text(to)))
        }
        _ => None,
    });
    connects.chain(sends).collect()
}

pub(super) fn already_connected(case: &Case<'_>) -> Vec<Occurrence> {
    // EISCONN is also the answer to a connect on a listening socket.
    let twice = case.failed(Errno::EISCONN).filter(|(at, _)| case.listens(*at).is_none());
    let found = twice.map(|(at, call)| {
        let earlier = case.flows.socket_at(at).and_then(|socket| {
            let connects = |call: &Call| matches!(call.args, Args::Connect { .. });
            case.before(socket, at).find(|(_, call)| connects(call) && call.value().is_some())
        });
        let fd = u64::try_from(call.fd.unwrap_or(0)).unwrap_or(0);
        Occurrence::at(at).and(earlier.map(|(at, _)| at)).with("fd", fd)
    });
    found.collect()
}

pub(super) fn in_progress(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EINPROGRESS).filter_map(|(at, call)| {
        Some(Occurrence::at(at).with("address", address_text(destination(call)?)))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, address, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    fn connect_fails(to: &str, errno: i32) -> socklab_event::Timeline {
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
    fn refusals_are_distinguished_by_their_origin() {
        assert_eq!(rules(&scenes::refused()), ["connect-refused"]);
        assert!(text_of(&scenes::refused(), "connect-refused").contains("12000"));
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 111)), ["connect-refused-remote"]);
        let text = text_of(&connect_fails("10.1.2.3:80", 111), "connect-refused-remote");
        assert!(text.contains("10.1.2.3") && text.contains("80"), "{text}");
        assert_eq!(rules(&connect_fails("0.0.0.0:80", 111)), ["connect-refused"]);
    }

    #[test]
    fn a_refusal_in_the_background_is_a_refusal() {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.tcp(client);
        story.fail(sock, "connect", Args::Connect { address: address("127.0.0.1:1") }, 115);
        let value = Some(OptionValue::Error(Errno::ECONNREFUSED));
        let args = Args::GetOption { level: "SOL_SOCKET".into(), option: "SO_ERROR".into(), value };
        story.on(sock, "getsockopt", args, socklab_event::Outcome::Value(0));
        let timeline = story.build();
        assert_eq!(rules(&timeline), ["connect-in-progress", "connect-refused"]);
        assert!(text_of(&timeline, "connect-refused").contains("port 1"));
    }

    #[test]
    fn a_server_that_starts_later_is_named() {
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.tcp(client);
        story.fail(sock, "connect", Args::Connect { address: address("127.0.0.1:12000") }, 111);
        story.wait(250);
        scenes::tcp_server(&mut story);
        let timeline = story.build();
        assert_eq!(rules(&timeline), ["connect-too-early"]);
        assert!(text_of(&timeline, "connect-too-early").contains("250"));
    }

    #[test]
    fn a_server_that_ran_earlier_is_not_called_late() {
        let mut story = Story::new();
        let (_, listener, _) = scenes::tcp_server(&mut story);
        story.close(listener);
        let client = story.command("client", "c");
        let sock = story.tcp(client);
        story.fail(sock, "connect", Args::Connect { address: address("127.0.0.1:12000") }, 111);
        assert_eq!(rules(&story.build()), ["connect-refused"]);
    }

    #[test]
    fn other_failures_keep_their_own_rules() {
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 110)), ["connect-timed-out"]);
        let text = |to: &str, errno, rule| text_of(&connect_fails(to, errno), rule);
        assert!(text("10.1.2.3:80", 110, "connect-timed-out").contains("10.1.2.3:80"));
        assert!(text("[::ffff:10.1.2.3]:80", 113, "unreachable").contains(" 10.1.2.3:80"));
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 113)), ["unreachable"]);
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 101)), ["unreachable"]);
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 106)), ["already-connected"]);
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 115)), ["connect-in-progress"]);
    }
}
