//! Which events repeat earlier ones, and how many did: in a recording that has become large they are
//! counted instead of recorded.

use std::collections::{BTreeMap, HashMap, HashSet};

use socklab_event::{
    Args, Call, Errno, Event, Frame, Name, Notice, Outcome, Place, Process, Stream, Transport, What,
};

/// The events seen since repeats are counted.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    /// By socket: what was done on it.
    on_sockets: HashMap<Key, HashSet<Deed>>,
    /// What did not happen on a socket.
    elsewhere: HashSet<Shape>,
    counts: BTreeMap<(u32, Name), Count>,
}

/// What becomes of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Kept,
    Counted,
    /// Kept if nothing like it happened on that socket before.
    OnceOn(Key, Deed),
    /// Kept if nothing like it happened before.
    Once(Shape),
}

/// What two calls on a socket have in common if the second one repeats the first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Deed {
    /// Data moved, whichever process moved it and by which call: so that the recorded bytes of one
    /// direction are its first ones, without a gap.
    Data { sent: bool },
    /// Any other call.
    Call { name: Name, error: Option<Errno> },
}

/// What two events have in common if the second one repeats the first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Shape {
    Call {
        process: u32,
        name: Name,
        error: Option<Errno>,
    },
    Stdio {
        process: u32,
        stream: Stream,
    },
    /// Frames that neither open nor end a connection.
    Frame {
        from: String,
        source: String,
        destination: String,
    },
}

/// A socket: its inode, or else its descriptor in its process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Inode(u64),
    Descriptor { process: u32, fd: Option<i32> },
}

/// The calls of one name by one process.
#[derive(Debug)]
struct Count {
    place: Place,
    at: u64,
    /// All that were counted.
    all: u64,
    /// Those that no notice has told of.
    untold: u64,
    bytes: u64,
}

impl Repeats {
    /// True if the event repeats an earlier one and is to be counted. With `failures`, so are
    /// repeated failures, and calls that repeat one on another socket.
    pub(crate) fn is_repeat(&mut self, event: &Event, failures: bool) -> bool {
        let repeats = match fate(event, failures) {
            Fate::Kept => false,
            Fate::Counted => true,
            Fate::OnceOn(socket, deed) => !self.on_sockets.entry(socket).or_default().insert(deed),
            Fate::Once(shape) => !self.elsewhere.insert(shape),
        };
        if let Some(call) = event.call().filter(|call| call.is_close()) {
            self.forget(&key(event, call));
        }
        repeats
    }

    /// Forgets a descriptor that was closed, whose number will be used again. What is known of the
    /// data of a socket remains: other processes may go on using it.
    fn forget(&mut self, closed: &Key) {
        match closed {
            Key::Descriptor { .. } => drop(self.on_sockets.remove(closed)),
            Key::Inode(_) => {
                if let Some(deeds) = self.on_sockets.get_mut(closed) {
                    deeds.retain(|deed| matches!(deed, Deed::Data { .. }));
                    deeds.shrink_to_fit();
                }
            }
        }
    }

    /// Counts a repeated event. Returns a notice when it is time for one: at the 1st, 2nd, 4th, 8th
    /// … call of that name, so that a recorder that is killed loses less than half of the count.
    pub(crate) fn count(&mut self, event: &Event) -> Option<Event> {
        let (name, bytes) = match event.call() {
            Some(call) => (call.name.clone(), call.sent().or(call.received()).unwrap_or(0)),
            None => (Name::of(kind(event)), 0),
        };
        let count = self.counts.entry((event.place.process, name.clone())).or_insert_with(|| {
            Count { place: event.place.clone(), at: 0, all: 0, untold: 0, bytes: 0 }
        });
        count.at = event.at;
        count.all += 1;
        count.untold += 1;
        count.bytes = count.bytes.saturating_add(bytes);
        count.all.is_power_of_two().then(|| count.tell(name))
    }

    /// What no notice has told of yet.
    pub(crate) fn rest(&mut self) -> Vec<Event> {
        let untold = self.counts.iter_mut().filter(|(_, count)| count.untold > 0);
        untold.map(|((_, name), count)| count.tell(name.clone())).collect()
    }
}

impl Count {
    fn tell(&mut self, call: Name) -> Event {
        let notice = Notice::Counted { call, count: self.untold, bytes: self.bytes };
        (self.untold, self.bytes) = (0, 0);
        Event { seq: 0, at: self.at, place: self.place.clone(), what: notice.into() }
    }
}

fn kind(event: &Event) -> &'static str {
    match event.what {
        What::Frame(_) => "frame",
        _ => "stdio",
    }
}

fn fate(event: &Event, failures: bool) -> Fate {
    let process = event.place.process;
    match &event.what {
        What::Call(call) if failures && call.moves_data() => Fate::Counted,
        What::Call(call) if failures => {
            Fate::Once(Shape::Call { process, name: call.name.clone(), error: call.error() })
        }
        What::Call(call) => fate_of_call(event, call),
        What::Process(what) => match **what {
            Process::Stdio { stream, .. } => Fate::Once(Shape::Stdio { process, stream }),
            _ => Fate::Kept,
        },
        What::Frame(frame) => fate_of_frame(frame),
        // Starts, ends, states of the kernel, notices.
        _ => Fate::Kept,
    }
}

fn fate_of_call(event: &Event, call: &Call) -> Fate {
    // A program may ask again and again as long as the answer is "not now".
    let failed = call.error().is_some_and(|error| !error.is_not_now());
    if failed || call.outcome == Outcome::Unfinished || call.is_end_of_stream() {
        return Fate::Kept;
    }
    let changes_state = matches!(
        call.args,
        Args::Socket { .. }
            | Args::Socketpair { .. }
            | Args::Bind { .. }
            | Args::Listen { .. }
            | Args::Accept { .. }
            | Args::Connect { .. }
            | Args::Shutdown { .. }
            | Args::Close
            | Args::Dup { .. }
            | Args::IoUring { .. }
    );
    if changes_state && call.error().is_none() {
        return Fate::Kept;
    }
    let deed = if call.moves_data() {
        Deed::Data { sent: call.sends() }
    } else {
        Deed::Call { name: call.name.clone(), error: call.error() }
    };
    Fate::OnceOn(key(event, call), deed)
}

fn key(event: &Event, call: &Call) -> Key {
    match call.socket.as_ref().and_then(|socket| socket.inode) {
        Some(inode) => Key::Inode(inode),
        None => Key::Descriptor { process: event.place.process, fd: call.fd },
    }
}

fn fate_of_frame(frame: &Frame) -> Fate {
    let Some(headers) = &frame.headers else { return Fate::Kept };
    if let Transport::Tcp { flags, .. } = &headers.transport
        && ["SYN", "FIN", "RST"].into_iter().any(|flag| flags.has(flag))
    {
        return Fate::Kept;
    }
    let (source, destination) = (headers.source.to_string(), headers.destination.to_string());
    Fate::Once(Shape::Frame { from: frame.from.clone(), source, destination })
}
