//! What the rules about `connect` share: connects that failed, and what the program tried next.

use socklab_event::{Args, Call, Endpoint, Errno, OptionValue};
use socklab_flows::Position;

use crate::case::{Case, Occurrence, is_tcp};

/// A program that tries several addresses, or a client that came too early, is a matter of seconds
/// (nanoseconds). What happens later has another reason.
pub(super) const SOON: u64 = 5_000_000_000;

/// There is no way to an address.
pub(super) const NO_WAY: [Errno; 2] = [Errno::ENETUNREACH, Errno::EHOSTUNREACH];

/// Where a connect on a TCP socket leads.
pub(super) fn destination(call: &Call) -> Option<&Endpoint> {
    match &call.args {
        Args::Connect { address } if is_tcp(call) => Some(address),
        _ => None,
    }
}

/// A `connect` that failed: the call that reported it, the `connect` itself, and the destination.
pub(super) struct Failed<'c> {
    pub(super) reported: Position,
    pub(super) connect: Position,
    pub(super) address: &'c Endpoint,
}

impl Failed<'_> {
    /// With the packet that told it, if that was recorded.
    pub(super) fn finding(&self, case: &Case<'_>) -> Occurrence {
        let told = super::lost::refusal(case, self.connect).map(|(frame, _)| frame);
        Occurrence::at(self.reported).and([self.connect]).and(told)
    }

    /// When the connect was refused, nanoseconds on the clock of events.
    pub(super) fn at(&self, case: &Case<'_>) -> u64 {
        let told = super::lost::refusal(case, self.connect).map(|(frame, _)| frame);
        case.flows.order[told.unwrap_or(self.connect)].at
    }
}

/// The connects that failed with this error: at once, or in the background. A program with a
/// non-blocking socket learns of the latter from `getsockopt` `SO_ERROR` (`connect(2)`,
/// EINPROGRESS).
pub(super) fn failures<'c>(case: &'c Case<'_>, errno: Errno) -> impl Iterator<Item = Failed<'c>> {
    let at_once = case.failed(errno).filter_map(|(at, call)| {
        Some(Failed { reported: at, connect: at, address: destination(call)? })
    });
    let reads_error = case.calls().filter(move |(_, call)| match &call.args {
        Args::GetOption { value: Some(OptionValue::Error(error)), .. } => *error == errno,
        _ => false,
    });
    let later = reads_error.filter_map(|(reported, _)| {
        let socket = case.flows.socket_at(reported)?;
        let pending = case.before(socket, reported).rfind(|(_, call)| {
            destination(call).is_some() && call.error() == Some(Errno::EINPROGRESS)
        });
        let (connect, call) = pending?;
        Some(Failed { reported, connect, address: destination(call)? })
    });
    at_once.chain(later)
}

/// Whether the program got through to the same port at another address soon afterwards: a name such
/// as `localhost` has several addresses, and programs try one after the other.
pub(super) fn fallback<'c>(
    case: &'c Case<'_>,
    failed: &Failed<'_>,
) -> Option<(Position, &'c Endpoint)> {
    let when = |at: Position| case.flows.order[at].at;
    let later = case.connects_after(failed.connect, failed.address.port()?);
    let soon = later.take_while(|at| when(*at).saturating_sub(when(failed.connect)) <= SOON);
    let mut through = soon.filter_map(|at| {
        let to = destination(case.call(at)?)?;
        let other = to.unmapped() != failed.address.unmapped();
        (other && got_through(case, at)).then_some((at, to))
    });
    through.next()
}

/// True if a connect succeeded: at once, or later in the background.
fn got_through(case: &Case<'_>, connect: Position) -> bool {
    let Some(call) = case.call(connect) else { return false };
    let moved = || {
        let socket = case.socket(connect)?;
        let after = socket.calls.iter().filter(|at| **at > connect);
        let mut after = after.filter_map(|at| case.call(*at));
        after.find(|call| call.sent().or(call.received()).is_some_and(|total| total > 0))
    };
    let pending = call.error() == Some(Errno::EINPROGRESS);
    call.value().is_some() || (pending && moved().is_some())
}
