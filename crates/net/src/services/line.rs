//! The lines of `/etc/services`: `name port/protocol alias… # comment`.
//!
//! Like the C library's, the parser skips lines it cannot parse and reads on.

use super::service::Service;

/// Every entry of a whole file.
pub(super) fn parse_all(text: &str) -> Vec<Service> {
    text.lines().filter_map(parse).collect()
}

/// The entry on one line; `None` for blank lines, comments and anything that is not an entry.
fn parse(line: &str) -> Option<Service> {
    let entry = line.split('#').next()?;
    let mut words = entry.split_ascii_whitespace();
    let name = words.next()?;
    let (port, protocol) = words.next()?.split_once('/')?;
    // `u16::from_str` would accept "+80".
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let port = port.parse().ok().filter(|&port| port != 0)?;
    Some(Service {
        name: name.to_owned(),
        port,
        protocol: protocol.parse().ok()?,
        aliases: words.map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::protocol::Protocol;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn comments_blanks_and_nonsense_are_skipped() {
        for line in ["", "  ", "# http 80/tcp", "http", "http 80", "http 80/", "http /tcp"] {
            assert_eq!(parse(line), None, "{line:?}");
        }
        for line in ["http 0/tcp", "http 65536/tcp", "http +80/tcp", "http -1/tcp", "x 1/ddp"] {
            assert_eq!(parse(line), None, "{line:?}");
        }
    }

    #[test]
    fn an_entry_ends_where_its_comment_begins() {
        let service = parse("\thttp\t80/TCP www web# the web").unwrap();
        assert_eq!(service.name, "http");
        assert_eq!((service.port, service.protocol), (80, Protocol::Tcp));
        assert_eq!(service.aliases, ["www", "web"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            for service in parse_all(&text) {
                prop_assert_ne!(service.port, 0);
                prop_assert!(!service.name.is_empty());
            }
        }

        #[test]
        fn what_is_written_is_read_back(
            name in "[a-z][a-z0-9-]{0,14}",
            port in 1u16..,
            protocol in prop::sample::select(vec![
                Protocol::Tcp, Protocol::Udp, Protocol::Sctp, Protocol::Dccp,
            ]),
            aliases in prop::collection::vec("[a-z][a-z0-9_-]{0,9}", 0..4),
            gap in "[ \t]{1,5}",
        ) {
            let line = format!("{name}{gap}{port}/{protocol}{gap}{}#c", aliases.join(&gap));
            prop_assert_eq!(parse(&line), Some(Service { name, port, protocol, aliases }));
        }
    }
}
