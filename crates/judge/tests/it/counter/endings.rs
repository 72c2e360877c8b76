//! How connections and processes end.

use socklab_event::{Args, Errno, Flags, OptionValue, Outcome, Shutdown};
use socklab_timelines::{Sock, Story, got, offered, scenes};

use super::{set, told};

fn pair(tell: impl FnOnce(&mut Story, Sock, Sock)) -> Story {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    tell(&mut story, near, far);
    story
}

fn reset(story: &mut Story, sock: Sock) {
    story.fail(sock, "recvfrom", got(10, b""), Errno::ECONNRESET.0);
}

#[test]
fn what_is_read_after_a_reset_is_not_the_peers_end() {
    let story = pair(|story, near, _| {
        reset(story, near);
        for _ in 0..5 {
            story.recv(near, "");
        }
    });
    assert!(!told(&story, "end-of-stream") && !told(&story, "end-ignored"));
}

#[test]
fn who_shut_down_its_own_half_ignores_no_end() {
    let story = pair(|story, near, _| {
        story.shutdown(near, Shutdown::RD);
        for _ in 0..5 {
            story.recv(near, "");
        }
    });
    assert!(!told(&story, "end-ignored"));
}

#[test]
fn a_reset_whose_cause_was_recorded_is_laid_to_it() {
    let story = pair(|story, near, far| {
        story.send(near, "unread");
        story.close(far);
        reset(story, near);
    });
    assert!(!told(&story, "connection-reset") && told(&story, "connection-reset-unread"));
}

#[test]
fn the_victim_of_a_reset_is_not_accused() {
    let story = pair(|story, near, far| {
        story.send(near, "a question, half of which is read");
        story.recv(far, "a question");
        story.send(far, "x".repeat(2_000));
        story.close(far);
        story.recv_into(near, 1_000, "x".repeat(1_000));
        reset(story, near);
        story.close(near);
    });
    let timeline = story.build();
    let flows = socklab_flows::Flows::of(&timeline);
    let accused: Vec<_> = socklab_judge::explain(&flows)
        .into_iter()
        .filter(|one| one.rule == "close-unread")
        .map(|one| socklab_say::Speaker::ENGLISH.tell(&one.sentence()))
        .collect();
    assert_eq!(accused.len(), 1, "{accused:?}");
    assert!(accused[0].starts_with("TCPServer") || accused[0].starts_with("server"), "{accused:?}");
}

#[test]
fn out_of_band_bytes_are_not_left_unread() {
    let story = pair(|story, near, far| {
        let mut args = offered(b"!");
        if let Args::Send { flags, .. } = &mut args {
            *flags = Flags::from(vec!["MSG_OOB".into()]);
        }
        story.on(near, "sendto", args, Outcome::Value(1));
        story.close(far);
        reset(story, near);
    });
    for rule in ["close-unread", "connection-reset-unread"] {
        assert!(!told(&story, rule), "{rule}");
    }
}

#[test]
fn a_close_of_one_of_two_descriptors_closes_nothing() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let child = story.fork(far.who);
    story.send(near, "for the child");
    story.close(far);
    assert!(!told(&story, "close-unread"), "the child still has it");
    story.recv(far.by(child), "for the child");
}

#[test]
fn an_option_that_was_taken_back_cuts_nothing() {
    let cut = |last: Option<i32>| {
        let story = pair(|story, near, far| {
            set(story, far, "SO_LINGER", OptionValue::Linger(Some(0)));
            set(story, far, "SO_LINGER", OptionValue::Linger(last));
            story.close(far);
            reset(story, near);
        });
        told(&story, "connection-reset-linger")
    };
    assert!(cut(Some(0)));
    assert!(!cut(None) && !cut(Some(5)));
}

#[test]
fn a_shutdown_of_the_reading_half_leaves_the_sending_half() {
    let story = pair(|story, near, _| {
        story.shutdown(near, Shutdown::RD);
        story.fail(near, "sendto", offered(b"x"), Errno::EPIPE.0);
    });
    assert!(!told(&story, "send-after-shutdown") && told(&story, "broken-pipe"));
}

#[test]
fn a_socket_that_was_never_connected_has_no_other_end() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    story.fail(sock, "sendto", offered(b"x"), Errno::EPIPE.0);
    assert!(!told(&story, "broken-pipe") && told(&story, "not-connected"));
    // Of a socket from before the recording nobody knows how it was shut down.
    let given = story.given(client);
    story.fail(given, "sendto", offered(b"x"), Errno::EPIPE.0);
    assert!(!told(&story, "send-after-shutdown") && !told(&story, "broken-pipe"));
}

#[test]
fn after_a_reset_there_is_no_time_wait() {
    // The server had not read everything.
    let unread = pair(|story, near, far| {
        story.send(near, "0123456789");
        story.recv_into(far, 4, "0123");
        story.close(far);
        story.close(near);
    });
    // The client had not.
    let unread_here = pair(|story, near, far| {
        story.send(far, "an answer nobody reads");
        story.close(far);
        story.close(near);
    });
    // The client sent to a closed socket.
    let late = pair(|story, near, far| {
        story.close(far);
        story.send(near, "late");
        story.close(near);
    });
    let orderly = pair(|story, near, far| {
        story.close(far);
        story.recv(near, "");
        story.close(near);
    });
    for story in [&unread, &unread_here, &late] {
        assert!(!told(story, "server-closed-first"));
    }
    assert!(told(&orderly, "server-closed-first"));
}

#[test]
fn nothing_that_comes_after_a_whole_shutdown_is_an_answer() {
    let story = pair(|story, near, far| {
        story.shutdown(near, Shutdown::RDWR);
        story.recv(far, "");
    });
    assert!(!told(&story, "half-close"));
}

#[test]
fn a_connect_that_got_no_answer_had_no_connection_to_lose() {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    super::connect_fails(&mut story, sock, "10.1.2.3:80", Errno::EINPROGRESS);
    story.fail(sock, "recvfrom", got(10, b""), Errno::ETIMEDOUT.0);
    assert!(!told(&story, "connection-timed-out"));
}

#[test]
fn a_broken_pipe_to_the_terminal_is_no_broken_connection() {
    let story = pair(|story, near, _| {
        story.killed(near.who, 13);
    });
    assert!(!told(&story, "killed-by-sigpipe"), "its standard output, perhaps");
    // It survived the broken connection, and worked on.
    let later = pair(|story, near, _| {
        story.fail(near, "sendto", offered(b"x"), Errno::EPIPE.0);
        let other = story.tcp(near.who);
        story.close(other);
        story.killed(near.who, 13);
    });
    assert!(!told(&later, "killed-by-sigpipe"));
}

#[test]
fn a_connection_that_others_keep_open_or_have_left_is_not_cut_off() {
    let with_child = pair(|story, near, _| {
        story.fork(near.who);
        story.closed_at_exit(near);
        story.killed(near.who, 9);
    });
    assert!(!told(&with_child, "killed-connected"), "the child has it");
    let left = pair(|story, near, far| {
        story.close(far);
        story.closed_at_exit(near);
        story.killed(near.who, 9);
    });
    assert!(!told(&left, "killed-connected"), "the other end had closed");
    let ours = pair(|story, near, _| {
        story.ended_by_recorder(near.who, 15);
        story.closed_at_exit(near);
        story.killed(near.who, 15);
    });
    assert!(!told(&ours, "killed-connected"), "socklab did it");
}

#[test]
fn a_program_without_a_ring_does_not_use_one() {
    let story = pair(|story, near, _| {
        story.exit(near.who, 0);
    });
    assert!(!told(&story, "io-uring"));
}
