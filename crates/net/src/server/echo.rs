//! Echo (RFC 862): whatever comes goes back.

use super::{Behaviour, Connection, Cut, Datagram, Refusal, Transport, What};

/// The echo service: TCP verbatim until the client ends, UDP one datagram for one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Echo;

/// All that one client can have in this server's hands. While the client does not read, the
/// server does not either: back-pressure, and the client's own writes come to wait.
const BUFFER: usize = 64 * 1024;

impl Behaviour for Echo {
    const NAME: &'static str = "echo";
    const OFFERS: Transport = Transport::Both;

    fn converse(&self, connection: &mut Connection<'_>) -> Result<(), Cut> {
        let mut buffer = vec![0; BUFFER];
        loop {
            match connection.read(&mut buffer)? {
                // Everything that came has been written already; close sends it and then the FIN.
                0 => return Ok(()),
                count => connection.write_all(&buffer[..count])?,
            }
        }
    }

    fn answer(
        &self,
        request: &Datagram<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<Option<What>, Refusal> {
        answer.extend_from_slice(request.bytes);
        Ok(None)
    }
}
