//! The messages between the engine and a scripted peer, one line of JSON each.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use socklab_event::Errno;

use crate::format::Op;

/// What a peer is to do now.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) deed: Deed,
    /// The address that a name in the deed stands for.
    pub(crate) address: Option<SocketAddr>,
    /// The conversation that it is about; empty for the one without a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) on: String,
}

/// Something that a peer can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Deed {
    /// A word of the format that receives nothing.
    Op(Op),
    /// Receives.
    Receive(Receive),
}

/// How much a peer receives. It is not told what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Receive {
    /// This many bytes.
    Exactly(u64),
    /// Until this text has arrived.
    Until(String),
    /// One call with a buffer of this size.
    Once(u64),
    /// All bytes until the end of the stream.
    All,
    /// All bytes until the end of the stream, in pieces of at most this size, and sends each back.
    Echo(u64),
    /// One datagram.
    Datagram,
    /// One datagram that is no copy of one received before.
    NewDatagram,
    /// What has arrived and not been received, without waiting.
    Waiting,
    /// This many bytes, while it sends this text and perhaps ends its half after it.
    Exchange { send: String, length: u64, finish: bool },
}

/// The result of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    Done,
    /// It has paused, this much longer than it should have, in ms.
    Paused {
        late: u64,
    },
    Failed {
        call: String,
        error: Errno,
    },
}

/// A reply, and the line that it replies to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) order: String,
    pub(crate) reply: Reply,
}

impl Report {
    /// The conversation that the order was about; empty for the one without a name.
    pub(crate) fn on(&self) -> String {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct On {
            on: String,
        }
        serde_json::from_str::<On>(&self.order).map(|order| order.on).unwrap_or_default()
    }
}
