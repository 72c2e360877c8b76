//! What a reader sees, in 80 columns and two languages.

use socklab_event::Timeline;
use socklab_flows::Flows;
use socklab_say::{Language, Speaker};
use socklab_summary::{Summary, TextStyle};
use socklab_timelines::{Story, address, scenes};

fn text(timeline: &Timeline, language: &str) -> String {
    let speaker = Speaker::new(Language::find(language).expect("a language"));
    let flows = Flows::of(timeline);
    let mut summary = Summary::of(&flows);
    if let Some(last) = timeline.events.last() {
        summary.problem(&flows, last.seq, "Something went wrong here.".to_owned());
    }
    summary.to_text(speaker, TextStyle::new(80))
}

fn both(name: &str, timeline: &Timeline) {
    for language in ["en", "es"] {
        let text = text(timeline, language);
        insta::assert_snapshot!(format!("{name}-{language}"), text);
        let too_wide = text.lines().find(|line| line.chars().count() > 80);
        assert_eq!(too_wide, None, "a line is wider than the terminal");
    }
}

#[test]
fn one_connection() {
    both("tcp", &scenes::upper_tcp());
}

#[test]
fn datagrams() {
    both("udp", &scenes::upper_udp());
}

#[test]
fn a_page_from_elsewhere() {
    both("http", &scenes::http());
}

#[test]
fn nobody_listens() {
    both("refused", &scenes::refused());
}

#[test]
fn a_socket_that_is_connected_to_itself() {
    let mut story = Story::new();
    let program = story.command("itself", "python3 itself.py");
    let socket = story.tcp(program);
    story.bind(socket, "127.0.0.1:40000");
    story.identity(socket).peer = Some(address("127.0.0.1:40000"));
    story.connect(socket, "127.0.0.1:40000");
    story.send(socket, "hola");
    story.recv(socket, "hola");
    story.close(socket);
    both("itself", &story.build());
}

#[test]
fn sockets_that_are_connected_to_themselves_are_summed_one_way() {
    let mut story = Story::new();
    let program = story.command("itself", "python3 itself.py");
    for number in 0..20 {
        let (socket, own) = (story.tcp(program), format!("127.0.0.1:{}", 40000 + number));
        story.bind(socket, &own);
        story.identity(socket).peer = Some(address(&own));
        story.connect(socket, &own);
        story.send(socket, "hola");
        story.recv(socket, "hola");
        story.close(socket);
    }
    let text = text(&story.build(), "en");
    assert!(text.contains("20 like this, with the medians above; in all, 80 bytes\n"), "{text}");
}

#[test]
fn packets() {
    both("wired", &scenes::wired());
}

/// A thousand clients, one of which takes long, and another of which gets no answer.
fn thousand() -> Timeline {
    let mut story = Story::new();
    let (_, listener, mut waiting) = scenes::tcp_server(&mut story);
    for number in 1..=1000 {
        let client = story.command(&format!("client-{number}"), "nc localhost 12000");
        let near = story.tcp(client);
        story.wait(7).connect(near, "127.0.0.1:12000");
        let far = story.since(waiting).accept(listener, near);
        story.send(near, "hola");
        story.recv(far, "hola");
        if number == 500 {
            story.wait(300);
        }
        if number == 700 {
            story.fail(far, "sendto", socklab_timelines::offered(b"HOLA"), 104);
        } else {
            story.send(far, "HOLA");
            story.recv(near, "HOLA");
        }
        story.close(far);
        story.close(near);
        waiting = story.now();
    }
    story.build()
}

#[test]
fn a_thousand_connections_are_a_few_lines() {
    let timeline = thousand();
    both("thousand", &timeline);
    let text = text(&timeline, "en");
    assert!(text.lines().count() < 60, "{text}");
    assert!(text.contains("999 like this"), "{text}");
    assert!(text.contains("ECONNRESET"), "the one that failed stands alone: {text}");
    assert!(text.contains("slowest: 300 ms"), "and the slow one is named: {text}");
    let spanish = self::text(&timeline, "es");
    assert!(spanish.contains("999 como esta") && spanish.contains("1000 procesos"), "{spanish}");
}

#[test]
fn of_many_that_differ_the_first_are_shown_and_the_others_counted() {
    let mut story = Story::new();
    let client = story.command("client", "python3 scan.py");
    for port in 1..=50 {
        let sock = story.tcp(client);
        story.connect(sock, &format!("192.0.2.1:{port}"));
        story.close(sock);
    }
    let text = text(&story.build(), "en");
    assert!(
        text.contains("client → 192.0.2.1:40 ") && !text.contains("client → 192.0.2.1:41 "),
        "{text}"
    );
    assert!(text.contains("10 more:"), "{text}");
}

#[test]
fn ascii_has_no_other_arrows() {
    let flows_of = scenes::upper_tcp();
    let summary = Summary::of(&Flows::of(&flows_of));
    let text = summary.to_text(Speaker::ENGLISH, TextStyle::new(80).ascii(true));
    assert!(!text.contains(['→', '←']) && text.contains("client -> server"), "{text}");
}

#[test]
fn the_json_form() {
    let timeline = scenes::wired();
    let summary = Summary::of(&Flows::of(&timeline));
    insta::assert_snapshot!(serde_json::to_string_pretty(&summary).expect("JSON"));
}
