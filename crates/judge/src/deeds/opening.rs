//! Servers that nobody could reach: another port, another transport, no `listen`.

use std::collections::HashMap;

use socklab_event::{Args, Call, Errno, Protocol};
use socklab_flows::Position;

use super::Missed;
use super::life::Life;
use crate::case::{Occurrence, address_text, is_loopback, is_tcp, is_udp};

/// A port on which the program can be reached.
struct Open {
    /// The `listen`, or the `bind` of a datagram socket.
    at: Position,
    port: u16,
    /// The port passed to `bind`; 0 if there was no `bind`.
    chosen: u16,
}

/// The ports on which it serves, of the transport that was awaited.
fn ports(life: &Life<'_>) -> Vec<Open> {
    let binds = |calls: &[Position]| {
        let mut calls = calls.iter().filter_map(|at| Some((*at, life.case.call(*at)?)));
        calls.find(|(at, call)| {
            matches!(call.args, Args::Bind { .. }) && call.value().is_some() && life.is_mine(*at)
        })
    };
    let mut found = Vec::new();
    for socket in &life.flows().sockets {
        let bind = binds(&socket.calls);
        let chosen = bind.and_then(|(_, call)| match &call.args {
            Args::Bind { address } => address.port(),
            _ => None,
        });
        let at = match life.asked.missed {
            Missed::Bound if socket.identity.protocol == Protocol::UDP => bind.map(|(at, _)| at),
            Missed::Listening => socket.listening.filter(|at| life.is_mine(*at)),
            _ => None,
        };
        let port = socket.identity.local.as_ref().and_then(socklab_event::Endpoint::port);
        if let (Some(at), Some(port)) = (at, port) {
            found.push(Open { at, port, chosen: chosen.unwrap_or(0) });
        }
    }
    found
}

/// The first of its ports, if none is the one asked for.
fn other_port(life: &Life<'_>) -> Option<Open> {
    let ports = ports(life);
    let asked = ports.iter().any(|open| open.port == life.asked.port);
    ports.into_iter().next().filter(|_| !asked)
}

fn elsewhere(life: &Life<'_>, is: impl Fn(&Open) -> bool) -> Option<Occurrence> {
    let open = other_port(life).filter(is)?;
    let found = life.found(open.at).with("port", u64::from(open.port));
    Some(found.with("asked", u64::from(life.asked.port)))
}

fn is_swapped(life: &Life<'_>, open: &Open) -> bool {
    open.chosen == life.asked.port.swap_bytes()
}

/// The two bytes of the port are swapped: `htons` was forgotten.
pub(super) fn listens_swapped(life: &Life<'_>) -> Option<Occurrence> {
    elsewhere(life, |open| is_swapped(life, open))
}

/// Without `bind`, or with port 0, the kernel chose the port.
pub(super) fn listens_by_kernel(life: &Life<'_>) -> Option<Occurrence> {
    elsewhere(life, |open| open.chosen == 0)
}

/// The program chose another port.
pub(super) fn listens_elsewhere(life: &Life<'_>) -> Option<Occurrence> {
    elsewhere(life, |open| open.chosen != 0 && !is_swapped(life, open))
}

/// It serves over the other transport, and has no socket at all of the one that was awaited.
pub(super) fn wrong_transport(life: &Life<'_>) -> Option<Occurrence> {
    let (wanted, got) = match life.asked.missed {
        Missed::Listening => (Protocol::TCP, Protocol::UDP),
        Missed::Bound => (Protocol::UDP, Protocol::TCP),
        Missed::Connected | Missed::Bytes { .. } | Missed::Within { .. }
            if life.talks.is_empty() =>
        {
            return speaks_another(life);
        }
        _ => return None,
    };
    let bound = life.made(|args| matches!(args, Args::Bind { .. })).find(|(_, call)| {
        let fits = if got == Protocol::UDP { is_udp(call) } else { is_tcp(call) };
        call.value().is_some() && fits
    });
    let (at, _) = bound.filter(|_| !life.has(wanted))?;
    Some(life.found(at).with("got", transport(got)).with("wanted", transport(wanted)))
}

fn transport(protocol: Protocol) -> &'static str {
    if protocol == Protocol::TCP { "TCP" } else { "UDP" }
}

/// A client went to the port that it was told over the other transport, and has no socket of the one
/// that is served there.
fn speaks_another(life: &Life<'_>) -> Option<Occurrence> {
    let wanted = life.server()?;
    let got = if wanted == Protocol::TCP { Protocol::UDP } else { Protocol::TCP };
    let went = life.made(|args| {
        let (Args::Connect { address } | Args::Send { to: Some(address), .. }) = args else {
            return false;
        };
        address.port() == Some(life.asked.port)
    });
    let of = |call: &Call| call.socket.as_ref().map(|socket| socket.protocol);
    let mut other = went.filter(|(_, call)| of(call) == Some(got));
    let (at, _) = other.next().filter(|_| !life.has(wanted))?;
    Some(life.found(at).with("got", transport(got)).with("wanted", transport(wanted)))
}

/// It can be reached at the right port, but only over IPv6.
pub(super) fn listens_for_six(life: &Life<'_>) -> Option<Occurrence> {
    let open = ports(life).into_iter().filter(|open| open.port == life.asked.port);
    let mut local = open.map(|open| {
        let socket = life.flows().socket_at(open.at);
        let identity = socket.map(|socket| &life.flows().sockets[socket].identity);
        (open.at, identity.and_then(|identity| identity.local.clone()))
    });
    let (at, address) = local.next().filter(|_| local.next().is_none())?;
    let address = address?;
    let (ip, _) = address.unmapped().ip_port()?;
    (ip.is_ipv6() && !ip.is_unspecified())
        .then(|| life.found(at).with("address", address_text(&address)))
}

/// A UDP server never called `bind`.
pub(super) fn never_bound(life: &Life<'_>) -> Option<Occurrence> {
    let binds = life.made(|args| matches!(args, Args::Bind { .. })).next().is_some();
    let runs = life.exit.is_none() && life.asked.missed == Missed::Bound;
    let (at, _) = life.calls.iter().find(|(_, call)| is_udp(call))?;
    (runs && !binds).then(|| life.found(*at).with("now", life.now()))
}

/// It should go to a server, and waits for clients itself.
pub(super) fn serves_instead(life: &Life<'_>) -> Option<Occurrence> {
    let awaited = matches!(
        life.asked.missed,
        Missed::Connected | Missed::Bytes { .. } | Missed::Within { .. }
    );
    let goes = |args: &Args| matches!(args, Args::Connect { .. } | Args::Send { .. });
    if !awaited || !life.talks.is_empty() || life.server().is_none() || life.made(goes).count() > 0
    {
        return None;
    }
    let (at, call) = life
        .made(|args| match args {
            Args::Listen { .. } => true,
            Args::Bind { address } => address.port() == Some(life.asked.port),
            _ => false,
        })
        .next()?;
    Some(life.found(at).with("call", call.library_name()))
}

/// A call failed that had to succeed first, and the program went on with the same socket.
pub(super) fn ignored_failure(life: &Life<'_>) -> Option<Occurrence> {
    if life.died_of_a_fault() {
        return None;
    }
    let kind = |call: &Call| match &call.args {
        Args::Bind { .. } => Some(0),
        Args::Listen { .. } => Some(1),
        Args::Connect { .. } => Some(2),
        _ => None,
    };
    let serious = |error: &Errno| {
        !error.is_not_now()
            && !matches!(
                *error,
                Errno::EINPROGRESS | Errno::EALREADY | Errno::EINTR | Errno::EISCONN
            )
    };
    // From the end: what each socket was used for after a call, by kind of call.
    let mut after: HashMap<usize, [After; 3]> = HashMap::new();
    let mut first = None;
    for (at, call) in life.calls.iter().rev() {
        let Some(socket) = life.flows().socket_at(*at) else { continue };
        let after = after.entry(socket).or_default();
        if let Some(failed) = kind(call) {
            let After { again, went_on } = after[failed];
            if let Some(error) = call.error().filter(|it| serious(it) && went_on && !again) {
                first = Some((*at, *call, error));
            }
            after[failed].again |= call.value().is_some();
        }
        let accepts = matches!(call.args, Args::Accept { .. });
        let listens = matches!(call.args, Args::Listen { .. });
        after[0].went_on |= listens || accepts || call.receives();
        after[1].went_on |= accepts;
        after[2].went_on |= call.sends() || call.receives();
    }
    let (at, call, error) = first?;
    let address = match &call.args {
        Args::Bind { address } | Args::Connect { address } => address_text(address),
        _ => "none".to_owned(),
    };
    let found = life.found(at).with("call", call.library_name());
    Some(found.with("address", address).with("error", error.to_string()))
}

/// What happened to a socket after a call on it.
#[derive(Clone, Copy, Debug, Default)]
struct After {
    /// The call was made again, and worked.
    again: bool,
    /// The socket was used as if the call had worked.
    went_on: bool,
}

/// It bound a TCP socket, and never called `listen` on it.
pub(super) fn never_listened(life: &Life<'_>) -> Option<Occurrence> {
    let listens = life.made(|args| matches!(args, Args::Listen { .. })).next().is_some();
    if life.asked.missed != Missed::Listening || listens {
        return None;
    }
    let (at, call) = life
        .made(|args| matches!(args, Args::Bind { .. }))
        .find(|(_, call)| call.value().is_some() && is_tcp(call))?;
    let local = call.socket.as_ref().and_then(|socket| socket.local.as_ref());
    let port = local.and_then(socklab_event::Endpoint::port)?;
    Some(life.found(at).with("port", u64::from(port)).with("now", life.now()))
}

/// It should serve, and connects to the port that it was told.
pub(super) fn connects_instead(life: &Life<'_>) -> Option<Occurrence> {
    let serves = |args: &Args| matches!(args, Args::Bind { .. } | Args::Listen { .. });
    let awaited = matches!(life.asked.missed, Missed::Listening | Missed::Bound);
    if !awaited || life.made(serves).next().is_some() {
        return None;
    }
    let goes = |args: &Args| matches!(args, Args::Connect { .. } | Args::Send { to: Some(_), .. });
    life.made(goes).find_map(|(at, call)| {
        let address = match &call.args {
            Args::Connect { address } | Args::Send { to: Some(address), .. } => address,
            _ => return None,
        };
        (is_loopback(address) && address.port() == Some(life.asked.port))
            .then(|| life.found(at).with("address", address_text(address)))
    })
}
