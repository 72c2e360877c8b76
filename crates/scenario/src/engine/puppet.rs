//! The engine's hold on a scripted peer.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use event::Endpoint;

use super::watch::{Seen, Watch};
use crate::Variables;
use crate::format::Op;
use crate::peer::{Order, Reply};

/// A scripted peer that is running.
#[derive(Debug)]
pub(super) struct Puppet {
    orders: io::PipeWriter,
    /// Orders given so far; each has one reply.
    pub(super) given: usize,
    /// Its sockets are datagram sockets at the moment.
    datagrams: bool,
    /// What it has sent over its present connection.
    pub(super) sent: u64,
}

impl Puppet {
    pub(super) fn new(
        mut orders: io::PipeWriter,
        replies: io::PipeReader,
        command: usize,
        watch: &Arc<Watch>,
        variables: &Variables,
    ) -> io::Result<Self> {
        let watch = Arc::clone(watch);
        thread::spawn(move || {
            for line in BufReader::new(replies).lines().map_while(Result::ok) {
                let Ok(reply) = serde_json::from_str::<Reply>(&line) else { return };
                watch.change(|seen| seen.replies.entry(command).or_default().push(reply));
            }
        });
        write_line(&mut orders, variables)?;
        Ok(Self { orders, given: 0, datagrams: false, sent: 0 })
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
        self.given += 1;
        write_line(&mut self.orders, &Order { op, address, within_ms })
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

fn write_line(out: &mut io::PipeWriter, value: &impl serde::Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    out.write_all(&text)
}
