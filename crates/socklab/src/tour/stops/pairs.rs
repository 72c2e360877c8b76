//! The pairs: each client against its own server.

use anyhow::Result;

use super::behind;
use crate::child::Transport;
use crate::language::text;
use crate::tour::scene::Scene;

const SENTENCE: &str = "hola, señor ñandú";
const UPPER: &str = "HOLA, SEÑOR ÑANDÚ";
const PAIR_PORT: u16 = 12000;
const ECHO_PORT: u16 = 10000;

pub(super) fn udp(scene: &mut Scene) -> Result<()> {
    let port = scene.port(Transport::Udp, PAIR_PORT)?.to_string();
    let server = scene.serve(&["run", "udp-server", &port], Transport::Udp, port.parse()?)?;
    let line = format!("{SENTENCE}\n");
    let client = scene.pipe(&line, &["run", "udp-client", "localhost", &port])?;
    scene.check_success();
    let log = scene.end(server)?;

    let bytes = SENTENCE.len();
    scene.check_contains(
        text!("check-datagram", bytes = bytes),
        &log,
        &format!("{bytes} bytes from"),
    );
    let answer = behind(&client, "From ");
    let ok = answer == format!("127.0.0.1:{port}: {UPPER}");
    scene.check(text!("check-upper", answer = UPPER), ok, answer);
    Ok(())
}

pub(super) fn tcp(scene: &mut Scene) -> Result<()> {
    let port = scene.port(Transport::Tcp, PAIR_PORT)?.to_string();
    let server = scene.serve(&["run", "tcp-server", &port], Transport::Tcp, port.parse()?)?;
    let line = format!("{SENTENCE}\n");
    let client = scene.pipe(&line, &["run", "tcp-client", "localhost", &port])?;
    scene.check_success();
    server.child.wait_for_output("Closed: ");
    let log = scene.end(server)?;

    let own = behind(&client, "Connected: ").split(' ').next().unwrap_or_default();
    let seen = behind(&log, "Connected: ");
    let same = !own.is_empty() && own == seen;
    scene.check(text!("check-same-address", address = own), same, seen);
    scene.check_contains(text!("check-upper", answer = UPPER), &client, &format!(": {UPPER}"));
    Ok(())
}

pub(super) fn echo(scene: &mut Scene) -> Result<()> {
    let port = scene.port(Transport::Tcp, ECHO_PORT)?.to_string();
    let message = format!("{SENTENCE}: the message comes back in pieces");
    let words = ["run", "echo-server", "--port", &port];
    let server = scene.serve(&words, Transport::Tcp, port.parse()?)?;
    let client = scene.run(&["run", "echo-client", "--port", &port, &message])?;
    scene.check_success();
    server.child.wait_for_output("Closed: ");
    let log = scene.end(server)?;

    let pieces: Vec<&str> = client.lines().filter_map(piece).collect();
    let small = pieces.iter().all(|piece| piece.len() <= 16) && pieces.concat() == message;
    scene.check(text!("check-pieces", pieces = pieces.len()), small, pieces.concat());
    let bytes = message.len();
    scene.check_contains(text!("check-echoed", bytes = bytes), &log, &format!(" {bytes} bytes in"));
    Ok(())
}

/// The piece in a line like `Received 16: hola, señor ñan`.
fn piece(line: &str) -> Option<&str> {
    line.strip_prefix("Received ")?.split_once(": ").map(|(_, piece)| piece)
}
