//! The name server's sockets: port 53 of 127.0.0.1, UDP and TCP.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::etc;
use super::message::answer;
use super::refusal::NamesRefusal;
use super::table::Names;

const PORT: u16 = 53;
/// The largest message, RFC 1035 §4.2.2.
const MOST: usize = 65_535;
/// How long a TCP connection may be silent.
const SILENT: Duration = Duration::from_secs(30);

/// A name server that is bound to its ports, and that programs ask.
#[derive(Debug)]
pub struct NameServer {
    datagrams: UdpSocket,
    listener: TcpListener,
}

impl NameServer {
    /// Binds the ports, and changes what this place's programs see in `/etc` so that they ask here.
    /// `folder` is an existing folder for the files that takes. If `localhost` has addresses of its
    /// own in `names`, `/etc/hosts` says so; nothing else is known before [`NameServer::start`], and
    /// questions wait until then. Call it only inside a private loopback, before executing any
    /// program.
    ///
    /// # Errors
    ///
    /// When a port is taken or a mount is refused. Programs then ask whom they asked before.
    pub fn enter(folder: &Path, names: &Names) -> Result<Self, NamesRefusal> {
        let address = (Ipv4Addr::LOCALHOST, PORT);
        let object = "127.0.0.1:53";
        let datagrams = UdpSocket::bind(address).map_err(NamesRefusal::of("bind", object))?;
        let listener = TcpListener::bind(address).map_err(NamesRefusal::of("bind", object))?;
        etc::ask_here(folder, names)?;
        Ok(Self { datagrams, listener })
    }

    /// Answers until this process ends, in threads of its own.
    ///
    /// # Errors
    ///
    /// When no more threads can be started.
    pub fn start(self, names: Names) -> io::Result<()> {
        let names = Arc::new(names);
        let known = Arc::clone(&names);
        thread::Builder::new().spawn(move || over_udp(&self.datagrams, &known))?;
        let over_connections = move || {
            for connection in self.listener.incoming().flatten() {
                let names = Arc::clone(&names);
                // Without a thread the connection is closed, and who asked may ask again.
                let _ = thread::Builder::new().spawn(move || over_tcp(connection, &names));
            }
        };
        thread::Builder::new().spawn(over_connections).map(drop)
    }
}

fn over_udp(socket: &UdpSocket, names: &Names) {
    let mut message = vec![0; MOST];
    loop {
        // Errors are about earlier answers, whose askers are gone.
        let Ok((length, from)) = socket.recv_from(&mut message) else { continue };
        if let Some(answer) = answer(&message[..length], names, None) {
            let _ = socket.send_to(&answer, from);
        }
    }
}

/// Before each message comes its length, in two bytes.
fn over_tcp(mut connection: TcpStream, names: &Names) -> io::Result<()> {
    connection.set_read_timeout(Some(SILENT))?;
    loop {
        let mut length = [0; 2];
        connection.read_exact(&mut length)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        connection.read_exact(&mut message)?;
        let Some(answer) = answer(&message, names, Some(MOST)) else { return Ok(()) };
        let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
        connection.write_all(&[&length.to_be_bytes(), &answer[..]].concat())?;
    }
}
