//! A network of the programs' own, which socklab made so that their packets can be seen or ruled: it
//! has no way out. What fails because of that is not the machine's fault.

use std::collections::BTreeSet;

use socklab_event::{Args, Endpoint, Errno};
use socklab_flows::Position;

use super::connect;
use crate::case::{Case, Occurrence, address_text};

/// The port of name servers, RFC 1035 §4.2.
const NAMES: u16 = 53;

/// True if this error means that socklab's network lacks a route. Nobody gets EHOSTUNREACH for that:
/// it says that a neighbour did not answer.
pub(super) fn lacks(case: &Case<'_>, errno: Errno) -> bool {
    case.own_network && errno == Errno::ENETUNREACH
}

pub(super) fn unreachable(case: &Case<'_>) -> Vec<Occurrence> {
    if !case.own_network {
        return Vec::new();
    }
    connect::no_way(case, Errno::ENETUNREACH)
}

/// Names could not be asked for: nobody is there whom the programs took for their name server. Once
/// for each process.
pub(super) fn name_server(case: &Case<'_>) -> Vec<Occurrence> {
    if !case.own_network {
        return Vec::new();
    }
    let mut told = BTreeSet::new();
    let outside = case.failed(Errno::ENETUNREACH).filter_map(|(at, call)| {
        let Args::Connect { address } = &call.args else { return None };
        let is_udp = crate::case::is_udp(call);
        (is_udp && address.port() == Some(NAMES)).then(|| (at, address.clone()))
    });
    let nobody = case.flows.lookups.iter();
    let nobody = nobody.filter_map(|one| {
        one.refused?;
        Some((*one.calls.first()?, one.server.clone()))
    });
    let mut found: Vec<(Position, Endpoint)> = outside.chain(nobody).collect();
    found.sort_by_key(|(at, _)| *at);
    let process = |at: Position| case.flows.order[at].place.process;
    // Programs ask another name server, if they know one.
    found.retain(|(at, _)| {
        let mut answered = case.flows.lookups.iter().filter(|one| one.answered);
        let asked =
            answered.any(|one| one.calls.first().is_some_and(|of| process(*of) == process(*at)));
        !asked && told.insert(process(*at))
    });
    let found = found.into_iter();
    found.map(|(at, server)| Occurrence::at(at).with("server", address_text(&server))).collect()
}

/// A name server of socklab's network said that there is no such name: it knows the few names there
/// are in it.
pub(super) fn no_such_name(case: &Case<'_>) -> Vec<Occurrence> {
    if !case.own_network {
        return Vec::new();
    }
    let mut told = BTreeSet::new();
    let lookups = case.flows.lookups.iter().filter(|one| {
        // A program that was recorded may be a name server, too.
        let of = case.flows.sockets[one.socket].connection;
        let far = of.map(|of| case.flows.other_end(of, Some(one.socket)));
        far.is_none_or(|far| far.socket.is_none())
    });
    let denied = lookups.flat_map(|one| {
        let denied = one.questions.iter().filter(|question| question.is_denied());
        denied.filter_map(move |question| Some((one, question, *one.calls.first()?)))
    });
    let found = denied.filter_map(|(lookup, question, at)| {
        let process = case.flows.order[at].place.process;
        told.insert((process, question.name.clone())).then(|| {
            let finding = Occurrence::at(at).with("name", question.name.clone());
            finding.with("server", address_text(&lookup.server))
        })
    });
    found.collect()
}
