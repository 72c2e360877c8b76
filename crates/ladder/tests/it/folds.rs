//! Folding hides what is alike, and nothing else.

use socklab_event::{Args, Bytes, Process, Stream, Timeline};
use socklab_ladder::{Detail, Ladder, Options, TextStyle};
use socklab_timelines::{Sock, Story, scenes};

fn text(timeline: &Timeline) -> String {
    Ladder::of(timeline, &Options::default()).to_text(&TextStyle::new(120))
}

fn rows_with(drawn: &str, words: &str) -> usize {
    drawn.lines().filter(|line| line.contains(words)).count()
}

/// A request, and its answer after `milliseconds`.
fn exchange(story: &mut Story, [near, far]: [Sock; 2], asked: &str, told: &str, milliseconds: u64) {
    let waiting = story.now();
    story.send(near, asked);
    story.since(waiting).recv(far, asked);
    let asked = story.now();
    story.wait(milliseconds).send(far, told);
    story.since(asked).recv(near, told);
}

/// Many equal exchanges of which a few differ.
fn exchanges(count: usize, odd: impl Fn(usize) -> Option<(String, u64)>) -> Timeline {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    for number in 0..count {
        let asked = format!("req {number}");
        let (told, milliseconds) = odd(number).unwrap_or_else(|| (asked.clone(), 0));
        exchange(&mut story, [near, far], &asked, &told, milliseconds);
    }
    story.build()
}

#[test]
fn the_slow_the_short_the_wrong_and_the_long_answer_stay_visible_in_their_places() {
    let drawn = text(&exchanges(1_000, |number| match number {
        300 => Some(("req 300".to_owned(), 500)),
        400 => Some(("HTTP 500 ERROR".to_owned(), 0)),
        500 => Some(("re".to_owned(), 0)),
        600 => Some(("req 600 ".repeat(90), 0)),
        _ => None,
    }));
    insta::assert_snapshot!(drawn);
}

#[test]
fn digits_make_no_difference() {
    let drawn = text(&exchanges(1_000, |_| None));
    assert!(drawn.contains("× 999 more like this"), "{drawn}");
    assert!(drawn.contains("10 to 14 B each (median 14 B)"), "{drawn}");
}

#[test]
fn noise_does_not_fill_the_ladder_and_is_counted() {
    // Every tenth answer is late, each time by another amount.
    let late = |number: usize| (number % 10 == 9).then(|| 25 + number as u64 % 97);
    let drawn = text(&exchanges(1_000, |number| Some((format!("req {number}"), late(number)?))));
    assert!(drawn.lines().count() < 80, "{drawn}");
    let counted = drawn.lines().filter(|line| line.contains("differ from the others"));
    assert!(counted.count() > 0, "{drawn}");
    // The slowest of all is drawn.
    assert!(drawn.contains("waits 121 ms"), "{drawn}");
}

#[test]
fn small_delays_and_answers_that_all_differ_are_no_outliers() {
    let words = ["lorem", "ipsum dolor", "sit", "amet consectetur", "elit"];
    let drawn = text(&exchanges(1_000, |number| {
        let told = format!("{} {}", words[number % 5], words[number / 5 % 5]);
        Some((told, if number % 100 == 7 { 15 } else { 0 }))
    }));
    assert!(drawn.contains("× 999 more like this"), "{drawn}");
}

#[test]
fn of_connections_those_that_differ_are_drawn_too() {
    let mut story = Story::new();
    let (_, listener, mut waiting) = scenes::tcp_server(&mut story);
    let client = story.command("client", "client.py");
    for number in 0..200 {
        let near = story.tcp(client);
        story.connect(near, "127.0.0.1:12000");
        let far = story.since(waiting).accept(listener, near);
        let (told, milliseconds) = match number {
            60 => ("hola", 700),
            90 => ("500 ERROR", 0),
            _ => ("hola", 0),
        };
        exchange(&mut story, [near, far], &format!("who is number {number}?"), told, milliseconds);
        story.close(far);
        story.recv(near, "");
        story.close(near);
        waiting = story.now();
    }
    let drawn = text(&story.build());
    assert!(drawn.contains("× 197 more connections like this"), "{drawn}");
    assert!(drawn.contains("number 60?") && drawn.contains("waits 70"), "{drawn}");
    assert!(drawn.contains("number 90?") && drawn.contains("500 ERROR"), "{drawn}");
}

#[test]
fn a_rare_failure_is_drawn_although_other_courses_are_more_frequent() {
    let mut story = Story::new();
    let (_, listener, mut waiting) = scenes::tcp_server(&mut story);
    let client = story.command("client", "client.py");
    for number in 0..200 {
        let near = story.tcp(client);
        story.connect(near, "127.0.0.1:12000");
        let far = story.since(waiting).accept(listener, near);
        // Nine courses, by what the client does.
        for _ in 0..number % 8 {
            story.send(near, "a");
            story.recv(far, "a");
            story.shutdown(far, socklab_event::Shutdown::RD);
        }
        if number == 150 {
            story.fail(near, "recvfrom", socklab_timelines::got(100, b""), 104);
        }
        if number % 3 == 0 {
            story.send(far, "b");
        }
        if number % 5 == 0 {
            story.shutdown(near, socklab_event::Shutdown::WR);
        }
        story.close(far);
        story.close(near);
        waiting = story.now();
    }
    let drawn = text(&story.build());
    assert!(drawn.contains("ECONNRESET"), "{drawn}");
}

#[test]
fn sizes_of_pieces_of_a_stream_are_no_outliers() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    for number in 0..400 {
        let size = if number % 90 == 50 { 700 } else { 1_448 };
        story.send(near, "x".repeat(size));
    }
    for number in 0..200 {
        let size = if number % 60 == 50 { 700 } else { 2_896 };
        story.recv_into(far, 65_536, "x".repeat(size));
    }
    let drawn = text(&story.build());
    assert!(drawn.contains("× 197 more like this"), "{drawn}");
}

#[test]
fn a_sweep_of_closes_is_one_row() {
    let mut story = Story::new();
    let server = story.command("server", "serverd");
    let mut sock = story.tcp(server);
    story.bind(sock, "*:12000");
    for fd in 4..1_024 {
        sock.fd = fd;
        story.fail(sock, "close", Args::Close, 9);
    }
    let drawn = text(&story.build());
    assert_eq!(rows_with(&drawn, "EBADF"), 1, "{drawn}");
    assert!(drawn.contains("close(4–1023)") && drawn.contains("× 1,020"), "{drawn}");
}

#[test]
fn a_loop_that_fails_for_want_of_descriptors_is_folded() {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    for _ in 0..5_000 {
        let accept = Args::Accept { peer: None, flags: Default::default(), listener: None };
        story.fail(listener, "accept4", accept, 24);
    }
    let drawn = text(&story.build());
    assert_eq!(rows_with(&drawn, "EMFILE"), 1, "{drawn}");
    assert!(drawn.contains("× 5,000"), "{drawn}");
}

#[test]
fn of_endless_printing_the_beginning_and_the_last_words_are_drawn() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let print = |story: &mut Story, sock: Sock, text: String| {
        story.process(
            sock.who,
            Process::Stdio {
                stream: Stream::Stderr,
                bytes: Bytes { sample: text.as_bytes().to_vec(), total: text.len() as u64 },
            },
        );
    };
    for number in 0..30 {
        print(&mut story, far, format!("few {number}"));
        story.send(far, "x");
    }
    for number in 0..300 {
        print(&mut story, near, format!("many {number}."));
        // What others do meanwhile does not end the row.
        story.send(far, "y");
    }
    story.send(near, "z");
    print(&mut story, near, "afterwards".to_owned());
    let timeline = story.build();
    let drawn = text(&timeline);
    assert_eq!((rows_with(&drawn, "\"few "), rows_with(&drawn, "\"many ")), (30, 51), "{drawn}");
    assert!(drawn.contains("many 49.") && drawn.contains("many 299."), "{drawn}");
    assert!(drawn.contains("afterwards"), "{drawn}");
    assert!(drawn.contains("many in a row, not drawn: 249."), "{drawn}");
    let all = Options::default().detail(Detail::All);
    let all = Ladder::of(&timeline, &all).to_text(&TextStyle::new(120));
    assert!(rows_with(&all, "\"many ") == 300 && !all.contains("not drawn: 249"), "{all}");
}
