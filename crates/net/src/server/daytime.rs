//! Daytime (RFC 867): whoever asks is told the date and time, in words.

use std::time::SystemTime;

use super::{Behaviour, Connection, Cut, Datagram, Refusal, Transport, What};
use crate::calendar::{Date, unix_time};

/// The daytime service: one line, in UTC. Over UDP only on request, since a forged sender can
/// make it bother somebody else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Daytime;

impl Behaviour for Daytime {
    const NAME: &'static str = "daytime";
    const OFFERS: Transport = Transport::Both;
    const TRANSPORT: Transport = Transport::Tcp;

    fn converse(&self, connection: &mut Connection<'_>) -> Result<(), Cut> {
        connection.write_all(line().as_bytes())?;
        // "Any data received is thrown away."
        connection.finish()
    }

    fn answer(
        &self,
        _request: &Datagram<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<Option<What>, Refusal> {
        // "The data in the received datagram is ignored."
        answer.extend_from_slice(line().as_bytes());
        Ok(None)
    }
}

fn line() -> String {
    let (now, _) = unix_time(SystemTime::now());
    format!("{}\r\n", Date::at(now).daytime())
}
