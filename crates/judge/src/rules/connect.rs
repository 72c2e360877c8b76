//! `connect`: unanswered, unfinished, repeated.

use socklab_event::{Args, Errno};
use socklab_say::duration;

use super::attempts::{NO_WAY, destination, failures, fallback};
use super::{lost, own_network};
use crate::case::{Case, Occurrence, address_text};

/// A call that took less than this did not wait (nanoseconds).
const AT_ONCE: u64 = 5_000_000;

pub(super) fn timed_out(case: &Case<'_>) -> Vec<Occurrence> {
    // What the wire lost is told by itself, with what lost it.
    let unexplained =
        failures(case, Errno::ETIMEDOUT).filter(|failed| !lost::had_losses(case, failed.connect));
    let found = unexplained.map(|failed| {
        let began = case.call(failed.connect).map_or(0, |call| call.began);
        let ended = case.call(failed.reported).map_or(0, |call| call.ended);
        let took = duration(ended.saturating_sub(began));
        let syns = case.flows.ties.set_off(failed.connect).first().copied();
        let finding = failed.finding(case).and(syns).with("time", took);
        finding.with("address", address_text(failed.address))
    });
    found.collect()
}

/// No way to an address, for another reason than that socklab made a network without one.
pub(super) fn unreachable(case: &Case<'_>) -> Vec<Occurrence> {
    let kept = NO_WAY.into_iter().filter(|errno| !own_network::lacks(case, *errno));
    kept.flat_map(|errno| no_way(case, errno)).collect()
}

/// The connects and sends that failed with this error.
pub(super) fn no_way(case: &Case<'_>, errno: Errno) -> Vec<Occurrence> {
    // `failures` covers TCP only: programs connect a UDP socket to ask whether there is a route.
    let connects = failures(case, errno).filter(|failed| fallback(case, failed).is_none());
    let connects =
        connects.map(|failed| failed.finding(case).with("address", address_text(failed.address)));
    let sends = case.failed(errno).filter_map(|(at, call)| match &call.args {
        Args::Send { to: Some(to), .. } => {
            let icmp = case.flows.ties.waker(at);
            Some(Occurrence::at(at).and(icmp).with("address", address_text(to)))
        }
        _ => None,
    });
    connects.chain(sends).collect()
}

/// A second connect on a stream that is connected. After a connect in the background, EISCONN is how
/// a program learns that it has succeeded (connect(2)): that is no mistake.
pub(super) fn already_connected(case: &Case<'_>) -> Vec<Occurrence> {
    let twice = case.failed(Errno::EISCONN).filter(|(at, call)| {
        // EISCONN is also the answer to a connect on a listening socket.
        let stream = case.socket(*at).is_some_and(socklab_flows::Socket::is_stream);
        stream && matches!(call.args, Args::Connect { .. }) && case.listens(*at).is_none()
    });
    let found = twice.filter_map(|(at, call)| {
        let socket = case.flows.socket_at(at)?;
        let mut earlier = case.before(socket, at);
        let connected = earlier.find_map(|(earlier, call)| match call.args {
            Args::Connect { .. } | Args::Accept { .. } => Some((earlier, call.value().is_some())),
            _ => None,
        });
        let (connected, _) = connected.filter(|(_, succeeded)| *succeeded)?;
        let fd = u64::try_from(call.fd.unwrap_or(0)).unwrap_or(0);
        Some(Occurrence::at(at).and([connected]).with("fd", fd))
    });
    found.collect()
}

/// A blocking connect returns EINPROGRESS too, when the socket's time limit (`SO_SNDTIMEO`) has
/// passed (socket(7)): then it has waited.
pub(super) fn in_progress(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EINPROGRESS).filter(|(_, call)| call.took() < AT_ONCE);
    let found = found.filter_map(|(at, call)| {
        Some(Occurrence::at(at).with("address", address_text(destination(call)?)))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, address, scenes};

    use super::super::explained::{connect_fails, rules, text_of};
    use super::*;

    #[test]
    fn other_failures_keep_their_own_rules() {
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 110)), ["connect-timed-out"]);
        let text = |to: &str, errno, rule| text_of(&connect_fails(to, errno), rule);
        assert!(text("10.1.2.3:80", 110, "connect-timed-out").contains("10.1.2.3:80"));
        assert!(text("[::ffff:10.1.2.3]:80", 113, "unreachable").contains(" 10.1.2.3:80"));
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 113)), ["unreachable"]);
        assert_eq!(rules(&connect_fails("10.1.2.3:80", 101)), ["unreachable"]);
    }

    #[test]
    fn a_stream_connects_once() {
        let mut story = Story::new();
        let (near, _) = scenes::tcp_pair(&mut story);
        story.fail(near, "connect", Args::Connect { address: address("10.1.2.3:80") }, 106);
        assert!(text_of(&story.build(), "already-connected").contains("Descriptor 3"));
    }
}
