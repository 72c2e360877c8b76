//! The HTTP messages in one direction of a connection: RFC 9112.
//!
//! `httparse` reads the heads; where a body ends, and what of it is known, is found out here.

use super::tape::Tape;

/// No head is longer, or has more fields: servers refuse them long before.
const HEAD: usize = 256 << 10;
const FIELDS: usize = 512;
/// The longest line that says how long a chunk is.
const CHUNK_LINE: usize = 4096;
/// So much of a body is written down.
const BODY: usize = 64 << 20;

/// The head of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) start: Start,
    /// `0` or `1`, of `HTTP/1.0` and `HTTP/1.1`.
    pub(super) minor: u8,
    pub(super) fields: Vec<(String, Vec<u8>)>,
    /// How long it is, with the empty line.
    pub(super) size: u64,
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Request { method: String, target: String },
    Response { status: u16, reason: String },
}

impl Default for Start {
    fn default() -> Self {
        Self::Response { status: 0, reason: String::new() }
    }
}

/// A message, and where it is.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) head: Head,
    /// Where its first byte is, and where its last one ends as far as it came.
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) body: Body,
}

/// What is known of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// Its first bytes, decoded: up to the first that is not known.
    pub(super) bytes: Vec<u8>,
    /// How long it is, decoded; `None` if that is not known.
    pub(super) total: Option<u64>,
    /// How many bytes it takes on the wire, as far as they came.
    pub(super) on_wire: u64,
    /// How many of them were not recorded.
    pub(super) unrecorded: u64,
    /// How many that were announced never came.
    pub(super) never_came: u64,
}

/// Why no more messages are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// All was read.
    End,
    /// The rest is not HTTP: it never was, or the connection is used for something else now.
    Foreign,
    /// Bytes that were not recorded hide where the next message begins.
    Hidden,
}

/// How long a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    None,
    Length(u64),
    Chunked,
    UntilEnd,
}

impl Head {
    /// The values of a field, in order.
    pub(super) fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let same = move |field: &&(String, Vec<u8>)| field.0.eq_ignore_ascii_case(name);
        self.fields.iter().filter(same).map(|(_, value)| value.as_slice())
    }

    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.values(name).next().map(readable)
    }

    /// Where its body ends (RFC 9112 §6.3). `asked`: the method of the request that a response
    /// answers.
    pub(super) fn framing(&self, asked: Option<&str>) -> Framing {
        let is_response = matches!(self.start, Start::Response { .. });
        if let Start::Response { status, .. } = self.start
            && (matches!(status, 100..200 | 204 | 304)
                || asked == Some("HEAD")
                || asked == Some("CONNECT") && (200..300).contains(&status))
        {
            return Framing::None;
        }
        let codings: Vec<String> = self.values("transfer-encoding").map(readable).collect();
        if let Some(last) = codings.join(",").rsplit(',').next().filter(|_| !codings.is_empty()) {
            return match last.trim().eq_ignore_ascii_case("chunked") {
                true => Framing::Chunked,
                false => Framing::UntilEnd,
            };
        }
        let length = self.value("content-length");
        let length = length.and_then(|length| {
            let first = length.split(',').next().unwrap_or_default().trim();
            let is_number = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| first.parse().ok()).flatten()
        });
        match length {
            Some(length) => Framing::Length(length),
            None if is_response => Framing::UntilEnd,
            None => Framing::None,
        }
    }
}

/// Text of a header as it can be shown: UTF-8, or else each byte as the character of its number.
pub(super) fn readable(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Reads the head at an offset.
pub(super) fn head(tape: &Tape<'_>, from: u64, requests: bool) -> Result<Head, Stop> {
    let bytes = tape.known(from, HEAD);
    if bytes.is_empty() {
        return Err(if from >= tape.end() { Stop::End } else { Stop::Hidden });
    }
    let mut fields = vec![httparse::EMPTY_HEADER; FIELDS];
    let (start, minor, size, fields) = if requests {
        let mut request = httparse::Request::new(&mut fields);
        let size = match request.parse(&bytes) {
            Ok(httparse::Status::Complete(size)) => size,
            Ok(httparse::Status::Partial) => return Err(cut(tape, from, &bytes)),
            Err(_) => return Err(Stop::Foreign),
        };
        let method = request.method.unwrap_or_default().to_owned();
        let target = request.path.unwrap_or_default().to_owned();
        let start = Start::Request { method, target };
        (start, request.version.unwrap_or(1), size, request.headers)
    } else {
        let mut response = httparse::Response::new(&mut fields);
        let size = match response.parse(&bytes) {
            Ok(httparse::Status::Complete(size)) => size,
            Ok(httparse::Status::Partial) => return Err(cut(tape, from, &bytes)),
            Err(_) => return Err(Stop::Foreign),
        };
        let reason = response.reason.unwrap_or_default().to_owned();
        let start = Start::Response { status: response.code.unwrap_or(0), reason };
        (start, response.version.unwrap_or(1), size, response.headers)
    };
    let fields = fields.iter().map(|field| (field.name.to_owned(), field.value.to_vec())).collect();
    Ok(Head { start, minor, fields, size: size as u64 })
}

/// Why a head is not whole.
fn cut(tape: &Tape<'_>, from: u64, known: &[u8]) -> Stop {
    let end = from.saturating_add(known.len() as u64);
    match (known.len() >= HEAD, end < tape.end()) {
        (true, _) => Stop::Foreign,
        (false, true) => Stop::Hidden,
        (false, false) => Stop::End,
    }
}

/// Reads the body at an offset: what is known of it, where it ends, and why nothing can be read
/// behind it, if so.
pub(super) fn body(tape: &Tape<'_>, from: u64, framing: Framing) -> (Body, u64, Option<Stop>) {
    match framing {
        Framing::None => (Body { total: Some(0), ..Body::default() }, from, None),
        Framing::Length(length) => {
            let wanted = from.saturating_add(length);
            let to = wanted.min(tape.end());
            let body = Body { never_came: wanted - to, ..plain(tape, from, to) };
            let stop = (to < wanted).then_some(Stop::End);
            (Body { total: Some(length), ..body }, to, stop)
        }
        Framing::UntilEnd => {
            let to = tape.end();
            (plain(tape, from, to), to, Some(Stop::End))
        }
        Framing::Chunked => chunked(tape, from),
    }
}

fn plain(tape: &Tape<'_>, from: u64, to: u64) -> Body {
    let length = to.saturating_sub(from);
    let most = usize::try_from(length).unwrap_or(usize::MAX).min(BODY);
    Body {
        bytes: tape.known(from, most),
        total: Some(length),
        on_wire: length,
        unrecorded: tape.missing(from, to),
        never_came: 0,
    }
}

/// RFC 9112 §7.1.
fn chunked(tape: &Tape<'_>, from: u64) -> (Body, u64, Option<Stop>) {
    let mut body = Body { total: Some(0), ..Body::default() };
    let mut at = from;
    let mut whole = true;
    let stop = loop {
        let line = tape.known(at, CHUNK_LINE);
        let (used, length) = match httparse::parse_chunk_size(&line) {
            Ok(httparse::Status::Complete(found)) => found,
            Ok(httparse::Status::Partial) => break Some(cut(tape, at, &line)),
            Err(_) => break Some(Stop::Foreign),
        };
        at = at.saturating_add(used as u64);
        if length == 0 {
            // The trailer: lines up to an empty one.
            let trailer = tape.known(at, HEAD);
            let end = match trailer.strip_prefix(b"\r\n") {
                Some(_) => Some(2),
                None => trailer.windows(4).position(|end| end == b"\r\n\r\n").map(|end| end + 4),
            };
            match end {
                Some(end) => at = at.saturating_add(end as u64),
                None => break Some(cut(tape, at, &trailer)),
            }
            break None;
        }
        let wanted = at.saturating_add(length);
        let to = wanted.min(tape.end());
        if whole {
            let here = usize::try_from(to - at).unwrap_or(usize::MAX);
            let room = BODY - body.bytes.len();
            let known = tape.known(at, here.min(room));
            whole = known.len() == here;
            body.bytes.extend_from_slice(&known);
        }
        body.total = body.total.map(|total| total.saturating_add(length));
        at = to;
        if to < wanted {
            body.never_came = wanted - to;
            break Some(Stop::End);
        }
        // The end of the line behind the data.
        match tape.known(at, 2).as_slice() {
            b"\r\n" => at = at.saturating_add(2),
            known if known.len() < 2 => break Some(cut(tape, at, known)),
            _ => break Some(Stop::Foreign),
        }
    };
    if stop.is_some() {
        body.total = None;
        if stop == Some(Stop::Hidden) {
            at = tape.end();
        }
    }
    body.on_wire = at - from;
    body.unrecorded = tape.missing(from, at);
    (body, at, stop)
}
