//! Sends of which the kernel accepted only a part.

use socklab_event::{Args, Bytes};
use socklab_flows::Position;
use socklab_say::count;

use crate::case::{Case, Occurrence};

/// A send on a stream of which the kernel accepted only a part.
pub(crate) struct CutShort {
    pub(crate) at: Position,
    /// How many bytes the program wanted to send.
    pub(crate) asked: u64,
    /// How many of them the kernel accepted.
    pub(crate) taken: u64,
    /// The next send on the same socket.
    next: Option<(Position, Next)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// It goes on where the kernel stopped.
    Rest,
    /// It is something else.
    Other,
    /// Not enough was recorded to tell.
    Unknown,
}

impl CutShort {
    /// The send with which the program went on sending what was left.
    pub(crate) fn rest(&self) -> Option<Position> {
        self.next.filter(|(_, next)| *next == Next::Rest).map(|(at, _)| at)
    }

    /// True if the rest was not sent, although it could have been: where the connection was cut, it could not.
    pub(crate) fn is_never_sent(&self, case: &Case<'_>) -> bool {
        match self.next {
            Some((_, next)) => next == Next::Other,
            None => {
                let end = case.flows.order.len();
                let socket = case.flows.socket_at(self.at);
                socket.is_none_or(|socket| case.cut_before(socket, end).is_none())
            }
        }
    }

    /// With the figures.
    pub(crate) fn found(&self, found: Occurrence) -> Occurrence {
        found.with("asked", count(self.asked)).with("taken", count(self.taken))
    }
}

/// So many further sends are looked at for the rest.
const SOON: usize = 16;

/// All of a recording.
pub(crate) fn of<'c>(case: &'c Case<'_>) -> impl Iterator<Item = CutShort> + use<'c> {
    case.calls().filter_map(|(at, call)| match &call.args {
        Args::Send { asked, bytes, .. } if call.value().is_some() && bytes.total < *asked => {
            let socket = case.socket(at).filter(|socket| socket.is_stream())?;
            let from = socket.calls.partition_point(|one| *one <= at);
            let later = socket.calls[from..].iter().copied();
            let sends = later.filter_map(|at| Some((at, case.call(at).filter(|it| it.sends())?)));
            let mut sends = sends.map(|(at, call)| (at, what(&call.args, *asked, bytes)));
            let mut next = sends.next();
            // Another thread may have sent something between them.
            if let Some((_, next @ Next::Other)) = &mut next
                && sends.take(SOON).any(|(_, what)| what == Next::Rest)
            {
                *next = Next::Unknown;
            }
            Some(CutShort { at, asked: *asked, taken: bytes.total, next })
        }
        _ => None,
    })
}

/// What a send is, by what both offered, and where that was not recorded by its size.
fn what(next: &Args, asked: u64, first: &Bytes) -> Next {
    let Args::Send { asked: then, bytes, .. } = next else { return Next::Unknown };
    let rest = usize::try_from(first.total).ok().and_then(|taken| first.sample.get(taken..));
    let mut pairs = rest.unwrap_or_default().iter().zip(&bytes.sample).peekable();
    if pairs.peek().is_some() {
        let same = pairs.all(|(one, other)| one == other);
        return if same { Next::Rest } else { Next::Other };
    }
    if *then == asked - first.total { Next::Rest } else { Next::Unknown }
}
