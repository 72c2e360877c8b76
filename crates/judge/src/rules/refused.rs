//! `connect` was refused: why, as far as the recording tells.

use socklab_event::{Endpoint, Errno, OptionValue};
use socklab_flows::Position;
use socklab_say::duration;

use super::attempts::{Failed, NO_WAY, SOON, failures, fallback};
use crate::case::{Case, Occurrence, address_text, host, is_loopback, port};

/// Why a connect was refused, as far as the recording tells.
enum Why<'c> {
    /// A recorded socket listened there all the same: nobody knows.
    Unknown,
    /// The program then got through at another address.
    FellBack(Position, &'c Endpoint),
    /// A recorded socket listened on that port at another address: its `listen`, and where.
    Elsewhere(Position, &'c Endpoint),
    /// A recorded socket listened on that port at `::`, but not for IPv4: its `listen`, and the option
    /// that says so.
    OnlySix(Position, Position),
    /// A recorded socket listened there soon afterwards.
    TooEarly(Position),
    /// Nobody in the recording has to do with it.
    Nobody,
}

fn why<'c>(case: &'c Case<'_>, failed: &Failed<'_>) -> Why<'c> {
    let Failed { connect, address, .. } = *failed;
    let netns = case.call(connect).and_then(|call| call.socket.as_ref()?.netns);
    let listeners = || {
        let all = case.listeners.iter().map(|index| (*index, &case.flows.sockets[*index]));
        let on_port = all.filter(|(_, socket)| {
            let local = socket.identity.local.as_ref().and_then(Endpoint::port);
            let known = [netns, socket.identity.netns];
            let same_netns = known.contains(&None) || known[0] == known[1];
            local == address.port() && same_netns
        });
        on_port.filter_map(|(index, socket)| Some((index, socket, socket.listening?)))
    };
    let open = |index: usize, listen: Position| listen < connect && case.is_open(index, connect);
    let is_there = |index: usize| case.flows.is_at(index, netns, address);
    let by_rule = super::lost::is_refused_by_rule(case, connect);
    if by_rule || listeners().any(|(index, _, listen)| open(index, listen) && is_there(index)) {
        return Why::Unknown;
    }
    if let Some((other, to)) = fallback(case, failed) {
        return Why::FellBack(other, to);
    }
    let mut elsewhere = listeners().filter(|(index, _, listen)| open(*index, *listen));
    if let Some((index, socket, listen)) = elsewhere.next().filter(|_| is_loopback(address)) {
        let any = socket.identity.local.as_ref().is_some_and(Endpoint::is_any_address);
        if any
            && let Some((option, OptionValue::Int(on))) = case.option(index, "IPV6_V6ONLY", connect)
            && *on != 0
        {
            return Why::OnlySix(listen, option);
        }
        return socket.identity.local.as_ref().map_or(Why::Nobody, |at| Why::Elsewhere(listen, at));
    }
    let here = || listeners().filter(|(index, ..)| is_there(*index));
    let before = here().any(|(_, _, listen)| listen < connect);
    let when = |at: Position| case.flows.order[at].at;
    let process = |at: Position| case.flows.order[at].place.process;
    // The same process asking first whether the port is free has not come too early.
    let later = here().map(|(.., listen)| listen).filter(|listen| {
        let soon = when(*listen).saturating_sub(when(connect)) <= SOON;
        *listen > connect && soon && process(*listen) != process(connect)
    });
    match later.min().filter(|_| !before && is_loopback(address)) {
        Some(listen) => Why::TooEarly(listen),
        None => Why::Nobody,
    }
}

/// Refused connects, each with the reason.
fn refusals<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Failed<'c>, Why<'c>)> {
    failures(case, Errno::ECONNREFUSED).map(|failed| {
        let why = why(case, &failed);
        (failed, why)
    })
}

fn refusal(case: &Case<'_>, failed: &Failed<'_>) -> Occurrence {
    let address = failed.address;
    failed.finding(case).with("address", host(address)).with("port", port(address))
}

/// On this machine there is no doubt: no socket is listening there.
pub(super) fn refused(case: &Case<'_>) -> Vec<Occurrence> {
    let local = refusals(case)
        .filter(|(failed, why)| is_loopback(failed.address) && matches!(why, Why::Nobody));
    local.map(|(failed, _)| refusal(case, &failed)).collect()
}

/// On another host, a firewall may have answered in its place.
pub(super) fn refused_remote(case: &Case<'_>) -> Vec<Occurrence> {
    let remote = refusals(case)
        .filter(|(failed, why)| !is_loopback(failed.address) && matches!(why, Why::Nobody));
    remote.map(|(failed, _)| refusal(case, &failed)).collect()
}

/// A server has the port, but at another address or in the other address family.
pub(super) fn refused_elsewhere(case: &Case<'_>) -> Vec<Occurrence> {
    let found = refusals(case).filter_map(|(failed, why)| {
        let Why::Elsewhere(listen, at) = why else { return None };
        let finding =
            failed.finding(case).and([listen]).with("asked", address_text(failed.address));
        Some(finding.with("server", case.program(listen)).with("listens", address_text(at)))
    });
    found.collect()
}

/// A server has the port at every address, but of IPv6 only (ipv6(7), `IPV6_V6ONLY`).
pub(super) fn refused_by_option(case: &Case<'_>) -> Vec<Occurrence> {
    let found = refusals(case).filter_map(|(failed, why)| {
        let Why::OnlySix(listen, option) = why else { return None };
        let finding = failed.finding(case).and([listen, option]);
        let finding = finding.with("asked", address_text(failed.address));
        Some(finding.with("server", case.program(listen)).with("port", port(failed.address)))
    });
    found.collect()
}

/// The server did start, but later.
pub(super) fn too_early(case: &Case<'_>) -> Vec<Occurrence> {
    let early = refusals(case).filter_map(|(failed, why)| {
        let Why::TooEarly(later) = why else { return None };
        let gap = case.flows.order[later].at.saturating_sub(failed.at(case));
        let finding = failed.finding(case).and([later]).with("port", port(failed.address));
        Some(finding.with("server", case.program(later)).with("time", duration(gap)))
    });
    early.collect()
}

/// Refused or unreachable at one address, connected at the next.
pub(super) fn fell_back(case: &Case<'_>) -> Vec<Occurrence> {
    let refused = refusals(case).filter_map(|(failed, why)| match why {
        Why::FellBack(other, to) => Some((failed, other, to)),
        _ => None,
    });
    let unreachable = NO_WAY.into_iter().flat_map(|errno| failures(case, errno));
    let unreachable = unreachable.filter_map(|failed| {
        let (other, to) = fallback(case, &failed)?;
        Some((failed, other, to))
    });
    let found = refused.chain(unreachable).map(|(failed, other, to)| {
        let finding = failed.finding(case).and([other]).with("first", address_text(failed.address));
        finding.with("then", address_text(to)).with("program", case.program(other))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, address, scenes};

    use super::super::explained::{connect_fails, rules, text_of};
    use super::*;
    use socklab_event::Args;

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
}
