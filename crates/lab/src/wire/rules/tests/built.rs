//! Frames to be judged, and a wire that remembers what became of them.

use std::net::IpAddr;

use socklab_event::{
    Bytes, Endpoint, Flags, Fragment, Headers, Name, Protocol, TcpOptions, Transport,
};

use super::super::{Decision, Passing, Rule, RuleCount, Rules};

/// The ends of the connections here: client ports differ, the server's is 80.
pub(super) const CLIENT: &str = "10.0.0.1";
pub(super) const SERVER: &str = "10.0.0.2";

#[derive(Clone, Debug)]
pub(super) struct Built {
    pub(super) from: &'static str,
    pub(super) to: Option<&'static str>,
    pub(super) headers: Headers,
}

impl Built {
    /// A frame of `protocol` between the client's port and the server's.
    fn between(
        from: &'static str,
        ports: (u16, u16),
        protocol: Protocol,
        transport: Transport,
    ) -> Self {
        let client = Endpoint::ip(CLIENT.parse::<IpAddr>().unwrap(), ports.0);
        let server = Endpoint::ip(SERVER.parse::<IpAddr>().unwrap(), ports.1);
        let (to, source, destination) = match from {
            "client" => ("server", client, server),
            _ => ("client", server, client),
        };
        let payload = Bytes::default();
        let headers = Headers { source, destination, protocol, transport, payload, fragment: None };
        Self { from, to: Some(to), headers }
    }

    /// A segment of the connection from this port of the client.
    pub(super) fn tcp(
        from: &'static str,
        port: u16,
        flags: &str,
        sequence: u32,
        length: u64,
    ) -> Self {
        let flags: Flags = flags.split('|').map(|flag| Name::from(flag.to_owned())).collect();
        let transport = Transport::Tcp {
            flags,
            sequence,
            acknowledgement: 0,
            window: 1000,
            options: TcpOptions::default(),
        };
        Self::between(from, (port, 80), Protocol::TCP, transport).carrying(length)
    }

    pub(super) fn udp(from: &'static str, length: u64) -> Self {
        Self::between(from, (5000, 53), Protocol::UDP, Transport::Udp).carrying(length)
    }

    pub(super) fn icmp(from: &'static str) -> Self {
        let text = "port unreachable".to_owned();
        let transport = Transport::Icmp { kind: 3, code: 3, text, about: None, mtu: None };
        Self::between(from, (0, 0), Protocol::ICMP, transport)
    }

    pub(super) fn arp(from: &'static str) -> Self {
        let transport = Transport::Neighbour { text: "who has 10.0.0.2?".to_owned() };
        Self { to: None, ..Self::between(from, (0, 0), Protocol::IP, transport) }
    }

    pub(super) fn carrying(mut self, length: u64) -> Self {
        self.headers.payload.total = length;
        self
    }

    pub(super) fn fragment(mut self, offset: u32, more: bool) -> Self {
        self.headers.fragment = Some(Fragment { id: 1, offset, more });
        self
    }

    pub(super) fn port(mut self, port: u16) -> Self {
        self.headers.destination = Endpoint::ip(SERVER.parse::<IpAddr>().unwrap(), port);
        self
    }

    /// As bytes: Ethernet, IPv4, and TCP or UDP headers, then the payload `0 1 2 …`.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut transport = Vec::new();
        for endpoint in [&self.headers.source, &self.headers.destination] {
            transport.extend(endpoint.port().unwrap_or(0).to_be_bytes());
        }
        match &self.headers.transport {
            Transport::Tcp { sequence, acknowledgement, .. } => {
                transport.extend(sequence.to_be_bytes());
                transport.extend(acknowledgement.to_be_bytes());
                transport.extend([5 << 4, 0, 0, 0, 0, 0, 0, 0]);
            }
            _ => transport.extend([0; 4]),
        }
        let payload = (0..self.headers.payload.total).map(|index| index as u8);
        transport.extend(payload);
        let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0];
        frame.extend(((20 + transport.len()) as u16).to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, self.headers.protocol.number() as u8, 0, 0]);
        for endpoint in [&self.headers.source, &self.headers.destination] {
            let Some((IpAddr::V4(ip), _)) = endpoint.ip_port() else { panic!("{endpoint}") };
            frame.extend(ip.octets());
        }
        frame.extend(transport);
        frame
    }
}

/// Judges frames, one each millisecond.
pub(super) struct Wire {
    pub(super) rules: Rules,
    pub(super) now: u64,
}

pub(super) const MS: u64 = 1_000_000;

impl Wire {
    pub(super) fn with(rules: &[&str]) -> Self {
        let rules = rules.iter().map(|text| rule(text));
        Self { rules: Rules::new(rules), now: 50_000 * MS }
    }

    pub(super) fn pass(&mut self, frame: &Built) -> Decision {
        self.now += MS;
        let bytes = frame.bytes();
        self.rules.judge(&Passing {
            at: self.now,
            from: frame.from,
            to: frame.to,
            frame: &bytes,
            headers: Some(&frame.headers),
        })
    }

    /// Which of these frames, counted from 1, are dropped.
    pub(super) fn dropped(&mut self, frames: &[Built]) -> Vec<usize> {
        let mut dropped = Vec::new();
        for (index, frame) in frames.iter().enumerate() {
            if self.pass(frame).dropped {
                dropped.push(index + 1);
            }
        }
        dropped
    }

    /// What the first rule counted: seen, matched.
    pub(super) fn count(&self) -> (u64, u64) {
        let RuleCount { seen, matched, .. } = self.rules.counts()[0];
        (seen, matched)
    }
}

pub(super) fn rule(text: &str) -> Rule {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// A handshake from this client port, the numbers of both ends being 1000 and 9000.
pub(super) fn handshake(port: u16) -> Vec<Built> {
    vec![
        Built::tcp("client", port, "SYN", 1000, 0),
        Built::tcp("server", port, "SYN|ACK", 9000, 0),
        Built::tcp("client", port, "ACK", 1001, 0),
    ]
}

/// A request of 10 bytes, an answer of 3 segments of 1000 bytes, each acknowledged, and both FINs.
pub(super) fn conversation(port: u16) -> Vec<Built> {
    let mut frames = handshake(port);
    frames.push(Built::tcp("client", port, "PSH|ACK", 1001, 10));
    for start in [9001, 10_001, 11_001] {
        frames.push(Built::tcp("server", port, "ACK", start, 1000));
        frames.push(Built::tcp("client", port, "ACK", 1011, 0));
    }
    frames.push(Built::tcp("server", port, "FIN|ACK", 12_001, 0));
    frames.push(Built::tcp("client", port, "FIN|ACK", 1011, 0));
    frames.push(Built::tcp("server", port, "ACK", 12_002, 0));
    frames
}
