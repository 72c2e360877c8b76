//! `connect`: like telnet and nc, but closes each direction correctly.

use std::io::{ErrorKind, IsTerminal, Write, stdin, stdout};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use rustix::io::Errno;
use socklab_net::connect::{
    self, ConnectError, ConnectOptions, Connected, Target, TargetError, UnixName, authority,
};
use socklab_net::relay::{
    self, Direction, Ending, Object, RelaySummary, StreamOptions, UdpOptions,
};
use socklab_net::services::{Protocol, Query, Table};
use socklab_say::{Speaker, count, say};

use super::lookup::unresolved;
use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::hex_dump::hex_dump;
use crate::output::{BROKEN_PIPE, eprintln, write_err};
use crate::style;

/// The default limits for connecting, and for the last answer of a UDP server.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);
const LAST_ANSWER: Duration = Duration::from_secs(1);

/// Connects, relays bytes in both directions until both end, and reports how it ended.
pub(crate) fn connect(speaker: Speaker, options: &cli::Connect) -> Result<ExitCode> {
    super::bond::bind_to_parent(options.bond)?;
    let usage = |what: String| Failure::new(ExitReason::Usage, what);
    let target: Target =
        options.host.parse().map_err(|error| usage(bad_target(speaker, &options.host, error)))?;
    let interactive = stdin().is_terminal();
    let greets = options.verbose || interactive;
    let (asked, answered) = (AtomicBool::new(false), AtomicBool::new(false));
    let watch = |direction, bytes: &[u8]| {
        match direction {
            Direction::ToPeer => asked.store(true, Ordering::Relaxed),
            Direction::FromPeer => answered.store(true, Ordering::Relaxed),
        }
        if options.hex {
            show_hex(speaker, direction, bytes);
        }
    };
    // At a terminal, end when the server closes, without waiting for Ctrl-D. Input from a pipe is
    // sent to its end: the peer may have closed only its own direction.
    let relays = StreamOptions { end_when_peer_ends: interactive, ..StreamOptions::default() };
    let deadline = options.timeout.unwrap_or(CONNECT_DEADLINE);

    let mut reset = "reset";
    let (peer, outcome) = match target {
        Target::Unix(name) => {
            let is_for_ip = |what: &str| usage(say!(speaker, "unix-takes-no", what = what));
            if options.udp {
                return Err(is_for_ip("--udp").into());
            }
            if let Some(port) = &options.port {
                return Err(is_for_ip(port).into());
            }
            let connected = connect::unix(&name, deadline);
            let socket =
                connected.map_err(|error| unix_failure(speaker, &name, &error, deadline))?;
            if greets {
                let own = say!(speaker, "unix-unnamed");
                greet(say!(speaker, "connected", own = own, peer = name));
            }
            let outcome =
                relay::stream(stdin(), &mut stdout().lock(), &socket, &relays, Some(&watch));
            reset = "unix-reset";
            (name.to_string(), outcome)
        }
        Target::Host { name: host, port } => {
            let port = match (&port, &options.port) {
                (Some(port), None) | (None, Some(port)) => port,
                (None, None) => return Err(usage(say!(speaker, "no-port", host = host)).into()),
                (Some(one), Some(other)) => {
                    return Err(usage(say!(speaker, "two-ports", one = one, other = other)).into());
                }
            };
            let protocol = if options.udp { Protocol::Udp } else { Protocol::Tcp };
            let port = port_number(speaker, port, protocol)?;
            let how = ConnectOptions { deadline, ..ConnectOptions::default() };
            let failed = |error: ConnectError| failure(speaker, &error, &host, port, deadline);
            let connected = |own: SocketAddr, peer: SocketAddr| {
                if greets {
                    greet(say!(speaker, "connected", own = own, peer = peer));
                }
            };
            if options.udp {
                let Connected { socket, peer, .. } =
                    connect::udp(&host, port, &how).map_err(failed)?;
                connected(socket.local_addr()?, peer);
                let patience = options.timeout.unwrap_or(LAST_ANSWER);
                let how = UdpOptions { patience, ..UdpOptions::default() };
                let outcome =
                    relay::udp(stdin(), &mut stdout().lock(), &socket, &how, Some(&watch));
                let in_vain = asked.load(Ordering::Relaxed) && !answered.load(Ordering::Relaxed);
                if in_vain && matches!(outcome.ending, Ending::Finished) {
                    let seconds = patience.as_secs_f64();
                    let what = say!(speaker, "no-answer", peer = peer, seconds = seconds);
                    return Err(Failure::new(ExitReason::TimedOut, what).into());
                }
                (peer.to_string(), outcome)
            } else {
                let Connected { socket, peer, .. } =
                    connect::tcp(&host, port, &how).map_err(failed)?;
                connected(socket.local_addr()?, peer);
                let outcome =
                    relay::stream(stdin(), &mut stdout().lock(), &socket, &relays, Some(&watch));
                (peer.to_string(), outcome)
            }
        }
    };
    stdout().flush().ok();
    finish(speaker, options, &peer, reset, &outcome)
}

/// Why a text names no destination.
fn bad_target(speaker: Speaker, text: &str, error: TargetError) -> String {
    let key = match error {
        TargetError::NoHost => "no-host",
        TargetError::NoUnixName => "no-unix-name",
        TargetError::NoPort => return say!(speaker, "no-port", host = text.trim_end_matches(':')),
        TargetError::Brackets => "needs-brackets",
        TargetError::Url => "is-a-url",
        error => return error.to_string(),
    };
    say!(speaker, key, target = text)
}

fn greet(text: String) {
    eprintln!("{}", style::paint(style::FAINT, text));
}

fn unix_failure(
    speaker: Speaker,
    name: &UnixName,
    error: &std::io::Error,
    deadline: Duration,
) -> Failure {
    let (reason, key) = match error.kind() {
        ErrorKind::NotFound => (ExitReason::Refused, "unix-not-found"),
        ErrorKind::ConnectionRefused => (ExitReason::Refused, "unix-refused"),
        ErrorKind::WouldBlock => {
            let seconds = deadline.as_secs_f64();
            let what = say!(speaker, "connect-timeout", address = name, seconds = seconds);
            return Failure::new(ExitReason::TimedOut, what);
        }
        _ if Errno::from_io_error(error) == Some(Errno::PROTOTYPE) => {
            (ExitReason::No, "unix-no-stream")
        }
        _ => {
            let what = say!(speaker, "connect-failed", address = name, reason = error);
            return Failure::new(ExitReason::No, what);
        }
    };
    Failure::new(reason, say!(speaker, key, address = name))
}

fn finish(
    speaker: Speaker,
    options: &cli::Connect,
    peer: &str,
    reset: &str,
    outcome: &RelaySummary,
) -> Result<ExitCode> {
    let RelaySummary { sent, received, ending, .. } = outcome;
    let failure = match ending {
        Ending::Finished | Ending::Silence => {
            if options.verbose {
                let summary =
                    say!(speaker, "summary", sent = count(*sent), received = count(*received));
                eprintln!("{}", style::paint(style::FAINT, summary));
            }
            return Ok(ExitCode::SUCCESS);
        }
        // The reader of our output is gone: end as SIGPIPE would end us.
        Ending::Failed { on: Object::Output, source, .. }
            if source.kind() == std::io::ErrorKind::BrokenPipe =>
        {
            return Ok(ExitCode::from(BROKEN_PIPE));
        }
        Ending::Reset => Failure::new(
            ExitReason::No,
            say!(speaker, reset, peer = peer, bytes = count(*received)),
        ),
        Ending::Refused => {
            Failure::new(ExitReason::Refused, say!(speaker, "udp-refused", peer = peer))
        }
        Ending::Failed { call, on, source } => {
            let object = match on {
                Object::Input => say!(speaker, "object-input"),
                Object::Output => say!(speaker, "object-output"),
                Object::Socket => peer.to_owned(),
            };
            Failure::new(ExitReason::No, format!("{call} {object}: {source}"))
        }
        ending => Failure::new(ExitReason::No, format!("{ending:?}")),
    };
    Err(failure.into())
}

/// Parses a port number or a service name.
fn port_number(speaker: Speaker, port: &str, protocol: Protocol) -> Result<u16> {
    let found = match port.parse() {
        Ok(Query::Port(port, None)) if port > 0 => Some(port),
        Ok(Query::Name(name, None)) => {
            Table::load().by_name(&name, Some(protocol)).ok().map(|service| service.port)
        }
        _ => None,
    };
    found.ok_or_else(|| {
        Failure::new(ExitReason::Usage, say!(speaker, "bad-port", port = port)).into()
    })
}

fn failure(
    speaker: Speaker,
    error: &ConnectError,
    host: &str,
    port: u16,
    deadline: Duration,
) -> Failure {
    let address = authority(host, port);
    match error {
        ConnectError::Resolve(error) => unresolved(speaker, host, error),
        ConnectError::Refused(_) => {
            let failure =
                Failure::new(ExitReason::Refused, say!(speaker, "refused", address = address));
            // The hint only makes sense if the server would run on this machine.
            match host.parse::<IpAddr>() {
                Ok(ip) if ip.is_loopback() && ip != Ipv4Addr::LOCALHOST => failure.hint(say!(
                    speaker,
                    "refused-hint",
                    port = format!("{port} --listen {ip}")
                )),
                Ok(ip) if !ip.is_loopback() => failure,
                Err(_) if host != "localhost" => failure,
                _ => failure.hint(say!(speaker, "refused-hint", port = port)),
            }
        }
        ConnectError::TimedOut(_) => {
            let seconds = deadline.as_secs_f64();
            Failure::new(
                ExitReason::TimedOut,
                say!(speaker, "connect-timeout", address = address, seconds = seconds),
            )
        }
        ConnectError::Unreachable(_) => {
            Failure::new(ExitReason::Refused, say!(speaker, "unreachable", address = address))
        }
        ConnectError::Other(tried) => {
            let last = tried.attempts.last();
            let reason = last.map(|attempt| attempt.outcome.to_string()).unwrap_or_default();
            Failure::new(
                ExitReason::No,
                say!(speaker, "connect-failed", address = address, reason = reason),
            )
        }
        error => Failure::new(ExitReason::No, error.to_string()),
    }
}

/// A hex dump, 16 bytes per line, with an arrow for the direction.
fn show_hex(speaker: Speaker, direction: Direction, bytes: &[u8]) {
    let arrow = match direction {
        Direction::ToPeer => "→",
        Direction::FromPeer => "←",
    };
    // A single write, so that the two directions don't mix within a line.
    let dump = match bytes.is_empty() {
        true => format!("{arrow} {}\n", say!(speaker, "empty-datagram")),
        false => hex_dump(arrow, 0, bytes),
    };
    write_err(format_args!("{dump}"));
}
