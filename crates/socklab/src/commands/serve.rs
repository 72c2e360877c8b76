//! `serve`: runs one of the small servers of the `net` crate.

use std::io::ErrorKind;
use std::net::SocketAddr;

use anyhow::Result;
use rustix::fs::{CWD, Mode, OFlags, openat};
use socklab_net::server::{
    self, BindError, Config, Cut, Daytime, Echo, Http, Ntp, RefusalReason, Server, ServerEvent,
    ServerEventKind, Transport, Upper,
};
use socklab_say::{Speaker, clean, count, say};

use crate::cli::{self, Protocol};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::println;
use crate::printer;
use crate::style;

/// Serves until Ctrl-C.
pub(crate) fn serve(speaker: Speaker, options: &cli::Serve) -> Result<()> {
    super::bond::bind_to_parent(options.bond)?;
    if options.root.is_some() && options.protocol != Protocol::Http {
        return Err(Failure::new(ExitReason::Usage, say!(speaker, "serve-no-root")).into());
    }
    if let Some(root) = &options.root {
        // Opened the way the server opens it for each request.
        let folder = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        openat(CWD, root, folder, Mode::empty()).map_err(|errno| {
            let reason = std::io::Error::from(errno);
            let what =
                say!(speaker, "serve-bad-root", path = socklab_say::path(root), reason = reason);
            Failure::new(ExitReason::No, what)
        })?;
    }
    let port = options.port.unwrap_or(usual_port(options.protocol));
    let transport = match (options.tcp, options.udp) {
        (true, true) => Some(Transport::Both),
        (true, false) => Some(Transport::Tcp),
        (false, true) => Some(Transport::Udp),
        (false, false) => None,
    };
    let config = Config { transport, ..Config::at(SocketAddr::from((options.listen, port))) };
    let server = start(speaker, options, &config)
        .map_err(|error| failure(speaker, options.protocol, &error))?;

    if options.json {
        let ready = serde_json::json!({ "event": "ready", "address": server.local_addr() });
        println!("{ready}");
    } else {
        let address = server.local_addr();
        let protocol = name(options.protocol);
        println!("{}", say!(speaker, "serving", protocol = protocol, address = address));
    }
    server.wait();
    Ok(())
}

fn start(speaker: Speaker, options: &cli::Serve, config: &Config) -> Result<Server, BindError> {
    let json = options.json;
    let log = move |event: &ServerEvent| match json {
        // An event consists of numbers and strings, so writing it as JSON can't fail.
        true => println!("{}", printer::json(&serde_json::to_string(event).unwrap_or_default())),
        false => println!("{}", line(speaker, event)),
    };
    match options.protocol {
        Protocol::Echo => server::start(Echo, config, log),
        Protocol::Upper => server::start(Upper, config, log),
        Protocol::Daytime => server::start(Daytime, config, log),
        Protocol::Ntp => server::start(Ntp::default(), config, log),
        Protocol::Http => {
            server::start(Http { root: options.root.clone(), ..Http::default() }, config, log)
        }
    }
}

fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Echo => "echo",
        Protocol::Upper => "upper",
        Protocol::Daytime => "daytime",
        Protocol::Http => "http",
        Protocol::Ntp => "ntp",
    }
}

/// Above 1023, so that root is not needed; if possible the protocol's own number plus 8000.
fn usual_port(protocol: Protocol) -> u16 {
    match protocol {
        Protocol::Echo => 8007,
        Protocol::Upper => 12000,
        Protocol::Daytime => 8013,
        Protocol::Http => 8080,
        Protocol::Ntp => 8123,
    }
}

/// Why a client was not served.
fn refusal(speaker: Speaker, why: &RefusalReason) -> String {
    match why {
        RefusalReason::TooManyConnections => say!(speaker, "refusal-too-many"),
        RefusalReason::SourcePortZero => say!(speaker, "refusal-port-zero"),
        RefusalReason::LowSourcePort => say!(speaker, "refusal-low-port"),
        RefusalReason::FromMyself => say!(speaker, "refusal-own-address"),
        RefusalReason::Broadcast => say!(speaker, "refusal-broadcast"),
        RefusalReason::Multicast => say!(speaker, "refusal-multicast"),
        RefusalReason::TooFast => say!(speaker, "refusal-too-fast"),
        RefusalReason::AnswerTooLarge { length } => {
            say!(speaker, "refusal-answer-too-large", length = count(*length))
        }
        RefusalReason::NtpTooShort { length } => {
            say!(speaker, "refusal-ntp-too-short", length = count(*length))
        }
        RefusalReason::NtpVersion { version } => {
            say!(speaker, "refusal-ntp-version", version = version)
        }
        RefusalReason::NtpMode { mode } => {
            say!(speaker, "refusal-ntp-mode", mode = *mode as u8)
        }
        _ => say!(speaker, "refusal-other"),
    }
}

/// Formats an event as a log line.
pub(crate) fn line(speaker: Speaker, event: &ServerEvent) -> String {
    let peer = event.peer.map(|peer| peer.to_string()).unwrap_or_default();
    let what = match &event.kind {
        ServerEventKind::Accepted => say!(speaker, "log-accepted"),
        ServerEventKind::Answered { received, sent } => {
            say!(speaker, "log-answered", received = count(*received), sent = sent)
        }
        ServerEventKind::Http { method, target, status, body, .. } => {
            let asked = [method.as_deref(), target.as_deref()].map(|word| word.unwrap_or("?"));
            say!(
                speaker,
                "log-http",
                request = asked.join(" "),
                status = status,
                bytes = count(*body)
            )
        }
        ServerEventKind::Ntp { version } => say!(speaker, "log-ntp", version = version),
        ServerEventKind::Refused { why } => {
            say!(speaker, "log-refused", why = refusal(speaker, why))
        }
        ServerEventKind::Closed { received, sent, cut } => {
            let bytes =
                say!(speaker, "log-bytes", received = count(*received), sent = count(*sent));
            match cut {
                None => say!(speaker, "log-closed", bytes = bytes),
                Some(cut) => {
                    let why = match cut {
                        Cut::Reset => say!(speaker, "cut-reset"),
                        Cut::Idle => say!(speaker, "cut-idle"),
                        Cut::Stopped => say!(speaker, "cut-stopped"),
                        cut => cut.to_string(),
                    };
                    say!(speaker, "log-cut", bytes = bytes, why = why)
                }
            }
        }
        ServerEventKind::Trouble { call, error } => format!("{call}: {error}"),
        other => format!("{other:?}"),
    };
    // A client's bytes must stay in their line.
    let what = clean(&what);
    format!("{} {what}", style::paint(style::FAINT, peer)).trim_start().to_string()
}

fn failure(speaker: Speaker, protocol: Protocol, error: &BindError) -> Failure {
    match error {
        BindError::NotOffered { .. } => {
            let other = if protocol == Protocol::Ntp { "UDP" } else { "TCP" };
            let protocol = name(protocol);
            let what = say!(speaker, "serve-neither", protocol = protocol, transport = other);
            Failure::new(ExitReason::Usage, what)
        }
        BindError::Socket { address, source, .. } => {
            let what = say!(speaker, "bind-failed", address = address, reason = source);
            let failure = Failure::new(ExitReason::No, what);
            match source.kind() {
                ErrorKind::AddrInUse => failure.hint(say!(speaker, "bind-taken-hint")),
                ErrorKind::PermissionDenied => {
                    failure.hint(say!(speaker, "bind-low-hint", port = usual_port(protocol)))
                }
                _ => failure,
            }
        }
        error => Failure::new(ExitReason::Environment, error.to_string()),
    }
}
