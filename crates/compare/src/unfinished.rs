//! Where how much went through a connection is chance: it was cut, or nobody read, and the kernel's buffers were full.

use std::collections::{BTreeMap, HashMap};

use socklab_event::{Args, Call};
use socklab_flows::{ConnectionKind, Flows, Position};

use crate::reading::{Key, is_socket_killed};
use crate::track::Track;

/// Finds the calls that tell a stream whether the kernel takes more bytes, besides those that send.
#[derive(Debug, Default)]
pub(crate) struct Room {
    /// Which socket had an inode last: a `poll` names several.
    sockets: HashMap<u64, usize>,
}

impl Room {
    /// The streams that a call tells whether there is room for more.
    pub(crate) fn told(
        &mut self,
        flows: &Flows<'_>,
        at: Position,
        call: &Call,
    ) -> Vec<(usize, bool)> {
        let socket = flows.socket_at(at);
        let inode = call.socket.as_ref().and_then(|socket| socket.inode);
        self.sockets.extend(inode.zip(socket));
        let mut told = Vec::new();
        match &call.args {
            Args::Poll { waits, .. } if call.value().is_some() && !flows.is_recorders_doing(at) => {
                for wait in waits.iter().filter(|wait| wait.wants.has("POLLOUT")) {
                    let inode = wait.socket.as_ref().and_then(|socket| socket.inode);
                    let known = inode.and_then(|inode| self.sockets.get(&inode)).copied();
                    told.extend(known.map(|socket| (socket, !wait.got.is_empty())));
                }
            }
            // It waits for room to the end.
            _ if call.sends() && flows.is_pending_at_end(at) => {
                told.extend(socket.map(|it| (it, false)));
            }
            _ => {}
        }
        told.retain(|(socket, _)| flows.sockets[*socket].is_stream());
        told
    }
}

/// Marks what is chance in what the ends of connections sent and received.
pub(crate) fn mark(flows: &Flows<'_>, tracks: &mut BTreeMap<Key, Track>) {
    let streams = flows.connections.iter().filter(|connection| {
        connection.kind == ConnectionKind::Stream && !connection.is_to_itself()
    });
    for connection in streams {
        for side in 0..2 {
            let [own, other] = [side, 1 - side].map(|side| connection.ends[side].socket);
            let Some(own) = own else { continue };
            lost(flows, tracks, own, other);
            full(tracks, own, other);
        }
    }
}

/// Where a connection was cut, how much went through before is chance for the end that did not cut it.
fn lost(flows: &Flows<'_>, tracks: &mut BTreeMap<Key, Track>, own: usize, other: Option<usize>) {
    let kills = other.is_some_and(|other| is_socket_killed(flows, other));
    let unread = other.and_then(|other| {
        let other = tracks.get(&Key::Socket(other))?;
        other.is_closed.then_some(other.received)
    });
    if let Some(track) = tracks.get_mut(&Key::Socket(own)) {
        let torn = unread.is_some_and(|received| received < track.sent);
        if torn || kills || track.is_cut {
            track.forget_how_much(kills);
        }
    }
}

/// Where an end was left without room for more, how much fit is chance, for both ends.
fn full(tracks: &mut BTreeMap<Key, Track>, own: usize, other: Option<usize>) {
    let Some(track) = tracks.get_mut(&Key::Socket(own)).filter(|track| track.is_full) else {
        return;
    };
    track.ends_full(true);
    if let Some(other) = other.and_then(|other| tracks.get_mut(&Key::Socket(other))) {
        other.ends_full(false);
    }
}
