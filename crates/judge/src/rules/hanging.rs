//! Programs that wait forever.

use socklab_event::{Args, Call};
use socklab_flows::Position;
use socklab_say::duration;

use crate::case::{Case, Occurrence};

/// A shorter wait at the end of the recording tells nothing (nanoseconds).
const NOTICEABLE: u64 = 100_000_000;

/// The last call a program itself made on a socket: neither closes by the kernel at exit nor what a
/// program does when the recorder ends it count.
fn last_call(case: &Case<'_>, socket: usize) -> Option<Position> {
    let calls = &case.flows.sockets[socket].calls;
    let own = |at: &Position| case.call(*at).is_some_and(|call| !call.implicit);
    calls.iter().copied().rfind(|at| own(at) && case.flows.began_by_itself(*at))
}

/// The receive that a socket's user was still waiting in.
fn pending_receive(case: &Case<'_>, socket: usize) -> Option<Position> {
    let last = last_call(case, socket)?;
    let call = case.call(last)?;
    (case.flows.is_pending_at_end(last) && call.receives()).then_some(last)
}

/// Both ends of every connection that has both ends recorded.
fn pairs<'c>(case: &'c Case<'_>) -> impl Iterator<Item = [usize; 2]> + use<'c> {
    let streams = case
        .flows
        .connections
        .iter()
        .filter(|connection| connection.kind == socklab_flows::ConnectionKind::Stream);
    streams.filter_map(|connection| Some([connection.ends[0].socket?, connection.ends[1].socket?]))
}

/// True if one end has sent bytes that the other has not read: they are on their way, or wait there.
fn in_flight(case: &Case<'_>, from: usize, to: usize) -> bool {
    let total = |socket: usize, of: fn(&Call) -> Option<u64>| {
        let calls = case.flows.sockets[socket].calls.iter();
        calls.filter_map(|at| case.call(*at).and_then(of)).fold(0u64, u64::saturating_add)
    };
    total(from, Call::sent) > total(to, Call::received)
}

pub(super) fn both_wait(case: &Case<'_>) -> Vec<Occurrence> {
    let found = pairs(case).filter_map(|[one, other]| {
        if in_flight(case, one, other) || in_flight(case, other, one) {
            return None;
        }
        let (one, other) = (pending_receive(case, one)?, pending_receive(case, other)?);
        // Programs that run on may well continue.
        if case.ran_on(one) || case.ran_on(other) {
            return None;
        }
        let [first, second] = case.distinct_names(one, other);
        Some(Occurrence::waiting(one).and([other]).with("one", first).with("other", second))
    });
    found.collect()
}

/// One end waits for more; the other end has not sent anything since, and has not closed.
pub(super) fn waits_for_end(case: &Case<'_>) -> Vec<Occurrence> {
    let found = pairs(case).flat_map(|[one, other]| [(one, other), (other, one)]).filter_map(
        |(waiting, silent)| {
            let wait = pending_receive(case, waiting)?;
            let last = last_call(case, silent)?;
            let waited = case.call(wait)?.took();
            let open = case.call(last).is_some_and(|call| {
                !call.is_close() && !call.ends_sending() && !case.flows.is_pending_at_end(last)
            });
            // What closed only when the waiting program itself ended says nothing.
            let until = case.call(wait)?.ended;
            let process = |at: Position| case.flows.order[at].place.process;
            let ended = |(at, call): (Position, &Call)| {
                let with_it = (call.implicit && process(at) == process(wait))
                    || call.began >= until
                    || case.flows.is_recorders_doing(at);
                call.is_close() && !with_it || call.ends_sending()
            };
            let closed = case.before(silent, case.flows.order.len()).any(ended);
            // It received data before: this is not a server waiting for the first message.
            let received = case
                .before(waiting, wait)
                .any(|(_, call)| call.received().is_some_and(|total| total > 0));
            let runs_on = case.ran_on(wait) || case.ran_on(last);
            if !open
                || closed
                || !received
                || runs_on
                || waited < NOTICEABLE
                || in_flight(case, silent, waiting)
            {
                return None;
            }
            let [program, peer] = case.distinct_names(wait, last);
            let finding = Occurrence::waiting(wait).and([last]).with("program", program);
            Some(finding.with("peer", peer).with("time", duration(waited)))
        },
    );
    found.collect()
}

pub(super) fn still_accepting(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case.calls().filter(|(at, call)| {
        let accepts = matches!(call.args, Args::Accept { .. });
        accepts && case.flows.is_pending_at_end(*at) && !case.ran_on(*at)
    });
    found.map(|(at, _)| Occurrence::waiting(at).with("server", case.program(at))).collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, got, scenes};

    use super::super::explained::{rules, text_of};

    #[test]
    fn two_ends_that_wait_for_each_other() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        story.unfinished(far, "recvfrom", got(10, b""));
        story.unfinished(near, "recvfrom", got(10, b""));
        let timeline = story.build();
        assert!(text_of(&timeline, "both-wait").contains("client"));
        assert!(!rules(&timeline).contains(&"waits-for-end"));
    }

    #[test]
    fn a_wait_for_an_end_that_does_not_come() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        story.send(far, "bye");
        story.recv(near, "bye");
        let began = story.now();
        story.wait(300).since(began).unfinished(near, "recvfrom", got(10, b""));
        assert!(text_of(&story.build(), "waits-for-end").contains("300 ms"));
    }

    #[test]
    fn a_server_waits_for_the_next_client() {
        assert!(text_of(&scenes::threaded(), "still-accepting").contains("server"));
    }

    #[test]
    fn two_ends_that_waited_when_the_recorder_ended_one_of_them() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        let began = story.now();
        story.wait(100);
        story.ended_by_recorder(far.who, 15);
        story.since(began).unfinished(far, "recvfrom", got(10, b""));
        story.closed_at_exit(far);
        story.killed(far.who, 15);
        // The other end reads the end of the stream, and closes: the recorder's doing.
        story.since(began).on(near, "recvfrom", got(10, b""), socklab_event::Outcome::Value(0));
        story.close(near);
        assert_eq!(rules(&story.build()), ["accept-waits", "both-wait"]);
    }
}
