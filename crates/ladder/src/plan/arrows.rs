//! Arrows: which call received the data of which, and what the wire carried.

use std::collections::HashMap;

use socklab_event::{Args, Fate, Frame, What};
use socklab_flows::{ConnectionKind, Flows, NumberMap, Position, Transfer};
use socklab_say::{count, say};

use super::caption;
use super::protocol;
use super::reason;
use super::scene::Scene;
use super::sheet::Sheet;
use crate::label::{Label, Part, PartKind, circled};
use crate::model::{Arrow, ArrowKind, Head};

/// Follows the number of an arrow that is inferred.
const INFERRED: &str = "?";

/// Precedes the numbers of the arrows a receive got data from.
const GOT: &str = "◂";

/// Draws the arrows, and adds to the cells the numbers of those they sent or received.
pub(crate) fn draw(scene: &Scene<'_, '_>, sheet: &mut Sheet) -> Vec<Arrow> {
    let mut pen = Pen {
        fates: HashMap::new(),
        scene,
        arrows: Vec::new(),
        numbered: 0,
        numbers: NumberMap::default(),
        notes: Vec::new(),
        waits: Vec::new(),
    };
    let mut places: Vec<(usize, Position)> =
        sheet.begins.iter().map(|(at, row)| (*row, *at)).collect();
    places.sort_unstable();
    // The numbers of messages first: packets say which they carry.
    let is_frame = |at: Position| scene.flows.order[at].frame().is_some();
    let (frames, calls): (Vec<_>, Vec<_>) = places.into_iter().partition(|(_, at)| is_frame(*at));
    for (row, at) in calls.into_iter().chain(frames) {
        pen.starts_at(sheet, row, at);
    }
    let mut ends: Vec<(usize, Position)> = sheet.ends.iter().map(|(at, row)| (*row, *at)).collect();
    ends.sort_unstable();
    for (row, at) in ends {
        pen.comes_from_outside(sheet, row, at);
    }
    for (at, row, text) in std::mem::take(&mut pen.notes) {
        let seq = scene.flows.order[at].seq;
        let cells = &mut sheet.rows[row].cells;
        let Some(cell) = cells.iter_mut().find(|cell| cell.seq == seq) else { continue };
        cite(&mut cell.label, text);
    }
    for (at, row) in std::mem::take(&mut pen.waits) {
        let seq = scene.flows.order[at].seq;
        let mut cells = sheet.rows[row].cells.iter_mut();
        if let Some(cell) = cells.find(|cell| cell.seq == seq) {
            let waits = say!(scene.options.speaker, "packet-waits");
            cell.label.push(PartKind::Wait, waits);
        }
    }
    pen.arrows
}

/// Adds an arrow's number, and which bytes of it were received, to the text of a call.
fn cite(label: &mut Label, text: String) {
    let cites = |part: &Part| part.kind == PartKind::Number && part.text.starts_with(GOT);
    let again = label.parts.iter().any(cites);
    let more = text.strip_prefix(GOT).map(str::trim_start).filter(|_| again);
    match (label.parts.last_mut(), more) {
        // Several whole messages in one receive: ◂ ②③.
        (Some(last), Some(more)) if cites(last) && !partly(&last.text) && !partly(more) => {
            last.text.push_str(more);
        }
        // Pieces of several: ◂ ② bytes 17–33 of 33, ③.
        (Some(last), Some(more)) => {
            last.text.push(',');
            label.push(PartKind::Number, more);
        }
        _ => label.push(PartKind::Number, text),
    }
}

/// True if the text says which bytes.
fn partly(text: &str) -> bool {
    text.trim_start_matches(GOT).trim_start().contains(' ')
}

struct Pen<'a, 't> {
    scene: &'a Scene<'a, 't>,
    /// What the last note says that is about a packet between two columns.
    fates: HashMap<[usize; 2], Fate>,
    arrows: Vec<Arrow>,
    numbered: u32,
    /// The number of each message that has one, by transfer.
    numbers: NumberMap<usize, u32>,
    /// The sends whose bytes the kernel kept for a while, and their rows.
    waits: Vec<(Position, usize)>,
    /// Texts to add: the event, the row of its cell, the text.
    notes: Vec<(Position, usize, String)>,
}

impl Pen<'_, '_> {
    fn flows(&self) -> &Flows<'_> {
        self.scene.flows
    }

    fn add(&mut self, sheet: &mut Sheet, arrow: Arrow) {
        let row = &mut sheet.rows[arrow.row];
        if row.arrow.is_none() {
            row.arrow = Some(self.arrows.len());
            self.arrows.push(arrow);
        }
    }

    fn starts_at(&mut self, sheet: &mut Sheet, row: usize, at: Position) {
        let event = self.scene.flows.order[at];
        if sheet.rows[row].band.is_some() {
            return;
        }
        match &event.what {
            What::Frame(frame) => self.frame(sheet, row, at, frame),
            What::Call(call) => {
                let connection = self.flows().connection_at(at);
                match &call.args {
                    Args::Connect { .. } => {
                        let made = connection
                            .filter(|one| self.flows().connections[*one].connected == Some(at));
                        if let Some(connection) = made {
                            self.connect(sheet, row, at, connection);
                        }
                    }
                    Args::Close | Args::Shutdown { .. } => self.closing(sheet, row, at),
                    _ => {
                        for transfer in self.scene.flows.sent_at(at) {
                            self.transfer(sheet, row, *transfer);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn connect(&mut self, sheet: &mut Sheet, row: usize, at: Position, connection: usize) {
        if self.scene.ways.wired(connection) {
            return;
        }
        let flows = self.scene.flows;
        let accepted = flows.connections[connection].accepted;
        let head = accepted.and_then(|accepted| sheet.end_of(accepted));
        let heads = head.iter().map(|row| Head { row: *row, bytes: 0..0, of: 0 }).collect();
        if let Some(arrow) = self.arrow(row, at, ArrowKind::Connect, Label::default()) {
            self.add(sheet, Arrow { heads, ..arrow });
        }
    }

    fn closing(&mut self, sheet: &mut Sheet, row: usize, at: Position) {
        let flows = self.scene.flows;
        let Some(connection) = flows.connection_at(at) else { return };
        let seen = flows.ended_by(at).and_then(|closing| sheet.end_of(closing.seen));
        let Some(head) = seen else { return };
        if self.scene.ways.wired(connection) {
            return;
        }
        let heads = vec![Head { row: head, bytes: 0..0, of: 0 }];
        if let Some(arrow) = self.arrow(row, at, ArrowKind::End, Label::default()) {
            self.add(sheet, Arrow { heads, ..arrow });
        }
    }

    fn transfer(&mut self, sheet: &mut Sheet, row: usize, index: usize) {
        let flows = self.scene.flows;
        let transfer = &flows.transfers[index];
        let heads: Vec<(Position, Head)> = transfer
            .parts
            .iter()
            .filter_map(|part| {
                let row = sheet.end_of(part.received)?;
                let bytes = part.bytes.clone();
                Some((part.received, Head { row, bytes, of: transfer.total }))
            })
            .collect();
        let inferred = transfer.parts.iter().any(|part| part.inferred);
        let on_wire = transfer.connection.is_some_and(|one| self.scene.ways.wired(one));
        let label = message(self.scene, transfer);
        let arrow = self.arrow(row, transfer.sent, ArrowKind::Bytes, label);
        let line = arrow.filter(|_| !on_wire);
        let carriers = self.scene.stands.carriers(index);
        // Where the message arrives: in the row of the call, or of the packet that carries it.
        let arrives = |head: &Head| match carriers {
            Some(carriers) => {
                carriers.frames.iter().any(|at| sheet.begins.get(at) == Some(&head.row))
            }
            None => head.row == row,
        };
        let whole = |(at, head): &(Position, Head)| {
            arrives(head) && head.bytes == (0..head.of) && flows.got_at(*at).len() == 1
        };
        let set_off = self.scene.stands.set_off_by(transfer.sent);
        let set_off = set_off.and_then(|frame| sheet.begins.get(&frame).copied());
        let scattered = heads.iter().any(|head| !whole(head))
            || (transfer.parts.len() > heads.len() && !heads.is_empty());
        let needs_number = match carriers {
            Some(carriers) if carriers.bulk => carriers.shared || !carriers.at_once,
            Some(carriers) => carriers.shared || !carriers.at_once || scattered,
            // Its packet, if the row has one, shows it.
            None if sheet.rows[row].arrow.is_none() && set_off == Some(row) => scattered,
            None => scattered || (line.is_none() && !heads.is_empty()),
        };
        let number = needs_number.then(|| {
            self.numbered += 1;
            self.numbered
        });
        if let Some(number) = number {
            self.numbers.insert(index, number);
            if carriers.is_some_and(|carriers| !carriers.at_once) {
                self.waits.push((transfer.sent, row));
            }
            if line.is_none() {
                self.notes.push((transfer.sent, row, circled(number)));
            }
            let speaker = self.scene.options.speaker;
            for (at, head) in &heads {
                let mark = if inferred { INFERRED } else { "" };
                let mut text = format!("{GOT} {}{mark}", circled(number));
                if head.bytes != (0..head.of) {
                    text.push(' ');
                    let one = head.bytes.start + 1 == head.bytes.end;
                    let (from, to) = (count(head.bytes.start + 1), count(head.bytes.end));
                    text.push_str(&if one {
                        say!(speaker, "ladder-byte-of", from = from, n = count(head.of))
                    } else {
                        say!(speaker, "ladder-bytes-of", from = from, to = to, n = count(head.of))
                    });
                }
                self.notes.push((*at, head.row, text));
            }
        }
        if let Some(arrow) = line {
            let heads = heads.into_iter().map(|(_, head)| head).collect();
            let inferred = inferred || arrow.inferred;
            self.add(sheet, Arrow { heads, number, inferred, ..arrow });
        }
    }

    /// An arrow from the column of the call at `at` to the column of its peer.
    fn arrow(&self, row: usize, at: Position, kind: ArrowKind, label: Label) -> Option<Arrow> {
        let flows = self.scene.flows;
        let from = self.scene.cast.lane_at(flows, at)?;
        let connection = flows.connection_at(at)?;
        let to = self.end_lane(connection, flows.other_side(connection, flows.socket_at(at)))?;
        let arrow = Arrow {
            row,
            from,
            to,
            kind,
            label,
            number: None,
            heads: Vec::new(),
            lost: false,
            under_way: false,
            noted: false,
            inferred: flows.connections[connection].inferred,
        };
        (from != to).then_some(arrow)
    }

    /// The column of one end of a connection: of the thread that uses its socket or listens for it,
    /// or of a peer that was not recorded.
    fn end_lane(&self, connection: usize, side: usize) -> Option<usize> {
        let flows = self.scene.flows;
        match flows.end_socket(connection, side) {
            Some(socket) => self.scene.cast.lane_at(flows, flows.used_at(socket)?),
            None => self.scene.cast.outside(&flows.connections[connection]),
        }
    }

    /// Draws the data, connections and ends of stream that came from a peer that was not recorded.
    fn comes_from_outside(&mut self, sheet: &mut Sheet, row: usize, at: Position) {
        let flows = self.scene.flows;
        let Some(call) = flows.call(at).filter(|_| sheet.rows[row].band.is_none()) else { return };
        let Some(connection) = flows.connection_at(at) else { return };
        let other = flows.other_end(connection, flows.socket_at(at));
        if other.socket.is_some() || self.scene.ways.wired(connection) {
            return;
        }
        let datagram = flows.connections[connection].kind == ConnectionKind::Datagrams;
        let (kind, label) = match (&call.args, call.received()) {
            (Args::Accept { .. }, _) => (ArrowKind::Connect, Label::default()),
            (_, Some(0)) if flows.closing_at(at).is_some() => (ArrowKind::End, Label::default()),
            (Args::Recv { bytes, .. }, Some(total)) if total > 0 || datagram => {
                let mut label = Label::default();
                match protocol::name(flows, at, 0, self.scene.options.speaker) {
                    Some(name) => label.push_named(&name.text, total),
                    None => label.push_data(bytes, total, false),
                }
                (ArrowKind::Bytes, label)
            }
            _ => return,
        };
        if let Some(arrow) = self.arrow(row, at, kind, label) {
            let heads = vec![Head { row, bytes: 0..0, of: 0 }];
            self.add(sheet, Arrow { from: arrow.to, to: arrow.from, heads, ..arrow });
        }
    }

    /// A packet with a row of its own for its arrival: a number ties the two together, that of its
    /// message if it has one.
    fn in_two_rows(&mut self, sheet: &mut Sheet, at: Position, row: usize, arrow: &mut Arrow) {
        arrow.heads = vec![Head { row, bytes: 0..0, of: 0 }];
        let mut parts =
            arrow.label.parts.iter().filter(|part| part.kind != PartKind::Mark).cloned();
        let numbered = arrow.label.parts.first().is_some_and(|part| part.kind == PartKind::Number);
        let number = match numbered {
            true => parts.next().map(|part| part.text).unwrap_or_default(),
            false => {
                self.numbered += 1;
                arrow.number = Some(self.numbered);
                circled(self.numbered)
            }
        };
        let mut label = Label::default().then(PartKind::Number, format!("{GOT} {number}"));
        label.parts.extend(parts);
        let seq = self.flows().order[at].seq;
        if let Some(cell) = sheet.rows[row].cells.iter_mut().find(|cell| cell.seq == seq) {
            cell.label = label;
        }
    }

    fn frame(&mut self, sheet: &mut Sheet, row: usize, at: Position, frame: &Frame) {
        let scene = self.scene;
        let Some([from, to]) = scene.ways.at(scene.flows, at) else { return };
        let label = caption::caption(scene, at, &self.numbers);
        let lost = caption::is_lost(frame);
        let (kind, heads) = (ArrowKind::Frame, Vec::new());
        let tie = scene.flows.ties.of(at);
        let conversation =
            tie.and_then(|tie| scene.flows.ties.conversations.get(tie.conversation?));
        let inferred = conversation.is_some_and(|one| one.inferred);
        let under_way = matches!(frame.fate, Fate::UnderWay { .. });
        let mut arrow = Arrow {
            row,
            from,
            to,
            kind,
            label,
            number: None,
            heads,
            lost,
            under_way,
            noted: false,
            inferred,
        };
        if let Some(row) = sheet.end_of(at).filter(|end| *end != row) {
            self.in_two_rows(sheet, at, row, &mut arrow);
        }
        if arrow.mishap().is_some() {
            let fate = caption::outcome(frame);
            let same = self.fates.get(&[from, to]) == Some(&fate);
            arrow.noted = same && scene.options.fold && reason::untold(scene, at).is_none();
            self.fates.insert([from, to], fate);
        }
        self.add(sheet, arrow);
    }
}

fn message(scene: &Scene<'_, '_>, transfer: &Transfer) -> Label {
    let flows = scene.flows;
    let mut label = Label::default();
    if let Some(name) =
        protocol::name(flows, transfer.sent, transfer.message, scene.options.speaker)
    {
        label.push_named(&name.text, transfer.total);
        return label;
    }
    let Some(call) = flows.call(transfer.sent) else { return Label::default() };
    let messages = call.messages();
    let Some(message) = messages.get(transfer.message) else { return Label::default() };
    Label::default().glue_data(message.bytes, transfer.total, false)
}
