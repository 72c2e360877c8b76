//! What frames are tied to. The segments are written one by one, with their numbers.

mod arbitrary;
mod datagrams;
mod resets;
mod segments;
mod sending;

use socklab_event::{Bytes, Fate, Frame, Headers, Name, Protocol, TcpOptions, Transport, What};
use socklab_flows::{Flows, Position, Tie};
use socklab_timelines::{Sock, Story, Who, scenes};

use crate::position::position;

/// Where the two ends' streams begin.
const FIRST: [u32; 2] = [1_000, 9_000];

/// A TCP connection of which every segment is written by hand.
pub(super) struct Talk {
    pub(super) story: Story,
    pub(super) near: Sock,
    pub(super) far: Sock,
    /// The server's listening socket.
    pub(super) listener: Sock,
    /// The sequence numbers of the SYNs of the near end and the far end.
    first: [u32; 2],
}

/// A segment; the numbers count from the beginning of the stream.
#[derive(Clone)]
pub(super) struct Seg {
    flags: &'static str,
    start: i64,
    ack: i64,
    window: u16,
    payload: Vec<u8>,
    fate: Option<Fate>,
}

pub(super) fn seg(flags: &'static str, start: i64, ack: i64) -> Seg {
    Seg { flags, start, ack, window: 500, payload: Vec::new(), fate: None }
}

impl Seg {
    pub(super) fn with(self, payload: impl AsRef<[u8]>) -> Self {
        Self { payload: payload.as_ref().to_vec(), ..self }
    }

    pub(super) fn window(self, window: u16) -> Self {
        Self { window, ..self }
    }

    pub(super) fn dropped(self) -> Self {
        Self { fate: Some(Fate::Dropped { rule: "drop it".to_owned() }), ..self }
    }

    pub(super) fn altered(self, how: &'static str, at: Vec<u64>) -> Self {
        let (how, rule) = (vec![Name::of(how)], format!("{how} it"));
        Self { fate: Some(Fate::Altered { how, at, rule, changed: Vec::new() }), ..self }
    }
}

/// When the calls of a handshake were made, and its frames.
pub(super) struct Handshake {
    pub(super) connect: u64,
    pub(super) accept: u64,
    pub(super) syn: u64,
    pub(super) syn_ack: u64,
    pub(super) ack: u64,
}

impl Talk {
    /// A server that listens, and a client with a socket.
    pub(super) fn new() -> Self {
        Self::with_first(FIRST)
    }

    pub(super) fn with_first(first: [u32; 2]) -> Self {
        let mut story = Story::new();
        let (server, listener, _) = scenes::tcp_server(&mut story);
        let client = story.command("client", "python3 TCPClient.py");
        let near = story.tcp(client);
        story.bind(near, "127.0.0.1:40000");
        story.identity(near).peer = Some(socklab_timelines::address("127.0.0.1:12000"));
        let far = story.other_end(near, server);
        Self { story, near, far, listener, first }
    }

    /// The same, connected and accepted, with the frames of that.
    pub(super) fn connected() -> (Self, Handshake) {
        Self::shaken(FIRST)
    }

    pub(super) fn shaken(first: [u32; 2]) -> (Self, Handshake) {
        let mut talk = Self::with_first(first);
        let waits = talk.now();
        let began = talk.now();
        let syn = talk.near(seg("SYN", -1, 0).window(60_000));
        let syn_ack = talk.far(seg("SYN,ACK", -1, 0).window(60_000));
        let connect = talk.story.since(began).connect(talk.near, "127.0.0.1:12000");
        let ack = talk.near(seg("ACK", 0, 0));
        let accept = talk.story.since(waits).accept_as(talk.listener, talk.far);
        (talk, Handshake { connect, accept, syn, syn_ack, ack })
    }

    pub(super) fn now(&self) -> u64 {
        self.story.now()
    }

    pub(super) fn wait(&mut self, milliseconds: u64) {
        self.story.wait(milliseconds);
    }

    /// A segment from the near end.
    pub(super) fn near(&mut self, seg: Seg) -> u64 {
        self.segment(0, seg)
    }

    /// A segment from the far end.
    pub(super) fn far(&mut self, seg: Seg) -> u64 {
        self.segment(1, seg)
    }

    fn segment(&mut self, side: usize, seg: Seg) -> u64 {
        let from = [self.near, self.far][side];
        let socket = self.story.identity(from).clone();
        let number = |first: u32, offset: i64| {
            (i64::from(first) + 1 + offset).rem_euclid(1 << 32).try_into().expect("32 bits")
        };
        let options = TcpOptions {
            window_scale: seg.flags.contains("SYN").then_some(2),
            maximum_segment: seg.flags.contains("SYN").then_some(1_460),
            ..TcpOptions::default()
        };
        let flags = seg.flags.split(',').map(|flag| Name::from(flag.to_owned()));
        let transport = Transport::Tcp {
            flags: flags.collect(),
            sequence: number(self.first[side], seg.start),
            acknowledgement: number(self.first[1 - side], seg.ack),
            window: seg.window,
            options,
        };
        let headers = Headers {
            source: socket.local.expect("an address"),
            destination: socket.peer.expect("a peer"),
            protocol: Protocol::TCP,
            transport,
            payload: Bytes::whole(seg.payload),
            fragment: None,
        };
        frame(&mut self.story, headers, seg.fate)
    }

    /// A send of the near end in which these segments leave; then the positions of all of them.
    pub(super) fn sends(&mut self, bytes: impl AsRef<[u8]>, segments: &[Seg]) -> (u64, Vec<u64>) {
        let began = self.now();
        let frames = segments.iter().map(|seg| self.near(seg.clone())).collect();
        (self.story.since(began).send(self.near, bytes), frames)
    }
}

/// A frame with these headers, delivered at once unless its fate is another one.
pub(super) fn frame(story: &mut Story, headers: Headers, fate: Option<Fate>) -> u64 {
    let at = story.now() + 10_000;
    let (from, to) = ("loopback".to_owned(), Some("loopback".to_owned()));
    let fate = fate.unwrap_or(Fate::Delivered { at });
    let frame = Frame { from, to, bytes: Bytes::default(), headers: Some(headers), fate };
    story.what(Who { process: 0, thread: 0 }, What::Frame(Box::new(frame)))
}

/// The tie of a frame.
pub(super) fn tie<'f>(flows: &'f Flows<'_>, frame: u64) -> &'f Tie {
    flows.ties.of(position(flows, frame)).expect("a frame")
}

/// Positions of events.
pub(super) fn at<const N: usize>(flows: &Flows<'_>, events: [u64; N]) -> [Position; N] {
    events.map(|seq| position(flows, seq))
}

/// The order of some events among all.
pub(super) fn order(flows: &Flows<'_>, events: &[u64]) -> Vec<u64> {
    let order = flows.ties.order().iter().map(|at| flows.order[*at].seq);
    order.filter(|seq| events.contains(seq)).collect()
}

/// Panics if the times of a recording contradict its ties.
pub(super) fn fits(flows: &Flows<'_>) {
    let checked = crate::contradictions::check(flows);
    assert_eq!(checked.sum().1, 0, "{checked:#?}");
}
