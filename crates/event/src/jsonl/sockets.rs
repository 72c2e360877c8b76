//! Where the arguments of a call name sockets other than the call's own: in memory and in JSON, in
//! the same order.

use std::sync::Arc;

use serde_json::Value;

use crate::{Args, SocketId};

pub(super) fn in_memory(args: &mut Args) -> Vec<&mut Option<Arc<SocketId>>> {
    match args {
        Args::Socketpair { second: other, .. } | Args::Accept { listener: other, .. } => {
            vec![other]
        }
        Args::Poll { waits, .. } => waits.iter_mut().map(|wait| &mut wait.socket).collect(),
        _ => Vec::new(),
    }
}

/// As [`in_memory`], without the right to change them.
pub(super) fn named(args: &Args) -> Vec<Option<&Arc<SocketId>>> {
    match args {
        Args::Socketpair { second: other, .. } | Args::Accept { listener: other, .. } => {
            vec![other.as_ref()]
        }
        Args::Poll { waits, .. } => waits.iter().map(|wait| wait.socket.as_ref()).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn in_json(args: &mut Value) -> Vec<Option<&mut Value>> {
    match args.get("kind").and_then(Value::as_str) {
        Some("socketpair") => vec![args.get_mut("second")],
        Some("accept") => vec![args.get_mut("listener")],
        Some("poll") => match args.get_mut("waits") {
            Some(Value::Array(waits)) => {
                waits.iter_mut().map(|wait| wait.get_mut("socket")).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
