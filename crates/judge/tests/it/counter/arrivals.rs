//! What was sent may be late or lost: recorded packets show that the calls alone would mislead.

use socklab_event::{
    Args, EpollInterest, Errno, Flags, Name, OptionValue, Outcome, Ready, Shutdown,
};
use socklab_flows::Flows;
use socklab_judge::explain;
use socklab_timelines::{Seg, Sock, Story, Talk, address, got, offered, scenes, seg};

use super::wire::{connect, texts};
use super::{connect_fails, set, told};

const MS: u64 = 1_000_000;

/// A SYN that is lost, and whatever comes of the `connect`.
fn first_syn_lost(times: usize, then: impl FnOnce(&mut Talk, u64)) -> [String; 2] {
    let mut talk = Talk::new();
    let began = talk.now();
    for _ in 0..times {
        talk.near(seg("SYN", -1, 0).dropped());
        talk.wait(1_000);
    }
    then(&mut talk, began);
    texts(&talk.story, "syn-lost")
}

fn fails(talk: &mut Talk, began: u64, errno: Errno) {
    if errno != Errno::EINPROGRESS {
        // The kernel has forgotten it by then.
        talk.story.identity(talk.near).peer = None;
    }
    let to = Args::Connect { address: address("127.0.0.1:12000") };
    talk.story.since(began).fail(talk.near, "connect", to, errno.0);
}

#[test]
fn what_came_of_a_lost_syn_is_told_as_it_was() {
    let through = |talk: &mut Talk| {
        talk.near(seg("SYN", -1, 0));
        talk.far(seg("SYN,ACK", -1, 0));
    };
    let [connected, _] = first_syn_lost(1, |talk, began| {
        through(talk);
        connect(talk, began);
    });
    assert!(connected.contains("The program does not notice"), "{connected}");
    let [interrupted, spanish] = first_syn_lost(3, |talk, began| fails(talk, began, Errno::EINTR));
    assert!(interrupted.contains("2 times within 2 s. No answer ever arrived."), "{interrupted}");
    assert!(spanish.contains("Nunca lleg\u{f3} una respuesta"), "{spanish}");
    let [gave_up, _] = first_syn_lost(3, |talk, began| fails(talk, began, Errno::ETIMEDOUT));
    assert!(gave_up.contains("the kernel gave up"), "{gave_up}");
    let [refused, _] = first_syn_lost(1, |talk, began| {
        talk.near(seg("SYN", -1, 0));
        talk.far(seg("RST,ACK", 0, 0));
        fails(talk, began, Errno::ECONNREFUSED);
    });
    assert!(refused.contains("the refusal"), "{refused}");
    let [background, _] = first_syn_lost(1, |talk, began| {
        fails(talk, began, Errno::EINPROGRESS);
        through(talk);
    });
    assert!(background.contains("that much later"), "{background}");
    let [once, _] = first_syn_lost(1, |talk, began| fails(talk, began, Errno::EINTR));
    assert!(once.contains("Nothing came back. No answer"), "{once}");
    for one in [&interrupted, &gave_up, &refused, &background, &once] {
        assert!(!one.contains("does not notice"), "{one}");
    }
}

#[test]
fn a_syn_ack_that_never_came_is_not_said_to_have_come() {
    let mut talk = Talk::new();
    let began = talk.now();
    for _ in 0..2 {
        talk.near(seg("SYN", -1, 0));
        talk.far(seg("SYN,ACK", -1, 0).dropped());
        talk.wait(1_000);
    }
    fails(&mut talk, began, Errno::EINTR);
    let [said, _] = texts(&talk.story, "syn-ack-lost");
    assert!(said.contains("No answer ever arrived") && !said.contains("not notice"), "{said}");
}

/// A handshake whose ACK is this, and the moment since when `accept` waits.
fn shaken(ack: Option<Seg>, accept_after: u64, arrives_after: u64) -> Talk {
    let mut talk = Talk::new();
    let began = talk.now();
    talk.near(seg("SYN", -1, 0));
    talk.far(seg("SYN,ACK", -1, 0));
    connect(&mut talk, began);
    let late = vec![talk.now() + arrives_after * MS];
    talk.near(ack.unwrap_or_else(|| seg("ACK", 0, 0).altered("delayed", late)));
    talk.wait(accept_after);
    let waits = talk.now();
    talk.wait(arrives_after.saturating_sub(accept_after));
    talk.story.since(waits).accept_as(talk.listener, talk.far);
    talk
}

#[test]
fn a_connection_whose_ack_is_under_way_does_not_wait_in_the_queue() {
    let rules = ["connected-before-accept", "accept-late", "accept-waits"];
    let of = |talk: &Talk| rules.map(|rule| told(&talk.story, rule));
    let queued = shaken(Some(seg("ACK", 0, 0)), 300, 300);
    assert_eq!(of(&queued), [true, true, false]);
    let under_way = shaken(None, 10, 300);
    assert_eq!(of(&under_way), [false, false, true], "accept did wait for it");
}

#[test]
fn an_ack_that_arrives_at_once_ends_the_handshake() {
    let told = |talk: &Talk| told(&talk.story, "handshake-ack-lost");
    assert!(!told(&shaken(Some(seg("ACK", 0, 0)), 0, 300)));
    assert!(!told(&shaken(None, 0, 1)), "a millisecond is nothing");
    let late = shaken(None, 0, 300);
    assert!(told(&late));
    let [said, _] = texts(&late.story, "handshake-ack-lost");
    assert!(said.contains("held it up") && said.contains("300 ms"), "{said}");
    let mut lost = shaken(Some(seg("ACK", 0, 0).dropped()), 0, 0);
    let [said, _] = texts(&lost.story, "handshake-ack-lost");
    assert!(said.contains("did not exist for that end"), "{said}");
    lost.wait(1_000);
    lost.near(seg("PSH,ACK", 0, 0).with("hola"));
    let [said, _] = texts(&lost.story, "handshake-ack-lost");
    assert!(said.contains("only 1 s later"), "{said}");
}

#[test]
fn data_that_never_came_is_not_merely_late() {
    let said = |again: &[Seg]| {
        let (mut talk, _) = Talk::connected();
        let data = seg("PSH,ACK", 0, 0).with("hola");
        talk.sends("hola", &[data.dropped()]);
        for one in again {
            talk.wait(204);
            talk.near(one.clone());
        }
        texts(&talk.story, "data-lost")
    };
    let data = seg("PSH,ACK", 0, 0).with("hola");
    let [once, _] = said(std::slice::from_ref(&data));
    assert!(once.contains("No ACK came") && once.contains("takes longer"), "{once}");
    assert!(!once.contains("in all"), "{once}");
    let [never, spanish] = said(&[data.clone().dropped(), data.dropped()]);
    assert!(never.contains("Its bytes never arrived. 3 such segments"), "{never}");
    assert!(spanish.contains("nunca llegaron. En total se perdieron 3 segmentos"), "{spanish}");
    let [silent, _] = said(&[]);
    assert!(silent.contains("It was not sent again") && silent.contains("never"), "{silent}");
}

#[test]
fn a_segment_with_a_wrong_checksum_was_thrown_away() {
    let (mut talk, _) = Talk::connected();
    let data = seg("PSH,ACK", 0, 0).with("hola");
    let arrives = vec![talk.now() + 10_000];
    talk.sends("hola", &[data.clone().altered("corrupted", arrives)]);
    talk.wait(204);
    talk.near(data);
    let said = texts(&talk.story, "data-lost");
    assert!(said[0].contains("checksum") && said[1].contains("suma de control"), "{said:?}");
}

#[test]
fn what_had_not_arrived_is_not_left_unread() {
    let rules = ["close-unread", "connection-reset-unread", "connection-reset-closed"];
    let of = |arrives: bool| {
        let (mut talk, _) = Talk::connected();
        let data = seg("PSH,ACK", 0, 0).with("hola");
        talk.sends("hola", &[if arrives { data.clone() } else { data.clone().dropped() }]);
        let (waits, began) = (talk.now(), talk.now());
        talk.far(if arrives { seg("RST,ACK", 0, 4) } else { seg("FIN,ACK", 0, 0) });
        talk.story.since(began).close(talk.far);
        if !arrives {
            talk.wait(204);
            talk.near(data);
            talk.far(seg("RST", 1, -1));
        }
        let args = got(10, b"");
        talk.story.since(waits).fail(talk.near, "recvfrom", args, Errno::ECONNRESET.0);
        rules.map(|rule| told(&talk.story, rule))
    };
    assert_eq!(of(true), [true, true, false]);
    assert_eq!(of(false), [false, false, true]);
}

#[test]
fn a_connection_that_was_cut_or_given_up_is_not_the_other_ends_doing() {
    let broken = |prepare: &dyn Fn(&mut Talk)| {
        let (mut talk, _) = Talk::connected();
        prepare(&mut talk);
        talk.story.fail(talk.near, "sendto", offered(b"more"), Errno::EPIPE.0);
        talk.story
    };
    let reset = |fate: Option<&'static str>| {
        move |talk: &mut Talk| {
            let arrives = vec![talk.now() + 10_000];
            let began = talk.now();
            let rst = seg("RST,ACK", 0, 0);
            talk.far(fate.map_or(rst.clone(), |how| rst.altered(how, arrives)));
            talk.story.since(began).close(talk.far);
        }
    };
    let by_end = broken(&reset(None));
    assert!(told(&by_end, "broken-pipe") && !told(&by_end, "connection-reset-rule"));
    let timeline = by_end.build();
    let all = explain(&Flows::of(&timeline));
    let evidence = &all.iter().find(|one| one.rule == "broken-pipe").expect("told").evidence;
    let cited = evidence.iter().filter(|seq| {
        timeline.events.iter().any(|event| event.seq == **seq && event.frame().is_some())
    });
    assert_eq!(cited.count(), 1, "its RST");
    let by_rule = broken(&reset(Some("injected")));
    assert!(!told(&by_rule, "broken-pipe") && told(&by_rule, "connection-reset-rule"));
    let given_up = broken(&|talk: &mut Talk| {
        talk.story.fail(talk.near, "recvfrom", got(10, b""), Errno::ETIMEDOUT.0);
    });
    assert!(!told(&given_up, "broken-pipe"));
}

#[test]
fn a_fin_that_did_not_arrive_leaves_no_time_wait() {
    let first = |arrives: bool| {
        let (mut talk, _) = Talk::connected();
        let began = talk.now();
        talk.far(seg("FIN,ACK", 0, 0));
        talk.story.since(began).close(talk.far);
        talk.story.recv(talk.near, "");
        let began = talk.now();
        let fin = seg("FIN,ACK", 0, 1);
        talk.near(if arrives { fin } else { fin.dropped() });
        talk.story.since(began).close(talk.near);
        told(&talk.story, "server-closed-first")
    };
    assert!(first(true) && !first(false));
}

#[test]
fn a_half_that_is_still_open_cuts_nothing() {
    let cut = |how: &[Shutdown], packets: bool, comes: bool| {
        let (mut talk, _) = Talk::connected();
        if !packets {
            talk.story = Story::new();
            (talk.near, talk.far) = scenes::tcp_pair(&mut talk.story);
        }
        for how in how {
            talk.story.shutdown(talk.near, *how);
        }
        talk.wait(50);
        if comes {
            let began = talk.now();
            if packets {
                talk.far(seg("PSH,ACK", 0, 0).with("late"));
                talk.near(seg("RST", 0, 0));
            }
            talk.story.since(began).send(talk.far, "late");
        }
        talk.story.fail(talk.near, "recvfrom", got(10, b""), Errno::ECONNRESET.0);
        ["connection-reset-shutdown", "connection-reset"].map(|rule| told(&talk.story, rule))
    };
    for packets in [false, true] {
        assert_eq!(cut(&[Shutdown::RDWR], packets, true), [true, false], "{packets}");
        assert_eq!(cut(&[Shutdown::WR, Shutdown::RD], packets, true), [true, false], "{packets}");
        assert_eq!(cut(&[Shutdown::WR], packets, true), [false, true], "{packets}");
        assert_eq!(cut(&[Shutdown::RDWR], packets, false), [false, true], "{packets}");
    }
}

#[test]
fn a_server_at_every_address_takes_ipv4_unless_told_otherwise() {
    let rules = ["connect-refused-six-only", "connect-refused-elsewhere", "connect-refused"];
    let refused = |listens: &str, option: Option<i64>| {
        let mut story = Story::new();
        let server = story.command("server", "s");
        let listener = story.tcp(server);
        if let Some(value) = option {
            set(&mut story, listener, "IPV6_V6ONLY", OptionValue::Int(value));
        }
        story.bind(listener, listens);
        story.listen(listener, 5);
        let client = story.command("client", "c");
        let sock = story.tcp(client);
        connect_fails(&mut story, sock, "127.0.0.1:12000", Errno::ECONNREFUSED);
        rules.map(|rule| told(&story, rule))
    };
    assert_eq!(refused("[::]:12000", Some(1)), [true, false, false]);
    assert_eq!(refused("[::]:12000", Some(0)), [false; 3], "something else refused");
    assert_eq!(refused("[::]:12000", None), [false; 3]);
    assert_eq!(refused("[::1]:12000", Some(1)), [false, true, false]);
}

fn epoll(talk: &mut Talk, waits: u64, ready: bool) {
    let sock = talk.far;
    let one = Ready { fd: Some(sock.fd), got: Flags::default(), data: 7 };
    let ready = if ready { vec![one] } else { Vec::new() };
    let outcome = Outcome::Value(i64::try_from(ready.len()).expect("few"));
    let args = Args::EpollWait { epoll: 9, max: 64, ready, timeout: Some(waits * MS) };
    let began = talk.now();
    talk.story.wait(waits).since(began).call(sock.who, "epoll_wait", None, None, args, outcome);
}

#[test]
fn bytes_that_have_not_arrived_are_news() {
    let drained = |arrives: bool| {
        let (mut talk, _) = Talk::connected();
        let wants = ["EPOLLIN", "EPOLLET"].map(Name::of).into_iter().collect();
        let interest = Some(EpollInterest { wants, data: 7 });
        let args = Args::EpollControl { epoll: 9, operation: Name::of("EPOLL_CTL_ADD"), interest };
        let far: Sock = talk.far;
        talk.story.on(far, "epoll_ctl", args, Outcome::Value(0));
        let rest = seg("PSH,ACK", 40, 0).with([b'x'; 60]);
        let rest = if arrives { rest } else { rest.dropped() };
        talk.sends([b'x'; 100], &[seg("ACK", 0, 0).with([b'x'; 40]), rest]);
        epoll(&mut talk, 0, true);
        talk.story.recv_into(far, 40, [b'x'; 40]);
        epoll(&mut talk, 2_000, false);
        told(&talk.story, "edge-not-drained")
    };
    assert!(drained(true) && !drained(false));
}

#[test]
fn a_send_that_found_no_room_after_a_loss_does_not_blame_the_reader() {
    let said = |lost: bool| {
        let (mut talk, _) = Talk::connected();
        set(&mut talk.story, talk.near, "SO_SNDTIMEO", OptionValue::Time(500 * MS));
        let data = seg("PSH,ACK", 0, 0).with("hola");
        talk.sends("hola", &[if lost { data.dropped() } else { data }]);
        let began = talk.now();
        talk.wait(500);
        talk.story.since(began).fail(talk.near, "sendto", offered(b"more"), Errno::EAGAIN.0);
        texts(&talk.story, "send-timed-out")
    };
    assert!(said(false)[0].contains("did not read") && said(true)[0].contains("got lost"));
    assert!(said(true)[1].contains("perdido"));
}

#[test]
fn a_program_whose_send_had_returned_did_not_wait_for_the_window() {
    let (mut talk, _) = Talk::connected();
    talk.sends("xxxxyyyy", &[seg("ACK", 0, 0).with("xxxx")]);
    talk.story.exit(talk.near.who, 0);
    talk.far(seg("ACK", 0, 4).window(0));
    talk.wait(300);
    talk.near(seg("ACK", 3, 0));
    talk.far(seg("ACK", 0, 4).window(0));
    let waits = talk.now();
    talk.far(seg("ACK", 0, 4).window(100));
    talk.story.since(waits).recv(talk.far, "xxxx");
    talk.near(seg("PSH,ACK", 4, 0).with("yyyy"));
    let [said, spanish] = texts(&talk.story, "window-closed");
    assert!(said.contains("had to wait in its kernel"), "{said}");
    assert!(spanish.contains("en su n\u{fa}cleo"), "{spanish}");
}

#[test]
fn a_loss_that_was_made_up_for_is_not_why_a_connection_fell_silent() {
    let (mut talk, _) = Talk::connected();
    let data = seg("PSH,ACK", 0, 0).with("hola");
    talk.sends("hola", &[data.clone().dropped()]);
    talk.wait(204);
    talk.near(data);
    talk.far(seg("ACK", 0, 4));
    talk.wait(900_000);
    let waits = talk.now();
    talk.story.since(waits).fail(talk.near, "recvfrom", got(10, b""), Errno::ETIMEDOUT.0);
    assert!(told(&talk.story, "connection-timed-out"));
    assert!(!told(&talk.story, "connection-timed-out-lost"));
}
