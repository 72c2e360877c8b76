//! A small, strict HTTP/1.1 server (RFC 9110, RFC 9112) for one page or one directory.

mod files;
mod request;
mod response;
mod site;

use std::path::PathBuf;

use super::behaviour::Behaviour;
use super::config::Transport;
use super::connection::Connection;
use super::event::{Cut, ServerEventKind};
use request::{Rejected, Request};
use response::{Content, Response};

pub use site::{PAGE, Site};

/// The HTTP service.
#[derive(Clone, Debug, Default)]
pub struct Http {
    /// The directory to serve files from; `None`, the default, for [`PAGE`] alone. Files outside of
    /// it are never served, not even through `..` or a symbolic link; neither are hidden files.
    pub root: Option<PathBuf>,
    /// The sites at this address. A request for another host is misdirected (421, RFC 9110
    /// §15.5.20). Without any, the default, every host name is accepted.
    pub sites: Vec<Site>,
}

/// The longest request body to skip in order to read the next request. After a longer one, the
/// connection is closed.
const LONGEST_SKIP: u64 = 1024 * 1024;

const PIECE: usize = 16 * 1024;

/// The length of the request's head, if it is complete. Exposes the parser for fuzzing.
#[doc(hidden)]
pub fn head_length(bytes: &[u8]) -> Option<usize> {
    request::parse(bytes).ok().flatten().map(|request| request.head_length)
}

impl Http {
    fn respond(&self, request: &Request) -> Response {
        site::respond(&self.sites, self.root.as_deref(), request)
    }
}

impl Behaviour for Http {
    const NAME: &'static str = "http";
    const OFFERS: Transport = Transport::Tcp;
    const IDLE: std::time::Duration = std::time::Duration::from_secs(30);

    fn converse(&self, connection: &mut Connection<'_>) -> Result<(), Cut> {
        let mut inbox = Vec::new();
        loop {
            let request = match next_request(connection, &mut inbox)? {
                Some(Ok(request)) => request,
                Some(Err(rejected)) => {
                    refuse(connection, rejected)?;
                    return connection.finish();
                }
                None => return Ok(()),
            };
            inbox.drain(..request.head_length);
            let keep = request.keep_alive && request.body_length <= LONGEST_SKIP;
            let response = self.respond(&request);
            let status = response.status.code;
            let body = send(connection, response, request.method != "HEAD", keep)?;
            connection.report(ServerEventKind::Http {
                method: Some(request.method),
                target: Some(request.target),
                host: request.host,
                status,
                body,
            });
            if !keep {
                return connection.finish();
            }
            skip(connection, &mut inbox, request.body_length)?;
        }
    }
}

/// Reads the next request; `None` if the client has ended its side. The bytes stay in `inbox`.
fn next_request(
    connection: &mut Connection<'_>,
    inbox: &mut Vec<u8>,
) -> Result<Option<Result<Request, Rejected>>, Cut> {
    // One deadline for the whole head: otherwise a client could hold the connection open by
    // sending a byte now and then.
    let deadline = connection.idle_deadline();
    let mut piece = [0; PIECE];
    loop {
        if let Some(answer) = request::parse(inbox).transpose() {
            return Ok(Some(answer));
        }
        match connection.read_before(deadline, &mut piece)? {
            // Possibly in the middle of a request, which is dropped.
            0 => return Ok(None),
            count => inbox.extend_from_slice(&piece[..count]),
        }
    }
}

/// Answers a malformed request. The start of the next one cannot be known, so the connection is
/// closed afterwards (RFC 9112 §9.6).
fn refuse(connection: &mut Connection<'_>, rejected: Rejected) -> Result<(), Cut> {
    let Rejected { status, method, target } = rejected;
    let with_body = method.as_deref() != Some("HEAD");
    let body = send(connection, Response::error(status), with_body, false)?;
    connection.report(ServerEventKind::Http {
        method,
        target,
        host: None,
        status: status.code,
        body,
    });
    Ok(())
}

/// Sends a response. Returns the number of bytes of its body that were sent.
fn send(
    connection: &mut Connection<'_>,
    response: Response,
    with_body: bool,
    keep: bool,
) -> Result<u64, Cut> {
    let mut bytes = response.head(std::time::SystemTime::now(), keep).into_bytes();
    match response.content {
        _ if !with_body => {
            connection.write_all(&bytes)?;
            Ok(0)
        }
        // Head and body in one write, so that a short response fits into one segment.
        Content::Bytes(body) => {
            bytes.extend_from_slice(&body);
            connection.write_all(&bytes)?;
            Ok(body.len() as u64)
        }
        Content::File { mut file, length } => {
            connection.write_all(&bytes)?;
            files::copy(&mut file, length, |piece| connection.write_all(piece))?;
            Ok(length)
        }
    }
}

/// Skips a request body, part of which may have arrived with the head.
fn skip(connection: &mut Connection<'_>, inbox: &mut Vec<u8>, length: u64) -> Result<(), Cut> {
    let buffered = usize::try_from(length).map_or(inbox.len(), |length| length.min(inbox.len()));
    inbox.drain(..buffered);
    let mut left = length - buffered as u64;
    let mut piece = [0; PIECE];
    while left > 0 {
        let most = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
        match connection.read(&mut piece[..most])? {
            0 => return Ok(()),
            count => left -= count as u64,
        }
    }
    Ok(())
}
