//! Writing: everything that lines before have said is left out.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::line::{CallOut, EndLine, LineOut, MovedOut, WhatOut};
use super::{VERSION, sockets};
use crate::bytes::Encoded;
use crate::{
    Args, Bytes, Call, Control, Endpoint, Event, Flags, Header, Outcome, Place, Process, SocketId,
    SourceLine, What,
};

/// Writes a timeline line by line, so that a recording cut short is still readable.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    /// How many events have been written.
    written: u64,
    /// The line that is being written: one piece for `out`, whatever that is.
    line: Vec<u8>,
    memory: Memory,
}

/// What the lines so far have said.
#[derive(Debug, Default)]
struct Memory {
    /// The number of the next event, if it follows the one before.
    next: u64,
    places: Numbers<Place>,
    sockets: Numbers<Arc<SocketId>>,
    /// Lines of source that were written lately, and how: a program calls from the same ones again and again.
    sources: VecDeque<(Arc<SourceLine>, Arc<RawValue>)>,
}

/// How many lines of source are kept.
const SOURCES: usize = 16;

#[derive(Serialize)]
struct HeaderLine<'a> {
    v: u64,
    #[serde(flatten)]
    header: &'a Header,
}

impl<W: Write> Writer<W> {
    /// Writes the header line. Pass a buffered writer: each line is a write of its own.
    ///
    /// # Errors
    /// Those of writing to `out`.
    pub fn new(mut out: W, header: &Header) -> io::Result<Self> {
        let mut line = serde_json::to_vec(&HeaderLine { v: VERSION, header })?;
        line.push(b'\n');
        out.write_all(&line)?;
        Ok(Self { out, written: 0, line, memory: Memory::default() })
    }

    /// Writes one event.
    ///
    /// # Errors
    /// Those of the underlying writer.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        self.line.clear();
        self.memory.write(event, &mut self.line)?;
        self.written += 1;
        self.out.write_all(&self.line)
    }

    /// Flushes, so that what was written can be read even if this program crashes next.
    ///
    /// # Errors
    ///
    /// Those of flushing the underlying writer.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes the last line, which says that nothing is missing, and returns the underlying writer.
    ///
    /// # Errors
    /// Those of the underlying writer.
    pub fn finish(mut self) -> io::Result<W> {
        serde_json::to_writer(&mut self.out, &EndLine { end: self.written })?;
        self.out.write_all(b"\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl Memory {
    fn write(&mut self, event: &Event, line: &mut Vec<u8>) -> io::Result<()> {
        let seq = (event.seq != self.next).then_some(event.seq);
        self.next = event.seq.wrapping_add(1);
        let (place, new) = self.places.number(&event.place);
        let places = new.then_some((place, &event.place)).into_iter().collect();
        let mut new = BTreeMap::new();
        let what = self.what(event, &mut new)?;
        let out = LineOut { seq, at: event.at, place, places, sockets: new, what };
        serde_json::to_writer(&mut *line, &out)?;
        line.push(b'\n');
        Ok(())
    }

    fn what<'e>(&mut self, event: &'e Event, new: &mut New) -> io::Result<WhatOut<'e>> {
        Ok(match &event.what {
            What::Call(call) => WhatOut::Call(self.call(event.at, call, new)?),
            What::Process(process) => {
                let mut value = brief(process)?;
                if let Process::Ready { socket, .. } = &**process {
                    value["socket"] = self.socket(socket, new)?.into();
                }
                WhatOut::Process(value)
            }
            What::State(state) => {
                let mut value = brief(state)?;
                value["socket"] = self.socket(&state.socket, new)?.into();
                WhatOut::State(value)
            }
            What::Frame(frame) => WhatOut::Frame(brief(frame)?),
            What::Notice(notice) => WhatOut::Notice(notice),
        })
    }

    fn call<'e>(&mut self, at: u64, call: &'e Call, new: &mut New) -> io::Result<CallOut<'e>> {
        let socket = call.socket.as_ref().map(|socket| self.socket(socket, new)).transpose()?;
        let mut out = CallOut { name: &call.name, fd: call.fd, socket, ..times(at, call) };
        match call.outcome {
            Outcome::Value(value) => out.value = Some(value),
            Outcome::Error(error) => out.error = Some(error),
            Outcome::Unfinished => out.unfinished = true,
        }
        (out.restarts, out.implicit) = (call.restarts, call.implicit);
        out.source = call.source.as_ref().map(|source| self.source(source)).transpose()?;
        out.counted = call.counted.as_deref();
        match &call.args {
            Args::Send { asked, bytes, flags, to, control } => {
                let asked = (*asked != bytes.total).then_some(*asked);
                out.send =
                    Some(MovedOut { asked, to: address(to)?, ..moved(bytes, flags, control) });
            }
            Args::Recv { room, bytes, flags, got, from, control } => {
                let (room, got) = (Some(*room), (!got.is_empty()).then_some(got));
                let from = address(from)?;
                out.recv = Some(MovedOut { room, got, from, ..moved(bytes, flags, control) });
            }
            args => out.args = Some(self.args(args, new)?),
        }
        Ok(out)
    }

    /// A line of source, as it is written.
    fn source(&mut self, source: &Arc<SourceLine>) -> io::Result<Arc<RawValue>> {
        let known = self.sources.iter().find(|(known, _)| Arc::ptr_eq(known, source));
        if let Some((_, text)) = known {
            return Ok(Arc::clone(text));
        }
        let text: Arc<RawValue> = to_raw_value(source)?.into();
        self.sources.truncate(SOURCES - 1);
        self.sources.push_front((Arc::clone(source), Arc::clone(&text)));
        Ok(text)
    }

    fn args(&mut self, args: &Args, new: &mut New) -> io::Result<Value> {
        let mut value = brief(args)?;
        for (place, socket) in sockets::in_json(&mut value).into_iter().zip(sockets::named(args)) {
            if let (Some(place), Some(socket)) = (place, socket) {
                *place = self.socket(socket, new)?.into();
            }
        }
        Ok(value)
    }

    /// The number of a socket, which is added to `new` if no line has defined it yet.
    fn socket(&mut self, socket: &Arc<SocketId>, new: &mut New) -> io::Result<u32> {
        let (number, is_new) = self.sockets.number(socket);
        if is_new {
            new.insert(number, brief(socket)?);
        }
        Ok(number)
    }
}

/// The sockets that a line defines.
type New = BTreeMap<u32, Value>;

/// The fields that say when a call began and returned. Mostly its duration is enough: `at` is one
/// of its ends, and its arguments say which.
fn times(at: u64, call: &Call) -> CallOut<'_> {
    let began = (at != call.moment()).then_some(call.began);
    match call.ended.checked_sub(call.began) {
        Some(took) => CallOut { began, took, ..CallOut::default() },
        None => CallOut { began: Some(call.began), ended: Some(call.ended), ..CallOut::default() },
    }
}

fn moved<'e>(bytes: &'e Bytes, flags: &'e Flags, control: &'e [Control]) -> MovedOut<'e> {
    let (mut text, mut base64) = (None, None);
    if !bytes.sample.is_empty() {
        match bytes.encoded() {
            Encoded::Text(known) => text = Some(known),
            Encoded::Base64(known) => base64 = Some(known),
        }
    }
    MovedOut {
        total: (bytes.total != bytes.sample.len() as u64).then_some(bytes.total),
        text,
        base64,
        flags: (!flags.is_empty()).then_some(flags),
        control,
        ..MovedOut::default()
    }
}

fn address(address: &Option<Endpoint>) -> io::Result<Option<Value>> {
    address.as_ref().map(brief).transpose()
}

/// A value as JSON, with IP addresses as words.
fn brief(value: &impl Serialize) -> io::Result<Value> {
    let mut value = serde_json::to_value(value)?;
    shorten(&mut value);
    Ok(value)
}

fn shorten(value: &mut Value) {
    match value {
        Value::Object(fields) if matches!(fields.get("family"), Some(Value::String(family)) if family.starts_with("inet")) =>
        {
            let endpoint: Option<Endpoint> = serde_json::from_value(value.clone()).ok();
            if let Some(word) = endpoint.and_then(|endpoint| endpoint.brief()) {
                *value = word.into();
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        Value::Array(items) => items.iter_mut().for_each(shorten),
        _ => {}
    }
}

/// Numbers for things that many events share, in the order of their first appearance.
#[derive(Debug)]
struct Numbers<T> {
    known: HashMap<T, u32>,
    next: u32,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { known: HashMap::new(), next: 1 }
    }
}

/// How many numbers are remembered: a recorder may run for days. What appears again after it was
/// forgotten is defined again.
const MOST: usize = 1 << 16;

impl<T: Clone + Eq + std::hash::Hash> Numbers<T> {
    /// The number of a thing, and whether it is new.
    fn number(&mut self, thing: &T) -> (u32, bool) {
        if let Some(number) = self.known.get(thing) {
            return (*number, false);
        }
        if self.known.len() >= MOST {
            self.known.clear();
        }
        let number = self.next;
        self.next += 1;
        self.known.insert(thing.clone(), number);
        (number, true)
    }
}
