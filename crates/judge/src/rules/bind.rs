//! `bind` and `listen`: who already uses an address.

use socklab_event::{Args, Call, Endpoint, Errno, OptionValue};
use socklab_flows::Position;

use crate::case::{Case, Occurrence, address_text, is_loopback, port};

/// Who holds the address that a `bind` or `listen` could not get.
enum Holder {
    /// A recorded socket that is still open: the call that bound it.
    Open(Position),
    /// A recorded connection whose server side closed first: that close.
    TimeWait(Position),
    Unknown,
}

fn refused<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Position, Endpoint, Holder)> + use<'c> {
    let inherited = super::kept::at_inherited_ports(case);
    case.failed(Errno::EADDRINUSE).filter(move |(at, _)| !inherited.contains(at)).filter_map(
        |(at, call)| {
            let address = match &call.args {
                Args::Bind { address } => address.clone(),
                Args::Listen { .. } => call.socket.as_ref()?.local.clone()?,
                _ => return None,
            };
            let holder = holder(case, at, call, &address);
            Some((at, address, holder))
        },
    )
}

fn holder(case: &Case<'_>, at: Position, failed: &Call, address: &Endpoint) -> Holder {
    let protocol = failed.socket.as_ref().map(|socket| socket.protocol);
    let own = case.flows.socket_at(at);
    let same_port = |(index, socket): &(usize, &socklab_flows::Socket)| {
        let local = socket.identity.local.as_ref().and_then(Endpoint::port);
        let same = Some(socket.identity.protocol) == protocol;
        Some(*index) != own && same && local.is_some() && local == address.port()
    };
    let sockets = || case.flows.sockets.iter().enumerate().filter(same_port);
    for (index, _) in sockets() {
        let before: Vec<_> = case.before(index, at).collect();
        let closed = before.last().is_some_and(|(_, call)| call.is_close());
        let bound = before
            .iter()
            .find(|(_, call)| matches!(call.args, Args::Bind { .. }) && call.value().is_some());
        if let Some((bound, _)) = bound.filter(|_| !closed) {
            return Holder::Open(*bound);
        }
    }
    let mut closed_first = sockets().filter_map(|(index, socket)| {
        socket.listener?;
        super::closing::closed_first(case, socket.connection?, index).filter(|close| *close < at)
    });
    closed_first.next_back().map_or(Holder::Unknown, Holder::TimeWait)
}

pub(super) fn held(case: &Case<'_>) -> Vec<Occurrence> {
    let found = refused(case).filter_map(|(at, address, holder)| match holder {
        Holder::Open(bound) => {
            let finding = Occurrence::at(at).and([bound]).with("port", port(&address));
            Some(finding.with("holder", case.program(bound)))
        }
        _ => None,
    });
    found.collect()
}

pub(super) fn time_wait(case: &Case<'_>) -> Vec<Occurrence> {
    let found = refused(case).filter_map(|(at, address, holder)| match holder {
        Holder::TimeWait(close) => {
            let finding = Occurrence::at(at).and([close]).with("port", port(&address));
            Some(finding.with("server", case.program(close)))
        }
        _ => None,
    });
    found.collect()
}

fn unknown<'c>(case: &'c Case<'_>, reuses: bool) -> impl Iterator<Item = Occurrence> + use<'c> {
    let unknown = refused(case).filter(move |(at, _, holder)| {
        matches!(holder, Holder::Unknown) && reuse_set(case, *at).is_some() == reuses
    });
    unknown.map(|(at, address, _)| {
        Occurrence::at(at).and(reuse_set(case, at)).with("port", port(&address))
    })
}

/// The call that set `SO_REUSEADDR` on the socket of a call, before that call.
fn reuse_set(case: &Case<'_>, at: Position) -> Option<Position> {
    let set = |call: &Call| match &call.args {
        Args::SetOption { option, value: OptionValue::Int(value), .. } => {
            option == "SO_REUSEADDR" && *value != 0 && call.value().is_some()
        }
        _ => false,
    };
    case.before(case.flows.socket_at(at)?, at).find(|(_, call)| set(call)).map(|(at, _)| at)
}

pub(super) fn in_use(case: &Case<'_>) -> Vec<Occurrence> {
    unknown(case, false).collect()
}

/// With `SO_REUSEADDR` set, TIME_WAIT cannot be the reason: another socket is listening there.
pub(super) fn in_use_listening(case: &Case<'_>) -> Vec<Occurrence> {
    unknown(case, true).collect()
}

pub(super) fn low_port(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EACCES).filter_map(|(at, call)| match &call.args {
        Args::Bind { address } if (1..1024).contains(&port(address)) => {
            Some(Occurrence::at(at).with("port", port(address)))
        }
        _ => None,
    });
    found.collect()
}

pub(super) fn not_local(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EADDRNOTAVAIL).filter_map(|(at, call)| match &call.args {
        Args::Bind { address } if !is_loopback(address) => {
            Some(Occurrence::at(at).with("address", address_text(address)))
        }
        _ => None,
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, address, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    fn bind_fails(story: &mut Story, to: &str, errno: i32) -> socklab_event::Timeline {
        let late = story.command("late", "python3 late.py");
        let sock = story.tcp(late);
        story.fail(sock, "bind", Args::Bind { address: address(to) }, errno);
        story.build()
    }

    #[test]
    fn the_holder_of_a_port_is_named() {
        let mut story = Story::new();
        scenes::tcp_server(&mut story);
        let timeline = bind_fails(&mut story, "*:12000", 98);
        assert_eq!(rules(&timeline), ["address-in-use-held"]);
        assert!(text_of(&timeline, "address-in-use-held").contains("server"));
    }

    #[test]
    fn a_server_that_closed_first_left_time_wait() {
        let mut story = Story::new();
        let (_, listener, waiting) = scenes::tcp_server(&mut story);
        let client = story.command("client", "c");
        let near = story.tcp(client);
        story.connect(near, "127.0.0.1:12000");
        let far = story.since(waiting).accept(listener, near);
        story.close(far);
        story.close(listener);
        story.recv(near, "");
        story.close(near);
        let timeline = bind_fails(&mut story, "*:12000", 98);
        assert!(rules(&timeline).contains(&"address-in-use-time-wait"));
    }

    #[test]
    fn an_unknown_holder_stays_unknown() {
        assert_eq!(rules(&bind_fails(&mut Story::new(), "*:12000", 98)), ["address-in-use"]);
    }

    #[test]
    fn with_the_option_set_it_is_not_time_wait() {
        let mut story = Story::new();
        let who = story.command("late", "python3 late.py");
        let sock = story.tcp(who);
        let (level, option) = ("SOL_SOCKET".into(), "SO_REUSEADDR".into());
        let args = Args::SetOption { level, option, value: OptionValue::Int(1) };
        story.on(sock, "setsockopt", args, socklab_event::Outcome::Value(0));
        story.fail(sock, "bind", Args::Bind { address: address("*:12000") }, 98);
        assert_eq!(rules(&story.build()), ["reuse-address", "address-in-use-listening"]);
    }

    #[test]
    fn ports_below_1024_and_foreign_addresses() {
        assert_eq!(rules(&bind_fails(&mut Story::new(), "*:80", 13)), ["low-port"]);
        assert_eq!(rules(&bind_fails(&mut Story::new(), "8.8.8.8:5000", 99)), ["address-not-here"]);
    }
}
