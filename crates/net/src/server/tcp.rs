//! Accepting TCP clients, a thread for each.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::event::PollFlags;

use super::{Behaviour, Connection, Refusal, Shared, Transport, What};
use crate::readiness::{Woke, pause, wait};

/// How long to wait before accepting again after the machine failed us.
const RESPITE: Duration = Duration::from_millis(50);

/// Accepts until the latch is set, then waits for every conversation to end.
pub(super) fn serve<B: Behaviour>(listener: &TcpListener, shared: &Arc<Shared<B>>) {
    let clients = Arc::new(AtomicUsize::new(0));
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    let mut number = 0;
    let mut in_trouble = false;
    loop {
        let accepted = match wait(listener, PollFlags::IN, &shared.latch, None) {
            Ok(Woke::Latched) => break,
            Ok(_) => listener.accept(),
            Err(error) => Err(error),
        };
        let (stream, peer) = match accepted {
            Ok(client) => client,
            // The client gave up while it was queueing.
            Err(error) if is_nothing(&error) => continue,
            Err(error) => {
                // Out of file descriptors (EMFILE, ENFILE) or memory. The client stays in the
                // queue, so poll would wake us at once: let the others finish first. Said once,
                // not twenty times a second.
                if !in_trouble {
                    shared.reporter.trouble(Transport::Tcp, "accept", &error);
                }
                in_trouble = true;
                if let Ok(Woke::Latched) = pause(&shared.latch, RESPITE) {
                    break;
                }
                continue;
            }
        };
        in_trouble = false;
        number += 1;
        threads.retain(|thread| !thread.is_finished());
        let Some(seat) = Seat::take(&clients, shared.config.connections) else {
            let why = Refusal::TooManyConnections;
            shared.reporter.connection(peer, number, What::Refused { why });
            continue;
        };
        let for_thread = Arc::clone(shared);
        let spawned = thread::Builder::new()
            .name(format!("{}/tcp/{number}", B::NAME))
            .spawn(move || converse(&for_thread, stream, peer, number, seat));
        match spawned {
            Ok(thread) => threads.push(thread),
            Err(error) => shared.reporter.trouble(Transport::Tcp, "clone", &error),
        }
    }
    for thread in threads {
        // However that conversation ended, it has ended.
        let _ = thread.join();
    }
}

fn converse<B: Behaviour>(
    shared: &Shared<B>,
    stream: TcpStream,
    peer: SocketAddr,
    number: u64,
    seat: Seat,
) {
    let idle = shared.config.idle.unwrap_or(B::IDLE);
    let mut connection =
        Connection::new(stream, peer, number, idle, &shared.latch, &shared.reporter);
    connection.report(What::Accepted);
    let cut = shared.behaviour.converse(&mut connection).err();
    let (received, sent) = connection.counts();
    // First the report and the seat, then (when `connection` drops) the close: a client that has
    // seen its connection end finds the event reported and room for the next one.
    connection.report(What::Closed { received, sent, cut });
    drop(seat);
}

/// Errors of accept that are no trouble: nobody there after all, or gone already.
fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionAborted
    )
}

/// A place among the clients served at the same time; dropping it frees it.
struct Seat(Arc<AtomicUsize>);

impl Seat {
    fn take(clients: &Arc<AtomicUsize>, limit: usize) -> Option<Self> {
        // Only the accepting thread takes seats, so nobody can take one in between.
        if clients.load(Ordering::Acquire) >= limit {
            return None;
        }
        clients.fetch_add(1, Ordering::AcqRel);
        Some(Self(Arc::clone(clients)))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
