//! What a ladder says about a recording that has grown beyond its size.

use socklab_event::{Notice, Timeline};
use socklab_ladder::{Ladder, Options, TextStyle};
use socklab_say::{Language, Speaker};
use socklab_timelines::Story;

fn grown() -> Timeline {
    let mut story = Story::new();
    let server = story.command("server", "server");
    story.tcp(server);
    story.wait(2000);
    story.what(server, Notice::SamplesOmitted { limit: 256 << 20 });
    story.wait(3000);
    story.what(server, Notice::RepeatsCounted { limit: 512 << 10, failures: false });
    for (call, count, bytes) in [("recvfrom", 2, 70), ("poll", 1, 0), ("recvfrom", 3_000_000, 30)] {
        story.what(server, Notice::Counted { call: call.into(), count, bytes });
    }
    story.exit(server, 0);
    story.build()
}

fn footer(speaker: Speaker) -> String {
    let ladder = Ladder::of(&grown(), &Options::new(speaker));
    let text = ladder.to_text(&TextStyle::new(80));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn it_says_which_packets_are_missing_and_who_was_slow() {
    let mut story = Story::new();
    let server = story.command("server", "server");
    story.tcp(server);
    story.what(server, Notice::NoFrames { why: "socket AF_PACKET: EPERM".to_owned() });
    story.what(server, Notice::Slow { why: "filters_refused: EACCES".to_owned() });
    story.what(server, Notice::FramesElsewhere { sockets: 2 });
    story.exit(server, 0);
    let timeline = story.build();
    let footer = |speaker| {
        let ladder = Ladder::of(&timeline, &Options::new(speaker).no_packets("with --packets"));
        ladder.footer.join(" ")
    };
    let english = footer(Speaker::ENGLISH);
    for wanted in [
        "could not be recorded: socket AF_PACKET: EPERM",
        "server was stopped at every system call",
        "it may not be given seccomp filters: EACCES",
        "Packets of 2 sockets were not recorded",
    ] {
        assert!(english.contains(wanted), "{wanted:?} is not in {english}");
    }
    assert!(!english.contains("--packets"), "what was refused is not advised: {english}");
    let spanish = footer(Speaker::new(Language::find("es").expect("Spanish")));
    assert!(spanish.contains("no se le pueden poner filtros seccomp: EACCES"), "{spanish}");
}

#[test]
fn what_is_so_of_many_processes_is_said_once() {
    let mut story = Story::new();
    let server = story.command("server", "server");
    story.tcp(server);
    let why = || Notice::Slow { why: "filters_refused: EACCES".to_owned() };
    for _ in 0..500 {
        let child = story.fork(server);
        for notice in [why(), why(), Notice::OwnFilter] {
            story.what(child, notice);
        }
    }
    story.exit(server, 0);
    let timeline = story.build();
    let footer = |speaker| Ladder::of(&timeline, &Options::new(speaker)).footer;
    let english = footer(Speaker::ENGLISH);
    let about =
        english.iter().filter(|line| line.contains("The same goes for 499 more processes."));
    assert_eq!(about.count(), 2, "{english:?}");
    assert!(english.len() < 9, "{english:?}");
    let spanish = footer(Speaker::new(Language::find("es").expect("Spanish"))).join(" ");
    assert!(spanish.contains("Lo mismo vale para 499 procesos más."), "{spanish}");
}

#[test]
fn it_says_when_less_was_recorded_and_adds_up_what_was_counted() {
    let said = footer(Speaker::ENGLISH);
    for wanted in [
        "2 s after its start the recording reached 256 MiB: from there on it has only the lengths",
        "5 s after its start the recording reached 512 KiB: from there on repeated calls were",
        "server: calls of recvfrom that were counted, not recorded: 3,000,002; bytes they moved: 100.",
        "server: calls of poll that were counted, not recorded: 1.",
    ] {
        assert!(said.contains(wanted), "no {wanted:?} in\n{said}");
    }
    let spanish = footer(Speaker::new(Language::find("es").expect("Spanish")));
    assert!(spanish.contains("llamadas a recvfrom que se contaron"), "{spanish}");
}

#[test]
fn a_process_that_was_running_already_is_named_by_its_number() {
    let mut story = Story::new();
    let master = story.command("pid 7", "master");
    let worker = story.fork(master);
    for who in [master, worker] {
        story.what(who, Notice::Attached { sockets: Vec::new() });
    }
    let drawn = Ladder::of(&story.build(), &Options::default()).to_text(&TextStyle::new(100));
    assert!(!drawn.contains("pid 7 was"), "{drawn}");
    assert_eq!(drawn.matches("was already running").count(), 2, "{drawn}");
}
