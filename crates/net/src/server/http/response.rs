//! HTTP responses: a status, fields and a body. Pure.

use std::borrow::Cow;
use std::fmt::Write;
use std::fs::File;
use std::time::SystemTime;

use crate::date;

/// A status code and its usual reason phrase (RFC 9110 §15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) code: u16,
    reason: &'static str,
}

impl Status {
    pub(super) const OK: Self = Self::new(200, "OK");
    pub(super) const MOVED: Self = Self::new(301, "Moved Permanently");
    pub(super) const BAD_REQUEST: Self = Self::new(400, "Bad Request");
    pub(super) const FORBIDDEN: Self = Self::new(403, "Forbidden");
    pub(super) const NOT_FOUND: Self = Self::new(404, "Not Found");
    pub(super) const METHOD_NOT_ALLOWED: Self = Self::new(405, "Method Not Allowed");
    pub(super) const MISDIRECTED: Self = Self::new(421, "Misdirected Request");
    pub(super) const URI_TOO_LONG: Self = Self::new(414, "URI Too Long");
    pub(super) const FIELDS_TOO_LARGE: Self = Self::new(431, "Request Header Fields Too Large");
    pub(super) const SERVER_ERROR: Self = Self::new(500, "Internal Server Error");
    pub(super) const VERSION_NOT_SUPPORTED: Self = Self::new(505, "HTTP Version Not Supported");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason }
    }
}

/// A response that has not been sent yet.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: Status,
    content_type: &'static str,
    /// A field specific to this response.
    extra: Option<(&'static str, String)>,
    pub(super) content: Content,
}

/// A body of known length.
#[derive(Debug)]
pub(super) enum Content {
    Bytes(Cow<'static, [u8]>),
    File { file: File, length: u64 },
}

pub(super) const HTML: &str = "text/html; charset=utf-8";

impl Response {
    pub(super) fn ok(content_type: &'static str, content: Content) -> Self {
        Self { status: Status::OK, content_type, extra: None, content }
    }

    /// A small page that shows the status.
    pub(super) fn error(status: Status) -> Self {
        let Status { code, reason } = status;
        let page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>{code} {reason}</title></head>\n\
             <body><h1>{code} {reason}</h1></body></html>\n"
        );
        let content = Content::Bytes(Cow::Owned(page.into_bytes()));
        Self { status, content_type: HTML, extra: None, content }
    }

    /// A 405 must list the allowed methods (RFC 9110 §15.5.6).
    pub(super) fn method_not_allowed() -> Self {
        let allow = ("Allow", "GET, HEAD".to_owned());
        Self { extra: Some(allow), ..Self::error(Status::METHOD_NOT_ALLOWED) }
    }

    /// A redirect, to the canonical path or to another site.
    pub(super) fn moved(location: String) -> Self {
        Self { extra: Some(("Location", location)), ..Self::error(Status::MOVED) }
    }

    /// The status line and fields, to be sent before the body or, for HEAD, alone.
    pub(super) fn head(&self, now: SystemTime, keep: bool) -> String {
        let Status { code, reason } = self.status;
        let date = date::http(now);
        let length = match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::File { length, .. } => *length,
        };
        // An HTTP/1.0 client keeps the connection open only if the response says so: always send
        // the field.
        let connection = if keep { "keep-alive" } else { "close" };
        let mut head = format!(
            "HTTP/1.1 {code} {reason}\r\nDate: {date}\r\nServer: socklab\r\n\
             Content-Type: {}\r\nContent-Length: {length}\r\nConnection: {connection}\r\n",
            self.content_type
        );
        if let Some((name, value)) = &self.extra {
            // Writing to a String cannot fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn a_head_has_every_field_a_client_needs() {
        let response = Response::ok("text/plain", Content::Bytes(Cow::Borrowed(b"hello")));
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(
            response.head(now, true),
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: socklab\r\n\
             Content-Type: text/plain\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n"
        );
    }

    #[test]
    fn errors_and_redirects_say_what_to_do_next() {
        let head = Response::method_not_allowed().head(UNIX_EPOCH, false);
        assert!(head.contains("\r\nAllow: GET, HEAD\r\n") && head.contains("Connection: close"));
        let head = Response::moved("/docs/".to_owned()).head(UNIX_EPOCH, true);
        assert!(head.starts_with("HTTP/1.1 301 ") && head.contains("\r\nLocation: /docs/\r\n"));
    }
}
