//! What happens to a process, and what is done on its behalf.

use socklab_event::{Errno, Exit, Notice, Process, Signal};
use socklab_flows::Position;

use crate::case::{Case, Occurrence};

/// Every process a signal ended.
fn signal_deaths<'c>(
    case: &'c Case<'_>,
) -> impl Iterator<Item = (Position, u32, Signal)> + use<'c> {
    case.flows.order.iter().enumerate().filter_map(|(at, event)| match event.process() {
        Some(Process::Exit { status: Exit::Signal(signal) }) => {
            Some((at, event.place.process, *signal))
        }
        _ => None,
    })
}

/// SIGPIPE also comes of a pipe: only a send on a socket that broke shows which it was.
pub(super) fn sigpipe(case: &Case<'_>) -> Vec<Occurrence> {
    let found = signal_deaths(case).filter(|(.., signal)| *signal == Signal::PIPE).filter_map(
        |(at, process, _)| {
            let broken = case.failed(Errno::EPIPE).map(|(at, _)| at);
            let own = broken.filter(|one| case.flows.order[*one].place.process == process);
            let last = own.last().filter(|last| !case.works_after(process, *last))?;
            Some(Occurrence::at(at).and([last]).with("program", case.program(at)))
        },
    );
    found.collect()
}

/// A signal ended a process that was the last to have a stream open, and the other end was still
/// there to notice.
pub(super) fn killed(case: &Case<'_>) -> Vec<Occurrence> {
    let found = signal_deaths(case).filter(|(.., signal)| *signal != Signal::PIPE).filter_map(
        |(at, process, signal)| {
            let closed = case.calls().find(|(close, call)| {
                let own = case.flows.order[*close].place.process == process;
                own && call.implicit && call.is_close() && is_cut_off(case, *close, at)
            });
            let finding = Occurrence::at(at).and([closed?.0]).with("program", case.program(at));
            Some(finding.with("signal", signal.to_string()))
        },
    );
    found.collect()
}

/// True if an implicit close was the end of a stream, came with the end of its process, and the other
/// end had not closed.
fn is_cut_off(case: &Case<'_>, close: Position, exit: Position) -> bool {
    let open = || {
        let (socket, connection) = (case.flows.socket_at(close)?, case.flows.connection_at(close)?);
        let other = case.flows.other_end(connection, Some(socket)).socket;
        let gone = other.and_then(|other| case.closed(other)).is_some_and(|gone| gone < close);
        let works_on = case.works_after(case.flows.order[exit].place.process, close);
        let stream = case.flows.sockets[socket].is_stream();
        Some(stream && !gone && !works_on && case.closed(socket) == Some(close))
    };
    open().unwrap_or(false)
}

pub(super) fn io_uring(case: &Case<'_>) -> Vec<Occurrence> {
    let found = case
        .flows
        .order
        .iter()
        .enumerate()
        .filter(|(_, event)| matches!(event.notice(), Some(Notice::IoUring { sure: true })));
    found.map(|(at, _)| Occurrence::at(at).with("program", case.program(at))).collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, offered, scenes};

    use super::super::explained::{rules, text_of};
    use super::*;

    #[test]
    fn killed_with_a_connection_open() {
        let mut story = Story::new();
        let (near, _) = scenes::tcp_pair(&mut story);
        story.closed_at_exit(near);
        story.killed(near.who, 9);
        assert!(text_of(&story.build(), "killed-connected").contains("SIGKILL"));

        let mut story = Story::new();
        let (near, _) = scenes::tcp_pair(&mut story);
        story.fail(near, "sendto", offered(b"x"), 32);
        story.killed(near.who, 13);
        assert!(rules(&story.build()).contains(&"killed-by-sigpipe"));
    }

    #[test]
    fn what_the_recorder_did_is_not_explained() {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        story.ended_by_recorder(near.who, 15);
        story.closed_at_exit(near);
        story.killed(near.who, 15);
        story.fail(far, "recvfrom", socklab_timelines::got(10, b""), 4);
        story.fail(far, "recvfrom", socklab_timelines::got(10, b""), 104);
        story.fail(far, "sendto", offered(b"x"), 32);
        assert_eq!(rules(&story.build()), ["accept-waits"], "from before");
    }

    #[test]
    fn io_uring_is_reported() {
        let mut story = Story::new();
        let who = story.command("fast", "f");
        story.what(who, Notice::IoUring { sure: false });
        assert!(rules(&story.build()).is_empty(), "nobody knows");
        story.what(who, Notice::IoUring { sure: true });
        assert!(text_of(&story.build(), "io-uring").contains("fast"));
    }
}
