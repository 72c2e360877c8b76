//! What happens to a process, and what is done on its behalf.

use socklab_event::{Call, Errno, Exit, Notice, Process, Signal};
use socklab_flows::Position;

use crate::case::{Case, Occurrence};

fn lookups(case: &Case<'_>, answered: bool) -> Vec<Occurrence> {
    let found = case.flows.lookups.iter().filter(|lookup| lookup.answered == answered);
    let found = found.filter_map(|lookup| {
        let asks = |at: &&Position| case.call(**at).is_some_and(Call::sends);
        let asked = lookup.calls.iter().find(asks).copied()?;
        let finding = Occurrence::at(asked).with("name", lookup.names.first()?.clone());
        Some(finding.with("server", lookup.server.to_string()))
    });
    found.collect()
}

pub(super) fn name_lookup(case: &Case<'_>) -> Vec<Occurrence> {
    lookups(case, true)
}

pub(super) fn lookup_unanswered(case: &Case<'_>) -> Vec<Occurrence> {
    lookups(case, false)
}

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

pub(super) fn sigpipe(case: &Case<'_>) -> Vec<Occurrence> {
    let found = signal_deaths(case).filter(|(.., signal)| *signal == Signal::PIPE).map(
        |(at, process, _)| {
            let broken = case.failed(Errno::EPIPE).map(|(at, _)| at);
            let own = broken.filter(|at| case.flows.order[*at].place.process == process);
            Occurrence::at(at).and(own.last()).with("program", case.program(at))
        },
    );
    found.collect()
}

pub(super) fn killed(case: &Case<'_>) -> Vec<Occurrence> {
    let found = signal_deaths(case).filter(|(.., signal)| *signal != Signal::PIPE).filter_map(
        |(at, process, signal)| {
            let closed = case.calls().find(|(close, call)| {
                let own = case.flows.order[*close].place.process == process;
                let connected = case.flows.connection_at(*close).is_some();
                own && call.implicit && connected && call.is_close()
            });
            let finding = Occurrence::at(at).and([closed?.0]).with("program", case.program(at));
            Some(finding.with("signal", signal.to_string()))
        },
    );
    found.collect()
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
    fn look_ups_are_recognized() {
        let question = b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\
                         \x00\x01\x00\x01";
        let mut story = Story::new();
        let client = story.command("client", "c");
        let sock = story.udp(client);
        story.connect(sock, "10.0.0.53:53");
        story.send(sock, question);
        assert!(text_of(&story.build(), "name-lookup-unanswered").contains("example.com"));
        story.recv(sock, question);
        assert_eq!(rules(&story.build()), ["name-lookup"]);
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
