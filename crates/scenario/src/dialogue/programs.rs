//! What programs did at their ends of conversations with peers, according to their calls.

use std::collections::HashMap;
use std::net::SocketAddr;

use socklab_event::{Args, Bytes, Call, Endpoint, SocketType};

use super::heard::Heard;
use super::wanted::Wrong;
use crate::step_end::{Comparison, Stopped};

/// How many steps of a program's side of a conversation are kept.
const STEPS: usize = 4096;
/// How many datagrams are remembered that programs have sent.
const DATAGRAMS: usize = 256;
/// How many bytes are remembered that a program has sent out of band.
const URGENT: usize = 4096;

/// What all programs did.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    /// By their own addresses and the other ends'.
    ends: HashMap<(Endpoint, Endpoint), Program>,
    /// Bytes that they have received.
    received: u64,
    /// Datagrams that they have sent.
    datagrams: Vec<Sent>,
}

/// A datagram that a program has sent.
#[derive(Debug)]
struct Sent {
    from: Endpoint,
    to: Endpoint,
    bytes: Bytes,
}

impl Programs {
    /// Takes in a call that a program has made.
    pub(crate) fn note(&mut self, call: &Call) {
        let Some(socket) = call.socket.as_deref() else { return };
        if let (Args::Send { bytes, to, .. }, Some(_), SocketType::DGRAM) =
            (&call.args, call.value(), socket.kind)
        {
            let to = to.as_ref().or(socket.peer.as_ref());
            if let (Some(from), Some(to)) = (&socket.local, to)
                && self.datagrams.len() < DATAGRAMS
            {
                let (from, to) = (from.unmapped(), to.unmapped());
                self.datagrams.push(Sent { from, to, bytes: bytes.clone() });
            }
            return;
        }
        let Some(ends) = socket.ends() else { return };
        if let Some(bytes) = call.received() {
            self.received += bytes;
            self.ends.entry(ends).or_default().receive(bytes);
        } else if let Some(bytes) = call.sent() {
            let program = self.ends.entry(ends).or_default();
            let urgent = if call.is_out_of_band() { program.send_urgent(call) } else { 0 };
            program.send(bytes.saturating_sub(urgent), self.received);
        }
    }

    /// What the program at the other end of a peer's conversation did there.
    pub(crate) fn at(&self, heard: &Heard) -> Option<&Program> {
        let (local, peer) = heard.socket.as_ref()?.ends()?;
        self.ends.get(&(peer, local))
    }

    /// What is wrong with what a peer received. If a datagram did not come: perhaps it came to the
    /// peer's connected socket from somebody else, so that the kernel did not let it through.
    pub(crate) fn or_elsewhere(&self, wrong: Wrong, heard: &Heard) -> Wrong {
        let Wrong::Mismatch { how: Comparison::Datagram, stopped: Stopped::Time, .. } = &wrong
        else {
            return wrong;
        };
        let own = heard.socket.as_ref().and_then(|socket| socket.local.as_ref());
        let (Some(own), Some(asked)) = (own.map(Endpoint::unmapped), heard.asked.last()) else {
            return wrong;
        };
        let other = self.datagrams.iter().find_map(|sent| {
            let (ip, port) = sent.from.ip_port()?;
            let strange = port != asked.port() || !(ip.is_unspecified() || ip == asked.ip());
            (sent.to == own && strange).then(|| (SocketAddr::new(ip, port), sent))
        });
        match other {
            Some((from, sent)) => Wrong::Sender { asked: *asked, from, bytes: sent.bytes.clone() },
            None => wrong,
        }
    }
}

/// What a program sent over one connection, compared with what it had received by then: only so can
/// be told which of its bytes answer what.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// Bytes received over this connection.
    received: u64,
    /// Bytes sent while the program had received that many bytes, over this connection and in all;
    /// the third number is the sum up to there.
    steps: Vec<(u64, u64, u64)>,
    /// The bytes it has sent out of band (`MSG_OOB`), beside the stream, where the peer's receiving
    /// calls don't find them.
    urgent: Vec<u8>,
}

impl Program {
    /// How many bytes it has received.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    pub(crate) fn receive(&mut self, bytes: u64) {
        self.received += bytes;
    }

    /// It has sent bytes, when it had received `in_all` over all its connections.
    pub(crate) fn send(&mut self, bytes: u64, in_all: u64) {
        let sum = self.steps.last().map_or(0, |(_, _, sum)| *sum) + bytes;
        let step = (self.received, in_all, sum);
        let full = self.steps.len() >= STEPS;
        match self.steps.last_mut() {
            Some(last) if full || (last.0, last.1) == (self.received, in_all) => *last = step,
            _ => self.steps.push(step),
        }
    }

    /// Takes in a call that sends out of band. Returns how many bytes are not in the stream: the last
    /// one of each message.
    fn send_urgent(&mut self, call: &Call) -> u64 {
        let payloads = call.payloads();
        let last = payloads.iter().filter(|payload| payload.bytes.total > 0).map(|payload| {
            let whole = payload.bytes.moved().len() as u64 == payload.bytes.total;
            payload.bytes.moved().last().copied().filter(|_| whole).unwrap_or_default()
        });
        let room = URGENT.saturating_sub(self.urgent.len());
        let bytes: Vec<u8> = last.collect();
        self.urgent.extend(bytes.iter().take(room));
        bytes.len() as u64
    }

    /// What it has sent out of band.
    pub(crate) fn urgent(&self) -> &[u8] {
        &self.urgent
    }

    /// How many bytes it had sent before it knew more than the first `request` bytes.
    pub(crate) fn sent_knowing(&self, request: u64) -> u64 {
        let known = self.steps.iter().take_while(|(received, ..)| *received <= request);
        known.last().map_or(0, |(_, _, sum)| *sum)
    }

    /// How many bytes it had sent before it received anything from anybody.
    pub(crate) fn sent_unasked(&self) -> u64 {
        let unasked = self.steps.iter().take_while(|(_, in_all, _)| *in_all == 0);
        unasked.last().map_or(0, |(_, _, sum)| *sum)
    }
}
