//! Orders, as system calls.

use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::sockopt::{self, Timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketType, accept, bind, connect, listen, recv,
    recvfrom, send, sendto, shutdown, socket,
};
use socklab_event::Errno;

use super::compare::{How, difference, mismatch};
use super::{Order, Reply};
use crate::Variables;
use crate::format::{Exchange, Op, SetOption};
use crate::recording::Stopped;

/// A system call that failed.
pub(super) struct Failure(&'static str, rustix::io::Errno);

/// A peer's sockets, and what it has received and not looked at.
pub(super) struct Peer {
    variables: Variables,
    socket: Option<OwnedFd>,
    listener: Option<OwnedFd>,
    /// Connections kept open for nothing but being there.
    others: Vec<OwnedFd>,
    datagrams: bool,
    sender: Option<SocketAddr>,
    kept: Vec<u8>,
    /// What it received last.
    pub(super) heard: Vec<u8>,
    timeout: Option<Duration>,
}

fn failed(call: &'static str) -> impl Fn(rustix::io::Errno) -> Failure {
    move |error| Failure(call, error)
}

impl Peer {
    pub(super) fn new(variables: Variables) -> Self {
        Self {
            variables,
            socket: None,
            listener: None,
            others: Vec::new(),
            datagrams: false,
            sender: None,
            kept: Vec::new(),
            heard: Vec::new(),
            timeout: None,
        }
    }

    pub(super) fn perform(&mut self, order: &Order) -> Reply {
        self.timeout = order.within_ms.map(Duration::from_millis);
        self.try_perform(order).unwrap_or_else(|Failure(call, error)| Reply::Failed {
            call: call.to_owned(),
            error: Errno(error.raw_os_error()),
        })
    }

    fn try_perform(&mut self, order: &Order) -> Result<Reply, Failure> {
        match &order.op {
            Op::Tcp => self.open(SocketType::STREAM)?,
            Op::Udp => self.open(SocketType::DGRAM)?,
            Op::Option(option) => self.set(option)?,
            Op::Bind(_) => {
                bind(self.socket()?, &address(order, "bind")?).map_err(failed("bind"))?;
            }
            Op::Listen(backlog) => {
                listen(self.socket()?, *backlog).map_err(failed("listen"))?;
                self.listener = self.socket.take();
            }
            Op::Accept => {
                let listener = self.listener.as_ref().ok_or_else(nothing)?;
                self.socket = Some(accept(listener).map_err(failed("accept"))?);
                self.kept.clear();
            }
            Op::Connect(_) => {
                if self.socket.is_none() {
                    self.open(SocketType::STREAM)?;
                }
                connect(self.socket()?, &address(order, "connect")?).map_err(failed("connect"))?;
            }
            Op::ConnectMany(many) => {
                for _ in 0..many.count {
                    self.open(SocketType::STREAM)?;
                    connect(self.socket()?, &address(order, "connect")?)
                        .map_err(failed("connect"))?;
                    self.others.extend(self.socket.take());
                }
            }
            Op::Send(text) => self.send(&self.bytes(text))?,
            // The engine makes single sends of it.
            Op::SendPieces(pieces) => {
                for piece in pieces {
                    self.send(&self.bytes(piece))?;
                }
            }
            Op::SendTo(send) => {
                let to = match order.address {
                    Some(address) => address,
                    None => self.sender.ok_or(Failure("sendto", rustix::io::Errno::DESTADDRREQ))?,
                };
                let bytes = self.bytes(&send.bytes);
                sendto(self.socket()?, &bytes, SendFlags::empty(), &to)
                    .map_err(failed("sendto"))?;
            }
            Op::Expect(text) => return self.expect(&self.bytes(text), How::Equals),
            Op::ExpectIgnoreCase(text) => return self.expect(&self.bytes(text), How::IgnoreCase),
            Op::ExpectContains(text) => return self.expect_contains(&self.bytes(text)),
            Op::ExpectLength(length) => return self.expect_length(*length),
            Op::ExpectDatagram(text) => return self.expect_datagram(&self.bytes(text)),
            Op::Recv(room) => match self.more(usize::try_from(*room).unwrap_or(1 << 20))? {
                Ok(_) | Err(Stopped::End | Stopped::Enough) => {}
                Err(Stopped::Reset) => {
                    return Err(Failure("recv", rustix::io::Errno::CONNRESET));
                }
                Err(Stopped::Time) => {
                    return Ok(mismatch("anything", b"", b"", 0, Stopped::Time));
                }
            },
            Op::ExpectEnd => return self.expect_end(false),
            Op::Drain => return self.expect_end(true),
            Op::Exchange(exchange) => return self.exchange(exchange),
            Op::Finish => shutdown(self.socket()?, Shutdown::Write).map_err(failed("shutdown"))?,
            Op::Close => drop(self.socket.take()),
            Op::Reset => {
                let now = Some(Duration::ZERO);
                sockopt::set_socket_linger(self.socket()?, now).map_err(failed("setsockopt"))?;
                drop(self.socket.take());
            }
            Op::CloseListener => drop(self.listener.take()),
            Op::SigpipeKills => socklab_lab::let_sigpipe_kill()
                .map_err(|_| Failure("sigaction", rustix::io::Errno::INVAL))?,
        }
        Ok(Reply::Done)
    }

    fn bytes(&self, text: &str) -> Vec<u8> {
        // The loader has read every text once and refused those that cannot be read.
        self.variables.bytes(&super::heard::fill(text, &self.heard)).unwrap_or_default()
    }

    fn socket(&self) -> Result<BorrowedFd<'_>, Failure> {
        self.socket.as_ref().map(AsFd::as_fd).ok_or_else(nothing)
    }

    fn open(&mut self, kind: SocketType) -> Result<(), Failure> {
        self.socket = Some(socket(AddressFamily::INET, kind, None).map_err(failed("socket"))?);
        self.datagrams = kind == SocketType::DGRAM;
        self.kept.clear();
        Ok(())
    }

    fn set(&self, option: &SetOption) -> Result<(), Failure> {
        let socket = self.socket()?;
        let on = option.value != 0;
        let size = usize::try_from(option.value).unwrap_or(0);
        match option.name.as_str() {
            "SO_REUSEADDR" => sockopt::set_socket_reuseaddr(socket, on),
            "SO_REUSEPORT" => sockopt::set_socket_reuseport(socket, on),
            "SO_RCVBUF" => sockopt::set_socket_recv_buffer_size(socket, size),
            "SO_SNDBUF" => sockopt::set_socket_send_buffer_size(socket, size),
            "TCP_NODELAY" => sockopt::set_tcp_nodelay(socket, on),
            "TCP_QUICKACK" => sockopt::set_tcp_quickack(socket, on),
            _ => Err(rustix::io::Errno::NOPROTOOPT),
        }
        .map_err(failed("setsockopt"))
    }

    fn send(&self, mut bytes: &[u8]) -> Result<(), Failure> {
        let socket = self.socket()?;
        // A datagram goes at once or not at all, even an empty one.
        loop {
            let sent = send(socket, bytes, SendFlags::empty()).map_err(failed("send"))?;
            bytes = &bytes[sent.min(bytes.len())..];
            if bytes.is_empty() {
                return Ok(());
            }
        }
    }

    /// What is received next, at most so many bytes; or why nothing is.
    pub(super) fn more(&mut self, most: usize) -> Result<Result<Vec<u8>, Stopped>, Failure> {
        if !self.kept.is_empty() {
            let rest = self.kept.split_off(most.min(self.kept.len()));
            return Ok(Ok(std::mem::replace(&mut self.kept, rest)));
        }
        self.limit_time()?;
        let mut buffer = vec![0; most];
        match recvfrom(self.socket()?, &mut buffer, RecvFlags::empty()) {
            Ok((0, ..)) if !self.datagrams => Ok(Err(Stopped::End)),
            Ok((length, _, from)) => {
                self.sender = from.and_then(|from| SocketAddr::try_from(from).ok()).or(self.sender);
                buffer.truncate(length);
                self.heard.clone_from(&buffer);
                Ok(Ok(buffer))
            }
            Err(rustix::io::Errno::AGAIN) => Ok(Err(Stopped::Time)),
            Err(rustix::io::Errno::CONNRESET) => Ok(Err(Stopped::Reset)),
            Err(error) => Err(Failure("recv", error)),
        }
    }

    /// Puts bytes back that were received and not wanted yet.
    pub(super) fn keep(&mut self, bytes: Vec<u8>) {
        self.kept.splice(0..0, bytes);
    }

    fn limit_time(&self) -> Result<(), Failure> {
        let socket = self.socket()?;
        if self.timeout.is_some() {
            sockopt::set_socket_timeout(socket, Timeout::Recv, self.timeout)
                .map_err(failed("setsockopt"))?;
        }
        Ok(())
    }

    fn expect_datagram(&mut self, wanted: &[u8]) -> Result<Reply, Failure> {
        self.limit_time()?;
        let mut buffer = vec![0; 65_536];
        let (got, stopped) = match recvfrom(self.socket()?, &mut buffer, RecvFlags::empty()) {
            Ok((length, _, from)) => {
                self.sender = from.and_then(|from| SocketAddr::try_from(from).ok()).or(self.sender);
                self.heard = buffer[..length].to_vec();
                (&buffer[..length], Stopped::Enough)
            }
            Err(rustix::io::Errno::AGAIN) => (&buffer[..0], Stopped::Time),
            Err(error) => return Err(Failure("recvfrom", error)),
        };
        if got == wanted && stopped == Stopped::Enough {
            return Ok(Reply::Done);
        }
        let at = difference(wanted, got, How::Equals).unwrap_or(got.len());
        Ok(mismatch("datagram", wanted, got, at, stopped))
    }

    /// Both directions at once: what comes is read while there is still something to send, as a
    /// peer must that does not want to wait for one who waits for it.
    fn exchange(&mut self, exchange: &Exchange) -> Result<Reply, Failure> {
        let (bytes, wanted) = (self.bytes(&exchange.send), self.bytes(&exchange.expect));
        let (mut left, mut got) = (bytes.as_slice(), Vec::new());
        let mut buffer = vec![0; 1 << 16];
        let deadline = self.timeout.map(|timeout| std::time::Instant::now() + timeout);
        loop {
            if let Some(at) = difference(&wanted, &got, How::Equals) {
                return Ok(mismatch("equals", &wanted, &got, at, Stopped::Enough));
            }
            if left.is_empty() && got.len() == wanted.len() {
                return Ok(Reply::Done);
            }
            let socket = self.socket()?;
            let interest =
                if left.is_empty() { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
            let mut set = [PollFd::new(&socket, interest)];
            let time = deadline.map(|deadline| {
                let left = deadline.saturating_duration_since(std::time::Instant::now());
                rustix::event::Timespec::try_from(left).unwrap_or_default()
            });
            if poll(&mut set, time.as_ref()).map_err(failed("poll"))? == 0 {
                return Ok(mismatch("equals", &wanted, &got, got.len(), Stopped::Time));
            }
            let ready = set[0].revents();
            if !left.is_empty() && ready.contains(PollFlags::OUT) {
                match send(socket, left, SendFlags::DONTWAIT) {
                    Ok(sent) => left = &left[sent..],
                    Err(rustix::io::Errno::AGAIN) => {}
                    Err(error) => return Err(Failure("send", error)),
                }
                if left.is_empty() && exchange.finish {
                    shutdown(socket, Shutdown::Write).map_err(failed("shutdown"))?;
                }
            }
            if ready.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
                match recv(socket, &mut buffer, RecvFlags::DONTWAIT) {
                    Ok((0, _)) => {
                        return Ok(mismatch("equals", &wanted, &got, got.len(), Stopped::End));
                    }
                    Ok((length, _)) => got.extend_from_slice(&buffer[..length]),
                    Err(rustix::io::Errno::AGAIN) => {}
                    Err(rustix::io::Errno::CONNRESET) => {
                        return Ok(mismatch("equals", &wanted, &got, got.len(), Stopped::Reset));
                    }
                    Err(error) => return Err(Failure("recv", error)),
                }
            }
        }
    }
}

/// No socket to do it with: what the kernel says about a descriptor that is none.
fn nothing() -> Failure {
    Failure("socket", rustix::io::Errno::BADF)
}

fn address(order: &Order, call: &'static str) -> Result<SocketAddr, Failure> {
    order.address.ok_or(Failure(call, rustix::io::Errno::DESTADDRREQ))
}
