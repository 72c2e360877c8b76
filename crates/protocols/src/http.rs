//! Lines of an HTTP/1 message, RFC 9112.

/// The first line of a request (section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestLine<'b> {
    /// The method.
    pub method: &'b [u8],
    /// The target.
    pub target: &'b [u8],
    /// The digit behind `HTTP/1.`.
    pub minor: u8,
}

/// The first line of a response (section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusLine<'b> {
    /// The digit behind `HTTP/1.`.
    pub minor: u8,
    /// 100 to 599.
    pub status: u16,
    /// The words behind it, often none.
    pub reason: &'b [u8],
}

/// A line, and where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line<'b> {
    /// The line without its end.
    pub text: &'b [u8],
    /// Where the next line begins.
    pub next: usize,
    /// True if it ends in `\n` only.
    pub bare: bool,
}

/// The line that begins at `from`, without its end; `None` if it does not end.
pub fn line(bytes: &[u8], from: usize) -> Option<Line<'_>> {
    let rest = bytes.get(from..)?;
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (text, bare) = match rest[..end].strip_suffix(b"\r") {
        Some(text) => (text, false),
        None => (&rest[..end], true),
    };
    Some(Line { text, next: from + end + 1, bare })
}

/// A method, a target and a version, with one space between them (section 3).
pub fn request_line(line: &[u8]) -> Option<RequestLine<'_>> {
    let mut words = line.split(|byte| *byte == b' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let minor = version.strip_prefix(b"HTTP/1.")?;
    let good = words.next().is_none()
        && !method.is_empty()
        && method.iter().all(is_token)
        && !target.is_empty()
        && target.iter().all(u8::is_ascii_graphic);
    match minor {
        [digit] if good && digit.is_ascii_digit() => {
            Some(RequestLine { method, target, minor: digit - b'0' })
        }
        _ => None,
    }
}

/// True for a byte of a token (RFC 9110, section 5.6.2).
fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

/// The status in a status line. The reason, and the space before it, may be missing: the space must
/// be sent, but every client does without it.
pub fn status_line(line: &[u8]) -> Option<StatusLine<'_>> {
    let rest = line.strip_prefix(b"HTTP/1.")?;
    let [minor, b' ', code @ ..] = rest else { return None };
    let (code, reason) = code.split_at_checked(3)?;
    let digits = minor.is_ascii_digit() && code.iter().all(u8::is_ascii_digit);
    if !digits || !matches!(reason, [] | [b' ', ..]) {
        return None;
    }
    let status = code.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let reason = reason.strip_prefix(b" ").unwrap_or_default();
    (100..600).contains(&status).then_some(StatusLine { minor: minor - b'0', status, reason })
}

/// A line of the header: a token, at once a colon, and a value that is no control character
/// (section 5), without the white space around it. A line that begins with white space is none
/// (section 5.2).
pub fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    let text = |byte: &u8| *byte == b'\t' || !byte.is_ascii_control();
    let is_field = !name.is_empty() && name.iter().all(is_token) && value.iter().all(text);
    is_field.then(|| (name, value.trim_ascii()))
}

/// The length of a chunk in the line before it (section 7.1). Behind a semicolon are extensions.
pub fn chunk_length(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
    let digits = std::str::from_utf8(digits.trim_ascii()).ok()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(digits, 16).ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_lines() {
        let request = request_line(b"GET /a?b HTTP/1.1").unwrap();
        assert_eq!((request.method, request.target, request.minor), (&b"GET"[..], &b"/a?b"[..], 1));
        let status = status_line(b"HTTP/1.0 404 Not Found").unwrap();
        assert_eq!((status.minor, status.status, status.reason), (0, 404, &b"Not Found"[..]));
        assert_eq!(status_line(b"HTTP/1.1 200").unwrap().reason, b"");
        for line in ["HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/2 200", "HTTP/1.1  200", "200 OK"] {
            assert_eq!(status_line(line.as_bytes()), None, "{line}");
        }
        for line in
            ["GET /", "GET  / HTTP/1.1", "G T / HTTP/1.1", "GET / HTTP/2.0", "PRI * HTTP/2.0"]
        {
            assert_eq!(request_line(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn chunks_are_counted_in_hexadecimal() {
        assert_eq!(chunk_length(b"1a;name=value"), Some(26));
        assert_eq!(
            [&b""[..], b"-1", b"+1", b"g", b"fffffffffffffffff"].map(chunk_length),
            [None; 5]
        );
    }
}
