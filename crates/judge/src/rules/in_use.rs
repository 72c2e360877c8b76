//! `bind` and `listen`: who already uses a port. A failure with EADDRINUSE is followed by what the
//! kernel's tables showed at that moment; where nothing was visible, little is said.

use socklab_event::{Args, Endpoint, Errno, Event, OptionValue, Protocol, State, TcpState, What};
use socklab_flows::Position;

use crate::case::{Case, Occurrence, port};

/// A `bind` or `listen` that could not get an address with a port, and what the kernel showed.
struct Refused<'c> {
    at: Position,
    address: Endpoint,
    protocol: Option<Protocol>,
    /// The sockets on that port that stand in its way, as far as the addresses tell.
    states: Vec<(Position, &'c State)>,
}

impl Refused<'_> {
    fn finding(&self) -> Occurrence {
        let states = self.states.iter().map(|(at, _)| *at).take(3);
        Occurrence::at(self.at).and(states).with("port", port(&self.address))
    }

    fn only(&self, is: impl Fn(TcpState) -> bool) -> bool {
        !self.states.is_empty() && self.states.iter().all(|(_, state)| is(state.after))
    }
}

/// The events that follow a call and belong to it: what its thread's process recorded before that
/// thread's next call.
pub(super) fn following<'c>(
    case: &'c Case<'_>,
    at: Position,
) -> impl Iterator<Item = (Position, &'c Event)> + use<'c> {
    let place = &case.flows.order[at].place;
    let later = case.flows.order.iter().enumerate().skip(at + 1);
    let until = later
        .take_while(move |(_, event)| event.call().is_none() || event.place.thread != place.thread);
    let own = until.filter(move |(_, event)| event.place.process == place.process);
    own.filter(|(_, event)| event.call().is_none()).map(|(at, event)| (at, *event))
}

fn refused<'c>(case: &'c Case<'_>) -> impl Iterator<Item = Refused<'c>> + use<'c> {
    // A port that a child keeps open has a rule of its own.
    let inherited = super::kept::at_inherited_ports(case);
    let refused = case.failed(Errno::EADDRINUSE).filter(move |(at, _)| !inherited.contains(at));
    refused.filter_map(|(at, call)| {
        let address = match &call.args {
            Args::Bind { address } => address.clone(),
            Args::Listen { .. } => call.socket.as_ref()?.local.clone()?,
            _ => return None,
        };
        // Port 0 asks for any free port, and there was none.
        address.port().filter(|port| *port > 0)?;
        let states = following(case, at).filter_map(|(at, event)| match &event.what {
            What::State(state) => Some((at, &**state)),
            _ => None,
        });
        let own = call.socket.as_ref().and_then(|socket| socket.inode);
        let states = states.filter(|(_, state)| {
            let local = state.socket.local.as_ref();
            let in_the_way = local.is_some_and(|local| overlap(local, &address));
            in_the_way && (own.is_none() || state.socket.inode != own)
        });
        let protocol = call.socket.as_ref().map(|socket| socket.protocol);
        Some(Refused { at, states: states.collect(), protocol, address })
    })
}

/// True if two sockets cannot have these addresses at once. (`::` usually takes IPv4 too.)
fn overlap(one: &Endpoint, other: &Endpoint) -> bool {
    let (one, other) = (one.unmapped(), other.unmapped());
    let (Some((a, a_port)), Some((b, b_port))) = (one.ip_port(), other.ip_port()) else {
        return false;
    };
    let wide = |ip: std::net::IpAddr, other: std::net::IpAddr| {
        ip.is_unspecified() && (ip.is_ipv6() || other.is_ipv4())
    };
    a_port == b_port && (a == b || wide(a, b) || wide(b, a))
}

/// The recorded socket that has the address: the one the kernel named, or one that is bound there and
/// still open. The call that bound it.
fn recorded_holder(case: &Case<'_>, refused: &Refused<'_>) -> Option<Position> {
    let own = case.flows.socket_at(refused.at);
    let named = |socket: &socklab_flows::Socket| {
        let inode = socket.identity.inode;
        inode.is_some()
            && refused.states.iter().any(|(_, state)| holds(state) && inode == state.socket.inode)
    };
    let netns = own.and_then(|own| case.flows.sockets[own].identity.netns);
    let found = case.flows.sockets.iter().enumerate().filter(|(index, socket)| {
        let identity = &socket.identity;
        Some(*index) != own
            && Some(identity.protocol) == refused.protocol
            && (identity.netns.is_none() || netns.is_none() || identity.netns == netns)
            && identity.local.as_ref().is_some_and(|local| overlap(local, &refused.address))
    });
    let mut bound = found.filter_map(|(index, socket)| {
        // What the tables show is not all: a TCP socket that is only bound is in none.
        let visible = socket.listening.is_some_and(|listen| listen < refused.at)
            || refused.protocol == Some(Protocol::UDP);
        let there = match refused.states.is_empty() || !visible {
            true => case.is_open(index, refused.at) && socket.listener.is_none(),
            false => named(socket),
        };
        let mut calls = case.before(index, refused.at);
        let bind = calls.find(|(_, call)| {
            matches!(call.args, Args::Bind { .. } | Args::Listen { .. }) && call.value().is_some()
        });
        bind.filter(|_| there).map(|(bind, _)| bind)
    });
    bound.next()
}

/// True for a socket that keeps others from its address whatever its options: it listens, or is a
/// UDP socket, which has no other states than these.
fn holds(state: &State) -> bool {
    state.after == TcpState::LISTEN || state.socket.protocol == Protocol::UDP
}

/// What stands in the way of a `bind` or `listen`.
enum Holder {
    /// A recorded socket that is open: the call that bound it.
    Recorded(Position),
    /// A socket of a program outside the recording.
    Outside,
    /// Nobody listens, but connections of an earlier socket are still open.
    Connections,
    /// Nothing but connections in TIME_WAIT.
    TimeWait,
    /// Nothing was visible.
    Unknown,
}

fn holder(case: &Case<'_>, refused: &Refused<'_>) -> Holder {
    if let Some(bound) = recorded_holder(case, refused) {
        return Holder::Recorded(bound);
    }
    match &refused.states {
        states if states.is_empty() => Holder::Unknown,
        states if states.iter().any(|(_, state)| holds(state)) => Holder::Outside,
        _ if refused.only(|state| state == TcpState::TIME_WAIT) => Holder::TimeWait,
        _ => Holder::Connections,
    }
}

/// The failures where a recorded socket is in the way, and the call that bound that: of the process
/// that failed itself, or of another one.
fn recorded<'c>(
    case: &'c Case<'_>,
    own: bool,
) -> impl Iterator<Item = (Refused<'c>, Position)> + use<'c> {
    let process = |at: Position| case.flows.order[at].place.process;
    refused(case).filter_map(move |refused| match holder(case, &refused) {
        Holder::Recorded(bound) => {
            (own == (process(bound) == process(refused.at))).then_some((refused, bound))
        }
        _ => None,
    })
}

/// Another recorded program has the address.
pub(super) fn held(case: &Case<'_>) -> Vec<Occurrence> {
    let found = recorded(case, false);
    let held = |(refused, bound): (Refused<'_>, Position)| {
        refused.finding().and([bound]).with("holder", case.program(bound))
    };
    found.map(held).collect()
}

/// The program has the address itself, by another socket: to stop that program is no advice.
pub(super) fn held_by_itself(case: &Case<'_>) -> Vec<Occurrence> {
    let found = recorded(case, true);
    found.map(|(refused, bound)| refused.finding().and([bound])).collect()
}

/// The recorded close that left a connection in TIME_WAIT.
fn left_behind(case: &Case<'_>, states: &[(Position, &State)]) -> Option<Position> {
    let mut connections = case.flows.connections.iter().enumerate();
    connections.find_map(|(index, connection)| {
        let end = &connection.ends[1];
        let own = end.address.as_ref()?;
        let peer = connection.ends[0].address.as_ref()?;
        let same = states.iter().any(|(_, state)| {
            let (local, remote) = (state.socket.local.as_ref(), state.socket.peer.as_ref());
            local.is_some_and(|one| one.unmapped() == *own)
                && remote.is_some_and(|one| one.unmapped() == *peer)
        });
        super::closing::closed_first(case, index, end.socket?).filter(|_| same)
    })
}

fn waiting(case: &Case<'_>, reuses: bool) -> Vec<Occurrence> {
    let found = refused(case).filter(|refused| {
        let reuses_it = reuse_set(case, refused.at).is_some() == reuses;
        reuses_it && matches!(holder(case, refused), Holder::TimeWait)
    });
    let found = found.map(|refused| {
        let left = left_behind(case, &refused.states);
        refused.finding().and(left).and(reuse_set(case, refused.at))
    });
    found.collect()
}

/// Only TIME_WAIT is left, and this socket has not set `SO_REUSEADDR`.
pub(super) fn time_wait(case: &Case<'_>) -> Vec<Occurrence> {
    waiting(case, false)
}

/// Only TIME_WAIT is left, and this socket has set `SO_REUSEADDR`: then the old one had not. Linux
/// wants it on both (net/ipv4/inet_connection_sock.c, `inet_bind_conflict`).
pub(super) fn time_wait_without_option(case: &Case<'_>) -> Vec<Occurrence> {
    waiting(case, true)
}

/// Connections of an earlier socket are still open on the port.
pub(super) fn connections(case: &Case<'_>) -> Vec<Occurrence> {
    let found = refused(case).filter(|one| matches!(holder(case, one), Holder::Connections));
    let found = found.map(|refused| {
        let mut states: Vec<&str> = Vec::new();
        for (_, state) in &refused.states {
            let name = state.after.short_name().unwrap_or("?");
            if !states.contains(&name) {
                states.push(name);
            }
        }
        refused.finding().with("states", states.join(", "))
    });
    found.collect()
}

/// The call that set `SO_REUSEADDR` on the socket of a call, before that call.
fn reuse_set(case: &Case<'_>, at: Position) -> Option<Position> {
    let (set, value) = case.option(case.flows.socket_at(at)?, "SO_REUSEADDR", at)?;
    matches!(value, OptionValue::Int(value) if *value != 0).then_some(set)
}

pub(super) fn in_use(case: &Case<'_>) -> Vec<Occurrence> {
    let found = refused(case).filter(|one| matches!(holder(case, one), Holder::Unknown));
    found.map(|refused| refused.finding()).collect()
}

/// The kernel showed a socket that is open, and the recording does not know it.
pub(super) fn in_use_outside(case: &Case<'_>) -> Vec<Occurrence> {
    let found = refused(case).filter(|one| matches!(holder(case, one), Holder::Outside));
    found.map(|refused| refused.finding()).collect()
}

#[cfg(test)]
mod tests {
    use socklab_event::SocketId;
    use socklab_timelines::{Sock, Story, address, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    fn bind_fails(story: &mut Story, to: &str) -> Sock {
        let late = story.command("late", "python3 late.py");
        let sock = story.tcp(late);
        story.fail(sock, "bind", Args::Bind { address: address(to) }, 98);
        sock
    }

    /// What the kernel's table shows after a bind that failed.
    fn shows(story: &mut Story, sock: Sock, local: &str, peer: Option<&str>, after: TcpState) {
        let mut socket = SocketId { inode: None, ..story.identity(sock).clone() };
        (socket.local, socket.peer) = (Some(address(local)), peer.map(address));
        let state =
            State { socket: socket.into(), before: None, after, receive_queue: 0, send_queue: 0 };
        story.what(sock.who, What::State(Box::new(state)));
    }

    #[test]
    fn the_holder_of_a_port_is_named() {
        let mut story = Story::new();
        scenes::tcp_server(&mut story);
        bind_fails(&mut story, "*:12000");
        assert_eq!(rules(&story.build()), ["address-in-use-held"]);
        assert!(text_of(&story.build(), "address-in-use-held").contains("server"));
    }

    #[test]
    fn a_program_that_has_the_port_itself_is_not_told_to_stop_itself() {
        let mut story = Story::new();
        let server = story.command("server", "s");
        let [first, second] = [(); 2].map(|()| story.tcp(server));
        story.bind(first, "*:12000");
        story.listen(first, 1);
        story.fail(second, "bind", Args::Bind { address: address("*:12000") }, 98);
        assert_eq!(rules(&story.build()), ["address-in-use-own"]);
    }

    #[test]
    fn another_program_that_has_the_port_is_not_this_one() {
        let mut story = Story::new();
        scenes::tcp_server(&mut story);
        bind_fails(&mut story, "*:12000");
        assert!(!rules(&story.build()).contains(&"address-in-use-own"));
    }

    #[test]
    fn a_listener_outside_the_recording_is_seen_in_the_kernels_table() {
        let mut story = Story::new();
        let sock = bind_fails(&mut story, "*:12000");
        shows(&mut story, sock, "127.0.0.1:12000", None, TcpState::LISTEN);
        assert_eq!(rules(&story.build()), ["address-in-use-listening"]);
    }

    #[test]
    fn open_connections_of_an_earlier_server_are_named_by_their_states() {
        let mut story = Story::new();
        let sock = bind_fails(&mut story, "*:12000");
        for state in [TcpState::ESTABLISHED, TcpState::TIME_WAIT] {
            shows(&mut story, sock, "127.0.0.1:12000", Some("127.0.0.1:40000"), state);
        }
        let text = text_of(&story.build(), "address-in-use-connected");
        assert!(text.contains("ESTABLISHED, TIME_WAIT"), "{text}");
    }

    #[test]
    fn only_time_wait_is_left_and_its_cause_is_evidence() {
        let mut story = Story::new();
        let (_, listener, waiting) = scenes::tcp_server(&mut story);
        let client = story.command("client", "c");
        let near = story.tcp(client);
        story.connect(near, "127.0.0.1:12000");
        let far = story.since(waiting).accept(listener, near);
        let close = story.close(far);
        story.close(listener);
        story.recv(near, "");
        story.close(near);
        let peer = story.identity(near).local.as_ref().expect("bound").to_string();
        let sock = bind_fails(&mut story, "*:12000");
        shows(&mut story, sock, "127.0.0.1:12000", Some(&peer), TcpState::TIME_WAIT);
        let timeline = story.build();
        assert!(rules(&timeline).contains(&"address-in-use-time-wait"));
        let found = crate::explain(&socklab_flows::Flows::of(&timeline));
        let found = found.iter().find(|one| one.rule == "address-in-use-time-wait").unwrap();
        assert!(found.evidence.contains(&close), "{:?}", found.evidence);
    }

    #[test]
    fn nothing_visible_stays_unknown() {
        let mut story = Story::new();
        bind_fails(&mut story, "*:12000");
        assert_eq!(rules(&story.build()), ["address-in-use"]);
    }
}
