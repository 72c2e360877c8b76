//! Snapshots of the drawings the course needs.

use socklab_event::{Args, Event, Process, Signal, Timeline};
use socklab_ladder::{HtmlStyle, Ladder, NoteKind, Options, SvgStyle, TextStyle};
use socklab_say::{Language, Speaker};
use socklab_timelines::{Story, recorded, scenes};

fn text(timeline: &Timeline, width: usize) -> String {
    let style = TextStyle::new(width);
    Ladder::of(timeline, &Options::default()).to_text(&style)
}

fn spanish() -> Speaker {
    Speaker::new(Language::find("es").expect("Spanish"))
}

/// Snapshot tests of text drawings, 80 columns wide.
macro_rules! pictures {
    ($($name:ident: $scene:expr;)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(text(&$scene, 80));
            }
        )*
    };
}

pictures! {
    tcp_upper_case: scenes::upper_tcp();
    udp_upper_case: scenes::upper_udp();
    three_clients_as_a_list: scenes::threaded();
    refused_connect: scenes::refused();
    http_fetch: scenes::http();
    split_and_coalesced: scenes::split_and_coalesced();
    pieces_of_several_messages: scenes::torn();
    a_server_of_four_processes: scenes::prefork();
    a_wrapper_and_its_tools: scenes::wrapped();
    two_thousand_connections: scenes::crowd(2_000);
    recorded_wire_with_a_loss: scenes::wired();
    busy_loop: scenes::busy_loop(10_000);
    twelve_clients: scenes::many(12);
    thirty_clients_share_columns: scenes::many(30);
    nothing: Timeline::default();
}

// Recorded from real programs; `fixtures/timelines/record.sh` records them again.
pictures! {
    recorded_tcp_pair: recorded("upper-tcp");
    recorded_udp_pair: recorded("upper-udp");
    recorded_three_clients: recorded("threaded");
    recorded_refusal: recorded("refused");
    recorded_http: recorded("http");
    recorded_curl: recorded("curl");
    recorded_split: recorded("split");
    recorded_crowd: recorded("crowd");
}

#[test]
fn a_close_that_failed_is_drawn_where_the_program_made_it() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "hola");
    story.recv(far, "hola");
    // EIO: the descriptor is released even so.
    story.fail(near, "close", Args::Close, 5);
    let drawn = text(&story.build(), 80);
    assert!(drawn.contains("close(3)") && drawn.contains("EIO"), "{drawn}");
}

#[test]
fn a_lost_acknowledgement_is_drawn_and_a_bare_one_is_not() {
    let mut story = Story::new();
    let (near, far) = scenes::wired_pair(&mut story);
    let sent = story.send(near, "hola");
    story.segment(near, "PSH,ACK", "hola", None);
    story.returns_now(sent);
    story.recv(far, "hola");
    story.segment(far, "ACK", "", None);
    let drawn = text(&story.build(), 80);
    assert_eq!(drawn.matches(" ACK ").count(), 1, "{drawn}");
    story.segment(far, "ACK", "", Some("drop the 2nd ACK"));
    let drawn = text(&story.build(), 80);
    assert_eq!(drawn.matches(" duplicate ACK 4 ").count(), 1, "{drawn}");
    assert!(drawn.contains("drop the 2nd ACK"), "{drawn}");
}

#[test]
fn a_client_outside_the_recording_is_drawn_at_the_other_end() {
    let mut story = Story::new();
    let (_, far) = scenes::tcp_pair(&mut story);
    story.recv(far, "hola");
    let mut timeline = story.build();
    let client = |event: &Event| event.place.process != far.who.process;
    timeline.events.retain(|event| !client(event));
    timeline.header.columns.truncate(1);
    let drawn = text(&timeline, 80);
    let line = drawn.lines().find(|line| line.contains("hola")).unwrap_or_default();
    assert!(line.contains('▶'), "{drawn}");
}

#[test]
fn twelve_clients_unfolded() {
    let options = Options::default().fold(false);
    let ladder = Ladder::of(&scenes::many(12), &options);
    insta::assert_snapshot!(ladder.to_text(&TextStyle::default()));
}

#[test]
fn three_clients_side_by_side() {
    insta::assert_snapshot!(text(&scenes::threaded(), 120));
}

#[test]
fn split_and_coalesced_in_spanish_ascii_and_narrow() {
    let options = Options::new(spanish());
    let style = TextStyle::new(64).ascii(true).times(true);
    let drawn = Ladder::of(&scenes::split_and_coalesced(), &options).to_text(&style);
    assert!(drawn.is_ascii(), "{drawn}");
    insta::assert_snapshot!(drawn);
}

#[test]
fn several_processes_and_pieces_in_spanish_as_a_list() {
    let options = Options::new(spanish());
    let style = TextStyle::new(48);
    let drawn = |timeline| Ladder::of(&timeline, &options).to_text(&style);
    insta::assert_snapshot!(drawn(scenes::prefork()) + "\n" + &drawn(scenes::torn()));
}

#[test]
fn no_arrow_ends_in_a_fold() {
    let ladder = Ladder::of(&scenes::poured(100), &Options::default());
    let folds = |row: usize| ladder.rows[row].band.is_some();
    assert!((0..ladder.rows.len()).any(folds));
    let heads: Vec<usize> =
        ladder.arrows.iter().flat_map(|arrow| &arrow.heads).map(|head| head.row).collect();
    assert!(heads.len() > 3 && !heads.iter().any(|row| folds(*row)), "{heads:?}");
}

#[test]
fn colour_changes_nothing_but_colour() {
    let ladder = Ladder::of(&scenes::threaded(), &Options::default());
    let plain = ladder.to_text(&TextStyle::default());
    let colored = ladder.to_text(&TextStyle::default().color(true));
    let mut stripped = String::new();
    for piece in colored.split('\u{1b}') {
        let rest =
            if stripped.is_empty() && !colored.starts_with('\u{1b}') { Some(piece) } else { None };
        stripped.push_str(rest.unwrap_or_else(|| piece.split_once('m').map_or("", |pair| pair.1)));
    }
    assert_eq!(plain, stripped);
}

#[test]
fn evidence_is_shown_explained_and_never_folded() {
    let timeline = scenes::crowd(50);
    let last = timeline.events.iter().rev().find(|event| event.call().is_some()).unwrap().seq;
    let options = Options::default().keep([last]);
    let mut ladder = Ladder::of(&timeline, &options);
    ladder.explain(last, &[last], NoteKind::Problem, "The last one closes.");
    let row = &ladder.rows[ladder.row_of(last).unwrap()];
    assert!(row.decisive && row.band.is_none());
    assert_eq!(row.notes[0].text, "The last one closes.");
    assert!(ladder.to_text(&TextStyle::default()).contains("! The last one closes."));
}

#[test]
fn a_lesson_does_not_look_like_a_problem() {
    let timeline = scenes::upper_tcp();
    let last = timeline.events.iter().rev().find(|event| event.call().is_some()).unwrap().seq;
    let with = |kind| {
        let mut ladder = Ladder::of(&timeline, &Options::default());
        ladder.explain(last, &[last], kind, "So it goes.");
        ladder
    };
    let (problem, lesson) = (with(NoteKind::Problem), with(NoteKind::Lesson));
    let decisive = |ladder: &Ladder| ladder.rows.iter().any(|row| row.decisive);
    assert!(decisive(&problem) && !decisive(&lesson));
    let text = |ladder: &Ladder| ladder.to_text(&TextStyle::default());
    assert!(text(&problem).contains("! So it goes.") && text(&lesson).contains("↳ So it goes."));
    let bars = |ladder: &Ladder| ladder.to_svg(&SvgStyle::default()).matches("bar wrong").count();
    assert_eq!(bars(&problem), bars(&lesson) + 1);
}

#[test]
fn a_page_counts_its_lessons_and_shows_them_on_request() {
    let timeline = scenes::upper_tcp();
    let last = timeline.events.iter().rev().find(|event| event.call().is_some()).unwrap().seq;
    let mut ladder = Ladder::of(&timeline, &Options::default());
    ladder.explain(last, &[last], NoteKind::Lesson, "So it goes.");
    let page = |lessons| ladder.to_html(&HtmlStyle::default().lessons(lessons));
    let (closed, open) = (page(false), page(true));
    assert!(closed.contains("<details class=\"explained lessons\"><summary>1 lesson</summary>"));
    assert!(open.contains("<details class=\"explained lessons\" open=\"open\">"));
    // At the top and in the row's details; in the drawing, and in the list that stands for it in a
    // narrow window, only on request.
    assert_eq!(closed.matches("So it goes.").count(), 2);
    assert_eq!(open.matches("So it goes.").count(), 4);
    assert!(!closed.contains("What went wrong"), "nothing went wrong");
}

#[test]
fn what_the_recorder_ends_is_not_killed() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    for (end, signals) in [(near, &[15][..]), (far, &[15, 9])] {
        for signal in signals {
            story.ended_by_recorder(end.who, *signal);
            // SIGKILL can't be seen being delivered.
            if *signal == 15 {
                story.process(end.who, Process::Signal { signal: Signal(15) });
            }
        }
        story.killed(end.who, signals[signals.len() - 1]);
    }
    let drawn = text(&story.build(), 80);
    let ended: Vec<&str> = drawn.lines().filter(|line| line.contains("ended by")).collect();
    let signals = ["└ ended by socklab (SIGTERM)", "├ ended by socklab (SIGTERM)"];
    assert_eq!(ended.len(), 3, "{drawn}");
    for (line, wanted) in ended.iter().zip(signals) {
        assert!(line.contains(wanted), "{drawn}");
    }
    assert!(ended[2].contains("└ ended by socklab (SIGKILL)"), "{drawn}");
    assert!(!drawn.contains('⚡') && !drawn.contains("killed by"), "{drawn}");
}

#[test]
fn long_command_lines_are_cut_in_the_middle_and_stay_different() {
    let mut story = Story::new();
    let line = |name: &str| {
        format!(
            "java -Xmx512m -cp app.jar:lib/netty.jar:lib/log.jar com.example.Main --name={name} {}",
            "--verbose --port=8080 --threads=16 --backlog=128 --cache=/var/cache/example/data"
        )
    };
    for name in ["alpha", "omega"] {
        let who = story.command(name, &line(name));
        let sock = story.tcp(who);
        story.bind(sock, "*:12000");
    }
    let ladder = Ladder::of(&story.build(), &Options::default());
    for width in [80, 120] {
        let drawn = ladder.to_text(&TextStyle::new(width));
        assert!(drawn.contains('…'), "{drawn}");
        let header: Vec<&str> = drawn.lines().take_while(|line| !line.contains("socket")).collect();
        assert!(header.len() < 8, "{drawn}");
    }
    let svg = ladder.to_svg(&SvgStyle::default());
    assert!(svg.contains("=alpha") && svg.contains("=omega"), "{svg}");
}

#[test]
fn paths_are_shortened_unless_that_makes_columns_equal_and_urls_keep_their_host() {
    let titles = |lines: [&str; 2]| {
        let mut story = Story::new();
        for (number, line) in lines.iter().enumerate() {
            let who = story.command(&format!("program-{number}"), line);
            let sock = story.tcp(who);
            story.bind(sock, "*:12000");
        }
        let ladder = Ladder::of(&story.build(), &Options::default());
        ladder.participants.iter().map(|one| one.command.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        titles([
            "python3 /home/ana/sockets/course/server.py",
            "curl http://localhost:8000/a/long/path"
        ]),
        ["python3 …/server.py", "curl http://localhost:8000/a/long/path"]
    );
    let same = [
        "python3 /home/ana/sockets/course/server.py",
        "python3 /home/eva/sockets/course/server.py",
    ];
    assert_eq!(titles(same), same);
}
