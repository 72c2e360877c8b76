//! What recorded packets show.

use socklab_event::{Args, Endpoint, Errno, Fate, Headers, Name, Protocol, Transport};
use socklab_event::{Bytes, Fragment, OptionValue, Outcome};
use socklab_flows::Flows;
use socklab_judge::explain;
use socklab_say::{Language, Speaker};
use socklab_timelines::{Sock, Story, Talk, address, frame, got, seg};

use super::told;

/// What a rule says in English, and in Spanish.
pub(super) fn texts(story: &Story, rule: &str) -> [String; 2] {
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let all = explain(&flows);
    let keys: Vec<&str> = all.iter().map(|one| one.rule).collect();
    let one = all.iter().find(|one| one.rule == rule).unwrap_or_else(|| panic!("{keys:?}"));
    let spanish = Language::all().find(|one| one.to_string() == "es").expect("Spanish");
    [Speaker::ENGLISH, Speaker::new(spanish)].map(|speaker| speaker.tell(&one.sentence()))
}

pub(super) fn connect(talk: &mut Talk, began: u64) {
    talk.story.since(began).connect(talk.near, "127.0.0.1:12000");
}

#[test]
fn a_syn_that_came_again_although_the_first_arrived_was_not_lost() {
    for [syn_lost, answer_lost] in [[false, false], [true, false], [false, true]] {
        let mut talk = Talk::new();
        let began = talk.now();
        let syn = seg("SYN", -1, 0);
        talk.near(if syn_lost { syn.clone().dropped() } else { syn.clone() });
        if answer_lost {
            talk.far(seg("SYN,ACK", -1, 0).dropped());
        }
        talk.wait(1_000);
        talk.near(syn);
        talk.far(seg("SYN,ACK", -1, 0));
        connect(&mut talk, began);
        assert_eq!(told(&talk.story, "syn-lost"), syn_lost);
        assert_eq!(told(&talk.story, "syn-ack-lost"), answer_lost);
        for rule in [("syn-lost", syn_lost), ("syn-ack-lost", answer_lost)] {
            if rule.1 {
                let said = texts(&talk.story, rule.0);
                assert!(said.iter().all(|said| said.contains("drop it")), "{said:?}");
                assert!(said.iter().all(|said| said.contains("1 s")), "{said:?}");
            }
        }
    }
}

#[test]
fn a_connect_whose_packets_got_lost_did_not_merely_time_out() {
    let mut talk = Talk::new();
    let began = talk.now();
    for _ in 0..2 {
        talk.near(seg("SYN", -1, 0).dropped());
        talk.wait(1_000);
    }
    let to = Args::Connect { address: address("127.0.0.1:12000") };
    // The kernel has forgotten it by then.
    talk.story.identity(talk.near).peer = None;
    talk.story.since(began).fail(talk.near, "connect", to, Errno::ETIMEDOUT.0);
    assert!(told(&talk.story, "syn-lost") && !told(&talk.story, "connect-timed-out"));
}

#[test]
fn data_that_came_again_although_it_had_arrived_was_not_lost() {
    let cases = [("data-lost", false), ("data-lost", true), ("data-lost-asked-for", true)];
    for (rule, lost) in cases {
        let (mut talk, _) = Talk::connected();
        let data = seg("PSH,ACK", 0, 0).with("hola");
        let first = if lost { data.clone().dropped() } else { data.clone() };
        talk.sends("hola", &[first]);
        if rule == "data-lost-asked-for" {
            for start in [4, 8, 12] {
                talk.sends("more", &[seg("PSH,ACK", start, 0).with("more")]);
                talk.far(seg("ACK", 0, 0));
            }
        } else {
            talk.wait(204);
        }
        talk.near(data);
        talk.far(seg("ACK", 0, 4));
        for one in ["data-lost", "data-lost-asked-for"] {
            assert_eq!(told(&talk.story, one), lost && one == rule, "{one} of {rule}");
        }
        if lost {
            let said = texts(&talk.story, rule);
            assert!(said.iter().all(|said| said.contains("drop it")), "{said:?}");
        }
    }
}

/// Two pieces of which the second leaves with the ACK of the first.
fn pieces(late: u64, prepare: impl FnOnce(&mut Talk)) -> Talk {
    let (mut talk, _) = Talk::connected();
    prepare(&mut talk);
    talk.sends("first", &[seg("PSH,ACK", 0, 0).with("first")]);
    talk.story.recv(talk.far, "first");
    let waits = talk.now();
    talk.story.send(talk.near, "second");
    talk.wait(late);
    talk.far(seg("ACK", 0, 5));
    talk.near(seg("PSH,ACK", 5, 0).with("second"));
    talk.story.since(waits).recv(talk.far, "second");
    talk
}

#[test]
fn a_piece_that_left_at_once_or_for_an_ack_at_once_is_not_held_back() {
    let held = pieces(41, |_| ());
    assert!(told(&held.story, "nagle-delayed-ack"));
    assert!(!told(&held.story, "nagle"), "the packets show it: nothing is inferred");
    assert!(texts(&held.story, "nagle-delayed-ack").iter().all(|said| said.contains("41 ms")));
    assert!(!told(&pieces(0, |_| ()).story, "nagle-delayed-ack"), "the ACK came at once");
    let corked = |talk: &mut Talk| {
        let (level, option) = (Name::of("IPPROTO_TCP"), Name::of("TCP_CORK"));
        let args = Args::SetOption { level, option, value: OptionValue::Int(1) };
        talk.story.on(talk.near, "setsockopt", args, Outcome::Value(0));
    };
    assert!(!told(&pieces(41, corked).story, "nagle-delayed-ack"), "the program asked for it");
    // By the calls alone it would look like Nagle, but both pieces left at once.
    let (mut talk, _) = Talk::connected();
    talk.sends("first", &[seg("PSH,ACK", 0, 0).with("first")]);
    talk.story.recv(talk.far, "first");
    let waits = talk.now();
    talk.sends("second", &[seg("PSH,ACK", 5, 0).with("second")]);
    talk.wait(41);
    talk.story.since(waits).recv(talk.far, "second");
    assert!(!told(&talk.story, "nagle-delayed-ack") && !told(&talk.story, "nagle"));
}

/// A window that is closed for some time.
fn full(more: bool, late: u64, reads: bool) -> Talk {
    let (mut talk, _) = Talk::connected();
    let began = talk.now();
    talk.near(seg("ACK", 0, 0).with("xxxx"));
    talk.far(seg("ACK", 0, 4).window(0));
    if !more {
        talk.story.since(began).send(talk.near, "xxxx");
    }
    talk.wait(late);
    if more {
        talk.near(seg("ACK", 3, 0));
        talk.far(seg("ACK", 0, 4).window(0));
    }
    if reads {
        talk.story.recv(talk.far, "x");
        talk.wait(1);
    }
    let waits = talk.now();
    talk.far(seg("ACK", 0, 4).window(100));
    talk.story.since(waits).recv(talk.far, if reads { "xxx" } else { "xxxx" });
    if more {
        talk.near(seg("PSH,ACK", 4, 0).with("yyyy"));
        talk.story.since(began).send(talk.near, "xxxxyyyy");
    }
    talk
}

#[test]
fn a_full_window_that_nothing_waited_for_is_not_explained() {
    let said = texts(&full(true, 300, false).story, "window-closed");
    assert!(
        said.iter().all(|said| said.contains("TCPServer") || said.contains("server")),
        "{said:?}"
    );
    assert!(said[0].contains("300 ms") && said[0].contains("once"), "{said:?}");
    assert!(!told(&full(false, 300, false).story, "window-closed"), "nothing more was to be sent");
    assert!(!told(&full(true, 1, false).story, "window-closed"), "that is no time");
    assert!(!told(&full(true, 300, true).story, "window-closed"), "it was reading");
}

pub(super) fn reset(talk: &mut Talk, began: u64) {
    let args = got(10, b"");
    talk.story.since(began).fail(talk.near, "recvfrom", args, Errno::ECONNRESET.0);
}

#[test]
fn a_reset_by_the_close_itself_did_not_come_after_it() {
    let rules = ["connection-reset-closed", "connection-reset-unaccepted", "connection-reset"];
    let told_of = |talk: &Talk| rules.map(|rule| told(&talk.story, rule));

    let (mut talk, _) = Talk::connected();
    talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    let (began, waits) = (talk.now(), talk.now());
    talk.far(seg("RST,ACK", 0, 4));
    talk.story.since(began).close(talk.far);
    reset(&mut talk, waits);
    assert_eq!(told_of(&talk), [false, false, false]);
    assert!(told(&talk.story, "connection-reset-unread"));

    let (mut talk, _) = Talk::connected();
    let began = talk.now();
    talk.far(seg("FIN,ACK", 0, 0));
    talk.story.since(began).close(talk.far);
    talk.wait(50);
    talk.sends("late", &[seg("PSH,ACK", 0, 1).with("late")]);
    let waits = talk.now();
    talk.far(seg("RST", 1, -1));
    reset(&mut talk, waits);
    assert_eq!(told_of(&talk), [true, false, false]);

    let mut talk = Talk::new();
    let began = talk.now();
    talk.near(seg("SYN", -1, 0));
    talk.far(seg("SYN,ACK", -1, 0));
    connect(&mut talk, began);
    talk.near(seg("ACK", 0, 0));
    let (began, waits) = (talk.now(), talk.now());
    talk.far(seg("RST,ACK", 0, 0));
    talk.story.since(began).close(talk.listener);
    reset(&mut talk, waits);
    assert_eq!(told_of(&talk), [false, true, false]);
}

#[test]
fn a_reset_of_a_rule_is_not_laid_to_a_program() {
    let (mut talk, _) = Talk::connected();
    talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    let waits = talk.now();
    let at_once = vec![talk.now() + 10_000];
    talk.far(seg("RST,ACK", 0, 4).altered("injected", at_once));
    reset(&mut talk, waits);
    talk.story.close(talk.far);
    assert!(told(&talk.story, "connection-reset-rule"));
    assert!(
        texts(&talk.story, "connection-reset-rule").iter().all(|said| said.contains("injected it"))
    );
    for rule in ["connection-reset", "connection-reset-unread", "connection-reset-closed"] {
        assert!(!told(&talk.story, rule), "{rule}");
    }
    // The same without a rule's RST is the server's doing.
    let (mut talk, _) = Talk::connected();
    talk.sends("hola", &[seg("PSH,ACK", 0, 0).with("hola")]);
    talk.story.close(talk.far);
    let waits = talk.now();
    reset(&mut talk, waits);
    assert!(!told(&talk.story, "connection-reset-rule"));
}

#[test]
fn a_silence_without_a_loss_is_the_other_ends() {
    for lost in [false, true] {
        let (mut talk, _) = Talk::connected();
        let data = seg("PSH,ACK", 0, 0).with("hola");
        talk.sends("hola", &[if lost { data.dropped() } else { data }]);
        talk.wait(900_000);
        let waits = talk.now();
        let args = got(10, b"");
        talk.story.since(waits).fail(talk.near, "recvfrom", args, Errno::ETIMEDOUT.0);
        assert_eq!(told(&talk.story, "connection-timed-out-lost"), lost);
        assert_eq!(told(&talk.story, "connection-timed-out"), !lost);
    }
}

pub(super) fn datagram(
    story: &mut Story,
    [from, to]: [Sock; 2],
    piece: Option<Fragment>,
    fate: Option<Fate>,
) {
    let own = |story: &mut Story, sock: Sock| story.identity(sock).local.clone().expect("bound");
    let later = piece.is_some_and(|piece| piece.offset > 0);
    let end = |address: Endpoint| match later {
        true => Endpoint::ip(address.ip_port().expect("of IP").0, 0),
        false => address,
    };
    let headers = Headers {
        source: end(own(story, from)),
        destination: end(own(story, to)),
        protocol: Protocol::UDP,
        transport: if later { Transport::Other } else { Transport::Udp },
        payload: Bytes::whole(if later { "la" } else { "ho" }),
        fragment: piece,
    };
    frame(story, headers, fate);
}

#[test]
fn a_datagram_that_is_late_is_not_lost() {
    for (in_pieces, lost) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut story = Story::new();
        let ends = ["127.0.0.1:12000", "127.0.0.1:12001"].map(|address| {
            let program = story.command("program", "program");
            let sock = story.udp(program);
            story.bind(sock, address);
            sock
        });
        let began = story.now();
        let rule = "drop or delay it".to_owned();
        let late = vec![story.now() + 900_000];
        let how = vec![Name::of("delayed")];
        let fate = match lost {
            true => Fate::Dropped { rule },
            false => Fate::Altered { how, at: late, rule, changed: Vec::new() },
        };
        let text = if in_pieces { "hola" } else { "ho" };
        if in_pieces {
            let piece = |offset, more| Some(Fragment { id: 5, offset, more });
            datagram(&mut story, ends, piece(0, true), None);
            datagram(&mut story, ends, piece(10, false), Some(fate));
        } else {
            datagram(&mut story, ends, None, Some(fate));
        }
        story.since(began).sendto(ends[0], "127.0.0.1:12001", text);
        assert_eq!(told(&story, "datagram-lost"), lost && !in_pieces);
        assert_eq!(told(&story, "fragment-lost"), lost && in_pieces);
        if lost {
            let rule = if in_pieces { "fragment-lost" } else { "datagram-lost" };
            assert!(texts(&story, rule).iter().all(|said| said.contains("drop or delay it")));
        }
    }
}

#[test]
fn real_packets_show_what_their_programs_did() {
    let rules = |name: &str| {
        let timeline = socklab_timelines::recorded(name);
        let found = explain(&Flows::of(&timeline));
        found.into_iter().map(|one| one.rule).collect::<Vec<_>>()
    };
    let nagle = rules("wire-nagle");
    assert!(nagle.contains(&"nagle-delayed-ack") && !nagle.contains(&"nagle"), "{nagle:?}");
    let resets = rules("wire-resets");
    let expected =
        ["connection-reset-unread", "connection-reset-linger", "connection-reset-unaccepted"];
    for rule in expected.into_iter().chain(["connect-refused", "udp-refused"]) {
        assert!(resets.contains(&rule), "{rule} not in {resets:?}");
    }
    let timeline = socklab_timelines::recorded("wire-resets");
    let all = explain(&Flows::of(&timeline));
    for rule in expected.into_iter().chain(["connect-refused", "udp-refused"]) {
        let one = all.iter().find(|one| one.rule == rule).expect("as before");
        let is_frame = |seq: &&u64| {
            timeline.events.iter().any(|event| event.seq == **seq && event.frame().is_some())
        };
        assert!(one.evidence.iter().any(|seq| is_frame(&seq)), "{rule} cites no packet");
    }
    let lost = ["syn-lost", "syn-ack-lost", "data-lost", "datagram-lost", "connection-reset"];
    assert!(!lost.iter().any(|rule| resets.contains(rule)), "{resets:?}");
}
