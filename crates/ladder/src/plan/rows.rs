//! The rows, in order of time; a call and its effect may stand side by side in one.

use std::collections::HashMap;

use socklab_event::{Args, Event, SocketId, State, What};
use socklab_flows::NumberMap;
use socklab_flows::{Flows, Position};
use socklab_say::{count, duration, say};

use super::answers;
use super::band::Band;
use super::cells::{self, Stage};
use super::crossing;
use super::folds::{Fold, FoldKind};
use super::reason;
use super::scene::Scene;
use super::sheet::Sheet;
use super::visible::Visible;
use super::wording;
use crate::label::{Label, PartKind};
use crate::model::{Cell, CellKind, Folded, Row};

/// An effect at most this long after its cause may stand in the same row (nanoseconds).
const TOGETHER: u64 = 5_000_000;
/// How many rows an effect may move up to stand beside its cause. The rows it passes show earlier
/// events of other columns, which cannot depend on it.
const MOVES_UP: usize = 6;
/// The same for a call that waited for the packet in that row.
const WOKEN_MOVES_UP: usize = 24;

/// How many of the calls that a fold stands for are listed, and of all folds together.
const LISTED: usize = 200;
const LISTED_IN_ALL: usize = 5_000;

struct Draft {
    /// Where it belongs among the others.
    key: Key,
    time: u64,
    at: Position,
    stage: Stage,
    cells: Vec<Cell>,
    band: Option<Band>,
    folded: Vec<Folded>,
    seqs: Vec<u64>,
    /// How many of them are packets, of a fold.
    packets: usize,
    /// When the last of them ended, of a fold.
    until: Option<u64>,
}

/// The order of drafts: between which packets, at or beside the packet, then by time. At equal
/// times, entries come last: nothing has resulted from them yet.
type Key = (usize, u8, u64, bool, Position);

/// Time zero of the rows: the recording's first moment, also if that is not drawn.
pub(crate) fn origin(flows: &Flows<'_>) -> u64 {
    flows.order.iter().map(|event| moment(event)).min().unwrap_or(0)
}

/// Lays out every event and fold in rows.
pub(crate) fn lay_out(scene: &Scene<'_, '_>, visible: &Visible, folds: &[Fold]) -> Sheet {
    let origin = origin(scene.flows);
    let mut drafts = drafts(scene, visible, folds, origin);
    drafts.sort_by_key(|draft| draft.key);
    let mut sheet = Sheet { origin, ..Sheet::default() };
    let mut bands: NumberMap<usize, Band> = NumberMap::default();
    let connection = |at: Position| {
        let of_frame = || scene.flows.ties.of(at).and_then(|tie| tie.connection);
        scene.flows.connection_at(at).or_else(of_frame)
    };
    for mut draft in drafts {
        let above = sheet.rows.len().checked_sub(1);
        let merged = draft.band.as_mut().and_then(|band| bands.get_mut(&above?)?.merge(band));
        if let (Some(()), Some(above)) = (merged, above) {
            sheet.rows[above].seqs.append(&mut draft.seqs);
            sheet.rows[above].packets += draft.packets;
            sheet.rows[above].until = sheet.rows[above].until.max(draft.until);
            let room = LISTED.saturating_sub(sheet.rows[above].folded.len());
            sheet.rows[above].folded.extend(draft.folded.drain(..).take(room));
            continue;
        }
        let row = match beside(scene, &sheet, &draft) {
            Some(row) => row,
            None => {
                let at = draft.time - origin.min(draft.time);
                let connection = connection(draft.at);
                sheet.rows.push(Row { at, connection, ..Row::default() });
                sheet.rows.len() - 1
            }
        };
        if draft.stage != Stage::End {
            sheet.begins.insert(draft.at, row);
        }
        if draft.stage != Stage::Begin {
            sheet.ends.insert(draft.at, row);
        }
        let into = &mut sheet.rows[row];
        into.connection = into.connection.or_else(|| connection(draft.at));
        into.cells.append(&mut draft.cells);
        into.seqs.append(&mut draft.seqs);
        into.packets += draft.packets;
        into.until = into.until.max(draft.until);
        into.folded.append(&mut draft.folded);
        if let Some(band) = draft.band {
            // Mark the row as a fold; the text is set when no more folds can be merged into it.
            into.band = Some(Label::default());
            bands.insert(row, band);
        }
    }
    for (row, band) in bands {
        sheet.rows[row].band = Some(band.label(scene.options.speaker, origin));
    }
    number_connections(&mut sheet.rows);
    number_tags(&mut sheet.rows);
    sheet
}

fn moment(event: &Event) -> u64 {
    event.call().map_or(event.at, |call| call.began.min(event.at))
}

/// When the last of the events of a fold ended, since the ladder's origin.
fn until(flows: &Flows<'_>, fold: &Fold, origin: u64) -> Option<u64> {
    let events = fold.members.iter().chain(&fold.packets).map(|at| flows.order[*at]);
    let ends = events.map(|event| event.call().map_or(event.at, |call| call.ended.max(event.at)));
    ends.max().map(|end| end.saturating_sub(origin))
}

/// A call as it is listed in the details of its fold.
fn folded(scene: &Scene<'_, '_>, origin: u64, at: Position) -> Option<Folded> {
    let Cell { participant, label, mark, seq, .. } = cells::call(scene, at, Stage::Whole)?;
    let who = scene.cast.participants[participant].name.clone();
    let at = moment(scene.flows.order[at]).saturating_sub(origin);
    Some(Folded { at, who, label, mark, seq })
}

fn drafts(scene: &Scene<'_, '_>, visible: &Visible, folds: &[Fold], origin: u64) -> Vec<Draft> {
    let flows = scene.flows;
    let speaker = scene.options.speaker;
    let mut loops: NumberMap<Position, &Fold> = NumberMap::default();
    let mut drafts = Vec::new();
    // The last state drawn of each socket, and its draft.
    let mut states: HashMap<&SocketId, (&State, usize)> = HashMap::new();
    let mut listed = 0;
    let mut list = |fold: &Fold| -> Vec<Folded> {
        let room = LISTED.min(LISTED_IN_ALL.saturating_sub(listed));
        let folded = fold.members.iter().take(room).filter_map(|at| folded(scene, origin, *at));
        let mut folded: Vec<Folded> = folded.collect();
        folded.sort_by_key(|one| one.at);
        listed += folded.len();
        folded
    };
    for fold in folds {
        if let FoldKind::Loop(first, _) = fold.kind {
            loops.insert(first, fold);
            continue;
        }
        let events = if fold.members.is_empty() { &fold.packets } else { &fold.members };
        let Some((&first, &last)) = events.first().zip(events.last()) else { continue };
        let all = fold.members.iter().chain(&fold.packets);
        let seqs = all.map(|at| flows.order[*at].seq).collect();
        let packets = fold.packets.len();
        let line = cells::line(scene, &fold.members);
        let band = Some(Band::of(scene.flows, fold, last, line));
        let time = flows.order[first].at;
        let (stage, folded) = (Stage::Whole, list(fold));
        let key = key(scene, first, stage, time);
        let (at, cells, until) = (first, Vec::new(), until(flows, fold, origin));
        drafts.push(Draft { key, time, at, stage, cells, band, folded, seqs, packets, until });
    }
    let in_two = crossing::in_two_rows(scene, &visible.shown);
    let moments: Vec<u64> = {
        let mut moments: Vec<u64> = visible.shown.iter().map(|at| flows.order[*at].at).collect();
        moments.sort_unstable();
        moments
    };
    for &at in &visible.shown {
        let event = flows.order[at];
        let seqs = vec![event.seq];
        let draft = |time, stage, cell: Option<Cell>| {
            let (folded, seqs, cells) = (Vec::new(), seqs.clone(), cell.into_iter().collect());
            let key = key(scene, at, stage, time);
            let (band, packets, until) = (None, 0, None);
            Draft { key, time, at, stage, cells, band, folded, seqs, packets, until }
        };
        match &event.what {
            What::Call(_) if scene.lookups.rows.contains_key(&at) => {
                let Some(step) = scene.lookups.step(at) else { continue };
                let seqs = step.events.iter().map(|at| flows.order[*at].seq).collect();
                let cell = answers::cell(scene, step);
                drafts.push(Draft { seqs, ..draft(step.began, Stage::Whole, cell) });
            }
            What::Call(call) if loops.contains_key(&at) => {
                let fold = loops[&at];
                let mut cell = cells::call(scene, at, Stage::Whole);
                if let Some(cell) = &mut cell {
                    let all: Vec<Position> = [at].iter().chain(&fold.members).copied().collect();
                    cell.line = cells::line(scene, &all);
                }
                if let (Some(cell), FoldKind::Loop(_, times)) = (&mut cell, &fold.kind) {
                    let ended = fold.members.last().and_then(|last| flows.call(*last));
                    let time = ended.map_or(0, |last| last.ended.saturating_sub(call.began));
                    let time = duration(time);
                    let fds = fold.members.iter().chain([&at]).filter_map(|at| flows.call(*at)?.fd);
                    if let (Some(first), Some(last)) = (fds.clone().min(), fds.max())
                        && first < last
                    {
                        wording::put_descriptors(&mut cell.label, first, last);
                    }
                    let text = say!(speaker, "ladder-times-in", n = count(*times), time = time);
                    cell.label.push(PartKind::Wait, text);
                }
                let more = fold.members.iter().map(|at| flows.order[*at].seq);
                let seqs = seqs.iter().copied().chain(more).collect();
                let (folded, until) = (list(fold), until(flows, fold, origin));
                drafts.push(Draft { seqs, folded, until, ..draft(event.at, Stage::Whole, cell) });
            }
            What::Call(call) => {
                let cell = |stage| cells::own_call(scene, at, stage);
                if call.outcome == socklab_event::Outcome::Unfinished {
                    drafts.push(draft(call.began, Stage::Begin, cell(Stage::Begin)));
                } else if waits_visibly(scene, at, call, &moments) {
                    drafts.push(draft(call.began, Stage::Begin, cell(Stage::Begin)));
                    drafts.push(draft(call.ended, Stage::End, cell(Stage::End)));
                } else {
                    drafts.push(draft(event.at, Stage::Whole, cell(Stage::Whole)));
                }
            }
            What::Process(process) => {
                let cell = cells::process(scene, event, process);
                drafts.push(draft(event.at, Stage::Whole, cell));
            }
            What::State(state) => {
                let holder = visible.holders.get(&at).copied();
                // What was so before is no news.
                let before = states.get(&*state.socket).copied();
                let same = before.filter(|(before, _)| {
                    let told = |state: &State| (state.after, state.receive_queue, state.send_queue);
                    holder.is_none() && told(before) == told(state)
                });
                if let Some((_, draft)) = same {
                    let draft: &mut Draft = &mut drafts[draft];
                    draft.seqs.push(event.seq);
                } else if let Some(cell) = cells::state(scene, event, state, holder) {
                    states.insert(&state.socket, (state, drafts.len()));
                    drafts.push(draft(event.at, Stage::Whole, Some(cell)));
                }
            }
            What::Frame(_) => {
                let cells = reason::cells(scene, at);
                let arrival = in_two.contains(&at).then(|| arrival(scene, at)).flatten();
                let stage = if arrival.is_some() { Stage::Begin } else { Stage::Whole };
                drafts.push(Draft { cells, ..draft(event.at, stage, None) });
                if let Some((time, cell)) = arrival {
                    drafts.push(draft(time, Stage::End, Some(cell)));
                }
            }
            _ => {}
        }
    }
    drafts
}

/// When a packet that is drawn in two rows arrives, and the cell there; the arrow fills in its text.
fn arrival(scene: &Scene<'_, '_>, at: Position) -> Option<(u64, Cell)> {
    let [_, participant] = scene.ways.at(scene.flows, at)?;
    let time = scene.flows.ties.of(at)?.arrived?;
    let (label, kind, seq) = (Label::default(), CellKind::Kernel, scene.flows.order[at].seq);
    Some((
        time,
        Cell { participant, tag: None, label, entry: None, kind, mark: None, line: None, seq },
    ))
}

/// Where a draft belongs. Among packets, what happened at some time stands between those that were
/// sent before and after; but a call before what it set off or sent, and after what it waited for.
fn key(scene: &Scene<'_, '_>, at: Position, stage: Stage, time: u64) -> Key {
    let (stands, begins) = (scene.stands, stage == Stage::Begin);
    if !stands.any() {
        return (0, 0, time, begins, at);
    }
    if let Some(rank) = stands.rank(at) {
        // A packet with a row of its own for its arrival stands there by time.
        let place = if stage == Stage::End { 2 * stands.sent_until(time) } else { 2 * rank + 1 };
        return (place.max(2 * rank + 1), 0, time, begins, at);
    }
    if let Some(rank) = joined(scene, at, stage).and_then(|frame| stands.rank(frame)) {
        return (2 * rank + 1, 1, time, begins, at);
    }
    let mut gap = 2 * stands.sent_until(time);
    if stage != Stage::End {
        let sent = scene.flows.sent_at(at).iter().filter_map(|index| stands.carriers(*index));
        let sent = sent.filter_map(|carriers| carriers.frames.first().copied());
        let after = stands.set_off_by(at).into_iter().chain(sent).filter_map(|at| stands.rank(at));
        gap = after.map(|rank| 2 * rank).fold(gap, usize::min);
    }
    if stage != Stage::Begin
        && let Some(rank) = stands.woke(at).and_then(|frame| stands.rank(frame))
    {
        gap = gap.max(2 * rank + 2);
    }
    (gap, 0, time, begins, at)
}

/// The packet beside which a call stands because it set it off.
fn joined(scene: &Scene<'_, '_>, at: Position, stage: Stage) -> Option<Position> {
    let whole = stage == Stage::Whole && scene.stands.woke(at).is_none();
    // A packet without an arrow stands below the call, and so does one beside which it is said why
    // the kernel had kept it back.
    let free = |frame: &Position| {
        let own = scene.cast.lane_at(scene.flows, at);
        let said = reason::cells(scene, *frame);
        scene.ways.at(scene.flows, *frame).is_some()
            && !said.iter().any(|cell| Some(cell.participant) == own)
    };
    scene.stands.set_off_by(at).filter(|_| whole).filter(free)
}

/// A call is drawn as waiting if it took long enough and something else happened meanwhile, or if an
/// answer had to come for it to return.
fn waits_visibly(
    scene: &Scene<'_, '_>,
    at: Position,
    call: &socklab_event::Call,
    moments: &[u64],
) -> bool {
    let from = moments.partition_point(|at| *at < call.began);
    let to = moments.partition_point(|at| *at <= call.ended);
    let own = usize::from((call.began..=call.ended).contains(&scene.flows.order[at].at));
    scene.stands.splits(at) || scene.waited(at, call) && to.saturating_sub(from) > own
}

/// The row of the cause of this event, if the two can stand side by side.
fn beside(scene: &Scene<'_, '_>, sheet: &Sheet, draft: &Draft) -> Option<usize> {
    let cell = draft.cells.first().filter(|_| draft.stage != Stage::Begin)?;
    let cause = joined(scene, draft.at, draft.stage).or_else(|| cause(scene, draft.at))?;
    // Of a packet that is drawn in two rows, that of its arrival.
    let is_packet = scene.flows.order[cause].frame().is_some();
    let arrival = sheet.ends.get(&cause).filter(|_| is_packet);
    let row = *arrival.or_else(|| sheet.begins.get(&cause))?;
    let way = scene.ways.at(scene.flows, cause);
    if way.is_some_and(|way| !way.contains(&cell.participant)) {
        return None;
    }
    // Whoever waited for a packet may have got to run late.
    let woken = scene.stands.woke(draft.at) == Some(cause);
    let close = sheet.rows.len() - row <= if woken { WOKEN_MOVES_UP } else { MOVES_UP };
    let soon = woken || draft.time.saturating_sub(sheet.origin + sheet.rows[row].at) <= TOGETHER;
    let free = sheet.rows[row..].iter().all(|row| {
        row.band.is_none() && row.cells.iter().all(|other| other.participant != cell.participant)
    });
    let room = sheet.rows[row].cells.len() < 2;
    (close && soon && free && room).then_some(row)
}

/// The cause of a call's return: the send whose last bytes it received, the connect it accepted, or
/// the close that ended the stream. If the wire was recorded, the frame that delivered it.
fn cause(scene: &Scene<'_, '_>, at: Position) -> Option<Position> {
    let flows: &Flows<'_> = scene.flows;
    let call = flows.call(at)?;
    if let Some(frame) = scene.stands.woke(at) {
        return Some(frame);
    }
    if let Args::Accept { .. } = call.args {
        let connection = flows.connections.get(flows.connection_at(at)?)?;
        call.value()?;
        let connected = connection.connected.filter(|_| connection.accepted == Some(at));
        let completed = scene.stands.completed(flows.connection_at(at)?);
        return completed.or(connected);
    }
    if let Some(closing) = flows.closing_at(at) {
        let connection = flows.connection_at(at)?;
        let side = flows.other_side(connection, flows.socket_at(at));
        return scene.stands.end_of(connection, side).or(closing.closed);
    }
    let (transfer, _) = *flows.got_at(at).last()?;
    let carried = scene.stands.carriers(transfer).and_then(|carriers| carriers.frames.last());
    carried.copied().or(Some(flows.transfers[transfer].sent))
}

/// Renumbers connections by first appearance, for colours.
fn number_connections(rows: &mut [Row]) {
    let mut numbers: NumberMap<usize, usize> = NumberMap::default();
    for row in rows.iter_mut().filter(|row| row.band.is_none()) {
        let next = numbers.len();
        row.connection =
            row.connection.map(|connection| *numbers.entry(connection).or_insert(next));
    }
}

/// Renumbers threads and children by first appearance in the drawing: of two thousand folded
/// workers, the one that is shown is thread 2, not 1,000.
fn number_tags(rows: &mut [Row]) {
    let mut numbers: NumberMap<(usize, String), usize> = NumberMap::default();
    let mut last: NumberMap<usize, usize> = NumberMap::default();
    for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
        let Some(tag) = &mut cell.tag else { continue };
        let number = *numbers.entry((cell.participant, tag.clone())).or_insert_with(|| {
            let last = last.entry(cell.participant).or_insert(1);
            *last += 1;
            *last
        });
        *tag = format!("{}{number}", &tag[..1]);
    }
}
