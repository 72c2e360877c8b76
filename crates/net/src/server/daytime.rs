//! Daytime (RFC 867): sends the current date and time as one line of text.

use std::time::SystemTime;

use super::behaviour::{Behaviour, Datagram};
use super::config::Transport;
use super::connection::Connection;
use super::event::{Cut, RefusalReason, ServerEventKind};
use crate::date;

/// The daytime service: one line, in UTC. UDP is off by default, because a forged source address
/// would direct the answers at a third party.
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
    ) -> Result<Option<ServerEventKind>, RefusalReason> {
        // "The data in the received datagram is ignored."
        answer.extend_from_slice(line().as_bytes());
        Ok(None)
    }
}

fn line() -> String {
    format!("{}\r\n", date::daytime(SystemTime::now()))
}
