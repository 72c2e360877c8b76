//! The operations of scripted peers: mostly one system call per word.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::expected::{Expected, PatternText};

/// One operation of a scripted peer. In a file: `{ connect = "server" }`, or only `"close"`.
///
/// Bytes are text in which `{letters:N}`, `{LETTERS:N}` and `{random:N}` stand for
/// N bytes that follow from the seed, and `\n`, `\r`, `\t`, `\0`, `\\` and `\xNN` for a byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
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
    /// `accept`: the next words apply to the new connection.
    Accept,
    /// `connect` to an actor, or to `IP:PORT`; opens a TCP socket if there is none.
    Connect(String),
    /// Several connections to an actor or to `IP:PORT`, kept open and not used.
    ConnectMany(ConnectMany),
    /// `send` until everything is sent.
    Send(String),
    /// A `send` for each piece, once the other end has read the previous one, so that they arrive
    /// as pieces.
    SendPieces(Vec<String>),
    /// One `sendto`: a datagram to an actor, to `IP:PORT`, or to the sender of the last one
    /// (`sender`).
    SendTo(SendTo),
    /// Receives as many bytes as these, and compares them.
    Expect(String),
    /// The same, but upper and lower case (ASCII) count as equal.
    ExpectIgnoreCase(String),
    /// Receives until these bytes have arrived.
    ExpectContains(String),
    /// Receives exactly this many bytes; any bytes will do.
    ExpectLength(u64),
    /// Receives a line with its `\n`, which must look like this.
    ExpectLine(PatternText),
    /// Receives until the end of the stream, and all that must look like this.
    ExpectRest(PatternText),
    /// Receives one datagram, which must be exactly these bytes, or look like this.
    ExpectDatagram(Expected),
    /// The same, but copies of datagrams that were received before are passed over, from then on:
    /// who gets no answer in time sends again.
    ExpectNewDatagram(Expected),
    /// One `recv` with a buffer of this many bytes; it may return any bytes.
    Recv(u64),
    /// Receives the end of the stream; no bytes may come before it.
    ExpectEnd,
    /// Receives until the end of the stream; any bytes may come before it.
    Drain,
    /// What comes from now on in this conversation is not judged, unless a later word expects it.
    IgnoreRest,
    /// Sends and receives at the same time, as both ends must when the data exceeds the buffers
    /// between them.
    Exchange(Exchange),
    /// Sends back what arrives, until the end of the stream: at most this many bytes at a time, and
    /// each time once the other end has read the ones before.
    Echo(u64),
    /// `shutdown(SHUT_WR)`: FIN, and the peer can still receive.
    Finish,
    /// `close`.
    Close,
    /// `close` with `SO_LINGER` 0: RST instead of FIN.
    Reset,
    /// `close` on the listening socket.
    CloseListener,
    /// From now on SIGPIPE kills this peer, as it kills a C program; until then it is ignored.
    SigpipeKills,
    /// Does nothing for this many ms, as [`socklab_kernel::pause`] counts them.
    #[serde(rename = "pause_ms")]
    Pause(u64),
}

/// See [`Op::Option`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetOption {
    /// Which option.
    pub name: SocketOption,
    /// Its value: 0 or 1 for a switch, bytes for a buffer, seconds for a time, a number of probes.
    pub value: i32,
}

/// A socket option that a peer can set, `socket(7)` and `tcp(7)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SocketOption {
    /// `SO_REUSEADDR`: bind even if earlier connections are in `TIME_WAIT`.
    #[serde(rename = "SO_REUSEADDR")]
    ReuseAddress,
    /// `SO_REUSEPORT`: share a port.
    #[serde(rename = "SO_REUSEPORT")]
    ReusePort,
    /// `SO_RCVBUF`, bytes; the kernel doubles it.
    #[serde(rename = "SO_RCVBUF")]
    ReceiveBuffer,
    /// `SO_SNDBUF`, bytes; the kernel doubles it.
    #[serde(rename = "SO_SNDBUF")]
    SendBuffer,
    /// `TCP_NODELAY`: no Nagle algorithm.
    #[serde(rename = "TCP_NODELAY")]
    NoDelay,
    /// `TCP_QUICKACK`: no delayed acknowledgements.
    #[serde(rename = "TCP_QUICKACK")]
    QuickAck,
    /// `SO_KEEPALIVE`: ask an end that has been silent for long whether it still exists.
    #[serde(rename = "SO_KEEPALIVE")]
    KeepAlive,
    /// `TCP_KEEPIDLE`, seconds: for how long it has to be silent.
    #[serde(rename = "TCP_KEEPIDLE")]
    KeepIdle,
    /// `TCP_KEEPINTVL`, seconds: how soon it is asked again.
    #[serde(rename = "TCP_KEEPINTVL")]
    KeepInterval,
    /// `TCP_KEEPCNT`: how many times it is asked in vain before the connection is given up.
    #[serde(rename = "TCP_KEEPCNT")]
    KeepCount,
}

impl SocketOption {
    /// The values that the kernel takes, where others are refused: `net/ipv4/tcp.c`,
    /// `MAX_TCP_KEEPIDLE` and its like.
    pub(super) fn values(self) -> Option<RangeInclusive<i32>> {
        match self {
            Self::KeepIdle | Self::KeepInterval => Some(1..=32_767),
            Self::KeepCount => Some(1..=127),
            _ => None,
        }
    }
}

/// See [`Op::ConnectMany`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectMany {
    /// An actor, or `IP:PORT`.
    pub to: String,
    /// How many connections.
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

/// In [`Op::SendTo`]: the sender of the last datagram received.
pub(crate) const SENDER: &str = "sender";

/// How to write the words that need a value.
const EXAMPLES: [(&str, &str); 20] = [
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
    ("expect_line", r"{ expect_line = { pattern = '\d\d:\d\d\r\n' } }"),
    ("expect_rest", r"{ expect_rest = { pattern = '(?s)220 .*' } }"),
    ("expect_datagram", r#"{ expect_datagram = "HOLA" }"#),
    ("expect_new_datagram", r#"{ expect_new_datagram = "HOLA" }"#),
    ("recv", "{ recv = 16 }"),
    ("echo", "{ echo = 65536 }"),
    ("pause_ms", "{ pause_ms = 1200 }"),
    ("exchange", r#"{ exchange = { send = "hola", expect = "HOLA" } }"#),
];

/// How to write a word that needs a value.
pub(super) fn example(word: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == word).map(|(_, example)| *example)
}

impl Op {
    /// Its texts that may contain placeholders and escapes.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Send(text)
            | Self::Expect(text)
            | Self::ExpectIgnoreCase(text)
            | Self::ExpectContains(text) => vec![text],
            Self::ExpectLine(PatternText { pattern, .. })
            | Self::ExpectRest(PatternText { pattern, .. }) => vec![pattern],
            Self::ExpectDatagram(expected) | Self::ExpectNewDatagram(expected) => {
                vec![expected.text()]
            }
            Self::SendPieces(pieces) => pieces.iter().map(String::as_str).collect(),
            Self::SendTo(send) => vec![&send.bytes],
            Self::Exchange(exchange) => vec![&exchange.send, &exchange.expect],
            _ => Vec::new(),
        }
    }

    /// The same texts, and the addresses, for what is different in each round of a loop.
    pub(super) fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Send(text)
            | Self::Expect(text)
            | Self::ExpectIgnoreCase(text)
            | Self::ExpectContains(text)
            | Self::Connect(text)
            | Self::Bind(text) => vec![text],
            Self::ExpectLine(PatternText { pattern, .. })
            | Self::ExpectRest(PatternText { pattern, .. }) => vec![pattern],
            Self::ExpectDatagram(expected) | Self::ExpectNewDatagram(expected) => {
                vec![expected.text_mut()]
            }
            Self::SendPieces(pieces) => pieces.iter_mut().collect(),
            Self::SendTo(send) => vec![&mut send.bytes, &mut send.to],
            Self::Exchange(exchange) => vec![&mut exchange.send, &mut exchange.expect],
            Self::ConnectMany(many) => vec![&mut many.to],
            _ => Vec::new(),
        }
    }

    /// The pattern that is its text, if it has one.
    pub fn pattern(&self) -> Option<&PatternText> {
        match self {
            Self::ExpectLine(pattern) | Self::ExpectRest(pattern) => Some(pattern),
            Self::ExpectDatagram(Expected::Pattern(pattern))
            | Self::ExpectNewDatagram(Expected::Pattern(pattern)) => Some(pattern),
            _ => None,
        }
    }

    pub(super) fn pattern_mut(&mut self) -> Option<&mut PatternText> {
        match self {
            Self::ExpectLine(pattern) | Self::ExpectRest(pattern) => Some(pattern),
            Self::ExpectDatagram(Expected::Pattern(pattern))
            | Self::ExpectNewDatagram(Expected::Pattern(pattern)) => Some(pattern),
            _ => None,
        }
    }

    /// Its word in a file: `send_to`.
    pub fn word(&self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(word)) => word,
            Ok(serde_json::Value::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
            _ => String::new(),
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
    fn every_example_is_read_as_its_word() {
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
