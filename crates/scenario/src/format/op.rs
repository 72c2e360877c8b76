//! What a scripted peer can be told to do: one word is one call, or a short obvious few.

use serde::{Deserialize, Serialize};

/// One operation of a scripted peer. In a file: `{ connect = "server" }`, or only `"close"`.
///
/// Bytes are written as text in which `{letters:N}`, `{LETTERS:N}` and `{random:N}` stand for
/// N bytes that follow from the seed, and `\n`, `\r`, `\t`, `\0`, `\\` and `\xNN` for a byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Op {
    /// `socket(AF_INET, SOCK_STREAM)`.
    Tcp,
    /// `socket(AF_INET, SOCK_DGRAM)`.
    Udp,
    /// `setsockopt` on the socket just made.
    Option(SetOption),
    /// `bind` to `IP:PORT`.
    Bind(String),
    /// `listen` with this backlog.
    Listen(i32),
    /// `accept`: the new connection is what the next words are about.
    Accept,
    /// `connect` to an actor, or to `IP:PORT`; opens a TCP socket if there is none.
    Connect(String),
    /// So many connections to an actor or to `IP:PORT`, kept open with nothing said.
    ConnectMany(ConnectMany),
    /// `send` until all is taken.
    Send(String),
    /// A `send` for each piece; the next only when the other end has read the one before, so
    /// that they arrive as pieces.
    SendPieces(Vec<String>),
    /// One `sendto`: a datagram to an actor, to `IP:PORT`, or to whoever sent the last one
    /// (`sender`).
    SendTo(SendTo),
    /// Receives until there are as many bytes as these (or the end), and compares.
    Expect(String),
    /// The same, in upper case or lower.
    ExpectIgnoreCase(String),
    /// Receives until these have come (or the end).
    ExpectContains(String),
    /// Receives exactly so many bytes, whatever they are.
    ExpectLength(u64),
    /// One datagram, whole, which must be these bytes.
    ExpectDatagram(String),
    /// One `recv` with room for so many bytes, whatever comes.
    Recv(u64),
    /// Receives until the end of the stream; nothing more may come before it.
    ExpectEnd,
    /// Receives until the end of the stream, whatever comes before it.
    Drain,
    /// Sends and receives at the same time, as both ends must when there is much to say.
    Exchange(Exchange),
    /// `shutdown(SHUT_WR)`: "I have said everything".
    Finish,
    /// `close`.
    Close,
    /// `close` with `SO_LINGER` 0: RST in place of FIN.
    Reset,
    /// Stops listening: `close` on the listening socket.
    CloseListener,
    /// From here on SIGPIPE ends this peer, as it does a C program.
    SigpipeKills,
}

/// See [`Op::Option`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetOption {
    /// One of [`OPTIONS`].
    pub name: String,
    /// Its value: 0 or 1, or bytes.
    pub value: i32,
}

/// See [`Op::ConnectMany`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectMany {
    /// An actor, or `IP:PORT`.
    pub to: String,
    /// How many.
    pub count: u32,
}

/// See [`Op::SendTo`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendTo {
    /// An actor, `IP:PORT`, or `sender`.
    pub to: String,
    /// The datagram.
    pub bytes: String,
}

/// See [`Op::Exchange`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What to send.
    pub send: String,
    /// What must come back, exactly.
    pub expect: String,
    /// Half-close after sending.
    #[serde(default)]
    pub finish: bool,
}

/// How the words look that do not stand alone.
const EXAMPLES: [(&str, &str); 15] = [
    ("option", r#"{ option = { name = "TCP_NODELAY", value = 1 } }"#),
    ("bind", r#"{ bind = "{host}:{port}" }"#),
    ("listen", "{ listen = 5 }"),
    ("connect", r#"{ connect = "server" }"#),
    ("connect_many", r#"{ connect_many = { to = "server", count = 8 } }"#),
    ("send", r#"{ send = "hola\n" }"#),
    ("send_pieces", r#"{ send_pieces = ["ho", "la"] }"#),
    ("send_to", r#"{ send_to = { to = "server", bytes = "hola" } }"#),
    ("expect", r#"{ expect = "HOLA\n" }"#),
    ("expect_ignore_case", r#"{ expect_ignore_case = "hola" }"#),
    ("expect_contains", r#"{ expect_contains = "hola" }"#),
    ("expect_length", "{ expect_length = 4 }"),
    ("expect_datagram", r#"{ expect_datagram = "HOLA" }"#),
    ("recv", "{ recv = 16 }"),
    ("exchange", r#"{ exchange = { send = "hola", expect = "HOLA" } }"#),
];

/// An example of a word that needs to be told more.
pub(super) fn example(word: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == word).map(|(_, example)| *example)
}

/// The socket options a peer can set.
pub const OPTIONS: [&str; 6] =
    ["SO_REUSEADDR", "SO_REUSEPORT", "SO_RCVBUF", "SO_SNDBUF", "TCP_NODELAY", "TCP_QUICKACK"];

impl Op {
    /// Every text of it in which placeholders and escapes are read.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Send(text)
            | Self::Expect(text)
            | Self::ExpectIgnoreCase(text)
            | Self::ExpectContains(text)
            | Self::ExpectDatagram(text) => vec![text],
            Self::SendPieces(pieces) => pieces.iter().map(String::as_str).collect(),
            Self::SendTo(send) => vec![&send.bytes],
            Self::Exchange(exchange) => vec![&exchange.send, &exchange.expect],
            _ => Vec::new(),
        }
    }

    /// The actor or address it names.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::Connect(target) | Self::Bind(target) => Some(target),
            Self::SendTo(send) => Some(&send.to),
            Self::ConnectMany(many) => Some(&many.to),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_what_it_is_an_example_of() {
        #[derive(Deserialize)]
        struct Step {
            r#do: Vec<Op>,
        }
        for (word, example) in EXAMPLES {
            let step: Step = toml::from_str(&format!("do = [{example}]")).expect(example);
            let json = serde_json::to_string(&step.r#do[0]).expect("JSON");
            assert!(json.starts_with(&format!("{{\"{word}\":")), "{word}: {json}");
        }
    }
}
