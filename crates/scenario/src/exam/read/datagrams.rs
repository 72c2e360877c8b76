//! About datagrams.

use std::collections::BTreeSet;

use socklab_event::{Args, Call, Endpoint, SocketType};
use socklab_flows::Position;
use socklab_say::sentence;

use super::{Draft, View, number};
use crate::exam::view::Made;

pub(super) fn all(view: &View<'_>) -> Vec<Draft> {
    let calls: Vec<Made<'_>> = view.on_sockets(SocketType::DGRAM).collect();
    let got: Vec<Made<'_>> =
        calls.iter().copied().filter(|(_, call)| call.received().is_some()).collect();
    let sent: Vec<Made<'_>> =
        calls.iter().copied().filter(|(_, call)| call.sent().is_some()).collect();
    let mut found = Vec::new();
    found.extend(whose_address(view, &got));
    found.extend(one_socket(view, &got, &sent));
    found.extend(each_its_call(view, &got));
    found.extend(sent_means(view, &calls, &sent));
    found.extend(port_at_send(view, &calls, &sent));
    found.extend(room_left(view, &got));
    found
}

fn about(view: &View<'_>, kind: &'static str, (at, call): Made<'_>) -> Draft {
    Draft::new(kind, call.library_name()).number("nth", view.nth(at)).shown_by([at])
}

/// The send that a received datagram came from, if it is certain.
fn origin(view: &View<'_>, at: Position) -> Option<Position> {
    let [(transfer, part)] = view.flows.got_at(at) else { return None };
    let transfer = &view.flows.transfers[*transfer];
    (!transfer.parts[*part].inferred).then_some(transfer.sent)
}

fn address(call: &Call) -> Option<Endpoint> {
    let Args::Recv { from: Some(from), .. } = &call.args else { return None };
    Some(from.unmapped())
}

/// A receive reported the address of a sender that was recorded.
fn whose_address(view: &View<'_>, got: &[Made<'_>]) -> Option<Draft> {
    let (at, call, sent) = got.iter().find_map(|(at, call)| {
        address(call)?;
        Some((*at, *call, origin(view, *at)?))
    })?;
    let from = address(call)?;
    let own = view.flows.sockets[view.flows.socket_at(at)?].identity.local.as_ref()?.port()?;
    let peer = view.flows.actor_at(sent)?;
    let say = |port: u16| sentence!("exam-say-port", port = port);
    let draft = about(view, "whose-address", (at, call)).with("peer", peer);
    let draft = draft.with("from", from.port()?).with("own", own).shown_by([sent]);
    let draft = draft.says("sender", say(from.port()?)).says("own", say(own)).says("zero", say(0));
    Some(draft.says("next", say(from.port()?.wrapping_add(1))))
}

/// Several senders were heard and answered.
fn one_socket(view: &View<'_>, got: &[Made<'_>], sent: &[Made<'_>]) -> Option<Draft> {
    let senders: BTreeSet<String> =
        got.iter().filter_map(|(_, call)| address(call)?.brief()).collect();
    let sockets: BTreeSet<usize> =
        got.iter().chain(sent).filter_map(|(at, _)| view.flows.socket_at(*at)).collect();
    let (senders, used) = (senders.len() as u64, sockets.len() as u64);
    (senders >= 2).then_some(())?;
    let last = *got.last()?;
    let draft = about(view, "one-socket", last).number("senders", senders).number("used", used);
    let draft = draft.shown_by(got.first().map(|it| it.0)).says("used", number(used));
    let draft = draft.says("each", number(senders)).says("more", number(senders + 1));
    Some(draft.says("none", number(0)))
}

/// Several datagrams arrived, with bytes in them.
fn each_its_call(view: &View<'_>, got: &[Made<'_>]) -> Option<Draft> {
    let full: Vec<&Made<'_>> = got.iter().filter(|(_, call)| call.received() > Some(0)).collect();
    let all = full.iter().filter_map(|(_, call)| call.received()).sum::<u64>();
    let calls = full.len() as u64;
    // Each of them is the whole of one message.
    let whole = full.iter().all(|(at, _)| {
        origin(view, *at).is_some_and(|sent| {
            let sent = view.flows.sent_at(sent).iter();
            sent.map(|index| &view.flows.transfers[*index]).all(|it| it.is_whole())
        })
    });
    (calls >= 2 && whole).then_some(())?;
    let draft = about(view, "each-its-call", **full.last()?).number("calls", calls);
    let draft = draft.number("all", all).shown_by(full.iter().map(|it| it.0));
    let draft = draft.says("calls", number(calls)).says("one", number(1));
    Some(draft.says("bytes", number(all)).says("more", number(calls + 1)))
}

/// A client's send returned before anybody had received the datagram. (Who waits for a server's answer
/// is in a receive already.)
fn sent_means(view: &View<'_>, calls: &[Made<'_>], sent: &[Made<'_>]) -> Option<Draft> {
    let (at, call) = *sent.iter().find(|(_, call)| call.sent() > Some(0))?;
    let bound = calls.iter().any(|(_, call)| matches!(call.args, Args::Bind { .. }));
    (!bound).then_some(())?;
    let parts = view.flows.sent_at(at).iter();
    let parts = parts.flat_map(|index| &view.flows.transfers[*index].parts);
    let read = parts.map(|part| part.received).min()?;
    // Who was in its receive already might have returned as soon.
    (view.flows.call(read)?.began > call.ended).then_some(())?;
    let draft = about(view, "datagram-means", (at, call)).number("took", call.sent()?);
    let draft = draft.shown_by([read]);
    Some(draft.choice("kernel").choice("arrived").choice("read").choice("again"))
}

/// A client sent without `bind` and without `connect`.
fn port_at_send(view: &View<'_>, calls: &[Made<'_>], sent: &[Made<'_>]) -> Option<Draft> {
    let (at, call) = *sent.first()?;
    let socket = view.flows.socket_at(at)?;
    let of_it = |it: &&Made<'_>| view.flows.socket_at(it.0) == Some(socket);
    let named = |call: &Call| matches!(call.args, Args::Bind { .. } | Args::Connect { .. });
    let is_named = calls.iter().filter(of_it).any(|(_, call)| named(call));
    let own = view.flows.sockets[socket].identity.local.as_ref()?.port()?;
    (!is_named).then_some(())?;
    let draft = about(view, "port-at-send", (at, call)).with("own", own);
    Some(draft.choice("send").choice("socket").choice("server").choice("receive"))
}

/// A receive had room for more than the datagram.
fn room_left(view: &View<'_>, got: &[Made<'_>]) -> Option<Draft> {
    let (at, call, room, size) = got.iter().find_map(|(at, call)| {
        let (size, Args::Recv { room, .. }) = (call.received()?, &call.args) else { return None };
        (0 < size && size < *room).then_some((*at, *call, *room, size))
    })?;
    let sent = origin(view, at)?;
    let peer = view.flows.actor_at(sent)?;
    let draft = about(view, "room-left", (at, call)).with("peer", peer).number("room", room);
    let draft = draft.number("size", size).shown_by([sent]);
    Some(draft.choice("whole").choice("waits").choice("filled").choice("kept"))
}
