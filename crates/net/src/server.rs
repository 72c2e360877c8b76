//! Small, real servers. All are used alike:
//!
//! ```
//! use socklab_net::server::{self, Config, Echo};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = server::start(Echo, &Config::default(), |event| println!("{event:?}"))?;
//! println!("echo answers at {}", server.local_addr());
//! server.stop();
//! # Ok(())
//! # }
//! ```
//!
//! What a service does with a connection or a datagram is its [`Behaviour`], one file each. Its
//! sockets, threads, limits, events and its stopping are here, the same for all.

mod behaviour;
mod config;
mod connection;
mod daytime;
mod echo;
mod event;
pub mod http;
mod ntp;
mod pktinfo;
mod rate;
mod screen;
mod tcp;
mod udp;
mod upper;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use thiserror::Error;

pub use behaviour::{Behaviour, Datagram};
pub use config::{Config, DatagramRules, Rate, Transport};
pub use connection::Connection;
pub use daytime::Daytime;
pub use echo::Echo;
pub use event::{Cut, Event, Refusal, What};
pub use http::Http;
pub use ntp::Ntp;
pub use upper::Upper;

use crate::readiness::Latch;
use event::Reporter;
use pktinfo::PktinfoSocket;

/// Why a server could not be started.
#[derive(Debug, Error)]
pub enum BindError {
    /// The service does not exist over that transport, as HTTP over UDP.
    #[error("{service} is not offered over {transport}")]
    NotOffered {
        /// The service's name.
        service: &'static str,
        /// What the configuration asked for.
        transport: Transport,
    },
    /// The socket could not be had: the port is taken (`AddrInUse`), needs a privilege
    /// (`PermissionDenied`), or the address is not this machine's (`AddrNotAvailable`).
    #[error("{call} {transport} {address}: {source}")]
    Socket {
        /// The system call that failed.
        call: &'static str,
        /// TCP or UDP.
        transport: Transport,
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The machine has no eventfd or thread to spare.
    #[error("{call} for the {service} server: {source}")]
    Machine {
        /// The system call that failed.
        call: &'static str,
        /// The service's name.
        service: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// What the threads of one server have in common.
struct Shared<B> {
    behaviour: B,
    config: Config,
    latch: Arc<Latch>,
    reporter: Reporter,
}

/// A server at work. Dropping it stops it.
#[derive(Debug)]
#[must_use = "dropping a server stops it"]
pub struct Running {
    local_addr: SocketAddr,
    latch: Arc<Latch>,
    threads: Vec<JoinHandle<()>>,
}

/// Stops a server from anywhere, such as a signal handler's thread.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<Latch>);

impl Stopper {
    /// Tells the server to stop and returns at once; [`Running::wait`] returns when it has.
    pub fn stop(&self) {
        self.0.set();
    }
}

impl Running {
    /// Where the server answers; over both TCP and UDP it is the same address and port. With
    /// port 0 in the configuration, this has the port the kernel chose.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// A handle that can stop this server from another thread.
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::clone(&self.latch))
    }

    /// Stops accepting, cuts every conversation, and returns when all threads have ended: at
    /// once, unless the observer is slow. The observer must not call this itself.
    pub fn stop(self) {
        drop(self);
    }

    /// Returns when somebody used a [`Stopper`] and all threads have ended.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        for thread in self.threads.drain(..) {
            // However the thread ended, it has ended.
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.latch.set();
        self.join();
    }
}

/// Binds the sockets and starts serving. When this returns the server answers already.
///
/// `observer` is called with every [`Event`], on the thread it happened on: it should be quick,
/// since the client waits for it. If it panics, the event is lost and the service goes on.
///
/// # Errors
/// Any [`BindError`].
pub fn start<B: Behaviour>(
    behaviour: B,
    config: &Config,
    observer: impl Fn(&Event) + Send + Sync + 'static,
) -> Result<Running, BindError> {
    let transport = config.transport.unwrap_or(B::TRANSPORT);
    if !B::OFFERS.includes(transport) {
        return Err(BindError::NotOffered { service: B::NAME, transport });
    }
    let machine = |call| move |source| BindError::Machine { call, service: B::NAME, source };
    let latch = Arc::new(Latch::new().map_err(machine("eventfd"))?);
    let (listener, datagrams, local_addr) = bind(config.address, transport)?;
    let shared = Arc::new(Shared {
        behaviour,
        config: config.clone(),
        latch: Arc::clone(&latch),
        reporter: Reporter::new(B::NAME, observer),
    });

    // From here on `running` cleans up: if the second thread fails to start, the first one stops.
    let mut running = Running { local_addr, latch, threads: Vec::new() };
    let mut spawn = |name, serve: Box<dyn FnOnce() + Send>| {
        let thread = thread::Builder::new().name(format!("{}/{name}", B::NAME)).spawn(serve);
        running.threads.push(thread.map_err(machine("clone"))?);
        Ok(())
    };
    if let Some(listener) = listener {
        let shared = Arc::clone(&shared);
        spawn(Transport::Tcp, Box::new(move || tcp::serve(&listener, &shared)))?;
    }
    if let Some(socket) = datagrams {
        spawn(Transport::Udp, Box::new(move || udp::serve(&socket, &shared)))?;
    }
    Ok(running)
}

type Sockets = (Option<TcpListener>, Option<PktinfoSocket>, SocketAddr);

/// The sockets for `transport`; both on one port even where the kernel chooses it.
fn bind(address: SocketAddr, transport: Transport) -> Result<Sockets, BindError> {
    match transport {
        Transport::Tcp => {
            let (listener, local) = bind_tcp(address)?;
            Ok((Some(listener), None, local))
        }
        Transport::Udp => {
            let (socket, local) = bind_udp(address)?;
            Ok((None, Some(socket), local))
        }
        Transport::Both => {
            // The kernel's choice for TCP may be taken for UDP: then let it choose again.
            let mut choices_left = if address.port() == 0 { 32 } else { 1 };
            loop {
                let (listener, local) = bind_tcp(address)?;
                choices_left -= 1;
                match bind_udp(local) {
                    Ok((socket, _)) => return Ok((Some(listener), Some(socket), local)),
                    Err(error) if choices_left == 0 || !is_taken(&error) => return Err(error),
                    Err(_) => {}
                }
            }
        }
    }
}

fn is_taken(error: &BindError) -> bool {
    matches!(error, BindError::Socket { source, .. } if source.kind() == io::ErrorKind::AddrInUse)
}

fn bind_tcp(address: SocketAddr) -> Result<(TcpListener, SocketAddr), BindError> {
    let failed = |call| socket_error(call, Transport::Tcp, address);
    let listener = TcpListener::bind(address).map_err(failed("bind"))?;
    // A client may vanish between poll and accept. A blocking accept would then wait for the next
    // client and not hear the stop (accept(2), notes).
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
