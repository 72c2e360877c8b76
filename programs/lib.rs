//! The course's programs as a table, for listing, showing and running them.
//!
//! Each file listed here is also a program of its own: `cargo run -p programs --bin server-03`.
#![forbid(unsafe_code)]

use std::fmt;

/// One program of the course.
#[derive(Clone, Copy)]
pub struct Program {
    /// Its name, such as `server-03`.
    pub name: &'static str,
    /// Its folder: the part of the course that it belongs to.
    pub group: &'static str,
    /// The system and library calls it is about.
    pub calls: &'static [&'static str],
    /// Other names for it in the course and in older material.
    pub old_names: &'static [&'static str],
    /// The contents of its file.
    pub source: &'static str,
    /// Runs it in this process, with this process's arguments.
    pub main: fn() -> anyhow::Result<()>,
}

impl Program {
    /// Its purpose: the first line of the header, after the name.
    pub fn purpose(&self) -> &'static str {
        let first = self.source.lines().next().unwrap_or_default();
        first.split_once(": ").map_or(first, |(_, purpose)| purpose).trim_end_matches('.')
    }

    /// Whether it reads its command line.
    pub fn takes_arguments(&self) -> bool {
        self.source.contains("\nuse std::env::args;\n")
    }

    /// How to call it, such as `server-03 [PORT]`: from the *Run* part of its header.
    pub fn usage(&self) -> &'static str {
        let mut typed = self.source.split('`').filter_map(|code| code.strip_prefix("socklab run "));
        typed.find(|words| words.split(' ').next() == Some(self.name)).unwrap_or(self.name)
    }

    /// Its header, without the comment markers: purpose, *New here*, *Run*, *Try*, *The question*.
    pub fn header(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line).to_string() + "\n").collect()
    }

    /// Its source without the header.
    pub fn code(&self) -> &'static str {
        self.source.split_once("\n\n").map_or(self.source, |(_, code)| code)
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The program with this name or old name, ignoring case, with or without `.py` or `.rs`.
pub fn find(name: &str) -> Option<&'static Program> {
    let stem = name.strip_suffix(".py").or(name.strip_suffix(".rs")).unwrap_or(name);
    let is = |known: &str| known.eq_ignore_ascii_case(stem);
    PROGRAMS.iter().find(|program| is(program.name) || program.old_names.iter().any(|old| is(old)))
}

macro_rules! program {
    ($group:literal, $name:literal, $module:ident, $calls:expr, $old_names:expr) => {
        Program {
            name: $name,
            group: $group,
            calls: $calls,
            old_names: $old_names,
            source: include_str!(concat!($group, "/", $name, ".rs")),
            main: $module::main,
        }
    };
}

/// All programs, in the order of the course.
#[rustfmt::skip]
pub const PROGRAMS: &[Program] = &[
    program!("socket-utils", "basics-01", basics_01, &["uname"], &["basic-01"]),
    program!("socket-utils", "basics-02", basics_02, &["getaddrinfo"], &["basic-02"]),
    program!("socket-utils", "basics-03", basics_03, &["openat", "read"], &["basic-03"]),
    program!("ntp-client", "basics-04", basics_04, &["sendto", "recvfrom"], &["basic-04"]),
    program!("ntp-client", "basics-05", basics_05, &["connect", "send", "recv"], &["basic-05"]),
    program!("socket-http-client", "socket-01", socket_01, &["socket"], &[]),
    program!("socket-http-client", "socket-02", socket_02, &["getaddrinfo"], &[]),
    program!("socket-http-client", "socket-03", socket_03, &["connect"], &[]),
    program!("socket-http-client", "socket-04", socket_04, &["send"], &[]),
    program!("socket-http-client", "socket-05", socket_05, &["recv"], &[]),
    program!("socket-server", "server-01", server_01, &["bind"], &[]),
    program!("socket-server", "server-02", server_02, &["listen", "accept"], &[]),
    program!("socket-server", "server-03", server_03, &["recv", "send"], &[]),
    program!("socket-server", "server-04", server_04, &["setsockopt"], &[]),
    program!("socket-server", "server-05", server_05, &["accept", "clone"], &[]),
    program!("udp", "udp-client", udp_client, &["sendto", "recvfrom"], &["UDPClient"]),
    program!("udp", "udp-server", udp_server, &["bind"], &["UDPServer"]),
    program!("tcp", "tcp-client", tcp_client, &["connect", "shutdown"], &["TCPClient"]),
    program!("tcp", "tcp-server", tcp_server, &["listen", "accept"], &["TCPServer"]),
    program!("echo-service", "echo-server", echo_server, &["recv", "send"], &["echo_server", "EchoServer"]),
    program!("echo-service", "echo-client", echo_client, &["send", "recv"], &["echo_client", "EchoClient"]),
];

#[path = "socket-utils/basics-01.rs"]
mod basics_01;
#[path = "socket-utils/basics-02.rs"]
mod basics_02;
#[path = "socket-utils/basics-03.rs"]
mod basics_03;
#[path = "ntp-client/basics-04.rs"]
mod basics_04;
#[path = "ntp-client/basics-05.rs"]
mod basics_05;
#[path = "echo-service/echo-client.rs"]
mod echo_client;
#[path = "echo-service/echo-server.rs"]
mod echo_server;
#[path = "socket-server/server-01.rs"]
mod server_01;
#[path = "socket-server/server-02.rs"]
mod server_02;
#[path = "socket-server/server-03.rs"]
mod server_03;
#[path = "socket-server/server-04.rs"]
mod server_04;
#[path = "socket-server/server-05.rs"]
mod server_05;
#[path = "socket-http-client/socket-01.rs"]
mod socket_01;
#[path = "socket-http-client/socket-02.rs"]
mod socket_02;
#[path = "socket-http-client/socket-03.rs"]
mod socket_03;
#[path = "socket-http-client/socket-04.rs"]
mod socket_04;
#[path = "socket-http-client/socket-05.rs"]
mod socket_05;
#[path = "tcp/tcp-client.rs"]
mod tcp_client;
#[path = "tcp/tcp-server.rs"]
mod tcp_server;
#[path = "udp/udp-client.rs"]
mod udp_client;
#[path = "udp/udp-server.rs"]
mod udp_server;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_has_the_same_parts_in_the_same_order() {
        for program in PROGRAMS {
            let header = program.header();
            assert!(header.starts_with(&format!("{}: ", program.name)), "{header}");
            let mut rest = header.as_str();
            for part in ["\nNew here: ", "\nRun: ", "\nTry: ", "\nThe question: "] {
                let at = rest.find(part);
                assert!(
                    at.is_some(),
                    "{}: {part:?} should be in the header, in this order",
                    program.name
                );
                rest = &rest[at.unwrap()..];
            }
            let lines = program.source.lines();
            assert!(
                lines.clone().all(|line| line.len() <= 100) && (25..=140).contains(&lines.count()),
                "{}: should have 25 to 140 lines, of at most 100 bytes each",
                program.name
            );
        }
    }

    #[test]
    fn the_usage_comes_from_the_header() {
        let usage = |name| find(name).unwrap().usage();
        assert_eq!(usage("server-03"), "server-03 [PORT]");
        assert_eq!(usage("tcp-client"), "tcp-client [HOST [PORT]]");
        for program in PROGRAMS {
            assert!(program.code().starts_with("use "), "{}", program.name);
            assert_eq!(
                program.usage().contains('['),
                program.takes_arguments(),
                "{}",
                program.name
            );
        }
    }

    #[test]
    fn old_names_find_the_program() {
        for (old, new) in [
            ("basic-01", "basics-01"),
            ("UDPClient.py", "udp-client"),
            ("TCPServer", "tcp-server"),
            ("server-03.py", "server-03"),
            ("SOCKET-05", "socket-05"),
        ] {
            assert_eq!(find(old).map(|program| program.name), Some(new));
        }
        assert!(find("server-06").is_none());
        assert_eq!(PROGRAMS.len(), 21);
    }
}
