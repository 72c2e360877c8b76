//! Accepts TCP clients, with one thread for each.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::event::PollFlags;

use super::behaviour::Behaviour;
use super::config::Transport;
use super::connection::Connection;
use super::event::{RefusalReason, ServerEventKind};
use super::shared::Shared;
use crate::readiness::{Wakeup, pause, wait};

/// How long to wait after a failed accept before trying again.
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// Accepts until the latch is set, then waits for every conversation to end.
pub(super) fn serve<B: Behaviour>(listener: &TcpListener, shared: &Arc<Shared<B>>) {
    let clients = Arc::new(AtomicUsize::new(0));
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    let mut number = 0;
    let mut in_trouble = false;
    loop {
        let accepted = match wait(listener, PollFlags::IN, &shared.latch, None) {
            Ok(Wakeup::Latched) => break,
            Ok(_) => listener.accept(),
            Err(error) => Err(error),
        };
        let (stream, peer) = match accepted {
            Ok(client) => client,
            // The client gave up while it was in the accept queue.
            Err(error) if is_spurious(&error) => continue,
            Err(error) => {
                // Out of file descriptors (EMFILE, ENFILE) or memory. The client stays in the
                // accept queue, so poll would return at once: give other clients time to finish.
                // Reported once, not at every retry.
                if !in_trouble {
                    shared.reporter.trouble(Transport::Tcp, "accept", &error);
                }
                in_trouble = true;
                if let Ok(Wakeup::Latched) = pause(&shared.latch, RETRY_DELAY) {
                    break;
                }
                continue;
            }
        };
        in_trouble = false;
        number += 1;
        threads.retain(|thread| !thread.is_finished());
        let Some(slot) = Slot::take(&clients, shared.config.connections) else {
            let why = RefusalReason::TooManyConnections;
            shared.reporter.connection(peer, number, ServerEventKind::Refused { why });
            continue;
        };
        let for_thread = Arc::clone(shared);
        let spawned = thread::Builder::new()
            .name(format!("{}/tcp/{number}", B::NAME))
            .spawn(move || converse(&for_thread, stream, peer, number, slot));
        match spawned {
            Ok(thread) => threads.push(thread),
            Err(error) => shared.reporter.trouble(Transport::Tcp, "clone", &error),
        }
    }
    for thread in threads {
        // A thread that panicked has ended as well.
        let _ = thread.join();
    }
}

fn converse<B: Behaviour>(
    shared: &Shared<B>,
    stream: TcpStream,
    peer: SocketAddr,
    number: u64,
    slot: Slot,
) {
    let idle = shared.config.idle.unwrap_or(B::IDLE);
    let mut connection =
        Connection::new(stream, peer, number, idle, &shared.latch, &shared.reporter);
    connection.report(ServerEventKind::Accepted);
    let cut = shared.behaviour.converse(&mut connection).err();
    let (received, sent) = connection.counts();
    // Report and free the slot before closing (when `connection` drops): a client that sees its
    // connection end can rely on the event having been reported and on there being room again.
    connection.report(ServerEventKind::Closed { received, sent, cut });
    drop(slot);
}

/// Whether a failed accept only means that there is no client after all.
fn is_spurious(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionAborted
    )
}

/// One of the connections allowed at the same time; dropping it frees it.
struct Slot(Arc<AtomicUsize>);

impl Slot {
    fn take(clients: &Arc<AtomicUsize>, limit: usize) -> Option<Self> {
        // Only the accepting thread takes slots, so the count cannot rise in between.
        if clients.load(Ordering::Acquire) >= limit {
            return None;
        }
        clients.fetch_add(1, Ordering::AcqRel);
        Some(Self(Arc::clone(clients)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
