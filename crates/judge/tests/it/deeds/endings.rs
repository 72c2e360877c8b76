//! Programs that died, ended, or never rest.

use socklab_event::{Errno, Exit, Process, Signal, Stream};
use socklab_judge::{Activity, Missed};
use socklab_timelines::got;

use super::{bytes, did, did_with, no_accept, pair, prints, rule_and_cause, server, thread};

const TRACE: &str = "Traceback (most recent call last):\n  File \"/home/ana/e.py\", line 5, in <module>\n    \
    c.send(\"x\")\nTypeError: no\n";

#[test]
fn who_was_killed_by_the_scenario_did_not_die_by_itself() {
    let (mut story, who, _) = server();
    story.killed(who, 9);
    assert_eq!(did(&story, "server", Missed::Listening), Some("killed"));
    let killed = [Signal::KILL];
    let told = did_with(&story, "server", Missed::Listening, &[], &killed);
    assert_ne!(told, Some("killed"));
    // A runtime aborts after an exception: that is what ended it.
    for (printed, wanted) in [(TRACE, "raised"), ("Listening\n", "killed")] {
        let (mut story, who, _) = server();
        prints(&mut story, who, Stream::Stderr, printed);
        story.killed(who, Signal::ABRT.0);
        assert_eq!(did(&story, "server", Missed::Listening), Some(wanted));
    }
    // Nor is a worker that its own server ends a crash; one that breaks is.
    for (signal, wanted) in [(15, None), (11, Some("killed"))] {
        let (mut story, who, _) = server();
        let child = story.fork(who);
        let status = Exit::Signal(Signal(signal));
        story.process(child, Process::Exit { status });
        assert_eq!(did(&story, "server", Missed::Other), wanted);
    }
}

#[test]
fn only_what_a_fault_has_ended_has_used_wrong_memory() {
    for (signal, cause) in [(Signal::SEGV, Some("fault")), (Signal::KILL, None)] {
        let (mut story, who, _) = server();
        story.killed(who, signal.0);
        let told = rule_and_cause(&story, "server", Missed::Listening, &[], &[]);
        assert_eq!(told, Some(("killed", cause)));
    }
}

#[test]
fn an_exception_that_was_caught_or_asked_for_did_not_end_the_program() {
    let (mut story, who, _) = server();
    prints(&mut story, who, Stream::Stderr, TRACE);
    assert_eq!(did(&story, "server", Missed::Other), Some("reported"), "it runs: not \"raised\"");
    story.exit(who, 1);
    assert_eq!(did(&story, "server", Missed::Other), Some("raised"));
    // Text that looks like a traceback may be what it should print.
    let (mut story, who, _) = server();
    prints(&mut story, who, Stream::Stdout, TRACE);
    story.exit(who, 1);
    assert_ne!(did(&story, "server", Missed::Other), Some("reported"));
    assert_ne!(did(&story, "server", Missed::Other), Some("raised"));
    // Ctrl-C.
    let (mut story, who, _) = server();
    prints(&mut story, who, Stream::Stderr, &TRACE.replace("TypeError: no", "KeyboardInterrupt"));
    story.exit(who, 130);
    assert_eq!(did_with(&story, "server", Missed::Other, &[], &[Signal::INT]), None);
}

#[test]
fn an_exception_about_something_else_is_not_about_bytes() {
    for (error, wanted) in [
        ("a bytes-like object is required, not 'str'", "raised-text"),
        ("a bytes-like object is required, not 'int'", "raised"),
        ("expected str, bytes or os.PathLike object, not int", "raised"),
    ] {
        let (mut story, who, _) = server();
        let text = TRACE.replace("TypeError: no", &format!("TypeError: {error}"));
        prints(&mut story, who, Stream::Stderr, &text);
        assert_ne!(did(&story, "server", Missed::Other), Some("raised-text"), "it runs");
        story.exit(who, 1);
        assert_eq!(did(&story, "server", Missed::Other), Some(wanted), "\"raised-text\" {error}");
    }
}

#[test]
fn what_a_compiler_says_does_not_matter_if_the_program_runs() {
    let (mut story, who, _) = server();
    prints(&mut story, who, Stream::Stderr, "# x\n./e.go:5:2: undefined: x\n");
    assert_eq!(did(&story, "server", Missed::Other), None, "\"not-compiled\"");
    story.exit(who, 1);
    assert_eq!(did(&story, "server", Missed::Listening), Some("not-compiled"));
}

#[test]
fn a_call_that_failed_before_others_worked_is_not_why_it_ended() {
    let (mut story, who, sock) = server();
    let bind = || socklab_event::Args::Bind { address: socklab_timelines::address("*:12000") };
    story.fail(sock, "bind", bind(), Errno::EADDRINUSE.0);
    story.exit(who, 1);
    assert_eq!(did(&story, "server", Missed::Listening), Some("failed-and-ended"));
    let (mut story, who, sock) = server();
    story.fail(sock, "bind", bind(), Errno::EADDRINUSE.0);
    story.bind(sock, "*:12001");
    story.exit(who, 1);
    let told = did(&story, "server", Missed::Bound);
    assert_ne!(told, Some("failed-and-ended"));
}

#[test]
fn who_ended_when_it_had_served_did_not_end_before_it_was_ready() {
    let (mut story, _, far) = pair();
    story.exit(far.who, 0);
    for missed in [Missed::Listening, Missed::Running] {
        assert_eq!(did(&story, "server", missed), Some("ended"), "not \"ended-early\"");
    }
    assert_eq!(did(&story, "server", Missed::Failure), None, "nor \"ended\": it should have");
    let (mut story, who, _) = server();
    story.exit(who, 0);
    assert_eq!(did(&story, "server", Missed::Listening), Some("ended-early"));
}

#[test]
fn who_succeeded_or_runs_has_not_ended_with_a_failure() {
    let (mut story, near, _) = pair();
    assert_eq!(did(&story, "client", Missed::Success), None, "\"ended-with-failure\"");
    story.exit(near.who, 1);
    assert_eq!(did(&story, "client", Missed::Success), Some("ended-with-failure"));
}

#[test]
fn an_exception_of_the_first_thread_is_not_one_of_another() {
    for (head, wanted) in
        [("Exception in thread Thread-1 (f):\n", "thread-raised"), ("", "reported")]
    {
        let (mut story, who, _) = server();
        prints(&mut story, who, Stream::Stderr, &format!("{head}{TRACE}"));
        assert_eq!(did(&story, "server", Missed::Other), Some(wanted));
    }
}

#[test]
fn a_failure_that_the_exit_code_tells_is_not_hidden() {
    for (code, wanted) in [(0, Some("hid-failure")), (1, None)] {
        let (mut story, who, sock) = server();
        let connect =
            socklab_event::Args::Connect { address: socklab_timelines::address("127.0.0.1:12000") };
        story.fail(sock, "connect", connect, Errno::ECONNREFUSED.0);
        story.exit(who, code);
        assert_eq!(did(&story, "server", Missed::Failure), wanted);
    }
}

#[test]
fn who_has_ended_is_not_still_running() {
    let (mut story, near, _) = pair();
    assert_eq!(did(&story, "client", Missed::End), Some("still-running"));
    story.exit(near.who, 0);
    assert_eq!(did(&story, "client", Missed::End), None, "\"still-running\"");
}

#[test]
fn polling_is_no_loop_that_fails() {
    for (errno, wanted) in [(Errno::EAGAIN, None), (Errno::EINVAL, Some("failing-loop"))] {
        let (mut story, _, sock) = server();
        for _ in 0..150 {
            story.fail(sock, "accept", no_accept(), errno.0);
        }
        assert_eq!(did(&story, "server", Missed::Other), wanted);
    }
}

#[test]
fn reading_the_end_once_is_no_loop() {
    for (times, wanted) in [(1, None), (150, Some("reads-the-end"))] {
        let (mut story, near, far) = pair();
        story.close(near);
        for _ in 0..times {
            story.on(far, "recvfrom", got(10, b""), socklab_event::Outcome::Value(0));
        }
        assert_eq!(did(&story, "server", Missed::Other), wanted);
    }
}

#[test]
fn who_waits_for_a_peer_or_has_hardly_run_does_not_spin() {
    let (mut story, _, far) = pair();
    story.wait(2_000);
    let other = story.command("other", "x");
    story.tcp(other);
    let told = |story: &socklab_timelines::Story, ran| {
        let present = [thread(far.who, Activity::Runs, ran)];
        did_with(story, "server", Missed::Other, &present, &[])
    };
    assert_eq!(told(&story, 2_000_000_000), Some("spins"));
    assert_eq!(told(&story, 1_000_000), None);
    story.unfinished(far, "recvfrom", got(10, b""));
    assert_eq!(told(&story, 2_000_000_000), None);
    let sent = bytes(b"x");
    assert_ne!(did_with(&story, "server", sent, &[], &[]), Some("spins"));
}

#[test]
fn reading_the_terminal_is_no_waiting_once_the_program_has_spoken() {
    let (mut story, near, _) = pair();
    let present = [thread(near.who, Activity::Stdin, 0)];
    let missed = Missed::Bytes { peer: "server", expected: b"hola" };
    let told = |story: &socklab_timelines::Story| did_with(story, "client", missed, &present, &[]);
    assert_eq!(told(&story), Some("waits-for-typing"));
    story.send(near, "x");
    assert_ne!(told(&story), Some("waits-for-typing"));
}
