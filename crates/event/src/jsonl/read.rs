//! Reading both versions, of files that are complete and of those that still grow.
//!
//! What is remembered from line to line is the same for all of these, so they share this file, which is
//! longer than others.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::foreign::Foreign;
use super::line::{CallIn, EndLine, LineIn, MovedIn, Text};
use super::{Problem, ReadError, Reading, VERSION, sockets};
use crate::{
    Args, Bytes, Call, Control, Event, Flags, Header, Name, Outcome, Place, Process, SocketId,
    Timeline, What,
};

/// How many bytes show whether a file is of another kind.
const BEGINNING: usize = 8 << 10;

/// Reads a whole timeline of [`VERSION`] or of version 1. Unknown fields and empty lines are
/// ignored.
///
/// # Errors
/// If the first line is not a header of a known version, if a later line is not an event (a last
/// line cut short, or missing, is no error: see [`Reading::truncated`]), or if `input` cannot be read.
pub fn read(mut input: impl BufRead) -> Result<Reading, ReadError> {
    let mut text = Vec::new();
    if read_line(&mut input, &mut text, 1)? == 0 {
        return Err(ReadError::Empty);
    }
    let mut lines = Lines::of(&text)?;
    let mut events = Vec::new();
    let truncated = loop {
        let line = lines.next;
        if read_line(&mut input, &mut text, line)? == 0 {
            let why = "the end is missing".to_owned();
            break (!lines.is_complete()).then_some(Problem { line, why });
        }
        match lines.event(&text) {
            Ok(event) => events.extend(event),
            Err(error) => {
                let problem = Problem { line, why: error.to_string() };
                let cut_short = error.is_eof() && !text.ends_with(b"\n");
                if !cut_short {
                    return Err(ReadError::Line(problem));
                }
                break Some(problem);
            }
        }
    };
    Ok(Reading { timeline: Timeline { header: lines.header, events }, truncated })
}

/// Reads a timeline line by line, as far as it has been written.
#[derive(Debug)]
pub struct Lines {
    header: Header,
    version: u64,
    /// The number of the next line.
    next: usize,
    memory: Memory,
    complete: bool,
}

impl Lines {
    /// Begins with the first line, which is the header.
    ///
    /// # Errors
    /// If it is not a header of a known version.
    pub fn of(first: &[u8]) -> Result<Self, ReadError> {
        let (version, header) = read_header(first)?;
        // Version 1 has no last line.
        let complete = version == 1;
        Ok(Self { header, version, next: 2, memory: Memory::default(), complete })
    }

    /// Facts about the recording as a whole.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// True once the line was read that says that nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The event of the next line; `None` if it has none.
    ///
    /// # Errors
    /// If the line is neither an event nor the end, or is not whole.
    pub fn read(&mut self, text: &[u8]) -> Result<Option<Event>, ReadError> {
        let line = self.next;
        let wrong = |error: serde_json::Error| Problem { line, why: error.to_string() };
        self.event(text).map_err(|error| ReadError::Line(wrong(error)))
    }

    fn event(&mut self, text: &[u8]) -> Parsed<Option<Event>> {
        self.next += 1;
        if is_end(text) {
            self.complete = true;
            return Ok(None);
        }
        if text.trim_ascii().is_empty() {
            return Ok(None);
        }
        match self.version {
            1 => self.memory.version_1(text),
            _ => self.memory.event(text),
        }
        .map(Some)
    }
}

fn is_end(text: &[u8]) -> bool {
    text.starts_with(b"{\"end\":") && serde_json::from_slice::<EndLine>(text).is_ok()
}

/// Reads a line. The first one may be that of a file of another kind, which may have no ends of
/// lines.
fn read_line(
    input: &mut impl BufRead,
    text: &mut Vec<u8>,
    line: usize,
) -> Result<usize, ReadError> {
    text.clear();
    let failed = |source: io::Error| ReadError::Io { line, source };
    if line == 1 {
        let begun = input.fill_buf().map_err(failed)?;
        // What is read from memory is all there at once.
        if let Some(kind) = Foreign::recognize(&begun[..begun.len().min(BEGINNING)]) {
            return Err(ReadError::Foreign { kind });
        }
    }
    input.read_until(b'\n', text).map_err(failed)
}

#[derive(Deserialize)]
struct Version {
    v: u64,
}

/// Checks the version by itself first: in an unknown version, everything else may have changed.
fn read_header(text: &[u8]) -> Result<(u64, Header), ReadError> {
    if let Some(kind) = Foreign::recognize(text) {
        return Err(ReadError::Foreign { kind });
    }
    let wrong = |error: serde_json::Error| ReadError::Header { why: error.to_string() };
    let Version { v } = serde_json::from_slice(text).map_err(wrong)?;
    if !(1..=VERSION).contains(&v) {
        return Err(ReadError::Version { found: v });
    }
    Ok((v, serde_json::from_slice(text).map_err(wrong)?))
}

/// What the lines so far have said, and what many events share.
#[derive(Debug, Default)]
struct Memory {
    next: u64,
    places: HashMap<u32, Place>,
    sockets: HashMap<u32, Arc<SocketId>>,
    shared: Shared,
}

type Parsed<T> = Result<T, serde_json::Error>;

fn wrong(why: String) -> serde_json::Error {
    serde::de::Error::custom(why)
}

impl Memory {
    /// In version 1 every event says everything.
    fn version_1(&mut self, text: &[u8]) -> Parsed<Event> {
        // By way of a `Value`, as the objects of version 2: the code for another way is large.
        let value: Value = serde_json::from_slice(text)?;
        let mut event: Event = serde_json::from_value(value)?;
        if let Some(host) = &mut event.place.host {
            *host = self.shared.host(host);
        }
        match &mut event.what {
            What::Call(call) => {
                call.name = self.shared.name(&call.name);
                if let Some(socket) = &mut call.socket {
                    self.shared.socket(socket);
                }
                self.shared.args(&mut call.args);
            }
            What::State(state) => self.shared.socket(&mut state.socket),
            What::Process(process) => self.shared.process(process),
            _ => {}
        }
        Ok(event)
    }

    fn event(&mut self, text: &[u8]) -> Parsed<Event> {
        let line: LineIn<'_> = serde_json::from_slice(text)?;
        for (number, value) in line.places.into_iter().flatten() {
            let mut place: Place = serde_json::from_value(value)?;
            place.host = place.host.map(|host| self.shared.host(&host));
            self.places.insert(number_of(&number)?, place);
        }
        for (number, value) in line.sockets.into_iter().flatten() {
            let mut socket = Arc::new(serde_json::from_value(value)?);
            self.shared.socket(&mut socket);
            self.sockets.insert(number_of(&number)?, socket);
        }
        let seq = line.seq.unwrap_or(self.next);
        self.next = seq.wrapping_add(1);
        let place = self.places.get(&line.place).cloned();
        let place = place.ok_or_else(|| undefined("place", line.place))?;
        let at = line.at;
        let what = match line {
            LineIn { call: Some(call), .. } => self.call(at, call)?.into(),
            LineIn { process: Some(value), .. } => {
                let mut process: Process = serde_json::from_value(self.defined(value)?)?;
                self.shared.process(&mut process);
                process.into()
            }
            LineIn { state: Some(value), .. } => {
                let mut state: crate::State = serde_json::from_value(self.defined(value)?)?;
                self.shared.socket(&mut state.socket);
                state.into()
            }
            LineIn { frame: Some(value), .. } => {
                serde_json::from_value::<crate::Frame>(value)?.into()
            }
            LineIn { notice: Some(value), .. } => {
                serde_json::from_value::<crate::Notice>(value)?.into()
            }
            _ => return Err(wrong("nothing that this version knows happened".to_owned())),
        };
        Ok(Event { seq, at, place, what })
    }

    fn socket(&self, number: u32) -> Parsed<Arc<SocketId>> {
        self.sockets.get(&number).cloned().ok_or_else(|| undefined("socket", number))
    }

    /// The object with its socket's definition instead of the number.
    fn defined(&self, mut value: Value) -> Parsed<Value> {
        if let Some(number) = value.get("socket").and_then(Value::as_u64) {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            value["socket"] = serde_json::to_value(&*self.socket(number)?)?;
        }
        Ok(value)
    }

    fn call(&mut self, at: u64, line: CallIn<'_>) -> Parsed<Call> {
        let args = match line {
            CallIn { send: Some(moved), .. } => self.send(moved)?,
            CallIn { recv: Some(moved), .. } => self.recv(moved)?,
            CallIn { args: Some(value), .. } => self.args(value)?,
            _ => return Err(wrong("a call without its arguments".to_owned())),
        };
        let outcome = match (line.value, line.error) {
            (_, Some(error)) => Outcome::Error(error),
            (Some(value), None) => Outcome::Value(value),
            (None, None) if line.unfinished => Outcome::Unfinished,
            (None, None) => return Err(wrong("a call without a result".to_owned())),
        };
        let mut call = Call {
            name: self.shared.name(&line.name.0),
            fd: line.fd,
            socket: line.socket.map(|number| self.socket(number)).transpose()?,
            args,
            outcome,
            began: line.began.unwrap_or(at),
            ended: 0,
            restarts: line.restarts,
            implicit: line.implicit,
            source: line.source.map(serde_json::from_value).transpose()?,
            counted: line.counted,
        };
        if line.began.is_none() && !call.stands_at_its_beginning() {
            call.began = at.saturating_sub(line.took);
        }
        call.ended = line.ended.unwrap_or(call.began.saturating_add(line.took));
        Ok(call)
    }

    fn send(&mut self, moved: MovedIn<'_>) -> Parsed<Args> {
        let bytes = bytes(moved.text, moved.base64, moved.total)?;
        Ok(Args::Send {
            asked: moved.asked.unwrap_or(bytes.total),
            bytes,
            flags: self.shared.flags(&moved.flags),
            to: moved.to.map(serde_json::from_value).transpose()?,
            control: control(moved.control)?,
        })
    }

    fn recv(&mut self, moved: MovedIn<'_>) -> Parsed<Args> {
        Ok(Args::Recv {
            room: moved.room.unwrap_or(0),
            bytes: bytes(moved.text, moved.base64, moved.total)?,
            flags: self.shared.flags(&moved.flags),
            got: self.shared.flags(&moved.got),
            from: moved.from.map(serde_json::from_value).transpose()?,
            control: control(moved.control)?,
        })
    }

    fn args(&mut self, mut value: Value) -> Parsed<Args> {
        let mut numbers = Vec::new();
        for place in sockets::in_json(&mut value) {
            let number = place.as_ref().and_then(|value| value.as_u64());
            if let (Some(place), Some(_)) = (place, number) {
                *place = Value::Null;
            }
            numbers.push(number);
        }
        let mut args: Args = serde_json::from_value(value)?;
        for (place, number) in sockets::in_memory(&mut args).into_iter().zip(numbers) {
            if let Some(number) = number {
                *place = Some(self.socket(u32::try_from(number).unwrap_or(u32::MAX))?);
            }
        }
        self.shared.args(&mut args);
        Ok(args)
    }
}

fn number_of(key: &str) -> Parsed<u32> {
    key.parse().map_err(|_| wrong(format!("{key:?} is not a number")))
}

fn undefined(what: &str, number: u32) -> serde_json::Error {
    wrong(format!("{what} {number} is not defined by any line above (were lines taken out?)"))
}

fn bytes(text: Option<Text<'_>>, base64: Option<Text<'_>>, total: Option<u64>) -> Parsed<Bytes> {
    let base64 = base64.map(|base64| base64.0);
    let sample = Bytes::decoded(text.map(|text| text.0), base64.as_deref());
    let sample = sample.map_err(|error| wrong(format!("base64: {error}")))?;
    Ok(Bytes { total: total.unwrap_or(sample.len() as u64), sample })
}

fn control(value: Option<Value>) -> Parsed<Box<[Control]>> {
    value.map_or(Ok(Box::default()), serde_json::from_value)
}

/// Values that many events share, each kept once.
#[derive(Debug, Default)]
struct Shared {
    names: HashSet<Name>,
    flags: HashMap<Vec<Name>, Flags>,
    hosts: HashSet<Arc<str>>,
    sockets: HashSet<Arc<SocketId>>,
}

impl Shared {
    fn name(&mut self, name: &str) -> Name {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let name = Name::from(name.to_owned());
        self.names.insert(name.clone());
        name
    }

    fn host(&mut self, host: &str) -> Arc<str> {
        if let Some(known) = self.hosts.get(host) {
            return Arc::clone(known);
        }
        let host: Arc<str> = host.into();
        self.hosts.insert(Arc::clone(&host));
        host
    }

    fn socket(&mut self, socket: &mut Arc<SocketId>) {
        match self.sockets.get(socket) {
            Some(known) => *socket = Arc::clone(known),
            None => drop(self.sockets.insert(Arc::clone(socket))),
        }
    }

    fn flags(&mut self, names: &[Text<'_>]) -> Flags {
        if names.is_empty() {
            return Flags::default();
        }
        let names: Vec<Name> = names.iter().map(|name| self.name(&name.0)).collect();
        self.flag_set(names.into())
    }

    /// The same set of flags, in shared memory.
    fn flag_set(&mut self, flags: Flags) -> Flags {
        if flags.is_empty() {
            return flags;
        }
        if let Some(known) = self.flags.get(flags.names()) {
            return known.clone();
        }
        self.flags.insert(flags.names().to_vec(), flags.clone());
        flags
    }

    fn args(&mut self, args: &mut Args) {
        let mut share = |flags: &mut Flags| *flags = self.flag_set(std::mem::take(flags));
        match args {
            Args::Send { flags, .. } | Args::Accept { flags, .. } => share(flags),
            Args::Recv { flags, got, .. } => [flags, got].into_iter().for_each(share),
            Args::Poll { waits, .. } => {
                waits.iter_mut().for_each(|wait| (share(&mut wait.wants), share(&mut wait.got)).1);
            }
            Args::EpollWait { ready, .. } => {
                ready.iter_mut().for_each(|entry| share(&mut entry.got));
            }
            _ => {}
        }
        for socket in sockets::in_memory(args).into_iter().flatten() {
            self.socket(socket);
        }
    }

    fn process(&mut self, process: &mut Process) {
        if let Process::Ready { socket, .. } = process {
            self.socket(socket);
        }
    }
}
