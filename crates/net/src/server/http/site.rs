//! Chooses the response to a request.

use std::borrow::Cow;
use std::path::Path;

use super::files::{self, Found};
use super::request::Request;
use super::response::{Content, HTML, Response, Status};

/// The page at `/`, byte for byte as it is sent.
pub const PAGE: &str = include_str!("page.html");

/// Stands in the page for the host that was asked for.
const HOST: &str = "the.name.you.asked.for";

/// A site, one of several that one server may have: which one is meant, the field `Host` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its host name, such as `www.google.com`.
    pub host: String,
    /// Where it has moved to, such as `http://www.google.com/`; `None` if it is here.
    pub moved_to: Option<String>,
}

impl Site {
    /// A site that is here.
    pub fn new(host: &str) -> Self {
        Self { host: host.to_owned(), moved_to: None }
    }

    /// A site that has moved.
    pub fn moved(host: &str, to: &str) -> Self {
        Self { host: host.to_owned(), moved_to: Some(to.to_owned()) }
    }

    /// The page at `/` of this site, byte for byte: [`PAGE`] with the host's name in it.
    pub fn page(&self) -> String {
        PAGE.replace(HOST, &self.host)
    }
}

/// The response to `request`: from one of the sites, if there are any, and from the directory
/// `root`, if there is one.
pub(super) fn respond(sites: &[Site], root: Option<&Path>, request: &Request) -> Response {
    // A client that speaks HTTP/1.0 need not say which one it means.
    let meant = match request.host.as_deref().map(without_port) {
        Some(host) => sites.iter().find(|site| site.host.eq_ignore_ascii_case(host)),
        None => sites.first(),
    };
    match meant {
        None if !sites.is_empty() => return Response::error(Status::MISDIRECTED),
        Some(Site { moved_to: Some(to), .. }) => return Response::moved(to.clone()),
        _ => {}
    }
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
            let page = match meant {
                Some(site) => Cow::Owned(site.page().into_bytes()),
                None => Cow::Borrowed(PAGE.as_bytes()),
            };
            Response::ok(HTML, Content::Bytes(page))
        }
        None | Some(Found::Nothing) => Response::error(Status::NOT_FOUND),
    }
}

/// The name in a `Host` field, which may also have a port (RFC 9112 §3.2).
fn without_port(host: &str) -> &str {
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
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

    fn request(method: &str, target: &str, host: Option<&str>) -> Request {
        Request {
            method: method.to_owned(),
            target: target.to_owned(),
            host: host.map(str::to_owned),
            keep_alive: true,
            body_length: 0,
            head_length: 0,
        }
    }

    fn status(method: &str, target: &str) -> u16 {
        respond(&[], None, &request(method, target, None)).status.code
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
    fn the_host_says_which_site_is_meant() {
        let sites = [
            Site::new("www.google.com"),
            Site::moved("google.com", "http://www.google.com/"),
            Site::new("example.com"),
        ];
        let respond = |host| respond(&sites, None, &request("GET", "/", host));
        for host in ["WWW.google.com", "www.google.com:80", "www.google.com:"] {
            assert_eq!(respond(Some(host)).status.code, 200, "{host}");
        }
        let Content::Bytes(page) = respond(Some("example.com")).content else { panic!("a page") };
        assert!(String::from_utf8_lossy(&page).contains("Host: example.com\n"));
        assert_eq!(respond(Some("google.com")).status.code, 301);
        for host in ["example.net", "", "192.0.2.1", "[::1]:80", "com"] {
            assert_eq!(respond(Some(host)).status.code, 421, "{host}");
        }
        assert_eq!(respond(None).status.code, 200);
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
