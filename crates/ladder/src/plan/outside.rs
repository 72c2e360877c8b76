//! Peers that were not recorded and are known by their addresses only.

use std::collections::HashSet;

use socklab_event::Endpoint;
use socklab_flows::{Connection, ConnectionKind, Flows};
use socklab_say::{Speaker, clean, say};

use super::notable::Notable;

/// If there are more such servers (or clients), they share one column.
const MOST_OUTSIDE: usize = 3;

/// A peer that was not recorded.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Outside {
    /// The clients at one IP address.
    Clients(String),
    /// A server at one address and port.
    Server(String),
}

/// The peers that answered or connected without being recorded, each with the name of its column.
pub(crate) fn outside_peers(
    flows: &Flows<'_>,
    notable: &Notable,
    speaker: Speaker,
) -> Vec<(Outside, String)> {
    let lookups: HashSet<usize> = flows.lookups.iter().map(|lookup| lookup.socket).collect();
    let heard = heard_from(flows);
    let mut keys: Vec<Outside> = Vec::new();
    for (index, connection) in flows.connections.iter().enumerate() {
        let Some(key) = outside_key(connection) else { continue };
        let is_lookup =
            connection.ends.iter().any(|end| end.socket.is_some_and(|one| lookups.contains(&one)));
        let there = heard.contains(&index)
            || connection.kind == ConnectionKind::Stream && !flows.is_unanswered(index);
        let sockets = connection.ends.iter().filter_map(|end| end.socket);
        let drawn =
            sockets.flat_map(|socket| &flows.sockets[socket].calls).any(|at| notable.has(*at));
        if there && drawn && !is_lookup && !keys.contains(&key) {
            keys.push(key);
        }
    }
    let crowd = |clients: bool| {
        keys.iter().filter(|key| matches!(key, Outside::Clients(_)) == clients).count()
            > MOST_OUTSIDE
    };
    let crowded = [crowd(false), crowd(true)];
    let name = |key: &Outside| match key {
        Outside::Clients(_) if crowded[1] => say!(speaker, "ladder-elsewhere"),
        Outside::Server(_) if crowded[0] => say!(speaker, "ladder-elsewhere"),
        Outside::Clients(address) => say!(speaker, "ladder-clients-at", address = address),
        Outside::Server(address) => address.clone(),
    };
    keys.iter().map(|key| (key.clone(), name(key))).collect()
}

/// The connections on which something was received, so that there is a peer.
fn heard_from(flows: &Flows<'_>) -> HashSet<usize> {
    let heard = flows.calls().filter(|(_, _, call)| call.received().is_some());
    heard.filter_map(|(at, ..)| flows.connection_at(at)).collect()
}

/// The peer that was not recorded, if one end of the connection was not.
pub(crate) fn outside_key(connection: &Connection) -> Option<Outside> {
    if connection.listener.is_some() && connection.ends[1].socket.is_none() {
        // Never accepted, but the listener was recorded: its column stands for this end.
        return None;
    }
    match connection.ends.each_ref().map(|end| (end.socket, end.address.as_ref())) {
        [(Some(_), _), (None, Some(server))] => Some(Outside::Server(shown(server))),
        [(None, Some(client)), (Some(_), _)] => Some(Outside::Clients(host(client))),
        _ => None,
    }
}

fn shown(endpoint: &Endpoint) -> String {
    clean(&endpoint.to_string())
}

fn host(endpoint: &Endpoint) -> String {
    endpoint.ip_port().map_or_else(|| shown(endpoint), |(ip, _)| ip.to_string())
}
