//! An HTTP message in the bytes that were received or sent: RFC 9112.

use serde::Serialize;
use socklab_protocols::http::{self, Line, chunk_length, line, status_line};

/// What is wrong with a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HttpFault {
    /// Not one byte arrived.
    Nothing,
    /// The first line is not a status line: `HTTP/1.`, a digit, a space, three digits, and if
    /// anything follows, a space (RFC 9112, section 4).
    StatusLine(Vec<u8>),
    /// The first line is not a request line: a method, a space, a target, a space, `HTTP/1.` and a
    /// digit (section 3).
    RequestLine(Vec<u8>),
    /// This line ends in `\n` only (section 2.2).
    LineEnd(Vec<u8>),
    /// This line of the header is not a name, a colon and a value (section 5).
    Field(Vec<u8>),
    /// No empty line ends the header; the last line before the end is this.
    NoEmptyLine(Vec<u8>),
    /// There are several different lengths, or one that is no number: this (section 6.3).
    Length(Vec<u8>),
    /// The body is shorter than announced.
    Short {
        /// The bytes announced.
        announced: u64,
        /// The bytes that came.
        got: u64,
    },
    /// There is more behind the end of the body.
    Surplus {
        /// The first of these bytes.
        bytes: Vec<u8>,
        /// How many there are.
        total: u64,
    },
    /// Neither a length nor the end of the stream says where the body ends.
    Endless,
    /// The body is not what `Transfer-Encoding: chunked` announces (section 7.1).
    Chunk,
    /// Another status than expected.
    Status(u16),
    /// A field of the header is missing, or has another value.
    Header {
        /// Its name.
        name: String,
        /// The value it should have.
        wanted: String,
        /// The value it has; `None` if there is no such field.
        got: Option<Vec<u8>>,
    },
}

/// What is not held against a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lenient {
    /// Lines that end in `\n` only, as a recipient may recognise them (section 2.2).
    pub(crate) line_ends: bool,
    /// `Content-Length`, whatever it says: the body is all that comes.
    pub(crate) length: bool,
}

/// What is known of the stream besides its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances {
    /// How many bytes there were, of which those at hand may be only the first.
    pub(crate) total: u64,
    /// The stream has ended.
    pub(crate) ended: bool,
    /// The request was a HEAD request: the response has no body (RFC 9110, section 9.3.2).
    pub(crate) to_head: bool,
}

/// The header of a message: names and values, in their order; the values are without the white
/// space around them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, Vec<u8>)>);

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) fields: Fields,
    /// The body, decoded; if the recording is cut, its first bytes.
    pub(crate) body: Vec<u8>,
    /// How long the body is.
    pub(crate) body_total: u64,
}

impl Fields {
    /// The value of a field; several lines of the same name are one list (RFC 9110, section 5.3).
    pub(crate) fn value(&self, name: &str) -> Option<Vec<u8>> {
        let same = |field: &&(String, Vec<u8>)| field.0.eq_ignore_ascii_case(name);
        let values: Vec<&[u8]> =
            self.0.iter().filter(same).map(|(_, value)| value.as_slice()).collect();
        (!values.is_empty()).then(|| values.join(&b", "[..]))
    }

    /// `Content-Length`: one number, once.
    pub(crate) fn length(&self) -> Result<Option<u64>, HttpFault> {
        let Some(value) = self.value("content-length") else { return Ok(None) };
        let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse().ok();
        match value.iter().all(u8::is_ascii_digit).then(|| number(&value)).flatten() {
            Some(length) => Ok(Some(length)),
            None => Err(HttpFault::Length(shown(&value))),
        }
    }
}

impl Response {
    /// Reads the one response that a stream consists of. Interim responses (1xx) may come first.
    pub(crate) fn parse(
        bytes: &[u8],
        about: Circumstances,
        lenient: Lenient,
    ) -> Result<Self, HttpFault> {
        let (mut rest, mut about) = (bytes, about);
        loop {
            let (status, fields, length) = head(rest, lenient, status, HttpFault::StatusLine)?;
            let mut response = Self { status, fields, body: Vec::new(), body_total: 0 };
            let body = &rest[length..];
            about.total = about.total.saturating_sub(length as u64);
            let is_interim = (100..200).contains(&response.status) && response.status != 101;
            if is_interim && about.total > 0 {
                rest = body;
                continue;
            }
            response.read_body(body, about, lenient)?;
            return Ok(response);
        }
    }

    fn read_body(
        &mut self,
        rest: &[u8],
        about: Circumstances,
        lenient: Lenient,
    ) -> Result<(), HttpFault> {
        let (cut, total) = ((rest.len() as u64) < about.total, about.total);
        if self.is_chunked() {
            let (body, used) = dechunked(rest, lenient, cut)?;
            (self.body_total, self.body) = (body.len() as u64, body);
            if cut {
                // How long the rest would be, decoded, is not known: longer than what is at hand.
                self.body_total += 1;
                return Ok(());
            }
            return none_behind(rest, used as u64, total);
        }
        let announced = self.fields.length();
        let no_body = about.to_head || matches!(self.status, 100..200 | 204 | 304);
        let end = match announced {
            _ if no_body => 0,
            _ if lenient.length => total,
            Ok(Some(announced)) if announced > total => {
                return Err(HttpFault::Short { announced, got: total });
            }
            Ok(Some(announced)) => announced,
            Ok(None) if about.ended => total,
            Ok(None) => return Err(HttpFault::Endless),
            Err(fault) => return Err(fault),
        };
        none_behind(rest, end, total)?;
        self.body = rest[..usize::try_from(end).unwrap_or(usize::MAX).min(rest.len())].to_vec();
        self.body_total = end;
        Ok(())
    }

    fn is_chunked(&self) -> bool {
        let codings = self.fields.value("transfer-encoding").unwrap_or_default();
        let last = codings.rsplit(|byte| *byte == b',').next().unwrap_or_default();
        last.trim_ascii().eq_ignore_ascii_case(b"chunked")
    }
}

/// The start line and the header of a message, and how long they are. `start` reads the start line,
/// and `wrong` is the fault if it can't.
pub(crate) fn head<T>(
    bytes: &[u8],
    lenient: Lenient,
    start: fn(&[u8]) -> Option<T>,
    wrong: fn(Vec<u8>) -> HttpFault,
) -> Result<(T, Fields, usize), HttpFault> {
    if bytes.is_empty() {
        return Err(HttpFault::Nothing);
    }
    let checked = |line: Line<'_>| match line.bare && !lenient.line_ends {
        true => Err(HttpFault::LineEnd(shown(line.text))),
        false => Ok(()),
    };
    let first = line(bytes, 0).ok_or_else(|| match start(bytes) {
        Some(_) => HttpFault::NoEmptyLine(shown(bytes)),
        None => wrong(shown(bytes)),
    })?;
    let begins = start(first.text).ok_or_else(|| wrong(shown(first.text)))?;
    let (mut at, mut last) = (first.next, first.text);
    checked(first)?;
    let mut fields = Fields::default();
    loop {
        let line = line(bytes, at).ok_or_else(|| HttpFault::NoEmptyLine(shown(last)))?;
        at = line.next;
        if line.text.is_empty() {
            checked(line)?;
            return Ok((begins, fields, at));
        }
        // Without an empty line, the body is taken for more of the header.
        let field = field(line.text).ok_or_else(|| HttpFault::Field(shown(line.text)))?;
        fields.0.push(field);
        last = line.text;
        checked(line)?;
    }
}

fn status(line: &[u8]) -> Option<u16> {
    Some(status_line(line)?.status)
}

/// A field of the header, kept.
fn field(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let (name, value) = http::field(line)?;
    Some((String::from_utf8_lossy(name).into_owned(), value.to_vec()))
}

/// The content of a chunked body, and how many bytes it took. Of a recording that is cut, the
/// content that is at hand.
fn dechunked(bytes: &[u8], lenient: Lenient, cut: bool) -> Result<(Vec<u8>, usize), HttpFault> {
    let (mut body, mut at) = (Vec::new(), 0);
    let next = |from: usize| line(bytes, from).filter(|line| !line.bare || lenient.line_ends);
    loop {
        let Some(size) = next(at) else {
            return if cut { Ok((body, bytes.len())) } else { Err(HttpFault::Chunk) };
        };
        let length = chunk_length(size.text).and_then(|length| usize::try_from(length).ok());
        let length = length.ok_or(HttpFault::Chunk)?;
        at = size.next;
        if length == 0 {
            break;
        }
        let there = (bytes.len() - at).min(length);
        body.extend_from_slice(&bytes[at..at + there]);
        if there < length && cut {
            return Ok((body, bytes.len()));
        }
        let end = at.checked_add(length).and_then(next).ok_or(HttpFault::Chunk)?;
        if !end.text.is_empty() {
            return Err(HttpFault::Chunk);
        }
        at = end.next;
    }
    // The trailer: more fields, and an empty line.
    loop {
        match next(at) {
            Some(line) if line.text.is_empty() => return Ok((body, line.next)),
            Some(line) if field(line.text).is_some() => at = line.next,
            None if cut => return Ok((body, bytes.len())),
            _ => return Err(HttpFault::Chunk),
        }
    }
}

/// Nothing may follow the first `end` bytes.
pub(crate) fn none_behind(bytes: &[u8], end: u64, total: u64) -> Result<(), HttpFault> {
    if total <= end {
        return Ok(());
    }
    let from = usize::try_from(end).unwrap_or(usize::MAX).min(bytes.len());
    Err(HttpFault::Surplus { bytes: shown(&bytes[from..]), total: total - end })
}

/// The first bytes, for a report.
pub(crate) fn shown(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len().min(64)].to_vec()
}

#[cfg(test)]
mod tests;
