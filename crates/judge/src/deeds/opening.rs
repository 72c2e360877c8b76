//! Servers that nobody could reach: another port, another transport, no `listen`.

use socklab_event::{Args, Protocol};
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
    let binds = |socket: usize| {
        life.made(|args| matches!(args, Args::Bind { .. })).find(|(at, call)| {
            call.value().is_some() && life.flows().socket_at(*at) == Some(socket)
        })
    };
    let mut found = Vec::new();
    for (index, socket) in life.flows().sockets.iter().enumerate() {
        let bind = binds(index);
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
        _ => return None,
    };
    let other = |protocol| if protocol == Protocol::TCP { "TCP" } else { "UDP" };
    let bound = life.made(|args| matches!(args, Args::Bind { .. })).find(|(_, call)| {
        let fits = if got == Protocol::UDP { is_udp(call) } else { is_tcp(call) };
        call.value().is_some() && fits
    });
    let (at, _) = bound.filter(|_| !life.has(wanted))?;
    Some(life.found(at).with("got", other(got)).with("wanted", other(wanted)))
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
    life.made(|args| matches!(args, Args::Connect { .. })).find_map(|(at, call)| {
        let address = call.peer_address()?;
        (is_loopback(address) && address.port() == Some(life.asked.port))
            .then(|| life.found(at).with("address", address_text(address)))
    })
}
