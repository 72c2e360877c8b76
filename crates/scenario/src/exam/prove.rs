//! Finds the key of a question by running its variant, twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use socklab_event::{Args, Call, Outcome, SocketType};
use socklab_flows::Position;

use super::view::{Made, View};
use super::would::{Look, Proposal, Seen};
use super::{Candidate, Found};
use crate::engine::{Runner, run};
use crate::format::Case;
use crate::recording::Recording;
use crate::submission::Submission;

/// The question with its key. `None` if two runs differ, if what was seen is none of the choices, or if
/// nothing was seen.
pub(super) fn prove(
    proposal: Proposal,
    submission: &Submission,
    runner: &Runner,
) -> Option<Candidate> {
    let once = |seed: u64| {
        let runner = Runner { seed, packets: false, ..runner.clone() };
        run(&proposal.scenario, Some(submission), &runner).ok()
    };
    let first = once(runner.seed)?;
    let (right, evidence) = key(&proposal, &first)?;
    let (again, _) = key(&proposal, &once(runner.seed.wrapping_add(1))?)?;
    (right == again).then_some(())?;
    let Proposal { draft, case, .. } = proposal;
    draft.keyed(right, &case, evidence, &Arc::new(first.timeline()), true)
}

/// The ids of the questions that another run of a case has the answers of.
pub(super) fn again(case: &Case, submission: &Submission, runner: &Runner) -> BTreeSet<String> {
    let runner = Runner { packets: false, ..runner.clone() };
    let recording = run(&case.scenario, Some(submission), &runner).ok();
    let recording = recording.filter(|it| it.trouble.is_none());
    let found = recording.and_then(|recording| Found::of(&recording, case));
    let read = found.map(|found| found.read).unwrap_or_default();
    read.into_iter().map(|candidate| candidate.id).collect()
}

/// What a run shows: the right choice, and the events that show it.
fn key(proposal: &Proposal, recording: &Recording) -> Option<(usize, Vec<u64>)> {
    // What a busy machine keeps from happening is no answer.
    let says_nothing = recording.trouble.is_some() || recording.is_late_and_starved();
    (!says_nothing).then_some(())?;
    let timeline = recording.timeline();
    let whose = match &proposal.look {
        Look::Failure(other) => other,
        _ => &proposal.actor,
    };
    let view = View::of(&timeline, whose, recording.over);
    let (seen, at) = seen(&view, &proposal.look, &timeline, recording.over)?;
    Some((proposal.right(&seen)?, view.seqs(&at)))
}

fn seen(
    view: &View<'_>,
    look: &Look,
    timeline: &socklab_event::Timeline,
    over: u64,
) -> Option<(Seen, Vec<Position>)> {
    match look {
        Look::Receive(SocketType::STREAM, nth) => {
            let socket = *view.streams().first()?;
            let (at, call) = view.on(socket).filter(|(_, call)| call.receives()).nth(*nth)?;
            let mut evidence = vec![at];
            evidence.extend(view.flows.closing_at(at).and_then(|it| it.closed));
            Some((moved(view, call, call.received())?, evidence))
        }
        Look::Receive(kind, nth) => {
            let (at, call) =
                view.on_sockets(*kind).filter(|(_, call)| call.receives()).nth(*nth)?;
            let sent = view.flows.got_at(at).iter();
            let sent = sent.map(|(transfer, _)| view.flows.transfers[*transfer].sent);
            Some((moved(view, call, call.received())?, [at].into_iter().chain(sent).collect()))
        }
        Look::Send(kind) => {
            let (at, call) = view.on_sockets(*kind).find(|(_, call)| call.sends())?;
            match call.sent() {
                Some(sent) if sent > 0 => Some((Seen::Taken, vec![at])),
                sent => Some((moved(view, call, sent)?, vec![at])),
            }
        }
        Look::Connect => {
            let asks = |(_, call): &Made<'_>| matches!(call.args, Args::Connect { .. });
            let (at, call) = view.on_sockets(SocketType::STREAM).find(asks)?;
            let seen = match call.outcome {
                Outcome::Value(_) => Seen::Done,
                _ => moved(view, call, None)?,
            };
            Some((seen, vec![at]))
        }
        Look::Served(peer) => {
            let theirs = View::of(timeline, peer, over);
            let connects = |(_, call): &Made<'_>| matches!(call.args, Args::Connect { .. });
            let (asked, connect) = theirs.calls().find(connects)?;
            if let Some(errno) = connect.error() {
                return Some((Seen::Failed("connect".to_owned(), errno), vec![asked]));
            }
            let (sent, _) = theirs.calls().find(|(_, call)| call.sent() > Some(0))?;
            let parts = view.flows.sent_at(sent).iter();
            let parts = parts.flat_map(|index| &view.flows.transfers[*index].parts);
            let read = parts.map(|part| part.received).min();
            let evidence = [asked, sent].into_iter().chain(read).collect();
            Some((Seen::Served(read.is_some()), evidence))
        }
        Look::Failure(_) => {
            let made: Vec<Made<'_>> = view.calls().collect();
            let failed = made.iter().find(|(_, call)| {
                call.error().is_some()
                    && matches!(
                        call.args,
                        Args::Bind { .. } | Args::Listen { .. } | Args::Socket { .. }
                    )
            });
            match failed {
                Some((at, call)) => {
                    Some((Seen::Failed(call.library_name().to_owned(), call.error()?), vec![*at]))
                }
                None => {
                    let (at, _) =
                        made.iter().find(|(_, call)| matches!(call.args, Args::Bind { .. }))?;
                    Some((Seen::NoFailure, vec![*at]))
                }
            }
        }
    }
}

fn moved(view: &View<'_>, call: &Call, bytes: Option<u64>) -> Option<Seen> {
    match (bytes, call.error()) {
        _ if view.waits(call) => Some(Seen::Waits),
        (Some(bytes), _) => Some(Seen::Bytes(bytes)),
        (None, Some(errno)) => Some(Seen::Error(errno)),
        (None, None) => None,
    }
}
