//! Carries out orders as system calls.

use std::net::SocketAddr;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{SendFlags, Shutdown, SocketType, bind, sendto, shutdown, sockopt};
use socklab_kernel::clock;

use super::conversation::{Conversation, Failure, failed};
use super::protocol::{Deed, Order, Reply};
use crate::format::Op;

impl Conversation {
    /// Carries out an order.
    pub(super) fn perform(&mut self, order: &Order) -> Reply {
        if let Deed::Op(Op::Pause(ms)) = order.deed {
            return Reply::Paused { late: pause(ms) };
        }
        let result = match &order.deed {
            Deed::Op(op) => self.try_op(op, order),
            Deed::Receive(receive) => self.take(receive),
        };
        match result {
            Ok(()) => Reply::Done,
            Err(Failure { call, error }) => Reply::Failed {
                call: call.to_owned(),
                error: socklab_event::Errno(error.raw_os_error()),
            },
        }
    }

    fn try_op(&mut self, op: &Op, order: &Order) -> Result<(), Failure> {
        match op {
            Op::Tcp => self.open(SocketType::STREAM)?,
            Op::Udp => self.open(SocketType::DGRAM)?,
            Op::Option(option) => self.set(option)?,
            Op::Bind(_) => {
                bind(self.socket()?, &address(order, "bind")?).map_err(failed("bind"))?;
            }
            Op::Listen(backlog) => self.listen(*backlog)?,
            Op::Accept => self.accept()?,
            Op::Connect(_) => self.connect(address(order, "connect")?)?,
            Op::ConnectMany(many) => self.connect_many(address(order, "connect")?, many.count)?,
            Op::Send(text) => self.send(&self.bytes(text))?,
            // The engine does not use this: it orders each piece separately, and waits in between.
            Op::SendPieces(pieces) => {
                for piece in pieces {
                    self.send(&self.bytes(piece))?;
                }
            }
            Op::SendTo(datagram) => {
                let to = order.address.or(self.sender).ok_or_else(|| no_address("sendto"))?;
                let bytes = self.bytes(&datagram.bytes);
                sendto(self.socket()?, &bytes, SendFlags::empty(), &to)
                    .map_err(failed("sendto"))?;
            }
            // The engine orders these as [`Deed::Receive`].
            Op::Expect(_)
            | Op::ExpectIgnoreCase(_)
            | Op::ExpectContains(_)
            | Op::ExpectLength(_)
            | Op::ExpectLine(_)
            | Op::ExpectRest(_)
            | Op::ExpectDatagram(_)
            | Op::ExpectNewDatagram(_)
            | Op::Recv(_)
            | Op::Echo(_)
            | Op::ExpectEnd
            | Op::Drain
            | Op::Exchange(_) => {}
            Op::IgnoreRest | Op::Pause(_) => {}
            Op::Finish => shutdown(self.socket()?, Shutdown::Write).map_err(failed("shutdown"))?,
            Op::Close => drop(self.socket.take()),
            Op::Reset => {
                let now = Some(Duration::ZERO);
                sockopt::set_socket_linger(self.socket()?, now).map_err(failed("setsockopt"))?;
                drop(self.socket.take());
            }
            Op::CloseListener => drop(self.listener.take()),
            Op::SigpipeKills => socklab_lab::let_sigpipe_kill()
                .map_err(|_| Failure { call: "sigaction", error: Errno::INVAL })?,
        }
        Ok(())
    }
}

/// Does nothing for this many ms. Returns how many more it took.
fn pause(ms: u64) -> u64 {
    let begin = clock::now();
    socklab_kernel::pause(Duration::from_millis(ms));
    (clock::now() - begin).saturating_sub(ms * 1_000_000) / 1_000_000
}

/// The address that the engine has found for the order.
fn address(order: &Order, call: &'static str) -> Result<SocketAddr, Failure> {
    order.address.ok_or_else(|| no_address(call))
}

fn no_address(call: &'static str) -> Failure {
    Failure { call, error: Errno::DESTADDRREQ }
}
