//! Name look-ups: what was asked, what came back, what did not.

use socklab_event::{
    Args, Bytes, Errno, Fate, Flags, Headers, Name, Outcome, Protocol, Transport, Wait,
};
use socklab_ladder::{Detail, HtmlStyle, Ladder, Options, SvgStyle, TextStyle};
use socklab_say::{Language, Speaker};
use socklab_timelines::{Sock, Story, address, frame, got};

const A: u8 = 1;
const AAAA: u8 = 28;
const SERVER: &str = "127.0.0.1:53";

/// A question for `www.example`, RFC 1035 §4.1.
fn question(kind: u8) -> Vec<u8> {
    let mut message = b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
    message.extend_from_slice(b"\x03www\x07example\x00\x00\x00\x00\x01");
    let at = message.len() - 3;
    message[at] = kind;
    message
}

/// Its answer: a response code, and an address if there is one.
fn answer(kind: u8, code: u8, address: &[u8]) -> Vec<u8> {
    let mut message = question(kind);
    message[2] |= 0x80;
    message[3] = code;
    if !address.is_empty() {
        message[7] = 1;
        message.extend_from_slice(&[0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0, address.len() as u8]);
        message.extend_from_slice(address);
    }
    message
}

fn resolver() -> (Story, Sock) {
    let mut story = Story::new();
    let client = story.command("client", "client www.example");
    let sock = story.udp(client);
    story.bind(sock, "127.0.0.1:40000");
    story.connect(sock, SERVER);
    (story, sock)
}

/// `poll` until an answer comes, or in vain.
fn polls(story: &mut Story, sock: Sock, milliseconds: u64, comes: bool) {
    let wait = Wait {
        fd: sock.fd,
        wants: Flags::from_iter([Name::of("POLLIN")]),
        got: Flags::default(),
        socket: Some(story.identity(sock).clone().into()),
    };
    let args = Args::Poll { waits: vec![wait], timeout: Some(milliseconds * 1_000_000) };
    let began = story.now();
    story.wait(milliseconds).since(began);
    story.call(sock.who, "poll", None, None, args, Outcome::Value(comes.into()));
}

fn told(story: &Story) -> String {
    let ladder = Ladder::of(&story.build(), &Options::new(Speaker::default()));
    let drawn = ladder.to_text(&TextStyle::new(200));
    assert!(!drawn.contains("poll") && !drawn.contains("recvfrom"), "{drawn}");
    drawn
}

/// Asks for both kinds of address, and gets these two answers.
fn answered(a: &[u8], aaaa: &[u8]) -> String {
    let (mut story, sock) = resolver();
    story.send(sock, question(A));
    story.send(sock, question(AAAA));
    polls(&mut story, sock, 3, true);
    story.recv(sock, a);
    story.recv(sock, aaaa);
    story.close(sock);
    told(&story)
}

#[test]
fn what_came_back_is_said() {
    let v4 = answer(A, 0, &[192, 0, 2, 1]);
    let v6 = answer(AAAA, 0, &[0x20, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let said = answered(&v4, &v6);
    assert!(said.contains("looks up www.example (A, AAAA) asks 127.0.0.1:53"), "{said}");
    assert!(said.contains("= 192.0.2.1, 2001:db8::1"), "{said}");
    let said = answered(&v4, &answer(AAAA, 0, &[]));
    assert!(said.contains("= 192.0.2.1 · no AAAA") && !said.contains('✗'), "{said}");
    let said = answered(&answer(A, 3, &[]), &answer(AAAA, 3, &[]));
    assert!(said.contains("= no such name (NXDOMAIN)"), "{said}");
    let said = answered(&answer(A, 0, &[]), &answer(AAAA, 0, &[]));
    assert!(said.contains("= the name exists, but has no A, AAAA"), "{said}");
    let said = answered(&answer(A, 2, &[]), &answer(AAAA, 5, &[]));
    assert!(said.contains("SERVFAIL") && said.contains("REFUSED"), "{said}");
    let said = answered(&answer(A, 9, &[]), &v6);
    assert!(said.contains("= 2001:db8::1 · error 9"), "{said}");
    // A question that came back is no answer of which anything is known.
    let said = answered(&question(A), &question(AAAA));
    assert!(said.contains("= answered (A, AAAA)"), "{said}");
}

#[test]
fn a_question_without_an_answer_is_asked_again() {
    let (mut story, sock) = resolver();
    story.send(sock, question(A));
    story.send(sock, question(AAAA));
    polls(&mut story, sock, 3, true);
    story.recv(sock, answer(A, 0, &[192, 0, 2, 1]));
    polls(&mut story, sock, 2_000, false);
    story.send(sock, question(AAAA));
    polls(&mut story, sock, 2_000, false);
    story.close(sock);
    let said = told(&story);
    assert!(said.contains("asks 127.0.0.1:53 = 192.0.2.1"), "{said}");
    assert!(said.contains("✗ no answer (AAAA) for 2 s: asks again (AAAA)"), "{said}");
    let last = said.lines().filter(|line| line.contains("no answer (AAAA) for 2 s")).nth(1);
    assert!(last.is_some_and(|line| !line.contains("again")), "{said}");
    // Everything is there for whoever asks for it.
    let all = Options::new(Speaker::default()).detail(Detail::All);
    let drawn = Ladder::of(&story.build(), &all).to_text(&TextStyle::new(120));
    assert_eq!(drawn.matches("├ poll").count(), 3, "{drawn}");
}

#[test]
fn who_does_not_wait_does_not_ask_in_vain_for_a_time() {
    let (mut story, sock) = resolver();
    story.send(sock, question(A));
    story.close(sock);
    let said = told(&story);
    assert!(said.contains("✗ no answer") && !said.contains("no answer for"), "{said}");
}

#[test]
fn a_refusal_is_no_silence() {
    let (mut story, sock) = resolver();
    story.send(sock, question(A));
    story.fail(sock, "recvfrom", got(512, b""), Errno::ECONNREFUSED.0);
    story.close(sock);
    let said = told(&story);
    assert!(said.contains("✗ no answer ECONNREFUSED"), "{said}");
}

#[test]
fn an_answer_too_long_is_asked_for_by_tcp() {
    let (mut story, sock) = resolver();
    story.send(sock, question(A));
    let mut cut = answer(A, 0, &[]);
    cut[2] |= 2;
    story.recv(sock, cut);
    story.close(sock);
    let stream = story.tcp(sock.who);
    story.connect(stream, SERVER);
    let with_length = |message: &[u8]| [&[0, message.len() as u8][..], message].concat();
    story.send(stream, with_length(&question(A)));
    story.recv(stream, with_length(&answer(A, 0, &[192, 0, 2, 1])));
    story.close(stream);
    let said = told(&story);
    assert!(said.contains("= too long for a datagram (TC)"), "{said}");
    assert!(said.contains("asks again (A) by TCP = 192.0.2.1"), "{said}");
}

#[test]
fn another_look_up_of_the_same_name_is_another_one() {
    let (mut story, first) = resolver();
    for (number, connects) in [(1, true), (2, false), (3, false)] {
        let sock = if number == 1 { first } else { story.udp(first.who) };
        story.connect(sock, SERVER);
        story.send(sock, question(A));
        story.recv(sock, answer(A, 0, &[192, 0, 2, number]));
        story.close(sock);
        if connects {
            let served = story.tcp(sock.who);
            story.connect(served, "192.0.2.1:80");
        }
    }
    let said = told(&story);
    assert_eq!(said.matches("looks up www.example").count(), 2, "{said}");
    assert_eq!(said.matches("asks again (A)").count(), 1, "{said}");
}

/// The first question is lost on its way, the second one is delayed.
fn lost() -> Story {
    let (mut story, sock) = resolver();
    for lost in [true, false] {
        let headers = Headers {
            source: address("127.0.0.1:40000"),
            destination: address(SERVER),
            protocol: Protocol::UDP,
            transport: Transport::Udp,
            payload: Bytes::whole(question(A)),
            fragment: None,
        };
        let began = story.now();
        let fate = match lost {
            true => Fate::Dropped { rule: "drop it".to_owned() },
            false => Fate::Altered {
                how: vec![Name::of("delayed")],
                at: vec![began + 20_000_000],
                rule: "delay it".to_owned(),
                changed: Vec::new(),
            },
        };
        frame(&mut story, headers, Some(fate));
        story.since(began).send(sock, question(A));
        polls(&mut story, sock, if lost { 2_000 } else { 20 }, !lost);
    }
    story.recv(sock, answer(A, 0, &[192, 0, 2, 1]));
    story.close(sock);
    story
}

#[test]
fn the_look_up_says_what_a_rule_did_to_its_packets() {
    let story = lost();
    let said = told(&story);
    assert!(said.contains("✗ packet of the question (A) dropped by the rule: drop it"), "{said}");
    assert!(said.contains("↳ packet of the question (A) delayed by the rule, 20 ms"), "{said}");
    assert_eq!(said.matches('✗').count(), 2, "{said}");
    // Who explains by a packet of a look-up finds its row.
    let timeline = story.build();
    let ladder = Ladder::of(&timeline, &Options::new(Speaker::default()));
    let frames = timeline.events.iter().filter(|event| event.frame().is_some());
    let rows: Vec<Option<usize>> = frames.map(|event| ladder.row_of(event.seq)).collect();
    assert!(rows.iter().all(Option::is_some) && rows[0] < rows[1], "{rows:?}");
}

#[test]
fn a_look_up_in_every_form() {
    let said = |language| {
        let options = Options::new(Speaker::new(Language::find(language).expect("a language")));
        let ladder = Ladder::of(&lost().build(), &options);
        let page = ladder.to_html(&HtmlStyle::default());
        let picture = ladder.to_svg(&SvgStyle::default());
        for drawn in [&page, &picture] {
            assert!(drawn.contains("192.0.2.1") && drawn.contains(": drop it"), "{drawn}");
        }
        let words: Vec<String> = ladder.in_words().collect();
        let [narrow, wide] = [50, 80].map(|width| ladder.to_text(&TextStyle::new(width)));
        format!("{narrow}\n{wide}\n{}", words.join("\n"))
    };
    insta::assert_snapshot!(format!("{}\n{}", said("en"), said("es")));
}
