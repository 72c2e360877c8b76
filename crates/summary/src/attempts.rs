//! Attempts to connect that came to nothing.

use socklab_event::{Args, Call, Endpoint, Errno, OptionValue, Outcome, kind_of_socket};
use socklab_flows::{Flows, Position};

use crate::conversations::{came_about, shown};
use crate::model::{FailedConnect, Mention};

/// An attempt that failed.
pub(crate) struct Failure<'t> {
    pub(crate) at: Position,
    pub(crate) call: &'t Call,
    pub(crate) to: &'t Endpoint,
    /// `None` if there was no answer.
    pub(crate) error: Option<Errno>,
    /// In nanoseconds.
    took: u64,
}

pub(crate) fn of(flows: &Flows<'_>, origin: u64) -> Vec<FailedConnect> {
    let told = |failure: Failure<'_>| FailedConnect {
        by: Mention::of(flows, failure.at, origin),
        protocol: failure.call.socket.as_deref().map_or_else(String::new, |socket| {
            kind_of_socket(socket.family, socket.kind, socket.protocol)
        }),
        to: shown(failure.to),
        error: failure.error,
        took: failure.took,
    };
    failures(flows).into_iter().map(told).collect()
}

/// Every attempt that failed, in order.
pub(crate) fn failures<'t>(flows: &Flows<'t>) -> Vec<Failure<'t>> {
    flows.calls().filter_map(|(at, _, call)| failure(flows, at, call)).collect()
}

fn failure<'t>(flows: &Flows<'t>, at: Position, call: &'t Call) -> Option<Failure<'t>> {
    let to = call.asks()?;
    let failed = |error, took| Some(Failure { at, call, to, error, took });
    match call.outcome {
        Outcome::Value(_) => None,
        // These ask about an attempt that was made before.
        Outcome::Error(Errno::EALREADY | Errno::EISCONN) => None,
        // It goes on in the background (connect(2)).
        Outcome::Error(Errno::EINPROGRESS | Errno::EINTR) | Outcome::Unfinished => {
            let socket = &flows.sockets[flows.socket_at(at)?];
            let came = |index: usize| came_about(flows, index, &socket.calls);
            if flows.connection_at(at).is_some_and(came) {
                return None;
            }
            let later = || socket.calls.iter().filter(|later| **later > at);
            let calls = || later().filter_map(|later| flows.call(*later));
            let again = |call: &Call| match call.asks() {
                Some(_) => call.value().is_some() || call.error().is_some_and(is_final),
                None => false,
            };
            if calls().any(again) {
                // That call is the one that tells.
                return None;
            }
            let reported = calls().find_map(|call| match &call.args {
                Args::GetOption { value: Some(OptionValue::Error(error)), .. } if error.0 != 0 => {
                    Some((*error, call.ended))
                }
                _ => None,
            });
            let last = calls().next_back().map_or(call.ended, |last| last.ended);
            let (error, ended) = reported.map_or((None, last), |(error, at)| (Some(error), at));
            failed(error, ended.saturating_sub(call.began))
        }
        Outcome::Error(error) => failed(Some(error), call.took()),
    }
}

/// True for the answer to an attempt, as opposed to news about it.
fn is_final(error: Errno) -> bool {
    ![Errno::EALREADY, Errno::EISCONN, Errno::EINPROGRESS, Errno::EINTR].contains(&error)
}
