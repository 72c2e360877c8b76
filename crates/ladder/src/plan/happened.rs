//! The last events of a recording, each by itself: who did what, with whom. In the words of the rows.

use socklab_event::{Args, Call, Event, Outcome, Place, Process, What};
use socklab_flows::{Flows, NumberMap, Position};
use socklab_say::clean;

use super::cast::Cast;
use super::cells::{self, Stage};
use super::scene::Scene;
use super::stands::Stands;
use super::visible::Visible;
use super::ways::Ways;
use super::{caption, filtered, notable, visible, wording};
use crate::label::{Label, PartKind};
use crate::live::{LeftOut, is_new};
use crate::options::Options;

/// An event by itself.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    /// When, on the clock of events.
    pub(crate) at: u64,
    /// The process and its number, and the thread's if it is another.
    pub(crate) who: String,
    /// What.
    pub(crate) label: Label,
    /// The number of its connection among those that are remembered.
    pub(crate) connection: Option<usize>,
}

/// What happened, and what was left out.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) happened: Vec<Happened>,
    pub(crate) left_out: LeftOut,
}

/// The events from the one with the number `first` on. Times in filters count from `origin`.
pub(crate) fn since(flows: &Flows<'_>, options: &Options, origin: u64, first: u64) -> Told {
    let notable = notable::Notable::of(flows, options);
    let mut cast = Cast::of(flows, &notable, options);
    let ways = Ways::of(flows, &mut cast, &notable, options.speaker);
    let mut visible = visible::choose(flows, notable, &cast, &ways, options);
    show_each(flows, &cast, &mut visible, first);
    show_unknown(flows, &ways, &mut visible, first);
    let (cast, ways) = (&cast, &ways);
    let is_new = |at: &Position| is_new(flows, *at, first);
    let told = (0..flows.order.len()).filter(|at| is_new(at) && is_told(flows.order[*at])).count();
    let of = visible.shown.iter().filter(|at| is_new(at)).count();
    if let Some(filter) = &options.filter {
        filtered::apply(flows, &mut visible, filter, origin);
    }
    visible.shown.retain(is_new);
    let filtered = of - visible.shown.len();
    let left_out =
        LeftOut { minor: (told - of.min(told)) as u64, filtered: filtered as u64, of: of as u64 };
    let stands = Stands::default();
    let lookups = &visible.lookups;
    let scene = Scene { flows, cast, options, ways, stands: &stands, lookups };
    let happened = visible.shown.iter().filter_map(|at| happened(&scene, *at)).collect();
    Told { happened, left_out }
}

/// True for an event that a ladder with everything has a row for.
fn is_told(event: &Event) -> bool {
    match &event.what {
        What::Call(call) => !call.implicit,
        What::Frame(_) => true,
        _ => false,
    }
}

/// What a ladder sums up in one row has a line for each event here: look-ups of names, and prints.
fn show_each(flows: &Flows<'_>, cast: &Cast, visible: &mut Visible, first: u64) {
    let prints = flows.order.iter().enumerate().filter(|(at, event)| {
        let prints = matches!(event.process(), Some(Process::Stdio { .. }));
        prints && is_new(flows, *at, first) && cast.lane(&event.place).is_some()
    });
    let prints: Vec<Position> = prints.map(|(at, _)| at).collect();
    visible.shown.extend(prints);
    let moves = |at: &&Position| flows.call(**at).is_some_and(Call::moves_data);
    visible.shown.extend(visible.lookups.calls.iter().filter(moves));
    visible.shown.sort_unstable();
    visible.shown.dedup();
}

/// Packets of sockets that are not known yet, which a ladder draws when it knows them: a line comes at once or never.
fn show_unknown(flows: &Flows<'_>, ways: &Ways, visible: &mut Visible, first: u64) {
    let unknown = flows.order.iter().enumerate().filter(|(at, event)| {
        let says_more = event.frame().is_some_and(|frame| !visible::is_bare_ack(flows, *at, frame));
        says_more && is_new(flows, *at, first) && ways.is_unknown(flows, *at)
    });
    let unknown: Vec<Position> = unknown.map(|(at, _)| at).collect();
    visible.shown.extend(unknown);
    visible.shown.sort_unstable();
    visible.shown.dedup();
}

fn happened(scene: &Scene<'_, '_>, at: Position) -> Option<Happened> {
    let flows = scene.flows;
    let event = flows.order[at];
    let connection = flows.connection_at(at);
    let who = |at: u64, label: Label| {
        let who = name(flows, &event.place);
        Happened { at, who, label, connection }
    };
    match &event.what {
        What::Call(call) => {
            let unfinished = call.outcome == Outcome::Unfinished;
            let stage = if unfinished { Stage::Begin } else { Stage::Whole };
            let cell = cells::own_call(scene, at, stage)?;
            let mut label = cell.label;
            if let Some((sign, other)) = other_end(scene, at, call) {
                let before = label.parts.iter().rposition(|part| part.kind != PartKind::Faint);
                let place = before.map_or(0, |last| last + 1);
                let part = Label::default().then(PartKind::Number, format!("{sign} {other}"));
                label.parts.splice(place..place, part.parts);
            }
            label.push(PartKind::Faint, cell.line.unwrap_or_default());
            Some(who(if unfinished { event.at } else { call.ended.max(event.at) }, label))
        }
        What::Process(process) => {
            let label = cells::process(scene, event, process)?.label;
            Some(who(event.at, label))
        }
        What::State(state) => {
            let label = cells::state(scene, event, state, Some(0))?.label;
            Some(who(event.at, label))
        }
        What::Frame(frame) => {
            let named = |lane: usize| scene.cast.participants[lane].name.clone();
            let [from, to] = match (scene.ways.at(flows, at), &frame.headers) {
                (Some(way), _) => way.map(named),
                (None, Some(headers)) if scene.ways.is_unknown(flows, at) => {
                    [&headers.source, &headers.destination].map(wording::shown)
                }
                (None, _) => return None,
            };
            let label = caption::caption(scene, at, &NumberMap::default());
            let mut told = Label::default();
            let (marks, words): (Vec<_>, Vec<_>) =
                label.parts.into_iter().partition(|part| part.kind == PartKind::Mark);
            told.parts.extend(words);
            told.push(PartKind::Number, format!("→ {to}"));
            told.parts.extend(marks);
            let tie = flows.ties.of(at);
            let connection = tie.and_then(|tie| tie.connection);
            Some(Happened { at: event.at, who: from, label: told, connection })
        }
        _ => None,
    }
}

/// The other end of what a call moves, asks for, accepts or ends, and the arrow to or from it.
fn other_end(scene: &Scene<'_, '_>, at: Position, call: &Call) -> Option<(&'static str, String)> {
    let flows = scene.flows;
    let accepts = matches!(call.args, Args::Accept { .. }) && call.value().is_some();
    let arrives = call.receives() || accepts;
    let ends = call.is_close() || call.ends_sending();
    if !(arrives || call.sends() || ends || call.asks().is_some()) {
        return None;
    }
    let sign = if arrives { "←" } else { "→" };
    let used = flows.peer_at(at).and_then(|socket| flows.used_at(socket));
    if let Some(used) = used {
        return Some((sign, name(flows, &flows.order[used].place)));
    }
    // Where the call itself says the address, it need not be said again.
    let says =
        call.asks().is_some() || accepts || call.messages().iter().any(|one| one.address.is_some());
    let peer = call.socket.as_ref().and_then(|socket| socket.peer.as_ref());
    peer.filter(|_| !says)
        .filter(|peer| peer.port() != Some(0))
        .map(|peer| (sign, wording::shown(peer)))
}

/// What a process is called here: with its number, because there may be several of one name, and the
/// number of the thread, if it is not the first one.
pub(crate) fn name(flows: &Flows<'_>, place: &Place) -> String {
    let Place { host, process, thread } = place;
    let name = flows.process(*process).map(|one| clean(&one.name())).unwrap_or_default();
    let host = host.as_deref().map(|host| format!("{}:", clean(host))).unwrap_or_default();
    match thread == process {
        true => format!("{host}{name}[{process}]"),
        false => format!("{host}{name}[{process}/{thread}]"),
    }
}
