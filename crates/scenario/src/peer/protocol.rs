//! The messages between the engine and a scripted peer, one line of JSON each.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use socklab_event::{Bytes, Errno};

use crate::format::Op;
use crate::step_end::{Comparison, Stopped};

/// What a peer is to do now.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) op: Op,
    /// The address that a name in `op` stands for.
    pub(crate) address: Option<SocketAddr>,
    /// How long receiving may take; `None` means forever.
    pub(crate) within_ms: Option<u64>,
}

/// The result of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    Done,
    Mismatch { how: Comparison, expected: Bytes, got: Bytes, skipped: u64, stopped: Stopped },
    Failed { call: String, error: Errno },
}

/// A reply, and the line that it replies to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) order: String,
    pub(crate) reply: Reply,
}
