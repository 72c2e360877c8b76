//! The pairs: each client against its own server.

use anyhow::Result;
use socklab_say::say;

use crate::tour::pair::{Pair, Printed};
use crate::tour::visit::{Visit, text_after};
use socklab_kernel::Transport;

const SENTENCE: &str = "hola, señor ñandú";
const UPPER: &str = "HOLA, SEÑOR ÑANDÚ";
const PAIR_PORT: u16 = 12000;
const ECHO_PORT: u16 = 10000;

pub(super) fn udp(visit: &mut Visit) -> Result<()> {
    let number = visit.port(Transport::Udp, PAIR_PORT)?;
    let port = number.to_string();
    let Printed { server, client } = visit.pair(&Pair {
        server: &["udp-server", &port],
        client: &["udp-client", "localhost", &port],
        input: &format!("{SENTENCE}\n"),
        transport: Transport::Udp,
        port: number,
        last: " bytes from ",
    })?;

    let bytes = SENTENCE.len();
    let what = say!(visit.speaker, "check-datagram", bytes = bytes);
    visit.check_contains(what, &server, &format!("{bytes} bytes from"));
    let answer = text_after(&client, "From ");
    let ok = answer == format!("127.0.0.1:{port}: {UPPER}");
    visit.check(say!(visit.speaker, "check-upper", answer = UPPER), ok, answer);
    Ok(())
}

pub(super) fn tcp(visit: &mut Visit) -> Result<()> {
    let number = visit.port(Transport::Tcp, PAIR_PORT)?;
    let port = number.to_string();
    let Printed { server, client } = visit.pair(&Pair {
        server: &["tcp-server", &port],
        client: &["tcp-client", "localhost", &port],
        input: &format!("{SENTENCE}\n"),
        transport: Transport::Tcp,
        port: number,
        last: "Closed: ",
    })?;

    let own = text_after(&client, "Connected: ").split(' ').next().unwrap_or_default();
    let seen = text_after(&server, "Connected: ");
    let same = !own.is_empty() && own == seen;
    visit.check(say!(visit.speaker, "check-same-address", address = own), same, seen);
    visit.check_contains(
        say!(visit.speaker, "check-upper", answer = UPPER),
        &client,
        &format!(": {UPPER}"),
    );
    Ok(())
}

pub(super) fn echo(visit: &mut Visit) -> Result<()> {
    let number = visit.port(Transport::Tcp, ECHO_PORT)?;
    let port = number.to_string();
    let message = format!("{SENTENCE}: the message comes back in pieces");
    let Printed { server, client } = visit.pair(&Pair {
        server: &["echo-server", "--port", &port],
        client: &["echo-client", "--port", &port, &message],
        input: "",
        transport: Transport::Tcp,
        port: number,
        last: "Closed: ",
    })?;

    let pieces: Vec<&str> = client.lines().filter_map(piece).collect();
    let small = pieces.iter().all(|piece| piece.len() <= 16) && pieces.concat() == message;
    visit.check(say!(visit.speaker, "check-pieces", pieces = pieces.len()), small, pieces.concat());
    let bytes = message.len();
    let what = say!(visit.speaker, "check-echoed", bytes = bytes);
    visit.check_contains(what, &server, &format!(" {bytes} bytes in"));
    Ok(())
}

/// The piece in a line like `Received 16: hola, señor ñan`.
fn piece(line: &str) -> Option<&str> {
    line.strip_prefix("Received ")?.split_once(": ").map(|(_, piece)| piece)
}
