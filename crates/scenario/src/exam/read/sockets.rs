//! About sockets, descriptors, ports and the calls that make connections.

use std::collections::BTreeSet;

use socklab_event::{Args, Call, SocketType};
use socklab_flows::Position;
use socklab_say::sentence;

use super::{Draft, View, call as said, number};
use crate::exam::view::Made;

/// The first descriptor that a program has not inherited: 0 to 2 are its input and its two outputs.
const FIRST: i32 = 3;

pub(super) fn all(view: &View<'_>) -> Vec<Draft> {
    let accepted: Vec<Made<'_>> = view
        .on_sockets(SocketType::STREAM)
        .filter(|(_, call)| matches!(call.args, Args::Accept { .. }) && call.value().is_some())
        .collect();
    let mut found = Vec::new();
    found.extend(first_descriptor(view));
    found.extend(not_connected(view));
    found.extend(name_server(view));
    found.extend(waits_for_client(view, &accepted));
    found.extend(accept_gives(view, &accepted));
    found.extend(which_descriptor(view, &accepted));
    found.extend(open_sockets(view, &accepted));
    found.extend(backlog(view, &accepted));
    found.extend(port_of_client(view, &accepted));
    found.extend(own_port(view));
    found
}

fn about(view: &View<'_>, kind: &'static str, (at, call): Made<'_>) -> Draft {
    Draft::new(kind, call.library_name()).number("nth", view.nth(at)).shown_by([at])
}

fn plain(descriptor: i32) -> u64 {
    u64::try_from(descriptor).unwrap_or(0)
}

/// `socket` returned 3.
fn first_descriptor(view: &View<'_>) -> Option<Draft> {
    let made = view.on_sockets(SocketType::STREAM).chain(view.on_sockets(SocketType::DGRAM));
    let mut made = made.filter(|(_, call)| matches!(call.args, Args::Socket { .. }));
    let first = made.find(|(_, call)| call.new_fd() == Some(FIRST))?;
    let draft = about(view, "first-descriptor", first);
    Some(draft.choice("lowest").choice("third").choice("stream").choice("chance"))
}

/// A stream was made, and neither connected nor listened on.
fn not_connected(view: &View<'_>) -> Option<Draft> {
    let uses = |call: &Call| matches!(call.args, Args::Connect { .. } | Args::Listen { .. });
    let mut made = view.on_sockets(SocketType::STREAM);
    let found = made.find(|(at, call)| {
        let socket = view.flows.socket_at(*at);
        matches!(call.args, Args::Socket { .. })
            && call.value().is_some()
            && socket.is_some_and(|socket| !view.on(socket).any(|(_, call)| uses(call)))
    })?;
    let draft = about(view, "not-connected", found);
    Some(draft.choice("nobody").choice("host").choice("kernel").choice("itself"))
}

/// A library asked a name server.
fn name_server(view: &View<'_>) -> Option<Draft> {
    let own: BTreeSet<Position> = view.calls().map(|(at, _)| at).collect();
    let is_own = |calls: &[Position]| calls.iter().any(|at| own.contains(at));
    let lookup = view.flows.lookups.iter().find(|it| is_own(&it.calls) && !it.by_stream)?;
    let (name, port) = (lookup.names.first()?, lookup.server.port()?);
    let sent = lookup.calls.iter().find(|at| view.flows.call(**at).is_some_and(Call::sends))?;
    let draft = Draft::new("name-server", "sendto").with("name", name).with("port", port);
    Some(draft.shown_by([*sent]).choice("server").choice("host").choice("kernel").choice("web"))
}

/// The program was in exactly one call when its first client connected.
fn waits_for_client(view: &View<'_>, accepted: &[Made<'_>]) -> Option<Draft> {
    let (at, _) = accepted.first()?;
    let socket = view.flows.socket_at(*at)?;
    let connected = view.connection(socket)?.connected?;
    let peer = view.user(view.other(socket)?)?;
    let waiting = view.inside(view.flows.call(connected)?.began);
    let &[(waits, call)] = &waiting[..] else { return None };
    let can = matches!(call.args, Args::Accept { .. } | Args::Poll { .. } | Args::EpollWait { .. });
    can.then_some(())?;
    let name = call.library_name();
    let draft = about(view, "waits-for-client", (waits, call)).with("peer", peer);
    let draft = draft.shown_by([connected]).says("right", said(name));
    let draft = draft.says("listen", said("listen")).says("receive", said("recv"));
    Some(draft.says("accept", said("accept")).says("bind", said("bind")))
}

/// `accept` returned a descriptor over which the program then spoke.
fn accept_gives(view: &View<'_>, accepted: &[Made<'_>]) -> Option<Draft> {
    let (at, call) = *accepted.first()?;
    let socket = view.flows.socket_at(at)?;
    let (used, _) = view.on(socket).find(|(_, call)| call.moves_data())?;
    let draft =
        about(view, "accept-gives", (at, call)).with("peer", view.user(view.other(socket)?)?);
    let draft = draft.number("new", plain(call.new_fd()?)).number("old", plain(call.fd?));
    Some(draft.shown_by([used]).choice("one").choice("copy").choice("count").choice("all"))
}

/// A second client's bytes were received on the descriptor that `accept` had returned for it.
fn which_descriptor(view: &View<'_>, accepted: &[Made<'_>]) -> Option<Draft> {
    let (at, call) = *accepted.get(1)?;
    let socket = view.flows.socket_at(at)?;
    let peer = view.user(view.other(socket)?)?;
    let (used, read) = view.on(socket).find(|(_, call)| call.received() > Some(0))?;
    let (listener, fd) = (call.fd?, read.fd?);
    let first = accepted.first().and_then(|(_, call)| call.new_fd())?;
    let draft = about(view, "which-descriptor", (used, read)).with("peer", peer);
    let draft = draft.number("fd", plain(fd)).number("listener", plain(listener)).shown_by([at]);
    let draft = draft.says("own", number(plain(fd))).says("listener", number(plain(listener)));
    let draft = draft.says("first", number(plain(first))).says("next", number(plain(fd) + 1));
    Some(draft.says("input", number(0)))
}

/// How many sockets were open when the second client was accepted.
fn open_sockets(view: &View<'_>, accepted: &[Made<'_>]) -> Option<Draft> {
    let (at, call) = *accepted.get(1)?;
    let peer = view.user(view.other(view.flows.socket_at(at)?)?)?;
    let process = view.event(at).place.process;
    let is_stream = |socket: &usize| {
        view.flows.sockets[*socket].is_stream()
            && view.flows.sockets[*socket].identity.local.is_some()
    };
    let sockets = (0..view.flows.sockets.len()).filter(is_stream);
    let mut known = true;
    let open = sockets
        .filter(|socket| {
            let mut held = view.flows.holders.at(*socket, at).filter(|it| it.process == process);
            let is_held = held.next().is_some();
            known &= !is_held || view.flows.holders.are_known(*socket);
            is_held
        })
        .count() as u64;
    (known && open >= 2).then_some(())?;
    let draft = about(view, "open-sockets", (at, call)).with("peer", peer).number("open", open);
    let draft = draft.says("open", number(open)).says("more", number(open + 1));
    Some(draft.says("one", number(1)).says("less", number(open - 1)).says("none", number(0)))
}

/// More clients were served than the number that was given to `listen`.
fn backlog(view: &View<'_>, accepted: &[Made<'_>]) -> Option<Draft> {
    let mut listens = view.on_sockets(SocketType::STREAM);
    let (at, call) = listens.find(|(_, call)| matches!(call.args, Args::Listen { .. }))?;
    let Args::Listen { backlog } = call.args else { return None };
    let served = accepted.len() as u64;
    (backlog > 0 && plain(backlog) < served).then_some(())?;
    let draft = Draft::new("backlog", "listen").number("backlog", plain(backlog));
    let draft =
        draft.number("served", served).shown_by([at]).shown_by(accepted.last().map(|it| it.0));
    Some(draft.choice("waiting").choice("together").choice("kernel").choice("bytes"))
}

/// A client did not ask for a port of its own.
fn port_of_client(view: &View<'_>, accepted: &[Made<'_>]) -> Option<Draft> {
    let (at, call) = *accepted.first()?;
    let socket = view.flows.socket_at(at)?;
    let other = view.other(socket)?;
    let binds = view.all_on(other).any(|(_, call)| matches!(call.args, Args::Bind { .. }));
    (!binds).then_some(())?;
    let connected = view.connection(socket)?.connected?;
    let draft = about(view, "port-of-client", (at, call)).with("peer", view.user(other)?);
    let draft = draft.with("port", view.far(socket)?.port()?).shown_by([connected]);
    Some(draft.choice("connect").choice("client").choice("accept").choice("listen"))
}

/// The program connected without `bind`.
fn own_port(view: &View<'_>) -> Option<Draft> {
    let mut calls = view.on_sockets(SocketType::STREAM);
    let (at, call) = calls
        .find(|(_, call)| matches!(call.args, Args::Connect { .. }) && call.value().is_some())?;
    let socket = view.flows.socket_at(at)?;
    let binds = view.all_on(socket).any(|(_, call)| matches!(call.args, Args::Bind { .. }));
    (!binds).then_some(())?;
    let identity = &view.flows.sockets[socket].identity;
    let (own, far) = (identity.local.as_ref()?.port()?, identity.peer.as_ref()?.port()?);
    let say = |port: u16| sentence!("exam-say-port", port = port);
    let draft = about(view, "own-port", (at, call)).with("own", own).with("far", far);
    let draft = draft.says("kernel", say(own)).says("same", say(far)).says("zero", say(0));
    Some(draft.says("next", say(own.wrapping_add(1))))
}
