//! Echo (RFC 862): sends back whatever it receives.

use super::behaviour::{Behaviour, Datagram};
use super::config::Transport;
use super::connection::Connection;
use super::event::{Cut, RefusalReason, ServerEventKind};

/// The echo service: over TCP the same bytes until the client ends its side, over UDP one datagram
/// for each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Echo;

/// The most this server holds for one client. While the client does not read, the server does not
/// read either, so the client's own writes block: that is TCP's back-pressure.
const BUFFER: usize = 64 * 1024;

impl Behaviour for Echo {
    const NAME: &'static str = "echo";
    const OFFERS: Transport = Transport::Both;

    fn converse(&self, connection: &mut Connection<'_>) -> Result<(), Cut> {
        let mut buffer = vec![0; BUFFER];
        loop {
            match connection.read(&mut buffer)? {
                // Everything received has been written; close sends what is queued, then the FIN.
                0 => return Ok(()),
                count => connection.write_all(&buffer[..count])?,
            }
        }
    }

    fn answer(
        &self,
        request: &Datagram<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<Option<ServerEventKind>, RefusalReason> {
        answer.extend_from_slice(request.bytes);
        Ok(None)
    }
}
