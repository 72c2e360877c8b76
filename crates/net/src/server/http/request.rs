//! Parses requests. Pure.

use httparse::Header;

use super::response::Status;

/// The longest request line, in bytes. RFC 9112 §3 recommends at least 8000.
const LONGEST_LINE: usize = 8 * 1024;

/// The longest head, request line included, in bytes.
const LONGEST_HEAD: usize = 32 * 1024;

/// The maximum number of header fields.
const MOST_FIELDS: usize = 100;

/// A request whose head is complete and valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The method, as the client wrote it.
    pub(super) method: String,
    /// The request target, as the client wrote it.
    pub(super) target: String,
    /// The host: from an absolute target, otherwise from the `Host` field.
    pub(super) host: Option<String>,
    /// Whether the client wants to keep the connection open.
    pub(super) keep_alive: bool,
    /// The length of the body in bytes; `u64::MAX` if it is not to be skipped.
    pub(super) body_length: u64,
    /// The length of the head in bytes.
    pub(super) head_length: usize,
}

/// A request that cannot be served: the status to answer with, and the parts that were parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rejected {
    pub(super) status: Status,
    pub(super) method: Option<String>,
    pub(super) target: Option<String>,
}

/// Parses the request at the start of `bytes`; `None` while its head is incomplete.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Request>, Rejected> {
    // Some clients send an empty line after a body; ignore it (RFC 9112 §2.2).
    let blank = bytes.iter().take_while(|&&byte| matches!(byte, b'\r' | b'\n')).count();
    let line = bytes[blank..].iter().position(|&byte| byte == b'\n');
    if line.unwrap_or(bytes.len() - blank) > LONGEST_LINE || blank > LONGEST_LINE {
        return Err(reject(Status::URI_TOO_LONG, None));
    }
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut head = httparse::Request::new(&mut fields);
    let head_length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length <= LONGEST_HEAD => length,
        Ok(httparse::Status::Partial) if bytes.len() <= LONGEST_HEAD => return Ok(None),
        Ok(_) | Err(httparse::Error::TooManyHeaders) => {
            return Err(reject(Status::FIELDS_TOO_LARGE, Some(&head)));
        }
        Err(httparse::Error::Version) if names_a_version(&bytes[blank..]) => {
            return Err(reject(Status::VERSION_NOT_SUPPORTED, Some(&head)));
        }
        Err(_) => return Err(reject(Status::BAD_REQUEST, Some(&head))),
    };
    match interpret(&head, head_length) {
        Some(request) => Ok(Some(request)),
        None => Err(reject(Status::BAD_REQUEST, Some(&head))),
    }
}

fn reject(status: Status, head: Option<&httparse::Request<'_, '_>>) -> Rejected {
    let method = head.and_then(|head| head.method).map(str::to_owned);
    let target = head.and_then(|head| head.path).map(str::to_owned);
    Rejected { status, method, target }
}

/// Whether the request line ends in `HTTP/` digit `.` digit, that is, names an HTTP version.
fn names_a_version(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let word = line.trim_ascii_end().rsplit(|&byte| byte == b' ').next().unwrap_or_default();
    matches!(word, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit())
}

/// The request in a complete head; `None` if its fields contradict each other or the RFC.
fn interpret(head: &httparse::Request<'_, '_>, head_length: usize) -> Option<Request> {
    let (method, target, minor) = (head.method?, head.path?, head.version?);
    let host = match values(head.headers, "host").as_slice() {
        [host] if is_host(host) => Some(*host),
        // Required since HTTP/1.1 (RFC 9112 §3.2): one address may serve many sites.
        [] if minor == 0 => None,
        _ => return None,
    };
    let host = authority(target).or(host);
    let has_option = |wanted: &str| {
        let lists = values(head.headers, "connection");
        let mut options = lists.iter().flat_map(|list| list.split(|&byte| byte == b','));
        options.any(|option| option.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes()))
    };
    Some(Request {
        method: method.to_owned(),
        target: target.to_owned(),
        host: host.map(|host| String::from_utf8_lossy(host).into_owned()),
        keep_alive: !has_option("close") && (minor == 1 || has_option("keep-alive")),
        body_length: body_length(head.headers, minor)?,
        head_length,
    })
}

/// All values of the field called `name`.
fn values<'a>(fields: &[Header<'a>], name: &str) -> Vec<&'a [u8]> {
    let named = fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
    named.map(|field| field.value.trim_ascii()).collect()
}

/// The length of the body (RFC 9112 §6.3). Two lengths, or one that is not a number, make the
/// request invalid: they are used to smuggle requests past proxies (RFC 9112 §11.2).
fn body_length(fields: &[Header<'_>], minor: u8) -> Option<u64> {
    let lengths = values(fields, "content-length");
    let chunked = !values(fields, "transfer-encoding").is_empty();
    let length = match lengths.as_slice() {
        _ if chunked && (minor == 0 || !lengths.is_empty()) => return None,
        // No resource here accepts a body: do not look for its end.
        _ if chunked => u64::MAX,
        [] => 0,
        [digits] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            // A length that does not fit into a u64 is valid, but too long to skip.
            std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX)
        }
        _ => return None,
    };
    // A client that waits for "100 Continue" gets the final response instead, after which it may
    // or may not send its body (RFC 9110 §10.1.1): close the connection rather than guess.
    let waits = !values(fields, "expect").is_empty();
    Some(if waits && length > 0 { u64::MAX } else { length })
}

/// The authority of an absolute target, `http://authority/path` (RFC 9112 §3.2.2).
fn authority(target: &str) -> Option<&[u8]> {
    let (scheme, rest) = target.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    rest.split(['/', '?']).next().map(str::as_bytes)
}

/// Whether `value` has only characters of a host and port (RFC 3986 §3.2.2). The RFC also allows a
/// comma, but that is a sign of two `Host` fields joined into one.
fn is_host(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+;=:[]%".contains(byte))
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
