//! What a program did: each rule on a timeline where it applies, and on one where the tempting
//! reading is false.

mod answers;
mod conversations;
mod endings;
mod opening;

use socklab_event::{Args, Process, Signal, Stream};
use socklab_flows::Flows;
use socklab_judge::{Activity, Asked, Missed, Present, deed};
use socklab_timelines::{Sock, Story, Who, scenes};

/// The port that every program here is told.
const PORT: u16 = 12_000;

/// Which rule says what an actor did.
fn did(story: &Story, actor: &str, missed: Missed<'_>) -> Option<&'static str> {
    did_with(story, actor, missed, &[], &[])
}

fn did_with(
    story: &Story,
    actor: &str,
    missed: Missed<'_>,
    present: &[Present],
    signals: &[Signal],
) -> Option<&'static str> {
    rule_and_cause(story, actor, missed, present, signals).map(|(rule, _)| rule)
}

/// What it did, and the mistake behind it, if that is known.
fn rule_and_cause(
    story: &Story,
    actor: &str,
    missed: Missed<'_>,
    present: &[Present],
    signals: &[Signal],
) -> Option<(&'static str, Option<&'static str>)> {
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let asked = Asked { actor, port: PORT, missed, present, signals, looks: &[] };
    deed(&flows, &asked).map(|deed| (deed.rule, deed.cause))
}

fn thread(who: Who, activity: Activity, ran: u64) -> Present {
    Present { process: who.process, thread: who.thread, activity, ran }
}

fn prints(story: &mut Story, who: Who, stream: Stream, text: &str) {
    story.process(who, Process::Stdio { stream, bytes: socklab_event::Bytes::whole(text) });
}

/// A server that listens on the right port, and alice, who is connected to it: both ends.
fn pair() -> (Story, Sock, Sock) {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    (story, near, far)
}

/// What `client` of [`pair`] should have received.
fn bytes(expected: &[u8]) -> Missed<'_> {
    Missed::Bytes { peer: "client", expected }
}

/// A server that has made a socket, and no more.
fn server() -> (Story, Who, Sock) {
    let mut story = Story::new();
    let server = story.command("server", "python3 TCPServer.py");
    let sock = story.tcp(server);
    (story, server, sock)
}

fn no_accept() -> Args {
    Args::Accept { peer: None, flags: socklab_event::Flags::default(), listener: None }
}
