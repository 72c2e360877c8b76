//! The sockets a server listens on.

use std::io;
use std::net::{SocketAddr, TcpListener};

use thiserror::Error;

use super::config::Transport;
use super::pktinfo::PktinfoSocket;

/// How often to let the kernel choose a port until it is free for TCP and UDP alike.
const PORT_ATTEMPTS: u32 = 32;

/// Why a server could not be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BindError {
    /// The service does not exist over that transport, such as HTTP over UDP.
    #[error("{service} is not offered over {transport}")]
    NotOffered {
        /// The service's name.
        service: &'static str,
        /// The transport asked for.
        transport: Transport,
    },
    /// The socket could not be set up: the port is in use (`AddrInUse`), needs a privilege
    /// (`PermissionDenied`), or the address is not one of this machine's (`AddrNotAvailable`).
    #[error("{call} {transport} {address}: {source}")]
    Socket {
        /// The system call that failed.
        call: &'static str,
        /// TCP or UDP.
        transport: Transport,
        /// The address asked for.
        address: SocketAddr,
        /// The system's error.
        source: io::Error,
    },
    /// The system could not create an eventfd or a thread.
    #[error("{call} for the {service} server: {source}")]
    Machine {
        /// The system call that failed.
        call: &'static str,
        /// The service's name.
        service: &'static str,
        /// The system's error.
        source: io::Error,
    },
}

/// The sockets of one server, at least one, and their common address.
pub(super) struct Sockets {
    pub(super) tcp: Option<TcpListener>,
    pub(super) udp: Option<PktinfoSocket>,
    pub(super) local_addr: SocketAddr,
}

/// Binds the sockets for `transport`; both to the same port, even where the kernel chooses it.
pub(super) fn bind(address: SocketAddr, transport: Transport) -> Result<Sockets, BindError> {
    match transport {
        Transport::Tcp => {
            let (listener, local_addr) = bind_tcp(address)?;
            Ok(Sockets { tcp: Some(listener), udp: None, local_addr })
        }
        Transport::Udp => {
            let (socket, local_addr) = bind_udp(address)?;
            Ok(Sockets { tcp: None, udp: Some(socket), local_addr })
        }
        Transport::Both => {
            // The port the kernel chose for TCP may be in use for UDP: then let it choose again.
            let mut attempts_left = if address.port() == 0 { PORT_ATTEMPTS } else { 1 };
            loop {
                let (listener, local_addr) = bind_tcp(address)?;
                attempts_left -= 1;
                match bind_udp(local_addr) {
                    Ok((socket, _)) => {
                        return Ok(Sockets { tcp: Some(listener), udp: Some(socket), local_addr });
                    }
                    Err(error) if attempts_left == 0 || !is_in_use(&error) => return Err(error),
                    Err(_) => {}
                }
            }
        }
    }
}

fn is_in_use(error: &BindError) -> bool {
    matches!(error, BindError::Socket { source, .. } if source.kind() == io::ErrorKind::AddrInUse)
}

fn bind_tcp(address: SocketAddr) -> Result<(TcpListener, SocketAddr), BindError> {
    let failed = |call| socket_error(call, Transport::Tcp, address);
    let listener = TcpListener::bind(address).map_err(failed("bind"))?;
    // A client may vanish between poll and accept. A blocking accept would then wait for the next
    // client and not notice a stop (accept(2), notes).
    listener.set_nonblocking(true).map_err(failed("fcntl"))?;
    let local = listener.local_addr().map_err(failed("getsockname"))?;
    Ok((listener, local))
}

fn bind_udp(address: SocketAddr) -> Result<(PktinfoSocket, SocketAddr), BindError> {
    let failed = |call| socket_error(call, Transport::Udp, address);
    let socket = PktinfoSocket::bind(address).map_err(failed("bind"))?;
    let local = socket.local_addr().map_err(failed("getsockname"))?;
    Ok((socket, local))
}

fn socket_error(
    call: &'static str,
    transport: Transport,
    address: SocketAddr,
) -> impl FnOnce(io::Error) -> BindError {
    move |source| BindError::Socket { call, transport, address, source }
}
