//! The engine's hold on a scripted peer.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use socklab_event::Endpoint;

use super::watch::Seen;
use crate::Variables;
use crate::format::Op;
use crate::peer::{Order, Reply};

/// The replies are not to what the peer was told: somebody else has told it something. A program
/// that runs beside it can do that: the descriptors of the user's other processes are in /proc.
#[derive(Debug)]
pub(super) struct Disturbed;

/// A scripted peer that is running.
#[derive(Debug)]
pub(super) struct Puppet {
    orders: io::PipeWriter,
    /// Its number in the trace.
    command: usize,
    /// The lines given so far, the first with the placeholders; each has one report.
    given: Vec<String>,
    /// So many of their replies have been looked at.
    pub(super) judged: usize,
    /// Its sockets are datagram sockets at the moment.
    datagrams: bool,
    /// What it has sent over its present connection.
    pub(super) sent: u64,
}

impl Puppet {
    pub(super) fn new(
        orders: io::PipeWriter,
        command: usize,
        variables: &Variables,
    ) -> io::Result<Self> {
        let given = Vec::new();
        let mut puppet = Self { orders, command, given, judged: 0, datagrams: false, sent: 0 };
        puppet.tell(variables)?;
        Ok(puppet)
    }

    /// How many lines it was given, and will report on.
    pub(super) fn given(&self) -> usize {
        self.given.len()
    }

    /// How many reports have come.
    pub(super) fn reports(&self, seen: &Seen) -> usize {
        seen.talks.get(&self.command).map_or(0, |talk| talk.reports.len())
    }

    /// The replies that have come.
    pub(super) fn replies(&self, seen: &Seen) -> Result<Vec<Reply>, Disturbed> {
        let Some(talk) = seen.talks.get(&self.command) else { return Ok(Vec::new()) };
        let strange = talk.reports.len() > self.given.len()
            || talk.reports.iter().zip(&self.given).any(|(report, line)| report.order != *line);
        if strange || talk.broken {
            return Err(Disturbed);
        }
        Ok(talk.reports.iter().map(|report| report.reply.clone()).collect())
    }

    fn tell(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string(value)?;
        self.given.push(text.clone());
        text.push('\n');
        self.orders.write_all(text.as_bytes())
    }

    /// Tells it to do something. `address` is where a name in `op` leads.
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
        self.tell(&Order { op, address, within_ms })
    }

    /// Where a name leads: to what that actor listens on, or has bound.
    pub(super) fn find(
        &self,
        op: &Op,
        names: &[String],
        seen: &Seen,
        variables: &Variables,
    ) -> Result<Option<SocketAddr>, String> {
        let Some(target) = op.target() else { return Ok(None) };
        if target == "sender" {
            return Ok(None);
        }
        if let Ok(address) = variables.text(target).parse() {
            return Ok(Some(address));
        }
        let datagrams = self.datagrams || matches!(op, Op::SendTo(_));
        let command = names.iter().position(|name| name == target);
        let command = command.and_then(|index| seen.commands.get(index));
        let endpoint = command.and_then(|command| match datagrams {
            true => command.bound.as_ref(),
            false => command.listens.as_ref(),
        });
        endpoint.and_then(reachable).map(Some).ok_or_else(|| target.to_owned())
    }
}

/// The address to use for somebody who listens there.
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
        let mut puppet = Puppet::new(ours, 0, &Variables::sample(1)).unwrap();
        puppet.order(Op::Tcp, None, None).unwrap();
        let report = |order: &str| Report { order: order.to_owned(), reply: Reply::Done };
        let told: Vec<Report> = puppet.given.iter().map(|line| report(line)).collect();
        let heard = |reports: &[Report]| {
            let mut talk = Talk::default();
            for report in reports {
                let text = serde_json::to_string(report).unwrap() + "\n";
                // However it was cut into pieces.
                let (one, two) = text.split_at(5);
                talk.hear(&socklab_event::Bytes::whole(one));
                talk.hear(&socklab_event::Bytes::whole(two));
            }
            let mut seen = Seen::default();
            seen.talks.insert(0, talk);
            seen
        };
        assert_eq!(puppet.replies(&heard(&told)).unwrap(), [Reply::Done, Reply::Done]);
        let stranger = report(r#"{"op":"close","address":null,"within_ms":null}"#);
        for wrong in [[&told[..], &told[1..]].concat(), vec![told[0].clone(), stranger]] {
            assert!(puppet.replies(&heard(&wrong)).is_err());
        }
    }
}
