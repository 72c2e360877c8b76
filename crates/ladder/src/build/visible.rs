//! Which events are worth a row.

use std::collections::{HashMap, HashSet};

use event::{Args, Call, Endpoint, Event, Exit, Family, Frame, Process, Transport, What};
use flows::{Flows, Lookup, Position};

use super::cast::Cast;
use crate::{Detail, Options};

/// The events to draw, and what was left out.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// In order.
    pub(crate) shown: Vec<Position>,
    /// Calls that only set up or enquire.
    pub(crate) hidden: u64,
    /// Frames that only acknowledge.
    pub(crate) bare_acks: u64,
    /// The first call of each name look-up, which stands for all of its calls.
    pub(crate) lookups: HashMap<Position, usize>,
}

/// Sorts the events into drawn and not drawn.
pub(crate) fn choose(flows: &Flows<'_>, cast: &Cast, options: &Options) -> Visible {
    let mut visible = Visible::default();
    let mut in_lookup: HashSet<Position> = HashSet::new();
    let mut asides = HashSet::new();
    if options.detail == Detail::Essential {
        for (index, lookup) in flows.lookups.iter().enumerate().filter(|(_, one)| folds(flows, one))
        {
            if let Some(first) = lookup.calls.first() {
                visible.lookups.insert(*first, index);
                in_lookup.extend(&lookup.calls);
            }
        }
        asides = address_probes(flows);
        asides.extend(cache_questions(flows));
        asides.extend(self_pipes(flows));
    }
    for (at, event) in flows.order.iter().enumerate() {
        let keep = options.keep.contains(&event.seq);
        match &event.what {
            What::Call(_) if cast.lane(&event.place).is_none() => {}
            What::Call(_) if visible.lookups.contains_key(&at) => visible.shown.push(at),
            What::Call(_) if in_lookup.contains(&at) && !keep => {}
            What::Call(call) => {
                let aside = flows.socket_at(at).is_some_and(|socket| asides.contains(&socket));
                let connected = flows.connection_at(at).is_some();
                // The kernel closes everything at exit; it matters where someone is listening.
                let tidying = call.implicit && !connected;
                let all = options.detail == Detail::All;
                if keep || all || !(aside || tidying) && is_essential(call, options) {
                    visible.shown.push(at);
                } else {
                    visible.hidden += u64::from(!call.implicit);
                }
            }
            What::Process(process) => {
                let alone = cast.tag(&event.place).is_none();
                let drawn = cast.lane(&event.place).is_some();
                if drawn && (keep || is_telling(process, alone, options)) {
                    visible.shown.push(at);
                }
            }
            What::Frame(frame) => {
                if keep || options.detail == Detail::All || !is_bare_ack(flows, at, frame) {
                    visible.shown.push(at);
                } else {
                    visible.bare_acks += 1;
                }
            }
            What::State(_) => {
                if keep || options.detail == Detail::All {
                    visible.shown.push(at);
                }
            }
            What::Notice(_) => {}
        }
    }
    visible
}

/// A look-up is folded unless the name server itself is in the recording: then it is the subject.
fn folds(flows: &Flows<'_>, lookup: &Lookup) -> bool {
    let recorded = |at: &Position| {
        let connection = flows.connection_at(*at);
        let other = connection.map(|one| flows.other_end(one, Some(lookup.socket)));
        other.is_some_and(|other| other.socket.is_some())
    };
    !lookup.calls.iter().any(recorded)
}

fn is_essential(call: &Call, options: &Options) -> bool {
    let failed = call.error().is_some();
    let family = call.socket.as_ref().map(|socket| socket.family);
    match &call.args {
        // The C library asks the kernel for its addresses, on the program's behalf.
        _ if family == Some(Family::NETLINK) => false,
        Args::Socket { family: Family::NETLINK, .. } => false,
        Args::SetOption { .. } => failed,
        Args::GetOption { value, .. } => {
            matches!(value, Some(event::OptionValue::Error(errno)) if errno.0 != 0)
        }
        Args::LocalName { .. }
        | Args::PeerName { .. }
        | Args::Dup { .. }
        | Args::Fcntl { .. }
        | Args::Ioctl { .. }
        | Args::EpollControl { .. }
        | Args::Other { .. } => false,
        Args::Poll { .. } | Args::EpollWait { .. } => failed || options.waited(call),
        Args::Close => !failed || !call.implicit,
        _ => true,
    }
}

/// Sockets with which the C library asks the name service cache daemon, on the program's behalf.
fn cache_questions(flows: &Flows<'_>) -> HashSet<usize> {
    let asks = flows.calls().filter(|(_, _, call)| match &call.args {
        Args::Connect { address: Endpoint::Unix { path } } => path.contains("/nscd/"),
        _ => false,
    });
    asks.filter_map(|(at, ..)| flows.socket_at(at)).collect()
}

/// Pairs with which one program wakes its own event loop, beside the network it is about.
fn self_pipes(flows: &Flows<'_>) -> HashSet<usize> {
    let process = |at: &Position| flows.order[*at].place.process;
    let networked: HashSet<u32> = flows
        .calls()
        .filter(|(_, _, call)| {
            let family = call.socket.as_ref().map(|socket| socket.family);
            [Some(Family::INET), Some(Family::INET6)].contains(&family)
        })
        .map(|(at, ..)| process(&at))
        .collect();
    let pairs = flows.connections.iter().filter_map(|connection| {
        let [Some(one), Some(other)] = connection.ends.each_ref().map(|end| end.socket) else {
            return None;
        };
        let created = flows.sockets[one].created.or(flows.sockets[other].created)?;
        let is_pair = flows
            .call(created)
            .is_some_and(|call| matches!(call.args, event::Args::Socketpair { .. }));
        let calls = flows.sockets[one].calls.iter().chain(&flows.sockets[other].calls);
        let users: HashSet<u32> = calls.map(process).collect();
        let own = users.len() == 1 && users.is_subset(&networked);
        (is_pair && own).then_some([one, other])
    });
    pairs.flatten().collect()
}

/// Sockets with which `getaddrinfo` finds out which of a host's addresses can be reached: UDP
/// sockets connected, asked for their own address, and closed without a byte sent. Known by the
/// program then really using one of those addresses.
fn address_probes(flows: &Flows<'_>) -> HashSet<usize> {
    let connects = |call: &Call| match &call.args {
        Args::Connect { address } => address.ip_port().map(|(ip, _)| ip),
        _ => None,
    };
    let mut used: HashSet<(u32, std::net::IpAddr)> = HashSet::new();
    let mut silent: Vec<usize> = Vec::new();
    for (index, socket) in flows.sockets.iter().enumerate() {
        let calls = || socket.calls.iter().filter_map(|at| Some((*at, flows.call(*at)?)));
        let only_asks = |call: &Call| {
            matches!(
                call.args,
                Args::Socket { .. } | Args::Connect { .. } | Args::LocalName { .. } | Args::Close
            )
        };
        let connected = calls().any(|(_, call)| connects(call).is_some());
        if !socket.is_stream() && connected && calls().all(|(_, call)| only_asks(call)) {
            silent.push(index);
        } else {
            let ips = calls().filter_map(|(at, call)| {
                let to = match &call.args {
                    Args::Send { to: Some(to), .. } => to.ip_port().map(|(ip, _)| ip),
                    _ => connects(call),
                };
                Some((flows.order[at].place.process, to?))
            });
            used.extend(ips);
        }
    }
    silent.retain(|index| {
        flows.sockets[*index].calls.iter().any(|at| {
            let ip = flows.call(*at).and_then(connects);
            ip.is_some_and(|ip| used.contains(&(flows.order[*at].place.process, ip)))
        })
    });
    silent.into_iter().collect()
}

fn is_telling(process: &Process, alone: bool, options: &Options) -> bool {
    match process {
        Process::Exit { status: Exit::Code(0) } => alone || options.detail == Detail::All,
        Process::Exit { .. } | Process::Stdio { .. } | Process::Signal { .. } => true,
        Process::Stopped { .. } | Process::Released => true,
        Process::Start { .. } | Process::Ready { .. } => false,
        Process::Exec { .. } | Process::Continued => options.detail == Detail::All,
    }
}

/// An ACK without data, unless it is the third step of a handshake.
fn is_bare_ack(flows: &Flows<'_>, at: Position, frame: &Frame) -> bool {
    let Some(headers) = &frame.headers else { return false };
    let Transport::Tcp { flags, .. } = &headers.transport else { return false };
    let bare = headers.payload.total == 0
        && flags.has("ACK")
        && !["SYN", "FIN", "RST"].iter().any(|flag| flags.has(flag));
    // The frame before it in this conversation tells whether it completes a handshake.
    let same = |event: &&&Event| {
        let other = event.frame().and_then(|frame| frame.headers.as_ref());
        other.is_some_and(|other| {
            let forth = other.source == headers.source && other.destination == headers.destination;
            let back = other.source == headers.destination && other.destination == headers.source;
            forth || back
        })
    };
    let before = flows.order[..at].iter().rev().take(200).find(same);
    let answers_syn = before.and_then(|event| event.frame()).is_some_and(|frame| {
        let transport = frame.headers.as_ref().map(|headers| &headers.transport);
        matches!(transport, Some(Transport::Tcp { flags, .. }) if flags.has("SYN") && flags.has("ACK"))
    });
    bare && !answers_syn && matches!(frame.fate, event::Fate::Delivered { .. })
}
