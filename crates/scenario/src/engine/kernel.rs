//! The kernel's tables of sockets, `proc_net(5)`, as events.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use socklab_event::{
    Endpoint, Event, Family, Place, Protocol, SocketId, SocketType, State, TcpState, What,
};
use socklab_judge::Address;

use super::watch::Seen;
use crate::Variables;
use crate::format::KernelCondition;

/// One line of the tables.
#[derive(Clone, Debug)]
struct Line {
    socket: SocketId,
    state: TcpState,
    receive_queue: u32,
    send_queue: u32,
}

const TABLES: [(&str, Protocol, SocketType); 4] = [
    ("tcp", Protocol::TCP, SocketType::STREAM),
    ("tcp6", Protocol::TCP, SocketType::STREAM),
    ("udp", Protocol::UDP, SocketType::DGRAM),
    ("udp6", Protocol::UDP, SocketType::DGRAM),
];

/// Looks once. If what is there fits, it becomes events.
pub(super) fn look(seen: &mut Seen, wanted: &KernelCondition, variables: &Variables) -> bool {
    let matches = |address: &Option<String>, endpoint: &Option<Endpoint>| match address {
        None => true,
        Some(text) => Address::parse(&variables.text(text))
            .is_some_and(|address| endpoint.as_ref().is_some_and(|endpoint| address.is(endpoint))),
    };
    let found: Vec<Line> = lines(seen)
        .into_iter()
        .filter(|line| {
            wanted.state.is_none_or(|state| state == line.state)
                && matches(&wanted.local, &line.socket.local)
                && matches(&wanted.remote, &line.socket.peer)
                && wanted.receive_queue.is_none_or(|range| range.has(line.receive_queue.into()))
                && wanted.send_queue.is_none_or(|range| range.has(line.send_queue.into()))
        })
        .collect();
    let count = wanted.count.unwrap_or(socklab_judge::Range::at_least(1));
    if !count.has(i64::try_from(found.len()).unwrap_or(i64::MAX)) {
        return false;
    }
    tell(seen, found);
    true
}

/// Everything that is there becomes events.
pub(super) fn look_at_all(seen: &mut Seen) {
    let lines = lines(seen);
    tell(seen, lines);
}

fn tell(seen: &mut Seen, lines: Vec<Line>) {
    let at = socklab_lab::now();
    for line in lines {
        let place = owner(seen, &line.socket);
        let state = State {
            socket: line.socket,
            before: None,
            after: line.state,
            receive_queue: line.receive_queue,
            send_queue: line.send_queue,
        };
        seen.record(Event { seq: 0, at, place, what: What::State(Box::new(state)) });
    }
}

/// Whose socket it is: by its inode, or by its addresses once it belongs to nobody (TIME_WAIT).
fn owner(seen: &Seen, socket: &SocketId) -> Place {
    let calls = seen.events.iter().rev().filter_map(|event| Some((&event.place, event.call()?)));
    let mut own = calls.filter_map(|(place, call)| Some((place, call.socket.as_ref()?)));
    let same = |known: &SocketId| match (known.inode, socket.inode) {
        (Some(a), Some(b)) => a == b,
        _ => known.local == socket.local && known.peer == socket.peer,
    };
    own.find(|(_, known)| same(known)).map(|(place, _)| place.clone()).unwrap_or_default()
}

fn lines(seen: &Seen) -> Vec<Line> {
    let netns = seen.events.iter().find_map(|event| event.call()?.socket.as_ref()?.netns);
    let mut lines = Vec::new();
    for (table, protocol, kind) in TABLES {
        let text = fs::read_to_string(format!("/proc/thread-self/net/{table}")).unwrap_or_default();
        lines.extend(text.lines().skip(1).filter_map(|line| parse(line, protocol, kind, netns)));
    }
    lines
}

/// `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …`
fn parse(line: &str, protocol: Protocol, kind: SocketType, netns: Option<u64>) -> Option<Line> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let local = endpoint(columns.get(1)?)?;
    let peer = endpoint(columns.get(2)?)?;
    let (send, receive) = columns.get(4)?.split_once(':')?;
    let inode: u64 = columns.get(9)?.parse().ok()?;
    let family = if matches!(local, Endpoint::Inet { .. }) { Family::INET } else { Family::INET6 };
    Some(Line {
        socket: SocketId {
            netns,
            family,
            kind,
            protocol,
            local: Some(local),
            peer: Some(peer).filter(|peer| peer.port() != Some(0)),
            inode: Some(inode).filter(|inode| *inode > 0),
            peer_inode: None,
        },
        state: TcpState(i32::from_str_radix(columns.get(3)?, 16).ok()?),
        send_queue: u32::from_str_radix(send, 16).ok()?,
        receive_queue: u32::from_str_radix(receive, 16).ok()?,
    })
}

/// `0100007F:2EE0`: words of the address in the machine's byte order, the port as people write it.
fn endpoint(text: &str) -> Option<Endpoint> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| u32::from_str_radix(address.get(at..at + 8)?, 16).ok();
    let ip: IpAddr = match address.len() {
        8 => Ipv4Addr::from(word(0)?.to_ne_bytes()).into(),
        32 => {
            let mut bytes = [0; 16];
            for (index, part) in bytes.chunks_mut(4).enumerate() {
                part.copy_from_slice(&word(index * 8)?.to_ne_bytes());
            }
            Ipv6Addr::from(bytes).into()
        }
        _ => return None,
    };
    Some(Endpoint::ip(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_table_is_read() {
        let line = "   0: 0100007F:2EE0 00000000:0000 0A 00000000:00000002 00:00000000 00000000  \
                    1000        0 70211 1 0000000000000000 100 0 0 10 0";
        let line = parse(line, Protocol::TCP, SocketType::STREAM, None).unwrap();
        assert_eq!(line.socket.local, Some(Endpoint::ip([127, 0, 0, 1], 12000)));
        assert_eq!((line.socket.peer, line.socket.inode), (None, Some(70211)));
        assert_eq!((line.state, line.receive_queue), (TcpState::LISTEN, 2));
        let six = endpoint("00000000000000000000000001000000:0050").unwrap();
        assert_eq!(six.to_string(), "[::1]:80");
    }
}
