//! The engine's side of a scripted peer: the orders it was given, and its replies.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use socklab_event::Endpoint;

use super::started::Started;
use super::watch::Seen;
use crate::format::{Op, SENDER};
use crate::peer::{Order, Reply};
use crate::variables::Variables;

/// Some replies do not answer the engine's orders: another process has given the peer orders. A
/// program of the same user can do that, by opening the peer's descriptors in /proc.
#[derive(Debug)]
pub(super) struct Disturbed;

/// A scripted peer that is running.
#[derive(Debug)]
pub(super) struct PeerHandle {
    orders: io::PipeWriter,
    /// Its command number in the trace.
    command: usize,
    /// The lines written so far, the first with the placeholders; each gets one report.
    given: Vec<String>,
    /// How many of the replies have been judged.
    pub(super) judged: usize,
    /// True if its socket is a datagram socket.
    datagrams: bool,
    /// Bytes sent over its current connection.
    pub(super) sent: u64,
}

impl PeerHandle {
    pub(super) fn new(
        orders: io::PipeWriter,
        command: usize,
        variables: &Variables,
    ) -> io::Result<Self> {
        let given = Vec::new();
        let mut peer = Self { orders, command, given, judged: 0, datagrams: false, sent: 0 };
        peer.write(variables)?;
        Ok(peer)
    }

    /// How many lines it was given, each of which it will report on.
    pub(super) fn orders_given(&self) -> usize {
        self.given.len()
    }

    /// How many reports have arrived.
    pub(super) fn reports(&self, seen: &Seen) -> usize {
        seen.talks.get(&self.command).map_or(0, |talk| talk.reports.len())
    }

    /// The replies that have arrived.
    pub(super) fn replies(&self, seen: &Seen) -> Result<Vec<Reply>, Disturbed> {
        let Some(talk) = seen.talks.get(&self.command) else { return Ok(Vec::new()) };
        let strange = talk.reports.len() > self.given.len()
            || talk.reports.iter().zip(&self.given).any(|(report, line)| report.order != *line);
        if strange || talk.broken {
            return Err(Disturbed);
        }
        Ok(talk.reports.iter().map(|report| report.reply.clone()).collect())
    }

    fn write(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string(value)?;
        self.given.push(text.clone());
        text.push('\n');
        self.orders.write_all(text.as_bytes())
    }

    /// Gives the peer an order. `address` is the one that a name in `op` stands for.
    pub(super) fn order(
        &mut self,
        op: Op,
        address: Option<SocketAddr>,
        within_ms: Option<u64>,
    ) -> io::Result<()> {
        match op {
            Op::Udp => self.datagrams = true,
            Op::Tcp => self.datagrams = false,
            _ => {}
        }
        if matches!(op, Op::Udp | Op::Tcp | Op::Accept | Op::Connect(_)) {
            self.sent = 0;
        }
        self.write(&Order { op, address, within_ms })
    }

    /// The address that a name in `op` stands for: the one that this actor or peer listens on, or
    /// has bound. The error is the name, if that actor or peer has no such address.
    pub(super) fn address(
        &self,
        op: &Op,
        started: &Started,
        variables: &Variables,
    ) -> Result<Option<SocketAddr>, String> {
        let Some(target) = op.target() else { return Ok(None) };
        if target == SENDER {
            return Ok(None);
        }
        if let Ok(address) = variables.text(target).parse() {
            return Ok(Some(address));
        }
        let datagrams = self.datagrams || matches!(op, Op::SendTo(_));
        let seen = started.watch.lock();
        let command = started.number(target).and_then(|number| seen.commands.get(number));
        let endpoint = command.and_then(|command| match datagrams {
            true => command.bound.as_ref(),
            false => command.listens.as_ref(),
        });
        endpoint.and_then(reachable).map(Some).ok_or_else(|| target.to_owned())
    }
}

/// The address at which to reach a socket that is bound to `endpoint`.
fn reachable(endpoint: &Endpoint) -> Option<SocketAddr> {
    let (ip, port) = endpoint.unmapped().ip_port()?;
    let ip = if ip.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { ip };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::watch::Talk;
    use crate::peer::Report;

    #[test]
    fn only_replies_to_its_own_orders_count() {
        let (_theirs, ours) = io::pipe().unwrap();
        let mut peer = PeerHandle::new(ours, 0, &Variables::sample(1)).unwrap();
        peer.order(Op::Tcp, None, None).unwrap();
        let report = |order: &str| Report { order: order.to_owned(), reply: Reply::Done };
        let own: Vec<Report> = peer.given.iter().map(|line| report(line)).collect();
        let seen_with = |reports: &[Report]| {
            let mut talk = Talk::default();
            for report in reports {
                let text = serde_json::to_string(report).unwrap() + "\n";
                // A report may arrive in pieces.
                let (one, two) = text.split_at(5);
                talk.hear(&socklab_event::Bytes::whole(one));
                talk.hear(&socklab_event::Bytes::whole(two));
            }
            let mut seen = Seen::default();
            seen.talks.insert(0, talk);
            seen
        };
        assert_eq!(peer.replies(&seen_with(&own)).unwrap(), [Reply::Done, Reply::Done]);
        let stranger = report(r#"{"op":"close","address":null,"within_ms":null}"#);
        for wrong in [[&own[..], &own[1..]].concat(), vec![own[0].clone(), stranger]] {
            assert!(peer.replies(&seen_with(&wrong)).is_err());
        }
    }
}
