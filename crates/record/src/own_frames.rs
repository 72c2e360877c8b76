//! Which frames of a device that everybody uses belong to the sockets of a recording.
//!
//! A frame may be seen before the call that made its port known has returned: a SYN comes long before
//! the `connect` that sent it. So frames of nobody known wait, until a call tells that they are ours,
//! or the recording ends.
//!
//! Longer than 400 lines with its tests, because what is known of sockets and what waits for it change
//! together.

use std::collections::{HashSet, VecDeque};
use std::net::IpAddr;

use socklab_event::{Args, Call, Endpoint, Event, Headers, Protocol, SocketId, Transport, What};

/// An address and a port.
type End = (IpAddr, u16);

/// How many frames of nobody known are kept at most; what is older than these is somebody else's.
const WAITING: usize = 1 << 16;

/// Tells our frames from those of others.
#[derive(Debug, Default)]
pub struct OwnFrames {
    /// The addresses of our sockets without a peer, with an unspecified address for all of them.
    ends: HashSet<(Protocol, IpAddr, u16)>,
    /// Both addresses of those that have one: somebody else may have the same port for another peer.
    pairs: HashSet<(Protocol, End, End)>,
    /// Datagrams of ours whose first fragment was seen: later ones have no ports.
    fragments: HashSet<(IpAddr, IpAddr, u32)>,
    /// Connects that failed: nobody knows any more from which port.
    failed: VecDeque<Attempt>,
    /// Those of `pairs` that frames were seen of.
    seen: HashSet<(Protocol, End, End)>,
    waiting: VecDeque<Event>,
    /// How many frames were given up.
    others: u64,
}

/// A connect, as its SYN can be recognised by: where it went, and when.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    protocol: Protocol,
    to: (IpAddr, u16),
    began: u64,
    ended: u64,
}

/// How many failed connects are remembered: the frames of one come 10 ms later than its end, at most.
const FAILED: usize = 256;

impl OwnFrames {
    /// Learns the addresses of the sockets that a call was made on. Returns the frames that turn out to
    /// be ours, in the order in which they came.
    pub fn learn(&mut self, event: &Event) -> Vec<Event> {
        let What::Call(call) = &event.what else { return Vec::new() };
        let listener = match &call.args {
            Args::Accept { listener, .. } => listener.as_deref(),
            _ => None,
        };
        let sockets = call.socket.as_deref().into_iter().chain(listener);
        let mut new = false;
        for socket in sockets {
            let Some((protocol, ip, port)) = end_of(socket) else { continue };
            new |= match peer_of(socket) {
                Some(peer) => self.pairs.insert((protocol, (ip, port), peer)),
                None => self.ends.insert((protocol, ip, port)),
            };
        }
        if let Some(attempt) = failed(call) {
            self.failed.truncate(FAILED - 1);
            self.failed.push_front(attempt);
            new = true;
        }
        if !new {
            return Vec::new();
        }
        let waiting = std::mem::take(&mut self.waiting);
        self.sort(waiting)
    }

    /// Takes frames that have just been seen, and returns those that are known to be ours.
    pub fn sort(&mut self, frames: impl IntoIterator<Item = Event>) -> Vec<Event> {
        let mut own = Vec::new();
        for event in frames {
            match &event.what {
                What::Frame(frame) if !self.is_own(event.at, frame.headers.as_ref()) => {
                    if self.waiting.len() == WAITING {
                        self.waiting.pop_front();
                        self.others += 1;
                    }
                    self.waiting.push_back(event);
                }
                // Ours; or not a frame, but a notice about them.
                _ => own.push(event),
            }
        }
        own
    }

    /// How many frames were somebody else's, as far as is known now.
    pub fn others(&self) -> u64 {
        self.others + self.waiting.len() as u64
    }

    /// How many of our connections, to an address that is no loopback, have no frame here: theirs passed
    /// another device.
    pub fn elsewhere(&self) -> u64 {
        let unseen = self.pairs.iter().filter(|pair| {
            let (protocol, _, (peer, _)) = pair;
            *protocol == Protocol::TCP && !peer.is_loopback() && !self.seen.contains(pair)
        });
        unseen.count() as u64
    }

    fn is_own(&mut self, at: u64, headers: Option<&Headers>) -> bool {
        let Some(headers) = headers else { return false };
        let (protocol, [source, destination]) = match &headers.transport {
            // An error is about a packet of somebody's.
            Transport::Icmp { about: Some(about), .. } => {
                (about.protocol, [&about.source, &about.destination])
            }
            _ => (headers.protocol, [&headers.source, &headers.destination]),
        };
        let (Some(source), Some(destination)) = (source.ip_port(), destination.ip_port()) else {
            return false;
        };
        let canonical = |(ip, port): (IpAddr, u16)| (ip.to_canonical(), port);
        let is_syn = matches!(&headers.transport, Transport::Tcp { flags, .. }
            if flags.has("SYN") && !flags.has("ACK"));
        let of_failed = is_syn
            && self.failed.iter().any(|attempt| {
                attempt.protocol == protocol
                    && attempt.to == canonical(destination)
                    && (attempt.began..=attempt.ended).contains(&at)
            });
        if of_failed {
            let (ip, port) = canonical(source);
            self.ends.insert((protocol, ip, port));
        }
        let whole = headers.fragment.map(|fragment| (source.0, destination.0, fragment.id));
        let ours = |(ip, port): (IpAddr, u16)| {
            let ip = ip.to_canonical();
            let any = [IpAddr::from([0_u8; 4]), IpAddr::from([0_u16; 8])];
            // A server for IPv6 may serve IPv4, too.
            port != 0
                && any.into_iter().chain([ip]).any(|ip| self.ends.contains(&(protocol, ip, port)))
        };
        let (near, far) = (canonical(source), canonical(destination));
        let mut is_pair = false;
        for pair in [(protocol, near, far), (protocol, far, near)] {
            if self.pairs.contains(&pair) {
                is_pair = true;
                self.seen.insert(pair);
            }
        }
        let is_own = is_pair || ours(source) || ours(destination);
        match whole {
            Some(whole) if is_own => {
                self.fragments.insert(whole);
                true
            }
            Some(whole) => self.fragments.contains(&whole),
            None => is_own,
        }
    }
}

/// A connect whose socket has no address of its own any more.
fn failed(call: &Call) -> Option<Attempt> {
    let Args::Connect { address } = &call.args else { return None };
    let socket = call.socket.as_deref()?;
    call.error().filter(|_| end_of(socket).is_none())?;
    let (ip, port) = address.ip_port()?;
    let to = (ip.to_canonical(), port);
    Some(Attempt { protocol: socket.protocol, to, began: call.began, ended: call.ended })
}

/// The other end of a connected socket.
fn peer_of(socket: &SocketId) -> Option<(IpAddr, u16)> {
    let (ip, port) = socket.peer.as_ref().and_then(Endpoint::ip_port)?;
    (port != 0).then(|| (ip.to_canonical(), port))
}

/// Where a socket of the network can be reached, or what it has been given for a connection.
fn end_of(socket: &SocketId) -> Option<(Protocol, IpAddr, u16)> {
    let (ip, port) = socket.local.as_ref().and_then(Endpoint::ip_port)?;
    (port != 0).then_some((socket.protocol, ip.to_canonical(), port))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use socklab_event::{
        About, Bytes, Errno, Family, Fate, Flags, Fragment, Frame, Outcome, Place, SocketType,
        TcpOptions,
    };

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn call(protocol: Protocol, local: (IpAddr, u16)) -> Event {
        let socket = SocketId {
            netns: None,
            family: Family::INET,
            kind: SocketType::STREAM,
            protocol,
            local: Some(Endpoint::ip(local.0, local.1)),
            peer: None,
            inode: Some(1),
            peer_inode: None,
        };
        let call = Call {
            name: "connect".into(),
            fd: Some(3),
            socket: Some(socket.into()),
            args: Args::Listen { backlog: 1 },
            outcome: Outcome::Value(0),
            began: 0,
            ended: 0,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        };
        Event { seq: 0, at: 0, place: Place::default(), what: call.into() }
    }

    fn frame(at: u64, change: impl FnOnce(&mut Headers)) -> Event {
        let mut headers = Headers {
            source: Endpoint::ip(HERE, 40_000),
            destination: Endpoint::ip(HERE, 12_000),
            protocol: Protocol::TCP,
            transport: Transport::Tcp {
                flags: Flags::default(),
                sequence: 0,
                acknowledgement: 0,
                window: 0,
                options: TcpOptions::default(),
            },
            payload: Bytes::default(),
            fragment: None,
        };
        change(&mut headers);
        let frame = Frame {
            from: "loopback".into(),
            to: None,
            bytes: Bytes::default(),
            headers: Some(headers),
            fate: Fate::Delivered { at },
        };
        Event { seq: 0, at, place: Place::default(), what: frame.into() }
    }

    fn times(events: &[Event]) -> Vec<u64> {
        events.iter().map(|event| event.at).collect()
    }

    #[test]
    fn frames_wait_until_a_call_tells_whose_they_are() {
        let mut own = OwnFrames::default();
        assert!(own.sort([frame(1, |_| ()), frame(2, |_| ())]).is_empty());
        assert!(own.learn(&call(Protocol::TCP, (HERE, 5))).is_empty());
        assert!(own.learn(&call(Protocol::UDP, (HERE, 40_000))).is_empty(), "another protocol");
        assert_eq!(times(&own.learn(&call(Protocol::TCP, (HERE, 40_000)))), [1, 2]);
        assert_eq!(times(&own.sort([frame(3, |_| ())])), [3]);
        assert_eq!(own.others(), 0);
    }

    #[test]
    fn a_port_that_others_use_for_another_peer_makes_their_frames_not_ours() {
        let mut own = OwnFrames::default();
        let mut connect = call(Protocol::TCP, (HERE, 40_000));
        if let What::Call(call) = &mut connect.what {
            let mut socket = SocketId::clone(call.socket.as_deref().expect("a socket"));
            socket.peer = Some(Endpoint::ip(HERE, 12_000));
            call.socket = Some(socket.into());
        }
        let theirs = frame(2, |headers| headers.destination = Endpoint::ip(HERE, 4_000));
        let answer = frame(3, |headers| {
            std::mem::swap(&mut headers.source, &mut headers.destination);
        });
        assert!(own.sort([frame(1, |_| {}), theirs, answer]).is_empty());
        assert_eq!(times(&own.learn(&connect)), [1, 3]);
        assert_eq!(own.others(), 1);
    }

    #[test]
    fn a_connection_without_a_frame_here_went_over_another_device() {
        let far = IpAddr::V4(Ipv4Addr::new(10, 9, 0, 2));
        let mut own = OwnFrames::default();
        for peer in [HERE, far] {
            let mut connect = call(Protocol::TCP, (HERE, 40_000));
            if let What::Call(call) = &mut connect.what {
                let mut socket = SocketId::clone(call.socket.as_deref().expect("a socket"));
                socket.peer = Some(Endpoint::ip(peer, 12_000));
                call.socket = Some(socket.into());
            }
            own.learn(&connect);
        }
        assert_eq!(own.elsewhere(), 1);
        let seen = frame(1, |headers| headers.destination = Endpoint::ip(far, 12_000));
        assert_eq!((own.sort([seen]).len(), own.elsewhere()), (1, 0));
    }

    #[test]
    fn a_connect_that_failed_had_the_port_of_the_syn_that_came_meanwhile() {
        let refused = |began, ended| {
            let mut event = call(Protocol::TCP, (HERE, 0));
            let What::Call(call) = &mut event.what else { panic!("a call") };
            call.args = Args::Connect { address: Endpoint::ip(HERE, 12_000) };
            call.outcome = Outcome::Error(Errno::ECONNREFUSED);
            (call.began, call.ended) = (began, ended);
            event
        };
        let syn = |port| {
            move |headers: &mut Headers| {
                headers.source = Endpoint::ip(HERE, port);
                if let Transport::Tcp { flags, .. } = &mut headers.transport {
                    *flags = [socklab_event::Name::of("SYN")].into_iter().collect();
                }
            }
        };
        let answer = |headers: &mut Headers| {
            std::mem::swap(&mut headers.source, &mut headers.destination);
        };
        let mut own = OwnFrames::default();
        let frames = [frame(5, syn(39_999)), frame(11, syn(40_000)), frame(12, answer)];
        assert!(own.sort(frames.clone()).is_empty());
        assert_eq!(times(&own.learn(&refused(10, 20))), [11, 12]);
        // The frames may also come later than the call.
        let mut own = OwnFrames::default();
        assert!(own.learn(&refused(10, 20)).is_empty());
        assert_eq!(times(&own.sort(frames)), [11, 12]);
        assert_eq!(own.others(), 1);
    }

    #[test]
    fn a_server_for_all_addresses_gets_what_comes_to_its_port_at_any() {
        for all in [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)] {
            let mut own = OwnFrames::default();
            own.learn(&call(Protocol::TCP, (all, 12_000)));
            let elsewhere = |headers: &mut Headers| {
                headers.destination = Endpoint::ip(HERE, 12_001);
            };
            assert_eq!(times(&own.sort([frame(1, |_| ()), frame(2, elsewhere)])), [1]);
            assert_eq!(own.others(), 1);
        }
    }

    #[test]
    fn an_address_of_version_4_in_version_6_is_the_same() {
        let mut own = OwnFrames::default();
        let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
        own.learn(&call(Protocol::TCP, (mapped.into(), 12_000)));
        assert_eq!(times(&own.sort([frame(1, |_| ())])), [1]);
    }

    #[test]
    fn errors_belong_to_whoever_sent_what_they_are_about_and_fragments_to_the_first_one() {
        let mut own = OwnFrames::default();
        own.learn(&call(Protocol::UDP, (HERE, 40_000)));
        let about = About {
            source: Endpoint::ip(HERE, 40_000),
            destination: Endpoint::ip(HERE, 9),
            protocol: Protocol::UDP,
            sequence: None,
            payload: Bytes::default(),
            fragment: None,
        };
        let error = |headers: &mut Headers| {
            headers.source = Endpoint::ip(HERE, 0);
            headers.destination = Endpoint::ip(HERE, 0);
            headers.transport = Transport::Icmp {
                kind: 3,
                code: 3,
                text: String::new(),
                mtu: None,
                about: Some(about.into()),
            };
        };
        assert_eq!(times(&own.sort([frame(1, error)])), [1]);
        let part = |id, first: bool| {
            move |headers: &mut Headers| {
                headers.protocol = Protocol::UDP;
                headers.transport = if first { Transport::Udp } else { Transport::Other };
                let ports = if first { (40_000, 9) } else { (0, 0) };
                headers.source = Endpoint::ip(HERE, ports.0);
                headers.destination = Endpoint::ip(HERE, ports.1);
                headers.fragment = Some(Fragment { id, offset: 0, more: first });
            }
        };
        let parts = [frame(2, part(7, true)), frame(3, part(7, false)), frame(4, part(8, false))];
        assert_eq!(times(&own.sort(parts)), [2, 3]);
    }

    #[test]
    fn what_nobody_ever_claims_is_forgotten_but_counted() {
        let mut own = OwnFrames::default();
        let most = WAITING as u64;
        own.sort((0..most + 10).map(|at| frame(at, |_| ())));
        assert_eq!(own.others(), most + 10);
        let claimed = own.learn(&call(Protocol::TCP, (HERE, 12_000)));
        assert_eq!(times(&claimed[..1]), [10]);
        assert_eq!((claimed.len() as u64, own.others()), (most, 10));
    }
}
