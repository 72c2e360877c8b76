//! The trait that a service implements.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use super::config::Transport;
use super::connection::Connection;
use super::event::{Cut, RefusalReason, ServerEventKind};

/// A datagram that passed the [rules](super::DatagramRules) and is to be answered.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// The source address, which may be forged.
    pub source: SocketAddr,
    /// The payload; possibly empty.
    pub bytes: &'a [u8],
    /// When the kernel received it.
    pub arrived: SystemTime,
}

/// What one service does with its clients. Everything else about a server is the same for all.
pub trait Behaviour: Send + Sync + 'static {
    /// The service's name, for events and errors.
    const NAME: &'static str;
    /// The transports the service supports.
    const OFFERS: Transport;
    /// The transports it uses unless the configuration says otherwise.
    const TRANSPORT: Transport = Self::OFFERS;
    /// How long a TCP client may be idle unless the configuration says otherwise.
    const IDLE: Duration = Duration::from_secs(300);
    /// Whether no other service can take an answer of this one for a request. Such a service cannot
    /// be drawn into a loop, so it may answer senders with ports below 1024.
    const NEVER_LOOPS: bool = false;

    /// Serves one TCP client, on a thread of its own. Returning closes the connection.
    ///
    /// # Errors
    /// Whatever ended the conversation early.
    fn converse(&self, connection: &mut Connection<'_>) -> Result<(), Cut> {
        let _ = connection;
        Ok(())
    }

    /// Writes the answer to one datagram into `answer`, which starts empty, and returns the event to
    /// report once it is sent; `None` stands for [`ServerEventKind::Answered`]. On an error
    /// nothing is sent.
    ///
    /// # Errors
    /// Why there is no answer.
    fn answer(
        &self,
        request: &Datagram<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<Option<ServerEventKind>, RefusalReason> {
        let _ = (request, answer);
        Ok(None)
    }
}
