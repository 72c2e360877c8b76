//! What distinguishes one service from another.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use super::{Connection, Cut, Refusal, Transport, What};

/// A datagram that passed the rules and wants an answer.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// Who sent it, or is said to have.
    pub source: SocketAddr,
    /// What it says; possibly nothing.
    pub bytes: &'a [u8],
    /// When it reached this machine, by the kernel's clock.
    pub arrived: SystemTime,
}

/// What one service does with a client. Everything else about a server is common to all.
pub trait Behaviour: Send + Sync + 'static {
    /// The service's name, for events and errors.
    const NAME: &'static str;
    /// What the service can be offered over.
    const OFFERS: Transport;
    /// What it is offered over unless the configuration says otherwise.
    const TRANSPORT: Transport = Self::OFFERS;
    /// How long a TCP client may be idle unless the configuration says otherwise.
    const IDLE: Duration = Duration::from_secs(300);
    /// Whether no answer of this service can be a request to another: then it cannot be drawn
    /// into a loop, and senders with low ports may have an answer.
    const NEVER_LOOPS: bool = false;

    /// Serves one TCP client, on a thread of its own. Returning closes the connection.
    ///
    /// # Errors
    /// Whatever cut the conversation short.
    fn converse(&self, connection: &mut Connection<'_>) -> Result<(), Cut> {
        let _ = connection;
        Ok(())
    }

    /// Writes the answer to one datagram into `answer`, which is empty at first, and says what to
    /// report once it is sent; `None` for the plain [`What::Answered`]. Refusing sends nothing.
    ///
    /// # Errors
    /// Why there is no answer.
    fn answer(
        &self,
        request: &Datagram<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<Option<What>, Refusal> {
        let _ = (request, answer);
        Ok(None)
    }
}
