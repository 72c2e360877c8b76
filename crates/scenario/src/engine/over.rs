//! What an event was when the scenario ended.

use socklab_event::{Args, Event, Outcome, What};

/// Turns an event reported after the end of the scenario into what was true at its end; false if
/// nothing remains of it.
///
/// Only calls that began before the end are kept. One that returns after the end does so because
/// the engine ends its peers: it is recorded as never having returned.
pub(super) fn as_of(event: &mut Event, over: u64) -> bool {
    let What::Call(call) = &mut event.what else { return false };
    if call.began >= over || call.implicit {
        return false;
    }
    if call.outcome != Outcome::Unfinished && call.ended <= over {
        return true; // It returned in time, but is reported late.
    }
    call.outcome = Outcome::Unfinished;
    call.ended = call.ended.min(over);
    match &mut call.args {
        Args::Recv { bytes, from, .. } => {
            *bytes = socklab_event::Bytes::default();
            *from = None;
        }
        Args::RecvMany { messages, .. } => messages.clear(),
        Args::Accept { peer, listener, .. } => {
            *peer = None;
            if listener.is_some() {
                call.socket = listener.take();
            }
        }
        _ => {}
    }
    event.at = call.moment();
    true
}
