//! Which events are worth a row.

use std::collections::{HashMap, HashSet};

use socklab_event::{Args, Call, Event, Exit, Family, Frame, Process, Transport, What};
use socklab_flows::{Flows, Lookup, Position};

use super::asides;
use super::cast::Cast;
use crate::{Detail, Options};

/// The calls that tell something, whoever made them.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    calls: HashSet<Position>,
    /// The first call of each name look-up, which stands for all of its calls.
    lookups: HashMap<Position, usize>,
    /// The other calls of look-ups.
    in_lookups: HashSet<Position>,
}

impl Telling {
    /// Tells the calls that move a conversation on from those that set up, enquire or tidy.
    pub(crate) fn of(flows: &Flows<'_>, options: &Options) -> Self {
        let mut telling = Self::default();
        let mut asides = HashSet::new();
        if options.detail == Detail::Essential {
            let lookups = flows.lookups.iter().enumerate();
            for (index, lookup) in lookups.filter(|(_, one)| folds(flows, one)) {
                if let Some((first, others)) = lookup.calls.split_first() {
                    telling.lookups.insert(*first, index);
                    telling.in_lookups.extend(others);
                }
            }
            asides = asides::of(flows, options);
            let kept = flows.calls().filter(|(_, event, _)| options.keep.contains(&event.seq));
            for socket in kept.filter_map(|(at, ..)| flows.socket_at(at)) {
                // What is explained is not drawn by half.
                let connection = flows.sockets[socket].connection;
                let other = connection.and_then(|one| flows.other_end(one, Some(socket)).socket);
                asides.retain(|aside| *aside != socket && Some(*aside) != other);
            }
        }
        for (at, event, call) in flows.calls() {
            let tells = if options.keep.contains(&event.seq) || telling.lookups.contains_key(&at) {
                true
            } else if telling.in_lookups.contains(&at) {
                false
            } else {
                let aside = flows.socket_at(at).is_some_and(|socket| asides.contains(&socket));
                // The kernel closes everything at exit; it matters where someone is listening.
                let tidying = call.implicit && flows.connection_at(at).is_none();
                options.detail == Detail::All || !(aside || tidying) && is_essential(call, options)
            };
            if tells {
                telling.calls.insert(at);
            }
        }
        telling
    }

    /// True if this is such a call.
    pub(crate) fn has(&self, at: Position) -> bool {
        self.calls.contains(&at)
    }
}

/// The events to draw, and what was left out.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// In order.
    pub(crate) shown: Vec<Position>,
    /// Calls that only set up or enquire.
    pub(crate) hidden: u64,
    /// Frames that only acknowledge.
    pub(crate) bare_acks: u64,
    /// The first call of each name look-up, which stands for all of its calls.
    pub(crate) lookups: HashMap<Position, usize>,
}

/// Sorts the events into drawn and not drawn.
pub(crate) fn choose(
    flows: &Flows<'_>,
    telling: Telling,
    cast: &Cast,
    options: &Options,
) -> Visible {
    let mut visible = Visible::default();
    for (at, event) in flows.order.iter().enumerate() {
        let keep = options.keep.contains(&event.seq);
        match &event.what {
            What::Call(_) if telling.has(at) => {
                if cast.lane(&event.place).is_some() {
                    visible.shown.push(at);
                }
            }
            What::Call(_) if telling.in_lookups.contains(&at) => {}
            What::Call(call) => visible.hidden += u64::from(!call.implicit),
            What::Process(process) => {
                let alone = cast.process_tag(event.place.process).is_none();
                let drawn = cast.lane(&event.place).is_some();
                if drawn && (keep || is_telling(process, alone, options)) {
                    visible.shown.push(at);
                }
            }
            What::Frame(frame) => {
                if keep || options.detail == Detail::All || !is_bare_ack(flows, at, frame) {
                    visible.shown.push(at);
                } else {
                    visible.bare_acks += 1;
                }
            }
            What::State(_) => {
                if keep || options.detail == Detail::All {
                    visible.shown.push(at);
                }
            }
            What::Notice(_) => {}
        }
    }
    visible.lookups = telling.lookups;
    visible
}

/// A look-up is folded unless the name server itself is in the recording: then it is the subject.
fn folds(flows: &Flows<'_>, lookup: &Lookup) -> bool {
    let recorded = |at: &Position| {
        let connection = flows.connection_at(*at);
        let other = connection.map(|one| flows.other_end(one, Some(lookup.socket)));
        other.is_some_and(|other| other.socket.is_some())
    };
    !lookup.calls.iter().any(recorded)
}

/// True if a call moves a conversation on.
pub(super) fn is_essential(call: &Call, options: &Options) -> bool {
    let failed = call.error().is_some();
    let family = call.socket.as_ref().map(|socket| socket.family);
    match &call.args {
        // The C library asks the kernel for its addresses, on the program's behalf.
        _ if family == Some(Family::NETLINK) => false,
        Args::Socket { family: Family::NETLINK, .. } => false,
        Args::SetOption { .. } => failed,
        Args::GetOption { value, .. } => {
            matches!(value, Some(socklab_event::OptionValue::Error(errno)) if errno.0 != 0)
        }
        Args::LocalName { .. }
        | Args::PeerName { .. }
        | Args::Dup { .. }
        | Args::Fcntl { .. }
        | Args::Ioctl { .. }
        | Args::EpollControl { .. }
        | Args::Other { .. } => false,
        Args::Poll { .. } | Args::EpollWait { .. } => failed || options.waited(call),
        Args::Close => !failed || !call.implicit,
        _ => true,
    }
}

fn is_telling(process: &Process, alone: bool, options: &Options) -> bool {
    match process {
        Process::Exit { status: Exit::Code(0) } => alone || options.detail == Detail::All,
        Process::Exit { .. } | Process::Stdio { .. } | Process::Signal { .. } => true,
        Process::Stopped { .. } | Process::Released => true,
        Process::Start { .. } | Process::Ready { .. } => false,
        Process::Exec { .. } | Process::Continued => options.detail == Detail::All,
    }
}

/// An ACK without data, unless it is the third step of a handshake.
fn is_bare_ack(flows: &Flows<'_>, at: Position, frame: &Frame) -> bool {
    let Some(headers) = &frame.headers else { return false };
    let Transport::Tcp { flags, .. } = &headers.transport else { return false };
    let bare = headers.payload.total == 0
        && flags.has("ACK")
        && !["SYN", "FIN", "RST"].iter().any(|flag| flags.has(flag));
    // The frame before it in this conversation tells whether it completes a handshake.
    let same = |event: &&&Event| {
        let other = event.frame().and_then(|frame| frame.headers.as_ref());
        other.is_some_and(|other| {
            let forth = other.source == headers.source && other.destination == headers.destination;
            let back = other.source == headers.destination && other.destination == headers.source;
            forth || back
        })
    };
    let before = flows.order[..at].iter().rev().take(200).find(same);
    let answers_syn = before.and_then(|event| event.frame()).is_some_and(|frame| {
        let transport = frame.headers.as_ref().map(|headers| &headers.transport);
        matches!(transport, Some(Transport::Tcp { flags, .. }) if flags.has("SYN") && flags.has("ACK"))
    });
    bare && !answers_syn && matches!(frame.fate, socklab_event::Fate::Delivered { .. })
}
