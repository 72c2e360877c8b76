//! Chooses the response to a request.

use std::borrow::Cow;
use std::path::Path;

use super::files::{self, Found};
use super::request::Request;
use super::response::{Content, HTML, Response, Status};

/// The page at `/`, byte for byte as it is sent.
pub const PAGE: &str = include_str!("page.html");

/// The response to `request`, from the directory `root` if there is one.
pub(super) fn respond(root: Option<&Path>, request: &Request) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Response::method_not_allowed();
    }
    let Some(path) = path(&request.target) else {
        return Response::error(Status::BAD_REQUEST);
    };
    let home = matches!(path.as_slice(), b"/" | b"/index.html");
    match root.map(|root| files::find(root, &path)) {
        Some(Found::File { file, length, content_type }) => {
            Response::ok(content_type, Content::File { file, length })
        }
        Some(Found::Directory) => Response::moved(with_slash(&request.target)),
        Some(Found::Forbidden) => Response::error(Status::FORBIDDEN),
        Some(Found::Failed) => Response::error(Status::SERVER_ERROR),
        None | Some(Found::Nothing) if home => {
            Response::ok(HTML, Content::Bytes(Cow::Borrowed(PAGE.as_bytes())))
        }
        None | Some(Found::Nothing) => Response::error(Status::NOT_FOUND),
    }
}

/// The path as the client wrote it: the target without its query, and without the `http://host` of
/// an absolute target (RFC 9112 §3.2.2).
fn raw_path(target: &str) -> Option<&str> {
    let path = target.split('?').next().unwrap_or_default();
    if path.starts_with('/') {
        return Some(path);
    }
    let (_scheme, rest) = path.split_once("://")?;
    Some(rest.find('/').map_or("/", |slash| &rest[slash..]))
}

/// The percent-decoded path (RFC 3986 §2.1); `None` if the target has no valid path.
fn path(target: &str) -> Option<Vec<u8>> {
    let mut path = Vec::new();
    let mut bytes = raw_path(target)?.bytes();
    while let Some(byte) = bytes.next() {
        path.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            plain => plain,
        });
    }
    Some(path)
}

/// The canonical path of a directory, so that relative links in its index work. It has exactly one
/// leading slash, since `//elsewhere/` would name another host.
fn with_slash(target: &str) -> String {
    format!("/{}/", raw_path(target).unwrap_or_default().trim_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn status(method: &str, target: &str) -> u16 {
        let request = Request {
            method: method.to_owned(),
            target: target.to_owned(),
            host: None,
            keep_alive: true,
            body_length: 0,
            head_length: 0,
        };
        respond(None, &request).status.code
    }

    #[test]
    fn without_a_root_there_is_one_page() {
        for target in ["/", "/?q=socket", "/index.html", "http://www.google.com", "/%69ndex.html"] {
            assert_eq!(status("GET", target), 200, "{target}");
            assert_eq!(status("HEAD", target), 200, "{target}");
        }
        assert_eq!(status("GET", "/favicon.ico"), 404);
        assert_eq!(status("GET", "/../../etc/passwd"), 404);
        for target in ["*", "index.html", "/%", "/%4", "/%zz"] {
            assert_eq!(status("GET", target), 400, "{target}");
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "get", "BREW"] {
            assert_eq!(status(method, "/"), 405, "{method}");
        }
    }

    #[test]
    fn a_redirect_stays_on_this_host() {
        assert_eq!(with_slash("/docs?x"), "/docs/");
        assert_eq!(with_slash("//evil.example/docs"), "/evil.example/docs/");
        assert_eq!(with_slash("http://host/docs"), "/docs/");
    }

    proptest! {
        #[test]
        fn no_target_makes_it_panic(target in ".*") {
            let _ = status("GET", &target);
        }
    }
}
