//! Small, strict servers. All are used in the same way:
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
//! What a service does with a connection or a datagram is its [`Behaviour`], in a file of its own.
//! Sockets, threads, limits, events and stopping are the same for all services.

mod behaviour;
mod bind;
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
mod shared;
mod tcp;
mod udp;
mod upper;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

pub use behaviour::{Behaviour, Datagram};
pub use bind::BindError;
pub use config::{Config, DatagramRules, Rate, Transport};
pub use connection::Connection;
pub use daytime::Daytime;
pub use echo::Echo;
pub use event::{Cut, RefusalReason, ServerEvent, ServerEventKind};
pub use http::Http;
pub use ntp::Ntp;
pub use upper::Upper;

use crate::readiness::Latch;
use event::Reporter;
use shared::Shared;

/// A server that is running. Dropping it stops it.
#[derive(Debug)]
#[must_use = "dropping a server stops it"]
pub struct Server {
    local_addr: SocketAddr,
    latch: Arc<Latch>,
    threads: Vec<JoinHandle<()>>,
}

/// A handle that stops a [`Server`] from any thread, such as one that waits for a signal.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<Latch>);

impl Stopper {
    /// Tells the server to stop, and returns at once. [`Server::wait`] returns when it has stopped.
    pub fn stop(&self) {
        self.0.set();
    }
}

impl Server {
    /// The address the server is bound to, the same for TCP and UDP. If the configuration left the
    /// port to the kernel (0), this contains the port that the kernel chose.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// A handle that can stop this server from another thread.
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::clone(&self.latch))
    }

    /// Stops accepting, ends every conversation, and returns when all threads have ended. That is
    /// at once, unless the observer is slow. The observer itself must not call this.
    pub fn stop(self) {
        drop(self);
    }

    /// Returns once a [`Stopper`] was used and all threads have ended.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        for thread in self.threads.drain(..) {
            // A thread that panicked has ended as well.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.latch.set();
        self.join();
    }
}

/// Binds the sockets and starts serving. Once this returns, clients can connect.
///
/// `observer` is called with every [`ServerEvent`], on the thread where it happened. It should be
/// quick, since the client waits for it. If it panics, that event is lost and the server carries
/// on.
///
/// # Errors
/// Any [`BindError`].
pub fn start<B: Behaviour>(
    behaviour: B,
    config: &Config,
    observer: impl Fn(&ServerEvent) + Send + Sync + 'static,
) -> Result<Server, BindError> {
    let transport = config.transport.unwrap_or(B::TRANSPORT);
    if !B::OFFERS.includes(transport) {
        return Err(BindError::NotOffered { service: B::NAME, transport });
    }
    let machine = |call| move |source| BindError::Machine { call, service: B::NAME, source };
    let latch = Arc::new(Latch::new().map_err(machine("eventfd"))?);
    let sockets = bind::bind(config.address, transport)?;
    let shared = Arc::new(Shared {
        behaviour,
        config: config.clone(),
        latch: Arc::clone(&latch),
        reporter: Reporter::new(B::NAME, observer),
    });

    // If the second thread fails to start, dropping `server` stops the first one.
    let mut server = Server { local_addr: sockets.local_addr, latch, threads: Vec::new() };
    let mut spawn = |name, serve: Box<dyn FnOnce() + Send>| {
        let thread = thread::Builder::new().name(format!("{}/{name}", B::NAME)).spawn(serve);
        server.threads.push(thread.map_err(machine("clone"))?);
        Ok(())
    };
    if let Some(listener) = sockets.tcp {
        let shared = Arc::clone(&shared);
        spawn(Transport::Tcp, Box::new(move || tcp::serve(&listener, &shared)))?;
    }
    if let Some(socket) = sockets.udp {
        spawn(Transport::Udp, Box::new(move || udp::serve(&socket, &shared)))?;
    }
    Ok(server)
}
