//! The name server's sockets: port 53, UDP and TCP.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::asked::Asked;
use super::etc;
use super::message::{Answer, Over, answer};
use super::refusal::NamesRefusal;
use super::table::Names;

const PORT: u16 = 53;
/// The largest message, RFC 1035 §4.2.2.
const MOST: usize = 65_535;
/// How long a TCP connection may be silent.
const SILENT: Duration = Duration::from_secs(30);
/// The most answers over UDP that wait for their time.
const WAITING: usize = 1024;

/// A name server that is bound to its ports.
#[derive(Debug)]
pub struct NameServer {
    datagrams: UdpSocket,
    listener: TcpListener,
}

/// What a running name server knows.
#[derive(Debug)]
struct Mind {
    names: Names,
    asked: Mutex<Asked>,
}

impl NameServer {
    /// Binds port 53 of an address of this host. Questions wait until [`NameServer::start`].
    ///
    /// # Errors
    ///
    /// When the port is taken, or not to be had without a privilege.
    pub fn bind(address: IpAddr) -> Result<Self, NamesRefusal> {
        let address = SocketAddr::from((address, PORT));
        let object = address.to_string();
        let datagrams = UdpSocket::bind(address).map_err(NamesRefusal::of("bind", &object))?;
        let listener = TcpListener::bind(address).map_err(NamesRefusal::of("bind", &object))?;
        Ok(Self { datagrams, listener })
    }

    /// Binds port 53 of 127.0.0.1, and changes what this place's programs see in `/etc` so that
    /// they ask here. If `localhost` has addresses of its own in `names`, `/etc/hosts` says so; nothing
    /// else is known before [`NameServer::start`], and questions wait until then. Call it only inside a
    /// private loopback, before executing any program.
    ///
    /// # Errors
    ///
    /// When a port is taken or a mount is refused. Programs then ask whom they asked before.
    pub fn enter(names: &Names) -> Result<Self, NamesRefusal> {
        let here = Ipv4Addr::LOCALHOST.into();
        let server = Self::bind(here)?;
        etc::ask(here, names)?;
        Ok(server)
    }

    /// Answers until this process ends, in threads of its own.
    ///
    /// # Errors
    ///
    /// When no more threads can be started.
    pub fn start(self, names: Names) -> io::Result<()> {
        let mind = Arc::new(Mind { names, asked: Mutex::default() });
        let known = Arc::clone(&mind);
        thread::Builder::new().spawn(move || over_udp(&self.datagrams, &known))?;
        let over_connections = move || {
            for connection in self.listener.incoming().flatten() {
                let mind = Arc::clone(&mind);
                // Without a thread the connection is closed, and who asked may ask again.
                let _ = thread::Builder::new().spawn(move || over_tcp(connection, &mind));
            }
        };
        thread::Builder::new().spawn(over_connections).map(drop)
    }
}

impl Mind {
    fn answer(&self, message: &[u8], over: Over) -> Option<Answer> {
        // Only a number is added while it is locked.
        let mut asked: MutexGuard<'_, _> =
            self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        answer(message, &self.names, &mut asked, over)
    }
}

/// Answers, each at its time: a slow answer does not hold up others.
fn over_udp(socket: &UdpSocket, mind: &Mind) {
    let mut message = vec![0; MOST];
    let mut waiting: Vec<(Instant, SocketAddr, Vec<u8>)> = Vec::new();
    loop {
        let now = Instant::now();
        for (_, to, bytes) in waiting.extract_if(.., |(due, ..)| *due <= now) {
            let _ = socket.send_to(&bytes, to);
        }
        let next = waiting.iter().map(|(due, ..)| due.saturating_duration_since(now)).min();
        // Zero would mean for ever.
        let patience = next.map(|time| time.max(Duration::from_micros(1)));
        if socket.set_read_timeout(patience).is_err() {
            return;
        }
        // Errors are about earlier answers, whose askers are gone, or it is time for an answer.
        let Ok((length, from)) = socket.recv_from(&mut message) else { continue };
        match mind.answer(&message[..length], Over::Udp) {
            Some(Answer { bytes, delay: Duration::ZERO }) => drop(socket.send_to(&bytes, from)),
            Some(Answer { bytes, delay }) if waiting.len() < WAITING => {
                waiting.push((Instant::now() + delay, from, bytes));
            }
            _ => {}
        }
    }
}

/// Before each message comes its length, in two bytes.
fn over_tcp(mut connection: TcpStream, mind: &Mind) -> io::Result<()> {
    connection.set_read_timeout(Some(SILENT))?;
    loop {
        let mut length = [0; 2];
        connection.read_exact(&mut length)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        connection.read_exact(&mut message)?;
        let Some(Answer { bytes, delay }) = mind.answer(&message, Over::Tcp) else { return Ok(()) };
        thread::sleep(delay);
        let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
        connection.write_all(&[&length.to_be_bytes(), &bytes[..]].concat())?;
    }
}
