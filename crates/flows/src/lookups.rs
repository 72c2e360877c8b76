//! Name look-ups: the conversations with port 53 that `getaddrinfo` holds on a program's behalf.

use socklab_event::{Endpoint, Event};

use crate::{Position, Socket};

/// A conversation with a name server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lookup {
    /// Its socket.
    pub socket: usize,
    /// The calls on that socket.
    pub calls: Vec<Position>,
    /// The name server.
    pub server: Endpoint,
    /// The names asked for, without duplicates.
    pub names: Vec<String>,
    /// True if an answer arrived.
    pub answered: bool,
}

pub(crate) fn find(order: &[&Event], sockets: &[Socket]) -> Vec<Lookup> {
    let lookup = |(socket, followed): (usize, &Socket)| {
        let mut server = None;
        let mut names: Vec<String> = Vec::new();
        let mut answered = false;
        for call in followed.calls.iter().filter_map(|at| order[*at].call()) {
            let peer = call.socket.as_ref().and_then(|socket| socket.peer.as_ref());
            for message in call.messages() {
                let Some(address) = message.address.or(peer).filter(|one| one.port() == Some(53))
                else {
                    continue;
                };
                let Some(name) = question(message.bytes.moved()) else { continue };
                if call.receives() {
                    answered = true;
                } else {
                    server = server.or_else(|| Some(address.unmapped()));
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
        }
        Some(Lookup { socket, calls: followed.calls.clone(), server: server?, names, answered })
    };
    sockets.iter().enumerate().filter_map(lookup).collect()
}

/// The name a DNS message asks for, RFC 1035 §4.1; `None` if it is not a DNS message.
pub fn question(message: &[u8]) -> Option<String> {
    let count = |at: usize| Some(u16::from_be_bytes([*message.get(at)?, *message.get(at + 1)?]));
    if count(4)? != 1 {
        return None;
    }
    let mut name = String::new();
    let mut at = 12;
    loop {
        let length = usize::from(*message.get(at)?);
        if length == 0 {
            break;
        }
        let label = (length < 64).then(|| message.get(at + 1..at + 1 + length)).flatten()?;
        let readable = label.iter().all(u8::is_ascii_graphic);
        if !readable {
            return None;
        }
        if !name.is_empty() {
            name.push('.');
        }
        name.extend(label.iter().map(|byte| char::from(*byte)));
        at += 1 + length;
    }
    let class = count(at + 3)?;
    (!name.is_empty() && class == 1).then_some(name)
}
