//! Between which two columns each packet goes, and the columns that only packets show: addresses at
//! which no program is, programs that were not recorded, and the hosts of a capture without calls.

use std::collections::HashMap;
use std::net::IpAddr;

use socklab_event::{Endpoint, Transport};
use socklab_flows::{Conversation, Flows, Meaning, NumberMap, NumberSet, Position, ResetReason};
use socklab_say::{Speaker, clean, count, say};

use super::cast::Cast;
use super::notable::Notable;
use crate::model::Participant;

/// If there are more addresses of one kind than this, they share a column.
const MOST_FAR: usize = 3;
/// The hosts of a capture that get a column; the others share one.
const MOST_HOSTS: usize = 12;

/// The columns that each packet leaves and goes to.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    /// By conversation: the columns of its two ends, if both are drawn.
    conversations: Vec<Option<[usize; 2]>>,
    /// Of packets that don't go between the ends of their conversation.
    others: NumberMap<Position, [usize; 2]>,
    /// The conversations of sockets that are incidental to the program.
    quiet: NumberSet<usize>,
    /// The conversations of which no end is known to be a program's.
    unknown: NumberSet<usize>,
    /// The columns of the conversations that one has with itself: no arrow can show their packets.
    inner: NumberMap<usize, usize>,
    /// The column of each address at which nobody is.
    nobody: Vec<usize>,
    /// The connections with packets.
    wired: NumberSet<usize>,
    /// True if there are no calls.
    pub(crate) alone: bool,
    /// True if the rows say the ports: without calls, if there are several conversations.
    pub(crate) says_ports: bool,
}

/// What is known of an address without a program in the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Far {
    /// Its kernel refuses: nobody is there.
    Nobody,
    /// Something that was not recorded answers.
    Untraced,
    /// Nothing came back.
    Silent,
    /// Several recorded sockets have it, and none has taken what was sent there.
    Shared,
}

impl Ways {
    /// Finds the columns of every packet, and adds to `cast` those that are missing.
    pub(crate) fn of(
        flows: &Flows<'_>,
        cast: &mut Cast,
        notable: &Notable,
        speaker: Speaker,
    ) -> Self {
        let mut ways = Self { alone: cast.participants.is_empty(), ..Self::default() };
        let with_packets = flows.ties.conversations.iter().filter(|one| !one.frames.is_empty());
        ways.wired = with_packets.filter_map(|one| one.connection).collect();
        if ways.alone {
            let with_packets = flows.ties.conversations.iter().filter(|one| !one.frames.is_empty());
            ways.says_ports = with_packets.take(2).count() > 1;
            ways.between_hosts(flows, cast, speaker);
        } else {
            ways.between_programs(flows, cast, notable, speaker);
        }
        ways.reports(flows, cast, speaker);
        ways
    }

    /// The columns that the packet at a position leaves and goes to, if both are drawn.
    pub(crate) fn at(&self, flows: &Flows<'_>, at: Position) -> Option<[usize; 2]> {
        if let Some(way) = self.others.get(&at) {
            return Some(*way);
        }
        let tie = flows.ties.of(at)?;
        if matches!(tie.meaning, Meaning::Icmp { about: Some(_) }) {
            return None;
        }
        let [one, other] = (*self.conversations.get(tie.conversation?)?)?;
        Some(if tie.side == 0 { [one, other] } else { [other, one] })
    }

    /// True for a packet of a socket that is incidental to the program.
    pub(crate) fn is_quiet(&self, flows: &Flows<'_>, at: Position) -> bool {
        let conversation = flows.ties.of(at).and_then(|tie| tie.conversation);
        conversation.is_some_and(|one| self.quiet.contains(&one))
    }

    /// True for a packet of which no end is known, or not yet: a socket's address is told by the call that connects it
    /// when that returns.
    pub(crate) fn is_unknown(&self, flows: &Flows<'_>, at: Position) -> bool {
        let conversation = flows.ties.of(at).and_then(|tie| tie.conversation);
        conversation.is_some_and(|one| self.unknown.contains(&one))
    }

    /// The column of a packet that one sent to itself.
    pub(crate) fn inner(&self, flows: &Flows<'_>, at: Position) -> Option<usize> {
        self.inner.get(&flows.ties.of(at)?.conversation?).copied()
    }

    /// True if packets of a connection were recorded.
    pub(crate) fn wired(&self, connection: usize) -> bool {
        self.wired.contains(&connection)
    }

    /// True if no program is in this column.
    pub(crate) fn is_nobody(&self, lane: usize) -> bool {
        self.nobody.contains(&lane)
    }

    fn between_programs(
        &mut self,
        flows: &Flows<'_>,
        cast: &mut Cast,
        notable: &Notable,
        speaker: Speaker,
    ) {
        let mut fars: Vec<(Endpoint, Far)> = Vec::new();
        let mut places: HashMap<Endpoint, usize> = HashMap::new();
        let mut found: Vec<[Option<Result<usize, usize>>; 2]> = Vec::new();
        let refused = refused(flows);
        for (index, conversation) in flows.ties.conversations.iter().enumerate() {
            let quiet = conversation.sockets.iter().flatten().any(|one| notable.is_quiet(*one));
            let known = [0, 1].map(|side| lane(flows, cast, conversation, side));
            let mut ends = known.map(|known| known.map(Ok));
            self.quiet.extend(quiet.then_some(index));
            self.unknown.extend((!quiet && known == [None, None]).then_some(index));
            if quiet || known == [None, None] || is_reports(flows, conversation) {
                ends = [None, None];
            } else if let Some(side) = known.iter().position(Option::is_none) {
                let end = conversation.ends[side].unmapped();
                let far = match far(flows, conversation, side) {
                    Far::Silent if refused.contains(&index) => Far::Nobody,
                    far => far,
                };
                let place = *places.entry(end.clone()).or_insert_with(|| {
                    fars.push((end, far));
                    fars.len() - 1
                });
                // Whoever answers once is there.
                if far == Far::Untraced || fars[place].1 == Far::Silent {
                    fars[place].1 = far;
                }
                ends[side] = Some(Err(place));
            }
            found.push(ends);
        }
        let lanes = self.far_lanes(cast, &fars, speaker);
        let lane = |end: Option<Result<usize, usize>>| match end? {
            Ok(lane) => Some(lane),
            Err(place) => Some(lanes[place]),
        };
        for (index, [one, other]) in found.into_iter().enumerate() {
            let way = lane(one).zip(lane(other));
            let inner = way.filter(|(one, other)| one == other);
            self.inner.extend(inner.map(|(lane, _)| (index, lane)));
            self.conversations
                .push(way.filter(|(one, other)| one != other).map(<[usize; 2]>::from));
        }
    }

    /// Adds the columns of addresses.
    fn far_lanes(
        &mut self,
        cast: &mut Cast,
        fars: &[(Endpoint, Far)],
        speaker: Speaker,
    ) -> Vec<usize> {
        let mut shared: Vec<(Far, usize)> = Vec::new();
        let mut lanes = Vec::new();
        for (end, far) in fars {
            let alike = fars.iter().filter(|(_, other)| other == far).count();
            if alike > MOST_FAR
                && let Some((_, lane)) = shared.iter().find(|(other, _)| other == far)
            {
                lanes.push(*lane);
                continue;
            }
            // A port is as good as an address where all are this machine's, unless two have it.
            let only = fars.iter().filter(|(other, _)| other.port() == end.port()).count() == 1;
            let own = || match end.ip_port() {
                Some((ip, port)) if *far == Far::Nobody && ip.is_loopback() && only => {
                    say!(speaker, "packet-port", n = port.to_string())
                }
                _ => clean(&end.to_string()),
            };
            let name = match *far {
                _ if alike <= MOST_FAR => own(),
                Far::Nobody => say!(speaker, "packet-ports", n = count(alike)),
                _ => say!(speaker, "ladder-elsewhere"),
            };
            let command = match far {
                Far::Nobody => say!(speaker, "packet-nobody"),
                Far::Silent => say!(speaker, "packet-no-answer"),
                Far::Shared => say!(speaker, "packet-shared"),
                Far::Untraced => say!(speaker, "ladder-outside"),
            };
            let nobody = *far == Far::Nobody;
            let lane =
                cast.add_far(Participant { name, command, outside: true, nobody, host: None });
            self.nobody.extend(nobody.then_some(lane));
            shared.push((*far, lane));
            lanes.push(lane);
        }
        lanes
    }

    /// Without calls, a column for each host.
    fn between_hosts(&mut self, flows: &Flows<'_>, cast: &mut Cast, speaker: Speaker) {
        let conversations = &flows.ties.conversations;
        let drawn = conversations.iter().filter(|one| !is_reports(flows, one));
        // On loopback both ends have one address: there, whoever was asked is told apart.
        let mut inner: Vec<IpAddr> = Vec::new();
        for conversation in drawn.clone() {
            let [one, other] = conversation.ends.each_ref().map(ip);
            if one == other
                && let Some(ip) = one
                && !inner.contains(&ip)
            {
                inner.push(ip);
            }
        }
        // The end whose column says its port.
        let mut whole: Option<Endpoint> = None;
        let mut lanes: HashMap<String, usize> = HashMap::new();
        let mut lane = |name: String, cast: &mut Cast| {
            let full = lanes.len() >= MOST_HOSTS && !lanes.contains_key(&name);
            let name = if full { say!(speaker, "ladder-elsewhere") } else { name };
            *lanes.entry(name.clone()).or_insert_with(|| {
                let (command, host) = (String::new(), None);
                cast.add_far(Participant { name, command, outside: false, nobody: false, host })
            })
        };
        for conversation in conversations {
            if is_reports(flows, conversation) {
                self.conversations.push(None);
                continue;
            }
            let client = client(flows, conversation);
            let mut way = [0; 2];
            for side in [client, 1 - client] {
                let end = conversation.ends[side].unmapped();
                let name = match ip(&end) {
                    Some(ip) if inner.contains(&ip) && side == client => {
                        say!(speaker, "ladder-clients-at", address = ip.to_string())
                    }
                    // Of the only conversation the column says the port.
                    Some(ip) if !inner.contains(&ip) && (self.says_ports || side == client) => {
                        ip.to_string()
                    }
                    _ => clean(&end.to_string()),
                };
                if side != client && !self.says_ports {
                    whole = Some(end.clone());
                }
                way[side] = lane(name, cast);
            }
            self.conversations.push(Some(way).filter(|[a, b]| a != b));
        }
        for (at, event) in flows.order.iter().enumerate() {
            let Some(headers) = event.frame().and_then(|frame| frame.headers.as_ref()) else {
                continue;
            };
            if matches!(headers.transport, Transport::Neighbour { .. })
                && let [Some(from), Some(to)] = [&headers.source, &headers.destination].map(ip)
                && from != to
            {
                let named = |ip: IpAddr| match &whole {
                    Some(end) if self::ip(end) == Some(ip) => clean(&end.to_string()),
                    _ => ip.to_string(),
                };
                let way = [from, to].map(|ip| lane(named(ip), cast));
                self.others.insert(at, way);
            }
        }
    }

    /// Reports about a packet go to who sent it, from where it went or from whoever is on the way.
    fn reports(&mut self, flows: &Flows<'_>, cast: &mut Cast, speaker: Speaker) {
        let mut routers: HashMap<String, usize> = HashMap::new();
        for (at, about) in reports(flows) {
            let Some([from, to]) = self.at(flows, about) else { continue };
            let (Some(report), Some(cause)) = (headers(flows, at), headers(flows, about)) else {
                continue;
            };
            let lane = match ip(&report.source) {
                Some(source) if Some(source) != ip(&cause.destination) => {
                    let name = source.to_string();
                    *routers.entry(name.clone()).or_insert_with(|| {
                        let command = say!(speaker, "packet-on-the-way");
                        let (outside, nobody, host) = (true, false, None);
                        cast.add_far(Participant { name, command, outside, nobody, host })
                    })
                }
                _ => to,
            };
            if lane != from {
                self.others.insert(at, [lane, from]);
            }
        }
    }
}

/// The packets that report an error, each with the packet that it is about.
fn reports(flows: &Flows<'_>) -> impl Iterator<Item = (Position, Position)> {
    let frames = flows.order.iter().enumerate().filter(|(_, event)| event.frame().is_some());
    frames.filter_map(|(at, _)| match flows.ties.of(at)?.meaning {
        Meaning::Icmp { about } => Some((at, about?)),
        _ => None,
    })
}

fn ip(end: &Endpoint) -> Option<IpAddr> {
    end.unmapped().ip_port().map(|(ip, _)| ip)
}

fn headers<'t>(flows: &Flows<'t>, at: Position) -> Option<&'t socklab_event::Headers> {
    flows.order[at].frame()?.headers.as_ref()
}

/// Which end of a conversation without calls asked for it: the one that began. Where the capture
/// began in the middle of a connection, the one whose port is among those that Linux gives to clients
/// (ip(7), `ip_local_port_range`), if the other's is not.
fn client(flows: &Flows<'_>, conversation: &Conversation) -> usize {
    let first = conversation.frames.first().and_then(|at| flows.ties.of(*at));
    match first.map(|tie| &tie.meaning) {
        Some(Meaning::Syn | Meaning::Datagram | Meaning::Fragment) => 0,
        Some(Meaning::SynAck) => 1,
        _ => {
            let of_client = |end: &Endpoint| end.port().is_some_and(|port| port >= 32_768);
            let [one, other] = conversation.ends.each_ref().map(of_client);
            usize::from(other && !one)
        }
    }
}

/// True for a conversation that consists of reports about packets of others.
fn is_reports(flows: &Flows<'_>, conversation: &Conversation) -> bool {
    let first = conversation.frames.first().and_then(|at| flows.ties.of(*at));
    first.is_some_and(|tie| matches!(tie.meaning, Meaning::Icmp { about: Some(_) }))
}

/// The column of a recorded end.
fn lane(flows: &Flows<'_>, cast: &Cast, conversation: &Conversation, side: usize) -> Option<usize> {
    let listener = conversation.listener.filter(|_| side == 1);
    let used = |socket: usize| cast.lane_at(flows, flows.used_at(socket)?);
    let connect = conversation.asked(side);
    let recorded = conversation.sockets[side].and_then(used).or_else(|| listener.and_then(used));
    let recorded = recorded.or_else(|| cast.lane_at(flows, connect?));
    recorded.or_else(|| cast.outside(&flows.connections[conversation.connection?]))
}

/// What the packets show of an end that was not recorded.
fn far(flows: &Flows<'_>, conversation: &Conversation, side: usize) -> Far {
    let ties = conversation.frames.iter().filter_map(|at| flows.ties.of(*at));
    let answers = ties.filter(|tie| tie.side == side).map(|tie| &tie.meaning);
    let mut answers = answers.filter(|one| !matches!(one, Meaning::Icmp { .. }));
    let refused = |meaning: &&Meaning| matches!(meaning, Meaning::Rst(ResetReason::NobodyListens));
    match answers.next() {
        Some(first) if refused(&first) && answers.all(|other| refused(&other)) => Far::Nobody,
        Some(_) => Far::Untraced,
        None if is_shared(flows, conversation) => Far::Shared,
        None => Far::Silent,
    }
}

/// True if several recorded sockets have the address that a conversation's datagrams went to.
fn is_shared(flows: &Flows<'_>, conversation: &Conversation) -> bool {
    let ties = conversation.frames.iter().filter_map(|at| flows.ties.of(*at));
    let mut sent = ties.flat_map(|tie| &tie.carries).map(|carried| carried.sent);
    sent.any(|at| flows.sharing_at(at).len() > 1)
}

/// The conversations about which a kernel reported that no program has the port.
fn refused(flows: &Flows<'_>) -> NumberSet<usize> {
    let refused = reports(flows).filter(|(at, _)| {
        let transport = headers(flows, *at).map(|headers| &headers.transport);
        // RFC 792; RFC 4443 §3.1.
        matches!(
            transport,
            Some(
                Transport::Icmp { kind: 3, code: 3, .. } | Transport::Icmp { kind: 1, code: 4, .. }
            )
        )
    });
    refused.filter_map(|(_, about)| flows.ties.of(about)?.conversation).collect()
}
