//! From bytes to a request, or to the reason why it is none. Pure.

use httparse::Header;

use super::Status;

/// The longest request line, in bytes. RFC 9112 §3 asks for 8000 at least.
const LONGEST_LINE: usize = 8 * 1024;

/// The longest head, request line included.
const LONGEST_HEAD: usize = 32 * 1024;

const MOST_FIELDS: usize = 100;

/// A request whose head is complete and makes sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The method, as it was written.
    pub(super) method: String,
    /// What is asked for, as it was written.
    pub(super) target: String,
    /// Whom the client wants to speak to: from an absolute target, else from `Host`.
    pub(super) host: Option<String>,
    /// Whether the client would like to ask more on this connection.
    pub(super) keep_alive: bool,
    /// How many bytes of body follow; `u64::MAX` if it is not worth finding out.
    pub(super) body_length: u64,
    /// How many bytes the head took.
    pub(super) head_length: usize,
}

/// Why there is no request, and how far it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rejected {
    pub(super) status: Status,
    pub(super) method: Option<String>,
    pub(super) target: Option<String>,
}

/// Looks for a request at the start of `bytes`; `None` while it is not complete.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Request>, Rejected> {
    // Some clients send an empty line after a body; a server should not mind (RFC 9112 §2.2).
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
    match understand(&head, head_length) {
        Some(request) => Ok(Some(request)),
        None => Err(reject(Status::BAD_REQUEST, Some(&head))),
    }
}

fn reject(status: Status, head: Option<&httparse::Request<'_, '_>>) -> Rejected {
    let method = head.and_then(|head| head.method).map(str::to_owned);
    let target = head.and_then(|head| head.path).map(str::to_owned);
    Rejected { status, method, target }
}

/// Whether the line ends in `HTTP/` digit `.` digit: then it is HTTP, of another version.
fn names_a_version(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let word = line.trim_ascii_end().rsplit(|&byte| byte == b' ').next().unwrap_or_default();
    matches!(word, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit())
}

/// What the fields of a complete head say; `None` if they contradict each other or the RFC.
fn understand(head: &httparse::Request<'_, '_>, head_length: usize) -> Option<Request> {
    let (method, target, minor) = (head.method?, head.path?, head.version?);
    let host = match values(head.headers, "host").as_slice() {
        [host] if is_host(host) => Some(*host),
        // Required since HTTP/1.1 (RFC 9112 §3.2): one address may be the home of many sites.
        [] if minor == 0 => None,
        _ => return None,
    };
    let host = authority(target).or(host);
    let asked = |wish: &str| {
        let lists = values(head.headers, "connection");
        let mut options = lists.iter().flat_map(|list| list.split(|&byte| byte == b','));
        options.any(|option| option.trim_ascii().eq_ignore_ascii_case(wish.as_bytes()))
    };
    Some(Request {
        method: method.to_owned(),
        target: target.to_owned(),
        host: host.map(|host| String::from_utf8_lossy(host).into_owned()),
        keep_alive: !asked("close") && (minor == 1 || asked("keep-alive")),
        body_length: body_length(head.headers, minor)?,
        head_length,
    })
}

/// All values of the field called `name`.
fn values<'a>(fields: &[Header<'a>], name: &str) -> Vec<&'a [u8]> {
    let named = fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
    named.map(|field| field.value.trim_ascii()).collect()
}

/// How long the body is (RFC 9112 §6.3). Two answers, or one that is no number, are none: this is
/// how requests are smuggled past proxies.
fn body_length(fields: &[Header<'_>], minor: u8) -> Option<u64> {
    let lengths = values(fields, "content-length");
    let chunked = !values(fields, "transfer-encoding").is_empty();
    let length = match lengths.as_slice() {
        _ if chunked && (minor == 0 || !lengths.is_empty()) => return None,
        // No resource here takes a body: do not bother to find its end.
        _ if chunked => u64::MAX,
        [] => 0,
        [digits] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            // More digits than a u64 has are a length still, though too long for anybody.
            std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX)
        }
        _ => return None,
    };
    // A client that waits for "100 Continue" gets the final answer instead and may then send its
    // body or not (RFC 9110 §10.1.1). Only the end of the connection settles that.
    let waits = !values(fields, "expect").is_empty();
    Some(if waits && length > 0 { u64::MAX } else { length })
}

/// The authority in an absolute target, `http://authority/path` (RFC 9112 §3.2.2).
fn authority(target: &str) -> Option<&[u8]> {
    let (scheme, rest) = target.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    rest.split(['/', '?']).next().map(str::as_bytes)
}

/// Whether these are the characters of a host name or address and a port (RFC 3986 §3.2.2).
/// A comma would be allowed but is the mark of two `Host` fields folded into one.
fn is_host(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+;=:[]%".contains(byte))
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
