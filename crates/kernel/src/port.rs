//! Free ports.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, bind, getsockname, socket};

use crate::Transport;

/// How often the kernel is asked for a port: the one it chooses for the first transport may be in
/// use for the next.
const TRIES: usize = 4;

/// The preferred port if it is free for all these transports on every IPv4 address of the machine;
/// otherwise one that the kernel chooses. Prefer 0 to let the kernel choose at once.
///
/// A port on which old connections linger (TIME_WAIT) counts as in use, because a program that does
/// not set `SO_REUSEADDR` can't bind to it. Another program may bind to the port as soon as this
/// returns.
///
/// # Errors
///
/// `EADDRINUSE` when no port was found, or the error of `socket(2)`.
pub fn free(preferred: u16, transports: &[Transport]) -> io::Result<u16> {
    let candidates = [preferred].into_iter().chain([0; TRIES]);
    for candidate in candidates {
        if let Some(port) = take(candidate, transports)? {
            return Ok(port);
        }
    }
    Err(rustix::io::Errno::ADDRINUSE.into())
}

/// Binds one socket for each transport to the same port, and closes them all. If `candidate` is 0,
/// the kernel chooses the port for the first one.
fn take(candidate: u16, transports: &[Transport]) -> io::Result<Option<u16>> {
    let mut port = candidate;
    let mut sockets: Vec<OwnedFd> = Vec::with_capacity(transports.len());
    for transport in transports {
        let socket = socket(AddressFamily::INET, transport.socket_type(), None)?;
        if bind(&socket, &SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))).is_err() {
            return Ok(None);
        }
        port = SocketAddr::try_from(getsockname(&socket)?)?.port();
        sockets.push(socket);
    }
    Ok(Some(port))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, UdpSocket};

    use super::*;

    #[test]
    fn a_preferred_port_that_is_free_is_returned() {
        let port = free(0, &[Transport::Tcp]).unwrap();
        assert_ne!(port, 0);
        // Another program may bind to it now and then, but not a hundred times in a row.
        let same = |_| free(port, &[Transport::Tcp]).unwrap() == port;
        assert!((0..100).any(same));
    }

    #[test]
    fn a_taken_port_is_replaced() {
        let tcp = TcpListener::bind("0.0.0.0:0").unwrap();
        let taken = tcp.local_addr().unwrap().port();
        assert_ne!(free(taken, &[Transport::Tcp]).unwrap(), taken);
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let taken = udp.local_addr().unwrap().port();
        assert_ne!(free(taken, &[Transport::Tcp, Transport::Udp]).unwrap(), taken);
    }

    #[test]
    fn one_port_is_free_for_both() {
        let port = free(0, &[Transport::Tcp, Transport::Udp]).unwrap();
        assert_ne!(port, 0);
    }
}
