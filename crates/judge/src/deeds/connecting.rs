//! Clients that did not get through to their server, or never tried.

use socklab_event::{Args, Call, Endpoint, Errno, Family};
use socklab_flows::Position;

use super::Missed;
use super::life::Life;
use crate::case::{Occurrence, address_text};

/// DNS: the resolver's own connects are nobody's mistake.
const DNS: u16 = 53;

/// Its `connect`s, and its sends to an address: where it wanted to go.
fn attempts<'l>(life: &'l Life<'_>) -> impl Iterator<Item = (Position, &'l Call, &'l Endpoint)> {
    life.calls.iter().filter_map(|(at, call)| {
        let address = match &call.args {
            Args::Connect { address } => address,
            Args::Send { to: Some(address), .. } => address,
            _ => return None,
        };
        let socket = call.socket.as_ref()?;
        let inet = socket.family == Family::INET || socket.family == Family::INET6;
        (inet && address.port() != Some(DNS)).then_some((*at, *call, address))
    })
}

/// True if it should have connected or sent something, and is in no conversation with anybody.
fn is_alone(life: &Life<'_>) -> bool {
    let wanted = matches!(
        life.asked.missed,
        Missed::Connected | Missed::Bytes { .. } | Missed::Within { .. }
    );
    wanted && life.talks.is_empty() && serves(life).is_none()
}

fn serves(life: &Life<'_>) -> Option<Position> {
    life.made(|args| matches!(args, Args::Listen { .. } | Args::Bind { .. }))
        .map(|(at, _)| at)
        .next()
}

/// Its last attempt, if none was to the port that it was told, and nothing worse happened to it.
fn other_port<'l>(life: &'l Life<'_>) -> Option<(Position, &'l Endpoint)> {
    let port = Some(life.asked.port);
    if !is_alone(life)
        || life.died_of_a_fault()
        || attempts(life).any(|(.., address)| address.port() == port)
    {
        return None;
    }
    attempts(life).last().map(|(at, _, address)| (at, address))
}

fn told(life: &Life<'_>, at: Position, address: &Endpoint) -> Occurrence {
    let found = life.found(at).with("address", address_text(address));
    found.with("asked", u64::from(life.asked.port))
}

/// The port that it went to is the one that it was told, with its two bytes swapped.
pub(super) fn swapped(life: &Life<'_>) -> Option<Occurrence> {
    let (at, address) = other_port(life)?;
    let swapped = life.asked.port.swap_bytes();
    (address.port() == Some(swapped)).then(|| told(life, at, address))
}

/// None of its attempts was to the port that it was told.
pub(super) fn elsewhere(life: &Life<'_>) -> Option<Occurrence> {
    let (at, address) = other_port(life)?;
    Some(told(life, at, address))
}

/// All its attempts failed; the last one is told.
pub(super) fn failed(life: &Life<'_>) -> Option<Occurrence> {
    let all = || attempts(life).filter(|(_, call, _)| matches!(call.args, Args::Connect { .. }));
    if !is_alone(life) || all().any(|(_, call, _)| call.value().is_some()) {
        return None;
    }
    let (at, call, address) = all().last()?;
    let error =
        call.error().filter(|error| !matches!(*error, Errno::EINPROGRESS | Errno::EINTR))?;
    let found = life.found(at).with("address", address_text(address));
    Some(found.with("error", error.to_string()).with("now", life.now()))
}

/// It never tried.
pub(super) fn never(life: &Life<'_>) -> Option<Occurrence> {
    let waits = life.asked.missed == Missed::Connected;
    untried(life).filter(|_| waits)
}

/// A client without connections never sent anything to anybody.
pub(super) fn never_sent(life: &Life<'_>) -> Option<Occurrence> {
    let waits = matches!(life.asked.missed, Missed::Bytes { .. } | Missed::Within { .. });
    let is_client = life.server().is_some() && life.talks.is_empty();
    untried(life).filter(|_| waits && is_client)
}

fn untried(life: &Life<'_>) -> Option<Occurrence> {
    let last = life.calls.last().map_or(life.started, |(at, _)| *at);
    attempts(life).next().is_none().then(|| life.found(last).with("now", life.now()))
}
