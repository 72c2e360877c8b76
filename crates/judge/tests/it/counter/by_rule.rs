//! What a rule of the wire has done is laid to no program, no kernel and no network.

use socklab_event::Errno;
use socklab_flows::Flows;
use socklab_judge::explain;
use socklab_timelines::{Talk, got, offered, seg};

use super::told;
use super::wire::{connect, reset};

/// What is explained of a story.
fn all(talk: &Talk) -> Vec<&'static str> {
    explain(&Flows::of(&talk.story.build())).into_iter().map(|one| one.rule).collect()
}

/// The moment so many milliseconds from now.
fn in_ms(talk: &Talk, milliseconds: u64) -> Vec<u64> {
    vec![talk.now() + milliseconds * 1_000_000]
}

#[test]
fn what_a_rule_holds_back_is_not_lost() {
    let lost = ["syn-lost", "syn-ack-lost", "data-lost", "data-lost-asked-for"];
    let mut talk = Talk::new();
    let began = talk.now();
    talk.near(seg("SYN", -1, 0).altered("delayed", in_ms(&talk, 1_500)));
    talk.wait(1_000);
    talk.near(seg("SYN", -1, 0));
    talk.far(seg("SYN,ACK", -1, 0).altered("delayed", in_ms(&talk, 1_500)));
    talk.wait(1_000);
    talk.far(seg("SYN,ACK", -1, 0));
    connect(&mut talk, began);
    talk.near(seg("ACK", 0, 0));
    // Sent again by the timer.
    talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola").altered("delayed", in_ms(&talk, 300))]);
    talk.wait(204);
    talk.near(seg("PSH,ACK", 0, 0).with("hola"));
    talk.far(seg("ACK", 0, 4));
    talk.wait(300);
    // Sent again for duplicate ACKs.
    talk.sends("late", &[seg("PSH,ACK", 4, 0).with("late").altered("reordered", in_ms(&talk, 5))]);
    for start in [8, 12, 16] {
        talk.sends("more", &[seg("PSH,ACK", start, 0).with("more")]);
        talk.far(seg("ACK", 0, 4));
    }
    talk.near(seg("PSH,ACK", 4, 0).with("late"));
    talk.wait(10);
    talk.far(seg("ACK", 0, 20));
    let found = all(&talk);
    assert!(!lost.iter().any(|rule| found.contains(rule)), "{found:?}");
    // A connection that died of something else than a loss.
    let args = got(10, b"");
    let waits = talk.now();
    talk.wait(900_000);
    talk.story.since(waits).fail(talk.near, "recvfrom", args, Errno::ETIMEDOUT.0);
    let found = all(&talk);
    assert!(found.contains(&"connection-timed-out"), "{found:?}");
    assert!(!found.contains(&"connection-timed-out-lost"), "{found:?}");
}

#[test]
fn what_arrived_before_it_was_sent_again_and_lost_is_not_lost() {
    for arrived in [false, true] {
        let (mut talk, _) = Talk::connected();
        let data = || seg("PSH,ACK", 0, 0).with("hola");
        talk.sends("hola", &[if arrived { data() } else { data().dropped() }]);
        // From here on nothing passes.
        talk.far(seg("ACK", 0, 4).dropped());
        for wait in [204, 408] {
            talk.wait(wait);
            talk.near(data().dropped());
        }
        assert_eq!(told(&talk.story, "data-lost"), !arrived, "{:?}", all(&talk));
    }
}

#[test]
fn an_ack_that_a_rule_holds_back_is_not_the_kernels_doing() {
    // Sent at once, and late because of the rule; sent late by the kernel, and later by the rule.
    for by_kernel in [0, 41] {
        for by_rule in [0, 150] {
            let (mut talk, _) = Talk::connected();
            talk.sends("first", &[seg("PSH,ACK", 0, 0).with("first")]);
            talk.story.recv(talk.far, "first");
            let waits = talk.now();
            talk.story.send(talk.near, "second");
            talk.wait(by_kernel);
            let ack = seg("ACK", 0, 5);
            let late = in_ms(&talk, by_rule);
            talk.far(if by_rule > 0 { ack.altered("delayed", late) } else { ack });
            talk.wait(by_rule);
            talk.near(seg("PSH,ACK", 5, 0).with("second"));
            talk.story.since(waits).recv(talk.far, "second");
            let told = told(&talk.story, "nagle-delayed-ack");
            assert_eq!(told, by_kernel > 0 && by_rule == 0, "{by_kernel} ms and {by_rule} ms");
        }
    }
}

#[test]
fn a_window_that_a_rule_keeps_closed_is_not_the_readers_doing() {
    for held in [false, true] {
        let (mut talk, _) = Talk::connected();
        let began = talk.now();
        talk.near(seg("ACK", 0, 0).with("xxxx"));
        talk.far(seg("ACK", 0, 4).window(0));
        talk.wait(if held { 5 } else { 300 });
        let waits = talk.now();
        let open = seg("ACK", 0, 4).window(100);
        let late = in_ms(&talk, 295);
        talk.far(if held { open.altered("delayed", late) } else { open });
        talk.story.since(waits).recv(talk.far, "xxxx");
        talk.wait(if held { 295 } else { 0 });
        talk.near(seg("PSH,ACK", 4, 0).with("yyyy"));
        talk.story.since(began).send(talk.near, "xxxxyyyy");
        assert_eq!(told(&talk.story, "window-closed"), !held, "{:?}", all(&talk));
    }
}

#[test]
fn no_program_cut_what_a_rule_has_cut() {
    for by_rule in [false, true] {
        let (mut talk, _) = Talk::connected();
        talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
        if by_rule {
            let at_once = in_ms(&talk, 0);
            talk.near(seg("RST,ACK", 4, 0).altered("injected", at_once));
            let at_once = in_ms(&talk, 0);
            talk.far(seg("RST,ACK", 0, 4).altered("injected", at_once));
            talk.story.close(talk.far);
        } else {
            let began = talk.now();
            talk.far(seg("RST,ACK", 0, 4));
            talk.story.since(began).close(talk.far);
        }
        talk.wait(1);
        talk.story.fail(talk.near, "sendto", offered(b"more"), Errno::EPIPE.0);
        talk.story.close(talk.near);
        let found = all(&talk);
        for (rule, expected) in [
            ("connection-reset-rule", by_rule),
            ("broken-pipe", !by_rule),
            ("close-unread", !by_rule),
            ("server-closed-first", false),
            ("sent-after-close", false),
        ] {
            assert_eq!(found.contains(&rule), expected, "{rule} by a rule {by_rule}: {found:?}");
        }
        let timeline = talk.story.build();
        let flows = Flows::of(&timeline);
        let broken = explain(&flows).into_iter().find(|one| one.rule == "broken-pipe");
        assert!(broken.is_none_or(|one| one.evidence.len() == 2), "the send and the RST");
    }
}

#[test]
fn what_follows_the_cut_of_a_rule_is_not_a_socket_that_was_closed() {
    for by_rule in [false, true] {
        let (mut talk, _) = Talk::connected();
        if by_rule {
            let at_once = in_ms(&talk, 0);
            talk.near(seg("RST,ACK", 0, 0).altered("injected", at_once));
        }
        let began = talk.now();
        if !by_rule {
            talk.far(seg("FIN,ACK", 0, 0));
        }
        talk.story.since(began).close(talk.far);
        talk.wait(50);
        talk.sends("late", &[seg("PSH,ACK", 0, i64::from(!by_rule)).with("late")]);
        let waits = talk.now();
        talk.far(seg("RST", 1, -1));
        reset(&mut talk, waits);
        assert_eq!(told(&talk.story, "connection-reset-closed"), !by_rule, "{:?}", all(&talk));
        assert_eq!(told(&talk.story, "sent-after-close"), !by_rule, "{:?}", all(&talk));
    }
    // The same of a connection that no program had accepted.
    for by_rule in [false, true] {
        let mut talk = Talk::new();
        let began = talk.now();
        talk.near(seg("SYN", -1, 0));
        talk.far(seg("SYN,ACK", -1, 0));
        connect(&mut talk, began);
        talk.near(seg("ACK", 0, 0));
        if by_rule {
            let at_once = in_ms(&talk, 0);
            talk.near(seg("RST,ACK", 0, 0).altered("injected", at_once));
        }
        let (began, waits) = (talk.now(), talk.now());
        talk.far(seg("RST,ACK", 0, 0));
        talk.story.since(began).close(talk.listener);
        reset(&mut talk, waits);
        assert_eq!(told(&talk.story, "connection-reset-unaccepted"), !by_rule);
    }
}
