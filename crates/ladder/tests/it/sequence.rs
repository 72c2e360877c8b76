//! Sequence diagrams in Mermaid and PlantUML: what they show, and that nothing recorded can become
//! anything but text in them.

use socklab_event::Timeline;
use socklab_ladder::{Detail, Ladder, Options};
use socklab_say::{Language, Speaker};
use socklab_timelines::{Story, any_timeline, scenes};

fn ladder(timeline: &Timeline) -> Ladder {
    Ladder::of(timeline, &Options::default())
}

#[test]
fn mermaid_of_a_request_and_its_answer() {
    insta::assert_snapshot!(ladder(&scenes::upper_tcp()).to_mermaid());
}

#[test]
fn plantuml_of_a_request_and_its_answer() {
    insta::assert_snapshot!(ladder(&scenes::upper_tcp()).to_plantuml());
}

#[test]
fn mermaid_of_packets_and_a_loss() {
    insta::assert_snapshot!(ladder(&scenes::wired()).to_mermaid());
}

#[test]
fn plantuml_of_packets_and_a_loss() {
    insta::assert_snapshot!(ladder(&scenes::wired()).to_plantuml());
}

#[test]
fn a_sequence_in_spanish() {
    let spanish = Speaker::new(Language::find("es").unwrap());
    let ladder = Ladder::of(&scenes::refused(), &Options::new(spanish));
    insta::assert_snapshot!(ladder.to_mermaid());
}

#[test]
fn nothing_recorded_is_still_a_diagram() {
    let ladder = ladder(&Timeline::default());
    insta::assert_snapshot!(ladder.to_mermaid() + &ladder.to_plantuml());
}

/// What a line may be, by the grammars of the two languages: nothing else is written.
fn check_mermaid(diagram: &str, lanes: usize) {
    let lane = |text: &str| {
        let number = text.strip_prefix('p').and_then(|number| number.parse::<usize>().ok());
        number.is_some_and(|number| (1..=lanes.max(1)).contains(&number))
    };
    let mut lines = diagram.lines();
    assert_eq!(lines.next(), Some("sequenceDiagram"));
    let mut active = vec![0_i64; lanes.max(1) + 1];
    for line in lines {
        let line = line.trim_start();
        if let Some(rest) = line.strip_prefix("participant ") {
            let (name, text) = rest.split_once(" as ").expect(line);
            assert!(lane(name), "{line}");
            check_text(text, line);
        } else if let Some(rest) = line.strip_prefix("Note over ") {
            let (over, text) = rest.split_once(": ").expect(line);
            assert!(over.split(',').all(lane), "{line}");
            check_text(text, line);
        } else if let Some(at) = line.strip_prefix("activate ") {
            assert!(lane(at), "{line}");
            active[at[1..].parse::<usize>().expect(line)] += 1;
        } else if let Some(at) = line.strip_prefix("deactivate ") {
            assert!(lane(at), "{line}");
            let count = &mut active[at[1..].parse::<usize>().expect(line)];
            *count -= 1;
            assert!(*count >= 0, "nobody waits there: {diagram}");
        } else {
            let (ends, text) = line.split_once(": ").expect(line);
            let arrows = ["-->>", "->>", "--x", "-x"];
            let ends = arrows.iter().find_map(|arrow| ends.split_once(arrow)).expect(line);
            assert!(lane(ends.0) && lane(ends.1), "{line}");
            check_text(text, line);
        }
    }
    assert!(active.iter().all(|count| *count == 0), "{diagram}");
}

fn check_text(text: &str, line: &str) {
    assert!(!text.trim().is_empty(), "{line}");
    let mut rest = text.replace("<br/>", " ");
    while let Some(at) = rest.find('#') {
        let (code, behind) = rest[at + 1..].split_once(';').expect(line);
        assert!(code.parse::<u32>().is_ok(), "{line}");
        rest = format!("{}{behind}", &rest[..at]);
    }
    let outlaws = [';', '%', '{', '}', '<', '>', '&', '$', '"', '\\', '`', '~', '^', '[', ']', '@'];
    assert!(!rest.contains(outlaws) && !rest.contains(char::is_control), "{line}");
}

fn check_plantuml(diagram: &str, lanes: usize) {
    let lane = |text: &str| {
        let number = text.strip_prefix('p').and_then(|number| number.parse::<usize>().ok());
        number.is_some_and(|number| (1..=lanes.max(1)).contains(&number))
    };
    let mut lines: Vec<&str> = diagram.lines().collect();
    assert_eq!(lines.pop(), Some("@enduml"));
    assert_eq!(lines.drain(..2).collect::<Vec<_>>(), ["@startuml", "hide footbox"]);
    // Between two arrows, each may change once.
    let mut changed = std::collections::BTreeSet::new();
    for line in lines {
        let text = if let Some(rest) = line.strip_prefix("participant \"") {
            let (text, rest) = rest.split_once("\" as ").expect(line);
            let rest = rest.strip_suffix(" #EEEEEE").unwrap_or(rest);
            assert!(lane(rest), "{line}");
            text
        } else if let Some(rest) = line.strip_prefix("note over ") {
            let (over, text) = rest.split_once(" : ").expect(line);
            let (over, colour) = over.split_once(" #").expect(line);
            assert!(colour.len() == 6 && over.split(", ").all(lane), "{line}");
            text
        } else if let Some((_, at)) = line.split_once("activate ") {
            assert!(lane(at) && changed.insert(at.to_owned()), "{line} in {diagram}");
            continue;
        } else {
            changed.clear();
            let (ends, text) = line.split_once(" : ").expect(line);
            let words: Vec<&str> = ends.split(' ').collect();
            let [from, arrow, to] = words[..] else { panic!("{line}") };
            assert!(["->", "-->", "->x", "-->x"].contains(&arrow), "{line}");
            assert!(lane(from) && lane(to), "{line}");
            text
        };
        assert!(!text.trim().is_empty(), "{line}");
        let mut rest = text.replace("\\n", " ");
        while let Some(at) = rest.find("<U+") {
            let (code, behind) = rest[at + 3..].split_once('>').expect(line);
            assert!(u32::from_str_radix(code, 16).is_ok(), "{line}");
            rest = format!("{}x{behind}", &rest[..at]);
        }
        let outlaws = [
            '%', '$', '<', '>', '[', ']', '{', '}', '\\', '"', '\'', '*', '#', '&', '@', '~', '|',
            '^',
        ];
        assert!(!rest.contains(outlaws) && !rest.contains(char::is_control), "{line}");
        for pair in ["--", "__", "//", "==", "..", "::"] {
            assert!(!rest.contains(pair), "{pair} in {line}");
        }
    }
}

fn check(ladder: &Ladder) {
    check_mermaid(&ladder.to_mermaid(), ladder.participants.len());
    check_plantuml(&ladder.to_plantuml(), ladder.participants.len());
}

#[test]
fn the_usual_scenes_keep_to_the_grammars() {
    for timeline in [
        scenes::upper_tcp(),
        scenes::upper_udp(),
        scenes::threaded(),
        scenes::refused(),
        scenes::http(),
        scenes::torn(),
        scenes::prefork(),
        scenes::wired(),
        scenes::many(12),
        scenes::busy_loop(100),
    ] {
        check(&ladder(&timeline));
        let options = Options::default().detail(Detail::All).fold(false).wait_from(1);
        check(&Ladder::of(&timeline, &options));
    }
}

#[test]
fn hostile_names_and_data_stay_text() {
    for evil in [
        "a; Note over p1: x",
        "%%{init: {\"securityLevel\": \"loose\"}}%%",
        "x\nend\n@enduml\n!include /etc/passwd",
        "%getenv(\"HOME\") $var [[http://x y]] <img:/etc/x>",
        "#35; &amp; <script>alert(1)</script>",
        "style:x#y;z",
        "wrap: nowrap: end",
        "ﬂ°°60¶ß \u{202e}\u{1b}[2J",
        "''/' comment '/ -- // __ ** ~~ \"\" ..",
    ] {
        let mut story = Story::new();
        let who = story.command(evil, &format!("{evil} --flag"));
        let sock = story.tcp(who);
        story.connect(sock, "127.0.0.1:80");
        story.send(sock, evil);
        story.recv(sock, format!("{evil}{evil}"));
        story.what(who, socklab_event::Notice::ForeignAbi { abi: evil.to_owned() });
        check(&ladder(&story.build()));
    }
}

proptest::proptest! {
    /// Whatever was recorded, and however it is told.
    #[test]
    fn every_line_keeps_to_the_grammars(timeline in any_timeline(40), all: bool, wait in 1u64..9) {
        let detail = if all { Detail::All } else { Detail::Essential };
        let options = Options::default().detail(detail).fold(!all).wait_from(wait);
        check(&Ladder::of(&timeline, &options));
    }
}
