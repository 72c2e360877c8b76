//! `bind`: paths and addresses that a program cannot have.

use socklab_event::{Args, Endpoint, Errno, Notice, PathKind, What};
use socklab_flows::Position;

use super::in_use::following;
use crate::case::{Case, Occurrence, address_text, is_loopback, port};

/// `bind` to a path that exists: whether it was seen to be a socket's that nobody has any more.
fn existing<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Position, &'c str, bool)> + use<'c> {
    case.failed(Errno::EADDRINUSE).filter_map(|(at, call)| {
        let Args::Bind { address: Endpoint::Unix { path } } = &call.args else { return None };
        let mut states = 0;
        let mut is = None;
        for (_, event) in following(case, at) {
            states += usize::from(matches!(event.what, What::State(_)));
            if let Some(Notice::PathExists { is: kind, .. }) = event.notice() {
                is = Some(*kind);
            }
        }
        Some((at, path.as_str(), states == 0 && is == Some(PathKind::Socket)))
    })
}

/// The file of a socket that nobody has open any more.
pub(super) fn path_left_over(case: &Case<'_>) -> Vec<Occurrence> {
    let found = existing(case).filter(|(.., left_over)| *left_over);
    found.map(|(at, path, _)| Occurrence::at(at).with("path", path.to_owned())).collect()
}

pub(super) fn path_exists(case: &Case<'_>) -> Vec<Occurrence> {
    let found = existing(case).filter(|(.., left_over)| !left_over);
    found.map(|(at, path, _)| Occurrence::at(at).with("path", path.to_owned())).collect()
}

pub(super) fn low_port(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EACCES).filter_map(|(at, call)| match &call.args {
        Args::Bind { address } if (1..1024).contains(&port(address)) => {
            Some(Occurrence::at(at).with("port", port(address)))
        }
        _ => None,
    });
    found.collect()
}

pub(super) fn not_local(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.failed(Errno::EADDRNOTAVAIL).filter_map(|(at, call)| match &call.args {
        Args::Bind { address } if !is_loopback(address) => {
            Some(Occurrence::at(at).with("address", address_text(address)))
        }
        _ => None,
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, address};

    use super::super::explained::{rules, text_of};
    use super::*;

    fn bind_fails(to: &str, errno: i32, seen: Option<PathKind>) -> socklab_event::Timeline {
        let mut story = Story::new();
        let late = story.command("late", "python3 late.py");
        let sock = story.tcp(late);
        story.fail(sock, "bind", Args::Bind { address: address(to) }, errno);
        if let Some(is) = seen {
            story
                .what(late, What::Notice(Box::new(Notice::PathExists { path: to.to_owned(), is })));
        }
        story.build()
    }

    #[test]
    fn ports_below_1024_and_foreign_addresses() {
        assert_eq!(rules(&bind_fails("*:80", 13, None)), ["low-port"]);
        assert_eq!(rules(&bind_fails("8.8.8.8:5000", 99, None)), ["address-not-here"]);
    }

    #[test]
    fn a_path_that_exists() {
        let left_over = bind_fails("/run/x.sock", 98, Some(PathKind::Socket));
        assert!(text_of(&left_over, "path-left-over").contains("/run/x.sock"));
        assert_eq!(rules(&bind_fails("/etc/passwd", 98, Some(PathKind::File))), ["path-exists"]);
        assert_eq!(rules(&bind_fails("/run/x.sock", 98, None)), ["path-exists"]);
    }
}
