//! What was done, and where, in the reader's language.

use std::collections::BTreeMap;

use socklab_event::kind_of_socket;
use socklab_event::{Bytes, Exit, Outcome};
use socklab_flows::{ConnectionKind, Position};
use socklab_ladder::{call_text, option_value, shown};
use socklab_say::{Speaker, clean, count, say};

use crate::comparison::{Told, stream_name};
use crate::content::Content;
use crate::form::{About, Cut, Deed, Kind, Step, Strand};
use crate::pairing::Side;

/// As many characters of data are quoted.
const DATA: usize = 24;

/// Where two strands part.
#[derive(Debug)]
pub(crate) struct Part<'d> {
    /// The strands, by their indices.
    pub(crate) strands: [Option<usize>; 2],
    /// What each does there.
    pub(crate) next: [Option<&'d Deed>; 2],
    /// Where the bytes begin to differ.
    pub(crate) byte: Option<u64>,
    /// The row of it.
    pub(crate) row: usize,
}

/// Says what two runs did.
pub(crate) struct Words<'s, 'a, 't> {
    sides: &'s [Side<'a, 't>; 2],
    /// For each run, the numbers of its connections.
    numbers: [BTreeMap<usize, usize>; 2],
    speaker: Speaker,
}

impl<'s, 'a, 't> Words<'s, 'a, 't> {
    pub(crate) fn of(
        sides: &'s [Side<'a, 't>; 2],
        connections: &[(usize, usize)],
        speaker: Speaker,
    ) -> Self {
        let in_a: BTreeMap<usize, usize> = numbers(&sides[0]);
        let mut in_b = numbers(&sides[1]);
        for (a, b) in connections {
            if let Some(number) = in_a.get(a) {
                in_b.insert(*b, *number);
            }
        }
        Self { sides, numbers: [in_a, in_b], speaker }
    }

    /// Who does it, and on which connection.
    pub(crate) fn place(&self, side: usize, strand: &Strand) -> (String, Option<usize>) {
        let flows = self.sides[side].flows;
        let first = strand.deeds.first().map(|deed| deed.at);
        let root = strand.command.and_then(|command| {
            let wanted = u32::try_from(command).ok();
            flows.processes.iter().find(|process| process.command == wanted)
        });
        let name = match (&strand.about, root) {
            (About::Process { program, is_command: false }, _) => program.clone(),
            (_, Some(root)) => root.name(),
            _ => first.map(|at| flows.name_at(at)).unwrap_or_default(),
        };
        let number = strand.end().and_then(|(connection, _)| self.number(side, connection));
        (clean(&name), number)
    }

    fn number(&self, side: usize, connection: usize) -> Option<usize> {
        self.numbers[side].get(&connection).copied()
    }

    /// A deed as it stands in a row: the call, or what several calls came to.
    pub(crate) fn told(&self, side: usize, deed: &Deed, byte: Option<u64>) -> Told {
        let flows = self.sides[side].flows;
        let seen = match (&deed.kind, byte) {
            (Kind::Sends { content, .. } | Kind::Prints { content }, Some(byte)) => {
                content.mover(byte).unwrap_or(deed.at)
            }
            _ => deed.at,
        };
        let call = flows.call(deed.at).filter(|_| match &deed.kind {
            Kind::Sends { .. } | Kind::Receives { .. } => deed.calls == 1 && byte.is_none(),
            Kind::Serves { .. } | Kind::Stays | Kind::Exits(_) | Kind::Prints { .. } => false,
            _ => true,
        });
        let text = match call {
            Some(call) => call_text(call, DATA, self.speaker),
            None => self.phrase(side, deed, byte),
        };
        let seq = flows.order.get(seen).map_or(0, |event| event.seq);
        Told { seq, received: deed.received, sent: deed.sent, text }
    }

    /// The first difference, in a sentence.
    pub(crate) fn first(&self, part: &Part<'_>) -> String {
        let strand =
            |side: usize| part.strands[side].map(|index| &self.sides[side].run.strands[index]);
        let Some((side, known)) = (0..2).find_map(|side| Some((side, strand(side)?))) else {
            return String::new();
        };
        let (who, connection) = self.place(side, known);
        let does = |side: usize| match part.next[side] {
            Some(deed) => self.phrase(side, deed, part.byte),
            None => self.instead(side, strand(side)),
        };
        let (a, b) = (does(0), does(1));
        let deed = part.next[side].or(part.next[1 - side]);
        let mut place = Vec::new();
        if let Some(number) = connection {
            place.push(say!(self.speaker, "diff-connection", n = count(number)));
        }
        let moves = |deed: &Deed| matches!(deed.kind, Kind::Prints { .. } | Kind::Serves { .. });
        if let Some(deed) = deed.filter(|deed| !moves(deed)) {
            match (deed.received, deed.sent) {
                (0, 0) => {}
                (received, 0) => {
                    place.push(say!(self.speaker, "diff-received", n = count(received)));
                }
                (0, sent) => place.push(say!(self.speaker, "diff-sent", n = count(sent))),
                (received, sent) => {
                    let (received, sent) = (count(received), count(sent));
                    place.push(say!(self.speaker, "diff-both", n = received, sent = sent));
                }
            }
        }
        let place = place.join(", ");
        match place.is_empty() {
            true => say!(self.speaker, "diff-first", who = who, a = a, b = b),
            false => say!(self.speaker, "diff-first-at", who = who, a = a, b = b, place = place),
        }
    }

    /// What a run does where the other one does something.
    fn instead(&self, side: usize, strand: Option<&Strand>) -> String {
        let Some(strand) = strand else { return say!(self.speaker, "diff-not") };
        let flows = self.sides[side].flows;
        let socket = strand.deeds.last().and_then(|deed| flows.socket_at(deed.at));
        let waiting = socket.and_then(|socket| {
            let calls = flows.sockets[socket].calls.iter().rev();
            calls.copied().find(|at| {
                flows.call(*at).is_some_and(|call| call.outcome == Outcome::Unfinished)
                    || flows.is_pending_at_end(*at)
            })
        });
        match waiting.and_then(|at| flows.call(at)) {
            Some(call) => say!(self.speaker, "diff-waits-in", call = call.library_name()),
            None => say!(self.speaker, "diff-nothing"),
        }
    }

    /// What was done, as the end of a sentence: “sends 7 bytes …”.
    fn phrase(&self, side: usize, deed: &Deed, byte: Option<u64>) -> String {
        let speaker = self.speaker;
        let failed = |text: String, error: Option<socklab_event::Errno>| match error {
            Some(error) => say!(speaker, "diff-in-vain", what = text, error = error),
            None => text,
        };
        match &deed.kind {
            Kind::Creates { family, kind, protocol } => {
                say!(speaker, "diff-creates", what = kind_of_socket(*family, *kind, *protocol))
            }
            Kind::SetsOption { option, value, error, .. } => {
                let value = option_value(value, speaker);
                let text = say!(speaker, "diff-sets", option = clean(option), value = value);
                failed(text, *error)
            }
            Kind::Waits(true) => say!(speaker, "diff-blocking"),
            Kind::Waits(false) => say!(speaker, "diff-nonblocking"),
            Kind::Binds { address, error } => {
                failed(say!(speaker, "diff-binds", address = shown(address)), *error)
            }
            Kind::Listens { backlog, error } => {
                failed(say!(speaker, "diff-listens", n = backlog), *error)
            }
            Kind::Connects { address, error } => {
                failed(say!(speaker, "diff-connects", address = shown(address)), *error)
            }
            Kind::Accepts => say!(speaker, "diff-accepts"),
            Kind::Sends { content, cuts, to, whole } => {
                let key = if *whole { "diff-sends-datagram" } else { "diff-sends" };
                let data = self.quoted(content, byte);
                let mut text = say!(speaker, key, n = count(content.total), data = data);
                if let Some(to) = to {
                    text = say!(speaker, "diff-to", what = text, address = shown(to));
                }
                match byte {
                    None if !whole => self.in_pieces(text, content, cuts),
                    _ => text,
                }
            }
            Kind::Receives { content, room, .. } => {
                let n = count(content.total);
                match room.filter(|_| byte.is_none()) {
                    Some(room) => say!(speaker, "diff-receives-room", n = n, room = count(room)),
                    None => say!(speaker, "diff-receives", n = n),
                }
            }
            Kind::SeesEnd => say!(speaker, "diff-end"),
            Kind::IsCut(error) => say!(speaker, "diff-cut", error = error),
            Kind::Fails { call, error } | Kind::SendsInVain { call, error, .. } => {
                let known = self.sides[side].flows.call(deed.at);
                let call = known.map_or(call.as_str(), socklab_event::Call::library_name);
                say!(speaker, "diff-fails", call = clean(call), error = error)
            }
            Kind::ShutsDown { how, error } => {
                failed(say!(speaker, "diff-shutdown", how = how), *error)
            }
            Kind::Closes { by_kernel: Some(true) } => say!(speaker, "diff-closed-by-kernel"),
            Kind::Closes { .. } => say!(speaker, "diff-closes"),
            Kind::Prints { content } => {
                let stream = self.printed_to(side, deed.at);
                let data = self.quoted(content, byte);
                let n = count(content.total);
                say!(speaker, "diff-prints", n = n, stream = stream, data = data)
            }
            Kind::Exits(Exit::Code(code)) => say!(speaker, "diff-exits", code = code),
            Kind::Exits(Exit::Signal(signal)) => say!(speaker, "diff-killed", signal = signal),
            Kind::Exits(_) => say!(speaker, "diff-gone"),
            Kind::Stays => say!(speaker, "diff-stays"),
            Kind::Serves { connection, step, .. } => {
                let key = match step {
                    Step::Begins => "diff-begins",
                    Step::Answers => "diff-answers",
                    Step::Ends => "diff-ends",
                };
                let number = self.number(side, *connection).unwrap_or(0);
                say!(speaker, key, n = count(number))
            }
        }
    }

    fn printed_to(&self, side: usize, at: Position) -> &'static str {
        match self.sides[side].flows.order[at].process() {
            Some(socklab_event::Process::Stdio { stream, .. }) => stream_name(*stream),
            _ => "",
        }
    }

    /// Bytes in quotes; of many equal ones before a difference, how many they are.
    fn quoted(&self, content: &Content, byte: Option<u64>) -> String {
        // A few of the equal bytes show where it is.
        let from = byte.map_or(0, |byte| if byte < 16 { 0 } else { byte - 6 });
        let bytes = if from == 0 { content.beginning() } else { content.tail(from) };
        let Bytes { sample, total } = &bytes;
        let text = clean(&Bytes::beginning(sample, *total, DATA));
        match from {
            _ if *total == 0 => say!(self.speaker, "diff-empty"),
            0 => say!(self.speaker, "diff-quoted", data = text),
            from => say!(self.speaker, "diff-quoted-from", n = count(from), data = text),
        }
    }

    /// How many bytes each send had, if the program chose that.
    fn in_pieces(&self, text: String, content: &Content, cuts: &[Cut]) -> String {
        const MOST: usize = 5;
        if cuts.is_empty() || !cuts.iter().all(|cut| cut.own) {
            return text;
        }
        let ends = cuts.iter().map(|cut| cut.at).chain([content.total]);
        let mut from = 0;
        let sizes: Vec<String> = ends
            .map(|end| {
                let size = end - from;
                from = end;
                self.speaker.number(size)
            })
            .collect();
        let mut shown = sizes.iter().take(MOST).cloned().collect::<Vec<_>>().join(" + ");
        if sizes.len() > MOST {
            shown.push_str(" + …");
        }
        say!(self.speaker, "diff-in-pieces", what = text, n = count(sizes.len()), sizes = shown)
    }
}

/// The numbers of a run's connections: streams and conversations, in the order in which they began.
fn numbers(side: &Side<'_, '_>) -> BTreeMap<usize, usize> {
    let mut known: BTreeMap<usize, Position> = BTreeMap::new();
    for strand in &side.run.strands {
        if let (Some((connection, _)), Some(first)) = (strand.end(), strand.deeds.first()) {
            let since = known.entry(connection).or_insert(first.at);
            *since = first.at.min(*since);
        }
    }
    for (connection, since) in &mut known {
        let one = &side.flows.connections[*connection];
        if one.kind == ConnectionKind::Stream
            && let Some(connected) = one.connected
        {
            *since = connected;
        }
    }
    let mut order: Vec<(Position, usize)> =
        known.into_iter().map(|(connection, since)| (since, connection)).collect();
    order.sort_unstable();
    order.into_iter().enumerate().map(|(number, (_, it))| (it, number + 1)).collect()
}
