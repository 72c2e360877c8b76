//! Connecting to a Unix stream socket.

use std::io;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::UnixName;

/// Opens a connection to a Unix stream socket (unix(7)).
///
/// A full backlog makes `connect` wait; it waits at most until the deadline, if that is not zero.
///
/// # Errors
/// What `socket` or `connect` failed with. ENOENT: no such path. ECONNREFUSED: nobody listens there,
/// or the path is no socket. EPROTOTYPE: that socket takes datagrams. EAGAIN: the backlog stayed
/// full until the deadline. ENAMETOOLONG: the kernel has room for 108 bytes of name.
pub fn unix(name: &UnixName, deadline: Duration) -> io::Result<UnixStream> {
    let address = match name {
        UnixName::Path(path) => SocketAddrUnix::new(path)?,
        UnixName::Abstract(name) => SocketAddrUnix::new_abstract_name(name)?,
    };
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    let limit = Some(deadline).filter(|deadline| !deadline.is_zero());
    set_socket_timeout(&socket, Timeout::Send, limit)?;
    connect(&socket, &address)?;
    set_socket_timeout(&socket, Timeout::Send, None)?;
    Ok(socket.into())
}
