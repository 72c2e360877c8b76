//! About the bytes of a stream, and its end.

use socklab_event::{Args, Call};
use socklab_flows::Position;

use super::{Draft, View, WAITS_FOR_DATA, bytes, call as said};

pub(super) fn all(view: &View<'_>) -> Vec<Draft> {
    let mut found = Vec::new();
    for socket in view.streams() {
        let Some(peer) = view.other(socket).and_then(|other| view.user(other)) else { continue };
        let about = Stream { view, socket, peer };
        found.extend(about.got_less());
        found.extend(about.waits_for_data());
        found.extend(about.send_means());
        found.extend(about.before_accept());
        found.extend(about.zero());
        found.extend(about.fin_by());
        found.extend(about.first_to_end());
    }
    found
}

/// A stream of the program whose other end was recorded.
struct Stream<'v, 't> {
    view: &'v View<'t>,
    socket: usize,
    /// Who has the other end.
    peer: String,
}

impl Stream<'_, '_> {
    fn draft(&self, kind: &'static str, at: Position) -> Option<Draft> {
        let call = self.view.flows.call(at)?;
        let draft = Draft::new(kind, call.library_name()).with("peer", &self.peer);
        Some(draft.number("nth", self.view.nth(at)).shown_by([at]))
    }

    /// A receive got less than it had room for.
    fn got_less(&self) -> Option<Draft> {
        let mut before = 0;
        let (at, call, room, got) = self.view.on(self.socket).find_map(|(at, call)| {
            let got = call.received()?;
            before += got;
            let Args::Recv { room, .. } = call.args else { return None };
            (0 < got && got < room).then_some((at, call, room, got))
        })?;
        before -= got;
        let other = self.view.other(self.socket)?;
        let sent = |until: u64| {
            let sends = self.view.all_on(other).filter(|(_, send)| send.began < until);
            sends.filter_map(|(_, send)| send.sent()).sum::<u64>()
        };
        let draft =
            self.draft("got-less", at)?.number("room", room).number("sent", sent(call.ended));
        let draft = draft.number("before", before).number("got", got).says("got", bytes(got));
        let draft = draft.says("room", bytes(room)).says("all", bytes(sent(u64::MAX)));
        Some(draft.says("less", bytes(got - 1)).says("one", bytes(1)))
    }

    /// The program was in a receive when its peer began to send.
    fn waits_for_data(&self) -> Option<Draft> {
        let other = self.view.other(self.socket)?;
        let (sent, first) = self.view.all_on(other).find(|(_, call)| call.sends())?;
        let waiting = self.view.inside(first.began);
        let on_it = |at: Position| self.view.flows.socket_at(at) == Some(self.socket);
        let (at, call) = waiting.into_iter().find(|(at, call)| call.receives() && on_it(*at))?;
        let name = call.library_name();
        let draft = self.draft(WAITS_FOR_DATA, at)?.shown_by([sent]).says("receive", said(name));
        let draft = draft.says("accept", said("accept")).says("connect", said("connect"));
        Some(draft.says("send", said("send")).says("listen", said("listen")))
    }

    /// A client's send returned before anybody had read its bytes. (Who waits for a server's answer is in
    /// a receive already.)
    fn send_means(&self) -> Option<Draft> {
        self.view.flows.sockets[self.socket].listener.is_none().then_some(())?;
        let (at, call) = self.view.on(self.socket).find(|(_, call)| call.sent() > Some(0))?;
        let took = call.sent()?;
        let parts = self.view.flows.sent_at(at).iter();
        let parts = parts.flat_map(|index| &self.view.flows.transfers[*index].parts);
        let read = parts.map(|part| part.received).min()?;
        // Who was in its receive already might have returned as soon.
        (self.view.flows.call(read)?.began > call.ended).then_some(())?;
        let draft = self.draft("send-means", at)?.number("took", took).shown_by([read]);
        Some(draft.choice("kernel").choice("read").choice("arrived").choice("printed"))
    }

    /// `connect`, and perhaps a send, returned before the server had called `accept`.
    fn before_accept(&self) -> Vec<Draft> {
        let connection = self.view.connection(self.socket);
        let ends = connection.and_then(|it| Some((it.connected?, it.accepted)));
        let Some((connected, accepted)) = ends else { return Vec::new() };
        let own = self.view.on(self.socket).any(|(at, _)| at == connected);
        let Some(began) = accepted.and_then(|at| Some(self.view.flows.call(at)?.began)) else {
            return Vec::new();
        };
        let is_before = |at: &Position| {
            own && self
                .view
                .flows
                .call(*at)
                .is_some_and(|call| call.value().is_some() && call.ended < began)
        };
        let first = self.view.on(self.socket).find(|(_, call)| call.sent() > Some(0));
        let connect = Some(connected).filter(is_before).and_then(|at| {
            let draft = self.draft("connect-before-accept", at)?.shown_by(accepted);
            Some(draft.choice("queue").choice("accepted").choice("waiting").choice("nobody"))
        });
        let send = first.filter(|(at, _)| is_before(at)).and_then(|(at, call)| {
            let draft = self.draft("send-before-accept", at)?.shown_by(accepted);
            let draft = draft.number("took", call.sent()?);
            Some(draft.choice("kernel").choice("own").choice("program").choice("lost"))
        });
        connect.into_iter().chain(send).collect()
    }

    /// A receive returned 0, and the call of the peer that ended the stream is known.
    fn zero(&self) -> Option<Draft> {
        let ends = |(at, _): &(Position, &Call)| self.view.flows.closing_at(*at).is_some();
        let (at, _) = self.view.on(self.socket).find(ends)?;
        let closed = self.view.flows.closing_at(at)?.closed?;
        let draft = self.draft("zero", at)?.shown_by([closed]);
        Some(draft.choice("ended").choice("empty").choice("nothing").choice("full"))
    }

    /// The peer saw the end of the stream, and the call of the program that ended it is known.
    fn fin_by(&self) -> Option<Draft> {
        let other = self.view.other(self.socket)?;
        let seen = self.view.all_on(other).find_map(|(at, _)| self.view.flows.closing_at(at))?;
        let closed = seen.closed?;
        let call = self.view.flows.call(closed)?;
        let draft = self.draft("fin-by", closed)?.shown_by([seen.seen]);
        let close = |draft: Draft| draft.says("close", said("close"));
        let shutdown = |draft: Draft| draft.says("shutdown", said("shutdown"));
        let draft = match (call.implicit, &call.args) {
            (true, _) => close(draft.choice("exit")),
            (false, Args::Shutdown { .. }) => close(shutdown(draft)).choice("exit"),
            (false, _) => shutdown(close(draft)).choice("exit"),
        };
        Some(draft.says("send", said("send")).choice("peer"))
    }

    /// Both ended the stream, and whoever was second had noticed that the other had. Nobody cut it.
    fn first_to_end(&self) -> Option<Draft> {
        let other = self.view.other(self.socket)?;
        let failed = |(_, call): (Position, &Call)| call.error().is_some_and(|it| !it.is_not_now());
        let cut = self.view.all_on(self.socket).chain(self.view.all_on(other)).any(failed);
        let ends = |call: &Call| call.ends_sending() || (call.is_close() && !call.implicit);
        let first = |socket| self.view.all_on(socket).find(|(_, call)| ends(call));
        let (own, theirs) = (first(self.socket)?, first(other)?);
        let noticed = |reader: usize, ended: Position, before: &Call| {
            self.view.all_on(reader).any(|(at, read)| {
                let closed = self.view.flows.closing_at(at).and_then(|it| it.closed);
                closed == Some(ended) && read.ended <= before.began
            })
        };
        let program = noticed(other, own.0, theirs.1);
        let peer = noticed(self.socket, theirs.0, own.1);
        (program != peer && !cut).then_some(())?;
        let draft = self.draft("first-to-end", own.0)?.shown_by([theirs.0]);
        let draft = draft.with("theirs", theirs.1.library_name());
        let draft = match program {
            true => draft.choice("program").choice("peer"),
            false => draft.choice("peer").choice("program"),
        };
        Some(draft.choice("together").choice("nobody"))
    }
}
