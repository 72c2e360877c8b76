//! Calls at the wrong moment or on the wrong descriptor, and calls that wait.

use socklab_event::{Args, Errno, OptionValue, Outcome, Process, Shutdown, Signal, Wait, What};
use socklab_timelines::{Sock, Story, Who, got, offered, scenes};

use super::{no_accept, set, told};

fn pair(tell: impl FnOnce(&mut Story, Sock, Sock)) -> Story {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    tell(&mut story, near, far);
    story
}

fn process(story: &mut Story, who: Who, what: Process) {
    story.what(who, What::Process(Box::new(what)));
}

#[test]
fn a_connection_that_has_ended_was_one() {
    let story = pair(|story, near, far| {
        story.close(far);
        story.recv(near, "");
        story.fail(near, "shutdown", Args::Shutdown { how: Shutdown::RD }, Errno::ENOTCONN.0);
    });
    assert!(!told(&story, "not-connected"), "call connect first?");
}

#[test]
fn who_tried_to_connect_knows_that_it_must() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    super::connect_fails(&mut story, sock, "127.0.0.1:1", Errno::ECONNREFUSED);
    story.fail(sock, "recvfrom", got(10, b""), Errno::ENOTCONN.0);
    assert!(!told(&story, "not-connected"));
}

#[test]
fn a_socket_that_listens_only_later_does_not_listen() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let sock = story.tcp(server);
    story.fail(sock, "recvfrom", got(10, b""), Errno::ENOTCONN.0);
    story.bind(sock, "*:12000");
    story.listen(sock, 1);
    assert!(!told(&story, "listener-used") && told(&story, "not-connected"));
}

#[test]
fn a_listener_that_was_shut_down_or_came_from_before_did_listen() {
    let mut story = Story::new();
    let (server, listener, _) = scenes::tcp_server(&mut story);
    story.shutdown(listener, Shutdown::RD);
    story.fail(listener, "accept", no_accept(), Errno::EINVAL.0);
    let given = story.given(server);
    story.fail(given, "accept", no_accept(), Errno::EINVAL.0);
    assert!(!told(&story, "accept-without-listen"));
}

#[test]
fn another_processs_number_was_not_closed_here() {
    let mut story = Story::new();
    let one = story.command("one", "o");
    let other = story.command("other", "x");
    let sock = story.tcp(one);
    story.close(sock);
    let failed = Outcome::Error(Errno::EBADF);
    story.call(other, "sendto", Some(sock.fd), None, offered(b"x"), failed);
    assert!(!told(&story, "closed-descriptor"));
}

#[test]
fn asking_what_a_descriptor_is_is_no_mistake() {
    let mut story = Story::new();
    let server = story.command("server", "s");
    let failed = Outcome::Error(Errno::ENOTSOCK);
    let (level, option) = ("SOL_SOCKET".into(), "SO_TYPE".into());
    let asks = Args::GetOption { level, option, value: None };
    story.call(server, "getsockopt", Some(3), None, asks, failed);
    story.call(server, "recvfrom", Some(0), None, got(10, b""), failed);
    assert!(!told(&story, "not-a-socket"));
}

#[test]
fn asking_now_and_then_is_no_busy_loop() {
    let story = pair(|story, near, _| {
        for _ in 0..200 {
            story.wait(5).fail(near, "recvfrom", got(10, b""), Errno::EAGAIN.0);
        }
    });
    assert!(!told(&story, "busy-loop"));
}

fn waits(limit: Option<u64>, took: u64, send: bool) -> Story {
    pair(|story, near, _| {
        if let Some(limit) = limit {
            let option = if send { "SO_SNDTIMEO" } else { "SO_RCVTIMEO" };
            set(story, near, option, OptionValue::Time(limit * 1_000_000));
        }
        let began = story.now();
        story.wait(took).since(began);
        match send {
            true => story.fail(near, "sendto", offered(b"x"), Errno::EAGAIN.0),
            false => story.fail(near, "recvfrom", got(10, b""), Errno::EAGAIN.0),
        };
    })
}

#[test]
fn a_very_short_time_limit_is_not_non_blocking() {
    let story = waits(Some(1), 2, false);
    assert!(!told(&story, "not-now") && told(&story, "receive-timed-out"));
}

#[test]
fn a_call_that_was_merely_slow_had_no_time_limit() {
    assert!(!told(&waits(None, 40, false), "receive-timed-out"), "the machine was busy");
    assert!(!told(&waits(Some(500), 40, false), "receive-timed-out"), "not that long");
    assert!(!told(&waits(Some(500), 600, true), "receive-timed-out"), "it sends");
}

#[test]
fn a_receive_that_timed_out_found_no_full_buffer() {
    assert!(!told(&waits(Some(500), 600, false), "send-timed-out"));
    assert!(told(&waits(Some(500), 600, true), "send-timed-out"));
}

fn polls(story: &mut Story, sock: Sock, limit: u64, took: u64) {
    let wait = Wait {
        fd: sock.fd,
        wants: socklab_event::Flags::from(vec!["POLLIN".into()]),
        got: socklab_event::Flags::default(),
        socket: Some(story.identity(sock).clone().into()),
    };
    let args = Args::Poll { waits: vec![wait], timeout: Some(limit * 1_000_000) };
    let began = story.now();
    story.wait(took).since(began);
    story.call(sock.who, "poll", None, None, args, Outcome::Value(0));
}

#[test]
fn a_loop_that_watches_the_clock_does_not_give_up() {
    let story = pair(|story, near, _| {
        polls(story, near, 0, 12);
    });
    assert!(!told(&story, "poll-timed-out"), "its limit was 0");
    let ticks = pair(|story, near, _| {
        polls(story, near, 500, 500);
        polls(story, near, 500, 500);
        story.send(near, "now");
    });
    let timeline = ticks.build();
    let flows = socklab_flows::Flows::of(&timeline);
    let found = socklab_judge::explain(&flows);
    let times = found.iter().filter(|one| one.rule == "poll-timed-out").count();
    assert!(times <= 1, "only the last may be given up: {found:?}");
    let mut listening = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut listening);
    polls(&mut listening, listener, 500, 500);
    assert!(!told(&listening, "poll-timed-out"), "a server without a client");
    let mut resolving = Story::new();
    let client = resolving.command("client", "c");
    let sock = resolving.udp(client);
    resolving.connect(sock, "10.0.0.53:53");
    let question = b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01x\x00\x00\x01\x00\x01";
    resolving.send(sock, question);
    polls(&mut resolving, sock, 500, 500);
    assert!(!told(&resolving, "poll-timed-out"), "its name server is silent");
}

#[test]
fn an_interrupted_call_above_the_signal_that_ends_the_program_needs_no_advice() {
    let interrupted = |signal: i32, again: bool| {
        let story = pair(|story, near, _| {
            story.fail(near, "recvfrom", got(10, b""), Errno::EINTR.0);
            process(story, near.who, Process::Signal { signal: Signal(signal) });
            if again {
                story.recv(near, "hola");
            }
            story.close(near);
        });
        told(&story, "interrupted")
    };
    assert!(interrupted(14, false));
    assert!(!interrupted(2, false), "SIGINT");
    assert!(!interrupted(14, true), "it does call again");
    let shortened = pair(|story, near, _| {
        story.fail(near, "recvfrom", got(10, b""), Errno::EINTR.0);
        set(story, near, "SO_RCVTIMEO", OptionValue::Time(2_000_000_000));
        story.recv(near, "hola");
    });
    assert!(!told(&shortened, "interrupted"), "it calls again with the time that is left");
}

#[test]
fn letting_go_of_a_process_interrupts_its_call_without_a_signal() {
    let released = pair(|story, near, _| {
        story.fail(near, "recvfrom", got(10, b""), Errno::EINTR.0);
        process(story, near.who, Process::Released);
    });
    assert!(!told(&released, "interrupted"));
}

#[test]
fn what_is_on_its_way_will_wake_somebody() {
    let story = pair(|story, near, far| {
        story.send(near, "on its way");
        story.unfinished(far, "recvfrom", got(10, b""));
        story.unfinished(near, "recvfrom", got(10, b""));
    });
    assert!(!told(&story, "both-wait"));
    // A recording that ends while programs run on does not know what they will do.
    let attached = pair(|story, near, far| {
        story.unfinished(far, "recvfrom", got(10, b""));
        story.unfinished(near, "recvfrom", got(10, b""));
        process(story, near.who, Process::Released);
        process(story, far.who, Process::Released);
    });
    assert!(!told(&attached, "both-wait"));
}

#[test]
fn a_peer_that_runs_on_may_still_send_or_close() {
    let waits = |runs_on: bool, milliseconds: u64| {
        let story = pair(|story, near, far| {
            story.send(far, "first");
            story.recv(near, "first");
            let began = story.now();
            story.wait(milliseconds).since(began).unfinished(near, "recvfrom", got(10, b""));
            if runs_on {
                process(story, near.who, Process::Released);
                process(story, far.who, Process::Released);
            }
        });
        told(&story, "waits-for-end")
    };
    assert!(waits(false, 900));
    assert!(!waits(true, 900), "an attached recording just ended");
    assert!(!waits(false, 3), "it has hardly waited");
}

#[test]
fn a_server_that_runs_on_after_the_recording_waits_no_longer_than_that() {
    let mut story = Story::new();
    let (server, listener, _) = scenes::tcp_server(&mut story);
    story.unfinished(listener, "accept", no_accept());
    process(&mut story, server, Process::Released);
    assert!(!told(&story, "still-accepting"));
}
