//! A peer's sockets, and the bytes received on the one it talks on.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::sockopt;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketType, accept, connect, listen, recvfrom, send,
    socket,
};

use super::received;
use crate::format::{SetOption, SocketOption};
use crate::variables::Variables;

/// A system call that failed.
pub(super) struct Failure {
    pub(super) call: &'static str,
    pub(super) error: Errno,
}

pub(super) fn failed(call: &'static str) -> impl Fn(Errno) -> Failure {
    move |error| Failure { call, error }
}

/// What a receiving call returned.
pub(super) enum Received {
    Bytes(Vec<u8>),
    End,
    Reset,
}

/// One listening socket, and one socket that the peer talks on.
pub(super) struct Conversation {
    variables: Variables,
    pub(super) socket: Option<OwnedFd>,
    pub(super) listener: Option<OwnedFd>,
    /// Connections that are kept open and not used.
    idle: Vec<OwnedFd>,
    pub(super) is_datagram: bool,
    /// The source address of the last datagram.
    pub(super) sender: Option<SocketAddr>,
    /// Bytes received beyond those that an order needed; the next order begins with them.
    surplus: Vec<u8>,
    /// Each datagram received on the socket, and who sent it.
    pub(super) datagrams: BTreeSet<(Vec<u8>, Option<SocketAddr>)>,
    /// What the last call received, for `{heard:FROM..TO}`.
    last_received: Vec<u8>,
}

impl Conversation {
    pub(super) fn new(variables: Variables) -> Self {
        Self {
            variables,
            socket: None,
            listener: None,
            idle: Vec::new(),
            is_datagram: false,
            sender: None,
            surplus: Vec::new(),
            datagrams: BTreeSet::new(),
            last_received: Vec::new(),
        }
    }

    /// The bytes that a text of the scenario stands for.
    pub(super) fn bytes(&self, text: &str) -> Vec<u8> {
        // The loader has refused texts that can't be decoded.
        self.variables.bytes(&received::fill(text, &self.last_received)).unwrap_or_default()
    }

    /// The socket that the peer talks on. Without one, the error is EBADF, as for a descriptor that
    /// is not open.
    pub(super) fn socket(&self) -> Result<BorrowedFd<'_>, Failure> {
        self.socket.as_ref().map(AsFd::as_fd).ok_or(Failure { call: "socket", error: Errno::BADF })
    }

    pub(super) fn open(&mut self, kind: SocketType) -> Result<(), Failure> {
        self.socket = Some(socket(AddressFamily::INET, kind, None).map_err(failed("socket"))?);
        self.is_datagram = kind == SocketType::DGRAM;
        self.surplus.clear();
        self.datagrams.clear();
        Ok(())
    }

    pub(super) fn set(&self, option: &SetOption) -> Result<(), Failure> {
        let socket = self.socket()?;
        let on = option.value != 0;
        let size = usize::try_from(option.value).unwrap_or(0);
        // The kernel refuses 0 for these, as it would refuse a negative number.
        let number = u32::try_from(option.value).unwrap_or(0);
        let seconds = Duration::from_secs(number.into());
        match option.name {
            SocketOption::ReuseAddress => sockopt::set_socket_reuseaddr(socket, on),
            SocketOption::ReusePort => sockopt::set_socket_reuseport(socket, on),
            SocketOption::ReceiveBuffer => sockopt::set_socket_recv_buffer_size(socket, size),
            SocketOption::SendBuffer => sockopt::set_socket_send_buffer_size(socket, size),
            SocketOption::NoDelay => sockopt::set_tcp_nodelay(socket, on),
            SocketOption::QuickAck => sockopt::set_tcp_quickack(socket, on),
            SocketOption::KeepAlive => sockopt::set_socket_keepalive(socket, on),
            SocketOption::KeepIdle => sockopt::set_tcp_keepidle(socket, seconds),
            SocketOption::KeepInterval => sockopt::set_tcp_keepintvl(socket, seconds),
            SocketOption::KeepCount => sockopt::set_tcp_keepcnt(socket, number),
        }
        .map_err(failed("setsockopt"))
    }

    pub(super) fn listen(&mut self, backlog: i32) -> Result<(), Failure> {
        listen(self.socket()?, backlog).map_err(failed("listen"))?;
        self.listener = self.socket.take();
        Ok(())
    }

    pub(super) fn accept(&mut self) -> Result<(), Failure> {
        let listener = self.listener.as_ref();
        let listener = listener.ok_or(Failure { call: "socket", error: Errno::BADF })?;
        self.socket = Some(accept(listener).map_err(failed("accept"))?);
        self.surplus.clear();
        Ok(())
    }

    pub(super) fn connect(&mut self, address: SocketAddr) -> Result<(), Failure> {
        if self.socket.is_none() {
            self.open(SocketType::STREAM)?;
        }
        connect(self.socket()?, &address).map_err(failed("connect"))
    }

    /// Opens connections that are kept open and not used.
    pub(super) fn connect_many(&mut self, address: SocketAddr, count: u32) -> Result<(), Failure> {
        for _ in 0..count {
            self.open(SocketType::STREAM)?;
            connect(self.socket()?, &address).map_err(failed("connect"))?;
            self.idle.extend(self.socket.take());
        }
        Ok(())
    }

    /// Sends all the bytes.
    pub(super) fn send(&self, mut bytes: &[u8]) -> Result<(), Failure> {
        let socket = self.socket()?;
        // Call send at least once: a datagram may be empty.
        loop {
            let sent = send(socket, bytes, SendFlags::empty()).map_err(failed("send"))?;
            bytes = &bytes[sent.min(bytes.len())..];
            if bytes.is_empty() {
                return Ok(());
            }
        }
    }

    /// The next bytes, at most `most`, or why there are none.
    pub(super) fn receive(&mut self, most: usize) -> Result<Received, Failure> {
        if !self.surplus.is_empty() {
            let rest = self.surplus.split_off(most.min(self.surplus.len()));
            return Ok(Received::Bytes(std::mem::replace(&mut self.surplus, rest)));
        }
        match self.receive_once(most, RecvFlags::empty())? {
            Ok(bytes) if bytes.is_empty() && !self.is_datagram => Ok(Received::End),
            Ok(bytes) => Ok(Received::Bytes(bytes)),
            Err(Errno::CONNRESET) => Ok(Received::Reset),
            Err(error) => Err(Failure { call: "recv", error }),
        }
    }

    /// One `recvfrom`: what it received, or its error.
    pub(super) fn receive_once(
        &mut self,
        most: usize,
        flags: RecvFlags,
    ) -> Result<Result<Vec<u8>, Errno>, Failure> {
        let socket = self.socket()?;
        let mut buffer = vec![0; most];
        let (length, from) = match recvfrom(socket, &mut buffer, flags) {
            Ok((length, _, from)) => (length, from),
            Err(error) => return Ok(Err(error)),
        };
        buffer.truncate(length);
        self.sender = from.and_then(|from| SocketAddr::try_from(from).ok()).or(self.sender);
        if length > 0 || self.is_datagram {
            self.last_received.clone_from(&buffer);
        }
        if self.is_datagram {
            self.datagrams.insert((buffer.clone(), self.sender));
        }
        Ok(Ok(buffer))
    }

    /// Forgets the bytes that were put back, and returns how many there were.
    pub(super) fn put_back_bytes(&mut self) -> usize {
        std::mem::take(&mut self.surplus).len()
    }

    /// Puts back bytes that belong to a later order.
    pub(super) fn put_back(&mut self, bytes: Vec<u8>) {
        self.surplus.splice(0..0, bytes);
    }
}
