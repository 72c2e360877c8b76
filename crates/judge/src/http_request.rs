//! An HTTP request in the bytes that a client sent: RFC 9112.

use socklab_protocols::http;

use crate::http::{Fields, HttpFault, Lenient, head, none_behind};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) fields: Fields,
    /// The body; if the recording is cut, its first bytes.
    pub(crate) body: Vec<u8>,
    /// How long the body is.
    pub(crate) body_total: u64,
}

impl Request {
    /// Reads the one request that a stream of `total` bytes consists of, of which `bytes` may be
    /// only the first. Without a length it has no body (section 6.3).
    pub(crate) fn parse(bytes: &[u8], total: u64, lenient: Lenient) -> Result<Self, HttpFault> {
        let ((), fields, length) = head(bytes, lenient, request_line, HttpFault::RequestLine)?;
        let (rest, total) = (&bytes[length..], total.saturating_sub(length as u64));
        let announced = fields.length()?.unwrap_or(0);
        if announced > total {
            return Err(HttpFault::Short { announced, got: total });
        }
        none_behind(rest, announced, total)?;
        let here = usize::try_from(announced).unwrap_or(usize::MAX).min(rest.len());
        Ok(Self { fields, body: rest[..here].to_vec(), body_total: announced })
    }
}

fn request_line(line: &[u8]) -> Option<()> {
    // A method may be any token; all that a program of a course has a reason to send are letters.
    let request = http::request_line(line)?;
    request.method.iter().all(u8::is_ascii_alphabetic).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Lenient = Lenient { line_ends: false, length: false };

    fn parse(text: &str) -> Result<Request, HttpFault> {
        Request::parse(text.as_bytes(), text.len() as u64, STRICT)
    }

    #[test]
    fn right_requests_are_read_whatever_their_style() {
        for text in [
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.0\r\nHost:here\r\n\r\n",
            "GET /a?b=c HTTP/1.1\r\nHOST: here:80\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        ] {
            assert_eq!(parse(text).map(|one| one.body_total), Ok(0), "{text}");
        }
        let post = parse("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nhola").unwrap();
        assert_eq!(post.body, b"hola");
        assert_eq!(post.fields.value("host"), Some(b"here".to_vec()));
    }

    #[test]
    fn wrong_requests_are_wrong_in_one_way() {
        let quoted = |text: &str| text.as_bytes().to_vec();
        for (text, wanted) in [
            ("", HttpFault::Nothing),
            ("hola\r\n\r\n", HttpFault::RequestLine(quoted("hola"))),
            ("GET /\r\n\r\n", HttpFault::RequestLine(quoted("GET /"))),
            ("GET  / HTTP/1.1\r\n\r\n", HttpFault::RequestLine(quoted("GET  / HTTP/1.1"))),
            ("GET / HTTP/1.1 \r\n\r\n", HttpFault::RequestLine(quoted("GET / HTTP/1.1 "))),
            ("GET / HTTP/2\r\n\r\n", HttpFault::RequestLine(quoted("GET / HTTP/2"))),
            ("GET / HTTP/1.1\n\n", HttpFault::LineEnd(quoted("GET / HTTP/1.1"))),
            ("GET / HTTP/1.1\r\nHost: a\n\r\n", HttpFault::LineEnd(quoted("Host: a"))),
            ("GET / HTTP/1.1\r\nHost: a\r\n", HttpFault::NoEmptyLine(quoted("Host: a"))),
            ("GET / HTTP/1.1\r\nHost\r\n\r\n", HttpFault::Field(quoted("Host"))),
            ("GET / HTTP/1.1\r\n\r\n\0", HttpFault::Surplus { bytes: vec![0], total: 1 }),
            (
                "GET / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhola",
                HttpFault::Short { announced: 9, got: 4 },
            ),
        ] {
            assert_eq!(parse(text), Err(wanted), "{text}");
        }
    }
}
